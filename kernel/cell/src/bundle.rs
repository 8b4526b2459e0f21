//! A MIME bundle: one thing to show, in every representation that a front end may want.

use serde_json::{Map, Value};

/// Representations of one output by MIME type, with their metadata.
///
/// ```
/// use synthbook::Bundle;
///
/// let bundle = Bundle::text("2 rows").with("text/html", "<b>2</b> rows");
/// assert_eq!(bundle.get("text/plain"), Some("2 rows"));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bundle {
    /// MIME type to content: text, base64 for binary types, a JSON value for JSON types.
    pub data: Map<String, Value>,
    /// MIME type to its metadata, for example the width and height of an image.
    pub metadata: Map<String, Value>,
}

impl Bundle {
    /// A bundle that shows nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A bundle with a `text/plain` representation.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::new().with("text/plain", text.into())
    }

    /// Adds a representation.
    #[must_use]
    pub fn with(mut self, mime: &str, content: impl Into<Value>) -> Self {
        self.data.insert(mime.to_owned(), content.into());
        self
    }

    /// Adds the metadata of a representation.
    #[must_use]
    pub fn with_metadata(mut self, mime: &str, metadata: impl Into<Value>) -> Self {
        self.metadata.insert(mime.to_owned(), metadata.into());
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
