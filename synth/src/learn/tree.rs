//! A regression tree grown leaf by leaf on sums of gradients: the leaf whose split helps most is split next.
//!
//! As `LightGBM` (Ke et al., 2017): a leaf of gradient sum G and curvature sum H is worth G²/(H + λ), and a split
//! gains what its two leaves are worth over the one. Numbers split at a bound, gaps to the better side; categories split
//! into two sets, ordered by G/(H + 10) (Fisher, 1958), with λ = 10 and at least 100 rows to a step.

use std::ops::Range;

use super::bins::{Binned, Span};

/// The least curvature of a leaf.
const LEAST_CURVATURE: f64 = 1e-3;
/// Categories: the smoothing of their order, the λ of their splits, the rows of a step, the most on one side, and how
/// many bins are few enough to try each category against the rest.
const SMOOTHING: f64 = 10.0;
const PENALTY: f64 = 10.0;
const GROUP: u32 = 100;
const MOST_CATEGORIES: usize = 32;
const FEW: usize = 4;

/// What bounds a tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) leaves: usize,
    pub(super) least_rows: u32,
}

/// A grown tree.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

#[derive(Debug, Clone)]
enum Node {
    Leaf(f64),
    Fork { column: usize, test: Test, children: [usize; 2] },
}

/// Which bins go left.
#[derive(Debug, Clone)]
enum Test {
    /// Those up to `last`, but for the gap's when it is named.
    UpTo { last: u32, gap: Option<u32> },
    /// These, ascending.
    Among(Vec<u32>),
}

/// Sums over the rows of a bin, or of a leaf.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    gradient: f64,
    curvature: f64,
    rows: u32,
}

struct Split {
    gain: f64,
    column: usize,
    test: Test,
    left: Sums,
    penalty: f64,
}

struct Leaf {
    node: usize,
    rows: Range<usize>,
    sums: Sums,
    bins: Vec<Sums>,
    best: Option<Split>,
}

impl Tree {
    /// Grows a tree on `rows`, whose order it changes, for a gradient and a curvature of every row, with `columns` to
    /// split on.
    pub(super) fn grow(
        data: &Binned,
        rows: &mut [u32],
        slopes: &[(f64, f64)],
        columns: &[usize],
        limits: Limits,
    ) -> Self {
        let grower = Grower { data, slopes, columns, limits };
        let bins = grower.sum(rows);
        let sums = rows.iter().fold(Sums::default(), |sums, &row| sums.with(slopes[row as usize]));
        let best = grower.best(&bins, sums);
        let mut tree = Self { nodes: vec![Node::Leaf(sums.value(0.0))] };
        let mut leaves = vec![Leaf { node: 0, rows: 0..rows.len(), sums, bins, best }];
        while leaves.len() < limits.leaves {
            let gain = |leaf: &Leaf| leaf.best.as_ref().map_or(0.0, |split| split.gain);
            let mut next = 0;
            for at in 1..leaves.len() {
                if gain(&leaves[at]) > gain(&leaves[next]) {
                    next = at;
                }
            }
            let Some(split) = leaves[next].best.take() else { break };
            let last = leaves.len() + 1 == limits.leaves;
            let leaf = leaves.swap_remove(next);
            leaves.extend(grower.fork(&mut tree, leaf, split, rows, last));
        }
        tree
    }

    /// The value of the leaf that a row falls into.
    pub(super) fn value(&self, bins: &[u32]) -> f64 {
        let mut at = 0;
        loop {
            match &self.nodes[at] {
                Node::Leaf(value) => return *value,
                Node::Fork { column, test, children } => at = children[usize::from(!test.left(bins[*column]))],
            }
        }
    }
}

impl Test {
    fn left(&self, bin: u32) -> bool {
        match self {
            Self::UpTo { last, gap } => bin <= *last && *gap != Some(bin),
            Self::Among(bins) => bins.binary_search(&bin).is_ok(),
        }
    }
}

impl Sums {
    fn with(self, (gradient, curvature): (f64, f64)) -> Self {
        Self { gradient: self.gradient + gradient, curvature: self.curvature + curvature, rows: self.rows + 1 }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            gradient: self.gradient + other.gradient,
            curvature: self.curvature + other.curvature,
            rows: self.rows + other.rows,
        }
    }

    fn less(self, other: Self) -> Self {
        Self {
            gradient: self.gradient - other.gradient,
            curvature: self.curvature - other.curvature,
            rows: self.rows.saturating_sub(other.rows),
        }
    }

    fn worth(self, penalty: f64) -> f64 {
        self.gradient * self.gradient / (self.curvature + penalty)
    }

    fn value(self, penalty: f64) -> f64 {
        let value = -self.gradient / (self.curvature + penalty);
        if value.is_finite() { value } else { 0.0 }
    }

    fn enough(self, limits: Limits) -> bool {
        self.rows >= limits.least_rows && self.curvature >= LEAST_CURVATURE
    }
}

/// What stays the same while a tree grows.
struct Grower<'a> {
    data: &'a Binned,
    slopes: &'a [(f64, f64)],
    columns: &'a [usize],
    limits: Limits,
}

