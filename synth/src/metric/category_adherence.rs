//! Whether categories are known: the share of values that the real column has too.
//!
//! As SDMetrics defines `CategoryAdherence`: a missing value is known where the real column has some.

use super::{Compared, Family, Goal, Grain, Metric, MetricSpec, Role, Score, Side, Tables, score_columns};
use crate::SynthError;

/// The share of categories that the real table has.
pub(super) struct CategoryAdherence;

impl Metric for CategoryAdherence {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "CategoryAdherence",
            about: "The share of values that are categories of the real column",
            family: Family::Validity,
            goal: Goal::Maximize,
            range: (0.0, 1.0),
            grain: Grain::Column,
            source: "SDMetrics 0.32 CategoryAdherence",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        Ok(score_columns(tables, |column| column.role() == Role::Category, share))
    }
}

fn share(column: &Compared, side: Side) -> Option<f64> {
    let all = column.codes(side).len();
    let pairs = column.counts(side).into_iter().zip(column.counts(Side::Real));
    let known: usize = pairs.filter(|(_, real)| *real > 0).map(|(count, _)| count).sum();
    let missing = if column.missing(Side::Real) > 0 { column.missing(side) } else { 0 };
    (all > 0).then(|| (known + missing) as f64 / all as f64)
}
