//! What can go wrong with the memory's file.

use std::path::PathBuf;

/// Why something could not be remembered or recalled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum MemoryError {
    /// The file can't be read or written.
    #[error("The memory of questions can't be used ({reason}): {}", path.display())]
    #[diagnostic(code(ask::memory_file), help("Check the folder's rights and the room on its disk."))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The file holds something else. It was moved aside, and the memory begins anew.
    #[error("The memory of questions was damaged at line {line}; it was kept as {}", kept.display())]
    #[diagnostic(
        code(ask::memory_damaged),
        help("The memory begins anew. Mend the file that was kept and move it back to have the old one again.")
    )]
    Damaged {
        /// Where the damaged file is now.
        kept: PathBuf,
        /// The first line that is no record, counted from 1.
        line: usize,
    },
    /// There is no such record.
    #[error("The memory has no question number {id}")]
    #[diagnostic(code(ask::memory_unknown), help("List the questions to see their numbers."))]
    Unknown {
        /// The number asked for.
        id: u64,
    },
    /// Nothing was asked yet.
    #[error("Nothing was asked yet, so there is nothing to accept or correct")]
    #[diagnostic(code(ask::memory_empty), help("Ask a question first."))]
    Empty,
}
