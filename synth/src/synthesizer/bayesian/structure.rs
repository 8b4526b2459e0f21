//! Which columns each column depends on: an order along the strongest dependencies, and greedy parents within it.
//!
//! The order is that in which Prim's algorithm grows a maximum spanning tree of mutual information (Chow and Liu 1968).
//! Each column then takes, one after another, those of the earlier columns as parents (K2, Cooper and Herskovits 1992)
//! that most raise the likelihood of each row's value given all other rows, under the chances of [`super::chain`]; it
//! stops when nothing is gained.

use std::borrow::Cow;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::chain::{Chain, STRENGTHS};
use super::grouping::Grouping;
use crate::{Encoded, Progress, SynthError};

/// Earlier columns that are tried as parents: those with the most mutual information.
const CANDIDATES: usize = 10;
/// The most cells of a table that is counted.
const MOST_CELLS: usize = 1 << 21;
/// Rows times pairs of columns from which mutual information is measured.
const PAIR_WORK: usize = 1 << 29;
/// Columns that decide the fine group at the most.
const MOST_FINE_PARENTS: usize = 2;
/// The strength by which candidates are compared.
const USUAL_STRENGTH: f64 = 4.0;

/// A group of an earlier column on which something depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Parent {
    pub(super) column: usize,
    /// Whether it is the fine group that counts, or only the coarse one.
    pub(super) fine: bool,
}

impl Parent {
    /// How many groups it has.
    pub(super) fn size(self, groupings: &[Grouping]) -> usize {
        let grouping = &groupings[self.column];
        if self.fine { grouping.fine() } else { grouping.coarse() }
    }

    /// The group of a piece.
    pub(super) fn group(self, groupings: &[Grouping], piece: u32) -> u32 {
        let grouping = &groupings[self.column];
        if self.fine { grouping.fine_of(piece) } else { grouping.coarse_of(piece) }
    }
}

/// What one column depends on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    /// What decides the coarse group, in the order of their worth.
    pub(super) parents: Vec<Parent>,
    pub(super) coarse: Chain,
    /// What decides the fine group within the coarse one; none where each coarse group has one.
    pub(super) fine: Option<Fine>,
}

/// What decides a column's fine group: its coarse one, then its parents.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fine {
    pub(super) parents: Vec<Parent>,
    pub(super) chain: Chain,
}

/// The structure of a network.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Structure {
    pub(super) order: Vec<usize>,
    /// By column.
    pub(super) nodes: Vec<Node>,
}

/// Learns the structure from these rows, and the chances from all.
pub(super) fn learn(
    groupings: &[Grouping],
    encoded: &[Encoded],
    chosen: &[usize],
    most_parents: usize,
    progress: &Progress,
) -> Result<Structure, SynthError> {
    let code = |(grouping, column): (&Grouping, &Encoded)| -> Vec<u32> {
        chosen.iter().map(|&row| grouping.coarse_of(column.pieces[row])).collect()
    };
    let codes: Vec<Vec<u32>> = groupings.par_iter().zip(encoded).map(code).collect();
    progress.report(Some(0.3), "Measuring how the columns depend on each other");
    let informed = information(groupings, &codes, progress)?;
    let order = spanning_order(&informed);
    progress.report(Some(0.5), "Choosing what each column depends on");
    let learner = Learner { groupings, encoded, chosen, codes: &codes, informed: &informed, most_parents };
    let nodes = (0..order.len())
        .into_par_iter()
        .map(|place| {
            progress.check()?;
            Ok((order[place], learner.node(order[place], &order[..place])))
        })
        .collect::<Result<Vec<_>, SynthError>>()?;
    let mut by_column: Vec<Option<Node>> = vec![None; order.len()];
    for (column, node) in nodes {
        by_column[column] = node;
    }
    let nodes: Option<Vec<Node>> = by_column.into_iter().collect();
    let nodes = nodes.ok_or(SynthError::TooFewRows { needed: 1, found: 0 })?;
    Ok(Structure { order, nodes })
}

