//! The conditional law of one column given those before it: an average of trees whose leaves are drawn towards the nodes
//! above them.
//!
//! In a tree the law at a node is `(1 - u) p̂ + u p(parent)`, with `p̂` the shares of the node's own rows, up to the root.
//! The weight u of the parent is that of a shrinkage estimator after James and Stein (1961): `s · df / χ²`, with χ² twice the
//! log-likelihood by which the node's rows speak for a law of their own in classes, df the classes less one, and s the
//! strength; and it is at least `m / (n + m)` in a node of n rows. A draw needs no more than that: with chance 1 - u one of
//! the node's rows gives its piece, else the parent is asked. The forest's law is the mean over its trees (Breiman, "Random
//! forests", 2001; drawing from leaves as Reiter, "Using CART to generate partially synthetic public use microdata", 2005).

use super::grow::{Ground, Limits, Node, grow};
use crate::{Draws, Seed};

/// A tree and the pieces of its rows, leaf by leaf.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    /// The weight of the node above each node, in parts of [`WHOLE`]; the root has none.
    pub(super) above: Vec<u32>,
    /// In the order of the leaves; within a leaf in the order of the pieces.
    pub(super) pieces: Vec<u32>,
}

/// The trees of one column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Forest {
    pub(super) trees: Vec<Tree>,
}

/// How a forest is forest.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) trees: usize,
    pub(super) limits: Limits,
    /// The share of the rows that each tree sees.
    pub(super) share: f64,
    /// The strength of the shrinkage, or none to choose it by the rows that a tree has not seen.
    pub(super) shrinkage: Option<f64>,
    /// How many rows the node above counts at least in a node.
    pub(super) floor: f64,
}

/// The weight of a node that is not its own law at all.
pub(super) const WHOLE: u32 = u16::MAX as u32;
/// Strengths that are tried.
const STRENGTHS: [f64; 9] = [0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0];
/// Trees that are asked how likely an outcome is.
const ASKED: usize = 5;
/// Rows on which they are tried.
const TRIED_ROWS: usize = 4000;

impl Tree {
    /// The leaf of a row whose bin in a column `bin` tells.
    pub(super) fn leaf(&self, bin: impl Fn(usize) -> u8) -> usize {
        let mut at = 0;
        while let Some((column, split)) = &self.nodes[at].split {
            at = self.nodes[at].left as usize + usize::from(!split.is_left(bin(usize::from(*column))));
        }
        at
    }

    /// Draws a piece at a leaf.
    fn draw(&self, leaf: usize, draws: &mut Draws) -> u32 {
        let mut at = leaf;
        loop {
            let above = f64::from(self.above[at]) / f64::from(WHOLE);
            // One draw decides both whether this node gives the piece and which of its rows.
            let place = draws.uniform() - above;
            if place >= 0.0 {
                let (start, end) = (self.nodes[at].start as usize, self.nodes[at].end as usize);
                let within = (place / (1.0 - above) * (end - start) as f64) as usize;
                return self.pieces[start + within.min(end - start - 1)];
            }
            at = self.nodes[at].parent as usize;
        }
    }

    /// The chance of the pieces from `first` to `last` at a leaf.
    fn chance(&self, leaf: usize, first: u32, last: u32) -> f64 {
        let (mut at, mut left, mut chance) = (leaf, 1.0, 0.0);
        loop {
            let node = &self.nodes[at];
            let inside = &self.pieces[node.start as usize..node.end as usize];
            let among = inside.iter().filter(|&&piece| first <= piece && piece <= last).count();
            let above = f64::from(self.above[at]) / f64::from(WHOLE);
            chance += left * (1.0 - above) * among as f64 / inside.len() as f64;
            left *= above;
            if left < 1e-3 {
                return chance;
            }
            at = node.parent as usize;
        }
    }
}

impl Forest {
    /// Grows the trees of a column whose rows have these pieces.
    pub(super) fn grow(ground: &Ground<'_>, pieces: &[u32], plan: &Plan, seed: Seed) -> Self {
        let rows = ground.classes.len();
        let kept = ((plan.share * rows as f64).round() as usize).clamp(1, rows);
        let forest: Vec<(Tree, Vec<u32>)> = (0..plan.trees)
            .map(|at| {
                let mut draws = seed.numbered(at as u64).draws();
                let mut sample: Vec<u32> = (0..rows as u32).collect();
                if kept < rows {
                    for place in 0..kept {
                        let other = place + (draws.uniform() * (rows - place) as f64) as usize;
                        sample.swap(place, other);
                    }
                }
                let (inside, others) = sample.split_at_mut(kept);
                inside.sort_unstable();
                let nodes = grow(ground, inside, plan.limits, &mut draws);
                let mut given: Vec<u32> = inside.iter().map(|&row| pieces[row as usize]).collect();
                for node in nodes.iter().filter(|node| node.split.is_none()) {
                    given[node.start as usize..node.end as usize].sort_unstable();
                }
                (Tree { nodes, above: Vec::new(), pieces: given }, others.to_vec())
            })
            .collect();
        let counts: Vec<Vec<u32>> = forest.iter().map(|(tree, outside)| class_counts(ground, tree, outside)).collect();
        let strength = plan.shrinkage.unwrap_or_else(|| choose(ground, &forest, &counts, plan.floor));
        let weigh = |((mut tree, _), counts): ((Tree, Vec<u32>), Vec<u32>)| {
            tree.above = (0..tree.nodes.len())
                .map(|at| (weight(&tree, &counts, ground.count, at, strength, plan.floor) * f64::from(WHOLE)) as u32)
                .collect();
            tree
        };
        Self { trees: forest.into_iter().zip(counts).map(weigh).collect() }
    }

