//! How far values would have to be moved: ∫ |F(x) - G(x)| dx / (max - min of the real column).
//!
//! The first Wasserstein distance (Vaserstein, 1969) of numbers, dates and times, in shares of the real column's range.

use super::{Compared, Family, Goal, Grain, Metric, MetricSpec, Score, Side, Tables, score_columns};
use crate::SynthError;

/// The scaled Wasserstein distance of each measured column.
pub(super) struct Wasserstein;

impl Metric for Wasserstein {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "WassersteinDistance",
            about: "How far a value is from its real counterpart on average, in shares of the real range",
            family: Family::Fidelity,
            goal: Goal::Minimize,
            range: (0.0, f64::INFINITY),
            grain: Grain::Column,
            source: "Vaserstein 1969; scipy.stats.wasserstein_distance",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        Ok(score_columns(tables, Compared::is_measured, |column, side| {
            distance(&column.level_numbers(), &column.counts(Side::Real), &column.counts(side))
        }))
    }
}

/// The distance between two distributions over ascending levels, in shares of the first one's range; none when one is of
/// nothing, when the range is nothing and they differ, or when a level is infinite.
fn distance(levels: &[f64], real: &[usize], other: &[usize]) -> Option<f64> {
    let (n, m) = (real.iter().sum::<usize>() as f64, other.iter().sum::<usize>() as f64);
    let first = real.iter().position(|&count| count > 0)?;
    let last = real.iter().rposition(|&count| count > 0)?;
    if m == 0.0 || !levels.iter().all(|level| level.is_finite()) {
        return None;
    }
    let (mut i, mut j, mut moved) = (0.0, 0.0, 0.0);
    for at in 0..levels.len() - 1 {
        i += real[at] as f64;
        j += other[at] as f64;
        moved += (i / n - j / m).abs() * (levels[at + 1] - levels[at]);
    }
    let range = levels[last] - levels[first];
    if moved == 0.0 { Some(0.0) } else { Some(moved / range).filter(|score| score.is_finite()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_is_the_work_of_moving() {
        assert_eq!(distance(&[0.0, 1.0, 2.0], &[1, 0, 1], &[1, 0, 1]), Some(0.0));
        assert_eq!(distance(&[0.0, 1.0, 4.0], &[1, 0, 1], &[0, 2, 0]), Some(0.5));
        assert_eq!(distance(&[3.0], &[2], &[5]), Some(0.0));
        assert_eq!(distance(&[3.0, 4.0], &[2, 0], &[0, 5]), None);
        assert_eq!(distance(&[3.0, f64::INFINITY], &[2, 0], &[0, 5]), None);
    }
}
