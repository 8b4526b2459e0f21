//! The distance of Gower (1971) between rows of mixed types, and the nearest neighbours under it.
//!
//! d(a, b) is the mean over the columns of |a - b| / (range of the real table), at most 1, for numbers and dates, and of
//! 0 or 1 for categories that agree or not; a gap is as far as can be from a value, and no way from another gap. This is
//! the distance of SDMetrics' distances to the closest record. Sums are of 32 bits, column by column, numbers first.

mod search;

use crate::learn::{Feature, Features};
use crate::metric::{Compared, Side};

pub(crate) use self::search::{Neighbours, nearest, nearest_without};

/// The scale of each column of numbers: its smallest value and its range.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Gower {
    scales: Vec<(f64, f64)>,
}

/// Rows to measure distances between.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Points {
    /// Column after column.
    pub(crate) numbers: Vec<Vec<f32>>,
    /// Column after column.
    pub(crate) codes: Vec<Vec<u32>>,
    pub(crate) rows: usize,
}

impl Gower {
    /// Reads the scales off one of the tables, whole.
    pub(crate) fn of(columns: &[Compared], side: Side) -> Self {
        let measured = columns.iter().filter(|column| column.is_measured());
        Self { scales: measured.map(|column| scale(column.numbers(side))).collect() }
    }

    /// Rows of any of the tables, as points.
    pub(crate) fn points(&self, features: &Features) -> Points {
        let mut points = Points { numbers: Vec::new(), codes: Vec::new(), rows: features.rows };
        for column in &features.columns {
            match column {
                Feature::Category { codes, .. } => points.codes.push(codes.clone()),
                Feature::Number(values) => {
                    let (low, range) = self.scales.get(points.numbers.len()).copied().unwrap_or((0.0, 1.0));
                    let place = |&value: &f64| ((value - low) / range).clamp(-1e30, 1e30) as f32;
                    points.numbers.push(values.iter().map(place).collect());
                }
            }
        }
        points
    }
}

impl Points {
    /// The columns that count.
    pub(crate) fn columns(&self) -> usize {
        self.numbers.len() + self.codes.len()
    }

    /// The rows at these places.
    pub(crate) fn pick(&self, rows: &[usize]) -> Self {
        Self {
            numbers: self.numbers.iter().map(|column| rows.iter().map(|&row| column[row]).collect()).collect(),
            codes: self.codes.iter().map(|column| rows.iter().map(|&row| column[row]).collect()).collect(),
            rows: rows.len(),
        }
    }

    /// The first so many rows.
    pub(crate) fn first(&self, rows: usize) -> Self {
        self.pick(&(0..rows.min(self.rows)).collect::<Vec<usize>>())
    }
}

fn scale(values: &[f64]) -> (f64, f64) {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    let range = high - low;
    if low > high { (0.0, 1.0) } else { (low, if range.is_finite() { range.max(1e-12) } else { f64::MAX }) }
}
