//! The Jupyter protocol: sockets, messages, shells, comms, and the driving of a [`CellEngine`].
//!
//! Built on `jupyter-protocol` and `jupyter-zmq-client`, with what they lack added here: subshells, supported
//! features, `usage_request`, and sockets whose peers don't wait for each other.
//!
//! **Invariant**: nothing that an engine or a front end does can hold up the iopub channel, and every request is
//! followed by its `idle` after all its output.

mod channels;
mod comm;
mod connection;
mod control;
mod dispatch;
mod error;
mod execute;
mod input;
mod iopub;
mod kernel;
mod lifecycle;
mod options;
mod output;
mod serve;
mod shell;
mod subshell;
mod text;
mod usage;
mod wire;
mod zmq;

pub use comm::{Comm, CommHandler, CommMessage, CommTarget, Comms, WIDGET_TARGET, WidgetState};
pub use connection::{parse_connection, read_connection};
pub use error::JupyterError;
pub use options::ServeOptions;
pub use serve::{Services, run, serve};
pub use wire::PROTOCOL_VERSION;

#[cfg(doc)]
use crate::engine::CellEngine;
