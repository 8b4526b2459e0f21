//! How long work tells how far it has come, and hears that it should stop.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::SynthError;

/// Where progress is shown: a bar in a notebook, a line in a terminal.
pub trait ProgressSink: Send + Sync {
    /// Shows how far the work has come: `fraction` from 0 to 1, or none when the end is not in sight.
    fn update(&self, fraction: Option<f64>, message: &str);
}

/// A handle that long work carries along; clones report to the same place and stop together.
///
/// ```
/// use std::sync::{Arc, Mutex, atomic::{AtomicBool, Ordering}};
/// use synthbook_synth::{Progress, ProgressSink};
///
/// struct Lines(Mutex<Vec<String>>);
/// impl ProgressSink for Lines {
///     fn update(&self, _fraction: Option<f64>, message: &str) {
///         self.0.lock().unwrap().push(message.to_owned());
///     }
/// }
/// let (lines, stop) = (Arc::new(Lines(Mutex::default())), Arc::new(AtomicBool::new(false)));
/// let progress = Progress::new(lines.clone(), stop.clone());
/// progress.report(Some(0.5), "half way");
/// assert_eq!(*lines.0.lock().unwrap(), ["half way"]);
/// assert!(progress.check().is_ok());
/// stop.store(true, Ordering::Relaxed);
/// assert!(progress.check().is_err());
/// ```
#[derive(Clone, Default)]
pub struct Progress {
    sink: Option<Arc<dyn ProgressSink>>,
    stop: Arc<AtomicBool>,
}

impl Progress {
    /// Reports to nobody and is never asked to stop.
    #[must_use]
    pub fn silent() -> Self {
        Self::default()
    }

    /// Reports to `sink`, and stops when `stop` becomes true.
    #[must_use]
    pub fn new(sink: Arc<dyn ProgressSink>, stop: Arc<AtomicBool>) -> Self {
        Self { sink: Some(sink), stop }
    }

    /// Says how far the work has come: `fraction` from 0 to 1, or none when the end is not in sight.
    pub fn report(&self, fraction: Option<f64>, message: &str) {
        if let Some(sink) = &self.sink {
            sink.update(fraction, message);
        }
    }

    /// Reports to nobody, and stops when this one does: for the parts of work that reports as a whole.
    #[must_use]
    pub fn quiet(&self) -> Self {
        Self { sink: None, stop: Arc::clone(&self.stop) }
    }

    /// Whether the work has been asked to stop.
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Lets the work go on, or ends it with `?`.
    ///
    /// # Errors
    /// [`SynthError::Cancelled`] once the work has been asked to stop.
    pub fn check(&self) -> Result<(), SynthError> {
        if self.cancelled() { Err(SynthError::Cancelled) } else { Ok(()) }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Progress")
            .field("shown", &self.sink.is_some())
            .field("cancelled", &self.cancelled())
            .finish_non_exhaustive()
    }
}
