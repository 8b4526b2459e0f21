//! The text of a value and the name of a type, for people.

use arrow_array::cast::AsArray as _;
use arrow_array::temporal_conversions as time;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal128Type, DurationMicrosecondType, DurationMillisecondType,
    DurationNanosecondType, DurationSecondType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, Time32MillisecondType, Time32SecondType, Time64MicrosecondType, Time64NanosecondType,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};

/// Members of a list that are shown.
const LIST_SHOWN: usize = 3;

/// The notebook's name of a type: polars' words.
pub(super) fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Null => "null".to_owned(),
        DataType::Boolean => "bool".to_owned(),
        DataType::Int8 => "i8".to_owned(),
        DataType::Int16 => "i16".to_owned(),
        DataType::Int32 => "i32".to_owned(),
        DataType::Int64 => "i64".to_owned(),
        DataType::UInt8 => "u8".to_owned(),
        DataType::UInt16 => "u16".to_owned(),
        DataType::UInt32 => "u32".to_owned(),
        DataType::UInt64 => "u64".to_owned(),
        DataType::Float16 => "f16".to_owned(),
        DataType::Float32 => "f32".to_owned(),
        DataType::Float64 => "f64".to_owned(),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "str".to_owned(),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            "binary".to_owned()
        }
        DataType::Date32 | DataType::Date64 => "date".to_owned(),
        DataType::Time32(_) | DataType::Time64(_) => "time".to_owned(),
        DataType::Timestamp(unit, None) => format!("datetime[{}]", unit_name(*unit)),
        DataType::Timestamp(unit, Some(zone)) => format!("datetime[{}, {zone}]", unit_name(*unit)),
        DataType::Duration(unit) => format!("duration[{}]", unit_name(*unit)),
        DataType::Decimal128(precision, scale) => format!("decimal[{precision},{scale}]"),
        DataType::Dictionary(..) => "cat".to_owned(),
        DataType::List(field) | DataType::LargeList(field) => format!("list[{}]", type_name(field.data_type())),
        DataType::FixedSizeList(field, size) => format!("array[{}, {size}]", type_name(field.data_type())),
        DataType::Struct(fields) => format!("struct[{}]", fields.len()),
        other => other.to_string().to_lowercase(),
    }
}

fn unit_name(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Second => "s",
        TimeUnit::Millisecond => "ms",
        TimeUnit::Microsecond => "μs",
        TimeUnit::Nanosecond => "ns",
    }
}

/// True for the types whose values are set flush right.
pub(super) fn is_number(data_type: &DataType) -> bool {
    data_type.is_numeric()
}

