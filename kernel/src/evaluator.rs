//! The language behind the kernel: runs code, completes it, explains it.

use crate::display::Bundle;
use crate::engine::{CellError, Completeness, Completions};
use crate::output::Output;

/// A piece of a cell in the evaluator's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The code.
    pub code: String,
    /// How many lines of the cell stand above it.
    pub first_line: usize,
    /// `In [n]` of the cell.
    pub execution_count: u32,
    /// False when a trailing expression must not be shown.
    pub show_value: bool,
}

/// A language. Methods may block; all but `execute` are also called while `execute` runs.
pub trait Evaluator: Send + Sync {
    /// Runs a snippet and returns when all its output has been sent.
    ///
    /// # Errors
    /// The error to be shown; earlier state is kept.
    fn execute(&self, snippet: &Snippet, out: &Output) -> Result<(), CellError>;

    /// Completes code at a byte offset.
    fn complete(&self, code: &str, cursor: usize) -> Completions;

    /// Documentation of what stands at a byte offset.
    fn inspect(&self, code: &str, cursor: usize, detail: u8) -> Option<Bundle>;

    /// Whether the code is complete.
    fn is_complete(&self, code: &str) -> Completeness;

    /// Names and types of the variables that persist between cells, in order of name.
    fn variables(&self) -> Vec<(String, String)>;

    /// Adds a prelude (`polars`, `charts`, `synth`) to every later snippet.
    ///
    /// # Errors
    /// An unknown name, or libraries that are missing.
    fn use_prelude(&self, name: &str, out: &Output) -> Result<(), CellError>;

    /// Stops what runs. Returns at once.
    fn interrupt(&self);

    /// Forgets all variables and items.
    ///
    /// # Errors
    /// The language could not be started again.
    fn reset(&self) -> Result<(), CellError>;

    /// Starts in the background what the first snippet will need.
    fn warm(&self);

    /// Ends the language's processes.
    fn shutdown(&self);
}
