//! The highest and the lowest: "top 5 … by", "the longest", "the most common".

use super::count::{HIGH, LOW, Number, Rank};
use super::cursor::{Cursor, Look, Reads};
use super::draft::Draft;
use super::phrase::{Group, Np};
use super::schema::Kind;

/// Superlatives of time.
pub(super) const AGES: [&str; 5] = ["oldest", "earliest", "newest", "latest", "youngest"];

impl Cursor<'_> {
    /// "top 5", "the 3", "bottom 10".
    pub(super) fn top(&mut self) -> Option<(bool, Option<u64>)> {
        let from = self.at;
        self.articles();
        let word = self.is(&["top", "bottom", "first", "best", "leading"]);
        let low = self.is(&["bottom"]);
        let first = self.is(&["first", "best", "leading"]);
        if word {
            self.at += 1;
        }
        let number = self.token(0).filter(|t| !t.quoted).and_then(|token| token.number).filter(|n| !n.ordinal);
        let count = number.and_then(|number| number.count());
        if count.is_some() {
            self.at += 1;
        }
        if first && count.is_none() {
            self.at = from;
            return None;
        }
        if !word
            && (count.is_none()
                || matches!(self.look(), Look::Word | Look::End)
                    && !self.is(&HIGH)
                    && !self.is(&LOW)
                    && !self.word(0).ends_with("est"))
        {
            self.at = from;
            return None;
        }
        Some((low, count))
    }

    pub(super) fn top_item(
        &mut self,
        draft: &mut Draft,
        near: &[String],
        (low, count): (bool, Option<u64>),
        asked: bool,
    ) -> Reads<()> {
        draft.limit = count.or(draft.limit).or(Some(1));
        draft.top = Some(low);
        if self.superlative_item(draft, near)? {
            return Ok(());
        }
        self.articles();
        if self.eat_any(&["combinations of", "pairs of", "combination of"]) {
            loop {
                let mut np = self.head(near)?;
                self.settle(&mut np, near);
                draft.outputs.push(np);
                if !self.eat_any(&["and", ", and", ","]) {
                    break;
                }
            }
        } else {
            let mut np = self.head(near)?;
            self.settle(&mut np, near);
            self.modifiers(&mut np, near, &mut draft.groups, asked)?;
            self.wanted(np, draft)?;
        }
        if self.eat_any(&[
            "by",
            "based on",
            "in terms of",
            "ranked by",
            "according to",
            "with the",
            "sorted by",
            "ordered by",
            "with respect to",
        ]) {
            self.ranking(draft, low)?;
        }
        Ok(())
    }

    /// The numbers that things are ranked by.
    pub(super) fn ranking(&mut self, draft: &mut Draft, low: bool) -> Reads<()> {
        loop {
            let near = draft.tables(self);
            self.articles();
            let from = self.at;
            let ascending = if self.is(&LOW) && !matches!(self.word(0), "minimum" | "min") {
                self.at += 1;
                true
            } else {
                if self.is(&["highest", "largest", "greatest", "most"]) {
                    self.at += 1;
                }
                low
            };
            let superlative = self.at > from;
            let many = draft.groups.len();
            let number = self.any_number(&near, &mut draft.groups)?;
            // "the top 5 products by sales per region": of all, or in each?
            if draft.groups.len() > many {
                return self.stuck();
            }
            self.know(&number);
            self.unit_phrase();
            if superlative {
                // "by highest average amount first": said already.
                self.eat("first");
            }
            draft.put_rank(number, ascending);
            let from = self.at;
            if self.eat_any(&["and the", "and", ", and"])
                && matches!(self.look(), Look::Noun(_) | Look::Word)
                && !self.is(&["what", "how"])
            {
                let probe = self.clone().any_number(&draft.tables(self), &mut Vec::new());
                if probe.is_ok() {
                    continue;
                }
            }
            self.at = from;
            return Ok(());
        }
    }

    /// A number, a column of numbers, or a thing that is counted.
    pub(super) fn any_number(&mut self, near: &[String], groups: &mut Vec<Group>) -> Reads<Number> {
        if let Some(number) = self.number_phrase(near, groups)? {
            return Ok(number);
        }
        self.articles();
        let Look::Noun(noun) = self.look() else { return self.stuck() };
        let at = self.at;
        let columns: Vec<_> =
            noun.fields.iter().filter(|f| matches!(self.schema.kind(f), Kind::Number | Kind::Time)).cloned().collect();
        if columns.is_empty() {
            return self.stuck();
        }
        self.at += noun.len;
        let np = Np { at, fields: columns, ..Np::default() };
        self.column_number(np, None, near, groups)
    }

    /// "the longest rivers", "the largest city", "the 3 oldest customers".
    pub(super) fn superlative_item(&mut self, draft: &mut Draft, near: &[String]) -> Reads<bool> {
        let from = self.at;
        self.articles();
        let common = self.common_item(draft, near)?;
        if common {
            return Ok(true);
        }
        let word = self.word(0).to_owned();
        if !word.ends_with("est") || crate::ask::grammar::measured(&word).is_none() && !AGES.contains(&word.as_str()) {
            self.at = from;
            return Ok(false);
        }
        self.at += 1;
        let Ok(mut np) = self.head(near) else {
            self.at = from;
            return Ok(false);
        };
        self.settle(&mut np, near);
        let at = self.at;
        self.at = from;
        self.articles();
        let found = self.table_of(&np).filter(|_| np.is_thing()).and_then(|table| self.adjective(&table));
        let Some((field, low)) = found else {
            self.at = from;
            return Ok(false);
        };
        self.at = at;
        self.unit_phrase();
        self.modifiers(&mut np, near, &mut draft.groups, false)?;
        let low = draft.top == Some(true) || low;
        let by = Number {
            at: from,
            measure: super::count::aggregate(crate::plan::Aggregate::Max, &field),
            table: field.table.clone(),
            field: Some(field),
            filters: Vec::new(),
            plural: false,
        };
        let plural = np.plural;
        draft.outputs.push(np);
        self.ranked(Rank { ascending: low, count: None, by }, plural, draft)?;
        Ok(true)
    }

    /// "the most common towns of members", "the 3 most prescribed drugs", "most frequent diagnoses among admissions".
    pub(super) fn common_item(&mut self, draft: &mut Draft, near: &[String]) -> Reads<bool> {
        let from = self.at;
        let high = self.is(&["most"]);
        if !high && !self.is(&["least"]) {
            return Ok(false);
        }
        self.at += 1;
        let plain = self.eat_any(&["common", "frequent", "popular", "frequently occurring", "commonly occurring"]);
        let stem = self.token(0).map(|token| token.stem.clone()).unwrap_or_default();
        if !plain {
            self.eat_any(&["often", "frequently", "commonly"]);
            if !self.verb_at(0) && self.schema.deed(&stem).is_empty() {
                self.at = from;
                return Ok(false);
            }
            self.at += 1;
        }
        let Ok(mut np) = self.head(near) else {
            self.at = from;
            return Ok(false);
        };
        self.settle(&mut np, near);
        let of = if plain { self.among(&np) } else { self.table_of(&np).and_then(|table| self.deed(&table, &stem)) };
        let Some(table) = of.or_else(|| np.fields.first().filter(|_| !np.is_thing()).map(|field| field.table.clone()))
        else {
            self.at = from;
            return Ok(false);
        };
        self.modifiers(&mut np, near, &mut draft.groups, false)?;
        let by =
            Number { at: from, measure: self.count_of(&table), table, field: None, filters: Vec::new(), plural: false };
        let plural = np.plural;
        draft.outputs.push(np);
        self.ranked(Rank { ascending: !high, count: None, by }, plural, draft)?;
        Ok(true)
    }

    /// The things among which something is common: "among admissions".
    fn among(&self, np: &Np) -> Option<String> {
        let mut ahead = self.clone();
        if !ahead.eat_any(&["among", "in", "of", "for", "across"]) {
            return None;
        }
        let of = ahead.head(&[]).ok()?;
        let table = self.table_of(&of).filter(|_| of.is_thing())?;
        let own = self.table_of(np)?;
        self.schema.to_one(&table, &own).then_some(table)
    }
}
