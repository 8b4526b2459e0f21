//! The semantic model: what the tables of a warehouse mean, in the words people use.
//!
//! It is a YAML file in the shape of Snowflake's semantic views (tables with dimensions, time dimensions, facts,
//! metrics and filters; relationships; verified queries), with a block `extension` in each thing for what that shape has
//! no place for: entities and how they are named, unknown members, value synonyms, units, additivity, the fiscal year.

mod entity;
mod error;
mod extension;
mod find;
mod first;
mod lint;
mod model;
mod words;
mod yaml;

pub use entity::{Entity, EntityRef};
pub use error::SemanticError;
pub use extension::{
    Additivity, DimensionExtension, FactExtension, FilterExtension, Format, Hierarchy, MetricExtension, ModelExtension,
    PersonalData, RelationshipExtension, TableExtension, TableRole, TimeExtension, TimeKind, Today, ValueSynonym,
    VerifiedExtension,
};
pub use find::FieldRef;
pub(crate) use find::same;
pub use first::from_catalog;
pub use lint::{Finding, Severity, lint, lint_catalog, lint_yaml, place};
pub use model::{
    BaseTable, ColumnPair, Dimension, Fact, JoinType, LogicalTable, Metric, NamedFilter, PrimaryKey, Relationship,
    RelationshipType, SemanticModel, TimeDimension, VerifiedQuery,
};
pub(crate) use words::{plural, shortens, singular};
