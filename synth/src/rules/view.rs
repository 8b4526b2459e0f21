//! A table as the search for rules sees it: columns as numbered values and as measures.

use polars::prelude::DataFrame;
use rayon::prelude::*;

use super::levels::Levels;
use super::measure::Measure;
use crate::types::ColumnType;
use crate::{ColumnKind, Metadata, Progress, SynthError};

/// One column.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) name: String,
    /// Whether rules are looked for in it: not in keys and words.
    pub(super) usable: bool,
    pub(super) levels: Levels,
    /// Each row's value among the levels; the number of levels for a missing one. Empty when the column is not usable.
    pub(super) codes: Vec<u32>,
    /// How many rows have each level; last, how many have none.
    pub(super) counts: Vec<u32>,
    pub(super) measure: Option<Measure>,
    /// The values as numbers, NaN where one is missing; empty when it is no measure.
    pub(super) numbers: Vec<f64>,
}

impl Seen {
    /// How many different values there are, a missing one among them.
    pub(super) fn distinct(&self) -> usize {
        self.counts.iter().filter(|&&count| count > 0).count()
    }

    /// How many rows have no value.
    pub(super) fn missing(&self) -> usize {
        self.counts.last().map_or(0, |&count| count as usize)
    }

    /// The share of the commonest value.
    pub(super) fn commonest(&self) -> f64 {
        let most = self.counts.iter().copied().max().unwrap_or(0);
        f64::from(most) / self.codes.len().max(1) as f64
    }

    /// Whether a row of a column of 0 and 1 holds 1.
    pub(super) fn is_set(&self, row: usize) -> bool {
        self.levels.len() == 2 && self.codes.get(row) == Some(&1)
    }

    /// The smallest and the largest number.
    pub(super) fn range(&self) -> (f64, f64) {
        let present = self.numbers.iter().filter(|value| !value.is_nan());
        present.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| (low.min(value), high.max(value)))
    }
}

/// A table's columns.
#[derive(Debug)]
pub(super) struct View {
    pub(super) rows: usize,
    pub(super) columns: Vec<Seen>,
}

impl View {
    pub(super) fn of(table: &DataFrame, metadata: &Metadata, progress: &Progress) -> Result<Self, SynthError> {
        let settled = metadata.settle(table)?;
        let columns = table
            .columns()
            .par_iter()
            .zip(settled)
            .map(|(column, about)| {
                progress.check()?;
                let name = column.name().to_string();
                let dtype = ColumnType::of(&name, column.dtype())?;
                let usable = about.kind.is_modelled();
                let column = column.as_materialized_series();
                let empty = column.clear();
                let (levels, codes) = Levels::of(if usable { column } else { &empty }, &dtype)?;
                let mut counts = vec![0; levels.len() + 1];
                for &code in &codes {
                    counts[code as usize] += 1;
                }
                let measured = usable && !matches!(about.kind, ColumnKind::Categorical | ColumnKind::Ordinal);
                let measure = if measured { Measure::of(column, &dtype, &about) } else { None };
                let (measure, numbers) =
                    measure.map_or((None, Vec::new()), |(measure, values)| (Some(measure), values));
                Ok(Seen { name, usable, levels, codes, counts, measure, numbers })
            })
            .collect::<Result<Vec<_>, SynthError>>()?;
        Ok(Self { rows: table.height(), columns })
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// How surprising a column's values are all together, in nats: n times their entropy.
    pub(super) fn entropy(&self, column: usize) -> f64 {
        let rows = self.rows as f64;
        let counts = self.columns[column].counts.iter().filter(|&&count| count > 0).map(|&count| f64::from(count));
        counts.map(|count| count * (rows / count).ln()).sum()
    }

    /// Whether no two rows with the same value of one column differ in another.
    pub(super) fn follows(&self, from: usize, to: usize) -> bool {
        let (from, to) = (&self.columns[from], &self.columns[to]);
        if from.distinct() < to.distinct() || from.distinct() * 4 > self.rows {
            return false;
        }
        let mut first = vec![u32::MAX; from.counts.len()];
        from.codes.iter().zip(&to.codes).all(|(&from, &to)| {
            let slot = &mut first[from as usize];
            if *slot == u32::MAX {
                *slot = to;
            }
            *slot == to
        })
    }

    /// The rows in an order in which neighbours have nothing to do with each other, so that a rule that does not hold is
    /// refuted early.
    pub(super) fn mixed(&self) -> Vec<u32> {
        let rows = self.rows as u64;
        let mut stride = (rows as f64 * 0.618_033_988_749_894_9) as u64 | 1;
        while gcd(stride, rows) > 1 {
            stride += 2;
        }
        (0..rows).map(|at| (at * stride % rows.max(1)) as u32).collect()
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
