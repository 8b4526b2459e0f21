//! The law of one column within a component, from the rows that the component counts as its own.
//!
//! The share of cell c among N rows, of which `n_c` lie in it, is `(n_c + s·m_c)/(N + s)`: a Dirichlet prior of strength s
//! around the column's own shares m. A column with many values in an order has a normal law of its normal scores over
//! most of them, cut at the cells' boundaries, beside a share for each value that is frequent by itself; the more rows
//! there are, the more their counts weigh against the normal law.

use std::sync::LazyLock;

use super::cells::masses;
use crate::normal::{density, distribution, quantile};
use crate::{Encoded, FittedTransform};

/// An ordered column with at most so many pieces is a table of shares.
const FEW: usize = 20;
/// About so many cells cut the values of an ordered column that are not frequent by themselves.
const LINE: usize = 50;
/// A value is frequent by itself from this share on.
const FREQUENT: f64 = 0.04;
/// Categories with a cell of their own, and cells that the rarer ones share.
const CATEGORIES: usize = 1500;
const SHARED: usize = 200;
/// The share of the column's own law in each normal law.
const FLOOR: f32 = 0.01;
/// As many rows as this in a component weigh as much as its normal law.
const NORMAL_ROWS: f32 = 50.0;

/// The form that a column's law has in every component.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    /// The share of each cell among all rows.
    margin: Vec<f64>,
    line: Option<Line>,
}

/// What the components of each group are drawn towards.
#[derive(Debug, Clone)]
pub(super) struct Prior {
    /// The share of each cell, cell after cell, with one entry per group.
    pub(super) shares: Vec<f32>,
    /// Mean and variance of each group's normal law.
    pub(super) laws: Vec<(f32, f32)>,
}

/// The cells in an order, one after another.
#[derive(Debug, Clone)]
struct Line {
    first: usize,
    /// The normal scores of the boundaries between the cells.
    cuts: Vec<f64>,
    /// Mean and mean square of the normal law in each cell.
    scores: Vec<f64>,
    squares: Vec<f64>,
}

/// How the pieces of a column are put into cells, and where in them a line begins.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grouping {
    pub(super) of_piece: Vec<u32>,
    line: Option<usize>,
}

/// Groups the pieces of a column.
pub(super) fn group(transform: &dyn FittedTransform) -> Grouping {
    let masses = masses(transform);
    if !transform.ordered() {
        return Grouping { of_piece: group_categories(&masses), line: None };
    }
    let loose: f64 = masses.iter().filter(|&&mass| mass < FREQUENT).sum();
    if masses.len() <= FEW {
        return Grouping { of_piece: (0..masses.len() as u32).collect(), line: None };
    }
    let first = masses.iter().filter(|&&mass| mass >= FREQUENT).count();
    let (mut alone, mut at, mut inside) = (0_u32, first as u32, 0.0);
    let share = loose / LINE as f64;
    let mut of_piece = Vec::with_capacity(masses.len());
    for &mass in &masses {
        if mass >= FREQUENT {
            of_piece.push(alone);
            alone += 1;
            continue;
        }
        if inside > 0.0 && inside + mass / 2.0 > share {
            at += 1;
            inside = 0.0;
        }
        inside += mass;
        of_piece.push(at);
    }
    Grouping { of_piece, line: Some(first) }
}

/// Each frequent category in a cell of its own; the others share cells with those that are about as frequent.
fn group_categories(masses: &[f64]) -> Vec<u32> {
    if masses.len() <= CATEGORIES + SHARED {
        return (0..masses.len() as u32).collect();
    }
    let mut order: Vec<usize> = (0..masses.len()).collect();
    order.sort_by(|&a, &b| masses[b].total_cmp(&masses[a]));
    let mut of_piece = vec![0; masses.len()];
    let rest = masses.len() - CATEGORIES;
    for (rank, piece) in order.into_iter().enumerate() {
        let cell = if rank < CATEGORIES { rank } else { CATEGORIES + (rank - CATEGORIES) * SHARED / rest };
        of_piece[piece] = cell as u32;
    }
    of_piece
}

impl Leaf {
    /// The form for a column in these groups, of which so many cells hold values.
    pub(super) fn new(transform: &dyn FittedTransform, grouping: &Grouping) -> Self {
        let missing = transform.missing_rate();
        let masses = masses(transform);
        let values = grouping.of_piece.iter().max().map_or(0, |&last| last as usize + 1);
        let mut margin = vec![0.0; values];
        for (&cell, mass) in grouping.of_piece.iter().zip(&masses) {
            margin[cell as usize] += mass * (1.0 - missing);
        }
        let line = grouping.line.filter(|&first| values > first + 1).map(|first| Line::new(first, &margin[first..]));
        if missing > 0.0 {
            margin.push(missing);
        }
        Self { margin, line }
    }