impl Grower<'_> {
    /// The sums of every bin over these rows.
    fn sum(&self, rows: &[u32]) -> Vec<Sums> {
        let mut sums = vec![Sums::default(); self.data.total()];
        for &row in rows {
            let slope = self.slopes[row as usize];
            for &bin in self.data.row(row as usize) {
                let sum = &mut sums[bin as usize];
                *sum = sum.with(slope);
            }
        }
        sums
    }

    /// Splits a leaf in two; those of the last split need not be looked at for another.
    fn fork(&self, tree: &mut Tree, leaf: Leaf, split: Split, rows: &mut [u32], last: bool) -> [Leaf; 2] {
        let part = &mut rows[leaf.rows.clone()];
        let goes = |&row: &u32| split.test.left(self.data.row(row as usize)[split.column]);
        let (left, right): (Vec<u32>, Vec<u32>) = part.iter().copied().partition(goes);
        part[..left.len()].copy_from_slice(&left);
        part[left.len()..].copy_from_slice(&right);
        let middle = leaf.rows.start + left.len();
        let (mut left_bins, mut right_bins) = (Vec::new(), Vec::new());
        if !last {
            let fewer = self.sum(if left.len() <= right.len() { &left } else { &right });
            let mut more = leaf.bins;
            more.iter_mut().zip(&fewer).for_each(|(sum, &less)| *sum = sum.less(less));
            (left_bins, right_bins) = if left.len() <= right.len() { (fewer, more) } else { (more, fewer) };
        }
        let child = |node: usize, rows: Range<usize>, sums: Sums, bins: Vec<Sums>| {
            let best = if last { None } else { self.best(&bins, sums) };
            let bins = if best.is_some() { bins } else { Vec::new() };
            Leaf { node, rows, sums, bins, best }
        };
        let (left_sums, right_sums) = (split.left, leaf.sums.less(split.left));
        let first = tree.nodes.len();
        tree.nodes.push(Node::Leaf(left_sums.value(split.penalty)));
        tree.nodes.push(Node::Leaf(right_sums.value(split.penalty)));
        tree.nodes[leaf.node] = Node::Fork { column: split.column, test: split.test, children: [first, first + 1] };
        [
            child(first, leaf.rows.start..middle, left_sums, left_bins),
            child(first + 1, middle..leaf.rows.end, right_sums, right_bins),
        ]
    }

    /// The split of a leaf that gains most.
    fn best(&self, bins: &[Sums], whole: Sums) -> Option<Split> {
        if whole.rows < 2 * self.limits.least_rows {
            return None;
        }
        let mut best = None;
        for &column in self.columns {
            let span = self.data.spans[column];
            let of = &bins[span.first..span.first + span.count];
            let mut trial = Trial { column, span, whole, limits: self.limits, best: &mut best };
            if !span.category {
                trial.bounds(of);
            } else if span.count <= FEW {
                trial.one_by_one(of);
            } else {
                trial.sets(of);
            }
        }
        best
    }
}

/// The search for a better split on one column.
struct Trial<'a> {
    column: usize,
    span: Span,
    whole: Sums,
    limits: Limits,
    best: &'a mut Option<Split>,
}

impl Trial<'_> {
    /// Keeps a split when it is allowed and better than the best.
    fn offer(&mut self, left: Sums, penalty: f64, test: impl FnOnce() -> Test) {
        let right = self.whole.less(left);
        if !left.enough(self.limits) || !right.enough(self.limits) {
            return;
        }
        let gain = left.worth(penalty) + right.worth(penalty) - self.whole.worth(0.0);
        if gain > self.best.as_ref().map_or(1e-12, |best| best.gain) {
            *self.best = Some(Split { gain, column: self.column, test: test(), left, penalty });
        }
    }

    fn bounds(&mut self, bins: &[Sums]) {
        let first = self.span.first as u32;
        let gaps = bins[0];
        for with_gaps in [true, false] {
            if !with_gaps && gaps.rows == 0 {
                return;
            }
            let mut left = if with_gaps { gaps } else { Sums::default() };
            for (at, &sums) in bins.iter().enumerate().skip(1) {
                left = left.plus(sums);
                let gap = (!with_gaps).then_some(first);
                self.offer(left, 0.0, || Test::UpTo { last: first + at as u32, gap });
            }
        }
    }

    fn one_by_one(&mut self, bins: &[Sums]) {
        for (at, &sums) in bins.iter().enumerate().skip(1) {
            let bin = (self.span.first + at) as u32;
            self.offer(sums, 0.0, || Test::Among(vec![bin]));
        }
    }

    fn sets(&mut self, bins: &[Sums]) {
        let mut order: Vec<usize> = (1..bins.len()).filter(|&at| f64::from(bins[at].rows) >= SMOOTHING).collect();
        let slope = |at: usize| bins[at].gradient / (bins[at].curvature + SMOOTHING);
        order.sort_by(|&a, &b| slope(a).total_cmp(&slope(b)));
        let most = MOST_CATEGORIES.min(order.len().div_ceil(2));
        for _ in 0..2 {
            let (mut left, mut group) = (Sums::default(), 0);
            for (taken, &at) in order.iter().enumerate().take(most) {
                left = left.plus(bins[at]);
                group += bins[at].rows;
                if !left.enough(self.limits) {
                    continue;
                }
                if self.whole.rows - left.rows.min(self.whole.rows) < GROUP.max(self.limits.least_rows) {
                    break;
                }
                if group < GROUP {
                    continue;
                }
                group = 0;
                let first = self.span.first;
                self.offer(left, PENALTY, || {
                    let mut bins: Vec<u32> = order[..=taken].iter().map(|&at| (first + at) as u32).collect();
                    bins.sort_unstable();
                    Test::Among(bins)
                });
            }
            order.reverse();
        }
    }
}
