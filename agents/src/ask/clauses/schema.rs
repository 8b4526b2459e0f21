//! The words of a model's tables and columns, and the ways between its tables.

use std::collections::BTreeSet;

use super::vocabulary::{FIELDS_OF_NUMBERS, GLUE, SAME, UNITS};
use crate::ask::link::{affirms, denies};
use crate::ask::words::{Token, lemmas, stem};
use crate::plan::{Comparison, Field, Filter, Value};
use crate::semantic::{FieldRef, LogicalTable, SemanticModel, TableRole, same};

/// What a column is to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Key,
    Number,
    Flag,
    Time,
}

/// A column and the words for it.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) field: Field,
    pub(super) kind: Kind,
    phrases: Vec<Vec<String>>,
    /// Stems that have to be said.
    core: Vec<String>,
    /// Stems that may be said.
    extra: BTreeSet<String>,
}

#[derive(Debug, Clone)]
struct Table {
    name: String,
    phrases: Vec<Vec<String>>,
}

/// What some words name.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Noun {
    /// How many tokens.
    pub(super) len: usize,
    /// Tables whose rows they are.
    pub(super) tables: Vec<String>,
    /// Columns, the best first.
    pub(super) fields: Vec<Field>,
}

/// The words of a model.
#[derive(Debug, Clone)]
pub(super) struct Schema<'a> {
    pub(super) model: &'a SemanticModel,
    tables: Vec<Table>,
    columns: Vec<Column>,
}

/// Verbs, and the nouns for what they do.
const DEEDS: &[&[&str]] = &[
    &["see", "saw", "seen", "spot", "spotted", "sight", "sighting", "observe", "observation"],
    &["buy", "bought", "purchase"],
    &["pay", "paid", "payment"],
    &["sell", "sold", "sale"],
    &["lend", "lent", "loan", "borrow"],
    &["perform", "performance"],
    &["visit", "visited", "stay"],
];

/// The longest name of a column in a question, with the words between.
const LONGEST: usize = 7;

impl<'a> Schema<'a> {
    pub(super) fn new(model: &'a SemanticModel) -> Self {
        let mut tables: Vec<Table> = model.tables.iter().map(table_words).collect();
        let mut columns: Vec<Column> = model.tables.iter().flat_map(columns_of).collect();
        widen(&tables, &mut columns);
        let in_roles = super::roles::columns(model, &columns);
        columns.extend(in_roles);
        shorten(&mut tables, &columns);
        let known: BTreeSet<Vec<String>> = tables
            .iter()
            .flat_map(|table| table.phrases.iter().cloned())
            .chain(columns.iter().flat_map(|column| column.phrases.iter().cloned()))
            .collect();
        let people: Vec<&LogicalTable> = model.tables.iter().filter(|table| of_people(table)).collect();
        if let ([only], false) = (people.as_slice(), known.contains(&vec!["person".to_owned()]))
            && let Some(table) = tables.iter_mut().find(|table| table.name == only.name)
        {
            table.phrases.push(vec!["person".to_owned()]);
        }
        for table in &mut tables {
            let more: Vec<Vec<String>> = table
                .phrases
                .iter()
                .filter(|phrase| phrase.len() == 1)
                .flat_map(|phrase| SAME.iter().filter(|group| group.contains(&phrase[0].as_str())).copied().flatten())
                .map(|word| vec![(*word).to_owned()])
                .filter(|phrase| !known.contains(phrase))
                .collect();
            table.phrases.extend(more);
        }
        Self { model, tables, columns }
    }

    pub(super) fn column(&self, field: &Field) -> Option<&Column> {
        self.columns.iter().find(|column| column.field == *field)
    }

    pub(super) fn kind(&self, field: &Field) -> Kind {
        self.column(field).map_or(Kind::Text, |column| column.kind)
    }

    /// The columns of a table, of a kind.
    pub(super) fn of_kind(&self, table: &str, kind: Kind) -> impl Iterator<Item = &Field> {
        self.columns.iter().filter(move |c| c.kind == kind && same(&c.field.table, table)).map(|column| &column.field)
    }

