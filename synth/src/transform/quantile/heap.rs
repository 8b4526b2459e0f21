//! The law within each stretch: values that several rows share, and rounding to levels of a ladder.
//!
//! A row of a stretch is either at one of its shared values, in proportion to their rows, or on one level of the ladder,
//! where every point of the stretch is as likely as any other. The share of a level l in a stretch with R rows, r of them
//! on the level, is (r + κ·q) / (R + κ), where q ∝ N·w: N points of the level in the stretch, each with the attraction w
//! that the level has in the stretches around, found by proportional fitting (Deming and Stephan, 1940) and drawn towards
//! the whole column's. So the shares don't hang on the few rows of one stretch, and no value comes back because one row
//! had it.
//!
//! A position u has two parts: u·C = cell + rest. The rest says which level, by cumulative shares; the cell says which of
//! the level's points, in ascending order. So values still grow with the position, down to the width of one step.

use super::cut::{SHARED, Span};
use super::ladder::{Grid, Level, candidates, is_ladder, levels};
use crate::Section;
use crate::SynthError;
use crate::types::ColumnType;

/// Cells of a position: odd, so that the rest differs between positions on a grid.
const CELLS: f64 = 3_141_592_653_589.0;
/// How many rows the surroundings of a stretch count for.
const PRIOR: f64 = 8.0;
/// Rows on whose evidence a neighbourhood's attractions are told from the column's.
const NEIGHBOURHOOD: f64 = 200.0;
/// How many rows the column counts for in a neighbourhood.
const COLUMN: f64 = 20.0;
/// Distinct values on which a ladder is chosen.
const PROBED: usize = 4096;

/// The laws of all pieces of a column; trivial for pieces that are single values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Heaps<T> {
    /// The ladder of the column; empty when its values are not on a grid.
    pub(super) grids: Vec<Grid>,
    /// For each piece, cumulative: the share of shared values, then of each level. Empty when nothing is shared or
    /// rounded.
    shares: Vec<f64>,
    /// Where the shared values of each piece begin; one entry more than there are pieces, or none.
    begins: Vec<usize>,
    shared: Vec<T>,
    /// The share of each shared value and of those before it in its piece.
    weights: Vec<f64>,
}

/// Where a position leads in a piece.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Way<T> {
    /// To a shared value.
    Shared(T),
    /// To a level (0 where there is no ladder), at this place from 0 to 1 among its points.
    Level(usize, f64),
}

impl<T: Copy + PartialOrd> Heaps<T> {
    /// Laws in which each stretch is even.
    pub(super) fn even(grids: Vec<Grid>) -> Self {
        Self { grids, shares: Vec::new(), begins: Vec::new(), shared: Vec::new(), weights: Vec::new() }
    }

    /// Whether each stretch is even: nothing shared, nothing rounded.
    pub(super) fn is_even(&self) -> bool {
        self.shares.is_empty()
    }

    /// Gathers the shared values of each stretch; `rounded` gives the shares of the levels among the other rows.
    fn gather(grids: Vec<Grid>, distinct: &[T], counts: &[usize], spans: &[Span], rounded: &[Vec<f64>]) -> Self {
        let mut heaps = Self { begins: vec![0], ..Self::even(grids) };
        for (span, rounded) in spans.iter().zip(rounded) {
            let mut below = 0.0;
            let all = of(span, counts).map(|at| counts[at]).sum::<usize>() as f64;
            for at in of(span, counts).filter(|&at| counts[at] >= SHARED) {
                below += counts[at] as f64;
                heaps.shared.push(distinct[at]);
                heaps.weights.push(below);
            }
            let begin = heaps.begins.last().copied().unwrap_or(0);
            heaps.weights[begin..].iter_mut().for_each(|weight| *weight /= below);
            heaps.begins.push(heaps.shared.len());
            let mut share = below / all;
            heaps.shares.push(share);
            for level in rounded {
                share += level * (1.0 - below / all);
                heaps.shares.push(share);
            }
        }
        heaps
    }

    fn width(&self) -> usize {
        1 + self.grids.len().max(1)
    }

