//! The coordinator: from a task in words to steps, to agents, to a reply.

use std::sync::Arc;
use std::time::{Duration, Instant};

use polars::prelude::DataFrame;
use serde::Serialize;

use super::agents::{self, find};
use super::host::odd_reply;
use super::{
    AgentError, Conversation, Event, Events, Failure, Health, Host, Message, Payload, Report, Services, Step, Task,
    plan,
};
use crate::warehouse::Cancel;

/// The longest task that is read.
const MOST_CHARACTERS: usize = 10_000;
/// The most steps of a task.
const MOST_STEPS: usize = 12;

/// A step and what came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Done {
    /// The step.
    pub step: Step,
    /// What the agent did, when it did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    /// What went wrong, when it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// What came of a task.
#[derive(Debug, Clone, Serialize)]
pub struct Reply {
    /// All of it in words.
    pub text: String,
    /// The steps, in order.
    pub steps: Vec<Done>,
    /// Whether every step was done.
    pub complete: bool,
    /// How long it took.
    pub seconds: f64,
}

/// Gives tasks to agents.
pub struct Coordinator {
    host: Host,
    services: Arc<Services>,
}

impl Coordinator {
    /// A coordinator with the agents of this process; each starts when it is first needed.
    ///
    /// # Errors
    /// None yet; a bus that can't be reached will be one.
    pub fn new(services: Arc<Services>) -> Result<Self, AgentError> {
        Ok(Self { host: Host::new(Arc::clone(&services)), services })
    }

    /// The host of the agents.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The steps that a task would take.
    #[must_use]
    pub fn plan(&self, task: &str) -> Vec<Step> {
        let frames = self.services.frames.as_ref().map(|frames| frames.names()).unwrap_or_default();
        plan(task, &frames)
    }

    /// Does a task: plans its steps, gives each to its agent, and says what came of them. A step that fails leaves the
    /// others; the task as a whole fails only when every step does.
    ///
    /// # Errors
    /// [`AgentError::EmptyTask`], [`AgentError::TaskTooLong`], [`AgentError::Cancelled`]; the first failure when no
    /// step was done.
    pub fn run(
        &self,
        task: &str,
        conversation: &mut Conversation,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<Reply, AgentError> {
        let steps = self.plan(check(task)?);
        self.carry_out(task, steps, conversation, events, cancel)
    }

    /// Gives a task to one agent, by its name.
    ///
    /// # Errors
    /// [`AgentError::UnknownAgent`]; what [`Coordinator::run`] fails with.
    pub fn run_with(
        &self,
        agent: &str,
        task: &str,
        conversation: &mut Conversation,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<Reply, AgentError> {
        let agent = find(agent)?;
        let step = Step { agent: agent.spec().name.to_owned(), task: check(task)?.to_owned(), input: None };
        self.carry_out(task, vec![step], conversation, events, cancel)
    }

    /// How every agent works, tried over the bus.
    ///
    /// # Errors
    /// An agent that can't be started or does not reply in time.
    pub fn health(&self, deadline: Duration) -> Result<Vec<(&'static str, Health)>, AgentError> {
        let mut all = Vec::new();
        for agent in agents::agents() {
            self.host.ensure(Arc::clone(agent))?;
            let name = agent.spec().name;
            all.push((name, self.host.health(name, deadline)?));
        }
        Ok(all)
    }

    fn carry_out(
        &self,
        task: &str,
        mut steps: Vec<Step>,
        conversation: &mut Conversation,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<Reply, AgentError> {
        let start = Instant::now();
        steps.truncate(MOST_STEPS);
        events.event(&Event::Planned { steps: steps.clone() });
        let mut done: Vec<Done> = Vec::new();
        for (number, step) in steps.into_iter().enumerate() {
            if cancel.is_cancelled() {
                return Err(AgentError::Cancelled);
            }
            events.event(&Event::Started { step: number });
            let begun = Instant::now();
            let result =
                input(&step, &done).and_then(|input| self.step(number, &step, input, conversation, events, cancel));
            let (report, failure) = match result {
                Ok(report) => (Some(report), None),
                Err(failure) => (None, Some(failure)),
            };
            if cancel.is_cancelled() {
                return Err(AgentError::Cancelled);
            }
            events.event(&match &failure {
                None => Event::Finished { step: number, seconds: begun.elapsed().as_secs_f64() },
                Some(failure) => Event::Failed { step: number, failure: failure.clone() },
            });
            done.push(Done { step, report, failure });
        }
        if let Some(failure) = done.first().and_then(|first| first.failure.clone())
            && done.iter().all(|done| done.failure.is_some())
        {
            return Err(failure.into());
        }
        let text = done.iter().map(in_words).collect::<Vec<_>>().join("\n");
        conversation.add(task, &text, answered(&done).as_deref());
        let complete = done.iter().all(|done| done.failure.is_none());
        Ok(Reply { text, steps: done, complete, seconds: start.elapsed().as_secs_f64() })
    }

    fn step(
        &self,
        number: usize,
        step: &Step,
        input: Option<DataFrame>,
        conversation: &Conversation,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<Report, Failure> {
        let agent = find(&step.agent).map_err(|error| Failure::of(&error))?;
        self.host.ensure(Arc::clone(agent)).map_err(|error| Failure::of(&error))?;
        let task = Task { text: step.task.clone(), context: conversation.context(), input };
        let deadline = Duration::from_secs(agent.spec().patience);
        let request = Message::request(agent.spec().name, Payload::Task(task));
        let reply = self.host.bus().request(request, deadline, cancel, &mut |message| {
            if let Payload::Progress { fraction, message } = &message.payload {
                events.event(&Event::Progress { step: number, fraction: *fraction, message: message.clone() });
            }
        })?;
        match reply.payload {
            Payload::Report(report) => Ok(*report),
            Payload::Failure(failure) => Err(failure),
            _ => Err(odd_reply(&step.agent)),
        }
    }
}

fn check(task: &str) -> Result<&str, AgentError> {
    let length = task.chars().count();
    if length > MOST_CHARACTERS {
        return Err(AgentError::TaskTooLong { length, limit: MOST_CHARACTERS });
    }
    let task = task.trim();
    if task.chars().any(char::is_alphanumeric) { Ok(task) } else { Err(AgentError::EmptyTask) }
}

/// The table that a step works on.
fn input(step: &Step, done: &[Done]) -> Result<Option<DataFrame>, Failure> {
    let Some(from) = step.input else {
        return Ok(None);
    };
    let frame = done.get(from).and_then(|done| done.report.as_ref()).and_then(|report| report.frame.clone());
    frame.map(Some).ok_or_else(|| {
        Failure::new(
            "agents::step_needed",
            "The step before made no table to work on",
            "Mend that step, or name a table.",
        )
    })
}

/// The question that was answered, for follow-ups.
fn answered(done: &[Done]) -> Option<String> {
    let asked =
        |done: &&Done| done.step.agent == "data" && done.report.as_ref().is_some_and(|report| report.refused.is_none());
    done.iter().rev().find(asked).map(|done| done.step.task.clone())
}

fn in_words(done: &Done) -> String {
    match (&done.report, &done.failure) {
        (Some(report), _) => report.text.clone(),
        (None, Some(failure)) => {
            let help = failure.help.as_ref().map(|help| format!(" {help}")).unwrap_or_default();
            format!("Not done ({}): {failure}.{help}", done.step.task)
        }
        (None, None) => String::new(),
    }
}
