//! A model as the questions see it: what words name, what columns are, and the ways between its tables.

use super::names::{self, Column, Table, boolean};
use super::vocabulary::GLUE;
use crate::ask::link::{affirms, denies};
use crate::ask::words::{Token, stem};
use crate::plan::{Comparison, Field, Filter, Value};
use crate::semantic::{FieldRef, LogicalTable, SemanticModel, same};

/// What a column is to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Key,
    Number,
    Flag,
    Time,
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
    &["enter", "entry"],
    &["lose", "loss"],
    &["fly", "flight"],
    &["choose", "choice"],
    &["marry", "marriage"],
    &["submit", "submission"],
    &["subscribe", "subscription"],
    &["prescribe", "prescription"],
    &["receive", "receipt"],
    &["diagnose", "diagnosis"],
    &["use", "usage"],
];

/// The longest name of a column in a question, with the words between.
const LONGEST: usize = 7;

impl<'a> Schema<'a> {
    pub(super) fn new(model: &'a SemanticModel) -> Self {
        let (tables, columns) = names::of(model);
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
        let own = move |c: &&Column| c.kind == kind && c.field.via.is_empty() && same(&c.field.table, table);
        self.columns.iter().filter(own).map(|column| &column.field)
    }

    /// The flags of which a comment says that a word denies them.
    pub(super) fn denied_by(&self, lemma: &str) -> Vec<Field> {
        let says = |column: &&Column| column.kind == Kind::Flag && column.denied.iter().any(|word| word == lemma);
        self.columns.iter().filter(says).map(|column| column.field.clone()).collect()
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
        // "organic ingredients" are ingredients that are so, and no column of these words.
        columns = columns.map(|(wide, fields)| {
            let flags = fields.iter().all(|field| self.kind(field) == Kind::Flag);
            let thing = (1..wide).find(|k| {
                self.table_at(tokens, at + k)
                    .is_some_and(|(len, tables)| k + len == wide && fields.iter().any(|it| tables.contains(&it.table)))
            });
            (thing.filter(|_| flags).unwrap_or(wide), fields)
        });
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
            // "the claimed amount for approved claims": how the claims are, and no amount that was approved.
            let state = |k: usize| {
                tokens[k].is(&["for", "in", "at", "on"])
                    && tokens.get(k + 1).is_some_and(|token| token.norm.ends_with("ed"))
                    && self.table_at(tokens, k + 2).is_some()
            };
            if (at..at + len - 1).any(state) {
                return None;
            }
            // "prize money won in tournaments" is no money of the tournaments' entries.
            let elsewhere = |field: &Field| {
                window.iter().enumerate().any(|(k, token)| {
                    let article = usize::from(window.get(k + 1).is_some_and(|next| next.is(&["the", "all", "a"])));
                    token.is(&["in", "at", "on", "for"])
                        && self
                            .table_at(tokens, at + k + 1 + article)
                            .is_some_and(|(_, tables)| !tables.contains(&field.table))
                })
            };
            let words: Vec<&Token> = window.iter().filter(|t| !t.mark && !GLUE.contains(&t.norm.as_str())).collect();
            let mut found: Vec<(usize, &Column)> = self
                .columns
                .iter()
                .filter_map(|column| Some((column.fit(&words, known.contains(&column.field))?, column)))
                .filter(|(_, column)| !elsewhere(&column.field))
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

/// Marks that end a name; a hyphen, a slash or an apostrophe does not.
fn breaks(token: &Token) -> bool {
    token.mark && !matches!(token.norm.as_str(), "-" | "/" | "'" | "_")
}