    /// Where the position leads in the piece.
    pub(super) fn way(&self, piece: usize, position: f64) -> Way<T> {
        let scaled = position.clamp(0.0, 1.0) * CELLS;
        let cell = scaled.floor().min(CELLS - 1.0);
        let (place, rest) = ((cell + 0.5) / CELLS, scaled - cell);
        let shares = &self.shares[piece * self.width()..][..self.width()];
        let total = shares[shares.len() - 1];
        let choice = shares.partition_point(|share| *share <= rest.min(1.0) * total);
        let choice = choice.min(shares.partition_point(|share| *share < total));
        if choice > 0 {
            return Way::Level(choice - 1, place);
        }
        let range = self.begins[piece]..self.begins[piece + 1];
        let at = self.weights[range.clone()].partition_point(|weight| *weight <= place);
        let values = &self.shared[range];
        values.get(at).or(values.last()).map_or(Way::Level(0, place), |&value| Way::Shared(value))
    }

    /// The values that several rows share, of all pieces.
    pub(super) fn shared(&self) -> &[T] {
        &self.shared
    }

    /// The position that leads to a value: to itself where it is shared, else to where it is on its level, or on the
    /// commonest one of the piece if its own never comes.
    pub(super) fn position(&self, piece: usize, value: T, on: impl Fn(usize) -> f64, level: usize) -> f64 {
        let shares = &self.shares[piece * self.width()..][..self.width()];
        let share = |at: usize| shares[at] - if at == 0 { 0.0 } else { shares[at - 1] };
        let range = self.begins[piece]..self.begins[piece + 1];
        let at = range.start + self.shared[range.clone()].partition_point(|known| *known < value);
        let (choice, place) = if at < range.end && self.shared[at] == value {
            let before = if at == range.start { 0.0 } else { self.weights[at - 1] };
            (0, f64::midpoint(before, self.weights[at]))
        } else if share(level + 1) > 0.0 {
            (level + 1, on(level))
        } else {
            let commonest = (1..shares.len()).max_by(|&a, &b| share(a).total_cmp(&share(b))).unwrap_or(1);
            (commonest, on(commonest - 1))
        };
        let rest = (shares[choice] - share(choice) / 2.0) / shares[shares.len() - 1];
        ((place * CELLS).floor().clamp(0.0, CELLS - 1.0) + rest) / CELLS
    }

    pub(super) fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("grids", &self.grids)?;
        part.put_floats("shares", &self.shares);
        part.put("begins", &self.begins)?;
        part.put_floats("weights", &self.weights);
        Ok(())
    }

    /// Reads what [`Heaps::save`] wrote; the shared values stand with the ends of the pieces.
    pub(super) fn load(part: &Section<'_>, shared: Vec<T>, low: &[T], high: &[T]) -> Option<Self> {
        let heaps = Self {
            grids: part.get("grids")?,
            shares: part.floats("shares")?,
            begins: part.get("begins")?,
            shared,
            weights: part.floats("weights")?,
        };
        heaps.is_sound(low, high).then_some(heaps)
    }

    fn is_sound(&self, low: &[T], high: &[T]) -> bool {
        let ascends =
            |shares: &[f64]| shares.is_sorted() && shares.iter().all(|share| (0.0..=1.0 + 1e-9).contains(share));
        if !self.grids.is_empty() && !is_ladder(&self.grids) {
            return false;
        }
        if self.is_even() {
            return self.begins.is_empty() && self.shared.is_empty() && self.weights.is_empty();
        }
        let within = |piece: usize| {
            let range = self.begins[piece]..self.begins[piece + 1];
            let shares = &self.shares[piece * self.width()..][..self.width()];
            ascends(&self.weights[range.clone()])
                && ascends(shares)
                && shares.last().is_some_and(|total| *total > 0.5)
                && (shares[0] > 0.0) != range.is_empty()
                && self.shared[range.clone()].iter().all(|value| low[piece] <= *value && *value <= high[piece])
                && self.shared[range].is_sorted()
        };
        self.shares.len() == low.len() * self.width()
            && self.begins.len() == low.len() + 1
            && self.begins.first() == Some(&0)
            && self.begins.is_sorted()
            && self.begins.last() == Some(&self.shared.len())
            && self.weights.len() == self.shared.len()
            && (0..low.len()).all(within)
    }
}

