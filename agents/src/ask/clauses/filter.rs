//! Conditions: values, times and other things that the rows of a table have or lack.

use super::cursor::{Cursor, Reads, Stuck, Values};
use super::phrase::Np;
use super::schema::Kind;
use crate::ask::instructions::TextRule;
use crate::ask::time::When;
use crate::plan::{Field, Filter, Literal, Member, TextMatch, Value};
use crate::semantic::same;

/// Stems of verbs, and of the nouns for what they do that are spelt otherwise.
const KIN: [(&str, &str); 6] = [
    ("decid", "decis"),
    ("receiv", "receipt"),
    ("admit", "admiss"),
    ("submit", "submiss"),
    ("conclud", "conclus"),
    ("extend", "extens"),
];

/// A column that is one of some values.
pub(super) fn one_of(field: &Field, values: &[String]) -> Filter {
    match values {
        [one] => Filter::Compare {
            left: of(field),
            is: crate::plan::Comparison::Equal,
            right: Value::Literal { literal: Literal::Text(one.clone()) },
        },
        several => Filter::OneOf {
            value: of(field),
            values: several.iter().map(|value| Literal::Text(value.clone())).collect(),
            negated: false,
        },
    }
}

/// A column as a value of a row.
pub(super) fn of(field: &Field) -> Value {
    Value::Field { field: field.clone() }
}

/// The opposite, also where a value is missing.
pub(super) fn not(filter: Filter) -> Filter {
    match filter {
        Filter::Null { value, negated } => Filter::Null { value, negated: !negated },
        Filter::Flag { field, negated } => Filter::Flag { field, negated: !negated },
        Filter::Member { mut member } => {
            member.negated = !member.negated;
            Filter::Member { member }
        }
        Filter::OneOf { value, values, negated } => Filter::OneOf { value, values, negated: !negated },
        Filter::Text { value, matches, text, negated } => Filter::Text { value, matches, text, negated: !negated },
        Filter::Not { filter } => *filter,
        other => Filter::Not { filter: Box::new(other) },
    }
}

/// Several conditions as one.
pub(super) fn all(mut of: Vec<Filter>) -> Option<Filter> {
    if of.len() > 1 { Some(Filter::All { of }) } else { of.pop() }
}

