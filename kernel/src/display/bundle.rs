//! A MIME bundle: one thing to show, in every representation a front end may want.

use serde_json::{Map, Value};

/// Representations of one output by MIME type, with their metadata.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bundle {
    /// MIME type to content: a JSON string for text and base64 for binary types, a JSON value for `+json` types.
    pub data: Map<String, Value>,
    /// MIME type to its metadata, for example the width and height of an image.
    pub metadata: Map<String, Value>,
}

impl Bundle {
    /// A bundle with a `text/plain` representation.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::default().with("text/plain", text.into())
    }

    /// A bundle with HTML and the text shown where HTML is not.
    #[must_use]
    pub fn html(html: impl Into<String>, text: impl Into<String>) -> Self {
        Self::text(text).with("text/html", html.into())
    }

    /// Adds a representation.
    #[must_use]
    pub fn with(mut self, mime: &str, content: impl Into<Value>) -> Self {
        self.data.insert(mime.to_owned(), content.into());
        self
    }

    /// The text of a representation, if there is one and it is text.
    #[must_use]
    pub fn get(&self, mime: &str) -> Option<&str> {
        self.data.get(mime).and_then(Value::as_str)
    }

    /// True when there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }
}
