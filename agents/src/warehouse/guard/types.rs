//! Types that a cast may name.

use std::ops::ControlFlow;

use sqlparser::ast::{ArrayElemTypeDef, DataType, ObjectNamePart};
use sqlparser::tokenizer::Span;

use super::refuse;
use super::scope::{Step, Walk, stop};

/// Types that the parser knows by name only.
const BY_NAME: &[&str] = &[
    "bignum",
    "bit",
    "byteint",
    "date",
    "datetime",
    "geography",
    "geometry",
    "hugeint",
    "int1",
    "json",
    "long",
    "number",
    "object",
    "short",
    "signed",
    "string",
    "timestamp_ltz",
    "timestamp_ms",
    "timestamp_ns",
    "timestamp_ntz",
    "timestamp_s",
    "timestamp_tz",
    "timestamp_us",
    "timestampltz",
    "timestampntz",
    "timestamptz",
    "timetz",
    "tinyint",
    "ubigint",
    "uhugeint",
    "uinteger",
    "usmallint",
    "utinyint",
    "variant",
];

impl Walk<'_> {
    /// Lets the engines' own types through, not those that a user made.
    pub(super) fn data_type(&mut self, data_type: &DataType, near: Span) -> Step {
        use DataType as T;
        match data_type {
            T::Character(_)
            | T::Char(_)
            | T::CharacterVarying(_)
            | T::CharVarying(_)
            | T::Varchar(_)
            | T::Uuid
            | T::Binary(_)
            | T::Varbinary(_)
            | T::Blob(_)
            | T::Bytes(_)
            | T::Numeric(_)
            | T::Decimal(_)
            | T::Dec(_)
            | T::Float(_)
            | T::TinyInt(_)
            | T::UTinyInt
            | T::Int2(_)
            | T::SmallInt(_)
            | T::USmallInt
            | T::Int(_)
            | T::Int4(_)
            | T::Int8(_)
            | T::Int16
            | T::Int32
            | T::Int64
            | T::Int128
            | T::Integer(_)
            | T::HugeInt
            | T::UHugeInt
            | T::UInt8
            | T::UInt16
            | T::UInt32
            | T::UInt64
            | T::UInt128
            | T::BigInt(_)
            | T::UBigInt
            | T::Signed
            | T::Float4
            | T::Float32
            | T::Float64
            | T::Real
            | T::Float8
            | T::Double(_)
            | T::DoublePrecision
            | T::Bool
            | T::Boolean
            | T::Date
            | T::Date32
            | T::Time(..)
            | T::Datetime(_)
            | T::Timestamp(..)
            | T::TimestampNtz(_)
            | T::Interval { .. }
            | T::JSON
            | T::Text
            | T::String(_)
            | T::Bytea
            | T::Bit(_)
            | T::BitVarying(_)
            | T::Array(ArrayElemTypeDef::None) => ControlFlow::Continue(()),
            T::Array(
                ArrayElemTypeDef::SquareBracket(inner, _)
                | ArrayElemTypeDef::AngleBracket(inner)
                | ArrayElemTypeDef::Parenthesis(inner),
            ) => self.deeper(|walk| walk.data_type(inner, near)),
            T::Map(key, value) => self.deeper(|walk| {
                walk.data_type(key, near)?;
                walk.data_type(value, near)
            }),
            T::Struct(fields, _) => {
                for field in fields {
                    self.never(field.options.is_some(), "options of a type's field", near)?;
                    if let Some(name) = &field.field_name {
                        self.ident(name)?;
                    }
                    self.deeper(|walk| walk.data_type(&field.field_type, near))?;
                }
                ControlFlow::Continue(())
            }
            T::Custom(name, modifiers) => {
                let known = matches!(name.0.as_slice(), [ObjectNamePart::Identifier(only)]
                    if only.quote_style.is_none() && BY_NAME.binary_search(&only.value.to_ascii_lowercase().as_str()).is_ok());
                let numbers = modifiers.iter().all(|modifier| modifier.bytes().all(|byte| byte.is_ascii_digit()));
                if known && numbers {
                    return ControlFlow::Continue(());
                }
                stop(refuse::construct(format!("the type {data_type}"), near, "The engine's own types pass."))
            }
            other => stop(refuse::construct(format!("the type {other}"), near, "The engine's own types pass.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_in_order() {
        assert!(BY_NAME.is_sorted());
    }
}
