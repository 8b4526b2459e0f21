//! The extension blocks: what Snowflake's semantic views have no place for.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::plan::{Field, Grain, Plan, TimePart};
use crate::semantic::Entity;

/// For `skip_serializing_if`.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// About the whole model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelExtension {
    /// The metric meant where none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_metric: Option<String>,
    /// The month in which the fiscal year starts, 1 to 12. The year is named after the calendar year it starts in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fiscal_year_start_month: Option<u8>,
    /// What relative dates count from. None: the computer's date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub today: Option<Today>,
    /// The currency of amounts, as in ISO 4217.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Words for things that the data does not have, so that a question about them is refused by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_covered: Vec<String>,
}

/// What relative dates count from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Today {
    /// A day.
    Date(Date),
    /// The last day that this time dimension has in the data.
    Latest(Field),
}

/// What a table is to the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableRole {
    /// Things: customers, products.
    #[default]
    Entity,
    /// Events with numbers: sales, payments.
    Fact,
    /// Pairs of things: authors of books.
    Link,
    /// Days.
    Calendar,
}

/// About a table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TableExtension {
    /// What it is to the others.
    #[serde(skip_serializing_if = "is_default")]
    pub role: TableRole,
    /// What a row is, when it is something that people count and name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<Entity>,
    /// The time meant where none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_time: Option<Field>,
    /// The metric meant where none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_metric: Option<String>,
    /// Dimensions from coarse to fine.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hierarchies: Vec<Hierarchy>,
    /// SQL that is true for rows that stand for the unknown; they are never counted as an entity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
    /// SQL that is true for the current version of each thing (slowly changing, type 2); others are not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
}

/// Dimensions from coarse to fine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hierarchy {
    /// Its name.
    pub name: String,
    /// The dimensions of the table, by name.
    pub levels: Vec<String>,
}

/// How a number is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// As it comes.
    #[default]
    Plain,
    /// Whole.
    Integer,
    /// With two decimals.
    Decimal,
    /// An amount of money in the unit, else in the model's currency.
    Currency,
    /// A percentage: 12.3 is 12.3 %.
    Percent,
    /// A day.
    Date,
}

/// Whether a number may be summed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Additivity {
    /// Over everything.
    #[default]
    Additive,
    /// Over everything but time: stocks, balances.
    Semi,
    /// Over time alone: what lies in one day each, such as baskets, where a basket has lines of many products.
    Time,
    /// Not at all: prices, rates, distinct counts.
    None,
}

/// What kind of personal data a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalData {
    /// A name of a person.
    Name,
    /// An address, a telephone number, an e-mail address.
    Contact,
    /// A number that stands for a person.
    Identifier,
    /// Age, income, health and the like.
    Attribute,
}

/// Words for values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueSynonym {
    /// What people say.
    pub phrases: Vec<String>,
    /// The values meant, as they are in the data.
    pub values: Vec<String>,
}

/// About a dimension.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DimensionExtension {
    /// What a value is, when it is something that people count (`SALES_HEADER_ID`: a basket).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<Entity>,
    /// Words for values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub value_synonyms: Vec<ValueSynonym>,
    /// Values that stand for the unknown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown_values: Vec<String>,
    /// The values in their natural order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub value_order: Vec<String>,
    /// What "top" and "most popular" mean for it where no metric is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ranking_metric: Option<String>,
    /// How it is shown.
    #[serde(skip_serializing_if = "is_default")]
    pub format: Format,
    /// The unit of its numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub personal: Option<PersonalData>,
    /// Only for joins and keys; nobody asks for it.
    #[serde(skip_serializing_if = "is_default")]
    pub hidden: bool,
}

/// What a time dimension's expression gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeKind {
    /// Days.
    #[default]
    Date,
    /// Moments.
    Timestamp,
    /// Years as numbers.
    Year,
}

/// About a time dimension.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TimeExtension {
    /// What its expression gives.
    #[serde(skip_serializing_if = "is_default")]
    pub kind: TimeKind,
    /// The finest step there is. None: days, hours for moments, years for years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finest: Option<Grain>,
    /// Columns of the base table, as typed in SQL, that hold parts of it; others are reckoned.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<TimePart, String>,
}

/// About a fact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FactExtension {
    /// How it is shown.
    #[serde(skip_serializing_if = "is_default")]
    pub format: Format,
    /// Its unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Whether it may be summed.
    #[serde(skip_serializing_if = "is_default")]
    pub additivity: Additivity,
}

/// About a metric.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MetricExtension {
    /// SQL conditions over the columns of its base table; they always hold for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<String>,
    /// How it is shown.
    #[serde(skip_serializing_if = "is_default")]
    pub format: Format,
    /// Its unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Whether it may be summed.
    #[serde(skip_serializing_if = "is_default")]
    pub additivity: Additivity,
    /// Less is better: returns, complaints.
    #[serde(skip_serializing_if = "is_default")]
    pub lower_is_better: bool,
}

/// About a named filter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FilterExtension {
    /// Words for its opposite: `weekday` for a filter `weekend`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub opposites: Vec<String>,
}

/// About a relationship.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RelationshipExtension {
    /// Words for this way where there are several: `shipping`, `sold to`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// The way meant where none is named.
    #[serde(skip_serializing_if = "is_default")]
    pub default: bool,
}

/// About a verified query.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VerifiedExtension {
    /// The plan that is run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
}
