//! The comms that are open and the targets that may be opened.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

use super::control::{CONTROL_TARGET, ControlTarget};
use super::{Comm, CommHandler, CommMessage, CommTarget, WidgetState};
use crate::jupyter::iopub::IoPub;
use crate::jupyter::wire::{Header, Incoming, Outgoing};

/// All comms of a kernel; cheap to clone, usable from any thread.
#[derive(Clone)]
pub struct Comms(Arc<Shared>);

struct Shared {
    iopub: IoPub,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    targets: BTreeMap<String, Arc<dyn CommTarget>>,
    open: BTreeMap<String, Open>,
    /// The request on whose behalf comms speak when they speak of their own accord.
    parent: Option<Arc<Header>>,
}

#[derive(Clone)]
struct Open {
    target: String,
    handler: Arc<dyn CommHandler>,
}

impl Comms {
    pub(crate) fn new(iopub: IoPub) -> Self {
        let comms = Self(Arc::new(Shared { iopub, state: Mutex::default() }));
        comms.register(CONTROL_TARGET, Arc::new(ControlTarget::new(comms.clone())));
        comms
    }

    /// Lets front ends open comms to `name`.
    pub fn register(&self, name: &str, target: Arc<dyn CommTarget>) {
        self.with(|state| state.targets.insert(name.to_owned(), target));
    }

    /// Opens a comm from the kernel's side, for example a widget: its state goes into `opening.data`.
    #[must_use = "the comm's id is needed to show a widget"]
    pub fn open(&self, target: &str, opening: CommMessage, handler: Arc<dyn CommHandler>) -> Comm {
        let comm = Comm { id: uuid::Uuid::new_v4().simple().to_string().into(), comms: self.clone() };
        self.with(|state| state.open.insert(comm.id.to_string(), Open { target: target.to_owned(), handler }));
        let extra = Map::from_iter([("target_name".to_owned(), json!(target))]);
        self.publish("comm_open", &comm.id, extra, opening);
        comm
    }

    /// The open comms as `comm_info_reply` lists them, all or those of one target.
    pub(crate) fn info(&self, target: Option<&str>) -> Value {
        self.with(|state| {
            let listed = state.open.iter().filter(|(_, open)| target.is_none_or(|target| open.target == target));
            listed.map(|(id, open)| (id.clone(), json!({"target_name": open.target}))).collect::<Map<_, _>>().into()
        })
    }

    /// The widgets that are open, with their states.
    pub(super) fn widgets(&self) -> Vec<(String, WidgetState)> {
        let open: Vec<_> = self.with(|state| state.open.iter().map(|(id, open)| (id.clone(), open.clone())).collect());
        open.into_iter().filter_map(|(id, open)| Some((id, open.handler.widget_state()?))).collect()
    }

    /// Takes a `comm_open`, `comm_msg` or `comm_close` of a front end.
    pub(crate) fn receive(&self, message: Incoming) {
        let text = |name: &str| message.content.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (id, target) = (text("comm_id"), text("target_name"));
        if id.is_empty() {
            return tracing::warn!(msg_type = message.header.msg_type, "a comm message without comm_id");
        }
        self.speak_for(&message.header);
        let comm = Comm { id: id.as_str().into(), comms: self.clone() };
        let said = CommMessage {
            data: message.content.get("data").and_then(Value::as_object).cloned().unwrap_or_default(),
            metadata: message.metadata,
            buffers: message.buffers,
        };
        match message.header.msg_type.as_str() {
            "comm_open" => self.opened(&comm, target, said),
            "comm_close" => {
                if let Some(open) = self.with(|state| state.open.remove(&id)) {
                    open.handler.closed(&comm, said);
                }
            }
            _ => {
                if let Some(open) = self.with(|state| state.open.get(&id).cloned()) {
                    open.handler.message(&comm, said);
                } else {
                    tracing::warn!(comm = id, "a message to a comm that is not open");
                }
            }
        }
    }

    /// Sets the request that later comm messages belong to.
    pub(crate) fn speak_for(&self, parent: &Arc<Header>) {
        self.with(|state| state.parent = Some(Arc::clone(parent)));
    }

    pub(super) fn publish(&self, msg_type: &str, id: &str, mut content: Map<String, Value>, message: CommMessage) {
        let parent = self.with(|state| state.parent.clone());
        content.insert("comm_id".to_owned(), id.into());
        content.insert("data".to_owned(), message.data.into());
        let outgoing = Outgoing {
            msg_type: msg_type.to_owned(),
            content: content.into(),
            metadata: message.metadata,
            buffers: message.buffers,
        };
        self.0.iopub.publish(parent.as_deref(), outgoing);
    }

    pub(super) fn forget(&self, id: &str) {
        self.with(|state| state.open.remove(id));
    }

    fn opened(&self, comm: &Comm, target: String, opening: CommMessage) {
        let found = self.with(|state| state.targets.get(&target).cloned());
        let handler = found.and_then(|found| found.open(comm, opening));
        if let Some(handler) = handler {
            self.with(|state| state.open.insert(comm.id.to_string(), Open { target, handler }));
        } else {
            tracing::info!(name = target, "a comm was opened to a target that is not there or refused it");
            self.publish("comm_close", &comm.id, Map::new(), CommMessage::default());
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
