//! Numbers, moments and lengths of time: the empirical distribution in single values and stretches between quantiles.
//!
//! A value that holds at least one piece's share of the rows (a spike: zero, a round amount, a ceiling) is a piece of
//! its own and comes back exactly; a column of few different values is such pieces only. The rest are cut into stretches
//! of about equal mass. Within one, values that several rows share keep their shares, and the others lie on the grid that
//! the whole column keeps to (hundreds, whole days, two decimals), as round as the column's values are thereabouts: see
//! [`heap`] and [`ladder`]. Numbers on no grid lie anywhere in their stretch.
//!
//! Nothing lies outside the smallest and the largest value seen. These two come back only by chance, unless several rows
//! share them, and so does every value that fewer than three rows have: a stretch holds it and its neighbours, or, where
//! it stands alone between spikes, the room around it.

mod cut;
mod heap;
mod ladder;

use polars::prelude::Series;
use serde::{Deserialize, Serialize};

use self::cut::{Span, cut, is_rare};
use self::heap::{Heaps, Way};
use self::ladder::{Grid, Level, levels};
use super::{Encoded, FittedTransform, Origin, Rows, Transform, encode, open};
use crate::metadata::{TextFormat, round_to};
use crate::types::{ColumnType, Domain};
use crate::values::{Values, extract, restore};
use crate::{ColumnKind, ColumnMetadata, Section, SynthError};

/// Stands for infinity among whole numbers.
const FAR: i128 = 1 << 100;

/// Takes numbers, moments and lengths of time apart.
pub(super) struct QuantileTransform;

#[derive(Debug)]
struct Fitted {
    origin: Origin,
    masses: Vec<f64>,
    ends: Ends,
    form: Form,
}

/// The two ends of each piece, both inside it, and the law between them; they are equal in a single value.
#[derive(Debug)]
enum Ends {
    Float { low: Vec<f64>, high: Vec<f64>, heaps: Heaps<f64> },
    Whole { low: Vec<i128>, high: Vec<i128>, heaps: Heaps<i128>, levels: Vec<Level> },
}

/// How the column's values are turned into those that are cut.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Form {
    /// The kind and the format of values that are held as words.
    written: Option<(String, String)>,
    #[serde(skip)]
    format: Option<TextFormat>,
    /// Digits after the point that a number is rounded to.
    decimals: Option<u8>,
    /// Whether numbers with these digits are held as whole numbers of their last digit.
    whole: bool,
    minimum: Option<f64>,
    maximum: Option<f64>,
}

