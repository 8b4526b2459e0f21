//! What is said behind a noun: which clause, preposition or value follows it.

use super::cursor::{Cursor, Look, Reads};
use super::object::Place;
use super::phrase::{Group, Np};
use super::schema::Kind;
use super::vocabulary::{HELPING, PREPOSITIONS};
use crate::plan::Field;

impl Cursor<'_> {
    /// Reads all that is said of a noun. `finite`: it is the subject of the sentence, so that verbs follow it.
    pub(super) fn modifiers(
        &mut self,
        np: &mut Np,
        near: &[String],
        groups: &mut Vec<Group>,
        finite: bool,
    ) -> Reads<()> {
        loop {
            let (from, before, many) = (self.at, np.clone(), groups.len());
            match self.modifier(np, near, groups, finite) {
                Ok(true) if self.at > from => {}
                // What can't be read of this phrase may be of the one around it.
                _ => {
                    *np = before;
                    groups.truncate(many);
                    self.at = from;
                    return Ok(());
                }
            }
        }
    }

    fn modifier(&mut self, np: &mut Np, near: &[String], groups: &mut Vec<Group>, finite: bool) -> Reads<bool> {
        if let Some(filter) = self.told_missing(np) {
            np.filters.push(filter);
            return Ok(true);
        }
        let comma = usize::from(self.is(&[","]) && self.is_at(1, &["who", "which", "whose"]));
        if self.is_at(comma, &["whose"]) {
            self.at += comma + 1;
            self.whose(np, groups)?;
            return Ok(true);
        }
        if self.is_at(comma, &["who", "that", "which", "whom"]) {
            self.at += comma + 1;
            self.clauses(np, groups)?;
            return Ok(true);
        }
        if self.eat_any(&["without", "with no", "with neither", "lacking"]) {
            self.object(np, groups, Place { negated: true, clause: false })?;
            return Ok(true);
        }
        if self.eat_any(&["with them", "to them", "with it", "in it", "for it", "by them", "of them", "to it"]) {
            return Ok(true);
        }
        if self.is(&["by"]) && self.agent() {
            self.at += 1;
            self.object(np, groups, Place { negated: false, clause: false })?;
            return Ok(true);
        }
        if self.is(&["with"]) && self.is_at(1, &["their", "its", "his", "her"]) {
            return Ok(false);
        }
        if self.eat_any(&["with", "having"]) {
            self.object(np, groups, Place { negated: false, clause: false })?;
            return Ok(true);
        }
        if self.is(&["not", "never"]) && (finite || self.token(1).is_some()) {
            self.clauses(np, groups)?;
            return Ok(true);
        }
        if finite && self.is(&HELPING) {
            self.clauses(np, groups)?;
            return Ok(true);
        }
        if self.over_all(np) {
            return Ok(true);
        }
        let verb = self.participle() || finite && self.verb_at(0) || self.done_by(np);
        if verb && (!matches!(self.look(), Look::Noun(_)) || self.dates(np) || self.acts(np)) {
            self.clauses(np, groups)?;
            return Ok(true);
        }
        if self.is(&["each", "per", "for"]) && (self.is(&["each", "per"]) || self.is_at(1, &["each", "every"]))
            || self.is_at(1, &["each", "every"]) && self.is(&PREPOSITIONS)
        {
            return Ok(self.grouped(np, near, groups));
        }
        if self.is(&["from", "to"]) && self.directed(np) {
            return Ok(true);
        }
        if self.is_thing_of_event(np, near) && (self.time_here() || self.is(&PREPOSITIONS) && self.after(1).time_here())
        {
            return Ok(false);
        }
        if self.is(&PREPOSITIONS) && !self.is(&["by", "as", "to", "between", "over"]) || self.time_here() {
            return self.preposition(np, groups, None);
        }
        if self.is(&["by", "named", "called"]) && matches!(self.after(1).look(), Look::Values(_)) {
            self.at += 1;
            self.object(np, groups, Place { negated: false, clause: false })?;
            return Ok(true);
        }
        let table = self.table_of(np);
        if let Some(filter) = table.and_then(|table| self.lag(&table, None).or_else(|| self.adjective_test(&table))) {
            np.filters.push(filter);
            return Ok(true);
        }
        self.apposition(np)
    }

    /// Whether a thing is named beside what happened at times of its own: "volume for a cell in March" is of March, whenever
    /// the cell was built.
    fn is_thing_of_event(&self, np: &Np, near: &[String]) -> bool {
        let [table] = np.tables.as_slice() else { return false };
        near.first().is_some_and(|event| {
            event != table
                && self.schema.to_one(event, table)
                && self.time_of(event).is_some_and(|time| time.table == *event)
        })
    }

    /// "by users who joined": those who did it, and no group.
    fn agent(&self) -> bool {
        let mut ahead = self.clone();
        ahead.at += 1;
        let Ok(np) = ahead.head(&[]) else { return false };
        np.is_thing() && np.plural && ahead.is(&["who", "that", "whose", "with", "from", "in", "living", "located"])
    }

    /// The same, some words further on.
    fn after(&self, words: usize) -> Self {
        Self { at: self.at + words, ..self.clone() }
    }

    pub(super) fn time_here(&self) -> bool {
        matches!(self.look(), Look::Time(..))
    }

    /// "in each country", "per course".
    pub(super) fn grouped(&mut self, np: &Np, near: &[String], groups: &mut Vec<Group>) -> bool {
        let from = self.at;
        self.eat_any(&[
            "for each",
            "in each",
            "of each",
            "at each",
            "by each",
            "within each",
            "to each",
            "from each",
            "on each",
            "for every",
            "in every",
            "each",
            "per",
            "every",
            "across each",
            "through each",
        ]);
        let near: Vec<String> = self.table_of(np).into_iter().chain(near.iter().cloned()).collect();
        let Ok(group) = self.group(&near) else {
            self.at = from;
            return false;
        };
        if let Group::Noun(of) = &group {
            // "average amount per transaction" is one of transactions already.
            let ratio = self.tokens[..from].iter().any(|token| token.is(&["ratio"]));
            if of.is_thing() && self.table_of(of) == self.table_of(np) && of.filters.is_empty() && !ratio {
                return true;
            }
            if of.is_thing() && !ratio && self.one_of_pair(np, of, &near) {
                return true;
            }
            let number = |field: &Field| self.schema.kind(field) == Kind::Number && !super::request::graded(field);
            if !of.is_thing() && of.fields.iter().all(number) {
                self.at = from;
                return false;
            }
        }
        groups.push(group);
        true
    }

    /// "the average quantity per batch" of ingredients, where a row is one of an ingredient in a batch.
    fn one_of_pair(&self, np: &Np, of: &Np, near: &[String]) -> bool {
        let said = self.tokens.get(np.at.saturating_sub(2)..np.at).unwrap_or_default();
        let (Some(rows), Some(per)) = (self.table_of(np), self.table_of(of)) else { return false };
        let named = |table: &str| {
            let mut words = self.schema.entity(table).unwrap_or(table).split([' ', '_']);
            words.all(|word| rows.split('_').any(|part| crate::ask::words::lemma(part) == word))
        };
        said.iter().any(|token| token.is(&["average", "avg", "mean"]))
            && of.filters.is_empty()
            && self.schema.pointer(&rows, &per).is_some()
            && named(&per)
            && near.iter().any(|other| {
                *other != per && *other != rows && self.schema.pointer(&rows, other).is_some() && named(other)
            })
    }

    /// A value right behind a noun: "domain 'Machine Learning'", "symbol `VTI`".
    fn apposition(&mut self, np: &mut Np) -> Reads<bool> {
        if let [field] = np.fields.as_slice()
            && np.tables.is_empty()
        {
            let field = field.clone();
            if let Some(filter) = self.column_test(&field.table.clone(), &field)? {
                np.filters.push(filter);
                return Ok(true);
            }
        }
        self.eat_any(&["named", "called"]);
        let Look::Values(values) = self.look() else { return Ok(false) };
        let Some(table) = self.table_of(np) else { return Ok(false) };
        let from = self.at;
        self.at += values.len;
        let columns = if np.is_thing() { Vec::new() } else { np.fields.clone() };
        let own = |field: &Field| self.schema.is_label(field) && field.table == table;
        let named: Vec<Field> = values.found.iter().map(|(field, _)| field.clone()).filter(own).collect();
        let columns = if columns.is_empty() { named } else { columns };
        if columns.is_empty() {
            self.at = from;
            return Ok(false);
        }
        let filter = self.value_filter(&table, &values, &columns)?;
        np.filters.push(filter);
        Ok(true)
    }

    /// "whose names start with J", "whose total credit is above 30".
    fn whose(&mut self, np: &mut Np, _groups: &mut Vec<Group>) -> Reads<()> {
        let Some(table) = self.table_of(np) else { return self.stuck() };
        self.articles();
        if let Some(filter) = self.stage(&table) {
            np.filters.push(filter);
            return Ok(());
        }
        let of = self.head(std::slice::from_ref(&table))?;
        let Some(field) = self.field(&of.fields, std::slice::from_ref(&table)) else { return self.stuck() };
        let Some(filter) = self.column_test(&table, &field)? else { return self.stuck() };
        let Some(filter) = self.lifted(&table, &field.table, filter) else { return self.stuck() };
        np.filters.push(filter);
        Ok(())
    }

    /// A preposition and what it leads to.
    pub(super) fn preposition(&mut self, np: &mut Np, groups: &mut Vec<Group>, hint: Option<&Field>) -> Reads<bool> {
        let Some(table) = self.table_of(np) else { return Ok(false) };
        if self.is(&["from", "to"]) && self.directed(np) {
            return Ok(true);
        }
        if let Some(filter) = self.own_time(&table, hint)? {
            np.filters.push(filter);
            return Ok(true);
        }
        if self.unit_phrase() {
            return Ok(true);
        }
        if let Some(filter) = self.lag(&table, hint) {
            np.filters.push(filter);
            return Ok(true);
        }
        self.at += 1;
        if let Some(filter) = self.own_time(&table, hint)? {
            np.filters.push(filter);
            return Ok(true);
        }
        if self.is(&["which", "whom"]) {
            self.at += 1;
            return self.clauses(np, groups).map(|()| true);
        }
        if np.rank.is_none()
            && !np.is_thing()
            && let Some(rank) = self.extreme_rows(&table)
        {
            np.rank = Some(Box::new(rank));
            return Ok(true);
        }
        self.articles();
        if self.eat_any(&["database", "data", "dataset", "total", "system", "table", "general"]) {
            return Ok(true);
        }
        self.object(np, groups, Place { negated: false, clause: false }).map(|()| true)
    }

    /// A time that stands here, as one of a table's rows; where these have several dates it is nobody else's.
    fn own_time(&mut self, table: &str, hint: Option<&Field>) -> Reads<Option<crate::plan::Filter>> {
        let at = self.at;
        let Some(when) = self.time() else { return Ok(None) };
        let made = self.timed(table, &when, hint);
        if made.is_err() && hint.is_none() && self.dates_of(table) {
            self.unclear = Some((at, self.at));
        }
        made.map(Some)
    }

    /// "the subject of the five oldest tickets": the extreme ones of the rows that a column is of.
    pub(super) fn extreme_rows(&mut self, table: &str) -> Option<super::count::Rank> {
        let from = self.at;
        self.articles();
        let count = self.number().and_then(|number| {
            let whole = number.fract() == 0.0 && (1.0..1e6).contains(&number);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked to be whole and small"
            )]
            whole.then_some(number as u64)
        });
        let found = self.adjective(table);
        self.at += 1;
        let rows =
            self.schema.table_at(&self.tokens, self.at).filter(|(_, tables)| tables.iter().any(|of| of == table));
        let (Some((field, ascending)), Some((len, _))) = (found, rows) else {
            self.at = from;
            return None;
        };
        self.at += len;
        let count = count.or_else(|| (!self.plural_before()).then_some(1));
        let by = super::count::Number {
            at: from,
            measure: super::count::aggregate(crate::plan::Aggregate::Max, &field),
            table: field.table.clone(),
            field: Some(field),
            filters: Vec::new(),
            plural: false,
        };
        Some(super::count::Rank { ascending, count, by })
    }
}
