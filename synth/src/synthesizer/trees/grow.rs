//! Growing one classification tree on binned columns: splits by information gain, as CART (Breiman and others, 1984)
//! with the entropy as impurity.
//!
//! A split of a node with class counts `n_c` gains `Σ f(left) + Σ f(right) - Σ f(node)` with `f(n) = n ln n` over the classes,
//! less the same of the totals: the log-likelihood that it adds. Categories are put in order by the share of one class.

use super::bins::Groups;
use crate::Draws;

/// A node is split by what at most so many of its rows say.
const SPLIT_ROWS: usize = 10_000;
/// Orders of the categories that are tried at a split.
const ORDERS: usize = 3;

/// How a tree is grown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// The fewest rows of a leaf.
    pub(super) leaf: usize,
    /// The share of the columns that is tried at a split.
    pub(super) columns: f64,
    /// The log-likelihood that a split must add.
    pub(super) gain: f64,
}

/// Which rows go left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Split {
    /// Those in this bin or one below it.
    UpTo(u8),
    /// Those in these bins.
    Among([u64; 4]),
}

impl Split {
    pub(super) fn is_left(&self, bin: u8) -> bool {
        match self {
            Self::UpTo(last) => bin <= *last,
            Self::Among(bins) => bins[usize::from(bin >> 6)] >> (bin & 63) & 1 == 1,
        }
    }
}

/// A node; its rows are `start..end` of the tree's, and the children of a node are next to each other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    /// The column that is split on and how, or none in a leaf.
    pub(super) split: Option<(u16, Split)>,
    /// The left child.
    pub(super) left: u32,
    /// The node above; the root's is itself.
    pub(super) parent: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// What a tree is grown from.
pub(super) struct Ground<'a> {
    /// The bin of each row, by column.
    pub(super) bins: &'a [Vec<u8>],
    pub(super) groups: &'a [Groups],
    /// The columns that may be split on.
    pub(super) columns: &'a [usize],
    /// The class of each row.
    pub(super) classes: &'a [u8],
    /// How many classes there are.
    pub(super) count: usize,
}

/// Grows a tree on `rows`, which are put into the order of its leaves.
pub(super) fn grow(ground: &Ground<'_>, rows: &mut [u32], limits: Limits, draws: &mut Draws) -> Vec<Node> {
    let root = Node { split: None, left: 0, parent: 0, start: 0, end: rows.len() as u32 };
    let mut nodes = vec![root];
    let mut open = vec![0_usize];
    let mut scratch = Scratch::new(ground.count);
    while let Some(at) = open.pop() {
        let (start, end) = (nodes[at].start as usize, nodes[at].end as usize);
        if end - start < 2 * limits.leaf {
            continue;
        }
        let Some((column, split)) = best(ground, &rows[start..end], limits, draws, &mut scratch) else { continue };
        let bins = &ground.bins[column];
        let cut = start + partition(&mut rows[start..end], |row| split.is_left(bins[row as usize]));
        if cut - start < limits.leaf || end - cut < limits.leaf {
            continue;
        }
        let left = nodes.len();
        nodes[at].split = Some((column as u16, split));
        nodes[at].left = left as u32;
        for (start, end) in [(start, cut), (cut, end)] {
            nodes.push(Node { split: None, left: 0, parent: at as u32, start: start as u32, end: end as u32 });
        }
        open.extend([left + 1, left]);
    }
    nodes
}

/// Puts the rows that go left in front, each side in its order, and counts them.
fn partition(rows: &mut [u32], is_left: impl Fn(u32) -> bool) -> usize {
    let mut right = Vec::with_capacity(rows.len());
    let mut left = 0;
    for at in 0..rows.len() {
        let row = rows[at];
        if is_left(row) {
            rows[left] = row;
            left += 1;
        } else {
            right.push(row);
        }
    }
    rows[left..].copy_from_slice(&right);
    left
}

struct Scratch {
    counts: Vec<u32>,
    total: Vec<u32>,
    left: Vec<u32>,
    rows: Vec<u32>,
    order: Vec<u8>,
}

impl Scratch {
    fn new(classes: usize) -> Self {
        Self {
            counts: Vec::new(),
            total: vec![0; classes],
            left: vec![0; classes],
            rows: Vec::new(),
            order: Vec::new(),
        }
    }
}

fn log_term(count: u32) -> f64 {
    let count = f64::from(count);
    if count > 1.0 { count * count.ln() } else { 0.0 }
}

