//! What the log says: the last runs and their steps.

use std::fmt::Write;

use serde::Serialize;
use synthbook_synth::Progress;

use super::EtlError;
use super::log::Outcome;
use super::rows::{Desk, Rows};
use crate::warehouse::Warehouse;

/// How many runs are told of.
const RUNS: usize = 20;

/// The last runs of all loads into a warehouse, the latest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Status {
    /// The runs.
    pub runs: Vec<RunStatus>,
}

/// A run as it stands in the log. Times are UTC.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RunStatus {
    /// Its number.
    pub run: i64,
    /// What was loaded.
    pub pipeline: String,
    /// When it began.
    pub started: String,
    /// When it ended; none while it is at work, or when it was killed.
    pub finished: Option<String>,
    /// How it ended. One that was killed is still running here until the next begins.
    pub status: Outcome,
    /// How many rows it inserted or changed.
    pub rows_out: Option<u64>,
    /// What went wrong.
    pub error: Option<String>,
    /// Its steps in their order.
    pub steps: Vec<StepStatus>,
}

/// A step as it stands in the log. Times are UTC.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StepStatus {
    /// Its name.
    pub step: String,
    /// When it began.
    pub started: String,
    /// When it ended.
    pub finished: Option<String>,
    /// How many rows it read.
    pub rows_in: Option<u64>,
    /// How many rows it inserted or changed.
    pub rows_out: Option<u64>,
    /// How it ended.
    pub status: Outcome,
    /// What went wrong.
    pub error: Option<String>,
}

/// Reads the log of a warehouse; empty where nothing was ever loaded.
///
/// # Errors
/// What the warehouse says.
///
/// ```
/// use synthbook_agents::{etl, warehouse::DuckDb};
/// assert!(etl::status(&DuckDb::in_memory()?)?.runs.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn status(warehouse: &dyn Warehouse) -> Result<Status, EtlError> {
    let silent = Progress::silent();
    let desk = Desk::reading(warehouse, &silent);
    let catalog = warehouse.catalog()?;
    let logged = |table: &&crate::warehouse::CatalogTable| {
        table.schema.eq_ignore_ascii_case("etl") && table.name.eq_ignore_ascii_case("runs")
    };
    if !catalog.tables.iter().any(|table| logged(&table)) {
        return Ok(Status::default());
    }
    let runs = desk.run(&format!(
        "SELECT RUN_ID, PIPELINE, STARTED_AT, FINISHED_AT, STATUS, ROWS_OUT, ERROR FROM ETL.RUNS
         ORDER BY RUN_ID DESC LIMIT {RUNS}"
    ))?;
    let steps = desk.run(&format!(
        "SELECT RUN_ID, STEP, STARTED_AT, FINISHED_AT, STATUS, ROWS_IN, ROWS_OUT, ERROR FROM ETL.STEPS
         WHERE RUN_ID > (SELECT MAX(RUN_ID) FROM ETL.RUNS) - {RUNS} ORDER BY RUN_ID, STEP_NUMBER"
    ))?;
    Ok(Status { runs: (0..runs.len()).map(|row| RunStatus::of(&runs, row, &steps)).collect() })
}

impl RunStatus {
    fn of(runs: &Rows, row: usize, steps: &Rows) -> Self {
        let run = runs.whole(row, 0).unwrap_or_default();
        let own = (0..steps.len()).filter(|step| steps.whole(*step, 0) == Some(run));
        Self {
            run,
            pipeline: runs.text(row, 1).unwrap_or_default(),
            started: runs.text(row, 2).unwrap_or_default(),
            finished: runs.text(row, 3),
            status: Outcome::of_name(&runs.text(row, 4).unwrap_or_default()),
            rows_out: rows(runs, row, 5),
            error: runs.text(row, 6),
            steps: own.map(|step| StepStatus::of(steps, step)).collect(),
        }
    }
}

impl StepStatus {
    fn of(steps: &Rows, row: usize) -> Self {
        Self {
            step: steps.text(row, 1).unwrap_or_default(),
            started: steps.text(row, 2).unwrap_or_default(),
            finished: steps.text(row, 3),
            status: Outcome::of_name(&steps.text(row, 4).unwrap_or_default()),
            rows_in: rows(steps, row, 5),
            rows_out: rows(steps, row, 6),
            error: steps.text(row, 7),
        }
    }
}

fn rows(table: &Rows, row: usize, column: usize) -> Option<u64> {
    table.whole(row, column).and_then(|rows| u64::try_from(rows).ok())
}

impl Status {
    /// The runs as text for a person: a line for each, and the last one's steps.
    #[must_use]
    pub fn text(&self) -> String {
        if self.runs.is_empty() {
            return "Nothing was loaded yet\n".to_owned();
        }
        let mut text = String::new();
        let number = |rows: Option<u64>| rows.map_or_else(|| "-".to_owned(), |rows| rows.to_string());
        for (at, run) in self.runs.iter().enumerate() {
            // Writing to a String can't fail.
            let _ = writeln!(
                text,
                "run {:<4} {:<8} {} {:<9} {} rows{}",
                run.run,
                run.pipeline,
                run.started,
                run.status.name(),
                number(run.rows_out),
                run.error.as_deref().map(|error| format!("  {error}")).unwrap_or_default()
            );
            for step in run.steps.iter().filter(|_| at == 0) {
                let _ = writeln!(
                    text,
                    "    {:<26} {:<9} {:>9} in {:>9} out{}",
                    step.step,
                    step.status.name(),
                    number(step.rows_in),
                    number(step.rows_out),
                    step.error.as_deref().map(|error| format!("  {error}")).unwrap_or_default()
                );
            }
        }
        text
    }
}
