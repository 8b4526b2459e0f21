//! Where a running cell sends what it prints, shows and asks.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use crate::display::Bundle;

/// The two text streams of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamName {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// One thing that a cell sends to the front end.
#[derive(Debug, Clone, PartialEq)]
pub enum OutputEvent {
    /// Bytes printed; need not end at a line or a character.
    Stream {
        /// Which stream.
        name: StreamName,
        /// The bytes.
        bytes: Bytes,
    },
    /// A `display_data` message.
    Display {
        /// What to show.
        bundle: Bundle,
        /// The name by which a later update finds it.
        display_id: Option<String>,
    },
    /// An `update_display_data` message.
    Update {
        /// What to show instead.
        bundle: Bundle,
        /// The display to change.
        display_id: String,
    },
    /// The value of the cell: an `execute_result` message.
    Result {
        /// What to show.
        bundle: Bundle,
    },
    /// A `clear_output` message.
    Clear {
        /// Clear only when the next output arrives.
        wait: bool,
    },
    /// An entry of the reply's payload, such as `set_next_input` or `page`.
    Payload(Value),
}

/// Why a cell got no answer to its question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum InputError {
    /// The front end can't ask.
    #[error("This front end does not take input while a cell runs")]
    #[diagnostic(
        code(kernel::no_stdin),
        help("run the cell in a notebook or console that can ask, or set the value in the code")
    )]
    NotAllowed,
    /// The cell was interrupted while it waited.
    #[error("Interrupted while waiting for input")]
    #[diagnostic(code(kernel::interrupted))]
    Interrupted,
}

/// The receiver of a cell's output, implemented by the protocol layer and by tests.
pub trait OutputSink: Send + Sync {
    /// Sends one event, in the order of the calls. Never blocks on a slow front end.
    fn emit(&self, event: OutputEvent);

    /// Asks the user for a line of text and waits for it.
    ///
    /// # Errors
    /// [`InputError`] where the front end takes no input, or on an interrupt.
    fn input(&self, prompt: &str, password: bool) -> Result<String, InputError>;
}

/// A handle to a cell's output: cheap to clone, usable from any thread.
#[derive(Clone)]
pub struct Output(Arc<dyn OutputSink>);

impl Output {
    /// Wraps a sink.
    #[must_use]
    pub fn new(sink: Arc<dyn OutputSink>) -> Self {
        Self(sink)
    }

    /// Sends any event.
    pub fn emit(&self, event: OutputEvent) {
        self.0.emit(event);
    }

    /// Prints to standard output.
    pub fn print(&self, text: impl Into<Bytes>) {
        self.emit(OutputEvent::Stream { name: StreamName::Stdout, bytes: text.into() });
    }

    /// Prints to standard error.
    pub fn eprint(&self, text: impl Into<Bytes>) {
        self.emit(OutputEvent::Stream { name: StreamName::Stderr, bytes: text.into() });
    }

    /// Shows a bundle.
    pub fn display(&self, bundle: Bundle) {
        self.emit(OutputEvent::Display { bundle, display_id: None });
    }

    /// Shows a bundle that can be updated later by its id.
    pub fn display_as(&self, bundle: Bundle, display_id: impl Into<String>) {
        self.emit(OutputEvent::Display { bundle, display_id: Some(display_id.into()) });
    }

    /// Replaces a display.
    pub fn update(&self, bundle: Bundle, display_id: impl Into<String>) {
        self.emit(OutputEvent::Update { bundle, display_id: display_id.into() });
    }

    /// Shows the value of the cell.
    pub fn result(&self, bundle: Bundle) {
        self.emit(OutputEvent::Result { bundle });
    }

    /// The same output, but values of expressions are not shown.
    #[must_use]
    pub fn without_values(&self) -> Self {
        Self::new(Arc::new(WithoutValues(self.clone())))
    }

    /// Asks the user for a line of text.
    ///
    /// # Errors
    /// [`InputError`] where the front end takes no input, or on an interrupt.
    pub fn input(&self, prompt: &str, password: bool) -> Result<String, InputError> {
        self.0.input(prompt, password)
    }
}

/// An output that leaves out the values of expressions.
struct WithoutValues(Output);

impl OutputSink for WithoutValues {
    fn emit(&self, event: OutputEvent) {
        if !matches!(event, OutputEvent::Result { .. }) {
            self.0.emit(event);
        }
    }

    fn input(&self, prompt: &str, password: bool) -> Result<String, InputError> {
        self.0.input(prompt, password)
    }
}
