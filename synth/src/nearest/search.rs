//! The nearest neighbours of rows by comparing each with all, a block of rows and a column at a time, over all cores.

use rayon::prelude::*;

use super::Points;
use crate::{Progress, SynthError};

/// Rows compared at a time: their sums stay in the nearest cache.
const BLOCK: usize = 512;
/// Queries that a task answers.
const TASK: usize = 32;

/// The nearest neighbours of each query, nearest first, of two as near the one that stands first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Neighbours {
    /// How many each query has.
    pub(crate) count: usize,
    distances: Vec<f32>,
    places: Vec<u32>,
}

/// The `count` nearest of `among` to each of `queries`, or all when there are fewer; with `itself` a query that stands
/// at the same place among them does not count.
///
/// # Errors
/// [`SynthError::Cancelled`].
pub(crate) fn nearest(
    queries: &Points,
    among: &Points,
    count: usize,
    itself: bool,
    progress: &Progress,
) -> Result<Neighbours, SynthError> {
    let count = count.min(among.rows.saturating_sub(usize::from(itself)));
    let tasks: Vec<usize> = (0..queries.rows).step_by(TASK).collect();
    let answer = |&start: &usize| {
        progress.check()?;
        let mut found = Vec::with_capacity(TASK * count);
        let mut sums = vec![0.0_f32; BLOCK];
        for query in start..(start + TASK).min(queries.rows) {
            found.extend(one(queries, query, among, count, itself.then_some(query), &mut sums));
        }
        Ok(found)
    };
    let parts = tasks.par_iter().map(answer).collect::<Result<Vec<Vec<(f32, u32)>>, SynthError>>()?;
    let (distances, places) = parts.into_iter().flatten().unzip();
    Ok(Neighbours { count, distances, places })
}

/// For each query, where the nearest of `among` stands by all columns but the first, but the second, … of the first
/// `columns`; numbers come before categories.
///
/// # Errors
/// [`SynthError::Cancelled`].
pub(crate) fn nearest_without(
    queries: &Points,
    among: &Points,
    columns: usize,
    progress: &Progress,
) -> Result<Vec<Vec<u32>>, SynthError> {
    let numbers = queries.numbers.len();
    let answer = |query: usize| {
        progress.check()?;
        let mut best = vec![(f32::INFINITY, 0_u32); columns];
        let (mut sums, mut own) = (vec![0.0_f32; BLOCK], vec![0.0_f32; BLOCK]);
        for start in (0..among.rows).step_by(BLOCK) {
            let count = BLOCK.min(among.rows - start);
            let (sums, own) = (&mut sums[..count], &mut own[..count]);
            sum(queries, query, among, start, sums);
            for (column, best) in best.iter_mut().enumerate() {
                own.fill(0.0);
                if column < numbers {
                    add_number(&queries.numbers[column], query, &among.numbers[column], start, own);
                } else {
                    add_code(&queries.codes[column - numbers], query, &among.codes[column - numbers], start, own);
                }
                for (at, (sum, own)) in sums.iter().zip(own.iter()).enumerate() {
                    if sum - own < best.0 {
                        *best = (sum - own, (start + at) as u32);
                    }
                }
            }
        }
        Ok(best.into_iter().map(|(_, place)| place).collect())
    };
    (0..queries.rows).into_par_iter().map(answer).collect()
}

impl Neighbours {
    /// The distance of each query to its `rank`-th neighbour, counted from 0.
    pub(crate) fn distances(&self, rank: usize) -> Vec<f64> {
        self.distances.chunks_exact(self.count.max(1)).filter_map(|of| of.get(rank)).copied().map(f64::from).collect()
    }

    /// The distances of each query to its neighbours.
    pub(crate) fn each(&self) -> impl Iterator<Item = &[f32]> {
        self.distances.chunks_exact(self.count.max(1))
    }

    /// Where the neighbours of each query stand.
    #[cfg(test)]
    pub(crate) fn places(&self) -> impl Iterator<Item = &[u32]> {
        self.places.chunks_exact(self.count.max(1))
    }
}

