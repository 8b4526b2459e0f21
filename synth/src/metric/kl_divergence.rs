//! How surprising synthetic shares are: D(P‖Q) = Σ p ln(p / q) in nats, P the real shares and Q the synthetic ones.
//!
//! Kullback and Leibler, On Information and Sufficiency (1951). Measured columns are cut at 20 real quantiles, and every
//! cell is given half a row (Krichevsky and Trofimov, 1981), so that an empty one costs much but not everything.

use super::binned::Cells;
use super::{Family, Goal, Grain, Metric, MetricSpec, Role, Score, Side, Tables, score_columns};
use crate::SynthError;

/// How many cells a measured column is cut into.
pub(super) const BINS: usize = 20;

/// The Kullback-Leibler divergence of each column.
pub(super) struct KlDivergence;

impl Metric for KlDivergence {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "KLDivergence",
            about: "The information in nats that is lost when the synthetic shares stand for the real ones",
            family: Family::Fidelity,
            goal: Goal::Minimize,
            range: (0.0, f64::INFINITY),
            grain: Grain::Column,
            source: "Kullback and Leibler 1951; scipy.stats.entropy",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        Ok(score_columns(
            tables,
            |column| column.role() != Role::Other,
            |column, side| {
                let cells = Cells::new(column, BINS, None);
                divergence(&cells.counts(column, Side::Real), &cells.counts(column, side))
            },
        ))
    }
}

fn divergence(real: &[usize], other: &[usize]) -> Option<f64> {
    let total = |counts: &[usize]| counts.iter().map(|&count| count as f64 + 0.5).sum::<f64>();
    if real.iter().sum::<usize>() == 0 || other.iter().sum::<usize>() == 0 {
        return None;
    }
    let (n, m) = (total(real), total(other));
    let term = |(&a, &b): (&usize, &usize)| {
        let (p, q) = ((a as f64 + 0.5) / n, (b as f64 + 0.5) / m);
        p * (p / q).ln()
    };
    Some(real.iter().zip(other).map(term).sum::<f64>().max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_shares_lose_nothing_and_unequal_ones_what_the_formula_says() {
        assert_eq!(divergence(&[3, 1], &[3, 1]), Some(0.0));
        let (p, q) = ([0.7_f64, 0.3], [0.3, 0.7]);
        let expected: f64 = p.iter().zip(q).map(|(p, q)| p * (p / q).ln()).sum();
        assert!((divergence(&[3, 1], &[1, 3]).unwrap() - expected).abs() < 1e-12);
        assert_eq!(divergence(&[1], &[0]), None);
    }
}
