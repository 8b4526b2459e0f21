//! `synthbook synth`: learn a table, sample it, fill its gaps, judge the sample and package it.

mod augment;
mod evaluate;
mod fit;
mod impute;
mod metadata;
mod methods;
mod package;
mod rules;
mod sample;
mod table;

use std::process::ExitCode;

use clap::{ArgMatches, Command};

use super::Subcommand;
use super::error::CliError;

/// The subcommands of synthesis.
pub(super) struct Synth;

/// Every subcommand of `synth`.
static SUBCOMMANDS: &[&dyn Subcommand] = &[
    &fit::Fit,
    &sample::Sample,
    &impute::Impute,
    &evaluate::Evaluate,
    &augment::Augment,
    &metadata::Describe,
    &rules::Rules,
    &package::Package,
    &methods::Methods,
];

impl Subcommand for Synth {
    fn command(&self) -> Command {
        Command::new("synth")
            .about("Make synthetic tables, judge them and package them")
            .subcommand_required(true)
            .arg_required_else_help(true)
            .subcommands(SUBCOMMANDS.iter().map(|subcommand| subcommand.command()))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        super::chosen(SUBCOMMANDS, matches)
    }
}

#[cfg(test)]
mod tests;
