//! One connection to the kernel, made when first needed and again after a fork.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::wire::Message;
use crate::error::{CellError, Result};

/// How long a wait for an answer goes on before it looks at the interrupt flag.
const GLANCE: Duration = Duration::from_millis(50);

/// A connection to the kernel that belongs to one process.
#[derive(Debug)]
pub struct Channel {
    path: PathBuf,
    process: fn() -> u32,
    link: Mutex<Option<Arc<Link>>>,
    next_id: AtomicU64,
}

/// The stream of one process. Whoever waits for an answer does not keep others from sending.
#[derive(Debug)]
struct Link {
    process: u32,
    writer: Mutex<UnixStream>,
    reader: Mutex<Answers>,
}

impl Channel {
    /// A channel to the socket at a path; `process` gives the number of the current process, which changes by a fork.
    #[must_use]
    pub fn new(path: PathBuf, process: fn() -> u32) -> Self {
        Self { path, process, link: Mutex::new(None), next_id: AtomicU64::new(1) }
    }

    /// Sends an event.
    ///
    /// # Errors
    /// The kernel can't be reached.
    pub fn send(&self, event: &Value) -> Result<()> {
        let link = self.link()?;
        self.write(&link, event)
    }

    /// Sends a request and waits for its answer. Answers to requests that were given up are skipped.
    ///
    /// # Errors
    /// The kernel can't be reached or refuses, or an interrupt came.
    pub fn request(&self, mut event: Map<String, Value>) -> Result<Value> {
        let link = self.link()?;
        let mut reader = lock(&link.reader);
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        event.insert("id".to_owned(), id.into());
        self.write(&link, &Value::Object(event))?;
        loop {
            let message = match reader.next() {
                Ok(message) => message,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(CellError::Interrupted),
                Err(source) => {
                    self.forget(&link);
                    return Err(CellError::Connection { action: "waiting for an answer", source });
                }
            };
            if message.header.get("id").and_then(Value::as_u64) == Some(id) {
                return answer(message.header);
            }
        }
    }

    fn link(&self) -> Result<Arc<Link>> {
        let mut link = lock(&self.link);
        let process = (self.process)();
        match link.as_ref() {
            Some(open) if open.process == process => Ok(Arc::clone(open)),
            _ => {
                let open = Arc::new(
                    Link::open(&self.path, process)
                        .map_err(|source| CellError::Connection { action: "connecting", source })?,
                );
                *link = Some(Arc::clone(&open));
                Ok(open)
            }
        }
    }

    fn write(&self, link: &Arc<Link>, event: &Value) -> Result<()> {
        let message = Message::new(event.clone());
        let written = message.write(&mut *lock(&link.writer));
        written.map_err(|source| {
            self.forget(link);
            CellError::Connection { action: "sending", source }
        })
    }

    /// Drops a link that failed, so that the next event connects again.
    fn forget(&self, link: &Arc<Link>) {
        let mut current = lock(&self.link);
        if current.as_ref().is_some_and(|open| Arc::ptr_eq(open, link)) {
            *current = None;
        }
    }
}

impl Link {
    fn open(path: &std::path::Path, process: u32) -> io::Result<Self> {
        let mut stream = UnixStream::connect(path)?;
        Message::new(json!({"hello": "events", "pid": process})).write(&mut stream)?;
        let reader = stream.try_clone()?;
        reader.set_read_timeout(Some(GLANCE))?;
        Ok(Self {
            process,
            writer: Mutex::new(stream),
            reader: Mutex::new(Answers { stream: reader, bytes: Vec::new() }),
        })
    }
}

/// Reads answers, keeping what has arrived of one when the wait is given up.
#[derive(Debug)]
struct Answers {
    stream: UnixStream,
    bytes: Vec<u8>,
}

impl Answers {
    /// The next message. An interrupt ends the wait with [`io::ErrorKind::Interrupted`].
    fn next(&mut self) -> io::Result<Message> {
        let mut chunk = [0; 16 << 10];
        loop {
            let mut rest = self.bytes.as_slice();
            match Message::read(&mut rest) {
                Ok(message) => {
                    let used = self.bytes.len() - rest.len();
                    self.bytes.drain(..used);
                    return Ok(message);
                }
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
                Err(error) => return Err(error),
            }
            match self.stream.read(&mut chunk) {
                Ok(0) => return Err(io::ErrorKind::ConnectionAborted.into()),
                Ok(count) => self.bytes.extend_from_slice(&chunk[..count]),
                Err(error) if is_glance(&error) => {
                    if crate::interrupt::interrupted() {
                        return Err(io::ErrorKind::Interrupted.into());
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }
}

fn is_glance(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted)
}

fn answer(mut header: Value) -> Result<Value> {
    if let Some(ok) = header.get_mut("ok") {
        return Ok(ok.take());
    }
    let error = header.get("error").ok_or_else(|| CellError::Answer { reason: "neither ok nor error".to_owned() })?;
    let field = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
    Err(CellError::Refused {
        code: field("code").unwrap_or_else(|| "cell::refused".to_owned()),
        message: field("message").unwrap_or_else(|| "The kernel refused".to_owned()),
        help: field("help").filter(|help| !help.is_empty()),
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
