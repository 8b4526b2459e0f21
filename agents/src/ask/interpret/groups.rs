//! Dimensions in words.

use super::calendar::{grain_words, part_words};
use super::conditions::value;
use super::{Words, listed, plain, spaced};
use crate::plan::{Dimension, Grouping};

impl Words<'_> {
    /// What a dimension groups by.
    pub(crate) fn dimension(self, dimension: &Dimension) -> String {
        if let Some(label) = &dimension.label {
            return spaced(label);
        }
        match &dimension.by {
            Grouping::Column { field } => match field.name.to_lowercase().strip_prefix("is_") {
                Some(what) => format!("{} or not", spaced(what)),
                None => spaced(&field.name),
            },
            Grouping::Value { value: of } => value(of),
            Grouping::Entity { entity, .. } => entity.clone(),
            Grouping::Time { grain, .. } => grain_words(*grain).to_owned(),
            Grouping::Part { part, .. } => part_words(*part).to_owned(),
            Grouping::Buckets { buckets, otherwise } => {
                listed(&buckets.iter().map(|b| b.label.clone()).chain(otherwise.clone()).collect::<Vec<_>>())
            }
            Grouping::Steps { value: of, width } => format!("{} in steps of {}", value(of), plain(*width)),
            Grouping::Attained { entity, of, grain, .. } => {
                let step = grain.map_or(String::new(), |g| format!("{} of the ", grain_words(g)));
                format!("{step}{entity}'s {}", self.measure(of))
            }
        }
    }
}
