//! A column of the real and of the synthetic table side by side: shares of the same bins or categories.

use rayon::prelude::*;
use serde::Serialize;

use crate::metric::{Compared, Role, Side, Tables};
use crate::types::ColumnType;
use crate::values::{Values, restore};

/// The most bars of a chart, missing values and the rest aside.
const BARS: usize = 24;
/// The most categories, before the others share a bar.
const CATEGORIES: usize = 12;
/// The shares at which the axis of a measured column ends, so that a few large values do not squeeze the others.
const ENDS: [f64; 2] = [0.005, 0.995];

/// One column's distributions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overlay {
    /// The column.
    pub column: String,
    /// What it holds, in a word.
    pub kind: &'static str,
    /// The bins or categories, in order.
    pub bars: Vec<Bar>,
    /// Its shape's score, from 0 to 1.
    pub score: Option<f64>,
}

/// The shares of one bin or category.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bar {
    /// What the bar stands for: a category, a value, the bounds of a bin.
    pub label: String,
    /// The share of the real rows.
    pub real: f64,
    /// The share of the synthetic rows.
    pub synthetic: f64,
}

impl Overlay {
    /// The overlays of all columns that are compared value by value.
    pub(super) fn all(tables: &Tables<'_>) -> Vec<Self> {
        let columns: Vec<&Compared> = tables.columns.iter().filter(|column| column.role() != Role::Other).collect();
        columns.into_par_iter().map(Self::of).collect()
    }

    fn of(column: &Compared) -> Self {
        let cells = match column.role() {
            Role::Category => categories(column),
            _ if column.levels.len() <= BARS => levels(column),
            _ => bins(column),
        };
        let rows = |side: Side| column.codes(side).len().max(1) as f64;
        let sides = [Side::Real, Side::Synthetic].map(|side| {
            let mut shares = vec![0.0; cells.labels.len()];
            for (level, count) in column.counts(side).into_iter().enumerate() {
                shares[cells.of_level[level]] += count as f64 / rows(side);
            }
            (shares, column.missing(side) as f64 / rows(side))
        });
        let [(real, real_missing), (synthetic, synthetic_missing)] = sides;
        let mut bars: Vec<Bar> = cells
            .labels
            .into_iter()
            .zip(real.into_iter().zip(synthetic))
            .map(|(label, (real, synthetic))| Bar { label, real, synthetic })
            .collect();
        if real_missing + synthetic_missing > 0.0 {
            bars.push(Bar { label: "missing".to_owned(), real: real_missing, synthetic: synthetic_missing });
        }
        Self { column: column.name.clone(), kind: column.about.kind.name(), bars, score: None }
    }

    /// The bar whose shares differ most.
    #[must_use]
    pub fn worst(&self) -> Option<&Bar> {
        let gap = |bar: &Bar| (bar.real - bar.synthetic).abs();
        self.bars.iter().max_by(|a, b| gap(a).total_cmp(&gap(b)))
    }
}

struct Cells {
    of_level: Vec<usize>,
    labels: Vec<String>,
}

fn levels(column: &Compared) -> Cells {
    let labels = written(column, column.levels.clone());
    Cells { of_level: (0..labels.len()).collect(), labels }
}

fn categories(column: &Compared) -> Cells {
    let counts = column.counts(Side::Real);
    let mut order: Vec<usize> = (0..counts.len()).collect();
    let twins = column.counts(Side::Synthetic);
    order.sort_by_key(|&level| (std::cmp::Reverse((counts[level], twins[level])), level));
    let kept = if order.len() <= CATEGORIES + 1 { order.len() } else { CATEGORIES };
    let places = order[..kept].iter().map(|&level| level as u32);
    let mut labels = written(column, column.levels.gather(places));
    if order.len() > kept {
        labels.push(format!("{} others", order.len() - kept));
    }
    let mut of_level = vec![kept; order.len()];
    order[..kept].iter().enumerate().for_each(|(bar, &level)| of_level[level] = bar);
    Cells { of_level, labels }
}

