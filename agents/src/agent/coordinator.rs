//! The coordinator: from a task in words to steps, to agents, to a reply.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::agents::{self, find};
use super::host::odd_reply;
use super::schedule;
use super::wave::{News, Wave};
use super::{
    AgentError, Conversation, Event, Events, Failure, Health, Host, Made, Message, Payload, Report, Services, Step,
    Task, plan,
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
    /// Whether it was stopped before every step had its turn.
    pub cancelled: bool,
    /// Earlier tasks that the conversation dropped to keep its size.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<String>,
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

    /// Does a task: plans its steps, gives each to its agent, and says what came of them. Steps that need nothing of each
    /// other are done at the same time; what came of them stays in their order. A step that fails leaves the others; the
    /// task as a whole fails only when every step does. Who stops it gets what was done until then.
    ///
    /// # Errors
    /// [`AgentError::EmptyTask`], [`AgentError::TaskTooLong`]; [`AgentError::Cancelled`] or the first failure when no step
    /// was done.
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
        let (name, task) = (agent.spec().name, check(task)?);
        // The plan knows what the task refers to; who does it is said.
        let mut steps = self.plan(task);
        if steps.len() != 1 || steps[0].agent != name {
            let earlier = steps.last().is_some_and(|step| step.agent == name && step.earlier);
            steps = vec![Step { agent: name.to_owned(), task: task.to_owned(), input: None, earlier }];
        }
        self.carry_out(task, steps, conversation, events, cancel)
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
        let mut done: Vec<Option<Done>> = steps.iter().map(|_| None).collect();
        while !cancel.is_cancelled() {
            let wave = schedule::ready(&steps, &done.iter().map(Option::is_some).collect::<Vec<_>>());
            if wave.is_empty() {
                break;
            }
            let results = self.together(&wave, &steps, &done, conversation, events, cancel);
            for (number, result) in wave.into_iter().zip(results) {
                let (report, failure) = match result {
                    Ok(report) => (Some(report), None),
                    Err(failure) => (None, Some(failure)),
                };
                done[number] = Some(Done { step: steps[number].clone(), report, failure });
            }
        }
        let stopped = |step| Done { step, report: None, failure: Some(Failure::of(&AgentError::Cancelled)) };
        let done: Vec<Done> =
            done.into_iter().zip(steps).map(|(done, step)| done.unwrap_or_else(|| stopped(step))).collect();
        if done.iter().all(|done| done.failure.is_some()) {
            if cancel.is_cancelled() {
                return Err(AgentError::Cancelled);
            }
            if let Some(failure) = done.first().and_then(|first| first.failure.clone()) {
                return Err(failure.into());
            }
        }
        let text = done.iter().map(in_words).collect::<Vec<_>>().join("\n");
        let dropped = conversation.add(task, &text, answered(&done).last().map(String::as_str));
        if let Some(table) = done.iter().rev().find_map(|done| made(Some(done))) {
            conversation.made(table);
        }
        let complete = done.iter().all(|done| done.failure.is_none());
        let cancelled = cancel.is_cancelled() && !complete;
        Ok(Reply { text, steps: done, complete, cancelled, dropped, seconds: start.elapsed().as_secs_f64() })
    }

    /// Does some steps at the same time; their results are in the steps' order. What happens on the way is told on this
    /// thread.
    fn together(
        &self,
        wave: &[usize],
        steps: &[Step],
        done: &[Option<Done>],
        conversation: &Conversation,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Vec<Result<Report, Failure>> {
        for number in wave {
            events.event(&Event::Started { step: *number });
        }
        let saved = done.iter().flatten().filter_map(|done| done.report.as_ref()?.saved.clone());
        let mut wave = Wave::new(wave, saved);
        let (send, receive) = channel();
        std::thread::scope(|scope| {
            let work = |number: usize| {
                let (send, events) = (send.clone(), send.clone());
                scope.spawn(move || {
                    let begun = Instant::now();
                    let result = self.step(number, &steps[number], &done[..number], conversation, &events, cancel);
                    let result = match result {
                        Err(_) if cancel.is_cancelled() => Err(Failure::of(&AgentError::Cancelled)),
                        result => result,
                    };
                    // Who listens waits until every step is done.
                    let seconds = begun.elapsed().as_secs_f64();
                    let _ = send.send(News::Ended { step: number, result: Box::new(result), seconds });
                })
            };
            let running: Vec<_> = wave.numbers().map(|number| (number, work(number))).collect();
            drop(send);
            let keep = |report, saved: &BTreeSet<String>| self.kept(report, saved);
            for news in receive {
                match news {
                    News::Event(event) => events.event(&event),
                    News::Ended { step, result, seconds } => wave.ended(step, *result, seconds, &keep, events),
                }
            }
            for (number, thread) in running {
                if thread.join().is_err() {
                    wave.ended(number, Err(odd_reply(&steps[number].agent)), 0.0, &keep, events);
                }
            }
        });
        wave.results()
    }

    fn step(
        &self,
        number: usize,
        step: &Step,
        done: &[Option<Done>],
        conversation: &Conversation,
        events: &Sender<News>,
        cancel: &Cancel,
    ) -> Result<Report, Failure> {
        let input = input(step, done, conversation)?;
        let agent = find(&step.agent).map_err(|error| Failure::of(&error))?;
        self.host.ensure(Arc::clone(agent)).map_err(|error| Failure::of(&error))?;
        let mut context = conversation.context();
        context.extend(answered(done.iter().flatten()));
        let task = Task { text: step.task.clone(), context, input: input.map(Box::new) };
        let deadline = Duration::from_secs(agent.spec().patience);
        let request = Message::request(agent.spec().name, Payload::Task(task));
        let reply = self.host.bus().request(request, deadline, cancel, &mut |message| {
            if let Payload::Progress { fraction, message } = &message.payload {
                // Who listens waits until every step is done.
                let event = Event::Progress { step: number, fraction: *fraction, message: message.clone() };
                let _ = events.send(News::Event(event));
            }
        })?;
        match reply.payload {
            Payload::Report(report) => Ok(*report),
            Payload::Failure(failure) => Err(failure),
            _ => Err(odd_reply(&step.agent)),
        }
    }

    /// The report, its table kept in the session, so that the next cell can use it. Two answers of one task are two
    /// tables.
    fn kept(&self, mut report: Report, saved: &BTreeSet<String>) -> Result<Report, Failure> {
        let Some(frames) = &self.services.frames else { return Ok(report) };
        if let (Some(frame), Some(name)) = (&report.frame, &report.name) {
            let name = (1..=saved.len() + 1)
                .map(|number| if number == 1 { name.clone() } else { format!("{name}_{number}") })
                .find(|name| !saved.contains(name))
                .unwrap_or_else(|| name.clone());
            report.saved = Some(frames.keep(&name, frame)?);
        }
        Ok(report)
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
fn input(step: &Step, done: &[Option<Done>], conversation: &Conversation) -> Result<Option<Made>, Failure> {
    if step.earlier {
        return Ok(conversation.last_made().cloned());
    }
    let Some(from) = step.input else {
        return Ok(None);
    };
    made(done.get(from).and_then(Option::as_ref)).map(Some).ok_or_else(|| {
        let help = "Mend that step, or name a table.";
        Failure::new("agents::step_needed", format!("Step {} made no table to work on", from + 1), help)
    })
}

/// The table that a step made.
fn made(done: Option<&Done>) -> Option<Made> {
    let report = done?.report.as_ref()?;
    let (frame, name) = (report.frame.clone()?, report.saved.clone().or_else(|| report.name.clone())?);
    Some(Made { name, frame, chart: report.chart.clone() })
}

/// The questions that were answered, for follow-ups.
fn answered<'a>(done: impl IntoIterator<Item = &'a Done>) -> Vec<String> {
    let asked =
        |done: &&Done| done.step.agent == "data" && done.report.as_ref().is_some_and(|report| report.refused.is_none());
    done.into_iter().filter(asked).map(|done| done.step.task.clone()).collect()
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
