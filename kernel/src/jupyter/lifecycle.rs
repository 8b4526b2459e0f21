//! When the kernel ends: a signal, or the end of the process that started it.

use std::sync::Arc;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::{Pid, getppid};
use tokio::signal::unix::{SignalKind, signal};

use super::kernel::Kernel;

/// How often the parent is looked for.
const POLL: Duration = Duration::from_secs(1);

/// Ends the kernel on SIGTERM and SIGHUP, and takes no notice of SIGINT: Ctrl-C in a console reaches the whole process
/// group, and front ends interrupt by message.
///
/// # Errors
/// The signals can't be taken.
pub(crate) fn watch_signals(kernel: &Arc<Kernel>) -> std::io::Result<()> {
    let mut interrupts = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        while interrupts.recv().await.is_some() {
            tracing::debug!("SIGINT ignored: front ends interrupt by message");
        }
    });
    for kind in [SignalKind::terminate(), SignalKind::hangup()] {
        let mut ends = signal(kind)?;
        let kernel = Arc::clone(kernel);
        tokio::spawn(async move {
            if ends.recv().await.is_some() {
                kernel.stop(false);
            }
        });
    }
    Ok(())
}

/// Ends the kernel when the process that started it is gone, so that no orphan stays.
pub(crate) fn watch_parent(kernel: &Arc<Kernel>, parent: i32) {
    let kernel = Arc::clone(kernel);
    tokio::spawn(async move {
        let starter = getppid();
        loop {
            tokio::time::sleep(POLL).await;
            // A launcher between Jupyter and the kernel may end early: then Jupyter's own process decides.
            let adopted = starter.as_raw() == parent && getppid() != starter;
            let gone = kill(Pid::from_raw(parent), None) == Err(Errno::ESRCH);
            if adopted || gone {
                tracing::info!("the process that started this kernel is gone");
                return kernel.stop(false);
            }
        }
    });
}
