//! The one plan between a question and its SQL: what is measured, by what, over which rows, in which order.
//!
//! Verified queries, the grammar and chat models all make a [`Plan`]; only [`crate::compile`] turns it into SQL. A plan
//! names things of the [semantic model](crate::semantic), never tables or columns of the database, so it can't say
//! anything that the model does not allow.
//!
//! Parts that can be used alone:
//! - [`Measure`]: a number per row of the answer ([`Quantity`]), with its own filters and its own period.
//! - [`Dimension`]: what the rows of the answer are ([`Grouping`]). Without measures they list distinct rows.
//! - [`Filter`]: which rows count; [`Filter::Member`] tests what an entity did (has, never, first, at least).
//! - [`Having`], [`Top`], [`Order`], [`Compare`]: over the rows of the answer.
//!
//! How questions become plans (whole ones, with their SQL, are in `compile/fixtures` and `compile/snapshots`):
//!
//! | question | plan |
//! | --- | --- |
//! | sales by department | metric `revenue`; column `product.category` |
//! | how many customers have kids | entities `customer`; filter one of `kids_count` |
//! | how many customers bought in November | entities `customer` within `sales`; period |
//! | top 5 stores by different customers | entities `customer` within `sales`; entity `store`; top 5 |
//! | average basket value | a metric, or metric over entities `basket` |
//! | products per basket on average | groups per entity `basket` of entities `product`; average |
//! | median basket value | groups per entity `basket` of `revenue`; median |
//! | customers with more than 200 trips | groups per `customer` having `basket_count` above 200; count |
//! | share of private brands | `revenue` with a filter, divided by `revenue`, percent |
//! | share of each channel | share of `revenue`; column `channel` |
//! | growth month by month | change of `revenue` against previous, percent; time by month |
//! | against the year before | change against year before |
//! | running total, moving average | running, moving; time |
//! | third quarter against fourth | compare with two periods |
//! | private and national side by side | compare with two filters, or two measures with filters |
//! | second best of each category | top 2, exactly, within the category's place |
//! | stores above the average store | having `revenue` greater than overall average of `revenue` |
//! | beer but never wine | entities `customer`; a member filter, and a negated one |
//! | customers whose first purchase was in January | member filter with `first` |
//! | customers by the month of their first purchase | attained by `customer`: min of the date within `sales` |
//! | fewest customers that make half of revenue | groups per `customer` of `revenue`; reach 0.5 |
//! | attainment of targets by category | metric `target_attainment`: units and targets, each at its own grain |

mod filter;
mod grouping;
mod measure;
mod period;
mod shape;
mod value;

pub use filter::{Comparison, Filter, Member, TextMatch};
pub use grouping::{Bucket, Dimension, Grouping};
pub use measure::{Aggregate, Basis, GroupFunction, Measure, Quantity};
pub use period::{Grain, Period, TimePart};
pub use shape::{Compare, CompareColumn, Having, Order, OrderKey, Side, Top};
pub use value::{Field, Literal, Operator, Unit, Value};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A question, understood: everything that its SQL and its answer need.
///
/// ```
/// use synthbook_agents::plan::{Dimension, Field, Grouping, Measure, Plan, Quantity};
/// // "sales by department"
/// let plan = Plan {
///     measures: vec![Measure::new(Quantity::Metric { metric: "revenue".to_owned() })],
///     dimensions: vec![Dimension::new(Grouping::Column { field: Field::new("product", "category") })],
///     ..Plan::default()
/// };
/// let json = serde_json::to_string(&plan)?;
/// assert_eq!(serde_json::from_str::<Plan>(&json)?, plan);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The numbers to show, in order. None: the distinct values of the dimensions are listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<Measure>,
    /// What a row of the answer is for, in order. None: one row for everything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<Dimension>,
    /// Conditions on rows; all must hold, for every measure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// The time that counts, for every measure that has no period of its own. Each measure takes it on the default
    /// time of its own table unless the period names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// Two sides to be put next to each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare: Option<Compare>,
    /// Conditions on the rows of the answer; all must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub having: Vec<Having>,
    /// The first rows by a measure, over all or in each group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top: Option<Top>,
    /// The order of the rows. None: by time if there is one, else by the top's measure, else by the dimensions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<Order>,
    /// How many rows at most. None: the compiler's own limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// List rows as they are instead of distinct ones; only without measures.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub duplicates: bool,
}

impl Plan {
    /// The JSON Schema of a plan, for chat models and editors.
    #[must_use]
    pub fn json_schema() -> schemars::Schema {
        schemars::schema_for!(Plan)
    }
}
