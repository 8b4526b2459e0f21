//! How alike two distributions of numbers are: 1 - supₓ |F(x) - G(x)|, the complement of the Kolmogorov-Smirnov distance.
//!
//! As SDMetrics defines `KSComplement`: missing values are left out, decimals beyond the 14th are rounded off, and dates
//! and times count as numbers.

use super::tables::{Compared, Side};
use super::{Family, Goal, Grain, Metric, MetricSpec, Score, Tables, score_columns};
use crate::SynthError;
use crate::values::Values;

/// The digits of a double that SDMetrics trusts, less one.
const DECIMALS: f64 = 1e14;

/// The Kolmogorov-Smirnov complement of numbers, dates and times.
pub(super) struct KsComplement;

impl Metric for KsComplement {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "KSComplement",
            about: "1 less the largest distance between the distributions of a column of numbers or dates",
            family: Family::Fidelity,
            goal: Goal::Maximize,
            range: (0.0, 1.0),
            grain: Grain::Column,
            source: "SDMetrics 0.32 KSComplement; Kolmogorov 1933, Smirnov 1948",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        Ok(score_columns(tables, Compared::is_measured, complement))
    }
}

/// The complement of the distance of a side from the real one, or none when one of them has no value.
fn complement(column: &Compared, side: Side) -> Option<f64> {
    let same: Vec<bool> = match &column.levels {
        Values::Float(levels) => levels.windows(2).map(|pair| round(pair[0]) >= round(pair[1])).collect(),
        levels => vec![false; levels.len().saturating_sub(1)],
    };
    distance(&column.counts(Side::Real), &column.counts(side), &same).map(|distance| 1.0 - distance)
}

fn round(value: f64) -> f64 {
    let scaled = value * DECIMALS;
    if scaled.is_finite() { scaled.round_ties_even() / DECIMALS + 0.0 } else { value }
}

/// The largest distance between two empirical distribution functions, given how many rows hold each value, ascending, and
/// which values count as the same as their successor; none when one of them is of nothing.
fn distance(real: &[usize], synthetic: &[usize], same: &[bool]) -> Option<f64> {
    let (n, m) = (real.iter().sum::<usize>(), synthetic.iter().sum::<usize>());
    if n == 0 || m == 0 {
        return None;
    }
    let (mut i, mut j, mut most) = (0, 0, 0.0_f64);
    for at in 0..real.len() {
        i += real[at];
        j += synthetic[at];
        if !same.get(at).copied().unwrap_or(false) {
            most = most.max((i as f64 / n as f64 - j as f64 / m as f64).abs());
        }
    }
    Some(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_is_the_largest_gap_between_the_steps() {
        let gap = |a: &[usize], b: &[usize]| distance(a, b, &[]);
        assert_eq!(gap(&[1, 1, 1, 1], &[1, 1, 1, 1]), Some(0.0));
        assert_eq!(gap(&[1, 1, 0, 0], &[0, 0, 1, 1]), Some(1.0));
        assert_eq!(gap(&[1, 1, 1, 1, 0, 0], &[0, 0, 1, 1, 1, 1]), Some(0.5));
        assert_eq!(gap(&[1], &[0]), None);
        assert_eq!(distance(&[1, 0], &[0, 1], &[true]), Some(0.0));
    }
}
