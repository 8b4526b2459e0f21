//! Word weights for BM25: Robertson and Zaragoza, The Probabilistic Relevance Framework (2009).
//!
//! A document's weight of a word is f·(k + 1) / (f + k·(1 − b + b·length / average)), k = 1.2, b = 0.75; the store
//! multiplies by how rare the word is. English: stop words out, stems by Snowball.

use std::fmt;

use qdrant_edge::bm25_embed::{EdgeBm25, EdgeBm25Config};
use qdrant_edge::external::ordered_float::NotNan;

use super::{Sparse, VectorError};

/// Makes sparse vectors of texts.
///
/// ```
/// let bm25 = synthbook_agents::vectors::Bm25::new(12.0)?;
/// assert_eq!(bm25.document("the running dogs").indices, bm25.query("dog runs").indices);
/// # Ok::<(), synthbook_agents::vectors::VectorError>(())
/// ```
pub struct Bm25(EdgeBm25);

impl Bm25 {
    /// For documents of about this many words.
    ///
    /// # Errors
    ///
    /// When that is not a positive number.
    pub fn new(average_length: f64) -> Result<Self, VectorError> {
        let avg_len = NotNan::new(average_length).unwrap_or_default();
        EdgeBm25::new(EdgeBm25Config { avg_len, ..EdgeBm25Config::default() })
            .map(Self)
            .map_err(|error| VectorError::Store { message: error.to_string() })
    }

    /// The words of a document, each with its weight.
    #[must_use]
    pub fn document(&self, text: &str) -> Sparse {
        let vector = self.0.embed_document(text);
        Sparse::new(vector.indices.into_iter().zip(vector.values))
    }

    /// The words of a query.
    #[must_use]
    pub fn query(&self, text: &str) -> Sparse {
        let vector = self.0.embed_query(text);
        Sparse::new(vector.indices.into_iter().zip(vector.values))
    }
}

impl fmt::Debug for Bm25 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Bm25")
    }
}
