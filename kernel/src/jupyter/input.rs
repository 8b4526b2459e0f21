//! Questions to the user on the stdin channel, and what ends them: an answer or an interrupt.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Value, json};

use super::channels::Outbox;
use super::wire::{Header, Incoming, Outgoing};
use crate::output::InputError;

/// A front end may still be connecting its stdin channel when the first question comes.
const CONNECT_LIMIT: Duration = Duration::from_secs(1);

/// The kernel's side of the stdin channel; cheap to clone.
#[derive(Clone)]
pub(crate) struct Stdin {
    outbox: Outbox,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// One question at a time: a front end has one input box.
    turn: Mutex<()>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: Option<Waiting>,
    interrupts: u64,
}

struct Waiting {
    msg_id: String,
    answer: Sender<Result<String, InputError>>,
}

impl Stdin {
    /// The stdin channel over its socket.
    pub(crate) fn new(outbox: Outbox) -> Self {
        Self { outbox, shared: Arc::default() }
    }

    /// Asks the front end at `route` and waits. Blocks its thread.
    ///
    /// # Errors
    /// [`InputError::NotAllowed`] where nobody is at the route, [`InputError::Interrupted`] on an interrupt.
    pub(crate) fn ask(
        &self,
        route: &[Bytes],
        parent: &Header,
        prompt: &str,
        password: bool,
    ) -> Result<String, InputError> {
        let before = self.interrupts();
        let _turn = self.shared.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let (answer, answered) = channel();
        let deadline = Instant::now() + CONNECT_LIMIT;
        loop {
            // The lock is held while sending, so that no answer can come before its question is registered.
            let arrived = {
                let mut state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
                if state.interrupts != before {
                    return Err(InputError::Interrupted);
                }
                let question = Outgoing::new("input_request", json!({"prompt": prompt, "password": password}));
                let sent = self.outbox.send(route, Some(parent), question);
                state.waiting = Some(Waiting { msg_id: sent.msg_id, answer: answer.clone() });
                sent.arrived
            };
            if arrived {
                break;
            }
            if Instant::now() > deadline {
                self.with(|state| state.waiting = None);
                return Err(InputError::NotAllowed);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        answered.recv().unwrap_or(Err(InputError::Interrupted))
    }

    /// Takes a front end's answer.
    pub(crate) fn answered(&self, message: &Incoming) {
        if message.header.msg_type != "input_reply" {
            return tracing::warn!(msg_type = message.header.msg_type, "unexpected message on stdin");
        }
        self.with(|state| {
            let asked = state.waiting.as_ref().map(|waiting| waiting.msg_id.as_str());
            // Older clients leave the parent out; an answer to an earlier question is stale.
            let fits = message.parent.as_ref().is_none_or(|parent| Some(parent.msg_id.as_str()) == asked);
            if let Some(waiting) = state.waiting.take_if(|_| fits) {
                let value = message.content.get("value").and_then(Value::as_str).unwrap_or_default();
                // The asker is gone only if its thread died; then nobody misses the answer.
                let _ = waiting.answer.send(Ok(value.to_owned()));
            } else {
                tracing::warn!("an answer came to no question");
            }
        });
    }

    /// Ends the question that waits, and those behind it.
    pub(crate) fn interrupt(&self) {
        self.with(|state| {
            state.interrupts += 1;
            if let Some(waiting) = state.waiting.take() {
                let _ = waiting.answer.send(Err(InputError::Interrupted));
            }
        });
    }

    fn interrupts(&self) -> u64 {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner).interrupts
    }

    fn with(&self, work: impl FnOnce(&mut State)) {
        work(&mut self.shared.state.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
