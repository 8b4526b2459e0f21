//! The words that name a model's tables and columns, from their names, synonyms and entities.

use std::collections::BTreeSet;

use super::comments;
use super::request::graded;
use super::roles;
use super::schema::Kind;
use super::vocabulary::{FIELDS_OF_NUMBERS, SAME, UNITS};
use crate::ask::link::{affirms, denies};
use crate::ask::words::{Token, lemmas, stem};
use crate::plan::Field;
use crate::semantic::{FieldRef, LogicalTable, SemanticModel, TableRole, same};

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
    /// What its comment calls it.
    told: Vec<Vec<String>>,
    /// Words for what it denies, where its comment has them.
    pub(super) denied: Vec<String>,
}

/// A table and the words for it.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) phrases: Vec<Vec<String>>,
}

/// Words for all of some people, of whom one is a member.
const BODIES: [&str; 5] = ["staff", "crew", "faculty", "personnel", "cast"];
/// Words in the names of amounts of money.
const MONEY: [&str; 24] = [
    "prize", "fund", "budget", "cost", "price", "fee", "pay", "salary", "wage", "fine", "income", "revenue", "amount",
    "bonus", "tip", "rent", "purse", "reward", "donation", "grant", "spent", "paid", "pledge", "deposit",
];

/// The words of a model's tables and columns; columns also by the roles of the ways to them.
pub(super) fn of(model: &SemanticModel) -> (Vec<Table>, Vec<Column>) {
    let mut tables: Vec<Table> = model.tables.iter().map(table_words).collect();
    let mut columns: Vec<Column> = model.tables.iter().flat_map(columns_of).collect();
    widen(&tables, &mut columns);
    let in_roles = roles::columns(model, &columns);
    columns.extend(in_roles);
    shorten(&mut tables, &columns);
    let known: BTreeSet<Vec<String>> = tables
        .iter()
        .flat_map(|table| table.phrases.iter().cloned())
        .chain(columns.iter().flat_map(|column| column.phrases.iter().cloned()))
        .collect();
    for column in &mut columns {
        column.told.retain(|name| !known.contains(name));
    }
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
        // "staff members" are the staff.
        let members =
            table.phrases.iter().filter(|phrase| matches!(phrase.as_slice(), [one] if BODIES.contains(&one.as_str())));
        let members: Vec<Vec<String>> = members.map(|phrase| vec![phrase[0].clone(), "member".to_owned()]).collect();
        table.phrases.extend(members);
    }
    (tables, columns)
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

/// Words for numbers that say enough without "amount".
const MEASURED: [&str; 14] = [
    "quantity", "cost", "price", "fee", "tax", "discount", "revenue", "budget", "salary", "premium", "deposit",
    "volume", "weight", "fine",
];

impl Column {
    /// The same column of the table in a role: "destination" before its words.
    pub(super) fn in_role(&self, role: &[String], way: &str) -> Self {
        let phrases = self.phrases.iter().map(|phrase| role.iter().chain(phrase).cloned().collect()).collect();
        let mut core: Vec<String> = role.iter().map(|word| stem(word)).collect();
        core.extend(self.core.iter().cloned());
        let field = Field { via: vec![way.to_owned()], ..self.field.clone() };
        Self { field, kind: self.kind, phrases, core, extra: self.extra.clone(), told: Vec::new(), denied: Vec::new() }
    }

