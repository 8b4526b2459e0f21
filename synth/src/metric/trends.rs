//! How pairs of columns go together, worked out once for all metrics of pairs: correlations and contingency tables.
//!
//! Two measured columns: Pearson's r over the rows that have both. Else the joint shares P(a, b) with missing values as a
//! level, a measured column cut into ten cells of equal width between its own table's extremes (as SDMetrics 0.32 does),
//! and the strength of the real dependence by Cramér's V = √(χ² / n / (min(rows, columns) - 1)).

use rayon::prelude::*;

use super::{Compared, Role, Side, Tables};
use crate::SynthError;

/// How many pairs are looked at, at most; of more columns than 200, pairs spread evenly over all of them.
const MOST: usize = 20_000;
/// Cells that a measured column is cut into.
const WIDTHS: usize = 10;

/// All pairs of columns.
#[derive(Debug)]
pub(crate) struct Trends {
    /// In the order of the columns.
    pub(crate) pairs: Vec<Trend>,
    /// How many pairs there are in all.
    pub(crate) possible: usize,
}

/// One pair.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Trend {
    /// The columns' places in the table.
    pub(crate) columns: (usize, usize),
    /// Whether both are measured, and the strength is a correlation.
    pub(crate) measured: bool,
    /// How strongly the real columns go together: r, or V; none where it has no meaning (constants).
    pub(crate) real: Option<f64>,
    /// The same of the synthetic columns.
    pub(crate) synthetic: Option<f64>,
    /// The similarity from 0 to 1.
    pub(crate) score: Option<f64>,
    /// The similarity of the hold-out.
    pub(crate) baseline: Option<f64>,
    /// The similarity of independent columns with the real shares.
    pub(crate) floor: Option<f64>,
}

impl Trends {
    pub(crate) fn of(tables: &Tables<'_>) -> Result<Self, SynthError> {
        let places: Vec<usize> =
            (0..tables.columns.len()).filter(|&at| tables.columns[at].role() != Role::Other).collect();
        let cut: Vec<Cut> = places.par_iter().map(|&at| Cut::new(&tables.columns[at], tables)).collect();
        let possible = places.len() * places.len().saturating_sub(1) / 2;
        let all = (0..places.len()).flat_map(|a| (a + 1..places.len()).map(move |b| (a, b)));
        let spread = |at: usize| possible <= MOST || (at + 1) * MOST / possible > at * MOST / possible;
        let wanted: Vec<(usize, usize)> = all.enumerate().filter(|(at, _)| spread(*at)).map(|(_, pair)| pair).collect();
        let mut pairs = Vec::with_capacity(wanted.len());
        for some in wanted.chunks(256) {
            tables.progress.check()?;
            let measure = |&(a, b): &(usize, usize)| {
                let (one, other) = (&tables.columns[places[a]], &tables.columns[places[b]]);
                let columns = (places[a], places[b]);
                if one.is_measured() && other.is_measured() {
                    correlations(columns, one, other, tables.holdout.is_some())
                } else {
                    contingencies(columns, &cut[a], &cut[b])
                }
            };
            pairs.par_extend(some.par_iter().map(measure));
        }
        Ok(Self { pairs, possible })
    }

    /// What a reader should know when some pairs were left out.
    pub(crate) fn note(&self) -> Option<String> {
        (self.pairs.len() < self.possible)
            .then(|| format!("{} of {} pairs of columns were scored, spread evenly", self.pairs.len(), self.possible))
    }
}

/// A column's cells in each table; none where a value is infinite, so that there are no widths.
struct Cut {
    sides: Vec<Option<Vec<u32>>>,
    cells: usize,
}

impl Cut {
    fn new(column: &Compared, tables: &Tables<'_>) -> Self {
        let mut sides = vec![Side::Real, Side::Synthetic];
        sides.extend(tables.holdout.map(|_| Side::Holdout));
        if column.is_measured() {
            let sides = sides.into_iter().map(|side| widths(column.numbers(side))).collect();
            return Self { sides, cells: WIDTHS + 1 };
        }
        let missing = column.levels.len() as u32;
        let codes = |side| column.codes(side).iter().map(|&code| code.min(missing)).collect();
        Self { sides: sides.into_iter().map(|side| Some(codes(side))).collect(), cells: column.levels.len() + 1 }
    }

    fn side(&self, side: Side) -> Option<&[u32]> {
        self.sides.get(side as usize)?.as_deref()
    }
}

