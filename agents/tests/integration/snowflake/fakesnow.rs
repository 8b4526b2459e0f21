//! fakesnow as the real peer: DuckDB behind Snowflake's protocol.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch,
    StringArray, TimestampMicrosecondArray,
};
use synthbook_agents::AgentsError;
use synthbook_agents::warehouse::{Load, Request, Scalar, Snowflake, Warehouse, preview};

use crate::contract::{Engine, fulfils};

use super::{Peer, ask, code, fails, runs, sql};

fn batch(rows: i64) -> RecordBatch {
    let numbers: Vec<Option<i64>> = (0..rows).map(|row| (row % 7 != 3).then_some(row)).collect();
    let decimals = Decimal128Array::from_iter_values((0..rows).map(|row| i128::from(row) * 25 - 5));
    let texts: Vec<String> = (0..rows).map(|row| format!("it's \\ \"{row}\" -- ;\né")).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(Int64Array::from(numbers))),
        ("amount", Arc::new(decimals.with_precision_and_scale(12, 2).unwrap())),
        ("ratio", Arc::new(Float64Array::from_iter_values((0..rows).map(|row| row as f64 / 3.0)))),
        ("what", Arc::new(StringArray::from(texts))),
        ("day", Arc::new(Date32Array::from_iter_values((0..rows).map(|row| 19_000 + row as i32)))),
        ("moment", Arc::new(TimestampMicrosecondArray::from_iter_values((0..rows).map(|row| row * 1_500_000 - 1)))),
        ("order", Arc::new((0..rows).map(|row| Some(row % 2 == 0)).collect::<BooleanArray>())),
        ("raw", Arc::new(BinaryArray::from_iter_values((0..rows).map(|row| [row as u8, 255])))),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn load(snowflake: &Snowflake, table: &str, batches: Vec<RecordBatch>, mode: Load) -> Result<u64, AgentsError> {
    snowflake.load(table, &mut batches.into_iter().map(Ok), mode)
}

fn count(snowflake: &Snowflake, table: &str) -> i64 {
    let shown = runs(snowflake, &format!("SELECT COUNT(*) FROM {table}"));
    shown.batch.column(0).as_primitive::<Int64Type>().value(0)
}

#[test]
fn what_is_loaded_comes_back() {
    let peer = Peer::start();
    let snowflake = peer.connect("LOADED");
    assert_eq!(load(&snowflake, "sales", vec![batch(5)], Load::Create).unwrap(), 5);
    let shown = runs(&snowflake, "SELECT * FROM sales ORDER BY day");
    let schema = shown.batch.schema();
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!(names, ["ID", "AMOUNT", "RATIO", "WHAT", "DAY", "MOMENT", "ORDER", "RAW"]);
    let given = batch(5);
    assert_eq!(shown.batch.column(0).as_primitive::<Int64Type>(), given.column(0).as_primitive::<Int64Type>());
    let decimals = shown.batch.column(1).as_primitive::<Decimal128Type>();
    assert_eq!((decimals.scale(), decimals.values()), (2, given.column(1).as_primitive::<Decimal128Type>().values()));
    assert_eq!(shown.batch.column(2).as_primitive::<Float64Type>(), given.column(2).as_primitive::<Float64Type>());
    assert_eq!(shown.batch.column(3).as_string::<i32>(), given.column(3).as_string::<i32>());
    assert_eq!(shown.batch.column(4).as_primitive::<Date32Type>(), given.column(4).as_primitive::<Date32Type>());
    assert_eq!(
        shown.batch.column(5).as_primitive::<TimestampMicrosecondType>(),
        given.column(5).as_primitive::<TimestampMicrosecondType>()
    );
    assert_eq!(shown.batch.column(6).as_boolean(), given.column(6).as_boolean());
    assert_eq!(shown.batch.column(7).as_binary::<i32>(), given.column(7).as_binary::<i32>());
}

