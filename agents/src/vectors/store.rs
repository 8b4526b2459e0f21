//! One trait for every place that keeps vectors.

use super::{Filter, Hit, Payload, Point, Query, Schema, VectorError};

/// A place that keeps vectors in named collections and finds the nearest.
///
/// Blocking. What a call acknowledged outlives the process, be it killed. Equal scores come in the order of the
/// points' numbers.
///
/// ```
/// use synthbook_agents::vectors::{EdgeStore, Point, Query, Schema, Search, VectorStore};
///
/// let folder = tempfile::tempdir()?;
/// let store = EdgeStore::open(folder.path())?;
/// store.create("colours", &Schema::dense(3))?;
/// let red = Point { id: 1, dense: Some(vec![1.0, 0.0, 0.0]), ..Point::default() };
/// let blue = Point { id: 2, dense: Some(vec![0.0, 0.0, 1.0]), ..Point::default() };
/// store.upsert("colours", &[red, blue])?;
/// let hits = store.search("colours", &Query::new(Search::Dense(vec![0.9, 0.1, 0.0])).limit(1))?;
/// assert_eq!(hits[0].id, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait VectorStore: Send + Sync {
    /// What it is, in a word.
    fn name(&self) -> &'static str;

    /// The collections' names, sorted.
    ///
    /// # Errors
    ///
    /// When the store can't be reached or read.
    fn collections(&self) -> Result<Vec<String>, VectorError>;

    /// Makes a collection; one of the same layout may be there already.
    ///
    /// # Errors
    ///
    /// When the name can't be one, one of another layout is there, or it can't be written.
    fn create(&self, collection: &str, schema: &Schema) -> Result<(), VectorError>;

    /// Drops a collection; no error when there is none.
    ///
    /// # Errors
    ///
    /// When it can't be removed.
    fn drop_collection(&self, collection: &str) -> Result<(), VectorError>;

    /// Puts points in, in place of those with the same numbers, and returns when they are safe.
    ///
    /// # Errors
    ///
    /// When a vector does not fit the collection, or it can't be written; then none or some of the points are in.
    fn upsert(&self, collection: &str, points: &[Point]) -> Result<(), VectorError>;

    /// Gives a point another payload and keeps its vectors; no error when there is no such point.
    ///
    /// # Errors
    ///
    /// When it can't be written.
    fn set_payload(&self, collection: &str, id: u64, payload: &Payload) -> Result<(), VectorError>;

    /// Removes points; numbers that are not there are no error.
    ///
    /// # Errors
    ///
    /// When it can't be written.
    fn delete(&self, collection: &str, ids: &[u64]) -> Result<(), VectorError>;

    /// The best points for a query, best first.
    ///
    /// # Errors
    ///
    /// When the query does not fit the collection, or the store can't be read.
    fn search(&self, collection: &str, query: &Query) -> Result<Vec<Hit>, VectorError>;

    /// How many points there are, exactly.
    ///
    /// # Errors
    ///
    /// When the store can't be read.
    fn count(&self, collection: &str, filter: Option<&Filter>) -> Result<u64, VectorError>;

    /// The numbers of at most `limit` points from `from` on, ascending.
    ///
    /// # Errors
    ///
    /// When the store can't be read.
    fn ids(&self, collection: &str, from: u64, limit: usize) -> Result<Vec<u64>, VectorError>;

    /// Makes sure that everything is on disk. Each change does it already.
    ///
    /// # Errors
    ///
    /// When it can't be written.
    fn flush(&self, collection: &str) -> Result<(), VectorError>;

    /// Builds the graph (HNSW) that makes searching many points quick, where the store does not do so by itself.
    ///
    /// # Errors
    ///
    /// When it can't be built or written.
    fn optimize(&self, collection: &str) -> Result<(), VectorError>;
}
