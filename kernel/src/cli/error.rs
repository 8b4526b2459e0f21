//! What can go wrong on the command line itself; the errors of the other parts pass through with their own codes.

use std::path::PathBuf;

use crate::error::{Foreign, KernelError};

/// A failure of a subcommand.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub(super) enum CliError {
    /// The arguments can't be understood.
    #[error("{message}")]
    #[diagnostic(code(cli::usage), help("{help}"))]
    Usage {
        /// What is wrong with them.
        message: String,
        /// Where to read how it is done.
        help: String,
    },
    /// A file could not be read, written or removed.
    #[error("Can't {action} {}: {source}", path.display())]
    #[diagnostic(code(cli::file), help("look at the path's permissions and at the space left on its disk"))]
    File {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// There is no folder to install into.
    #[error("There is no folder for the kernelspec: {reason}")]
    #[diagnostic(code(cli::no_folder), help("name one with --prefix DIR"))]
    NoFolder {
        /// Why not.
        reason: &'static str,
    },
    /// The file's ending names no format that can be written.
    #[error("Can't tell what to write from the file's ending: {}", path.display())]
    #[diagnostic(code(cli::unknown_ending), help("it can be {known}"))]
    UnknownEnding {
        /// The file.
        path: PathBuf,
        /// The endings there are.
        known: &'static str,
    },
    /// A cell that must compile does not.
    #[error("A Rust cell can't be run: {reason}")]
    #[diagnostic(code(cli::warm), help("synthbook doctor says what is missing"))]
    Warm {
        /// What the cell said.
        reason: String,
    },
    /// An error of the kernel.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Kernel(#[from] KernelError),
    /// An error of another crate of the project.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Foreign(Foreign),
}

impl CliError {
    /// The error of arguments that clap refused: its first paragraph in one line, without the label.
    pub(super) fn usage(error: &clap::Error) -> Self {
        let text = error.render().to_string();
        let mut parts = text.trim().splitn(2, "\n\n");
        let message = parts.next().unwrap_or_default().trim_start_matches("error: ");
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        let help = parts.next().unwrap_or("see synthbook --help").trim().to_owned();
        Self::Usage { message, help }
    }

    /// An error of another crate of the project.
    pub(super) fn foreign(error: impl miette::Diagnostic + Send + Sync + 'static) -> Self {
        Self::Foreign(Foreign::new(error))
    }

    /// Makes the error of a failed file operation.
    pub(super) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }

    /// The exit status: 2 for wrong usage, 1 for the rest.
    pub(super) fn status(&self) -> u8 {
        match self {
            Self::Usage { .. } | Self::UnknownEnding { .. } => 2,
            _ => 1,
        }
    }
}