/// True for text, which is quoted in tables.
pub(super) fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// The text of a value, `None` where it is missing.
pub(super) fn value_text(array: &ArrayRef, row: usize) -> Option<String> {
    if array.logical_nulls().is_some_and(|nulls| nulls.is_null(row)) {
        return None;
    }
    let text = match array.data_type() {
        DataType::Null => return None,
        DataType::Boolean => array.as_boolean().value(row).to_string(),
        DataType::Int8 => native::<Int8Type>(array, row).to_string(),
        DataType::Int16 => native::<Int16Type>(array, row).to_string(),
        DataType::Int32 => native::<Int32Type>(array, row).to_string(),
        DataType::Int64 => native::<Int64Type>(array, row).to_string(),
        DataType::UInt8 => native::<UInt8Type>(array, row).to_string(),
        DataType::UInt16 => native::<UInt16Type>(array, row).to_string(),
        DataType::UInt32 => native::<UInt32Type>(array, row).to_string(),
        DataType::UInt64 => native::<UInt64Type>(array, row).to_string(),
        DataType::Float16 => float_text(native::<Float16Type>(array, row).to_f64()),
        DataType::Float32 => float_text(f64::from(native::<Float32Type>(array, row))),
        DataType::Float64 => float_text(native::<Float64Type>(array, row)),
        DataType::Decimal128(_, scale) => decimal_text(native::<Decimal128Type>(array, row), *scale),
        DataType::Utf8 => array.as_string::<i32>().value(row).to_owned(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(row).to_owned(),
        DataType::Utf8View => array.as_string_view().value(row).to_owned(),
        DataType::Binary => bytes_text(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => bytes_text(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => bytes_text(array.as_binary_view().value(row)),
        DataType::FixedSizeBinary(_) => bytes_text(array.as_fixed_size_binary().value(row)),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            return value_text(dictionary.values(), dictionary.normalized_keys()[row]);
        }
        DataType::List(_) => list_text(&array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => list_text(&array.as_list::<i64>().value(row)),
        DataType::FixedSizeList(..) => list_text(&array.as_fixed_size_list().value(row)),
        DataType::Struct(_) => struct_text(array, row),
        _ => return Some(time_text(array, row).unwrap_or_else(|| format!("<{}>", type_name(array.data_type())))),
    };
    Some(text)
}

fn native<T: ArrowPrimitiveType>(array: &ArrayRef, row: usize) -> T::Native {
    array.as_primitive::<T>().value(row)
}

/// Dates, times, points in time and durations; `None` for other types and for values beyond the calendar.
fn time_text(array: &ArrayRef, row: usize) -> Option<String> {
    let text = match array.data_type() {
        DataType::Date32 => time::date32_to_datetime(native::<Date32Type>(array, row))?.date().to_string(),
        DataType::Date64 => time::date64_to_datetime(native::<Date64Type>(array, row))?.date().to_string(),
        DataType::Time32(TimeUnit::Second) => {
            time::time32s_to_time(native::<Time32SecondType>(array, row))?.to_string()
        }
        DataType::Time32(_) => time::time32ms_to_time(native::<Time32MillisecondType>(array, row))?.to_string(),
        DataType::Time64(TimeUnit::Microsecond) => {
            time::time64us_to_time(native::<Time64MicrosecondType>(array, row))?.to_string()
        }
        DataType::Time64(_) => time::time64ns_to_time(native::<Time64NanosecondType>(array, row))?.to_string(),
        DataType::Timestamp(unit, zone) => {
            let moment = match unit {
                TimeUnit::Second => time::timestamp_s_to_datetime(native::<TimestampSecondType>(array, row)),
                TimeUnit::Millisecond => time::timestamp_ms_to_datetime(native::<TimestampMillisecondType>(array, row)),
                TimeUnit::Microsecond => time::timestamp_us_to_datetime(native::<TimestampMicrosecondType>(array, row)),
                TimeUnit::Nanosecond => time::timestamp_ns_to_datetime(native::<TimestampNanosecondType>(array, row)),
            }?;
            // The zone's offset is not known here; its instants are given in UTC.
            format!("{moment}{}", if zone.is_some() { " UTC" } else { "" })
        }
        DataType::Duration(unit) => {
            let count = match unit {
                TimeUnit::Second => native::<DurationSecondType>(array, row),
                TimeUnit::Millisecond => native::<DurationMillisecondType>(array, row),
                TimeUnit::Microsecond => native::<DurationMicrosecondType>(array, row),
                TimeUnit::Nanosecond => native::<DurationNanosecondType>(array, row),
            };
            format!("{count}{}", unit_name(*unit))
        }
        _ => return None,
    };
    Some(text)
}

/// A number with six significant digits, in powers of ten where it is very large or very small.
fn float_text(number: f64) -> String {
    let size = number.abs();
    if number == 0.0 || !number.is_finite() {
        return format!("{number:?}");
    }
    if !(1e-5..1e15).contains(&size) {
        return format!("{number:.6e}");
    }
    if number.fract() == 0.0 {
        return format!("{number:.1}");
    }
    let decimals = (5 - size.log10().floor() as i32).clamp(1, 10) as usize;
    let text = format!("{number:.decimals$}");
    let short = text.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}

fn decimal_text(value: i128, scale: i8) -> String {
    if scale <= 0 {
        return format!("{value}{}", "0".repeat(usize::from(scale.unsigned_abs())));
    }
    let scale = usize::from(scale.unsigned_abs());
    let digits = format!("{:0width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    format!("{}{whole}.{part}", if value < 0 { "-" } else { "" })
}

fn bytes_text(bytes: &[u8]) -> String {
    format!("<{} bytes>", bytes.len())
}

fn list_text(values: &ArrayRef) -> String {
    let shown = (0..values.len().min(LIST_SHOWN)).map(|at| member_text(values, at));
    let mut members: Vec<String> = shown.collect();
    if values.len() > LIST_SHOWN {
        members.push("…".to_owned());
    }
    format!("[{}]", members.join(", "))
}

fn struct_text(array: &ArrayRef, row: usize) -> String {
    let members: Vec<String> = array.as_struct().columns().iter().map(|column| member_text(column, row)).collect();
    format!("{{{}}}", members.join(", "))
}

fn member_text(values: &ArrayRef, at: usize) -> String {
    match value_text(values, at) {
        Some(text) if is_text(values.data_type()) => format!("{text:?}"),
        Some(text) => text,
        None => "null".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_exact_enough() {
        let cases = [
            (0.0, "0.0"),
            (3.0, "3.0"),
            (-1234.5, "-1234.5"),
            (0.333_333_333, "0.333333"),
            (1e-9, "1.000000e-9"),
            (2.5e20, "2.500000e20"),
            (f64::NAN, "NaN"),
            (123_456_789.123, "123456789.1"),
        ];
        for (number, text) in cases {
            assert_eq!(float_text(number), text);
        }
        assert_eq!(decimal_text(-5, 2), "-0.05");
        assert_eq!(decimal_text(12_345, 2), "123.45");
        assert_eq!(decimal_text(7, 0), "7");
    }
}
