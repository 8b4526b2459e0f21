//! `synthbook kernel`: what Jupyter starts.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::Subcommand;
use super::error::CliError;

/// Runs the kernel until it is asked to stop.
pub(super) struct Kernel;

#[derive(Debug, Args)]
struct Arguments {
    /// The connection file that Jupyter wrote.
    #[arg(value_name = "FILE", required_unless_present = "flagged")]
    file: Option<PathBuf>,
    /// The connection file, as other kernels take it.
    #[arg(short = 'f', value_name = "FILE", conflicts_with = "file")]
    flagged: Option<PathBuf>,
}

impl Subcommand for Kernel {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("kernel").about("Run as a Jupyter kernel (Jupyter calls this)"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let file = arguments.file.or(arguments.flagged).unwrap_or_default();
        crate::run_kernel(&file)?;
        Ok(ExitCode::SUCCESS)
    }
}
