//! Reading questions about a database whose model was made by itself, where nobody has written down the verbs and the
//! measures: phrase by phrase, from the names, keys, types and values alone.
//!
//! A question becomes nodes ([`node`]): things, columns, values, times, numbers and words of the grammar. Each step then
//! takes the nodes that it understands; a node that nobody takes and that matters leads to a refusal that names it.

mod condition;
mod draft;
mod group;
mod measure;
mod node;
mod order;
mod output;
mod partner;
mod plan;
mod ratio;
mod scan;
#[cfg(test)]
mod tests;
mod time;

use super::instructions::Instructions;
use super::link::{Lexicon, Shape, shapes_at};
use super::refusal::Refusal;
use super::time::Calendar;
use super::words::tokenize;
use crate::plan::Plan;
use crate::semantic::SemanticModel;

/// A time of day as it is written: "1pm", "13:00".
pub(crate) fn clock(word: &str) -> Option<String> {
    scan::clock(word)
}

/// Whether a model has no verbs: it was made by itself, and its questions are read by their phrases.
pub(crate) fn fits(model: &SemanticModel) -> bool {
    model.entities().all(|found| found.entity.verbs.is_empty())
}

/// Whether a question asks for something over the rows of an answer that phrases do not say: growth, shares, windows.
pub(crate) fn beyond(question: &str) -> bool {
    let tokens = tokenize(question);
    (0..tokens.len()).flat_map(|i| shapes_at(&tokens, i)).any(|(_, shape)| {
        matches!(
            shape,
            Shape::Grow
                | Shape::Shrink
                | Shape::Running
                | Shape::Moving
                | Shape::Pareto
                | Shape::Percentile
                | Shape::Share
                | Shape::AsShareOf
                | Shape::InPercent
                | Shape::YearOnYear
                | Shape::MonthOnMonth
                | Shape::QuarterOnQuarter
                | Shape::WeekOnWeek
                | Shape::DayOnDay
                | Shape::Rank
        )
    })
}

/// Reads a question without its instructions.
///
/// # Errors
/// A refusal that names the words which could not be placed.
pub(crate) fn read(
    question: &str,
    model: &SemanticModel,
    lexicon: &Lexicon,
    calendar: Calendar,
    instructions: &Instructions,
) -> Result<(Plan, Vec<String>), Refusal> {
    let question = question.replace("no. of", "number of").replace("No. of", "number of").replace("e-mail", "email");
    let tokens = tokenize(&question);
    // Nobody has said that the data of its last day is whole.
    let calendar = Calendar { complete: false, ..calendar };
    let nodes = scan::scan(&tokens, lexicon, calendar, instructions);
    let mut draft = draft::Draft::new(tokens, nodes, model, lexicon, instructions, calendar.today);
    let plan = draft.read()?;
    Ok((plan, draft.notes))
}
