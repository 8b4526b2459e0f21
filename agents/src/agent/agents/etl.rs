//! Looks after the loads of the warehouse and the quality of its data.

use std::fmt::Write;

use serde_json::json;

use super::super::stoppable::stoppable;
use super::super::{Agent, AgentSpec, Failure, Health, Report, Task, Words, Work};
use crate::etl::{QualityReport, Status, quality, status};

/// The ETL agent.
pub(super) struct Etl;

/// How many failed checks are named.
const NAMED: usize = 10;

impl Agent for Etl {
    fn spec(&self) -> AgentSpec {
        AgentSpec {
            name: "etl",
            summary: "Checks the quality of the data, and says how the last loads went.",
            tools: &["check_quality", "describe_table", "list_tables"],
            examples: &[
                "Check the data quality",
                "validate the tables for nulls and duplicates",
                "How did the last load go?",
                "Is the warehouse up to date?",
            ],
            patience: 900,
        }
    }

    fn claim(&self, words: &Words) -> u8 {
        let checks = words.starts(&["check", "validate", "verify", "audit", "inspect"]);
        let things =
            ["quality", "data", "table", "tables", "warehouse", "nulls", "keys", "integrity", "duplicates", "loads"];
        if words.phrase("data quality") || words.any(&["etl"]) || words.phrase("quality of the data") {
            85
        } else if (checks && words.any(&things)) || is_load(words) || is_status(words) {
            80
        } else {
            0
        }
    }

    fn run(&self, task: &Task, work: &Work<'_>) -> Result<Report, Failure> {
        let words = Words::of(&task.text);
        if is_load(&words) {
            return load(work);
        }
        if is_status(&words) {
            let status = status(work.services.warehouse()?).map_err(|error| Failure::of(&error))?;
            let data = json!({ "status": status });
            return Ok(Report { data, ..Report::said(status_in_words(&status)) });
        }
        let report = checked(work)?;
        let text = quality_in_words(&report);
        Ok(Report { data: json!({ "quality": report }), ..Report::said(text) })
    }

    fn health(&self, work: &Work<'_>) -> Health {
        Health::default().tried("read the log of loads", || {
            status(work.services.warehouse()?).map(|_| ()).map_err(|error| Failure::of(&error))
        })
    }
}

/// Checks the data against what is expected of them. A file of expectations is read, not made: that is the person's.
pub(in crate::agent) fn checked(work: &Work<'_>) -> Result<QualityReport, Failure> {
    let warehouse = work.services.warehouse()?;
    let expectations = work.services.expectations.as_deref().filter(|path| path.exists());
    stoppable(work, "checking the data", |progress| quality(warehouse, expectations, progress))
        .map_err(|error| Failure::of(&error))
}

fn is_load(words: &Words) -> bool {
    words.phrase("etl run")
        || words.phrase("run the etl")
        || words.phrase("load the warehouse")
        || words.phrase("run the load")
}

fn is_status(words: &Words) -> bool {
    let phrases = ["last load", "last loads", "last run", "etl status", "up to date", "last loaded", "load status"];
    phrases.iter().any(|phrase| words.phrase(phrase)) && !words.any(&["sales", "revenue", "customers"])
}

/// Loads the warehouse, where the session lets it.
fn load(work: &Work<'_>) -> Result<Report, Failure> {
    let loader = work.services.loader.as_ref().ok_or_else(|| {
        let help = "Run it yourself: %etl run, or synthbook etl run.";
        Failure::new("agents::no_loader", "Loading changes the warehouse, which an agent may not do here", help)
    })?;
    (work.progress)(None, "loading");
    loader.load(work.progress, work.cancel).map(Report::said)
}

fn status_in_words(status: &Status) -> String {
    let Some(last) = status.runs.iter().max_by_key(|run| run.run) else {
        return "Nothing was loaded yet, or not by synthbook etl.".to_owned();
    };
    let ended =
        last.finished.as_ref().map_or_else(|| "has not ended".to_owned(), |time| format!("ended at {time} (UTC)"));
    let rows = last.rows_out.map(|rows| format!(", {rows} rows written")).unwrap_or_default();
    let error = last.error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
    format!(
        "Run {} of {} began at {} (UTC) and {ended}: {}{rows}{error}.",
        last.run,
        last.pipeline,
        last.started,
        last.status.name()
    )
}

fn quality_in_words(report: &QualityReport) -> String {
    let failed: Vec<_> = report.failed().collect();
    let checks = report.checks.len();
    let against = if report.derived { "what they declare and are like now" } else { "the expectations in the file" };
    if failed.is_empty() {
        return format!("All {checks} checks of the data hold, against {against}.");
    }
    let mut text = format!("{} of {checks} checks of the data do not hold, against {against}:", failed.len());
    for check in failed.iter().take(NAMED) {
        // Writing to a text can't fail.
        let _ = write!(text, "\n- {}: expected {}, found {}", check.subject, check.expected, check.found);
    }
    if failed.len() > NAMED {
        let _ = write!(text, "\n- and {} more", failed.len() - NAMED);
    }
    text
}
