//! What was asked for: a chart as the few words that a person writes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{ChartError, Result};

/// A chart as asked for. What is `None` is chosen by [`crate::complete`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChartSpec {
    /// The chart kind's name, such as `histogram`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The column along the horizontal axis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// The column along the vertical axis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// The column that colours the marks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// The title; a plain one is made when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The other options by name, such as `bins` or `agg`: each chart kind says which it takes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

impl ChartSpec {
    /// Reads the words of a chart line after the frame's name, such as `["bar", "x=education", "agg=mean"]`.
    ///
    /// Quotes are taken off by whoever split the line; a value may hold any character, also `=`.
    ///
    /// # Errors
    /// [`ChartError::UnexpectedWord`] for a second bare word, [`ChartError::GivenTwice`] for a repeated key.
    pub fn from_words<W: AsRef<str>>(words: &[W]) -> Result<Self> {
        let mut spec = Self::default();
        for word in words.iter().map(AsRef::as_ref) {
            match word.split_once('=') {
                Some((key, value)) if is_key(key) => spec.set(key, value)?,
                None if spec.kind.is_none() && !word.is_empty() => spec.kind = Some(word.to_owned()),
                _ => {
                    return Err(ChartError::UnexpectedWord { word: word.to_owned() });
                }
            }
        }
        Ok(spec)
    }

    /// Sets one key of a chart line.
    ///
    /// # Errors
    /// [`ChartError::GivenTwice`] when the key has a value already.
    pub fn set(&mut self, key: &str, value: &str) -> Result<()> {
        let slot = match key {
            "kind" => &mut self.kind,
            "x" => &mut self.x,
            "y" => &mut self.y,
            "color" | "colour" => &mut self.color,
            "title" => &mut self.title,
            _ => {
                let before = self.options.insert(key.to_owned(), value.to_owned());
                return before.map_or(Ok(()), |_| Err(ChartError::GivenTwice { key: key.to_owned() }));
            }
        };
        if slot.is_some() {
            return Err(ChartError::GivenTwice { key: key.to_owned() });
        }
        *slot = Some(value.to_owned());
        Ok(())
    }
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}
