//! Whether as much is missing: 1 - |share missing in the real column - share missing in the synthetic one|.
//!
//! As SDMetrics defines `MissingValueSimilarity`, of the columns where something is missing in one of the tables.

use super::{Compared, Family, Goal, Grain, Metric, MetricSpec, Score, Side, Tables, score_columns};
use crate::SynthError;

/// How alike the shares of missing values are.
pub(super) struct MissingValueSimilarity;

impl Metric for MissingValueSimilarity {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "MissingValueSimilarity",
            about: "1 less the difference between the shares of missing values",
            family: Family::Validity,
            goal: Goal::Maximize,
            range: (0.0, 1.0),
            grain: Grain::Column,
            source: "SDMetrics 0.32 MissingValueSimilarity",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        let gaps = |column: &Compared| column.missing(Side::Real) + column.missing(Side::Synthetic) > 0;
        Ok(score_columns(tables, gaps, |column, side| {
            Some(1.0 - (share(column, Side::Real)? - share(column, side)?).abs())
        }))
    }
}

fn share(column: &Compared, side: Side) -> Option<f64> {
    let rows = column.codes(side).len();
    (rows > 0).then(|| column.missing(side) as f64 / rows as f64)
}
