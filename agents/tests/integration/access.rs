//! Databases that are only read: what DuckDB itself refuses, and how handles of one file live together.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use synthbook_agents::AgentsError;
use synthbook_agents::warehouse::{
    Access, Checked, DuckDb, Guard, Load, Request, Settings, Sql, Warehouse, check, preview,
};

use crate::support::{number, runs};

fn file(folder: &Path) -> PathBuf {
    let path = folder.join("shop.duckdb");
    let duck = DuckDb::open(&path).unwrap();
    runs(&duck, "CREATE TABLE sales AS SELECT i AS id, i * 2.5 AS amount FROM range(10) AS r(i)");
    path
}

fn read(sql: &str) -> Checked<Sql> {
    check(Sql::new(sql), &Guard::read(synthbook_agents::warehouse::Dialect::DuckDb)).unwrap()
}

fn counts(duck: &DuckDb, sql: &str) -> i64 {
    use arrow_array::cast::AsArray;
    let shown = preview(duck, &read(sql), &Request::default(), 10).unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    shown.batch.column(0).as_primitive::<arrow_array::types::Int64Type>().value(0)
}

fn refused(duck: &DuckDb, sql: &str) -> AgentsError {
    let outcome = check(Sql::new(sql), &Guard::read(duck.dialect()))
        .and_then(|checked| preview(duck, &checked, &Request::default(), 10));
    outcome.err().unwrap_or_else(|| panic!("{sql} was run"))
}

#[test]
fn a_person_may_read_whatever_reads() {
    let folder = tempfile::tempdir().unwrap();
    let duck = DuckDb::open_for(file(folder.path()), Access::Read).unwrap();
    let people = folder.path().join("people.csv");
    std::fs::write(&people, "name,age\nAnna,30\nBen,40\n").unwrap();
    assert_eq!(counts(&duck, &format!("SELECT count(*) FROM '{}'", people.display())), 2);
    for sql in [
        "FROM sales",
        "FROM sales SELECT id WHERE amount > 3",
        "DESCRIBE sales",
        "SHOW TABLES",
        "SUMMARIZE sales",
        "EXPLAIN SELECT * FROM sales",
        "EXPLAIN ANALYZE SELECT * FROM sales",
        "PIVOT sales ON id USING sum(amount)",
        "UNPIVOT sales ON id INTO NAME n VALUE v",
        "VALUES (1), (2)",
        "TABLE sales",
        "SELECT list_transform([1, 2], x -> x + 1), [y * 2 for y in [1, 2]]",
        "SELECT * FROM duckdb_settings()",
        "WITH a AS (FROM sales) FROM a LIMIT 1",
        "SELECT 1; SELECT 2 AS \"second\"",
        "SELECT * FROM shop.main.sales",
    ] {
        let outcome = check(Sql::new(sql), &Guard::read(duck.dialect()))
            .and_then(|checked| preview(&duck, &checked, &Request::default(), 10));
        assert!(outcome.is_ok(), "{sql}: {outcome:?}");
    }
}

#[test]
fn a_reading_connection_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let duck = DuckDb::open_for(file(folder.path()), Access::Read).unwrap();
    let loot = folder.path().join("loot");
    let loot = loot.display();
    let statements = [
        "INSERT INTO sales VALUES (1, 1)".to_owned(),
        "DELETE FROM sales".to_owned(),
        "WITH x AS (DELETE FROM sales RETURNING *) SELECT * FROM x".to_owned(),
        "CREATE TABLE t AS SELECT 1".to_owned(),
        "CREATE TEMP TABLE t AS SELECT 1".to_owned(),
        "DROP TABLE sales".to_owned(),
        format!("COPY sales TO '{loot}'"),
        format!("EXPORT DATABASE '{loot}'"),
        format!("ATTACH '{loot}' AS other"),
        "SET threads = 1".to_owned(),
        "PRAGMA database_list".to_owned(),
        "CALL pragma_version()".to_owned(),
        "EXPLAIN ANALYZE INSERT INTO sales VALUES (1, 1)".to_owned(),
        "EXPLAIN ANALYZE DELETE FROM sales".to_owned(),
        "SELECT 1; DROP TABLE sales".to_owned(),
        "COMMIT; DROP TABLE sales".to_owned(),
        "INSTALL httpfs".to_owned(),
        "CHECKPOINT".to_owned(),
        format!("WITH a AS (SELECT 1) COPY sales TO '{loot}'"),
    ];
    for sql in &statements {
        let error = refused(&duck, sql);
        let refusal = matches!(
            error,
            AgentsError::GuardStatement { .. } | AgentsError::ReadOnly { .. } | AgentsError::Syntax { .. }
        );
        assert!(refusal, "{sql}: {error:?}");
    }
    assert!(!folder.path().join("loot").exists());
    assert_eq!(counts(&duck, "SELECT count(*) FROM sales"), 10);
    let unchecked = check(Sql::new("SELECT 1"), &Guard::write()).unwrap();
    assert!(matches!(duck.query(&unchecked, &Request::default()), Err(AgentsError::ReadOnly { .. })));
    let rows = duck.load("sales", &mut std::iter::empty(), Load::Append);
    assert!(matches!(rows, Err(AgentsError::ReadOnly { .. })), "{rows:?}");
}

