//! A result as it is made: a schema, then batches of rows from the thread that runs the query.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;
use std::time::Instant;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use crate::AgentsError;
use crate::warehouse::{Cancel, Request, Statistics};

/// What a statement without rows did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The statement's first word, in upper case.
    pub statement: String,
    /// How many rows it inserted, updated, deleted or copied; none for statements that count none.
    pub rows: Option<u64>,
}

/// What is known when the first rows are about to come.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) schema: SchemaRef,
    pub(crate) change: Option<Change>,
    pub(crate) hugeints: Vec<usize>,
    pub(crate) notes: Vec<String>,
    /// What the warehouse calls the query.
    pub(crate) query_id: Option<String>,
}

/// What the thread that runs a query sends.
pub(crate) enum Message {
    Head(Head),
    Batch(RecordBatch),
}

/// The rows of a result, read as they are made. Dropping it stops the query and waits for that.
///
/// All batches have the schema of [`Batches::schema`], in types that polars reads.
#[derive(Debug)]
pub struct Batches {
    head: Head,
    cancel: Cancel,
    receiver: Option<Receiver<Result<Message, AgentsError>>>,
    thread: Option<JoinHandle<()>>,
    /// How many more rows may be given.
    remaining: Option<u64>,
    truncated: bool,
    started: Instant,
    statistics: Statistics,
    /// How many rows were read, for whoever asked to know.
    progress: Arc<AtomicU64>,
}

impl Batches {
    /// Waits for the head of a result from the thread that makes it; `cancel` must stop that thread. The row limit of
    /// `request` is kept here, for every warehouse alike.
    pub(crate) fn wait(
        receiver: Receiver<Result<Message, AgentsError>>,
        thread: JoinHandle<()>,
        cancel: Cancel,
        request: &Request,
    ) -> Result<Self, AgentsError> {
        let started = Instant::now();
        let first = receiver.recv();
        let empty = Head {
            schema: SchemaRef::new(arrow_schema::Schema::empty()),
            change: None,
            hugeints: Vec::new(),
            notes: Vec::new(),
            query_id: None,
        };
        // Built in every case, so that the thread has ended when an error is returned.
        let mut batches = Self {
            head: empty,
            cancel,
            receiver: Some(receiver),
            thread: Some(thread),
            remaining: request.rows,
            truncated: false,
            started,
            statistics: Statistics::default(),
            progress: Arc::clone(&request.progress),
        };
        match first {
            Ok(Ok(Message::Head(head))) => {
                batches.statistics.query_id.clone_from(&head.query_id);
                batches.head = head;
            }
            Ok(Err(error)) => return Err(error),
            Ok(Ok(Message::Batch(_))) | Err(_) => {
                return Err(AgentsError::Internal { what: "the query's thread ended without a result".to_owned() });
            }
        }
        batches.statistics.seconds = started.elapsed().as_secs_f64();
        Ok(batches)
    }

    /// Names and types of the columns; no columns for a statement without rows.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        SchemaRef::clone(&self.head.schema)
    }

    /// What the last statement did, when it is one without rows.
    #[must_use]
    pub fn change(&self) -> Option<&Change> {
        self.head.change.as_ref()
    }

    /// Positions of the columns that are 128-bit integers in the warehouse and come as `Decimal128(38, 0)`.
    #[must_use]
    pub fn hugeints(&self) -> &[usize] {
        &self.head.hugeints
    }

    /// What the reader should know: names that were hidden, values that were converted.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.head.notes
    }

    /// What the query gave and cost so far; final once the stream has ended.
    #[must_use]
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// Whether there were more rows than the request's limit let through; known once the stream has ended.
    #[must_use]
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    /// The rows of a batch that may be given; none when no more may.
    fn within_limit(&mut self, batch: RecordBatch) -> Option<RecordBatch> {
        let Some(remaining) = self.remaining else { return Some(batch) };
        let rows = batch.num_rows() as u64;
        let batch = if rows > remaining {
            self.truncated = true;
            self.stop();
            // At most `rows`, which came from a usize.
            batch.slice(0, remaining as usize)
        } else {
            batch
        };
        self.remaining = Some(remaining - batch.num_rows() as u64);
        (batch.num_rows() > 0 || rows == 0).then_some(batch)
    }

    /// Stops the query when it still runs.
    fn stop(&mut self) {
        // A sender that waits for room wakes up when the receiver goes.
        if self.receiver.take().is_some() {
            self.cancel.cancel();
        }
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, AgentsError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = match self.receiver.as_ref()?.recv() {
            Ok(Ok(Message::Batch(batch))) => self.within_limit(batch).map(Ok),
            Ok(Ok(Message::Head(_))) => Some(Err(AgentsError::Internal { what: "a second result".to_owned() })),
            Ok(Err(error)) => {
                self.receiver = None;
                Some(Err(error))
            }
            Err(_) => {
                self.receiver = None;
                None
            }
        };
        self.statistics.seconds = self.started.elapsed().as_secs_f64();
        if let Some(Ok(batch)) = &item {
            self.statistics.rows += batch.num_rows() as u64;
            self.statistics.bytes += batch.get_array_memory_size() as u64;
            self.progress.store(self.statistics.rows, Ordering::Relaxed);
        }
        item
    }
}

impl Drop for Batches {
    fn drop(&mut self) {
        self.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
