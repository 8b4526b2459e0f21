//! Steps of a load: each logged, each one transaction, each to be stopped.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::Serialize;

use crate::etl::EtlError;
use crate::etl::log::{Log, Outcome};
use crate::etl::merge::{DELTA, Merge};
use crate::etl::rows::Desk;

/// What a step did.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StepReport {
    /// Its name.
    pub step: String,
    /// How many rows it read.
    pub rows_in: u64,
    /// How many rows it inserted or changed.
    pub rows_out: u64,
    /// How long it took.
    pub seconds: f64,
    /// How it ended.
    pub status: Outcome,
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RunReport {
    /// The run's number in the log.
    pub run: i64,
    /// How it ended: done or unchanged.
    pub status: Outcome,
    /// How many rows it inserted or changed, all steps together.
    pub rows_out: u64,
    /// How long it took.
    pub seconds: f64,
    /// Its steps in their order.
    pub steps: Vec<StepReport>,
}

/// A run whose steps go into the log.
pub(crate) struct Pipeline<'a> {
    pub(crate) desk: Desk<'a>,
    log: &'a Log<'a>,
    /// How many steps there will be.
    total: usize,
    pub(crate) steps: Vec<StepReport>,
}

/// What a step does in its transaction.
pub(crate) struct Work {
    /// How many rows it reads.
    pub(crate) rows_in: u64,
    /// What must be done before the transaction: temporary tables.
    pub(crate) before: Vec<String>,
    /// What is done in it.
    pub(crate) within: Vec<String>,
    /// A query for how many rows it changes, asked at the end of the transaction.
    pub(crate) counted: String,
}

impl Work {
    /// The work of a merge.
    pub(crate) fn merge(rows_in: u64, merge: &Merge<'_>) -> Self {
        let counted = format!("SELECT COUNT(*) FROM {DELTA}");
        Self { rows_in, before: vec![merge.delta()], within: merge.apply(), counted }
    }
}

impl<'a> Pipeline<'a> {
    pub(crate) fn new(desk: Desk<'a>, log: &'a Log<'a>, total: usize) -> Self {
        Self { desk, log, total, steps: Vec::new() }
    }

    /// Does one step: `plan` reads what it needs and says what is to be done.
    pub(crate) fn step(
        &mut self,
        name: &str,
        plan: impl FnOnce(Desk<'a>) -> Result<Work, EtlError>,
    ) -> Result<(), EtlError> {
        let number = self.steps.len() + 1;
        self.desk.progress.report(Some((number - 1) as f64 / self.total as f64), name);
        self.desk.progress.check()?;
        let started = Instant::now();
        self.log.step(number, name)?;
        match self.work(number, plan) {
            Ok((rows_in, rows_out)) => {
                let status = if rows_out == 0 { Outcome::Unchanged } else { Outcome::Done };
                let seconds = started.elapsed().as_secs_f64();
                self.steps.push(StepReport { step: name.to_owned(), rows_in, rows_out, seconds, status });
                Ok(())
            }
            Err(error) => {
                // What the statement that failed left open; there may be nothing.
                let _ = self.desk.anyway("ROLLBACK", BTreeMap::new());
                self.log.fail_step(number, &error);
                Err(error)
            }
        }
    }

    fn work(
        &self,
        number: usize,
        plan: impl FnOnce(Desk<'a>) -> Result<Work, EtlError>,
    ) -> Result<(u64, u64), EtlError> {
        let work = plan(self.desk)?;
        let mut script = work.before;
        script.push("BEGIN TRANSACTION".to_owned());
        script.extend(work.within);
        script.push(self.log.done(number, work.rows_in, &work.counted));
        script.push("COMMIT".to_owned());
        script.push(format!("DROP TABLE IF EXISTS {DELTA}"));
        self.desk.run(&script.join(";\n"))?;
        Ok((work.rows_in, self.log.finish_step(number)?))
    }

    /// How many rows a table has.
    pub(crate) fn count(desk: Desk<'_>, table: &str) -> Result<u64, EtlError> {
        Ok(desk.run(&format!("SELECT COUNT(*) FROM {table}"))?.count(0, 0))
    }
}
