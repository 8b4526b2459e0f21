//! `synthbook etl quality`: checks the data against what is expected of them.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use synthbook_agents::etl::quality;

use super::show;
use crate::cli::error::CliError;
use crate::cli::{Subcommand, interrupt, output};
use crate::display::{TableOptions, TerminalProgress, table_text};
use crate::session::{Paths, WAREHOUSE};
use crate::{report, warehouses};

/// Checks a warehouse.
pub(super) struct Quality;

#[derive(Debug, Args)]
struct Arguments {
    /// The warehouse: a DuckDB file, a URL, or a connection's name; the default warehouse without it.
    #[arg(long, value_name = "URL|NAME")]
    db: Option<String>,
    /// The file that says what the data are expected to be like; derived from the data and written if there is none.
    #[arg(long, value_name = "FILE")]
    expectations: Option<PathBuf>,
    /// Print the report as one JSON document.
    #[arg(long)]
    json: bool,
}

impl Subcommand for Quality {
    fn command(&self) -> Command {
        Arguments::augment_args(
            Command::new("quality").about("Check the data against expectations; the status is 1 when a check fails"),
        )
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let paths = Paths::from_environment();
        let db = arguments.db.as_deref().unwrap_or(WAREHOUSE);
        let place = warehouses::named_or_place(db, false, &paths)?;
        let warehouse = warehouses::open(&place, &paths, None)?;
        let file = arguments.expectations.unwrap_or_else(|| place.expectations(db, &paths));
        let bar = TerminalProgress::new("Checking");
        let found = quality(warehouse.as_ref(), Some(&file), &bar.handle(interrupt::flag()));
        bar.finish();
        let found = found.map_err(CliError::foreign)?;
        let lines = report::quality_lines(&found).join("\n");
        show(&found, &lines, &report::quality_summary(&found)?, arguments.json)?;
        let failed = found.failed().count();
        if failed > 0 && !arguments.json {
            let options = TableOptions { rows: 1000, quotes: false, ..TableOptions::default() };
            output::text(&table_text(&report::quality_table(&found)?.head(Some(failed)), &options))?;
        }
        Ok(if found.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
