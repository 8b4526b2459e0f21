//! Vectors, maps, structured objects and arrays as JSON texts, which is what Snowflake's variants are.

use std::fmt::Write as _;

use arrow_array::cast::AsArray;
use arrow_array::types::Int16Type;
use arrow_array::{Array, ArrayRef, StringArray};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::DataType;

use super::arrow::texts as collected;

/// How deep values may lie in one another.
const DEEPEST: usize = 32;

/// Every row as JSON.
pub(super) fn texts(array: &ArrayRef) -> Result<StringArray, String> {
    let mut rows = Vec::with_capacity(array.len());
    for row in 0..array.len() {
        if array.is_null(row) {
            rows.push(None);
            continue;
        }
        let mut text = String::new();
        write(&mut text, array, row, 0)?;
        rows.push(Some(text));
    }
    Ok(collected(rows.into_iter()))
}

/// Every row's bytes in hexadecimal.
pub(super) fn hexes(array: &ArrayRef) -> Result<StringArray, String> {
    let array = arrow_cast::cast(array, &DataType::Binary).map_err(|_| "Bytes of an unknown kind".to_owned())?;
    let rows = array.as_binary::<i32>().iter().map(|bytes| Some(hex(bytes?)));
    Ok(collected(rows))
}

/// Numbers of `DECFLOAT`, a struct of an exponent and a significand in big-endian two's complement; none when the array
/// is something else.
pub(super) fn decfloats(array: &ArrayRef) -> Option<StringArray> {
    let parts = array.as_struct_opt()?;
    let exponent = parts.column_by_name("exponent")?.as_primitive_opt::<Int16Type>()?.clone();
    let significand = arrow_cast::cast(parts.column_by_name("significand")?, &DataType::Binary).ok()?;
    let significand = significand.as_binary::<i32>();
    let row = |row: usize| -> Option<Option<String>> {
        if array.is_null(row) || significand.is_null(row) {
            return Some(None);
        }
        let bytes = significand.value(row);
        let sign = bytes.first().is_some_and(|first| first & 0x80 != 0);
        // 38 digits fit into 16 bytes.
        let (true, fill) = (bytes.len() <= 16, if sign { -1_i128 } else { 0 }) else { return None };
        let value = bytes.iter().fold(fill, |value, byte| value << 8 | i128::from(*byte));
        Some(Some(match exponent.value(row) {
            0 => value.to_string(),
            exponent => format!("{value}e{exponent}"),
        }))
    };
    let rows: Option<Vec<Option<String>>> = (0..array.len()).map(row).collect();
    rows.map(|rows| collected(rows.into_iter()))
}

fn write(text: &mut String, array: &dyn Array, row: usize, depth: usize) -> Result<(), String> {
    if depth > DEEPEST {
        return Err("Values lie too deep in one another".to_owned());
    }
    if array.is_null(row) {
        text.push_str("null");
        return Ok(());
    }
    match array.data_type() {
        DataType::List(_) => list(text, &array.as_list::<i32>().value(row), depth),
        DataType::LargeList(_) => list(text, &array.as_list::<i64>().value(row), depth),
        DataType::FixedSizeList(..) => list(text, &array.as_fixed_size_list().value(row), depth),
        DataType::Struct(fields) => {
            let parts = array.as_struct();
            text.push('{');
            for (index, field) in fields.iter().enumerate() {
                separate(text, index);
                quote(text, field.name());
                text.push(':');
                write(text, parts.column(index), row, depth + 1)?;
            }
            text.push('}');
            Ok(())
        }
        DataType::Map(..) => {
            let entries = array.as_map().value(row);
            text.push('{');
            for entry in 0..entries.len() {
                separate(text, entry);
                quote(text, &plain(entries.column(0), entry)?);
                text.push(':');
                write(text, entries.column(1), entry, depth + 1)?;
            }
            text.push('}');
            Ok(())
        }
        kind if kind.is_numeric() || kind == &DataType::Boolean => {
            let value = plain(array, row)?;
            // JSON has no such numbers.
            let odd = matches!(value.as_str(), "NaN" | "inf" | "-inf");
            if odd {
                quote(text, &value);
            } else {
                text.push_str(&value);
            }
            Ok(())
        }
        _ => {
            quote(text, &plain(array, row)?);
            Ok(())
        }
    }
}

fn list(text: &mut String, values: &ArrayRef, depth: usize) -> Result<(), String> {
    text.push('[');
    for index in 0..values.len() {
        separate(text, index);
        write(text, values, index, depth + 1)?;
    }
    text.push(']');
    Ok(())
}

fn separate(text: &mut String, index: usize) {
    if index > 0 {
        text.push(',');
    }
}

/// A value that holds no others, as Arrow shows it.
fn plain(array: &dyn Array, row: usize) -> Result<String, String> {
    let unknown = |_| format!("Values of the type {} can't be shown", array.data_type());
    let formatter = ArrayFormatter::try_new(array, &FormatOptions::default()).map_err(unknown)?;
    formatter.value(row).try_to_string().map_err(unknown)
}

fn quote(text: &mut String, value: &str) {
    text.push_str(&serde_json::Value::from(value).to_string());
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02X}");
    }
    text
}
