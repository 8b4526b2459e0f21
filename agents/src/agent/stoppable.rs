//! Long work of the synthesizers and of the data checks, stopped soon after its task is cancelled.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use synthbook_synth::{Progress, ProgressSink};

use super::Work;

/// Runs work that carries a [`Progress`] along.
///
/// Its own messages are not passed on: their sink would outlive the task.
pub(super) fn stoppable<T: Send, E: Send>(
    work: &Work<'_>,
    doing: &str,
    make: impl FnOnce(&Progress) -> Result<T, E> + Send,
) -> Result<T, E> {
    let stop = Arc::new(AtomicBool::new(false));
    let done = AtomicBool::new(false);
    let progress = Progress::new(Arc::new(Nobody), Arc::clone(&stop));
    (work.progress)(None, doing);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                if work.cancel.is_cancelled() {
                    stop.store(true, Ordering::Relaxed);
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        // Set also when the work panics, so that the watcher ends.
        let _end = End(&done);
        make(&progress)
    })
}

struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Nobody;

impl ProgressSink for Nobody {
    fn update(&self, _fraction: Option<f64>, _message: &str) {}
}
