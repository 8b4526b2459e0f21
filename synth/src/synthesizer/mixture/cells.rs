//! The cells of a column: its pieces in groups, and a missing value in a cell of its own. A component knows how likely
//! each cell is; which piece of the cell it is, and where in it, follows the column's own distribution.

use std::ops::Range;

use crate::{Draws, Encoded, FittedTransform};

/// One column in cells. Those of its values come first; the last one may be that of a missing value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cells {
    /// The cell of each piece.
    of_piece: Vec<u32>,
    /// The pieces by cell, each with the share of its cell that ends with it.
    pieces: Vec<(u32, f64)>,
    /// Where the pieces of each cell of values begin, and where the last one's end.
    starts: Vec<usize>,
    missing: bool,
    ordered: bool,
}

/// The shares of a column's pieces among its values; a column that is not modelled has one piece, and one without a value
/// none.
pub(super) fn masses(transform: &dyn FittedTransform) -> Vec<f64> {
    match transform.masses() {
        _ if transform.missing_rate() >= 1.0 => Vec::new(),
        [] => vec![1.0],
        masses => masses.to_vec(),
    }
}

impl Cells {
    /// The cells of a column whose pieces lie in these; none when a cell is left out.
    pub(super) fn new(transform: &dyn FittedTransform, of_piece: Vec<u32>) -> Option<Self> {
        let masses = masses(transform);
        let values = of_piece.iter().max().map_or(0, |&last| last as usize + 1);
        if of_piece.len() != masses.len() || values > masses.len() {
            return None;
        }
        let mut members = vec![Vec::new(); values];
        for (piece, &cell) in of_piece.iter().enumerate() {
            members[cell as usize].push(piece as u32);
        }
        if members.iter().any(Vec::is_empty) {
            return None;
        }
        let (mut pieces, mut starts) = (Vec::with_capacity(masses.len()), vec![0]);
        for members in members {
            let whole: f64 = members.iter().map(|&piece| masses[piece as usize]).sum();
            let mut below = 0.0;
            for piece in members {
                below += masses[piece as usize];
                pieces.push((piece, below / whole));
            }
            starts.push(pieces.len());
        }
        let missing = transform.missing_rate() > 0.0;
        let ordered = transform.ordered() && !transform.masses().is_empty();
        Some(Self { of_piece, pieces, starts, missing, ordered })
    }

    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        self.values() + usize::from(self.missing)
    }

    /// How many of them hold values.
    pub(super) fn values(&self) -> usize {
        self.starts.len() - 1
    }

    /// The cell of a missing value.
    pub(super) fn missing(&self) -> Option<usize> {
        self.missing.then(|| self.values())
    }

    pub(super) fn of_piece(&self) -> &[u32] {
        &self.of_piece
    }

    /// The cell of a piece, or none for a missing value where none was ever missing.
    pub(super) fn of(&self, piece: u32) -> Option<usize> {
        if piece == Encoded::MISSING {
            self.missing()
        } else {
            self.of_piece.get(piece as usize).map(|&cell| cell as usize)
        }
    }

    fn range(&self, cell: usize) -> Range<usize> {
        self.starts[cell]..self.starts[cell + 1]
    }

    /// For each cell the share of it that a condition allows.
    pub(super) fn allowed_shares(&self, allowed: &[bool]) -> Vec<f64> {
        let share = |cell: usize| {
            let mut below = 0.0;
            self.pieces[self.range(cell)]
                .iter()
                .map(|&(piece, end)| {
                    let share = end - below;
                    below = end;
                    if allowed[piece as usize] { share } else { 0.0 }
                })
                .sum()
        };
        let mut shares: Vec<f64> = (0..self.values()).map(share).collect();
        if self.missing {
            shares.push(f64::from(u8::from(allowed.last().copied().unwrap_or(false))));
        }
        shares
    }

    /// Draws a piece of the cell and a position in it.
    pub(super) fn draw(&self, cell: usize, draws: &mut Draws) -> (u32, f64) {
        if cell >= self.values() {
            return (Encoded::MISSING, 0.5);
        }
        let pieces = &self.pieces[self.range(cell)];
        if pieces.len() == 1 && !self.ordered {
            return (pieces[0].0, 0.5);
        }
        let chance = draws.uniform();
        let at = pieces.partition_point(|&(_, end)| end <= chance).min(pieces.len() - 1);
        let below = if at == 0 { 0.0 } else { pieces[at - 1].1 };
        let position = ((chance - below) / (pieces[at].1 - below)).clamp(0.0, 1.0);
        (pieces[at].0, if self.ordered { position } else { 0.5 })
    }

    /// Draws one of the cell's pieces that are allowed.
    pub(super) fn draw_allowed(&self, cell: usize, allowed: &[bool], draws: &mut Draws) -> (u32, f64) {
        if cell >= self.values() {
            return (Encoded::MISSING, 0.5);
        }
        let range = self.range(cell);
        let ends = &self.pieces[range.clone()];
        let weights: Vec<f64> = (0..ends.len())
            .map(|at| {
                let below = if at == 0 { 0.0 } else { ends[at - 1].1 };
                if allowed[ends[at].0 as usize] { ends[at].1 - below } else { 0.0 }
            })
            .collect();
        let at = crate::synthesizer::table::pick(&weights, draws);
        (ends[at].0, if self.ordered { draws.uniform() } else { 0.5 })
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{NamedFrom, Series};

    use super::*;
    use crate::{ColumnKind, ColumnMetadata, Seed, transform_for};

    fn letters(values: &[Option<&str>]) -> Box<dyn FittedTransform> {
        let about = ColumnMetadata::new(ColumnKind::Categorical);
        transform_for(about.kind).fit(&Series::new("letter".into(), values), &about, 1000).unwrap()
    }

    #[test]
    fn pieces_share_a_cell_by_their_masses() {
        let column = letters(&[Some("a"), Some("a"), Some("a"), Some("b"), Some("c"), None]);
        let cells = Cells::new(column.as_ref(), vec![0, 0, 1]).unwrap();
        assert_eq!((cells.len(), cells.values(), cells.missing()), (3, 2, Some(2)));
        assert_eq!((cells.of(1), cells.of(2), cells.of(Encoded::MISSING)), (Some(0), Some(1), Some(2)));
        let mut draws = Seed::new(1).draws();
        let many = (0..10_000).filter(|_| cells.draw(0, &mut draws).0 == 0).count();
        assert!((many as f64 / 10_000.0 - 0.75).abs() < 0.02, "{many}");
        assert_eq!(cells.draw(2, &mut draws).0, Encoded::MISSING);
        let shares = cells.allowed_shares(&[true, false, true, false]);
        assert!((shares[0] - 0.75).abs() < 1e-12);
        assert_eq!(shares[1..], [1.0, 0.0]);
        assert!((0..100).all(|_| cells.draw_allowed(0, &[false, true, false, false], &mut draws).0 == 1));
    }

    #[test]
    fn cells_that_do_not_fit_the_column_are_refused() {
        let column = letters(&[Some("a"), Some("b"), Some("b")]);
        assert!(Cells::new(column.as_ref(), vec![0, 1]).is_some());
        for wrong in [vec![], vec![0], vec![0, 2], vec![1, 1], vec![0, u32::MAX]] {
            assert!(Cells::new(column.as_ref(), wrong).is_none());
        }
        let empty = letters(&[None, None]);
        assert_eq!(Cells::new(empty.as_ref(), Vec::new()).unwrap().len(), 1);
    }
}
