//! The shells of a kernel, each with a queue of cells: the main shell and the subshells of JEP 91.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::wire::Incoming;

/// The queues of cells.
pub(crate) struct Subshells {
    main: UnboundedSender<Incoming>,
    others: Mutex<BTreeMap<String, UnboundedSender<Incoming>>>,
}

impl Subshells {
    /// The main shell alone, and the end from which its cells are taken.
    pub(crate) fn new() -> (Self, UnboundedReceiver<Incoming>) {
        let (main, cells) = unbounded_channel();
        (Self { main, others: Mutex::default() }, cells)
    }

    /// A new subshell: its id and the end from which its cells are taken.
    pub(crate) fn create(&self) -> (String, UnboundedReceiver<Incoming>) {
        let id = uuid::Uuid::new_v4().to_string();
        let (queue, cells) = unbounded_channel();
        self.with(|others| others.insert(id.clone(), queue));
        (id, cells)
    }

    /// Removes a subshell; what it runs and what waits in it is still done. False when there is none of this id.
    pub(crate) fn delete(&self, id: &str) -> bool {
        self.with(|others| others.remove(id)).is_some()
    }

    /// The ids of all subshells.
    pub(crate) fn list(&self) -> Vec<String> {
        self.with(|others| others.keys().cloned().collect())
    }

    /// True when there is a subshell of this id.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.with(|others| others.contains_key(id))
    }

    /// Puts a cell into its shell's queue.
    pub(crate) fn enqueue(&self, cell: Incoming) {
        let queue = match cell.header.subshell_id.as_deref() {
            None => Some(self.main.clone()),
            Some(id) => self.with(|others| others.get(id).cloned()),
        };
        if queue.is_none_or(|queue| queue.send(cell).is_err()) {
            tracing::warn!("a cell came for a shell that has ended");
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<String, UnboundedSender<Incoming>>) -> T) -> T {
        work(&mut self.others.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