    fn of(field: Field, kind: Kind, phrases: Vec<Vec<String>>, own: &BTreeSet<String>) -> Self {
        let name: Vec<String> = phrases.first().cloned().unwrap_or_default();
        let optional = |word: &String| match word.as_str() {
            "number" | "total" => kind == Kind::Number && name.len() > 1,
            "is" | "has" | "have" | "flag" | "indicator" => kind == Kind::Flag && name.len() > 1,
            // Minutes, though it is spelt out as if it were the least.
            "minimum" => kind == Kind::Number && name.len() > 1 && name.last() == Some(word),
            // `qty_amt` is a quantity.
            "amount" => kind == Kind::Number && name.iter().any(|other| MEASURED.contains(&other.as_str())),
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
        // "the sales channel".
        if name.last().is_some_and(|word| word == "channel") {
            extra.extend(["sale".to_owned(), "sales".to_owned()]);
        }
        match kind {
            Kind::Number => {
                extra.extend(FIELDS_OF_NUMBERS.iter().map(|word| (*word).to_owned()));
                if name.iter().any(|word| MONEY.contains(&word.as_str())) {
                    extra.insert("money".to_owned());
                }
                // "season id" where seasons are only numbered.
                if graded(&field) {
                    extra.insert("id".to_owned());
                }
            }
            Kind::Text => extra.extend(["name".to_owned()]),
            Kind::Time => extra.extend(["date".to_owned()]),
            _ => {}
        }
        Self { field, kind, phrases, core, extra, told: Vec::new(), denied: Vec::new() }
    }

    /// How many words of the name were not said; none when the words are not this column.
    pub(super) fn fit(&self, words: &[&Token], known: bool) -> Option<usize> {
        let exact = |phrase: &Vec<String>| {
            phrase.len() == words.len()
                && phrase.iter().zip(words).all(|(word, token)| *word == usual(&token.lemma) || *word == token.lemma)
        };
        if self.phrases.iter().any(exact) {
            return Some(0);
        }
        if self.told.iter().any(exact) {
            return Some(2);
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
    pub(super) fn ends_with(&self, last: &Token) -> bool {
        let word = usual(&last.lemma);
        self.phrases
            .iter()
            .chain(&self.told)
            .any(|phrase| phrase.iter().any(|known| known == word || *known == last.lemma))
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
    if own.iter().any(|word| BODIES.contains(&word.as_str())) {
        own.insert("member".to_owned());
    }
    let key = entity.and_then(|entity| entity.key.clone());
    let dimensions = table.dimensions.iter().map(|it| (FieldRef::Dimension(it), &it.synonyms));
    let times = table.time_dimensions.iter().map(|it| (FieldRef::Time(it), &it.synonyms));
    let facts = table.facts.iter().map(|it| (FieldRef::Fact(it), &it.synonyms));
    let mut made: Vec<Column> = dimensions
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
            let mut column = Column::of(Field::new(&table.name, found.name()), kind, phrases, &own);
            column.told = found.description().map(|text| comments::names(text, &own)).unwrap_or_default();
            column.denied = found.description().map(comments::denied).unwrap_or_default();
            column
        })
        .collect();
    leave_deeds(&mut made);
    made
}

/// "prize money" for `prize_won`, where no other number of the table is a prize.
fn leave_deeds(columns: &mut [Column]) {
    let deed = |word: &str| {
        word.len() > 4 && word.ends_with("ed") || matches!(word, "won" | "paid" | "sold" | "spent" | "given" | "held")
    };
    let cores: Vec<(String, Vec<String>)> =
        columns.iter().map(|column| (column.field.name.clone(), column.core.clone())).collect();
    for column in columns.iter_mut().filter(|column| column.kind == Kind::Number) {
        let Some(last) = column.field.name.rsplit('_').next().filter(|last| deed(last)).map(stem) else { continue };
        let rest: Vec<String> = column.core.iter().filter(|core| **core != last).cloned().collect();
        let step = |word: &String| {
            matches!(word.as_str(), "day" | "date" | "hour" | "week" | "month" | "year" | "minut" | "time")
        };
        let others = cores.iter().filter(|(name, _)| *name != column.field.name);
        let alone = !others.into_iter().any(|(_, core)| rest.iter().any(|word| core.contains(word)));
        if !rest.is_empty() && alone && !rest.iter().any(step) {
            column.extra.insert(last);
            column.core = rest;
        }
    }
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

/// Whether a field is a boolean.
pub(super) fn boolean(found: FieldRef<'_>) -> bool {
    found.data_type().is_some_and(|kind| kind.to_ascii_uppercase().starts_with("BOOL"))
}
