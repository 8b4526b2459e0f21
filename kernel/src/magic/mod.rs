//! Magics: lines that begin with `%`, cells that begin with `%%`, each one file and one line in the registry.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::engine::Completion;
use crate::error::KernelError;
use crate::output::Output;
use crate::session::Session;

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

/// What an argument's value is: decides its check and its completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A switch without a value.
    Switch,
    /// Any text.
    Text,
    /// A whole number.
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
    /// One of a fixed list.
    Choice(&'static [&'static str]),
}

/// One argument of a magic.
#[derive(Debug, Clone, Copy)]
pub struct Argument {
    /// The name: `NAME` for a positional one, `--flag` for a flag, `key=` for a setting.
    pub name: &'static str,
    /// What its value is.
    pub kind: ValueKind,
    /// True when the call is wrong without it.
    pub required: bool,
    /// One sentence of help.
    pub help: &'static str,
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
    /// Name without `%`.
    pub name: String,
    /// The rest of the line, verbatim.
    pub line: String,
    /// The body below `%%name`, if it is a cell magic.
    pub body: Option<String>,
    /// Byte range of the line (after the name) in the cell, for the places of errors.
    pub line_span: Range<usize>,
    /// Byte range of the body in the cell.
    pub body_span: Range<usize>,
    /// The whole cell.
    pub cell: Arc<str>,
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
