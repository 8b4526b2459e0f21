//! Column types by the names that people write.

use polars::prelude::{DataType, TimeUnit};

use crate::error::KernelError;

/// The type of a name such as `int`, `f64`, `str`, `date`.
///
/// # Errors
/// `magic::bad_value`.
pub fn parse_type(name: &str) -> Result<DataType, KernelError> {
    Ok(match name.to_ascii_lowercase().as_str() {
        "int" | "integer" | "i64" | "int64" | "bigint" => DataType::Int64,
        "i32" | "int32" => DataType::Int32,
        "i16" | "int16" => DataType::Int16,
        "i8" | "int8" => DataType::Int8,
        "u64" | "uint64" => DataType::UInt64,
        "u32" | "uint32" => DataType::UInt32,
        "float" | "f64" | "float64" | "double" => DataType::Float64,
        "f32" | "float32" => DataType::Float32,
        "str" | "string" | "text" | "utf8" | "varchar" => DataType::String,
        "bool" | "boolean" => DataType::Boolean,
        "date" => DataType::Date,
        "datetime" | "timestamp" => DataType::Datetime(TimeUnit::Microseconds, None),
        "time" => DataType::Time,
        _ => {
            return Err(KernelError::BadValue {
                argument: "a type".to_owned(),
                expected: "int, float, str, bool, date, datetime, time, or a width such as i32 or f32".to_owned(),
                value: name.to_owned(),
                help: "for example --types zip=str,price=float".to_owned(),
            });
        }
    })
}
