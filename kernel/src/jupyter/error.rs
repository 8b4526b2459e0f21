//! What can go wrong between the kernel and its front ends.

use std::path::PathBuf;

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
    /// The runtime of the protocol could not start.
    #[error("Can't start the kernel's threads")]
    #[diagnostic(code(kernel::runtime))]
    Runtime {
        /// The reason.
        source: std::io::Error,
    },
}
