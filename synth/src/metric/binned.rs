//! Columns cut into cells of about equal mass: measured columns at the real column's quantiles, categories by themselves,
//! with one more cell for missing values.

use super::{Compared, Side};

/// A column cut into cells.
#[derive(Debug)]
pub(crate) struct Cells {
    /// The cell of each level.
    of_level: Vec<u32>,
    /// How many cells there are; the last is that of missing values.
    pub(crate) count: usize,
}

impl Cells {
    /// Cuts a column: a measured one into at most `bins` by rank among the real values (a level goes to the cell
    /// ⌊bins·F(x-)⌋, with F the real distribution); a category stands for itself, unless `commonest` says how many are
    /// kept before the rest share a cell.
    pub(crate) fn new(column: &Compared, bins: usize, commonest: Option<usize>) -> Self {
        let counts = column.counts(Side::Real);
        let (of_level, cells) = if column.is_measured() {
            let rows = counts.iter().sum::<usize>().max(1);
            let mut below = 0;
            let place = |count: &usize| {
                let cell = (bins * below / rows).min(bins - 1) as u32;
                below += count;
                cell
            };
            (counts.iter().map(place).collect(), bins)
        } else if let Some(kept) = commonest.filter(|&kept| kept < counts.len()) {
            let mut order: Vec<usize> = (0..counts.len()).collect();
            order.sort_by_key(|&level| (std::cmp::Reverse(counts[level]), level));
            let mut cells = vec![kept as u32; counts.len()];
            order.iter().take(kept).enumerate().for_each(|(cell, &level)| cells[level] = cell as u32);
            (cells, kept + 1)
        } else {
            ((0..counts.len() as u32).collect(), counts.len())
        };
        Self { of_level, count: cells + 1 }
    }

    /// One per row: its cell.
    pub(crate) fn codes(&self, column: &Compared, side: Side) -> Vec<u32> {
        let missing = (self.count - 1) as u32;
        column.codes(side).iter().map(|&code| self.of_level.get(code as usize).copied().unwrap_or(missing)).collect()
    }

    /// How many rows lie in each cell.
    pub(crate) fn counts(&self, column: &Compared, side: Side) -> Vec<usize> {
        let mut cells = vec![0; self.count];
        for (level, count) in column.counts(side).into_iter().enumerate() {
            cells[self.of_level[level] as usize] += count;
        }
        cells[self.count - 1] = column.missing(side);
        cells
    }
}
