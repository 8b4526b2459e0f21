//! How a task goes, told while it goes.

use serde::Serialize;

use super::{Failure, Step};

/// Something that happened on the way.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The steps are planned.
    Planned {
        /// The steps.
        steps: Vec<Step>,
    },
    /// A step begins.
    Started {
        /// Which, from 0.
        step: usize,
    },
    /// A step goes on.
    Progress {
        /// Which, from 0.
        step: usize,
        /// From 0 to 1, where known.
        fraction: Option<f64>,
        /// What is being done.
        message: String,
    },
    /// A step is done.
    Finished {
        /// Which, from 0.
        step: usize,
        /// How long it took.
        seconds: f64,
    },
    /// A step failed; the others that don't need it go on.
    Failed {
        /// Which, from 0.
        step: usize,
        /// Why.
        failure: Failure,
    },
}

/// Whoever wants to hear of it: a notebook draws a bar.
pub trait Events: Sync {
    /// Hears of something. It is called on the coordinator's thread and should return soon.
    fn event(&self, event: &Event);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Events for Silent {
    fn event(&self, _event: &Event) {}
}

impl<F: Fn(&Event) + Sync> Events for F {
    fn event(&self, event: &Event) {
        self(event);
    }
}
