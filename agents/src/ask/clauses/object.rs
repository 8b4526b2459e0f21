//! What a verb or a preposition leads to: comparisons, flags, values and things.

use super::compare::bounded;
use super::cursor::{Cursor, Look, Reads};
use super::filter::{all, not, of};
use super::phrase::{Group, Np};
use super::schema::Kind;
use super::vocabulary::PEOPLE;
use crate::plan::{Field, Filter, Having, Measure, Member, Quantity};

/// Where a clause stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) negated: bool,
    /// Its words begin with a verb or a pronoun, so that a list in it goes on with "and".
    pub(super) clause: bool,
}

impl Cursor<'_> {
    /// What a verb or a preposition leads to: a comparison, a flag, a value, a thing, or the highest of something.
    pub(super) fn object(&mut self, np: &mut Np, groups: &mut Vec<Group>, place: Place) -> Reads<()> {
        let Some(table) = self.table_of(np) else { return self.stuck() };
        let column = match (np.tables.as_slice(), np.fields.as_slice()) {
            ([], [field]) => Some(field.clone()),
            _ => None,
        };
        let outer = std::mem::replace(&mut self.subject, column);
        let read = self.objects(np, groups, place, &table);
        self.subject = outer;
        read
    }

    fn objects(&mut self, np: &mut Np, groups: &mut Vec<Group>, place: Place, table: &str) -> Reads<()> {
        let both = self.eat("both");
        if let Some(made) = if both && !place.negated { self.both_values(table, groups) } else { None } {
            np.filters.extend(made);
            return Ok(());
        }
        let mut made: Vec<Filter> = Vec::new();
        let mut any = false;
        loop {
            // "both at a wetland site and at a forest site".
            if both {
                self.eat_any(&["at", "in", "on", "from", "for", "with", "by", "to"]);
            }
            if let Some(rank) = self.rank(table, groups)? {
                if place.negated || np.rank.is_some() {
                    return self.stuck();
                }
                np.rank = Some(Box::new(rank));
                return Ok(());
            }
            let no = self.eat_any(&["no", "neither", "not any"]);
            let filter = self.one_object(table, groups)?;
            made.push(if no { not(filter) } else { filter });
            let from = self.at;
            while self.is(&[","]) {
                self.at += 1;
            }
            let or = self.is(&["or", "nor"]);
            let more = self.eat_any(&["or", "nor"]) || (both || place.clause || !made.is_empty()) && self.eat("and");
            if !more || !self.goes_on(table, both) {
                self.at = from;
                break;
            }
            any |= or;
        }
        let apart = both && np.plural && !place.negated && made.len() > 1;
        if apart {
            np.both = made;
            return Ok(());
        }
        // "neither A nor B", "not A or B": none of them.
        let filter = if any && !place.negated && made.len() > 1 {
            Some(Filter::Any { of: made })
        } else if place.negated {
            all(made.into_iter().map(not).collect())
        } else {
            all(made)
        };
        np.filters.extend(filter);
        Ok(())
    }

    /// "both yoga and strength classes": things of the one kind, and things of the other.
    fn both_values(&mut self, table: &str, groups: &mut Vec<Group>) -> Option<Vec<Filter>> {
        self.tried_with(groups, |cursor, groups| {
            let near = [table.to_owned()];
            cursor.articles();
            let first = cursor.values()?;
            cursor.at += first.len;
            cursor.eat("and").then_some(())?;
            cursor.articles();
            let second = cursor.values()?;
            cursor.at += second.len;
            let mut np = cursor.head(&near).ok()?;
            cursor.settle(&mut np, &near);
            cursor.modifiers(&mut np, &near, groups, false).ok()?;
            let other = cursor.table_of(&np).filter(|other| np.is_thing() && other != table)?;
            // Both are values of the same column of these things, or of what they lead to.
            let column = |values: &super::cursor::Values| {
                let own = values.found.iter().map(|(field, _)| field);
                own.filter(|field| field.table == other || cursor.schema.to_one(&other, &field.table))
                    .cloned()
                    .collect::<Vec<_>>()
            };
            let (one, two) = (column(&first), column(&second));
            one.iter().any(|field| two.contains(field)).then_some(())?;
            [first, second]
                .iter()
                .map(|values| {
                    let mut of = np.clone();
                    cursor.described(&mut of, values, &near).ok()?;
                    cursor.related(table, &of).ok()
                })
                .collect()
        })
    }

    /// Whether what follows "and" is another object of the same verb, and no further thing that is asked for.
    fn goes_on(&self, table: &str, both: bool) -> bool {
        let mut ahead = self.clone();
        if both {
            ahead.eat_any(&["at", "in", "on", "from", "for", "with", "by", "to"]);
        }
        let article = ahead.is(&["a", "an", "no", "the"]) && !ahead.is(&["the"]);
        ahead.articles();
        if ahead.bound().is_some() && matches!(ahead.look(), Look::Noun(_)) {
            return true;
        }
        match ahead.look() {
            Look::Noun(noun) => {
                let flag =
                    noun.tables.is_empty() && noun.fields.iter().any(|field| self.schema.kind(field) == Kind::Flag);
                let _ = table;
                both || article || flag
            }
            Look::Values(_) => true,
            _ => false,
        }
    }

    /// Countries that have both lakes and rivers, where only lakes and rivers have countries.
    pub(super) fn shared_object(&mut self, np: &mut Np, groups: &mut Vec<Group>, negated: bool) -> Reads<()> {
        self.eat("both");
        let [one, ..] = np.fields.as_slice() else { return self.stuck() };
        let name = one.name.clone();
        if negated || np.fields.iter().any(|field| field.name != name) {
            return self.stuck();
        }
        let near: Vec<String> = np.fields.iter().map(|field| field.table.clone()).collect();
        let mut first: Option<String> = None;
        loop {
            let bound = self.bound();
            let mut of = self.phrase(&near, groups)?;
            let Some(table) = self.table_of(&of).filter(|table| near.contains(table)) else { return self.stuck() };
            if let Some(bound) = bound {
                // "cities with at least two venues".
                let column = Field::new(&table, &name);
                let outer = self.subject.replace(column);
                let many = self.with_many(&table, &of, bound);
                self.subject = outer;
                of.filters = vec![many?];
            }
            if of.rank.is_some() || !of.is_thing() {
                return self.stuck();
            }
            match &first {
                None => {
                    np.fields = vec![Field::new(&table, &name)];
                    np.filters.extend(of.filters);
                    first = Some(table);
                }
                Some(own) => {
                    let entity = format!("{own}.{name}");
                    let member = Member { entity, within: table, filters: of.filters, ..Member::default() };
                    np.filters.push(Filter::Member { member: Box::new(member) });
                }
            }
            if !self.eat_any(&["and", "and also", "as well as"]) {
                return Ok(());
            }
        }
    }

    fn one_object(&mut self, table: &str, groups: &mut Vec<Group>) -> Reads<Filter> {
        let near = [table.to_owned()];
        if let Some(bound) = self.bound() {
            return self.counted(table, bound, groups);
        }
        self.articles();
        if let Some(filter) = self.stage(table) {
            return Ok(filter);
        }
        self.eat("either");
        if self.eat("same") {
            return self.same_as(table);
        }
        // A value: "in Michigan", "in the Computer Science program".
        if let Look::Values(values) = self.look() {
            let from = self.at;
            self.at += values.len;
            if let Some(filter) = self.text_within(table, &values) {
                return Ok(filter);
            }
            let behind = self.noun_behind();
            if let Some((len, noun)) = behind {
                let things: Vec<&String> = noun.tables.iter().collect();
                let column = values.found.iter().any(|(field, _)| noun.fields.contains(field));
                let label = values.found.iter().any(|(f, _)| things.contains(&&f.table));
                if column && !noun.fields.is_empty() {
                    self.at += len;
                    let columns: Vec<Field> = noun
                        .fields
                        .iter()
                        .filter(|f| values.found.iter().any(|(known, _)| known == *f))
                        .cloned()
                        .collect();
                    let mut columns = columns;
                    if let Some(field) = self.field(&columns, &near) {
                        columns = vec![field];
                    }
                    return self.value_filter(table, &values, &columns);
                }
                if label {
                    self.at = from;
                    let np = self.phrase(&near, groups)?;
                    return self.related(table, &np);
                }
                self.at = from;
                let np = self.phrase(&near, groups)?;
                return self.related(table, &np);
            }
            // "won an Oscar" is nobody of that name.
            let article =
                from.checked_sub(1).and_then(|k| self.tokens.get(k)).is_some_and(|token| token.is(&["a", "an"]));
            if article && values.found.iter().any(|(field, _)| self.schema.is_label(field)) {
                return self.stuck();
            }
            return self.value_filter(table, &values, &[]);
        }
        if self.participle_of_noun().is_some() && !matches!(self.look(), Look::Noun(_)) {
            let np = self.phrase(&near, groups)?;
            return self.related(table, &np);
        }
        if let (Look::Word, Some((len, flag))) = (self.look(), self.denied_flag(&near)) {
            let ends = self.token(len).is_none_or(|next| next.mark || next.is(&["and", "or", "but"]));
            if ends && let Some(filter) = self.lifted(table, &flag.table, self.schema.flagged(&flag, true)) {
                self.at += len;
                return Ok(filter);
            }
        }
        let Look::Noun(noun) = self.look() else {
            return match self.membership(table) {
                Some(filter) => Ok(filter),
                None => self.stuck(),
            };
        };
        self.noun_object(table, &noun, groups)
    }

    /// "in the union", where there is a `union_num` for those who are.
    fn membership(&mut self, table: &str) -> Option<Filter> {
        let stem = self.token(0).filter(|token| !token.mark && !token.quoted)?.stem.clone();
        let within =
            self.at.checked_sub(2).and_then(|k| self.tokens.get(k)).is_some_and(|token| token.is(&["in", "of"]));
        let kinds = [Kind::Text, Kind::Key, Kind::Number];
        let own = kinds.iter().flat_map(|kind| self.schema.of_kind(table, *kind));
        let mut found = own.filter(|field| {
            let words: Vec<&str> = field.name.split('_').collect();
            matches!(words.as_slice(), [first, "num" | "number" | "no" | "nr" | "code" | "id"]
                if crate::ask::words::stem(first) == stem)
        });
        let field = found.next().filter(|_| within)?.clone();
        if found.next().is_some() || self.schema.pointer_column(&field) {
            return None;
        }
        self.at += 1;
        Some(Filter::Null { value: of(&field), negated: true })
    }

    /// "the same domain as Martin".
    fn same_as(&mut self, table: &str) -> Reads<Filter> {
        let of = self.head(&[table.to_owned()])?;
        let Some(other) = self.table_of(&of).filter(|_| of.is_thing()) else { return self.stuck() };
        if !self.eat("as") {
            return self.stuck();
        }
        self.articles();
        let Some(values) = self.values() else { return self.stuck() };
        self.at += values.len;
        let labels: Vec<Field> = self.schema.labels(table);
        let named: Vec<Field> =
            values.found.iter().map(|(field, _)| field.clone()).filter(|f| labels.contains(f)).collect();
        if named.is_empty() {
            return self.stuck();
        }
        let whom = self.value_filter(table, &values, &named)?;
        let Some(theirs) = self.lifted(&other, table, whom) else { return self.stuck() };
        self.related(table, &Np { filters: vec![theirs], ..of })
    }

    /// "'station' in the title".
    fn text_within(&mut self, table: &str, values: &super::cursor::Values) -> Option<Filter> {
        let (text, from) = (values.quoted.clone()?, self.at);
        if self.eat_any(&["in the", "in their", "in its", "within the", "in"])
            && let Look::Noun(noun) = self.look()
            && let Some(field) = self.field(&noun.fields, &[table.to_owned()])
            && noun.tables.is_empty()
        {
            self.at += noun.len;
            let filter =
                Filter::Text { value: of(&field), matches: crate::plan::TextMatch::Contains, text, negated: false };
            return self.lifted(table, &field.table, filter);
        }
        self.at = from;
        None
    }

    fn noun_behind(&self) -> Option<(usize, super::schema::Noun)> {
        match self.look() {
            Look::Noun(noun) => Some((noun.len, noun)),
            _ => None,
        }
    }

    /// A column with its test, a flag, or a thing.
    fn noun_object(&mut self, table: &str, noun: &super::schema::Noun, groups: &mut Vec<Group>) -> Reads<Filter> {
        let near = [table.to_owned()];
        let from = self.at;
        if let Some(field) = self.field(&noun.fields, &near)
            && (noun.tables.is_empty() || field.table == table)
        {
            self.at += noun.len;
            if let Some(filter) = self.column_test(table, &field)? {
                return match self.lifted(table, &field.table, filter) {
                    Some(filter) => Ok(filter),
                    None => self.stuck(),
                };
            }
            // "handled by external adjusters": the adjusters that are so.
            let things = self.schema.table_at(&self.tokens, self.at).map(|(_, tables)| tables).unwrap_or_default();
            if self.schema.kind(&field) == Kind::Flag && things.contains(&field.table) {
                self.at = from;
                let np = self.phrase(&near, groups)?;
                return self.related(table, &np);
            }
            if noun.tables.is_empty() {
                let filter = match self.schema.kind(&field) {
                    Kind::Flag => self.schema.flagged(&field, false),
                    Kind::Text | Kind::Time | Kind::Key if !self.schema.is_label(&field) => {
                        Filter::Null { value: of(&field), negated: true }
                    }
                    _ => {
                        self.at = from;
                        return self.stuck();
                    }
                };
                return match self.lifted(table, &field.table, filter) {
                    Some(filter) => Ok(filter),
                    None => self.stuck(),
                };
            }
            self.at = from;
        }
        let np = self.phrase(&near, groups)?;
        self.related(table, &np)
    }

    /// "more than 3 transactions", "fewer than a hundred thousand people", "over 1000 points".
    fn counted(&mut self, table: &str, bound: super::compare::Bound, groups: &mut Vec<Group>) -> Reads<Filter> {
        let near = [table.to_owned()];
        if let Look::Noun(noun) = self.look() {
            if noun.tables.is_empty()
                && let Some(field) = self.field(&noun.fields, &near)
                && self.schema.kind(&field) == Kind::Number
            {
                self.at += noun.len;
                return match self.lifted(table, &field.table, bounded(of(&field), self.scaled(&field, bound))) {
                    Some(filter) => Ok(filter),
                    None => self.stuck(),
                };
            }
            let np = self.phrase(&near, groups)?;
            return self.with_many(table, &np, bound);
        }
        if matches!(self.look(), Look::Values(_)) {
            let np = self.phrase(&near, groups)?;
            return self.with_many(table, &np, bound);
        }
        if self.token(0).is_some_and(|token| PEOPLE.contains(&token.lemma.as_str())) {
            let population = self.schema.of_kind(table, Kind::Number).find(|field| field.name.contains("population"));
            if let Some(field) = population {
                self.at += 1;
                return Ok(bounded(of(field), bound));
            }
        }
        self.stuck()
    }

    /// Rows of a table that have a number of other things.
    fn with_many(&self, table: &str, np: &Np, bound: super::compare::Bound) -> Reads<Filter> {
        let stuck = super::cursor::Stuck { at: np.at };
        let some = bound.upper.is_none()
            && (bound.is == crate::plan::Comparison::AtLeast && bound.value <= 1.0
                || bound.is == crate::plan::Comparison::Greater && bound.value < 1.0);
        if some {
            return self.related(table, np);
        }
        let (Some(other), Some(entity)) = (self.table_of(np), self.schema.entity(table)) else { return Err(stuck) };
        // "genres with at least 3 films" is said of the genre of these films.
        let column = self.subject.as_ref().filter(|subject| subject.table == table && other == table);
        let entity = column.map_or_else(|| entity.to_owned(), |field| format!("{table}.{}", field.name));
        // Employees of a department, though its manager is one of them.
        let many = other != table && self.schema.to_one(&other, table);
        if column.is_none() && !many && self.schema.to_one(table, &other)
            || !self.schema.connected(table, &other)
            || bound.upper.is_some()
        {
            return Err(stuck);
        }
        // None of them is fewer than some, and is not found among those that have any.
        let small = match bound.is {
            crate::plan::Comparison::Less | crate::plan::Comparison::AtMost => true,
            crate::plan::Comparison::Equal => bound.value < 1.0,
            _ => false,
        };
        let is = match (small, bound.is) {
            (true, crate::plan::Comparison::Less) => crate::plan::Comparison::AtLeast,
            (true, crate::plan::Comparison::AtMost) => crate::plan::Comparison::Greater,
            (true, _) => crate::plan::Comparison::NotEqual,
            (false, is) => is,
        };
        let having = Having {
            left: Measure { hidden: true, ..self.count_of(&other) },
            is,
            right: Measure::new(Quantity::Number { number: bound.value }),
        };
        let member = Member {
            entity,
            within: other,
            filters: np.filters.clone(),
            having: vec![having],
            negated: small,
            ..Member::default()
        };
        Ok(Filter::Member { member: Box::new(member) })
    }
}
