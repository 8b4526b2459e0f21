//! What can go wrong between the kernel and its front ends.

use std::path::PathBuf;

use crate::engine::CellError;
use crate::error::{code_of, terminal};

/// An error of the protocol layer.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum JupyterError {
    /// The connection file can't be read or written.
    #[error("Can't read the connection file {}", path.display())]
    #[diagnostic(
        code(kernel::connection_file),
        help("Jupyter writes this file and names it when it starts the kernel; start the kernel from Jupyter")
    )]
    ConnectionFile {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The connection file is not what Jupyter writes.
    #[error("The connection file is not valid: {reason}")]
    #[diagnostic(
        code(kernel::connection_content),
        help("it must hold transport, ip, key, signature_scheme and the five ports as JSON")
    )]
    ConnectionContent {
        /// What is wrong with it.
        reason: String,
    },
    /// The connection file asks for a signature that the kernel does not know.
    #[error("The kernel signs with hmac-sha256 only, not with {scheme}")]
    #[diagnostic(code(kernel::signature_scheme), help("leave Session.signature_scheme of Jupyter at its default"))]
    SignatureScheme {
        /// The scheme asked for.
        scheme: String,
    },
    /// A channel could not be bound.
    #[error("Can't listen on the {channel} channel at {endpoint}")]
    #[diagnostic(code(kernel::bind), help("another process uses this port: start the kernel again"))]
    Bind {
        /// Which channel.
        channel: &'static str,
        /// The `ZeroMQ` endpoint.
        endpoint: String,
        /// The reason.
        source: std::io::Error,
    },
    /// A message that does not follow the protocol.
    #[error("A message was skipped: {reason}")]
    #[diagnostic(code(kernel::malformed_message))]
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// A request whose content is not what its type asks for.
    #[error("The request can't be answered: {reason}")]
    #[diagnostic(
        code(kernel::bad_request),
        help("the front end sent it wrongly; another front end or version may do better")
    )]
    BadRequest {
        /// What is wrong with it.
        reason: String,
    },
    /// A request of a type that the kernel does not serve.
    #[error("This kernel does not answer {msg_type}")]
    #[diagnostic(code(kernel::unknown_request))]
    UnknownRequest {
        /// The type.
        msg_type: String,
    },
    /// A subshell that was never there or has been deleted.
    #[error("There is no subshell {id}")]
    #[diagnostic(
        code(kernel::unknown_subshell),
        help("send the request to the main shell, or create a subshell first")
    )]
    UnknownSubshell {
        /// Its id.
        id: String,
    },
    /// Subshells are turned off.
    #[error("This kernel opens no subshells")]
    #[diagnostic(code(kernel::no_subshells), help("unset SYNTHBOOK_NO_SUBSHELLS and restart the kernel"))]
    NoSubshells,
    /// The engine did not start.
    #[error("The kernel's engine did not start")]
    #[diagnostic(
        code(kernel::no_engine),
        help("the kernel's log says why; `synthbook doctor` checks the installation")
    )]
    NoEngine,
    /// A fault of the kernel itself.
    #[error("The kernel itself failed {at}")]
    #[diagnostic(code(kernel::internal), help("the session goes on; the kernel's log says more"))]
    Internal {
        /// What it was doing.
        at: &'static str,
    },
    /// The runtime of the protocol could not start.
    #[error("Can't start the kernel's threads")]
    #[diagnostic(code(kernel::runtime))]
    Runtime {
        /// The reason.
        source: std::io::Error,
    },
}

impl From<JupyterError> for CellError {
    fn from(error: JupyterError) -> Self {
        let shown = terminal(&error, true);
        Self {
            ename: code_of(&error),
            evalue: error.to_string(),
            traceback: shown.lines().map(str::to_owned).collect(),
        }
    }
}
