//! `synthbook synth evaluate`: scores a synthetic table against the real one.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use synthbook_synth::{Evaluation, Seed};

use super::table::{self, MOST_ROWS};
use crate::cli::error::CliError;
use crate::cli::{Subcommand, output};
use crate::data;
use crate::display::{TableOptions, report_table, table_text};

/// Evaluates a sample.
pub(super) struct Evaluate;

#[derive(Debug, Args)]
struct Arguments {
    /// The real table: the rows that the model was fitted on.
    #[arg(long, value_name = "FILE")]
    real: PathBuf,
    /// The synthetic table.
    #[arg(long, value_name = "FILE")]
    synthetic: PathBuf,
    /// Real rows that the model has not seen: privacy and usefulness are measured on them.
    #[arg(long, value_name = "FILE")]
    holdout: Option<PathBuf>,
    /// The column that a model trained on the table is to predict.
    #[arg(long, value_name = "COLUMN")]
    target: Option<String>,
    /// What the columns mean, as SDV's JSON; read off the real table when it is not given.
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// What decides every draw of the metrics.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Compare at most so many rows of each table, evenly spread by the seed.
    #[arg(long, value_name = "ROWS", value_parser = table::most_rows, default_value_t = MOST_ROWS)]
    max_rows: usize,
    /// Write the report as one HTML file.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
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
        let seed = Seed::new(arguments.seed);
        let open = |file: &PathBuf| -> Result<_, CliError> {
            Ok(table::read(file, arguments.max_rows, seed, arguments.json)?.frame)
        };
        let (real, synthetic) = (open(&arguments.real)?, open(&arguments.synthetic)?);
        let holdout = arguments.holdout.as_ref().map(open).transpose()?;
        let metadata = table::metadata(arguments.metadata.as_deref(), &real)?;
        let mut evaluation = Evaluation::new(&real, &synthetic, &metadata).seed(seed);
        if let Some(holdout) = &holdout {
            evaluation = evaluation.holdout(holdout);
        }
        if let Some(target) = &arguments.target {
            evaluation = evaluation.target(target);
        }
        let report = table::work("Evaluating", |progress| evaluation.run(progress)).map_err(CliError::foreign)?;
        if let Some(file) = &arguments.html {
            data::save_text(&report.to_html(), file)?;
        }
        if arguments.json {
            output::json(&report.to_json())?;
        } else {
            let scores = report_table(&report)?;
            let options = TableOptions { rows: scores.height(), quotes: false, ..TableOptions::default() };
            let page = arguments.html.as_ref().map_or_else(String::new, |file| format!("\nReport: {}", file.display()));
            output::text(&format!("{}\n{}{page}", table_text(&scores, &options), report.verdict()))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
