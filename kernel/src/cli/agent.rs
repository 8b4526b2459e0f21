//! `synthbook agent`: a task in words, planned and shared out among the agents.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use polars::prelude::DataFrame;
use serde_json::{Value, json};
use synthbook_agents::agent::{
    Conversation, Coordinator, Done, Event, Failure, Frames, Health, Reply, Services, agents, find_agent,
};
use synthbook_agents::ask::Outcome;
use synthbook_agents::warehouse::Cancel;
use synthbook_charts::svg;
use synthbook_synth::ProgressSink;

use super::error::CliError;
use super::{Subcommand, data, interrupt, output};
use crate::asking::{self, Asking};
use crate::data::save_text;
use crate::display::{TableOptions, TerminalProgress, table_text};
use crate::session::{Paths, WAREHOUSE, search};
use crate::{warehouses, watch};

/// Gives a task to the agents.
pub(super) struct Agent;

/// How long an agent may take to say how it is.
const HEALTH: Duration = Duration::from_mins(1);

#[derive(Debug, Args)]
struct Arguments {
    /// The task; without one the agents are listed.
    #[arg(value_name = "TASK")]
    task: Option<String>,
    /// The agent that the task is for; without it each step goes to the agent it belongs to.
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
    /// The database: a DuckDB file, a URL, or a connection's name; the default warehouse without it.
    #[arg(long, value_name = "URL|NAME")]
    db: Option<String>,
    /// A table that the task may name, by its file's name; may be repeated.
    #[arg(long, value_name = "FILE")]
    data: Vec<PathBuf>,
    /// The folder for what is made: tables as Parquet, charts as SVG.
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Only show the steps that would be taken.
    #[arg(long)]
    plan: bool,
    /// Try what every agent needs, by the way that a task takes.
    #[arg(long)]
    health: bool,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

impl Subcommand for Agent {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("agent").about("Give a task in words to the agents"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        if let Some(name) = &arguments.agent {
            find_agent(name).map_err(CliError::foreign)?;
        }
        let task = arguments.task.as_deref().map(str::trim).filter(|task| !task.is_empty());
        if arguments.health {
            return health(&arguments);
        }
        let Some(task) = task else { return list(arguments.json) };
        let tables = Arc::new(Tables::read(&arguments)?);
        if arguments.plan {
            return plan(task, tables, arguments.json);
        }
        let reply = carry_out(task, &tables, &arguments)?;
        let files = arguments.out.as_deref().map(|folder| written(&reply, folder)).transpose()?.unwrap_or_default();
        if arguments.json {
            let mut document = serde_json::to_value(&reply).unwrap_or_default();
            document["files"] = json!(files);
            output::json(&document)?;
        } else {
            tell(&reply, &files)?;
        }
        Ok(if reply.complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// The tables of one call: those of its files, and what the agents make.
struct Tables(Mutex<BTreeMap<String, DataFrame>>);

impl Tables {
    fn read(arguments: &Arguments) -> Result<Self, CliError> {
        let mut tables = BTreeMap::new();
        for file in &arguments.data {
            let name = file.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
            tables.insert(name, data::read(file, arguments.json)?);
        }
        Ok(Self(Mutex::new(tables)))
    }
}

impl Frames for Tables {
    fn names(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    fn get(&self, name: &str) -> Result<Option<DataFrame>, Failure> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned())
    }

    fn keep(&self, name: &str, frame: &DataFrame) -> Result<String, Failure> {
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let name = (1..=1000)
            .map(|number| if number == 1 { name.to_owned() } else { format!("{name}_{number}") })
            .find(|name| !tables.contains_key(name))
            .unwrap_or_else(|| name.to_owned());
        tables.insert(name.clone(), frame.clone());
        Ok(name)
    }
}

/// A coordinator over the tables, and over the database where it is wanted or there.
///
/// # Errors
/// A database that is named and can't be opened.
fn coordinator(tables: Arc<Tables>, db: Option<&str>, asks: bool, cancel: &Cancel) -> Result<Coordinator, CliError> {
    let paths = Paths::from_environment();
    let mut services =
        Services { frames: Some(tables), search: Some(search(Arc::default(), &paths)), ..Services::default() };
    if asks && (db.is_some() || paths.warehouse().is_file()) {
        let place = warehouses::named_or_place(db.unwrap_or(WAREHOUSE), false, &paths)?;
        let warehouse = warehouses::open_for_agents(&place, &paths)?;
        let engine = asking::engine(place.address(), Arc::clone(&warehouse), &paths, &Asking::default(), cancel)?;
        services.expectations = Some(place.expectations(db.unwrap_or(WAREHOUSE), &paths));
        services.engine = Some(Arc::new(engine));
        services.warehouse = Some(warehouse);
    }
    Coordinator::new(Arc::new(services)).map_err(CliError::foreign)
}

/// How every agent is, over the default warehouse or the one that is named.
///
/// # Errors
/// A database that can't be opened, an agent that does not reply.
pub(super) fn tried(db: Option<&str>) -> Result<Vec<(&'static str, Health)>, CliError> {
    let tables = Arc::new(Tables(Mutex::default()));
    coordinator(tables, db, true, &Cancel::new())?.health(HEALTH).map_err(CliError::foreign)
}

fn health(arguments: &Arguments) -> Result<ExitCode, CliError> {
    let all = tried(arguments.db.as_deref())?;
    let well = all.iter().all(|(_, health)| health.is_well());
    if arguments.json {
        let agents: Vec<Value> =
            all.iter().map(|(name, health)| json!({"agent": name, "ok": health.is_well(), "health": health})).collect();
        output::json(&json!({ "ok": well, "agents": agents }))?;
    } else {
        for (name, health) in &all {
            for check in &health.checks {
                let state = if check.failure.is_none() { "ok" } else { "failed" };
                output::text(&format!("{state:<7} {name:<14} {} ({:.2} s)", check.name, check.seconds))?;
                if let Some(failure) = &check.failure {
                    output::text(&format!("{:22} {}: {failure}", "", failure.code))?;
                    output::text(&format!("{:22} help: {}", "", failure.help.as_deref().unwrap_or_default()))?;
                }
            }
        }
    }
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn list(json: bool) -> Result<ExitCode, CliError> {
    let specs: Vec<_> = agents().iter().map(|agent| agent.spec()).collect();
    if json {
        let all: Vec<Value> = specs
            .iter()
            .map(|spec| json!({"name": spec.name, "summary": spec.summary, "examples": spec.examples}))
            .collect();
        output::json(&json!({ "agents": all }))?;
    } else {
        for spec in specs {
            output::text(&format!("{:14} {}", spec.name, spec.summary))?;
            output::text(&format!("{:14} for example: {}", "", spec.examples.first().copied().unwrap_or_default()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn plan(task: &str, tables: Arc<Tables>, json: bool) -> Result<ExitCode, CliError> {
    let steps = coordinator(tables, None, false, &Cancel::new())?.plan(task);
    if json {
        output::json(&json!({ "steps": steps }))?;
    } else {
        for (number, step) in steps.iter().enumerate() {
            let after = step.input.map_or_else(String::new, |input| format!(" (with the table of step {})", input + 1));
            output::text(&format!("{}. {}: {}{after}", number + 1, step.agent, step.task))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn carry_out(task: &str, tables: &Arc<Tables>, arguments: &Arguments) -> Result<Reply, CliError> {
    let (cancel, bar) = (Cancel::new(), TerminalProgress::new("Working"));
    let doing = Mutex::new(String::new());
    let told = |event: &Event| {
        let mut doing = doing.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Started { step } => *doing = format!("step {}", step + 1),
            Event::Progress { step, message, .. } => *doing = format!("step {}: {message}", step + 1),
            _ => {}
        }
    };
    let tell = |elapsed: Duration| {
        let doing = doing.lock().unwrap_or_else(PoisonError::into_inner).clone();
        bar.update(None, &format!("{doing} {}", watch::so_far(elapsed, 0)));
    };
    let result = watch::watched(&interrupt::flag(), &cancel, tell, || {
        let coordinator = coordinator(Arc::clone(tables), arguments.db.as_deref(), true, &cancel)?;
        let mut conversation = Conversation::default();
        match &arguments.agent {
            Some(agent) => coordinator.run_with(agent, task, &mut conversation, &told, &cancel),
            None => coordinator.run(task, &mut conversation, &told, &cancel),
        }
        .map_err(CliError::foreign)
    });
    bar.finish();
    result
}

/// Writes the tables and charts that were made; their files.
fn written(reply: &Reply, folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    std::fs::create_dir_all(folder).map_err(CliError::file("make", folder))?;
    let mut files = Vec::new();
    for (number, done) in reply.steps.iter().enumerate() {
        let Some(report) = &done.report else { continue };
        if let (Some(name), Some(frame)) = (&report.saved, &report.frame) {
            let file = folder.join(format!("{name}.parquet"));
            data::write(frame, &file)?;
            files.push(file);
        }
        // The chart of an answer that a later step draws is that step's.
        let drawn = reply.steps.iter().any(|other| {
            other.step.input == Some(number) && other.report.as_ref().is_some_and(|report| report.chart.is_some())
        });
        if let Some(chart) = report.chart.as_ref().filter(|_| !drawn) {
            let file = folder.join(format!("step_{}.svg", number + 1));
            save_text(&svg(chart), &file)?;
            files.push(file);
        }
    }
    Ok(files)
}

fn tell(reply: &Reply, files: &[PathBuf]) -> Result<(), CliError> {
    for (number, done) in reply.steps.iter().enumerate() {
        if reply.steps.len() > 1 {
            output::text(&format!("{}. {}: {}", number + 1, done.step.agent, done.step.task))?;
        }
        tell_step(done)?;
    }
    for file in files {
        output::text(&format!("Written: {}", file.display()))?;
    }
    if !reply.complete {
        output::text("Not every step was done, so this is a part of what was asked for.")?;
    }
    Ok(())
}

fn tell_step(done: &Done) -> Result<(), CliError> {
    if let Some(failure) = &done.failure {
        output::text(&format!("Not done ({}): {failure}", failure.code))?;
        return failure.help.as_ref().map_or(Ok(()), |help| output::text(&format!("  help: {help}")));
    }
    let Some(report) = &done.report else { return Ok(()) };
    let refusal = report.refused.as_ref().map(|code| format!("No answer ({code}): ")).unwrap_or_default();
    output::text(&format!("{refusal}{}", report.text))?;
    if let Some(Outcome::Answer(answer)) = report.outcome.as_deref() {
        output::text(&format!("Understood as: {}", answer.interpretation))?;
    }
    let shown = report.frame.as_ref().filter(|frame| done.step.agent != "etl" && frame.height() > 0);
    if let Some(frame) = shown {
        output::text(&table_text(frame, &TableOptions { rows: 20, quotes: false, ..TableOptions::default() }))?;
    }
    if let Some(chart) = report.chart.as_ref().filter(|_| done.step.agent == "visualization") {
        output::text(&synthbook_charts::text(chart))?;
    }
    for suggestion in report.suggestions.iter().filter(|_| report.refused.is_some()) {
        output::text(&format!("- {suggestion}"))?;
    }
    Ok(())
}
