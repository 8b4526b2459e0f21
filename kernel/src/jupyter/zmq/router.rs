//! The ROUTER socket: every peer is known by its identity, and whoever comes last under an identity has it.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use jupyter_protocol::connection_info::ConnectionInfo;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::listen::{Duplex, listen};
use super::peer::{Greeted, Input, Queue, drain, greet};
use super::zmtp::{self, Said, Socket};

/// How many messages may wait to be taken; then peers are not read until some are.
const INBOX: usize = 256;

struct Peer {
    connection: u64,
    queue: Queue,
}

struct Shared {
    peers: Mutex<BTreeMap<Bytes, Peer>>,
    next: AtomicU64,
    inbox: Sender<Vec<Bytes>>,
}

/// The sending side of a ROUTER; cheap to clone.
#[derive(Clone)]
pub(crate) struct Router(Arc<Shared>);

impl Router {
    /// Listens at a port of the connection. Returns the sending side, the messages that come (the sender's identity
    /// is their first part), and the port.
    ///
    /// # Errors
    /// The address is taken or not ours.
    pub(crate) async fn bind(connection: &ConnectionInfo, port: u16) -> io::Result<(Self, Receiver<Vec<Bytes>>, u16)> {
        let (inbox, messages) = channel(INBOX);
        let router = Self(Arc::new(Shared { peers: Mutex::default(), next: AtomicU64::new(0), inbox }));
        let this = router.clone();
        let port = listen(connection, port, move |stream| drop(tokio::spawn(this.clone().attend(stream)))).await?;
        Ok((router, messages, port))
    }

    /// Sends a message to the peer that its first part names. Never waits; false when that peer is not there.
    pub(crate) fn send(&self, parts: &[Bytes]) -> bool {
        let Some((identity, message)) = parts.split_first() else { return false };
        self.peers(|peers| match peers.get(identity) {
            Some(peer) => {
                peer.queue.push(zmtp::encode(message));
                true
            }
            None => false,
        })
    }

    /// Waits until every peer has got everything, at most for `limit`.
    pub(crate) async fn drain(&self, limit: Duration) {
        drain(limit, || self.peers(|peers| peers.values().any(|peer| peer.queue.waiting() > 0))).await;
    }

    async fn attend(self, stream: Box<dyn Duplex>) {
        let Some(Greeted { identity, mut input, queue }) = greet(stream, Socket::Router).await else { return };
        let connection = self.0.next.fetch_add(1, Ordering::Relaxed);
        let identity = if identity.is_empty() { nameless(connection) } else { identity };
        let peer = Peer { connection, queue: queue.clone() };
        let earlier = self.peers(|peers| peers.insert(identity.clone(), peer));
        if let Some(earlier) = earlier {
            earlier.queue.close();
        }
        tokio::select! {
            () = self.read(&identity, &mut input, &queue) => {}
            () = queue.closed() => {}
        }
        self.peers(|peers| {
            if peers.get(&identity).is_some_and(|peer| peer.connection == connection) {
                peers.remove(&identity);
            }
        });
    }

    async fn read(&self, identity: &Bytes, input: &mut Input, queue: &Queue) {
        let mut parts = vec![identity.clone()];
        loop {
            match zmtp::read_frame(input, zmtp::LONGEST_PART).await {
                Ok(frame) if frame.command => {
                    if let Said::Ping(context) = frame.said() {
                        queue.push(zmtp::pong(&context));
                    }
                }
                Ok(frame) => {
                    parts.push(frame.body.into());
                    if !frame.more {
                        let message = std::mem::replace(&mut parts, vec![identity.clone()]);
                        if self.0.inbox.send(message).await.is_err() {
                            return;
                        }
                    }
                }
                Err(error) => return tracing::debug!(%error, "a connection ended"),
            }
        }
    }

    fn peers<T>(&self, work: impl FnOnce(&mut BTreeMap<Bytes, Peer>) -> T) -> T {
        work(&mut self.0.peers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// An identity for a peer that has none: a zero byte first, as no peer may choose.
fn nameless(connection: u64) -> Bytes {
    let mut identity = vec![0];
    identity.extend(connection.to_be_bytes());
    identity.into()
}
