//! `synthbook synth evaluate`: scores a synthetic table against the real one.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use synthbook_synth::{Metadata, evaluate};

use crate::cli::error::CliError;
use crate::cli::{Subcommand, data, output};
use crate::display::{TableOptions, table_text};

/// Evaluates a sample.
pub(super) struct Evaluate;

#[derive(Debug, Args)]
struct Arguments {
    /// The real table.
    #[arg(long, value_name = "FILE")]
    real: PathBuf,
    /// The synthetic table.
    #[arg(long, value_name = "FILE")]
    synthetic: PathBuf,
    /// What the columns mean, as SDV's JSON; read off the real table when it is not given.
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// Print the report as one JSON document.
    #[arg(long)]
    json: bool,
}

impl Subcommand for Evaluate {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("evaluate").about("Score a synthetic table against the real one"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let real = data::read(&arguments.real, arguments.json)?;
        let synthetic = data::read(&arguments.synthetic, arguments.json)?;
        let metadata = match &arguments.metadata {
            Some(file) => Metadata::read(file),
            None => Metadata::detect(&real),
        };
        let report = evaluate(&real, &synthetic, &metadata.map_err(CliError::foreign)?).map_err(CliError::foreign)?;
        if arguments.json {
            output::json(&report.to_json())?;
        } else {
            let scores = report.to_frame().map_err(CliError::foreign)?;
            let options = TableOptions { rows: scores.height(), ..TableOptions::default() };
            let overall =
                report.overall.map_or_else(|| "no column could be compared".to_owned(), |score| format!("{score:.3}"));
            output::text(&format!("{}\nColumn shapes: {overall}", table_text(&scores, &options)))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
