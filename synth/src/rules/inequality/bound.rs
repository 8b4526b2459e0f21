//! Rows that break a bound, drawn anew beyond it.
//!
//! The law that is drawn from is the column's where its first bound is about as high: for each of some stretches of the
//! bound, 64 quantiles of the column, cut off at the bound and followed from one quantile to the next.

use polars::prelude::DataFrame;

use super::super::chance::Chance;
use super::super::measure::{Measure, Toward};
use super::super::view::View;
use super::super::{Reduced, Rule, RuleKind, put, take};
use super::{Edge, sentence};
use crate::{Section, SynthError};

/// Quantiles that describe the column in one stretch of its bound.
const QUANTILES: usize = 65;
/// Stretches of the bound, at most, and the rows in each, at least.
const MOST_STRETCHES: usize = 64;
const STRETCH_ROWS: usize = 50;
/// A column with no more different values than this, and ten rows for each, only takes those.
const MOST_VALUES: usize = 2000;

pub(in crate::rules) struct BoundKind;

/// One column with its bounds.
#[derive(Debug)]
pub(in crate::rules) struct Bound {
    column: String,
    measure: Measure,
    bounds: Vec<Side>,
    law: Law,
    /// The only values that the column may take, ascending; empty when it may take any.
    seen: Vec<f64>,
}

/// One column that another may not pass.
#[derive(Debug)]
struct Side {
    column: String,
    measure: Measure,
    /// Whether it lies below.
    low: bool,
    strict: bool,
    sure: bool,
}

/// The law of the column where its first bound is about as high.
#[derive(Debug)]
struct Law {
    /// Where each stretch of the bound begins, ascending.
    begins: Vec<f64>,
    /// For each stretch, the quantiles of the column.
    quantiles: Vec<f64>,
}

impl Bound {
    pub(super) fn of(view: &View, column: usize, lows: &[Edge], highs: &[Edge], keep_seen: bool) -> Option<Self> {
        let seen = &view.columns[column];
        let side = |edge: &Edge| {
            let low = edge.high == column;
            let other = &view.columns[if low { edge.low } else { edge.high }];
            let side = Side {
                column: other.name.clone(),
                measure: other.measure.clone()?,
                low,
                strict: edge.strict,
                sure: edge.sure,
            };
            Some(side)
        };
        let bounds: Vec<Side> = lows.iter().chain(highs).filter_map(side).collect();
        let first = lows.iter().map(|edge| edge.low).chain(highs.iter().map(|edge| edge.high)).next()?;
        let few = seen.levels.len() <= MOST_VALUES && seen.levels.len() * 10 <= view.rows;
        let mut values: Vec<f64> = if few || keep_seen { seen.numbers.clone() } else { Vec::new() };
        values.retain(|value| !value.is_nan());
        values.sort_unstable_by(f64::total_cmp);
        values.dedup();
        let law = Law::of(&view.columns[first].numbers, &seen.numbers);
        Some(Self { column: seen.name.clone(), measure: seen.measure.clone()?, bounds, law, seen: values })
    }

    /// The least and the greatest number that each row may have; infinite where nothing bounds it.
    fn limits(&self, table: &DataFrame) -> Result<Vec<[f64; 2]>, SynthError> {
        let mut limits = vec![[f64::NEG_INFINITY, f64::INFINITY]; table.height()];
        for side in &self.bounds {
            let numbers = side.measure.read(take(table, &side.column)?)?;
            for (limit, number) in limits.iter_mut().zip(numbers).filter(|(_, number)| !number.is_nan()) {
                let reached = match (side.low, side.strict) {
                    (true, true) => self.measure.above(number),
                    (true, false) => self.measure.onto_grid(number, Toward::Up),
                    (false, true) => self.measure.below(number),
                    (false, false) => self.measure.onto_grid(number, Toward::Down),
                };
                if side.low { limit[0] = limit[0].max(reached) } else { limit[1] = limit[1].min(reached) }
            }
        }
        Ok(limits)
    }

    /// A number between the limits.
    fn draw(&self, near: f64, [low, high]: [f64; 2], uniform: f64) -> f64 {
        let drawn = self.law.draw(near, [low, high], uniform).unwrap_or(if low.is_finite() { low } else { high });
        let value = self.measure.onto_grid(drawn, Toward::Nearest);
        let value = if value < low {
            low
        } else if value > high {
            high
        } else {
            value
        };
        if self.seen.is_empty() {
            return value;
        }
        let above = self.seen.partition_point(|one| *one < value);
        let beside =
            [above.checked_sub(1), Some(above)].into_iter().flatten().filter_map(|at| self.seen.get(at).copied());
        let inside = |one: &f64| (low..=high).contains(one);
        let fit = beside.filter(inside).min_by(|a, b| (a - value).abs().total_cmp(&(b - value).abs()));
        fit.or_else(|| self.seen.iter().copied().find(inside)).unwrap_or(value)
    }
}

