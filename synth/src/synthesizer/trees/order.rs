//! The order in which columns are drawn: those with few outcomes first, so that wide ones are drawn given all the others.

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
