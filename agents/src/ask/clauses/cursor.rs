//! A sentence while it is read: its tokens, the place reached, and what stands there.

use super::phrase::Group;
use super::roles::Way;
use super::schema::{Noun, Schema};
use super::vocabulary::{DETERMINERS, GRAMMAR};
use crate::ask::instructions::{Instructions, TextRule};
use crate::ask::link::Lexicon;
use crate::ask::time::{self, Calendar, When};
use crate::ask::words::{Token, relates};
use crate::plan::{Field, Grain};

/// Where reading came to an end: the place of the token that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stuck {
    pub(super) at: usize,
}

pub(super) type Reads<T> = Result<T, Stuck>;

/// Values of columns that some words are.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Values {
    pub(super) len: usize,
    pub(super) found: Vec<(Field, Vec<String>)>,
    /// As it was typed, in quotation marks.
    pub(super) quoted: Option<String>,
    /// As it was typed.
    pub(super) typed: String,
}

/// What stands at a place.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Look {
    Noun(Noun),
    Values(Values),
    Time(usize, When),
    Grain(usize, Grain),
    Number(f64),
    Word,
    End,
}

/// A sentence while it is read.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    pub(super) schema: &'a Schema<'a>,
    pub(super) lexicon: &'a Lexicon,
    pub(super) calendar: Calendar,
    /// How texts are to be compared, where it was said.
    pub(super) text_rule: Option<TextRule>,
    pub(super) tokens: Vec<Token>,
    pub(super) at: usize,
    /// Columns that were spoken of.
    pub(super) known: Vec<Field>,
    /// The way to a table that the verb of a clause speaks of, where there are several.
    pub(super) way: Option<Way>,
    /// The table of what is said something of, and the table of what it did: members, and bookings for "booked".
    pub(super) deed: Option<(String, String)>,
    /// The column that something is said of: countries, which have agencies.
    pub(super) subject: Option<Field>,
    /// Whether "currently" was said.
    pub(super) now: bool,
    /// Where a time stands, and ends, of which it is not clear which date of its rows it is: nobody else may take it.
    pub(super) unclear: Option<(usize, usize)>,
    /// What was said beside the question.
    pub(super) said: &'a Instructions,
}

