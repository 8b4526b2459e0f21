//! When a query must stop: its switches and its deadline.

use std::time::{Duration, Instant};

use crate::AgentsError;
use crate::warehouse::{Cancel, Request};

/// How often the switches are looked at: well under what a person notices.
const PERIOD: Duration = Duration::from_millis(20);

/// Says when one query must stop.
#[derive(Debug, Clone)]
pub(in crate::warehouse::snowflake) struct Watch {
    own: Cancel,
    asked: Cancel,
    end: Option<Instant>,
    seconds: f64,
}

impl Watch {
    /// Begins to watch: `own` and the request's switch, and its deadline from now on.
    pub(in crate::warehouse::snowflake) fn start(own: &Cancel, request: &Request) -> Self {
        let end = request.deadline.and_then(|time| Instant::now().checked_add(time));
        let seconds = request.deadline.map_or(0.0, |time| time.as_secs_f64());
        Self { own: own.clone(), asked: request.cancel.clone(), end, seconds }
    }

    /// Why it must stop, if it must.
    pub(in crate::warehouse::snowflake) fn verdict(&self) -> Option<AgentsError> {
        if self.own.is_cancelled() || self.asked.is_cancelled() {
            Some(AgentsError::Cancelled)
        } else if self.end.is_some_and(|end| Instant::now() >= end) {
            Some(self.late())
        } else {
            None
        }
    }

    /// That the time is over.
    pub(in crate::warehouse::snowflake) fn late(&self) -> AgentsError {
        AgentsError::Deadline { seconds: self.seconds }
    }

    /// The time that is left, in whole seconds and rounded up; none when there is no deadline.
    pub(in crate::warehouse::snowflake) fn left(&self) -> Option<u64> {
        let left = self.end?.saturating_duration_since(Instant::now());
        Some(left.as_millis().div_ceil(1000).max(1) as u64)
    }

    /// Does `work` unless it must stop first.
    pub(in crate::warehouse::snowflake) async fn run<T>(
        &self,
        work: impl Future<Output = Result<T, AgentsError>>,
    ) -> Result<T, AgentsError> {
        let over = async {
            loop {
                if let Some(verdict) = self.verdict() {
                    return verdict;
                }
                tokio::time::sleep(PERIOD).await;
            }
        };
        tokio::select! {
            biased;
            verdict = over => Err(verdict),
            done = work => done,
        }
    }
}