    /// How many cells there are.
    pub(super) fn cells(&self) -> usize {
        self.margin.len()
    }

    /// The share of each cell among all rows.
    pub(super) fn margin(&self) -> &[f64] {
        &self.margin
    }

    /// The column's own distribution as what one group of components is drawn towards.
    pub(super) fn own(&self) -> Prior {
        Prior { shares: self.margin.iter().map(|&share| share as f32).collect(), laws: vec![(0.0, 1.0)] }
    }

    /// The share of each cell in each component from the rows that each counts, with so many rows added of the group that
    /// it belongs to. Counts and shares go cell after cell, with one entry per component. Gives back mean and variance of
    /// the normal laws.
    pub(super) fn estimate(
        &self,
        counts: &[f32],
        group_of: &[u32],
        prior: &Prior,
        strength: f32,
        shares: &mut [f32],
    ) -> Vec<(f32, f32)> {
        let components = group_of.len();
        let groups = prior.laws.len();
        let mut totals = vec![0.0_f32; components];
        for cell in counts.chunks_exact(components) {
            totals.iter_mut().zip(cell).for_each(|(total, count)| *total += count.max(0.0));
        }
        let cells = shares.chunks_exact_mut(components).zip(counts.chunks_exact(components));
        for ((share, count), prior) in cells.zip(prior.shares.chunks_exact(groups)) {
            for (((share, count), total), &group) in share.iter_mut().zip(count).zip(&totals).zip(group_of) {
                *share = (count.max(0.0) + strength * prior[group as usize]) / (total + strength);
            }
        }
        match &self.line {
            Some(line) => line.estimate(counts, group_of, prior, strength, &self.margin, shares),
            None => vec![(0.0, 1.0); components],
        }
    }
}

impl Line {
    fn new(first: usize, masses: &[f64]) -> Self {
        let whole: f64 = masses.iter().sum();
        let mut below = 0.0;
        let (mut cuts, mut scores, mut squares) = (Vec::new(), Vec::new(), Vec::new());
        let mut low = f64::NEG_INFINITY;
        for (at, mass) in masses.iter().enumerate() {
            below += mass / whole;
            let high = if at + 1 == masses.len() { f64::INFINITY } else { quantile(below) };
            let edge = |z: f64| if z.is_finite() { z * density(z) } else { 0.0 };
            let share = mass / whole;
            scores.push((density(low) - density(high)) / share);
            squares.push(1.0 + (edge(low) - edge(high)) / share);
            if high.is_finite() {
                cuts.push(high);
            }
            low = high;
        }
        Self { first, cuts, scores, squares }
    }

    /// Mean and variance are drawn towards those of the group.
    fn estimate(
        &self,
        counts: &[f32],
        group_of: &[u32],
        prior: &Prior,
        strength: f32,
        margin: &[f64],
        shares: &mut [f32],
    ) -> Vec<(f32, f32)> {
        let components = group_of.len();
        let range = self.first * components..(self.first + self.scores.len()) * components;
        let (counts, shares) = (&counts[range.clone()], &mut shares[range]);
        let margin = &margin[self.first..self.first + self.scores.len()];
        let whole: f64 = margin.iter().sum();
        let mut sums = vec![[0.0_f32; 3]; components];
        let mut rest = vec![0.0_f32; components];
        for (at, count) in counts.chunks_exact(components).enumerate() {
            let (score, square) = (self.scores[at] as f32, self.squares[at] as f32);
            for (sums, count) in sums.iter_mut().zip(count) {
                let count = count.max(0.0);
                sums[0] += count;
                sums[1] += count * score;
                sums[2] += count * square;
            }
        }
        for share in shares.chunks_exact(components) {
            rest.iter_mut().zip(share).for_each(|(rest, share)| *rest += share);
        }
        let law = |(&[rows, sum, squares], &group): (&[f32; 3], &u32)| {
            let (center, variance) = prior.laws[group as usize];
            let mean = (sum + strength * center) / (rows + strength);
            let spread = squares - 2.0 * mean * sum + rows * mean * mean;
            let spread = spread.max(0.0) + strength * (variance + (mean - center) * (mean - center));
            (mean, (spread / (rows + strength)).max(1e-3))
        };
        let laws: Vec<(f32, f32)> = sums.iter().zip(group_of).map(law).collect();
        let spreads: Vec<(f32, f32)> = laws.iter().map(|&(mean, variance)| (mean, variance.sqrt())).collect();
        let mut below = vec![0.0_f32; components];
        let cells = shares.chunks_exact_mut(components).zip(counts.chunks_exact(components));
        for (at, (share, count)) in cells.enumerate() {
            let own = (margin[at] / whole) as f32;
            let cut = self.cuts.get(at).map(|&cut| cut as f32);
            for (component, (share, count)) in share.iter_mut().zip(count).enumerate() {
                let (mean, spread) = spreads[component];
                let upto = cut.map_or(1.0, |cut| normal((cut - mean) / spread));
                let inside = (upto - below[component]).max(0.0);
                below[component] = upto;
                let law = (1.0 - FLOOR) * inside + FLOOR * own;
                let (count, rows) = (count.max(0.0), sums[component][0]);
                *share = rest[component] * (count + NORMAL_ROWS * law) / (rows + NORMAL_ROWS);
            }
        }
        laws
    }
}

