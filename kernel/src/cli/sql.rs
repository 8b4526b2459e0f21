//! `synthbook sql`: a query over files, or on a warehouse.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use clap::{ArgMatches, Args, Command, FromArgMatches, ValueEnum};
use polars::prelude::DataFrame;
use serde_json::json;
use synthbook_agents::warehouse::{self, Guard, Request, Written, check};
use synthbook_synth::ProgressSink;

use super::error::CliError;
use super::{Subcommand, data, interrupt, output};
use crate::data::{Format, begin, keep};
use crate::display::{TableOptions, TerminalProgress, table_text};
use crate::error::KernelError;
use crate::frames::read_frame;
use crate::magic::literal;
use crate::session::Paths;
use crate::{warehouses, watch};

/// Runs a query and prints or writes its result.
pub(super) struct Sql;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PolicyName {
    /// One reading statement over the database's tables and known functions; no files.
    Agent,
    /// Any reading statement.
    Read,
    /// Anything.
    Write,
}

#[derive(Debug, Args)]
struct Arguments {
    /// The query; without --db, files can be named as tables: `FROM 'people.parquet'`.
    #[arg(value_name = "SELECT …")]
    query: String,
    /// What to ask: a DuckDB file, `duckdb:` for the default warehouse, `snowflake://…`, or the name of a connection in
    /// `connections.toml`. Without it the database is empty and in memory.
    #[arg(long, value_name = "URL|NAME")]
    db: Option<String>,
    /// What the query may do. The default is `write` in memory, where there is nothing to protect, else `read`.
    #[arg(long, value_enum)]
    policy: Option<PolicyName>,
    /// The value of a parameter `:name` or `$name`: a number, true, false or null as what it is, all else as text.
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = data::setting)]
    parameters: Vec<(String, String)>,
    /// Stop the query after so many seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    timeout: Option<Duration>,
    /// Give at most so many rows.
    #[arg(long, value_name = "ROWS")]
    limit: Option<u64>,
    /// Print the result as one JSON document.
    #[arg(long, conflicts_with_all = ["csv", "out"])]
    json: bool,
    /// Print the result as CSV.
    #[arg(long, conflicts_with = "out")]
    csv: bool,
    /// Write the result to a file: CSV, Parquet, Arrow IPC, JSON lines, by its ending.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How many rows are printed as text.
    #[arg(long, value_name = "ROWS", default_value_t = 40)]
    rows: usize,
}

impl Subcommand for Sql {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("sql").about("Query files or a warehouse"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        if let Some(file) = &arguments.out {
            if Format::of_path(file).is_none() {
                return Err(KernelError::UnknownFormat { name: file.display().to_string() }.into());
            }
            if is_arrow(file) {
                return save(&arguments, file);
            }
        }
        let folder = tempfile::tempdir().map_err(CliError::file("make a folder in", std::env::temp_dir()))?;
        let path = folder.path().join("result.arrow");
        let written = query(&arguments, &path)?;
        if let Some(change) = &written.change {
            return told(&arguments, &change.statement, change.rows);
        }
        show(&arguments, read_frame("result", &path)?)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Whether a file is to hold what a query's result is streamed to: Arrow IPC, not packed.
fn is_arrow(file: &Path) -> bool {
    file.extension().and_then(OsStr::to_str).and_then(Format::from_name) == Some(Format::Arrow)
}

/// Streams the result to where it stays, whole or not at all.
fn save(arguments: &Arguments, file: &Path) -> Result<ExitCode, CliError> {
    let temporary = begin(file)?;
    let written = query(arguments, temporary.path())?;
    if let Some(change) = &written.change {
        return told(arguments, &change.statement, change.rows);
    }
    keep(temporary, file)?;
    output::text(&format!("{} rows written to {}", written.rows, file.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn query(arguments: &Arguments, path: &Path) -> Result<Written, CliError> {
    let paths = Paths::from_environment();
    let policy = match (arguments.policy, &arguments.db) {
        (Some(policy), _) => policy,
        (None, Some(_)) => PolicyName::Read,
        (None, None) => PolicyName::Write,
    };
    let db = arguments.db.as_deref().unwrap_or("duckdb::memory:");
    let place = warehouses::named_or_place(db, policy == PolicyName::Write, &paths)?;
    let warehouse = if policy == PolicyName::Agent {
        warehouses::open_for_agents(&place, &paths)?
    } else {
        warehouses::open(&place, &paths, None)?
    };
    let guard = match policy {
        PolicyName::Agent => Guard::agent(warehouse.dialect(), &warehouse.catalog().map_err(CliError::foreign)?),
        PolicyName::Read => Guard::read(warehouse.dialect()),
        PolicyName::Write => Guard::write(),
    };
    let checked = check(warehouse::Sql::new(arguments.query.as_str()), &guard).map_err(CliError::foreign)?;
    let request = Request {
        parameters: arguments.parameters.iter().map(|(name, value)| (name.clone(), literal(value))).collect(),
        deadline: arguments.timeout,
        rows: arguments.limit,
        ..Request::default()
    };
    let bar = TerminalProgress::new("Query");
    let rows = Arc::clone(&request.progress);
    let tell = |elapsed| bar.update(None, &watch::so_far(elapsed, rows.load(Ordering::Relaxed)));
    let result = watch::watched(&interrupt::flag(), &request.cancel, tell, || {
        warehouse::query_to_ipc(warehouse.as_ref(), &checked, &request, path)
    });
    bar.finish();
    let written = result.map_err(CliError::foreign)?;
    if !arguments.json {
        written.notes.iter().for_each(|note| eprintln!("note: {note}"));
    }
    Ok(written)
}

/// A time in seconds, more than nothing.
fn seconds(word: &str) -> Result<Duration, String> {
    let seconds: f64 = word.parse().map_err(|_| "give a number of seconds".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if !time.is_zero() => Ok(time),
        _ => Err("give a number of seconds above 0".to_owned()),
    }
}

fn told(arguments: &Arguments, statement: &str, rows: Option<u64>) -> Result<ExitCode, CliError> {
    if arguments.json {
        output::json(&json!({ "statement": statement, "changed": rows }))?;
    } else {
        output::text(&rows.map_or_else(|| format!("{statement}: done"), |rows| format!("{statement}: {rows} rows")))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show(arguments: &Arguments, mut result: DataFrame) -> Result<(), CliError> {
    if let Some(file) = &arguments.out {
        data::write(&result, file)?;
        return output::text(&format!("{} rows written to {}", result.height(), file.display()));
    }
    if arguments.json {
        return output::json(&data::document(&mut result)?);
    }
    if arguments.csv {
        return output::text(&data::csv(&mut result)?);
    }
    output::text(&table_text(&result, &TableOptions { rows: arguments.rows, ..TableOptions::default() }))
}
