//! A bounded number of connections; who comes when all are taken waits, as long as the request allows.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use duckdb::Connection;

use super::lock;
use crate::AgentsError;

/// How often a waiting query looks whether it was cancelled.
const PACE: Duration = Duration::from_millis(10);

/// The connections that may be used beside the session's own.
pub(super) struct Pool {
    most: usize,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    taken: usize,
    idle: Vec<Connection>,
}

impl Pool {
    /// A pool of at most `most` connections, at least one.
    pub(super) fn new(most: usize) -> Self {
        Self { most: most.max(1), state: Mutex::default(), freed: Condvar::new() }
    }

    /// A place in the pool, with a connection that someone gave back, if there is one.
    ///
    /// `verdict` says when to stop waiting.
    pub(super) fn take(
        &self,
        verdict: impl Fn() -> Option<AgentsError>,
    ) -> Result<(Place<'_>, Option<Connection>), AgentsError> {
        let mut state = lock(&self.state);
        while state.taken >= self.most {
            if let Some(stopped) = verdict() {
                return Err(stopped);
            }
            state = self.freed.wait_timeout(state, PACE).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.taken += 1;
        let idle = state.idle.pop();
        Ok((Place(self), idle))
    }
}

/// A place in the pool, free again when it is dropped.
pub(super) struct Place<'a>(&'a Pool);

impl Place<'_> {
    /// Gives a connection back that is as it was.
    pub(super) fn keep(&self, connection: Connection) {
        lock(&self.0.state).idle.push(connection);
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        lock(&self.0.state).taken -= 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_late_waits_until_a_place_is_free() {
        let pool = Pool::new(1);
        let (place, none) = pool.take(|| None).unwrap();
        assert!(none.is_none());
        assert!(matches!(pool.take(|| Some(AgentsError::Cancelled)), Err(AgentsError::Cancelled)));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| pool.take(|| None).map(|(_, idle)| idle.is_some()));
            std::thread::sleep(Duration::from_millis(30));
            assert!(!waiting.is_finished());
            place.keep(Connection::open_in_memory().unwrap());
            drop(place);
            assert!(waiting.join().unwrap().unwrap(), "the connection that was given back");
        });
    }
}
