//! Finding things of a semantic model by name; upper and lower case are the same.

use crate::plan::Field;
use crate::semantic::{
    Dimension, EntityRef, Fact, LogicalTable, Metric, NamedFilter, Relationship, SemanticModel, TimeDimension,
};

/// A field of a logical table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FieldRef<'a> {
    /// A dimension.
    Dimension(&'a Dimension),
    /// A time dimension.
    Time(&'a TimeDimension),
    /// A fact.
    Fact(&'a Fact),
}

impl<'a> FieldRef<'a> {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        match self {
            Self::Dimension(dimension) => &dimension.name,
            Self::Time(time) => &time.name,
            Self::Fact(fact) => &fact.name,
        }
    }

    /// Its SQL over the columns of the base table.
    #[must_use]
    pub fn expr(&self) -> &'a str {
        match self {
            Self::Dimension(dimension) => &dimension.expr,
            Self::Time(time) => &time.expr,
            Self::Fact(fact) => &fact.expr,
        }
    }

    /// Its SQL type, where the model says it.
    #[must_use]
    pub fn data_type(&self) -> Option<&'a str> {
        match self {
            Self::Dimension(dimension) => dimension.data_type.as_deref(),
            Self::Time(time) => time.data_type.as_deref(),
            Self::Fact(fact) => fact.data_type.as_deref(),
        }
    }

    /// What is said of it.
    #[must_use]
    pub fn description(&self) -> Option<&'a str> {
        match self {
            Self::Dimension(dimension) => dimension.description.as_deref(),
            Self::Time(time) => time.description.as_deref(),
            Self::Fact(fact) => fact.description.as_deref(),
        }
    }
}

impl LogicalTable {
    /// The field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<FieldRef<'_>> {
        let dimension = self.dimensions.iter().find(|item| same(&item.name, name)).map(FieldRef::Dimension);
        let time = || self.time_dimensions.iter().find(|item| same(&item.name, name)).map(FieldRef::Time);
        let fact = || self.facts.iter().find(|item| same(&item.name, name)).map(FieldRef::Fact);
        dimension.or_else(time).or_else(fact)
    }

    /// The named filter of this name.
    #[must_use]
    pub fn filter(&self, name: &str) -> Option<&NamedFilter> {
        self.filters.iter().find(|item| same(&item.name, name))
    }
}

impl SemanticModel {
    /// The logical table of this name.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&LogicalTable> {
        self.tables.iter().find(|table| same(&table.name, name))
    }

    /// A field, with its table.
    #[must_use]
    pub fn field(&self, field: &Field) -> Option<(&LogicalTable, FieldRef<'_>)> {
        let table = self.table(&field.table)?;
        Some((table, table.field(&field.name)?))
    }

    /// The metric of this name, or of `table.name`, with its table; none for a metric over several tables.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<(Option<&LogicalTable>, &Metric)> {
        if let Some(metric) = self.metrics.iter().find(|metric| same(&metric.name, name)) {
            return Some((None, metric));
        }
        let (table, short) = name.split_once('.').map_or((None, name), |(table, short)| (Some(table), short));
        self.tables.iter().filter(|candidate| table.is_none_or(|table| same(table, &candidate.name))).find_map(
            |table| table.metrics.iter().find(|metric| same(&metric.name, short)).map(|metric| (Some(table), metric)),
        )
    }

    /// The relationship of this name.
    #[must_use]
    pub fn relationship(&self, name: &str) -> Option<&Relationship> {
        self.relationships.iter().find(|relationship| same(&relationship.name, name))
    }

    /// All entities, in the order of the tables.
    pub fn entities(&self) -> impl Iterator<Item = EntityRef<'_>> {
        self.tables.iter().flat_map(|table| {
            let own = table.extension.entity.iter().map(move |entity| EntityRef { entity, table, dimension: None });
            let others = table.dimensions.iter().filter_map(move |dimension| {
                let entity = dimension.extension.entity.as_ref()?;
                Some(EntityRef { entity, table, dimension: Some(dimension) })
            });
            own.chain(others)
        })
    }

    /// The entity of this name: its singular, plural or one of its nouns.
    #[must_use]
    pub fn entity(&self, name: &str) -> Option<EntityRef<'_>> {
        let is = |entity: &EntityRef<'_>| same(&entity.entity.singular, name);
        let noun = |entity: &EntityRef<'_>| {
            same(&entity.entity.plural, name) || entity.entity.nouns.iter().any(|noun| same(noun, name))
        };
        self.entities().find(is).or_else(|| self.entities().find(noun))
    }
}

/// Whether two names are the same to SQL.
pub(crate) fn same(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
}
