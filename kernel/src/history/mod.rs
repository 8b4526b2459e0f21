//! What was run, in this session and in earlier ones: one `SQLite` file that several kernels share.
//!
//! All access goes through one thread, so that a slow or locked file never holds up a cell.

mod query;
mod store;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

pub use query::{Entry, HistoryQuery};
use store::Store;

/// A handle to the history; cheap to clone. Recording never waits and never fails: trouble is logged once, and what
/// can't be written to the file is kept in memory.
#[derive(Clone)]
pub struct History {
    thread: Sender<Command>,
}

enum Command {
    Record { line: u32, source: String, output: Option<String> },
    Query { query: HistoryQuery, answer: tokio::sync::oneshot::Sender<Vec<Entry>> },
    Close { done: Sender<()> },
}

impl History {
    /// Opens the history at `path`, or one in memory. Returns at once; the file is opened when first needed.
    ///
    /// # Errors
    /// The thread could not be started.
    pub fn open(path: Option<PathBuf>) -> std::io::Result<Self> {
        let (thread, commands) = channel();
        std::thread::Builder::new().name("history".to_owned()).spawn(move || work(&commands, path))?;
        Ok(Self { thread })
    }

    /// Keeps a cell that ran as `In [line]`, with the text of its value.
    pub fn record(&self, line: u32, source: &str, output: Option<String>) {
        self.send(Command::Record { line, source: source.to_owned(), output });
    }

    /// The entries that a query asks for, oldest first.
    pub async fn query(&self, query: HistoryQuery) -> Vec<Entry> {
        let (answer, answered) = tokio::sync::oneshot::channel();
        self.send(Command::Query { query, answer });
        answered.await.unwrap_or_default()
    }

    /// As [`History::query`], for threads that may block, such as those of magics.
    #[must_use]
    pub fn query_blocking(&self, query: HistoryQuery) -> Vec<Entry> {
        let (answer, answered) = tokio::sync::oneshot::channel();
        self.send(Command::Query { query, answer });
        answered.blocking_recv().unwrap_or_default()
    }

    /// Marks the session as ended and waits, at most for `limit`, until all is written.
    pub fn close(&self, limit: Duration) {
        let (done, closed) = channel();
        self.send(Command::Close { done });
        if closed.recv_timeout(limit).is_err() {
            tracing::warn!("the history was not closed in time");
        }
    }

    fn send(&self, command: Command) {
        if self.thread.send(command).is_err() {
            tracing::warn!("the history's thread has ended");
        }
    }
}

fn work(commands: &Receiver<Command>, mut path: Option<PathBuf>) {
    let mut store = None;
    while let Ok(command) = commands.recv() {
        match command {
            Command::Close { done } => {
                if let Some(store) = store.as_mut() {
                    Store::end(store);
                }
                // Nobody waits any more when closing took too long.
                let _ = done.send(());
            }
            Command::Record { line, source, output } => {
                store.get_or_insert_with(|| Store::open(path.take())).record(line, source, output);
            }
            Command::Query { query, answer } => {
                let entries = store.get_or_insert_with(|| Store::open(path.take())).query(&query);
                let _ = answer.send(entries);
            }
        }
    }
}

#[cfg(test)]
mod tests;
