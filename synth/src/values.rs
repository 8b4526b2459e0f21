//! A column's values outside the table library: numbers, whole numbers (integers, dates, decimals, booleans) or text.

use std::cmp::Ordering;

use polars::prelude::{
    BooleanChunked, DataType, Float64Chunked, Int64Chunked, Int128Chunked, IntoSeries, NewChunkedArray, PlSmallStr,
    Series, StringChunked, UInt64Chunked,
};

use crate::SynthError;
use crate::types::{ColumnType, Domain};

/// Values of one column, in its domain.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Values {
    Float(Vec<f64>),
    Whole(Vec<i128>),
    Text(Vec<String>),
}

/// A column taken apart: the values of the rows that have one, and which rows have none.
#[derive(Debug, Clone)]
pub(crate) struct Extracted {
    /// In row order, of the rows that are not missing; a number is never NaN.
    pub(crate) values: Values,
    /// One per row: null, or NaN.
    pub(crate) missing: Vec<bool>,
    /// Whether the missing values are written as NaN: there were some, and no null.
    pub(crate) missing_is_nan: bool,
}

impl Values {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Float(values) => values.len(),
            Self::Whole(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// The distinct values, ascending, and each value's place among them.
    pub(crate) fn distinct(&self) -> (Self, Vec<u32>) {
        match self {
            Self::Float(values) => {
                let (sorted, places) = rank(values, f64::total_cmp);
                (Self::Float(sorted), places)
            }
            Self::Whole(values) => {
                let (sorted, places) = rank(values, Ord::cmp);
                (Self::Whole(sorted), places)
            }
            Self::Text(values) => {
                let (sorted, places) = rank(values, Ord::cmp);
                (Self::Text(sorted), places)
            }
        }
    }

    /// The places in these sorted values of each of `others`, or none for a value that is not there.
    pub(crate) fn places(&self, others: &Self) -> Vec<Option<u32>> {
        match (self, others) {
            (Self::Float(sorted), Self::Float(others)) => {
                others.iter().map(|value| place(sorted, |probe| probe.total_cmp(&(value + 0.0)))).collect()
            }
            (Self::Whole(sorted), Self::Whole(others)) => {
                others.iter().map(|value| place(sorted, |probe| probe.cmp(value))).collect()
            }
            (Self::Text(sorted), Self::Text(others)) => {
                others.iter().map(|value| place(sorted, |probe| probe.cmp(value))).collect()
            }
            _ => vec![None; others.len()],
        }
    }

    /// The values at `places`.
    pub(crate) fn gather(&self, places: impl Iterator<Item = u32>) -> Self {
        match self {
            Self::Float(values) => Self::Float(places.map(|at| values[at as usize]).collect()),
            Self::Whole(values) => Self::Whole(places.map(|at| values[at as usize]).collect()),
            Self::Text(values) => Self::Text(places.map(|at| values[at as usize].clone()).collect()),
        }
    }
}

fn place<T>(sorted: &[T], compare: impl FnMut(&T) -> Ordering) -> Option<u32> {
    sorted.binary_search_by(compare).ok().map(|at| at as u32)
}

fn rank<T: Clone>(values: &[T], compare: impl Fn(&T, &T) -> Ordering) -> (Vec<T>, Vec<u32>) {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| compare(&values[a as usize], &values[b as usize]));
    let mut sorted: Vec<T> = Vec::new();
    let mut places = vec![0; values.len()];
    for at in order {
        let value = &values[at as usize];
        if sorted.last().is_none_or(|last| compare(last, value) != Ordering::Equal) {
            sorted.push(value.clone());
        }
        places[at as usize] = (sorted.len() - 1) as u32;
    }
    (sorted, places)
}

