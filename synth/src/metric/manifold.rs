//! Where synthetic rows lie among the real ones, worked out once for precision, recall, density, coverage, alpha-precision
//! and beta-recall.

use rayon::prelude::*;

use super::gower::Points;
use super::{Role, Side, Tables};
use crate::{Seed, SynthError};

/// Rows of each table that are looked at, at most: the work is the square of it.
const MOST: usize = 2000;
/// The neighbour whose distance is a row's radius.
const NEIGHBOUR: usize = 5;
/// Shares at which alpha and beta are looked at.
const LEVELS: usize = 30;
/// Levels of a category that have an axis of their own.
const AXES: usize = 30;

/// The synthetic table's place, and the hold-out's.
#[derive(Debug)]
pub(crate) struct Manifolds {
    /// None when a table has no rows, or no column that counts.
    pub(crate) synthetic: Option<Manifold>,
    pub(crate) holdout: Option<Manifold>,
}

/// One table's place among the real rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Manifold {
    pub(crate) precision: f64,
    pub(crate) recall: f64,
    pub(crate) density: f64,
    pub(crate) coverage: f64,
    pub(crate) alpha_precision: f64,
    pub(crate) beta_recall: f64,
}

impl Manifolds {
    pub(crate) fn of(tables: &Tables<'_>) -> Result<Self, SynthError> {
        if tables.columns.iter().all(|column| column.role() == Role::Other) {
            return Ok(Self { synthetic: None, holdout: None });
        }
        let place = |side: Side, rows: usize| {
            let count = rows.min(tables.real.height()).min(MOST);
            let seed = tables.seed.named("manifold");
            let real = Points::new(tables, Side::Real, &some_rows(tables.real.height(), count, seed));
            let other = Points::new(tables, side, &some_rows(rows, count, seed.numbered(side as u64)));
            tables.progress.check()?;
            Ok::<_, SynthError>((count > 1).then(|| Manifold::new(&real, &other)))
        };
        let synthetic = place(Side::Synthetic, tables.synthetic.height())?;
        let holdout = tables.holdout.map(|table| place(Side::Holdout, table.height())).transpose()?.flatten();
        Ok(Self { synthetic, holdout })
    }
}

impl Manifold {
    fn new(real: &Points, other: &Points) -> Self {
        let rows = real.rows();
        let (radius, other_radius) = (radii(real), radii(other));
        let distances: Vec<Vec<f32>> = (0..rows).into_par_iter().map(|row| real.distances(row, other)).collect();
        let mut holders = vec![0_usize; rows];
        let (mut recalled, mut covered) = (0, 0);
        let mut nearest = Vec::with_capacity(rows);
        for (row, &radius) in distances.iter().zip(&radius) {
            row.iter().zip(&mut holders).for_each(|(&distance, held)| *held += usize::from(distance < radius));
            recalled += usize::from(row.iter().zip(&other_radius).any(|(distance, radius)| distance < radius));
            let (place, least) = first_least(row);
            covered += usize::from(least < radius);
            nearest.push((place, least <= radius));
        }
        let share = |count: usize| count as f64 / rows as f64;
        Self {
            precision: share(holders.iter().filter(|&&held| held > 0).count()),
            recall: share(recalled),
            density: share(holders.iter().sum()) / NEIGHBOUR as f64,
            coverage: share(covered),
            alpha_precision: alpha_precision(real, other),
            beta_recall: beta_recall(real, other, &nearest),
        }
    }
}

/// The distance of each row's fifth neighbour in its own table.
fn radii(points: &Points) -> Vec<f32> {
    let rows = points.rows();
    let radius = |row| {
        let mut distances = points.distances(row, points);
        distances[row] = f32::INFINITY;
        let (_, &mut radius, _) = distances.select_nth_unstable_by(NEIGHBOUR.min(rows) - 1, f32::total_cmp);
        radius
    };
    (0..rows).into_par_iter().map(radius).collect()
}

fn first_least(distances: &[f32]) -> (usize, f32) {
    distances
        .iter()
        .copied()
        .enumerate()
        .fold((0, f32::INFINITY), |best, (at, distance)| if distance < best.1 { (at, distance) } else { best })
}

