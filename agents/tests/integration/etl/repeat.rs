//! Loads that are repeated: nothing twice, changes picked up, and clear words where a load can't be done.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use miette::Diagnostic;
use synthbook_agents::etl::retail::{self, Options, Source};
use synthbook_agents::etl::{self, EtlError, Outcome};
use synthbook_agents::warehouse::{DuckDb, Warehouse};
use synthbook_synth::{Progress, ProgressSink};

use super::source::{cell, cells, digest, load, load_at, rewrite, run, small};

#[test]
fn a_second_run_changes_nothing_and_the_same_seed_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let source = small(folder.path());
    let (one, other) = (DuckDb::in_memory().unwrap(), DuckDb::in_memory().unwrap());
    let first = load(&one, &source).unwrap();
    assert!(first.steps.iter().filter(|step| step.step != "EXTRACT").all(|step| step.rows_out > 0), "{first:?}");
    let before = digest(&one);
    let second = load(&one, &source).unwrap();
    assert_eq!((second.run, second.status, second.rows_out), (2, Outcome::Unchanged, 0), "{second:?}");
    assert_eq!(digest(&one), before);
    load(&other, &source).unwrap();
    assert_eq!(digest(&other), before);
    let status = etl::status(&one).unwrap();
    assert_eq!(status.runs.iter().map(|run| run.status).collect::<Vec<_>>(), [Outcome::Unchanged, Outcome::Done]);
    let fact = status.runs[1].steps.iter().find(|step| step.step == "FACT_SALESACTUAL").unwrap();
    assert_eq!(fact.rows_out.map(|rows| rows.to_string()), Some(cell(&one, "SELECT count(*) FROM FACT_SALESACTUAL")));
    assert!(
        status.runs.iter().all(|run| run.finished.is_some() && run.steps.iter().all(|step| step.finished.is_some()))
    );
    let other_seed = DuckDb::in_memory().unwrap();
    retail::run(&other_seed, &source, &Options::default().seed(1), &Progress::silent()).unwrap();
    let names = "SELECT string_agg(LAST_NAME, ',' ORDER BY CUSTOMER_ID) FROM STAGING_CUSTOMER";
    assert_ne!(cell(&one, names), cell(&other_seed, names));
    let facts = "SELECT sum(SALES_AMOUNT) FROM FACT_SALESACTUAL";
    assert_eq!(cell(&one, facts), cell(&other_seed, facts));
}