const STEPS: f32 = 128.0;
const REACH: f32 = 8.0;

/// Φ at steps of 1/128 from -8 to 8.
static NORMAL: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let last = (2.0 * REACH * STEPS) as usize + 1;
    (0..=last).map(|at| distribution((at as f64) / f64::from(STEPS) - f64::from(REACH)) as f32).collect()
});

/// Φ(z) to 4e-6, between the steps along a straight line.
fn normal(z: f32) -> f32 {
    let place = (z.clamp(-REACH, REACH) + REACH) * STEPS;
    let at = place as usize;
    let (low, high) = (NORMAL[at], NORMAL[at + 1]);
    low + (high - low) * (place - at as f32)
}

/// The cell of each row in a column that has been grouped; the cell after the values is that of a missing one.
pub(super) fn cell_of(grouping: &Grouping, values: usize, piece: u32) -> u32 {
    if piece == Encoded::MISSING { values as u32 } else { grouping.of_piece.get(piece as usize).copied().unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{NamedFrom, Series};

    use super::*;
    use crate::{ColumnKind, ColumnMetadata, Seed, transform_for};

    fn numbers(values: &[f64]) -> Box<dyn FittedTransform> {
        let about = ColumnMetadata::new(ColumnKind::Numerical);
        transform_for(about.kind).fit(&Series::new("x".into(), values), &about, 1000).unwrap()
    }

    #[test]
    fn the_normal_law_is_read_off_its_table() {
        for at in -900..900 {
            let z = f64::from(at) / 100.0;
            assert!((f64::from(normal(z as f32)) - distribution(z)).abs() < 1e-5, "{z}");
        }
    }

    #[test]
    fn frequent_values_stand_before_the_line() {
        let mut draws = Seed::new(1).draws();
        let values: Vec<f64> = (0..4000).map(|at| if at % 4 == 0 { 0.0 } else { draws.normal() }).collect();
        let column = numbers(&values);
        let grouping = group(column.as_ref());
        let zero = column.masses().iter().position(|&mass| mass > 0.2).unwrap();
        assert_eq!((grouping.of_piece[zero], grouping.line), (0, Some(1)));
        let rest: Vec<u32> = grouping.of_piece.iter().copied().filter(|&cell| cell > 0).collect();
        assert!(rest.is_sorted() && rest[rest.len() - 1] as usize <= LINE + 1);
        assert!(rest.windows(2).all(|pair| pair[1] - pair[0] <= 1));
    }

    #[test]
    fn a_component_without_rows_has_the_columns_own_law() {
        let mut draws = Seed::new(2).draws();
        let column = numbers(&(0..3000).map(|_| draws.normal()).collect::<Vec<_>>());
        let leaf = Leaf::new(column.as_ref(), &group(column.as_ref()));
        let mut shares = vec![0.0; leaf.cells()];
        leaf.estimate(&vec![0.0; leaf.cells()], &[0], &leaf.own(), 1.0, &mut shares);
        assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        assert!(shares.iter().zip(leaf.margin()).all(|(&share, &own)| (f64::from(share) - own).abs() < 1e-4));
    }

    #[test]
    fn counts_move_the_line() {
        let mut draws = Seed::new(3).draws();
        let column = numbers(&(0..3000).map(|_| draws.normal()).collect::<Vec<_>>());
        let leaf = Leaf::new(column.as_ref(), &group(column.as_ref()));
        let cells = leaf.cells();
        let mut counts = vec![0.0; cells];
        counts[cells - 5..].fill(40.0);
        let mut shares = vec![0.0; cells];
        let laws = leaf.estimate(&counts, &[0], &leaf.own(), 1.0, &mut shares);
        assert!(laws[0].0 > 1.4 && laws[0].1 < 0.3, "{laws:?}");
        let top = shares[cells - 6..].iter().sum::<f32>();
        assert!(top > 0.8, "{top}");
    }

    #[test]
    fn rare_categories_share_cells() {
        let of_piece = group_categories(&vec![1.0 / 9000.0; 9000]);
        let cells = of_piece.iter().max().map_or(0, |&last| last as usize + 1);
        assert_eq!(cells, CATEGORIES + SHARED);
        let mut sizes = vec![0; cells];
        for &cell in &of_piece {
            sizes[cell as usize] += 1;
        }
        assert!(sizes.iter().all(|&size| size > 0));
    }
}
