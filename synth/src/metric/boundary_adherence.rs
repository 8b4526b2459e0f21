//! Whether numbers stay where the real ones are: the share of values with min(real) ≤ x ≤ max(real).
//!
//! As SDMetrics defines `BoundaryAdherence`: a bound in the metadata takes the place of the real one, and a missing value
//! is left out where the real column has some, and out of bounds where it has none.

use super::{Compared, Family, Goal, Grain, Metric, MetricSpec, Score, Side, Tables, score_columns};
use crate::SynthError;

/// The share of numbers and dates within the real bounds.
pub(super) struct BoundaryAdherence;

impl Metric for BoundaryAdherence {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "BoundaryAdherence",
            about: "The share of values between the smallest and the largest real one",
            family: Family::Validity,
            goal: Goal::Maximize,
            range: (0.0, 1.0),
            grain: Grain::Column,
            source: "SDMetrics 0.32 BoundaryAdherence",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        Ok(score_columns(tables, Compared::is_measured, share))
    }
}

fn share(column: &Compared, side: Side) -> Option<f64> {
    let real = column.counts(Side::Real);
    let (first, last) = (real.iter().position(|&count| count > 0)?, real.iter().rposition(|&count| count > 0)?);
    let levels = column.level_numbers();
    let low = column.about.minimum.unwrap_or(levels[first]);
    let high = column.about.maximum.unwrap_or(levels[last]);
    let counts = column.counts(side);
    let valid: usize =
        counts.iter().zip(&levels).filter(|(_, level)| (low..=high).contains(level)).map(|(n, _)| n).sum();
    let nullable = column.missing(Side::Real) > 0;
    let all = counts.iter().sum::<usize>() + if nullable { 0 } else { column.missing(side) };
    (all > 0).then(|| valid as f64 / all as f64)
}
