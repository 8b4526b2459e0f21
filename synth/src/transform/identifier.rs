//! Keys: they say nothing about other columns, so only their form is learned and new ones are made, each different.

use polars::prelude::Series;
use serde::{Deserialize, Serialize};

use super::numbering::{ENOUGH, capacity, scatter, spell};
use super::shape::{Shapes, widened};
use super::{Encoded, FittedTransform, Origin, Rows, Transform, open, presence};
use crate::types::ColumnType;
use crate::values::{Values, extract, restore};
use crate::{ColumnKind, ColumnMetadata, Section, SynthError};

const DIGITS: &str = "0123456789";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER_HEX: &str = "0123456789abcdef";
const UPPER_HEX: &str = "0123456789ABCDEF";
/// Makes new keys of the form of the old ones.
pub(super) struct IdentifierTransform;

#[derive(Debug)]
struct Fitted {
    origin: Origin,
    form: Form,
}

/// How a column's keys look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    /// Whole numbers, counted up from the smallest.
    Counted { first: i64, capacity: u64 },
    /// Text of one length: at each place the letters that may stand there.
    Places { alphabets: Vec<String> },
    /// Text of several lengths: a number between a common beginning and a common end, counted on from the largest.
    Numbered { prefix: String, suffix: String, next: u64 },
    /// Text of several lengths, in several shapes.
    Shaped { shapes: Shapes },
}

impl Transform for IdentifierTransform {
    fn name(&self) -> &'static str {
        "identifier"
    }

    fn about(&self) -> &'static str {
        "only the form of the keys is learned; new ones are made, different in every row"
    }

    fn kinds(&self) -> &'static [ColumnKind] {
        &[ColumnKind::Identifier]
    }

    fn fit(
        &self,
        column: &Series,
        _about: &ColumnMetadata,
        _pieces: usize,
    ) -> Result<Box<dyn FittedTransform>, SynthError> {
        let (origin, values, _) = open(column)?;
        let form = match values {
            Values::Whole(values) => counted(values.iter().copied().min().unwrap_or(0), &origin.dtype),
            Values::Text(values) => text_form(&values),
            Values::Float(_) => {
                return Err(SynthError::KindMismatch {
                    column: origin.column,
                    dtype: column.dtype().to_string(),
                    kind: ColumnKind::Identifier.to_string(),
                });
            }
        };
        Ok(Box::new(Fitted { origin, form }))
    }

    fn load(&self, part: &Section<'_>) -> Option<Box<dyn FittedTransform>> {
        let (origin, form): (Origin, Form) = (part.get("origin")?, part.get("form")?);
        let sound = match &form {
            Form::Places { alphabets } => alphabets.iter().all(|letters| !letters.is_empty()),
            Form::Shaped { shapes } => shapes.is_sound(),
            _ => true,
        };
        sound.then(|| Box::new(Fitted { origin, form }) as Box<dyn FittedTransform>)
    }
}

impl FittedTransform for Fitted {
    fn name(&self) -> &'static str {
        IdentifierTransform.name()
    }

    fn masses(&self) -> &[f64] {
        &[]
    }

    fn ordered(&self) -> bool {
        false
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
        let capacity = self.form.capacity();
        let last = rows.first + encoded.pieces.len() as u64;
        if u128::from(last) > capacity {
            let column = self.origin.column.clone();
            return Err(SynthError::IdentifiersExhausted { column, capacity, rows: last });
        }
        let numbers = (rows.first..last).zip(&missing).filter(|(_, gap)| !**gap).map(|(row, _)| row);
        let values = match &self.form {
            Form::Counted { first, .. } => {
                Values::Whole(numbers.map(|row| i128::from(*first) + i128::from(row)).collect())
            }
            Form::Places { alphabets } => {
                let alphabets: Vec<Vec<char>> = alphabets.iter().map(|letters| letters.chars().collect()).collect();
                let key = |row: u64| spell(&alphabets, capacity, scatter(row, capacity, 0), row);
                Values::Text(numbers.map(key).collect())
            }
            Form::Numbered { prefix, suffix, next } => Values::Text(
                numbers.map(|row| format!("{prefix}{}{suffix}", u128::from(*next) + u128::from(row))).collect(),
            ),
            Form::Shaped { shapes } => {
                let key = |row: u64| shapes.text(row, 0, &mut rows.seed.numbered(row).draws()).unwrap_or_default();
                Values::Text(numbers.map(key).collect())
            }
        };
        restore(&self.origin.column, &self.origin.dtype, values, &missing, false)
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("origin", &self.origin)?;
        part.put("form", &self.form)
    }
}

impl Form {
    fn capacity(&self) -> u128 {
        match self {
            Self::Counted { capacity, .. } => u128::from(*capacity),
            Self::Numbered { .. } => ENOUGH,
            Self::Shaped { shapes } => shapes.capacity(),
            Self::Places { alphabets } => capacity(alphabets.iter()),
        }
    }
}

fn counted(first: i128, dtype: &ColumnType) -> Form {
    let last = match dtype {
        ColumnType::Int8 => i128::from(i8::MAX),
        ColumnType::Int16 => i128::from(i16::MAX),
        ColumnType::Int32 => i128::from(i32::MAX),
        ColumnType::UInt8 => i128::from(u8::MAX),
        ColumnType::UInt16 => i128::from(u16::MAX),
        ColumnType::UInt32 => i128::from(u32::MAX),
        _ => i128::from(i64::MAX),
    };
    let first = i64::try_from(first).unwrap_or(1);
    Form::Counted { first, capacity: u64::try_from(last - i128::from(first) + 1).unwrap_or(u64::MAX) }
}

