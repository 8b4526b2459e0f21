//! The trait of a language model, and what goes in and comes out.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ChatError;
use crate::warehouse::Cancel;

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatRole {
    /// The one who asks.
    User,
    /// The model.
    Assistant,
}

/// One message of a conversation with a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMessage {
    /// Who says it.
    pub role: ChatRole,
    /// What is said.
    pub text: String,
}

/// The shape that a reply must have.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// A name for it: letters, digits, `_` and `-`.
    pub name: String,
    /// Its JSON Schema.
    pub schema: Value,
}

/// What a model is asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChatRequest {
    /// What the model is to do.
    pub system: String,
    /// The conversation; the last message is the user's.
    pub messages: Vec<ChatMessage>,
    /// The shape of the reply; none leaves it free.
    pub shape: Option<Shape>,
    /// The most time for it, retries included; none leaves the model's own limit.
    pub deadline: Option<Duration>,
}

impl ChatRequest {
    /// A question of one message.
    #[must_use]
    pub fn new(system: impl Into<String>, question: impl Into<String>) -> Self {
        Self { system: system.into(), ..Self::default() }.say(ChatRole::User, question)
    }

    /// The same with one more message.
    #[must_use]
    pub fn say(mut self, role: ChatRole, text: impl Into<String>) -> Self {
        self.messages.push(ChatMessage { role, text: text.into() });
        self
    }

    /// The same with a shape for the reply.
    #[must_use]
    pub fn shaped(mut self, name: impl Into<String>, schema: Value) -> Self {
        self.shape = Some(Shape { name: name.into(), schema });
        self
    }
}

/// What a model replied.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChatReply {
    /// The text; JSON when a shape was asked for.
    pub text: String,
    /// How many tokens went in, as the provider counts them; 0 when it does not say.
    pub input_tokens: u64,
    /// How many tokens came out.
    pub output_tokens: u64,
    /// How long it took, retries included.
    pub seconds: f64,
}

/// A language model. Object-safe, blocking, callable from any thread.
///
/// ```
/// use synthbook_agents::chat::{ChatError, ChatModel, ChatReply, ChatRequest};
/// use synthbook_agents::warehouse::Cancel;
///
/// /// Says what it was told.
/// struct Parrot;
///
/// impl ChatModel for Parrot {
///     fn name(&self) -> &str {
///         "test::parrot"
///     }
///
///     fn reply(&self, request: &ChatRequest, _cancel: &Cancel) -> Result<ChatReply, ChatError> {
///         let text = request.messages.last().map(|message| message.text.clone()).unwrap_or_default();
///         Ok(ChatReply { text, ..ChatReply::default() })
///     }
/// }
///
/// let model: Box<dyn ChatModel> = Box::new(Parrot);
/// assert_eq!(model.reply(&ChatRequest::new("", "hello"), &Cancel::new())?.text, "hello");
/// # Ok::<(), ChatError>(())
/// ```
pub trait ChatModel: Send + Sync {
    /// Its name, `provider::model`.
    fn name(&self) -> &str;

    /// Asks it, and waits for the whole reply.
    ///
    /// # Errors
    /// Every [`ChatError`]; [`ChatError::Cancelled`] soon after `cancel` was thrown.
    fn reply(&self, request: &ChatRequest, cancel: &Cancel) -> Result<ChatReply, ChatError>;
}
