//! The host: starts agents, gives them their messages, and stops them.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::{
    Agent, AgentError, Bus, BusError, Failure, Health, Inbox, Kind, LocalBus, Message, Payload, Services, Work,
};
use crate::warehouse::Cancel;

/// How often a waiting agent looks at its state.
const TICK: Duration = Duration::from_millis(100);
/// How long a reply waits for room.
const REPLY: Duration = Duration::from_secs(5);

/// What an agent is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It takes messages.
    Running,
    /// It finishes what waits, and then stops.
    Draining,
    /// It takes no more.
    Stopped,
}

/// Runs agents, each on a thread of its own, over a bus.
pub struct Host {
    bus: Arc<dyn Bus>,
    services: Arc<Services>,
    running: Mutex<BTreeMap<&'static str, Running>>,
}

struct Running {
    state: Arc<AtomicU8>,
    current: Arc<Mutex<Option<Cancel>>>,
    thread: JoinHandle<()>,
}

impl Host {
    /// A host on a bus of its own process.
    #[must_use]
    pub fn new(services: Arc<Services>) -> Self {
        Self::on(Arc::new(LocalBus::default()), services)
    }

    /// A host on a bus.
    #[must_use]
    pub fn on(bus: Arc<dyn Bus>, services: Arc<Services>) -> Self {
        Self { bus, services, running: Mutex::default() }
    }

    /// The bus.
    #[must_use]
    pub fn bus(&self) -> &dyn Bus {
        self.bus.as_ref()
    }

    /// Starts an agent.
    ///
    /// # Errors
    /// [`AgentError::AlreadyRuns`], [`AgentError::NotStarted`]; a closed bus.
    pub fn start(&self, agent: Arc<dyn Agent>) -> Result<(), AgentError> {
        let name = agent.spec().name;
        let mut running = self.running();
        if running.get(name).is_some_and(Running::is_alive) {
            return Err(AgentError::AlreadyRuns { name: name.to_owned() });
        }
        let inbox = self.bus.listen(name)?;
        let (state, current) = (Arc::new(AtomicU8::new(0)), Arc::default());
        let worker = Worker {
            agent,
            inbox,
            bus: Arc::clone(&self.bus),
            services: Arc::clone(&self.services),
            state: Arc::clone(&state),
            current: Arc::clone(&current),
        };
        let thread = std::thread::Builder::new().name(format!("agent-{name}")).spawn(move || worker.serve());
        let thread =
            thread.map_err(|error| AgentError::NotStarted { name: name.to_owned(), reason: error.to_string() })?;
        running.insert(name, Running { state, current, thread });
        Ok(())
    }

    /// Starts an agent unless it runs.
    ///
    /// # Errors
    /// [`AgentError::NotStarted`]; a closed bus.
    pub fn ensure(&self, agent: Arc<dyn Agent>) -> Result<(), AgentError> {
        match self.start(agent) {
            Err(AgentError::AlreadyRuns { .. }) => Ok(()),
            other => other,
        }
    }

    /// The agents that were started, with what they do now.
    #[must_use]
    pub fn agents(&self) -> Vec<(&'static str, State)> {
        self.running().iter().map(|(name, running)| (*name, running.state())).collect()
    }

    /// Stops an agent: what it does now is cancelled, and what waits for it becomes dead letters.
    ///
    /// # Errors
    /// [`AgentError::UnknownAgent`] when it does not run.
    pub fn stop(&self, name: &str) -> Result<(), AgentError> {
        self.end(name, State::Stopped, Duration::ZERO)
    }

    /// Lets an agent finish what waits for it, and stops it; after `patience` it is stopped as it is.
    ///
    /// # Errors
    /// [`AgentError::UnknownAgent`] when it does not run.
    pub fn drain(&self, name: &str, patience: Duration) -> Result<(), AgentError> {
        self.end(name, State::Draining, patience)
    }

    /// Asks an agent over the bus to try what it needs.
    ///
    /// # Errors
    /// No such agent, or no reply in time.
    pub fn health(&self, name: &str, deadline: Duration) -> Result<Health, AgentError> {
        let request = Message::request(name, Payload::HealthRequest);
        let reply = self.bus.request(request, deadline, &Cancel::new(), &mut |_| {})?;
        match reply.payload {
            Payload::Health(health) => Ok(health),
            Payload::Failure(failure) => Err(failure.into()),
            _ => Err(odd_reply(name).into()),
        }
    }

