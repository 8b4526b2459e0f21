//! `synthbook install`: tells Jupyter about this kernel.

use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::error::CliError;
use super::kernelspec::{self, Place};
use super::{Subcommand, output};

/// Writes the kernelspec.
pub(super) struct Install;

#[derive(Debug, Args)]
struct Arguments {
    #[command(flatten)]
    place: Place,
}

impl Subcommand for Install {
    fn command(&self) -> Command {
        // The help of a flattened group would take the place of an earlier one.
        Arguments::augment_args(Command::new("install")).about("Tell Jupyter about this kernel")
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let program = std::env::current_exe().map_err(CliError::file("find", "this program"))?;
        let folder = arguments.place.folder()?;
        kernelspec::write(&folder, &program)?;
        output::text(&format!("The kernel Synthbook (Rust) is installed in {}", folder.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}
