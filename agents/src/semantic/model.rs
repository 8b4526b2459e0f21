//! The parts of a semantic model that Snowflake's semantic views have too.

use serde::{Deserialize, Serialize};

use crate::semantic::extension::is_default;
use crate::semantic::{
    DimensionExtension, FactExtension, FilterExtension, MetricExtension, ModelExtension, RelationshipExtension,
    TableExtension, TimeExtension, VerifiedExtension,
};

/// What the tables of a warehouse mean.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SemanticModel {
    /// Its name.
    pub name: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The logical tables.
    #[serde(default)]
    pub tables: Vec<LogicalTable>,
    /// Which rows of one table belong to which of another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relationships: Vec<Relationship>,
    /// Metrics over metrics of several tables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
    /// Questions with an answer that a person has checked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verified_queries: Vec<VerifiedQuery>,
    /// What a chat model should know besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_instructions: Option<String>,
    /// What semantic views have no place for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extension: ModelExtension,
}

/// A table as people speak of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogicalTable {
    /// Its name, unique in the model.
    pub name: String,
    /// Other words for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    /// What a row is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The table of the warehouse.
    pub base_table: BaseTable,
    /// What tells its rows apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<PrimaryKey>,
    /// What rows are grouped and chosen by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<Dimension>,
    /// When something was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub time_dimensions: Vec<TimeDimension>,
    /// Numbers of a row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// Numbers of many rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
    /// Conditions with a name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<NamedFilter>,
    /// What semantic views have no place for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extension: TableExtension,
}

/// A table of the warehouse; each part as it is typed in SQL, quoted where it must be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseTable {
    /// The database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// The schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The table.
    pub table: String,
}

/// The columns that tell rows apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrimaryKey {
    /// The columns of the base table, as typed in SQL.
    pub columns: Vec<String>,
}

/// What rows are grouped and chosen by.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// Its name, unique in its table.
    pub name: String,
    /// Other words for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// SQL over the columns of the base table.
    pub expr: String,
    /// The SQL type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_type: Option<String>,
    /// No two rows have the same value.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unique: bool,
    /// The sample values are all there are.
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_enum: bool,
    /// Some values, or all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sample_values: Vec<String>,
    /// What semantic views have no place for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extension: DimensionExtension,
}

/// When something was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeDimension {
    /// Its name, unique in its table.
    pub name: String,
    /// Other words for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// SQL over the columns of the base table.
    pub expr: String,
    /// The SQL type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_type: Option<String>,
    /// No two rows have the same value.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unique: bool,
    /// What semantic views have no place for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extension: TimeExtension,
}

/// A number of a row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Its name, unique in its table.
    pub name: String,
    /// Other words for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// SQL over the columns of the base table.
    pub expr: String,
    /// The SQL type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_type: Option<String>,
    /// What semantic views have no place for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extension: FactExtension,
}

/// A number of many rows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Its name, unique in the model.
    pub name: String,
    /// Other words for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// SQL that aggregates facts and dimensions of its table, or reckons with other metrics.
    pub expr: String,
    /// What semantic views have no place for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extension: MetricExtension,
}

/// A condition with a name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedFilter {
    /// Its name, unique in its table.
    pub name: String,
    /// Other words for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// SQL over the columns of the base table.
    pub expr: String,
    /// What semantic views have no place for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extension: FilterExtension,
}

/// Which rows of one table belong to which of another.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relationship {
    /// Its name, unique in the model.
    pub name: String,
    /// The logical table with the foreign key.
    pub left_table: String,
    /// The logical table that it points at.
    pub right_table: String,
    /// The columns that are equal.
    pub relationship_columns: Vec<ColumnPair>,
    /// How many rows belong together.
    #[serde(default)]
    pub relationship_type: RelationshipType,
    /// Whether rows without a partner stay.
    #[serde(default, skip_serializing_if = "is_default")]
    pub join_type: JoinType,
    /// What semantic views have no place for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extension: RelationshipExtension,
}

/// Two columns that are equal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnPair {
    /// Of the left table, as typed in SQL.
    pub left_column: String,
    /// Of the right table, as typed in SQL.
    pub right_column: String,
}

/// How many rows belong together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationshipType {
    /// Many of the left table to one of the right.
    #[default]
    ManyToOne,
    /// One to one.
    OneToOne,
}

/// Whether rows without a partner stay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinType {
    /// They go.
    #[default]
    Inner,
    /// They stay.
    LeftOuter,
}

/// A question with an answer that a person has checked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifiedQuery {
    /// Its name.
    pub name: String,
    /// The question.
    pub question: String,
    /// Its SQL, for other programs; only the plan is run here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sql: Option<String>,
    /// Shown to newcomers.
    #[serde(default, skip_serializing_if = "is_default")]
    pub use_as_onboarding_question: bool,
    /// Who checked it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_by: Option<String>,
    /// When, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<i64>,
    /// What semantic views have no place for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extension: VerifiedExtension,
}
