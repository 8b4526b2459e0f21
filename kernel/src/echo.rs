//! A toy language that says what it is told: it proves the protocol layer without Rust cells, in tests and by hand.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::display::Bundle;
use crate::engine::{CellEngine, CellError, CellRequest, Completeness, Completion, Completions};
use crate::error::code_of;
use crate::jupyter::{Comm, CommHandler, CommMessage, CommTarget, Services, WIDGET_TARGET, WidgetState};
use crate::output::{InputError, Output, OutputEvent, StreamName};

/// The commands, one a line of a cell, and what they do. Any other line is the value of the cell.
const COMMANDS: &[(&str, &str)] = &[
    ("print", "TEXT: prints a line"),
    ("write", "TEXT: prints without a newline"),
    ("eprint", "TEXT: prints a line to standard error"),
    ("bytes", "HEX: prints bytes"),
    ("flood", "N: prints N lines"),
    ("html", "TEXT: displays HTML"),
    ("display", "ID TEXT: displays text under an id"),
    ("update", "ID TEXT: changes a display"),
    ("clear", "clears the output"),
    ("page", "TEXT: shows text in the pager"),
    ("next", "TEXT: writes the next cell"),
    ("ask", "PROMPT: asks for a line and greets"),
    ("secret", "PROMPT: asks for a password and prints its length"),
    ("set", "NAME TEXT: keeps a text under a name"),
    ("sleep", "MILLISECONDS: waits; can be interrupted"),
    ("spin", "computes for ever; can be interrupted"),
    ("widget", "opens a widget"),
    ("fail", "MESSAGE: is an error"),
    ("panic", "MESSAGE: panics inside the engine"),
];

/// The engine of the toy language.
pub struct EchoEngine {
    services: Services,
    variables: Mutex<BTreeMap<String, String>>,
    interrupted: AtomicBool,
    widgets: Mutex<Vec<Comm>>,
}

/// Starts the toy engine, with a comm target `echo` that sends back what it gets.
///
/// # Errors
/// Never; the shape is that of every engine's start.
pub fn start(services: Services) -> Result<Arc<dyn CellEngine>, CellError> {
    services.comms.register("echo", Arc::new(EchoTarget));
    let (variables, widgets) = (Mutex::default(), Mutex::default());
    Ok(Arc::new(EchoEngine { services, variables, interrupted: AtomicBool::new(false), widgets }))
}

impl EchoEngine {
    fn run(&self, line: &str, out: &Output) -> Result<(), CellError> {
        let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (id, text) = rest.split_once(' ').unwrap_or((rest, ""));
        match command {
            "print" => out.print(format!("{rest}\n")),
            "write" => out.print(rest.to_owned()),
            "eprint" => out.eprint(format!("{rest}\n")),
            "bytes" => out.emit(OutputEvent::Stream { name: StreamName::Stdout, bytes: unhex(rest) }),
            "flood" => (0..number(rest)).for_each(|i| out.print(format!("line {i}\n"))),
            "html" => out.display(Bundle::html(rest, rest)),
            "display" => out.display_as(Bundle::text(text), id),
            "update" => out.update(Bundle::text(text), id),
            "clear" => out.emit(OutputEvent::Clear { wait: false }),
            "page" => {
                out.emit(OutputEvent::Payload(json!({"source": "page", "data": {"text/plain": rest}, "start": 0})));
            }
            "next" => {
                out.emit(OutputEvent::Payload(json!({"source": "set_next_input", "text": rest, "replace": false})));
            }
            "ask" => {
                let name = out.input(rest, false).map_err(|error| input_error(&error))?;
                out.print(format!("hi {name}\n"));
            }
            "secret" => {
                let secret = out.input(rest, true).map_err(|error| input_error(&error))?;
                out.print(format!("{} characters\n", secret.chars().count()));
            }
            "set" => drop(self.variables().insert(id.to_owned(), text.to_owned())),
            "sleep" => self.wait(Some(Duration::from_millis(number(rest))))?,
            "spin" => self.wait(None)?,
            "widget" => self.open_widget(out),
            "fail" => return Err(error("echo::failed", rest)),
            #[expect(clippy::panic, reason = "the protocol layer must outlive an engine that panics")]
            "panic" => panic!("{rest}"),
            _ => out.result(Bundle::text(self.value(line))),
        }
        Ok(())
    }

    /// A variable's text, the sum of whole numbers, or the text itself.
    fn value(&self, text: &str) -> String {
        if let Some(value) = self.variables().get(text) {
            return value.clone();
        }
        let sum: Option<i64> = text.split('+').map(|part| part.trim().parse::<i64>().ok()).sum();
        sum.map_or_else(|| text.to_owned(), |sum| sum.to_string())
    }

