//! How alike two sets of shares are: 1 - ½ Σ |p(c) - q(c)|, the complement of the total variation distance.
//!
//! As SDMetrics defines `TVComplement`: missing values are left out, and a category of only one table counts in full.

use super::tables::{Compared, Role, Side};
use super::{Family, Goal, Grain, Metric, MetricSpec, Score, Tables, score_columns};
use crate::SynthError;

/// The total variation complement of categories and booleans.
pub(super) struct TvComplement;

impl Metric for TvComplement {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "TVComplement",
            about: "1 less half the differences between the shares of a column's categories",
            family: Family::Fidelity,
            goal: Goal::Maximize,
            range: (0.0, 1.0),
            grain: Grain::Column,
            source: "SDMetrics 0.32 TVComplement",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        let categories = |column: &Compared| column.role() == Role::Category;
        Ok(score_columns(tables, categories, complement))
    }
}

/// The complement of the distance of a side from the real one, or none when one of them has no value.
fn complement(column: &Compared, side: Side) -> Option<f64> {
    distance(&column.counts(Side::Real), &column.counts(side)).map(|distance| 1.0 - distance)
}

/// Half the sum of the differences between shares, or none when one side is of nothing.
pub(crate) fn distance(one: &[usize], other: &[usize]) -> Option<f64> {
    let (n, m) = (one.iter().sum::<usize>(), other.iter().sum::<usize>());
    let apart = |(&a, &b): (&usize, &usize)| (a as f64 / n as f64 - b as f64 / m as f64).abs();
    (n > 0 && m > 0).then(|| 0.5 * one.iter().zip(other).map(apart).sum::<f64>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_compared_category_by_category() {
        assert_eq!(distance(&[1, 1], &[2, 2]), Some(0.0));
        assert_eq!(distance(&[1, 1, 0], &[0, 0, 1]), Some(1.0));
        assert_eq!(distance(&[1, 1, 0], &[1, 0, 1]), Some(0.5));
        assert_eq!(distance(&[1], &[0]), None);
    }
}