    /// What the words from a token on name: the longest.
    pub(super) fn noun(&self, tokens: &[Token], at: usize, known: &[Field]) -> Option<Noun> {
        let (rows, mut columns) = (self.table_at(tokens, at), self.column_at(tokens, at, known));
        // "approved crops" are crops, and no column of their approval.
        let state = |(wide, fields): &(usize, Vec<Field>)| {
            tokens[at].norm.ends_with("ed")
                && *wide > 1
                && fields.iter().all(|field| self.kind(field) == Kind::Time)
                && self.table_at(tokens, at + 1).is_some_and(|(len, _)| len + 1 == *wide)
        };
        columns = columns.filter(|found| !state(found));
        match (rows, columns) {
            (Some((len, tables)), Some((wide, fields))) if len == wide => Some(Noun { len, tables, fields }),
            (Some((len, tables)), Some((wide, _))) if len > wide => Some(Noun { len, tables, fields: Vec::new() }),
            // "bookings arrived" are bookings and what they did, and no column of arrivals.
            (Some((len, tables)), Some((wide, fields)))
                if tokens[at + len..at + wide].iter().all(|token| !token.mark && token.norm.ends_with("ed"))
                    && fields.iter().all(|field| self.kind(field) == Kind::Time) =>
            {
                Some(Noun { len, tables, fields: Vec::new() })
            }
            (_, Some((len, fields))) => Some(Noun { len, tables: Vec::new(), fields }),
            (Some((len, tables)), None) => Some(Noun { len, tables, fields: Vec::new() }),
            (None, None) => None,
        }
    }

    /// The tables whose rows the words from a token on name.
    pub(super) fn table_at(&self, tokens: &[Token], at: usize) -> Option<(usize, Vec<String>)> {
        (1..=4).rev().find_map(|len| {
            let window = tokens.get(at..at + len)?;
            if window.iter().any(|token| token.mark || token.quoted) {
                return None;
            }
            let said = |phrase: &Vec<String>| {
                phrase.len() == len && phrase.iter().zip(window).all(|(word, token)| *word == token.lemma)
            };
            let found: Vec<String> =
                self.tables.iter().filter(|table| table.phrases.iter().any(said)).map(|t| t.name.clone()).collect();
            (!found.is_empty()).then_some((len, found))
        })
    }

    /// The columns that the words from a token on name.
    ///
    /// One that was spoken of before is known by a part of its name.
    pub(super) fn column_at(&self, tokens: &[Token], at: usize, known: &[Field]) -> Option<(usize, Vec<Field>)> {
        let first = tokens.get(at)?;
        if first.mark || first.quoted || GLUE.contains(&first.norm.as_str()) {
            return None;
        }
        let verb = |token: &Token| token.is(&["have", "has", "had", "is", "are", "was", "were", "do", "does", "did"]);
        let window = tokens[at..].iter().take(LONGEST).enumerate();
        let most = window.take_while(|(k, token)| !token.quoted && !breaks(token) && (*k == 0 || !verb(token))).count();
        (1..=most).rev().find_map(|len| {
            let window = &tokens[at..at + len];
            let last = window.last()?;
            if last.mark || GLUE.contains(&last.norm.as_str()) {
                return None;
            }
            let words: Vec<&Token> = window.iter().filter(|t| !t.mark && !GLUE.contains(&t.norm.as_str())).collect();
            let mut found: Vec<(usize, &Column)> = self
                .columns
                .iter()
                .filter_map(|column| Some((column.fit(&words, known.contains(&column.field))?, column)))
                .collect();
            if found.iter().any(|(_, column)| column.ends_with(last)) {
                found.retain(|(_, column)| column.ends_with(last));
            }
            // "the region" after "destination regions".
            let spoken = |column: &Column| !column.field.via.is_empty() && known.contains(&column.field);
            if found.iter().any(|(_, column)| spoken(column)) {
                found.retain(|(_, column)| spoken(column));
            }
            let best = found.iter().map(|(missing, _)| *missing).min()?;
            found.retain(|(missing, _)| *missing == best);
            Some((len, found.into_iter().map(|(_, column)| column.field.clone()).collect()))
        })
    }

    /// The tables whose names are another form of a verb: bookings for the stem of "booked".
    pub(super) fn deed(&self, stem_of: &str) -> Vec<String> {
        let alike = DEEDS.iter().find(|group| group.iter().any(|word| stem(word) == stem_of));
        let is = |word: &String| {
            let known = stem(word);
            known == stem_of
                || alike.is_some_and(|group| group.iter().any(|word| stem(word) == known))
                || known.len() > 4 && stem_of.len() > 4 && (known.starts_with(stem_of) || stem_of.starts_with(&known))
        };
        let named = |table: &&Table| table.phrases.iter().any(|phrase| phrase.iter().any(is));
        self.tables.iter().filter(named).map(|table| table.name.clone()).collect()
    }