    fn wait(&self, limit: Option<Duration>) -> Result<(), CellError> {
        let begin = Instant::now();
        while limit.is_none_or(|limit| begin.elapsed() < limit) {
            if self.interrupted.load(Ordering::Acquire) {
                return Err(error("kernel::interrupted", "Interrupted"));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }

    fn open_widget(&self, out: &Output) {
        let mut opening = CommMessage::new(Map::from_iter([("state".to_owned(), widget_keys().into())]));
        opening.metadata.insert("version".to_owned(), json!("2.1.0"));
        let comm = self.services.comms.open(WIDGET_TARGET, opening, Arc::new(Widget));
        let view = json!({"version_major": 2, "version_minor": 1, "model_id": comm.id()});
        out.display(Bundle::text("a widget").with("application/vnd.jupyter.widget-view+json", view));
        self.widgets.lock().unwrap_or_else(PoisonError::into_inner).push(comm);
    }

    fn variables(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        self.variables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CellEngine for EchoEngine {
    fn execute(&self, request: &CellRequest, out: &Output) -> Result<(), CellError> {
        self.interrupted.store(false, Ordering::Release);
        request.code.lines().map(str::trim).filter(|line| !line.is_empty()).try_for_each(|line| self.run(line, out))
    }

    fn evaluate(&self, expression: &str) -> Result<Bundle, CellError> {
        match expression.strip_prefix("fail ") {
            Some(message) => Err(error("echo::failed", message)),
            None => Ok(Bundle::text(self.value(expression))),
        }
    }

    fn complete(&self, code: &str, cursor: usize) -> Completions {
        let before = code.get(..cursor).unwrap_or(code);
        let start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let word = before.get(start..).unwrap_or_default();
        let commands = COMMANDS.iter().map(|(name, help)| ((*name).to_owned(), "keyword", Some((*help).to_owned())));
        let variables: Vec<_> = self.variables().keys().map(|name| (name.clone(), "instance", None)).collect();
        let found = commands.chain(variables).filter(|(name, ..)| name.starts_with(word));
        let items =
            found.map(|(text, kind, signature)| Completion { text, kind: kind.to_owned(), signature }).collect();
        Completions { start, end: cursor, items }
    }

    fn inspect(&self, code: &str, cursor: usize, _detail: u8) -> Option<Bundle> {
        let start = code.get(..cursor)?.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let word = code.get(start..)?.split_whitespace().next()?;
        let (name, help) = COMMANDS.iter().find(|(name, _)| *name == word)?;
        Some(Bundle::text(format!("{name} {help}")))
    }

    fn is_complete(&self, code: &str) -> Completeness {
        if code.ends_with('\\') {
            Completeness::Incomplete("  ".to_owned())
        } else if code.starts_with(')') {
            Completeness::Invalid
        } else {
            Completeness::Complete
        }
    }

    fn interrupt(&self) {
        self.interrupted.store(true, Ordering::Release);
    }

    fn shutdown(&self, _restart: bool) {
        self.interrupted.store(true, Ordering::Release);
    }

    fn language_info(&self) -> Map<String, Value> {
        Map::from_iter([("name".to_owned(), json!("echo")), ("file_extension".to_owned(), json!(".txt"))])
    }
}

struct EchoTarget;

impl CommTarget for EchoTarget {
    fn open(&self, comm: &Comm, opening: CommMessage) -> Option<Arc<dyn CommHandler>> {
        if opening.data.contains_key("refuse") {
            return None;
        }
        comm.send(opening);
        Some(Arc::new(EchoHandler))
    }
}

struct EchoHandler;

impl CommHandler for EchoHandler {
    fn message(&self, comm: &Comm, message: CommMessage) {
        if message.data.contains_key("close") {
            comm.close(message);
        } else {
            comm.send(message);
        }
    }
}

struct Widget;

impl CommHandler for Widget {
    fn message(&self, comm: &Comm, message: CommMessage) {
        comm.send(message);
    }

    fn widget_state(&self) -> Option<WidgetState> {
        Some(WidgetState {
            state: widget_keys(),
            buffers: vec![(vec![json!("audio")], Bytes::from_static(b"\x01\x02"))],
        })
    }
}

fn widget_keys() -> Map<String, Value> {
    let keys = ["_model_module", "_model_name", "_model_module_version"];
    keys.into_iter().zip(["echo", "EchoModel", "1.0.0"]).map(|(key, value)| (key.to_owned(), json!(value))).collect()
}

fn number(text: &str) -> u64 {
    text.trim().parse().unwrap_or(0)
}

fn unhex(text: &str) -> Bytes {
    let digits: Vec<u8> = text.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks_exact(2).map(|pair| pair[0] * 16 + pair[1]).collect()
}

fn error(code: &str, message: &str) -> CellError {
    CellError { ename: code.to_owned(), evalue: message.to_owned(), traceback: vec![format!("{code}: {message}")] }
}

fn input_error(cause: &InputError) -> CellError {
    error(&code_of(cause), &cause.to_string())
}
