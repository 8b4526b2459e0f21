//! The value index: which values of which columns some words may mean.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ask::words::lemmas;
use crate::plan::Field;

/// A value of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Which column, by its place in `fields`.
    field: usize,
    /// As it is in the data.
    value: String,
    /// Its words.
    stems: Vec<String>,
}

/// The most words of a value that a slip in one of them may mean.
const SHORT: usize = 2;

/// The values of all columns that have few enough.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct ValueIndex {
    fields: Vec<Field>,
    entries: Vec<Entry>,
    /// Whole values by their words.
    whole: BTreeMap<String, Vec<usize>>,
    /// Values by each of their words.
    words: BTreeMap<String, Vec<usize>>,
    /// How many values a column has.
    counts: Vec<usize>,
}

/// How well some words fit a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// They are all of it.
    Whole,
    /// They are some of its words.
    Part,
}

/// The values of one column that some words may mean.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) field: Field,
    pub(super) values: Vec<String>,
    pub(super) fit: Fit,
}

impl ValueIndex {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The columns and how many values each has.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&Field, usize)> {
        self.fields.iter().zip(self.counts.iter().copied())
    }

    /// The columns with at most so many values, those with the fewest first, and their values.
    pub(super) fn small(&self, most: usize) -> Vec<(&Field, Vec<&str>)> {
        let mut columns: Vec<(&Field, Vec<&str>)> = self.fields.iter().map(|field| (field, Vec::new())).collect();
        for entry in self.entries.iter().filter(|entry| self.counts[entry.field] <= most) {
            columns[entry.field].1.push(&entry.value);
        }
        columns.retain(|(_, values)| !values.is_empty());
        columns.sort_by_key(|(_, values)| values.len());
        columns
    }

    pub(super) fn add(&mut self, field: &Field, values: impl IntoIterator<Item = String>) {
        let at = self.fields.iter().position(|known| known == field).unwrap_or_else(|| {
            self.fields.push(field.clone());
            self.counts.push(0);
            self.fields.len() - 1
        });
        for value in values {
            let words = lemmas(&value);
            if words.is_empty() || words.len() > 12 || value.len() > 120 {
                continue;
            }
            let key = words.join(" ");
            let whole = self.whole.entry(key).or_default();
            if whole.iter().any(|&e| self.entries[e].field == at && self.entries[e].value == value) {
                continue;
            }
            let id = self.entries.len();
            whole.push(id);
            for word in &words {
                let ids = self.words.entry(word.clone()).or_default();
                if ids.last() != Some(&id) {
                    ids.push(id);
                }
            }
            self.counts[at] += 1;
            self.entries.push(Entry { field: at, value, stems: words });
        }
    }

    /// The columns that have the words as a whole value.
    pub(super) fn whole(&self, phrase: &str) -> Vec<Found> {
        let ids = self.whole.get(phrase).map_or(&[][..], Vec::as_slice);
        self.grouped(ids.iter().copied(), Fit::Whole)
    }

    /// The columns that have values in which the words stand, next to each other.
    pub(super) fn part(&self, words: &[&str]) -> Vec<Found> {
        let Some(first) = words.iter().min_by_key(|word| self.words.get(**word).map_or(0, Vec::len)) else {
            return Vec::new();
        };
        let ids = self.words.get(*first).map_or(&[][..], Vec::as_slice);
        let fits = |id: &usize| {
            let entry = &self.entries[*id];
            entry.stems.windows(words.len()).any(|window| window.iter().zip(words).all(|(a, b)| a == b))
        };
        self.grouped(ids.iter().copied().filter(fits), Fit::Part)
    }

    /// The values' words, of those that begin with a letter.
    pub(super) fn phrases(&self, first: char) -> impl Iterator<Item = &str> {
        let all = self.whole.range(first.to_string()..).take_while(move |(phrase, _)| phrase.starts_with(first));
        all.map(|(phrase, _)| phrase.as_str())
    }

    /// Whether a word occurs in any value.
    pub(super) fn has_word(&self, word: &str) -> bool {
        self.words.contains_key(word)
    }

    /// Whether a word occurs only in columns of names.
    pub(super) fn only_in_names(&self, word: &str) -> bool {
        self.words.get(word).is_some_and(|ids| ids.iter().all(|&id| self.is_a_persons(id)))
    }

    /// Words of values that begin with a letter, for typing errors: those of columns that have few values.
    pub(super) fn short_words(&self, first: char) -> impl Iterator<Item = &str> {
        self.words
            .range(first.to_string()..)
            .take_while(move |(word, _)| word.starts_with(first))
            .filter(|(_, ids)| {
                ids.iter().any(|&id| {
                    let field = self.entries[id].field;
                    self.counts[field] <= 500 && !self.fields[field].name.ends_with("name")
                })
            })
            .map(|(word, _)| word.as_str())
    }

    /// How many values a column has.
    pub(super) fn count(&self, field: &Field) -> usize {
        self.fields().find(|(known, _)| *known == field).map_or(0, |(_, count)| count)
    }

    /// Whether a value is somebody's name.
    fn is_a_persons(&self, id: usize) -> bool {
        matches!(self.fields[self.entries[id].field].name.as_str(), "first_name" | "last_name" | "full_name")
    }

    /// Values with a word that is spelt nearly like this one, each with how many slips it is away; nobody's name is meant
    /// by a slip.
    pub(super) fn near(&self, word: &str, limit: usize) -> Vec<(usize, &str)> {
        let mut out: Vec<(usize, &str)> = Vec::new();
        for (known, ids) in &self.words {
            if let Some(far) = super::near::slips(known, word) {
                let meant = |id: &&usize| !self.is_a_persons(**id) && self.entries[**id].stems.len() <= SHORT;
                let others = ids.iter().filter(meant);
                out.extend(others.take(2).map(|&id| (far, self.entries[id].value.as_str())));
            }
        }
        out.sort_unstable();
        out.dedup();
        out.truncate(limit);
        out
    }

    fn grouped(&self, ids: impl Iterator<Item = usize>, fit: Fit) -> Vec<Found> {
        let mut by_field: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for id in ids {
            let entry = &self.entries[id];
            by_field.entry(entry.field).or_default().push(entry.value.clone());
        }
        by_field.into_iter().map(|(field, values)| Found { field: self.fields[field].clone(), values, fit }).collect()
    }
}
