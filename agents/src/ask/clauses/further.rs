//! Sentences after the first that say more of it: its groups, its order, further conditions, and what is left out.

use super::cursor::{Cursor, Reads};
use super::draft::Draft;
use super::filter;
use crate::plan::Filter;

impl Cursor<'_> {
    /// "Split it by service level", "grouped by region": groups that are said in a sentence of their own.
    pub(super) fn split(&mut self, draft: &mut Draft) -> Reads<bool> {
        let said = self.eat_any(&["split", "break", "group", "grouped", "broken"]);
        if !said || draft.numbers.is_empty() && draft.rank.is_none() {
            return if said { self.stuck() } else { Ok(false) };
        }
        self.eat_any(&["it", "this", "that", "them", "the results", "the result", "these", "the numbers"]);
        self.eat_any(&["down", "up", "out"]);
        if !self.eat_any(&["by", "per", "for each", "into"]) {
            return self.stuck();
        }
        let near = draft.tables(self);
        self.group_list(draft, &near)?;
        Ok(true)
    }

    /// "Rank the grounds by capacity, biggest first".
    pub(super) fn rank_them(&mut self, draft: &mut Draft) -> Reads<bool> {
        let said = self.at == 0 && draft.outputs.is_empty() && self.is(&["rank", "sort", "order", "arrange"]);
        if !said || self.is_at(1, &["by", "them", "it", "the results", "these"]) {
            return Ok(false);
        }
        let ranked = self.is(&["rank"]);
        self.at += 1;
        let mut np = self.head(&[])?;
        self.settle(&mut np, &[]);
        self.modifiers(&mut np, &[], &mut draft.groups, false)?;
        self.wanted(np, draft)?;
        if !self.eat("by") {
            return self.stuck();
        }
        let near = draft.tables(self);
        let number = self.any_number(&near, &mut draft.groups)?;
        self.unit_phrase();
        let from = self.at;
        self.is(&[","]).then(|| self.at += 1);
        let direction = self.direction(draft);
        if direction.is_none() {
            self.at = from;
        }
        let ascending = direction.map_or(!ranked, |direction| !direction.descending);
        draft.put_rank(number, ascending);
        Ok(true)
    }

    /// "They should be located in …": more of what the first sentence speaks of.
    pub(super) fn they(&mut self, draft: &mut Draft) -> Reads<bool> {
        let said = self.eat_any(&["they should", "they must", "it should", "it must", "these should", "they", "these"]);
        if !said {
            return Ok(false);
        }
        let near = draft.tables(self);
        let Some(mut np) = draft.outputs.pop() else { return self.stuck() };
        self.modifiers(&mut np, &near, &mut draft.groups, true)?;
        self.wanted(np, draft)?;
        Ok(true)
    }

    /// "Ignore members who have no bookings.", "Leave out cancelled orders."
    pub(super) fn leave_out(&mut self, draft: &mut Draft) -> Reads<bool> {
        let many = draft.outputs.len() + draft.numbers.len() + usize::from(draft.rank.is_some());
        if many == 0 || !self.eat_any(&["ignore", "exclude", "leave out", "skip", "omit", "disregard", "do not count"])
        {
            return Ok(false);
        }
        let near = draft.tables(self);
        loop {
            let np = self.phrase(&near, &mut Vec::new())?;
            let Some(table) = self.table_of(&np).filter(|_| np.is_thing() && np.rank.is_none()) else {
                return self.stuck();
            };
            let (Some(without), Some(own)) = (
                filter::all(np.filters.clone()),
                draft.numbers.first().map(|number| number.table.clone()).or_else(|| near.first().cloned()),
            ) else {
                return self.stuck();
            };
            let Some(filter) = self.lifted_any(&own, &table, filter::not(without)) else { return self.stuck() };
            draft.filters.push(filter);
            self.is(&[","]).then(|| self.at += 1);
            if !self.eat("and") {
                return Ok(true);
            }
        }
    }

    /// A condition on what a row leads to; not on what leads to it, where another row may meet it.
    fn lifted_any(&self, own: &str, table: &str, condition: Filter) -> Option<Filter> {
        (own == table || self.schema.to_one(own, table)).then_some(condition)
    }
}
