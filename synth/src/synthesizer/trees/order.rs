//! The order in which columns are drawn, those with few outcomes first, so that wide ones are drawn given all the others;
//! and which of the columns before it a column is drawn given, when there are very many.

use super::bins::Groups;
use crate::FittedTransform;

/// The columns in the order of their entropy in bins.
pub(super) fn of(groups: &[Groups], bins: &[Vec<u8>], transforms: &[Box<dyn FittedTransform>]) -> Vec<usize> {
    let entropy = |column: usize| {
        let mut counts = vec![0_u32; groups[column].len()];
        for &bin in &bins[column] {
            counts[usize::from(bin)] += 1;
        }
        let rows = bins[column].len() as f64;
        let term =
            |&count: &u32| if count == 0 { 0.0 } else { -f64::from(count) / rows * (f64::from(count) / rows).ln() };
        counts.iter().map(term).sum::<f64>()
    };
    let mut order: Vec<(f64, usize, usize)> =
        (0..groups.len()).map(|column| (entropy(column), transforms[column].masses().len(), column)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    order.into_iter().map(|(_, _, column)| column).collect()
}

/// The most columns that a column is drawn given: the cost grows with the columns, not with their square.
const MOST_COLUMNS: usize = 30;
/// Rows on which columns are compared.
const COMPARED_ROWS: usize = 4000;

/// The columns of `before` that tell most about an outcome, in their order: by mutual information, less what chance alone
/// would show (`(bins - 1)(classes - 1) / 2n`, Miller 1955).
pub(super) fn given(before: &[usize], groups: &[Groups], bins: &[Vec<u8>], classes: &[u8], count: usize) -> Vec<usize> {
    if before.len() <= MOST_COLUMNS {
        return before.to_vec();
    }
    let stride = classes.len().div_ceil(COMPARED_ROWS);
    let information = |column: usize| {
        let mut counts = vec![0.0_f64; groups[column].len() * count];
        for (bin, class) in bins[column].iter().zip(classes).step_by(stride) {
            counts[usize::from(*bin) * count + usize::from(*class)] += 1.0;
        }
        let rows: Vec<f64> = counts.chunks(count).map(|row| row.iter().sum()).collect();
        let columns: Vec<f64> = (0..count).map(|class| counts.iter().skip(class).step_by(count).sum()).collect();
        let total: f64 = rows.iter().sum();
        let told: f64 = counts
            .iter()
            .enumerate()
            .filter(|(_, cell)| **cell > 0.0)
            .map(|(at, &cell)| cell / total * (cell * total / (rows[at / count] * columns[at % count])).ln())
            .sum();
        let filled = |sums: &[f64]| sums.iter().filter(|&&sum| sum > 0.0).count() as f64 - 1.0;
        told - filled(&rows) * filled(&columns) / (2.0 * total)
    };
    let mut ranked: Vec<(f64, usize)> =
        before.iter().enumerate().map(|(place, &column)| (information(column), place)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut chosen: Vec<usize> = ranked[..MOST_COLUMNS].iter().map(|&(_, place)| place).collect();
    chosen.sort_unstable();
    chosen.into_iter().map(|place| before[place]).collect()
}
