//! The bus of one process.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Bus, BusError, DeadLetter, Inbox, Message};

/// How many dead letters are kept.
const DEAD: usize = 256;

/// A bus within a process: a bounded queue for each address. Cloning shares the bus.
#[derive(Debug, Clone)]
pub struct LocalBus {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    capacity: usize,
    state: Mutex<State>,
    /// Something was put in or taken out of a queue.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    queues: BTreeMap<String, Queue>,
    dead: VecDeque<DeadLetter>,
    closed: bool,
}

#[derive(Debug, Default)]
struct Queue {
    messages: VecDeque<Message>,
    listeners: usize,
}

impl LocalBus {
    /// A bus whose queues hold that many messages each, one at the least.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        let shared = Shared { capacity: capacity.max(1), state: Mutex::default(), changed: Condvar::new() };
        Self { shared: Arc::new(shared) }
    }
}

impl Default for LocalBus {
    /// 64 messages for each address.
    fn default() -> Self {
        Self::with_capacity(64)
    }
}

impl Bus for LocalBus {
    fn listen(&self, address: &str) -> Result<Box<dyn Inbox>, BusError> {
        let mut state = self.shared.lock();
        if state.closed {
            return Err(BusError::Closed);
        }
        state.queues.entry(address.to_owned()).or_default().listeners += 1;
        Ok(Box::new(LocalInbox { shared: Arc::clone(&self.shared), address: address.to_owned() }))
    }

    fn send(&self, message: Message, patience: Duration) -> Result<(), BusError> {
        let until = Instant::now() + patience;
        let mut state = self.shared.lock();
        loop {
            if state.closed {
                state.bury(message, "the bus is closed");
                return Err(BusError::Closed);
            }
            let address = message.target.clone();
            let Some(queue) = state.queues.get_mut(&address) else {
                state.bury(message, "nobody hears it");
                return Err(BusError::NoListener { address });
            };
            let waiting = queue.messages.len();
            if waiting < self.shared.capacity {
                queue.messages.push_back(message);
                self.shared.changed.notify_all();
                return Ok(());
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.bury(message, "the queue is full");
                return Err(BusError::Full { address, waiting });
            }
            state = self.shared.wait(state, left);
        }
    }

    fn dead_letters(&self) -> Vec<DeadLetter> {
        self.shared.lock().dead.iter().cloned().collect()
    }

    fn close(&self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, time: Duration) -> MutexGuard<'a, State> {
        self.changed.wait_timeout(state, time).unwrap_or_else(PoisonError::into_inner).0
    }
}

impl State {
    fn bury(&mut self, message: Message, reason: &'static str) {
        if self.dead.len() >= DEAD {
            self.dead.pop_front();
        }
        self.dead.push_back(DeadLetter { message, reason });
    }
}

struct LocalInbox {
    shared: Arc<Shared>,
    address: String,
}

impl Inbox for LocalInbox {
    fn next(&self, wait: Duration) -> Result<Option<Message>, BusError> {
        let until = Instant::now() + wait;
        let mut state = self.shared.lock();
        loop {
            if let Some(message) = state.queues.get_mut(&self.address).and_then(|queue| queue.messages.pop_front()) {
                self.shared.changed.notify_all();
                return Ok(Some(message));
            }
            if state.closed {
                return Err(BusError::Closed);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            state = self.shared.wait(state, left);
        }
    }
}

impl Drop for LocalInbox {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        let Some(queue) = state.queues.get_mut(&self.address) else {
            return;
        };
        queue.listeners -= 1;
        if queue.listeners == 0 {
            let left = state.queues.remove(&self.address).map(|queue| queue.messages).unwrap_or_default();
            for message in left {
                state.bury(message, "its reader left");
            }
            self.shared.changed.notify_all();
        }
    }
}
