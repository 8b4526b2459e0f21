//! A column's type as it is written into a saved model, and back: a synthetic column has the type of the real one.

use polars::prelude::{CategoricalPhysical, Categories, DataType, FrozenCategories, TimeUnit, TimeZone};
use serde::{Deserialize, Serialize};

use crate::SynthError;

/// Every type that can be synthesised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ColumnType {
    Null,
    Boolean,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Float32,
    Float64,
    Decimal { precision: usize, scale: usize },
    String,
    Categorical { name: String, namespace: String, physical: String },
    Enum { categories: Vec<String> },
    Date,
    Datetime { unit: Unit, zone: Option<String> },
    Duration { unit: Unit },
    Time,
}

/// The unit that a moment or a length of time is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unit {
    Nanoseconds,
    Microseconds,
    Milliseconds,
}

/// The three ways a column's values are held while they are worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Domain {
    Float,
    Whole,
    Text,
}

impl ColumnType {
    /// The type of a column; an error that names the column when it can't be modelled.
    pub(crate) fn of(column: &str, dtype: &DataType) -> Result<Self, SynthError> {
        Ok(match dtype {
            DataType::Null => Self::Null,
            DataType::Boolean => Self::Boolean,
            DataType::Int8 => Self::Int8,
            DataType::Int16 => Self::Int16,
            DataType::Int32 => Self::Int32,
            DataType::Int64 => Self::Int64,
            DataType::UInt8 => Self::UInt8,
            DataType::UInt16 => Self::UInt16,
            DataType::UInt32 => Self::UInt32,
            DataType::UInt64 => Self::UInt64,
            DataType::Float32 => Self::Float32,
            DataType::Float64 => Self::Float64,
            DataType::Decimal(precision, scale) => Self::Decimal { precision: *precision, scale: *scale },
            DataType::String => Self::String,
            DataType::Categorical(categories, _) => Self::Categorical {
                name: categories.name().to_string(),
                namespace: categories.namespace().to_string(),
                physical: categories.physical().as_str().to_owned(),
            },
            DataType::Enum(categories, _) => {
                Self::Enum { categories: categories.categories().values_iter().map(str::to_owned).collect() }
            }
            DataType::Date => Self::Date,
            DataType::Datetime(unit, zone) => {
                Self::Datetime { unit: Unit::of(*unit), zone: zone.as_ref().map(ToString::to_string) }
            }
            DataType::Duration(unit) => Self::Duration { unit: Unit::of(*unit) },
            DataType::Time => Self::Time,
            other => {
                return Err(SynthError::UnsupportedType { column: column.to_owned(), dtype: other.to_string() });
            }
        })
    }

    /// The table library's type.
    pub(crate) fn dtype(&self) -> Result<DataType, SynthError> {
        Ok(match self {
            Self::Null => DataType::Null,
            Self::Boolean => DataType::Boolean,
            Self::Int8 => DataType::Int8,
            Self::Int16 => DataType::Int16,
            Self::Int32 => DataType::Int32,
            Self::Int64 => DataType::Int64,
            Self::UInt8 => DataType::UInt8,
            Self::UInt16 => DataType::UInt16,
            Self::UInt32 => DataType::UInt32,
            Self::UInt64 => DataType::UInt64,
            Self::Float32 => DataType::Float32,
            Self::Float64 => DataType::Float64,
            Self::Decimal { precision, scale } => DataType::Decimal(*precision, *scale),
            Self::String => DataType::String,
            Self::Categorical { name, namespace, physical } => {
                if name.is_empty() && namespace.is_empty() {
                    DataType::from_categories(Categories::global())
                } else {
                    let physical = match physical.as_str() {
                        "u8" => CategoricalPhysical::U8,
                        "u16" => CategoricalPhysical::U16,
                        _ => CategoricalPhysical::U32,
                    };
                    DataType::from_categories(Categories::new(name.into(), namespace.into(), physical))
                }
            }
            Self::Enum { categories } => {
                DataType::from_frozen_categories(FrozenCategories::new(categories.iter().map(String::as_str))?)
            }
            Self::Date => DataType::Date,
            Self::Datetime { unit, zone } => {
                DataType::Datetime(unit.time_unit(), TimeZone::opt_try_new(zone.as_deref())?)
            }
            Self::Duration { unit } => DataType::Duration(unit.time_unit()),
            Self::Time => DataType::Time,
        })
    }

    /// How its values are held while they are worked on.
    pub(crate) fn domain(&self) -> Domain {
        match self {
            Self::Float32 | Self::Float64 => Domain::Float,
            Self::Null | Self::String | Self::Categorical { .. } | Self::Enum { .. } => Domain::Text,
            _ => Domain::Whole,
        }
    }
}

impl Unit {
    fn of(unit: TimeUnit) -> Self {
        match unit {
            TimeUnit::Nanoseconds => Self::Nanoseconds,
            TimeUnit::Microseconds => Self::Microseconds,
            TimeUnit::Milliseconds => Self::Milliseconds,
        }
    }

    fn time_unit(self) -> TimeUnit {
        match self {
            Self::Nanoseconds => TimeUnit::Nanoseconds,
            Self::Microseconds => TimeUnit::Microseconds,
            Self::Milliseconds => TimeUnit::Milliseconds,
        }
    }
}
