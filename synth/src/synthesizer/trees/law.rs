//! The fitted trees: rows are drawn column by column.

use super::bins::Groups;
use super::forest::{Forest, Tree, WHOLE};
use super::grow::{Node, Split};
use crate::synthesizer::table::{BLOCK, Given, Law, pick};
use crate::{Draws, Encoded, FittedTransform, Section, Seed, SynthError};

/// Candidates for the gaps of a row.
const CANDIDATES: usize = 12;
/// How often each gap is drawn again.
const SWEEPS: usize = 2;

/// The chain of conditional laws.
#[derive(Debug)]
pub(super) struct TreesLaw {
    bins: Vec<Groups>,
    /// The pieces of each column; 0 where no row has a value.
    pieces: Vec<usize>,
    /// The columns as they are drawn, each with its forest.
    chain: Vec<(usize, Forest)>,
}

impl TreesLaw {
    pub(super) fn new(transforms: &[Box<dyn FittedTransform>], chain: Vec<(usize, Forest)>) -> Self {
        let bins = transforms.iter().map(|transform| Groups::bins(transform.as_ref())).collect();
        let pieces = transforms.iter().map(|transform| transform.masses().len()).collect();
        Self { bins, pieces, chain }
    }

    /// The law in a section, or none when its parts don't fit together.
    pub(super) fn load(part: &mut Section<'_>, transforms: &[Box<dyn FittedTransform>]) -> Option<Box<dyn Law>> {
        let order: Vec<usize> = part.get("order")?;
        let mut sorted = order.clone();
        sorted.sort_unstable();
        if sorted != (0..transforms.len()).collect::<Vec<_>>() {
            return None;
        }
        let mut chain = Vec::new();
        for &column in &order {
            let part = part.section(&format!("forest.{column}"));
            let pieces = transforms[column].masses().len().max(1);
            chain.push((column, load_forest(&part, &order[..chain.len()], pieces)?));
        }
        Some(Box::new(Self::new(transforms, chain)))
    }

    /// Draws rows, leaving out those that break `given` as soon as they do.
    fn rows(&self, given: &Given, draws: &mut Draws) -> Vec<Encoded> {
        let mut made: Vec<Encoded> =
            vec![Encoded { pieces: Vec::with_capacity(BLOCK), positions: Vec::with_capacity(BLOCK) }; self.bins.len()];
        let (mut row, mut bins) = (vec![0_u32; self.bins.len()], vec![0_u8; self.bins.len()]);
        'rows: for _ in 0..BLOCK {
            for (column, forest) in &self.chain {
                let piece = forest.draw(|column| bins[column], draws);
                if let Some(allowed) = given.of(*column) {
                    let outcome = if piece == Encoded::MISSING { allowed.len() - 1 } else { piece as usize };
                    if !allowed[outcome] {
                        continue 'rows;
                    }
                }
                row[*column] = piece;
                bins[*column] = self.bins[*column].of(piece);
            }
            for (made, &piece) in made.iter_mut().zip(&row) {
                made.pieces.push(piece);
                made.positions.push(draws.uniform());
            }
        }
        made
    }

    /// One way to fill the gaps of a row in the order of the chain, and how likely the cells are that come after.
    fn candidate(&self, known: &[u32], gaps: &[bool], draws: &mut Draws) -> (Vec<u32>, f64) {
        let mut row = known.to_vec();
        let mut bins = vec![0_u8; row.len()];
        let (mut weight, mut filled) = (1.0, false);
        for (column, forest) in &self.chain {
            let at = |column: usize| bins[column];
            if gaps[*column] && self.pieces[*column] == 0 {
                row[*column] = 0;
            } else if gaps[*column] {
                filled = true;
                row[*column] =
                    (0..64).map(|_| forest.draw(at, draws)).find(|&piece| piece != Encoded::MISSING).unwrap_or(0);
            } else if filled {
                let (first, last) = self.nearby(*column, row[*column]);
                weight *= forest.chance(at, first, last).max(1e-6);
            }
            bins[*column] = self.bins[*column].of(row[*column]);
        }
        (row, weight)
    }

    /// Draws the gaps of a row again, each given all the other cells: every outcome of a column with few, else some that are
    /// drawn given the columns before, weighed by how likely they make the columns after.
    fn refine(&self, row: &mut [u32], gaps: &[bool], draws: &mut Draws) {
        let mut bins: Vec<u8> = row.iter().zip(&self.bins).map(|(&piece, bins)| bins.of(piece)).collect();
        for (place, (column, forest)) in self.chain.iter().enumerate() {
            if !gaps[*column] || self.pieces[*column] < 2 {
                continue;
            }
            let mut outcomes: Vec<(u32, f64)> = if self.pieces[*column] <= CANDIDATES {
                (0..self.pieces[*column] as u32)
                    .map(|piece| (piece, forest.chance(|column| bins[column], piece, piece).max(1e-9)))
                    .collect()
            } else {
                let drawn = (0..CANDIDATES).map(|_| forest.draw(|column| bins[column], draws));
                drawn.filter(|&piece| piece != Encoded::MISSING).map(|piece| (piece, 1.0)).collect()
            };
            for (piece, weight) in &mut outcomes {
                bins[*column] = self.bins[*column].of(*piece);
                for (later, next) in &self.chain[place + 1..] {
                    let (first, last) = self.nearby(*later, row[*later]);
                    *weight *= next.chance(|column| bins[column], first, last).max(1e-6);
                }
            }
            let weights: Vec<f64> = outcomes.iter().map(|(_, weight)| *weight).collect();
            if let Some((piece, _)) = outcomes.get(pick(&weights, draws)) {
                row[*column] = *piece;
            }
            bins[*column] = self.bins[*column].of(row[*column]);
        }
    }

    /// A piece with its neighbours where pieces are many: how likely exactly one of a thousand is says little.
    fn nearby(&self, column: usize, piece: u32) -> (u32, u32) {
        if piece == Encoded::MISSING || !self.bins[column].ordered() {
            return (piece, piece);
        }
        let reach = (self.pieces[column] / 40) as u32;
        (piece.saturating_sub(reach), (piece + reach).min(self.pieces[column].saturating_sub(1) as u32))
    }
}

