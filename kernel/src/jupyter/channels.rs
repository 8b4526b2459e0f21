//! The channels that front ends talk to: messages in, replies out, heartbeats echoed.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jupyter_protocol::connection_info::{ConnectionInfo, Transport};
use tokio::sync::mpsc::Receiver;
use zeromq::ZmqMessage;

use super::error::JupyterError;
use super::wire::{Codec, Header, Incoming, Outgoing};
use super::zmq::Router;

/// The sending side of a channel; cheap to clone, never waits.
#[derive(Clone)]
pub(crate) struct Outbox {
    codec: Arc<Codec>,
    socket: Router,
}

/// A message that was sent.
pub(crate) struct Sent {
    /// The message's id.
    pub(crate) msg_id: String,
    /// False when nobody was at the route.
    pub(crate) arrived: bool,
}

impl Outbox {
    /// Answers a request on the route that it came from.
    pub(crate) fn reply(&self, request: &Incoming, message: Outgoing) {
        let sent = self.send(&request.identities, Some(&request.header), message);
        if !sent.arrived {
            tracing::debug!(msg_type = request.header.msg_type, "who asked is gone");
        }
    }

    /// Sends a message and says whether its receiver is there.
    pub(crate) fn send(&self, route: &[Bytes], parent: Option<&Header>, message: Outgoing) -> Sent {
        let encoded = self.codec.encode(route, parent, message);
        Sent { arrived: self.socket.send(&encoded.parts), msg_id: encoded.msg_id }
    }

    /// Waits until everything so far has been sent, at most for `limit`.
    pub(crate) async fn flushed(&self, limit: Duration) {
        self.socket.drain(limit).await;
    }
}

/// A bound channel.
pub(crate) struct Channel {
    /// Reads what front ends send.
    pub(crate) reader: Reader,
    /// Sends to them.
    pub(crate) outbox: Outbox,
    /// The port that it listens on.
    pub(crate) port: u16,
}

/// The receiving side of a channel.
pub(crate) struct Reader {
    name: &'static str,
    codec: Arc<Codec>,
    messages: Receiver<Vec<Bytes>>,
}

impl Reader {
    /// The next message that is signed and whole; others are logged and skipped. `None` when the channel is closed.
    pub(crate) async fn next(&mut self) -> Option<Incoming> {
        loop {
            // A message has its sender's identity at least, and so is never empty.
            let message = ZmqMessage::try_from(self.messages.recv().await?).ok()?;
            match self.codec.decode(message) {
                Ok(message) => return Some(message),
                Err(error) => tracing::warn!(channel = self.name, "{error}"),
            }
        }
    }
}

/// Binds a channel of requests.
///
/// # Errors
/// The address is taken.
pub(crate) async fn bind(
    name: &'static str,
    connection: &ConnectionInfo,
    port: u16,
    codec: &Arc<Codec>,
) -> Result<Channel, JupyterError> {
    let (socket, messages, port) =
        Router::bind(connection, port).await.map_err(|source| failed(name, connection, port, source))?;
    Ok(Channel {
        reader: Reader { name, codec: Arc::clone(codec), messages },
        outbox: Outbox { codec: Arc::clone(codec), socket },
        port,
    })
}

/// Binds the heartbeat channel and echoes all that comes, for as many clients as there are.
///
/// # Errors
/// The address is taken.
pub(crate) async fn bind_heartbeat(connection: &ConnectionInfo) -> Result<u16, JupyterError> {
    let port = connection.hb_port;
    let (socket, mut beats, port) =
        Router::bind(connection, port).await.map_err(|source| failed("heartbeat", connection, port, source))?;
    tokio::spawn(async move {
        while let Some(beat) = beats.recv().await {
            socket.send(&beat);
        }
    });
    Ok(port)
}

/// The error of a channel that can't be bound.
pub(crate) fn failed(
    channel: &'static str,
    connection: &ConnectionInfo,
    port: u16,
    source: std::io::Error,
) -> JupyterError {
    let endpoint = match connection.transport {
        Transport::TCP => format!("tcp://{}:{port}", connection.ip),
        Transport::IPC => format!("ipc://{}-{port}", connection.ip),
    };
    JupyterError::Bind { channel, endpoint, source }
}
