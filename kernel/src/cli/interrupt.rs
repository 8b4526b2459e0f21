//! Ctrl-C on the command line: long work is asked to stop and cleans up; a second one ends the process at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, OnceLock};

use nix::sys::signal::{Signal, raise};
use tokio::signal::unix::{SignalKind, signal};

/// A flag that the first interrupt or request to end raises.
pub(super) fn flag() -> Arc<AtomicBool> {
    static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    let flag = FLAG.get_or_init(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let raised = Arc::clone(&flag);
        let (ready, wait) = mpsc::channel();
        // Without the thread an interrupt ends the process as it always did.
        let watcher = std::thread::Builder::new().name("interrupt".to_owned());
        if watcher.spawn(move || watch(&raised, &ready)).is_ok() {
            // No work begins before an interrupt would be heard; the thread may also give up, and then drops its end.
            let _ = wait.recv();
        }
        flag
    });
    Arc::clone(flag)
}

fn watch(flag: &AtomicBool, ready: &Sender<()>) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
        let (Ok(mut interrupt), Ok(mut end)) = signals else { return };
        let _ = ready.send(());
        for last in [false, true] {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = end.recv() => {}
            }
            flag.store(true, Ordering::Relaxed);
            if last {
                let _ = raise(Signal::SIGKILL);
            }
        }
    });
}
