//! The log of runs, in the warehouse itself: `ETL.RUNS`, a row for each run; `ETL.STEPS`, one for each step of a run; and
//! `ETL.LOCKS`, which run is at work.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::AgentsError;
use crate::etl::EtlError;
use crate::etl::rows::Desk;
use crate::warehouse::{Dialect, Scalar};

/// A run elsewhere that has not been heard of for so long is taken for dead.
const SILENCE: Duration = Duration::from_mins(15);

const TABLES: &str = "
    CREATE SCHEMA IF NOT EXISTS ETL;
    CREATE TABLE IF NOT EXISTS ETL.RUNS (
        RUN_ID BIGINT NOT NULL, PIPELINE VARCHAR NOT NULL, STARTED_AT TIMESTAMP NOT NULL, FINISHED_AT TIMESTAMP,
        STATUS VARCHAR NOT NULL, SEED BIGINT, SOURCE VARCHAR, ROWS_OUT BIGINT, ERROR VARCHAR);
    CREATE TABLE IF NOT EXISTS ETL.STEPS (
        RUN_ID BIGINT NOT NULL, STEP_NUMBER INTEGER NOT NULL, STEP VARCHAR NOT NULL, STARTED_AT TIMESTAMP NOT NULL,
        FINISHED_AT TIMESTAMP, ROWS_IN BIGINT, ROWS_OUT BIGINT, STATUS VARCHAR NOT NULL, ERROR VARCHAR);
    CREATE TABLE IF NOT EXISTS ETL.LOCKS (
        PIPELINE VARCHAR NOT NULL, RUN_ID BIGINT, OWNER VARCHAR, HEARD_AT TIMESTAMP)";

/// The runs of this process that are at work, by their owner's name.
static WORKING: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn working() -> MutexGuard<'static, BTreeSet<String>> {
    WORKING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One run's hand on the log. Dropping it lets the next run begin, also when the work failed.
pub(crate) struct Log<'a> {
    desk: Desk<'a>,
    pipeline: &'static str,
    owner: String,
    pub(crate) run: i64,
}

/// How something ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// It is at work.
    Running,
    /// It changed rows.
    Done,
    /// There was nothing to change.
    Unchanged,
    /// It failed; its error says why.
    Failed,
    /// It was asked to stop.
    Cancelled,
    /// Its process ended before it did.
    Killed,
}

impl Outcome {
    /// The word that stands in the log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Killed => "killed",
        }
    }

    pub(crate) fn of_name(name: &str) -> Self {
        let all = [Self::Running, Self::Done, Self::Unchanged, Self::Cancelled, Self::Killed];
        all.into_iter().find(|outcome| outcome.name() == name).unwrap_or(Self::Failed)
    }

    fn of_error(error: &EtlError) -> Self {
        if error.is_cancelled() { Self::Cancelled } else { Self::Failed }
    }
}

/// Microseconds since 1970, UTC, now.
pub(crate) fn now() -> i64 {
    Timestamp::now().as_microsecond()
}

impl<'a> Log<'a> {
    /// Begins a run, unless another is at work; marks runs that were killed.
    pub(crate) fn begin(desk: Desk<'a>, pipeline: &'static str, seed: u64, source: &str) -> Result<Self, EtlError> {
        // A file of DuckDB has one process at a time: a holder that is not of this process is dead.
        let alone = desk.warehouse.dialect() == Dialect::DuckDb;
        // Nobody else in this process may look between reading the lock and taking it.
        let mut working = working();
        if alone && desk.run("BEGIN TRANSACTION; COMMIT").is_err() {
            return Err(EtlError::OpenTransaction);
        }
        desk.run(TABLES)?;
        let owner = format!("{}-{}", std::process::id(), uuid::Uuid::new_v4());
        let named = |extra: Vec<(&str, Scalar)>| {
            let mut all = vec![("pipeline", Scalar::Text(pipeline.to_owned()))];
            all.extend(extra);
            values(all)
        };
        let held = "SELECT RUN_ID, OWNER, HEARD_AT FROM ETL.LOCKS WHERE PIPELINE = :pipeline AND OWNER IS NOT NULL AND HEARD_AT > :since";
        let silence = i64::try_from(SILENCE.as_micros()).unwrap_or(i64::MAX);
        let since = if alone { 0 } else { now() - silence };
        let rows = desk.run_with(held, named(vec![("since", Scalar::Timestamp(since))]))?;
        for row in 0..rows.len() {
            let holder = rows.text(row, 1).unwrap_or_default();
            if working.contains(&holder) || !alone {
                return Err(EtlError::Busy { run: rows.whole(row, 0).unwrap_or_default() });
            }
        }
        let last = desk.run("SELECT COALESCE(MAX(RUN_ID), 0) FROM ETL.RUNS")?;
        let run = last.whole(0, 0).unwrap_or(0) + 1;
        let begin = "
            BEGIN TRANSACTION;
            UPDATE ETL.STEPS SET STATUS = 'killed' WHERE STATUS = 'running' AND RUN_ID IN (
                SELECT RUN_ID FROM ETL.RUNS WHERE PIPELINE = :pipeline);
            UPDATE ETL.RUNS SET STATUS = 'killed' WHERE STATUS = 'running' AND PIPELINE = :pipeline;
            DELETE FROM ETL.LOCKS WHERE PIPELINE = :pipeline;
            INSERT INTO ETL.LOCKS (PIPELINE, RUN_ID, OWNER, HEARD_AT) VALUES (:pipeline, :run, :owner, :now);
            INSERT INTO ETL.RUNS (RUN_ID, PIPELINE, STARTED_AT, STATUS, SEED, SOURCE)
                VALUES (:run, :pipeline, :now, 'running', :seed, :source);
            COMMIT";
        let given = named(vec![
            ("run", Scalar::Integer(run)),
            ("owner", Scalar::Text(owner.clone())),
            ("now", Scalar::Timestamp(now())),
            ("seed", Scalar::Integer(seed.cast_signed())),
            ("source", Scalar::Text(source.to_owned())),
        ]);
        if let Err(error) = desk.run_with(begin, given) {
            let _ = desk.anyway("ROLLBACK", BTreeMap::new());
            return Err(error.into());
        }
        working.insert(owner.clone());
        Ok(Self { desk, pipeline, owner, run })
    }

