//! The nearest neighbours of rows, by the distance of Euclid over numbers, with a penalty for each category that differs.
//!
//! `d²(a, b) = Σ (a_j - b_j)² + p²·#{c : a_c ≠ b_c}`. Where a number is missing or infinite in one of the rows, the column
//! is left out and the sum of the others is scaled up to all of them, as in Gower's coefficient (Gower, "A General
//! Coefficient of Similarity and Some of Its Properties", 1971); rows that share no number are infinitely far apart.
//! A missing category is a category. Of rows equally far away the first ones are the nearest.

use rayon::prelude::*;

use super::opened::Opened;
use crate::{Progress, SynthError};

/// Rows whose distances are reckoned together.
const BLOCK: usize = 512;
/// Rows whose neighbours are sought between two reports of progress.
const CHUNK: usize = 1024;

/// How numbers are measured before distances are taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Scale {
    /// Each column less its mean, over its standard deviation.
    #[default]
    Standard,
    /// As they are.
    Raw,
}

/// The rows of a table as points.
#[derive(Debug)]
pub(super) struct Space {
    /// Column by column; NaN where there is no finite number.
    numbers: Vec<Vec<f64>>,
    /// Column by column.
    categories: Vec<Vec<u32>>,
    gaps: bool,
}

impl Space {
    /// The points of a table without its target; numbers are measured over the rows in `used`.
    pub(super) fn new(opened: &Opened<'_>, used: &[u32], scale: Scale, with_categories: bool) -> Self {
        let measure = |mut column: Vec<f64>| {
            if scale == Scale::Standard {
                standardize(&mut column, used);
            }
            column
        };
        let numbers: Vec<Vec<f64>> = opened.numbers().into_par_iter().map(measure).collect();
        let gaps = numbers.iter().any(|column| column.iter().any(|value| value.is_nan()));
        Self { numbers, categories: if with_categories { opened.categories() } else { Vec::new() }, gaps }
    }

    /// Whether there are numbers to go by.
    pub(super) fn has_numbers(&self) -> bool {
        !self.numbers.is_empty()
    }

    /// The median over the columns of numbers of their standard deviation in `rows`, which is what a category that differs
    /// counts in SMOTE-NC; 1 when there are no numbers.
    pub(super) fn median_deviation(&self, rows: &[u32]) -> f64 {
        let mut deviations: Vec<f64> = self.numbers.iter().map(|column| moments(column, rows).1).collect();
        deviations.sort_unstable_by(f64::total_cmp);
        match deviations.len() {
            0 => 1.0,
            many if many % 2 == 1 => deviations[many / 2],
            many => f64::midpoint(deviations[many / 2 - 1], deviations[many / 2]),
        }
    }

    /// The `many` nearest of the rows `among` to each of `rows`, nearest first, itself left out; fewer where there are
    /// not so many. A category that differs adds the square of `penalty`.
    pub(super) fn nearest(
        &self,
        rows: &[u32],
        among: &[u32],
        many: usize,
        penalty: f64,
        progress: &Progress,
    ) -> Result<Vec<Vec<u32>>, SynthError> {
        let search = Search { space: self, among, gathered: self.gather(among), many, penalty: penalty * penalty };
        let mut found = Vec::with_capacity(rows.len());
        for chunk in rows.chunks(CHUNK) {
            progress.check()?;
            progress.report(Some(0.2 + 0.6 * found.len() as f64 / rows.len() as f64), "Seeking neighbours");
            found.par_extend(chunk.par_iter().map(|&row| search.nearest(row)));
        }
        Ok(found)
    }

    fn gather(&self, rows: &[u32]) -> Self {
        Self {
            numbers: self.numbers.iter().map(|column| rows.iter().map(|&row| column[row as usize]).collect()).collect(),
            categories: self
                .categories
                .iter()
                .map(|column| rows.iter().map(|&row| column[row as usize]).collect())
                .collect(),
            gaps: self.gaps,
        }
    }
}

struct Search<'a> {
    space: &'a Space,
    among: &'a [u32],
    gathered: Space,
    many: usize,
    penalty: f64,
}