/// The mutual information of each pair of columns in nats, less what chance alone gives: (a-1)(b-1)/2n (Miller 1955).
fn information(groupings: &[Grouping], codes: &[Vec<u32>], progress: &Progress) -> Result<Vec<Vec<f64>>, SynthError> {
    let columns = codes.len();
    let rows = codes.first().map_or(0, Vec::len);
    let most = (PAIR_WORK / (columns * columns / 2).max(1)).max(1000).min(rows);
    let step = rows.div_ceil(most.max(1)).max(1);
    let pair = |a: usize, b: usize| {
        let (wide, high) = (groupings[a].coarse(), groupings[b].coarse());
        let mut counts = vec![0_u32; wide * high];
        let mut taken = 0;
        for row in (0..rows).step_by(step) {
            counts[codes[a][row] as usize * high + codes[b][row] as usize] += 1;
            taken += 1;
        }
        let across: Vec<u32> = counts.chunks(high).map(|line| line.iter().sum()).collect();
        let down: Vec<u32> = (0..high).map(|at| counts.iter().skip(at).step_by(high).sum()).collect();
        let taken = f64::from(taken);
        let term = |(at, &count): (usize, &u32)| {
            let expected = f64::from(across[at / high]) * f64::from(down[at % high]) / taken;
            if count == 0 { 0.0 } else { f64::from(count) * (f64::from(count) / expected).ln() }
        };
        let seen = |sums: &[u32]| sums.iter().filter(|&&sum| sum > 0).count().saturating_sub(1) as f64;
        counts.iter().enumerate().map(term).sum::<f64>() / taken - seen(&across) * seen(&down) / (2.0 * taken)
    };
    let lines = (0..columns).into_par_iter().map(|a| {
        progress.check()?;
        Ok((0..a).map(|b| pair(a, b).max(0.0)).collect::<Vec<f64>>())
    });
    let lines = lines.collect::<Result<Vec<_>, SynthError>>()?;
    let at = |a: usize, b: usize| match a.cmp(&b) {
        std::cmp::Ordering::Greater => lines[a][b],
        std::cmp::Ordering::Less => lines[b][a],
        std::cmp::Ordering::Equal => 0.0,
    };
    Ok((0..columns).map(|a| (0..columns).map(|b| at(a, b)).collect()).collect())
}

/// The column that tells most about the others, then again and again the one that is told most about by one before it.
fn spanning_order(informed: &[Vec<f64>]) -> Vec<usize> {
    let columns = informed.len();
    let mut best: Vec<f64> = informed.iter().map(|line| line.iter().sum::<f64>() * 1e-9).collect();
    let mut left: Vec<usize> = (0..columns).collect();
    let mut order = Vec::with_capacity(columns);
    while let Some(at) = (0..left.len()).reduce(|a, b| if best[left[b]] > best[left[a]] { b } else { a }) {
        let next = left.remove(at);
        order.push(next);
        for &column in &left {
            best[column] = best[column].max(informed[column][next]);
        }
    }
    order
}

struct Learner<'a> {
    groupings: &'a [Grouping],
    encoded: &'a [Encoded],
    chosen: &'a [usize],
    codes: &'a [Vec<u32>],
    informed: &'a [Vec<f64>],
    most_parents: usize,
}

