//! `synthbook synth impute`: fills a table's gaps from a saved model.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use serde_json::json;
use synthbook_synth::{Seed, load};

use super::table;
use crate::cli::error::CliError;
use crate::cli::{Subcommand, data, output};
use crate::data::gaps;
use crate::display::group_digits;

/// Imputes.
pub(super) struct Impute;

#[derive(Debug, Args)]
struct Arguments {
    /// A model that `synth fit` saved.
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// A table with the model's columns and gaps: CSV, Parquet, Arrow IPC or JSON lines.
    #[arg(value_name = "DATA")]
    data: PathBuf,
    /// The file to write, by its ending.
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// What decides every draw.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Say what was done as one JSON document.
    #[arg(long)]
    json: bool,
}

impl Subcommand for Impute {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("impute").about("Fill a table's gaps with values drawn from a model"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let model = load(&arguments.model).map_err(CliError::foreign)?;
        let table = data::read(&arguments.data, arguments.json)?;
        let seed = Seed::new(arguments.seed);
        let filled = table::work("Imputing", |progress| model.impute(&table, seed, progress));
        let filled = filled.map_err(CliError::foreign)?;
        data::write(&filled, &arguments.out)?;
        let (before, after) = (gaps(&table), gaps(&filled));
        if arguments.json {
            output::json(&json!({
                "file": arguments.out,
                "rows": filled.height(),
                "gaps_before": before,
                "gaps_after": after,
                "seed": arguments.seed,
            }))?;
        } else {
            output::text(&format!(
                "{} of {} gaps filled, written to {}",
                group_digits(before.saturating_sub(after)),
                group_digits(before),
                arguments.out.display()
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
