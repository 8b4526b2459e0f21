//! `synthbook uninstall`: takes the kernel out of Jupyter again.

use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::error::CliError;
use super::kernelspec::Place;
use super::{Subcommand, output};

/// Removes the kernelspec.
pub(super) struct Uninstall;

#[derive(Debug, Args)]
struct Arguments {
    #[command(flatten)]
    place: Place,
}

impl Subcommand for Uninstall {
    fn command(&self) -> Command {
        // The help of a flattened group would take the place of an earlier one.
        Arguments::augment_args(Command::new("uninstall")).about("Take this kernel out of Jupyter")
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let folder = arguments.place.folder()?;
        if folder.join("kernel.json").exists() {
            std::fs::remove_dir_all(&folder).map_err(CliError::file("remove", &folder))?;
            output::text(&format!("Removed {}", folder.display()))?;
        } else {
            output::text(&format!("There is no kernelspec in {}", folder.display()))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
