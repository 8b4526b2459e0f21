//! What the tasks of one kernel share.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jupyter_protocol::connection_info::ConnectionInfo;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

use super::channels::Outbox;
use super::comm::Comms;
use super::error::JupyterError;
use super::input::Stdin;
use super::iopub::IoPub;
use super::options::ServeOptions;
use super::subshell::Subshells;
use super::usage::Usage;
use super::wire::{Header, Incoming};
use crate::engine::{CellEngine, CellError};
use crate::history::History;

/// An engine, or why there is none.
pub(crate) type Started = Result<Arc<dyn CellEngine>, CellError>;

/// The channels on which requests come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Cells, completions, comms.
    Shell,
    /// Interrupts, shutdowns, subshells: answered at once.
    Control,
}

/// One kernel.
pub(crate) struct Kernel {
    pub(crate) options: ServeOptions,
    /// The connection with the ports that were bound.
    pub(crate) connection: ConnectionInfo,
    pub(crate) iopub: IoPub,
    pub(crate) shell: Outbox,
    pub(crate) control: Outbox,
    pub(crate) stdin: Stdin,
    pub(crate) comms: Comms,
    pub(crate) comm_queue: UnboundedSender<Incoming>,
    pub(crate) history: History,
    pub(crate) subshells: Subshells,
    pub(crate) usage: Arc<Usage>,
    pub(crate) engine: watch::Receiver<Option<Started>>,
    /// The number of the next cell that counts.
    pub(crate) next_count: AtomicU32,
    /// How many cells run in all shells.
    pub(crate) running: AtomicUsize,
    /// True once the engine's notices have been shown.
    pub(crate) announced: AtomicBool,
    /// The request whose cell runs in the main shell.
    pub(crate) foreground: Mutex<Option<Arc<Header>>>,
    /// Set once, when the kernel is to end; true when a new one follows.
    pub(crate) stop: watch::Sender<Option<bool>>,
}

impl Kernel {
    /// The engine; waits while it starts.
    pub(crate) async fn engine(&self) -> Started {
        let mut engine = self.engine.clone();
        let started = engine.wait_for(Option::is_some).await.ok().and_then(|started| started.clone());
        started.unwrap_or_else(|| Err(JupyterError::NoEngine.into()))
    }

    /// The engine, if it has started.
    pub(crate) fn engine_now(&self) -> Option<Arc<dyn CellEngine>> {
        self.engine.borrow().as_ref().and_then(|started| started.as_ref().ok().cloned())
    }

    /// The outbox of a channel.
    pub(crate) fn outbox(&self, origin: Origin) -> &Outbox {
        match origin {
            Origin::Shell => &self.shell,
            Origin::Control => &self.control,
        }
    }

    /// Ends the status of a request. A front end shows the last status it heard, so the cell that still runs is
    /// named again.
    pub(crate) fn idle(&self, parent: &Arc<Header>) {
        // Held while sending: the cell's own idle must not come between the two.
        let foreground = self.foreground.lock().unwrap_or_else(PoisonError::into_inner);
        self.iopub.idle(parent);
        if let Some(cell) = foreground.as_ref().filter(|cell| !Arc::ptr_eq(cell, parent)) {
            self.iopub.busy(cell);
        }
    }

    /// Notes which request the main shell works on.
    pub(crate) fn set_foreground(&self, request: Option<Arc<Header>>) {
        *self.foreground.lock().unwrap_or_else(PoisonError::into_inner) = request;
    }

    /// Stops what runs: cells and questions to the user.
    pub(crate) fn interrupt(&self) {
        self.stdin.interrupt();
        if self.running.load(Ordering::Acquire) > 0
            && let Some(engine) = self.engine_now()
        {
            engine.interrupt();
        }
    }

    /// Begins the kernel's end.
    pub(crate) fn stop(&self, restart: bool) {
        self.stop.send_if_modified(|stop| {
            let first = stop.is_none();
            stop.get_or_insert(restart);
            first
        });
    }

    /// True once the kernel is about to end.
    pub(crate) fn stopping(&self) -> bool {
        self.stop.borrow().is_some()
    }
}
