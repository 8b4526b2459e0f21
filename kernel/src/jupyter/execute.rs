//! Running cells: one after the other in each shell, until one fails and those behind it are aborted.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jupyter_protocol::messaging::ReplyStatus;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use super::error::JupyterError;
use super::kernel::Kernel;
use super::output::{Cell, CellOutput, CellSink, Leftover};
use super::wire::{Incoming, Outgoing, now};
use crate::engine::{CellEngine, CellError, CellRequest};
use crate::output::{Output, StreamName};

/// How long a failed cell's reply waits for cells that were sent together with it, so that they are aborted too.
const GATHER: Duration = Duration::from_millis(10);

/// The content of an `execute_request`; what is missing has the protocol's defaults.
#[expect(clippy::struct_excessive_bools, reason = "the protocol has these flags")]
struct Request {
    code: String,
    silent: bool,
    store_history: bool,
    user_expressions: Map<String, Value>,
    allow_stdin: bool,
    stop_on_error: bool,
}

/// The end of a cell.
struct Done {
    reply: Value,
    started: String,
    abort: bool,
}

/// Runs the cells of one shell until the shell ends.
pub(crate) async fn serve_cells(kernel: Arc<Kernel>, mut cells: UnboundedReceiver<Incoming>) {
    while let Some(cell) = cells.recv().await {
        if kernel.stopping() {
            return;
        }
        kernel.iopub.busy(&cell.header);
        let done = run(&kernel, &cell).await;
        let mut aborted = Vec::new();
        if done.abort {
            tokio::time::sleep(GATHER).await;
            while let Ok(next) = cells.try_recv() {
                aborted.push(next);
            }
        }
        finish(&kernel, &cell, done.reply, &done.started);
        for cell in aborted {
            kernel.iopub.busy(&cell.header);
            let status = json!({"status": ReplyStatus::Aborted});
            finish(&kernel, &cell, status, &now());
        }
    }
}

fn finish(kernel: &Kernel, cell: &Incoming, content: Value, started: &str) {
    let mut reply = Outgoing::new("execute_reply", content);
    reply.metadata.insert("started".to_owned(), started.into());
    reply.metadata.insert("status".to_owned(), reply.content["status"].clone());
    kernel.shell.reply(cell, reply);
    kernel.idle(&cell.header);
}

async fn run(kernel: &Arc<Kernel>, message: &Incoming) -> Done {
    let main = message.header.subshell_id.is_none();
    if main {
        kernel.set_foreground(Some(Arc::clone(&message.header)));
        kernel.comms.speak_for(&message.header);
    }
    kernel.running.fetch_add(1, Ordering::AcqRel);
    let done = run_counted(kernel, message).await;
    kernel.running.fetch_sub(1, Ordering::AcqRel);
    if main {
        kernel.set_foreground(None);
    }
    done
}

async fn run_counted(kernel: &Arc<Kernel>, message: &Incoming) -> Done {
    let started = now();
    let Some(request) = Request::from_content(&message.content) else {
        let error = JupyterError::BadRequest { reason: "it has no code".to_owned() }.into();
        let count = kernel.next_count.load(Ordering::Acquire);
        return Done { reply: error_reply(&error, count, Vec::new()), started, abort: false };
    };
    let counted = request.store_history && !request.silent;
    let count = if counted {
        kernel.next_count.fetch_add(1, Ordering::AcqRel)
    } else {
        kernel.next_count.load(Ordering::Acquire)
    };
    if !request.silent {
        let input = json!({"code": request.code, "execution_count": count});
        kernel.iopub.publish(Some(&message.header), Outgoing::new("execute_input", input));
    }
    let cell = Cell {
        parent: Arc::clone(&message.header),
        route: message.identities.clone(),
        execution_count: count,
        silent: request.silent,
        allow_stdin: request.allow_stdin,
        limit: kernel.options.output_limit,
    };
    let output = CellOutput::new(cell, kernel.iopub.clone(), kernel.stdin.clone());
    let (ran, expressions) = drive(kernel, &request, count, &output).await;
    let Leftover { payload, result } = output.finish();
    if counted {
        kernel.history.record(count, &request.code, result);
    }
    match ran {
        Ok(()) => {
            let reply = json!({
                "status": ReplyStatus::Ok, "execution_count": count, "user_expressions": expressions, "payload": payload,
            });
            Done { reply, started, abort: false }
        }
        Err(error) => {
            let shown = json!({"ename": error.ename, "evalue": error.evalue, "traceback": error.traceback});
            kernel.iopub.publish(Some(&message.header), Outgoing::new("error", shown));
            Done {
                reply: error_reply(&error, count, payload),
                started,
                abort: request.stop_on_error && !request.silent,
            }
        }
    }
}

