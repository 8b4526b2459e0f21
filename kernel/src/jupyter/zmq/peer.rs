//! One peer of a socket: its handshake, and the queue of what is to be sent to it.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::listen::Duplex;
use super::zmtp::{self, Socket};

/// A peer that does not finish its handshake in this time is let go.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(30);

/// The stream that a peer's messages come from.
pub(super) type Input = ReadHalf<Box<dyn Duplex>>;

/// What waits for a peer, written by a task of its own; cheap to clone.
#[derive(Clone)]
pub(super) struct Queue {
    messages: UnboundedSender<Bytes>,
    waiting: Arc<AtomicUsize>,
    closed: Arc<Notify>,
}

/// A peer that has greeted.
pub(super) struct Greeted {
    /// What it calls itself; empty if it does not.
    pub(super) identity: Bytes,
    /// What it sends.
    pub(super) input: Input,
    /// What is sent to it.
    pub(super) queue: Queue,
}

/// Shakes hands with a peer and starts its writer. `None` for one that is refused.
pub(super) async fn greet(mut stream: Box<dyn Duplex>, socket: Socket) -> Option<Greeted> {
    match tokio::time::timeout(HANDSHAKE_LIMIT, zmtp::handshake(&mut stream, socket)).await {
        Ok(Ok(identity)) => {
            let (input, writer) = tokio::io::split(stream);
            Some(Greeted { identity, input, queue: Queue::start(writer) })
        }
        Ok(Err(error)) if error.kind() == ErrorKind::UnexpectedEof => None,
        Ok(Err(error)) => {
            tracing::warn!(%error, "a connection was refused");
            None
        }
        Err(_) => {
            tracing::warn!("a connection said nothing and was closed");
            None
        }
    }
}

impl Queue {
    fn start(writer: WriteHalf<Box<dyn Duplex>>) -> Self {
        let (messages, receiver) = unbounded_channel();
        let queue = Self { messages, waiting: Arc::default(), closed: Arc::default() };
        tokio::spawn(write(writer, receiver, Arc::clone(&queue.waiting), Arc::clone(&queue.closed)));
        queue
    }

    /// Puts an encoded message behind the others. Never waits.
    pub(super) fn push(&self, message: Bytes) {
        self.waiting.fetch_add(message.len(), Ordering::AcqRel);
        if let Err(lost) = self.messages.send(message) {
            self.waiting.fetch_sub(lost.0.len(), Ordering::AcqRel);
        }
    }

    /// How many bytes wait.
    pub(super) fn waiting(&self) -> usize {
        if self.messages.is_closed() { 0 } else { self.waiting.load(Ordering::Acquire) }
    }

    /// Lets the peer go.
    pub(super) fn close(&self) {
        self.closed.notify_one();
    }

    /// Returns when the peer was let go, or can't be written to any more.
    pub(super) async fn closed(&self) {
        tokio::select! {
            () = self.closed.notified() => {}
            () = self.messages.closed() => {}
        }
    }
}

/// Waits until nothing waits in any queue, at most for `limit`.
pub(super) async fn drain(limit: Duration, waits: impl Fn() -> bool) {
    let end = tokio::time::Instant::now() + limit;
    while waits() && tokio::time::Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn write<W: AsyncWrite + Unpin>(
    mut writer: W,
    mut messages: UnboundedReceiver<Bytes>,
    waiting: Arc<AtomicUsize>,
    closed: Arc<Notify>,
) {
    while let Some(message) = messages.recv().await {
        let sent = writer.write_all(&message).await;
        let flushed = if sent.is_ok() && messages.is_empty() { writer.flush().await } else { sent };
        waiting.fetch_sub(message.len(), Ordering::AcqRel);
        if flushed.is_err() {
            break;
        }
    }
    closed.notify_one();
}
