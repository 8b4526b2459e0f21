//! A check of one thing that the kernel needs, and what it found.

use std::process::{Command, Stdio};

/// One thing to look at.
pub(super) trait Check: Sync {
    /// What it is, in a word or two.
    fn name(&self) -> &'static str;

    /// Whether nothing works without it.
    fn is_essential(&self) -> bool;

    /// Looks.
    fn look(&self) -> Finding;
}

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It works.
    Ok,
    /// It works, but not well.
    Warning,
    /// It is not there or does not work.
    Missing,
}

impl State {
    /// The state in a word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Missing => "missing",
        }
    }
}

/// What a check found.
#[derive(Debug)]
pub(super) struct Finding {
    /// How it is.
    pub(super) state: State,
    /// What is there: a version, a path, a reason.
    pub(super) found: String,
    /// How to mend it.
    pub(super) help: Option<String>,
}

impl Finding {
    /// It works.
    pub(super) fn ok(found: impl Into<String>) -> Self {
        Self { state: State::Ok, found: found.into(), help: None }
    }

    /// It works, but not well.
    pub(super) fn warning(found: impl Into<String>, help: impl Into<String>) -> Self {
        Self { state: State::Warning, found: found.into(), help: Some(help.into()) }
    }

    /// It is not there or does not work.
    pub(super) fn missing(found: impl Into<String>, help: impl Into<String>) -> Self {
        Self { state: State::Missing, found: found.into(), help: Some(help.into()) }
    }
}

/// The first line that a program prints when asked, or none when it is not there or fails.
#[expect(clippy::disallowed_methods, reason = "the doctor asks the programs that the kernel will start")]
pub(super) fn ask(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    output.status.success().then(|| text.lines().next().unwrap_or_default().trim().to_owned())
}

/// Runs a program; an error holds the end of what it complained about.
#[expect(clippy::disallowed_methods, reason = "the doctor asks the programs that the kernel will start")]
pub(super) fn attempt(program: impl AsRef<std::ffi::OsStr>, arguments: &[String]) -> Result<(), String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let output = output.map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(text.lines().find(|line| line.starts_with("error")).unwrap_or("it failed").to_owned())
}
