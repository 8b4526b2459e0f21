//! The `jupyter.widget.control` comm, by which a page that is loaded again gets its widgets' states.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Comm, CommHandler, CommMessage, CommTarget, Comms};

pub(super) const CONTROL_TARGET: &str = "jupyter.widget.control";
/// The version of the widget messages that the states follow.
const WIDGET_PROTOCOL: &str = "1.0.0";

pub(super) struct ControlTarget {
    comms: Comms,
}

impl ControlTarget {
    pub(super) fn new(comms: Comms) -> Self {
        Self { comms }
    }
}

impl CommTarget for ControlTarget {
    fn open(&self, _comm: &Comm, _opening: CommMessage) -> Option<Arc<dyn CommHandler>> {
        Some(Arc::new(Control { comms: self.comms.clone() }))
    }
}

struct Control {
    comms: Comms,
}

impl CommHandler for Control {
    fn message(&self, comm: &Comm, message: CommMessage) {
        match message.data.get("method").and_then(Value::as_str) {
            Some("request_states") => comm.send(states(&self.comms)),
            method => tracing::warn!(method, "unknown method of the widget control comm"),
        }
    }
}

/// The states by model id, with the widgets' binary values beside them, as ipywidgets sends them.
fn states(comms: &Comms) -> CommMessage {
    let mut states = Map::new();
    let mut paths = Vec::new();
    let mut buffers = Vec::new();
    for (id, widget) in comms.widgets() {
        for (path, bytes) in widget.buffers {
            let mut whole = vec![json!(id), json!("state")];
            whole.extend(path);
            paths.push(Value::Array(whole));
            buffers.push(bytes);
        }
        let key = |name: &str| widget.state.get(name).cloned().unwrap_or_default();
        let (name, module, version) = (key("_model_name"), key("_model_module"), key("_model_module_version"));
        let model =
            json!({"model_name": name, "model_module": module, "model_module_version": version, "state": widget.state});
        states.insert(id, model);
    }
    let data = Map::from_iter([
        ("method".to_owned(), json!("update_states")),
        ("states".to_owned(), states.into()),
        ("buffer_paths".to_owned(), paths.into()),
    ]);
    let metadata = Map::from_iter([("version".to_owned(), json!(WIDGET_PROTOCOL))]);
    CommMessage { data, metadata, buffers }
}
