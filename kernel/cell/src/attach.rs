//! What a process of cells needs before its first cell runs: the interrupt flag and the panic hook.

use std::cell::RefCell;
use std::panic::{self, PanicHookInfo};
use std::sync::{Mutex, Once, PoisonError};
use std::thread::{self, ThreadId};

use serde_json::json;

use crate::{events, interrupt};

static INSTALL: Once = Once::new();

/// The thread on which the kernel runs cells.
static CELL_THREAD: Mutex<Option<ThreadId>> = Mutex::new(None);

thread_local! {
    /// The error that is about to end the cell, with the text that it panics with.
    static FAILURE: RefCell<Option<Failure>> = const { RefCell::new(None) };
}

struct Failure {
    code: String,
    message: String,
    help: Option<String>,
    text: String,
}

/// Prepares the process and begins a cell. The kernel calls it at the start of every cell, on the cell's thread.
///
/// The first call makes SIGINT raise the interrupt flag and makes panics an `error` event to the kernel (nothing is
/// printed; without a kernel the hook that was there stays). Each call lowers the interrupt flag.
pub fn attach() {
    INSTALL.call_once(|| {
        if let Err(error) = interrupt::listen() {
            eprintln!("interrupts can't be caught: {error}");
        }
        if events::has_kernel() {
            let previous = panic::take_hook();
            panic::set_hook(Box::new(move |info| {
                if events::send(&report(info)).is_err() {
                    previous(info);
                }
            }));
        }
    });
    *CELL_THREAD.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread::current().id());
    interrupt::lower();
}

/// Panics with an error, keeping its code and help for the panic hook.
#[track_caller]
#[expect(clippy::panic, reason = "a panic is how a library call ends a cell")]
pub(crate) fn end_cell(code: String, message: String, help: Option<String>) -> ! {
    let text = match &help {
        Some(help) => format!("{message}\n  help: {help}"),
        None => message.clone(),
    };
    FAILURE.set(Some(Failure { code, message, help, text: text.clone() }));
    panic::panic_any(text)
}

/// The `error` event of a panic: what happened and where in the cell, nothing of the machinery around it.
fn report(info: &PanicHookInfo<'_>) -> serde_json::Value {
    let on_cell_thread = *CELL_THREAD.lock().unwrap_or_else(PoisonError::into_inner) == Some(thread::current().id());
    let (name, value, help) = describe(info);
    let place = info.location();
    let mut traceback = vec![format!("{name}: {value}")];
    if let Some(place) = place {
        traceback.push(format!("  at {}:{}:{}", place.file(), place.line(), place.column()));
    }
    if !on_cell_thread {
        traceback.push(format!("  on the thread {}", thread::current().name().unwrap_or("without a name")));
    }
    traceback.extend(help.iter().map(|help| format!("  help: {help}")));
    json!({
        "event": "error",
        "ename": name,
        "evalue": value,
        "help": help,
        "file": place.map(panic::Location::file),
        "line": place.map(panic::Location::line),
        "column": place.map(panic::Location::column),
        "cell": on_cell_thread,
        "traceback": traceback,
    })
}

fn describe(info: &PanicHookInfo<'_>) -> (String, String, Option<String>) {
    if info.payload().is::<interrupt::Interrupted>() {
        let value = "The cell was interrupted; variables of earlier cells are kept";
        return ("Interrupted".to_owned(), value.to_owned(), None);
    }
    let text = info.payload_as_str().unwrap_or("a value that is not text");
    let failure = FAILURE.take().filter(|failure| failure.text == text);
    match failure {
        Some(failure) => (failure.code, failure.message, failure.help),
        None => ("panic".to_owned(), text.to_owned(), None),
    }
}
