//! The iopub socket: an XPUB in which every subscriber has a queue of its own, so that none waits for another.
//!
//! The `XPubSocket` of the `zeromq` crate awaits each subscriber in turn: one suspended front end would stall all
//! others, and a dropped message could be the `idle` that ends a cell.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use jupyter_protocol::connection_info::{ConnectionInfo, Transport};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::zmtp::{self, Said};

/// What may wait for one subscriber before its prints and updates are dropped; statuses and results never are.
const QUEUE_LIMIT: usize = 128 * 1024 * 1024;
/// A peer that does not finish its handshake in this time is let go.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(30);

/// Whether a message may be left out for a subscriber that is far behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Must arrive: statuses, results, errors, inputs, comms.
    Kept,
    /// May be left out: prints and display updates.
    Droppable,
}

/// Makes the parts of the message that greets a new subscription.
pub(crate) type Welcome = dyn Fn(&[u8]) -> Vec<Vec<Bytes>> + Send + Sync;

struct Peer {
    id: u64,
    topics: Vec<Vec<u8>>,
    queue: UnboundedSender<Bytes>,
    waiting: Arc<AtomicUsize>,
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

    /// Listens where the connection says and returns the port.
    ///
    /// # Errors
    /// The address is taken or not ours.
    pub(crate) async fn bind(&self, connection: &ConnectionInfo) -> io::Result<u16> {
        match connection.transport {
            Transport::TCP => {
                let ip = connection.ip.trim_start_matches('[').trim_end_matches(']');
                let listener = TcpListener::bind((ip, connection.iopub_port)).await?;
                let port = listener.local_addr()?.port();
                let this = self.clone();
                tokio::spawn(async move {
                    loop {
                        match listener.accept().await {
                            Ok((stream, _)) => {
                                if let Err(error) = stream.set_nodelay(true) {
                                    tracing::debug!(%error, "iopub: no TCP_NODELAY");
                                }
                                this.attend(stream);
                            }
                            Err(error) => pause(&error).await,
                        }
                    }
                });
                Ok(port)
            }
            Transport::IPC => {
                let path = format!("{}-{}", connection.ip, connection.iopub_port);
                let listener = UnixListener::bind(path)?;
                let this = self.clone();
                tokio::spawn(async move {
                    loop {
                        match listener.accept().await {
                            Ok((stream, _)) => this.attend(stream),
                            Err(error) => pause(&error).await,
                        }
                    }
                });
                Ok(connection.iopub_port)
            }
        }
    }

    /// Sends a message, whose first part is its topic, to everyone who subscribed to it. Never waits.
    pub(crate) fn publish(&self, parts: &[Bytes], weight: Weight) {
        let Some(topic) = parts.first() else { return };
        let peers = self.0.peers.lock().unwrap_or_else(PoisonError::into_inner);
        if peers.is_empty() {
            return;
        }
        let message = zmtp::encode(parts);
        for peer in peers.iter().filter(|peer| peer.topics.iter().any(|wanted| topic.starts_with(wanted))) {
            peer.push(message.clone(), weight);
        }
    }

    /// Waits until every subscriber has got everything, at most for `limit`.
    pub(crate) async fn drain(&self, limit: Duration) {
        let end = tokio::time::Instant::now() + limit;
        while tokio::time::Instant::now() < end {
            let waiting = {
                let peers = self.0.peers.lock().unwrap_or_else(PoisonError::into_inner);
                peers.iter().any(|peer| peer.waiting.load(Ordering::Acquire) > 0)
            };
            if !waiting {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn attend<S>(&self, mut stream: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let this = self.clone();
        tokio::spawn(async move {
            match tokio::time::timeout(HANDSHAKE_LIMIT, zmtp::handshake(&mut stream)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return tracing::warn!(%error, "iopub: a connection was refused"),
                Err(_) => return tracing::warn!("iopub: a connection said nothing and was closed"),
            }
            let (mut reader, writer) = tokio::io::split(stream);
            let id = this.0.next.fetch_add(1, Ordering::Relaxed);
            let waiting = Arc::new(AtomicUsize::new(0));
            let (queue, messages) = unbounded_channel();
            this.peers(|peers| {
                peers.push(Peer {
                    id,
                    topics: Vec::new(),
                    queue,
                    waiting: Arc::clone(&waiting),
                    behind: AtomicBool::new(false),
                });
            });
            let writer_task = tokio::spawn(write(writer, messages, waiting));
            while let Ok(frame) = zmtp::read_frame(&mut reader).await {
                this.heard(id, frame.said());
            }
            this.peers(|peers| peers.retain(|peer| peer.id != id));
            writer_task.abort();
        });
    }

    fn heard(&self, id: u64, said: Said) {
        self.peers(|peers| {
            let Some(peer) = peers.iter_mut().find(|peer| peer.id == id) else { return };
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
        if weight == Weight::Droppable && self.waiting.load(Ordering::Acquire) + message.len() > QUEUE_LIMIT {
            if !self.behind.swap(true, Ordering::Relaxed) {
                tracing::warn!(peer = self.id, "iopub: a front end does not read; prints are dropped for it");
            }
            return;
        }
        self.waiting.fetch_add(message.len(), Ordering::AcqRel);
        if let Err(lost) = self.queue.send(message) {
            self.waiting.fetch_sub(lost.0.len(), Ordering::AcqRel);
        }
    }
}

async fn write<W: AsyncWrite + Unpin>(
    mut writer: W,
    mut messages: UnboundedReceiver<Bytes>,
    waiting: Arc<AtomicUsize>,
) {
    while let Some(message) = messages.recv().await {
        let sent = writer.write_all(&message).await;
        let flushed = if sent.is_ok() && messages.is_empty() { writer.flush().await } else { sent };
        waiting.fetch_sub(message.len(), Ordering::AcqRel);
        if flushed.is_err() {
            waiting.store(0, Ordering::Release);
            return;
        }
    }
}

async fn pause(error: &io::Error) {
    tracing::warn!(%error, "iopub: a connection could not be accepted");
    tokio::time::sleep(Duration::from_millis(50)).await;
}