    /// Notes that a step begins.
    pub(crate) fn step(&self, number: usize, step: &str) -> Result<(), AgentsError> {
        let begin = "
            INSERT INTO ETL.STEPS (RUN_ID, STEP_NUMBER, STEP, STARTED_AT, STATUS) VALUES (:run, :number, :step, :now, 'running');
            UPDATE ETL.LOCKS SET HEARD_AT = :now WHERE PIPELINE = :pipeline AND OWNER = :owner";
        let mut given = self.of_step(number);
        given.extend(values(vec![
            ("step", Scalar::Text(step.to_owned())),
            ("now", Scalar::Timestamp(now())),
            ("pipeline", Scalar::Text(self.pipeline.to_owned())),
            ("owner", Scalar::Text(self.owner.clone())),
        ]));
        self.desk.run_with(begin, given).map(drop)
    }

    /// The statement that says in the step's own transaction what became of it: `counted` is a query for rows out.
    pub(crate) fn done(&self, number: usize, rows_in: u64, counted: &str) -> String {
        let run = self.run;
        format!(
            "UPDATE ETL.STEPS SET ROWS_IN = {rows_in}, ROWS_OUT = ({counted}),
             STATUS = CASE WHEN ({counted}) = 0 THEN 'unchanged' ELSE 'done' END
             WHERE RUN_ID = {run} AND STEP_NUMBER = {number}"
        )
    }

    /// Notes when a step ended, and how many rows it changed.
    pub(crate) fn finish_step(&self, number: usize) -> Result<u64, AgentsError> {
        let end = "
            UPDATE ETL.STEPS SET FINISHED_AT = :now WHERE RUN_ID = :run AND STEP_NUMBER = :number;
            SELECT ROWS_OUT FROM ETL.STEPS WHERE RUN_ID = :run AND STEP_NUMBER = :number";
        let mut given = self.of_step(number);
        given.extend(values(vec![("now", Scalar::Timestamp(now()))]));
        Ok(self.desk.run_with(end, given)?.count(0, 0))
    }

    /// Notes that a step failed.
    pub(crate) fn fail_step(&self, number: usize, error: &EtlError) {
        let note = "UPDATE ETL.STEPS SET FINISHED_AT = :now, STATUS = :status, ERROR = :error
                    WHERE RUN_ID = :run AND STEP_NUMBER = :number";
        let mut given = self.of_step(number);
        given.extend(values(vec![
            ("now", Scalar::Timestamp(now())),
            ("status", Scalar::Text(Outcome::of_error(error).name().to_owned())),
            ("error", Scalar::Text(error.to_string())),
        ]));
        // The error itself is what the caller must hear of.
        let _ = self.desk.anyway(note, given);
    }

    /// Notes how the run ended, and lets the next begin.
    pub(crate) fn finish(self, outcome: &Result<u64, EtlError>) -> Result<(), AgentsError> {
        let (status, rows, error) = match outcome {
            Ok(0) => (Outcome::Unchanged, Scalar::Integer(0), Scalar::Null),
            Ok(rows) => (Outcome::Done, Scalar::Integer(rows.cast_signed()), Scalar::Null),
            Err(error) => (Outcome::of_error(error), Scalar::Null, Scalar::Text(error.to_string())),
        };
        let note = "
            UPDATE ETL.RUNS SET FINISHED_AT = :now, STATUS = :status, ROWS_OUT = :rows, ERROR = :error WHERE RUN_ID = :run;
            UPDATE ETL.LOCKS SET RUN_ID = NULL, OWNER = NULL WHERE PIPELINE = :pipeline AND OWNER = :owner";
        let given = values(vec![
            ("now", Scalar::Timestamp(now())),
            ("status", Scalar::Text(status.name().to_owned())),
            ("rows", rows),
            ("error", error),
            ("run", Scalar::Integer(self.run)),
            ("pipeline", Scalar::Text(self.pipeline.to_owned())),
            ("owner", Scalar::Text(self.owner.clone())),
        ]);
        self.desk.anyway(note, given)
    }

    fn of_step(&self, number: usize) -> BTreeMap<String, Scalar> {
        values(vec![("run", Scalar::Integer(self.run)), ("number", Scalar::Integer(number as i64))])
    }
}

impl Drop for Log<'_> {
    fn drop(&mut self) {
        working().remove(&self.owner);
    }
}

fn values(given: Vec<(&str, Scalar)>) -> BTreeMap<String, Scalar> {
    given.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
