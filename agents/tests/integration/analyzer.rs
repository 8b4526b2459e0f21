//! The schema analyzer on tables whose keys, relations and gaps are known.

use synthbook_agents::analyzer::{Analysis, Grain, Options, Role, analyze};
use synthbook_agents::warehouse::{DuckDb, Warehouse};

use crate::etl::source::run;

fn analysis(script: &str) -> Analysis {
    let duck = DuckDb::in_memory().unwrap();
    run(&duck, script);
    analyze(&duck, &duck.catalog().unwrap(), &Options::default()).unwrap()
}

fn relations(analysis: &Analysis) -> Vec<String> {
    let mut found: Vec<String> = analysis
        .relations
        .iter()
        .map(|relation| {
            format!(
                "{}.{} -> {}.{}",
                relation.from.table,
                relation.from.columns.join("+"),
                relation.to.table,
                relation.to.columns.join("+")
            )
        })
        .collect();
    found.sort();
    found
}

#[test]
fn columns_keys_and_relations_are_found() {
    let found = analysis(
        "CREATE TABLE customers AS SELECT i AS customer_id, 'name ' || i AS name, i % 3 = 0 AS is_vip,
            DATE '2020-01-01' + i::INTEGER AS joined, ['north', 'south'][1 + i % 2] AS region, 'x' AS always FROM range(1, 201) t(i);
         CREATE TABLE orders AS SELECT i AS id, 1 + i % 200 AS cust_id, 1 + i % 7 AS shipping_address_id, (i % 100)::DOUBLE AS amount,
            (i * 3)::VARCHAR AS code_text, CASE WHEN i % 4 > 0 THEN i END AS gappy FROM range(5000) t(i);
         CREATE TABLE addresses AS SELECT i AS address_id, 'street ' || i AS street FROM range(1, 8) t(i);
         CREATE TABLE order_lines AS SELECT i // 3 AS order_id, i % 3 AS line_no, i % 11 AS quantity FROM range(15000) t(i)",
    );
    assert_eq!(
        relations(&found),
        [
            "order_lines.order_id -> orders.id",
            "orders.cust_id -> customers.customer_id",
            "orders.shipping_address_id -> addresses.address_id",
        ]
    );
    let of = |table: &str, column: &str| found.table(table).unwrap().column(column).unwrap().clone();
    for (table, column, role) in [
        ("customers", "customer_id", Role::Key),
        ("customers", "is_vip", Role::Flag),
        ("customers", "joined", Role::Time),
        ("customers", "region", Role::Category),
        ("orders", "id", Role::Key),
        ("orders", "cust_id", Role::ForeignKey),
        ("orders", "amount", Role::Measure),
    ] {
        assert_eq!(of(table, column).role, role, "{table}.{column}");
    }
    assert!(of("customers", "always").constant);
    assert_eq!(of("orders", "code_text").used_as.as_deref(), Some("BIGINT"));
    assert_eq!((of("orders", "gappy").nulls, of("orders", "gappy").distinct), (1250, 3750));
    assert_eq!(
        (of("orders", "amount").min.as_deref(), of("orders", "amount").max.as_deref()),
        (Some("0.0"), Some("99.0"))
    );
    assert_eq!(found.table("orders").unwrap().keys[0], ["id"]);
    assert_eq!(found.table("order_lines").unwrap().keys, [["order_id", "line_no"]]);
    assert!(
        found.relations.iter().all(|relation| relation.many_to_one && !relation.declared && relation.inclusion > 0.99)
    );
}

#[test]
fn declared_keys_are_taken_and_a_self_reference_is_found() {
    let found = analysis(
        "CREATE TABLE dim_product (product_key INTEGER PRIMARY KEY, label VARCHAR);
         INSERT INTO dim_product SELECT i, 'p' || i FROM range(20) t(i);
         CREATE TABLE fact_sales (product_key INTEGER REFERENCES dim_product (product_key), sold_on INTEGER, n INTEGER);
         INSERT INTO fact_sales SELECT i % 20, 20240101 + (i % 28)::INTEGER, i FROM range(500) t(i);
         CREATE TABLE employees AS SELECT i AS employee_id, CASE WHEN i > 0 THEN i // 3 END AS manager_employee_id FROM range(60) t(i)",
    );
    assert_eq!(
        relations(&found),
        ["employees.manager_employee_id -> employees.employee_id", "fact_sales.product_key -> dim_product.product_key",]
    );
    let declared = found.relations.iter().find(|relation| relation.declared).unwrap();
    assert_eq!((declared.from.table.as_str(), declared.confidence), ("fact_sales", 1.0));
}

