//! The columns of a chart as plain numbers and texts, with what can't be drawn left out and counted.

use polars::prelude::{
    BooleanChunked, ChunkApply, ChunkFull, Column, DataFrame, DataType, Float64Chunked, Series, StringChunked, TimeUnit,
};

use crate::error::{ChartError, Result, did_you_mean};
use crate::format::clean;
use crate::number::LARGEST;
use crate::spec::ChartSpec;

/// The first and last millisecond (since 1970) that charts draw: the years 0 to 9999.
const TIMES: std::ops::RangeInclusive<f64> = -62_167_219_200_000.0..=253_402_214_400_000.0;

/// What a column holds, as far as charts care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnKind {
    /// Integers, floats, decimals, durations and times of day.
    Number,
    /// Texts, categoricals and booleans.
    Category,
    /// Dates and datetimes.
    Time,
}

impl ColumnKind {
    /// What a column of that type holds; `None` for types that no chart draws, such as lists and structs.
    #[must_use]
    pub fn of(dtype: &DataType) -> Option<Self> {
        match dtype {
            DataType::Boolean | DataType::String | DataType::Categorical(..) | DataType::Enum(..) => {
                Some(Self::Category)
            }
            DataType::Date | DataType::Datetime(..) => Some(Self::Time),
            DataType::Duration(_) | DataType::Time => Some(Self::Number),
            other if other.is_primitive_numeric() || other.is_decimal() => Some(Self::Number),
            _ => None,
        }
    }

    /// The word for such values in messages and help.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Number => "numbers",
            Self::Category => "categories",
            Self::Time => "dates",
        }
    }
}

/// The column of that name.
pub(crate) fn find<'a>(frame: &'a DataFrame, name: &str) -> Result<&'a Column> {
    frame.column(name).map_err(|_| ChartError::UnknownColumn {
        column: name.to_owned(),
        help: did_you_mean("columns", name, frame.columns().iter().map(|column| column.name().as_str())),
    })
}

/// The values of one channel, a row each.
pub(crate) struct Data {
    /// The column's name, made safe to show, with its unit.
    pub(crate) title: String,
    /// What the column holds.
    pub(crate) kind: ColumnKind,
    /// Whether the numbers are whole by their type.
    pub(crate) integral: bool,
    /// `Float64` for numbers and times (milliseconds since 1970), else `String`.
    series: Series,
}

impl Data {
    /// Reads a whole column; values that can't be drawn become nulls.
    fn read(column: &Column) -> Result<Self> {
        let series = column.as_materialized_series();
        let kind = ColumnKind::of(series.dtype()).ok_or(ChartError::NothingToDraw)?;
        let mut title = clean(series.name());
        let drawn = match kind {
            ColumnKind::Category => series.cast(&DataType::String)?,
            ColumnKind::Time => {
                if matches!(series.dtype(), DataType::Datetime(_, Some(_))) {
                    title = format!("{title} (UTC)");
                }
                keep(&milliseconds(series)?, |value| TIMES.contains(&value))
            }
            ColumnKind::Number => {
                let (numbers, unit) = numbers(series)?;
                if let Some(unit) = unit {
                    title = format!("{title} ({unit})");
                }
                keep(&numbers, |value| value.is_finite() && value.abs() <= LARGEST)
            }
        };
        let integral = series.dtype().is_integer();
        Ok(Self { title, kind, integral, series: drawn })
    }

    /// The numbers or milliseconds; NaN where there is none. Empty for categories.
    pub(crate) fn numbers(&self) -> Vec<f64> {
        self.series.f64().map_or_else(|_| Vec::new(), |values| values.iter().map(|v| v.unwrap_or(f64::NAN)).collect())
    }

    /// The numbers as the table engine holds them.
    pub(crate) fn floats(&self) -> Result<&Float64Chunked> {
        Ok(self.series.f64()?)
    }

    /// The categories.
    pub(crate) fn texts(&self) -> Result<&StringChunked> {
        Ok(self.series.str()?)
    }

    fn filter(self, mask: &BooleanChunked) -> Result<Self> {
        Ok(Self { series: self.series.filter(mask)?, ..self })
    }
}

