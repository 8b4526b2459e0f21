//! The outcomes of one column for itself: its pieces and that a value is missing.

use crate::{Draws, Encoded, FittedTransform, Seed};

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

    /// The distribution in which each piece is as likely as any other, and a missing value as likely as before.
    pub(crate) fn even(&self) -> Self {
        let missing = self.chance(self.pieces());
        let each = (1.0 - missing) / self.pieces() as f64;
        Self::new(std::iter::repeat_n(each, self.pieces()).chain([missing]))
    }

    /// So many rows, each for itself.
    pub(crate) fn encoded(&self, rows: usize, draws: &mut Draws) -> Encoded {
        let (pieces, positions) = (0..rows).map(|_| (self.draw(draws), draws.uniform())).unzip();
        Encoded { pieces, positions }
    }

    /// Gives a value to every gap, each column for itself.
    pub(crate) fn fill(columns: &[Self], rows: &mut [Encoded], gaps: &[Vec<bool>], seed: Seed) {
        for (at, (column, gaps)) in rows.iter_mut().zip(gaps).enumerate() {
            let present = columns[at].present();
            let mut draws = seed.numbered(at as u64).draws();
            for row in (0..gaps.len()).filter(|&row| gaps[row]) {
                column.pieces[row] = present.draw(&mut draws);
                column.positions[row] = draws.uniform();
            }
        }
    }

    fn total(&self) -> f64 {
        self.sums.last().copied().unwrap_or(0.0)
    }
}
