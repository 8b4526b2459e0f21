//! The channel to the kernel: what a cell shows, asks and reports.
//!
//! `SYNTHBOOK_SOCKET` names a Unix socket on which the kernel listens. The first event connects and says
//! `{"hello":"events","pid":PID}`; a process that was forked since then connects again, because its frozen twin may
//! still hold the old connection. The frame of a message is described in [`Message`].
//!
//! Events (to the kernel): `display` and `update` (`data`, `metadata`, `display_id`), `result` (`data`, `metadata`: the
//! cell's trailing expression), `clear` (`wait`), `progress` (`progress_id`, `fraction`, `message`, `done`), `error`
//! (`ename`, `evalue`, `help`, `file`, `line`, `column`, `cell`, `traceback`). `cell` is false for a panic on a thread
//! other than the cell's own.
//!
//! Requests (with an `id`; the answer has `id` and `ok` or `error`): `input` (`prompt`, `password`) gives `text`;
//! `frame` (`name`) gives `path`, `generation`, `rows`; `frames` gives a list of `name`, `rows`, `columns`;
//! `publish_path` (`name`) gives the `path` to write to, and `published` (`name`, `path`) gives `generation`, `rows`,
//! `columns`.
//!
//! Standard output and standard error are flushed before each message, so that the kernel, which reads those pipes dry
//! before it acts on a message, shows everything in the order in which the cell made it.

mod channel;
mod wire;

use std::io::Write as _;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};

pub use channel::Channel;
pub use wire::Message;

use crate::bundle::Bundle;
use crate::error::{CellError, Result};

static CHANNEL: LazyLock<Option<Channel>> = LazyLock::new(|| socket().map(|path| Channel::new(path, std::process::id)));

#[allow(clippy::disallowed_methods, reason = "this is where the crate reads its configuration")]
fn socket() -> Option<std::path::PathBuf> {
    std::env::var_os("SYNTHBOOK_SOCKET").filter(|path| !path.is_empty()).map(Into::into)
}

/// True when a kernel started this process.
#[must_use]
pub fn has_kernel() -> bool {
    CHANNEL.is_some()
}

/// Sends an event. Its order against standard output and standard error is kept.
///
/// # Errors
/// There is no kernel, or its socket failed.
pub fn send(event: &Value) -> Result<()> {
    let channel = CHANNEL.as_ref().ok_or(CellError::NoKernel)?;
    flush();
    channel.send(event)
}

/// Sends a request and waits for its answer.
///
/// # Errors
/// There is no kernel, its socket failed, it refused, or the cell was interrupted meanwhile.
pub fn request(event: Map<String, Value>) -> Result<Value> {
    let channel = CHANNEL.as_ref().ok_or(CellError::NoKernel)?;
    flush();
    channel.request(event)
}

/// The JSON object of an event that shows a bundle.
pub(crate) fn shown(event: &str, bundle: &Bundle, display_id: Option<&str>) -> Value {
    let mut message = json!({"event": event, "data": bundle.data, "metadata": bundle.metadata});
    if let (Some(id), Some(object)) = (display_id, message.as_object_mut()) {
        object.insert("display_id".to_owned(), id.into());
    }
    message
}

/// A request's JSON object.
pub(crate) fn question<const N: usize>(event: &str, fields: [(&str, Value); N]) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("event".to_owned(), event.into());
    object.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    object
}

/// Sends what standard output and standard error still hold. The kernel calls it when a cell ends.
pub fn flush() {
    // A closed standard output is no reason to lose the event.
    let _ = std::io::stdout().flush();
    let _ = std::io::stderr().flush();
}
