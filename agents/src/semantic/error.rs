//! What can be wrong with a semantic model.

use std::path::PathBuf;

use crate::AgentsError;

/// Why a semantic model could not be read, made or written.
#[derive(Debug, Clone, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum SemanticError {
    /// The text is not a semantic model.
    #[error("The semantic model can't be read, line {line}, column {column}: {message}")]
    #[diagnostic(code(semantic::yaml), help("The model of the retail warehouse shows every key."))]
    Yaml {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// The file can't be read or written.
    #[error("Could not reach the semantic model's file ({reason}): {}", path.display())]
    #[diagnostic(code(semantic::file), help("Check that the path exists and may be read and written."))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The model can't be written as text.
    #[error("The semantic model can't be written: {message}")]
    #[diagnostic(code(semantic::write), help("Please report it with the model."))]
    Write {
        /// What was wrong.
        message: String,
    },
    /// There is nothing to make a model of.
    #[error("The database has no tables to make a semantic model of")]
    #[diagnostic(code(semantic::no_tables), help("Load data first, or connect to another database."))]
    NoTables,
    /// The warehouse failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Agents(#[from] AgentsError),
}
