//! A plan in words: what was understood.

use crate::plan::Plan;
use crate::semantic::SemanticModel;

/// What a plan means, in words.
#[must_use]
pub fn interpret(plan: &Plan, _model: &SemanticModel) -> String {
    format!("{} measures", plan.measures.len())
}