    pub(super) fn table(&self, name: &str) -> Option<&'a LogicalTable> {
        self.model.table(name)
    }

    /// The name of the entity of a table, when its rows are told apart by one column.
    pub(super) fn entity(&self, table: &str) -> Option<&'a str> {
        let found = self.table(table)?.extension.entity.as_ref()?;
        found.key.as_ref().map(|_| found.singular.as_str())
    }

    /// The column that tells a table's rows apart.
    pub(super) fn key(&self, table: &str) -> Option<Field> {
        let table = self.table(table)?;
        let key = table.extension.entity.as_ref()?.key.as_ref()?;
        Some(Field::new(&table.name, key))
    }

    /// The columns that name a table's rows: its key and its names.
    pub(super) fn labels(&self, table: &str) -> Vec<Field> {
        let Some(table) = self.table(table) else { return Vec::new() };
        let labels = table.extension.entity.as_ref().map(|entity| entity.labels.clone()).unwrap_or_default();
        labels.into_iter().map(|label| Field::new(&table.name, label)).collect()
    }

    /// Whether a column holds names or texts, not a handful of kinds.
    pub(super) fn names(&self, field: &Field) -> bool {
        let found = self.table(&field.table).and_then(|table| table.dimensions.iter().find(|it| it.name == field.name));
        self.is_label(field)
            || found.is_some_and(|dimension| {
                let named = |word| matches!(word, "name" | "title" | "description" | "department");
                !dimension.is_enum || dimension.name.split('_').any(named)
            })
    }

    /// Whether a column holds numbers that are compared: also scores of which there are only a few.
    pub(super) fn reckons(&self, field: &Field) -> bool {
        let numeric = || {
            let of_type = self.model.field(field).and_then(|(_, found)| found.data_type()).map(str::to_ascii_uppercase);
            let numbers = ["INT", "BIGINT", "SMALLINT", "TINYINT", "DECIMAL", "DOUBLE", "FLOAT", "REAL", "HUGEINT"];
            of_type.is_some_and(|kind| numbers.iter().any(|front| kind.starts_with(front)))
        };
        match self.kind(field) {
            Kind::Number | Kind::Time => true,
            Kind::Text => numeric() && !self.pointer_column(field) && !self.is_label(field),
            Kind::Key | Kind::Flag => false,
        }
    }

    /// A flag as a condition: a real one, one of Y and N, or one of 1 and 0.
    pub(super) fn flagged(&self, field: &Field, negated: bool) -> Filter {
        match self.model.field(field) {
            Some((_, found)) if boolean(found) => Filter::Flag { field: field.clone(), negated },
            Some((_, FieldRef::Dimension(it))) => {
                let is = |value: &&String| if negated { denies(value) } else { affirms(value) };
                let value = it.sample_values.iter().find(is).cloned().unwrap_or_default();
                Filter::equal(&field.table, &field.name, value.as_str())
            }
            _ => Filter::Compare {
                left: Value::Field { field: field.clone() },
                is: Comparison::Equal,
                right: Value::literal(if negated { 0.0 } else { 1.0 }),
            },
        }
    }

    pub(super) fn is_label(&self, field: &Field) -> bool {
        self.labels(&field.table).contains(field)
    }

    /// Whether a row of one table leads to one row of another.
    pub(super) fn to_one(&self, from: &str, to: &str) -> bool {
        self.reach(from, to, false)
    }

    /// Whether there is any way between two tables.
    pub(super) fn connected(&self, from: &str, to: &str) -> bool {
        self.reach(from, to, true)
    }

    /// Whether one table is at most two steps from another.
    pub(super) fn close(&self, from: &str, to: &str) -> bool {
        let touches = |a: &str, b: &str| {
            self.model.relationships.iter().any(|r| {
                same(&r.left_table, a) && same(&r.right_table, b) || same(&r.left_table, b) && same(&r.right_table, a)
            })
        };
        touches(from, to)
            || self.model.tables.iter().any(|between| touches(from, &between.name) && touches(&between.name, to))
    }

    fn reach(&self, from: &str, to: &str, both: bool) -> bool {
        let mut seen: Vec<&str> = vec![from];
        let mut at = 0;
        while at < seen.len() {
            if same(seen[at], to) {
                return true;
            }
            for r in &self.model.relationships {
                let ways = [(&r.left_table, &r.right_table), (&r.right_table, &r.left_table)];
                for (left, right) in ways.into_iter().take(if both { 2 } else { 1 }) {
                    if same(left, seen[at]) && !seen.iter().any(|known| same(known, right)) {
                        seen.push(right);
                    }
                }
            }
            at += 1;
        }
        false
    }

    /// Whether a column points at another table.
    pub(super) fn pointer_column(&self, field: &Field) -> bool {
        let found = self.table(&field.table).and_then(|table| table.dimensions.iter().find(|it| it.name == field.name));
        found.is_some_and(|dimension| {
            self.model.relationships.iter().any(|r| {
                same(&r.left_table, &field.table)
                    && r.relationship_columns.iter().any(|pair| pair.left_column == dimension.expr)
            })
        })
    }

    /// The column of one table that points at another.
    pub(super) fn pointer(&self, from: &str, to: &str) -> Option<Field> {
        let table = self.table(from)?;
        let mut found =
            self.model.relationships.iter().filter(|r| same(&r.left_table, from) && same(&r.right_table, to));
        let (only, None) = (found.next()?, found.next()) else { return None };
        let [pair] = only.relationship_columns.as_slice() else { return None };
        let dimension = table.dimensions.iter().find(|d| d.expr == pair.left_column)?;
        Some(Field::new(&table.name, &dimension.name))
    }
}

