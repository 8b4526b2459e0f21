//! What goes with a query: parameters, a time limit, and the means to stop it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// A value bound to a parameter (`:name` or `$name`); it is never pasted into the text.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Scalar {
    /// No value.
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A day, in days since 1970-01-01.
    Date(i32),
    /// A moment without zone, in microseconds since 1970-01-01.
    Timestamp(i64),
}

/// A switch that stops the queries it was given to. Cloning shares the switch.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// A switch that is not thrown.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the queries; from any thread, before or while they run.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it was thrown.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// What goes with a query. The default has no parameters, no time limit and no row limit.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Values by parameter name, without colon. One that the query does not use is ignored.
    pub parameters: BTreeMap<String, Scalar>,
    /// The most time the query may take, its rows read included.
    pub deadline: Option<Duration>,
    /// The most rows that are given; the rest is not made. See [`Batches::truncated`](super::Batches::truncated).
    pub rows: Option<u64>,
    /// What the warehouse's own log of queries should call it, where it keeps one.
    pub tag: Option<String>,
    /// How many rows have been read so far, for whoever waits.
    pub progress: Arc<AtomicU64>,
    /// Stops it.
    pub cancel: Cancel,
}
