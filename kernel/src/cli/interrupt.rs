//! Ctrl-C on the command line: long work is asked to stop and cleans up; a second one ends the process at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use nix::sys::signal::{Signal, raise};
use tokio::signal::unix::{SignalKind, signal};

/// A flag that the first interrupt or request to end raises.
pub(super) fn flag() -> Arc<AtomicBool> {
    static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    let flag = FLAG.get_or_init(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let raised = Arc::clone(&flag);
        // Without the thread an interrupt ends the process as it always did.
        let _ = std::thread::Builder::new().name("interrupt".to_owned()).spawn(move || watch(&raised));
        flag
    });
    Arc::clone(flag)
}

fn watch(flag: &AtomicBool) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
        let (Ok(mut interrupt), Ok(mut end)) = signals else { return };
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
