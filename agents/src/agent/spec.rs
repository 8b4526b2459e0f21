//! The traits of an agent and of a tool, and what they are given to work with.

use serde_json::Value;

use super::{Failure, Health, Report, Services, Task, Words};
use crate::warehouse::Cancel;

/// What an agent says about itself.
#[derive(Debug, Clone, Copy)]
pub struct AgentSpec {
    /// The name that a person types, and its address on the bus.
    pub name: &'static str,
    /// One sentence for help.
    pub summary: &'static str,
    /// The tools it may use, by name.
    pub tools: &'static [&'static str],
    /// Tasks that are its own; help shows them, and the tests see that the coordinator gives them to it.
    pub examples: &'static [&'static str],
    /// The most time for one task, in seconds.
    pub patience: u64,
}

/// What an agent or a tool works with.
pub struct Work<'a> {
    /// The warehouse, the session's frames and the like.
    pub services: &'a Services,
    /// Hears how far it is: a fraction from 0 to 1 where known, and what is being done.
    pub progress: &'a (dyn Fn(Option<f64>, &str) + Sync),
    /// Whether it is still wanted.
    pub cancel: &'a Cancel,
}

/// An agent: one file, one line in the registry. Object-safe; it keeps nothing between tasks.
pub trait Agent: Send + Sync {
    /// What it says about itself.
    fn spec(&self) -> AgentSpec;

    /// How sure it is that a task is its own, from 0 to 100; 0 says that it is not. The surest one gets it.
    fn claim(&self, words: &Words) -> u8;

    /// Does a task. What it can't or mustn't do is a report with `refused`, or a failure with a code.
    ///
    /// # Errors
    /// What the work failed with.
    fn run(&self, task: &Task, work: &Work<'_>) -> Result<Report, Failure>;

    /// Tries what it needs, by the way that a task would take.
    fn health(&self, work: &Work<'_>) -> Health;
}

/// What a tool says about itself.
#[derive(Debug, Clone)]
pub struct ToolSpec {
    /// Its name: lower case and `_`.
    pub name: &'static str,
    /// One sentence, for help and for a model that chooses among tools.
    pub summary: &'static str,
    /// The JSON Schema of its arguments, an object.
    pub arguments: Value,
    /// Arguments that work, for help.
    pub example: Value,
}

/// A tool: one thing that can be done, with JSON in and out. Object-safe; it never changes data.
pub trait Tool: Send + Sync {
    /// What it says about itself.
    fn spec(&self) -> ToolSpec;

    /// Does it.
    ///
    /// # Errors
    /// Arguments that don't fit, a service that is missing, or what the work failed with.
    fn call(&self, arguments: &Value, work: &Work<'_>) -> Result<Value, Failure>;
}
