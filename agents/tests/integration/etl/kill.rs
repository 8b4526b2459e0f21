//! Loads whose process is killed (SIGKILL) at every step, and in the middle of steps, and then run again.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use synthbook_agents::etl::retail::{self, Options, Source};
use synthbook_agents::etl::{self, Outcome};
use synthbook_agents::warehouse::DuckDb;
use synthbook_synth::{Progress, ProgressSink};

use super::source::{LOADED, cell, digest, load, small};

const DATABASE: &str = "SYNTHBOOK_TEST_DATABASE";
const SOURCE: &str = "SYNTHBOOK_TEST_SOURCE";
const HOLD: &str = "SYNTHBOOK_TEST_HOLD";

/// Says each step on the standard output, and waits at one of them to be killed.
struct Lines {
    hold: Option<String>,
}

impl ProgressSink for Lines {
    fn update(&self, _fraction: Option<f64>, message: &str) {
        // Past the test harness, which would keep it.
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "at {message}").and_then(|()| out.flush());
        if self.hold.as_deref() == Some(message) {
            std::thread::sleep(Duration::from_mins(2));
        }
    }
}

#[test]
#[ignore = "the process that the tests of this module start and kill"]
#[expect(clippy::disallowed_methods, reason = "a child is told by its environment what to load")]
fn child() {
    let path = |name: &str| PathBuf::from(std::env::var_os(name).expect("started by another test"));
    let duck = DuckDb::open(path(DATABASE)).unwrap();
    let hold = std::env::var(HOLD).ok();
    let progress = Progress::new(Arc::new(Lines { hold }), Arc::new(AtomicBool::new(false)));
    let options = Options::default().as_of(LOADED.parse().unwrap());
    retail::run(&duck, &Source::folder(path(SOURCE)), &options, &progress).unwrap();
}

#[expect(clippy::disallowed_methods, reason = "a process must be killed")]
fn start(database: &Path, source: &Path, hold: Option<&str>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "etl::kill::child", "--ignored", "--nocapture"]);
    command.env(DATABASE, database).env(SOURCE, source).env_remove(HOLD);
    if let Some(hold) = hold {
        command.env(HOLD, hold);
    }
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// Waits until the child is at a step, and so much longer, then kills it. Says whether it got there.
fn kill_at(mut child: Child, step: &str, later: Duration) -> bool {
    let out = BufReader::new(child.stdout.take().unwrap());
    let reached = out.lines().map_while(Result::ok).any(|line| line.ends_with(&format!("at {step}")));
    std::thread::sleep(later);
    child.kill().unwrap();
    child.wait().unwrap();
    reached
}

/// Whatever was loaded so far fits together: steps that the log calls done are whole, facts have their dimensions.
fn last_good_state(database: &Path, whole: &[(String, String)]) {
    let duck = DuckDb::open(database).unwrap();
    let status = etl::status(&duck).unwrap();
    let Some(last) = status.runs.first() else { return };
    assert_eq!(last.status, Outcome::Running, "it did not get to say how it ended");
    let done: Vec<&str> = status
        .runs
        .iter()
        .flat_map(|run| &run.steps)
        .filter(|step| matches!(step.status, Outcome::Done | Outcome::Unchanged))
        .map(|step| step.step.as_str())
        .collect();
    for (table, wanted) in whole {
        if done.contains(&"SCHEMA") {
            let query = format!("SELECT count(*) || ':' || coalesce(bit_xor(hash(t::VARCHAR)), 0) FROM {table} t");
            let found = cell(&duck, &query);
            let expected = if done.contains(&table.as_str()) { wanted } else { "0:0" };
            assert_eq!(found, expected, "{table} after {done:?}");
        }
    }
}

/// Some twenty processes, each of which loads a part: this takes longer than other tests.
#[test]
fn a_load_that_is_killed_at_any_step_is_completed_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let source = small(folder.path());
    let reference = DuckDb::in_memory().unwrap();
    let steps: Vec<String> = load(&reference, &source).unwrap().steps.into_iter().map(|step| step.step).collect();
    let whole = digest(&reference);
    let database = folder.path().join("killed.duckdb");
    for step in &steps {
        let child = start(&database, folder.path(), Some(step));
        assert!(kill_at(child, step, Duration::ZERO), "{step} was not reached");
        last_good_state(&database, &whole);
    }
    let duck = DuckDb::open(&database).unwrap();
    load(&duck, &source).unwrap();
    assert_eq!(digest(&duck), whole);
    let status = etl::status(&duck).unwrap();
    let killed = status.runs.iter().filter(|run| run.status == Outcome::Killed).count();
    assert_eq!((status.runs.len(), killed), (steps.len() + 1, steps.len()));
}

#[test]
fn a_load_that_is_killed_in_the_middle_of_a_step_is_completed_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let source = small(folder.path());
    let reference = DuckDb::in_memory().unwrap();
    load(&reference, &source).unwrap();
    let whole = digest(&reference);
    for (number, (step, later)) in [
        ("STAGING_SALESDETAIL", 8),
        ("DIM_PRODUCT", 5),
        ("DIM_CUSTOMER", 4),
        ("FACT_SALESACTUAL", 10),
        ("FACT_SALESACTUAL", 30),
    ]
    .into_iter()
    .enumerate()
    {
        let database = folder.path().join(format!("middle{number}.duckdb"));
        assert!(kill_at(start(&database, folder.path(), None), step, Duration::from_millis(later)));
        let duck = DuckDb::open(&database).unwrap();
        let orphans =
            "SELECT count(*) FROM FACT_SALESACTUAL f ANTI JOIN DIM_CUSTOMER c ON c.CUSTOMER_KEY = f.CUSTOMER_KEY";
        assert_eq!(cell(&duck, orphans), "0");
        load(&duck, &source).unwrap();
        assert_eq!(digest(&duck), whole, "{step} + {later} ms");
    }
}
