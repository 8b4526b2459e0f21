//! What can go wrong between a question and its rows.

use std::path::PathBuf;

use synthbook_mapped::MapError;

/// A place in the SQL that was given, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

/// Why a warehouse could not answer.
#[derive(Debug, Clone, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum AgentsError {
    /// The text is not SQL.
    #[error("{message}")]
    #[diagnostic(code(agents::syntax))]
    Syntax {
        /// The engine's message, without its excerpt of the query.
        message: String,
        /// Where in the SQL.
        at: Option<Position>,
        /// What may mend it.
        #[help]
        help: Option<String>,
    },
    /// A table, column, function or type is not known, or used with the wrong types.
    #[error("{message}")]
    #[diagnostic(code(agents::unknown_name))]
    UnknownName {
        /// The engine's message, without its excerpt of the query.
        message: String,
        /// Where in the SQL.
        at: Option<Position>,
        /// What may mend it; the engine's "Did you mean" among it.
        #[help]
        help: Option<String>,
    },
    /// The query is sound but failed on the data or the system.
    #[error("{message}")]
    #[diagnostic(code(agents::query_failed))]
    QueryFailed {
        /// The engine's message; values from the data are blanked out.
        message: String,
        /// Where in the SQL.
        at: Option<Position>,
        /// What may mend it.
        #[help]
        help: Option<String>,
    },
    /// A function or file format lives in an extension that is not loaded.
    #[error("The query needs a DuckDB extension that is not loaded: {extension}")]
    #[diagnostic(
        code(agents::extension_missing),
        help(
            "Nothing is downloaded unasked. Where the network allows it, type INSTALL name; LOAD name; with the extension's name."
        )
    )]
    ExtensionMissing {
        /// The extension, or DuckDB's words where it does not name one.
        extension: String,
    },
    /// The memory limit was reached.
    #[error("The query needs more memory than DuckDB may use: {message}")]
    #[diagnostic(
        code(agents::out_of_memory),
        help("Select fewer columns, aggregate earlier, or raise the limit: SET memory_limit = '8GB'.")
    )]
    OutOfMemory {
        /// The engine's message.
        message: String,
    },
    /// It was cancelled.
    #[error("The query was cancelled")]
    #[diagnostic(code(agents::cancelled))]
    Cancelled,
    /// It took longer than it may.
    #[error("The query was stopped after {seconds} s")]
    #[diagnostic(code(agents::deadline), help("Give it more time, or ask for less."))]
    Deadline {
        /// The time it was given, in seconds.
        seconds: f64,
    },
    /// There is no statement in the text.
    #[error("There is no SQL to run")]
    #[diagnostic(code(agents::empty_sql), help("Write a statement, for example: SELECT 42 AS answer"))]
    EmptySql,
    /// A parameter of the query was not given.
    #[error("No value was given for the parameter {name}")]
    #[diagnostic(code(agents::parameter_missing))]
    ParameterMissing {
        /// Its name, without the colon.
        name: String,
        /// Which values there are.
        #[help]
        help: Option<String>,
    },
    /// A guard that does not exist yet was asked for.
    #[error("There is no guard yet for the policy {policy}")]
    #[diagnostic(code(agents::policy_unavailable), help("Only the policy write, which fences nothing, can be used."))]
    PolicyUnavailable {
        /// The policy's name.
        policy: &'static str,
    },
    /// A frame's file can't be read.
    #[error("The frame can't be read: {name}")]
    #[diagnostic(code(agents::frame_unreadable), help("Load the data again under this name, or drop the frame."))]
    FrameUnreadable {
        /// The frame.
        name: String,
        /// What is wrong with its file.
        #[source]
        source: MapError,
    },
    /// There is no such frame.
    #[error("There is no frame named {name}")]
    #[diagnostic(code(agents::frame_unknown))]
    FrameUnknown {
        /// The name asked for.
        name: String,
        /// Which frames there are.
        #[help]
        help: Option<String>,
    },
    /// A frame has something that DuckDB has no place for.
    #[error("The frame {name} can't be a table in SQL: {what}")]
    #[diagnostic(code(agents::frame_type), help("Drop or convert the column, then ask again."))]
    FrameType {
        /// The frame.
        name: String,
        /// What it has.
        what: String,
    },
    /// A result has a type that can't become a frame.
    #[error("The result can't be read: {message}")]
    #[diagnostic(
        code(agents::result_type),
        help("Cast the column in the query, for example: CAST(column AS VARCHAR).")
    )]
    ResultType {
        /// Which type, where the engine says so.
        message: String,
    },
    /// The result could not be written.
    #[error("Could not write the result ({reason}): {}", path.display())]
    #[diagnostic(code(agents::write))]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The disk, or the memory behind the session's folder, is full.
    #[error("There is no room left for the result: {}", path.display())]
    #[diagnostic(
        code(agents::disk_full),
        help("Drop frames that are not needed, select less, or write it with COPY … TO a larger disk.")
    )]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// A database file could not be opened.
    #[error("Could not open the database ({reason}): {}", path.display())]
    #[diagnostic(
        code(agents::database_open),
        help("Another process may hold it (DuckDB files have one writer), or it is no DuckDB file.")
    )]
    DatabaseOpen {
        /// The file; `:memory:` for none.
        path: PathBuf,
        /// The engine's message.
        reason: String,
    },
    /// The engine broke a promise.
    #[error("The warehouse failed inside: {what}")]
    #[diagnostic(code(agents::internal), help("Please report it with the query."))]
    Internal {
        /// What was seen.
        what: String,
    },
}

impl AgentsError {
    /// Where in the SQL the error is, when the engine said so.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        match self {
            Self::Syntax { at, .. } | Self::UnknownName { at, .. } | Self::QueryFailed { at, .. } => *at,
            _ => None,
        }
    }
}
