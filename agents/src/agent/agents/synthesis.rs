//! Makes synthetic rows like those of a table.

use std::time::Duration;

use polars::prelude::DataFrame;
use serde_json::json;
use synthbook_synth::{Metadata, SampleRequest, Seed, SynthError, find, synthesizers};

use super::super::steps::named;
use super::super::stoppable::stoppable;
use super::super::{Agent, AgentSpec, Failure, Health, Report, Task, Words, Work};
use crate::ask::to_frame;
use crate::warehouse::{Guard, Request, Sql, check, preview};

/// The synthesis agent.
pub(super) struct Synthesis;

/// How many rows are learned from at most.
const LEARN: usize = 50_000;
/// How many rows are made at most.
const MAKE: usize = 5_000_000;
/// The seed: the same task on the same table makes the same rows.
const SEED: u64 = 2017;

impl Agent for Synthesis {
    fn spec(&self) -> AgentSpec {
        AgentSpec {
            name: "synthesis",
            summary: "Learns a table and makes synthetic rows like it, none of which is a real one's copy on purpose.",
            tools: &["list_tables"],
            examples: &[
                "Generate 1000 synthetic customers",
                "synthesize 500 rows like people",
                "Simulate 10k rows of dim_store with the gaussian copula",
            ],
            patience: 1800,
        }
    }

    fn claim(&self, words: &Words) -> u8 {
        let makes = ["generate", "simulate", "fabricate", "make", "create", "produce"];
        let counted = words.any(&["rows", "records", "samples"]) && words.number().is_some();
        let fake = ["fake data", "test data", "fake rows"].iter().any(|phrase| words.phrase(phrase));
        let sure = words.starts(&["synthesize", "synthesise"]) || words.any(&["synthetic"]) || fake;
        if sure || (words.starts(&makes) && counted) { 88 } else { 0 }
    }

    fn run(&self, task: &Task, work: &Work<'_>) -> Result<Report, Failure> {
        let words = Words::of(&task.text);
        let (name, real) = match &task.input {
            Some(frame) => ("answer".to_owned(), frame.clone()),
            None => source(&words, work)?,
        };
        let rows = words.number().unwrap_or_else(|| real.height());
        if rows == 0 || rows > MAKE {
            let help = format!("Ask for 1 to {MAKE} rows.");
            return Err(Failure::new("agents::rows", format!("{rows} rows can't be made"), help));
        }
        let method = method(&words);
        let synthetic = stoppable(work, "learning and sampling", |progress| {
            let metadata = Metadata::detect(&real)?;
            let model = find(method)?.fit(&real, &metadata, Seed::new(SEED), progress)?;
            model.sample(&SampleRequest::rows(rows), Seed::new(SEED + 1), progress)
        })
        .map_err(|error: SynthError| Failure::of(&error))?;
        let saved = format!("synthetic_{name}");
        let kept = work.services.frames.as_ref().map(|frames| frames.put(&saved, &synthetic)).transpose()?.is_some();
        let place = if kept { format!(" They are in the table {saved}.") } else { String::new() };
        let text = format!(
            "Made {} synthetic rows with {method}, learned from {} rows of {name} (seed {SEED}).{place} Measure them with %synth evaluate before you use them.",
            synthetic.height(),
            real.height()
        );
        let data = json!({ "rows": synthetic.height(), "learned_from": real.height(), "method": method, "source": name, "seed": SEED });
        Ok(Report { data, saved: kept.then_some(saved), frame: Some(synthetic), ..Report::said(text) })
    }

    fn health(&self, work: &Work<'_>) -> Health {
        Health::default().tried("learn and make three rows", || {
            let numbers = polars::prelude::Column::new("n".into(), (0..50_i64).collect::<Vec<_>>());
            let frame = DataFrame::new(50, vec![numbers])
                .map_err(|error| Failure::new("agents::frame", error.to_string(), "Please report it."))?;
            let made = stoppable(work, "learning", |progress| {
                let model = find("marginals")?.fit(&frame, &Metadata::detect(&frame)?, Seed::new(1), progress)?;
                model.sample(&SampleRequest::rows(3), Seed::new(2), progress)
            })
            .map_err(|error: SynthError| Failure::of(&error))?;
            if made.height() == 3 {
                Ok(())
            } else {
                Err(Failure::new("agents::health", "The sample has another size", "Please report it."))
            }
        })
    }
}

/// The table that a task names: a frame of the session, else a table of the database.
fn source(words: &Words, work: &Work<'_>) -> Result<(String, DataFrame), Failure> {
    if let Some(frames) = &work.services.frames {
        let names = frames.names();
        if let Some(name) = named(words, &names)
            && let Some(frame) = frames.get(name)?
        {
            return Ok((name.clone(), frame));
        }
    }
    let Ok(warehouse) = work.services.warehouse() else {
        let help = "Name a table of the session, or connect a database.";
        return Err(Failure::new("agents::no_source", "The task names no table to learn from", help));
    };
    let catalog = warehouse.catalog().map_err(|error| Failure::of(&error))?;
    let fits = |name: &str| {
        let name = name.to_lowercase();
        let short = name.strip_prefix("dim_").or(name.strip_prefix("fact_")).unwrap_or(&name).to_owned();
        let plural = |word: &String| word.strip_suffix('s').is_some_and(|word| word == short);
        words.list().iter().any(|word| *word == name || *word == short || plural(word))
    };
    let mut tables: Vec<_> = catalog.tables.iter().filter(|table| fits(&table.name)).collect();
    // Of a staging table and a dimension for the same thing, the one whose name was written out, else the shortest.
    tables
        .sort_by_key(|table| (!words.any(&[table.name.to_lowercase().as_str()]), table.name.len(), table.name.clone()));
    let Some(table) = tables.first() else {
        let names: Vec<&str> = catalog.tables.iter().map(|table| table.name.as_str()).take(20).collect();
        let help = format!("Name one of {}.", names.join(", "));
        return Err(Failure::new("agents::no_source", "The task names no table to learn from", help));
    };
    (work.progress)(None, "reading the table");
    let sql = Sql::new(format!("SELECT * FROM {} LIMIT {LEARN}", table.sql));
    let guard = Guard::agent(warehouse.dialect(), &catalog);
    let checked = check(sql, &guard).map_err(|error| Failure::of(&error))?;
    let request = Request { cancel: work.cancel.clone(), deadline: Some(Duration::from_mins(2)), ..Request::default() };
    let read = preview(warehouse, &checked, &request, LEARN).map_err(|error| Failure::of(&error))?;
    Ok((table.name.to_lowercase(), to_frame(&read.batch).map_err(|error| Failure::of(&error))?))
}

fn method(words: &Words) -> &'static str {
    let named = synthesizers()
        .iter()
        .map(|synthesizer| synthesizer.name())
        .find(|name| words.any(&[name]) || (name.contains('_') && words.phrase(&name.replace('_', " "))));
    named.unwrap_or("gaussian_copula")
}
