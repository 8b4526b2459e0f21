//! What can go wrong while a question is answered. A question that can't be answered is no error but a refusal.

use crate::AgentsError;
use crate::chat::ChatError;
use crate::semantic::SemanticError;

use super::memory::MemoryError;

/// Why there is neither an answer nor a refusal.
#[derive(Debug, Clone, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum AskError {
    /// The database said no, took too long, went away or was stopped.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Agents(#[from] AgentsError),
    /// The semantic model can't be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Semantic(#[from] SemanticError),
    /// The memory can't be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Memory(#[from] MemoryError),
    /// The chat model can't be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Chat(#[from] ChatError),
    /// The engine has no memory.
    #[error("Questions are not remembered here")]
    #[diagnostic(code(ask::no_memory), help("Ask in a notebook, or on the command line without --no-memory."))]
    NoMemory,
    /// A model that was saved fits the database no more.
    #[error("The semantic model names a table that the database does not have: {table}")]
    #[diagnostic(
        code(ask::model_differs),
        help("Name the model of this database, or leave it out to have one made from the database itself.")
    )]
    ModelDiffers {
        /// The table, as the model names it.
        table: String,
    },
}

impl AskError {
    /// Whether the person stopped it.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Agents(AgentsError::Cancelled) | Self::Chat(ChatError::Cancelled))
    }
}
