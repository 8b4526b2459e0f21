//! Dimensions: what the rows of an answer are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::{Field, Filter, Grain, Measure, TimePart, Value};

/// What a row of the answer is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// By what the rows are grouped.
    pub by: Grouping,
    /// The column's name. None: made from what it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Left out of the answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

impl Dimension {
    /// A dimension under its own name.
    #[must_use]
    pub fn new(by: Grouping) -> Self {
        Self { by, label: None, hidden: false }
    }

    /// A column.
    pub fn column(table: impl Into<String>, name: impl Into<String>) -> Self {
        Self::new(Grouping::Column { field: Field::new(table, name) })
    }

    /// An entity, named by its label columns.
    pub fn entity(entity: impl Into<String>) -> Self {
        Self::new(Grouping::Entity { entity: entity.into(), show: None, via: Vec::new() })
    }

    /// A step of the default time.
    #[must_use]
    pub fn time(grain: Grain) -> Self {
        Self::new(Grouping::Time { time: None, grain })
    }
}

/// By what rows are grouped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Grouping {
    /// The values of a field.
    Column {
        /// The field.
        field: Field,
    },
    /// Values reckoned from fields.
    Value {
        /// The values.
        value: Value,
    },
    /// One row for each of an entity, also where two have the same name.
    Entity {
        /// The entity's name.
        entity: String,
        /// The fields to show, by name. None: the entity's label columns.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        show: Option<Vec<String>>,
        /// The relationships to go through, by name, where there are several ways.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        via: Vec<String>,
    },
    /// Steps of the calendar.
    Time {
        /// The time. None: the default time of each measure's table.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time: Option<Field>,
        /// The step.
        grain: Grain,
    },
    /// Parts of the calendar that come again: weekdays, or the months of all years together.
    Part {
        /// The time. None: the default time of each measure's table.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time: Option<Field>,
        /// The part.
        part: TimePart,
    },
    /// Named groups of rows; the first whose conditions hold takes a row.
    Buckets {
        /// The groups.
        buckets: Vec<Bucket>,
        /// The name of what no group takes. None: such rows are left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        otherwise: Option<String>,
    },
    /// Numbers in steps of a width, shown by their lower end.
    Steps {
        /// The numbers.
        value: Value,
        /// The width, above zero.
        width: f64,
    },
    /// What an entity has come to over all its rows: the month of a customer's first purchase, its number of trips.
    Attained {
        /// The entity.
        entity: String,
        /// What it has come to; the plan's period and filters do not count here, only its own.
        of: Box<Measure>,
        /// The step of the calendar, when that is a date.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grain: Option<Grain>,
        /// The width of a step, when that is a number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        width: Option<f64>,
    },
}

/// A named group of rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    /// Its name in the answer.
    pub label: String,
    /// All must hold.
    pub filters: Vec<Filter>,
}
