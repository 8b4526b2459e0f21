//! The grammar: from linked items to a plan, or to a refusal that names what could not be placed.

mod adjective;
mod amount;
mod assemble;
mod attained;
mod bands;
mod beside;
mod best;
mod compare;
mod concentration;
mod contrast;
mod coordinate;
mod counts;
mod crossed;
mod days;
mod derive;
mod draft;
mod echoes;
mod edits;
mod explained;
mod extent;
mod filters;
mod finish;
mod followup;
mod holidays;
mod limits;
mod measures;
mod members;
mod misread;
mod names;
mod noun;
mod only;
mod part_of_time;
mod ratio;
mod reading;
mod recast;
mod refuse;
mod rephrase;
mod rest;
mod said;
mod sales;
mod share;
mod shown;
mod since;
mod special;
mod statistics;
mod subject;
mod target;
mod temporal;
mod texts;
mod threshold;
mod top;
mod typical;

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
    let mut failed = None;
    if let Some(before) = before {
        let mut edited = reading();
        if edited.leans() {
            match edited.edit(before.clone()) {
                Ok(plan) if plan != *before => return Ok(finish(edited, plan)),
                Ok(_) => {}
                Err(refusal) if edited.only_edits() => return Err(refusal),
                Err(refusal) => failed = Some(refusal),
            }
        }
    }
    // What is said of things is read clause by clause where a filter of rows would say something else, and where
    // nothing else reads the question.
    let by_clauses = |eager: bool| {
        let mut told = reading();
        told.own_conditions();
        let found = told.clauses(eager);
        let plan = found.then(|| told.plan()).and_then(Result::ok)?;
        Some(finish(told, plan))
    };
    if let Some(parsed) = by_clauses(true) {
        return Ok(parsed);
    }
    let mut alone = reading();
    alone.own_conditions();
    match alone.plan() {
        Ok(plan) => Ok(finish(alone, plan)),
        Err(refusal) => by_clauses(false).ok_or(failed.unwrap_or(refusal)),
    }
}