/// Bins of a round width; the first and the last are open.
fn bins(column: &Compared) -> Cells {
    let numbers = column.level_numbers();
    let counts = column.counts(Side::Real);
    let total: usize = counts.iter().sum();
    let finite = || numbers.iter().copied().filter(|number| number.is_finite());
    let quantile = |share: f64| {
        let mut below = 0;
        let level = counts.iter().position(|count| {
            below += count;
            below as f64 >= share * total as f64 && *count > 0
        });
        level.map(|level| numbers[level]).filter(|number| number.is_finite())
    };
    let ends = ENDS.map(quantile);
    let (mut low, mut high) = (ends[0].unwrap_or(0.0), ends[1].unwrap_or(0.0));
    if low >= high {
        (low, high) = finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
    }
    let whole = matches!(column.levels, Values::Whole(_));
    let mut width = round_up((high / BARS as f64) - (low / BARS as f64));
    if whole {
        width = width.max(1.0).round();
    }
    if !(width.is_finite() && width > 0.0) {
        let labels = vec!["all values".to_owned()];
        return Cells { of_level: vec![0; numbers.len()], labels };
    }
    let start = (low / width).floor();
    let bars = (((high / width).floor() - start) as usize + 1).min(2 * BARS);
    let edges: Vec<f64> = (0..=bars).map(|at| (start + at as f64) * width).collect();
    let bar = |number: &f64| ((number / width).floor() - start).clamp(0.0, (bars - 1) as f64) as usize;
    let of_level = numbers.iter().map(bar).collect();
    let ends = match &column.levels {
        Values::Whole(_) => written(column, Values::Whole(edges.iter().map(|&edge| edge as i128).collect())),
        _ => edges.iter().map(|&edge| plain(edge)).collect(),
    };
    let below = finite().any(|number| number < edges[0]);
    let above = finite().any(|number| number >= edges[bars]);
    let label = |at: usize| match at {
        0 if below => format!("below {}", ends[1]),
        at if at + 1 == bars && above => format!("{} or more", ends[at]),
        at => format!("{} to {}", ends[at], ends[at + 1]),
    };
    Cells { of_level, labels: (0..bars).map(label).collect() }
}

/// The next of 1, 2, 2.5 and 5 times a power of ten.
fn round_up(width: f64) -> f64 {
    let power = 10_f64.powf(width.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|step| step * power).find(|&step| step >= width * 0.999).unwrap_or(width)
}

/// A number in as few digits as tell it apart, up to six.
fn plain(number: f64) -> String {
    if number != 0.0 && !(1e-4..1e7).contains(&number.abs()) {
        return format!("{number:.3e}");
    }
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Values as the table shows them.
fn written(column: &Compared, values: Values) -> Vec<String> {
    if let Values::Float(values) = &values {
        return values.iter().map(|&value| plain(value)).collect();
    }
    let count = values.len();
    let fallback = |values: &Values| match values {
        Values::Text(values) => values.clone(),
        Values::Whole(values) => values.iter().map(ToString::to_string).collect(),
        Values::Float(values) => values.iter().map(ToString::to_string).collect(),
    };
    let plainly = fallback(&values);
    match (&column.dtype, restore(&column.name, &column.dtype, values, &vec![false; count], false)) {
        (ColumnType::String | ColumnType::Categorical { .. } | ColumnType::Enum { .. }, _) | (_, Err(_)) => plainly,
        (_, Ok(series)) => series.iter().map(|value| value.to_string()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_round_numbers() {
        assert_eq!([0.03, 0.9, 1.0, 2.1, 3.0, 7.0].map(round_up), [0.05, 1.0, 1.0, 2.5, 5.0, 10.0]);
        assert_eq!([0.1, 1500.0, 0.0, -2.25].map(plain), ["0.1", "1500", "0", "-2.25"]);
    }
}
