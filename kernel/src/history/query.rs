//! What may be asked of the history, as Jupyter's `history_request` asks it.

use serde_json::{Map, Value, json};

/// A question to the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryQuery {
    /// The last `n` cells of all sessions.
    Tail {
        /// How many.
        n: u32,
    },
    /// The cells `start..stop` of a session.
    Range {
        /// The session's number; 0 is this one, -1 the one before it.
        session: i64,
        /// The first line.
        start: i64,
        /// The line after the last; `None` for all.
        stop: Option<i64>,
    },
    /// The cells that match a glob (`*`, `?`, `[a-z]`).
    Search {
        /// The glob, which must match the whole cell.
        pattern: String,
        /// At most so many, the latest.
        n: Option<u32>,
        /// Whether a text is listed once only.
        unique: bool,
    },
}

/// One cell of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The session's number.
    pub session: i64,
    /// `In [n]`.
    pub line: i64,
    /// The cell's text.
    pub source: String,
    /// The text of its value.
    pub output: Option<String>,
}

impl HistoryQuery {
    /// Reads the content of a `history_request`; missing fields have the defaults of Jupyter's own client.
    #[must_use]
    pub fn from_content(content: &Map<String, Value>) -> Option<Self> {
        let number = |name: &str| content.get(name).and_then(Value::as_i64);
        let count = |name: &str| number(name).and_then(|n| u32::try_from(n).ok());
        match content.get("hist_access_type").and_then(Value::as_str)? {
            "tail" => Some(Self::Tail { n: count("n").unwrap_or(10) }),
            "range" => Some(Self::Range {
                session: number("session").unwrap_or(0),
                start: number("start").unwrap_or(0),
                stop: number("stop"),
            }),
            "search" => Some(Self::Search {
                pattern: content.get("pattern").and_then(Value::as_str).unwrap_or("*").to_owned(),
                n: count("n"),
                unique: content.get("unique").and_then(Value::as_bool).unwrap_or(false),
            }),
            _ => None,
        }
    }
}

impl Entry {
    /// The entry as it stands in a `history_reply`.
    #[must_use]
    pub fn to_json(&self, with_output: bool) -> Value {
        if with_output {
            json!([self.session, self.line, [self.source, self.output]])
        } else {
            json!([self.session, self.line, self.source])
        }
    }
}