/// The rows of a frame that a chart can draw: those with a value on both axes.
pub(crate) struct Rows {
    pub(crate) len: usize,
    pub(crate) x: Option<Data>,
    pub(crate) y: Option<Data>,
    /// May hold nulls: a row without colour is still drawn.
    pub(crate) color: Option<Data>,
    /// What was left out, in sentences for the subtitle.
    pub(crate) notes: Vec<String>,
}

impl Rows {
    /// Reads the columns of a spec.
    ///
    /// # Errors
    /// [`ChartError::AllMissing`] when no row is left.
    pub(crate) fn read(frame: &DataFrame, spec: &ChartSpec) -> Result<Self> {
        let read = |name: &Option<String>| name.as_deref().map(|name| Data::read(find(frame, name)?)).transpose();
        let (x, y, color) = (read(&spec.x)?, read(&spec.y)?, read(&spec.color)?);
        let axes = [spec.x.as_deref(), spec.y.as_deref()];
        let mut given = BooleanChunked::full("given".into(), true, frame.height());
        for name in axes.into_iter().flatten() {
            given = given & find(frame, name)?.as_materialized_series().is_not_null();
        }
        let mut drawn = given.clone();
        for data in [x.as_ref(), y.as_ref()].into_iter().flatten() {
            drawn = drawn & data.series.is_not_null();
        }
        let count = |mask: &BooleanChunked| mask.sum().map_or(0, |sum| sum as usize);
        let (given, len) = (count(&given), count(&drawn));
        if len == 0 {
            let columns = axes.into_iter().flatten().map(clean).collect::<Vec<_>>().join(", ");
            return Err(ChartError::AllMissing { columns });
        }
        let keep = |data: Option<Data>| {
            data.map(|data| if len == frame.height() { Ok(data) } else { data.filter(&drawn) }).transpose()
        };
        let notes = [left_out(frame.height() - given, "missing"), left_out(given - len, "not finite or out of range")];
        Ok(Self { len, x: keep(x)?, y: keep(y)?, color: keep(color)?, notes: notes.into_iter().flatten().collect() })
    }
}

fn left_out(rows: usize, why: &str) -> Option<String> {
    let count = crate::format::count(rows);
    match rows {
        0 => None,
        1 => Some(format!("1 row left out: a value is {why}")),
        _ => Some(format!("{count} rows left out: a value is {why}")),
    }
}

fn keep(values: &Float64Chunked, fits: impl Fn(f64) -> bool) -> Series {
    let kept: Float64Chunked = values.iter().map(|value| value.filter(|value| fits(*value))).collect();
    Series::from(kept)
}

/// Milliseconds since 1970 of dates and datetimes; a time zone is shown as UTC.
fn milliseconds(series: &Series) -> Result<Float64Chunked> {
    let factor = match series.dtype() {
        DataType::Date => 86_400_000.0,
        DataType::Datetime(unit, _) => 1000.0 * seconds(*unit),
        _ => 1.0,
    };
    let days_or_ticks = series.to_physical_repr().cast(&DataType::Float64)?;
    Ok(days_or_ticks.f64()?.apply_values(|value| value * factor))
}

/// Numbers as floats, and the unit of durations and times of day.
fn numbers(series: &Series) -> Result<(Float64Chunked, Option<&'static str>)> {
    let factor = match series.dtype() {
        DataType::Duration(unit) => seconds(*unit),
        DataType::Time => return Ok((physical(series, 1e-9 / 3600.0)?, Some("hours"))),
        _ => return Ok((series.cast(&DataType::Float64)?.f64()?.clone(), None)),
    };
    let values = physical(series, factor)?;
    let largest = values.iter().flatten().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let (per, unit) = match largest {
        span if span >= 2.0 * 86_400.0 => (86_400.0, "days"),
        span if span >= 2.0 * 3600.0 => (3600.0, "hours"),
        span if span >= 120.0 => (60.0, "minutes"),
        _ => (1.0, "seconds"),
    };
    Ok((values.apply_values(|value| value / per), Some(unit)))
}

fn physical(series: &Series, factor: f64) -> Result<Float64Chunked> {
    let ticks = series.to_physical_repr().cast(&DataType::Float64)?;
    Ok(ticks.f64()?.apply_values(|value| value * factor))
}

fn seconds(unit: TimeUnit) -> f64 {
    match unit {
        TimeUnit::Nanoseconds => 1e-9,
        TimeUnit::Microseconds => 1e-6,
        TimeUnit::Milliseconds => 1e-3,
    }
}