#[test]
fn the_engine_keeps_an_agent_from_files_too() {
    let folder = tempfile::tempdir().unwrap();
    let duck = DuckDb::open_for(file(folder.path()), Access::Agent).unwrap();
    let people = folder.path().join("people.csv");
    std::fs::write(&people, "name\nAnna\n").unwrap();
    // As if the agent's guard had let it through: the handle itself refuses.
    for sql in
        [format!("SELECT * FROM '{}'", people.display()), format!("SELECT * FROM read_text('{}')", people.display())]
    {
        let outcome = preview(&duck, &read(&sql), &Request::default(), 1);
        assert!(outcome.is_err(), "{sql}: {outcome:?}");
    }
    assert_eq!(counts(&duck, "SELECT (NOT current_setting('enable_external_access')::BOOLEAN)::BIGINT"), 1);
    assert_eq!(counts(&duck, "SELECT current_setting('lock_configuration')::BOOLEAN::BIGINT"), 1);
    assert_eq!(counts(&duck, "SELECT (current_setting('TimeZone') = 'UTC')::BIGINT"), 1);
    let guard = Guard::agent(duck.dialect(), &duck.catalog().unwrap());
    let checked = check(Sql::new("SELECT sum(amount)::BIGINT AS total FROM sales"), &guard).unwrap();
    assert_eq!(preview(&duck, &checked, &Request::default(), 1).unwrap().total, Some(1));
}

#[test]
fn handles_of_one_file_live_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    let readers: Vec<DuckDb> = (0..5).map(|_| DuckDb::open_for(&path, Access::Read).unwrap()).collect();
    let agents: Vec<DuckDb> = (0..3).map(|_| DuckDb::open_for(&path, Access::Agent).unwrap()).collect();
    for duck in readers.iter().chain(&agents) {
        assert_eq!(counts(duck, "SELECT count(*) FROM sales"), 10);
        assert_eq!(duck.tables().unwrap().len(), 1);
    }
    let error = DuckDb::open(&path).unwrap_err();
    assert!(matches!(error, AgentsError::DatabaseInUse { .. }), "{error:?}");
    drop(readers);
    assert!(DuckDb::open(&path).is_err(), "agents read it still");
    drop(agents);
    let writer = DuckDb::open(&path).unwrap();
    let second = DuckDb::open(&path).unwrap();
    let reader = DuckDb::open_for(&path, Access::Read).unwrap();
    runs(&writer, "INSERT INTO sales VALUES (10, 1)");
    runs(&writer, "BEGIN; DELETE FROM sales");
    assert_eq!(number(&second, "SELECT count(*) FROM sales"), 11, "transactions are a handle's own");
    assert_eq!(counts(&reader, "SELECT count(*) FROM sales"), 11);
    runs(&writer, "ROLLBACK");
    assert!(matches!(refused(&reader, "DELETE FROM sales"), AgentsError::GuardStatement { .. }));
    drop((writer, second));
    assert_eq!(counts(&reader, "SELECT count(*) FROM sales"), 11);
}

#[test]
fn who_comes_late_waits_for_a_connection() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    let settings = Settings { connections: 2, ..Settings::default() };
    let duck = DuckDb::with_settings(Some(&path), Access::Read, &settings).unwrap();
    let endless = read("SELECT i FROM range(1000000000000) AS r(i)");
    let mut held: Vec<_> = (0..2).map(|_| duck.query(&endless, &Request::default()).unwrap()).collect();
    let request = Request { deadline: Some(Duration::from_millis(100)), ..Request::default() };
    let asked = Instant::now();
    let late = duck.query(&read("SELECT 1"), &request);
    assert!(matches!(late, Err(AgentsError::Deadline { .. })), "{late:?}");
    assert!(asked.elapsed() < Duration::from_secs(5));
    let cancelled = Request::default();
    cancelled.cancel.cancel();
    assert!(matches!(duck.query(&read("SELECT 1"), &cancelled), Err(AgentsError::Cancelled)));
    held.pop();
    assert_eq!(counts(&duck, "SELECT count(*) FROM sales"), 10, "a place is free again");
}

