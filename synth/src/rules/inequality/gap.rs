//! A column that is learned as its distance from another, which is never negative: an end as a length of time after a
//! start.

use polars::prelude::{DataFrame, DataType, NamedFrom, Series};
use serde::{Deserialize, Serialize};

use super::super::chance::Chance;
use super::super::measure::{Measure, Toward};
use super::super::plan::Plan;
use super::super::view::{Seen, View};
use super::super::{Reduced, Rule, RuleKind, put, take};
use super::{Edge, sentence};
use crate::{ColumnKind, ColumnMetadata, Section, SynthError};

/// The distance is simpler when it has at most this share of the column's different values, or of its spread.
const FEWER_VALUES: f64 = 0.5;
const LESS_SPREAD: f64 = 0.3;

pub(in crate::rules) struct GapKind;

/// One column at a distance from another.
#[derive(Debug)]
pub(in crate::rules) struct Gap {
    column: String,
    from: String,
    measures: [Measure; 2],
    /// The name that the distance goes by.
    name: String,
    decimals: Option<u8>,
    form: Form,
    /// The smallest and the largest value that was seen.
    limits: [f64; 2],
}

/// What kind of distance it is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "four questions with nothing in common")]
struct Form {
    whole: bool,
    /// Whether the column lies above the other.
    above: bool,
    strict: bool,
    sure: bool,
}

impl Gap {
    /// The nearest bound of a column as the point that it is measured from, when that makes it simpler.
    pub(super) fn of(
        view: &View,
        plan: &mut Plan,
        column: usize,
        lows: &[Edge],
        highs: &[Edge],
    ) -> Option<(Self, Edge)> {
        let seen = &view.columns[column];
        let other = |edge: &Edge| if edge.high == column { edge.low } else { edge.high };
        let mut best: Option<(f64, Edge)> = None;
        for edge in lows.iter().chain(highs).filter(|edge| edge.sure && !plan.is_pinned(other(edge))) {
            let from = &view.columns[other(edge)];
            if let Some(ease) = ease(seen, from).filter(|ease| best.is_none_or(|(least, _)| *ease < least)) {
                best = Some((ease, *edge));
            }
        }
        let (_, edge) = best?;
        let from = &view.columns[other(&edge)];
        let measures = [seen.measure.clone()?, from.measure.clone()?];
        let above = edge.high == column;
        let name =
            if above { format!("{} - {}", seen.name, from.name) } else { format!("{} - {}", from.name, seen.name) };
        let (low, high) = seen.range();
        let decimals = measures[0].decimals.zip(measures[1].decimals).map(|(a, b)| a.max(b));
        let whole = measures.iter().all(Measure::is_whole);
        let gap = Self {
            column: seen.name.clone(),
            from: from.name.clone(),
            name: plan.fresh(&name),
            decimals: if whole { None } else { decimals },
            form: Form { whole, above, strict: edge.strict, sure: edge.sure },
            limits: [low, high],
            measures,
        };
        Some((gap, edge))
    }

    fn distances(&self, table: &DataFrame) -> Result<Vec<f64>, SynthError> {
        let column = self.measures[0].read(take(table, &self.column)?)?;
        let from = self.measures[1].read(take(table, &self.from)?)?;
        let distance = |(column, from): (&f64, &f64)| if self.form.above { column - from } else { from - column };
        Ok(column.iter().zip(&from).map(distance).collect())
    }
}

/// How simple the distance between two columns is against the first of them: lower is simpler; none when it is not.
fn ease(column: &Seen, from: &Seen) -> Option<f64> {
    let finite = |seen: &Seen| seen.numbers.iter().all(|value| !value.is_infinite());
    if from.missing() > 0 || !finite(column) || !finite(from) {
        return None;
    }
    let mut gaps: Vec<f64> =
        column.numbers.iter().zip(&from.numbers).map(|(a, b)| a - b).filter(|gap| !gap.is_nan()).collect();
    let mut values: Vec<f64> = column.numbers.iter().copied().filter(|value| !value.is_nan()).collect();
    let (gap_spread, spread) = (spread(&mut gaps), spread(&mut values));
    gaps.dedup_by(|a, b| (*a - *b).abs() <= 1e-9 * a.abs().max(b.abs()));
    let fewer = gaps.len() as f64 / column.levels.len().max(1) as f64;
    let ease = gap_spread / spread;
    (fewer <= FEWER_VALUES && ease < 1.0 || ease <= LESS_SPREAD && fewer <= 1.5).then_some(ease)
}