impl Search<'_> {
    fn nearest(&self, row: u32) -> Vec<u32> {
        let mut best: Vec<(f64, u32)> = Vec::with_capacity(self.many + 1);
        let mut apart = [0.0; BLOCK];
        for first in (0..self.among.len()).step_by(BLOCK) {
            let block = &self.among[first..self.among.len().min(first + BLOCK)];
            self.distances(row as usize, first, &mut apart[..block.len()]);
            for (&other, &distance) in block.iter().zip(&apart) {
                let full = best.len() >= self.many;
                if other == row || full && best.last().is_none_or(|worst| distance >= worst.0) {
                    continue;
                }
                let at = best.partition_point(|one| one.0 <= distance);
                best.insert(at, (distance, other));
                best.truncate(self.many);
            }
        }
        best.into_iter().map(|one| one.1).collect()
    }

    /// The squared distances to the gathered rows from the `first` on.
    fn distances(&self, row: usize, first: usize, apart: &mut [f64]) {
        apart.fill(0.0);
        let block = first..first + apart.len();
        let numbers = self.space.numbers.iter().zip(&self.gathered.numbers);
        if self.space.gaps {
            let mut shared = [0.0; BLOCK];
            for (own, others) in numbers {
                let own = own[row];
                for ((apart, shared), other) in apart.iter_mut().zip(&mut shared).zip(&others[block.clone()]) {
                    let difference = own - other;
                    if !difference.is_nan() {
                        *apart += difference * difference;
                        *shared += 1.0;
                    }
                }
            }
            let all = self.space.numbers.len() as f64;
            for (apart, shared) in apart.iter_mut().zip(shared) {
                *apart = if shared > 0.0 { *apart * (all / shared) } else { f64::INFINITY };
            }
        } else {
            for (own, others) in numbers {
                let own = own[row];
                for (apart, other) in apart.iter_mut().zip(&others[block.clone()]) {
                    *apart += (own - other) * (own - other);
                }
            }
        }
        for (own, others) in self.space.categories.iter().zip(&self.gathered.categories) {
            let own = own[row];
            for (apart, &other) in apart.iter_mut().zip(&others[block.clone()]) {
                *apart += if own == other { 0.0 } else { self.penalty };
            }
        }
    }
}

/// Subtracts the mean and divides by the standard deviation; a constant becomes zero.
fn standardize(column: &mut [f64], rows: &[u32]) {
    let largest = column.iter().filter(|value| value.is_finite()).fold(0.0, |most: f64, value| most.max(value.abs()));
    if largest > 1e100 {
        for value in column.iter_mut() {
            *value /= largest;
        }
    }
    let (mean, deviation) = moments(column, rows);
    let unit = if deviation > 0.0 { deviation } else { 1.0 };
    for value in column {
        *value = (*value - mean) / unit;
    }
}

/// The mean and the standard deviation (of the rows themselves, not of a law they might come from).
fn moments(column: &[f64], rows: &[u32]) -> (f64, f64) {
    let values = || rows.iter().map(|&row| column[row as usize]).filter(|value| !value.is_nan());
    let many = values().count().max(1) as f64;
    let mean = values().sum::<f64>() / many;
    let variance = values().map(|value| (value - mean) * (value - mean)).sum::<f64>() / many;
    (mean, variance.sqrt())
}

/// At most so many of the rows, evenly spread over them.
pub(super) fn spread(rows: &[u32], most: usize) -> Vec<u32> {
    let taken = rows.len().min(most);
    (0..taken).map(|at| rows[(at as u128 * rows.len() as u128 / taken as u128) as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;

    #[test]
    fn neighbours_are_those_of_a_plain_search() {
        let mut draws = Seed::new(3).draws();
        let rows = 1300_u32;
        let mut column = || (0..rows).map(|_| (draws.uniform() * 40.0).floor()).collect::<Vec<f64>>();
        let mut numbers = vec![column(), column(), column()];
        let categories = vec![column().into_iter().map(|value| value as u32 % 3).collect::<Vec<u32>>()];
        for gaps in [false, true] {
            if gaps {
                (0..rows as usize).filter(|row| row % 7 == 0).for_each(|row| numbers[row % 3][row] = f64::NAN);
            }
            let space = Space { numbers: numbers.clone(), categories: categories.clone(), gaps };
            let among: Vec<u32> = (0..rows).filter(|row| row % 5 != 0).collect();
            let found = space.nearest(&[0, 1, 700], &among, 9, 2.0, &Progress::silent()).unwrap();
            for (row, found) in [0_usize, 1, 700].into_iter().zip(found) {
                let mut all: Vec<(f64, u32)> = among
                    .iter()
                    .filter(|&&other| other as usize != row)
                    .map(|&other| {
                        let pairs = numbers.iter().map(|column| column[row] - column[other as usize]);
                        let known: Vec<f64> = pairs.filter(|pair| !pair.is_nan()).collect();
                        let sum = known.iter().map(|pair| pair * pair).sum::<f64>() * (3.0 / known.len() as f64);
                        let differ = categories[0][row] != categories[0][other as usize];
                        (sum + if differ { 4.0 } else { 0.0 }, other)
                    })
                    .collect();
                all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                assert_eq!(found, all[..9].iter().map(|one| one.1).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn the_median_of_deviations_is_that_of_the_columns() {
        let column = |spread: f64| vec![-spread, spread, 1e9];
        let space = |spreads: &[f64]| Space {
            numbers: spreads.iter().map(|spread| column(*spread)).collect(),
            categories: Vec::new(),
            gaps: false,
        };
        assert!((space(&[1.0, 5.0, 2.0]).median_deviation(&[0, 1]) - 2.0).abs() < 1e-12);
        assert!((space(&[1.0, 5.0, 2.0, 8.0]).median_deviation(&[0, 1]) - 3.5).abs() < 1e-12);
        assert!((space(&[]).median_deviation(&[0, 1]) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn huge_numbers_can_be_measured() {
        let mut column = vec![f64::MAX, f64::MIN, 0.0, f64::NAN];
        standardize(&mut column, &[0, 1, 2, 3]);
        assert!(column[..3].iter().all(|value| value.is_finite()), "{column:?}");
        assert_eq!(spread(&[4, 5, 6, 7], 2), [4, 6]);
    }
}