impl Cursor<'_> {
    /// Rows of a table that have a value: in the column named beside it, else in one of the table, of those it leads to,
    /// or of those that lead to it.
    pub(super) fn value_filter(&self, table: &str, values: &Values, columns: &[Field]) -> Reads<Filter> {
        let at = Stuck { at: self.at.saturating_sub(values.len) };
        let named: Vec<&(Field, Vec<String>)> =
            values.found.iter().filter(|(field, _)| columns.contains(field)).collect();
        if let [(field, found), ..] = named.as_slice() {
            return self.lifted(table, &field.table, self.chosen(field, found, values)).ok_or(at);
        }
        if let (Some(text), false) = (&values.quoted, columns.is_empty()) {
            let texts = |field: &Field| matches!(self.schema.kind(field), Kind::Text | Kind::Key);
            let field = self.field(columns, &[table.to_owned()]).filter(texts).ok_or(at)?;
            let text = text.clone();
            let filter = match self.text_rule {
                Some(TextRule::Exact) => Filter::equal(&field.table, &field.name, text.as_str()),
                Some(TextRule::Contains) => {
                    Filter::Text { value: of(&field), matches: TextMatch::Contains, text, negated: false }
                }
                _ => Filter::Text { value: of(&field), matches: TextMatch::Same, text, negated: false },
            };
            return self.lifted(table, &field.table, filter).ok_or(at);
        }
        if !columns.is_empty() {
            return Err(at);
        }
        let tiers: [&dyn Fn(&Field) -> bool; 4] = [
            &|field| same(&field.table, table),
            &|field| self.schema.to_one(table, &field.table),
            &|field| self.schema.close(table, &field.table),
            &|field| self.schema.connected(table, &field.table),
        ];
        let said = values;
        for tier in tiers {
            let found: Vec<&(Field, Vec<String>)> = values.found.iter().filter(|(field, _)| tier(field)).collect();
            let labels: Vec<&&(Field, Vec<String>)> =
                found.iter().filter(|(field, _)| self.schema.is_label(field)).collect();
            match (found.as_slice(), labels.as_slice()) {
                ([], _) => {}
                ([(field, values)], _) | (_, [(field, values)]) => {
                    return self.lifted(table, &field.table, self.chosen(field, values, said)).ok_or(at);
                }
                _ => return Err(at),
            }
        }
        Err(at)
    }

    /// A column that has what was said, compared as the instructions want it.
    pub(super) fn chosen(&self, field: &Field, found: &[String], said: &Values) -> Filter {
        let text = |matches| Filter::Text { value: of(field), matches, text: said.typed.clone(), negated: false };
        let whole = found.iter().any(|value| value.to_lowercase() == said.typed.to_lowercase());
        match self.text_rule {
            Some(TextRule::Contains) if self.schema.names(field) => text(TextMatch::Contains),
            Some(TextRule::AnyCase) if whole => text(TextMatch::Same),
            _ => one_of(field, found),
        }
    }

    /// A condition on rows of one table as one on the rows of another.
    pub(super) fn lifted(&self, table: &str, of: &str, filter: Filter) -> Option<Filter> {
        if same(table, of) || self.schema.to_one(table, of) {
            return Some(self.on_way(filter));
        }
        self.member(table, of, vec![filter])
    }

    /// Rows of a table that occur in another.
    pub(super) fn member(&self, table: &str, within: &str, filters: Vec<Filter>) -> Option<Filter> {
        if !self.schema.connected(table, within) {
            return None;
        }
        // "members who booked an advanced class": the class of a booking of theirs.
        let done = self.deed.as_ref().filter(|(who, deed)| {
            same(who, table)
                && !same(deed, within)
                && self.schema.to_one(deed, table)
                && self.schema.to_one(deed, within)
        });
        let within = done.map_or(within, |(_, deed)| deed.as_str());
        let entity = self.schema.entity(table)?.to_owned();
        let (within, filters) = self.in_one_row(table, within, filters);
        let member = Member { entity, within, filters, ..Member::default() };
        Some(Filter::Member { member: Box::new(member) })
    }

    /// "farms that have grown a crop in a trial planting": one planting of that crop, which is the farm's, where a planting
    /// leads to both.
    fn in_one_row(&self, table: &str, within: &str, mut filters: Vec<Filter>) -> (String, Vec<Filter>) {
        let own = self.schema.entity(within);
        let shared = |filter: &Filter| match filter {
            Filter::Member { member } => {
                Some(member.entity.as_str()) == own
                    && !member.negated
                    && member.having.is_empty()
                    && self.schema.to_one(&member.within, within)
                    && self.schema.to_one(&member.within, table)
            }
            _ => false,
        };
        let Some(at) = filters.iter().position(shared) else { return (within.to_owned(), filters) };
        match filters.remove(at) {
            Filter::Member { member } => {
                filters.extend(member.filters);
                (member.within, filters)
            }
            other => {
                filters.insert(at, other);
                (within.to_owned(), filters)
            }
        }
    }

    /// Rows of a table that have the things of a phrase.
    pub(super) fn related(&self, table: &str, np: &Np) -> Reads<Filter> {
        let at = Stuck { at: np.at };
        if np.rank.is_some() {
            return Err(at);
        }
        let Some(other) = self.table_of(np) else { return Err(at) };
        if same(table, &other) {
            return Ok(all(np.filters.clone()).unwrap_or(Filter::All { of: Vec::new() }));
        }
        if let Some(filter) = self.shared(table, np, &other) {
            return Ok(filter);
        }
        // "countries with a launch site": the country is that of a site as well.
        let apart = |subject: &&Field| !self.schema.is_label(subject) || !self.schema.connected(table, &other);
        if let Some(subject) = self.subject.as_ref().filter(|subject| same(&subject.table, table)).filter(apart)
            && self.schema.column(&Field::new(&other, &subject.name)).is_some()
        {
            let filters = np.filters.iter().chain(&np.both).cloned().collect();
            let entity = format!("{table}.{}", subject.name);
            let member = Member { entity, within: other, filters, ..Member::default() };
            return Ok(Filter::Member { member: Box::new(member) });
        }
        if self.schema.to_one(table, &other) {
            if let Some(filter) = all(np.filters.clone()) {
                return Ok(self.on_way(filter));
            }
            let field = self.schema.pointer(table, &other).or_else(|| self.schema.key(&other)).ok_or(at)?;
            return Ok(Filter::Null { value: of(&field), negated: true });
        }
        if np.both.is_empty() {
            return self.member(table, &other, np.filters.clone()).ok_or(at);
        }
        // Each of several, though not in the same row.
        let each = np.both.iter().map(|one| {
            let filters = np.filters.iter().chain([one]).cloned().collect();
            self.member(table, &other, filters)
        });
        let of = each.collect::<Option<Vec<Filter>>>().ok_or(at)?;
        Ok(Filter::All { of })
    }

    /// Rows of a table whose column of the same name is among those of a table that no key connects: rivers in the
    /// countries that have a lake.
    fn shared(&self, table: &str, np: &Np, other: &str) -> Option<Filter> {
        let [field] = np.fields.as_slice() else { return None };
        let own = Field::new(table, &field.name);
        if np.is_thing() || self.schema.connected(table, other) || self.schema.column(&own).is_none() {
            return None;
        }
        let mut filters = np.filters.clone();
        filters.extend(np.both.iter().cloned());
        let entity = format!("{table}.{}", field.name);
        let member = Member { entity, within: other.to_owned(), filters, ..Member::default() };
        Some(Filter::Member { member: Box::new(member) })
    }

    /// Rows of a table in a time: of the column that the verb speaks of, else the table's own.
    pub(super) fn timed(&self, table: &str, when: &When, hint: Option<&Field>) -> Reads<Filter> {
        let at = Stuck { at: self.at };
        let period = match when {
            When::Period(period) => *period,
            When::Range(from, to) => crate::ask::time::Period { start: from.start, end: to.end, grain: None },
            _ => return Err(at),
        };
        let time = match hint {
            Some(field) => field.clone(),
            None => self.time_of(table).ok_or(at)?,
        };
        let mut period = crate::ask::grammar::plan_period(&period);
        period.time = Some(time.clone());
        let filter = Filter::During { period, negated: false };
        self.lifted(table, &time.table, filter).ok_or(at)
    }

    /// Whether a table has dates of its own.
    pub(super) fn dates_of(&self, table: &str) -> bool {
        self.schema.of_kind(table, Kind::Time).next().is_some()
    }

    /// The time of a table's rows: its only one, its default, or that of the only table it leads to that has one.
    pub(super) fn time_of(&self, table: &str) -> Option<Field> {
        let own: Vec<&Field> = self.schema.of_kind(table, Kind::Time).collect();
        if let [only] = own.as_slice() {
            return Some((*only).clone());
        }
        let stems: Vec<String> =
            table.split('_').map(crate::ask::words::lemma).map(|word| crate::ask::words::stem(&word)).collect();
        let event = |field: &&&Field| {
            field.name.split('_').any(|word| {
                stems.contains(&crate::ask::words::stem(word))
                    || ["created", "create", "creation", "start", "begin", "opened", "open", "issued"].contains(&word)
            })
        };
        // `claim_datetime` is the time of a claim itself.
        let plain = |field: &&&Field| {
            field.name.split('_').all(|word| {
                matches!(word, "date" | "time" | "datetime" | "timestamp" | "dt" | "ts" | "day" | "at" | "on")
                    || stems.contains(&crate::ask::words::stem(word))
            })
        };
        let mut plainly = own.iter().filter(plain);
        if let (Some(field), None) = (plainly.next(), plainly.next()) {
            return Some((*field).clone());
        }
        if let Some(field) = own.iter().find(event) {
            return Some((**field).clone());
        }
        if own.len() > 2 {
            return None;
        }
        if let Some(default) = self.schema.table(table).and_then(|table| table.extension.default_time.clone()) {
            return Some(default);
        }
        if !own.is_empty() {
            return None;
        }
        let mut others = self
            .schema
            .model
            .tables
            .iter()
            .filter(|other| !same(&other.name, table) && self.schema.to_one(table, &other.name))
            .filter_map(|other| other.extension.default_time.clone());
        let first = others.next()?;
        others.next().is_none().then_some(first)
    }

    /// `since_date` for "joined", `start_date` for "hired".
    pub(super) fn began(&self, table: &str, stem: &str) -> Option<Field> {
        const JOIN: [&str; 8] = ["join", "register", "enroll", "enrol", "subscribe", "hire", "employ", "sign"];
        const BEGAN: [&str; 12] = [
            "since",
            "joined",
            "join",
            "signup",
            "registered",
            "registration",
            "enrolled",
            "enrolment",
            "hired",
            "hire",
            "subscribed",
            "enrollment",
        ];
        if !JOIN.iter().any(|word| crate::ask::words::stem(word) == stem) {
            return None;
        }
        let times = self.schema.of_kind(table, Kind::Time);
        let mut found = times.filter(|field| field.name.split('_').any(|word| BEGAN.contains(&word)));
        let first = found.next()?.clone();
        found.next().is_none().then_some(first)
    }

    /// The time column of a table that a verb speaks of: `join_date` for "joined".
    pub(super) fn time_hint(&self, table: &str, stem: &str) -> Option<Field> {
        let mut found = self.schema.of_kind(table, Kind::Time).filter(|field| {
            field.name.split('_').any(|word| {
                let word = crate::ask::words::stem(word);
                word == stem
                    || word.len() > 3 && stem.len() > 3 && (word.starts_with(stem) || stem.starts_with(&word))
                    || KIN.contains(&(stem, word.as_str()))
            })
        });
        if let Some(first) = found.next().cloned() {
            return found.next().is_none().then_some(first);
        }
        if let Some(field) = self.began(table, stem) {
            return Some(field);
        }
        // `hv_dt` for "harvested".
        let short = |word: &str| {
            word.len() == 2
                && stem.starts_with(&word[..1])
                && stem.len() > 4
                && stem[1..].contains(&word[1..])
                && !word.ends_with(['a', 'e', 'i', 'o', 'u', 'y', 't'])
        };
        let mut found = self.schema.of_kind(table, Kind::Time).filter(|field| field.name.split('_').any(short));
        let first = found.next()?.clone();
        found.next().is_none().then_some(first)
    }
}
