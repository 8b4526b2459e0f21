//! Numbers, moments and lengths of time: the empirical distribution in single values and stretches between quantiles.
//!
//! A value that holds at least one piece's share of the rows (a spike: zero, a round amount, a ceiling) is a piece of
//! its own and comes back exactly. The rest are cut into stretches of about equal mass, within which the law is taken
//! as uniform: over the lattice of whole numbers that the column keeps to (their greatest common divisor: hundreds,
//! whole days), or over the decimals it has. A column with few different values for its rows is all single values.
//! Nothing lies outside the smallest and the largest value seen.

use polars::prelude::Series;
use serde::{Deserialize, Serialize};

use super::{Encoded, FittedTransform, Origin, Rows, Transform, encode, open};
use crate::metadata::round_to;
use crate::types::{ColumnType, Domain};
use crate::values::{Values, extract, restore};
use crate::{ColumnKind, ColumnMetadata, Section, SynthError};

/// A stretch holds at least so many rows: in a small table of different numbers, none is copied.
const FEWEST_ROWS: usize = 2;

/// Takes numbers, moments and lengths of time apart.
pub(super) struct QuantileTransform;

#[derive(Debug)]
struct Fitted {
    origin: Origin,
    masses: Vec<f64>,
    ends: Ends,
    form: Form,
}

/// The two ends of each piece, both inside it; they are equal in a single value.
#[derive(Debug)]
enum Ends {
    Float { low: Vec<f64>, high: Vec<f64> },
    Whole { low: Vec<i128>, high: Vec<i128> },
}

/// The grid that the values keep to: `step` for whole numbers, `decimals` for others.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Form {
    step: u64,
    decimals: Option<u8>,
}

impl Transform for QuantileTransform {
    fn name(&self) -> &'static str {
        "quantile"
    }

    fn about(&self) -> &'static str {
        "frequent values are pieces of their own, the rest are stretches between quantiles"
    }

    fn kinds(&self) -> &'static [ColumnKind] {
        use ColumnKind::{Date, Datetime, Duration, Integer, Numerical, Time};
        &[Numerical, Integer, Date, Datetime, Time, Duration]
    }

    fn fit(
        &self,
        column: &Series,
        about: &ColumnMetadata,
        pieces: usize,
    ) -> Result<Box<dyn FittedTransform>, SynthError> {
        let (origin, values, _) = open(column)?;
        let (distinct, places) = values.distinct();
        let mut counts = vec![0_usize; distinct.len()];
        for place in places {
            counts[place as usize] += 1;
        }
        let (ends, form, spans) = match distinct {
            Values::Float(distinct) => {
                let spans = cut(&counts, pieces, |at| distinct[at].is_infinite());
                let form = Form { step: 1, decimals: about.decimals };
                (Ends::float(&distinct, &spans, about), form, spans)
            }
            Values::Whole(distinct) => {
                let spans = cut(&counts, pieces, |_| false);
                let form = Form { step: step(&distinct), decimals: None };
                (Ends::whole(&distinct, &spans, form.step, about, &origin.dtype), form, spans)
            }
            Values::Text(_) => {
                return Err(SynthError::KindMismatch {
                    column: origin.column,
                    dtype: column.dtype().to_string(),
                    kind: about.kind.to_string(),
                });
            }
        };
        let rows = counts.iter().sum::<usize>() as f64;
        let masses = spans.iter().map(|span| span.rows as f64 / rows).collect();
        Ok(Box::new(Fitted { origin, masses, ends, form }))
    }

    fn load(&self, part: &Section<'_>) -> Option<Box<dyn FittedTransform>> {
        let origin: Origin = part.get("origin")?;
        let masses = part.floats("masses")?;
        let (ends, lengths) = if origin.dtype.domain() == Domain::Float {
            let (low, high) = (part.floats("low")?, part.floats("high")?);
            let lengths = [low.len(), high.len()];
            (Ends::Float { low, high }, lengths)
        } else {
            let (low, high) = (part.wholes("low")?, part.wholes("high")?);
            let lengths = [low.len(), high.len()];
            (Ends::Whole { low, high }, lengths)
        };
        let form: Form = part.get("form")?;
        (form.step > 0 && lengths == [masses.len(); 2] && ends.are_sound())
            .then(|| Box::new(Fitted { origin, masses, ends, form }) as Box<dyn FittedTransform>)
    }
}

