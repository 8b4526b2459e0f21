//! `synthbook synth methods`: every synthesizer, augmenter and metric with its settings.

use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};

use crate::catalogue;
use crate::cli::error::CliError;
use crate::cli::{Subcommand, output};

/// Lists the methods.
pub(super) struct Methods;

#[derive(Debug, Args)]
struct Arguments {
    /// Print them as one JSON document.
    #[arg(long)]
    json: bool,
}

impl Subcommand for Methods {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("methods").about("List synthesizers, augmenters and metrics"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        if arguments.json {
            output::json(&catalogue::json())?;
        } else {
            output::text(&catalogue::text())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
