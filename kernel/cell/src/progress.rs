//! Progress bars for long loops.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::{events, interrupt};

/// A bar is drawn at most this often.
const REDRAW: Duration = Duration::from_millis(100);

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A progress bar below the cell, drawn by the kernel. It ends when it is dropped.
///
/// ```
/// use synthbook::prelude::*;
///
/// let mut bar = Progress::new(3, "reading");
/// for part in ["a", "b", "c"] {
///     bar.message(format!("reading {part}"));
///     bar.advance(1);
/// }
/// ```
#[derive(Debug)]
pub struct Progress {
    id: String,
    done: u64,
    total: Option<u64>,
    message: String,
    drawn: Option<Instant>,
    finished: bool,
}

impl Progress {
    /// A bar over so many steps.
    #[must_use]
    pub fn new(total: u64, message: impl Into<String>) -> Self {
        Self::start(Some(total), message.into())
    }

    /// A bar for work of unknown length.
    #[must_use]
    pub fn unbounded(message: impl Into<String>) -> Self {
        Self::start(None, message.into())
    }

    fn start(total: Option<u64>, message: String) -> Self {
        let id = format!("progress-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let mut bar = Self { id, done: 0, total, message, drawn: None, finished: false };
        bar.draw(false);
        bar
    }

    /// Counts steps as done.
    pub fn advance(&mut self, steps: u64) {
        self.set(self.done.saturating_add(steps));
    }

    /// Sets the number of steps that are done.
    pub fn set(&mut self, done: u64) {
        self.done = done;
        self.redraw();
    }

    /// Changes the text beside the bar.
    pub fn message(&mut self, message: impl Into<String>) {
        self.message = message.into();
        self.redraw();
    }

    /// The part that is done, from 0 to 1, where the whole is known.
    #[must_use]
    pub fn fraction(&self) -> Option<f64> {
        let total = self.total?;
        if total == 0 {
            return Some(1.0);
        }
        Some((self.done as f64 / total as f64).min(1.0))
    }

    /// Ends the bar.
    pub fn finish(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if !self.finished {
            self.finished = true;
            self.draw(true);
        }
    }

    fn redraw(&mut self) {
        if self.drawn.is_none_or(|drawn| drawn.elapsed() >= REDRAW) {
            self.draw(false);
        }
    }

    fn draw(&mut self, done: bool) {
        self.drawn = Some(Instant::now());
        // A bar that can't be drawn is no reason to stop the work.
        let _ = events::send(&json!({
            "event": "progress",
            "progress_id": self.id,
            "fraction": self.fraction(),
            "message": self.message,
            "done": done,
        }));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

/// Draws a bar while a loop runs over the items, and lets an interrupt end the loop.
///
/// ```
/// use synthbook::prelude::*;
///
/// let squares: Vec<u32> = progress(0..10).map(|n| n * n).collect();
/// assert_eq!(squares[9], 81);
/// ```
pub fn progress<I: IntoIterator>(items: I) -> ProgressIter<I::IntoIter> {
    let items = items.into_iter();
    let (least, most) = items.size_hint();
    let bar = match most {
        Some(most) if most == least => Progress::new(most as u64, ""),
        _ => Progress::unbounded(""),
    };
    ProgressIter { items, bar, begun: false }
}

/// The iterator of [`progress`].
#[derive(Debug)]
pub struct ProgressIter<I> {
    items: I,
    bar: Progress,
    begun: bool,
}

impl<I: Iterator> Iterator for ProgressIter<I> {
    type Item = I::Item;

    #[track_caller]
    fn next(&mut self) -> Option<I::Item> {
        interrupt::check();
        if self.begun {
            self.bar.advance(1);
        }
        self.begun = true;
        let item = self.items.next();
        if item.is_none() {
            self.bar.end();
        }
        item
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.size_hint()
    }
}

impl<I: ExactSizeIterator> ExactSizeIterator for ProgressIter<I> {}
