//! `synthbook docs`: the documents that are made from the registries.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::error::CliError;
use super::{Subcommand, output};

/// Prints or writes the generated documents.
pub(super) struct Docs;

/// A document's file name and what makes it.
static DOCUMENTS: &[Document] = &[("catalogue.md", crate::catalogue::page), ("magics.md", crate::magic::docs)];

type Document = (&'static str, fn() -> String);

#[derive(Debug, Args)]
struct Arguments {
    /// Write them into this folder; without it they are printed.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write nothing; fail when a document in the folder is stale.
    #[arg(long, requires = "out")]
    check: bool,
}

impl Subcommand for Docs {
    fn command(&self) -> Command {
        Arguments::augment_args(Command::new("docs").about("Make the documents that come from the registries"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<ExitCode, CliError> {
        let arguments = Arguments::from_arg_matches(matches).map_err(|error| CliError::usage(&error))?;
        let Some(folder) = &arguments.out else {
            for (_, make) in DOCUMENTS {
                output::text(&make())?;
            }
            return Ok(ExitCode::SUCCESS);
        };
        let mut stale = false;
        for (name, make) in DOCUMENTS {
            let path = folder.join(name);
            let text = make();
            if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
                continue;
            }
            stale = true;
            if !arguments.check {
                std::fs::create_dir_all(folder).map_err(CliError::file("create", folder))?;
                std::fs::write(&path, text).map_err(CliError::file("write", &path))?;
            }
            let done = if arguments.check { "Stale" } else { "Written" };
            output::text(&format!("{done}: {}", path.display()))?;
        }
        Ok(if arguments.check && stale { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}
