//! Whether categories meet as often as they should: 1 - ½ Σ |P(a, b) - Q(a, b)|.
//!
//! As SDMetrics 0.32 defines `ContingencySimilarity` in its quality report: missing values are a level, a measured column
//! is cut into ten cells of equal width, and a pair counts when its real Cramér's V is above 0.3.

use super::trends::Trend;
use super::{Family, Goal, Grain, Metric, MetricSpec, Score, Tables, score_pairs};
use crate::SynthError;

/// Below this real V a pair is not counted.
const THRESHOLD: f64 = 0.3;

/// How alike the strong contingencies are.
pub(super) struct ContingencySimilarity;

impl Metric for ContingencySimilarity {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "ContingencySimilarity",
            about: "1 less half the differences between joint shares, of pairs whose real Cramér's V is above 0.3",
            family: Family::Fidelity,
            goal: Goal::Maximize,
            range: (0.0, 1.0),
            grain: Grain::Pair,
            source: "SDMetrics 0.32 ContingencySimilarity with its report's threshold",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        score_pairs(tables, |pair: &Trend| !pair.measured && pair.real.is_some_and(|v| v > THRESHOLD))
    }
}