/// "number of enrolled students" for `num_enrolled`, "population density" for the density of the same table.
fn widen(tables: &[Table], columns: &mut [Column]) {
    let things: Vec<String> = tables
        .iter()
        .flat_map(|table| &table.phrases)
        .filter(|phrase| phrase.len() == 1)
        .map(|p| p[0].clone())
        .collect();
    let numbers: Vec<(String, Vec<String>)> = columns
        .iter()
        .filter(|column| column.kind == Kind::Number)
        .map(|column| (column.field.table.clone(), column.core.clone()))
        .collect();
    for column in columns.iter_mut().filter(|column| column.kind == Kind::Number) {
        if column.field.name.split('_').any(|word| word == "number" || word == "count") {
            column.extra.extend(things.iter().cloned());
        }
        let others = numbers.iter().filter(|(table, core)| *table == column.field.table && *core != column.core);
        column.extra.extend(others.filter(|(_, core)| core.len() == 1).flat_map(|(_, core)| core.iter().cloned()));
    }
}

/// Marks that end a name; a hyphen, a slash or an apostrophe does not.
fn breaks(token: &Token) -> bool {
    token.mark && !matches!(token.norm.as_str(), "-" | "/" | "'" | "_")
}

impl Column {
    /// How many words of the name were not said; none when the words are not this column.
    fn fit(&self, words: &[&Token], known: bool) -> Option<usize> {
        let exact = |phrase: &Vec<String>| {
            phrase.len() == words.len()
                && phrase.iter().zip(words).all(|(word, token)| *word == usual(&token.lemma) || *word == token.lemma)
        };
        if self.phrases.iter().any(exact) {
            return Some(0);
        }
        if self.core.is_empty() {
            return None;
        }
        let mut said: BTreeSet<&str> = BTreeSet::new();
        for token in words {
            let word = usual(if words.len() == 1 { &token.lemma } else { &token.stem });
            let lemma = usual(&token.lemma);
            let of = self.core.iter().find(|core| **core == word || **core == stem(lemma) || **core == lemma);
            match of {
                Some(core) => {
                    said.insert(core);
                }
                None if self.extra.contains(word)
                    || self.extra.contains(lemma)
                    || self.extra.contains(&stem(lemma)) => {}
                None => return None,
            }
        }
        let all = said.len() == self.core.iter().collect::<BTreeSet<_>>().len();
        (all || known && !said.is_empty()).then(|| 1 + self.unsaid(words))
    }

    /// Whether its name has the last of some words.
    fn ends_with(&self, last: &Token) -> bool {
        let word = usual(&last.lemma);
        self.phrases.iter().any(|phrase| phrase.iter().any(|known| known == word || *known == last.lemma))
            || self.core.contains(&stem(word))
    }

    fn unsaid(&self, words: &[&Token]) -> usize {
        let longest = self.phrases.iter().map(Vec::len).min().unwrap_or(0);
        longest.abs_diff(words.len())
    }
}

