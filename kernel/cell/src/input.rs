//! Asking the person at the notebook.

use std::io::{BufRead as _, Write as _};

use serde_json::Value;

use crate::error::{CellError, Result, fail};
use crate::events;

/// Asks for a line of text and waits for it.
///
/// # Panics
/// When the front end can't ask (a notebook that is run without a person), or the cell is interrupted meanwhile.
#[must_use]
#[track_caller]
pub fn input(prompt: impl AsRef<str>) -> String {
    or_fail(try_input(prompt.as_ref(), false))
}

/// Asks for a line of text that is not shown while it is typed.
///
/// # Panics
/// As [`input`].
#[must_use]
#[track_caller]
pub fn password(prompt: impl AsRef<str>) -> String {
    or_fail(try_input(prompt.as_ref(), true))
}

/// Asks for a line of text; `password` hides it while it is typed.
///
/// # Errors
/// The front end can't ask, or the cell was interrupted.
pub fn try_input(prompt: &str, password: bool) -> Result<String> {
    if !events::has_kernel() {
        return from_terminal(prompt, password);
    }
    let question = events::question("input", [("prompt", prompt.into()), ("password", password.into())]);
    let answer = events::request(question)?;
    let text = answer.get("text").and_then(Value::as_str);
    text.map(str::to_owned).ok_or_else(|| CellError::Answer { reason: "no text".to_owned() })
}

/// Without a kernel: a line of standard input. A terminal would show a password, so it is not asked for.
fn from_terminal(prompt: &str, password: bool) -> Result<String> {
    if password {
        return Err(CellError::NoKernel);
    }
    let failed = |source| CellError::Connection { action: "reading standard input", source };
    print!("{prompt}");
    std::io::stdout().flush().map_err(failed)?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(failed)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

#[track_caller]
fn or_fail(answer: Result<String>) -> String {
    match answer {
        Ok(text) => text,
        Err(error) => fail(&error),
    }
}
