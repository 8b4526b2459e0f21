//! Where each message goes: cells into their shell's queue, comms into theirs, everything else is answered at once.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use super::channels::Reader;
use super::control;
use super::error::JupyterError;
use super::kernel::{Kernel, Origin};
use super::shell;
use super::wire::{Incoming, Outgoing};
use crate::engine::CellError;

/// Takes requests from the shell channel until it is closed.
pub(crate) async fn serve_shell(kernel: Arc<Kernel>, mut reader: Reader) {
    while let Some(message) = reader.next().await {
        if refuse(&kernel, Origin::Shell, &message) {
            continue;
        }
        let subshell = message.header.subshell_id.as_deref();
        if let Some(id) = subshell.filter(|id| !kernel.subshells.has(id)) {
            let error = JupyterError::UnknownSubshell { id: id.to_owned() };
            answer(&kernel, Origin::Shell, &message, Err(error.into()));
            continue;
        }
        match message.header.msg_type.as_str() {
            "execute_request" => kernel.subshells.enqueue(message),
            "comm_open" | "comm_msg" | "comm_close" => {
                if kernel.comm_queue.send(message).is_err() {
                    tracing::warn!("a comm message came while the kernel ends");
                }
            }
            _ => {
                // Side requests do not wait for one another: a completion may take as long as the engine thinks.
                let kernel = Arc::clone(&kernel);
                tokio::spawn(async move { serve(&kernel, Origin::Shell, message).await });
            }
        }
    }
}

/// Takes requests from the control channel, one after the other, until it is closed.
pub(crate) async fn serve_control(kernel: Arc<Kernel>, mut reader: Reader) {
    while let Some(message) = reader.next().await {
        if !refuse(&kernel, Origin::Control, &message) {
            serve(&kernel, Origin::Control, message).await;
        }
    }
}

/// Takes answers from the stdin channel until it is closed.
pub(crate) async fn serve_stdin(kernel: Arc<Kernel>, mut reader: Reader) {
    while let Some(message) = reader.next().await {
        kernel.stdin.answered(&message);
    }
}

/// Hands comm messages to their comms in order, beside the cells.
pub(crate) async fn serve_comms(kernel: Arc<Kernel>, mut messages: UnboundedReceiver<Incoming>) {
    while let Some(message) = messages.recv().await {
        let header = Arc::clone(&message.header);
        kernel.iopub.busy(&header);
        let comms = kernel.comms.clone();
        if let Err(error) = tokio::task::spawn_blocking(move || comms.receive(message)).await {
            tracing::error!(%error, "a comm's handler panicked");
        }
        kernel.idle(&header);
    }
}

async fn serve(kernel: &Arc<Kernel>, origin: Origin, message: Incoming) {
    let msg_type = message.header.msg_type.as_str();
    if !msg_type.ends_with("_request") {
        return tracing::warn!(msg_type, "a message that the kernel does not know");
    }
    kernel.iopub.busy(&message.header);
    let shell = shell::reply(kernel, &message).await;
    let content = match shell {
        None if origin == Origin::Control || msg_type == "shutdown_request" || msg_type == "interrupt_request" => {
            control::reply(kernel, &message).await
        }
        reply => reply,
    };
    let content = content.unwrap_or_else(|| {
        tracing::warn!(msg_type, "a request that the kernel does not know");
        Err(JupyterError::UnknownRequest { msg_type: msg_type.to_owned() }.into())
    });
    let restart = content.as_ref().ok().and_then(|content| content.get("restart")).and_then(Value::as_bool);
    send(kernel, origin, &message, content);
    kernel.idle(&message.header);
    if let Some(restart) = restart.filter(|_| message.header.msg_type == "shutdown_request") {
        kernel.stop(restart);
    }
}

/// Answers a request that can't be read with an error; true if it was one.
fn refuse(kernel: &Kernel, origin: Origin, message: &Incoming) -> bool {
    let Some(reason) = &message.broken else { return false };
    tracing::warn!("{reason}");
    answer(kernel, origin, message, Err(JupyterError::BadRequest { reason: reason.clone() }.into()));
    true
}

/// Answers a request that is not served, with its status around it.
fn answer(kernel: &Kernel, origin: Origin, message: &Incoming, content: Result<Value, CellError>) {
    if message.header.msg_type.ends_with("_request") {
        kernel.iopub.busy(&message.header);
        send(kernel, origin, message, content);
        kernel.idle(&message.header);
    }
}

fn send(kernel: &Kernel, origin: Origin, message: &Incoming, content: Result<Value, CellError>) {
    let stem = message.header.msg_type.trim_end_matches("_request");
    let content = content.unwrap_or_else(
        |error| json!({"status": "error", "ename": error.ename, "evalue": error.evalue, "traceback": error.traceback}),
    );
    kernel.outbox(origin).reply(message, Outgoing::new(&format!("{stem}_reply"), content));
}
