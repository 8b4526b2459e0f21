//! The fitted trees: rows are drawn column by column.

use super::bins::Groups;
use super::forest::{Forest, Tree, WHOLE};
use super::grow::{Node, Split};
use crate::synthesizer::table::{Given, Law, Sequential, complete_rows, draw_rows, pick};
use crate::{Draws, Encoded, FittedTransform, Section, Seed, SynthError};

/// Outcomes that are weighed for a gap in a column of many.
const CANDIDATES: usize = 12;
/// How often each gap is drawn again.
const SWEEPS: usize = 2;

/// The chain of conditional laws.
#[derive(Debug)]
pub(super) struct TreesLaw {
    bins: Vec<Groups>,
    /// The pieces of each column; 0 where no row has a value.
    pieces: Vec<usize>,
    /// The columns as they are drawn.
    order: Vec<usize>,
    /// By column.
    forests: Vec<Forest>,
}

impl TreesLaw {
    /// A law of columns that are drawn in this order, with a forest for each column.
    pub(super) fn new(transforms: &[Box<dyn FittedTransform>], order: Vec<usize>, forests: Vec<Forest>) -> Self {
        let bins = transforms.iter().map(|transform| Groups::bins(transform.as_ref())).collect();
        let pieces = transforms.iter().map(|transform| transform.masses().len()).collect();
        Self { bins, pieces, order, forests }
    }

    /// The law in a section, or none when its parts don't fit together.
    pub(super) fn load(part: &mut Section<'_>, transforms: &[Box<dyn FittedTransform>]) -> Option<Box<dyn Law>> {
        let order: Vec<usize> = part.get("order")?;
        let mut sorted = order.clone();
        sorted.sort_unstable();
        if sorted != (0..transforms.len()).collect::<Vec<_>>() {
            return None;
        }
        let forests = (0..transforms.len())
            .map(|column| {
                let place = order.iter().position(|&other| other == column)?;
                let pieces = transforms[column].masses().len().max(1);
                load_forest(&part.section(&format!("forest.{column}")), &order[..place], pieces)
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Box::new(Self::new(transforms, order, forests)))
    }

    fn bin(&self, column: usize, row: &[u32]) -> u8 {
        self.bins[column].of(row[column])
    }

    /// Draws the gaps of a row again, each given all the other cells: every outcome of a column with few, else some that are
    /// drawn given the columns before, weighed by how likely they make the columns after.
    fn refine(&self, row: &mut [u32], gaps: &[bool], draws: &mut Draws) {
        for (place, &column) in self.order.iter().enumerate() {
            if !gaps[column] || self.pieces[column] < 2 {
                continue;
            }
            let few = self.pieces[column] <= CANDIDATES;
            let tried = if few { self.pieces[column] } else { CANDIDATES };
            let outcomes: Vec<(u32, f64)> = (0..tried as u32)
                .map(|piece| {
                    row[column] = if few { piece } else { self.draw_one(column, row, true, draws) };
                    let own = if few { self.chance(column, row, false).max(1e-9) } else { 1.0 };
                    let later = self.order[place + 1..].iter().map(|&later| self.chance(later, row, false).max(1e-6));
                    (row[column], own * later.product::<f64>())
                })
                .collect();
            let weights: Vec<f64> = outcomes.iter().map(|(_, weight)| *weight).collect();
            row[column] = outcomes[pick(&weights, draws)].0;
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

impl Sequential for TreesLaw {
    fn order(&self) -> &[usize] {
        &self.order
    }

    fn draw_one(&self, column: usize, row: &[u32], present: bool, draws: &mut Draws) -> u32 {
        let tries = if present && self.pieces[column] > 0 { 64 } else { 1 };
        let mut outcomes = (0..tries).map(|_| self.forests[column].draw(|other| self.bin(other, row), draws));
        if tries == 1 {
            return outcomes.next().unwrap_or(0);
        }
        outcomes.find(|&piece| piece != Encoded::MISSING).unwrap_or(0)
    }

    fn chance(&self, column: usize, row: &[u32], present: bool) -> f64 {
        let of = |first, last| self.forests[column].chance(|other| self.bin(other, row), first, last);
        if present {
            return if self.pieces[column] == 0 { 1.0 } else { 1.0 - of(Encoded::MISSING, Encoded::MISSING) };
        }
        let (first, last) = self.nearby(column, row[column]);
        of(first, last)
    }
}

impl Law for TreesLaw {
    fn draw(&self, given: &Given, seed: Seed) -> Vec<Encoded> {
        draw_rows(self, given, seed)
    }

    /// As other sequential laws do, and then by Gibbs' sampler: each gap is drawn again given all the other cells.
    fn complete(&self, rows: &mut [Encoded], gaps: &[Vec<bool>], seed: Seed) {
        complete_rows(self, rows, gaps, seed.named("first"));
        let mut draws = seed.named("again").draws();
        for at in 0..gaps.first().map_or(0, Vec::len) {
            let empty: Vec<bool> = gaps.iter().map(|column| column[at]).collect();
            if !empty.contains(&true) {
                continue;
            }
            let mut row: Vec<u32> = rows.iter().map(|column| column.pieces[at]).collect();
            for _ in 0..SWEEPS {
                self.refine(&mut row, &empty, &mut draws);
            }
            for (column, &piece) in rows.iter_mut().zip(&row) {
                column.pieces[at] = piece;
            }
        }
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("order", &self.order)?;
        for (column, forest) in self.forests.iter().enumerate() {
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
