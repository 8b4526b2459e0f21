//! `synthbook models`: which models there are, and fetching them.

mod list;
mod pull;

use std::process::ExitCode;

use clap::{ArgMatches, Command};

use super::Subcommand;
use super::error::CliError;

/// The subcommands of models.
pub(super) struct ModelsCommand;

/// Every subcommand of `models`.
static SUBCOMMANDS: &[&dyn Subcommand] = &[&list::List, &pull::Pull];

impl Subcommand for ModelsCommand {
    fn command(&self) -> Command {
        Command::new("models")
            .about("List and fetch embedding, speech and chat models")
            .subcommand_required(true)
            .arg_required_else_help(true)
            .subcommands(SUBCOMMANDS.iter().map(|subcommand| subcommand.command()))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        super::chosen(SUBCOMMANDS, matches)
    }
}
