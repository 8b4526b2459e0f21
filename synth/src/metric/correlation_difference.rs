//! How far correlations are off on average: the mean of |r(real) - r(synthetic)| over all pairs of measured columns.

use super::{Family, Goal, Grain, Metric, MetricSpec, Score, Tables};
use crate::SynthError;

/// The mean difference between correlations.
pub(super) struct CorrelationDifference;

impl Metric for CorrelationDifference {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "CorrelationDifference",
            about: "How far the correlation of two measured columns is off, on average over all pairs",
            family: Family::Fidelity,
            goal: Goal::Minimize,
            range: (0.0, 2.0),
            grain: Grain::Table,
            source: "Pearson 1895; mean absolute difference of the correlation matrices' entries",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        let pairs: Vec<_> = tables.trends()?.pairs.iter().filter(|pair| pair.measured).collect();
        let off = |similarities: Vec<f64>| {
            let known = similarities.len() as f64;
            (known > 0.0).then(|| similarities.iter().map(|similarity| 2.0 * (1.0 - similarity)).sum::<f64>() / known)
        };
        let score = off(pairs.iter().filter_map(|pair| pair.score).collect());
        let baseline = off(pairs.iter().filter_map(|pair| pair.baseline).collect());
        let floor = off(pairs.iter().filter_map(|pair| pair.floor).collect());
        Ok(if pairs.is_empty() { Vec::new() } else { vec![Score::table(score).baseline(baseline).floor(floor)] })
    }
}
