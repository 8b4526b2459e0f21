//! Watches over work on a warehouse: passes an interrupt on to it, and tells how long it takes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use synthbook_agents::warehouse::Cancel;

use crate::display::group_digits;

/// How often an interrupt is looked for.
const PACE: Duration = Duration::from_millis(20);
/// Work that takes no longer is not talked about.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often longer work is.
const FRAME: Duration = Duration::from_millis(500);

/// Runs `work`; when `flag` rises, `cancel` is thrown. `tell` is called now and then once the work takes long.
pub(crate) fn watched<T>(
    flag: &AtomicBool,
    cancel: &Cancel,
    tell: impl Fn(Duration) + Sync,
    work: impl FnOnce() -> T,
) -> T {
    let started = Instant::now();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut told = None::<Instant>;
            while !done.load(Ordering::Acquire) {
                if flag.load(Ordering::Relaxed) {
                    cancel.cancel();
                    return;
                }
                if started.elapsed() > PATIENCE && told.is_none_or(|at| at.elapsed() > FRAME) {
                    tell(started.elapsed());
                    told = Some(Instant::now());
                }
                thread::park_timeout(PACE);
            }
        });
        let result = work();
        done.store(true, Ordering::Release);
        watcher.thread().unpark();
        result
    })
}

/// How long a query has run and how many rows have come.
pub(crate) fn so_far(elapsed: Duration, rows: u64) -> String {
    let seconds = format!("{} s", elapsed.as_secs());
    match rows {
        0 => seconds,
        rows => format!("{seconds}, {} rows", group_digits(usize::try_from(rows).unwrap_or(usize::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn the_flag_throws_the_switch() {
        let (flag, cancel) = (AtomicBool::new(false), Cancel::new());
        watched(
            &flag,
            &cancel,
            |_| (),
            || {
                assert!(!cancel.is_cancelled());
                flag.store(true, Ordering::Relaxed);
                let waiting = Instant::now();
                while !cancel.is_cancelled() && waiting.elapsed() < Duration::from_secs(10) {
                    thread::yield_now();
                }
            },
        );
        assert!(cancel.is_cancelled());
    }

    #[test]
    fn long_work_is_talked_about() {
        let told = Mutex::new(Vec::new());
        let waiting = Instant::now();
        watched(
            &AtomicBool::new(false),
            &Cancel::new(),
            |elapsed| told.lock().unwrap().push(elapsed),
            || {
                while told.lock().unwrap().is_empty() && waiting.elapsed() < Duration::from_secs(20) {
                    thread::sleep(PACE);
                }
            },
        );
        assert!(told.lock().unwrap()[0] > PATIENCE);
        assert_eq!(so_far(Duration::from_millis(3700), 0), "3 s");
        assert_eq!(so_far(Duration::from_secs(61), 1_234_567), "61 s, 1,234,567 rows");
    }
}
