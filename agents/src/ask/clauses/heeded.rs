//! Whether a plan does what was said beside the question.

use crate::ask::instructions::{Instructions, slight};
use crate::ask::words::tokenize;
use crate::plan::{Aggregate, Field, Filter, Measure, Plan, Quantity, Value};

/// Whether a plan tests what is missing where the question speaks of it, and gives whole numbers where these are wanted.
pub(super) fn heeds(plan: &Plan, said: &Instructions, question: &str) -> bool {
    let words: Vec<String> =
        tokenize(question).iter().filter(|token| !slight(token)).map(|token| token.stem.clone()).collect();
    let tested = |field: &Field| {
        plan.filters.iter().any(|filter| tests(filter, field))
            || plan.measures.iter().any(|measure| measure.filters.iter().any(|filter| tests(filter, field)))
    };
    let missing = said
        .missing
        .iter()
        .filter(|missing| missing.stems.iter().all(|stem| words.contains(stem)))
        .all(|missing| tested(&missing.field));
    missing && (!said.whole || plan.measures.iter().all(whole))
}

fn tests(filter: &Filter, field: &Field) -> bool {
    match filter {
        Filter::Null { value: Value::Field { field: known }, .. } => known == field,
        Filter::All { of } | Filter::Any { of } => of.iter().any(|inner| tests(inner, field)),
        Filter::Not { filter } => tests(filter, field),
        Filter::Member { member } => member.filters.iter().any(|inner| tests(inner, field)),
        _ => false,
    }
}

/// Whether a measure is a whole number by itself.
fn whole(measure: &Measure) -> bool {
    match &measure.of {
        Quantity::Entities { .. } | Quantity::Rows { .. } => true,
        Quantity::Aggregate { function, value, .. } => {
            matches!(function, Aggregate::CountDistinct)
                || matches!(function, Aggregate::Min | Aggregate::Max | Aggregate::Sum)
                    && matches!(value, Value::Elapsed { .. })
        }
        _ => false,
    }
}