impl Cursor<'_> {
    pub(super) fn stuck<T>(&self) -> Reads<T> {
        Err(Stuck { at: self.at })
    }

    pub(super) fn token(&self, k: usize) -> Option<&Token> {
        self.tokens.get(self.at + k)
    }

    /// The word `k` places on; nothing for what stands in quotation marks.
    pub(super) fn word(&self, k: usize) -> &str {
        self.token(k).filter(|token| !token.quoted).map_or("", |token| token.norm.as_str())
    }

    pub(super) fn is(&self, words: &[&str]) -> bool {
        words.contains(&self.word(0))
    }

    pub(super) fn is_at(&self, k: usize, words: &[&str]) -> bool {
        words.contains(&self.word(k))
    }

    /// Reads something, or goes back to where it began.
    pub(super) fn tried<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let from = self.at;
        let made = read(self);
        if made.is_none() {
            self.at = from;
        }
        made
    }

    /// Reads something that may add groups, or goes back to where it began and to the groups there were.
    pub(super) fn tried_with<T>(
        &mut self,
        groups: &mut Vec<Group>,
        read: impl FnOnce(&mut Self, &mut Vec<Group>) -> Option<T>,
    ) -> Option<T> {
        let many = groups.len();
        let made = self.tried(|cursor| read(cursor, groups));
        if made.is_none() {
            groups.truncate(many);
        }
        made
    }

    pub(super) fn done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Goes over words when they stand here, one after the other.
    pub(super) fn eat(&mut self, phrase: &str) -> bool {
        let words: Vec<&str> = phrase.split(' ').collect();
        let stands = words.iter().enumerate().all(|(k, word)| self.word(k) == *word);
        if stands {
            self.at += words.len();
        }
        stands
    }

    /// Goes over the first of some phrases that stands here.
    pub(super) fn eat_any(&mut self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.eat(phrase))
    }

    /// Goes over articles; true when there was one.
    pub(super) fn articles(&mut self) -> bool {
        let from = self.at;
        while self.is(&DETERMINERS) || self.is(&["that", "this", "corresponding"]) && self.pointing() {
            self.at += 1;
        }
        if self.at > from && self.is(&["single"]) && !matches!(self.look(), Look::Noun(_) | Look::Values(_)) {
            self.at += 1;
        }
        self.at > from
    }

    /// Whether "that" points at the noun behind it, as in "of that state".
    fn pointing(&self) -> bool {
        let mut ahead = self.clone();
        ahead.at += 1;
        let before = self.at.checked_sub(1).and_then(|k| self.tokens.get(k));
        before.is_some_and(|token| token.is(&super::vocabulary::PREPOSITIONS) || token.is(&["its", "their"]))
            && matches!(ahead.look(), Look::Noun(_))
    }

    /// Whether a verb that only relates things stands `k` places on.
    pub(super) fn verb_at(&self, k: usize) -> bool {
        self.token(k).is_some_and(|token| !token.quoted && !token.mark && relates(&token.norm, &token.stem))
    }

    /// Whether it is a verb in a form that follows a noun: "made", "written", "located", "flowing".
    pub(super) fn participle(&self) -> bool {
        self.verb_at(0) && self.token(0).is_some_and(|token| token.norm != token.stem || token.norm.ends_with("ed"))
    }

    /// What stands here: the longest of all readings.
    pub(super) fn look(&self) -> Look {
        let Some(token) = self.token(0) else { return Look::End };
        if token.mark {
            return Look::Word;
        }
        let noun = self.schema.noun(&self.tokens, self.at, &self.known);
        let values = self.values();
        let time = time::parse(&self.tokens, self.at, self.calendar).filter(|(_, when)| dated(when));
        // "each find", "the order": things, where "find" and "order" alone are no such.
        let thing =
            token.is(&["find", "order", "list", "show"])
                && self.at.checked_sub(1).and_then(|k| self.tokens.get(k)).is_some_and(|before| {
                    before.is(&["the", "a", "an", "each", "every", "its", "their", "this", "per"])
                });
        let lone = GRAMMAR.contains(&token.norm.as_str()) && !token.quoted && !thing;
        let wide = |len: usize| !lone || len > 1;
        let noun = noun.filter(|noun| wide(noun.len));
        let values = values.filter(|values| wide(values.len));
        let lengths = (
            noun.as_ref().map_or(0, |noun| noun.len),
            values.as_ref().map_or(0, |values| values.len),
            time.as_ref().map_or(0, |(len, _)| *len),
        );
        if let Some((len, when)) = time.filter(|_| lengths.2 >= lengths.0 && lengths.2 >= lengths.1) {
            return Look::Time(len, when);
        }
        if let Some(values) = values.filter(|_| lengths.1 > lengths.0) {
            return Look::Values(values);
        }
        if let Some(noun) = noun {
            return Look::Noun(noun);
        }
        if let Some(number) = token.number.filter(|_| !token.quoted) {
            return Look::Number(number.value);
        }
        match time::grain_phrase(&self.tokens, self.at) {
            Some((len, grain)) => Look::Grain(len, grain),
            None => Look::Word,
        }
    }

    /// The values that the words here are: the longest whole one, else those that have a capitalised word in them.
    pub(super) fn values(&self) -> Option<Values> {
        let first = self.token(0)?;
        if first.quoted {
            let found = self.lexicon.whole_values(&first.lemma);
            return Some(Values { len: 1, found, quoted: Some(first.text.clone()), typed: first.text.clone() });
        }
        if first.mark {
            return None;
        }
        let mut best = None;
        let mut phrase = String::new();
        for (k, token) in self.tokens[self.at..].iter().take(8).enumerate() {
            if token.quoted || token.mark && !matches!(token.norm.as_str(), "-" | "/" | "&" | "." | "'") {
                break;
            }
            if token.mark {
                continue;
            }
            if !phrase.is_empty() {
                phrase.push(' ');
            }
            phrase.push_str(&token.lemma);
            let bare = k == 0 && (token.norm.chars().count() < 2 && !token.capital || token.number.is_some());
            let found = if bare { Vec::new() } else { self.lexicon.whole_values(&phrase) };
            if !found.is_empty() {
                best = Some(Values { len: k + 1, found, quoted: None, typed: self.typed(k + 1) });
            }
        }
        if best.is_none() && first.norm.len() > 4 && first.stem != first.lemma && !relates(&first.norm, &first.stem) {
            // "successful" for success.
            let found = self.lexicon.whole_values(&first.stem);
            best = (!found.is_empty()).then(|| Values { len: 1, found, quoted: None, typed: self.typed(1) });
        }
        best.or_else(|| self.part_of_value()).or_else(|| self.part_of_name())
    }

    /// "a wheat crop", where texts are to be found with wildcards: a word of the names of something.
    fn part_of_name(&self) -> Option<Values> {
        let first = self.token(0).filter(|_| self.text_rule == Some(TextRule::Contains))?;
        let plain = first.norm.len() > 3
            && !GRAMMAR.contains(&first.norm.as_str())
            && !crate::ask::link::is_filler(first)
            && !relates(&first.norm, &first.stem)
            && self.schema.noun(&self.tokens, self.at, &self.known).is_none();
        let mut found = if plain { self.lexicon.part_values(&[first.lemma.as_str()]) } else { Vec::new() };
        found.retain(|(field, _)| self.schema.names(field));
        (found.len() == 1).then(|| Values { len: 1, found, quoted: None, typed: first.lemma.clone() })
    }

    /// The next words as they were typed.
    fn typed(&self, len: usize) -> String {
        let words = &self.tokens[self.at..self.at + len];
        let mut out = String::new();
        for (k, token) in words.iter().enumerate() {
            if k > 0 && words[k - 1].end < token.start {
                out.push(' ');
            }
            out.push_str(&token.text);
        }
        out
    }

    fn part_of_value(&self) -> Option<Values> {
        let capital = |token: &&Token| token.capital && !token.quoted && !token.mark;
        let from = self.at;
        let run: Vec<&str> = self.tokens[from..].iter().take(4).take_while(capital).map(|t| t.lemma.as_str()).collect();
        let start = from == 0;
        (1..=run.len()).rev().filter(|len| !start || *len > 1).find_map(|len| {
            let found = self.lexicon.part_values(&run[..len]);
            let few = !found.is_empty() && found.iter().all(|(_, values)| values.len() <= 12);
            few.then(|| Values { len, found, quoted: None, typed: self.typed(len) })
        })
    }

    /// Whether some words are a noun in the plural; "color of birds" is not.
    pub(super) fn plural_in(&self, at: usize, len: usize) -> bool {
        let of = self.tokens[at..at + len].iter().position(|token| token.is(&["of", "for", "in"]));
        // "the names of the player" are those of one.
        let last = at + len - 1;
        let one =
            self.tokens[last].norm == self.tokens[last].lemma && !self.tokens[last].is(&["staff", "people", "data"]);
        let thing = (1..=2).any(|wide| {
            last.checked_sub(wide - 1)
                .and_then(|k| self.schema.table_at(&self.tokens, k))
                .is_some_and(|(found, _)| found == wide)
        });
        if of.is_some() && one && thing {
            return false;
        }
        Self { at: at + of.unwrap_or(len), ..self.clone() }.plural_before()
    }

    /// Whether a noun in the plural was just read.
    pub(super) fn plural_before(&self) -> bool {
        self.at.checked_sub(1).and_then(|k| self.tokens.get(k)).is_some_and(|token| {
            token.norm != token.lemma || matches!(token.norm.as_str(), "people" | "data" | "staff" | "children")
        })
    }
}

fn dated(when: &When) -> bool {
    matches!(when, When::Period(_) | When::Range(..))
}
