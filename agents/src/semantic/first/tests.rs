//! First models of small databases.

use super::from_catalog;
use crate::analyzer::{Options, analyze};
use crate::compile::compile;
use crate::plan::{Measure, Plan};
use crate::semantic::{SemanticError, SemanticModel, TableRole, lint, lint_catalog};
use crate::warehouse::{Catalog, DuckDb, Guard, Request, Sql, Warehouse, check};

fn model_of(script: &str) -> (DuckDb, Catalog, SemanticModel) {
    let duck = DuckDb::in_memory().unwrap();
    let rows = duck.query(&check(Sql::new(script), &Guard::write()).unwrap(), &Request::default()).unwrap();
    drop(rows);
    let catalog = duck.catalog().unwrap();
    let found = analyze(&duck, &catalog, &Options::default()).unwrap();
    let model = from_catalog("test", &duck, &catalog, &found).unwrap();
    (duck, catalog, model)
}

const BROKER: &str = "
    CREATE TABLE sbCustomer (sbCustId VARCHAR PRIMARY KEY, sbCustName VARCHAR, sbCustEmail VARCHAR, sbCustState VARCHAR);
    INSERT INTO sbCustomer SELECT 'C' || i, 'Name ' || i, i || '@mail', ['CA', 'NY', 'TX'][i % 3 + 1] FROM range(40) t(i);
    CREATE TABLE sbTransaction (sbTxId VARCHAR PRIMARY KEY, sbTxCustId VARCHAR, sbTxDateTime TIMESTAMP,
        sbTxAmount DECIMAL(10, 2), sbTxPrice DECIMAL(10, 2), \"select\" VARCHAR, sbTxOpen BOOLEAN);
    INSERT INTO sbTransaction SELECT 'T' || i, 'C' || i % 40, TIMESTAMP '2023-01-01' + INTERVAL (i) HOUR, i % 97 + 0.5, i % 7 + 0.25,
        'it''s ' || i % 4, i % 2 = 0 FROM range(500) t(i);";

#[test]
fn a_first_model_speaks_in_words() {
    let (_, catalog, model) = model_of(BROKER);
    let transaction = model.table("transaction").unwrap();
    assert_eq!(transaction.extension.role, TableRole::Fact);
    assert_eq!(model.relationships.len(), 1, "{:?}", model.relationships);
    assert_eq!(model.relationships[0].right_table, "customer");
    let customer = model.entity("customers").unwrap();
    assert_eq!((customer.entity.singular.as_str(), customer.entity.key.as_deref()), ("customer", Some("id")));
    assert!(customer.entity.labels.contains(&"name".to_owned()));
    let state = customer.table.dimensions.iter().find(|dimension| dimension.name == "state").unwrap();
    assert!(state.is_enum && state.sample_values == ["CA", "NY", "TX"]);
    let email = customer.table.dimensions.iter().find(|dimension| dimension.name == "email").unwrap();
    assert!(email.sample_values.is_empty(), "personal data in a model: {:?}", email.sample_values);
    assert!(model.metric("total_amount").is_some() && model.metric("total_price").is_none());
    assert_eq!(lint(&model).iter().filter(|it| it.severity == crate::semantic::Severity::Error).count(), 0);
    assert_eq!(lint_catalog(&model, &catalog), []);
    assert_eq!(SemanticModel::from_yaml(&model.to_yaml().unwrap()).unwrap(), model);
}

#[test]
fn every_metric_and_field_of_a_first_model_runs() {
    let (duck, _, model) = model_of(BROKER);
    for table in &model.tables {
        let fields =
            table.dimensions.iter().map(|item| &item.name).chain(table.time_dimensions.iter().map(|it| &it.name));
        for field in fields {
            let plan = Plan {
                dimensions: vec![crate::plan::Dimension::column(&table.name, field)],
                measures: table
                    .metrics
                    .iter()
                    .map(|metric| Measure::metric(format!("{}.{}", table.name, metric.name)))
                    .collect(),
                limit: Some(3),
                ..Plan::default()
            };
            let sql = compile(&plan, &model, duck.dialect()).unwrap().sql;
            let agent = Guard::agent(duck.dialect(), &duck.catalog().unwrap());
            let checked = check(Sql::new(&sql), &agent).unwrap_or_else(|error| panic!("{error}: {sql}"));
            let rows: usize = duck
                .query(&checked, &Request::default())
                .unwrap_or_else(|error| panic!("{error}: {sql}"))
                .map(|batch| batch.unwrap().num_rows())
                .sum();
            assert!(rows > 0 && rows <= 3, "{rows}: {sql}");
        }
    }
}

#[test]
fn nothing_is_said_of_an_empty_database() {
    let duck = DuckDb::in_memory().unwrap();
    let catalog = duck.catalog().unwrap();
    let found = analyze(&duck, &catalog, &Options::default()).unwrap();
    assert!(matches!(from_catalog("x", &duck, &catalog, &found), Err(SemanticError::NoTables)));
}

#[test]
fn an_empty_table_becomes_a_model_too() {
    let (_, _, model) = model_of("CREATE TABLE \"order\" (\"group\" VARCHAR, price DOUBLE)");
    assert_eq!(model.tables[0].base_table.table, "\"order\"");
    assert_eq!(lint(&model).iter().filter(|it| it.severity == crate::semantic::Severity::Error).count(), 0);
}

#[test]
fn a_short_form_in_the_key_is_the_things_own_name() {
    let (_, _, model) = model_of(
        "CREATE TABLE ingredients (ingr_id INTEGER PRIMARY KEY, ingr_name VARCHAR, supplier VARCHAR, origin VARCHAR);
         INSERT INTO ingredients SELECT i, 'Thing ' || i, ['Miller', 'Hopper'][i % 2 + 1], ['UK', 'DE'][i % 2 + 1] FROM range(30) t(i);",
    );
    let ingredient = model.entity("ingredient").unwrap();
    assert_eq!(ingredient.entity.short(), Some("ingr"));
    assert!(ingredient.entity.labels.contains(&"ingr_name".to_owned()), "{:?}", ingredient.entity.labels);
}
