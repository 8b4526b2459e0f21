//! Values of one row: a field of the semantic model, something written in the question, or both reckoned together.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::TimePart;

/// A dimension, time dimension or fact of the semantic model.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The logical table that has it.
    pub table: String,
    /// Its name there.
    pub name: String,
    /// The relationships to go through, by name, where there are several ways to the table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub via: Vec<String>,
}

impl Field {
    /// A field reached on the only shortest way.
    pub fn new(table: impl Into<String>, name: impl Into<String>) -> Self {
        Self { table: table.into(), name: name.into(), via: Vec::new() }
    }
}

/// Something that was written down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Literal {
    /// True or false.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A text, also for a date (`2017-12-31`) or a time of day (`13:00`).
    Text(String),
}

impl From<&str> for Literal {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Literal {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Literal {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Literal {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// How two numbers are reckoned together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// Left plus right.
    Add,
    /// Left minus right.
    Subtract,
    /// Left times right.
    Multiply,
    /// Left over right; null where right is zero.
    Divide,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Minutes, with their fractions.
    Minute,
    /// Hours, with their fractions.
    Hour,
    /// Days.
    Day,
    /// Months, completed ones.
    Month,
    /// Years, completed ones.
    Year,
}

/// A value of one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Value {
    /// A field of the model.
    Field {
        /// The field.
        field: Field,
    },
    /// A number, text or flag.
    Literal {
        /// It.
        literal: Literal,
    },
    /// A day.
    Date {
        /// The day.
        #[schemars(with = "String")]
        date: Date,
    },
    /// The model's today.
    Today,
    /// How much time lies between two values; negative when `to` is earlier.
    Elapsed {
        /// Counted in.
        unit: Unit,
        /// The start.
        from: Box<Value>,
        /// The end.
        to: Box<Value>,
    },
    /// A part of a date.
    Part {
        /// The date.
        of: Box<Value>,
        /// Which part.
        part: TimePart,
    },
    /// Two numbers reckoned together, or a day moved by a number of days.
    Arithmetic {
        /// How.
        operator: Operator,
        /// The left number.
        left: Box<Value>,
        /// The right number.
        right: Box<Value>,
    },
}

impl Value {
    /// A field reached on the only shortest way.
    pub fn field(table: impl Into<String>, name: impl Into<String>) -> Self {
        Self::Field { field: Field::new(table, name) }
    }

    /// Something that was written down.
    pub fn literal(literal: impl Into<Literal>) -> Self {
        Self::Literal { literal: literal.into() }
    }
}
