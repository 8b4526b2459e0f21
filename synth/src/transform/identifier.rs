//! Keys: they say nothing about other columns, so only their form is learned and new ones are made, each different.

use polars::prelude::Series;
use serde::{Deserialize, Serialize};

use super::{Encoded, FittedTransform, Origin, Rows, Transform, open, presence};
use crate::types::ColumnType;
use crate::values::{Values, extract, restore};
use crate::{ColumnKind, ColumnMetadata, Section, SynthError};

const DIGITS: &str = "0123456789";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER_HEX: &str = "0123456789abcdef";
const UPPER_HEX: &str = "0123456789ABCDEF";
/// Enough different keys for any table; further places of a long key need not tell rows apart.
const ENOUGH: u128 = 1 << 62;
/// Close to ENOUGH divided by the golden ratio, so that neighbouring rows get keys far apart.
const STRIDE: u128 = 2_850_178_167_379_011_583;

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
    /// Text of several lengths: a number between a common beginning and a common end.
    Numbered { prefix: String, suffix: String },
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
                Values::Text(numbers.map(|row| spell(&alphabets, capacity, row)).collect())
            }
            Form::Numbered { prefix, suffix } => {
                Values::Text(numbers.map(|row| format!("{prefix}{}{suffix}", row + 1)).collect())
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
            Self::Places { alphabets } => alphabets
                .iter()
                .map(|letters| letters.chars().count() as u128)
                .try_fold(1, |product: u128, letters| Some(product.checked_mul(letters)?.min(ENOUGH)))
                .unwrap_or(ENOUGH),
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
        return Form::Numbered { prefix: String::new(), suffix: String::new() };
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
    Form::Numbered { prefix: first[..prefix].iter().collect(), suffix: first[first.len() - suffix..].iter().collect() }
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
    let mut alphabets: Vec<String> = places
        .into_iter()
        .map(|letters| match (letters.len(), hex) {
            (0 | 1, _) => letters.into_iter().collect(),
            (_, Some(hex)) => hex.to_owned(),
            _ => alphabet(&letters),
        })
        .collect();
    for at in (1..length).rev() {
        if alphabets[at] == DIGITS && alphabets[at - 1] == "0" {
            DIGITS.clone_into(&mut alphabets[at - 1]);
        }
    }
    alphabets
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

/// The key of a row. Rows are first scattered over the possible keys: row·stride modulo the capacity, with a stride that
/// has no common divisor with it, meets each key once.
fn spell(alphabets: &[Vec<char>], capacity: u128, row: u64) -> String {
    let mut stride = STRIDE % capacity.max(1);
    while gcd(stride, capacity) > 1 {
        stride += 1;
    }
    let mut number = u128::from(row) * stride.max(1) % capacity.max(1);
    let mut rest = u128::from(row).wrapping_mul(STRIDE).rotate_left(29);
    let mut left = capacity;
    let mut key: Vec<char> = Vec::with_capacity(alphabets.len());
    for letters in alphabets.iter().rev() {
        let many = letters.len() as u128;
        if left > 1 || many == 1 {
            key.push(letters[(number % many) as usize]);
            number /= many;
            left /= many;
        } else {
            key.push(letters[(rest % many) as usize]);
            rest = (rest / many) ^ (rest << 64);
        }
    }
    key.iter().rev().collect()
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
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
        (0..rows).map(|row| spell(&alphabets, form.capacity(), row)).collect()
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
        assert_eq!(text_form(&keys), Form::Numbered { prefix: "user".to_owned(), suffix: "@example.org".to_owned() });
        assert_eq!(text_form(&[]), Form::Numbered { prefix: String::new(), suffix: String::new() });
    }
}