#[test]
fn gaps_in_time_are_found() {
    let found = analysis(
        "CREATE TABLE daily AS SELECT DATE '2024-01-01' + i::INTEGER AS day, i AS n FROM range(60) t(i) WHERE i NOT BETWEEN 20 AND 24;
         CREATE TABLE monthly AS SELECT DATE '2020-01-01' + to_months(i::INTEGER) AS month_start, i AS n FROM range(36) t(i);
         CREATE TABLE events AS SELECT TIMESTAMP '2024-01-01' + to_hours((i * 5)::INTEGER) AS happened, TIMESTAMP '2024-06-01' AS created_at FROM range(200) t(i);
         CREATE TABLE keyed AS SELECT 20240100 + i::INTEGER AS date_key FROM range(1, 29) t(i);
         CREATE TABLE texts AS SELECT (DATE '2024-01-01' + i::INTEGER)::VARCHAR AS written FROM range(10) t(i)",
    );
    let time = |table: &str| found.table(table).unwrap().time.clone().unwrap();
    assert_eq!((time("daily").grain, time("daily").missing), (Grain::Day, 5));
    assert_eq!(
        (time("daily").gaps[0].after.as_str(), time("daily").gaps[0].before.as_str()),
        ("2024-01-20", "2024-01-26")
    );
    assert_eq!((time("monthly").grain, time("monthly").missing), (Grain::Month, 0));
    assert_eq!((time("events").grain, time("events").column.as_str()), (Grain::Moment, "happened"));
    assert_eq!((time("keyed").first.as_str(), time("keyed").last.as_str()), ("2024-01-01", "2024-01-28"));
    assert_eq!((time("texts").grain, time("texts").last.as_str()), (Grain::Day, "2024-01-10"));
}

#[test]
fn odd_tables_are_analyzed() {
    let wide: Vec<String> = (0..1_000).map(|at| format!("i + {at} AS c{at}")).collect();
    let many: Vec<String> =
        (0..100).map(|at| format!("CREATE TABLE t{at} AS SELECT i AS t{at}_id, i AS x FROM range(3) t(i)")).collect();
    let found = analysis(&format!(
        "CREATE TABLE wide AS SELECT {} FROM range(5) t(i); {};
         CREATE TABLE nothing (a INTEGER, b VARCHAR);
         CREATE TABLE one AS SELECT 1 AS id;
         CREATE TABLE nulls AS SELECT NULL::INTEGER AS a, NULL::VARCHAR AS b FROM range(4);
         CREATE TABLE \"select\" AS SELECT 'a' AS \"from\", [1] AS l, {{'x': 1}} AS s;
         CREATE TABLE gone AS SELECT 1 AS a; CREATE VIEW broken AS SELECT a FROM gone; DROP TABLE gone",
        wide.join(", "),
        many.join("; ")
    ));
    assert_eq!(found.table("wide").unwrap().columns.len(), 1_000);
    assert_eq!(found.tables.len(), 106);
    assert!(found.table("broken").unwrap().problem.is_some());
    assert!(found.table("nulls").unwrap().columns.iter().all(|column| column.constant && column.nulls == 4));
    assert_eq!(found.table("nothing").unwrap().rows, 0);
    assert!(found.relations.is_empty(), "{:?}", relations(&found));
    assert!(found.text().contains("wide · 5 rows · 1000 columns"));
    let none = analysis("SELECT 1");
    assert!(none.tables.is_empty() && none.relations.is_empty());
}

#[test]
fn an_analysis_can_be_stopped_and_confined() {
    use std::sync::{Arc, atomic::AtomicBool};
    use synthbook_synth::{Progress, ProgressSink};
    struct Nobody;
    impl ProgressSink for Nobody {
        fn update(&self, _: Option<f64>, _: &str) {}
    }
    let duck = DuckDb::in_memory().unwrap();
    run(&duck, "CREATE TABLE a AS SELECT 1 AS id; CREATE TABLE b AS SELECT 1 AS id");
    let catalog = duck.catalog().unwrap();
    let stopped = Progress::new(Arc::new(Nobody), Arc::new(AtomicBool::new(true)));
    let error = analyze(&duck, &catalog, &Options::default().progress(stopped)).unwrap_err();
    assert!(matches!(error, synthbook_agents::AgentsError::Cancelled), "{error:?}");
    let only = analyze(&duck, &catalog, &Options::default().only(["B"])).unwrap();
    assert_eq!(only.tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), ["b"]);
}