fn text_form(values: &[String]) -> Form {
    let spelled: Vec<Vec<char>> = values.iter().map(|value| value.chars().collect()).collect();
    let length = spelled.first().map_or(0, Vec::len);
    if length > 0 && spelled.iter().all(|value| value.len() == length) {
        return Form::Places { alphabets: alphabets(&spelled, length) };
    }
    let Some(first) = spelled.first() else {
        return Form::Numbered { prefix: String::new(), suffix: String::new(), next: 1 };
    };
    let shortest = spelled.iter().map(Vec::len).min().unwrap_or(0);
    let prefix = (0..shortest)
        .take_while(|&at| spelled.iter().all(|value| value[at] == first[at]) && !first[at].is_numeric())
        .count();
    let same_end = |&back: &usize| {
        let end = |value: &[char]| value[value.len() - 1 - back];
        spelled.iter().all(|value| end(value) == end(first)) && !end(first).is_numeric()
    };
    let suffix = (0..shortest - prefix).take_while(same_end).count();
    let number = |value: &Vec<char>| -> Option<u64> {
        let digits: String = value[prefix..value.len() - suffix].iter().collect();
        digits.parse().ok().filter(|number: &u64| number.to_string() == digits)
    };
    let numbers: Option<Vec<u64>> = spelled.iter().map(number).collect();
    match numbers.and_then(|numbers| numbers.into_iter().max()?.checked_add(1)) {
        Some(next) => Form::Numbered {
            prefix: first[..prefix].iter().collect(),
            suffix: first[first.len() - suffix..].iter().collect(),
            next,
        },
        None => Form::Shaped { shapes: Shapes::learn(&values.iter().map(String::as_str).collect::<Vec<_>>()) },
    }
}

/// What may stand at each place; the zeros before a number that varies may become other digits.
fn alphabets(spelled: &[Vec<char>], length: usize) -> Vec<String> {
    let letters_at = |at: usize| {
        let mut letters: Vec<char> = spelled.iter().map(|value| value[at]).collect();
        letters.sort_unstable();
        letters.dedup();
        letters
    };
    let places: Vec<Vec<char>> = (0..length).map(letters_at).collect();
    let varying = || places.iter().filter(|letters| letters.len() > 1).flatten();
    let mixed = places
        .iter()
        .any(|letters| letters.iter().any(char::is_ascii_digit) && letters.iter().any(char::is_ascii_alphabetic));
    let hex = [LOWER_HEX, UPPER_HEX].into_iter().find(|hex| mixed && varying().all(|&letter| hex.contains(letter)));
    let alphabets: Vec<String> = places
        .into_iter()
        .map(|letters| match (letters.len(), hex) {
            (0 | 1, _) => letters.into_iter().collect(),
            (_, Some(hex)) => hex.to_owned(),
            _ => alphabet(&letters),
        })
        .collect();
    widened(alphabets)
}

/// The smallest usual alphabet that holds these letters: digits, small letters, capitals, or several of them; signs are
/// kept as they are.
fn alphabet(letters: &[char]) -> String {
    let mut alphabet = String::new();
    for class in [DIGITS, LOWER, UPPER] {
        if letters.iter().any(|&letter| class.contains(letter)) {
            alphabet.push_str(class);
        }
    }
    alphabet.extend(letters.iter().filter(|letter| !letter.is_ascii_alphanumeric()));
    alphabet
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn made(keys: &[&str], rows: u64) -> Vec<String> {
        let keys: Vec<String> = keys.iter().map(|&key| key.to_owned()).collect();
        let form = text_form(&keys);
        let Form::Places { alphabets } = &form else { panic!("{form:?}") };
        let alphabets: Vec<Vec<char>> = alphabets.iter().map(|letters| letters.chars().collect()).collect();
        (0..rows).map(|row| spell(&alphabets, form.capacity(), scatter(row, form.capacity(), 0), row)).collect()
    }

    #[test]
    fn keys_of_one_length_keep_their_form_and_differ() {
        let keys = made(&["AB-0017", "CD-0433"], 20_000);
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), 20_000);
        for key in keys {
            let (letters, digits) = key.split_once('-').unwrap();
            assert!(letters.len() == 2 && letters.chars().all(|letter| letter.is_ascii_uppercase()), "{key}");
            assert!(digits.len() == 4 && digits.chars().all(|digit| digit.is_ascii_digit()), "{key}");
        }
    }

    #[test]
    fn every_possible_key_is_made_once() {
        let keys = made(&["x00", "x99"], 100);
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), 100);
    }

    #[test]
    fn long_keys_stay_hexadecimal_and_differ() {
        let keys = made(&["6fa459ea-ee8a-4ca4-894e-db77e160355e", "16fd2706-8baf-433b-82eb-8c7fada847da"], 5_000);
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), 5_000);
        let hex = |key: &String| key.chars().all(|letter| letter == '-' || LOWER_HEX.contains(letter));
        assert!(keys.iter().all(|key| hex(key) && &key[14..15] == "4"), "{:?}", &keys[..3]);
    }

    #[test]
    fn keys_of_several_lengths_are_numbered() {
        let keys = ["user9@example.org".to_owned(), "user10@example.org".to_owned()];
        let (prefix, suffix) = ("user".to_owned(), "@example.org".to_owned());
        assert_eq!(text_form(&keys), Form::Numbered { prefix, suffix, next: 11 });
        assert_eq!(text_form(&[]), Form::Numbered { prefix: String::new(), suffix: String::new(), next: 1 });
        let mixed = ["A-17".to_owned(), "BC-42".to_owned()];
        assert!(matches!(text_form(&mixed), Form::Shaped { .. }));
    }
}
