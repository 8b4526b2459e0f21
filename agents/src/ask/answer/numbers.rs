//! The check that every number in a sentence comes from the result, the plan or the period.

use std::collections::BTreeSet;

use super::cells::Cell;
use super::{OutputColumn, Rows, format};

/// Where a sentence's numbers may come from.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    values: Vec<f64>,
    digits: BTreeSet<String>,
}

impl Evidence {
    /// What a result holds: its values, the digits in its texts, and how many rows it has.
    pub(super) fn of(rows: &Rows, columns: &[OutputColumn]) -> Self {
        let mut evidence = Self::default();
        evidence.values.push(rows.len as f64);
        for (values, column) in rows.columns.iter().zip(columns) {
            let missing = values.iter().filter(|cell| **cell == Cell::Null).count();
            evidence.values.push(missing as f64);
            for cell in values {
                match cell {
                    Cell::Number(number, _) => {
                        evidence.values.push(*number);
                        if column.part.is_some() {
                            evidence.read(&format::shown(cell, column));
                        }
                    }
                    Cell::Text(_) | Cell::Day(_) => {
                        evidence.read(&cell.plain());
                        evidence.read(&format::shown(cell, column));
                    }
                    Cell::Null | Cell::Flag(_) => {}
                }
            }
            evidence.read(&column.name);
            evidence.read(&column.label);
        }
        evidence
    }

    /// Takes the numbers of a text: the period, the plan, the question as it was understood.
    pub(super) fn read(&mut self, text: &str) {
        for written in written(text) {
            self.values.extend(written.value);
            self.digits.insert(written.digits);
        }
    }

    /// The numbers of a sentence that come from nowhere.
    pub(super) fn strange(&self, sentence: &str) -> Vec<String> {
        let known = |number: &Written| {
            self.digits.contains(&number.digits)
                || number.value.is_some_and(|value| {
                    let half = 0.5 * 10_f64.powi(-number.decimals) * (1.0 + 1e-9);
                    self.values.iter().any(|known| (known - value).abs() <= half + value.abs() * 1e-12)
                })
        };
        written(sentence).into_iter().filter(|number| !known(number)).map(|number| number.text).collect()
    }
}

/// A number as it is written.
struct Written {
    text: String,
    /// Its digits without commas, so that `2017` in a date is known by its text.
    digits: String,
    value: Option<f64>,
    decimals: i32,
}

fn written(text: &str) -> Vec<Written> {
    let letters: Vec<char> = text.chars().collect();
    let mut numbers = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        if !letters[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        let next_is_digit = |at: usize| letters.get(at + 1).is_some_and(char::is_ascii_digit);
        let mut points = 0;
        while at < letters.len() {
            match letters[at] {
                letter if letter.is_ascii_digit() => {}
                ',' if next_is_digit(at) && points == 0 => {}
                '.' if next_is_digit(at) && points == 0 => points = 1,
                _ => break,
            }
            at += 1;
        }
        let text: String = letters[start..at].iter().collect();
        let digits = text.replace(',', "");
        let decimals = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len() as i32);
        let value = digits.parse::<f64>().ok().map(|value| if is_negative(&letters, start) { -value } else { value });
        numbers.push(Written { text, digits, value, decimals });
    }
    numbers
}

/// Whether a minus stands before a number, also before its money sign; a hyphen within a word or date is none.
fn is_negative(letters: &[char], start: usize) -> bool {
    let mut before = start;
    while before > 0 && matches!(letters[before - 1], '$' | '€' | '£') {
        before -= 1;
    }
    before > 0
        && matches!(letters[before - 1], '-' | '\u{2212}')
        && (before == 1 || !letters[before - 2].is_alphanumeric())
}
