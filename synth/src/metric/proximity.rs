//! How near synthetic rows are to the rows a model was fitted on and to rows that it never saw: what the privacy metrics
//! compare. Everything is measured with the distance of Gower, on samples of equally many rows of both.

use super::{Compared, Side, Tables};
use crate::learn::Features;
use crate::learn::measure::{auc, auc_error, quantile, shuffled};
use crate::nearest::{Gower, Neighbours, Points, nearest};
use crate::{Progress, Seed, SynthError};

/// Rows of each table that are compared at most.
pub(super) const MOST_ROWS: usize = 4000;
/// What keeps a ratio of densities finite.
const EPSILON: f64 = 1e-3;

/// Samples of the three tables as points.
#[derive(Debug, Clone)]
pub(super) struct Samples {
    /// Rows that the model was fitted on, as many as of the hold-out.
    pub(super) train: Points,
    pub(super) holdout: Points,
    pub(super) synthetic: Points,
    /// Twice as many synthetic rows, for membership.
    pub(super) more: Points,
}

/// How near the synthetic rows come to the fitted ones, measured by the hold-out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Closeness {
    /// The share of synthetic rows nearer to a fitted row than to any of the hold-out, ties half.
    pub(super) share: f64,
    /// Its standard error.
    pub(super) error: f64,
    /// The median distance to the closest fitted row, over that of the hold-out; none when that is zero.
    pub(super) median_ratio: Option<f64>,
    /// The same at the nearest twentieth.
    pub(super) twentieth_ratio: Option<f64>,
    /// The median of the distance to the closest over that to the second closest, of synthetic rows.
    pub(super) neighbour_ratio: f64,
    /// That of the hold-out.
    pub(super) holdout_neighbour_ratio: f64,
    /// The share of synthetic rows as near to a fitted row as the nearest twentieth of the hold-out, or nearer.
    pub(super) near: f64,
    /// That of the hold-out: a twentieth, or more where distances tie.
    pub(super) holdout_near: f64,
}

/// How well rows that were fitted can be told from rows that were not.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Membership {
    /// The area under the ROC curve of the distance to the closest synthetic row.
    pub(super) distance: f64,
    /// That of the density of synthetic rows over the density of others.
    pub(super) density: f64,
    /// Their standard error where nothing is given away.
    pub(super) error: f64,
}

impl Samples {
    /// The samples of the tables that a metric compares.
    pub(super) fn of(tables: &Tables<'_>) -> Self {
        let heights = [Side::Real, Side::Synthetic, Side::Holdout].map(|side| tables.height(side));
        Self::take(tables.columns, heights, MOST_ROWS, tables.seed.named("proximity"))
    }

    /// Takes the samples: at most `most` rows of each, twice as many synthetic ones for membership.
    pub(super) fn take(columns: &[Compared], rows: [usize; 3], most: usize, seed: Seed) -> Self {
        let [train, synthetic, holdout] = rows;
        let few = most.min(train).min(holdout);
        let gower = Gower::of(columns, Side::Real);
        let pick = |name: &str, side: Side, total: usize, count: usize| {
            gower.points(&Features::of(columns, side, &shuffled(seed.named(name), total, count)))
        };
        Self {
            train: pick("train", Side::Real, train, few),
            holdout: pick("holdout", Side::Holdout, holdout, few),
            synthetic: pick("synthetic", Side::Synthetic, synthetic, most),
            more: pick("more", Side::Synthetic, synthetic, 2 * most),
        }
    }

