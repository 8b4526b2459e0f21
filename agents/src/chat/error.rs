//! What can go wrong between a prompt and a language model's reply.

/// Why a language model gave no usable reply. Nothing of the prompt and no key is ever in it.
#[derive(Debug, Clone, PartialEq, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum ChatError {
    /// The model's name has no provider before `::`.
    #[error("A chat model is named provider::model, not {name}")]
    #[diagnostic(code(chat::model_name), help("For example gemini::gemini-3.8-flash or ollama::qwen3."))]
    ModelName {
        /// The name as it was given.
        name: String,
    },
    /// No provider has that name.
    #[error("There is no chat provider {name}")]
    #[diagnostic(code(chat::unknown_provider))]
    UnknownProvider {
        /// The name as it was given.
        name: String,
        /// The providers there are.
        #[help]
        help: String,
    },
    /// A setting makes no sense.
    #[error("The setting {setting} of the chat model can't be {value}")]
    #[diagnostic(code(chat::setting))]
    Setting {
        /// The setting.
        setting: &'static str,
        /// Its value.
        value: String,
        /// What it takes.
        #[help]
        help: String,
    },
    /// The environment has no key.
    #[error("The chat model's key is missing: the environment has no {variable}")]
    #[diagnostic(code(chat::key_missing), help("Set {variable} before the kernel starts, or use a local model."))]
    KeyMissing {
        /// The variable that should hold the key.
        variable: String,
    },
    /// The provider did not accept the key.
    #[error("{model} did not accept the key (status {status})")]
    #[diagnostic(code(chat::not_allowed), help("Check the key in the environment, and what it may be used for."))]
    NotAllowed {
        /// The model.
        model: String,
        /// The HTTP status.
        status: u16,
    },
    /// The provider refused the request itself.
    #[error("{model} refused the request (status {status}): {message}")]
    #[diagnostic(code(chat::refused), help("Check the model's name and the endpoint."))]
    Refused {
        /// The model.
        model: String,
        /// The HTTP status.
        status: u16,
        /// The provider's message, shortened.
        message: String,
    },
    /// Too many requests, also after waiting.
    #[error("{model} has too many requests")]
    #[diagnostic(code(chat::busy), help("Ask again later; the quota is the provider's."))]
    Busy {
        /// The model.
        model: String,
    },
    /// The provider failed, also when asked again.
    #[error("{model} failed (status {status})")]
    #[diagnostic(code(chat::failed), help("Ask again later."))]
    Failed {
        /// The model.
        model: String,
        /// The HTTP status.
        status: u16,
    },
    /// There is no connection.
    #[error("{model} can't be reached: {reason}")]
    #[diagnostic(
        code(chat::unreachable),
        help("Check the network, the endpoint, and that a local model's server runs.")
    )]
    Unreachable {
        /// The model.
        model: String,
        /// What was seen, without addresses' query parts.
        reason: String,
    },
    /// It took longer than it may.
    #[error("{model} gave no reply within {seconds} s")]
    #[diagnostic(code(chat::timeout), help("Give it more time in the settings, or use a quicker model."))]
    Timeout {
        /// The model.
        model: String,
        /// The time it was given, in seconds.
        seconds: f64,
    },
    /// It was cancelled.
    #[error("The chat model's reply was cancelled")]
    #[diagnostic(code(chat::cancelled))]
    Cancelled,
    /// The reply is not what was asked for.
    #[error("{model} gave a reply that can't be used: {what}")]
    #[diagnostic(code(chat::bad_reply), help("Ask again, or use a model that keeps to a JSON schema."))]
    BadReply {
        /// The model.
        model: String,
        /// What is wrong with it.
        what: String,
    },
    /// The calls or tokens of this session are used up.
    #[error("The budget for chat models is used up: {spent} of {limit} {unit}")]
    #[diagnostic(code(chat::budget), help("Raise the budget in the settings, or ask in words that need no model."))]
    Budget {
        /// How much was used.
        spent: u64,
        /// How much there was.
        limit: u64,
        /// Of what.
        unit: &'static str,
    },
    /// The client broke a promise.
    #[error("The chat model failed inside: {what}")]
    #[diagnostic(code(chat::internal), help("Please report it."))]
    Internal {
        /// What was seen.
        what: String,
    },
}

impl ChatError {
    /// Whether asking again in a moment may help.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Failed { .. } | Self::Unreachable { .. })
    }
}
