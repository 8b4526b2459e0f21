//! The XPUB socket: a publisher that hears who subscribes.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use jupyter_protocol::connection_info::ConnectionInfo;

use super::listen::{Duplex, listen};
use super::peer::{Greeted, Queue, drain, greet};
use super::zmtp::{self, Said, Socket};

/// What may wait for one subscriber before its prints and updates are dropped; statuses and results never are.
const DROP_LIMIT: usize = 128 * 1024 * 1024;
/// What may wait before the subscriber is let go: it can subscribe again when it is well.
const QUEUE_LIMIT: usize = 1024 * 1024 * 1024;

/// Whether a message may be left out for a subscriber that is far behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Must arrive: statuses, results, errors, inputs, comms.
    Kept,
    /// May be left out: prints and display updates.
    Droppable,
}

/// Makes the messages that greet a new subscription.
type Welcome = dyn Fn(&[u8]) -> Vec<Vec<Bytes>> + Send + Sync;

struct Peer {
    connection: u64,
    topics: Vec<Vec<u8>>,
    queue: Queue,
    behind: AtomicBool,
}

struct Shared {
    peers: Mutex<Vec<Peer>>,
    next: AtomicU64,
    welcome: Box<Welcome>,
}

/// A publisher with any number of subscribers; cheap to clone.
#[derive(Clone)]
pub(crate) struct XPub(Arc<Shared>);

impl XPub {
    /// A publisher that answers each subscription with `welcome`.
    pub(crate) fn new(welcome: Box<Welcome>) -> Self {
        Self(Arc::new(Shared { peers: Mutex::default(), next: AtomicU64::new(0), welcome }))
    }

    /// Listens at the iopub port of the connection and returns the port.
    ///
    /// # Errors
    /// The address is taken or not ours.
    pub(crate) async fn bind(&self, connection: &ConnectionInfo) -> io::Result<u16> {
        let this = self.clone();
        listen(connection, connection.iopub_port, move |stream| drop(tokio::spawn(this.clone().attend(stream)))).await
    }

    /// Sends a message, whose first part is its topic, to everyone who subscribed to it. Never waits.
    pub(crate) fn publish(&self, parts: &[Bytes], weight: Weight) {
        let Some(topic) = parts.first() else { return };
        self.peers(|peers| {
            let message = if peers.is_empty() { Bytes::new() } else { zmtp::encode(parts) };
            for peer in peers.iter().filter(|peer| peer.topics.iter().any(|wanted| topic.starts_with(wanted))) {
                peer.push(message.clone(), weight);
            }
        });
    }

    /// Waits until every subscriber has got everything, at most for `limit`.
    pub(crate) async fn drain(&self, limit: Duration) {
        drain(limit, || self.peers(|peers| peers.iter().any(|peer| peer.queue.waiting() > 0))).await;
    }

    async fn attend(self, stream: Box<dyn Duplex>) {
        let Some(Greeted { mut input, queue, .. }) = greet(stream, Socket::XPub).await else { return };
        let connection = self.0.next.fetch_add(1, Ordering::Relaxed);
        let peer = Peer { connection, topics: Vec::new(), queue: queue.clone(), behind: AtomicBool::new(false) };
        self.peers(|peers| peers.push(peer));
        let listening = async {
            while let Ok(frame) = zmtp::read_frame(&mut input, zmtp::LONGEST_TOPIC).await {
                self.heard(connection, frame.said());
            }
        };
        tokio::select! {
            () = listening => {}
            () = queue.closed() => {}
        }
        self.peers(|peers| peers.retain(|peer| peer.connection != connection));
    }

    fn heard(&self, connection: u64, said: Said) {
        self.peers(|peers| {
            let Some(peer) = peers.iter_mut().find(|peer| peer.connection == connection) else { return };
            match said {
                Said::Subscribe(topic) => {
                    for parts in (self.0.welcome)(&topic) {
                        peer.push(zmtp::encode(&parts), Weight::Kept);
                    }
                    peer.topics.push(topic);
                }
                Said::Cancel(topic) => {
                    if let Some(index) = peer.topics.iter().position(|wanted| *wanted == topic) {
                        peer.topics.remove(index);
                    }
                }
                Said::Ping(context) => peer.push(zmtp::pong(&context), Weight::Kept),
                Said::Other => {}
            }
        });
    }

    fn peers<T>(&self, work: impl FnOnce(&mut Vec<Peer>) -> T) -> T {
        work(&mut self.0.peers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Peer {
    fn push(&self, message: Bytes, weight: Weight) {
        let waiting = self.queue.waiting() + message.len();
        if waiting > QUEUE_LIMIT {
            tracing::warn!("iopub: a front end that does not read is let go");
            return self.queue.close();
        }
        if weight == Weight::Droppable && waiting > DROP_LIMIT {
            if !self.behind.swap(true, Ordering::Relaxed) {
                tracing::warn!("iopub: a front end does not read; prints are dropped for it");
            }
            return;
        }
        self.queue.push(message);
    }
}
