//! What a collection holds, what is put into it, and what is asked of it.

use serde_json::{Map, Value};

use super::{Filter, VectorError};

/// How near two dense vectors are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Distance {
    /// The cosine of the angle: for embeddings.
    #[default]
    Cosine,
    /// The inner product.
    Dot,
    /// The Euclidean distance; less is nearer.
    Euclid,
}

/// The dense vectors of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dense {
    /// How many numbers.
    pub dimension: usize,
    /// How near two are.
    pub distance: Distance,
}

/// What the points of a collection may hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schema {
    /// One dense vector.
    pub dense: Option<Dense>,
    /// One sparse vector of word weights, which the store weighs by how rare the words are (IDF).
    pub sparse: bool,
    /// Several dense vectors of this many numbers, one a token, compared by `MaxSim`: for late interaction.
    pub multi: Option<usize>,
}

impl Schema {
    /// Dense vectors of this many numbers, by cosine.
    #[must_use]
    pub fn dense(dimension: usize) -> Self {
        Self { dense: Some(Dense { dimension, distance: Distance::Cosine }), ..Self::default() }
    }

    /// The same with sparse vectors.
    #[must_use]
    pub fn and_sparse(mut self) -> Self {
        self.sparse = true;
        self
    }

    /// The same with several vectors of this many numbers.
    #[must_use]
    pub fn and_multi(mut self, dimension: usize) -> Self {
        self.multi = Some(dimension);
        self
    }

    /// Whether the vectors of a point fit.
    pub(crate) fn check(&self, collection: &str, point: &Point) -> Result<(), VectorError> {
        let missing = |kind| VectorError::KindMissing { collection: collection.to_owned(), kind };
        let id = || point.id.to_string();
        if let Some(dense) = &point.dense {
            check_dense(&id, dense, self.dense.ok_or_else(|| missing("dense"))?.dimension)?;
        }
        if let Some(sparse) = &point.sparse {
            if !self.sparse {
                return Err(missing("sparse"));
            }
            check_sparse(&id, sparse)?;
        }
        if let Some(multi) = &point.multi {
            let dimension = self.multi.ok_or_else(|| missing("multi"))?;
            check_multi(&id, multi, dimension)?;
        }
        Ok(())
    }

    /// Whether a query can be asked.
    pub(crate) fn check_query(&self, collection: &str, query: &Query) -> Result<(), VectorError> {
        let id = || "the query".to_owned();
        let missing = |kind| VectorError::KindMissing { collection: collection.to_owned(), kind };
        let dense = |vector: &[f32]| match self.dense {
            Some(dense) => check_dense(&id, vector, dense.dimension),
            None => Err(missing("dense")),
        };
        let sparse = |vector: &Sparse| if self.sparse { check_sparse(&id, vector) } else { Err(missing("sparse")) };
        match &query.search {
            Search::Dense(vector) => dense(vector),
            Search::Sparse(vector) => sparse(vector),
            Search::Hybrid { dense: near, sparse: words } => dense(near).and_then(|()| sparse(words)),
            Search::LateInteraction { tokens, candidates } => {
                check_multi(&id, tokens, self.multi.ok_or_else(|| missing("multi"))?)?;
                candidates.as_deref().map_or(Ok(()), dense)
            }
        }
    }
}

/// A sparse vector: weights of words. Sorted by index, each index once.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sparse {
    /// Which words.
    pub indices: Vec<u32>,
    /// Their weights.
    pub values: Vec<f32>,
}

impl Sparse {
    /// Sorts the pairs; of equal indices the weights are added.
    #[must_use]
    pub fn new(pairs: impl IntoIterator<Item = (u32, f32)>) -> Self {
        let mut sums = std::collections::BTreeMap::new();
        for (index, value) in pairs {
            *sums.entry(index).or_insert(0.0) += value;
        }
        let (indices, values) = sums.into_iter().unzip();
        Self { indices, values }
    }

    /// Whether no word is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.indices.is_empty()
    }
}

/// What is known of a point besides its vectors, for filters.
pub type Payload = Map<String, Value>;

/// A point of a collection.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Point {
    /// Its number.
    pub id: u64,
    /// Its dense vector.
    pub dense: Option<Vec<f32>>,
    /// Its sparse vector.
    pub sparse: Option<Sparse>,
    /// Its vectors for late interaction, one a token.
    pub multi: Option<Vec<Vec<f32>>>,
    /// What filters may ask.
    pub payload: Payload,
}

/// How to look for points.
#[derive(Debug, Clone, PartialEq)]
pub enum Search {
    /// Those whose dense vector is near.
    Dense(Vec<f32>),
    /// Those with the same words (BM25).
    Sparse(Sparse),
    /// Both, fused by rank. The score is that of reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009), the sum
    /// of 1 / (60 + rank) with ranks from 1.
    Hybrid {
        /// The dense vector.
        dense: Vec<f32>,
        /// The words.
        sparse: Sparse,
    },
    /// Those whose tokens are each near to one of the query's (`MaxSim`: Khattab and Zaharia, `ColBERT`, 2020).
    LateInteraction {
        /// The query's vectors, one a token.
        tokens: Vec<Vec<f32>>,
        /// Score only the hundred (or four times the limit) that are near to this dense vector; none scores all.
        candidates: Option<Vec<f32>>,
    },
}

/// A question to a collection.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// How to look.
    pub search: Search,
    /// Only points of which this holds.
    pub filter: Option<Filter>,
    /// How many at most.
    pub limit: usize,
}

impl Query {
    /// The ten best of a search.
    #[must_use]
    pub fn new(search: Search) -> Self {
        Self { search, filter: None, limit: 10 }
    }

    /// At most this many.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// Only points of which this holds.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = Some(filter);
        self
    }
}

/// A point that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its number.
    pub id: u64,
    /// How good it is: more is better, but for [`Distance::Euclid`].
    pub score: f32,
    /// What is known of it.
    pub payload: Payload,
}

fn check_dense(id: &dyn Fn() -> String, vector: &[f32], dimension: usize) -> Result<(), VectorError> {
    if vector.len() != dimension {
        return Err(VectorError::Dimension { expected: dimension, found: vector.len() });
    }
    check_finite(id, vector)
}

fn check_finite(id: &dyn Fn() -> String, vector: &[f32]) -> Result<(), VectorError> {
    if vector.iter().all(|value| value.is_finite()) {
        return Ok(());
    }
    Err(VectorError::Vector { id: id(), what: "a number in it is not finite" })
}

fn check_sparse(id: &dyn Fn() -> String, vector: &Sparse) -> Result<(), VectorError> {
    if vector.indices.len() != vector.values.len() {
        return Err(VectorError::Vector { id: id(), what: "it has not as many weights as words" });
    }
    if !vector.indices.is_sorted_by(|left, right| left < right) {
        return Err(VectorError::Vector { id: id(), what: "its words are not sorted, or one is twice in it" });
    }
    check_finite(id, &vector.values)
}

fn check_multi(id: &dyn Fn() -> String, vectors: &[Vec<f32>], dimension: usize) -> Result<(), VectorError> {
    if vectors.is_empty() {
        return Err(VectorError::Vector { id: id(), what: "it has no tokens" });
    }
    vectors.iter().try_for_each(|vector| check_dense(id, vector, dimension))
}
