//! Personal data: none of it is given back. People, places and numbers are made up, of the form of the real ones.
//!
//! What is learned is how many rows share a value (never which value), the forms that values have and how frequent each
//! is, and which rows have none. A row is given somebody's number: its own where every row was different, else one drawn so
//! that the numbers repeat as the values did. Everything about somebody follows from the number, and columns that repeat
//! in the same way give a row the same number: its name and its e-mail address belong to one person.
//!
//! Names and words come from the lists of the `fake` crate, addresses on the internet lie in blocks that are reserved
//! (RFC 2606, 1918 and 3849), numbers of cards and accounts have valid check digits.

mod net;
mod person;
mod place;

use polars::prelude::Series;
use serde::{Deserialize, Serialize};

use self::net::{Accounts, Addresses, Pages};
use self::person::{Mails, Names, Part};
use self::place::{Firms, Streets, Towns};
use super::shape::Shapes;
use super::{Encoded, FittedTransform, Origin, Rows, Transform, open, presence};
use crate::values::{Values, extract, restore};
use crate::{ColumnKind, ColumnMetadata, Draws, Section, Seed, SynthError};

/// Makes new people.
pub(super) struct PersonalTransform;

#[derive(Debug)]
struct Fitted {
    origin: Origin,
    form: Form,
    repeats: Repeats,
}

/// What the values look like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    Names(Names),
    Mails(Mails),
    Streets(Streets),
    Towns(Towns),
    Firms(Firms),
    Addresses(Addresses),
    Pages(Pages),
    Accounts(Accounts),
    Shapes(Shapes),
}

/// How values repeat: groups of values that are equally frequent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct Repeats {
    /// For each group how many rows each of its values has, how many values there are, and how many rows all its values
    /// and those of the groups before it have. Empty where no value repeats.
    groups: Vec<(u64, u64, u64)>,
}

/// Whom a row is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Somebody {
    number: u64,
    /// What all columns share.
    seed: Seed,
    offset: u64,
}

impl Somebody {
    /// A stream of chance that is theirs, for one purpose.
    fn draws(&self, purpose: &str) -> Draws {
        self.seed.named(purpose).numbered(self.number).draws()
    }
}

/// A number below `many`.
fn below(draws: &mut Draws, many: usize) -> usize {
    ((draws.uniform() * many as f64) as usize).min(many.saturating_sub(1))
}

/// The words in their order, each once.
fn distinct(words: &[&'static str]) -> Vec<&'static str> {
    let mut seen = std::collections::BTreeSet::new();
    words.iter().copied().filter(|word| seen.insert(*word)).collect()
}

/// One of these, in proportion to the rows that each has.
fn weighted<'a, T>(choices: &'a [(T, u64)], draws: &mut Draws) -> Option<&'a T> {
    let total: u64 = choices.iter().map(|(_, rows)| *rows).sum();
    let mut ticket = (draws.uniform() * total as f64) as u64;
    for (choice, rows) in choices {
        if ticket < *rows {
            return Some(choice);
        }
        ticket -= rows;
    }
    choices.last().map(|(choice, _)| choice)
}

/// How many values have each form, by form.
fn tally<T: Ord>(forms: impl Iterator<Item = T>) -> Vec<(T, u64)> {
    let mut counts = std::collections::BTreeMap::new();
    for form in forms {
        *counts.entry(form).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

impl Transform for PersonalTransform {
    fn name(&self) -> &'static str {
        "personal"
    }

    fn about(&self) -> &'static str {
        "personal data is made up anew, in the form of the old and repeating as it did"
    }

    fn kinds(&self) -> &'static [ColumnKind] {
        &ColumnKind::PERSONAL
    }

    fn fit(
        &self,
        column: &Series,
        about: &ColumnMetadata,
        _pieces: usize,
    ) -> Result<Box<dyn FittedTransform>, SynthError> {
        let (origin, values, _) = open(column)?;
        let texts = match values {
            Values::Text(values) => values,
            Values::Whole(values) => values.into_iter().map(|value| value.to_string()).collect(),
            Values::Float(_) => {
                return Err(SynthError::KindMismatch {
                    column: origin.column,
                    dtype: column.dtype().to_string(),
                    kind: about.kind.to_string(),
                });
            }
        };
        let (distinct, places) = Values::Text(texts).distinct();
        let Values::Text(distinct) = distinct else { return Err(origin.foreign()) };
        let repeats = Repeats::learn(distinct.len(), &places);
        let form = Form::learn(about.kind, &distinct.iter().map(String::as_str).collect::<Vec<_>>());
        Ok(Box::new(Fitted { origin, form, repeats }))
    }

    fn load(&self, part: &Section<'_>) -> Option<Box<dyn FittedTransform>> {
        let (origin, form, repeats): (Origin, Form, Repeats) =
            (part.get("origin")?, part.get("form")?, part.get("repeats")?);
        let sound = match &form {
            Form::Shapes(shapes) => shapes.is_sound(),
            Form::Accounts(accounts) => accounts.is_sound(),
            _ => true,
        };
        (sound && repeats.is_sound()).then(|| Box::new(Fitted { origin, form, repeats }) as Box<dyn FittedTransform>)
    }
}