/// Words for the same in names.
fn usual(word: &str) -> &str {
    match word {
        "time" | "timestamp" | "datetime" | "day" => "date",
        "identifier" | "ids" | "identification" => "id",
        "num" | "no" | "count" => "number",
        "avg" => "average",
        "born" => "birth",
        "categori" => "category",
        "kind" => "type",
        other => other,
    }
}

/// The words of a name, digits apart from letters: `day100_pasi` is day, 100, pasi.
fn words_of(name: &str) -> Vec<String> {
    let mut out = String::new();
    let mut before: Option<char> = None;
    for c in name.chars() {
        let turns =
            before.is_some_and(|b| b.is_alphabetic() && c.is_ascii_digit() || b.is_ascii_digit() && c.is_alphabetic());
        if turns || c == '_' {
            out.push(' ');
        }
        if c != '_' {
            out.push(c);
        }
        before = Some(c);
    }
    lemmas(&out)
}

fn table_words(table: &LogicalTable) -> Table {
    let mut phrases: Vec<Vec<String>> = vec![words_of(&table.name)];
    phrases.extend(table.synonyms.iter().map(|name| words_of(name)));
    if let Some(entity) = &table.extension.entity {
        phrases.push(words_of(&entity.singular));
        phrases.extend(entity.nouns.iter().map(|name| words_of(name)));
    }
    // A table of pairs is no thing of its own: film categories are categories.
    if table.extension.role == TableRole::Link && table.dimensions.len() <= 2 && table.facts.is_empty() {
        phrases.retain(|phrase| phrase.len() == 1);
    }
    phrases.sort();
    phrases.dedup();
    phrases.retain(|phrase| !phrase.is_empty());
    Table { name: table.name.clone(), phrases }
}

/// Whether the rows of a table are people: they have first and last names, a birth or a sex.
fn of_people(table: &LogicalTable) -> bool {
    let says = |name: &str| {
        name.split('_')
            .any(|word| matches!(word, "gender" | "sex" | "birth" | "born" | "surname" | "firstname" | "lastname"))
            || matches!(name, "first_name" | "last_name" | "full_name" | "given_name" | "family_name")
    };
    table
        .dimensions
        .iter()
        .map(|it| it.name.as_str())
        .chain(table.time_dimensions.iter().map(|it| it.name.as_str()))
        .any(says)
}

/// "offerings" for course offerings, where nothing else ends so.
fn shorten(tables: &mut [Table], columns: &[Column]) {
    let phrases: BTreeSet<Vec<String>> = tables.iter().flat_map(|table| table.phrases.iter().cloned()).collect();
    let lasts: Vec<(usize, String)> = tables
        .iter()
        .enumerate()
        .flat_map(|(at, table)| table.phrases.iter().filter_map(move |p| Some((at, p.last()?.clone()))))
        .collect();
    for (at, table) in tables.iter_mut().enumerate() {
        let Some(long) = table.phrases.iter().find(|phrase| phrase.len() > 1).cloned() else { continue };
        let Some(last) = long.last().cloned() else { continue };
        let taken = lasts.iter().any(|(other, word)| *other != at && *word == last)
            || columns.iter().any(|column| {
                column.field.table != table.name && column.phrases.iter().any(|phrase| phrase.contains(&last))
            });
        // "ticket" for ticket records.
        let record =
            matches!(last.as_str(), "record" | "info" | "data" | "detail" | "history" | "list" | "log" | "entry");
        let front = long[..long.len() - 1].to_vec();
        let known = columns.iter().any(|column| column.phrases.contains(&front));
        if record && !known && !phrases.contains(&front) {
            table.phrases.push(front);
        }
        if !taken && last.len() > 3 && !matches!(last.as_str(), "info" | "data" | "detail" | "history" | "list") {
            table.phrases.push(vec![last]);
        }
    }
}

