//! The grammar: from linked items to a plan, or to a refusal that names what could not be placed.

mod adjective;
mod assemble;
mod compare;
mod draft;
mod filters;
mod measures;
mod members;
mod noun;
mod reading;
mod refuse;
mod share;
mod special;

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

/// Reads a question.
///
/// # Errors
/// A refusal.
pub(crate) fn parse(
    linked: Linked,
    model: &SemanticModel,
    lexicon: &Lexicon,
    calendar: Calendar,
) -> Result<Parsed, Refusal> {
    let mut reading = reading::Reading::new(linked, model, lexicon, calendar);
    let plan = reading.plan()?;
    Ok(Parsed { plan, notes: reading.notes })
}