/// Runs the cell and, when it went well, its user expressions, on threads that may block.
async fn drive(
    kernel: &Arc<Kernel>,
    request: &Request,
    count: u32,
    output: &Arc<CellOutput>,
) -> (Result<(), CellError>, Map<String, Value>) {
    let engine = match kernel.engine().await {
        Ok(engine) => engine,
        Err(error) => return (Err(error), Map::new()),
    };
    let out = Output::new(Arc::new(CellSink(Arc::clone(output))));
    let first = !request.silent && !kernel.announced.swap(true, Ordering::AcqRel);
    let cell = CellRequest { code: request.code.clone(), execution_count: count, silent: request.silent };
    let wanted = request.user_expressions.clone();
    let work = tokio::task::spawn_blocking(move || {
        if first {
            announce(engine.as_ref(), &out);
        }
        let ran = engine.execute(&cell, &out);
        let expressions = if ran.is_ok() { evaluate(engine.as_ref(), &wanted) } else { Map::new() };
        (ran, expressions)
    });
    work.await.unwrap_or_else(|error| {
        tracing::error!(%error, "the engine panicked");
        (Err(JupyterError::Internal { at: "while it ran this cell" }.into()), Map::new())
    })
}

/// Says once what the kernel has to say at its first cell.
fn announce(engine: &dyn CellEngine, out: &Output) {
    for notice in engine.notices() {
        out.emit(crate::output::OutputEvent::Stream { name: StreamName::Stderr, bytes: format!("{notice}\n").into() });
    }
}

fn evaluate(engine: &dyn CellEngine, wanted: &Map<String, Value>) -> Map<String, Value> {
    let value = |expression: &Value| match engine.evaluate(expression.as_str().unwrap_or_default()) {
        Ok(bundle) => json!({"status": ReplyStatus::Ok, "data": bundle.data, "metadata": bundle.metadata}),
        Err(error) => json!({
            "status": ReplyStatus::Error, "ename": error.ename, "evalue": error.evalue, "traceback": error.traceback,
        }),
    };
    wanted.iter().map(|(name, expression)| (name.clone(), value(expression))).collect()
}

fn error_reply(error: &CellError, count: u32, payload: Vec<Value>) -> Value {
    let mut reply = json!({
        "status": ReplyStatus::Error,
        "ename": error.ename,
        "evalue": error.evalue,
        "traceback": error.traceback,
        "execution_count": count,
        "user_expressions": {},
    });
    reply["payload"] = payload.into();
    reply
}

impl Request {
    fn from_content(content: &Map<String, Value>) -> Option<Self> {
        let flag = |name: &str, default: bool| content.get(name).and_then(Value::as_bool).unwrap_or(default);
        Some(Self {
            code: content.get("code").and_then(Value::as_str)?.to_owned(),
            silent: flag("silent", false),
            store_history: flag("store_history", true),
            user_expressions: content.get("user_expressions").and_then(Value::as_object).cloned().unwrap_or_default(),
            allow_stdin: flag("allow_stdin", false),
            stop_on_error: flag("stop_on_error", true),
        })
    }
}