/// The middle distance from the median; sorts the values.
fn spread(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.get(values.len() / 2).copied().unwrap_or(0.0);
    values.iter().map(|value| (value - middle).abs()).sum::<f64>() / values.len().max(1) as f64
}

impl RuleKind for GapKind {
    fn name(&self) -> &'static str {
        "distance"
    }

    fn find(&self, _view: &View, _plan: &mut Plan, _progress: &crate::Progress) -> Result<(), SynthError> {
        Ok(())
    }

    fn load(&self, part: &mut Section<'_>) -> Option<Box<dyn Rule>> {
        let measures = [Measure::load(&part.section("column"))?, Measure::load(&part.section("from"))?];
        let limits = <[f64; 2]>::try_from(part.floats("limits")?).ok()?;
        Some(Box::new(Gap {
            column: part.get("column")?,
            from: part.get("from")?,
            measures,
            name: part.get("name")?,
            decimals: part.get("decimals")?,
            form: part.get("form")?,
            limits: (limits[0] <= limits[1]).then_some(limits)?,
        }))
    }
}

impl Rule for Gap {
    fn kind(&self) -> &'static str {
        GapKind.name()
    }

    fn sentences(&self) -> Vec<String> {
        let (low, high) = if self.form.above { (&self.from, &self.column) } else { (&self.column, &self.from) };
        if self.form.sure { vec![sentence(low, high, self.form.strict)] } else { Vec::new() }
    }

    fn needs(&self) -> Vec<String> {
        vec![self.from.clone()]
    }

    fn settles(&self) -> Vec<String> {
        vec![self.column.clone()]
    }

    fn reduce(&self, reduced: &mut Reduced) -> Result<(), SynthError> {
        let distances = self.distances(&reduced.table)?;
        reduced.remove(&self.column);
        let kind = if self.form.whole { ColumnKind::Integer } else { ColumnKind::Numerical };
        reduced.metadata.set(&self.name, ColumnMetadata { decimals: self.decimals, ..ColumnMetadata::new(kind) });
        let tidy = |value: f64| match self.decimals {
            Some(digits) => crate::metadata::round_to(value, digits),
            None => value,
        };
        let present = |value: &f64| (!value.is_nan()).then(|| tidy(*value));
        let column = Series::new(self.name.as_str().into(), distances.iter().map(present).collect::<Vec<_>>());
        put(&mut reduced.table, if self.form.whole { column.cast(&DataType::Int64)? } else { column })
    }

    fn restore(&self, table: &mut DataFrame, _chance: &Chance) -> Result<(), SynthError> {
        let from = self.measures[1].read(take(table, &self.from)?)?;
        let gaps = take(table, &self.name)?.cast(&DataType::Float64)?;
        let measure = &self.measures[0];
        let place = |from: f64, gap: f64| {
            let [low, high] = self.limits;
            let value = measure.onto_grid(if self.form.above { from + gap } else { from - gap }, Toward::Nearest);
            let value = value.clamp(low, high);
            match (self.form.above, self.form.strict) {
                (true, false) if value < from => measure.onto_grid(from, Toward::Up),
                (true, true) if value <= from => measure.above(from),
                (false, false) if value > from => measure.onto_grid(from, Toward::Down),
                (false, true) if value >= from => measure.below(from),
                _ => value,
            }
        };
        let values: Vec<f64> = from
            .iter()
            .zip(gaps.f64()?.iter())
            .map(|(&from, gap)| {
                gap.filter(|gap| !gap.is_nan() && !from.is_nan()).map_or(f64::NAN, |gap| place(from, gap))
            })
            .collect();
        let column = measure.write(&self.column, &values)?;
        put(table, column)
    }

    fn broken(&self, table: &DataFrame) -> Result<Vec<usize>, SynthError> {
        let wrong = |gap: &&f64| if self.form.strict { **gap <= 0.0 } else { **gap < 0.0 };
        Ok(if self.form.sure { vec![self.distances(table)?.iter().filter(wrong).count()] } else { Vec::new() })
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("column", &self.column)?;
        part.put("from", &self.from)?;
        self.measures[0].save(&mut part.section("column"))?;
        self.measures[1].save(&mut part.section("from"))?;
        part.put("name", &self.name)?;
        part.put("decimals", &self.decimals)?;
        part.put("form", &self.form)?;
        part.put_floats("limits", &self.limits);
        Ok(())
    }
}
