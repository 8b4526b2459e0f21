//! What the kernel asks a host process, and what it answers.

use serde::{Deserialize, Serialize};

/// A request to a host.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(crate) enum Request {
    /// Compile and run code.
    Execute {
        /// The cell's Rust code.
        code: String,
        /// Imports that must be in scope from now on, such as the polars prelude.
        imports: Vec<String>,
    },
    /// Complete code at a byte offset.
    Complete {
        /// The code with all that it needs before it.
        code: String,
        /// Byte offset.
        offset: usize,
    },
    /// Explain what stands at a byte offset.
    Hover {
        /// The code with all that it needs before it.
        code: String,
        /// Byte offset.
        offset: usize,
    },
    /// Forget variables and items.
    Clear,
}

/// A host's answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub(crate) enum Reply {
    /// The host is ready to be asked.
    Ready,
    /// The host can't work.
    Failed {
        /// Why.
        message: String,
    },
    /// What became of an execution.
    Executed(Executed),
    /// Completions.
    Completed {
        /// Byte offset where replacement begins.
        start: usize,
        /// Byte offset where it ends.
        end: usize,
        /// Text to insert, kind, and label.
        items: Vec<(String, String, String)>,
    },
    /// Plain text and HTML, or nothing known.
    Hovered {
        /// Text, HTML.
        found: Option<(String, String)>,
    },
    /// Done.
    Cleared,
}

/// The result of an execution.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Executed {
    /// How it ended, as far as evcxr knows.
    pub(crate) outcome: Outcome,
    /// All variables that persist, with their types, in order of name.
    pub(crate) variables: Vec<(String, String)>,
    /// The source of all items (functions, types, imports) defined so far.
    pub(crate) items: String,
    /// What evcxr's own commands have to show, by MIME type.
    pub(crate) contents: Vec<(String, String)>,
}

/// How an execution ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// The code was run (it may have panicked: its output tells).
    Ran,
    /// It does not compile.
    Compile(Vec<Diagnostic>),
    /// The cells' process ended and was started again, without variables.
    Terminated,
    /// Anything else that evcxr complains of.
    Message(String),
}

/// One message of the compiler.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    /// `error` or `warning`.
    pub(crate) level: String,
    /// The compiler's code, such as `E0308`.
    pub(crate) code: Option<String>,
    /// The message.
    pub(crate) message: String,
    /// Places in the cell.
    pub(crate) labels: Vec<Label>,
    /// Help and notes without a place.
    pub(crate) help: Vec<String>,
    /// The compiler's own rendering, for messages that have no place in the cell.
    pub(crate) rendered: String,
}

/// A place in a cell and what is said of it. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub(crate) struct Label {
    /// First line.
    pub(crate) start_line: usize,
    /// First column.
    pub(crate) start_column: usize,
    /// Last line.
    pub(crate) end_line: usize,
    /// The column after the last one.
    pub(crate) end_column: usize,
    /// What is said.
    pub(crate) text: String,
    /// The place of the error itself.
    pub(crate) primary: bool,
}
