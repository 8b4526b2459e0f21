//! The phrases behind the words of the grammar. A tilde means any form of the word.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::Deserialize;
use serde::de::value::StrDeserializer;

use super::Shape;
use crate::ask::words::{Token, stem};

/// The lines of the file: a shape and its phrases, going on where a line begins with blanks.
const FILE: &str = include_str!("shapes.txt");

/// A word of a phrase.
#[derive(Debug)]
enum Word {
    Same(&'static str),
    Stem(String),
}

#[derive(Debug)]
struct Phrase {
    words: Vec<Word>,
    shape: Shape,
}

/// The phrases of the file, each with its shape.
fn listed() -> &'static [(Shape, Vec<&'static str>)] {
    static LISTED: OnceLock<Vec<(Shape, Vec<&'static str>)>> = OnceLock::new();
    LISTED.get_or_init(|| {
        let mut out: Vec<(Shape, Vec<&'static str>)> = Vec::new();
        for line in FILE.lines().filter(|line| !line.starts_with('#')) {
            let rest = match line.split_once(": ").filter(|_| !line.starts_with(' ')) {
                Some((name, rest)) => {
                    let shape = Shape::deserialize(StrDeserializer::<serde::de::value::Error>::new(name));
                    out.push((shape.unwrap_or(Shape::Filler), Vec::new()));
                    rest
                }
                None => line,
            };
            if let Some((_, phrases)) = out.last_mut() {
                phrases.extend(rest.split('|').map(str::trim).filter(|phrase| !phrase.is_empty()));
            }
        }
        out
    })
}

fn phrases() -> &'static BTreeMap<String, Vec<Phrase>> {
    static TABLE: OnceLock<BTreeMap<String, Vec<Phrase>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: BTreeMap<String, Vec<Phrase>> = BTreeMap::new();
        for (shape, text) in listed()
            .iter()
            .filter(|(shape, _)| *shape != Shape::Filler)
            .flat_map(|(s, l)| l.iter().map(move |t| (s, t)))
        {
            let words: Vec<Word> = text
                .split_whitespace()
                .map(|word| word.strip_suffix('~').map_or(Word::Same(word), |base| Word::Stem(stem(base))))
                .collect();
            let key = match words.first() {
                Some(Word::Same(word)) => stem(word),
                Some(Word::Stem(stem)) => stem.clone(),
                None => continue,
            };
            table.entry(key).or_default().push(Phrase { words, shape: *shape });
        }
        for list in table.values_mut() {
            list.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len()));
        }
        table
    })
}

/// The phrases of the grammar from token `i`, the longest first: how many tokens, and what each is.
pub(crate) fn at(tokens: &[Token], i: usize) -> Vec<(usize, Shape)> {
    let Some(first) = tokens.get(i).filter(|token| !token.quoted) else { return Vec::new() };
    let fits = |phrase: &&Phrase| {
        phrase.words.iter().enumerate().all(|(k, word)| {
            tokens.get(i + k).is_some_and(|token| {
                !token.quoted
                    && match word {
                        Word::Same(same) => token.norm == *same,
                        Word::Stem(stem) => token.stem == *stem,
                    }
            })
        })
    };
    let list = phrases().get(&stem(&first.norm)).map_or(&[][..], Vec::as_slice);
    let mut out: Vec<(usize, Shape)> =
        list.iter().filter(fits).map(|phrase| (phrase.words.len(), phrase.shape)).collect();
    out.extend(step_before(tokens, i));
    out
}

