//! Names of people, and the addresses and log-ins that are made of them.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::OnceLock;

use fake::locales::{AR_SA, DE_DE, Data, EN, FA_IR, FR_FR, IT_IT, JA_JP, NL_NL, PT_BR, TR_TR, ZH_CN};
use serde::{Deserialize, Serialize};

use super::{Somebody, below, distinct, tally, weighted};
use crate::transform::numbering::scatter;

/// Which part of a name a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Part {
    Whole,
    First,
    Last,
}

/// How names are written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Names {
    part: Part,
    language: String,
    styles: Vec<(Style, u64)>,
}

/// How one name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Style {
    /// From 1 to 4.
    words: u8,
    /// The family name first, then a comma.
    comma: bool,
    /// A letter and a point for the middle name.
    initial: bool,
    case: Case,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Case {
    Title,
    Upper,
    Lower,
}

impl Names {
    pub(super) fn learn(values: &[&str], part: Part) -> Self {
        Self { part, language: language(values).to_owned(), styles: tally(values.iter().map(|value| Style::of(value))) }
    }

    pub(super) fn text(&self, who: Somebody) -> String {
        let lists = lists(&self.language);
        let person = Person::of(who, lists);
        let mut draws = who.draws("style");
        let style = weighted(&self.styles, &mut draws).copied().unwrap_or(Style::of("A B"));
        let another = lists.first[below(&mut draws, lists.first.len())];
        let written = match self.part {
            Part::First if style.words > 1 => format!("{} {another}", person.first),
            Part::First => person.first.to_owned(),
            Part::Last if style.words > 1 => {
                format!("{} {}", person.last, lists.last[below(&mut draws, lists.last.len())])
            }
            Part::Last => person.last.to_owned(),
            Part::Whole => {
                // Somebody who would have the name of another gets a middle name's letters.
                let middle = match (style.words, person.round) {
                    (_, round) if round > 0 => letters(round - 1),
                    (0..=2, _) => String::new(),
                    _ if style.initial => another.chars().take(1).chain(['.']).collect(),
                    _ => another.to_owned(),
                };
                let given =
                    if middle.is_empty() { person.first.to_owned() } else { format!("{} {middle}", person.first) };
                if style.comma { format!("{}, {given}", person.last) } else { format!("{given} {}", person.last) }
            }
        };
        match style.case {
            Case::Title => written,
            Case::Upper => written.to_uppercase(),
            Case::Lower => written.to_lowercase(),
        }
    }
}

impl Style {
    fn of(value: &str) -> Self {
        let words: Vec<&str> = value.split_whitespace().collect();
        let letters = || value.chars().filter(|sign| sign.is_alphabetic());
        let case = if !letters().any(char::is_lowercase) && letters().any(char::is_uppercase) && letters().count() > 2 {
            Case::Upper
        } else if letters().any(char::is_lowercase) && !letters().any(char::is_uppercase) {
            Case::Lower
        } else {
            Case::Title
        };
        let inner = words.get(1..words.len().saturating_sub(1)).unwrap_or_default();
        Self {
            words: words.len().clamp(1, 4) as u8,
            comma: value.contains(','),
            initial: inner.iter().any(|word| word.ends_with('.') || word.chars().count() == 1),
            case,
        }
    }
}

/// How e-mail addresses or log-ins are written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Mails {
    styles: Vec<(Login, u64)>,
    /// How many values have the commonest domain, the next, and so on; empty for log-ins.
    domains: Vec<u64>,
}

/// How what stands before the @ is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Login {
    /// Between the parts of the name.
    separator: Option<char>,
    /// How many parts of letters there are, 1 or 2.
    parts: u8,
    /// The first part is one letter.
    initial: bool,
    /// How many digits follow.
    digits: u8,
    upper: bool,
}

