//! The agents there are: a file and a line each.

mod data;
pub(super) mod etl;
mod files;
mod help;
mod search;
pub(super) mod synthesis;
mod tables;
pub(super) mod visualization;

use std::sync::{Arc, LazyLock};

use super::{Agent, AgentError, Words};

static AGENTS: LazyLock<Vec<Arc<dyn Agent>>> = LazyLock::new(|| {
    vec![
        Arc::new(data::Data),
        Arc::new(etl::Etl),
        Arc::new(help::Help),
        Arc::new(search::Search),
        Arc::new(synthesis::Synthesis),
        Arc::new(visualization::Visualization),
    ]
});

/// Every agent, by name.
#[must_use]
pub fn agents() -> &'static [Arc<dyn Agent>] {
    &AGENTS
}

/// The agent of that name; case does not matter.
///
/// # Errors
/// [`AgentError::UnknownAgent`] with the names there are.
pub fn find(name: &str) -> Result<&'static Arc<dyn Agent>, AgentError> {
    AGENTS.iter().find(|agent| agent.spec().name.eq_ignore_ascii_case(name)).ok_or_else(|| {
        let names: Vec<&str> = AGENTS.iter().map(|agent| agent.spec().name).collect();
        AgentError::UnknownAgent { name: name.to_owned(), help: format!("There are {}.", names.join(", ")) }
    })
}

/// The agent that is surest that a task is its own; the data agent takes what nobody claims.
pub(super) fn surest(words: &Words) -> &'static dyn Agent {
    let mut surest: (u8, &'static dyn Agent) = (0, &data::Data);
    for agent in agents() {
        let claim = agent.claim(words);
        if claim > surest.0 {
            surest = (claim, agent.as_ref());
        }
    }
    surest.1
}
