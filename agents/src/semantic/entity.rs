//! Entities: the things that people count and name.

use serde::{Deserialize, Serialize};

use crate::semantic::{Dimension, LogicalTable};

/// A thing that people count and name: a customer, a basket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Entity {
    /// One of them, unique in the model: `customer`. It is also its name in plans.
    pub singular: String,
    /// Several of them.
    pub plural: String,
    /// Other nouns, singular and plural: `shopper`, `shoppers`, `household`, `households`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nouns: Vec<String>,
    /// The dimension that tells them apart, by name. None: the table's primary key (for a dimension: itself). With
    /// versions of things (type 2) the number that all versions share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The dimensions that name one, in order, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// Verbs for what it does in a fact: `buy`, `shop`, `purchase`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub verbs: Vec<String>,
}

impl Entity {
    /// The short form of its name that its key begins with: `ingr` of an ingredient with `ingr_id`.
    #[must_use]
    pub fn short(&self) -> Option<&str> {
        let (front, _) = self.key.as_deref()?.rsplit_once('_')?;
        (front.len() > 2 && front.len() < self.singular.len() && self.singular.starts_with(front)).then_some(front)
    }
}

/// An entity with where it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EntityRef<'a> {
    /// Its name, nouns and labels.
    pub entity: &'a Entity,
    /// The logical table that has it.
    pub table: &'a LogicalTable,
    /// The dimension whose values it is, when it is not the table's rows.
    pub dimension: Option<&'a Dimension>,
}
