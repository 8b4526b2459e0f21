//! Stops a query from another thread when it is cancelled or its time is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use duckdb::InterruptHandle;

use crate::AgentsError;
use crate::warehouse::{Cancel, Request};

/// How often the switches are looked at: well under what a person notices.
const PERIOD: Duration = Duration::from_millis(10);

const CANCELLED: u8 = 1;
const LATE: u8 = 2;

/// Watches one query while it lives.
pub(super) struct Watch {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    verdict: Arc<AtomicU8>,
    seconds: f64,
}

impl Watch {
    /// Begins to watch: `own` and the request's switch, and its deadline, which counts from `started`.
    pub(super) fn start(
        interrupt: Arc<InterruptHandle>,
        own: &Cancel,
        request: &Request,
        started: Instant,
    ) -> Result<Self, AgentsError> {
        let verdict = Arc::new(AtomicU8::new(0));
        let (stop, stopped) = channel::<()>();
        let (own, asked, seen) = (own.clone(), request.cancel.clone(), Arc::clone(&verdict));
        let end = request.deadline.and_then(|time| started.checked_add(time));
        let watch = move || {
            while stopped.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
                if own.is_cancelled() || asked.is_cancelled() {
                    let _ = seen.compare_exchange(0, CANCELLED, Ordering::SeqCst, Ordering::SeqCst);
                } else if end.is_some_and(|end| Instant::now() >= end) {
                    let _ = seen.compare_exchange(0, LATE, Ordering::SeqCst, Ordering::SeqCst);
                }
                // Again and again: an interrupt that comes between two statements is lost.
                if seen.load(Ordering::SeqCst) != 0 {
                    interrupt.interrupt();
                }
            }
        };
        let thread = std::thread::Builder::new().name("duckdb-watch".to_owned()).spawn(watch);
        let thread =
            thread.map_err(|error| AgentsError::Internal { what: format!("no thread to watch the query: {error}") })?;
        let seconds = request.deadline.map_or(0.0, |time| time.as_secs_f64());
        Ok(Self { stop: Some(stop), thread: Some(thread), verdict, seconds })
    }

    /// Why the query was stopped, if it was.
    pub(super) fn verdict(&self) -> Option<AgentsError> {
        match self.verdict.load(Ordering::SeqCst) {
            CANCELLED => Some(AgentsError::Cancelled),
            LATE => Some(AgentsError::Deadline { seconds: self.seconds }),
            _ => None,
        }
    }
}

/// Why a query that has not begun must not begin any more.
pub(super) fn too_late(own: &Cancel, request: &Request, started: Instant) -> Option<AgentsError> {
    if own.is_cancelled() || request.cancel.is_cancelled() {
        return Some(AgentsError::Cancelled);
    }
    let deadline = request.deadline?;
    (started.elapsed() >= deadline).then_some(AgentsError::Deadline { seconds: deadline.as_secs_f64() })
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
