//! The connection file: where to listen and with which key to sign.

use std::fs;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixStream;
use std::path::Path;

use jupyter_protocol::connection_info::{ConnectionInfo, Transport};
use serde_json::{Map, Value};

use super::error::JupyterError;

/// The channels in the order of the connection file's ports.
const PORTS: [&str; 5] = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"];

/// Reads a connection file; fields that may be left out get Jupyter's defaults.
///
/// # Errors
/// The file can't be read, is not JSON of the right shape, or asks for another signature than hmac-sha256.
pub fn read_connection(path: &Path) -> Result<ConnectionInfo, JupyterError> {
    let text =
        fs::read_to_string(path).map_err(|source| JupyterError::ConnectionFile { path: path.to_owned(), source })?;
    parse_connection(&text)
}

/// Reads the text of a connection file.
///
/// # Errors
/// As [`read_connection`].
pub fn parse_connection(text: &str) -> Result<ConnectionInfo, JupyterError> {
    let content = |error: serde_json::Error| JupyterError::ConnectionContent { reason: error.to_string() };
    let mut fields: Map<String, Value> = serde_json::from_str(text).map_err(content)?;
    let defaults = [("ip", "127.0.0.1"), ("transport", "tcp"), ("key", ""), ("signature_scheme", "hmac-sha256")];
    for (name, value) in defaults {
        fields.entry(name).or_insert_with(|| value.into());
    }
    for port in PORTS {
        fields.entry(port).or_insert_with(|| 0.into());
    }
    let mut connection: ConnectionInfo = serde_json::from_value(Value::Object(fields)).map_err(content)?;
    if connection.signature_scheme.is_empty() {
        "hmac-sha256".clone_into(&mut connection.signature_scheme);
    }
    if !connection.key.is_empty() && connection.signature_scheme != "hmac-sha256" {
        return Err(JupyterError::SignatureScheme { scheme: connection.signature_scheme });
    }
    if connection.transport == Transport::TCP {
        if connection.ip.is_empty() || connection.ip == "*" {
            "0.0.0.0".clone_into(&mut connection.ip);
        }
        if connection.ip.contains(':') && !connection.ip.starts_with('[') {
            connection.ip = format!("[{}]", connection.ip);
        }
    }
    Ok(connection)
}

/// Writes the ports that were chosen at binding into a connection file that left them open.
///
/// # Errors
/// The file can't be read or written.
pub(crate) fn write_ports(path: &Path, connection: &ConnectionInfo) -> Result<(), JupyterError> {
    let failed = |source: io::Error| JupyterError::ConnectionFile { path: path.to_owned(), source };
    let text = fs::read_to_string(path).map_err(failed)?;
    let mut fields: Map<String, Value> =
        serde_json::from_str(&text).map_err(|error| JupyterError::ConnectionContent { reason: error.to_string() })?;
    for (name, port) in PORTS.into_iter().zip(ports(connection)) {
        fields.insert(name.to_owned(), port.into());
    }
    let text = format!("{:#}", Value::Object(fields));
    fs::write(path, text).map_err(failed)
}

/// Removes what a killed kernel left at the paths of an `ipc` connection.
pub(crate) fn remove_stale_sockets(connection: &ConnectionInfo) {
    for path in socket_paths(connection) {
        let path = Path::new(&path);
        let is_socket = fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
        if is_socket && UnixStream::connect(path).is_err() {
            remove(path);
        }
    }
}

/// Removes the sockets of an `ipc` connection when the kernel ends.
pub(crate) fn remove_sockets(connection: &ConnectionInfo) {
    for path in socket_paths(connection) {
        remove(Path::new(&path));
    }
}

/// The five ports, in the order of the connection file.
pub(crate) fn ports(connection: &ConnectionInfo) -> [u16; 5] {
    let c = connection;
    [c.shell_port, c.iopub_port, c.stdin_port, c.control_port, c.hb_port]
}

fn socket_paths(connection: &ConnectionInfo) -> Vec<String> {
    match connection.transport {
        Transport::IPC => ports(connection).iter().map(|port| format!("{}-{port}", connection.ip)).collect(),
        Transport::TCP => Vec::new(),
    }
}

fn remove(path: &Path) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(path = %path.display(), %error, "a socket could not be removed");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_has_defaults() {
        let connection =
            parse_connection(r#"{"shell_port": 5, "kernel_name": "synthbook", "jupyter_session": "x"}"#).unwrap();
        assert_eq!(connection.shell_url(), "tcp://127.0.0.1:5");
        assert_eq!(connection.key, "");
        assert_eq!(connection.hb_port, 0);
    }

    #[test]
    fn addresses_are_made_usable() {
        assert_eq!(parse_connection(r#"{"ip": "*", "hb_port": 9}"#).unwrap().hb_url(), "tcp://0.0.0.0:9");
        assert_eq!(parse_connection(r#"{"ip": "::1", "hb_port": 9}"#).unwrap().hb_url(), "tcp://[::1]:9");
        let ipc = parse_connection(r#"{"ip": "/run/k", "transport": "ipc", "hb_port": 9}"#).unwrap();
        assert_eq!(ipc.hb_url(), "ipc:///run/k-9");
    }

    #[test]
    fn other_signatures_and_shapes_are_errors() {
        let scheme = parse_connection(r#"{"key": "k", "signature_scheme": "hmac-md5"}"#).unwrap_err();
        assert!(matches!(scheme, JupyterError::SignatureScheme { .. }));
        assert!(matches!(parse_connection("[]").unwrap_err(), JupyterError::ConnectionContent { .. }));
        assert!(matches!(parse_connection(r#"{"hb_port": "x"}"#).unwrap_err(), JupyterError::ConnectionContent { .. }));
    }

    #[test]
    fn chosen_ports_are_written_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.json");
        fs::write(&path, r#"{"ip": "127.0.0.1", "key": "k", "shell_port": 0}"#).unwrap();
        let mut connection = read_connection(&path).unwrap();
        connection.shell_port = 4321;
        write_ports(&path, &connection).unwrap();
        let again = read_connection(&path).unwrap();
        assert_eq!((again.shell_port, again.key.as_str()), (4321, "k"));
    }
}
