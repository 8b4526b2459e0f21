//! Laws that are a chain of conditional laws, one column after another: drawing rows and filling gaps in them.
//!
//! `P(x) = Π_j P(x_j | the columns before j in the order)`. Rows under a condition are drawn in order and given up at the
//! first outcome that is not allowed, which leaves the law under the condition. Gaps are filled by sampling-importance
//! resampling (Rubin 1988): candidates are drawn for the gaps in order, each is weighted by how likely it makes the known
//! cells that come after, and one is drawn in proportion to the weights.

use super::{BLOCK, Given, pick};
use crate::{Draws, Encoded, Seed};

/// Candidates for the gaps of a row.
const CANDIDATES: usize = 24;

/// A law of columns in pieces, column after column. A row is the piece of each column, [`Encoded::MISSING`] for a missing
/// value; of the columns that come later in the order it says nothing.
pub(crate) trait Sequential: Send + Sync {
    /// The columns, each once, in the order in which they are drawn.
    fn order(&self) -> &[usize];

    /// Draws a column's piece given those that the row holds before it; never a missing one when it must be `present` and
    /// the column has a piece at all.
    fn draw_one(&self, column: usize, row: &[u32], present: bool, draws: &mut Draws) -> u32;

    /// The chance of the piece that the row holds in a column, given those before it; of `present`, that of any piece.
    fn chance(&self, column: usize, row: &[u32], present: bool) -> f64;

    /// Where in its piece the value lies, given the pieces of the row up to this column.
    fn position(&self, _column: usize, _row: &[u32], draws: &mut Draws) -> f64 {
        draws.uniform()
    }
}

/// [`super::Law::draw`] of a sequential law.
pub(crate) fn draw_rows<S: Sequential + ?Sized>(law: &S, given: &Given, seed: Seed) -> Vec<Encoded> {
    let mut draws = seed.draws();
    let columns = law.order().len();
    let mut made = vec![Encoded { pieces: Vec::with_capacity(BLOCK), positions: Vec::with_capacity(BLOCK) }; columns];
    let (mut row, mut positions) = (vec![Encoded::MISSING; columns], vec![0.5; columns]);
    let allowed: Vec<Option<&[bool]>> = (0..columns).map(|column| given.of(column)).collect();
    'rows: for _ in 0..BLOCK {
        for &column in law.order() {
            let piece = law.draw_one(column, &row, false, &mut draws);
            let is_allowed = |allowed: &[bool]| match piece {
                Encoded::MISSING => allowed.last().is_none_or(|missing| *missing),
                piece => allowed.get(piece as usize).is_none_or(|piece| *piece),
            };
            if !allowed[column].is_none_or(is_allowed) {
                continue 'rows;
            }
            row[column] = piece;
            positions[column] = if piece == Encoded::MISSING { 0.5 } else { law.position(column, &row, &mut draws) };
        }
        for (column, made) in made.iter_mut().enumerate() {
            made.pieces.push(row[column]);
            made.positions.push(positions[column]);
        }
    }
    made
}

/// [`super::Law::complete`] of a sequential law.
pub(crate) fn complete_rows<S: Sequential + ?Sized>(law: &S, rows: &mut [Encoded], gaps: &[Vec<bool>], seed: Seed) {
    let mut draws = seed.draws();
    let order = law.order();
    for at in 0..gaps.first().map_or(0, Vec::len) {
        let known: Vec<u32> = rows.iter().map(|column| column.pieces[at]).collect();
        let gap: Vec<bool> = gaps.iter().map(|column| column[at]).collect();
        let Some(first) = order.iter().position(|&column| gap[column]) else { continue };
        let decided_by_the_past = order[first..].iter().all(|&column| gap[column]);
        let candidates: Vec<(Vec<u32>, f64)> = (0..if decided_by_the_past { 1 } else { CANDIDATES })
            .map(|_| {
                let (mut row, mut weight) = (known.clone(), 0.0);
                for &column in &order[first..] {
                    if gap[column] {
                        row[column] = law.draw_one(column, &row, true, &mut draws);
                    }
                    weight += law.chance(column, &row, gap[column]).max(f64::MIN_POSITIVE).ln();
                }
                (row, weight)
            })
            .collect();
        let most = candidates.iter().map(|(_, weight)| *weight).fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = candidates.iter().map(|(_, weight)| (weight - most).exp()).collect();
        let (row, _) = &candidates[pick(&weights, &mut draws)];
        for &column in &order[first..] {
            if gap[column] {
                rows[column].pieces[at] = row[column];
                rows[column].positions[at] = law.position(column, row, &mut draws);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fair coin, and a second one that shows the same side nine times in ten; a third column is always missing.
    struct Coins;

    impl Sequential for Coins {
        fn order(&self) -> &[usize] {
            &[1, 0, 2]
        }

        fn draw_one(&self, column: usize, row: &[u32], _present: bool, draws: &mut Draws) -> u32 {
            let side = draws.uniform();
            match column {
                1 => u32::from(side < 0.5),
                0 => {
                    if side < 0.9 {
                        row[1]
                    } else {
                        1 - row[1]
                    }
                }
                _ => Encoded::MISSING,
            }
        }

        fn chance(&self, column: usize, row: &[u32], present: bool) -> f64 {
            match column {
                _ if present => 1.0,
                1 => 0.5,
                0 => {
                    if row[0] == row[1] {
                        0.9
                    } else {
                        0.1
                    }
                }
                _ => 1.0,
            }
        }
    }

    fn share(column: &Encoded) -> f64 {
        column.pieces.iter().filter(|piece| **piece == 1).count() as f64 / column.pieces.len() as f64
    }

    #[test]
    fn rows_under_a_condition_have_the_law_under_it() {
        let given = Given { allowed: vec![Some(vec![false, true, false]), None, None] };
        let made = draw_rows(&Coins, &given, Seed::new(3));
        assert!((made[0].pieces.len() as f64 / BLOCK as f64 - 0.5).abs() < 0.05);
        assert!(made[0].pieces.iter().all(|piece| *piece == 1));
        assert!((share(&made[1]) - 0.9).abs() < 0.04, "{}", share(&made[1]));
    }

    #[test]
    fn gaps_before_known_cells_follow_from_them() {
        let column = |piece: u32| Encoded { pieces: vec![piece; 4000], positions: vec![0.25; 4000] };
        let mut rows = vec![column(1), column(Encoded::MISSING), column(Encoded::MISSING)];
        let gaps = vec![vec![false; 4000], vec![true; 4000], vec![false; 4000]];
        complete_rows(&Coins, &mut rows, &gaps, Seed::new(4));
        assert!((share(&rows[1]) - 0.9).abs() < 0.02, "{}", share(&rows[1]));
        assert_eq!(rows[0], column(1));
        assert_eq!(rows[2], column(Encoded::MISSING));
    }
}
