//! Measures: the numbers of an answer, from a named metric to growth over an average over groups.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::{Dimension, Field, Filter, Having, Operator, Period, Value};

/// A number per row of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// What is measured.
    pub of: Quantity,
    /// The column's name. None: made from what is measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Conditions for this measure alone, on top of the plan's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// This measure's own time, instead of the plan's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// Left out of the answer: only there to order, to compare or to rank by.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

impl Measure {
    /// A measure without conditions of its own.
    #[must_use]
    pub fn new(of: Quantity) -> Self {
        Self { of, label: None, filters: Vec::new(), period: None, hidden: false }
    }

    /// A named metric.
    pub fn metric(metric: impl Into<String>) -> Self {
        Self::new(Quantity::Metric { metric: metric.into() })
    }

    /// The same under another column name.
    #[must_use]
    pub fn named(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// The same over fewer rows.
    #[must_use]
    pub fn filtered(mut self, filter: Filter) -> Self {
        self.filters.push(filter);
        self
    }

    /// The same in its own period.
    #[must_use]
    pub fn during(mut self, period: Period) -> Self {
        self.period = Some(period);
        self
    }
}

/// How the values of many rows become one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// Their sum.
    Sum,
    /// Their mean.
    Average,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The middle one.
    Median,
    /// The value that this fraction of them does not exceed, between 0 and 1.
    Percentile(f64),
    /// Their standard deviation, of a sample.
    Deviation,
    /// How many are not null.
    Count,
    /// How many different ones there are.
    CountDistinct,
}

/// How the values of many groups become one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupFunction {
    /// How many groups there are.
    Count,
    /// The aggregate of the groups' values.
    Of(Aggregate),
    /// The smallest number of groups that together have this fraction of the total.
    Reach(f64),
    /// The percentage of the total that the largest groups have, this fraction of them (rounded as NTILE rounds).
    TopFraction(f64),
    /// The percentage of the total that this many largest groups have.
    TopCount(u64),
    /// The percentage of the total that the smallest groups have, this fraction of them.
    BottomFraction(f64),
    /// The percentage of the total that this many smallest groups have.
    BottomCount(u64),
}

/// What a row is set against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The step of time before: the month before a month.
    Previous,
    /// The same step a year before.
    YearBefore,
}

/// What is measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Quantity {
    /// A metric of the model.
    Metric {
        /// Its name.
        metric: String,
    },
    /// Values of rows, aggregated over the rows of the table they are in, each counted once.
    Aggregate {
        /// How.
        function: Aggregate,
        /// The values.
        value: Value,
        /// The logical table over whose rows; needed for days of a calendar (a first purchase: `sales`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<String>,
    },
    /// How many rows a table has.
    Rows {
        /// The logical table.
        table: String,
    },
    /// How many of an entity there are, each counted once.
    Entities {
        /// The entity's name.
        entity: String,
        /// Count those that occur in this table (customers that bought: `sales`). None: those of their own table; where
        /// the dimensions can only be reached through a fact, those that occur in that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<String>,
    },
    /// Two measures reckoned together; `Divide` is null where the right one is zero.
    Arithmetic {
        /// How.
        operator: Operator,
        /// The left measure.
        left: Box<Measure>,
        /// The right measure.
        right: Box<Measure>,
        /// Times 100, to be read as a percentage.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        percent: bool,
    },
    /// A number.
    Number {
        /// It.
        number: f64,
    },
    /// Groups are made within each row of the answer, and their values become one: the average over baskets of the
    /// number of products, the number of customers with more than 200 trips, the median of the stores' revenue.
    Groups {
        /// What a group is.
        per: Vec<Dimension>,
        /// The groups' value; needed for all but `count`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<Box<Measure>>,
        /// Which groups count.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        having: Vec<Having>,
        /// How the groups' values become one.
        function: GroupFunction,
    },
    /// The days between one occurrence of an entity and its next, over different days.
    Gaps {
        /// The entity.
        entity: String,
        /// Where it occurs.
        within: String,
        /// The time. None: the table's default time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time: Option<Field>,
        /// How the gaps become one.
        function: Aggregate,
        /// Only this gap of each: 1 is the gap between the first and the second occurrence. None: all of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nth: Option<u64>,
    },
    /// The percentage of the total over the rows of the answer.
    Share {
        /// What is shared.
        of: Box<Measure>,
        /// Of the total of the rows that have the same values in these dimensions, counted from 0. None: of all rows.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        within: Vec<usize>,
    },
    /// The change against a step before.
    Change {
        /// What changes.
        of: Box<Measure>,
        /// Against which step.
        basis: Basis,
        /// How many steps back; 0 is read as 1.
        #[serde(default)]
        steps: u32,
        /// As a percentage of the step before, instead of the difference.
        #[serde(default)]
        percent: bool,
    },
    /// The value of a step before.
    Before {
        /// What.
        of: Box<Measure>,
        /// Which step.
        basis: Basis,
        /// How many steps back; 0 is read as 1.
        #[serde(default)]
        steps: u32,
    },
    /// The sum of this row and those before it, in the order of time, else of the plan.
    Running {
        /// What is summed.
        of: Box<Measure>,
    },
    /// The average of this row and those before it, in the order of time.
    Moving {
        /// What is averaged.
        of: Box<Measure>,
        /// How many rows, this one included.
        rows: u32,
    },
    /// 1 for the greatest; ties share a rank.
    Rank {
        /// By what.
        of: Box<Measure>,
        /// 1 for the least instead.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        ascending: bool,
        /// Anew for each value of these dimensions, counted from 0.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        within: Vec<usize>,
    },
    /// The percentage of the total that this row and the greater ones have together.
    CumulativeShare {
        /// Of what.
        of: Box<Measure>,
    },
    /// An aggregate over the rows of the answer, the same in each: the average of all stores next to each store.
    Overall {
        /// How: sum, average, min, max or median.
        function: Aggregate,
        /// Of what.
        of: Box<Measure>,
        /// Over the rows that have the same values in these dimensions, counted from 0. None: over all rows.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        within: Vec<usize>,
    },
}
