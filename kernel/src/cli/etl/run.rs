//! `synthbook etl run`: loads the retail warehouse, or brings it up to its source.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use synthbook_agents::etl::retail::{Options, Source, run as load};

use super::{open, show};
use crate::cli::error::CliError;
use crate::cli::{Subcommand, interrupt};
use crate::display::TerminalProgress;
use crate::report;
use crate::session::Paths;

/// Loads the warehouse.
pub(super) struct Run;

#[derive(Debug, Args)]
struct Arguments {
    /// The warehouse: a DuckDB file, a URL, or a connection's name; the default warehouse without it.
    #[arg(long, value_name = "URL|NAME")]
    db: Option<String>,
    /// The folder with the Parquet files to load; the demo data without it.
    #[arg(long, value_name = "DIR")]
    source: Option<PathBuf>,
    /// Print the report as one JSON document.
    #[arg(long)]
    json: bool,
}

impl Subcommand for Run {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("run").about("Load the retail warehouse, or bring it up to its source"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let paths = Paths::from_environment();
        let folder = arguments.source.unwrap_or_else(|| paths.demo_data().join("complete_journey"));
        let warehouse = open(arguments.db.as_deref(), true, &paths)?;
        let bar = TerminalProgress::new("Loading");
        let progress = bar.handle(interrupt::flag());
        let report = load(warehouse.as_ref(), &Source::folder(folder), &Options::default(), &progress);
        bar.finish();
        let report = report.map_err(CliError::foreign)?;
        show(&report, &report::run_line(&report), &report::run_table(&report)?, arguments.json)?;
        Ok(ExitCode::SUCCESS)
    }
}
