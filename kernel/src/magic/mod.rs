//! Magics: lines that begin with `%`, cells that begin with `%%`, each one file and one line in the registry.

mod arguments;
mod commands;
mod complete;
mod docs;
mod help;
mod lexer;
mod parse;
mod registry;
mod run;
pub(crate) mod suggest;
mod words;

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use polars::prelude::DataFrame;

use crate::display::NotebookProgress;
use crate::engine::Completion;
use crate::error::KernelError;
use crate::output::Output;
use crate::session::Session;

pub use arguments::Arguments;
pub(crate) use commands::sql::literal;
pub use complete::complete;
pub use docs::docs;
pub use help::{help_bundle, inspect};
pub use parse::{Part, parse};
pub use registry::{all, find};
pub use run::{is_complete, run_cell};
pub use words::Word;

/// Whether a magic is written on a line, over a cell, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MagicKind {
    /// `%name arguments`.
    Line,
    /// `%%name arguments` above a body.
    Cell,
    /// Either.
    Both,
}

impl MagicKind {
    /// True when the magic may stand on a line.
    #[must_use]
    pub fn on_line(self) -> bool {
        self != Self::Cell
    }

    /// True when the magic may stand over a cell.
    #[must_use]
    pub fn on_cell(self) -> bool {
        self != Self::Line
    }
}

/// What an argument's value is: decides its check and its completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A switch without a value.
    Switch,
    /// Any text.
    Text,
    /// Any text, which may be left out after its flag.
    OptionalText,
    /// All that is left of the line, verbatim.
    Rest,
    /// Words of a text, between which flags may stand; an apostrophe in a word is a letter.
    Words,
    /// A whole number, not negative.
    Integer,
    /// A name of a frame that exists.
    Frame,
    /// A name for a frame to be made.
    NewFrame,
    /// A column of the frame named earlier in the call.
    Column,
    /// A file path.
    Path,
    /// A fitted model of the session.
    Model,
    /// A connection that can be named.
    Connection,
    /// A table of the current connection, or a frame.
    Table,
    /// A search index.
    Index,
    /// The name of a magic.
    Magic,
    /// One of a fixed list.
    Choice(&'static [&'static str]),
}

/// One argument of a magic.
#[derive(Debug, Clone, Copy)]
pub struct Argument {
    /// The name: `NAME` for a positional one (`NAME…` takes several), `--flag` for a flag (`--flag|-f` with a short
    /// form), `key=` for a setting, `KEY=` for settings of any key.
    pub name: &'static str,
    /// What its value is.
    pub kind: ValueKind,
    /// True when the call is wrong without it.
    pub required: bool,
    /// One sentence of help.
    pub help: &'static str,
}

impl Argument {
    /// An argument that must be given.
    #[must_use]
    pub const fn required(name: &'static str, kind: ValueKind, help: &'static str) -> Self {
        Self { name, kind, required: true, help }
    }

    /// An argument that may be left out.
    #[must_use]
    pub const fn optional(name: &'static str, kind: ValueKind, help: &'static str) -> Self {
        Self { name, kind, required: false, help }
    }
}

/// What a magic says of itself: the source of parsing, help, completion, docs and tests.
#[derive(Debug, Clone, Copy)]
pub struct MagicSpec {
    /// The name without `%`.
    pub name: &'static str,
    /// Line, cell or both.
    pub kind: MagicKind,
    /// One sentence.
    pub summary: &'static str,
    /// The arguments in the order of the help page.
    pub arguments: &'static [Argument],
    /// Cells that run as written, against the frames of the examples' session.
    pub examples: &'static [&'static str],
}

/// One call of a magic, as it stands in the cell.
#[derive(Debug, Clone)]
pub struct Call {
    /// Name without `%`; `!` for a shell command.
    pub name: String,
    /// The rest of the line, verbatim: the cell's text at `line_span`.
    pub line: String,
    /// The body below `%%name`, if it is a cell magic.
    pub body: Option<String>,
    /// Byte range of `%name` in the cell.
    pub name_span: Range<usize>,
    /// Byte range of the line (after the name) in the cell, for the places of errors.
    pub line_span: Range<usize>,
    /// Byte range of the body in the cell.
    pub body_span: Range<usize>,
    /// The whole cell.
    pub cell: Arc<str>,
}

impl Call {
    /// The call as one line of text, for `created_by` and logs.
    #[must_use]
    pub fn title(&self) -> String {
        let mark = if self.name == "!" { "" } else { "%" };
        let text = format!("{mark}{}{}", self.name, self.line);
        let cut: String = text.trim_end().chars().take(80).collect();
        if cut.len() < text.trim_end().len() { cut + "…" } else { cut }
    }
}

/// What a magic works with while it runs.
pub struct Context<'a> {
    /// The kernel's session: frames, databases, models, settings.
    pub session: &'a Session,
    /// Where output goes.
    pub out: Output,
    /// Up when the user interrupts.
    pub cancel: Arc<AtomicBool>,
    /// `In [n]`.
    pub execution_count: u32,
}

impl Context<'_> {
    /// True once the user has interrupted.
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Stops the magic when the user has interrupted.
    ///
    /// # Errors
    /// `kernel::interrupted`.
    pub fn check(&self) -> Result<(), KernelError> {
        if self.cancelled() { Err(KernelError::Interrupted) } else { Ok(()) }
    }

    /// Reads the frame that a word of the call names.
    ///
    /// # Errors
    /// `frames::unknown` or `frames::damaged`, at the word.
    pub fn frame(&self, word: &Word) -> Result<DataFrame, KernelError> {
        self.session.frames.get(&word.text).map_err(|error| error.at(word.span.clone()))
    }

    /// Checks that a word names a column of a frame.
    ///
    /// # Errors
    /// `frames::unknown_column` with near names, at the word.
    pub fn column(&self, frame: &str, word: &Word) -> Result<(), KernelError> {
        let info = self.session.frames.info(frame)?;
        let names = info.column_names();
        if names.contains(&word.text.as_str()) {
            return Ok(());
        }
        let help = suggest::did_you_mean(&word.text, &names, "columns");
        Err(KernelError::UnknownColumn { frame: frame.to_owned(), column: word.text.clone(), help }
            .at(word.span.clone()))
    }

    /// Resolves a path of the call against the session's folder; `~` is the home folder.
    #[must_use]
    pub fn path(&self, text: &str) -> PathBuf {
        self.session.resolve(text)
    }

    /// A progress bar in the cell's output, stopped by the user's interrupt. Call [`NotebookProgress::finish`] on it.
    #[must_use]
    pub fn progress(&self, title: &str) -> Arc<NotebookProgress> {
        NotebookProgress::new(self.out.clone(), title, Arc::clone(&self.cancel))
    }

    /// Prints a line to the cell's standard output.
    pub fn say(&self, text: &str) {
        self.out.print(format!("{text}\n"));
    }
}

/// A magic.
pub trait Magic: Send + Sync {
    /// What it is called and takes.
    fn spec(&self) -> MagicSpec;

    /// Runs it.
    ///
    /// # Errors
    /// A coded error whose span, if any, lies in the cell.
    fn run(&self, call: &Call, context: &mut Context<'_>) -> Result<(), KernelError>;

    /// Completions beyond those that the spec gives, at a byte offset in the cell.
    fn complete(&self, _call: &Call, _cursor: usize, _session: &Session) -> Vec<Completion> {
        Vec::new()
    }
}