#[test]
fn changed_customers_get_a_new_version_and_late_rows_come_in() {
    let folder = tempfile::tempdir().unwrap();
    let source = small(folder.path());
    let duck = DuckDb::in_memory().unwrap();
    load(&duck, &source).unwrap();
    let known = cell(&duck, "SELECT min(CUSTOMER_ID) FROM STAGING_CUSTOMER WHERE AGE_BAND NOT IN ('Unknown', '65+')");
    let query = format!("SELECT * REPLACE (CASE WHEN household_id = {known} THEN '65+' ELSE age END AS age) FROM t");
    rewrite(folder.path(), "demographics.parquet", &query);
    let report = load_at(&duck, &source, "2018-02-01T00:00:00").unwrap();
    let out = |name: &str| report.steps.iter().find(|step| step.step == name).unwrap().rows_out;
    assert_eq!((out("STAGING_CUSTOMER"), out("DIM_CUSTOMER"), out("FACT_SALESACTUAL"), report.rows_out), (1, 1, 0, 2));
    let versions = format!(
        "SELECT AGE_BAND = '65+', VALID_FROM, coalesce(VALID_TO::VARCHAR, '-'), IS_CURRENT
        FROM DIM_CUSTOMER WHERE CUSTOMER_ID = {known} ORDER BY VALID_FROM"
    );
    assert_eq!(
        cells(&duck, &versions),
        [
            ["false", "1900-01-01T00:00:00", "2018-02-01 00:00:00", "false"],
            ["true", "2018-02-01T00:00:00", "-", "true"],
        ]
    );
    // A late line after the change belongs to the new version, one before it to the old.
    let late = format!(
        "FROM t UNION ALL BY NAME (SELECT * REPLACE (99 AS basket_id, TIMESTAMP '2018-03-01 10:00:00' AS transaction_timestamp)
         FROM t WHERE household_id = {known} LIMIT 1)
         UNION ALL BY NAME (SELECT * REPLACE (98 AS basket_id, 5.55 AS sales_value, 77 AS household_id) FROM t LIMIT 1)"
    );
    rewrite(folder.path(), "transactions.parquet", &late);
    let report = load_at(&duck, &source, "2018-04-01T00:00:00").unwrap();
    let out = |name: &str| report.steps.iter().find(|step| step.step == name).unwrap().rows_out;
    assert_eq!((out("STAGING_SALESHEADER"), out("STAGING_SALESDETAIL"), out("FACT_SALESACTUAL")), (2, 2, 2));
    let of = |basket: u32| {
        format!(
            "SELECT c.CUSTOMER_ID, IS_CURRENT, AGE_BAND FROM FACT_SALESACTUAL JOIN DIM_CUSTOMER c USING (CUSTOMER_KEY) WHERE SALES_HEADER_ID = {basket}"
        )
    };
    assert_eq!(cells(&duck, &of(99)), [[known.as_str(), "true", "65+"]]);
    assert_eq!(cells(&duck, &of(98)), [["77", "true", "Unknown"]], "a household that was not there before");
    let old = format!(
        "SELECT count(*) > 0 FROM FACT_SALESACTUAL JOIN DIM_CUSTOMER USING (CUSTOMER_KEY) WHERE CUSTOMER_ID = {known} AND NOT IS_CURRENT"
    );
    assert_eq!(cell(&duck, &old), "true");
    // A corrected amount is corrected in the fact.
    rewrite(
        folder.path(),
        "transactions.parquet",
        "SELECT * REPLACE (CASE WHEN basket_id = 98 THEN 6.66 ELSE sales_value END AS sales_value) FROM t",
    );
    load_at(&duck, &source, "2018-05-01T00:00:00").unwrap();
    assert_eq!(cell(&duck, "SELECT SALES_AMOUNT FROM FACT_SALESACTUAL WHERE SALES_HEADER_ID = 98"), "6.66");
    // A product that was missing comes into the catalogue.
    let missing =
        cell(&duck, "SELECT min(PRODUCT_ID) FROM STAGING_SALESDETAIL ANTI JOIN STAGING_PRODUCT USING (PRODUCT_ID)");
    rewrite(
        folder.path(),
        "products.parquet",
        &format!("FROM t UNION ALL BY NAME SELECT {missing} AS product_id, 'GROCERY' AS department"),
    );
    load_at(&duck, &source, "2018-06-01T00:00:00").unwrap();
    let moved = format!("SELECT count(*) > 0 AND bool_and(f.PRODUCT_KEY = p.PRODUCT_KEY) FROM STAGING_SALESDETAIL d
        JOIN FACT_SALESACTUAL f USING (SALES_DETAIL_ID) JOIN DIM_PRODUCT p ON p.PRODUCT_ID = d.PRODUCT_ID WHERE d.PRODUCT_ID = {missing}");
    assert_eq!(cell(&duck, &moved), "true");
    let error = {
        rewrite(folder.path(), "demographics.parquet", &query.replace("65+", "19-24"));
        load_at(&duck, &source, "2018-01-15T00:00:00").unwrap_err()
    };
    assert_eq!(code(&error), "etl::as_of_too_early");
    load_at(&duck, &source, "2018-07-01T00:00:00").unwrap();
}

/// Holds the load at a step until it may go on.
struct Gate {
    step: &'static str,
    reached: Mutex<Sender<()>>,
    go: Mutex<Receiver<()>>,
}

impl ProgressSink for Gate {
    fn update(&self, _fraction: Option<f64>, message: &str) {
        if message == self.step {
            self.reached.lock().unwrap().send(()).unwrap();
            self.go.lock().unwrap().recv().unwrap();
        }
    }
}