impl Law for TreesLaw {
    fn draw(&self, given: &Given, seed: Seed) -> Vec<Encoded> {
        self.rows(given, &mut seed.draws())
    }

    /// By sampling and importance resampling (Rubin, 1987), then by Gibbs' sampler: gaps are drawn given the columns before
    /// them, one of the candidates is taken by how likely it makes the columns after them, and each gap is then drawn again
    /// given all the other cells.
    fn complete(&self, rows: &mut [Encoded], gaps: &[Vec<bool>], seed: Seed) {
        let mut draws = seed.draws();
        for at in 0..gaps.first().map_or(0, Vec::len) {
            let empty: Vec<bool> = gaps.iter().map(|column| column[at]).collect();
            if !empty.contains(&true) {
                continue;
            }
            let known: Vec<u32> = rows.iter().map(|column| column.pieces[at]).collect();
            let mut candidates: Vec<(Vec<u32>, f64)> =
                (0..CANDIDATES).map(|_| self.candidate(&known, &empty, &mut draws)).collect();
            let weights: Vec<f64> = candidates.iter().map(|(_, weight)| *weight).collect();
            let (mut chosen, _) = candidates.swap_remove(pick(&weights, &mut draws));
            for _ in 0..SWEEPS {
                self.refine(&mut chosen, &empty, &mut draws);
            }
            for (column, filled) in rows.iter_mut().zip(&chosen) {
                if column.pieces[at] != *filled {
                    column.pieces[at] = *filled;
                    column.positions[at] = draws.uniform();
                }
            }
        }
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("order", &self.chain.iter().map(|(column, _)| *column).collect::<Vec<_>>())?;
        for (column, forest) in &self.chain {
            let mut part = part.section(&format!("forest.{column}"));
            let trees = &forest.trees;
            let nodes = || trees.iter().flat_map(|tree| &tree.nodes);
            let codes = |of: &dyn Fn(&Node) -> u32| nodes().map(of).collect::<Vec<u32>>();
            part.put_codes("sizes", &trees.iter().map(|tree| tree.nodes.len() as u32).collect::<Vec<_>>());
            part.put_codes("rows", &trees.iter().map(|tree| tree.pieces.len() as u32).collect::<Vec<_>>());
            part.put_codes("left", &codes(&|node| node.left));
            part.put_codes("ends", &codes(&|node| node.end));
            part.put_codes("above", &trees.iter().flat_map(|tree| tree.above.clone()).collect::<Vec<_>>());
            part.put_codes("columns", &codes(&|node| node.split.map_or(0, |(column, _)| column.into())));
            part.put_codes(
                "cuts",
                &codes(&|node| match node.split {
                    Some((_, Split::UpTo(last))) => last.into(),
                    Some((_, Split::Among(_))) => 256,
                    None => 257,
                }),
            );
            let sets = nodes().filter_map(|node| match node.split {
                Some((_, Split::Among(bins))) => Some(bins),
                _ => None,
            });
            let halves = sets.flat_map(|bins| bins.into_iter().flat_map(|bits| [bits as u32, (bits >> 32) as u32]));
            part.put_codes("sets", &halves.collect::<Vec<_>>());
            // A missing value is kept as 0, so that few bytes are enough for each piece.
            let pieces = trees.iter().flat_map(|tree| &tree.pieces).map(|&piece| piece.wrapping_add(1));
            part.put_codes("pieces", &pieces.collect::<Vec<_>>());
        }
        Ok(())
    }
}

