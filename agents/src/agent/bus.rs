//! The bus: how messages get from one agent to another. A process has one; a broker can be another.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::{Kind, Message};
use crate::warehouse::Cancel;

/// How often a waiting requester looks at its switch.
const TICK: Duration = Duration::from_millis(20);

/// Why a message was not delivered or not answered.
#[derive(Debug, Clone, PartialEq, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum BusError {
    /// Nobody hears at the address.
    #[error("Nobody hears messages for {address}")]
    #[diagnostic(code(bus::no_listener), help("Start the agent."))]
    NoListener {
        /// The address.
        address: String,
    },
    /// The receiver has too much to do, also after waiting.
    #[error("{address} has {waiting} messages waiting and takes no more")]
    #[diagnostic(code(bus::full), help("Wait until it has caught up, or start another one like it."))]
    Full {
        /// The address.
        address: String,
        /// How many wait.
        waiting: usize,
    },
    /// No reply came in time.
    #[error("{address} gave no reply within {seconds} s")]
    #[diagnostic(code(bus::deadline), help("Give it more time, or ask for less."))]
    Deadline {
        /// The address.
        address: String,
        /// The time it was given, in seconds.
        seconds: f64,
    },
    /// The requester gave up.
    #[error("The request was cancelled")]
    #[diagnostic(code(bus::cancelled))]
    Cancelled,
    /// The bus or the inbox is closed.
    #[error("The bus is closed")]
    #[diagnostic(code(bus::closed), help("Start the agents again."))]
    Closed,
}

/// A message that reached nobody.
#[derive(Debug, Clone, Serialize)]
pub struct DeadLetter {
    /// The message.
    pub message: Message,
    /// Why.
    pub reason: &'static str,
}

/// Where messages for an address come in. Several inboxes of one address share its messages: each gets some.
pub trait Inbox: Send + Sync {
    /// The next message; none when none comes in the time given.
    ///
    /// # Errors
    /// [`BusError::Closed`] once the bus is closed and everything was read.
    fn next(&self, wait: Duration) -> Result<Option<Message>, BusError>;
}

/// A way for messages: bounded queues, so that whoever sends too much waits.
///
/// ```
/// use std::time::Duration;
/// use synthbook_agents::agent::{Bus, LocalBus, Message, Payload};
/// let bus = LocalBus::default();
/// let inbox = bus.listen("data")?;
/// bus.send(Message::request("data", Payload::HealthRequest), Duration::ZERO)?;
/// assert!(inbox.next(Duration::ZERO)?.is_some());
/// # Ok::<(), synthbook_agents::agent::BusError>(())
/// ```
pub trait Bus: Send + Sync {
    /// Opens an inbox for an address; it is closed when it is dropped.
    ///
    /// # Errors
    /// [`BusError::Closed`].
    fn listen(&self, address: &str) -> Result<Box<dyn Inbox>, BusError>;

    /// Sends a message to its target, waiting at most `patience` for room.
    ///
    /// # Errors
    /// [`BusError::NoListener`], [`BusError::Full`], [`BusError::Closed`]; the message is a dead letter then.
    fn send(&self, message: Message, patience: Duration) -> Result<(), BusError>;

    /// The messages that reached nobody, the oldest first; only the last few hundred are kept.
    fn dead_letters(&self) -> Vec<DeadLetter>;

    /// Takes no more messages; those that wait can still be read.
    fn close(&self);

    /// Sends a request and waits for its reply; `on_event` hears of what happens on the way. When the requester gives
    /// up, or its time is over, the work on the request is stopped.
    ///
    /// # Errors
    /// What [`Bus::send`] fails with; [`BusError::Deadline`] and [`BusError::Cancelled`].
    fn request(
        &self,
        mut message: Message,
        deadline: Duration,
        cancel: &Cancel,
        on_event: &mut dyn FnMut(&Message),
    ) -> Result<Message, BusError> {
        let until = Instant::now() + deadline;
        let address = message.target.clone();
        message.source = format!("reply.{}", message.id.as_str());
        let inbox = self.listen(&message.source)?;
        let (id, stop) = (message.id.clone(), message.cancel.clone());
        self.send(message, deadline)?;
        loop {
            match inbox.next(TICK.min(until.saturating_duration_since(Instant::now()))) {
                Ok(Some(message)) if message.correlation.as_ref() != Some(&id) => {}
                Ok(Some(message)) if message.kind == Kind::Event => on_event(&message),
                Ok(Some(message)) => return Ok(message),
                Ok(None) => {}
                Err(error) => {
                    stop.cancel();
                    return Err(error);
                }
            }
            if cancel.is_cancelled() {
                stop.cancel();
                return Err(BusError::Cancelled);
            }
            if Instant::now() >= until {
                stop.cancel();
                return Err(BusError::Deadline { address, seconds: deadline.as_secs_f64() });
            }
        }
    }
}