impl Law {
    fn of(bound: &[f64], column: &[f64]) -> Self {
        let mut pairs: Vec<(f64, f64)> =
            bound.iter().zip(column).filter(|(a, b)| !a.is_nan() && !b.is_nan()).map(|(a, b)| (*a, *b)).collect();
        pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let stretches = (pairs.len() / STRETCH_ROWS).clamp(1, MOST_STRETCHES);
        let (mut begins, mut quantiles): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
        let mut from = 0;
        for stretch in 0..stretches {
            let mut to = (stretch + 1) * pairs.len() / stretches;
            while to < pairs.len() && to > 0 && pairs[to].0.total_cmp(&pairs[to - 1].0).is_eq() {
                to += 1;
            }
            if to <= from {
                continue;
            }
            let mut values: Vec<f64> = pairs[from..to].iter().map(|pair| pair.1).collect();
            values.sort_unstable_by(f64::total_cmp);
            begins.push(pairs[from].0);
            let at = |part: usize| values[part * (values.len() - 1) / (QUANTILES - 1)];
            quantiles.extend((0..QUANTILES).map(at));
            from = to;
        }
        Self { begins, quantiles }
    }

    /// A draw between the limits from the stretch that `near` lies in, or from the nearest that reaches between them.
    fn draw(&self, near: f64, [low, high]: [f64; 2], uniform: f64) -> Option<f64> {
        let here = self.begins.partition_point(|begin| *begin <= near).saturating_sub(1);
        (here..self.begins.len()).chain((0..here).rev()).find_map(|stretch| {
            let values = &self.quantiles[stretch * QUANTILES..(stretch + 1) * QUANTILES];
            let first = values.partition_point(|value| *value < low);
            let last = values.partition_point(|value| *value <= high);
            if first >= last {
                return None;
            }
            let place = first as f64 + uniform * (last - first) as f64;
            let at = (place as usize).min(last - 1);
            let next = values[(at + 1).min(last - 1)];
            Some(values[at] + (place - at as f64).min(1.0) * (next - values[at])).filter(|value| value.is_finite())
        })
    }
}

impl RuleKind for BoundKind {
    fn name(&self) -> &'static str {
        "bound"
    }

    fn find(&self, _view: &View, _plan: &mut super::Plan, _progress: &crate::Progress) -> Result<(), SynthError> {
        Ok(())
    }

    fn load(&self, part: &mut Section<'_>) -> Option<Box<dyn Rule>> {
        let sides: Vec<(String, bool, bool, bool)> = part.get("bounds")?;
        let mut bounds = Vec::new();
        for (at, (column, low, strict, sure)) in sides.into_iter().enumerate() {
            let measure = Measure::load(&part.section(&format!("bound.{at}")))?;
            bounds.push(Side { column, measure, low, strict, sure });
        }
        let law = Law { begins: part.floats("begins")?, quantiles: part.floats("quantiles")? };
        if bounds.is_empty() || law.quantiles.len() != law.begins.len() * QUANTILES {
            return None;
        }
        let measure = Measure::load(&part.section("measure"))?;
        Some(Box::new(Bound { column: part.get("column")?, measure, bounds, law, seen: part.floats("seen")? }))
    }
}

impl Rule for Bound {
    fn kind(&self) -> &'static str {
        BoundKind.name()
    }

    fn sentences(&self) -> Vec<String> {
        let say = |side: &Side| {
            let (low, high) = if side.low { (&side.column, &self.column) } else { (&self.column, &side.column) };
            sentence(low, high, side.strict)
        };
        self.bounds.iter().filter(|side| side.sure).map(say).collect()
    }

    fn needs(&self) -> Vec<String> {
        self.bounds.iter().map(|side| side.column.clone()).collect()
    }

    fn settles(&self) -> Vec<String> {
        vec![self.column.clone()]
    }

    fn reduce(&self, _reduced: &mut Reduced) -> Result<(), SynthError> {
        Ok(())
    }

    fn restore(&self, table: &mut DataFrame, chance: &Chance) -> Result<(), SynthError> {
        let mut values = self.measure.read(take(table, &self.column)?)?;
        let limits = self.limits(table)?;
        let broken: Vec<usize> =
            (0..values.len()).filter(|&row| values[row] < limits[row][0] || values[row] > limits[row][1]).collect();
        if broken.is_empty() {
            return Ok(());
        }
        let nears = self.bounds[0].measure.read(take(table, &self.bounds[0].column)?)?;
        for (&row, uniform) in broken.iter().zip(chance.uniform(&broken, &self.column)?) {
            let near = if nears[row].is_nan() { values[row] } else { nears[row] };
            values[row] = self.draw(near, limits[row], uniform);
        }
        let column = self.measure.write(&self.column, &values)?;
        put(table, column)
    }

    fn broken(&self, table: &DataFrame) -> Result<Vec<usize>, SynthError> {
        let values = self.measure.read(take(table, &self.column)?)?;
        let breaks = |side: &Side| {
            let bounds = side.measure.read(take(table, &side.column)?)?;
            let wrong = |(value, bound): (&f64, &f64)| match (side.low, side.strict) {
                (true, true) => value <= bound,
                (true, false) => value < bound,
                (false, true) => value >= bound,
                (false, false) => value > bound,
            };
            Ok(values.iter().zip(&bounds).filter(|&pair| wrong(pair)).count())
        };
        self.bounds.iter().filter(|side| side.sure).map(breaks).collect()
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("column", &self.column)?;
        self.measure.save(&mut part.section("measure"))?;
        let sides: Vec<_> = self.bounds.iter().map(|side| (&side.column, side.low, side.strict, side.sure)).collect();
        part.put("bounds", &sides)?;
        for (at, side) in self.bounds.iter().enumerate() {
            side.measure.save(&mut part.section(&format!("bound.{at}")))?;
        }
        part.put_floats("begins", &self.law.begins);
        part.put_floats("quantiles", &self.law.quantiles);
        part.put_floats("seen", &self.seen);
        Ok(())
    }
}
