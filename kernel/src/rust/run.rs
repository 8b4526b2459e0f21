//! The state of one run of a cell: what it printed about its own end, and how its process fared.

use serde_json::{Map, Value};

use crate::display::Bundle;
use crate::output::{Output, OutputEvent, StreamName};
use crate::rust::bars::Bars;
use crate::rust::markers::{Piece, Reader};

/// How much of the end of standard error is kept for error messages.
const TAIL: usize = 4096;

/// How a worker died.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Death {
    /// A signal's name, or `exit`.
    pub(crate) how: String,
    /// The signal's number or the exit status.
    pub(crate) code: i64,
    /// The variables are as they were before the cell.
    pub(crate) restored: bool,
}

/// What the cells' panic hook reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reported {
    /// The error's name or code.
    pub(crate) name: String,
    /// The message.
    pub(crate) message: String,
    /// What to do.
    pub(crate) help: Option<String>,
    /// The line in the generated source, if the panic rose there.
    pub(crate) line: Option<usize>,
    /// The place outside the generated source.
    pub(crate) elsewhere: Option<String>,
}

/// One run, from the request to the end.
#[derive(Default)]
pub(crate) struct Run {
    pub(crate) output: Option<Output>,
    reader: Reader,
    bars: Bars,
    stderr_tail: Vec<u8>,
    pub(crate) markers: Vec<String>,
    pub(crate) panicked: bool,
    pub(crate) failed: bool,
    pub(crate) place: Option<usize>,
    pub(crate) reported: Option<Reported>,
    pub(crate) death: Option<Death>,
}

impl Run {
    /// A run whose output goes to `output`.
    pub(crate) fn new(output: Option<Output>) -> Self {
        Self { output, ..Self::default() }
    }

    /// Takes bytes of the cell's standard output.
    pub(crate) fn stdout(&mut self, bytes: &[u8]) {
        for piece in self.reader.feed(bytes) {
            self.piece(piece);
        }
    }

    /// Takes bytes of the cell's standard error.
    pub(crate) fn stderr(&mut self, bytes: &[u8]) {
        self.stderr_tail.extend_from_slice(bytes);
        let surplus = self.stderr_tail.len().saturating_sub(TAIL);
        self.stderr_tail.drain(..surplus);
        self.emit(OutputEvent::Stream { name: StreamName::Stderr, bytes: bytes.to_vec().into() });
    }

    /// Lets go of what was held back at the end of the cell.
    pub(crate) fn finish(&mut self) {
        for piece in self.reader.finish() {
            self.piece(piece);
        }
        for event in self.bars.close() {
            self.emit(event);
        }
    }

    /// Shows what a cell sends over its events channel.
    pub(crate) fn event(&mut self, event: &Value) {
        let map = |key: &str| event[key].as_object().cloned().unwrap_or_default();
        let bundle = || Bundle { data: map("data"), metadata: map("metadata") };
        let display_id = event["display_id"].as_str().map(str::to_owned);
        match (event["event"].as_str().unwrap_or_default(), display_id) {
            ("display", display_id) => self.emit(OutputEvent::Display { bundle: bundle(), display_id }),
            ("update", Some(display_id)) => self.emit(OutputEvent::Update { bundle: bundle(), display_id }),
            ("result", _) => self.emit(OutputEvent::Result { bundle: bundle() }),
            ("clear", _) => self.emit(OutputEvent::Clear { wait: event["wait"].as_bool().unwrap_or(false) }),
            ("progress", _) => {
                if let Some(shown) = self.bars.event(event) {
                    self.emit(shown);
                }
            }
            ("error", _) => self.reported = reported(event),
            _ => {}
        }
    }

    /// The last line on standard error: an error's text, when it left by `?`.
    pub(crate) fn last_words(&self) -> String {
        let text = String::from_utf8_lossy(&self.stderr_tail);
        text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().to_owned()
    }

    fn piece(&mut self, piece: Piece) {
        match piece {
            Piece::Text(bytes) => self.emit(OutputEvent::Stream { name: StreamName::Stdout, bytes }),
            Piece::Content(data) => self.content(data),
            Piece::Panic => {
                self.panicked = true;
                self.markers.push("EVCXR_PANIC_NOTIFICATION".into());
            }
            Piece::UserError => {
                self.failed = true;
                self.markers.push("EVCXR_ERROR_OCCURRED".into());
            }
            Piece::Place(line) => self.place = Some(line),
            Piece::Marker(line) => self.markers.push(line),
        }
    }

    /// evcxr shows a cell's value as text; libraries that know evcxr print richer content.
    fn content(&mut self, data: Map<String, Value>) {
        let is_value = data.contains_key("text/plain");
        let bundle = Bundle { data, metadata: Map::new() };
        self.emit(if is_value {
            OutputEvent::Result { bundle }
        } else {
            OutputEvent::Display { bundle, display_id: None }
        });
    }

    fn emit(&self, event: OutputEvent) {
        if let Some(output) = &self.output {
            output.emit(event);
        }
    }
}

fn reported(event: &Value) -> Option<Reported> {
    let file = event["file"].as_str().unwrap_or_default();
    let line = event["line"].as_u64().map(|line| line as usize);
    let in_cell = file.ends_with("src/lib.rs") && !file.contains("/registry/");
    Some(Reported {
        name: event["ename"].as_str()?.to_owned(),
        message: event["evalue"].as_str().unwrap_or_default().to_owned(),
        help: event["help"].as_str().map(str::to_owned),
        line: line.filter(|_| in_cell),
        elsewhere: line.filter(|_| !in_cell).map(|line| format!("{file}:{line}")),
    })
}
