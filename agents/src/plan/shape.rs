//! What is done with the rows of an answer: compared, kept, ranked, ordered.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::{Comparison, Filter, Measure, Period};

/// A condition on a row of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Having {
    /// What is compared; it need not be shown.
    pub left: Measure,
    /// How.
    pub is: Comparison,
    /// With what: a number ([`crate::plan::Quantity::Number`]) or another measure.
    pub right: Measure,
}

/// The first rows by a measure.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Top {
    /// How many, from 1.
    pub n: u64,
    /// Only the row at place `n`: the second best.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exactly: bool,
    /// By which measure of the plan, counted from 0. With a comparison: by which of its columns, in the order shown.
    #[serde(default)]
    pub by: usize,
    /// The least first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ascending: bool,
    /// Anew for each value of these dimensions, counted from 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<usize>,
}

/// By what rows are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderKey {
    /// A measure of the plan, counted from 0. With a comparison: one of its columns, in the order shown.
    Measure(usize),
    /// A dimension of the plan, counted from 0.
    Dimension(usize),
}

/// An order of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// By what.
    pub by: OrderKey,
    /// The greatest first.
    #[serde(default)]
    pub descending: bool,
}

/// Two sides next to each other; each measure is taken on both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// What is compared against: the earlier period, the first value.
    pub base: Side,
    /// What is compared: the later period, the second value.
    pub other: Side,
    /// The columns for each measure, in order. None: both values, the difference and the change in percent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub show: Vec<CompareColumn>,
}

/// One side of a comparison.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// Its name in the answer.
    pub label: String,
    /// Its time, instead of the plan's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// Its conditions, on top of the plan's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
}

/// A column of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompareColumn {
    /// The value of the base.
    Base,
    /// The value of the other side.
    Other,
    /// Other minus base.
    Difference,
    /// The difference in percent of the base.
    PercentChange,
    /// Other over base.
    Ratio,
    /// The row's percentage of the base's total.
    BaseShare,
    /// The row's percentage of the other side's total.
    OtherShare,
    /// The difference of the two shares, in percentage points.
    ShareChange,
}
