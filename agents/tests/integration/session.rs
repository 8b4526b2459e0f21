//! What a session keeps from cell to cell, and parameters.

use std::collections::BTreeMap;

use synthbook_agents::AgentsError;
use synthbook_agents::warehouse::{DuckDb, Request, Scalar, TableKind, Warehouse, preview};

use crate::support::{fails, number, runs, session, sql};

#[test]
fn temporary_tables_and_transactions_last() {
    let (duck, _frames) = session();
    runs(&duck, "CREATE TEMP TABLE t AS SELECT 1::BIGINT AS n");
    runs(&duck, "BEGIN");
    runs(&duck, "INSERT INTO t VALUES (2)");
    assert_eq!(number(&duck, "SELECT count(*) FROM t"), 2);
    runs(&duck, "ROLLBACK");
    assert_eq!(number(&duck, "SELECT count(*) FROM t"), 1);
    assert_eq!(duck.tables().unwrap()[0].name, "t");
}

#[test]
fn a_second_query_does_not_wait_for_the_first() {
    let (duck, _frames) = session();
    let mut slow = duck.query(&sql("SELECT * FROM range(1000000000)"), &Request::default()).unwrap();
    slow.next().unwrap().unwrap();
    let shown = runs(&duck, "SELECT 1");
    assert_eq!(shown.notes.len(), 1, "{:?}", shown.notes);
    assert!(duck.tables().unwrap().is_empty());
    drop(slow);
    assert!(runs(&duck, "SELECT 1").notes.is_empty());
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let duck = duck.clone();
            std::thread::spawn(move || number(&duck, "SELECT sum(i)::BIGINT FROM range(1000000) t(i)"))
        })
        .collect();
    assert!(threads.into_iter().all(|thread| thread.join().unwrap() == 499_999_500_000));
}

#[test]
fn several_statements_run_in_order() {
    let (duck, _frames) = session();
    let script = "CREATE TABLE t (n BIGINT); -- made\nINSERT INTO t VALUES (1), (2);\n\nSELECT sum(n)::BIGINT FROM t;";
    assert_eq!(number(&duck, script), 3);
    let error = fails(&duck, "INSERT INTO t VALUES (3);\n  SELECT nonsense FROM t");
    let position = error.position().unwrap();
    assert_eq!((position.line, position.column), (2, 10));
    assert_eq!(number(&duck, "SELECT count(*) FROM t"), 3, "what ran before the error stays");
}

#[test]
fn parameters_are_bound_and_never_pasted() {
    let (duck, _frames) = session();
    let parameters = BTreeMap::from([
        ("text".to_owned(), Scalar::Text("'; DROP TABLE t; --".to_owned())),
        ("n".to_owned(), Scalar::Integer(41)),
        ("x".to_owned(), Scalar::Float(0.5)),
        ("day".to_owned(), Scalar::Date(1)),
        ("at".to_owned(), Scalar::Timestamp(1_000_000)),
        ("none".to_owned(), Scalar::Null),
        ("yes".to_owned(), Scalar::Boolean(true)),
        ("raw".to_owned(), Scalar::Bytes(vec![0, 1])),
    ]);
    let request = Request { parameters, ..Request::default() };
    let query = "SELECT :text = '''; DROP TABLE t; --' AND :n + 1 = 42 AND $x = 0.5 AND :day = DATE '1970-01-02'
                 AND :at = TIMESTAMP '1970-01-01 00:00:01' AND :none IS NULL AND :yes AND octet_length(:raw) = 2
                 AND [5, 6, 7][1:2] = [5, 6] AND typeof(:n) = 'BIGINT'";
    let shown = preview(&duck, &sql(query), &request, 1).unwrap();
    assert!(arrow_array::cast::AsArray::as_boolean(shown.batch.column(0)).value(0));
    let error = preview(&duck, &sql("SELECT :m"), &request, 1).unwrap_err();
    assert!(matches!(&error, AgentsError::ParameterMissing { name, .. } if name == "m"), "{error:?}");
}

#[test]
fn a_file_keeps_its_tables_but_not_the_frames() {
    use polars::prelude::*;
    let (_, frames) = session();
    frames.put("sales", &df!("n" => [1_i64]).unwrap());
    let path = frames.path_of("my data.duckdb");
    let duck = DuckDb::open(&path).unwrap();
    duck.set_frames(frames.clone());
    runs(&duck, "CREATE TABLE kept AS FROM sales");
    drop(duck);
    let duck = DuckDb::open(&path).unwrap();
    let tables = duck.tables().unwrap();
    assert_eq!(tables.len(), 1);
    assert_eq!((tables[0].name.as_str(), tables[0].kind), ("kept", TableKind::Table));
    let error = DuckDb::open(frames.path_of("frame.1.arrow")).unwrap_err();
    assert!(matches!(error, AgentsError::DatabaseInvalid { .. }), "{error:?}");
    let frames_file = DuckDb::open(frames.path_of("frames.duckdb")).unwrap();
    frames_file.set_frames(frames);
    assert_eq!(number(&frames_file, "SELECT n FROM sales"), 1);
}

#[test]
fn nothing_is_downloaded_and_limits_are_set() {
    let (duck, _frames) = session();
    let error = fails(&duck, "SELECT ST_Point(1, 2)");
    assert!(matches!(&error, AgentsError::ExtensionMissing { extension } if extension == "spatial"), "{error:?}");
    let off = "SELECT (NOT current_setting('autoinstall_known_extensions')::BOOLEAN)::BIGINT";
    assert_eq!(number(&duck, off), 1);
    assert_eq!(number(&duck, "SELECT json_extract('{\"a\": 5}', '$.a')::BIGINT"), 5);
    assert_eq!(number(&duck, "SELECT (current_setting('temp_directory') LIKE '%synthbook-duckdb-%')::BIGINT"), 1);
    assert_eq!(number(&duck, "SELECT (current_setting('TimeZone') = 'UTC')::BIGINT"), 1);
}
