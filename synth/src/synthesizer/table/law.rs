//! The joint law of a table's columns in pieces: the one thing in which synthesizers differ.

use std::fmt;

use super::BLOCK;
use crate::{Draws, Encoded, Section, Seed, SynthError};

/// What is known of every row that is to be drawn.
#[derive(Debug, Clone, Default)]
pub(crate) struct Given {
    /// For each column that is bound by a condition, which outcomes can satisfy it: one entry per piece, and a last one
    /// for a missing value. Empty when nothing is known.
    pub(crate) allowed: Vec<Option<Vec<bool>>>,
}

impl Given {
    /// The outcomes that a column may have, or none when it may have any.
    pub(crate) fn of(&self, column: usize) -> Option<&[bool]> {
        self.allowed.get(column)?.as_deref()
    }
}

/// The joint law of encoded columns, as a synthesizer learned it. Columns are in the order of the transforms it was
/// learned with.
pub(crate) trait Law: fmt::Debug + Send + Sync {
    /// Draws [`BLOCK`] rows: one [`Encoded`] per column, with [`Encoded::MISSING`] where a value is missing and a
    /// position from 0 to 1 within the piece. Nothing but the seed and `given` may decide them.
    ///
    /// Under a condition a law may draw from its law under that condition, or leave out those of its rows that break it (it
    /// then gives fewer than [`BLOCK`]), or ignore `given`: rows that satisfy less than the whole condition are thrown away
    /// afterwards. It must not favour some of the rows that satisfy it over others.
    fn draw(&self, given: &Given, seed: Seed) -> Vec<Encoded>;

    /// Gives a value to every cell for which `gaps` is true (one flag per column and row), drawn from the law under the
    /// condition of the row's other cells; the value is never missing where the column has pieces. A cell that is no gap
    /// is left as it is: missing where it is missing.
    ///
    /// The default draws a sample and takes the cells of those of its rows that are nearest on the cells that are known.
    fn complete(&self, rows: &mut [Encoded], gaps: &[Vec<bool>], seed: Seed) {
        hot_deck(self, rows, gaps, seed);
    }

    /// Writes what it knows.
    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError>;
}

/// Draws a place with a chance in proportion to its weight. Weights are not negative; the last place with a weight when
/// rounding runs past the end, and 0 when there is none.
pub(crate) fn pick(weights: &[f64], draws: &mut Draws) -> usize {
    let mut left = draws.uniform() * weights.iter().sum::<f64>();
    let mut last = 0;
    for (place, &weight) in weights.iter().enumerate() {
        if weight > 0.0 {
            last = place;
            if left < weight {
                return place;
            }
            left -= weight;
        }
    }
    last
}

/// Fills gaps with the cells of donors: rows drawn from the law, of which one is taken at random among the nearest few on
/// the cells that are known. Near means few differing pieces (an unequal piece counts 1 in a column whose pieces have no
/// order; here every column is compared by equality of pieces and by the distance between them over their number).
pub(crate) fn hot_deck<L: Law + ?Sized>(law: &L, rows: &mut [Encoded], gaps: &[Vec<bool>], seed: Seed) {
    const BLOCKS: u64 = 4;
    const NEAREST: usize = 5;
    let blocks: Vec<Vec<Encoded>> =
        (0..BLOCKS).map(|at| law.draw(&Given::default(), seed.named("donors").numbered(at))).collect();
    let widths: Vec<f64> = (0..rows.len())
        .map(|column| {
            let pieces =
                blocks.iter().flat_map(|block| &block[column].pieces).filter(|&&piece| piece != Encoded::MISSING);
            f64::from(pieces.max().map_or(1, |&most| most + 1))
        })
        .collect();
    let mut draws = seed.named("choice").draws();
    for row in 0..gaps.first().map_or(0, Vec::len) {
        if !gaps.iter().any(|column| column[row]) {
            continue;
        }
        let mut scored: Vec<(f64, usize, usize)> = Vec::with_capacity(blocks.len() * BLOCK);
        for (at, block) in blocks.iter().enumerate() {
            for donor in 0..BLOCK {
                let lacks = |column: usize| gaps[column][row] && block[column].pieces[donor] == Encoded::MISSING;
                let mut distance = if (0..rows.len()).any(lacks) { 1e6 } else { 0.0 };
                for column in 0..rows.len() {
                    if !gaps[column][row] {
                        distance += apart(rows[column].pieces[row], block[column].pieces[donor], widths[column]);
                    }
                }
                scored.push((distance, at, donor));
            }
        }
        let nearest = NEAREST.min(scored.len());
        scored.select_nth_unstable_by(nearest - 1, |a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let chosen = (draws.uniform() * nearest as f64) as usize;
        scored[..nearest].sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let (_, at, donor) = scored[chosen.min(nearest - 1)];
        for column in 0..rows.len() {
            if gaps[column][row] {
                rows[column].pieces[row] = match blocks[at][column].pieces[donor] {
                    Encoded::MISSING => 0,
                    piece => piece,
                };
                rows[column].positions[row] = blocks[at][column].positions[donor];
            }
        }
    }
}

fn apart(known: u32, donor: u32, width: f64) -> f64 {
    match (known, donor) {
        (a, b) if a == b => 0.0,
        (Encoded::MISSING, _) | (_, Encoded::MISSING) => 1.0,
        (a, b) => 0.5 + 0.5 * f64::from(a.abs_diff(b)) / width,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_drawn_in_proportion_to_their_weights() {
        let mut draws = Seed::new(1).draws();
        let mut counts = [0.0_f64; 4];
        for _ in 0..40_000 {
            counts[pick(&[1.0, 0.0, 2.0, 1.0], &mut draws)] += 1.0 / 40_000.0;
        }
        for (count, share) in counts.iter().zip([0.25, 0.0, 0.5, 0.25]) {
            assert!((count - share).abs() < 0.01, "{counts:?}");
        }
        assert_eq!(pick(&[], &mut draws), 0);
    }
}
