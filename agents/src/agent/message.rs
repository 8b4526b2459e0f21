//! What agents say to each other.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Failure, Health, Report, Task};
use crate::warehouse::Cancel;

/// The identity of a message, as a UUID in text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(String);

impl MessageId {
    /// A new one.
    #[must_use]
    pub fn fresh() -> Self {
        Self(Uuid::new_v4().to_string())
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a message is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It wants a reply.
    Request,
    /// It is one; `correlation` says to what.
    Reply,
    /// It tells of something on the way to a reply.
    Event,
}

/// What a message says.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Payload {
    /// Something to do.
    Task(Task),
    /// What was done.
    Report(Box<Report>),
    /// What went wrong instead.
    Failure(Failure),
    /// How far it is.
    Progress {
        /// From 0 to 1, where known.
        fraction: Option<f64>,
        /// What is being done.
        message: String,
    },
    /// Whether it works.
    HealthRequest,
    /// How it works.
    Health(Health),
}

/// A message.
///
/// ```
/// use synthbook_agents::agent::{Kind, Message, Payload, Task};
/// let message = Message::request("data", Payload::Task(Task::new("sales by region")));
/// let json = serde_json::to_string(&message)?;
/// let back: Message = serde_json::from_str(&json)?;
/// assert_eq!((back.id, back.kind), (message.id, Kind::Request));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Message {
    /// Its identity.
    pub id: MessageId,
    /// What it is there for.
    pub kind: Kind,
    /// Who says it: an address that hears replies.
    pub source: String,
    /// To whom: an agent's name, or the source of a request.
    pub target: String,
    /// What it says.
    pub payload: Payload,
    /// When it was made.
    pub time: Timestamp,
    /// The request that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<MessageId>,
    /// Stops the work on a request. It is shared within a process; a broker sends a message of its own instead.
    #[serde(skip)]
    pub cancel: Cancel,
}

impl Message {
    /// A request.
    pub fn request(target: impl Into<String>, payload: Payload) -> Self {
        Self {
            id: MessageId::fresh(),
            kind: Kind::Request,
            source: String::new(),
            target: target.into(),
            payload,
            time: Timestamp::now(),
            correlation: None,
            cancel: Cancel::new(),
        }
    }

    /// What is said to the sender of this message.
    #[must_use]
    pub fn answer(&self, kind: Kind, payload: Payload) -> Self {
        Self {
            id: MessageId::fresh(),
            kind,
            source: self.target.clone(),
            target: self.source.clone(),
            payload,
            time: Timestamp::now(),
            correlation: Some(self.id.clone()),
            cancel: self.cancel.clone(),
        }
    }
}
