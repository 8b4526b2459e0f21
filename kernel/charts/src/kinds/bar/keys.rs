//! The bands of a bar chart: the largest categories, numbers, or spans of the calendar.

use std::cmp::Ordering;
use std::collections::HashMap;

use polars::prelude::{ChunkUnique, Column, DataFrame, DataType, NamedFrom, Series};

use crate::aggregate::Aggregate;
use crate::bins::ends;
use crate::categories::{label, other, shown, unique};
use crate::column::{ColumnKind, Data};
use crate::error::Result;
use crate::format::count;
use crate::number::{float, small};
use crate::ticks::CalendarStep;

/// Categories that get a bar of their own.
const BANDS: usize = 30;

const DAY: f64 = 86_400_000.0;

/// The bands in their order, and each row's.
pub(super) struct Keys {
    pub(super) labels: Vec<String>,
    pub(super) of_row: Vec<u32>,
    pub(super) notes: Vec<String>,
}

impl Keys {
    pub(super) fn read(bands: &Data, value: Option<&Data>, aggregate: Aggregate, rows: usize) -> Result<Self> {
        if bands.kind == ColumnKind::Category {
            return Self::by_text(bands, value, aggregate);
        }
        let (numbers, step) = if bands.kind == ColumnKind::Time { calendar(bands)? } else { (bands.numbers(), None) };
        // Zero has two signs in floats and one bar.
        let numbers: Vec<f64> = numbers.into_iter().map(|number| number + 0.0).collect();
        let totals = totals(Series::new("key".into(), &numbers), value, aggregate, rows)?;
        let keys = totals.column("key")?.f64()?.iter().map(|key| key.unwrap_or(f64::NAN)).collect::<Vec<_>>();
        let mut chosen = largest(&totals, keys.len(), |left, right| keys[left].total_cmp(&keys[right]))?;
        chosen.sort_by(|left, right| keys[*left].total_cmp(&keys[*right]));
        let named: HashMap<u64, usize> =
            chosen.iter().enumerate().map(|(band, at)| (keys[*at].to_bits(), band)).collect();
        let name = |at: &usize| {
            step.map_or_else(
                || shown(bands.kind, &bands.title, keys[*at]),
                |step: CalendarStep| step.label(keys[*at], false),
            )
        };
        let labels = chosen.iter().map(name).collect();
        let bands = numbers.iter().map(|number| named.get(&number.to_bits()).copied());
        let mut keys = Self::finish(labels, keys.len() - chosen.len(), bands, aggregate);
        keys.notes.extend(step.map(|step| format!("dates joined: {}", span(step))));
        Ok(keys)
    }

    fn by_text(bands: &Data, value: Option<&Data>, aggregate: Aggregate) -> Result<Self> {
        let texts = bands.texts()?;
        let column = Series::from(texts.clone()).with_name("key".into());
        let totals = totals(column, value, aggregate, texts.len())?;
        let keys: Vec<&str> = totals.column("key")?.str()?.iter().flatten().collect();
        let chosen = largest(&totals, keys.len(), |left, right| keys[left].cmp(keys[right]))?;
        let named: HashMap<&str, usize> = chosen.iter().enumerate().map(|(band, at)| (keys[*at], band)).collect();
        let labels = chosen.iter().map(|at| label(keys[*at])).collect();
        let bands = texts.iter().map(|text| text.and_then(|text| named.get(text).copied()));
        Ok(Self::finish(labels, keys.len() - chosen.len(), bands, aggregate))
    }

    fn finish(
        mut labels: Vec<String>,
        others: usize,
        bands: impl Iterator<Item = Option<usize>>,
        aggregate: Aggregate,
    ) -> Self {
        let rest = labels.len();
        let of_row = bands.map(|band| small(band.unwrap_or(rest))).collect();
        let mut notes = Vec::new();
        if others > 0 {
            labels.push(other(others));
            notes.push(format!("the {rest} largest of {} by {}", count(rest + others), aggregate.word()));
        }
        Self { labels: unique(labels), of_row, notes }
    }
}

/// The aggregate of each key, in the order of the keys.
fn totals(key: Series, value: Option<&Data>, aggregate: Aggregate, rows: usize) -> Result<DataFrame> {
    let columns = vec![Column::from(key), values(value, rows)?];
    aggregate.over(DataFrame::new(rows, columns)?, &["key"])
}

/// The numbers to aggregate; zeros where rows are only counted.
pub(super) fn values(value: Option<&Data>, rows: usize) -> Result<Column> {
    Ok(match value {
        Some(data) => Series::from(data.floats()?.clone()).with_name("value".into()).into(),
        None => Series::new_null("value".into(), rows).cast(&DataType::Float64)?.into(),
    })
}

/// The rows of `totals` with the largest values, largest first and ties in the order of their keys.
fn largest(totals: &DataFrame, keys: usize, by_key: impl Fn(usize, usize) -> Ordering) -> Result<Vec<usize>> {
    let values: Vec<f64> = totals.column("value")?.f64()?.iter().map(|value| value.unwrap_or(0.0)).collect();
    let mut order: Vec<usize> = (0..keys).collect();
    order.sort_by(|left, right| values[*right].total_cmp(&values[*left]).then_with(|| by_key(*left, *right)));
    order.truncate(BANDS);
    Ok(order)
}

/// The moments of a column, joined to calendar spans when there are too many for a bar each.
fn calendar(bands: &Data) -> Result<(Vec<f64>, Option<CalendarStep>)> {
    let moments = bands.numbers();
    if bands.floats()?.n_unique()? <= BANDS {
        return Ok((moments, None));
    }
    let (min, max) = ends(bands.floats()?);
    let step = CalendarStep::suited((max - min).max(float(BANDS) * 0.5 * DAY), BANDS);
    Ok((moments.into_iter().map(|moment| step.floor(moment)).collect(), Some(step)))
}

fn span(step: CalendarStep) -> String {
    match step {
        CalendarStep::Fixed(length) if length > 2.0 * DAY => "a bar is the week from its date on".to_owned(),
        CalendarStep::Fixed(length) if length >= DAY => format!("a bar is {} days", length / DAY),
        CalendarStep::Fixed(length) => format!("a bar is {} hours", length / DAY * 24.0),
        CalendarStep::Months(1) => "a bar is a month".to_owned(),
        CalendarStep::Months(months) => format!("a bar is {months} months"),
        CalendarStep::Years(1) => "a bar is a year".to_owned(),
        CalendarStep::Years(years) => format!("a bar is {years} years"),
    }
}