/// A forest whose trees split on `before` only and end in pieces below `most`; none when it is not sound.
fn load_forest(part: &Section<'_>, before: &[usize], most: usize) -> Option<Forest> {
    let (sizes, rows) = (part.codes("sizes")?, part.codes("rows")?);
    let (left, ends, columns, cuts) =
        (part.codes("left")?, part.codes("ends")?, part.codes("columns")?, part.codes("cuts")?);
    let (sets, pieces) = (part.codes("sets")?, part.codes("pieces")?);
    let mut sets = sets.as_chunks::<8>().0.iter();
    let total = sizes.iter().map(|&size| size as usize).sum::<usize>();
    let donors = rows.iter().map(|&rows| rows as usize).sum::<usize>();
    let above = part.codes("above")?;
    let lengths = [left.len(), ends.len(), columns.len(), cuts.len(), above.len()];
    let sound = !sizes.is_empty() && sizes.len() == rows.len() && above.iter().all(|&weight| weight <= WHOLE);
    if !sound || lengths != [total; 5] || donors != pieces.len() || pieces.iter().any(|&piece| piece as usize > most) {
        return None;
    }
    let (mut first, mut donor, mut trees) = (0, 0, Vec::new());
    for (&size, &rows) in sizes.iter().zip(&rows) {
        let size = size as usize;
        let mut nodes = vec![Node { split: None, left: 0, parent: 0, start: 0, end: *ends.get(first)? }; size];
        if size == 0 || nodes[0].end != rows || rows == 0 || above[first] != 0 {
            return None;
        }
        for at in 0..size {
            let (start, end) = (nodes[at].start, nodes[at].end);
            let split = match cuts[first + at] {
                257 => continue,
                256 => {
                    let halves = sets.next()?;
                    Split::Among(std::array::from_fn(|word| {
                        u64::from(halves[2 * word]) | u64::from(halves[2 * word + 1]) << 32
                    }))
                }
                last => Split::UpTo(u8::try_from(last).ok()?),
            };
            let (child, column) = (left[first + at] as usize, columns[first + at] as usize);
            if child <= at || child + 1 >= size || !before.contains(&column) {
                return None;
            }
            let cut = ends[first + child];
            if cut <= start || cut >= end || ends[first + child + 1] != end {
                return None;
            }
            nodes[at].split = Some((column as u16, split));
            nodes[at].left = child as u32;
            nodes[child] = Node { split: None, left: 0, parent: at as u32, start, end: cut };
            nodes[child + 1] = Node { split: None, left: 0, parent: at as u32, start: cut, end };
        }
        let rows = rows as usize;
        trees.push(Tree {
            nodes,
            above: above[first..first + size].to_vec(),
            pieces: pieces[donor..donor + rows].iter().map(|piece| piece.wrapping_sub(1)).collect(),
        });
        first += size;
        donor += rows;
    }
    Some(Forest { trees })
}