#[test]
fn two_runs_at_once_and_a_wish_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    let source = small(folder.path());
    let duck = DuckDb::in_memory().unwrap();
    let (reached, is_reached) = channel();
    let (go, may_go) = channel();
    let stop = Arc::new(AtomicBool::new(false));
    let gate = Gate { step: "DIM_STORE", reached: Mutex::new(reached), go: Mutex::new(may_go) };
    let progress = Progress::new(Arc::new(gate), Arc::clone(&stop));
    std::thread::scope(|scope| {
        let first = scope.spawn(|| retail::run(&duck, &source, &Options::default(), &progress));
        is_reached.recv().unwrap();
        let second = load(&duck, &source).unwrap_err();
        assert!(matches!(second, EtlError::Busy { run: 1 }), "{second:?}");
        assert_eq!(code(&second), "etl::busy");
        stop.store(true, Ordering::Relaxed);
        go.send(()).unwrap();
        let stopped = first.join().unwrap().unwrap_err();
        assert!(stopped.is_cancelled(), "{stopped:?}");
    });
    assert_eq!(etl::status(&duck).unwrap().runs[0].status, Outcome::Cancelled);
    assert_eq!(cell(&duck, "SELECT count(*) FROM DIM_STORE"), "0");
    assert!(cell(&duck, "SELECT count(*) FROM STAGING_STORE").parse::<u32>().unwrap() > 0);
    load(&duck, &source).unwrap();
    let whole = DuckDb::in_memory().unwrap();
    load(&whole, &source).unwrap();
    let star = |warehouse: &dyn Warehouse| {
        digest(warehouse).into_iter().filter(|(table, _)| !table.starts_with("STAGING")).collect::<Vec<_>>()
    };
    assert_eq!(star(&duck), star(&whole));
}

#[test]
fn what_cannot_be_loaded_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let duck = DuckDb::in_memory().unwrap();
    assert_eq!(code(&load(&duck, &Source::folder(folder.path())).unwrap_err()), "etl::source_missing");
    let source = small(folder.path());
    let part = |file: &str, query: &str| {
        let kept = std::fs::read(folder.path().join(file)).unwrap();
        rewrite(folder.path(), file, query);
        let error = load(&duck, &source).unwrap_err();
        std::fs::write(folder.path().join(file), kept).unwrap();
        code(&error)
    };
    let rows = "etl::source_rows";
    assert_eq!(part("transactions.parquet", "SELECT * EXCLUDE (sales_value) FROM t"), "etl::source_unreadable");
    assert_eq!(part("transactions.parquet", "SELECT * REPLACE (NULL::BIGINT AS store_id) FROM t"), rows);
    assert_eq!(
        part(
            "transactions.parquet",
            "SELECT * REPLACE (TIMESTAMP '2050-01-01' AS transaction_timestamp) FROM t LIMIT 3"
        ),
        rows
    );
    assert_eq!(part("transactions.parquet", "SELECT * REPLACE (1 AS basket_id) FROM t"), rows);
    assert_eq!(part("transactions.parquet", "SELECT * REPLACE ('x' AS quantity) FROM t"), "etl::source_unreadable");
    assert_eq!(part("products.parquet", "FROM t UNION ALL FROM t"), rows);
    std::fs::write(folder.path().join("demographics.parquet"), b"PAR1 not at all").unwrap();
    assert_eq!(code(&load(&duck, &source).unwrap_err()), "etl::source_unreadable");
    small(folder.path());
    run(&duck, "BEGIN");
    assert_eq!(code(&load(&duck, &source).unwrap_err()), "etl::open_transaction");
    run(&duck, "ROLLBACK");
    let duck = DuckDb::in_memory().unwrap();
    run(&duck, "CREATE TABLE DIM_STORE (id BIGINT)");
    assert_eq!(code(&load(&duck, &source).unwrap_err()), "etl::other_table");
    assert_eq!(etl::status(&duck).unwrap().runs[0].status, Outcome::Failed);
    run(&duck, "DROP TABLE DIM_STORE");
    rewrite(folder.path(), "transactions.parquet", "FROM t LIMIT 0");
    load(&duck, &source).unwrap();
    assert_eq!(cell(&duck, "SELECT count(*) FROM FACT_SALESACTUAL"), "0", "no sales at all can be loaded");
    small(folder.path());
    rewrite(folder.path(), "transactions.parquet", "FROM t LIMIT 1");
    load(&duck, &source).unwrap();
    assert_eq!(cell(&duck, "SELECT count(*) FROM FACT_SALESACTUAL"), "1");
}

pub(super) fn code(error: &dyn Diagnostic) -> String {
    error.code().map(|code| code.to_string()).unwrap_or_default()
}
