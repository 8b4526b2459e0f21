//! Shapes of codes and numbers: which sign is a digit, which a letter, and which stands in every value of its shape.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::numbering::{capacity, scatter, spell};
use crate::Draws;

const DIGITS: &str = "0123456789";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// A sign is kept when so many values of the shape, and all of them, have it at its place.
const SHARED: usize = 3;
/// Rarer shapes than the commonest so many are left out.
const MOST: usize = 100;

/// The shapes of a column, the commonest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Shapes {
    shapes: Vec<Shape>,
}

/// Texts of one length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Shape {
    /// The signs that may stand at each place.
    alphabets: Vec<String>,
    /// How many values had this shape or a commoner one.
    below: u64,
}

impl Shapes {
    /// The shapes of distinct values.
    pub(super) fn learn(values: &[&str]) -> Self {
        let mut groups: BTreeMap<String, Vec<Vec<char>>> = BTreeMap::new();
        for value in values {
            groups.entry(value.chars().map(class).collect()).or_default().push(value.chars().collect());
        }
        let mut groups: Vec<(String, Vec<Vec<char>>)> = groups.into_iter().collect();
        groups.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
        let mut below = 0;
        let shapes = groups.into_iter().take(MOST).map(|(classes, group)| {
            below += group.len() as u64;
            let alphabets = classes.chars().enumerate().map(|(at, class)| alphabet(class, &group, at)).collect();
            Shape { alphabets: widened(alphabets), below }
        });
        Self { shapes: shapes.collect() }
    }

    /// How many different texts there are of the shape that has the most.
    pub(super) fn capacity(&self) -> u128 {
        self.shapes.iter().map(|shape| capacity(shape.alphabets.iter())).max().unwrap_or(0)
    }

    /// The text of a number: of a shape in proportion to its values, unless the shape has too few texts for this number.
    /// Texts of different numbers differ. None when no shape has as many.
    pub(super) fn text(&self, number: u64, offset: u64, draws: &mut Draws) -> Option<String> {
        let total = self.shapes.last()?.below;
        let ticket = (draws.uniform() * total as f64) as u64;
        let chosen = self.shapes.partition_point(|shape| shape.below <= ticket);
        let fits = |shape: &&Shape| u128::from(number) < capacity(shape.alphabets.iter());
        let shape = self.shapes.get(chosen).filter(fits).or_else(|| self.shapes.iter().find(fits))?;
        let alphabets: Vec<Vec<char>> = shape.alphabets.iter().map(|letters| letters.chars().collect()).collect();
        let capacity = capacity(shape.alphabets.iter());
        Some(spell(&alphabets, capacity, scatter(number, capacity, offset), number))
    }

    pub(super) fn is_sound(&self) -> bool {
        self.shapes.iter().all(|shape| shape.alphabets.iter().all(|letters| !letters.is_empty()))
            && self.shapes.is_sorted_by_key(|shape| shape.below)
    }
}

/// What kind of sign this is: a digit, a letter, or itself.
fn class(sign: char) -> char {
    match sign {
        '0'..='9' => '0',
        sign if sign.is_lowercase() => 'a',
        sign if sign.is_alphabetic() => 'A',
        sign => sign,
    }
}

fn alphabet(class: char, group: &[Vec<char>], at: usize) -> String {
    let first = group[0][at];
    if group.len() >= SHARED && group.iter().all(|value| value[at] == first) {
        return first.to_string();
    }
    match class {
        // Numbers don't begin with zero where none of them does.
        '0' if at == 0 && group.iter().all(|value| value[0] != '0') => DIGITS[1..].to_owned(),
        '0' => DIGITS.to_owned(),
        'a' => LOWER.to_owned(),
        'A' => UPPER.to_owned(),
        sign => sign.to_string(),
    }
}

/// The zeros before a number that varies may become other digits.
pub(super) fn widened(mut alphabets: Vec<String>) -> Vec<String> {
    for at in (1..alphabets.len()).rev() {
        if alphabets[at] == DIGITS && alphabets[at - 1] == "0" {
            DIGITS.clone_into(&mut alphabets[at - 1]);
        }
    }
    alphabets
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::Seed;

    #[test]
    fn texts_have_the_shapes_and_the_shares_they_were_learned_from() {
        let phones: Vec<String> = (0..90)
            .map(|at| {
                if at % 3 == 0 {
                    format!("+41 44 {:03} {at:02}", at * 7)
                } else {
                    format!("({:03}) 555-01{at:02}", 200 + at)
                }
            })
            .collect();
        let shapes = Shapes::learn(&phones.iter().map(String::as_str).collect::<Vec<_>>());
        let made: BTreeSet<String> =
            (0..600).map(|number| shapes.text(number, 11, &mut Seed::new(number).draws()).unwrap()).collect();
        assert_eq!(made.len(), 600);
        let swiss = made.iter().filter(|text| text.starts_with("+41 44 ")).count();
        assert!((150..250).contains(&swiss), "{swiss}");
        assert!(made.iter().all(|text| text.starts_with("+41 44 ") || text.contains(") 555-01")), "{made:?}");
    }

    #[test]
    fn a_value_that_is_alone_is_not_spelled_out() {
        let shapes = Shapes::learn(&["QX-4711"]);
        let made: Vec<String> = (0..50).map(|at| shapes.text(at, 3, &mut Seed::new(at).draws()).unwrap()).collect();
        assert!(made.iter().all(|text| text.len() == 7 && text.contains('-') && !text.contains("4711")), "{made:?}");
        assert_eq!(Shapes::learn(&[]).text(0, 0, &mut Seed::new(1).draws()), None);
        assert_eq!(Shapes::learn(&["--"]).text(1, 0, &mut Seed::new(1).draws()), None);
    }
}
