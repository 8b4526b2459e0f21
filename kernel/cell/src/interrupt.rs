//! The interrupt flag: raised by SIGINT, looked at by loops, sleeps and waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Raised by the signal handler; lowered when the next cell begins.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// A sleeping cell looks at the flag this often.
const GLANCE: Duration = Duration::from_millis(20);

/// What an interrupted cell panics with. The variables of earlier cells are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Interrupted;

/// True when the user has asked the running cell to stop.
#[must_use]
#[inline]
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Ends the cell if the user has asked for it. The kernel puts a call into each loop of a cell; it is one relaxed load.
///
/// # Panics
/// With [`Interrupted`] when the flag is up, unless the thread is unwinding already.
#[inline]
#[track_caller]
pub fn check() {
    if interrupted() {
        stop_unless_unwinding();
    }
}

/// Sleeps, but wakes and ends the cell when the user interrupts it.
///
/// # Panics
/// With [`Interrupted`].
#[track_caller]
pub fn sleep(duration: Duration) {
    let begin = Instant::now();
    loop {
        check();
        let left = duration.saturating_sub(begin.elapsed());
        if left.is_zero() {
            return;
        }
        std::thread::sleep(left.min(GLANCE));
    }
}

#[cold]
#[inline(never)]
#[track_caller]
fn stop_unless_unwinding() {
    if !std::thread::panicking() {
        stop();
    }
}

/// Ends the cell as interrupted.
#[track_caller]
#[expect(clippy::panic, reason = "a panic is how an interrupt ends a cell and keeps its variables")]
pub(crate) fn stop() -> ! {
    std::panic::panic_any(Interrupted)
}

/// Makes SIGINT raise the flag instead of ending the process.
pub(crate) fn listen() -> std::io::Result<()> {
    signal_hook::flag::register(signal_hook::consts::SIGINT, &INTERRUPTED).map(|_| ())
}

/// Lowers the flag: an interrupt belongs to the cell that ran when it came.
pub(crate) fn lower() {
    INTERRUPTED.store(false, Ordering::Relaxed);
}
