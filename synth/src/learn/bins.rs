//! Features cut into at most a few hundred bins each, so that a tree looks for a split among bins, not among values.
//!
//! As `LightGBM` (Ke et al., 2017): a number that fills a bin alone keeps it, the others share bins of about equal
//! weight; the commonest categories have a bin each. Bin 0 of a column holds gaps, or rare and unseen categories.

use super::{Feature, Features};

/// Rows that a bin holds at least, where there are enough.
const LEAST: usize = 3;
/// Bins of all columns together: what bounds the memory of a tree over a wide table.
const TOTAL: usize = 1 << 16;

/// How each column is cut.
#[derive(Debug, Clone)]
pub(crate) struct Binner {
    cuts: Vec<Cut>,
}

#[derive(Debug, Clone)]
enum Cut {
    /// The bounds between the bins, ascending.
    Number(Vec<f64>),
    /// The bin of each code.
    Category { bins: Vec<u32>, count: usize },
}

/// Rows as bins. A bin has one number over all columns: the column's first plus its own.
#[derive(Debug, Clone)]
pub(crate) struct Binned {
    /// Row after row.
    pub(super) bins: Vec<u32>,
    pub(super) spans: Vec<Span>,
    pub(super) rows: usize,
}

/// The bins of one column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) first: usize,
    pub(super) count: usize,
    pub(super) category: bool,
}

impl Binner {
    /// Learns where to cut.
    pub(crate) fn learn(features: &Features) -> Self {
        let most = (TOTAL / features.columns.len().max(1)).clamp(8, 255);
        let cut = |column: &Feature| match column {
            Feature::Number(values) => Cut::Number(number_cuts(values, most)),
            Feature::Category { codes, levels } => category_cut(codes, *levels, most),
        };
        Self { cuts: features.columns.iter().map(cut).collect() }
    }

    /// The bins of these rows.
    pub(crate) fn bin(&self, features: &Features) -> Binned {
        let width = self.cuts.len();
        let mut bins = vec![0; features.rows * width];
        let mut spans = Vec::with_capacity(width);
        let mut first = 0;
        for (at, (cut, column)) in self.cuts.iter().zip(&features.columns).enumerate() {
            let cells = bins.iter_mut().skip(at).step_by(width);
            let (count, category) = match (cut, column) {
                (Cut::Number(cuts), Feature::Number(values)) => {
                    for (cell, &value) in cells.zip(values) {
                        let bin = if value.is_nan() { 0 } else { 1 + cuts.partition_point(|&cut| value > cut) };
                        *cell = (first + bin) as u32;
                    }
                    (cuts.len() + 2, false)
                }
                (Cut::Category { bins, count }, Feature::Category { codes, .. }) => {
                    for (cell, &code) in cells.zip(codes) {
                        *cell = first as u32 + bins.get(code as usize).copied().unwrap_or(0);
                    }
                    (*count, true)
                }
                (Cut::Number(_) | Cut::Category { .. }, _) => {
                    cells.for_each(|cell| *cell = first as u32);
                    (1, true)
                }
            };
            spans.push(Span { first, count, category });
            first += count;
        }
        Binned { bins, spans, rows: features.rows }
    }
}

impl Binned {
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The bins of a row, one per column.
    pub(super) fn row(&self, row: usize) -> &[u32] {
        let width = self.spans.len();
        &self.bins[row * width..(row + 1) * width]
    }

    /// Bins of all columns together.
    pub(super) fn total(&self) -> usize {
        self.spans.last().map_or(0, |span| span.first + span.count)
    }
}

fn number_cuts(values: &[f64], most: usize) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut distinct: Vec<(f64, usize)> = Vec::new();
    for value in sorted {
        match distinct.last_mut() {
            Some((last, count)) if *last >= value => *count += 1,
            _ => distinct.push((value, 1)),
        }
    }
    let total: usize = distinct.iter().map(|one| one.1).sum();
    let most = most.min(total / LEAST).max(1);
    let few = distinct.len() <= most;
    let mean = total as f64 / most as f64;
    let heavy = |count: usize| !few && count as f64 >= mean;
    let mut bins_left = most.saturating_sub(distinct.iter().filter(|one| heavy(one.1)).count()).max(1);
    let mut rows_left: usize = distinct.iter().filter(|one| !heavy(one.1)).map(|one| one.1).sum();
    let mut aim = if few { LEAST as f64 } else { rows_left as f64 / bins_left as f64 };
    let (mut cuts, mut held) = (Vec::new(), 0);
    for pair in distinct.windows(2) {
        let ((value, count), (next, next_count)) = (pair[0], pair[1]);
        held += count;
        if !heavy(count) {
            rows_left -= count;
        }
        let full = held as f64 >= aim || heavy(count) || (heavy(next_count) && held as f64 >= (aim / 2.0).max(1.0));
        if !full {
            continue;
        }
        let middle = value + (next - value) / 2.0;
        cuts.push(if middle >= value && middle < next { middle } else { value });
        held = 0;
        if cuts.len() + 1 >= most {
            break;
        }
        if !few && !heavy(count) {
            bins_left = (bins_left - 1).max(1);
            aim = rows_left as f64 / bins_left as f64;
        }
    }
    cuts
}

fn category_cut(codes: &[u32], levels: usize, most: usize) -> Cut {
    let mut counts = vec![0_usize; levels];
    for &code in codes {
        counts[code as usize] += 1;
    }
    let mut order: Vec<usize> = (0..levels).filter(|&code| counts[code] > 0).collect();
    order.sort_by_key(|&code| std::cmp::Reverse(counts[code]));
    let kept = order.iter().enumerate().take_while(|&(at, &code)| at < most && (at < 2 || counts[code] >= LEAST));
    let mut bins = vec![0; levels];
    let mut count = 1;
    for (_, &code) in kept {
        bins[code] = count as u32;
        count += 1;
    }
    Cut::Category { bins, count }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_values_keep_a_bin_and_others_share() {
        let mut values: Vec<f64> = (0..1000).map(f64::from).collect();
        values.extend(std::iter::repeat_n(500.0, 1000));
        values.push(f64::NAN);
        let features = Features { names: vec!["n".into()], rows: values.len(), columns: vec![Feature::Number(values)] };
        let binned = Binner::learn(&features).bin(&features);
        let of = |row: usize| binned.row(row)[0];
        assert_eq!(of(2000), 0);
        assert!(of(499) < of(500) && of(500) < of(501) && of(500) == of(1700));
        assert!(binned.total() > 200 && binned.total() <= 257, "{}", binned.total());
    }

    #[test]
    fn rare_categories_share_the_first_bin_and_infinite_numbers_are_numbers() {
        let codes = vec![4, 4, 4, 4, 1, 1, 1, 0, 0, 0, 2, 3];
        let category = Feature::Category { codes, levels: 5 };
        let numbers =
            Feature::Number(vec![f64::NEG_INFINITY, f64::INFINITY, 1.0, -1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 3.0, 3.0, 3.0]);
        let features = Features { names: vec!["c".into(), "n".into()], rows: 12, columns: vec![category, numbers] };
        let binned = Binner::learn(&features).bin(&features);
        assert_eq!(binned.row(0)[0], 1);
        assert_eq!((binned.row(10)[0], binned.row(11)[0]), (0, 0));
        assert!(binned.row(0)[1] < binned.row(1)[1]);
    }
}