/// "against the month before", "on the previous quarter", "than in the week before": the change from step to step.
fn step_before(tokens: &[Token], i: usize) -> Option<(usize, Shape)> {
    let is = |k: usize, words: &[&str]| tokens.get(k).is_some_and(|token| token.is(words));
    let lead = if is(i, &["versus", "vs", "against", "over", "on", "from", "than", "to"]) {
        1
    } else if is(i, &["compared", "relative", "comparing"]) && is(i + 1, &["to", "with", "against"]) {
        2
    } else if is(i, &["in"]) && is(i + 1, &["comparison"]) && is(i + 2, &["to", "with"]) {
        3
    } else {
        return None;
    };
    let mut at = i + lead + usize::from(is(i + lead, &["in", "on"]));
    let the = usize::from(is(at, &["the", "its", "each"]));
    at += the;
    let other = ["previous", "prior", "preceding"];
    let first = usize::from(is(at, &other));
    let noun = ["day", "week", "month", "quarter", "year"];
    let step = tokens.get(at + first).filter(|token| token.is(&noun))?;
    let after = at + first + 1;
    let later = usize::from(first == 0 && is(after, &["before", "earlier", "prior"]));
    let that = usize::from(later == 1 && is(after + 1, &["that", "it"]));
    let ends = tokens.get(after + later + that).is_none_or(|token| {
        token.mark
            || token.is(&["by", "per", "for", "in", "and", "or", "of", "with", "as", "did", "was", "from", "broken"])
    });
    if first + later == 0 || later == 1 && (the == 0 || !ends) {
        return None;
    }
    let shape = match step.norm.as_str() {
        "day" => Shape::DayOnDay,
        "week" => Shape::WeekOnWeek,
        "month" => Shape::MonthOnMonth,
        "quarter" => Shape::QuarterOnQuarter,
        _ => Shape::YearOnYear,
    };
    Some((after + later + that - i, shape))
}

/// Whether a word adds nothing.
pub(crate) fn filler(token: &Token) -> bool {
    static FILLERS: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    let fillers = FILLERS.get_or_init(|| {
        listed()
            .iter()
            .filter(|(shape, _)| *shape == Shape::Filler)
            .flat_map(|(_, list)| list.iter().copied())
            .collect()
    });
    fillers.contains(token.norm.as_str())
}

/// Whether a word occurs in a phrase of the grammar.
pub(super) fn knows(token: &Token) -> bool {
    static WORDS: OnceLock<(BTreeSet<&'static str>, BTreeSet<String>)> = OnceLock::new();
    let (same, stems) = WORDS.get_or_init(|| {
        let words = || listed().iter().flat_map(|(_, list)| list.iter()).flat_map(|text| text.split_whitespace());
        let stems = words().filter_map(|word| word.strip_suffix('~')).map(stem).collect();
        (words().filter(|word| !word.ends_with('~')).collect(), stems)
    });
    same.contains(token.norm.as_str()) || same.contains(token.lemma.as_str()) || stems.contains(&token.stem)
}

/// The words of the grammar that a typing error may be mended to.
pub(super) fn vocabulary() -> &'static [(String, String)] {
    static WORDS: OnceLock<Vec<(String, String)>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let words = [
            "average",
            "median",
            "total",
            "percentage",
            "highest",
            "lowest",
            "compared",
            "between",
            "quarter",
            "month",
            "yesterday",
            "growth",
            "cumulative",
            "customers",
            "bottom",
            "share",
            "january",
            "february",
            "august",
            "september",
            "october",
            "november",
            "december",
            "without",
            "which",
            "second",
            "third",
            "fourth",
            "weekday",
            "weekdays",
            "weekend",
            "weekends",
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
            "number",
            "percent",
            "excluding",
            "compare",
            "running",
            "moving",
            "november",
            "ordered",
            "sorted",
            "descending",
            "different",
            "greater",
            "largest",
            "smallest",
            "biggest",
            "monthly",
            "weekly",
            "quarterly",
            "yearly",
            "bought",
            "purchased",
            "spent",
            "please",
            "before",
            "after",
            "since",
            "until",
            "during",
            "lower",
            "least",
            "fewer",
            "three",
            "seven",
            "eight",
            "eleven",
            "twelve",
            "hundred",
            "thousand",
            "million",
        ];
        words.iter().map(|word| (stem(word), (*word).to_owned())).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_names_a_shape() {
        for line in FILE.lines().filter(|line| !line.starts_with(['#', ' ']) && !line.is_empty()) {
            let (name, _) = line.split_once(": ").expect(line);
            assert!(Shape::deserialize(StrDeserializer::<serde::de::value::Error>::new(name)).is_ok(), "{name}");
        }
        assert!(listed().len() > 60);
    }
}
