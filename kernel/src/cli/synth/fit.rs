//! `synthbook synth fit`: learns a table's joint law and saves the model.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde_json::json;
use synthbook_synth::{Metadata, Seed, find};

use crate::cli::error::CliError;
use crate::cli::{Subcommand, data, output};
use crate::display::TerminalProgress;

/// Fits a model.
pub(super) struct Fit;

#[derive(Debug, Args)]
struct Arguments {
    /// The table: CSV, Parquet, Arrow IPC or JSON lines.
    #[arg(value_name = "DATA")]
    data: PathBuf,
    /// The file to save the model in.
    #[arg(short, long, value_name = "MODEL")]
    out: PathBuf,
    /// The synthesizer.
    #[arg(long, value_name = "METHOD", default_value = "gaussian_copula")]
    method: String,
    /// What the columns mean, as SDV's JSON; read off the data when it is not given.
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// What decides every draw.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// A setting of the synthesizer.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = data::setting)]
    settings: Vec<(String, String)>,
    /// Say what was done as one JSON document.
    #[arg(long)]
    json: bool,
}

impl Subcommand for Fit {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("fit").about("Learn a table and save the model"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let mut synthesizer = find(&arguments.method).map_err(CliError::foreign)?;
        for (name, value) in &arguments.settings {
            synthesizer.set(name, value).map_err(CliError::foreign)?;
        }
        let table = data::read(&arguments.data, arguments.json)?;
        let metadata = match &arguments.metadata {
            Some(file) => Metadata::read(file),
            None => Metadata::detect(&table),
        };
        let metadata = metadata.map_err(CliError::foreign)?;
        let progress = TerminalProgress::new("Fitting");
        let model = synthesizer.fit(&table, &metadata, Seed::new(arguments.seed), &progress.handle(Arc::default()));
        progress.finish();
        let model = model.map_err(CliError::foreign)?;
        model.save(&arguments.out).map_err(CliError::foreign)?;
        if arguments.json {
            output::json(&json!({
                "model": arguments.out,
                "method": model.synthesizer(),
                "rows": model.rows(),
                "columns": table.width(),
                "seed": arguments.seed,
            }))?;
        } else {
            let (rows, columns) = (model.rows(), table.width());
            output::text(&format!(
                "{} fitted to {rows} rows of {columns} columns, saved as {}",
                model.synthesizer(),
                arguments.out.display()
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
