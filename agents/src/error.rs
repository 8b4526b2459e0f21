//! What can go wrong between a question and its rows.

use std::path::PathBuf;

use synthbook_mapped::MapError;

use crate::warehouse::SnowflakeError;

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
    /// The guard can't read the text as SQL of the dialect, and what can't be read is not run.
    #[error("The guard can't read the statement: {message}")]
    #[diagnostic(code(agents::guard_syntax))]
    GuardSyntax {
        /// What the parser expected.
        message: String,
        /// Where in the SQL.
        at: Option<Position>,
        /// What may mend it.
        #[help]
        help: Option<String>,
    },
    /// It is not one reading statement.
    #[error("The guard refuses {what}")]
    #[diagnostic(code(agents::guard_statement))]
    GuardStatement {
        /// What it is instead.
        what: String,
        /// Where in the SQL.
        at: Option<Position>,
        /// What would pass.
        #[help]
        help: Option<String>,
    },
    /// A table that may not be read.
    #[error("The guard refuses the table {name}")]
    #[diagnostic(code(agents::guard_table))]
    GuardTable {
        /// The table as it was named.
        name: String,
        /// Where in the SQL.
        at: Option<Position>,
        /// Which tables may be read.
        #[help]
        help: Option<String>,
    },
    /// A function that is not known to be harmless.
    #[error("The guard refuses the function {name}")]
    #[diagnostic(code(agents::guard_function))]
    GuardFunction {
        /// The function as it was named.
        name: String,
        /// Where in the SQL.
        at: Option<Position>,
        /// What to use instead.
        #[help]
        help: Option<String>,
    },
    /// A construct that an agent may not use.
    #[error("The guard refuses {what}")]
    #[diagnostic(code(agents::guard_construct))]
    GuardConstruct {
        /// The construct.
        what: String,
        /// Where in the SQL.
        at: Option<Position>,
        /// What to use instead.
        #[help]
        help: Option<String>,
    },
    /// A statement that is too large or too deep.
    #[error("The guard refuses a statement with {what}")]
    #[diagnostic(code(agents::guard_size), help("Ask for less at once."))]
    GuardSize {
        /// What there is too much of, and how much may be.
        what: String,
    },
    /// The warehouse was opened for reading.
    #[error("The connection is for reading only, so it refuses {what}")]
    #[diagnostic(code(agents::read_only), help("To change the database, connect with --write."))]
    ReadOnly {
        /// What was asked.
        what: String,
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
    /// There is no such database file.
    #[error("There is no database file: {}", path.display())]
    #[diagnostic(code(agents::database_missing))]
    DatabaseMissing {
        /// The file.
        path: PathBuf,
        /// How to make one, or what was near.
        #[help]
        help: Option<String>,
    },
    /// The file holds no DuckDB database.
    #[error("The file is no DuckDB database: {}", path.display())]
    #[diagnostic(
        code(agents::database_invalid),
        help("To query a file of data, name it as a table: SELECT * FROM 'people.parquet'.")
    )]
    DatabaseInvalid {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by another version of DuckDB that this one can't read.
    #[error("The database is of a version of DuckDB that this one can't read ({reason}): {}", path.display())]
    #[diagnostic(
        code(agents::database_version),
        help(
            "Export it with the DuckDB that wrote it (EXPORT DATABASE 'folder'), or write it anew there with ATTACH … (STORAGE_VERSION 'v1.0.0')."
        )
    )]
    DatabaseVersion {
        /// The file.
        path: PathBuf,
        /// The engine's message.
        reason: String,
    },
    /// Another process holds the file.
    #[error("Another process has the database open{}: {}", holder.as_ref().map_or_else(String::new, |holder| format!(" ({holder})")), path.display())]
    #[diagnostic(
        code(agents::database_locked),
        help(
            "A DuckDB file has one writer, or any number of readers. Close it there, or read it in both places (without --write)."
        )
    )]
    DatabaseLocked {
        /// The file.
        path: PathBuf,
        /// Which process, where the engine says so.
        holder: Option<String>,
    },
    /// The file is open in this process for reading, so it can't be opened for writing.
    #[error("The database is open for reading in this session: {}", path.display())]
    #[diagnostic(code(agents::database_in_use), help("Close the connections that read it, then open it for writing."))]
    DatabaseInUse {
        /// The file.
        path: PathBuf,
    },
    /// A URL of a kind that is not known.
    #[error("There is no warehouse behind URLs like {scheme}:")]
    #[diagnostic(code(agents::url_scheme))]
    UrlScheme {
        /// What stands before the colon.
        scheme: String,
        /// Which are known.
        #[help]
        help: String,
    },
    /// A URL that says too little, or something wrong.
    #[error("The URL of the warehouse can't be used: {what}")]
    #[diagnostic(code(agents::url))]
    Url {
        /// What is wrong, without the URL's secrets.
        what: String,
        /// What may mend it.
        #[help]
        help: Option<String>,
    },
    /// There is no such named connection.
    #[error("There is no connection named {name}")]
    #[diagnostic(code(agents::connection_unknown))]
    ConnectionUnknown {
        /// The name asked for.
        name: String,
        /// Which connections there are, and where they are kept.
        #[help]
        help: Option<String>,
    },
    /// The file of connections can't be used.
    #[error("The file of connections can't be used ({what}): {}", path.display())]
    #[diagnostic(code(agents::connections_file))]
    ConnectionsFile {
        /// The file.
        path: PathBuf,
        /// What is wrong in it, without its values.
        what: String,
        /// What may mend it.
        #[help]
        help: Option<String>,
    },
    /// A secret stands where others can read it.
    #[error("A secret may not stand in {place}: {key}")]
    #[diagnostic(
        code(agents::secret_in_file),
        help(
            "Put it into an environment variable and name that: key_env = \"VARIABLE\", for example token_env = \"SNOWFLAKE_TOKEN\"."
        )
    )]
    SecretInFile {
        /// The file, or the URL.
        place: String,
        /// The key that holds it.
        key: String,
    },
    /// An environment variable that should hold a secret is not set.
    #[error("The environment variable is not set: {variable}")]
    #[diagnostic(
        code(agents::secret_missing),
        help("Set it before the program starts; a secret is read from nowhere else.")
    )]
    SecretMissing {
        /// The variable.
        variable: String,
    },
    /// The warehouse did not let us in.
    #[error("The warehouse refused the login: {message}")]
    #[diagnostic(code(agents::login))]
    Login {
        /// What it said, without secrets.
        message: String,
        /// What may mend it.
        #[help]
        help: Option<String>,
    },
    /// The warehouse could not be reached, or went away.
    #[error("The warehouse can't be reached: {message}")]
    #[diagnostic(code(agents::unreachable))]
    Unreachable {
        /// What the network said.
        message: String,
        /// What may mend it.
        #[help]
        help: Option<String>,
    },
    /// The warehouse answered with something that is no answer.
    #[error("The warehouse's answer can't be read: {message}")]
    #[diagnostic(code(agents::answer), help("Ask again; if it stays so, please report it with the query."))]
    Answer {
        /// What is wrong with it.
        message: String,
    },
    /// Rows can't be loaded into a table.
    #[error("The rows can't be loaded into {table}: {what}")]
    #[diagnostic(code(agents::load))]
    Load {
        /// The table.
        table: String,
        /// What is wrong.
        what: String,
        /// What may mend it.
        #[help]
        help: Option<String>,
    },
    /// Snowflake can't be asked, or its answer can't be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Snowflake(#[from] SnowflakeError),
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
            Self::Syntax { at, .. }
            | Self::UnknownName { at, .. }
            | Self::QueryFailed { at, .. }
            | Self::GuardSyntax { at, .. }
            | Self::GuardStatement { at, .. }
            | Self::GuardTable { at, .. }
            | Self::GuardFunction { at, .. }
            | Self::GuardConstruct { at, .. } => *at,
            _ => None,
        }
    }
}
