//! An error that crosses a bus: its code, its message and its help, whoever raised it.

use std::fmt;

use miette::Diagnostic;
use serde::{Deserialize, Serialize};

/// What went wrong in an agent. It keeps the code and the help of the error it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The code, such as `agents::deadline`.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// What may mend it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Failure {
    /// A failure of an agent's own.
    pub fn new(code: &str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), help: Some(help.into()) }
    }

    /// What an error says.
    #[must_use]
    pub fn of(error: &dyn Diagnostic) -> Self {
        Self {
            code: error.code().map_or_else(|| "agents::failed".to_owned(), |code| code.to_string()),
            message: error.to_string(),
            help: error.help().map(|help| help.to_string()),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl Diagnostic for Failure {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display + 'a>)
    }
}
