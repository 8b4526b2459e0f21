//! What the protocol layer drives: an engine that runs whole cells of magics and Rust.

use serde_json::{Map, Value};

use crate::display::Bundle;
use crate::output::Output;

/// The three parts of a Jupyter error, as they stand in `error` messages and error replies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellError {
    /// The error's name: a stable code such as `E0308`, `Panic` or `frames::unknown`.
    pub ename: String,
    /// The error's message, in plain text.
    pub evalue: String,
    /// What the notebook shows, with ANSI colours, one string a line.
    pub traceback: Vec<String>,
}

/// One cell to run.
#[derive(Debug, Clone)]
pub struct CellRequest {
    /// The cell's text.
    pub code: String,
    /// `In [n]`: shown in the places of errors.
    pub execution_count: u32,
    /// True when nothing may be shown as the cell's value and history is not touched.
    pub silent: bool,
}

/// Completions of a piece of code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completions {
    /// Byte offset where the text to be replaced begins.
    pub start: usize,
    /// Byte offset where it ends.
    pub end: usize,
    /// The candidates, best first.
    pub items: Vec<Completion>,
}

/// One completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The text to insert.
    pub text: String,
    /// The kind, in JupyterLab's words: `function`, `keyword`, `magic`, `instance`, `path` …
    pub kind: String,
    /// A signature or a type, shown beside it.
    pub signature: Option<String>,
}

/// Whether a console should run the code or ask for more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completeness {
    /// Ready to run.
    Complete,
    /// More text is needed; the string is the indent of the next line.
    Incomplete(String),
    /// It can't become right by adding text.
    Invalid,
    /// It can't be told.
    Unknown,
}

/// Runs cells. Every method may block and is called on a thread of its own; only one `execute` runs at a time per
/// queue, while the others may come at any moment, also while a cell runs.
pub trait CellEngine: Send + Sync {
    /// Runs a cell and returns when all its output has been sent.
    ///
    /// # Errors
    /// The error to be shown, when the cell failed or was interrupted.
    fn execute(&self, request: &CellRequest, out: &Output) -> Result<(), CellError>;

    /// Evaluates one of `user_expressions` and returns its value.
    ///
    /// # Errors
    /// The error of the expression.
    fn evaluate(&self, expression: &str) -> Result<Bundle, CellError>;

    /// Completes `code` at a byte offset.
    fn complete(&self, code: &str, cursor: usize) -> Completions;

    /// Documentation of what stands at a byte offset; `detail` is 0 or 1.
    fn inspect(&self, code: &str, cursor: usize, detail: u8) -> Option<Bundle>;

    /// Whether the code is complete.
    fn is_complete(&self, code: &str) -> Completeness;

    /// Stops the running cell, keeping the session's state. Returns at once.
    fn interrupt(&self);

    /// Called once before the process ends; `restart` tells whether a new kernel follows.
    fn shutdown(&self, restart: bool);

    /// Lines that the kernel has to say at the first cell, for example about recovered frames.
    fn notices(&self) -> Vec<String> {
        Vec::new()
    }

    /// Facts for `kernel_info_reply`'s `language_info`, merged over the defaults.
    fn language_info(&self) -> Map<String, Value> {
        Map::new()
    }
}
