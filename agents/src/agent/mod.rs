//! Agents that share out the work: typed messages over a bus, a host that starts and stops them, a coordinator that
//! plans the steps of a task and shows how they go.
//!
//! An [`Agent`] answers a [`Task`] with a [`Report`]; a [`Tool`] is one thing that an agent, or a language model over
//! MCP, can do. Both have a registry. Agents hear of each other only by [`Message`]s, so that the [`LocalBus`] of one
//! process can give way to a broker's.
//!
//! ```
//! use std::sync::Arc;
//! use synthbook_agents::agent::{Conversation, Coordinator, Services, Silent};
//! use synthbook_agents::warehouse::Cancel;
//!
//! let coordinator = Coordinator::new(Arc::new(Services::default()))?;
//! let mut conversation = Conversation::default();
//! let reply = coordinator.run("help", &mut conversation, &Silent, &Cancel::new())?;
//! assert!(reply.text.contains("visualization"));
//! # Ok::<(), synthbook_agents::agent::AgentError>(())
//! ```

mod agents;
mod bus;
mod conversation;
mod coordinator;
mod error;
mod events;
mod failure;
mod host;
mod local;
mod message;
mod parts;
mod report;
mod schedule;
mod services;
mod spec;
mod steps;
mod stoppable;
mod tools;
mod wave;
mod words;

pub use agents::{agents, find as find_agent};
pub use bus::{Bus, BusError, DeadLetter, Inbox};
pub use conversation::{Conversation, Turn};
pub use coordinator::{Coordinator, Done, Reply};
pub use error::AgentError;
pub use events::{Event, Events, Silent};
pub use failure::Failure;
pub use host::{Host, State, Status};
pub use local::LocalBus;
pub use message::{Kind, Message, MessageId, Payload};
pub use report::{Check, Health, Made, Report, Task};
pub use services::{Frames, Hit, Loader, Search, Services};
pub use spec::{Agent, AgentSpec, Tool, ToolSpec, Work};
pub use steps::{Step, plan};
pub use tools::{find as find_tool, tools};
pub use words::Words;

#[cfg(test)]
mod tests;