impl FittedTransform for Fitted {
    fn name(&self) -> &'static str {
        PersonalTransform.name()
    }

    fn masses(&self) -> &[f64] {
        &[]
    }

    fn ordered(&self) -> bool {
        false
    }

    fn shares_chance(&self) -> bool {
        true
    }

    fn missing_rate(&self) -> f64 {
        self.origin.missing_rate()
    }

    fn forward(&self, column: &Series) -> Result<Encoded, SynthError> {
        self.origin.check(column)?;
        Ok(presence(&extract(column, &self.origin.dtype)?.missing))
    }

    fn inverse(&self, encoded: &Encoded, rows: Rows) -> Result<Series, SynthError> {
        let missing = self.origin.present(encoded, 1)?;
        let offset = rows.seed.named("offset").draws().bits() >> 2;
        let somebody = |row| Somebody { number: self.repeats.number(row, rows.seed), seed: rows.seed, offset };
        let made: Vec<String> = (rows.first..)
            .zip(&missing)
            .filter(|(_, gap)| !**gap)
            .map(|(row, _)| self.form.text(somebody(row)))
            .collect();
        let values = if self.origin.dtype.domain() == crate::types::Domain::Whole {
            Values::Whole(made.iter().map(|text| text.parse().unwrap_or(0)).collect())
        } else {
            Values::Text(made)
        };
        restore(&self.origin.column, &self.origin.dtype, values, &missing, false)
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("origin", &self.origin)?;
        part.put("form", &self.form)?;
        part.put("repeats", &self.repeats)
    }
}

impl Form {
    fn learn(kind: ColumnKind, values: &[&str]) -> Self {
        match kind {
            ColumnKind::Name => Self::Names(Names::learn(values, Part::Whole)),
            ColumnKind::FirstName => Self::Names(Names::learn(values, Part::First)),
            ColumnKind::LastName => Self::Names(Names::learn(values, Part::Last)),
            ColumnKind::Email => Self::Mails(Mails::learn(values, true)),
            ColumnKind::UserName => Self::Mails(Mails::learn(values, false)),
            ColumnKind::Address => Self::Streets(Streets::learn(values)),
            ColumnKind::City => Self::Towns(Towns {}),
            ColumnKind::Company => Self::Firms(Firms {}),
            ColumnKind::Ipv4Address => Self::Addresses(Addresses { wide: false }),
            ColumnKind::Ipv6Address => Self::Addresses(Addresses { wide: true }),
            ColumnKind::Url => Self::Pages(Pages::learn(values)),
            ColumnKind::CreditCardNumber => Self::Accounts(Accounts::learn(values, false)),
            ColumnKind::Iban => Self::Accounts(Accounts::learn(values, true)),
            _ => Self::Shapes(Shapes::learn(values)),
        }
    }

    /// What is written for somebody. Numbers repeat when there are no more of their shapes.
    fn text(&self, who: Somebody) -> String {
        let again = |capacity: u128| Somebody { number: (u128::from(who.number) % capacity.max(1)) as u64, ..who };
        match self {
            Self::Names(names) => names.text(who),
            Self::Mails(mails) => mails.text(who),
            Self::Streets(streets) => streets.text(who),
            Self::Towns(towns) => towns.text(who),
            Self::Firms(firms) => firms.text(who),
            Self::Addresses(addresses) => addresses.text(who),
            Self::Pages(pages) => pages.text(who),
            Self::Accounts(accounts) => accounts.text(again(accounts.capacity())),
            Self::Shapes(shapes) => {
                let who = again(shapes.capacity());
                shapes.text(who.number, who.offset, &mut who.draws("shape")).unwrap_or_default()
            }
        }
    }
}

impl Repeats {
    /// From the place of each row's value among `many` distinct ones.
    fn learn(many: usize, places: &[u32]) -> Self {
        if many == places.len() {
            return Self::default();
        }
        let mut counts = vec![0_u64; many];
        for &place in places {
            counts[place as usize] += 1;
        }
        let mut rows = 0;
        let group = |(count, many): (u64, u64)| {
            rows += count * many;
            (count, many, rows)
        };
        Self { groups: tally(counts.into_iter()).into_iter().rev().map(group).collect() }
    }

    /// Whom a row is about.
    fn number(&self, row: u64, seed: Seed) -> u64 {
        let Some(&(_, _, rows)) = self.groups.last() else { return row };
        let ticket = (seed.named("who").numbered(row).draws().uniform() * rows as f64) as u64;
        let mut before = (0, 0);
        for &(count, many, rows) in &self.groups {
            if ticket < rows {
                return before.0 + (ticket - before.1) / count;
            }
            before = (before.0 + many, rows);
        }
        before.0
    }

    fn is_sound(&self) -> bool {
        self.groups.iter().all(|(count, _, _)| *count > 0) && self.groups.is_sorted_by_key(|(_, _, rows)| *rows)
    }
}

#[cfg(test)]
mod tests;
