//! Rows of texts, as Snowflake answers statements that are no queries.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, Time64NanosecondArray,
    TimestampMicrosecondArray,
};
use arrow_schema::DataType;
use serde_json::Value;

use super::arrow::texts;
use super::column::Column;

/// Column `index` of the rows, or why it can't be read.
pub(super) fn column(rows: &[Vec<Value>], index: usize, column: &Column) -> Result<ArrayRef, String> {
    let values = || {
        rows.iter().map(|row| match &row[index] {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        })
    };
    let kind = &column.target;
    Ok(match kind {
        DataType::Int64 => Arc::new(Int64Array::from(parse(values(), kind, |text| text.parse().ok())?)),
        DataType::Decimal128(precision, scale) => {
            let digits = parse(values(), kind, |text| fixed(text, u32::from(scale.unsigned_abs())))?;
            let array = Decimal128Array::from(digits).with_precision_and_scale(*precision, *scale);
            Arc::new(array.map_err(|_| "A number's scale is wrong".to_owned())?)
        }
        DataType::Float64 => Arc::new(Float64Array::from(parse(values(), kind, |text| text.parse().ok())?)),
        DataType::Boolean => Arc::new(BooleanArray::from(parse(values(), kind, truth)?)),
        DataType::Date32 => Arc::new(Date32Array::from(parse(values(), kind, |text| text.parse().ok())?)),
        DataType::Time64(_) => {
            let nanos = parse(values(), kind, |text| i64::try_from(fixed(text, 9)?).ok())?;
            Arc::new(Time64NanosecondArray::from(nanos))
        }
        DataType::Timestamp(_, zone) => {
            // A zone follows after a blank, in minutes; the seconds before it count from 1970 in UTC.
            let micros = parse(values(), kind, |text| {
                let seconds = text.split(' ').next()?;
                i64::try_from(fixed(seconds, 9)?.div_euclid(1000)).ok()
            })?;
            Arc::new(TimestampMicrosecondArray::from(micros).with_timezone_opt(zone.clone()))
        }
        DataType::Binary => {
            let bytes = parse(values(), kind, unhex)?;
            Arc::new(BinaryArray::from_iter(bytes))
        }
        _ => Arc::new(texts(values())),
    })
}

/// Texts as values of a kind.
fn parse<T>(
    values: impl Iterator<Item = Option<String>>,
    kind: &DataType,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<Option<T>>, String> {
    values
        .map(|value| value.map(|text| read(&text).ok_or_else(|| format!("A value is no {kind}"))).transpose())
        .collect()
}

fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

/// A decimal text times 10^scale; none when it has more digits than that, or is no number.
pub(super) fn fixed(text: &str, scale: u32) -> Option<i128> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    let sound = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit());
    if whole.is_empty() || !sound(whole) || !sound(fraction) || fraction.len() > scale as usize {
        return None;
    }
    let missing = 10_i128.checked_pow(scale - fraction.len() as u32)?;
    let tail: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let head = whole.parse::<i128>().ok()?.checked_mul(10_i128.checked_pow(scale)?)?;
    let value = head.checked_add(tail.checked_mul(missing)?)?;
    Some(if negative { -value } else { value })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}
