//! Clauses: their verbs, what is denied, and what their verbs lead to.

use super::count::{HIGH, LOW};
use super::cursor::{Cursor, Look, Reads};
use super::filter::{not, of};
use super::object::Place;
use super::phrase::{Group, Np};
use super::schema::Kind;
use super::vocabulary::{HELPING, PREPOSITIONS};
use crate::plan::{Comparison, Field, Filter, Value};

impl Cursor<'_> {
    /// One clause after another: "who have X and do not have Y".
    pub(super) fn clauses(&mut self, np: &mut Np, groups: &mut Vec<Group>) -> Reads<()> {
        loop {
            let (outer, many) = (std::mem::take(&mut self.now), np.filters.len());
            let read = self.clause(np, groups);
            if read.is_ok() && self.at < self.tokens.len() {
                self.now |= self.eat_any(&["at the moment", "right now", "at present", "currently"]);
            }
            let now = std::mem::replace(&mut self.now, outer);
            read?;
            if now && !self.at_present(np, many) {
                return self.stuck();
            }
            let from = self.at;
            while self.is(&[","]) {
                self.at += 1;
            }
            if self.eat_any(&["and", "but"]) {
                let pronoun = self.eat_any(&["who", "that", "which"]);
                let next = pronoun
                    || self.is(&[
                        "no", "not", "never", "have", "has", "had", "are", "is", "was", "were", "do", "does", "did",
                    ])
                    || self.participle() && !matches!(self.look(), Look::Noun(_));
                if next && !(self.is(&["is", "are", "was", "were"]) && self.is_at(1, &["the"])) {
                    continue;
                }
            }
            self.at = from;
            return Ok(());
        }
    }

    pub(super) fn clause(&mut self, np: &mut Np, groups: &mut Vec<Group>) -> Reads<()> {
        let nobody = self.eat_any(&["nobody", "no one", "no body"]);
        let start = self.at;
        let (verbs, negated, hint) = self.verbs(np);
        let spoken = self.tokens.get(start..self.at).unwrap_or_default().iter().rev().map(|token| token.stem.clone());
        let way =
            self.table_of(np).and_then(|table| spoken.filter(|_| verbs).find_map(|stem| self.way_of(&table, &stem)));
        let done = self.table_of(np).filter(|_| verbs).and_then(|table| {
            let mut spoken = self.tokens.get(start..self.at).unwrap_or_default().iter().rev();
            let deed = spoken.find_map(|token| self.deed(&table, &token.stem))?;
            Some((table, deed))
        });
        let role = self.table_of(np).filter(|_| verbs).and_then(|table| self.in_role(&table, self.at));
        let done = match &role {
            Some((deed, _)) => self.table_of(np).map(|table| (table, deed.clone())),
            None => done,
        };
        let many = np.filters.len();
        let outer = (std::mem::replace(&mut self.way, way), std::mem::replace(&mut self.deed, done));
        let read = self.clause_of(np, groups, (verbs, negated || nobody, hint), start);
        (self.way, self.deed) = outer;
        if let (Ok(()), Some((deed, filter))) = (&read, role) {
            match np.filters.get_mut(many..) {
                Some([Filter::Member { member }]) if member.within == deed => member.filters.push(filter),
                _ => return self.stuck(),
            }
        }
        read
    }

    /// "members who chair a committee", where the row of a member in a committee has the role of a chair.
    fn in_role(&self, table: &str, behind: usize) -> Option<(String, Filter)> {
        let verb = self.tokens.get(behind.checked_sub(1)?).filter(|verb| !verb.quoted && !verb.is(&HELPING))?;
        let own = |field: &Field| {
            field.table != table
                && self.schema.to_one(&field.table, table)
                && field.name.split('_').any(|word| matches!(word, "role" | "position" | "function" | "duty"))
        };
        let mut found = [&verb.lemma, &verb.stem].into_iter().flat_map(|word| self.lexicon.whole_values(word));
        let (field, values) = found.find(|(field, _)| own(field))?;
        Some((field.table.clone(), super::filter::one_of(&field, &values)))
    }

    fn clause_of(
        &mut self,
        np: &mut Np,
        groups: &mut Vec<Group>,
        (verbs, negated, hint): (bool, bool, Option<Field>),
        start: usize,
    ) -> Reads<()> {
        let (before, many) = (np.clone(), groups.len());
        let from = self.at;
        if negated && verbs && hint.is_none() && self.nothing(np, start)? {
            return Ok(());
        }
        if verbs {
            self.eat_any(&["yet", "so far", "to date", "already", "until now"]);
        }
        let read = self.clause_object(np, groups, negated, hint.as_ref(), verbs);
        if read.is_err() && verbs && !negated && from < self.tokens.len() {
            *np = before;
            groups.truncate(many);
            self.at = from;
            return Ok(());
        }
        read
    }

    /// "never borrowed anything", "never been booked": none of the rows that the verb speaks of.
    fn nothing(&mut self, np: &mut Np, start: usize) -> Reads<bool> {
        let from = self.at;
        self.eat_any(&["anything", "at all", "any of them", "something", "once", "yet", "before", "so far", "to date"]);
        if !self.done() && !self.is(&[",", "and", "but"]) {
            self.at = from;
            return Ok(false);
        }
        let Some(table) = self.table_of(np).filter(|_| self.at > start) else { return Ok(false) };
        let stems: Vec<String> = self.tokens[start..from].iter().map(|token| token.stem.clone()).collect();
        // "bookings that have not been rated", where they have a rating.
        if let Some(field) = stems.last().and_then(|stem| self.outcome(&table, stem)) {
            np.filters.push(Filter::Null { value: of(&field), negated: false });
            return Ok(true);
        }
        let found = stems.iter().rev().find_map(|stem| self.deed(&table, stem)).or_else(|| self.only_child(&table));
        let Some(filter) = found.and_then(|child| self.member(&table, &child, Vec::new())) else { return self.stuck() };
        np.filters.push(not(filter));
        Ok(true)
    }

    /// Whether a verb stands here that a table's or a time's name is another form of: "restored", where there are
    /// restorations, and "harvested", where there is a day of the harvest.
    pub(super) fn done_by(&self, np: &Np) -> bool {
        let Some(token) = self.token(0).filter(|token| !token.mark && !token.quoted) else { return false };
        let form = ["ed", "en", "ing"].iter().any(|end| token.norm.ends_with(end)) && token.norm.len() > 4;
        // "was cast", "have bought".
        let helped = self.at.checked_sub(1).and_then(|k| self.tokens.get(k)).is_some_and(|token| {
            token.is(&["was", "were", "been", "be", "has", "have", "had", "is", "are", "ever", "never", "not"])
        });
        (form || helped && token.norm.len() > 2)
            && self.table_of(np).is_some_and(|table| {
                self.deed(&table, &token.stem).is_some() || self.time_hint(&table, &token.stem).is_some()
            })
    }

    /// Whether a participle stands here that a date of the rows is called by: "arrived", where there is an arrival.
    pub(super) fn dates(&self, np: &Np) -> bool {
        let Some(token) = self.token(0).filter(|token| !token.quoted && token.norm.ends_with("ed")) else {
            return false;
        };
        let only = matches!(self.look(), Look::Noun(noun) if noun.tables.is_empty() && noun.len == 1);
        only && self.table_of(np).is_some_and(|table| self.time_hint(&table, &token.stem).is_some())
    }

    /// The table that a verb speaks of: bookings for "booked".
    pub(super) fn deed(&self, table: &str, stem: &str) -> Option<String> {
        let mut found = self.schema.deed(stem).into_iter().filter(|other| self.schema.to_one(other, table));
        let first = found.next()?;
        // What leads to it only over another is further away.
        let near = found.all(|other| self.schema.to_one(&other, &first));
        near.then_some(first)
    }

    /// Whether a verb stands here that is a column's name as well: "charges the highest fee".
    pub(super) fn acts(&self, np: &Np) -> bool {
        let column = matches!(self.look(), Look::Noun(noun) if noun.tables.is_empty() && noun.len == 1);
        let object = self.token(1).is_some_and(|next| {
            next.is(&["the", "a", "an", "at", "more", "less", "most", "over", "under", "any", "no"])
        });
        column && object && self.verb_at(0) && np.is_thing() && self.at == np.at + 1
    }

    /// Whether a participle stands here of which a column holds what came of it.
    fn comes_to(&self, np: &Np) -> bool {
        let Some(token) = self.token(0).filter(|token| !token.quoted && token.norm.ends_with("ed")) else {
            return false;
        };
        let last = self.token(1).is_none_or(|next| next.mark || next.is(&["and", "but", "or", "yet"]));
        last && self.table_of(np).is_some_and(|table| self.outcome(&table, &token.stem).is_some())
    }

    /// The column that holds what came of a verb: the rating of what was rated.
    fn outcome(&self, table: &str, stem: &str) -> Option<Field> {
        let kinds = [Kind::Number, Kind::Text];
        let own = kinds.iter().flat_map(|kind| self.schema.of_kind(table, *kind));
        let mut found =
            own.filter(|field| !self.schema.is_label(field) && crate::ask::words::stem(&field.name) == stem);
        let first = found.next()?.clone();
        found.next().is_none().then_some(first)
    }

    /// What is so today, where rows begin and end: contracts that run, of customers who currently have one.
    ///
    /// Not where only something else that leads to these rows begins and ends.
    fn at_present(&self, np: &mut Np, many: usize) -> bool {
        let current = |table: &str| {
            let (start, end) = self.stretch(table)?;
            let today = || Value::Date { date: self.calendar.today };
            let begun = Filter::Compare { left: of(&start), is: Comparison::AtMost, right: today() };
            let open = Filter::Null { value: of(&end), negated: false };
            let later = Filter::Compare { left: of(&end), is: Comparison::AtLeast, right: today() };
            Some([begun, Filter::Any { of: vec![open, later] }])
        };
        let (mut said, mut elsewhere) = (false, false);
        for filter in np.filters.iter_mut().skip(many) {
            said = true;
            if let Filter::Member { member } = filter
                && !member.negated
            {
                let now = current(&member.within);
                elsewhere |= now.is_none();
                member.filters.extend(now.into_iter().flatten());
            }
        }
        let Some(table) = self.table_of(np) else { return true };
        if !said {
            np.filters.extend(current(&table).into_iter().flatten());
        }
        let others = self.schema.model.tables.iter().filter(|other| other.name != table);
        let mut leading = others.filter(|other| self.schema.to_one(&other.name, &table));
        !elsewhere || leading.all(|other| current(&other.name).is_none())
    }

    /// The only table whose rows point at a table's.
    fn only_child(&self, table: &str) -> Option<String> {
        let relationships = &self.schema.model.relationships;
        let mut found: Vec<&String> =
            relationships.iter().filter(|r| r.right_table == table).map(|r| &r.left_table).collect();
        found.dedup();
        match found.as_slice() {
            [only] => Some((*only).clone()),
            _ => None,
        }
    }

    /// The verbs of a clause: whether there was one, whether they are negated, and the time that they speak of.
    fn verbs(&mut self, np: &Np) -> (bool, bool, Option<Field>) {
        let mut negated = false;
        let mut hint: Option<Field> = None;
        let mut spoke = false;
        loop {
            if self.is(&["not", "never"]) {
                negated = true;
                self.at += 1;
            } else if self.is(&["currently"]) {
                self.now = true;
                self.at += 1;
            } else if self.is(&HELPING) && !self.is(&["all"]) {
                self.at += 1;
            } else if (self.verb_at(0) || self.done_by(np))
                && (!matches!(self.look(), Look::Noun(_) | Look::Values(_))
                    || self.verb_at(0)
                        && self.table_of(np).is_some_and(|table| self.in_role(&table, self.at + 1).is_some())
                    || self.lags(np)
                    || self.dates(np)
                    || self.acts(np)
                    || self.comes_to(np))
            {
                let stem = self.token(0).map(|token| token.stem.clone()).unwrap_or_default();
                hint = self.table_of(np).and_then(|table| self.time_hint(&table, &stem)).or(hint);
                spoke = true;
                self.at += 1;
            } else if spoke && self.is(&["up", "out", "as"])
                || spoke && self.is(&["in"]) && self.is_at(1, &["the"]) && (self.is_at(2, &HIGH) || self.is_at(2, &LOW))
            {
                self.at += 1;
            } else if self.eat_any(&[
                "a part of",
                "part of",
                "a member of",
                "member of",
                "members of",
                "home to",
                "parts of",
            ]) {
                spoke = true;
            } else {
                return (spoke, negated, hint);
            }
        }
    }

    fn clause_object(
        &mut self,
        np: &mut Np,
        groups: &mut Vec<Group>,
        negated: bool,
        hint: Option<&Field>,
        spoke: bool,
    ) -> Reads<()> {
        if self.table_of(np).is_none() && !negated && np.rank.is_none() && self.most_of_one(np, groups) {
            return Ok(());
        }
        if self.table_of(np).is_none() {
            return self.shared_object(np, groups, negated);
        }
        let Some(table) = self.table_of(np) else { return self.stuck() };
        if self.done() || self.is(&[",", "and"]) {
            // "tickets that are not closed" have no time at which they were.
            if let Some(time) = hint.filter(|_| spoke) {
                np.filters.push(Filter::Null { value: of(time), negated: !negated });
                return Ok(());
            }
            // "companies that have been fined".
            let there = usize::from(self.at > 0 && self.tokens[self.at - 1].is(&["there", "here"]));
            let last = self.at.checked_sub(1 + there).and_then(|k| self.tokens.get(k)).map(|token| token.stem.clone());
            let bare = there > 0 || last.as_deref().is_some_and(crate::ask::words::exists);
            let there = last.as_deref().filter(|_| spoke && !bare).and_then(|stem| self.elsewhere(&table, stem));
            if let Some(time) = there {
                let known = Filter::Null { value: of(&time), negated: true };
                let Some(filter) = self.member(&table, &time.table, vec![known]) else { return self.stuck() };
                np.filters.push(if negated { not(filter) } else { filter });
                return Ok(());
            }
            if let Some(field) = last.as_deref().filter(|_| spoke).and_then(|stem| self.outcome(&table, stem)) {
                np.filters.push(Filter::Null { value: of(&field), negated: !negated });
                return Ok(());
            }
            let deed = last.filter(|_| spoke && !bare).and_then(|stem| self.deed(&table, &stem));
            if let Some(filter) = deed.and_then(|child| self.member(&table, &child, Vec::new())) {
                np.filters.push(if negated { not(filter) } else { filter });
                return Ok(());
            }
            return if spoke && bare && !negated { Ok(()) } else { self.stuck() };
        }
        if self.is(&["by"]) && spoke && !self.is_at(1, &["each", "every"]) {
            self.at += 1;
            return self.object(np, groups, Place { negated, clause: true });
        }
        if self.is(&["each", "every"]) || self.is(&PREPOSITIONS) && self.is_at(1, &["each", "every"]) {
            if !self.grouped(np, &[], groups) {
                return self.stuck();
            }
            // "does each agency represent".
            while self.verb_at(0) && !matches!(self.look(), Look::Noun(_)) {
                self.at += 1;
            }
            return Ok(());
        }
        let verb = self.at.checked_sub(1).and_then(|k| self.tokens.get(k)).map(|token| token.stem.clone());
        if let Some(filter) = verb.as_deref().filter(|_| spoke).and_then(|verb| self.clock(&table, verb)) {
            np.filters.push(if negated { not(filter) } else { filter });
            return Ok(());
        }
        if let Some(when) = self.time() {
            let unknown = verb.filter(|_| spoke && hint.is_none());
            let elsewhere = unknown.as_deref().and_then(|stem| self.elsewhere(&table, stem));
            let bare = unknown.as_deref().is_none_or(crate::ask::words::exists);
            let several = self.schema.of_kind(&table, Kind::Time).count() > 2;
            let other = |time: Field| several || named_by_verb(&time);
            if elsewhere.is_none() && !bare && self.time_of(&table).is_some_and(other) {
                return self.stuck();
            }
            let filter = match elsewhere {
                Some(time) => {
                    let of = self.timed(&time.table, &when, Some(&time))?;
                    match self.member(&table, &time.table, vec![of]) {
                        Some(filter) => filter,
                        None => return self.stuck(),
                    }
                }
                None => self.timed(&table, &when, hint)?,
            };
            np.filters.push(if negated { not(filter) } else { filter });
            return Ok(());
        }
        if let Some(filter) = self.lag(&table, hint) {
            np.filters.push(if negated { not(filter) } else { filter });
            return Ok(());
        }
        if self.eat_any(&["the most frequent", "the most common", "the most popular", "most frequent", "most common"]) {
            return self.common(np, groups);
        }
        if self.clone().bound().is_some() {
            return self.object(np, groups, Place { negated, clause: true });
        }
        if self.is(&PREPOSITIONS) && !self.is(&["over", "under", "between"]) {
            if negated {
                self.at += 1;
                return self.object(np, groups, Place { negated, clause: true });
            }
            return if self.preposition(np, groups, hint)? { Ok(()) } else { self.stuck() };
        }
        let many = np.filters.len();
        self.object(np, groups, Place { negated, clause: true })?;
        if np.filters.len() == many + 1 && !negated {
            self.same_row(np, groups);
        }
        Ok(())
    }

    /// "regions that had the most outages", where outages and other things have regions.
    fn most_of_one(&mut self, np: &mut Np, groups: &mut Vec<Group>) -> bool {
        for field in np.fields.clone() {
            let mut ahead = self.clone();
            let mut inner = Vec::new();
            if let Ok(Some(rank)) = ahead.rank(&field.table, &mut inner)
                && rank.by.table == field.table
            {
                self.at = ahead.at;
                groups.extend(inner);
                np.fields = vec![field];
                np.rank = Some(Box::new(rank));
                return true;
            }
        }
        false
    }

    /// The date that a verb speaks of in the one table that has it and leads to this one: admissions for patients who
    /// were admitted.
    fn elsewhere(&self, table: &str, stem: &str) -> Option<Field> {
        let others = self.schema.model.tables.iter().filter(|other| other.name != table);
        let mut found = others
            .filter(|other| self.schema.to_one(&other.name, table))
            .filter_map(|other| self.time_hint(&other.name, stem));
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// "played the lead in a thriller": what follows is said of the same row.
    pub(super) fn same_row(&mut self, np: &mut Np, groups: &mut Vec<Group>) {
        while self.is(&["in", "at", "on", "for", "from", "during"]) || self.time_here() {
            let (from, groups_before) = (self.at, groups.len());
            let Some(Filter::Member { member }) = np.filters.last_mut() else { return };
            let mut row = Np { at: from, tables: vec![member.within.clone()], ..Np::default() };
            let read = self.preposition(&mut row, groups, None);
            if !matches!(read, Ok(true)) || groups.len() > groups_before || row.rank.is_some() {
                self.at = from;
                groups.truncate(groups_before);
                return;
            }
            member.filters.extend(row.filters);
        }
    }

    /// "diagnoses that were the most frequent among admissions".
    pub(super) fn common(&mut self, np: &mut Np, groups: &mut Vec<Group>) -> Reads<()> {
        if np.rank.is_some() || !self.eat_any(&["among", "in", "across", "for", "of"]) {
            return self.stuck();
        }
        let of = self.phrase(&[], groups)?;
        let at = of.at;
        let table = self.table_of(&of).filter(|_| of.is_thing());
        let own = self.table_of(np);
        let (Some(table), Some(own)) = (table, own) else { return self.stuck() };
        if !self.schema.to_one(&table, &own) {
            return self.stuck();
        }
        let by = self.counted_number(of, at, false)?;
        np.rank = Some(Box::new(super::count::Rank { ascending: false, count: None, by }));
        Ok(())
    }
}

/// Whether the name of a date says what happened then, as `registered_on` does and `match_date` does not.
fn named_by_verb(time: &Field) -> bool {
    time.name.split('_').any(|word| word.ends_with("ed") && word.len() > 3 || word.starts_with("regist"))
}