fn one(
    queries: &Points,
    query: usize,
    among: &Points,
    count: usize,
    skip: Option<usize>,
    sums: &mut [f32],
) -> Vec<(f32, u32)> {
    let mut best: Vec<(f32, u32)> = Vec::with_capacity(count + 1);
    let columns = among.columns().max(1) as f32;
    for start in (0..among.rows).step_by(BLOCK) {
        let end = (start + BLOCK).min(among.rows);
        let sums = &mut sums[..end - start];
        sum(queries, query, among, start, sums);
        for (at, &sum) in sums.iter().enumerate() {
            let worst = if best.len() < count { f32::INFINITY } else { best.last().map_or(-1.0, |last| last.0) };
            let distance = sum / columns;
            if distance < worst && skip != Some(start + at) {
                let place = best.partition_point(|one| one.0 <= distance);
                best.insert(place, (distance, (start + at) as u32));
                best.truncate(count);
            }
        }
    }
    best
}

/// The sum over the columns of the distances from a query to the rows that begin at `start`.
fn sum(queries: &Points, query: usize, among: &Points, start: usize, sums: &mut [f32]) {
    sums.fill(0.0);
    for (mine, column) in queries.numbers.iter().zip(&among.numbers) {
        add_number(mine, query, column, start, sums);
    }
    for (mine, column) in queries.codes.iter().zip(&among.codes) {
        add_code(mine, query, column, start, sums);
    }
}

fn add_number(mine: &[f32], query: usize, column: &[f32], start: usize, sums: &mut [f32]) {
    let (value, others) = (mine[query], &column[start..start + sums.len()]);
    if value.is_nan() {
        sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += if other.is_nan() { 0.0 } else { 1.0 });
    } else {
        sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += apart(value, *other));
    }
}

fn add_code(mine: &[u32], query: usize, column: &[u32], start: usize, sums: &mut [f32]) {
    let (code, others) = (mine[query], &column[start..start + sums.len()]);
    sums.iter_mut().zip(others).for_each(|(sum, &other)| *sum += if other == code { 0.0 } else { 1.0 });
}

/// |a - b|, at most 1, and 1 when b is a gap.
fn apart(a: f32, b: f32) -> f32 {
    let apart = (a - b).abs();
    if apart < 1.0 { apart } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::super::Gower;
    use super::*;
    use crate::learn::{Feature, Features};

    fn points(numbers: Vec<f64>, codes: Vec<u32>) -> Points {
        let rows = numbers.len();
        let columns = vec![Feature::Number(numbers), Feature::Category { codes, levels: 9 }];
        let features = Features { names: vec!["n".into(), "c".into()], columns, rows };
        Gower { scales: vec![(0.0, 10.0)] }.points(&features)
    }

    #[test]
    fn distances_are_means_over_the_columns() {
        let gap = f64::NAN;
        let among = points(vec![0.0, 5.0, gap, f64::INFINITY], vec![0, 1, 0, 0]);
        let queries = points(vec![4.0, gap, 1e9], vec![1, 0, 0]);
        let found = nearest(&queries, &among, 9, false, &Progress::silent()).unwrap();
        let near = |query: usize| found.each().nth(query).unwrap().to_vec();
        assert_eq!(found.places().next().unwrap(), [1, 0, 2, 3]);
        assert!(near(0).iter().zip([0.05, 0.7, 1.0, 1.0]).all(|(a, b)| (a - b).abs() < 1e-6), "{:?}", near(0));
        assert_eq!(near(1), [0.0, 0.5, 0.5, 1.0]);
        assert_eq!(near(2), [0.5, 0.5, 0.5, 1.0]);
        assert_eq!(found.distances(1)[1..], [0.5, 0.5]);
    }

    #[test]
    fn many_rows_give_what_sorting_all_gives() {
        let mut draws = crate::Seed::new(5).draws();
        let rows = 1300;
        let among = points(
            (0..rows).map(|_| (draws.uniform() * 40.0).round() / 4.0).collect(),
            (0..rows).map(|at| at % 5).collect(),
        );
        let found = nearest(&among, &among, 3, true, &Progress::silent()).unwrap();
        for query in [0, 31, 700, 1299] {
            let mut all = vec![0.0; rows as usize];
            sum(&among, query, &among, 0, &mut all);
            let mut order: Vec<usize> = (0..rows as usize).filter(|&at| at != query).collect();
            order.sort_by(|&a, &b| all[a].total_cmp(&all[b]));
            let expected: Vec<u32> = order[..3].iter().map(|&at| at as u32).collect();
            assert_eq!(found.places().nth(query).unwrap(), expected);
        }
        let none = nearest(&among, &among.first(0), 3, false, &Progress::silent()).unwrap();
        assert_eq!((none.count, none.distances(0).len()), (0, 0));
        assert_eq!(nearest(&among.first(1), &among.first(1), 3, true, &Progress::silent()).unwrap().count, 0);
    }
}
