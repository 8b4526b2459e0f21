//! `synthbook etl status`: how the loads of a warehouse went.

use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use synthbook_agents::etl::status;

use super::{open, show};
use crate::cli::Subcommand;
use crate::cli::error::CliError;
use crate::report;
use crate::session::Paths;

/// Shows the last runs.
pub(super) struct Status;

#[derive(Debug, Args)]
struct Arguments {
    /// The warehouse: a DuckDB file, a URL, or a connection's name; the default warehouse without it.
    #[arg(long, value_name = "URL|NAME")]
    db: Option<String>,
    /// Print the runs as one JSON document.
    #[arg(long)]
    json: bool,
}

impl Subcommand for Status {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("status").about("Show the last loads, step by step"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let warehouse = open(arguments.db.as_deref(), false, &Paths::from_environment())?;
        let found = status(warehouse.as_ref()).map_err(CliError::foreign)?;
        show(&found, &report::status_lines(&found).join("\n"), &report::status_table(&found)?, arguments.json)?;
        Ok(ExitCode::SUCCESS)
    }
}
