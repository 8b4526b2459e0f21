//! A question, with what goes with it.

use std::time::Duration;

use jiff::civil::Date;

use crate::warehouse::Cancel;

/// A question in words.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// As it was written.
    pub text: String,
    /// The questions before it, the oldest first: "and in Ohio?" means something only after them.
    pub context: Vec<String>,
    /// The day that relative dates count from; none leaves it to the engine.
    pub today: Option<Date>,
    /// The most time for it; none leaves it to the engine.
    pub deadline: Option<Duration>,
    /// Stops it.
    pub cancel: Cancel,
}

impl Question {
    /// A question that stands alone.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// The same after other questions.
    #[must_use]
    pub fn after(mut self, context: &[String]) -> Self {
        self.context = context.to_vec();
        self
    }

    /// The same with relative dates counted from a day.
    #[must_use]
    pub fn as_of(mut self, today: Option<Date>) -> Self {
        self.today = today;
        self
    }

    /// The same, stopped by a switch.
    #[must_use]
    pub fn stopped_by(mut self, cancel: &Cancel) -> Self {
        self.cancel = cancel.clone();
        self
    }
}
