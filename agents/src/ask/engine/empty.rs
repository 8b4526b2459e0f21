//! A result without values: which condition nothing meets.

use super::run::Ran;
use super::{Clock, Engine};
use crate::AgentsError;
use crate::ask::AskError;
use crate::ask::answer::{Role, Rows};
use crate::ask::interpret::{Words, period_of};
use crate::plan::{Filter, Plan};

/// The most conditions that are tried one by one.
const MOST: usize = 8;

impl Engine {
    /// What to say of a result that has no rows, or no number in its only row. None when there is something to tell.
    pub(super) fn nothing(
        &self,
        plan: &Plan,
        ran: &Ran,
        rows: &Rows,
        clock: &Clock,
    ) -> Result<Option<String>, AskError> {
        let measures = ran.columns.iter().enumerate().filter(|(_, column)| column.role == Role::Measure);
        let measures: Vec<usize> = measures.map(|(place, _)| place).collect();
        let blank = |column: &usize| rows.cell(0, *column).number().is_none();
        let no_value = rows.len == 1 && !measures.is_empty() && measures.iter().all(blank);
        let bare = no_value && ran.columns.len() == measures.len();
        if rows.len > 0 && !bare {
            return Ok(None);
        }
        let mut conditions: Vec<(String, Plan)> = Vec::new();
        for filter in plan.filters.iter().take(MOST) {
            conditions.push((self.rows_where(filter), only(plan, vec![filter.clone()], false)));
        }
        if plan.period.is_some() {
            let words = period_of(plan).unwrap_or_default();
            conditions.push((format!("in {words}"), only(plan, Vec::new(), true)));
        }
        if conditions.is_empty() {
            let why = if plan.having.is_empty() { "there are no rows" } else { "no row meets the condition on it" };
            return Ok(Some(format!("There is nothing to tell: {why}.")));
        }
        for (words, alone) in &conditions {
            if self.is_empty(alone, clock)? {
                return Ok(Some(format!("There is nothing to tell: there are no rows {words}.")));
            }
        }
        let words: Vec<&str> = conditions.iter().map(|(words, _)| words.as_str()).collect();
        Ok(Some(match words.as_slice() {
            [one] => format!("There is nothing to tell {one}."),
            _ => format!("There is nothing to tell: no row is at the same time {}.", words.join(" and ")),
        }))
    }

    /// A condition as it stands after *rows*.
    fn rows_where(&self, filter: &Filter) -> String {
        let words = Words::new(&self.model).filter(filter);
        match filter {
            Filter::During { .. } => words,
            Filter::Member { .. } => words.replacen("only ", "of ", 1),
            _ => format!("where {words}"),
        }
    }

    /// Whether a plan gives nothing. A plan that can't be run alone says nothing about its condition.
    fn is_empty(&self, plan: &Plan, clock: &Clock) -> Result<bool, AskError> {
        use super::run::Failed;
        match self.run(plan, clock) {
            Ok(ran) => {
                let rows = Rows::read(&ran.batch)?;
                let numbers = (0..rows.columns.len())
                    .any(|column| rows.len > 0 && rows.cell(0, column).number().is_some_and(|number| number != 0.0));
                let measured = ran.columns.iter().all(|column| column.role == Role::Measure);
                Ok(rows.len == 0 || (measured && !numbers))
            }
            Err(Failed::Ask(AskError::Agents(error @ (AgentsError::Cancelled | AgentsError::Deadline { .. })))) => {
                Err(error.into())
            }
            Err(_) => Ok(false),
        }
    }
}

/// The plan with only some of its conditions.
fn only(plan: &Plan, filters: Vec<Filter>, period: bool) -> Plan {
    Plan {
        measures: plan.measures.clone(),
        dimensions: plan.dimensions.clone(),
        filters,
        period: plan.period.clone().filter(|_| period),
        limit: Some(1),
        ..Plan::default()
    }
}
