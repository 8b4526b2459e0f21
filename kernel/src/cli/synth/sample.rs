//! `synthbook synth sample`: draws rows from a saved model.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde_json::json;
use synthbook_synth::{SampleRequest, Seed, load};

use crate::cli::error::CliError;
use crate::cli::{Subcommand, data, output};
use crate::display::TerminalProgress;

/// Samples a model.
pub(super) struct Sample;

#[derive(Debug, Args)]
struct Arguments {
    /// A model that `synth fit` saved.
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// How many rows.
    #[arg(short = 'n', long, value_name = "ROWS")]
    rows: usize,
    /// The file to write: CSV, Parquet, Arrow IPC or JSON lines, by its ending.
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// What decides every draw.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Say what was done as one JSON document.
    #[arg(long)]
    json: bool,
}

impl Subcommand for Sample {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("sample").about("Draw rows from a model"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let model = load(&arguments.model).map_err(CliError::foreign)?;
        let progress = TerminalProgress::new("Sampling");
        let sampled = model.sample(
            &SampleRequest::rows(arguments.rows),
            Seed::new(arguments.seed),
            &progress.handle(Arc::default()),
        );
        progress.finish();
        let sampled = sampled.map_err(CliError::foreign)?;
        data::write(&sampled, &arguments.out)?;
        if arguments.json {
            let (rows, columns) = sampled.shape();
            output::json(&json!({ "file": arguments.out, "rows": rows, "columns": columns, "seed": arguments.seed }))?;
        } else {
            output::text(&format!("{} rows written to {}", sampled.height(), arguments.out.display()))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
