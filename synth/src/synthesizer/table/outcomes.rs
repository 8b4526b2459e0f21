//! The outcomes of one column for itself: its pieces and that a value is missing.

use crate::{Draws, Encoded, FittedTransform};

/// A distribution over a column's pieces, with a last place for a missing value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcomes {
    /// The chance of each outcome and of all before it.
    sums: Vec<f64>,
}

impl Outcomes {
    /// The distribution that a transform has seen. A column whose values are made anew (keys, words) has one piece.
    pub(crate) fn of(transform: &dyn FittedTransform) -> Self {
        let missing = transform.missing_rate();
        let masses = if transform.masses().is_empty() { &[1.0][..] } else { transform.masses() };
        Self::new(masses.iter().map(|mass| mass * (1.0 - missing)).chain([missing]))
    }

    fn new(chances: impl Iterator<Item = f64>) -> Self {
        let sums = chances.scan(0.0, |sum, chance| {
            *sum += chance;
            Some(*sum)
        });
        Self { sums: sums.collect() }
    }

    /// The pieces, without a missing value.
    pub(crate) fn pieces(&self) -> usize {
        self.sums.len() - 1
    }

    /// The chance of an outcome by its place; that of a missing value comes last.
    pub(crate) fn chance(&self, place: usize) -> f64 {
        self.sums[place] - if place > 0 { self.sums[place - 1] } else { 0.0 }
    }

    /// The distribution under the condition that the outcome is one of these; the same one when that leaves none.
    pub(crate) fn among(&self, allowed: &[bool]) -> Self {
        let chance = |place| if allowed.get(place).is_some_and(|allowed| *allowed) { self.chance(place) } else { 0.0 };
        let bound = Self::new((0..self.sums.len()).map(chance));
        if bound.total() > 0.0 { bound } else { self.clone() }
    }

    /// The distribution of the values that are there; of a column that never has one, that it is missing.
    pub(crate) fn present(&self) -> Self {
        let mut allowed = vec![true; self.sums.len()];
        allowed[self.pieces()] = false;
        self.among(&allowed)
    }

    /// Draws a piece, or [`Encoded::MISSING`].
    pub(crate) fn draw(&self, draws: &mut Draws) -> u32 {
        let at = draws.uniform() * self.total();
        let place = self.sums.partition_point(|sum| *sum <= at);
        if place >= self.pieces() && self.chance(self.pieces()) > 0.0 {
            Encoded::MISSING
        } else {
            place.min(self.pieces() - 1) as u32
        }
    }

    fn total(&self) -> f64 {
        self.sums.last().copied().unwrap_or(0.0)
    }
}
