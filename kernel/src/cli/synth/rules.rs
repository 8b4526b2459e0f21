//! `synthbook synth rules`: what holds between a table's columns without exception, and who breaks it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde_json::json;
use synthbook_synth::{Seed, find_rules};

use super::table::{self, MOST_ROWS};
use crate::cli::error::CliError;
use crate::cli::{Subcommand, output};
use crate::display::group_digits;

/// Finds rules.
pub(super) struct Rules;

#[derive(Debug, Args)]
struct Arguments {
    /// The table: CSV, Parquet, Arrow IPC or JSON lines.
    #[arg(value_name = "DATA")]
    data: PathBuf,
    /// Count the rows of this table that break the rules.
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
    /// What the columns mean and the rules that are declared, as JSON; read off the data when it is not given.
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// Look at no more than so many rows, evenly spread over each table.
    #[arg(long, value_name = "ROWS", value_parser = table::most_rows, default_value_t = MOST_ROWS)]
    max_rows: usize,
    /// Print the rules as one JSON document.
    #[arg(long)]
    json: bool,
}

impl Subcommand for Rules {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("rules").about("Find what holds between a table's columns"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let read = |file: &PathBuf| table::read(file, arguments.max_rows, Seed::default(), arguments.json);
        let table = read(&arguments.data)?.frame;
        let checked = arguments.check.as_ref().map(read).transpose()?.map(|excerpt| excerpt.frame);
        let metadata = table::metadata(arguments.metadata.as_deref(), &table)?;
        let checked = checked.as_ref().unwrap_or(&table);
        let report = table::work("Finding rules", |progress| find_rules(&table, checked, &metadata, progress));
        let report = report.map_err(CliError::foreign)?;
        if arguments.json {
            output::json(&json!(report))?;
            return Ok(ExitCode::SUCCESS);
        }
        for rule in &report.rules {
            let broken = match rule.violations {
                0 => String::new(),
                rows => format!("  (broken by {} of {} rows)", group_digits(rows), group_digits(checked.height())),
            };
            output::text(&format!("{}{broken}", rule.sentence))?;
        }
        let found = report.rules.len();
        output::text(&format!("{found} {}", if found == 1 { "rule" } else { "rules" }))?;
        Ok(ExitCode::SUCCESS)
    }
}
