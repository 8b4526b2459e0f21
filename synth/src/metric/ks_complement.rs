//! How alike two distributions of numbers are: 1 - supₓ |F(x) - G(x)|, the complement of the Kolmogorov-Smirnov distance.
//!
//! As SDMetrics defines `KSComplement`: missing values are left out, decimals beyond the 14th are rounded off, and dates
//! and times count as numbers.

use polars::prelude::DataFrame;

use super::{ColumnScore, Goal, Grain, Metric, MetricSpec, score_columns};
use crate::values::{Extracted, Values};
use crate::{ColumnKind, Metadata, SynthError};

/// The digits of a double that SDMetrics trusts, less one.
const DECIMALS: f64 = 1e14;

/// The Kolmogorov-Smirnov complement of numbers, dates and times.
pub(super) struct KsComplement;

impl Metric for KsComplement {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "KSComplement",
            about: "1 less the largest distance between the distributions of a column of numbers or dates",
            goal: Goal::Maximize,
            range: (0.0, 1.0),
            grain: Grain::Column,
        }
    }

    fn score(
        &self,
        real: &DataFrame,
        synthetic: &DataFrame,
        metadata: &Metadata,
    ) -> Result<Vec<ColumnScore>, SynthError> {
        use ColumnKind::{Date, Datetime, Duration, Integer, Numerical, Time};
        score_columns(real, synthetic, metadata, &[Numerical, Integer, Date, Datetime, Time, Duration], complement)
    }
}

fn complement(real: &Extracted, synthetic: &Extracted) -> Option<f64> {
    match (&real.values, &synthetic.values) {
        (Values::Float(real), Values::Float(synthetic)) => {
            let rounded = |values: &[f64]| values.iter().copied().map(round).collect();
            distance(rounded(real), rounded(synthetic), f64::total_cmp)
        }
        (Values::Whole(real), Values::Whole(synthetic)) => distance(real.clone(), synthetic.clone(), Ord::cmp),
        _ => None,
    }
    .map(|distance| 1.0 - distance)
}

fn round(value: f64) -> f64 {
    let scaled = value * DECIMALS;
    if scaled.is_finite() { scaled.round_ties_even() / DECIMALS + 0.0 } else { value }
}

/// The largest distance between two empirical distribution functions, or none when one of them is of nothing.
fn distance<T>(mut real: Vec<T>, mut synthetic: Vec<T>, compare: impl Fn(&T, &T) -> std::cmp::Ordering) -> Option<f64> {
    if real.is_empty() || synthetic.is_empty() {
        return None;
    }
    real.sort_unstable_by(&compare);
    synthetic.sort_unstable_by(&compare);
    let (mut i, mut j, mut most) = (0, 0, 0.0_f64);
    while i < real.len() && j < synthetic.len() {
        let value = if compare(&real[i], &synthetic[j]).is_le() { &real[i] } else { &synthetic[j] };
        while i < real.len() && compare(&real[i], value).is_le() {
            i += 1;
        }
        while j < synthetic.len() && compare(&synthetic[j], value).is_le() {
            j += 1;
        }
        most = most.max((i as f64 / real.len() as f64 - j as f64 / synthetic.len() as f64).abs());
    }
    Some(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_is_the_largest_gap_between_the_steps() {
        let gap = |a: &[i32], b: &[i32]| distance(a.to_vec(), b.to_vec(), Ord::cmp);
        assert_eq!(gap(&[1, 2, 3, 4], &[4, 3, 2, 1]), Some(0.0));
        assert_eq!(gap(&[1, 2], &[3, 4]), Some(1.0));
        assert_eq!(gap(&[1, 2, 3, 4], &[3, 4, 5, 6]), Some(0.5));
        assert_eq!(gap(&[1], &[]), None);
    }
}
