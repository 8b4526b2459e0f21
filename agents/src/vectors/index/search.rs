//! Searching an index.

use serde::Serialize;

use super::Index;
use crate::vectors::{Filter, Payload, Query, Search, VectorError};

/// How to look for documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// By meaning and by words, fused by rank.
    #[default]
    Hybrid,
    /// By meaning.
    Dense,
    /// By words (BM25).
    Sparse,
    /// By the meaning of each word, among those that are near by meaning; only where the index keeps what it needs.
    LateInteraction,
}

impl Mode {
    /// Every mode with its name.
    pub const ALL: [(&'static str, Self); 4] = [
        ("hybrid", Self::Hybrid),
        ("dense", Self::Dense),
        ("sparse", Self::Sparse),
        ("late-interaction", Self::LateInteraction),
    ];

    /// The mode of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, mode)| mode)
    }
}

/// A question to an index.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SearchRequest {
    /// What to look for.
    pub text: String,
    /// How.
    pub mode: Mode,
    /// Only documents of which this holds.
    pub filter: Option<Filter>,
    /// How many at most.
    pub limit: usize,
}

impl SearchRequest {
    /// The ten best for a text, by meaning and by words.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), limit: 10, ..Self::default() }
    }

    /// In this mode.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Only documents of which this holds.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = Some(filter);
        self
    }

    /// At most this many.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }
}

/// A document that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SearchHit {
    /// What it is known by.
    pub key: String,
    /// Its text.
    pub text: String,
    /// What is known of it.
    pub payload: Payload,
    /// Where it comes from.
    pub source: String,
    /// How good it is; more is better, and only to be compared within one search.
    pub score: f32,
}

impl Index {
    /// The best documents for a text, best first; equal ones in the order in which they were added.
    ///
    /// # Errors
    ///
    /// When there is nothing to look for, the index does not keep what the mode needs, or the model or store fails.
    pub fn search(&self, request: &SearchRequest) -> Result<Vec<SearchHit>, VectorError> {
        let text = request.text.trim();
        if text.is_empty() {
            return Err(VectorError::EmptyQuery);
        }
        let inner = &self.inner;
        let dense = || {
            let vector = inner.embedder.embed(&[text])?.pop();
            vector.ok_or_else(|| VectorError::Embed { reason: "it gave nothing".to_owned() })
        };
        let sparse = || self.query_words(text);
        let search = match request.mode {
            Mode::Dense => Search::Dense(dense()?),
            Mode::Sparse => Search::Sparse(sparse()?),
            Mode::Hybrid => Search::Hybrid { dense: dense()?, sparse: sparse()? },
            Mode::LateInteraction => {
                let missing = || VectorError::KindMissing { collection: inner.name.clone(), kind: "multi" };
                if !inner.late_interaction {
                    return Err(missing());
                }
                let tokens = inner.embedder.embed_tokens(&[text])?.and_then(|mut all| all.pop()).ok_or_else(missing)?;
                Search::LateInteraction { tokens, candidates: Some(dense()?) }
            }
        };
        let query = Query { search, filter: request.filter.clone(), limit: request.limit };
        let hits = inner.store.search(&inner.collection, &query)?;
        let ids: Vec<u64> = hits.iter().map(|hit| hit.id).collect();
        let mut rows = self.reader().find(&ids)?;
        let found = hits.into_iter().filter_map(|hit| {
            let row = rows.remove(&hit.id)?;
            Some(SearchHit { key: row.key, text: row.text, payload: row.payload, source: row.source, score: hit.score })
        });
        Ok(found.collect())
    }
}