/// Takes a column apart. Negative zero becomes zero, so that equal numbers are one value.
pub(crate) fn extract(column: &Series, kind: &ColumnType) -> Result<Extracted, SynthError> {
    if *kind == ColumnType::Null {
        return Ok(Extracted {
            values: Values::Text(Vec::new()),
            missing: vec![true; column.len()],
            missing_is_nan: false,
        });
    }
    match kind.domain() {
        Domain::Float => {
            let wide = column.cast(&DataType::Float64)?;
            let numbers = wide.f64()?;
            let nulls = numbers.null_count();
            let missing: Vec<bool> = numbers.iter().map(|value| value.is_none_or(f64::is_nan)).collect();
            let values = numbers.iter().flatten().filter(|value| !value.is_nan()).map(|value| value + 0.0).collect();
            let missing_is_nan = nulls == 0 && missing.contains(&true);
            Ok(Extracted { values: Values::Float(values), missing, missing_is_nan })
        }
        Domain::Text => {
            let text = column.cast(&DataType::String)?;
            let text = text.str()?;
            let missing = text.iter().map(|value| value.is_none()).collect();
            let values = text.iter().flatten().map(str::to_owned).collect();
            Ok(Extracted { values: Values::Text(values), missing, missing_is_nan: false })
        }
        Domain::Whole => {
            let present: Vec<Option<i128>> = whole(column, kind)?;
            let missing = present.iter().map(Option::is_none).collect();
            let values = present.into_iter().flatten().collect();
            Ok(Extracted { values: Values::Whole(values), missing, missing_is_nan: false })
        }
    }
}

fn whole(column: &Series, kind: &ColumnType) -> Result<Vec<Option<i128>>, SynthError> {
    Ok(match kind {
        ColumnType::Boolean => column.bool()?.iter().map(|value| value.map(i128::from)).collect(),
        ColumnType::UInt64 => column.u64()?.iter().map(|value| value.map(i128::from)).collect(),
        ColumnType::Decimal { .. } => column.decimal()?.physical().iter().collect(),
        _ => {
            let physical = column.to_physical_repr().cast(&DataType::Int64)?;
            physical.i64()?.iter().map(|value| value.map(i128::from)).collect()
        }
    })
}

/// Puts a column together from the values of the rows that have one.
pub(crate) fn restore(
    name: &str,
    kind: &ColumnType,
    values: Values,
    missing: &[bool],
    missing_is_nan: bool,
) -> Result<Series, SynthError> {
    let name = PlSmallStr::from_str(name);
    let dtype = kind.dtype()?;
    if *kind == ColumnType::Null {
        return Ok(Series::new_null(name, missing.len()));
    }
    let column = match (kind, values) {
        (_, Values::Float(values)) => {
            let gap = missing_is_nan.then_some(f64::NAN);
            Float64Chunked::from_iter_options(name, spread(values, missing).map(|value| value.or(gap))).into_series()
        }
        (_, Values::Text(values)) => StringChunked::from_iter_options(name, spread(values, missing)).into_series(),
        (ColumnType::Boolean, Values::Whole(values)) => {
            BooleanChunked::from_iter_options(name, spread(values, missing).map(|value| value.map(|value| value != 0)))
                .into_series()
        }
        (ColumnType::UInt64, Values::Whole(values)) => {
            let values = spread(values, missing).map(|value| value.map(|value| value as u64));
            UInt64Chunked::from_iter_options(name, values).into_series()
        }
        (ColumnType::Decimal { precision, scale }, Values::Whole(values)) => {
            Int128Chunked::from_iter_options(name, spread(values, missing))
                .into_decimal(*precision, *scale)?
                .into_series()
        }
        (_, Values::Whole(values)) => {
            let values = spread(values, missing).map(|value| value.map(|value| value as i64));
            Int64Chunked::from_iter_options(name, values).into_series()
        }
    };
    if *column.dtype() == dtype { Ok(column) } else { Ok(to_logical(&column, &dtype)?) }
}

fn to_logical(column: &Series, dtype: &DataType) -> Result<Series, polars::error::PolarsError> {
    let name = column.name().clone();
    match dtype {
        DataType::Date => Ok(column.cast(&DataType::Int32)?.i32()?.clone().with_name(name).into_date().into_series()),
        DataType::Datetime(unit, zone) => Ok(column.i64()?.clone().into_datetime(*unit, zone.clone()).into_series()),
        DataType::Duration(unit) => Ok(column.i64()?.clone().into_duration(*unit).into_series()),
        DataType::Time => Ok(column.i64()?.clone().into_time().into_series()),
        other => column.strict_cast(other),
    }
}

fn spread<T>(values: Vec<T>, missing: &[bool]) -> impl Iterator<Item = Option<T>> {
    let mut values = values.into_iter();
    missing.iter().map(move |&gap| if gap { None } else { values.next() })
}