/// The cell of each number between the extremes, as numpy's `digitize` over `linspace` has it: the largest value has a
/// cell of its own, which missing ones share.
fn widths(numbers: &[f64]) -> Option<Vec<u32>> {
    let known = || numbers.iter().copied().filter(|value| !value.is_nan());
    let (mut low, mut high) = known().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
    if known().next().is_none() {
        (low, high) = (0.0, 1.0);
    }
    if !(low.is_finite() && high.is_finite()) {
        return None;
    }
    if high <= low {
        (low, high) = (low - 0.5, high + 0.5);
    }
    let step = (high - low) / WIDTHS as f64;
    let mut edges: Vec<f64> = (0..=WIDTHS).map(|at| at as f64 * step + low).collect();
    edges[WIDTHS] = high;
    let cell = |value: &f64| {
        let below = if value.is_nan() { edges.len() } else { edges.partition_point(|edge| edge <= value) };
        below.saturating_sub(1) as u32
    };
    Some(numbers.iter().map(cell).collect())
}

fn correlations(columns: (usize, usize), one: &Compared, other: &Compared, holdout: bool) -> Trend {
    let of = |side| correlation(one.numbers(side), other.numbers(side));
    let (real, synthetic) = (of(Side::Real), of(Side::Synthetic));
    let similar = |twin: Option<f64>| Some(1.0 - (real? - twin?).abs() / 2.0);
    let baseline = if holdout { similar(of(Side::Holdout)) } else { None };
    Trend { columns, measured: true, real, synthetic, score: similar(synthetic), baseline, floor: similar(Some(0.0)) }
}

