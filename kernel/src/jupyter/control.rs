//! The requests of the control channel: interrupts, shutdown, subshells, resources, the debugger that is not there.

use std::sync::Arc;

use jupyter_protocol::messaging::ReplyStatus;
use serde_json::{Map, Value, json};

use super::error::JupyterError;
use super::execute::serve_cells;
use super::kernel::Kernel;
use super::wire::{Incoming, Outgoing};
use crate::engine::CellError;

type Reply = Result<Value, CellError>;

/// The content of the reply; `None` for a request that is not of this channel.
pub(crate) async fn reply(kernel: &Arc<Kernel>, message: &Incoming) -> Option<Reply> {
    let content = &message.content;
    Some(match message.header.msg_type.as_str() {
        "interrupt_request" => {
            // An engine may take a moment to pass the interrupt on.
            let running = Arc::clone(kernel);
            let passed_on = tokio::task::spawn_blocking(move || running.interrupt()).await;
            passed_on.map(|()| json!({"status": ReplyStatus::Ok})).map_err(|error| {
                tracing::error!(%error, "the engine panicked");
                JupyterError::Internal { at: "while it passed an interrupt on" }.into()
            })
        }
        "shutdown_request" => Ok(shutdown(kernel, message)),
        "create_subshell_request" => create_subshell(kernel),
        "delete_subshell_request" => delete_subshell(kernel, content),
        "list_subshell_request" => {
            subshells(kernel).map(|()| json!({"status": ReplyStatus::Ok, "subshell_id": kernel.subshells.list()}))
        }
        "usage_request" => usage(kernel).await,
        "debug_request" => Ok(debug(content)),
        _ => return None,
    })
}

/// The reply to a shutdown; the kernel stops once it has been sent.
fn shutdown(kernel: &Kernel, message: &Incoming) -> Value {
    let restart = message.content.get("restart").and_then(Value::as_bool).unwrap_or(false);
    let content = json!({"status": ReplyStatus::Ok, "restart": restart});
    // All other clients of this kernel hear of it too.
    kernel.iopub.publish(Some(&message.header), Outgoing::new("shutdown_reply", content.clone()));
    content
}

fn subshells(kernel: &Kernel) -> Result<(), CellError> {
    if kernel.options.subshells { Ok(()) } else { Err(JupyterError::NoSubshells.into()) }
}

fn create_subshell(kernel: &Arc<Kernel>) -> Reply {
    subshells(kernel)?;
    let (id, cells) = kernel.subshells.create();
    tokio::spawn(serve_cells(Arc::clone(kernel), cells));
    Ok(json!({"status": ReplyStatus::Ok, "subshell_id": id}))
}

fn delete_subshell(kernel: &Kernel, content: &Map<String, Value>) -> Reply {
    subshells(kernel)?;
    let id = content.get("subshell_id").and_then(Value::as_str).unwrap_or_default();
    if kernel.subshells.delete(id) {
        Ok(json!({"status": ReplyStatus::Ok}))
    } else {
        Err(JupyterError::UnknownSubshell { id: id.to_owned() }.into())
    }
}

async fn usage(kernel: &Kernel) -> Reply {
    let usage = Arc::clone(&kernel.usage);
    let measured = tokio::task::spawn_blocking(move || usage.measure()).await;
    measured.map_err(|_| JupyterError::Internal { at: "while it measured its resources" }.into())
}

/// There is no debugger; `debugInfo` is answered so that front ends hide theirs.
fn debug(content: &Map<String, Value>) -> Value {
    let command = content.get("command").and_then(Value::as_str).unwrap_or_default();
    let body = if command == "debugInfo" {
        json!({
            "isStarted": false,
            "hashMethod": "Murmur2",
            "hashSeed": 0,
            "tmpFilePrefix": "",
            "tmpFileSuffix": ".rs",
            "breakpoints": [],
            "stoppedThreads": [],
            "richRendering": false,
            "exceptionPaths": [],
            "copyToGlobals": false,
        })
    } else {
        json!({})
    };
    json!({
        "status": ReplyStatus::Ok,
        "type": "response",
        "seq": 1,
        "request_seq": content.get("seq").cloned().unwrap_or_default(),
        "command": command,
        "success": command == "debugInfo",
        "message": "This kernel has no debugger",
        "body": body,
    })
}
