//! `synthbook synth`: fit a model to a table, sample it, and score the sample.

mod evaluate;
mod fit;
mod sample;

use std::process::ExitCode;

use clap::{ArgMatches, Command};

use super::Subcommand;
use super::error::CliError;

/// The subcommands of synthesis.
pub(super) struct Synth;

/// Every subcommand of `synth`.
static SUBCOMMANDS: &[&dyn Subcommand] = &[&fit::Fit, &sample::Sample, &evaluate::Evaluate];

impl Subcommand for Synth {
    fn command(&self) -> Command {
        Command::new("synth")
            .about("Make synthetic tables and score them")
            .subcommand_required(true)
            .arg_required_else_help(true)
            .subcommands(SUBCOMMANDS.iter().map(|subcommand| subcommand.command()))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let chosen = matches.subcommand().and_then(|(name, matches)| {
            let one = SUBCOMMANDS.iter().find(|one| one.command().get_name() == name)?;
            Some(one.run(matches))
        });
        chosen.unwrap_or(Ok(ExitCode::from(2)))
    }
}
