//! How far apart two rows of mixed columns are: the mean over columns of min(1, |a - b| / range of the real column) for
//! measured ones and of a ≠ b for categories; a value and a missing one are 1 apart.
//!
//! Gower, A General Coefficient of Similarity and Some of Its Properties (1971), in the form that SDMetrics gives it for
//! distances to the closest record. Single precision, measured columns first.

use super::{Compared, Role, Side, Tables};

/// Stands for a missing number: farther from any value than the cap.
const GAP: f32 = -1e30;

/// Rows in the form that distances are taken of: column by column.
#[derive(Debug, Clone)]
pub(crate) struct Points {
    numbers: Vec<Vec<f32>>,
    codes: Vec<Vec<u32>>,
    rows: usize,
}

impl Points {
    /// The rows of one table at `places`.
    pub(crate) fn new(tables: &Tables<'_>, side: Side, places: &[usize]) -> Self {
        let measured = tables.columns.iter().filter(|column| column.is_measured());
        let categories = tables.columns.iter().filter(|column| column.role() == Role::Category);
        let scaled = |column: &Compared| {
            let (low, range) = extent(column.numbers(Side::Real));
            let scale = |value: f64| if value.is_nan() { GAP } else { ((value - low) / range) as f32 };
            places.iter().map(|&row| scale(column.numbers(side)[row])).collect()
        };
        let coded = |column: &Compared| places.iter().map(|&row| column.codes(side)[row]).collect();
        Self { numbers: measured.map(scaled).collect(), codes: categories.map(coded).collect(), rows: places.len() }
    }

    /// How many rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The measured columns, each scaled to the real range, missing values as none.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = impl Iterator<Item = Option<f32>>> {
        self.numbers.iter().map(|column| column.iter().map(|&value| (value > GAP).then_some(value)))
    }

    /// The categories.
    pub(crate) fn codes(&self) -> &[Vec<u32>] {
        &self.codes
    }

    /// The distances of one row from all rows of `others`.
    pub(crate) fn distances(&self, row: usize, others: &Self) -> Vec<f32> {
        let mut sums = vec![0.0_f32; others.rows];
        for (own, other) in self.numbers.iter().zip(&others.numbers) {
            let value = own[row];
            sums.iter_mut().zip(other).for_each(|(sum, &twin)| *sum += (value - twin).abs().min(1.0));
        }
        for (own, other) in self.codes.iter().zip(&others.codes) {
            let code = own[row];
            sums.iter_mut().zip(other).for_each(|(sum, &twin)| *sum += if code == twin { 0.0 } else { 1.0 });
        }
        let columns = (self.numbers.len() + self.codes.len()) as f32;
        for sum in &mut sums {
            *sum /= columns;
        }
        sums
    }
}

/// The smallest number and the range, never nothing; of the finite values.
fn extent(numbers: &[f64]) -> (f64, f64) {
    let known = numbers.iter().copied().filter(|value| value.is_finite());
    let (low, high) = known.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    if low > high { (0.0, 1.0) } else { (low, (high - low).max(1e-12)) }
}
