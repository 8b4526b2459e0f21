//! How far apart two sets of shares are: √(½ D(P‖M) + ½ D(Q‖M)) with M = (P + Q) / 2 and logarithms to base 2.
//!
//! Lin, Divergence Measures Based on the Shannon Entropy (1991); the root is a distance (Endres and Schindelin, 2003).
//! Measured columns are cut at 20 real quantiles.

use super::binned::Cells;
use super::kl_divergence::BINS;
use super::{Family, Goal, Grain, Metric, MetricSpec, Role, Score, Side, Tables, score_columns};
use crate::SynthError;

/// The Jensen-Shannon distance of each column.
pub(super) struct JsDistance;

impl Metric for JsDistance {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "JSDistance",
            about: "How far apart the shares are, from 0 (the same) to 1 (nothing in common)",
            family: Family::Fidelity,
            goal: Goal::Minimize,
            range: (0.0, 1.0),
            grain: Grain::Column,
            source: "Lin 1991, Endres and Schindelin 2003; scipy.spatial.distance.jensenshannon",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        Ok(score_columns(
            tables,
            |column| column.role() != Role::Other,
            |column, side| {
                let cells = Cells::new(column, BINS, None);
                distance(&cells.counts(column, Side::Real), &cells.counts(column, side))
            },
        ))
    }
}

fn distance(real: &[usize], other: &[usize]) -> Option<f64> {
    let (n, m) = (real.iter().sum::<usize>() as f64, other.iter().sum::<usize>() as f64);
    if n == 0.0 || m == 0.0 {
        return None;
    }
    let part = |p: f64, middle: f64| if p > 0.0 { p * (p / middle).log2() } else { 0.0 };
    let term = |(&a, &b): (&usize, &usize)| {
        let (p, q) = (a as f64 / n, b as f64 / m);
        let middle = f64::midpoint(p, q);
        f64::midpoint(part(p, middle), part(q, middle))
    };
    Some(real.iter().zip(other).map(term).sum::<f64>().clamp(0.0, 1.0).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_runs_from_zero_to_one() {
        assert_eq!(distance(&[3, 1], &[6, 2]), Some(0.0));
        assert_eq!(distance(&[3, 0], &[0, 2]), Some(1.0));
        assert_eq!(distance(&[0], &[0]), None);
    }
}
