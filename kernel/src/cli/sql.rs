//! `synthbook sql`: a query on the embedded DuckDB, over files or a database file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches, ValueEnum};
use polars::prelude::DataFrame;
use serde_json::json;
use synthbook_agents::warehouse::{self, Access, DuckDb, Guard, Request, Warehouse, Written, check};

use super::error::CliError;
use super::{Subcommand, data, output};
use crate::display::{TableOptions, table_text};
use crate::frames::read_frame;

/// Runs a query and prints or writes its result.
pub(super) struct Sql;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PolicyName {
    /// One reading statement over allowed tables.
    Agent,
    /// Any reading statement.
    Read,
    /// Anything.
    Write,
}

#[derive(Debug, Args)]
struct Arguments {
    /// The query; files can be named as tables: `FROM 'people.parquet'`.
    #[arg(value_name = "SELECT …")]
    query: String,
    /// A DuckDB file; without it the database is empty and in memory.
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// What the query may do. The default is `write` in memory, where there is nothing to protect, else `read`.
    #[arg(long, value_enum)]
    policy: Option<PolicyName>,
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
        Arguments::augment_args(Command::new("sql").about("Query files or a DuckDB database"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let folder = tempfile::tempdir().map_err(CliError::file("make a folder in", std::env::temp_dir()))?;
        let path = folder.path().join("result.arrow");
        let written = query(&arguments, &path)?;
        if !arguments.json {
            written.notes.iter().for_each(|note| eprintln!("note: {note}"));
        }
        if let Some(change) = &written.change {
            return told(&arguments, &change.statement, change.rows);
        }
        show(&arguments, read_frame("result", &path)?)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn query(arguments: &Arguments, path: &Path) -> Result<Written, CliError> {
    let policy = match (arguments.policy, &arguments.db) {
        (Some(policy), _) => policy,
        (None, Some(_)) => PolicyName::Read,
        (None, None) => PolicyName::Write,
    };
    let access = match policy {
        PolicyName::Agent => Access::Agent,
        PolicyName::Read => Access::Read,
        PolicyName::Write => Access::Write,
    };
    let database = match &arguments.db {
        Some(file) => DuckDb::open_for(file, access),
        None => DuckDb::in_memory(),
    };
    let database = database.map_err(CliError::foreign)?;
    let guard = match policy {
        PolicyName::Agent => {
            let catalog = database.catalog().map_err(CliError::foreign)?;
            Guard::agent(database.dialect(), &catalog)
        }
        PolicyName::Read => Guard::read(database.dialect()),
        PolicyName::Write => Guard::write(),
    };
    let checked = check(warehouse::Sql::new(arguments.query.as_str()), &guard).map_err(CliError::foreign)?;
    warehouse::query_to_ipc(&database, &checked, &Request::default(), path).map_err(CliError::foreign)
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
