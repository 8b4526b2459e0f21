//! The grammar: from linked items to a plan, or to a refusal that names what could not be placed.

mod adjective;
mod amount;
mod assemble;
mod compare;
mod concentration;
mod contrast;
mod counts;
mod derive;
mod draft;
mod extent;
mod filters;
mod finish;
mod followup;
mod measures;
mod members;
mod noun;
mod reading;
mod recast;
mod refuse;
mod rephrase;
mod rest;
mod share;
mod since;
mod special;
mod statistics;
mod target;
mod threshold;
mod top;

pub(crate) use adjective::{low, measured, superlative};
pub(crate) use filters::plan_period;

use super::link::{Lexicon, Linked};
use super::refusal::Refusal;
use super::time::Calendar;
use crate::plan::Plan;
use crate::semantic::SemanticModel;

/// A plan and what is to be said about how the question was read.
#[derive(Debug, Clone)]
pub(crate) struct Parsed {
    pub(crate) plan: Plan,
    pub(crate) notes: Vec<String>,
}

/// Reads a question; one that leans on the question before changes its plan.
///
/// # Errors
/// A refusal.
pub(crate) fn parse(
    linked: &Linked,
    model: &SemanticModel,
    lexicon: &Lexicon,
    calendar: Calendar,
    before: Option<&Plan>,
) -> Result<Parsed, Refusal> {
    let reading = || reading::Reading::new(linked.clone(), model, lexicon, calendar);
    let finish =
        |mut reading: reading::Reading<'_>, plan: Plan| Parsed { plan, notes: std::mem::take(&mut reading.notes) };
    if let Some(before) = before {
        let mut edited = reading();
        if edited.leans()
            && let Ok(plan) = edited.edit(before.clone())
            && plan != *before
        {
            return Ok(finish(edited, plan));
        }
    }
    let mut alone = reading();
    let plan = alone.plan()?;
    Ok(finish(alone, plan))
}