#[test]
fn loads_are_whole_or_nothing() {
    let peer = Peer::start();
    let snowflake = peer.connect("WHOLE");
    assert_eq!(load(&snowflake, "t", vec![batch(0)], Load::Create).unwrap(), 0);
    assert_eq!(load(&snowflake, "t", vec![batch(3), batch(4)], Load::Append).unwrap(), 7);
    assert!(load(&snowflake, "t", vec![batch(1)], Load::Create).is_err(), "it is there already");
    assert_eq!(count(&snowflake, "t"), 7);
    assert_eq!(load(&snowflake, "public.t", vec![batch(2)], Load::Replace).unwrap(), 2);
    assert_eq!(count(&snowflake, "t"), 2);
    // An error in the middle leaves what was there.
    let broken = AgentsError::Internal { what: "the source broke".to_owned() };
    let mut rows = vec![Ok(batch(3)), Err(broken)].into_iter();
    assert!(matches!(snowflake.load("t", &mut rows, Load::Append), Err(AgentsError::Internal { .. })));
    assert_eq!(count(&snowflake, "t"), 2);
    let other = RecordBatch::try_from_iter([("nope", Arc::new(Int64Array::from(vec![1])) as ArrayRef)]).unwrap();
    let error = load(&snowflake, "t", vec![other.clone()], Load::Append).unwrap_err();
    assert_eq!(code(&error), "agents::load");
    let error = load(&snowflake, "t", vec![batch(1), other], Load::Replace).unwrap_err();
    assert_eq!(code(&error), "agents::load");
    assert!(matches!(load(&snowflake, "missing", vec![batch(1)], Load::Append), Err(AgentsError::Load { .. })));
    for name in ["", "t; DROP TABLE t", "a.b.c.d"] {
        assert_eq!(code(&load(&snowflake, name, vec![batch(1)], Load::Create).unwrap_err()), "agents::load");
    }
    assert_eq!(code(&load(&snowflake, "u", vec![], Load::Create).unwrap_err()), "agents::load");
    assert_eq!(count(&snowflake, "t"), 2);
}

#[test]
fn a_catalogue_has_tables_columns_and_keys() {
    let peer = Peer::start();
    let snowflake = peer.connect("CATALOGUE");
    runs(&snowflake, "CREATE TABLE customers (id NUMBER(38,0) PRIMARY KEY, \"Full name\" VARCHAR NOT NULL)");
    runs(
        &snowflake,
        "CREATE TABLE sales (id INT, customer_id NUMBER(38,0) REFERENCES customers (id), amount NUMBER(10,2));
         CREATE VIEW large AS SELECT * FROM sales WHERE amount > 100;
         CREATE SCHEMA other; CREATE TABLE other.sales (x INT); USE SCHEMA public",
    );
    let catalog = snowflake.catalog().unwrap();
    let names: Vec<&str> = catalog.tables.iter().map(|table| table.sql.as_str()).collect();
    assert_eq!(names, ["OTHER.SALES", "CUSTOMERS", "LARGE", "SALES"]);
    let customers = catalog.table("customers").unwrap();
    assert_eq!(customers.columns[1].sql, "\"Full name\"");
    assert!(!customers.columns[1].nullable);
    assert_eq!(customers.primary_key, ["ID"]);
    let sales = catalog.table("public.sales").unwrap();
    assert_eq!(sales.columns[2].data_type, "NUMBER(10,2)");
    assert_eq!(snowflake.tables().unwrap().len(), 4);
    let columns: Vec<String> = snowflake.columns("Sales").unwrap().into_iter().map(|column| column.name).collect();
    assert_eq!(columns, ["ID", "CUSTOMER_ID", "AMOUNT"], "those of the session's schema");
    assert!(snowflake.columns("it's nowhere").unwrap().is_empty());
}

