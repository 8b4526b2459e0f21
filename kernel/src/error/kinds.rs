//! What can go wrong in the kernel itself.

use std::path::PathBuf;

use thiserror::Error;

use super::{Foreign, Located};
use crate::engine::CellError;
use crate::output::InputError;

/// What can go wrong in the kernel itself: magics, frames, data files.
#[derive(Debug, Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum KernelError {
    /// The user stopped the cell.
    #[error("Interrupted")]
    #[diagnostic(code(kernel::interrupted))]
    Interrupted,
    /// A file of the kernel's own could not be read or written.
    #[error("Can't {action} {}: {source}", .path.display())]
    #[diagnostic(code(kernel::io), help("look at the path's permissions and at the space left on its disk"))]
    Io {
        /// What was tried, as a verb: `read`, `create`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Another program could not be started or spoken to.
    #[error("Can't run {program}: {source}")]
    #[diagnostic(code(kernel::program), help("is it installed and on PATH?"))]
    Program {
        /// The program.
        program: String,
        /// The system's reason.
        source: std::io::Error,
    },

    /// There is no magic of that name.
    #[error("There is no magic named {name}")]
    #[diagnostic(code(magic::unknown), help("{help}"))]
    UnknownMagic {
        /// What was typed, without `%`.
        name: String,
        /// Near names or where to look.
        help: String,
    },
    /// A cell magic below the first line, or a line magic above a body.
    #[error("{name} can't stand here: {reason}")]
    #[diagnostic(code(magic::misplaced), help("{help}"))]
    Misplaced {
        /// The magic as written.
        name: String,
        /// Why not.
        reason: &'static str,
        /// What to write instead.
        help: String,
    },
    /// A quote that is never closed.
    #[error("A quote is not closed: {text}")]
    #[diagnostic(code(magic::quote), help("close it, or put the whole word in the other kind of quote"))]
    OpenQuote {
        /// The word with the quote.
        text: String,
    },
    /// A flag or setting that the magic does not have.
    #[error("%{magic} has no argument {flag}")]
    #[diagnostic(code(magic::unknown_argument), help("{help}"))]
    UnknownArgument {
        /// The magic.
        magic: String,
        /// The word as written.
        flag: String,
        /// Near names or the arguments there are.
        help: String,
    },
    /// A word more than the magic takes.
    #[error("%{magic} takes no further word: {word}")]
    #[diagnostic(code(magic::extra_argument), help("usage: {usage}"))]
    ExtraArgument {
        /// The magic.
        magic: String,
        /// The word.
        word: String,
        /// How the magic is written.
        usage: String,
    },
    /// A required argument was left out.
    #[error("%{magic} needs {argument}")]
    #[diagnostic(code(magic::missing_argument), help("usage: {usage}"))]
    MissingArgument {
        /// The magic.
        magic: String,
        /// The argument's name in the help page.
        argument: String,
        /// How the magic is written.
        usage: String,
    },
    /// An argument's value can't be used.
    #[error("{argument} must be {expected}, not {value}")]
    #[diagnostic(code(magic::bad_value), help("{help}"))]
    BadValue {
        /// The argument.
        argument: String,
        /// What it must be.
        expected: String,
        /// What was written.
        value: String,
        /// What to do.
        help: String,
    },
    /// A shell command ended with a status other than 0.
    #[error("The command ended with {status}")]
    #[diagnostic(code(magic::command_failed), help("its own messages stand above"))]
    CommandFailed {
        /// `status 1`, `signal 9`.
        status: String,
    },
    /// A name that is not known: variables, settings, help topics.
    #[error("There is no {what} named {name}")]
    #[diagnostic(code(magic::unknown_name), help("{help}"))]
    UnknownName {
        /// What kind of thing was looked for.
        what: &'static str,
        /// The name.
        name: String,
        /// Near names or where to look.
        help: String,
    },
    /// There is no fitted model of that name.
    #[error("There is no model named {name}")]
    #[diagnostic(code(magic::unknown_model), help("{help}"))]
    UnknownModel {
        /// The name.
        name: String,
        /// Near names or how to fit one.
        help: String,
    },

    /// There is no frame of that name.
    #[error("There is no frame named {name}")]
    #[diagnostic(code(frames::unknown), help("{help}"))]
    UnknownFrame {
        /// The name.
        name: String,
        /// Near names or how to make one.
        help: String,
    },
    /// There is no column of that name.
    #[error("Frame {frame} has no column {column}")]
    #[diagnostic(code(frames::unknown_column), help("{help}"))]
    UnknownColumn {
        /// The frame.
        frame: String,
        /// The name.
        column: String,
        /// Near names or the columns there are.
        help: String,
    },
    /// The text can't name a frame.
    #[error("This can't name a frame: {name}")]
    #[diagnostic(
        code(frames::bad_name),
        help("a name begins with a letter or _ and goes on with letters, digits and _ (at most 60 characters)")
    )]
    BadFrameName {
        /// The text.
        name: String,
    },
    /// The frame's file can't be read.
    #[error("The file of frame {name} is damaged")]
    #[diagnostic(
        code(frames::damaged),
        help("the other frames are not affected; make it again, or drop it by %frames --drop {name}")
    )]
    DamagedFrame {
        /// The frame.
        name: String,
        /// What the reader said.
        reason: String,
    },
    /// No place has room for the frame.
    #[error("There is no room for frame {name}: it needs {needed}")]
    #[diagnostic(
        code(frames::disk_full),
        help(
            "nothing was written; free space or drop frames (%frames --drop NAME), or set SYNTHBOOK_RUNTIME_DIR to a larger disk"
        )
    )]
    DiskFull {
        /// The frame.
        name: String,
        /// Bytes needed, for a reader.
        needed: String,
    },
    /// There is no ended session of that name.
    #[error("There is no session to recover frames from: {session}")]
    #[diagnostic(code(frames::no_session), help("{help}"))]
    NoSession {
        /// What was asked for.
        session: String,
        /// The sessions there are.
        help: String,
    },

    /// The data file is not there.
    #[error("There is no file {}", .path.display())]
    #[diagnostic(code(data::not_found), help("{help}"))]
    DataNotFound {
        /// The path as looked for.
        path: PathBuf,
        /// Near names or the folder that was searched.
        help: String,
    },
    /// The file's kind is not known.
    #[error("Can't tell the format of {name}")]
    #[diagnostic(
        code(data::unknown_format),
        help(
            "known are csv, tsv, txt, parquet, arrow, ipc, feather, jsonl, ndjson and json (also .gz and .zst); --format says which"
        )
    )]
    UnknownFormat {
        /// The file.
        name: String,
    },
    /// The file holds nothing.
    #[error("The file is empty: {name}")]
    #[diagnostic(code(data::empty), help("a CSV file needs at least a line with the columns' names"))]
    EmptyFile {
        /// The file.
        name: String,
    },
    /// The file is not text.
    #[error("This is not a text file, so it can't be read as {format}: {name}")]
    #[diagnostic(code(data::binary), help("{help}"))]
    BinaryFile {
        /// What was expected.
        format: &'static str,
        /// The file.
        name: String,
        /// What it looks like, or what to do.
        help: String,
    },
    /// A line has more or fewer fields than the header.
    #[error("Line {line} has {found} fields where the header has {expected}: {name}")]
    #[diagnostic(
        code(data::ragged),
        help("mend the line, or give --truncate-ragged (further fields are dropped, missing ones are null)")
    )]
    Ragged {
        /// The line, from 1.
        line: usize,
        /// Its fields.
        found: usize,
        /// The header's fields.
        expected: usize,
        /// The file.
        name: String,
    },
    /// A reader or writer gave up.
    #[error("Can't {action} {name}: {reason}")]
    #[diagnostic(code(data::format), help("{help}"))]
    Format {
        /// `read` or `write`.
        action: &'static str,
        /// The file.
        name: String,
        /// What the reader said, without values of the data.
        reason: String,
        /// What to do.
        help: String,
    },
    /// The text encoding is not known.
    #[error("There is no text encoding named {name}")]
    #[diagnostic(code(data::encoding), help("examples: utf-8, utf-16le, windows-1252, latin1, shift_jis"))]
    UnknownEncoding {
        /// The label.
        name: String,
    },
    /// The address can't be reached from this build.
    #[error("Loading over the network is not supported: {address}")]
    #[diagnostic(
        code(data::no_network),
        help("fetch the file first (for example with !curl -O) and load it by its path")
    )]
    NoNetwork {
        /// The address without its query.
        address: String,
    },
    /// The demo data are not installed.
    #[error("The demo data are not installed: {name}")]
    #[diagnostic(code(data::no_demo), help("{help}"))]
    NoDemo {
        /// What was asked for.
        name: String,
        /// How to get it, or what there is.
        help: String,
    },
    /// A computation on a frame failed.
    #[error("{0}")]
    #[diagnostic(code(data::compute))]
    Polars(#[from] polars::error::PolarsError),

    /// There is no connection of that name.
    #[error("There is no connection named {name}")]
    #[diagnostic(code(sql::unknown_connection), help("{help}"))]
    UnknownConnection {
        /// The name.
        name: String,
        /// Near names or how to make one.
        help: String,
    },
    /// The name can't be a connection's.
    #[error("This can't name a connection: {name}")]
    #[diagnostic(code(sql::connection_name), help("{help}"))]
    ConnectionName {
        /// The name.
        name: String,
        /// Why not, and what to do.
        help: String,
    },
    /// There is no table of that name in a connection.
    #[error("There is no table named {name} in {connection}")]
    #[diagnostic(code(sql::unknown_table), help("{help}"))]
    UnknownTable {
        /// The name.
        name: String,
        /// The connection.
        connection: String,
        /// Near names or the tables there are.
        help: String,
    },
    /// `{{name}}` names nothing.
    #[error("There is no variable named {name}")]
    #[diagnostic(code(sql::unknown_variable), help("{help}"))]
    UnknownVariable {
        /// The name.
        name: String,
        /// Near names or how to give it.
        help: String,
    },
    /// A Rust variable whose type has no place in SQL.
    #[error("The variable {name} can't be a value in SQL: it is of type {kind}")]
    #[diagnostic(
        code(sql::variable_type),
        help(
            "numbers, bool, char, text and an Option of one of them can be bound; publish(name, …) makes a table of lists"
        )
    )]
    VariableType {
        /// The variable.
        name: String,
        /// Its type in Rust.
        kind: String,
    },
    /// A Rust variable whose value does not fit.
    #[error("The value of the variable {name} can't be bound")]
    #[diagnostic(
        code(sql::variable_value),
        help("whole numbers go up to 9,223,372,036,854,775,807; convert it to text or to f64")
    )]
    VariableUnreadable {
        /// The variable.
        name: String,
    },
    /// `{{name}}` where SQL takes no value.
    #[error("A value can't be bound here, {reason}: {text}")]
    #[diagnostic(code(sql::not_bindable), help("{help}"))]
    NotBindable {
        /// What stands there.
        text: String,
        /// Why not.
        reason: &'static str,
        /// What to write instead.
        help: String,
    },
    /// There is no saved query of that name.
    #[error("There is no saved query named {name}")]
    #[diagnostic(code(sql::unknown_snippet), help("{help}"))]
    UnknownSnippet {
        /// The name.
        name: String,
        /// Near names or how to save one.
        help: String,
    },
    /// The call's arguments don't go together.
    #[error("%{magic}: {reason}")]
    #[diagnostic(code(magic::usage), help("{help}"))]
    Usage {
        /// The magic.
        magic: &'static str,
        /// What does not go together.
        reason: String,
        /// What to write instead.
        help: String,
    },

    /// The cell's question got no answer.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Input(#[from] InputError),
    /// An error of a Rust part of the cell, already rendered.
    #[error("{}", .0.evalue)]
    #[diagnostic(code(kernel::cell))]
    Cell(CellError),
    /// An error of another crate of the project.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Foreign(Foreign),
    /// An error with its place in the cell.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Located(Located),
}

impl KernelError {
    /// Wraps an error of another crate of the project.
    pub fn foreign(error: impl miette::Diagnostic + Send + Sync + 'static) -> Self {
        Self::Foreign(Foreign::new(error))
    }

    /// Wraps an input or output error with what was tried and where.
    pub fn io(action: &'static str, path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::Io { action, path: path.into(), source }
    }

    /// Ties the error to a byte range of the cell, unless it has a place already.
    #[must_use]
    pub fn at(self, span: std::ops::Range<usize>) -> Self {
        match self {
            Self::Located(_) | Self::Cell(_) => self,
            error => Self::Located(Located::new(error, span)),
        }
    }
}
