//! What is known of an index.

use std::collections::BTreeMap;

use serde::Serialize;

/// What is in an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IndexInfo {
    /// Its name.
    pub name: String,
    /// The model it was made with.
    pub embedder: String,
    /// How many numbers its vectors have.
    pub dimension: usize,
    /// Where its vectors are: `embedded` or `server`.
    pub store: String,
    /// Whether it keeps a vector a token.
    pub late_interaction: bool,
    /// How many documents.
    pub documents: u64,
    /// How many of them have no vector yet.
    pub pending: u64,
    /// How many come from where.
    pub sources: BTreeMap<String, u64>,
}
