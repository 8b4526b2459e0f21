//! How alike two sets of shares are: 1 - ½ Σ |p(c) - q(c)|, the complement of the total variation distance.
//!
//! As SDMetrics defines `TVComplement`: missing values are left out, and a category of only one table counts in full.

use polars::prelude::DataFrame;

use super::{ColumnScore, Goal, Grain, Metric, MetricSpec, score_columns};
use crate::values::{Extracted, Values};
use crate::{ColumnKind, Metadata, SynthError};

/// The total variation complement of categories and booleans.
pub(super) struct TvComplement;

impl Metric for TvComplement {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "TVComplement",
            about: "1 less half the differences between the shares of a column's categories",
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
        score_columns(real, synthetic, metadata, &[ColumnKind::Categorical, ColumnKind::Boolean], complement)
    }
}

fn complement(real: &Extracted, synthetic: &Extracted) -> Option<f64> {
    let (levels, shares) = shares(&real.values)?;
    let (others, other_shares) = self::shares(&synthetic.values)?;
    let found = levels.places(&others);
    let mut twins = vec![0.0; shares.len()];
    let mut new = 0.0;
    for (place, share) in found.into_iter().zip(other_shares) {
        match place {
            Some(place) => twins[place as usize] = share,
            None => new += share,
        }
    }
    let apart: f64 = shares.iter().zip(&twins).map(|(share, twin)| (share - twin).abs()).sum();
    Some(1.0 - 0.5 * (apart + new))
}

/// The distinct values and the share of each, or none when there are no values.
fn shares(values: &Values) -> Option<(Values, Vec<f64>)> {
    let (levels, places) = values.distinct();
    let mut shares = vec![0.0; levels.len()];
    for &place in &places {
        shares[place as usize] += 1.0 / places.len() as f64;
    }
    (!places.is_empty()).then_some((levels, shares))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_compared_category_by_category() {
        let column = |values: &[&str]| Extracted {
            values: Values::Text(values.iter().map(|&value| value.to_owned()).collect()),
            missing: vec![false; values.len()],
            missing_is_nan: false,
        };
        let score = |real, synthetic| complement(&column(real), &column(synthetic));
        assert_eq!(score(&["a", "b"], &["b", "a", "a", "b"]), Some(1.0));
        assert_eq!(score(&["a", "b"], &["c"]), Some(0.0));
        assert_eq!(score(&["a", "b"], &["a", "c"]), Some(0.5));
        assert_eq!(score(&["a"], &[]), None);
    }
}