impl Transform for QuantileTransform {
    fn name(&self) -> &'static str {
        "quantile"
    }

    fn about(&self) -> &'static str {
        "frequent values are pieces of their own, the rest are stretches between quantiles, as round as the values there"
    }

    fn kinds(&self) -> &'static [ColumnKind] {
        use ColumnKind::{Date, Datetime, Duration, Integer, Latitude, Longitude, Numerical, Time};
        &[Numerical, Integer, Latitude, Longitude, Date, Datetime, Time, Duration]
    }

    fn fit(
        &self,
        column: &Series,
        about: &ColumnMetadata,
        pieces: usize,
    ) -> Result<Box<dyn FittedTransform>, SynthError> {
        let (origin, values, _) = open(column)?;
        let form = Form::of(&values, about, &origin.dtype);
        let Some(values) = form.apply(values) else {
            return Err(SynthError::KindMismatch {
                column: origin.column,
                dtype: column.dtype().to_string(),
                kind: about.kind.to_string(),
            });
        };
        let (distinct, places) = values.distinct();
        let mut counts = vec![0_usize; distinct.len()];
        for place in places {
            counts[place as usize] += 1;
        }
        let (ends, spans) = match distinct {
            Values::Whole(distinct) => {
                let spans = cut(&counts, pieces, |at| distinct[at].abs() == FAR);
                let dtype = form.format.as_ref().map_or_else(|| origin.dtype.clone(), TextFormat::dtype);
                (Ends::whole(&distinct, &counts, &spans, &dtype), spans)
            }
            Values::Float(distinct) => {
                let spans = cut(&counts, pieces, |at| distinct[at].is_infinite());
                (Ends::float(&distinct, &counts, &spans), spans)
            }
            Values::Text(_) => return Err(origin.foreign()),
        };
        let rows = counts.iter().sum::<usize>() as f64;
        let masses = spans.iter().map(|span| span.rows as f64 / rows).collect();
        Ok(Box::new(Fitted { origin, masses, ends, form }))
    }

    fn load(&self, part: &Section<'_>) -> Option<Box<dyn FittedTransform>> {
        let origin: Origin = part.get("origin")?;
        let masses = part.floats("masses")?;
        let mut form: Form = part.get("form")?;
        if let Some((kind, format)) = &form.written {
            let kind = ColumnKind::ALL.into_iter().find(|known| known.name() == kind)?;
            form.format = Some(TextFormat::read(format, kind)?);
        }
        let fits = (origin.dtype.domain() == Domain::Text) == form.format.is_some()
            && form.decimals.is_none_or(|digits| digits <= 38);
        let ends = if origin.dtype.domain() == Domain::Float && !form.whole {
            let (low, high) = (part.floats("low")?, part.floats("high")?);
            let sound = low.len() == high.len() && low.iter().zip(&high).all(|(low, high)| low <= high);
            let heaps = Heaps::load(part, part.floats("shared")?, &low, &high).filter(|_| sound)?;
            (low.len() == masses.len()).then_some(Ends::Float { low, high, heaps })?
        } else {
            let (low, high) = (part.wholes("low")?, part.wholes("high")?);
            let near = |low: i128, high: i128| low <= high && low.unsigned_abs().max(high.unsigned_abs()) <= 1 << 126;
            let sound = low.len() == high.len() && low.iter().zip(&high).all(|(low, high)| near(*low, *high));
            let heaps = Heaps::load(part, part.wholes("shared")?, &low, &high).filter(|_| sound)?;
            let levels = levels(&heaps.grids);
            (low.len() == masses.len() && !levels.is_empty()).then_some(Ends::Whole { low, high, heaps, levels })?
        };
        fits.then(|| Box::new(Fitted { origin, masses, ends, form }) as Box<dyn FittedTransform>)
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
            Ends::Float { low, high, .. } => low.iter().zip(high).any(|(low, high)| low < high),
            Ends::Whole { low, high, .. } => low.iter().zip(high).any(|(low, high)| low < high),
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
        Ok(match (&self.ends, self.form.apply(parts.values)) {
            (Ends::Float { low, high, heaps }, Some(Values::Float(values))) => {
                let locate = |&value: &f64| {
                    let at = low.partition_point(|end| *end <= value).saturating_sub(1);
                    (at as u32, float_position(at, value, low[at], high[at], heaps))
                };
                encode(&parts.missing, values.iter().map(locate))
            }
            (Ends::Whole { low, high, heaps, levels }, Some(Values::Whole(values))) => {
                let locate = |&value: &i128| {
                    let at = low.partition_point(|end| *end <= value).saturating_sub(1);
                    (at as u32, whole_position(at, value, low[at], high[at], heaps, levels))
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
            Ends::Float { low, high, heaps } => {
                let value = |(at, position)| match float_way(at, position, low[at], high[at], heaps) {
                    Way::Shared(value) => value,
                    Way::Level(_, place) => between(low[at], high[at], place, self.form.decimals),
                };
                Values::Float(present.map(value).collect())
            }
            Ends::Whole { low, high, heaps, levels } => {
                let value = |(at, position): (usize, f64)| whole_value(at, position, low[at], high[at], heaps, levels);
                self.form.undo(present.map(value).collect())
            }
        };
        restore(&self.origin.column, &self.origin.dtype, values, &missing, self.origin.missing_is_nan)
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("origin", &self.origin)?;
        part.put("form", &self.form)?;
        part.put_floats("masses", &self.masses);
        match &self.ends {
            Ends::Float { low, high, heaps } => {
                part.put_floats("low", low);
                part.put_floats("high", high);
                part.put_floats("shared", heaps.shared());
                heaps.save(part)
            }
            Ends::Whole { low, high, heaps, .. } => {
                part.put_wholes("low", low);
                part.put_wholes("high", high);
                part.put_wholes("shared", heaps.shared());
                heaps.save(part)
            }
        }
    }
}

impl Form {
    fn of(values: &Values, about: &ColumnMetadata, dtype: &ColumnType) -> Self {
        let scale = if let ColumnType::Decimal { scale, .. } = dtype { 10_f64.powi(*scale as i32) } else { 1.0 };
        let format = about.format.as_deref().filter(|_| dtype.domain() == Domain::Text);
        let form = Self {
            written: format.map(|format| (about.kind.name().to_owned(), format.to_owned())),
            format: format.and_then(|format| TextFormat::read(format, about.kind)),
            decimals: about.decimals.filter(|_| dtype.domain() == Domain::Float),
            whole: false,
            minimum: about.minimum.map(|limit| limit * scale),
            maximum: about.maximum.map(|limit| limit * scale),
        };
        let whole = match (values, form.decimals) {
            (Values::Float(values), Some(digits)) => {
                let most = (1_u64 << 52) as f64 / 10_f64.powi(i32::from(digits));
                values.iter().all(|value| value.is_infinite() || value.abs() < most)
            }
            _ => false,
        };
        Self { whole, ..form }
    }

    /// The values rounded and within the limits; none of words that are not in the format.
    fn apply(&self, values: Values) -> Option<Values> {
        Some(match values {
            Values::Float(values) => {
                let tidy = |value: f64| {
                    if value.is_infinite() {
                        return value;
                    }
                    let value = self.decimals.map_or(value, |digits| round_to(value, digits));
                    let value = self.minimum.map_or(value, |limit| value.max(limit));
                    self.maximum.map_or(value, |limit| value.min(limit)) + 0.0
                };
                let values = values.into_iter().map(tidy);
                match self.decimals {
                    Some(digits) if self.whole => {
                        let scale = 10_f64.powi(i32::from(digits));
                        let count = |value: f64| {
                            if value.is_infinite() {
                                if value > 0.0 { FAR } else { -FAR }
                            } else {
                                (value * scale).round() as i128
                            }
                        };
                        Values::Whole(values.map(count).collect())
                    }
                    _ => Values::Float(values.collect()),
                }
            }
            Values::Whole(values) => {
                let low = self.minimum.map_or(i128::MIN, |limit| limit.ceil() as i128);
                let high = self.maximum.map_or(i128::MAX, |limit| limit.floor() as i128);
                let tidy = |value: i128| {
                    if (value as f64) < low as f64 {
                        low
                    } else if value as f64 > high as f64 {
                        high
                    } else {
                        value
                    }
                };
                Values::Whole(values.into_iter().map(tidy).collect())
            }
            Values::Text(values) => {
                let format = self.format.as_ref()?;
                Values::Whole(values.iter().map(|value| format.parse(value)).collect::<Option<_>>()?)
            }
        })
    }

    /// Numbers from whole numbers of their last digit, and words from what they say.
    fn undo(&self, values: Vec<i128>) -> Values {
        if let Some(format) = &self.format {
            return Values::Text(values.into_iter().map(|value| format.print(value)).collect());
        }
        let Some(digits) = self.decimals.filter(|_| self.whole) else { return Values::Whole(values) };
        let scale = 10_f64.powi(i32::from(digits));
        let number = |value: i128| match value {
            FAR => f64::INFINITY,
            value if value == -FAR => f64::NEG_INFINITY,
            value => value as f64 / scale,
        };
        Values::Float(values.into_iter().map(number).collect())
    }
}

impl Ends {
    fn float(distinct: &[f64], counts: &[usize], spans: &[Span]) -> Self {
        let mut low: Vec<f64> = spans.iter().map(|span| distinct[span.first]).collect();
        let high = |span: &Span| distinct[if span.joins_next { span.last + 1 } else { span.last }];
        let mut high: Vec<f64> = spans.iter().map(high).collect();
        for (at, span) in spans.iter().enumerate() {
            let value = distinct[span.first];
            if !is_rare(span, counts) || low[at] < high[at] || value.is_infinite() {
                continue;
            }
            let below = at.checked_sub(1).map(|before| value / 2.0 - high[before] / 2.0).filter(|gap| gap.is_finite());
            let above = low.get(at + 1).map(|next| next / 2.0 - value / 2.0).filter(|gap| gap.is_finite());
            let (down, up) = room(below, above, 0.0);
            (low[at], high[at]) = (value - down, value + up);
        }
        let heaps = Heaps::of_numbers(distinct, counts, spans);
        Self::Float { low, high, heaps }
    }

    fn whole(distinct: &[i128], counts: &[usize], spans: &[Span], dtype: &ColumnType) -> Self {
        let near: Vec<i128> = distinct.iter().copied().filter(|value| value.abs() != FAR).collect();
        let step = step(&near);
        let mut low: Vec<i128> = spans.iter().map(|span| distinct[span.first]).collect();
        let high = |span: &Span| {
            if span.joins_next { distinct[span.last + 1] - i128::from(step) } else { distinct[span.last] }
        };
        let mut high: Vec<i128> = spans.iter().map(high).collect();
        for (at, span) in spans.iter().enumerate() {
            let value = distinct[span.first];
            if !is_rare(span, counts) || low[at] < high[at] || value.abs() == FAR {
                continue;
            }
            let steps = |gap: i128| gap / i128::from(step) - 1;
            let below =
                at.checked_sub(1).filter(|before| high[*before] != -FAR).map(|before| steps(value - high[before]));
            let above = low.get(at + 1).filter(|next| **next != FAR).map(|next| steps(next - value));
            let (down, up) = room(below, above, 0);
            (low[at], high[at]) = (value - down * i128::from(step), value + up * i128::from(step));
        }
        let base = Grid::through(near.first().copied().unwrap_or(0), step);
        let heaps = Heaps::of_values(base, dtype, distinct, counts, spans, (&low, &high));
        let levels = levels(&heaps.grids);
        Self::Whole { low, high, heaps, levels }
    }
}

/// How far a rare value that stands alone may move down and up: as far either way between two neighbours, and towards
/// its only neighbour at either end of the column.
fn room<T: Copy + PartialOrd>(below: Option<T>, above: Option<T>, none: T) -> (T, T) {
    match (below, above) {
        (Some(below), Some(above)) => {
            let both = if below < above { below } else { above };
            (both, both)
        }
        (below, above) => (below.unwrap_or(none), above.unwrap_or(none)),
    }
}

fn whole_value(at: usize, position: f64, low: i128, high: i128, heaps: &Heaps<i128>, levels: &[Level]) -> i128 {
    if low >= high {
        return low;
    }
    if heaps.is_even() {
        let points = levels[0].count(low, high);
        let rank = (position.clamp(0.0, 1.0) * points as f64) as i128;
        return levels[0].at(low, high, rank.min(points - 1));
    }
    match heaps.way(at, position) {
        Way::Shared(value) => value,
        Way::Level(level, place) => {
            let points = levels[level].count(low, high);
            let rank = (place * points as f64) as i128;
            levels[level].at(low, high, rank.min(points - 1)).clamp(low, high)
        }
    }
}

fn whole_position(at: usize, value: i128, low: i128, high: i128, heaps: &Heaps<i128>, levels: &[Level]) -> f64 {
    if low >= high {
        return 0.5;
    }
    let value = value.clamp(low, high);
    let on = |level: usize| {
        let points = levels[level].count(low, high);
        (levels[level].rank(low, value).min(points - 1) as f64 + 0.5) / points as f64
    };
    if heaps.is_even() {
        return on(0);
    }
    let level = levels.iter().rposition(|level| level.grid.holds(value)).unwrap_or(0);
    heaps.position(at, value, on, level)
}

fn float_way(at: usize, position: f64, low: f64, high: f64, heaps: &Heaps<f64>) -> Way<f64> {
    if low >= high || heaps.is_even() { Way::Level(0, position) } else { heaps.way(at, position) }
}

fn float_position(at: usize, value: f64, low: f64, high: f64, heaps: &Heaps<f64>) -> f64 {
    if low >= high {
        return 0.5;
    }
    let place = ((value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0)).clamp(0.0, 1.0);
    if heaps.is_even() { place } else { heaps.position(at, value, |_| place, 0) }
}

fn between(low: f64, high: f64, position: f64, decimals: Option<u8>) -> f64 {
    if low >= high {
        return low;
    }
    let value = low * (1.0 - position) + high * position;
    decimals.map_or(value, |digits| round_to(value, digits)).clamp(low, high)
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
    use polars::prelude::NamedFrom;

    use super::*;
    use crate::{Draws, Seed};

    fn made(column: &Series, about: &ColumnMetadata, pieces: usize, rows: usize) -> Series {
        let fitted = QuantileTransform.fit(column, about, pieces).unwrap();
        let mut draws = Seed::new(5).draws();
        let mut encoded = Encoded::default();
        for _ in 0..rows {
            encoded.pieces.push(crate::synthesizer::table::pick(fitted.masses(), &mut draws) as u32);
            encoded.positions.push(draws.uniform());
        }
        fitted.inverse(&encoded, Rows { first: 0, seed: Seed::new(1) }).unwrap()
    }

    /// Amounts of which most are rounded to tens, hundreds or thousands, the more the larger they are.
    fn amount(draws: &mut Draws) -> i64 {
        let amount = (6.5 + draws.normal()).exp();
        let step = match (draws.uniform(), amount > 1000.0) {
            (x, true) if x < 0.6 => 500,
            (x, false) if x < 0.6 => 50,
            (x, _) if x < 0.8 => 10,
            _ => 1,
        };
        ((amount / f64::from(step)).round() * f64::from(step)) as i64
    }

    fn multiples(column: &Series, of: i64) -> f64 {
        let values = column.i64().unwrap();
        values.iter().flatten().filter(|value| value % of == 0).count() as f64 / column.len() as f64
    }

    #[test]
    fn rounding_is_reproduced_however_many_pieces_there_are() {
        let mut draws = Seed::new(3).draws();
        let column = Series::new("amount".into(), (0..4000).map(|_| amount(&mut draws)).collect::<Vec<_>>());
        for pieces in [4, 30, 1000] {
            let made = made(&column, &ColumnMetadata::new(ColumnKind::Integer), pieces, 20_000);
            for of in [5, 10, 50, 100, 500, 1000] {
                let (real, made) = (multiples(&column, of), multiples(&made, of));
                assert!((real - made).abs() < 0.02, "{pieces} pieces, multiples of {of}: {real} and {made}");
            }
            let (real, made) = (column.n_unique().unwrap() as f64, made.head(Some(4000)).n_unique().unwrap() as f64);
            assert!((real / made).ln().abs() < 0.25, "{pieces} pieces: {real} different values and {made}");
        }
    }

    #[test]
    fn values_of_single_rows_come_back_only_by_chance() {
        let mut values: Vec<i64> = (0..3000).map(|at| at % 30 * 1000).collect();
        values.extend([4321, 17_654, 123_456]);
        let made = made(&Series::new("x".into(), values), &ColumnMetadata::new(ColumnKind::Integer), 1000, 60_000);
        let between = made.i64().unwrap().iter().flatten().filter(|value| value % 1000 != 0).count();
        assert!((20..160).contains(&between), "{between}");
        let copied =
            made.i64().unwrap().iter().flatten().filter(|value| [4321, 17_654, 123_456].contains(value)).count();
        assert!(copied <= 3, "{copied} copied");
        assert!(made.max::<i64>().unwrap() <= Some(123_456));
    }

    #[test]
    fn shared_numbers_on_no_grid_keep_their_shares() {
        let column = Series::new("x".into(), (1..=3000).map(|at| 1.0 / f64::from(at % 200 + 1)).collect::<Vec<_>>());
        let made = made(&column, &ColumnMetadata::new(ColumnKind::Numerical), 10, 20_000);
        let thirds = made.f64().unwrap().iter().flatten().filter(|value| value.to_bits() == (1.0_f64 / 3.0).to_bits());
        let share = thirds.count() as f64 / 20_000.0;
        assert!((share - 0.005).abs() < 0.002, "{share}");
    }

    #[test]
    fn decimals_and_infinities_share_a_column() {
        let values = [0.25, 0.5, f64::INFINITY, 1.75, f64::NEG_INFINITY, 0.5, 2.25];
        let column = Series::new("x".into(), values);
        let about = ColumnMetadata { decimals: Some(2), ..ColumnMetadata::new(ColumnKind::Numerical) };
        let fitted = QuantileTransform.fit(&column, &about, 4).unwrap();
        let back = fitted.inverse(&fitted.forward(&column).unwrap(), Rows { first: 0, seed: Seed::new(1) }).unwrap();
        assert_eq!(back, column);
    }

    #[test]
    fn numbers_too_far_apart_for_a_position_stay_on_their_own_grid() {
        let values = [
            -6_488_949_694_381_791_720_i64,
            532_696_014_335_214_400,
            -176_544_818_156_067_700,
            830_984_878_822_464_940,
            561,
        ];
        let column = Series::new("x".into(), values);
        let fitted = QuantileTransform.fit(&column, &ColumnMetadata::new(ColumnKind::Integer), 10).unwrap();
        let back = fitted.inverse(&fitted.forward(&column).unwrap(), Rows { first: 0, seed: Seed::new(1) }).unwrap();
        for (value, back) in values.iter().zip(back.i64().unwrap().iter().flatten()) {
            assert!((*value as f64 - back as f64).abs() <= 1e4, "{value} came back as {back}");
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
