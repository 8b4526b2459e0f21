//! Columns in a few bins each: what trees split on, and the classes of an outcome that they tell apart.

use crate::{Encoded, FittedTransform};

/// The most bins of a column, with that of a missing value.
pub(super) const MOST_BINS: usize = 255;
/// Bins of a column whose pieces have an order.
const ORDERED_BINS: usize = 64;
/// Classes of an outcome whose pieces have an order, and of one whose pieces have none.
const ORDERED_CLASSES: usize = 16;
const CLASSES: usize = 32;

/// How a column's pieces are put together. The last group is that of a missing value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Groups {
    of_piece: Vec<u8>,
    count: usize,
    ordered: bool,
}

impl Groups {
    /// The bins on which trees split.
    pub(super) fn bins(transform: &dyn FittedTransform) -> Self {
        Self::new(transform, if transform.ordered() { ORDERED_BINS } else { MOST_BINS })
    }

    /// The classes that are told apart when the column is the outcome.
    pub(super) fn classes(transform: &dyn FittedTransform) -> Self {
        Self::new(transform, if transform.ordered() { ORDERED_CLASSES } else { CLASSES })
    }

    fn new(transform: &dyn FittedTransform, most: usize) -> Self {
        let masses = transform.masses();
        let present = most - 1;
        let ordered = transform.ordered();
        let of_piece: Vec<u8> = if masses.len() <= present {
            (0..masses.len()).map(|piece| piece as u8).collect()
        } else if ordered {
            runs(masses, present)
        } else {
            frequent(masses, present)
        };
        let groups = of_piece.iter().max().map_or(1, |&last| usize::from(last) + 1) + 1;
        Self { of_piece, count: groups, ordered }
    }

    /// How many groups there are, with that of a missing value.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Whether the groups are in the order of their values.
    pub(super) fn ordered(&self) -> bool {
        self.ordered
    }

    /// The group of a piece. A column that is not modelled has one piece.
    pub(super) fn of(&self, piece: u32) -> u8 {
        if piece == Encoded::MISSING {
            (self.count - 1) as u8
        } else {
            self.of_piece.get(piece as usize).copied().unwrap_or(0)
        }
    }

    /// The group of each row.
    pub(super) fn rows(&self, column: &Encoded) -> Vec<u8> {
        column.pieces.iter().map(|&piece| self.of(piece)).collect()
    }
}

/// Neighbouring pieces in at most so many groups of about equal mass; a piece of more than a group's mass is alone.
fn runs(masses: &[f64], most: usize) -> Vec<u8> {
    let fill = 1.0 / (most / 2) as f64;
    let heavy = |mass: f64| mass >= fill;
    let alone = masses.iter().filter(|&&mass| heavy(mass)).count();
    let light: f64 = masses.iter().filter(|&&mass| !heavy(mass)).sum();
    let room = (most.saturating_sub(2 * alone + 1)).max(1);
    let target = light / room as f64;
    let (mut group, mut filled, mut groups) = (0_usize, 0.0, Vec::with_capacity(masses.len()));
    for (at, &mass) in masses.iter().enumerate() {
        let before_heavy = at > 0 && heavy(masses[at - 1]);
        if at > 0 && (heavy(mass) || before_heavy || filled + mass / 2.0 > target) {
            group = (group + 1).min(most - 1);
            filled = 0.0;
        }
        filled += mass;
        groups.push(group as u8);
    }
    groups
}

/// The most frequent pieces each in a group of its own, the rest in one.
fn frequent(masses: &[f64], most: usize) -> Vec<u8> {
    let mut order: Vec<usize> = (0..masses.len()).collect();
    order.sort_by(|&a, &b| masses[b].total_cmp(&masses[a]).then(a.cmp(&b)));
    let mut groups = vec![(most - 1) as u8; masses.len()];
    for (group, &piece) in order.iter().take(most - 1).enumerate() {
        groups[piece] = group as u8;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_put_together_and_spikes_stay_alone() {
        let mut masses = vec![0.5 / 299.0; 300];
        masses[0] = 0.5;
        let groups = runs(&masses, 63);
        assert_eq!(groups[0], 0);
        assert!(groups[1..].iter().all(|&group| group > 0 && group < 63));
        assert!(groups.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(groups.iter().max().is_some_and(|&last| last > 40));
    }

    #[test]
    fn rare_categories_share_a_group() {
        let masses: Vec<f64> = (0..300).map(|at| f64::from(300 - at) / 45_150.0).collect();
        let groups = frequent(&masses, 31);
        assert_eq!((groups[0], groups[29], groups[30], groups[299]), (0, 29, 30, 30));
    }
}
