//! Steps that are done at the same time: how each ends, told once.

use std::collections::BTreeSet;

use super::{Event, Events, Failure, Report};

/// What a step under way says.
pub(super) enum News {
    /// Something happened.
    Event(Event),
    /// It ended.
    Ended { step: usize, result: Box<Result<Report, Failure>>, seconds: f64 },
}

/// Keeps a report's table; the names that are taken already come with it.
pub(super) type Keep<'a> = &'a dyn Fn(Report, &BTreeSet<String>) -> Result<Report, Failure>;

/// A step of a wave.
enum State {
    Running,
    /// It ended; its table waits for its name until those before it have theirs.
    Waiting(Report, f64),
    Ended(Result<Report, Failure>),
}

/// Steps that are done at the same time.
pub(super) struct Wave {
    steps: Vec<(usize, State)>,
    /// The names of the tables that the task has kept.
    saved: BTreeSet<String>,
}

impl Wave {
    /// Steps that begin now, and the names of tables that were kept before.
    pub(super) fn new(steps: &[usize], saved: impl IntoIterator<Item = String>) -> Self {
        let steps = steps.iter().map(|step| (*step, State::Running)).collect();
        Self { steps, saved: saved.into_iter().collect() }
    }

    /// The numbers of the steps.
    pub(super) fn numbers(&self) -> impl Iterator<Item = usize> {
        self.steps.iter().map(|(step, _)| *step)
    }

    /// Notes how a step ended. It is told as finished once its table is kept, and as failed where that fails.
    pub(super) fn ended(
        &mut self,
        step: usize,
        result: Result<Report, Failure>,
        seconds: f64,
        keep: Keep<'_>,
        events: &dyn Events,
    ) {
        if let Some((_, state)) = self.steps.iter_mut().find(|(known, _)| *known == step) {
            *state = match result {
                Ok(report) => State::Waiting(report, seconds),
                Err(failure) => {
                    events.event(&Event::Failed { step, failure: failure.clone() });
                    State::Ended(Err(failure))
                }
            };
        }
        let mut running = false;
        for (step, state) in &mut self.steps {
            *state = match std::mem::replace(state, State::Running) {
                // Whichever is done first, the first of two tables with one name is the one without a number.
                State::Waiting(report, seconds) if !running || report.frame.is_none() => {
                    let result = keep(report, &self.saved);
                    let step = *step;
                    events.event(&match &result {
                        Ok(_) => Event::Finished { step, seconds },
                        Err(failure) => Event::Failed { step, failure: failure.clone() },
                    });
                    self.saved.extend(result.iter().filter_map(|report| report.saved.clone()));
                    State::Ended(result)
                }
                other => {
                    running |= matches!(other, State::Running);
                    other
                }
            };
        }
    }

    /// How the steps ended, in their order.
    pub(super) fn results(self) -> Vec<Result<Report, Failure>> {
        let ended = |(_, state)| match state {
            State::Ended(result) => result,
            State::Waiting(report, _) => Ok(report),
            State::Running => Err(Failure::of(&super::AgentError::Cancelled)),
        };
        self.steps.into_iter().map(ended).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use polars::prelude::df;

    use super::*;

    fn table() -> Report {
        Report { frame: df!("n" => [1]).ok(), name: Some("answer".to_owned()), ..Report::default() }
    }

    fn kept(mut report: Report, saved: &BTreeSet<String>) -> Report {
        report.saved = report.frame.is_some().then(|| format!("answer{}", saved.len()));
        report
    }

    #[test]
    fn tables_are_named_in_the_order_of_the_steps() {
        let told = Mutex::new(Vec::new());
        let events = |event: &Event| {
            let Event::Finished { step, .. } = event else { panic!("{event:?}") };
            told.lock().unwrap().push(*step);
        };
        let keep = |report: Report, saved: &BTreeSet<String>| Ok(kept(report, saved));
        let mut wave = Wave::new(&[3, 5, 8], ["other".to_owned()]);
        wave.ended(5, Ok(table()), 0.1, &keep, &events);
        wave.ended(8, Ok(Report::default()), 0.1, &keep, &events);
        assert_eq!(*told.lock().unwrap(), [8], "what has no table waits for nobody");
        wave.ended(3, Ok(table()), 0.2, &keep, &events);
        assert_eq!(*told.lock().unwrap(), [8, 3, 5]);
        let saved: Vec<_> = wave.results().into_iter().map(|result| result.unwrap().saved).collect();
        assert_eq!(saved, [Some("answer1".to_owned()), Some("answer2".to_owned()), None]);
    }
}
