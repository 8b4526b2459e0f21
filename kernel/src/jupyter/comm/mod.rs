//! Comms: two-way channels between things in the front end, such as widgets, and things in the kernel.

mod control;
mod registry;

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Map, Value};

pub use registry::Comms;

/// The target name of the widgets of ipywidgets and anywidget.
pub const WIDGET_TARGET: &str = "jupyter.widget";

/// What one side of a comm says to the other.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CommMessage {
    /// The content's `data`.
    pub data: Map<String, Value>,
    /// The message's metadata.
    pub metadata: Map<String, Value>,
    /// Binary parts.
    pub buffers: Vec<Bytes>,
}

/// The state of a widget, as a page that is loaded again asks for it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WidgetState {
    /// The model's keys, without the binary ones.
    pub state: Map<String, Value>,
    /// The binary values, each with its path in the state.
    pub buffers: Vec<(Vec<Value>, Bytes)>,
}

/// A thing in the kernel that front ends may open comms to, by its target name.
pub trait CommTarget: Send + Sync {
    /// Takes a new comm, with what it was opened with. `None` refuses it: it is closed at once.
    fn open(&self, comm: &Comm, opening: CommMessage) -> Option<Arc<dyn CommHandler>>;
}

/// The kernel's end of one comm. Calls come one at a time, in the order of the messages, also while a cell runs; they
/// should return soon, since all comms wait for them.
pub trait CommHandler: Send + Sync {
    /// The front end sent something.
    fn message(&self, comm: &Comm, message: CommMessage);

    /// The front end closed the comm.
    fn closed(&self, _comm: &Comm, _message: CommMessage) {}

    /// The state, if this is a widget.
    fn widget_state(&self) -> Option<WidgetState> {
        None
    }
}

/// A handle to an open comm; cheap to clone, usable from any thread.
#[derive(Clone)]
pub struct Comm {
    id: Arc<str>,
    comms: Comms,
}

impl Comm {
    /// Its id; a widget's `model_id`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Sends something to the front end.
    pub fn send(&self, message: CommMessage) {
        self.comms.publish("comm_msg", &self.id, Map::new(), message);
    }

    /// Closes the comm on both sides.
    pub fn close(&self, message: CommMessage) {
        self.comms.forget(&self.id);
        self.comms.publish("comm_close", &self.id, Map::new(), message);
    }
}

impl CommMessage {
    /// A message with data only.
    #[must_use]
    pub fn new(data: Map<String, Value>) -> Self {
        Self { data, ..Self::default() }
    }

    /// Adds binary parts.
    #[must_use]
    pub fn with_buffers(mut self, buffers: Vec<Bytes>) -> Self {
        self.buffers = buffers;
        self
    }
}