/// The best split of these rows, or none that is good enough.
fn best(
    ground: &Ground<'_>,
    rows: &[u32],
    limits: Limits,
    draws: &mut Draws,
    scratch: &mut Scratch,
) -> Option<(usize, Split)> {
    scratch.rows.clear();
    let stride = rows.len().div_ceil(SPLIT_ROWS);
    scratch.rows.extend(rows.iter().step_by(stride));
    scratch.total.fill(0);
    for &row in &scratch.rows {
        scratch.total[usize::from(ground.classes[row as usize])] += 1;
    }
    if scratch.total.iter().filter(|&&count| count > 0).count() < 2 {
        return None;
    }
    let leaf = (limits.leaf / stride).max(1) as u32;
    let mut best: Option<(f64, usize, Split)> = None;
    let tried = (limits.columns * ground.columns.len() as f64).ceil().max(1.0) as usize;
    let mut columns = ground.columns.to_vec();
    for place in 0..tried.min(columns.len()) {
        let other = place + (draws.uniform() * (columns.len() - place) as f64) as usize;
        columns.swap(place, other);
        let column = columns[place];
        if let Some((gain, split)) = best_of(ground, column, leaf, scratch)
            && gain * stride as f64 > limits.gain
            && best.as_ref().is_none_or(|(most, ..)| gain > *most)
        {
            best = Some((gain, column, split));
        }
    }
    best.map(|(_, column, split)| (column, split))
}

/// The best split on one column and the log-likelihood that it adds.
fn best_of(ground: &Ground<'_>, column: usize, leaf: u32, scratch: &mut Scratch) -> Option<(f64, Split)> {
    let (groups, classes) = (&ground.groups[column], ground.count);
    let bins = groups.len();
    scratch.counts.clear();
    scratch.counts.resize(bins * classes, 0);
    let codes = &ground.bins[column];
    for &row in &scratch.rows {
        let row = row as usize;
        scratch.counts[usize::from(codes[row]) * classes + usize::from(ground.classes[row])] += 1;
    }
    let filled = |bin: &u8| scratch.counts[usize::from(*bin) * classes..][..classes].iter().any(|&count| count > 0);
    scratch.order = (0..bins as u16).map(|bin| bin as u8).filter(filled).collect();
    if scratch.order.len() < 2 {
        return None;
    }
    if groups.ordered() {
        let (gain, place) = scan(scratch, classes, leaf)?;
        return Some((gain, Split::UpTo(scratch.order[place])));
    }
    let mut best: Option<(f64, Split)> = None;
    for class in leading(&scratch.counts, &scratch.order, &scratch.total, classes) {
        let share = |bin: u8| {
            let counts = &scratch.counts[usize::from(bin) * classes..][..classes];
            f64::from(counts[class]) / f64::from(counts.iter().sum::<u32>())
        };
        scratch.order.sort_by(|&a, &b| share(a).total_cmp(&share(b)).then(a.cmp(&b)));
        if let Some((gain, place)) = scan(scratch, classes, leaf)
            && best.as_ref().is_none_or(|(most, _)| gain > *most)
        {
            let mut among = [0; 4];
            for &bin in &scratch.order[..=place] {
                among[usize::from(bin >> 6)] |= 1 << (bin & 63);
            }
            best = Some((gain, Split::Among(among)));
        }
    }
    best
}

/// The classes whose shares differ most between the bins.
fn leading(counts: &[u32], order: &[u8], total: &[u32], classes: usize) -> Vec<usize> {
    let rows = f64::from(total.iter().sum::<u32>());
    let spread = |class: usize| {
        let mean = f64::from(total[class]) / rows;
        let squares = order.iter().map(|&bin| {
            let counts = &counts[usize::from(bin) * classes..][..classes];
            let weight = f64::from(counts.iter().sum::<u32>());
            weight * (f64::from(counts[class]) / weight - mean).powi(2)
        });
        squares.sum::<f64>()
    };
    let mut ranked: Vec<(f64, usize)> =
        (0..classes).filter(|&class| total[class] > 0).map(|class| (spread(class), class)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.truncate(if ranked.len() == 2 { 1 } else { ORDERS });
    ranked.into_iter().map(|(_, class)| class).collect()
}

/// The best place to cut the bins in their order: after which bin, and what it gains.
fn scan(scratch: &mut Scratch, classes: usize, leaf: u32) -> Option<(f64, usize)> {
    let whole: u32 = scratch.total.iter().sum();
    let before = scratch.total.iter().map(|&count| log_term(count)).sum::<f64>() - log_term(whole);
    scratch.left.fill(0);
    let mut seen = 0;
    let mut best: Option<(f64, usize)> = None;
    for (place, &bin) in scratch.order[..scratch.order.len() - 1].iter().enumerate() {
        for (left, count) in scratch.left.iter_mut().zip(&scratch.counts[usize::from(bin) * classes..][..classes]) {
            *left += count;
            seen += count;
        }
        if seen < leaf || whole - seen < leaf {
            continue;
        }
        let mut terms = -log_term(seen) - log_term(whole - seen);
        for (&left, &total) in scratch.left.iter().zip(&scratch.total) {
            terms += log_term(left) + log_term(total - left);
        }
        let gain = terms - before;
        if best.is_none_or(|(most, _)| gain > most) {
            best = Some((gain, place));
        }
    }
    best
}
