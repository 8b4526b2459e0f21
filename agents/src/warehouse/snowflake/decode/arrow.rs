//! Arrow columns as Snowflake writes them, in their own types.
//!
//! A number with digits after the point is a whole number to be divided by a power of ten; a moment is a struct of
//! seconds and billionths, or a whole number of units given by its scale; widths differ from part to part.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, Decimal128Array, Int64Array, StringArray, StructArray, Time64NanosecondArray,
    TimestampMicrosecondArray,
};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{DataType, Field, TimeUnit};

use super::column::{Column, Logical};
use super::nested;

/// The digits of a billionth.
const NANO: i8 = 9;

/// A column of a part in its target type, or why it can't be.
pub(super) fn converted(array: &ArrayRef, field: &Field, column: &Column) -> Result<ArrayRef, String> {
    if array.data_type() == &column.target && !matches!(column.target, DataType::Decimal128(..)) {
        return Ok(Arc::clone(array));
    }
    if array.data_type() == &DataType::Null {
        return Ok(arrow_array::new_null_array(&column.target, array.len()));
    }
    match &column.target {
        DataType::Int64 | DataType::Decimal128(..) => number(array, field, column),
        DataType::Time64(_) => time(array, scale_of(field, column)),
        DataType::Timestamp(_, zone) => {
            let micros = moment(array, scale_of(field, column))?;
            Ok(Arc::new(micros.with_timezone_opt(zone.clone())))
        }
        DataType::Utf8 if array.data_type().is_nested() || column.logical == Logical::Decfloat => {
            let texts = if column.logical == Logical::Decfloat { nested::decfloats(array) } else { None };
            texts.map_or_else(|| nested::texts(array), Ok).map(|texts| Arc::new(texts) as ArrayRef)
        }
        DataType::Utf8 if array.data_type().is_binary() => {
            let texts = nested::hexes(array)?;
            Ok(Arc::new(texts))
        }
        target => cast(array, target),
    }
}

/// Casts, failing on what does not fit rather than losing it.
fn cast(array: &ArrayRef, target: &DataType) -> Result<ArrayRef, String> {
    let options = CastOptions { safe: false, ..CastOptions::default() };
    // The message would hold a value.
    cast_with_options(array, target, &options)
        .map_err(|_| format!("Some values of the type {} can't be {target}", array.data_type()))
}

/// The scale that this part says it has, else the announced one.
fn scale_of(field: &Field, column: &Column) -> i8 {
    let said = field.metadata().get("scale").and_then(|scale| scale.parse().ok());
    said.filter(|scale| (0..=38).contains(scale)).unwrap_or(column.scale)
}

fn number(array: &ArrayRef, field: &Field, column: &Column) -> Result<ArrayRef, String> {
    let DataType::Decimal128(precision, scale) = column.target else {
        return match array.data_type() {
            kind if kind.is_integer() => cast(array, &DataType::Int64),
            // A decimal without digits after the point.
            _ => cast(&cast(array, &DataType::Decimal128(38, 0))?, &DataType::Int64),
        };
    };
    if !array.data_type().is_integer() {
        return cast(array, &column.target);
    }
    // The digits of the number, the point left out.
    let given = scale_of(field, column);
    let digits = cast(array, &DataType::Decimal128(38, 0))?;
    let digits: Decimal128Array = digits.as_primitive::<arrow_array::types::Decimal128Type>().clone();
    let digits = digits.with_precision_and_scale(38, given).map_err(|_| "A number's scale is wrong".to_owned())?;
    cast(&(Arc::new(digits) as ArrayRef), &DataType::Decimal128(precision, scale))
}

fn time(array: &ArrayRef, scale: i8) -> Result<ArrayRef, String> {
    if !array.data_type().is_integer() {
        return cast(array, &DataType::Time64(TimeUnit::Nanosecond));
    }
    let factor = 10_i64.pow(u32::from(NANO.saturating_sub(scale).max(0).unsigned_abs()));
    let array = cast(array, &DataType::Int64)?;
    let array = array.as_primitive::<Int64Type>();
    let nanos: Option<Vec<Option<i64>>> =
        array.iter().map(|value| value.map_or(Some(None), |value| value.checked_mul(factor).map(Some))).collect();
    let nanos = nanos.ok_or_else(|| "A time of day is too large".to_owned())?;
    Ok(Arc::new(Time64NanosecondArray::from(nanos)))
}

fn moment(array: &ArrayRef, scale: i8) -> Result<TimestampMicrosecondArray, String> {
    let late = || "A moment is too far away for microseconds".to_owned();
    let micros: Vec<Option<i64>> = match array.data_type() {
        DataType::Struct(_) => {
            let parts = array.as_struct();
            let epoch = whole(parts, "epoch")?.ok_or_else(|| "A moment has no seconds".to_owned())?;
            let fraction = whole(parts, "fraction")?;
            let value = |row: usize| {
                let seconds = epoch.value(row);
                match &fraction {
                    Some(nanos) => seconds.checked_mul(1_000_000)?.checked_add(nanos.value(row).div_euclid(1000)),
                    None => micros_of(seconds, scale),
                }
            };
            let valid = |row: usize| !array.is_null(row) && !epoch.is_null(row);
            (0..array.len())
                .map(|row| if valid(row) { value(row).map(Some) } else { Some(None) })
                .collect::<Option<_>>()
                .ok_or_else(late)?
        }
        kind if kind.is_integer() => {
            let array = cast(array, &DataType::Int64)?;
            let array = array.as_primitive::<Int64Type>();
            array
                .iter()
                .map(|value| value.map_or(Some(None), |value| micros_of(value, scale).map(Some)))
                .collect::<Option<_>>()
                .ok_or_else(late)?
        }
        _ => {
            let array = cast(array, &DataType::Timestamp(TimeUnit::Microsecond, None))?;
            return Ok(array.as_primitive::<arrow_array::types::TimestampMicrosecondType>().clone());
        }
    };
    Ok(micros.into())
}

/// Units of 10^-scale seconds as microseconds; finer ones are rounded down.
fn micros_of(value: i64, scale: i8) -> Option<i64> {
    let shift = 6 - i32::from(scale);
    let factor = 10_i64.checked_pow(shift.unsigned_abs())?;
    if shift >= 0 { value.checked_mul(factor) } else { Some(value.div_euclid(factor)) }
}

/// A field of a moment as 64-bit numbers, if there is one.
fn whole(parts: &StructArray, name: &str) -> Result<Option<Int64Array>, String> {
    let Some(part) = parts.column_by_name(name) else { return Ok(None) };
    if let Some(narrow) = part.as_primitive_opt::<Int32Type>() {
        return Ok(Some(narrow.unary(i64::from)));
    }
    Ok(Some(cast(part, &DataType::Int64)?.as_primitive::<Int64Type>().clone()))
}

/// Texts, as rows of JSON write what has no other type.
pub(super) fn texts(values: impl Iterator<Item = Option<String>>) -> StringArray {
    values.collect()
}