impl Mails {
    pub(super) fn learn(values: &[&str], mails: bool) -> Self {
        /// Further domains are made as rare as the last of these.
        const DOMAINS: usize = 200;
        let halves = || values.iter().map(|value| value.trim().split_once('@').unwrap_or((value, "")));
        let mut domains: Vec<u64> =
            tally(halves().map(|(_, domain)| domain.to_lowercase())).into_iter().map(|(_, rows)| rows).collect();
        domains.sort_unstable_by(|a, b| b.cmp(a));
        domains.truncate(if mails { DOMAINS } else { 0 });
        Self { styles: tally(halves().map(|(local, _)| Login::of(local))), domains }
    }

    pub(super) fn text(&self, who: Somebody) -> String {
        let plain = plain_lists();
        let person = Person::of(who, lists("en"));
        let (first, last) = (plain.0[person.at.0].as_str(), plain.1[person.at.1].as_str());
        let mut draws = who.draws("login");
        let style = weighted(&self.styles, &mut draws).copied().unwrap_or(Login::of("a.b"));
        let given = if style.initial { &first[..1] } else { first };
        let whole = style.parts > 1 && !style.initial && style.separator.is_some();
        let mut local = match (style.parts, style.separator) {
            (0 | 1, _) => first.to_owned(),
            (_, Some(separator)) => format!("{given}{separator}{last}"),
            (_, None) => format!("{given}{last}"),
        };
        // Only both whole names with a sign between them tell people apart; all others have their number.
        if !whole || person.round > 0 {
            let width = usize::from(style.digits).max(1);
            let _ = write!(local, "{:0width$}", who.number);
        } else if style.digits > 0 {
            let digits = (0..style.digits).map(|_| char::from(b'0' + below(&mut draws, 10) as u8));
            local.extend(digits);
        }
        if style.upper {
            local = local.to_uppercase();
        }
        if self.domains.is_empty() {
            return local;
        }
        let shares: Vec<(usize, u64)> = self.domains.iter().copied().enumerate().collect();
        match weighted(&shares, &mut draws).copied().unwrap_or(0) {
            0 => format!("{local}@example.com"),
            1 => format!("{local}@example.org"),
            2 => format!("{local}@example.net"),
            other => {
                let words = EN::LOREM_WORD;
                let (word, round) = (words[other % words.len()], other / words.len());
                if round == 0 { format!("{local}@{word}.example") } else { format!("{local}@{word}{round}.example") }
            }
        }
    }
}

impl Login {
    fn of(local: &str) -> Self {
        let trimmed = local.trim_end_matches(|sign: char| sign.is_ascii_digit());
        let separator = trimmed.chars().find(|sign| matches!(sign, '.' | '_' | '-'));
        let first = separator.and_then(|sign| trimmed.split(sign).next()).unwrap_or(trimmed);
        // A word of more letters than given names have is two names.
        let parts = if separator.is_some() || trimmed.chars().count() > 8 { 2 } else { 1 };
        Self {
            separator,
            parts,
            initial: separator.is_some() && first.chars().count() == 1,
            digits: (local.len() - trimmed.len()).min(6) as u8,
            upper: trimmed.chars().any(char::is_uppercase) && !trimmed.chars().any(char::is_lowercase),
        }
    }
}

/// Given and family names of a language.
struct Lists {
    first: Vec<&'static str>,
    last: Vec<&'static str>,
}

/// A made-up person.
struct Person {
    first: &'static str,
    last: &'static str,
    /// Where the two names stand in their lists.
    at: (usize, usize),
    /// How many people had the same two names before.
    round: u64,
}

impl Person {
    fn of(who: Somebody, lists: &Lists) -> Self {
        let capacity = (lists.first.len() * lists.last.len()) as u128;
        let number = scatter(who.number, capacity, who.offset) as usize;
        let at = (number % lists.first.len(), number / lists.first.len());
        Self { first: lists.first[at.0], last: lists.last[at.1], at, round: (u128::from(who.number) / capacity) as u64 }
    }
}

