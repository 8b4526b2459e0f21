//! The sockets that front ends talk to: one task reads a channel, one writes it, one answers heartbeats.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use bytes::Bytes;
use jupyter_protocol::connection_info::{ConnectionInfo, Transport};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zeromq::{Endpoint, RouterRecvHalf, RouterSendHalf, RouterSocket, Socket, SocketRecv, SocketSend, ZmqMessage};

use super::error::JupyterError;
use super::wire::{Codec, Header, Incoming, Outgoing};

/// What waits to be sent on a channel.
enum Item {
    /// A message, and who wants to know whether its receiver is there.
    Message(ZmqMessage, Option<SyncSender<bool>>),
    /// Tells when everything before it has been handed to the socket.
    Mark(tokio::sync::oneshot::Sender<()>),
}

/// The sending side of a channel; cheap to clone, never waits.
#[derive(Clone)]
pub(crate) struct Outbox {
    codec: Arc<Codec>,
    queue: UnboundedSender<Item>,
}

/// A message that was sent: its id, and whether its receiver was there.
pub(crate) struct Sent {
    /// The message's id.
    pub(crate) msg_id: String,
    /// Yields true once it is on its way, false when nobody is at the route.
    pub(crate) arrived: Receiver<bool>,
}

impl Outbox {
    /// Answers a request on the route that it came from.
    pub(crate) fn reply(&self, request: &Incoming, message: Outgoing) {
        let encoded = self.codec.encode(&request.identities, Some(&request.header), message);
        self.push(encoded.parts, None);
    }

    /// Sends a message and asks whether its receiver is there.
    pub(crate) fn send(&self, route: &[Bytes], parent: Option<&Header>, message: Outgoing) -> Sent {
        let encoded = self.codec.encode(route, parent, message);
        let (report, arrived) = sync_channel(1);
        self.push(encoded.parts, Some(report));
        Sent { msg_id: encoded.msg_id, arrived }
    }

    /// Returns when everything so far has been handed to the socket.
    pub(crate) async fn flushed(&self) {
        let (mark, reached) = tokio::sync::oneshot::channel();
        if self.queue.send(Item::Mark(mark)).is_ok() {
            // An error means that the writer has ended, and then there is nothing left to wait for.
            let _ = reached.await;
        }
    }

    fn push(&self, parts: Vec<Bytes>, report: Option<SyncSender<bool>>) {
        match ZmqMessage::try_from(parts) {
            Ok(message) => {
                if self.queue.send(Item::Message(message, report)).is_err() {
                    tracing::debug!("a message came after its channel was closed");
                }
            }
            Err(error) => tracing::error!(%error, "a message without parts was not sent"),
        }
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
    socket: RouterRecvHalf,
}

impl Reader {
    /// The next message that is signed and whole; others are logged and skipped. `None` when the channel is closed.
    pub(crate) async fn next(&mut self) -> Option<Incoming> {
        loop {
            match self.socket.recv().await {
                Ok(message) => match self.codec.decode(message) {
                    Ok(message) => return Some(message),
                    Err(error) => tracing::warn!(channel = self.name, "{error}"),
                },
                Err(error) => {
                    tracing::error!(channel = self.name, %error, "the channel is closed");
                    return None;
                }
            }
        }
    }
}

/// Binds a router channel and starts its writer.
///
/// # Errors
/// The address is taken.
pub(crate) async fn bind(
    name: &'static str,
    connection: &ConnectionInfo,
    port: u16,
    codec: &Arc<Codec>,
) -> Result<Channel, JupyterError> {
    let (socket, port) = router(name, connection, port).await?;
    let (writer, reader) = socket.split();
    let (queue, items) = unbounded_channel();
    tokio::spawn(write(name, writer, items));
    Ok(Channel {
        reader: Reader { name, codec: Arc::clone(codec), socket: reader },
        outbox: Outbox { codec: Arc::clone(codec), queue },
        port,
    })
}

/// Binds the heartbeat channel and echoes all that comes, for as many clients as there are.
///
/// # Errors
/// The address is taken.
pub(crate) async fn bind_heartbeat(connection: &ConnectionInfo) -> Result<u16, JupyterError> {
    let (mut socket, port) = router("heartbeat", connection, connection.hb_port).await?;
    tokio::spawn(async move {
        loop {
            match socket.recv().await {
                Ok(beat) => {
                    if let Err(error) = socket.send(beat).await {
                        tracing::debug!(%error, "a heartbeat's sender is gone");
                    }
                }
                Err(error) => return tracing::error!(%error, "the heartbeat is closed"),
            }
        }
    });
    Ok(port)
}

async fn router(
    name: &'static str,
    connection: &ConnectionInfo,
    port: u16,
) -> Result<(RouterSocket, u16), JupyterError> {
    let endpoint = match connection.transport {
        Transport::TCP => format!("tcp://{}:{port}", connection.ip),
        Transport::IPC => format!("ipc://{}-{port}", connection.ip),
    };
    let mut socket = RouterSocket::new();
    match socket.bind(&endpoint).await {
        Ok(Endpoint::Tcp(_, port)) => Ok((socket, port)),
        Ok(_) => Ok((socket, port)),
        Err(error) => {
            let source = std::io::Error::other(error);
            Err(JupyterError::Bind { channel: name, endpoint, source })
        }
    }
}

async fn write(name: &'static str, mut socket: RouterSendHalf, mut items: UnboundedReceiver<Item>) {
    while let Some(item) = items.recv().await {
        match item {
            Item::Message(message, report) => {
                let sent = socket.send(message).await;
                if let Err(error) = &sent {
                    tracing::debug!(channel = name, %error, "the receiver is gone");
                }
                if let Some(report) = report {
                    // Nobody waits for the report any more when the cell was interrupted.
                    let _ = report.try_send(sent.is_ok());
                }
            }
            Item::Mark(reached) => {
                let _ = reached.send(());
            }
        }
    }
}
