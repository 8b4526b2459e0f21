//! Whether all pairs of columns go together as they should, weak dependences included: the mean over every pair of
//! 1 - |r(real) - r(synthetic)| / 2 for two measured columns, else of 1 - ½ Σ |P(a, b) - Q(a, b)|.
//!
//! The definition of Column Pair Trends in SDMetrics before it had thresholds.

use super::{Family, Goal, Grain, Metric, MetricSpec, Score, Tables, score_pairs};
use crate::SynthError;

/// How alike all pairs are.
pub(super) struct PairTrends;

impl Metric for PairTrends {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "AllPairTrends",
            about: "How alike two columns go together, of every pair, however weak",
            family: Family::Fidelity,
            goal: Goal::Maximize,
            range: (0.0, 1.0),
            grain: Grain::Pair,
            source: "SDMetrics Column Pair Trends with thresholds of 0",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        let mut scores = score_pairs(tables, |_| true)?;
        scores.extend(tables.trends()?.note().map(|note| Score::table(None).detail(note)));
        Ok(scores)
    }
}