impl Learner<'_> {
    fn node(&self, column: usize, earlier: &[usize]) -> Option<Node> {
        let informed = &self.informed[column];
        let mut near: Vec<usize> = earlier.iter().copied().filter(|&other| informed[other] > 0.0).collect();
        near.sort_by(|&a, &b| informed[b].total_cmp(&informed[a]).then(a.cmp(&b)));
        near.truncate(CANDIDATES);
        let refined = |column: &usize| self.groupings[*column].fine() > self.groupings[*column].coarse();
        let coarse = near.iter().map(|&column| Parent { column, fine: false });
        let fine = near.iter().copied().filter(refined).map(|column| Parent { column, fine: true });
        let candidates: Vec<Parent> = coarse.chain(fine).collect();

        let grouping = &self.groupings[column];
        let own = Parent { column, fine: false };
        let mut search = Search::new(&self.codes[column], grouping.coarse());
        let parents = self.choose(&mut search, &candidates, self.most_parents);
        let cells = self.count(&parents, grouping.coarse(), |piece| grouping.coarse_of(piece), column);
        let coarse = Chain::new(self.sizes(&parents), grouping.coarse(), search.strengths, cells)?;
        if grouping.most_within() == 1 {
            return Some(Node { parents, coarse, fine: None });
        }
        let places: Vec<u32> =
            self.chosen.iter().map(|&row| grouping.place_of(self.encoded[column].pieces[row])).collect();
        let mut search = Search::new(&places, grouping.most_within());
        search.take(&self.codes[column], grouping.coarse(), true);
        let chosen = self.choose(&mut search, &candidates, self.most_parents.min(MOST_FINE_PARENTS));
        let conditions: Vec<Parent> = std::iter::once(own).chain(chosen.iter().copied()).collect();
        let cells = self.count(&conditions, grouping.most_within(), |piece| grouping.place_of(piece), column);
        let chain = Chain::new(self.sizes(&conditions), grouping.most_within(), search.strengths, cells)?;
        Some(Node { parents, coarse, fine: Some(Fine { parents: chosen, chain }) })
    }

    /// Takes the best candidates one after another, as long as they gain.
    fn choose(&self, search: &mut Search<'_>, candidates: &[Parent], most: usize) -> Vec<Parent> {
        let mut taken: Vec<Parent> = Vec::new();
        let distinct = |taken: &[Parent]| {
            let mut columns: Vec<usize> = taken.iter().map(|parent| parent.column).collect();
            columns.sort_unstable();
            columns.dedup();
            columns
        };
        loop {
            let columns = distinct(&taken);
            let useful = |parent: &Parent| {
                let known = taken.iter().any(|other| other.column == parent.column && (other.fine || !parent.fine));
                !known && (columns.len() < most || columns.contains(&parent.column))
            };
            let scored = candidates.iter().copied().filter(useful).filter_map(|parent| {
                let score = search.score(&self.codes_of(parent), parent.size(self.groupings), USUAL_STRENGTH)?;
                Some((score, parent))
            });
            let Some((_, best)) = scored.reduce(|a, b| if b.0 > a.0 { b } else { a }) else { return taken };
            if !search.take(&self.codes_of(best), best.size(self.groupings), false) {
                return taken;
            }
            taken.push(best);
        }
    }

    fn sizes(&self, parents: &[Parent]) -> Vec<usize> {
        parents.iter().map(|parent| parent.size(self.groupings)).collect()
    }

    /// The groups of the chosen rows.
    fn codes_of(&self, parent: Parent) -> Cow<'_, [u32]> {
        if !parent.fine {
            return Cow::Borrowed(&self.codes[parent.column]);
        }
        let pieces = &self.encoded[parent.column].pieces;
        Cow::Owned(self.chosen.iter().map(|&row| parent.group(self.groupings, pieces[row])).collect())
    }

    /// How many of all rows fall into each cell of the conditions and a column's value, ascending.
    fn count(
        &self,
        conditions: &[Parent],
        values: usize,
        value: impl Fn(u32) -> u32,
        column: usize,
    ) -> Vec<(u64, u64)> {
        let key = |row: usize| {
            let piece = |column: usize| self.encoded[column].pieces[row];
            let key = conditions.iter().fold(0, |key, parent| {
                let group = parent.group(self.groupings, piece(parent.column));
                key * parent.size(self.groupings) as u64 + u64::from(group)
            });
            key * values as u64 + u64::from(value(piece(column)))
        };
        let mut keys: Vec<u64> = (0..self.encoded[column].pieces.len()).map(key).collect();
        keys.sort_unstable();
        keys.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u64)).collect()
    }
}

/// The greedy choice of conditions for one variable, by how likely each row's value is given the other rows.
struct Search<'a> {
    values: &'a [u32],
    kinds: usize,
    /// The number of each row's combination of conditions, and how many there are.
    combined: Vec<u32>,
    combinations: usize,
    /// The chance of a value under a combination, for one of the rows that has it given all others.
    chances: Vec<f64>,
    score: f64,
    strengths: Vec<f64>,
}

impl<'a> Search<'a> {
    fn new(values: &'a [u32], kinds: usize) -> Self {
        let mut counts = vec![0.0; kinds];
        for &value in values {
            counts[value as usize] += 1.0;
        }
        let others = values.len() as f64 - 1.0 + 0.5 * kinds as f64;
        let chances: Vec<f64> = counts.iter().map(|count: &f64| ((count - 1.0).max(0.0) + 0.5) / others).collect();
        let score = counts.iter().zip(&chances).map(|(count, chance)| count * chance.ln()).sum();
        Self { values, kinds, combined: vec![0; values.len()], combinations: 1, chances, score, strengths: Vec::new() }
    }

