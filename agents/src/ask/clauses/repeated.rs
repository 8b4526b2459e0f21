//! What was said before and is meant again: "and the count", "how many of them", "did they have that year".

use super::count::Number;
use super::cursor::{Cursor, Look, Reads};
use super::draft::Draft;
use super::phrase::{Group, Np};
use crate::plan::{Aggregate, Field, Quantity, Value};

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

    /// "and how much is it?": the number that the first were found by.
    pub(super) fn much_again(&mut self, draft: &Draft) -> bool {
        let from = self.at;
        let said = self.eat_any(&["how much", "how many", "how high", "how large", "how big", "how long"])
            && self.eat_any(&[
                "is it",
                "are they",
                "was it",
                "were they",
                "is that",
                "are there",
                "does it cost",
                "is this",
            ]);
        let ends = self.done() || self.token(0).is_some_and(|token| token.mark);
        if said && ends && (draft.rank.is_some() || !draft.numbers.is_empty()) {
            return true;
        }
        self.at = from;
        false
    }

    /// "how much prize money have they won": a column's total, or what was ranked by.
    pub(super) fn how_much(&mut self, np: Np, draft: &mut Draft, near: &[String]) -> Reads<()> {
        let mut number = self.column_number(np, None, near, &mut draft.groups)?;
        self.idle();
        let field = number.field.take();
        let ranked = draft.rank.as_ref().map(|rank| &rank.by).filter(|by| {
            let of = field.clone().map(|field| Value::Field { field });
            matches!(&by.measure.of, Quantity::Aggregate { value, .. } if Some(value) == of.as_ref())
        });
        match ranked {
            Some(_) if number.filters.is_empty() => {}
            Some(_) => return self.stuck(),
            None => draft.numbers.push(number),
        }
        Ok(())
    }

    /// "the numbers of overdue and paid invoices": one number for each kind.
    pub(super) fn each_kind(&mut self, draft: &mut Draft, near: &[String]) -> bool {
        let from = self.at;
        let many = self.eat_any(&["numbers of", "counts of", "number of", "count of"]);
        if many && let Some(numbers) = self.kinds(draft, near) {
            draft.numbers.extend(numbers);
            return true;
        }
        self.at = from;
        false
    }

    fn kinds(&mut self, draft: &mut Draft, near: &[String]) -> Option<Vec<Number>> {
        let at = self.at;
        let mut kinds = Vec::new();
        loop {
            self.articles();
            let Look::Values(values) = self.look() else { return None };
            self.at += values.len;
            kinds.push(values);
            if matches!(self.look(), Look::Noun(_)) {
                break;
            }
            let joint = self.at;
            self.is(&[","]).then(|| self.at += 1);
            self.eat_any(&["and", "versus"]);
            (self.at > joint).then_some(())?;
        }
        (kinds.len() > 1).then_some(())?;
        let mut np = self.head(near).ok()?;
        self.settle(&mut np, near);
        let table = self.table_of(&np).filter(|_| np.is_thing() && np.plural)?;
        // Values of one column, of which a row has only one.
        let column = |field: &Field| {
            kinds.iter().all(|values| values.found.iter().any(|(known, _)| known == field))
                && (field.table == table || self.schema.to_one(&table, &field.table))
        };
        kinds[0].found.iter().any(|(field, _)| column(field)).then_some(())?;
        self.modifiers(&mut np, near, &mut draft.groups, false).ok()?;
        kinds
            .iter()
            .map(|values| {
                let mut of = np.clone();
                self.described(&mut of, values, near).ok()?;
                self.counted_number(of, at, false).ok()
            })
            .collect()
    }
}