    /// How near the synthetic rows come; none when a table has no rows, or no column that counts.
    ///
    /// # Errors
    /// [`SynthError::Cancelled`].
    pub(super) fn closeness(&self, progress: &Progress) -> Result<Option<Closeness>, SynthError> {
        if self.train.rows == 0 || self.holdout.rows == 0 || self.synthetic.rows == 0 || self.train.columns() == 0 {
            return Ok(None);
        }
        let to_train = nearest(&self.synthetic, &self.train, 2, false, progress)?;
        let to_holdout = nearest(&self.synthetic, &self.holdout, 1, false, progress)?;
        let holdout_to_train = nearest(&self.holdout, &self.train, 2, false, progress)?;
        let (near, other, real) = (to_train.distances(0), to_holdout.distances(0), holdout_to_train.distances(0));
        let share = share_closer(&near, &other);
        let ratio = |share: f64| Some(quantile(&near, share)? / quantile(&real, share).filter(|&bound| bound > 0.0)?);
        let bound = quantile(&real, 0.05).unwrap_or(0.0);
        let within = |distances: &[f64]| {
            distances.iter().filter(|&&distance| distance <= bound).count() as f64 / distances.len().max(1) as f64
        };
        Ok(Some(Closeness {
            share,
            error: (share * (1.0 - share) / near.len() as f64).sqrt(),
            median_ratio: ratio(0.5),
            twentieth_ratio: ratio(0.05),
            neighbour_ratio: neighbour_ratio(&to_train),
            holdout_neighbour_ratio: neighbour_ratio(&holdout_to_train),
            near: within(&near),
            holdout_near: within(&real),
        }))
    }

    /// How well membership shows; none when there are too few rows.
    ///
    /// # Errors
    /// [`SynthError::Cancelled`].
    pub(super) fn membership(&self, progress: &Progress) -> Result<Option<Membership>, SynthError> {
        let half = self.holdout.rows / 2;
        if half == 0 || self.train.rows < half || self.more.rows == 0 || self.train.columns() == 0 {
            return Ok(None);
        }
        let others = self.holdout.first(half);
        let reference = self.holdout.pick(&(half..self.holdout.rows).collect::<Vec<usize>>());
        let members = self.train.first(half);
        let positive: Vec<bool> = (0..2 * half).map(|at| at < half).collect();
        let to = |points: &Points, among: &Points| nearest(points, among, 3, false, progress);
        let (member, other) = (to(&members, &self.more)?, to(&others, &self.more)?);
        let (member_base, other_base) = (to(&members, &reference)?, to(&others, &reference)?);
        let near: Vec<f64> = member.distances(0).into_iter().chain(other.distances(0)).map(|near| -near).collect();
        let density = |near: &Neighbours, base: &Neighbours| -> Vec<f64> {
            let ratio = |(near, base): (f64, f64)| ((base + EPSILON) / (near + EPSILON)).ln();
            means(near).into_iter().zip(means(base)).map(ratio).collect()
        };
        let densities = [density(&member, &member_base), density(&other, &other_base)].concat();
        Ok(Some(Membership {
            distance: auc(&near, &positive).unwrap_or(0.5),
            density: auc(&densities, &positive).unwrap_or(0.5),
            error: auc_error(half, half),
        }))
    }
}

/// The share of rows that are closer to the one table than to the other, ties half.
pub(super) fn share_closer(one: &[f64], other: &[f64]) -> f64 {
    let closer = |(one, other): (&f64, &f64)| {
        if one < other {
            1.0
        } else if one > other {
            0.0
        } else {
            0.5
        }
    };
    one.iter().zip(other).map(closer).sum::<f64>() / one.len().max(1) as f64
}

/// The median of the nearest distance over the second nearest.
fn neighbour_ratio(neighbours: &Neighbours) -> f64 {
    let ratios: Vec<f64> = neighbours
        .each()
        .map(|near| f64::from(near[0]) / f64::from(near.get(1).copied().unwrap_or(1.0)).max(1e-9))
        .collect();
    quantile(&ratios, 0.5).unwrap_or(1.0)
}

fn means(neighbours: &Neighbours) -> Vec<f64> {
    neighbours.each().map(|near| near.iter().copied().map(f64::from).sum::<f64>() / near.len() as f64).collect()
}
