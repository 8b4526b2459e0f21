//! Language models behind one small trait: asked for JSON of a stated shape, with a deadline, retries and a budget.
//!
//! A chat model is optional. Without [`ChatSettings`] there is none, nothing is sent anywhere and nothing is said
//! about it; a key in the environment alone switches nothing on.
//!
//! **Invariant:** a key is read from the environment by the name that the settings give, is kept in a
//! [`secrecy::SecretString`], and is in no message, log or `Debug` output.

mod budget;
mod error;
mod json;
mod model;
mod providers;
mod remote;
mod schema;
mod settings;

pub use budget::{Budget, Budgeted, Spent};
pub use error::ChatError;
pub use json::json_in;
pub use model::{ChatMessage, ChatModel, ChatReply, ChatRequest, ChatRole, Shape};
pub use providers::{Provider, find as find_provider, providers};
pub use remote::RemoteModel;
pub use settings::{ChatSettings, open};
