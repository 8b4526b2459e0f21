//! What can go wrong in a cell's dealings with the kernel and its frames.

use std::fmt::Display;
use std::path::PathBuf;

/// The result of this crate's fallible functions.
pub type Result<T> = std::result::Result<T, CellError>;

/// An error of this crate. The kernel renders it after it has crossed the socket as code, message and help.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CellError {
    /// The process was not started by a kernel.
    #[error("There is no kernel to ask")]
    NoKernel,
    /// The kernel's socket failed.
    #[error("The connection to the kernel failed while doing: {action}")]
    Connection {
        /// What was being done.
        action: &'static str,
        /// The failure.
        source: std::io::Error,
    },
    /// The kernel's answer could not be understood.
    #[error("The kernel's answer can't be understood: {reason}")]
    Answer {
        /// What was wrong with it.
        reason: String,
    },
    /// The kernel refused.
    #[error("{message}")]
    Refused {
        /// The kernel's code.
        code: String,
        /// The kernel's message.
        message: String,
        /// The kernel's remedy.
        help: Option<String>,
    },
    /// The user interrupted the cell while it waited.
    #[error("Interrupted")]
    Interrupted,
    /// A frame's file can't be read.
    #[error("The frame's file can't be read: {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The failure.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A frame can't be written.
    #[error("The frame can't be written: {name}")]
    Unwritable {
        /// The frame.
        name: String,
        /// The failure.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No room is left for a frame.
    #[error("No room is left to write the frame: {name}")]
    DiskFull {
        /// The frame.
        name: String,
    },
    /// A column does not exist.
    #[error("There is no column: {name}")]
    UnknownColumn {
        /// The column asked for.
        name: String,
        /// Columns with names that are close, or all of them.
        suggestion: String,
    },
    /// A column holds another type.
    #[error("The column holds {found}, not {asked}: {name}")]
    ColumnType {
        /// The column.
        name: String,
        /// The type asked for.
        asked: &'static str,
        /// The column's type.
        found: String,
    },
    /// Columns of a new table have different lengths.
    #[error("The column has {found} rows where the first one has {expected}: {name}")]
    ColumnLength {
        /// The column.
        name: String,
        /// Rows of the first column.
        expected: usize,
        /// Rows of this one.
        found: usize,
    },
    /// Two columns of a new table have one name.
    #[error("The column is there twice: {name}")]
    DuplicateColumn {
        /// The column.
        name: String,
    },
    /// Batches of one table have different columns.
    #[error("The batches do not have the same columns; the first that differs is batch {index}")]
    BatchSchema {
        /// The batch, counted from 0.
        index: usize,
    },
    /// Text that should have been JSON.
    #[error("The text is not JSON: {reason}")]
    NotJson {
        /// The parser's words.
        reason: String,
    },
}

impl CellError {
    /// The stable code of this error.
    #[must_use]
    pub fn stable_code(&self) -> &str {
        match self {
            Self::NoKernel => "cell::no_kernel",
            Self::Connection { .. } => "cell::connection",
            Self::Answer { .. } => "cell::answer",
            Self::Refused { code, .. } => code,
            Self::Interrupted => "cell::interrupted",
            Self::Unreadable { .. } => "cell::unreadable",
            Self::Unwritable { .. } => "cell::unwritable",
            Self::DiskFull { .. } => "cell::disk_full",
            Self::UnknownColumn { .. } => "cell::unknown_column",
            Self::ColumnType { .. } => "cell::column_type",
            Self::ColumnLength { .. } => "cell::column_length",
            Self::DuplicateColumn { .. } => "cell::duplicate_column",
            Self::BatchSchema { .. } => "cell::batch_schema",
            Self::NotJson { .. } => "cell::not_json",
        }
    }

    /// What the reader can do about it.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::NoKernel => Some("run this in a notebook, or read a file with Table::open".to_owned()),
            Self::Connection { .. } | Self::Answer { .. } => Some("restart the kernel".to_owned()),
            Self::Refused { help, .. } => help.clone(),
            Self::Unreadable { source, .. } | Self::Unwritable { source, .. } => Some(source.to_string()),
            Self::DiskFull { .. } => {
                Some("delete frames that are no longer needed, or give SYNTHBOOK_RUNTIME_DIR more room".to_owned())
            }
            Self::UnknownColumn { suggestion, .. } => Some(suggestion.clone()),
            Self::ColumnType { found, .. } => Some(column_help(found)),
            Self::BatchSchema { .. } => Some("give every batch the schema of the first".to_owned()),
            Self::Interrupted | Self::ColumnLength { .. } | Self::DuplicateColumn { .. } | Self::NotJson { .. } => None,
        }
    }
}

fn column_help(found: &str) -> String {
    let native = match found {
        "str" | "cat" | "enum" => "String",
        "date" => "i32",
        "time" => "i64",
        "decimal" => "i128",
        "bool" | "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "f32" | "f64" => found,
        other if other.starts_with("datetime") || other.starts_with("duration") => "i64",
        other if other.starts_with("decimal") => "i128",
        _ => return "read it with polars: %use polars, then frame(name)".to_owned(),
    };
    format!("ask for column::<{native}>")
}

impl miette::Diagnostic for CellError {
    fn code<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        Some(Box::new(self.stable_code()))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        self.advice().map(|help| Box::new(help) as Box<dyn Display>)
    }
}

/// Ends the cell with an error, which the notebook shows with its code, its help and the place of the call.
///
/// # Panics
/// Always. [`CellError::Interrupted`] becomes an interrupt.
#[track_caller]
pub fn fail<E: miette::Diagnostic>(error: &E) -> ! {
    let code = miette::Diagnostic::code(error).map(|code| code.to_string());
    if code.as_deref() == Some("cell::interrupted") {
        crate::interrupt::stop();
    }
    let help = miette::Diagnostic::help(error).map(|help| help.to_string());
    crate::attach::end_cell(code.unwrap_or_else(|| "error".to_owned()), error.to_string(), help)
}
