//! Holidays as groups: the days that are none have no name and are no group.

use super::reading::Reading;
use crate::ask::link::Target;
use crate::plan::{Filter, Grouping, Plan};

impl Reading<'_> {
    /// "revenue of every public holiday": only the days that are one.
    pub(super) fn holidays_only(&self, plan: &mut Plan) {
        let Some((table, name)) = self.holiday_filter() else { return };
        let named = self.lexicon.column("holiday").unwrap_or_default();
        let grouped = plan.dimensions.iter().any(|dimension| match &dimension.by {
            Grouping::Column { field } => field.table == table && named.contains(&Target::Dimension(field.clone())),
            _ => false,
        });
        let said =
            plan.filters.iter().any(|filter| matches!(filter, Filter::Named { name: known, .. } if *known == name));
        if grouped && !said {
            plan.filters.push(Filter::Named { table, name, negated: false });
        }
    }
}