/// The languages there are names of, English first.
fn languages() -> &'static [(&'static str, Lists)] {
    static LANGUAGES: OnceLock<Vec<(&'static str, Lists)>> = OnceLock::new();
    LANGUAGES.get_or_init(|| {
        let all = [
            ("en", EN::NAME_FIRST_NAME, EN::NAME_LAST_NAME),
            ("fr", FR_FR::NAME_FIRST_NAME, FR_FR::NAME_LAST_NAME),
            ("de", DE_DE::NAME_FIRST_NAME, DE_DE::NAME_LAST_NAME),
            ("it", IT_IT::NAME_FIRST_NAME, IT_IT::NAME_LAST_NAME),
            ("nl", NL_NL::NAME_FIRST_NAME, NL_NL::NAME_LAST_NAME),
            ("pt", PT_BR::NAME_FIRST_NAME, PT_BR::NAME_LAST_NAME),
            ("tr", TR_TR::NAME_FIRST_NAME, TR_TR::NAME_LAST_NAME),
            ("ar", AR_SA::NAME_FIRST_NAME, AR_SA::NAME_LAST_NAME),
            ("fa", FA_IR::NAME_FIRST_NAME, FA_IR::NAME_LAST_NAME),
            ("ja", JA_JP::NAME_FIRST_NAME, JA_JP::NAME_LAST_NAME),
            ("zh", ZH_CN::NAME_FIRST_NAME, ZH_CN::NAME_LAST_NAME),
        ];
        let named = all.into_iter().filter(|(_, first, last)| !first.is_empty() && !last.is_empty());
        named
            .map(|(language, first, last)| (language, Lists { first: distinct(first), last: distinct(last) }))
            .collect()
    })
}

fn lists(language: &str) -> &'static Lists {
    let known = languages();
    &known.iter().find(|(known, _)| *known == language).unwrap_or(&known[0]).1
}

/// The language whose names occur most often; English when none do.
fn language(values: &[&str]) -> &'static str {
    const PROBED: usize = 300;
    let every = values.len().div_ceil(PROBED).max(1);
    let words: Vec<String> = values
        .iter()
        .step_by(every)
        .flat_map(|value| value.split(|sign: char| sign.is_whitespace() || sign == ',').map(str::to_lowercase))
        .filter(|word| !word.is_empty())
        .collect();
    let mut best = (0, "en");
    for (language, lists) in languages() {
        let known: BTreeSet<String> = lists.first.iter().chain(&lists.last).map(|name| name.to_lowercase()).collect();
        let found = words.iter().filter(|word| known.contains(*word)).count();
        if found > best.0 {
            best = (found, language);
        }
    }
    best.1
}

/// The English names in small letters without signs, so that each differs from the others.
fn plain_lists() -> &'static (Vec<String>, Vec<String>) {
    static PLAIN: OnceLock<(Vec<String>, Vec<String>)> = OnceLock::new();
    let plain = |names: &[&str]| {
        names.iter().map(|name| name.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect()).collect()
    };
    let lists = lists("en");
    PLAIN.get_or_init(|| (plain(&lists.first), plain(&lists.last)))
}

/// A, B, … Z, A A, A B, …: letters for a number.
fn letters(number: u64) -> String {
    let letter = char::from(b'A' + (number % 26) as u8);
    if number < 26 { letter.to_string() } else { format!("{} {letter}", letters(number / 26 - 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_tell_people_apart() {
        let (first, last) = plain_lists();
        for names in [first, last] {
            assert!(names.iter().all(|name| !name.is_empty()));
            assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        }
        assert!(EN::NAME_FIRST_NAME.is_sorted(), "detection looks names up by bisection");
    }

    #[test]
    fn names_keep_their_language_and_their_style() {
        assert_eq!(language(&["Jürgen Müller", "Käthe Schröder"]), "de");
        assert_eq!(language(&["Xqz Wvv"]), "en");
        let style = Style::of("LEE, ANNA B.");
        assert!(style.comma && style.case == Case::Upper && style.words == 3);
        assert!(Style::of("Anna B. Lee").initial);
        assert_eq!((letters(0), letters(25), letters(26)), ("A".to_owned(), "Z".to_owned(), "A A".to_owned()));
    }
}