impl FittedTransform for Fitted {
    fn name(&self) -> &'static str {
        QuantileTransform.name()
    }

    fn masses(&self) -> &[f64] {
        &self.masses
    }

    fn ordered(&self) -> bool {
        true
    }

    fn varies(&self) -> bool {
        let stretches = match &self.ends {
            Ends::Float { low, high } => low.iter().zip(high).any(|(low, high)| low < high),
            Ends::Whole { low, high } => low.iter().zip(high).any(|(low, high)| low < high),
        };
        self.masses.len() > 1 || stretches
    }

    fn missing_rate(&self) -> f64 {
        self.origin.missing_rate()
    }

    fn forward(&self, column: &Series) -> Result<Encoded, SynthError> {
        self.origin.check(column)?;
        let parts = extract(column, &self.origin.dtype)?;
        if self.masses.is_empty() {
            return Ok(encode(&vec![true; parts.missing.len()], std::iter::empty()));
        }
        let step = i128::from(self.form.step);
        Ok(match (&self.ends, &parts.values) {
            (Ends::Float { low, high }, Values::Float(values)) => {
                let locate = |&value: &f64| {
                    let at = low.partition_point(|end| *end <= value).saturating_sub(1);
                    (at as u32, position(value, low[at], high[at]))
                };
                encode(&parts.missing, values.iter().map(locate))
            }
            (Ends::Whole { low, high }, Values::Whole(values)) => {
                let locate = |&value: &i128| {
                    let at = low.partition_point(|end| *end <= value).saturating_sub(1);
                    let steps = ((high[at] - low[at]) / step + 1) as f64;
                    let inside = (value.clamp(low[at], high[at]) - low[at]) / step;
                    (at as u32, (inside as f64 + 0.5) / steps)
                };
                encode(&parts.missing, values.iter().map(locate))
            }
            _ => return Err(self.origin.foreign()),
        })
    }

    fn inverse(&self, encoded: &Encoded, _rows: Rows) -> Result<Series, SynthError> {
        let missing = self.origin.present(encoded, self.masses.len())?;
        let present = encoded
            .pieces
            .iter()
            .zip(&encoded.positions)
            .filter(|(piece, _)| **piece != Encoded::MISSING)
            .map(|(&piece, &position)| (piece as usize, position));
        let values = match &self.ends {
            Ends::Float { low, high } => Values::Float(
                present.map(|(at, position)| between(low[at], high[at], position, self.form.decimals)).collect(),
            ),
            Ends::Whole { low, high } => {
                let step = i128::from(self.form.step);
                let value = |(at, position): (usize, f64)| {
                    let steps = (high[at] - low[at]) / step;
                    let inside = (position.clamp(0.0, 1.0) * (steps + 1) as f64) as i128;
                    low[at] + inside.min(steps) * step
                };
                Values::Whole(present.map(value).collect())
            }
        };
        restore(&self.origin.column, &self.origin.dtype, values, &missing, self.origin.missing_is_nan)
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("origin", &self.origin)?;
        part.put("form", &self.form)?;
        part.put_floats("masses", &self.masses);
        match &self.ends {
            Ends::Float { low, high } => {
                part.put_floats("low", low);
                part.put_floats("high", high);
            }
            Ends::Whole { low, high } => {
                part.put_wholes("low", low);
                part.put_wholes("high", high);
            }
        }
        Ok(())
    }
}

fn position(value: f64, low: f64, high: f64) -> f64 {
    if high > low { ((value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0)).clamp(0.0, 1.0) } else { 0.5 }
}

fn between(low: f64, high: f64, position: f64, decimals: Option<u8>) -> f64 {
    if low >= high {
        return low;
    }
    let value = low * (1.0 - position) + high * position;
    decimals.map_or(value, |digits| round_to(value, digits)).clamp(low, high)
}

/// A run of neighbouring distinct values that make one piece.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Span {
    first: usize,
    last: usize,
    rows: usize,
    /// Whether the next piece follows without a single value between them.
    joins_next: bool,
}

/// Cuts ascending distinct values, which occur `counts` times each, into about `pieces` pieces.
fn cut(counts: &[usize], pieces: usize, always_alone: impl Fn(usize) -> bool) -> Vec<Span> {
    let rows: usize = counts.iter().sum();
    let few = counts.len() <= pieces && counts.len() * 10 <= rows;
    let share = rows.div_ceil(pieces.max(1));
    let alone = |at: usize| few || counts[at] >= share.max(2) || always_alone(at);
    let mut spans: Vec<Span> = Vec::new();
    let mut open: Option<Span> = None;
    let close = |spans: &mut Vec<Span>, span: Option<Span>, run_ends: bool| {
        let Some(mut span) = span else { return };
        let before = spans.last_mut().filter(|before| before.joins_next);
        if let (Some(before), true) = (before, run_ends && span.rows < share.max(FEWEST_ROWS)) {
            *before = Span { last: span.last, rows: before.rows + span.rows, joins_next: false, ..*before };
        } else {
            span.joins_next = !run_ends;
            spans.push(span);
        }
    };
    for (at, &count) in counts.iter().enumerate() {
        let one = Span { first: at, last: at, rows: count, joins_next: false };
        if alone(at) {
            close(&mut spans, open.take(), true);
            if let Some(before) = spans.last_mut() {
                before.joins_next = false;
            }
            spans.push(one);
            continue;
        }
        let span = open.map_or(one, |span| Span { last: at, rows: span.rows + count, ..span });
        open = Some(span);
        if span.rows >= share.max(FEWEST_ROWS) {
            close(&mut spans, open.take(), false);
        }
    }
    close(&mut spans, open.take(), true);
    if let Some(last) = spans.last_mut() {
        last.joins_next = false;
    }
    spans
}

