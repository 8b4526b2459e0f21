//! A column's pieces in two grains: coarse groups that tables of chances are made of, and fine groups within them.

use crate::synthesizer::table::Outcomes;
use crate::{Draws, Encoded};

/// A group holds about so many rows at least.
const FEWEST_ROWS: f64 = 15.0;
/// Coarse groups into which what is no spike is cut at the fewest, and fine groups in each coarse one.
const FEWEST_GROUPS: usize = 4;
const FINE: usize = 8;
/// Categories that stand alone at the most; the rarer ones share a group.
const MOST_CATEGORIES: usize = 40;

/// The groups of one column. The last coarse and the last fine group are that of a missing value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grouping {
    coarse_of: Vec<u32>,
    fine_of: Vec<u32>,
    /// The first fine group of each coarse one; one more at the end.
    first_fine: Vec<u32>,
    /// The pieces of each fine group, and the chances of each of them and those before it.
    members: Vec<(Vec<u32>, Vec<f64>)>,
}

impl Grouping {
    /// Groups the outcomes of a column of so many rows into about `groups`.
    pub(super) fn new(outcomes: &Outcomes, ordered: bool, rows: usize, groups: usize) -> Self {
        let masses: Vec<f64> = (0..outcomes.pieces()).map(|piece| outcomes.chance(piece)).collect();
        let total: f64 = masses.iter().sum();
        let most = ((rows as f64 / FEWEST_ROWS) as usize).clamp(1, groups);
        let coarse = if ordered { stretches(&masses, total, most) } else { frequent(&masses, total, rows) };
        let mut made = Self {
            coarse_of: vec![0; masses.len()],
            fine_of: vec![0; masses.len()],
            first_fine: vec![0],
            members: Vec::new(),
        };
        for (group, pieces) in coarse.iter().enumerate() {
            let within: Vec<f64> = pieces.iter().map(|&piece| masses[piece as usize]).collect();
            let mass: f64 = within.iter().sum();
            let enough = ((mass * rows as f64 / FEWEST_ROWS) as usize).clamp(1, FINE);
            let fine = if ordered { runs(&within, mass / enough as f64) } else { vec![(0, within.len())] };
            for (first, end) in fine {
                let members = pieces[first..end].to_vec();
                for &piece in &members {
                    made.coarse_of[piece as usize] = group as u32;
                    made.fine_of[piece as usize] = made.members.len() as u32;
                }
                let sums = within[first..end].iter().scan(0.0, |sum, mass| {
                    *sum += mass;
                    Some(*sum)
                });
                made.members.push((members, sums.collect()));
            }
            made.first_fine.push(made.members.len() as u32);
        }
        made
    }

    /// How many coarse groups there are, with that of a missing value.
    pub(super) fn coarse(&self) -> usize {
        self.first_fine.len()
    }

    /// How many fine groups there are, with that of a missing value.
    pub(super) fn fine(&self) -> usize {
        self.members.len() + 1
    }

    /// The most fine groups that a coarse one has.
    pub(super) fn most_within(&self) -> usize {
        self.first_fine.windows(2).map(|pair| (pair[1] - pair[0]) as usize).max().unwrap_or(1)
    }

    pub(super) fn coarse_of(&self, piece: u32) -> u32 {
        if piece == Encoded::MISSING { self.coarse() as u32 - 1 } else { self.coarse_of[piece as usize] }
    }

    pub(super) fn fine_of(&self, piece: u32) -> u32 {
        if piece == Encoded::MISSING { self.fine() as u32 - 1 } else { self.fine_of[piece as usize] }
    }

    /// The place of a piece's fine group within its coarse one.
    pub(super) fn place_of(&self, piece: u32) -> u32 {
        self.fine_of(piece) - self.first_fine[self.coarse_of(piece) as usize].min(self.fine_of(piece))
    }

    /// How many fine groups a coarse one has; one when it is that of a missing value.
    pub(super) fn within(&self, coarse: u32) -> u32 {
        self.first_fine.get(coarse as usize + 1).map_or(1, |end| end - self.first_fine[coarse as usize])
    }

