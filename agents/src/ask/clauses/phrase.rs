//! Noun phrases: a table or a column, what stands before it, and what is said of it behind.

use super::cursor::{Cursor, Look, Reads};
use super::schema::{Kind, Noun};
use crate::plan::{Dimension, Field, Filter, Grain};

/// Something that a phrase names, with what is said of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Np {
    /// The place of its noun.
    pub(super) at: usize,
    /// The tables whose rows it may be.
    pub(super) tables: Vec<String>,
    /// The columns it may be.
    pub(super) fields: Vec<Field>,
    pub(super) plural: bool,
    pub(super) distinct: bool,
    /// Conditions on the rows of its table.
    pub(super) filters: Vec<Filter>,
    /// Conditions that each hold of some of its rows, where several rows are spoken of.
    pub(super) both: Vec<Filter>,
    /// The highest or lowest of it that is wanted.
    pub(super) rank: Option<Box<super::count::Rank>>,
}

/// What rows are grouped by.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Group {
    Noun(Np),
    Step(Grain),
    /// Steps of one date.
    Moment(Grain, Field),
}

impl Np {
    pub(super) fn of(noun: &Noun, at: usize) -> Self {
        Self { at, tables: noun.tables.clone(), fields: noun.fields.clone(), ..Self::default() }
    }

    /// Whether it is a thing and no column.
    pub(super) fn is_thing(&self) -> bool {
        !self.tables.is_empty()
    }
}

