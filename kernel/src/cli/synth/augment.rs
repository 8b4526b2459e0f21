//! `synthbook synth augment`: adds rows to a table, so that a learner sees every class often enough.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde_json::json;
use synthbook_synth::{Seed, find_augmenter};

use super::table;
use crate::cli::error::CliError;
use crate::cli::{Subcommand, data, output};
use crate::display::group_digits;

/// Augments a table.
pub(super) struct Augment;

#[derive(Debug, Args)]
struct Arguments {
    /// The table: CSV, Parquet, Arrow IPC or JSON lines.
    #[arg(value_name = "DATA")]
    data: PathBuf,
    /// The file to write, by its ending.
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// The method; `synth methods` lists them.
    #[arg(long, value_name = "METHOD")]
    method: String,
    /// The column whose classes are balanced.
    #[arg(long, value_name = "COLUMN")]
    target: Option<String>,
    /// What the columns mean, as SDV's JSON; read off the data when it is not given.
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// A setting of the method.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = data::setting)]
    settings: Vec<(String, String)>,
    /// What decides every draw.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Say what was done as one JSON document.
    #[arg(long)]
    json: bool,
}

impl Subcommand for Augment {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("augment").about("Add rows to a table, class by class or by noise"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let mut augmenter = find_augmenter(&arguments.method).map_err(CliError::foreign)?;
        for (name, value) in &arguments.settings {
            augmenter.set(name, value).map_err(CliError::foreign)?;
        }
        let table = data::read(&arguments.data, arguments.json)?;
        let metadata = table::metadata(arguments.metadata.as_deref(), &table)?;
        let (target, seed) = (arguments.target.as_deref(), Seed::new(arguments.seed));
        let more = table::work("Augmenting", |progress| augmenter.augment(&table, &metadata, target, seed, progress));
        let more = more.map_err(CliError::foreign)?;
        data::write(&more, &arguments.out)?;
        let (before, after) = (table.height(), more.height());
        if arguments.json {
            output::json(&json!({
                "file": arguments.out,
                "method": arguments.method,
                "rows_before": before,
                "rows": after,
                "target": arguments.target,
                "seed": arguments.seed,
            }))?;
        } else {
            output::text(&format!(
                "{} rows became {}, written to {}",
                group_digits(before),
                group_digits(after),
                arguments.out.display()
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