    /// Draws a piece of the fine group at this place within a coarse one.
    pub(super) fn draw(&self, coarse: u32, place: u32, draws: &mut Draws) -> u32 {
        let fine = self.first_fine[coarse as usize] + place;
        let Some((pieces, sums)) = self.members.get(fine as usize) else { return Encoded::MISSING };
        let at = draws.uniform() * sums.last().copied().unwrap_or(0.0);
        pieces[sums.partition_point(|sum| *sum <= at).min(pieces.len() - 1)]
    }

    /// The chance of a piece within its fine group.
    pub(super) fn chance_within(&self, piece: u32) -> f64 {
        let Some((pieces, sums)) = self.members.get(self.fine_of(piece) as usize) else { return 1.0 };
        let at = pieces.iter().position(|member| *member == piece).unwrap_or(0);
        let before = if at > 0 { sums[at - 1] } else { 0.0 };
        (sums[at] - before) / sums.last().copied().unwrap_or(1.0).max(f64::MIN_POSITIVE)
    }
}

/// Ordered pieces: spikes alone, the rest in stretches of about equal mass.
fn stretches(masses: &[f64], total: f64, groups: usize) -> Vec<Vec<u32>> {
    let spike = |mass: f64| mass * groups as f64 >= total;
    let spikes: Vec<f64> = masses.iter().copied().filter(|mass| spike(*mass)).collect();
    let rest = total - spikes.iter().sum::<f64>();
    let share = rest / groups.saturating_sub(spikes.len()).max(FEWEST_GROUPS.min(groups)) as f64;
    let mut made: Vec<Vec<u32>> = Vec::new();
    let (mut open, mut mass): (Vec<u32>, f64) = (Vec::new(), 0.0);
    for (piece, &one) in masses.iter().enumerate() {
        if spike(one) && groups > 1 {
            if !open.is_empty() {
                made.push(std::mem::take(&mut open));
            }
            made.push(vec![piece as u32]);
            mass = 0.0;
            continue;
        }
        open.push(piece as u32);
        mass += one;
        if mass >= share * (1.0 - 1e-9) {
            made.push(std::mem::take(&mut open));
            mass = 0.0;
        }
    }
    if !open.is_empty() {
        made.push(open);
    }
    made
}

/// Pieces without an order: the frequent ones alone, the others together.
fn frequent(masses: &[f64], total: f64, rows: usize) -> Vec<Vec<u32>> {
    let mut order: Vec<u32> = (0..masses.len() as u32).collect();
    order.sort_by(|a, b| masses[*b as usize].total_cmp(&masses[*a as usize]).then(a.cmp(b)));
    let is_frequent = |piece: &u32| masses[*piece as usize] * rows as f64 >= FEWEST_ROWS * total.min(1.0);
    let alone = order.iter().take(MOST_CATEGORIES).take_while(|piece| is_frequent(piece)).count();
    let mut made: Vec<Vec<u32>> = order[..alone].iter().map(|piece| vec![*piece]).collect();
    if alone < order.len() {
        made.push(order[alone..].to_vec());
    }
    made
}

/// Runs of about this mass each, from the first to the one after the last.
fn runs(masses: &[f64], share: f64) -> Vec<(usize, usize)> {
    let (mut made, mut first, mut mass) = (Vec::new(), 0, 0.0);
    for (at, one) in masses.iter().enumerate() {
        mass += one;
        if mass >= share * (1.0 - 1e-9) || at + 1 == masses.len() {
            made.push((first, at + 1));
            (first, mass) = (at + 1, 0.0);
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spikes_stand_alone_and_every_piece_has_a_place() {
        let mut masses = vec![0.5];
        masses.extend([0.005; 100]);
        let groups = stretches(&masses, 1.0, 12);
        assert_eq!(groups[0], [0]);
        assert_eq!(groups.iter().map(Vec::len).sum::<usize>(), 101);
        assert!((10..=13).contains(&groups.len()), "{}", groups.len());
        assert_eq!(stretches(&[1.0], 1.0, 12), [[0]]);
        assert_eq!(frequent(&[0.1, 0.6, 0.3], 1.0, 1000), [[1], [2], [0]]);
        assert_eq!(frequent(&[0.001, 0.6, 0.001, 0.398], 1.0, 1000), [vec![1], vec![3], vec![0, 2]]);
        assert_eq!(runs(&[1.0, 1.0, 1.0, 1.0], 2.0), [(0, 2), (2, 4)]);
    }
}
