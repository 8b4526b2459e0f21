//! Whether keys tell the rows apart: 1 - (repeated or missing keys) / rows.
//!
//! As SDMetrics defines `KeyUniqueness`, of the primary key and of every identifier that is unique in the real table.

use super::{Compared, Family, Goal, Grain, Metric, MetricSpec, Score, Side, Tables};
use crate::{ColumnKind, SynthError};

/// The share of rows with a key of their own.
pub(super) struct KeyUniqueness;

impl Metric for KeyUniqueness {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "KeyUniqueness",
            about: "The share of rows whose key no earlier row has",
            family: Family::Validity,
            goal: Goal::Maximize,
            range: (0.0, 1.0),
            grain: Grain::Column,
            source: "SDMetrics 0.32 KeyUniqueness",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        let key = |column: &&Compared| {
            let identifier = column.about.kind == ColumnKind::Identifier && unique(column, Side::Real) == Some(1.0);
            identifier || tables.metadata.primary_key() == Some(&column.name)
        };
        let keys = tables.columns.iter().filter(key);
        Ok(keys.map(|column| Score::of([column.name.as_str()], unique(column, Side::Synthetic))).collect())
    }
}

fn unique(column: &Compared, side: Side) -> Option<f64> {
    let rows = column.codes(side).len();
    let different = column.counts(side).into_iter().filter(|&count| count > 0).count();
    (rows > 0).then(|| different as f64 / rows as f64)
}