fn columns_of(table: &LogicalTable) -> Vec<Column> {
    let mut own: BTreeSet<String> = words_of(&table.name).into_iter().collect();
    let entity = table.extension.entity.as_ref();
    own.extend(entity.iter().flat_map(|entity| words_of(&entity.singular)));
    own.extend(entity.and_then(|entity| entity.short()).map(str::to_owned));
    let key = entity.and_then(|entity| entity.key.clone());
    let dimensions = table.dimensions.iter().map(|it| (FieldRef::Dimension(it), &it.synonyms));
    let times = table.time_dimensions.iter().map(|it| (FieldRef::Time(it), &it.synonyms));
    let facts = table.facts.iter().map(|it| (FieldRef::Fact(it), &it.synonyms));
    dimensions
        .chain(times)
        .chain(facts)
        .map(|(found, synonyms)| {
            let is_key = key.as_deref().is_some_and(|key| same(key, found.name()));
            let kind = match found {
                FieldRef::Time(_) => Kind::Time,
                FieldRef::Fact(fact) if ["is_", "has_"].iter().any(|front| fact.name.starts_with(front)) => Kind::Flag,
                FieldRef::Fact(_) => Kind::Number,
                FieldRef::Dimension(_) if flag(found) => Kind::Flag,
                FieldRef::Dimension(_) if is_key => Kind::Key,
                FieldRef::Dimension(_) => Kind::Text,
            };
            let mut phrases: Vec<Vec<String>> = vec![words_of(found.name())];
            phrases.extend(synonyms.iter().map(|name| words_of(name)));
            if let Some(entity) = entity.filter(|_| kind == Kind::Key && found.name().ends_with("id")) {
                phrases.push(words_of(&format!("{} id", entity.singular)));
            }
            phrases.retain(|phrase| !phrase.is_empty());
            Column::of(Field::new(&table.name, found.name()), kind, phrases, &own)
        })
        .collect()
}

fn flag(found: FieldRef<'_>) -> bool {
    let two = match found {
        FieldRef::Dimension(it) => {
            it.is_enum
                && it.sample_values.len() == 2
                && it.sample_values.iter().any(|value| affirms(value))
                && it.sample_values.iter().any(|value| denies(value))
        }
        _ => false,
    };
    two || boolean(found)
}

fn boolean(found: FieldRef<'_>) -> bool {
    found.data_type().is_some_and(|kind| kind.to_ascii_uppercase().starts_with("BOOL"))
}

impl Column {
    /// The same column of the table in a role: "destination" before its words.
    pub(super) fn in_role(&self, role: &[String], way: &str) -> Self {
        let phrases = self.phrases.iter().map(|phrase| role.iter().chain(phrase).cloned().collect()).collect();
        let mut core: Vec<String> = role.iter().map(|word| stem(word)).collect();
        core.extend(self.core.iter().cloned());
        let field = Field { via: vec![way.to_owned()], ..self.field.clone() };
        Self { field, kind: self.kind, phrases, core, extra: self.extra.clone() }
    }

    fn of(field: Field, kind: Kind, phrases: Vec<Vec<String>>, own: &BTreeSet<String>) -> Self {
        let name: Vec<String> = phrases.first().cloned().unwrap_or_default();
        let optional = |word: &String| match word.as_str() {
            "number" | "total" => kind == Kind::Number && name.len() > 1,
            "is" | "has" | "have" | "flag" | "indicator" => kind == Kind::Flag && name.len() > 1,
            // Minutes, though it is spelt out as if it were the least.
            "minimum" => kind == Kind::Number && name.len() > 1 && name.last() == Some(word),
            "address" | "location" => name.len() > 1 && name.last() != Some(word),
            "name" => name.iter().any(|other| other != "name" && !own.contains(other)),
            unit => kind == Kind::Number && name.len() > 1 && UNITS.contains(&unit),
        };
        // `opened_at` is the opening time, and no verb.
        let moment = |word: &String| kind == Kind::Time && name.len() > 1 && matches!(word.as_str(), "at" | "on");
        let mut core: Vec<String> = name
            .iter()
            .filter(|word| !optional(word) && !own.contains(*word))
            .map(|word| if moment(word) { "date".to_owned() } else { stem(usual(word)) })
            .collect();
        if core.is_empty() {
            core = name.iter().filter(|word| !optional(word)).map(|word| stem(usual(word))).collect();
        }
        // A short name of a long table says nothing without its table.
        let mut extra: BTreeSet<String> = own.iter().chain(&name).map(|word| stem(usual(word))).collect();
        extra.extend(own.iter().chain(&name).cloned());
        match kind {
            Kind::Number => {
                extra.extend(FIELDS_OF_NUMBERS.iter().map(|word| (*word).to_owned()));
                // "season id" where seasons are only numbered.
                if super::request::graded(&field) {
                    extra.insert("id".to_owned());
                }
            }
            Kind::Text => extra.extend(["name".to_owned()]),
            Kind::Time => extra.extend(["date".to_owned()]),
            _ => {}
        }
        Self { field, kind, phrases, core, extra }
    }
}
