//! The requests of the shell channel besides cells; the control channel takes them too.

use std::sync::Arc;
use std::time::Duration;

use jupyter_protocol::messaging::ReplyStatus;
use serde_json::{Map, Value, json};

use super::error::JupyterError;
use super::kernel::Kernel;
use super::text::{byte_offset, code_points};
use super::wire::{Incoming, PROTOCOL_VERSION};
use crate::engine::{CellEngine, CellError, Completeness};
use crate::history::HistoryQuery;

/// How long the first `kernel_info_reply` waits for the engine to tell the language's version.
const ENGINE_WAIT: Duration = Duration::from_millis(20);

type Reply = Result<Value, CellError>;

/// The content of the reply; `None` for a request that is not of this channel.
pub(crate) async fn reply(kernel: &Arc<Kernel>, message: &Incoming) -> Option<Reply> {
    let content = &message.content;
    Some(match message.header.msg_type.as_str() {
        "kernel_info_request" => Ok(kernel_info(kernel).await),
        "connect_request" => Ok(connect(kernel)),
        "comm_info_request" => {
            let target = content.get("target_name").and_then(Value::as_str).filter(|target| !target.is_empty());
            Ok(json!({"status": ReplyStatus::Ok, "comms": kernel.comms.info(target)}))
        }
        "history_request" => history(kernel, content).await,
        "complete_request" => with_engine(kernel, content, complete).await,
        "inspect_request" => with_engine(kernel, content, inspect).await,
        "is_complete_request" => with_engine(kernel, content, is_complete).await,
        _ => return None,
    })
}

async fn kernel_info(kernel: &Kernel) -> Value {
    let mut language = json!({
        "name": "rust",
        "version": env!("CARGO_PKG_RUST_VERSION"),
        "mimetype": "text/x-rustsrc",
        "file_extension": ".rs",
        "pygments_lexer": "rust",
        "codemirror_mode": "rust",
        "nbconvert_exporter": "script",
    });
    // The engine knows more, but a front end that waits to connect must not wait for it.
    let told = async {
        let engine = kernel.engine().await.ok()?;
        tokio::task::spawn_blocking(move || engine.language_info()).await.ok()
    };
    for (name, value) in tokio::time::timeout(ENGINE_WAIT, told).await.ok().flatten().unwrap_or_default() {
        language[name.as_str()] = value;
    }
    let version = env!("CARGO_PKG_VERSION");
    let features =
        if kernel.options.subshells { vec!["kernel subshells", "iopub_welcome"] } else { vec!["iopub_welcome"] };
    json!({
        "status": ReplyStatus::Ok,
        "protocol_version": PROTOCOL_VERSION,
        "implementation": "synthbook",
        "implementation_version": version,
        "language_info": language,
        "banner": format!("Synthbook {version}: Rust cells, SQL and synthetic data over shared frames. %lsmagic lists the magics, %help explains them."),
        "debugger": false,
        "help_links": [
            {"text": "Rust by Example", "url": "https://doc.rust-lang.org/rust-by-example/"},
            {"text": "The Rust Standard Library", "url": "https://doc.rust-lang.org/std/"},
            {"text": "Polars for Rust", "url": "https://docs.rs/polars/latest/polars/"},
            {"text": "DuckDB SQL", "url": "https://duckdb.org/docs/stable/sql/introduction"},
        ],
        "supported_features": features,
    })
}

fn connect(kernel: &Kernel) -> Value {
    let connection = &kernel.connection;
    json!({
        "status": ReplyStatus::Ok,
        "shell_port": connection.shell_port,
        "iopub_port": connection.iopub_port,
        "stdin_port": connection.stdin_port,
        "control_port": connection.control_port,
        "hb_port": connection.hb_port,
    })
}

async fn history(kernel: &Kernel, content: &Map<String, Value>) -> Reply {
    let query = HistoryQuery::from_content(content)
        .ok_or_else(|| JupyterError::BadRequest { reason: "hist_access_type is tail, range or search".to_owned() })?;
    let with_output = content.get("output").and_then(Value::as_bool).unwrap_or(false);
    let entries = kernel.history.query(query).await;
    let entries: Vec<Value> = entries.iter().map(|entry| entry.to_json(with_output)).collect();
    Ok(json!({"status": ReplyStatus::Ok, "history": entries}))
}

/// Asks the engine on a thread that may block.
async fn with_engine<F>(kernel: &Kernel, content: &Map<String, Value>, ask: F) -> Reply
where
    F: FnOnce(&dyn CellEngine, &str, &Map<String, Value>) -> Value + Send + 'static,
{
    let engine = kernel.engine().await?;
    let content = content.clone();
    let answered = tokio::task::spawn_blocking(move || {
        let code = content.get("code").and_then(Value::as_str).unwrap_or_default();
        ask(engine.as_ref(), code, &content)
    });
    answered.await.map_err(|error| {
        tracing::error!(%error, "the engine panicked");
        JupyterError::Internal { at: "while it answered this request" }.into()
    })
}

fn cursor(code: &str, content: &Map<String, Value>) -> usize {
    let position = content.get("cursor_pos").and_then(Value::as_i64);
    // Some clients send -1 for the end.
    position.and_then(|at| usize::try_from(at).ok()).map_or(code.len(), |at| byte_offset(code, at))
}

fn complete(engine: &dyn CellEngine, code: &str, content: &Map<String, Value>) -> Value {
    let found = engine.complete(code, cursor(code, content));
    let (start, end) = (code_points(code, found.start), code_points(code, found.end));
    let experimental: Vec<Value> = found
        .items
        .iter()
        .map(|item| json!({"start": start, "end": end, "text": item.text, "type": item.kind, "signature": item.signature.as_deref().unwrap_or_default()}))
        .collect();
    let matches: Vec<&str> = found.items.iter().map(|item| item.text.as_str()).collect();
    json!({
        "status": ReplyStatus::Ok,
        "matches": matches,
        "cursor_start": start,
        "cursor_end": end,
        "metadata": {"_jupyter_types_experimental": experimental},
    })
}

fn inspect(engine: &dyn CellEngine, code: &str, content: &Map<String, Value>) -> Value {
    let detail = u8::from(content.get("detail_level").and_then(Value::as_u64).unwrap_or(0) > 0);
    let found = engine.inspect(code, cursor(code, content), detail);
    let (is_found, bundle) = (found.is_some(), found.unwrap_or_default());
    json!({"status": ReplyStatus::Ok, "found": is_found, "data": bundle.data, "metadata": bundle.metadata})
}

fn is_complete(engine: &dyn CellEngine, code: &str, _content: &Map<String, Value>) -> Value {
    match engine.is_complete(code) {
        Completeness::Complete => json!({"status": "complete"}),
        Completeness::Incomplete(indent) => json!({"status": "incomplete", "indent": indent}),
        Completeness::Invalid => json!({"status": "invalid"}),
        Completeness::Unknown => json!({"status": "unknown"}),
    }
}
