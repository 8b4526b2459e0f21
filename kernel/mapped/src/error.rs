//! What can be wrong with a file that is to be mapped.

use std::path::PathBuf;

/// Why a file could not be mapped or read.
#[derive(Debug, Clone, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum MapError {
    /// There is no file of that name.
    #[error("The file does not exist: {}", path.display())]
    #[diagnostic(
        code(mapped::missing),
        help("The frame was dropped or replaced, or the name is misspelt; ask for it by its name again.")
    )]
    Missing {
        /// The file asked for.
        path: PathBuf,
    },
    /// The file may not be read.
    #[error("No permission to read {}", path.display())]
    #[diagnostic(
        code(mapped::denied),
        help("Give yourself read access to the file, or copy it to a folder of your own.")
    )]
    Denied {
        /// The file asked for.
        path: PathBuf,
    },
    /// The system refused for another reason.
    #[error("Could not map {}: {reason}", path.display())]
    #[diagnostic(code(mapped::io))]
    Io {
        /// The file asked for.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The content is not a whole Arrow IPC file.
    #[error("Not a whole Arrow IPC file ({reason}): {}", path.display())]
    #[diagnostic(
        code(mapped::damaged),
        help("The file was cut short, overwritten or is of another format; load the data again.")
    )]
    Damaged {
        /// The file read.
        path: PathBuf,
        /// What is wrong with it; never holds a value of the data.
        reason: String,
    },
    /// The file is sound but uses something that can't be mapped.
    #[error("The Arrow file uses {what}, which can't be mapped: {}", path.display())]
    #[diagnostic(code(mapped::unsupported), help("Load it with %load, which writes the frame anew without that."))]
    Unsupported {
        /// The file read.
        path: PathBuf,
        /// The feature.
        what: String,
    },
    /// There is no such column.
    #[error("There are {columns} columns, so none at position {index}")]
    #[diagnostic(code(mapped::column))]
    Column {
        /// The position asked for, from 0.
        index: usize,
        /// How many columns there are.
        columns: usize,
    },
}