impl Cursor<'_> {
    /// A noun with what stands before it: articles, values, flags. What follows is not read.
    pub(super) fn head(&mut self, near: &[String]) -> Reads<Np> {
        let mut before: Vec<super::cursor::Values> = Vec::new();
        let mut flags: Vec<(Field, bool)> = Vec::new();
        let mut named: Vec<Filter> = Vec::new();
        let mut distinct = false;
        loop {
            self.articles();
            if let Some(filter) = self.denied() {
                named.push(filter);
                continue;
            }
            if self.is(&["distinct", "different", "unique", "individual", "separate"]) {
                distinct = true;
                self.at += 1;
                continue;
            }
            match self.look() {
                Look::Noun(noun) => {
                    let at = self.at;
                    // "complete finds": a flag, and the thing it is of.
                    let whole = noun.fields.iter().find(|field| self.schema.kind(field) == Kind::Flag).cloned();
                    if let Some(flag) = whole.filter(|flag| self.flag_of_thing(&noun, flag)) {
                        self.at += noun.len - 1;
                        flags.push((flag, false));
                        continue;
                    }
                    self.at += noun.len;
                    let flag = self.flag_before(&noun);
                    if let Some(values) = flag.as_ref().and_then(|flag| self.said_of_behind(at, flag)) {
                        before.push(values);
                        continue;
                    }
                    if let Some(flag) = flag.filter(|_| noun.tables.is_empty() && self.noun_here()) {
                        flags.push((flag, false));
                        continue;
                    }
                    // "Korean-language films": a value, its column, and the thing.
                    if let ([], Some(values)) = (noun.tables.as_slice(), before.last())
                        && self.noun_here()
                        && let Some((field, found)) = values.found.iter().find(|(field, _)| noun.fields.contains(field))
                    {
                        named.push(super::filter::one_of(field, found));
                        before.pop();
                        continue;
                    }
                    let mut np = Np { plural: self.plural_in(at, noun.len), distinct, ..Np::of(&noun, at) };
                    self.compound(&mut np);
                    // "the production id's".
                    if self.is(&["'"]) && self.is_at(1, &["s"]) {
                        self.at += 2;
                        np.plural = true;
                    }
                    for values in before {
                        self.described(&mut np, &values, near)?;
                    }
                    np.filters.extend(named);
                    np.filters.extend(flags.iter().map(|(flag, negated)| self.schema.flagged(flag, *negated)));
                    return Ok(np);
                }
                Look::Values(values) => {
                    self.at += values.len;
                    before.push(values);
                    if self.is(&["-"]) {
                        self.at += 1;
                    }
                }
                Look::Word if let Some((len, flag)) = self.denied_flag(near) => {
                    self.at += len;
                    flags.push((flag, true));
                }
                _ => {
                    let Some((stem, noun, len)) = self.participle_of_noun() else { return self.valued(before, near) };
                    self.at += 1;
                    let at = self.at;
                    self.at += len;
                    let mut np = Np { plural: self.plural_in(at, len), distinct, ..Np::of(&noun, at) };
                    self.compound(&mut np);
                    self.settle(&mut np, near);
                    let Some(filter) = self.table_of(&np).and_then(|table| self.was(&table, &stem)) else {
                        return self.stuck();
                    };
                    for values in before {
                        self.described(&mut np, &values, near)?;
                    }
                    np.filters.extend(named);
                    np.filters.extend(flags.iter().map(|(flag, negated)| self.schema.flagged(flag, *negated)));
                    np.filters.push(filter);
                    return Ok(np);
                }
            }
        }
    }

    /// Whether the last of the words for a flag is the thing that has it.
    fn flag_of_thing(&self, noun: &Noun, flag: &Field) -> bool {
        let last = self.schema.table_at(&self.tokens, self.at + noun.len - 1);
        noun.len > 1
            && noun.tables.is_empty()
            && last.is_some_and(|(len, tables)| len == 1 && tables.contains(&flag.table))
    }

    /// "approved crops", "donated artworks": a participle right before a thing.
    pub(super) fn participle_of_noun(&self) -> Option<(String, Noun, usize)> {
        let token = self.token(0).filter(|token| !token.mark && !token.quoted && token.norm.len() > 4)?;
        let form = ["ed", "en", "ing"].iter().any(|end| token.norm.ends_with(end));
        let mut ahead = self.clone();
        ahead.at += 1;
        match ahead.look() {
            Look::Noun(noun) if form && !noun.tables.is_empty() => Some((token.stem.clone(), noun.clone(), noun.len)),
            _ => None,
        }
    }

    /// That what a participle says was done: there is a day of it, or a row of the table that its verb speaks of.
    fn was(&self, table: &str, stem: &str) -> Option<Filter> {
        if let Some(time) = self.time_hint(table, stem) {
            return Some(Filter::Null { value: super::filter::of(&time), negated: true });
        }
        if let Some(child) = self.deed(table, stem) {
            return self.member(table, &child, Vec::new());
        }
        let mut others = self.schema.deed(stem).into_iter().filter(|other| self.schema.to_one(table, other));
        let (only, None) = (others.next()?, others.next()) else { return None };
        let pointer = self.schema.pointer(table, &only)?;
        Some(Filter::Null { value: super::filter::of(&pointer), negated: true })
    }

    /// "the sales support agents": those that have a value of one column, where no noun follows.
    fn valued(&mut self, mut before: Vec<super::cursor::Values>, near: &[String]) -> Reads<Np> {
        let Some(last) = before.pop() else { return self.stuck() };
        let ([(field, found)], true) = (last.found.as_slice(), self.plural_before()) else { return self.stuck() };
        if last.quoted.is_some() || self.schema.is_label(field) {
            return self.stuck();
        }
        let mut np = Np {
            at: self.at,
            tables: vec![field.table.clone()],
            plural: true,
            filters: vec![super::filter::one_of(field, found)],
            ..Np::default()
        };
        // "dropped calls", where both are values of a usage.
        for values in before {
            let own = values.found.iter().any(|(other, _)| other.table == field.table && other.name != field.name);
            if !own {
                return self.stuck();
            }
            self.described(&mut np, &values, near)?;
        }
        Ok(np)
    }

    fn noun_here(&self) -> bool {
        matches!(self.look(), Look::Noun(_))
    }

    /// "patient treatments", "customer transaction records": the last noun is the thing, if the first leads nowhere else.
    fn compound(&mut self, np: &mut Np) {
        while np.is_thing() && !np.plural {
            let Some((len, tables)) = self.schema.table_at(&self.tokens, self.at) else { break };
            let related = tables.iter().any(|to| np.tables.iter().any(|from| self.schema.connected(to, from)));
            if !related {
                break;
            }
            np.tables = tables;
            np.fields.clear();
            np.at = self.at;
            self.at += len;
            np.plural = self.plural_before();
        }
        // "outcome assessments", where the day of one is `assess_dt`.
        if np.is_thing() && !self.noun_here() && self.names_column(&np.tables[0]) && !self.verb_at(0) {
            self.at += 1;
            np.plural = self.plural_before();
        }
        // "daily price records", "transaction history": the thing again.
        while np.is_thing()
            && self.is(&["record", "records", "entry", "entries", "rows", "row", "history", "data", "information"])
            && !self.noun_here()
        {
            self.at += 1;
        }
    }

    /// Whether a word is another form of one in the name of a column of the table.
    fn names_column(&self, table: &str) -> bool {
        let Some(token) = self.token(0).filter(|token| !token.mark && !token.quoted && token.norm.len() > 4) else {
            return false;
        };
        let stems = |name: &str| name.split('_').any(|word| crate::ask::words::stem(word) == token.stem);
        [Kind::Text, Kind::Time, Kind::Number]
            .iter()
            .any(|kind| self.schema.of_kind(table, *kind).any(|f| stems(&f.name)))
    }

    /// A value before a noun: "'buy' transactions", "male patients", "the Computer Science program".
    pub(super) fn described(&mut self, np: &mut Np, values: &super::cursor::Values, near: &[String]) -> Reads<()> {
        let own: Vec<String> = if np.is_thing() { np.tables.clone() } else { near.to_vec() };
        if !np.is_thing() {
            // "the 'Sociology' domain" where the domain is a column.
            let of = values.found.iter().find(|(field, _)| np.fields.contains(field)).cloned();
            if let Some((field, values)) = of {
                np.filters.push(super::filter::one_of(&field, &values));
                np.fields = vec![field];
                return Ok(());
            }
        }
        // "irrigation type" is no type of something else that is called irrigation.
        let beside = |field: &Field| np.fields.iter().any(|column| column.table == field.table);
        if !np.is_thing() && values.quoted.is_none() && !values.found.iter().any(|(field, _)| beside(field)) {
            return self.stuck();
        }
        let Some(table) = own.first().cloned() else { return self.stuck() };
        let filter = self.value_filter(&table, values, &[])?;
        np.filters.push(filter);
        Ok(())
    }

    /// A whole phrase: the noun and what is said of it.
    pub(super) fn phrase(&mut self, near: &[String], groups: &mut Vec<Group>) -> Reads<Np> {
        let mut np = self.head(near)?;
        self.settle(&mut np, near);
        self.modifiers(&mut np, near, groups, false)?;
        Ok(np)
    }

    /// What rows are grouped by: after "by", "per", "each".
    pub(super) fn group(&mut self, near: &[String]) -> Reads<Group> {
        self.articles();
        while self.is(&["each", "every", "different", "individual", "distinct", "calendar"]) {
            self.at += 1;
        }
        if let Look::Grain(len, grain) = self.look() {
            self.at += len;
            return Ok(Group::Step(grain));
        }
        let from = self.at;
        let mut np = match self.head(near) {
            Ok(np) => np,
            Err(stuck) => {
                self.at = from;
                self.of_kind().ok_or(stuck)?
            }
        };
        self.settle(&mut np, near);
        if self.is(&["who", "that", "which", "whose", "with"]) {
            self.modifiers(&mut np, near, &mut Vec::new(), false)?;
        }
        Ok(Group::Noun(np))
    }

    /// "each planet", where that is a type of body: the things that have the value.
    fn of_kind(&mut self) -> Option<Np> {
        let values = self.values().filter(|values| values.quoted.is_none())?;
        let [(field, found)] = values.found.as_slice() else { return None };
        let each =
            self.at.checked_sub(1).and_then(|k| self.tokens.get(k)).is_some_and(|token| token.is(&["each", "every"]));
        if !each || self.schema.is_label(field) || self.schema.entity(&field.table).is_none() {
            return None;
        }
        let np = Np {
            at: self.at,
            tables: vec![field.table.clone()],
            filters: vec![super::filter::one_of(field, found)],
            ..Np::default()
        };
        self.at += values.len;
        Some(np)
    }

    /// A group as a dimension of the answer.
    pub(super) fn dimension(&self, group: &Group, near: &[String]) -> Reads<Dimension> {
        match group {
            Group::Step(grain) => Ok(Dimension::time(*grain)),
            Group::Moment(grain, time) => {
                Ok(Dimension::new(crate::plan::Grouping::Time { time: Some(time.clone()), grain: *grain }))
            }
            Group::Noun(np) => self.dimension_of(np, near),
        }
    }
}
