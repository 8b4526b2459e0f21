//! Looks after the loads of the warehouse and the quality of its data.

use std::fmt::Write;

use serde_json::json;

use super::super::stoppable::stoppable;
use super::super::{Agent, AgentSpec, Failure, Health, Report, Task, Words, Work};
use super::files;
use super::tables::table_in;
use crate::etl::{Check, QualityReport, Status, quality, status};

/// The ETL agent.
pub(super) struct Etl;

/// Words for the data as a thing.
const DATA: &[&str] = &[
    "column",
    "columns",
    "data",
    "database",
    "dataset",
    "db",
    "dimension",
    "dimensions",
    "keys",
    "records",
    "rows",
    "schema",
    "table",
    "tables",
    "warehouse",
];
/// Words for what may be wrong with it.
const ILLS: &[&str] = &[
    "anomalies",
    "completeness",
    "consistency",
    "corrupt",
    "corrupted",
    "duplicate",
    "duplicated",
    "duplicates",
    "errors",
    "inconsistencies",
    "inconsistent",
    "integrity",
    "invalid",
    "issues",
    "nulls",
    "orphan",
    "orphaned",
    "orphans",
    "problems",
    "quality",
    "validity",
];
/// Words with which somebody asks whether it can be relied on.
const DOUBTS: &[&str] = &[
    "accurate",
    "broken",
    "clean",
    "complete",
    "consistent",
    "correct",
    "dirty",
    "good",
    "healthy",
    "missing",
    "ok",
    "okay",
    "reliable",
    "right",
    "sane",
    "trust",
    "trustworthy",
    "valid",
    "wrong",
];
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
        if files::meant(words) {
            return 84;
        }
        if is_load(words) || is_status(words) {
            return 82;
        }
        let checks = words.starts(&["check", "validate", "verify", "audit", "inspect", "profile", "test", "examine"]);
        let data = words.any(DATA);
        let ills = words.any(ILLS) || words.phrases(&["data checks", "quality checks", "quality check"]);
        let doubted =
            words.starts(&["is", "are", "how", "anything", "something", "trust", "rely"]) && words.any(DOUBTS);
        // "How many orders have missing data" counts rows: a question about what is in the data.
        let counts = words.phrases(&["how many", "how much"]) && !words.any(&["table", "tables", "warehouse", "nulls"]);
        let bad = words.starts(&["find", "show", "list", "count"])
            && words.phrases(&["bad rows", "bad data", "bad records", "broken rows", "invalid rows", "dirty data"]);
        if bad
            || words.phrases(&[
                "referential integrity",
                "quality check",
                "quality checks",
                "data quality",
                "quality of the data",
                "quality of our data",
                "data checks",
            ])
            || words.any(&["etl"])
        {
            85
        } else if !counts
            && ((checks && (data || ills)) || (ills && data) || (doubted && data && words.list().len() < 9))
        {
            80
        } else {
            0
        }
    }

    fn run(&self, task: &Task, work: &Work<'_>) -> Result<Report, Failure> {
        if let Some(wanted) = files::wanted(&task.text) {
            return Err(wanted.refused());
        }
        let words = Words::of(&task.text);
        if is_load(&words) {
            return load(work);
        }
        if is_status(&words) {
            let status = status(work.services.warehouse()?).map_err(|error| Failure::of(&error))?;
            let data = json!({ "status": status });
            return Ok(Report { data, ..Report::said(status_in_words(&status)) });
        }
        let mut report = checked(work)?;
        // Checks of a table are shown where one is named; all of them were made.
        let table = table_in(&words, work)?.map(|table| table.name);
        if let Some(name) = &table {
            let of =
                |check: &Check| check.subject.split('.').next().is_some_and(|part| part.eq_ignore_ascii_case(name));
            if report.checks.iter().any(of) {
                report.checks.retain(of);
            }
        }
        let text = quality_in_words(&report, table.as_deref());
        let frame =
            report.frame().map_err(|error| Failure::new("agents::frame", error.to_string(), "Please report it."))?;
        Ok(Report {
            data: json!({ "quality": report }),
            name: Some("checks".to_owned()),
            frame: Some(frame),
            ..Report::said(text)
        })
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
    let verb = words.starts(&["run", "start", "rerun", "repeat", "load", "reload", "refresh", "update"]);
    let loads = words.any(&["etl", "pipeline"]) || words.phrases(&["the load", "load again", "the loads"]);
    let whole = words.any(&["load", "reload", "refresh", "update"]) && words.phrase("the warehouse");
    verb && (loads || (whole && words.list().len() < 6)) && !words.any(&["checks", "check", "quality", "status"])
}

fn is_status(words: &Words) -> bool {
    let loads = words.phrases(&[
        "last load",
        "last loads",
        "latest load",
        "recent loads",
        "last run",
        "etl status",
        "last loaded",
        "load status",
        "load history",
        "the loads",
        "night's load",
        "the load",
        "etl runs",
        "last refresh",
        "last refreshed",
        "last updated",
    ]);
    let fresh = words.phrases(&["up to date", "how fresh", "how current", "how recent", "how old", "how stale"])
        || words.any(&["refreshed", "freshness", "outdated", "stale"])
        || (words.starts(&["is"])
            && words.any(&["current", "recent", "fresh"])
            && words.any(&["warehouse", "data", "database"]));
    let load = words.any(&["load", "loads"])
        && words.any(&[
            "succeed",
            "succeeded",
            "fail",
            "failed",
            "finish",
            "finished",
            "complete",
            "go",
            "ok",
            "okay",
            "work",
        ]);
    (loads || load || (fresh && (words.any(DATA) || words.phrase("up to date"))))
        && !words.any(&["sales", "revenue", "customers"])
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

fn quality_in_words(report: &QualityReport, table: Option<&str>) -> String {
    let failed: Vec<_> = report.failed().collect();
    let checks = report.checks.len();
    let of = table.unwrap_or("the data");
    let against = if report.derived { "what they declare and are like now" } else { "the expectations in the file" };
    if failed.is_empty() {
        return format!("All {checks} checks of {of} hold, against {against}.");
    }
    let mut text = format!("{} of {checks} checks of {of} do not hold, against {against}:", failed.len());
    for check in failed.iter().take(NAMED) {
        // Writing to a text can't fail.
        let _ = write!(text, "\n- {}: expected {}, found {}", check.subject, check.expected, check.found);
    }
    if failed.len() > NAMED {
        let _ = write!(text, "\n- and {} more", failed.len() - NAMED);
    }
    text
}