impl Ends {
    /// Whether every piece begins before it ends, far enough from the limits of arithmetic.
    fn are_sound(&self) -> bool {
        match self {
            Self::Float { low, high } => low.iter().zip(high).all(|(low, high)| low <= high),
            Self::Whole { low, high } => low
                .iter()
                .zip(high)
                .all(|(low, high)| low <= high && low.unsigned_abs().max(high.unsigned_abs()) < 1 << 126),
        }
    }

    fn float(distinct: &[f64], spans: &[Span], about: &ColumnMetadata) -> Self {
        let tidy = |value: f64| {
            if value.is_infinite() {
                return value;
            }
            let value = about.decimals.map_or(value, |digits| round_to(value, digits));
            let value = about.minimum.map_or(value, |limit| value.max(limit));
            about.maximum.map_or(value, |limit| value.min(limit))
        };
        let high = |span: &Span| distinct[if span.joins_next { span.last + 1 } else { span.last }];
        Self::Float {
            low: spans.iter().map(|span| tidy(distinct[span.first])).collect(),
            high: spans.iter().map(|span| tidy(high(span))).collect(),
        }
    }

    fn whole(distinct: &[i128], spans: &[Span], step: u64, about: &ColumnMetadata, dtype: &ColumnType) -> Self {
        let scale = if let ColumnType::Decimal { scale, .. } = dtype { 10_f64.powi(*scale as i32) } else { 1.0 };
        let tidy = |value: i128| {
            let above = about.minimum.map(|limit| limit * scale).filter(|limit| (value as f64) < *limit);
            let below = about.maximum.map(|limit| limit * scale).filter(|limit| (value as f64) > *limit);
            above.map(|limit| limit.ceil() as i128).or(below.map(|limit| limit.floor() as i128)).unwrap_or(value)
        };
        let high = |span: &Span| {
            if span.joins_next { distinct[span.last + 1] - i128::from(step) } else { distinct[span.last] }
        };
        Self::Whole {
            low: spans.iter().map(|span| tidy(distinct[span.first])).collect(),
            high: spans.iter().map(|span| tidy(high(span))).collect(),
        }
    }
}

/// The greatest step that leads from the first of these ascending values to every other.
fn step(distinct: &[i128]) -> u64 {
    let divisor = distinct.windows(2).fold(0, |divisor, pair| gcd(divisor, pair[1].abs_diff(pair[0])));
    u64::try_from(divisor).unwrap_or(1).max(1)
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(counts: &[usize], pieces: usize) -> Vec<(usize, usize)> {
        cut(counts, pieces, |_| false).iter().map(|span| (span.first, span.last)).collect()
    }

    #[test]
    fn spikes_stand_alone_and_the_rest_is_shared_out() {
        assert_eq!(spans(&[50, 50], 10), [(0, 0), (1, 1)]);
        let mut counts = vec![100];
        counts.extend([1; 20]);
        assert_eq!(spans(&counts, 12), [(0, 0), (1, 10), (11, 20)]);
        assert_eq!(spans(&[1; 7], 1000), [(0, 1), (2, 3), (4, 6)]);
        assert_eq!(spans(&[1], 10), [(0, 0)]);
        assert!(spans(&[], 10).is_empty());
    }

    #[test]
    fn every_row_lies_in_one_piece() {
        let counts: Vec<usize> = (0..500).map(|at| 1 + (at * 7919) % 13).collect();
        for pieces in [1, 2, 3, 10, 100, 10_000] {
            let spans = cut(&counts, pieces, |at| at % 97 == 0);
            assert_eq!(spans.iter().map(|span| span.rows).sum::<usize>(), counts.iter().sum::<usize>());
            assert!(spans.windows(2).all(|pair| pair[0].last + 1 == pair[1].first));
        }
    }

    #[test]
    fn the_step_is_the_lattice_of_the_values() {
        assert_eq!(step(&[100, 300, 1000]), 100);
        assert_eq!(step(&[7]), 1);
        assert_eq!(step(&[i128::from(i64::MIN), i128::from(i64::MAX)]), u64::MAX);
        assert_eq!(step(&[]), 1);
    }
}