    /// Draws a piece for a row whose bin in a column `bin` tells.
    pub(super) fn draw(&self, bin: impl Fn(usize) -> u8, draws: &mut Draws) -> u32 {
        let tree = &self.trees[(draws.uniform() * self.trees.len() as f64) as usize];
        tree.draw(tree.leaf(bin), draws)
    }

    /// The chance of the pieces from `first` to `last`, averaged over the first few trees.
    pub(super) fn chance(&self, bin: impl Fn(usize) -> u8, first: u32, last: u32) -> f64 {
        let asked = self.trees.len().min(ASKED);
        let total: f64 = self.trees[..asked].iter().map(|tree| tree.chance(tree.leaf(&bin), first, last)).sum();
        total / asked as f64
    }
}

/// The strength of the shrinkage under which the rows that trees have not seen are likeliest, in classes.
fn choose(ground: &Ground<'_>, forest: &[(Tree, Vec<u32>)], counts: &[Vec<u32>], floor: f64) -> f64 {
    let rows = ground.classes.len();
    let stride = rows.div_ceil(TRIED_ROWS);
    let mut outside = vec![Vec::new(); rows.div_ceil(stride)];
    for (at, (_, rows)) in forest.iter().enumerate() {
        for &row in rows.iter().filter(|&&row| (row as usize).is_multiple_of(stride)) {
            outside[row as usize / stride].push(at);
        }
    }
    let used = outside.iter().filter(|trees| !trees.is_empty()).count();
    let likelihood = |strength: f64| {
        let laws: Vec<Vec<f64>> = forest
            .iter()
            .zip(counts)
            .map(|((tree, _), counts)| node_laws(tree, counts, ground.count, strength, floor))
            .collect();
        let mut sum = 0.0;
        for (place, trees) in outside.iter().enumerate().filter(|(_, trees)| !trees.is_empty()) {
            let row = place * stride;
            let class = usize::from(ground.classes[row]);
            let of =
                |&at: &usize| laws[at][forest[at].0.leaf(|column| ground.bins[column][row]) * ground.count + class];
            sum += (trees.iter().map(of).sum::<f64>() / trees.len() as f64).max(1e-9).ln();
        }
        sum
    };
    if used == 0 {
        return 1.0;
    }
    let scores = STRENGTHS.map(likelihood);
    let best = (0..scores.len()).fold(0, |best, at| if scores[at] > scores[best] { at } else { best });
    STRENGTHS[best]
}

/// The weight of the node above in the law of a node.
fn weight(tree: &Tree, counts: &[u32], classes: usize, at: usize, strength: f64, floor: f64) -> f64 {
    if at == 0 {
        return 0.0;
    }
    let own = &counts[at * classes..][..classes];
    let above = &counts[tree.nodes[at].parent as usize * classes..][..classes];
    let (rows, rows_above) = (f64::from(own.iter().sum::<u32>()), f64::from(above.iter().sum::<u32>()));
    let (mut evidence, mut outcomes) = (0.0, 0.0);
    for (&own, &above) in own.iter().zip(above) {
        if above > 0 {
            outcomes += 1.0;
        }
        if own > 0 {
            evidence += f64::from(own) * (f64::from(own) / rows / (f64::from(above) / rows_above)).ln();
        }
    }
    let shrunk = if evidence > 0.0 { (strength * (outcomes - 1.0) / (2.0 * evidence)).min(1.0) } else { 1.0 };
    shrunk.max(floor / (rows + floor))
}

/// The law of each node in classes: a run of `classes` chances per node.
fn node_laws(tree: &Tree, counts: &[u32], classes: usize, strength: f64, floor: f64) -> Vec<f64> {
    let mut laws = vec![0.0; counts.len()];
    for at in 0..tree.nodes.len() {
        let own = &counts[at * classes..][..classes];
        let rows = f64::from(own.iter().sum::<u32>());
        let above = weight(tree, counts, classes, at, strength, floor);
        let parent = tree.nodes[at].parent as usize;
        for (class, &count) in own.iter().enumerate() {
            let share = f64::from(count) / rows;
            laws[at * classes + class] = if at == 0 {
                // What no row of the tree shows has half a row's share of the whole.
                (f64::from(count) + 0.5 / classes as f64) / (rows + 0.5)
            } else {
                (1.0 - above) * share + above * laws[parent * classes + class]
            };
        }
    }
    laws
}

/// How many of a node's rows are in each class: a run of `ground.count` numbers per node.
fn class_counts(ground: &Ground<'_>, tree: &Tree, outside: &[u32]) -> Vec<u32> {
    let mut inside = vec![true; ground.classes.len()];
    for &row in outside {
        inside[row as usize] = false;
    }
    let mut counts = vec![0; tree.nodes.len() * ground.count];
    for (row, &class) in ground.classes.iter().enumerate().filter(|(row, _)| inside[*row]) {
        let mut at = tree.leaf(|column| ground.bins[column][row]);
        loop {
            counts[at * ground.count + usize::from(class)] += 1;
            if at == 0 {
                break;
            }
            at = tree.nodes[at].parent as usize;
        }
    }
    counts
}