impl Heaps<f64> {
    /// The laws of stretches of numbers that are on no grid.
    pub(super) fn of_numbers(distinct: &[f64], counts: &[usize], spans: &[Span]) -> Self {
        if spans.iter().all(|span| span.first == span.last || of(span, counts).all(|at| counts[at] < SHARED)) {
            return Self::even(Vec::new());
        }
        Self::gather(Vec::new(), distinct, counts, spans, &vec![vec![1.0]; spans.len()])
    }
}

impl Heaps<i128> {
    /// The laws of stretches of values on the grid `base`, from `low` to `high` each.
    pub(super) fn of_values(
        base: Grid,
        dtype: &ColumnType,
        distinct: &[i128],
        counts: &[usize],
        spans: &[Span],
        (low, high): (&[i128], &[i128]),
    ) -> Self {
        let stretches: Vec<Stretch> = spans
            .iter()
            .enumerate()
            .filter(|(piece, _)| low[*piece] < high[*piece])
            .map(|(piece, span)| Stretch {
                low: low[piece],
                high: high[piece],
                values: of(span, counts)
                    .filter(|&at| counts[at] < SHARED)
                    .map(|at| (distinct[at], counts[at]))
                    .collect(),
                piece,
            })
            .collect();
        let wide = stretches.iter().any(|stretch| base.count(stretch.low, stretch.high) as f64 > CELLS);
        let grids = if wide { vec![base] } else { ladder(base, dtype, &stretches) };
        let shared = stretches
            .iter()
            .any(|stretch| stretch.values.len() < spans[stretch.piece].last + 1 - spans[stretch.piece].first);
        if grids.len() == 1 && !shared {
            return Self::even(grids);
        }
        let levels = levels(&grids);
        let mut single = vec![0.0; levels.len()];
        single[0] = 1.0;
        let mut rounded = vec![single; spans.len()];
        for (stretch, shares) in stretches.iter().zip(shares(&levels, &stretches)) {
            rounded[stretch.piece] = shares;
        }
        Self::gather(grids, distinct, counts, spans, &rounded)
    }
}

/// The values of a stretch that few rows share, each with its rows.
struct Stretch {
    low: i128,
    high: i128,
    values: Vec<(i128, usize)>,
    piece: usize,
}

/// The distinct values of a span that has more than one.
fn of(span: &Span, counts: &[usize]) -> impl Iterator<Item = usize> {
    span.first..(span.last + 1).min(counts.len())
}

/// The ladder that best explains how round the values are, without the levels that explain nothing.
fn ladder(base: Grid, dtype: &ColumnType, stretches: &[Stretch]) -> Vec<Grid> {
    let values: usize = stretches.iter().map(|stretch| stretch.values.len()).sum();
    let every = values.div_ceil(PROBED).max(1);
    let mut at = 0;
    let mut probes = Vec::new();
    for stretch in stretches {
        let mut chosen = Vec::new();
        for &(value, rows) in &stretch.values {
            if at % every == 0 {
                chosen.push((value, rows));
            }
            at += 1;
        }
        if !chosen.is_empty() {
            probes.push(Stretch { values: chosen, ..*stretch });
        }
    }
    let mut best = (0.0, vec![base]);
    for rungs in candidates(base, dtype) {
        let (gain, kept) = pruned(&rungs, &probes);
        if gain > best.0 {
            best = (gain, kept);
        }
    }
    best.1
}