#[test]
fn a_file_that_is_none_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.duckdb");
    for access in [Access::Read, Access::Agent] {
        let error = DuckDb::open_for(&missing, access).unwrap_err();
        assert!(matches!(error, AgentsError::DatabaseMissing { .. }), "{error:?}");
    }
    assert!(!missing.exists(), "nothing is made in silence");
    let error = DuckDb::open(folder.path().join("no folder/x.duckdb")).unwrap_err();
    assert!(matches!(error, AgentsError::DatabaseMissing { .. }), "{error:?}");
    let text = folder.path().join("text.duckdb");
    std::fs::write(&text, "name,age\nAnna,30\n".repeat(500)).unwrap();
    for access in [Access::Write, Access::Read, Access::Agent] {
        let error = DuckDb::open_for(&text, access).unwrap_err();
        assert!(matches!(error, AgentsError::DatabaseInvalid { .. }), "{error:?}");
        let error = DuckDb::open_for(folder.path(), access).unwrap_err();
        assert!(matches!(error, AgentsError::DatabaseInvalid { .. } | AgentsError::DatabaseOpen { .. }), "{error:?}");
    }
    let error = DuckDb::open_for("", Access::Write).unwrap_err();
    assert!(matches!(error, AgentsError::DatabaseOpen { .. }), "{error:?}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the other process is a program in Python")]
fn another_process_and_a_newer_duckdb_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (held, newer) = (folder.path().join("held.duckdb"), folder.path().join("newer.duckdb"));
    let script = "import duckdb, sys
duckdb.connect().execute(f\"ATTACH '{sys.argv[2]}' AS n (STORAGE_VERSION 'latest'); CREATE TABLE n.t AS SELECT 1 AS i; DETACH n\")
held = duckdb.connect(sys.argv[1])
held.execute('CREATE TABLE t AS SELECT 1 AS i')
print(duckdb.__version__, flush=True)
sys.stdin.read()";
    let mut peer = Command::new("python3")
        .args(["-c", script])
        .args([&held, &newer])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut version = String::new();
    let mut said = std::io::BufReader::new(peer.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut said, &mut version).unwrap();
    assert!(!version.is_empty(), "python3 has no duckdb");
    for access in [Access::Write, Access::Read, Access::Agent] {
        let error = DuckDb::open_for(&held, access).unwrap_err();
        let AgentsError::DatabaseLocked { holder: Some(holder), .. } = &error else { panic!("{error:?}") };
        assert!(holder.contains(&format!("PID {}", peer.id())), "{holder}");
    }
    drop(peer.stdin.take());
    peer.wait().unwrap();
    // The Python environment's DuckDB is of the second version, whose files the first can't read.
    assert!(version.starts_with('2'), "{version}");
    for access in [Access::Write, Access::Read, Access::Agent] {
        let error = DuckDb::open_for(&newer, access).unwrap_err();
        assert!(matches!(error, AgentsError::DatabaseVersion { .. }), "{error:?}");
    }
}

#[test]
fn frames_are_tables_beside_a_file_that_is_read() {
    use polars::prelude::*;
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    let (_, frames) = crate::support::session();
    frames.put("names", &df!("id" => [1_i64, 2], "name" => ["one", "two"]).unwrap());
    for access in [Access::Read, Access::Agent, Access::Write] {
        let (duck, second) = (DuckDb::open_for(&path, access).unwrap(), DuckDb::open_for(&path, access).unwrap());
        duck.set_frames(frames.clone());
        assert_eq!(counts(&duck, "SELECT count(*) FROM sales JOIN names USING (id)"), 2, "{access:?}");
        let guard = Guard::agent(duck.dialect(), &duck.catalog().unwrap());
        let checked = check(Sql::new("SELECT name FROM sales JOIN names USING (id) WHERE id = 2"), &guard).unwrap();
        assert_eq!(preview(&duck, &checked, &Request::default(), 5).unwrap().total, Some(1), "{access:?}");
        assert_eq!(second.tables().unwrap().len(), 1, "frames are a handle's own: {access:?}");
    }
}

#[test]
fn durations_lists_and_categories_are_loaded() {
    let (duck, frames) = crate::support::session();
    let query = "SELECT * FROM (VALUES (INTERVAL '2 days 3 seconds', [1, 2], 'a'::ENUM('a', 'b'), {'x': 1.5}),
                                      (NULL, NULL, NULL, NULL)) AS t(span, many, kind, pair)";
    let batches = duck.query(&crate::support::sql(query), &Request::default()).unwrap();
    let mut rows = batches.collect::<Vec<_>>().into_iter();
    assert_eq!(duck.load("kept", &mut rows, Load::Create).unwrap(), 2);
    let check = "SELECT count(*) FROM kept WHERE span = INTERVAL '2 days 3 seconds' AND many = [1, 2] AND kind = 'a'
                 AND pair.x = 1.5";
    assert_eq!(number(&duck, check), 1);
    assert_eq!(number(&duck, "SELECT count(*) FROM kept WHERE span IS NULL AND many IS NULL AND pair IS NULL"), 1);
    let cancelled = duck.load("kept", &mut std::iter::once_with(|| Err(AgentsError::Cancelled)), Load::Replace);
    assert!(matches!(cancelled, Err(AgentsError::Cancelled)));
    assert_eq!(number(&duck, "SELECT count(*) FROM kept"), 2);
    drop(frames);
}