    fn end(&self, name: &str, state: State, patience: Duration) -> Result<(), AgentError> {
        let found = self.running().remove_entry(name).map(|(_, running)| running);
        let running = found.ok_or_else(|| AgentError::UnknownAgent {
            name: name.to_owned(),
            help: format!("Running: {}.", self.agents().iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")),
        })?;
        running.set(state);
        let until = Instant::now() + patience;
        while !running.thread.is_finished() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
        running.set(State::Stopped);
        running.cancel();
        // The thread ends with its work, which has been cancelled; a panic in it has been answered.
        let _ = running.thread.join();
        Ok(())
    }

    fn running(&self) -> MutexGuard<'_, BTreeMap<&'static str, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        for running in self.running().values() {
            running.set(State::Stopped);
            running.cancel();
        }
        self.bus.close();
    }
}

impl Running {
    fn is_alive(&self) -> bool {
        !self.thread.is_finished() && self.state() != State::Stopped
    }

    fn state(&self) -> State {
        state_of(&self.state)
    }

    fn set(&self, state: State) {
        self.state.store(state as u8, Ordering::SeqCst);
    }

    fn cancel(&self) {
        if let Some(cancel) = &*self.current.lock().unwrap_or_else(PoisonError::into_inner) {
            cancel.cancel();
        }
    }
}

fn state_of(state: &AtomicU8) -> State {
    match state.load(Ordering::SeqCst) {
        0 => State::Running,
        1 => State::Draining,
        _ => State::Stopped,
    }
}

/// What an agent's thread has.
struct Worker {
    agent: Arc<dyn Agent>,
    inbox: Box<dyn Inbox>,
    bus: Arc<dyn Bus>,
    services: Arc<Services>,
    state: Arc<AtomicU8>,
    current: Arc<Mutex<Option<Cancel>>>,
}

impl Worker {
    fn serve(self) {
        loop {
            let state = state_of(&self.state);
            if state == State::Stopped {
                return;
            }
            match self.inbox.next(if state == State::Draining { Duration::ZERO } else { TICK }) {
                Ok(Some(message)) => self.answer(&message),
                Ok(None) if state != State::Draining => {}
                Ok(None) | Err(_) => return,
            }
        }
    }

    fn answer(&self, message: &Message) {
        if message.kind != Kind::Request {
            return;
        }
        self.set_current(Some(message.cancel.clone()));
        // A panic of a library must cost one task, not the agent.
        let payload = catch_unwind(AssertUnwindSafe(|| self.work(message))).unwrap_or_else(|_| {
            Payload::Failure(Failure::new(
                "agents::internal",
                "The agent failed inside",
                "Please report it with the task.",
            ))
        });
        self.set_current(None);
        // A requester that has gone hears nothing; the bus keeps the reply among its dead letters.
        let _ = self.bus.send(message.answer(Kind::Reply, payload), REPLY);
    }

    fn work(&self, message: &Message) -> Payload {
        if message.cancel.is_cancelled() {
            return Payload::Failure(Failure::of(&AgentError::Cancelled));
        }
        let progress = |fraction: Option<f64>, text: &str| {
            let event = Payload::Progress { fraction, message: text.to_owned() };
            // Progress that finds no room is left out: the next one says more.
            let _ = self.bus.send(message.answer(Kind::Event, event), Duration::ZERO);
        };
        let work = Work { services: &self.services, progress: &progress, cancel: &message.cancel };
        match &message.payload {
            Payload::Task(task) => match self.agent.run(task, &work) {
                Ok(report) => Payload::Report(Box::new(report)),
                Err(failure) => Payload::Failure(failure),
            },
            Payload::HealthRequest => Payload::Health(self.agent.health(&work)),
            _ => Payload::Failure(Failure::new("agents::odd_request", "An agent takes tasks only", "Send a task.")),
        }
    }

    fn set_current(&self, cancel: Option<Cancel>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = cancel;
    }
}

pub(super) fn odd_reply(name: &str) -> Failure {
    Failure::new("agents::odd_reply", format!("{name} gave a reply of another kind"), "Please report it.")
}

impl From<BusError> for Failure {
    fn from(error: BusError) -> Self {
        Self::of(&error)
    }
}
