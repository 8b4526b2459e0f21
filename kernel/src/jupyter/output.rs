//! A running cell's output: prints are gathered into few messages, in true order with everything else.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::runtime::Handle;

use super::input::Stdin;
use super::iopub::IoPub;
use super::text::unfinished;
use super::wire::{Header, Outgoing};
use crate::display::Bundle;
use crate::output::{InputError, OutputEvent, OutputSink, StreamName};

/// How long a print may wait for more.
const DELAY: Duration = Duration::from_millis(50);
/// How many bytes may wait.
const CHUNK: usize = 64 * 1024;

/// What a cell's output is sent as.
pub(crate) struct Cell {
    /// The request.
    pub(crate) parent: Arc<Header>,
    /// The route to the one who asked, for questions.
    pub(crate) route: Vec<Bytes>,
    /// `Out [n]`.
    pub(crate) execution_count: u32,
    /// True when no value is to be shown.
    pub(crate) silent: bool,
    /// Whether the front end answers questions.
    pub(crate) allow_stdin: bool,
    /// How many bytes of prints are sent.
    pub(crate) limit: usize,
}

/// The sink of one cell.
pub(crate) struct CellOutput {
    cell: Cell,
    iopub: IoPub,
    stdin: Stdin,
    runtime: Handle,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The stream that `pending` belongs to.
    name: Option<StreamName>,
    pending: Vec<u8>,
    /// The cut-off beginnings of characters of both streams.
    halves: [Vec<u8>; 2],
    timer: bool,
    sent: usize,
    dropped: usize,
    payload: Vec<Value>,
    result: Option<String>,
}

/// What a cell leaves behind besides what it showed.
pub(crate) struct Leftover {
    /// The payload of the reply.
    pub(crate) payload: Vec<Value>,
    /// The text of the cell's value, for the history.
    pub(crate) result: Option<String>,
}

impl CellOutput {
    /// A sink for one cell. Must be made inside the runtime.
    pub(crate) fn new(cell: Cell, iopub: IoPub, stdin: Stdin) -> Arc<Self> {
        Arc::new(Self { cell, iopub, stdin, runtime: Handle::current(), state: Mutex::default() })
    }

    /// Sends what still waits and, if prints were left out, says how many. Prints that come later are still sent.
    pub(crate) fn finish(&self) -> Leftover {
        let mut state = self.state();
        self.flush(&mut state);
        for (index, name) in [StreamName::Stdout, StreamName::Stderr].into_iter().enumerate() {
            let half = std::mem::take(&mut state.halves[index]);
            self.send_text(name, &half);
        }
        let dropped = std::mem::take(&mut state.dropped);
        if dropped > 0 {
            let limit = self.cell.limit;
            let note = format!(
                "\n[{dropped} more bytes were printed and left out: a cell shows {limit}; SYNTHBOOK_OUTPUT_LIMIT sets this]\n"
            );
            self.send_text(StreamName::Stderr, note.as_bytes());
        }
        Leftover { payload: std::mem::take(&mut state.payload), result: state.result.take() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(self: &Arc<Self>, name: StreamName, bytes: &[u8]) {
        let mut state = self.state();
        let room = self.cell.limit.saturating_sub(state.sent);
        let (kept, rest) = bytes.split_at(bytes.len().min(room));
        state.dropped += rest.len();
        state.sent += kept.len();
        if kept.is_empty() {
            return;
        }
        if state.name != Some(name) {
            self.flush(&mut state);
            state.name = Some(name);
            state.pending = std::mem::take(&mut state.halves[index(name)]);
        }
        state.pending.extend_from_slice(kept);
        if state.pending.len() >= CHUNK {
            self.flush(&mut state);
        } else if !state.timer {
            state.timer = true;
            let this = Arc::clone(self);
            self.runtime.spawn(async move {
                tokio::time::sleep(DELAY).await;
                let mut state = this.state();
                state.timer = false;
                this.flush(&mut state);
            });
        }
    }

    fn flush(&self, state: &mut State) {
        let Some(name) = state.name.take() else { return };
        let mut bytes = std::mem::take(&mut state.pending);
        state.halves[index(name)] = bytes.split_off(bytes.len() - unfinished(&bytes));
        self.send_text(name, &bytes);
    }

    fn send_text(&self, name: StreamName, bytes: &[u8]) {
        if !bytes.is_empty() {
            let name = ["stdout", "stderr"][index(name)];
            let text = String::from_utf8_lossy(bytes);
            self.send("stream", json!({"name": name, "text": text}));
        }
    }

    fn send(&self, msg_type: &str, content: Value) {
        self.iopub.publish(Some(&self.cell.parent), Outgoing::new(msg_type, content));
    }

    fn show(&self, state: &mut State, event: OutputEvent) {
        self.flush(state);
        match event {
            OutputEvent::Display { bundle, display_id } => {
                let transient = display_id.map_or_else(|| json!({}), |id| json!({"display_id": id}));
                self.send("display_data", shown(bundle, &transient));
            }
            OutputEvent::Update { bundle, display_id } => {
                self.send("update_display_data", shown(bundle, &json!({"display_id": display_id})));
            }
            OutputEvent::Result { bundle } if !self.cell.silent => {
                state.result = bundle.get("text/plain").map(str::to_owned);
                let mut content = shown(bundle, &json!({}));
                content["execution_count"] = self.cell.execution_count.into();
                self.send("execute_result", content);
            }
            OutputEvent::Clear { wait } => self.send("clear_output", json!({"wait": wait})),
            OutputEvent::Payload(entry) => state.payload.push(entry),
            OutputEvent::Result { .. } | OutputEvent::Stream { .. } => {}
        }
    }
}

/// The sink as the engine holds it.
pub(crate) struct CellSink(pub(crate) Arc<CellOutput>);

impl OutputSink for CellSink {
    fn emit(&self, event: OutputEvent) {
        match event {
            OutputEvent::Stream { name, bytes } => self.0.push(name, &bytes),
            event => {
                let mut state = self.0.state();
                self.0.show(&mut state, event);
            }
        }
    }

    fn input(&self, prompt: &str, password: bool) -> Result<String, InputError> {
        let output = &self.0;
        if !output.cell.allow_stdin {
            return Err(InputError::NotAllowed);
        }
        output.flush(&mut output.state());
        output.stdin.ask(&output.cell.route, &output.cell.parent, prompt, password)
    }
}

fn shown(bundle: Bundle, transient: &Value) -> Value {
    let mut content = json!({"transient": transient});
    content["data"] = bundle.data.into();
    content["metadata"] = bundle.metadata.into();
    content
}

fn index(name: StreamName) -> usize {
    match name {
        StreamName::Stdout => 0,
        StreamName::Stderr => 1,
    }
}
