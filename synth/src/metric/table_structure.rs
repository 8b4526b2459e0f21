//! Whether the columns are the same: |A ∩ B| / |A ∪ B| of the two sets of column names with their types.
//!
//! As SDMetrics defines `TableStructure`; a column that only the real table has is an error before any metric runs.

use super::{Family, Goal, Grain, Metric, MetricSpec, Score, Tables};
use crate::SynthError;

/// The overlap of the tables' columns.
pub(super) struct TableStructure;

impl Metric for TableStructure {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "TableStructure",
            about: "The share of columns that both tables have, with the same type",
            family: Family::Validity,
            goal: Goal::Maximize,
            range: (0.0, 1.0),
            grain: Grain::Table,
            source: "SDMetrics 0.32 TableStructure",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        let (all, extra, retyped) = (tables.columns.len(), tables.form.extra.len(), tables.form.retyped.len());
        let union = all + extra + retyped;
        let score = Score::table((union > 0).then(|| (all - retyped) as f64 / union as f64));
        let added = tables.form.extra.iter().map(|name| format!("'{name}' is not a column of the real table"));
        let changed = tables.form.retyped.iter().map(|(name, real, found)| format!("'{name}' is {found}, not {real}"));
        let detail: Vec<String> = added.chain(changed).collect();
        Ok(vec![if detail.is_empty() { score } else { score.detail(detail.join("; ")) }])
    }
}
