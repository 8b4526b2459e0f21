//! Starts what this program can be: a kernel, a host of Rust, a cells' process, a compiler's wrapper.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::engine::CellEngine;
use crate::error::KernelError;
use crate::evaluator::Snippet;
use crate::frames::{FrameStore, StoreConfig};
use crate::jupyter::{ServeOptions, read_connection, run};
use crate::output::{InputError, Output, OutputEvent, OutputSink};
use crate::rust::{self, FrameDesk, RustEvaluator};
use crate::session::{Paths, Session, SessionConfig};

/// Becomes a cells' process, evcxr's wrapper of rustc or a host if this process was started as one; then it never
/// returns. Must be called before anything else, while the process has one thread.
pub fn early_hooks() {
    synthbook_child::run_if_child();
    evcxr::runtime_hook();
    if rust::is_host() {
        start_log();
    }
    if let Some(status) = rust::run_if_host() {
        leave(status);
    }
}

#[expect(clippy::exit, reason = "a process that was started as a host ends here, in place of main")]
fn leave(status: u8) -> ! {
    std::process::exit(status.into())
}

/// Sends the log to standard error: warnings (of the vector store only errors), or what `SYNTHBOOK_LOG` names (`debug`, `synthbook_kernel=trace`).
fn start_log() {
    let filter =
        crate::config::text("SYNTHBOOK_LOG").and_then(|text| tracing_subscriber::EnvFilter::try_new(text).ok());
    let filter = filter.unwrap_or_else(|| tracing_subscriber::EnvFilter::new("warn,qdrant_edge=error"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .log_internal_errors(false)
        .try_init();
}

/// Serves a kernel on the connection that a file describes, until it is shut down.
///
/// # Errors
/// The file can't be read, or the channels can't be opened.
pub fn run_kernel(connection_file: &Path) -> Result<(), KernelError> {
    start_log();
    let connection = read_connection(connection_file).map_err(KernelError::foreign)?;
    let file = connection_file.to_owned();
    let options = ServeOptions { connection_file: Some(file.clone()), ..ServeOptions::from_env(connection) };
    run(options, move |services| {
        let session = open_session(Some(file)).map_err(|error| crate::error::cell_error(&error, "", 0))?;
        session.set_history(services.history.clone());
        Ok(Arc::new(session) as Arc<dyn CellEngine>)
    })
    .map_err(KernelError::foreign)
}

fn open_session(connection: Option<PathBuf>) -> Result<Session, KernelError> {
    let paths = Paths::from_environment();
    let folder = std::env::current_dir().unwrap_or_else(|_| std::env::temp_dir());
    // Jupyter names the notebook here; other front ends don't.
    let title = crate::config::text("JPY_SESSION_NAME");
    let frames = Arc::new(FrameStore::open(StoreConfig {
        runtime: paths.runtime.clone(),
        spill: paths.spill(),
        connection,
        title,
    })?);
    let evaluator = Arc::new(RustEvaluator::new(Arc::clone(&frames) as Arc<dyn FrameDesk>));
    Ok(Session::new(frames, evaluator, SessionConfig { paths, folder, owns_process: true }))
}

/// Compiles and runs a few cells, so that the first notebook finds everything in the system's memory.
///
/// # Errors
/// The first cell that does not run, as text for a terminal.
pub fn warm() -> Result<(), String> {
    let session = open_session(None).map_err(|error| crate::error::terminal(&error, false))?;
    let out = Output::new(Arc::new(Nowhere));
    let cell = |code: &str| Snippet { code: code.into(), first_line: 0, execution_count: 1, show_value: true };
    let failed = |error: crate::engine::CellError| error.traceback.join("\n");
    let outcome = session.evaluator.execute(&cell("let x = 1 + 1; x"), &out).and_then(|()| {
        session.evaluator.use_prelude("polars", &out)?;
        session.evaluator.execute(&cell("let f = df![\"a\" => [1, 2]].unwrap(); f"), &out)
    });
    session.shutdown(false);
    outcome.map_err(failed)
}

/// An output that nobody sees.
struct Nowhere;

impl OutputSink for Nowhere {
    fn emit(&self, _event: OutputEvent) {}

    fn input(&self, _prompt: &str, _password: bool) -> Result<String, InputError> {
        Err(InputError::NotAllowed)
    }
}
