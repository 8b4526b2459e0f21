//! The rules that choose a chart kind and columns where a person named none.
//!
//! One number: histogram. One category: bars of counts. A date and a number: line. Two numbers: scatter. A
//! category and a number: bars of the mean. Two categories: bars of counts, coloured by the second.

use polars::prelude::DataFrame;

use crate::column::{self, ColumnKind};
use crate::error::{ChartError, Result};
use crate::prepare::{check_channels, check_complete};
use crate::registry;
use crate::spec::ChartSpec;

/// Fills in the kind and the columns that a spec leaves open.
///
/// # Errors
/// An unknown kind or column, a column of the wrong type, a frame without rows or without drawable columns.
pub fn complete(frame: &DataFrame, spec: &ChartSpec) -> Result<ChartSpec> {
    if let Some(name) = &spec.kind {
        registry::find(name)?;
    }
    for name in [&spec.x, &spec.y, &spec.color].into_iter().flatten() {
        column::find(frame, name)?;
    }
    if frame.height() == 0 {
        return Err(ChartError::EmptyFrame);
    }
    let mut spec = spec.clone();
    if spec.kind.is_none() {
        choose_kind(frame, &mut spec)?;
    }
    let kind = registry::find(spec.kind.as_deref().unwrap_or_default())?;
    spec.kind = Some(kind.name().to_owned());
    check_channels(kind, frame, &spec)?;
    kind.choose(frame, &mut spec);
    check_channels(kind, frame, &spec)?;
    check_complete(kind, &spec)?;
    Ok(spec)
}

/// The first column that suits a chart as one of `kinds` and is not taken: one that varies and is no row
/// number before others, then any.
pub(crate) fn first(frame: &DataFrame, kinds: &[ColumnKind], taken: &[&Option<String>]) -> Option<String> {
    let fits = |column: &&polars::prelude::Column| {
        let free = !taken.iter().any(|name| name.as_deref() == Some(column.name().as_str()));
        free && ColumnKind::of(column.dtype()).is_some_and(|kind| kinds.contains(&kind))
    };
    let columns = || frame.columns().iter().filter(fits);
    let telling = columns().find(|column| is_telling(column));
    let varied = || columns().find(|column| column.null_count() < column.len());
    telling.or_else(varied).or_else(|| columns().next()).map(|column| column.name().to_string())
}

fn choose_kind(frame: &DataFrame, spec: &mut ChartSpec) -> Result<()> {
    use ColumnKind::{Category, Number, Time};
    let kind_of = |name: &Option<String>| {
        name.as_deref().and_then(|name| frame.column(name).ok()).and_then(|column| ColumnKind::of(column.dtype()))
    };
    if spec.x.is_none() && spec.y.is_none() {
        choose_axes(frame, spec)?;
    }
    let kind = match (kind_of(&spec.x), kind_of(&spec.y)) {
        (Some(Number), None) => "histogram",
        (None, Some(Number)) => {
            if let Some(time) = first(frame, &[Time], &[&spec.y]) {
                spec.x = Some(time);
                "line"
            } else {
                spec.x = spec.y.take();
                "histogram"
            }
        }
        (Some(Time), Some(Number)) => "line",
        (Some(Number | Time), Some(Number | Time)) => "scatter",
        (Some(Category), Some(Category)) if spec.color.is_none() => {
            spec.color = spec.y.take();
            "bar"
        }
        _ => "bar",
    };
    spec.kind = Some(kind.to_owned());
    Ok(())
}

/// Chooses axes for a frame of which nothing was said: a date and a number, a category and a number, two
/// numbers, then whatever single column there is.
fn choose_axes(frame: &DataFrame, spec: &mut ChartSpec) -> Result<()> {
    use ColumnKind::{Category, Number, Time};
    let pick = |kind: ColumnKind, taken: &[&Option<String>]| first(frame, &[kind], taken);
    let drawable = frame.columns().iter().filter(|column| ColumnKind::of(column.dtype()).is_some()).count();
    let (time, category, number) = (pick(Time, &[]), pick(Category, &[]), pick(Number, &[]));
    // A wide frame is data, not a result: its first chart is one column's distribution.
    if drawable > 3 && time.is_none() {
        spec.x = number.or(category);
        return Ok(());
    }
    (spec.x, spec.y) = match (time, category, number) {
        (Some(time), _, Some(number)) => {
            // A result of date, group and number wants a line a group.
            if drawable == 3 && spec.color.is_none() {
                spec.color = category_of_few(frame);
            }
            (Some(time), Some(number))
        }
        (_, Some(category), Some(number)) => (Some(category), Some(number)),
        (None, None, Some(number)) => {
            let number = Some(number);
            let second = pick(Number, &[&number]);
            (number, second)
        }
        (None, Some(category), None) => {
            let category = Some(category);
            let second = pick(Category, &[&category]);
            (category, second)
        }
        (Some(time), category, None) => (Some(time), category),
        (None, None, None) => return Err(ChartError::NothingToDraw),
    };
    Ok(())
}

fn category_of_few(frame: &DataFrame) -> Option<String> {
    let name = first(frame, &[ColumnKind::Category], &[])?;
    let distinct = frame.column(&name).ok()?.n_unique().ok()?;
    (distinct <= crate::palette::GROUPS).then_some(name)
}

/// Whether a column says something about rows: it varies, and is neither a row number nor a unique name.
fn is_telling(column: &polars::prelude::Column) -> bool {
    let rows = column.len() - column.null_count();
    let Ok(distinct) = column.n_unique() else {
        return false;
    };
    let distinct = distinct - usize::from(column.null_count() > 0);
    if distinct < 2 && rows > 1 {
        return false;
    }
    match ColumnKind::of(column.dtype()) {
        Some(ColumnKind::Category) => distinct <= 30 || distinct * 2 <= rows,
        Some(ColumnKind::Number) => {
            let unique_integers = column.dtype().is_integer() && rows > 1 && distinct == rows;
            !(is_identifier(column.name()) || (unique_integers && is_row_number(column)))
        }
        _ => true,
    }
}

fn is_identifier(name: &str) -> bool {
    let name = name.to_lowercase();
    matches!(name.as_str(), "id" | "index" | "key" | "row" | "row_nr") || name.ends_with("_id") || name.ends_with(" id")
}

/// Whether unique integers count the rows: they span hardly more than there are rows, from 0 or 1.
fn is_row_number(column: &polars::prelude::Column) -> bool {
    let numbers = column.as_materialized_series();
    let (min, max) = (numbers.min::<f64>().ok().flatten(), numbers.max::<f64>().ok().flatten());
    let span = crate::number::float(column.len());
    matches!((min, max), (Some(min), Some(max)) if (0.0..=1.0).contains(&min) && max - min < span && span > 20.0)
}
