//! Expectations: derived, kept, edited, and a violation of each kind found.

use std::path::Path;

use synthbook_agents::etl::{self, CheckKind, Expectations, QualityReport};
use synthbook_agents::warehouse::DuckDb;
use synthbook_synth::Progress;

use super::repeat::code;
use super::source::run;

const SHOP: &str = "
    CREATE TABLE customer (customer_id INTEGER NOT NULL, segment VARCHAR, mail VARCHAR, joined DATE);
    INSERT INTO customer SELECT i, ['gold', 'silver'][1 + i % 2], 'c' || i || '@example.com', DATE '2023-01-01' + i::INTEGER FROM range(100) t(i);
    CREATE TABLE orders (order_id BIGINT, customer_id INTEGER, ordered DATE, amount DECIMAL(10,2), day_key INTEGER);
    INSERT INTO orders SELECT i, i % 100, DATE '2024-01-01' + (i // 20)::INTEGER, 5 + i % 90, 20240101 + (i % 28)::INTEGER FROM range(2000) t(i)";

fn shop() -> DuckDb {
    let duck = DuckDb::in_memory().unwrap();
    run(&duck, SHOP);
    duck
}

fn checked(duck: &DuckDb, file: &Path) -> QualityReport {
    etl::quality(duck, Some(file), &Progress::silent()).unwrap()
}

fn failed(report: &QualityReport) -> Vec<(CheckKind, String)> {
    report.failed().map(|check| (check.kind, check.subject.clone())).collect()
}

#[test]
fn a_violation_of_each_kind_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("expectations.toml");
    let first = checked(&shop(), &file);
    assert!(first.passed() && first.derived, "{}", first.text());
    let text = std::fs::read_to_string(&file).unwrap();
    insta::assert_snapshot!("derived_expectations", text);
    let second = checked(&shop(), &file);
    assert!(second.passed() && !second.derived, "{}", second.text());
    for (violation, kind, subject) in [
        ("UPDATE customer SET mail = NULL WHERE customer_id < 5", CheckKind::Nulls, "customer.mail"),
        (
            "INSERT INTO orders SELECT * REPLACE (1 AS order_id) FROM orders LIMIT 1",
            CheckKind::Uniqueness,
            "orders.order_id",
        ),
        ("UPDATE orders SET amount = -3 WHERE order_id = 7", CheckKind::Range, "orders.amount"),
        ("UPDATE customer SET segment = 'iron' WHERE customer_id = 3", CheckKind::AcceptedValues, "customer.segment"),
        ("DELETE FROM customer WHERE customer_id = 50", CheckKind::ReferentialIntegrity, "orders.customer_id"),
        ("DELETE FROM orders WHERE order_id < 1000", CheckKind::Volume, "orders"),
        ("DELETE FROM orders WHERE ordered > '2024-04-01'", CheckKind::Freshness, "orders.ordered"),
        ("DROP TABLE customer", CheckKind::Presence, "customer"),
        ("ALTER TABLE orders DROP amount", CheckKind::Presence, "orders.amount"),
    ] {
        let duck = shop();
        run(&duck, violation);
        let found = failed(&checked(&duck, &file));
        assert!(found.contains(&(kind, subject.to_owned())), "{violation}: {found:?}");
    }
}

#[test]
fn expectations_can_be_edited_and_errors_in_them_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kept/expectations.toml");
    let duck = shop();
    assert!(checked(&duck, &file).passed());
    let mut edited = Expectations::read(&file).unwrap();
    let orders = edited.tables.iter_mut().find(|table| table.name == "orders").unwrap();
    let amount = orders.columns.iter_mut().find(|column| column.name == "amount").unwrap();
    amount.max = Some(toml::Value::Integer(50));
    orders.freshness.as_mut().unwrap().within_days = Some(30);
    edited.write(&file).unwrap();
    let found = failed(&checked(&duck, &file));
    assert_eq!(
        found,
        [(CheckKind::Range, "orders.amount".to_owned()), (CheckKind::Freshness, "orders.ordered".to_owned())]
    );
    for wrong in [
        "nonsense",
        "[[table]]\nname = 'orders'\nrows = 5",
        "[[table]]\nname = 'orders'\nrow = {}",
        "[[table]]\nname = 'orders'\n[[table.column]]\nname = 'amount'\nnulls_at_most = 2.0",
        "[[table]]\nname = 'orders'\nunique = [[]]",
        "[[table]]\nname = 'orders'\nfreshness = { column = 'ordered', not_before = 'soon' }",
    ] {
        std::fs::write(&file, wrong).unwrap();
        let error = etl::quality(&duck, Some(&file), &Progress::silent()).unwrap_err();
        assert_eq!(code(&error), "etl::expectations", "{wrong}: {error}");
    }
    std::fs::write(&file, "[[table]]\nname = 'orders'\n[[table.column]]\nname = 'amount'\nmin = 'a lot'").unwrap();
    assert_eq!(failed(&checked(&duck, &file)), [(CheckKind::Range, "orders.amount".to_owned())]);
    std::fs::write(&file, "").unwrap();
    assert_eq!(code(&etl::quality(&duck, Some(&file), &Progress::silent()).unwrap_err()), "etl::nothing_to_check");
    let empty = DuckDb::in_memory().unwrap();
    assert_eq!(code(&etl::quality(&empty, None, &Progress::silent()).unwrap_err()), "etl::nothing_to_check");
}

#[test]
fn odd_tables_can_be_checked() {
    let folder = tempfile::tempdir().unwrap();
    let duck = DuckDb::in_memory().unwrap();
    run(&duck, "
        CREATE TABLE \"select\" (\"from\" VARCHAR, \"a \"\"b\"\"\" INTEGER);
        INSERT INTO \"select\" VALUES ('it''s', 1), ('x\\y', 2);
        CREATE TABLE nothing (a INTEGER);
        CREATE TABLE empty_values AS SELECT NULL::VARCHAR AS v, NULL::DATE AS d FROM range(3);
        CREATE TABLE nested AS SELECT [1, 2] AS l, {'a': 1} AS s, MAP {'k': 1} AS m, 'x'::BLOB AS b, INTERVAL 1 DAY AS i, uuid() AS u, TIME '10:00' AS t;
        CREATE TABLE wide AS SELECT 1e300 AS big, 'NaN'::DOUBLE AS nan, 170141183460469231731687303715884105727::HUGEINT AS huge");
    let report = checked(&duck, &folder.path().join("expectations.toml"));
    assert!(report.passed(), "{}", report.text());
    let again = checked(&duck, &folder.path().join("expectations.toml"));
    assert!(again.passed() && !again.derived, "{}", again.text());
}