#[test]
fn scripts_parameters_and_errors_are_snowflakes() {
    let peer = Peer::start();
    let snowflake = peer.connect("SCRIPTS");
    let script = "CREATE TABLE t (a INT, b VARCHAR); -- two
        INSERT INTO t VALUES (1, 'x;y'), (2, NULL);
        UPDATE t SET b = 'z' WHERE a = 2";
    let change = runs(&snowflake, script).change.unwrap();
    assert_eq!((change.statement.as_str(), change.rows), ("UPDATE", Some(1)));
    let parameters = BTreeMap::from([
        ("n".to_owned(), Scalar::Integer(1)),
        ("text".to_owned(), Scalar::Text("x;y' OR '1'='1".to_owned())),
        ("day".to_owned(), Scalar::Date(19_000)),
        ("moment".to_owned(), Scalar::Timestamp(1_500_000)),
        ("half".to_owned(), Scalar::Float(0.5)),
        ("raw".to_owned(), Scalar::Bytes(vec![0, 255])),
    ]);
    let request = Request { parameters, ..Request::default() };
    let found = "SELECT a, :text, :day, :moment, :half, :raw FROM t WHERE a = :n AND b <> :text";
    let shown = preview(&snowflake, &sql(found), &request, 10).unwrap();
    assert_eq!(shown.total, Some(1));
    assert_eq!(shown.batch.column(1).as_string::<i32>().value(0), "x;y' OR '1'='1");
    assert_eq!(shown.batch.column(2).as_primitive::<Date32Type>().value(0), 19_000);
    assert_eq!(shown.batch.column(3).as_primitive::<TimestampMicrosecondType>().value(0), 1_500_000);
    assert_eq!(shown.batch.column(5).as_binary::<i32>().value(0), [0, 255]);
    assert!(matches!(fails(&snowflake, "SELECT :missing"), AgentsError::ParameterMissing { .. }));
    assert!(matches!(fails(&snowflake, "SELEC 1"), AgentsError::Syntax { .. }));
    assert!(matches!(fails(&snowflake, "SELECT * FROM nowhere"), AgentsError::UnknownName { .. }));
    assert!(matches!(fails(&snowflake, "SELECT nope FROM t"), AgentsError::UnknownName { .. }));
    assert!(matches!(fails(&snowflake, "SELECT b::INT FROM t"), AgentsError::QueryFailed { .. }));
    assert!(matches!(fails(&snowflake, " -- nothing"), AgentsError::EmptySql));
    assert_eq!(runs(&snowflake, "SELECT * FROM t WHERE FALSE").batch.num_columns(), 2);
    // A transaction of the session's.
    runs(&snowflake, "BEGIN; DELETE FROM t; ROLLBACK");
    assert_eq!(count(&snowflake, "t"), 2);
}

#[test]
fn fakesnow_fulfils_the_contract_of_all_warehouses() {
    let peer = Peer::start();
    let snowflake = peer.connect("CONTRACT");
    fulfils(&Engine {
        warehouse: &snowflake,
        spelt: str::to_uppercase,
        numbers: |count| {
            format!(
                "SELECT ROW_NUMBER() OVER (ORDER BY NULL) - 1 AS i FROM TABLE(GENERATOR(ROWCOUNT => {count})) ORDER BY i"
            )
        },
        // fakesnow answers when it is done; what is endless is stopped in `faults`.
        endless: None,
        // It lists no foreign keys and takes no COMMENT; `results` has a server with both.
        keys: false,
        comments: false,
    });
}

#[test]
fn a_million_rows_come_in_order() {
    let peer = Peer::start();
    let snowflake = peer.connect("LARGE");
    let query =
        "SELECT ROW_NUMBER() OVER (ORDER BY NULL) - 1 AS n FROM TABLE(GENERATOR(ROWCOUNT => 1000000)) ORDER BY n";
    let mut next = 0;
    for batch in ask(&snowflake, query, &Request::default()).unwrap() {
        let batch = batch.unwrap();
        let whole = arrow_cast::cast(batch.column(0), &arrow_schema::DataType::Int64).unwrap();
        let values = whole.as_primitive::<Int64Type>();
        assert_eq!((values.value(0), values.value(values.len() - 1)), (next, next + values.len() as i64 - 1));
        next += values.len() as i64;
    }
    assert_eq!(next, 1_000_000);
}
