//! What was said before and is meant again: "and the count", "how many of them", "did they have that year".

use super::count::Number;
use super::cursor::{Cursor, Look, Reads};
use super::draft::Draft;
use super::phrase::{Group, Np};
use crate::plan::{Aggregate, Field, Quantity};

impl Cursor<'_> {
    /// "Show the genre and the count": the number that was asked for before.
    pub(super) fn again(&mut self, draft: &Draft) -> bool {
        let from = self.at;
        self.articles();
        let step =
            |group: &Group, grain| matches!(group, Group::Step(known) | Group::Moment(known, _) if *known == grain);
        if let Look::Grain(len, grain) = self.look()
            && draft.groups.iter().any(|group| step(group, grain))
        {
            self.at += len;
            self.eat_any(&["as a date", "as date", "itself"]);
            if self.done() || self.is(&[",", "and", "&"]) {
                return true;
            }
        }
        self.at = from;
        self.eat_any(&["that", "this"]);
        let number = self.eat_any(&[
            "count",
            "counts",
            "number",
            "numbers",
            "total",
            "totals",
            "ratio",
            "percentage",
            "average",
            "value",
            "result",
        ]);
        let summed =
            |number: &Number| matches!(number.measure.of, Quantity::Aggregate { function: Aggregate::Sum, .. });
        if number && self.tokens[self.at - 1].is(&["total"]) && draft.numbers.iter().any(summed) {
            self.eat_any(&["amount", "value", "number", "sum", "figure"]);
        }
        let ends =
            self.done() || self.is(&[",", "and", "for", "of"]) && self.is_at(1, &["each", "every"]) || self.is(&[","]);
        if number && ends && (!draft.numbers.is_empty() || draft.rank.is_some()) {
            return true;
        }
        self.at = from;
        false
    }

    /// "and how many copies of them": of what was counted before.
    pub(super) fn of_them(&self, np: &mut Np, draft: &Draft) -> Reads<()> {
        let Some(before) = draft.numbers.last() else { return Ok(()) };
        let Some(own) = self.table_of(np) else { return self.stuck() };
        for filter in &before.filters {
            let Some(lifted) = self.lifted(&own, &before.table, filter.clone()) else { return self.stuck() };
            np.filters.push(lifted);
        }
        Ok(())
    }

    /// "did he or she have that year", "have they taught": what was said before, again.
    pub(super) fn idle(&mut self) {
        if self.eat_any(&["there were", "there are", "there was", "there is", "in total"]) {
            return;
        }
        let from = self.at;
        self.eat_any(&["did", "do", "does", "have", "has", "had", "were", "was", "are", "is"]);
        let who = self.eat_any(&["he / she", "she / he", "he", "she", "they", "it", "there", "we", "you"]);
        if !who {
            self.at = from;
            return;
        }
        while self.verb_at(0) || self.is(&["have", "has", "had", "been", "in", "during"]) && !self.done() {
            self.at += 1;
        }
        self.eat_any(&["that year", "that month", "that period", "that day", "that time", "total"]);
    }

    /// "the date they joined": the time column that the verb speaks of.
    pub(super) fn date_of(&mut self, near: &[String]) -> Option<Field> {
        let from = self.at;
        let said = self.eat_any(&["date", "dates", "day", "time", "year"]);
        self.eat_any(&["when", "on which", "that", "at which"]);
        let who = said && self.eat_any(&["they", "he", "she", "it", "each"]);
        self.eat_any(&["were", "was", "had", "have", "has been", "is", "are"]);
        let found = who.then(|| self.token(0).map(|token| token.stem.clone())).flatten();
        let field = found.and_then(|stem| near.iter().find_map(|table| self.time_hint(table, &stem)));
        self.at = if field.is_some() { self.at + 1 } else { from };
        if field.is_some() {
            self.eat_any(&["up", "in", "out"]);
        }
        field
    }
}
