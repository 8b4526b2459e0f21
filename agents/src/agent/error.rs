//! What can go wrong between a task and its reply.

use super::{BusError, Failure};

/// Why a task could not be done.
#[derive(Debug, Clone, PartialEq, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum AgentError {
    /// There is nothing to do.
    #[error("There is no task")]
    #[diagnostic(code(agents::empty_task), help("Say what to do, for example: plot sales by month."))]
    EmptyTask,
    /// The task is longer than anybody would write.
    #[error("The task has {length} characters; at most {limit} are read")]
    #[diagnostic(code(agents::task_too_long), help("Ask for one thing at a time."))]
    TaskTooLong {
        /// Its length.
        length: usize,
        /// The most.
        limit: usize,
    },
    /// There is no such agent.
    #[error("There is no agent named {name}")]
    #[diagnostic(code(agents::unknown_agent))]
    UnknownAgent {
        /// The name asked for.
        name: String,
        /// The agents there are.
        #[help]
        help: String,
    },
    /// There is no such tool.
    #[error("There is no tool named {name}")]
    #[diagnostic(code(agents::unknown_tool))]
    UnknownTool {
        /// The name asked for.
        name: String,
        /// The tools there are.
        #[help]
        help: String,
    },
    /// An agent runs already.
    #[error("The agent {name} runs already")]
    #[diagnostic(code(agents::already_runs), help("Stop it first."))]
    AlreadyRuns {
        /// The agent.
        name: String,
    },
    /// An agent can't be started.
    #[error("The agent {name} could not be started: {reason}")]
    #[diagnostic(code(agents::not_started), help("The system may have no threads left."))]
    NotStarted {
        /// The agent.
        name: String,
        /// What the system said.
        reason: String,
    },
    /// It was cancelled.
    #[error("The task was cancelled")]
    #[diagnostic(code(agents::cancelled))]
    Cancelled,
    /// A message was not delivered or not answered.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Bus(#[from] BusError),
    /// Every step of the task failed; this is the first one's failure.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Failed(#[from] Failure),
}
