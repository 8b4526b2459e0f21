//! What a subcommand prints: results on standard output, errors on standard error, each as text or as JSON.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use serde_json::Value;

use super::error::CliError;
use crate::error::{as_json, terminal};

/// Prints a text with a newline at its end.
///
/// # Errors
/// When it can't be written; a reader that has gone, such as `head`, is no error.
pub(super) fn text(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    let written =
        out.write_all(text.as_bytes()).and_then(|()| if text.ends_with('\n') { Ok(()) } else { out.write_all(b"\n") });
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(CliError::file("write to", "standard output")(error))
        }
        _ => Ok(()),
    }
}

/// Prints one JSON document.
///
/// # Errors
/// As [`text`].
pub(super) fn json(value: &Value) -> Result<(), CliError> {
    text(&format!("{value:#}"))
}

/// Tells an error and gives its exit status.
pub(super) fn fail(error: &CliError, as_document: bool) -> ExitCode {
    let shown = if as_document {
        format!("{}\n", as_json(error))
    } else {
        let plain = crate::config::variable("NO_COLOR").is_some() || !io::stderr().is_terminal();
        terminal(error, !plain)
    };
    // Nothing can be done when standard error is gone.
    let _ = io::stderr().write_all(shown.as_bytes());
    ExitCode::from(error.status())
}
