//! Whether measured columns rise and fall together as they should: 1 - |r(real) - r(synthetic)| / 2.
//!
//! As SDMetrics 0.32 defines `CorrelationSimilarity` in its quality report: Pearson's r over the rows that have both, of
//! the pairs with a real |r| above 0.5.

use super::trends::Trend;
use super::{Family, Goal, Grain, Metric, MetricSpec, Score, Tables, score_pairs};
use crate::SynthError;

/// Below this real |r| a pair is not counted.
const THRESHOLD: f64 = 0.5;

/// How alike the strong correlations are.
pub(super) struct CorrelationSimilarity;

impl Metric for CorrelationSimilarity {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "CorrelationSimilarity",
            about: "1 less half the difference between correlations, of pairs whose real correlation is above 0.5",
            family: Family::Fidelity,
            goal: Goal::Maximize,
            range: (0.0, 1.0),
            grain: Grain::Pair,
            source: "SDMetrics 0.32 CorrelationSimilarity with its report's threshold",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        score_pairs(tables, |pair: &Trend| pair.measured && pair.real.is_some_and(|r| r.abs() > THRESHOLD))
    }
}
