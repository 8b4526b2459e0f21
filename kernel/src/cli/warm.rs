//! `synthbook warm`: compiles a few cells ahead; the set-up calls it.

use std::process::ExitCode;

use clap::{ArgMatches, Command};

use super::Subcommand;
use super::error::CliError;

/// Warms what the first Rust cell needs.
pub(super) struct Warm;

impl Subcommand for Warm {
    fn command(&self) -> Command {
        Command::new("warm").about("Compile a few cells ahead (the set-up calls this)").hide(true)
    }

    fn run(&self, _: &ArgMatches) -> Result<ExitCode, CliError> {
        crate::warm().map_err(|reason| CliError::Warm { reason })?;
        Ok(ExitCode::SUCCESS)
    }
}