/// 1 - 2 mean |P(α) - α|, with P(α) the share of the other rows in the ball about the real centre that holds α of the
/// real ones.
fn alpha_precision(real: &Points, other: &Points) -> f64 {
    let axes = Axes::of(real);
    let (real, other) = (axes.place(real), axes.place(other));
    let centre = centre(&real);
    let (inner, outer) = (norms(&real, &centre), norms(&other, &centre));
    let sorted = sorted(&inner);
    let within = |ball: f64| outer.iter().filter(|&&norm| norm <= ball).count() as f64 / outer.len() as f64;
    diagonal(|level| within(quantile(&sorted, level)))
}

/// 1 - 2 mean |R(β) - β|, with R(β) the share of real rows whose nearest other row is within their radius and in the ball
/// about the other rows' centre that holds β of them.
fn beta_recall(real: &Points, other: &Points, nearest: &[(usize, bool)]) -> f64 {
    let placed = Axes::of(real).place(other);
    let norms = norms(&placed, &centre(&placed));
    let sorted = sorted(&norms);
    diagonal(|level| {
        let ball = quantile(&sorted, level);
        nearest.iter().filter(|&&(place, near)| near && norms[place] <= ball).count() as f64 / nearest.len() as f64
    })
}

fn diagonal(curve: impl Fn(f64) -> f64) -> f64 {
    let off = |step: usize| {
        let level = step as f64 / LEVELS as f64;
        (curve(level) - level).abs()
    };
    1.0 - 2.0 * (1..=LEVELS).map(off).sum::<f64>() / LEVELS as f64
}

/// The axes of a space where rows have a centre: measured columns, and one for each of a category's commonest levels.
struct Axes {
    levels: Vec<Vec<u32>>,
}

impl Axes {
    fn of(points: &Points) -> Self {
        let commonest = |codes: &Vec<u32>| {
            let mut sorted = codes.clone();
            sorted.sort_unstable();
            let mut runs: Vec<(usize, u32)> = sorted.chunk_by(|a, b| a == b).map(|run| (run.len(), run[0])).collect();
            runs.sort_by_key(|&(count, code)| (std::cmp::Reverse(count), code));
            runs.into_iter().take(AXES).map(|(_, code)| code).collect()
        };
        Self { levels: points.codes().iter().map(commonest).collect() }
    }

    /// The rows' coordinates, axis by axis: two rows that differ in a category alone are 1 apart.
    fn place(&self, points: &Points) -> Vec<Vec<f64>> {
        let measured = points
            .numbers()
            .map(|column| column.map(|value| value.map_or(-0.5, |value| f64::from(value.clamp(-1.0, 2.0)))).collect());
        let categories = self.levels.iter().zip(points.codes()).flat_map(|(levels, codes)| {
            levels.iter().map(|level| {
                codes.iter().map(|code| if code == level { std::f64::consts::FRAC_1_SQRT_2 } else { 0.0 }).collect()
            })
        });
        measured.chain(categories).collect()
    }
}

fn centre(axes: &[Vec<f64>]) -> Vec<f64> {
    axes.iter().map(|axis| axis.iter().sum::<f64>() / axis.len() as f64).collect()
}

fn norms(axes: &[Vec<f64>], centre: &[f64]) -> Vec<f64> {
    let mut squares = vec![0.0; axes.first().map_or(0, Vec::len)];
    for (axis, middle) in axes.iter().zip(centre) {
        squares.iter_mut().zip(axis).for_each(|(square, value)| *square += (value - middle).powi(2));
    }
    squares.into_iter().map(f64::sqrt).collect()
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// The value below which a share of ascending values lies, with straight lines between them.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    sorted[low] + (place - place.floor()) * (sorted[high] - sorted[low])
}

/// Some of the rows, each set of this size equally likely; all of them in order when there are no more.
pub(crate) fn some_rows(rows: usize, wanted: usize, seed: Seed) -> Vec<usize> {
    let mut places: Vec<usize> = (0..rows).collect();
    if wanted < rows {
        let mut draws = seed.draws();
        for at in 0..wanted {
            let pick = at + (draws.uniform() * (rows - at) as f64) as usize;
            places.swap(at, pick.min(rows - 1));
        }
        places.truncate(wanted);
        places.sort_unstable();
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_lies_between_values() {
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.75), 3.0);
        assert_eq!(quantile(&[7.0], 0.3), 7.0);
    }

    #[test]
    fn rows_are_chosen_once_each() {
        let some = some_rows(1000, 300, Seed::new(1));
        assert_eq!(some.len(), 300);
        assert!(some.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(some_rows(3, 9, Seed::new(1)), [0, 1, 2]);
    }
}