/// The rungs on which there are more (or fewer) rows than on as many points of the rung below, and by how much that makes
/// the values likelier: Σ observed·ln(observed / expected), less a price for each rung.
fn pruned(rungs: &[Grid], stretches: &[Stretch]) -> (f64, Vec<Grid>) {
    const PRICE: f64 = 3.0;
    let mut kept = vec![rungs[0]];
    let mut gain = 0.0;
    let mut below: Vec<(f64, f64)> = stretches
        .iter()
        .map(|stretch| {
            let rows = stretch.values.iter().map(|(_, rows)| *rows as f64).sum();
            (rows, rungs[0].count(stretch.low, stretch.high) as f64)
        })
        .collect();
    for &rung in &rungs[1..] {
        let (mut all, mut on, mut expected, mut spread) = (0.0, 0.0, 0.0, 0.0);
        let mut here = Vec::with_capacity(stretches.len());
        for (stretch, &(rows, points)) in stretches.iter().zip(&below) {
            let within = stretch.values.iter().filter(|(value, _)| rung.holds(*value));
            let within: f64 = within.map(|(_, rows)| *rows as f64).sum();
            let many = rung.count(stretch.low, stretch.high) as f64;
            let share = if points > 0.0 { many / points } else { 0.0 };
            all += rows;
            on += within;
            expected += rows * share;
            spread += rows * share * (1.0 - share);
            here.push((within, many));
        }
        if (on - expected).abs() > 3.0 * spread.sqrt() + 2.0 {
            let likelier = |seen: f64, expected: f64| if seen > 0.0 { seen * (seen / expected).ln() } else { 0.0 };
            gain += likelier(on, expected) + likelier(all - on, all - expected) - PRICE;
            kept.push(rung);
            below = here;
        }
        if on == 0.0 {
            break;
        }
    }
    (gain, kept)
}

/// The share of each level among the rows of each stretch.
fn shares(levels: &[Level], stretches: &[Stretch]) -> Vec<Vec<f64>> {
    let points: Vec<Vec<f64>> = stretches
        .iter()
        .map(|stretch| levels.iter().map(|level| level.count(stretch.low, stretch.high) as f64).collect())
        .collect();
    let seen: Vec<Vec<f64>> = stretches
        .iter()
        .map(|stretch| {
            let mut seen = vec![0.0; levels.len()];
            for &(value, rows) in &stretch.values {
                if let Some(level) = levels.iter().rposition(|level| level.grid.holds(value)) {
                    seen[level] += rows as f64;
                }
            }
            seen
        })
        .collect();
    let column = attractions(&seen, &points, &vec![1.0; levels.len()], 0.0);
    let mut shares = Vec::with_capacity(stretches.len());
    let mut first = 0;
    while first < stretches.len() {
        let mut rows = 0.0;
        let mut last = first;
        while last < stretches.len() && rows < NEIGHBOURHOOD {
            rows += seen[last].iter().sum::<f64>();
            last += 1;
        }
        let around = attractions(&seen[first..last], &points[first..last], &column, COLUMN);
        for (seen, points) in seen[first..last].iter().zip(&points[first..last]) {
            let expected = split(points, &around);
            let rows: f64 = seen.iter().sum();
            shares.push(seen.iter().zip(expected).map(|(seen, q)| (seen + PRIOR * q) / (rows + PRIOR)).collect());
        }
        first = last;
    }
    shares
}

/// How a stretch's rows fall on its levels when each point has its level's attraction.
fn split(points: &[f64], attractions: &[f64]) -> Vec<f64> {
    let weights: Vec<f64> = points.iter().zip(attractions).map(|(points, attraction)| points * attraction).collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / total).collect()
}

/// The attraction of each level's points with which these stretches have the rows on each level that they have, and
/// `prior` rows more that fall as with the attractions `from`.
fn attractions(seen: &[Vec<f64>], points: &[Vec<f64>], from: &[f64], prior: f64) -> Vec<f64> {
    const ROUNDS: usize = 12;
    const LEAST: f64 = 1e-9;
    let mut attractions = from.to_vec();
    let all: f64 = seen.iter().flatten().sum();
    let expect = |attractions: &[f64]| {
        let mut expected = vec![0.0; attractions.len()];
        for (seen, points) in seen.iter().zip(points) {
            let rows: f64 = seen.iter().sum();
            for (expected, share) in expected.iter_mut().zip(split(points, attractions)) {
                *expected += rows * share;
            }
        }
        expected
    };
    if all <= 0.0 {
        return attractions;
    }
    let before = expect(from);
    let wanted: Vec<f64> = (0..from.len())
        .map(|level| {
            let rows: f64 = seen.iter().map(|seen| seen[level]).sum();
            (rows + prior * before[level] / all) * all / (all + prior)
        })
        .collect();
    for _ in 0..ROUNDS {
        let expected = expect(&attractions);
        for ((attraction, wanted), expected) in attractions.iter_mut().zip(&wanted).zip(expected) {
            if expected > 0.0 {
                *attraction = (*attraction * wanted / expected).max(LEAST);
            }
        }
    }
    attractions
}
