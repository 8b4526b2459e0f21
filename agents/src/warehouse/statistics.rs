//! What a query cost.

/// What a query gave and cost; final once its stream has ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Statistics {
    /// How many rows were given to the reader.
    pub rows: u64,
    /// How many bytes they took in memory.
    pub bytes: u64,
    /// The time since the query was asked, until its last row was read, in seconds.
    pub seconds: f64,
    /// What the warehouse calls the query, where it does.
    pub query_id: Option<String>,
}