    /// The rows in each cell of combination, condition and value; none when there are too many cells.
    fn counts(&self, codes: &[u32], size: usize) -> Option<Vec<u32>> {
        let cells = self.combinations.checked_mul(size)?.checked_mul(self.kinds)?;
        if cells > MOST_CELLS {
            return None;
        }
        let mut counts = vec![0_u32; cells];
        for ((&combined, &code), &value) in self.combined.iter().zip(codes).zip(self.values) {
            counts[(combined as usize * size + code as usize) * self.kinds + value as usize] += 1;
        }
        Some(counts)
    }

    fn score(&self, codes: &[u32], size: usize, strength: f64) -> Option<f64> {
        Some(self.score_of(&self.counts(codes, size)?, size, strength))
    }

    fn score_of(&self, counts: &[u32], size: usize, strength: f64) -> f64 {
        let line = |(at, line): (usize, &[u32])| {
            let rows: u32 = line.iter().sum();
            if rows == 0 {
                return 0.0;
            }
            let before = &self.chances[at / size * self.kinds..];
            let of = |(&count, before): (&u32, &f64)| {
                let chance = (f64::from(count) - 1.0 + strength * before) / (f64::from(rows) - 1.0 + strength);
                if count == 0 { 0.0 } else { f64::from(count) * chance.ln() }
            };
            line.iter().zip(before).map(of).sum::<f64>()
        };
        counts.chunks(self.kinds).enumerate().map(line).sum()
    }

    /// Takes a condition when it gains more than chance would, or `always`; whether it did.
    fn take(&mut self, codes: &[u32], size: usize, always: bool) -> bool {
        let Some(counts) = self.counts(codes, size) else { return false };
        let scores = STRENGTHS.map(|strength| (self.score_of(&counts, size, strength), strength));
        let (score, strength) = scores.into_iter().fold(scores[0], |a, b| if b.0 > a.0 { b } else { a });
        if !always && score - self.score <= (self.values.len() as f64).ln() {
            return false;
        }
        let mut numbers = vec![u32::MAX; self.combinations * size];
        let mut chances = Vec::new();
        let mut combinations = 0;
        for (at, line) in counts.chunks(self.kinds).enumerate() {
            let rows: u32 = line.iter().sum();
            if rows > 0 {
                numbers[at] = combinations;
                combinations += 1;
                let before = &self.chances[at / size * self.kinds..];
                chances.extend(line.iter().zip(before).map(|(&count, before)| {
                    ((f64::from(count) - 1.0).max(0.0) + strength * before) / (f64::from(rows) - 1.0 + strength)
                }));
            }
        }
        for (combined, &code) in self.combined.iter_mut().zip(codes) {
            *combined = numbers[*combined as usize * size + code as usize];
        }
        (self.combinations, self.chances, self.score) = (combinations as usize, chances, score);
        self.strengths.push(strength);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_taken_when_it_tells_something() {
        let values: Vec<u32> = (0..600).map(|row| row / 3 % 2).collect();
        let same: Vec<u32> =
            values.iter().enumerate().map(|(row, value)| if row % 10 == 0 { 0 } else { *value }).collect();
        let noise: Vec<u32> = (0..600).map(|row| (row * 7919 % 613) % 4).collect();
        let mut search = Search::new(&values, 2);
        assert!(search.score(&same, 2, 4.0) > search.score(&noise, 4, 4.0));
        assert!(!search.take(&noise, 4, false));
        assert!(search.take(&same, 2, false));
        assert_eq!((search.combinations, search.strengths.len()), (2, 1));
        assert!(!search.take(&noise, 4, false));
    }

    #[test]
    fn the_order_follows_the_strongest_dependencies() {
        let informed = vec![
            vec![0.0, 0.1, 0.0, 0.9],
            vec![0.1, 0.0, 0.5, 0.2],
            vec![0.0, 0.5, 0.0, 0.0],
            vec![0.9, 0.2, 0.0, 0.0],
        ];
        assert_eq!(spanning_order(&informed), [3, 0, 1, 2]);
        assert!(spanning_order(&[]).is_empty());
    }
}