/// Pearson's r over the pairs that have both, or none when one side is constant.
pub(crate) fn correlation(one: &[f64], other: &[f64]) -> Option<f64> {
    let pairs = || one.iter().zip(other).map(|(&x, &y)| (x, y)).filter(|(x, y)| !(x.is_nan() || y.is_nan()));
    let (n, sum_x, sum_y) = pairs().fold((0.0_f64, 0.0, 0.0), |(n, a, b), (x, y)| (n + 1.0, a + x, b + y));
    let (mean_x, mean_y) = (sum_x / n, sum_y / n);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    let mut first: Option<(f64, f64)> = None;
    let (mut varies_x, mut varies_y) = (false, false);
    for (x, y) in pairs() {
        let start = *first.get_or_insert((x, y));
        varies_x |= x.total_cmp(&start.0).is_ne();
        varies_y |= y.total_cmp(&start.1).is_ne();
        let (dx, dy) = (x - mean_x, y - mean_y);
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    let r = xy / (xx.sqrt() * yy.sqrt());
    (varies_x && varies_y && r.is_finite()).then(|| r.clamp(-1.0, 1.0))
}

fn contingencies(columns: (usize, usize), one: &Cut, other: &Cut) -> Trend {
    let of = |side| Some(Joint::new(one.side(side)?, one.cells, other.side(side)?, other.cells));
    let (real, twin) = (of(Side::Real), of(Side::Synthetic));
    let similar = |twin: Option<&Joint>| real.as_ref()?.similarity(twin?);
    Trend {
        columns,
        measured: false,
        real: real.as_ref().and_then(Joint::strength),
        synthetic: twin.as_ref().and_then(Joint::strength),
        score: similar(twin.as_ref()),
        baseline: similar(of(Side::Holdout).as_ref()),
        floor: real.as_ref().and_then(Joint::independent),
    }
}

/// How many rows lie in each cell of two columns.
pub(crate) struct Joint {
    /// The cell (first · width + second) and its rows, ascending, without the empty ones.
    counts: Vec<(u64, u32)>,
    width: u64,
    rows: usize,
}

impl Joint {
    pub(crate) fn new(one: &[u32], one_cells: usize, other: &[u32], other_cells: usize) -> Self {
        let width = other_cells as u64;
        let keys = one.iter().zip(other).map(|(&a, &b)| u64::from(a) * width + u64::from(b));
        let size = one_cells.saturating_mul(other_cells);
        let counts = if size <= 4 * one.len() + 4096 {
            let mut dense = vec![0_u32; size];
            keys.for_each(|key| dense[key as usize] += 1);
            dense.into_iter().enumerate().filter(|(_, count)| *count > 0).map(|(key, n)| (key as u64, n)).collect()
        } else {
            let mut keys: Vec<u64> = keys.collect();
            keys.sort_unstable();
            keys.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u32)).collect()
        };
        Self { counts, width, rows: one.len() }
    }

    /// 1 - ½ Σ |P - Q|, or none when one is of no rows.
    pub(crate) fn similarity(&self, other: &Self) -> Option<f64> {
        if self.rows == 0 || other.rows == 0 {
            return None;
        }
        let (n, m) = (self.rows as f64, other.rows as f64);
        let (mut one, mut two, mut apart) = (0, 0, 0.0);
        while one < self.counts.len() || two < other.counts.len() {
            let left = self.counts.get(one).copied().unwrap_or((u64::MAX, 0));
            let right = other.counts.get(two).copied().unwrap_or((u64::MAX, 0));
            let key = left.0.min(right.0);
            let p = if left.0 == key { f64::from(left.1) / n } else { 0.0 };
            let q = if right.0 == key { f64::from(right.1) / m } else { 0.0 };
            apart += (p - q).abs();
            one += usize::from(left.0 == key);
            two += usize::from(right.0 == key);
        }
        Some(1.0 - apart / 2.0)
    }

    /// The similarity that a table of this size drawn from the same shares is expected to have with one of `others` rows:
    /// 1 - ½ Σ √(2/π · p(1-p)(1/n + 1/m)).
    pub(crate) fn expected(&self, others: usize) -> Option<f64> {
        let (n, m) = (self.rows as f64, others as f64);
        let spread = |&(_, count): &(u64, u32)| {
            let p = f64::from(count) / n;
            (std::f64::consts::FRAC_2_PI * p * (1.0 - p) * (1.0 / n + 1.0 / m)).sqrt()
        };
        (self.rows > 0 && others > 0).then(|| 1.0 - 0.5 * self.counts.iter().map(spread).sum::<f64>())
    }

    /// The rows of each cell of the first and of the second column.
    fn margins(&self) -> (Vec<f64>, Vec<f64>) {
        let (mut rows, mut columns) = (Vec::new(), vec![0.0; self.width as usize]);
        for &(key, count) in &self.counts {
            let (a, b) = ((key / self.width) as usize, (key % self.width) as usize);
            if rows.len() <= a {
                rows.resize(a + 1, 0.0);
            }
            rows[a] += f64::from(count);
            columns[b] += f64::from(count);
        }
        (rows, columns)
    }

    /// Cramér's V, or none when one of the columns has but one level.
    pub(crate) fn strength(&self) -> Option<f64> {
        let (rows, columns) = self.margins();
        let least = |margin: &[f64]| margin.iter().filter(|&&count| count > 0.0).count();
        let degrees = least(&rows).min(least(&columns)).saturating_sub(1);
        let part = |&(key, count): &(u64, u32)| {
            let expected = rows[(key / self.width) as usize] * columns[(key % self.width) as usize];
            f64::from(count).powi(2) / expected
        };
        let squared = self.counts.iter().map(part).sum::<f64>() - 1.0;
        (degrees > 0).then(|| (squared.max(0.0) / degrees as f64).sqrt())
    }

    /// 1 - ½ Σ |P(a, b) - P(a)P(b)|, or none when there are no rows.
    pub(crate) fn independent(&self) -> Option<f64> {
        let (rows, columns) = self.margins();
        let n = self.rows as f64;
        let (mut apart, mut covered) = (0.0, 0.0);
        for &(key, count) in &self.counts {
            let product = rows[(key / self.width) as usize] * columns[(key % self.width) as usize] / (n * n);
            apart += (f64::from(count) / n - product).abs();
            covered += product;
        }
        (self.rows > 0).then(|| 1.0 - 0.5 * (apart + (1.0 - covered).max(0.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_numpys() {
        assert_eq!(widths(&[0.0, 0.99, 1.0, 9.5, 10.0, f64::NAN]).unwrap(), [0, 0, 1, 9, 10, 10]);
        assert_eq!(widths(&[3.0, 3.0]).unwrap(), [5, 5]);
        assert_eq!(widths(&[f64::NAN]).unwrap(), [10]);
        assert_eq!(widths(&[f64::INFINITY, 1.0]), None);
    }

    #[test]
    fn a_correlation_needs_two_values_on_both_sides() {
        let line = correlation(&[1.0, 2.0, 3.0, f64::NAN], &[2.0, 4.0, 6.0, 9.0]).unwrap();
        assert!((line - 1.0).abs() < 1e-12, "{line}");
        assert_eq!(correlation(&[1.0, 1.0], &[2.0, 4.0]), None);
        assert_eq!(correlation(&[1.0, f64::NAN], &[f64::NAN, 4.0]), None);
    }

    #[test]
    fn joint_shares_are_compared_with_each_other_and_with_independence() {
        let diagonal = Joint::new(&[0, 0, 1, 1], 2, &[0, 0, 1, 1], 2);
        let even = Joint::new(&[0, 0, 1, 1], 2, &[0, 1, 0, 1], 2);
        assert_eq!(diagonal.similarity(&even), Some(0.5));
        assert_eq!((diagonal.strength(), even.strength()), (Some(1.0), Some(0.0)));
        assert_eq!((diagonal.independent(), even.independent()), (Some(0.5), Some(1.0)));
        let wide = Joint::new(&[0, 9_000_000], 10_000_000, &[5, 5], 10);
        assert_eq!(wide.similarity(&wide), Some(1.0));
        assert_eq!(wide.strength(), None);
        assert_eq!(Joint::new(&[], 1, &[], 1).similarity(&even), None);
    }
}
