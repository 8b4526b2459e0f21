//! Patterns of words: what an idiom looks like, and where it stands in a question.

use crate::ask::link::Lexicon;
use crate::ask::time;
use crate::ask::words::{Token, Unit, stem};

/// One place of a pattern.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// One of these words.
    Words(Vec<String>),
    /// One of these words, kept.
    Kept(Vec<String>),
    /// Any form of one of these words.
    Stems(Vec<String>),
    /// Any one word.
    Any,
    /// A number.
    Number,
    /// A number of percent.
    Percent,
    /// The name of something to group by: a column, a thing, a step of the calendar.
    Noun,
    /// The name of a metric.
    Metric,
    /// Values of a column, or a named filter.
    Value,
    /// The start of the question, or of what follows a mark.
    Start,
    /// Its end, or a mark.
    End,
}

/// A pattern: its places, and which of them may be left out.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    places: Vec<(Place, bool)>,
}

/// Where a pattern was found: up to which token, and what its open places took.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) end: usize,
    pub(super) taken: Vec<(usize, usize)>,
}

impl Pattern {
    /// Reads a pattern: `a/b` is either word, `{a/b}` keeps it, `~` is any form, `?` may be left out.
    pub(super) fn new(text: &str) -> Self {
        let places = text.split_whitespace().map(|word| {
            let (word, may) = word.strip_suffix('?').filter(|w| !w.is_empty()).map_or((word, false), |w| (w, true));
            let place = match word {
                "*" => Place::Any,
                "<n>" => Place::Number,
                "<%>" => Place::Percent,
                "<noun>" => Place::Noun,
                "<metric>" => Place::Metric,
                "<value>" => Place::Value,
                "^" => Place::Start,
                "$" => Place::End,
                "/" => Place::Words(vec![word.to_owned()]),
                _ => {
                    let words = |list: &str| list.split('/').map(str::to_owned).collect();
                    let kept = word.strip_prefix('{').and_then(|word| word.strip_suffix('}'));
                    match (kept, word.strip_suffix('~')) {
                        (Some(list), _) => Place::Kept(words(list)),
                        (None, Some(forms)) => Place::Stems(forms.split('/').map(stem).collect()),
                        (None, None) => Place::Words(words(word)),
                    }
                }
            };
            (place, may)
        });
        Self { places: places.collect() }
    }

    /// The words that a question must have for this: those of its first word that must stand.
    pub(super) fn key(&self) -> Option<(bool, &[String])> {
        self.places.iter().find_map(|(place, may)| match place {
            Place::Words(words) | Place::Kept(words) if !may => Some((false, words.as_slice())),
            Place::Stems(stems) if !may => Some((true, stems.as_slice())),
            _ => None,
        })
    }

    /// The words of it, for telling them from typing errors.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.places
            .iter()
            .flat_map(|(place, _)| match place {
                Place::Words(words) | Place::Kept(words) => words.as_slice(),
                _ => &[],
            })
            .map(String::as_str)
    }

    /// Where it ends when it begins at a token.
    pub(super) fn at(&self, tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<Found> {
        let mut taken = Vec::new();
        let end = follow(&self.places, tokens, i, i, lexicon, &mut taken)?;
        Some(Found { end, taken })
    }
}

fn follow(
    places: &[(Place, bool)],
    tokens: &[Token],
    from: usize,
    i: usize,
    lexicon: &Lexicon,
    taken: &mut Vec<(usize, usize)>,
) -> Option<usize> {
    let Some(((place, may), rest)) = places.split_first() else { return (i > from).then_some(i) };
    let open = !matches!(place, Place::Words(_) | Place::Stems(_) | Place::Start | Place::End);
    let before = taken.len();
    for len in lengths(place, tokens, i, lexicon) {
        if open {
            taken.push((i, len));
        }
        if let Some(end) = follow(rest, tokens, from, i + len, lexicon, taken) {
            return Some(end);
        }
        taken.truncate(before);
    }
    if !may {
        return None;
    }
    if open {
        taken.push((i, 0));
    }
    let end = follow(rest, tokens, from, i, lexicon, taken);
    if end.is_none() {
        taken.truncate(before);
    }
    end
}

/// How many tokens a place may take from here, the most first.
fn lengths(place: &Place, tokens: &[Token], i: usize, lexicon: &Lexicon) -> Vec<usize> {
    let token = tokens.get(i);
    let said = |fits: bool| if fits { vec![1] } else { Vec::new() };
    let here = |fits: bool| if fits { vec![0] } else { Vec::new() };
    match place {
        Place::Words(words) | Place::Kept(words) => said(token.is_some_and(|t| !t.quoted && words.contains(&t.norm))),
        Place::Stems(stems) => said(token.is_some_and(|t| !t.quoted && !t.mark && stems.contains(&t.stem))),
        Place::Any => said(token.is_some_and(|t| !t.quoted && !t.mark)),
        Place::Number => said(token.is_some_and(|t| !t.quoted && t.number.is_some_and(|n| !n.ordinal && !n.year))),
        Place::Percent => {
            said(token.is_some_and(|t| !t.quoted && t.number.is_some_and(|n| !n.ordinal && n.unit == Unit::Percent)))
        }
        Place::Noun => names(tokens, i, &|words| {
            lexicon.names_noun(words) || !words.contains(' ') && token.is_some_and(|t| time::grain_word(t).is_some())
        }),
        Place::Metric => names(tokens, i, &|words| lexicon.metric_named(words).is_some()),
        Place::Value => names(tokens, i, &|words| lexicon.names_value(words)),
        Place::Start => here(i == 0 || tokens.get(i - 1).is_some_and(ends)),
        Place::End => here(token.is_none_or(ends)),
    }
}

/// Whether a mark ends a clause.
pub(super) fn ends(token: &Token) -> bool {
    token.mark && !matches!(token.norm.as_str(), "-" | "/" | "&" | "'" | "%" | "$" | "#")
}

/// The names from a token that are of a kind, the longest first.
pub(super) fn names(tokens: &[Token], i: usize, fits: &dyn Fn(&str) -> bool) -> Vec<usize> {
    let mut out = Vec::new();
    let mut words = String::new();
    for (k, token) in tokens[i.min(tokens.len())..].iter().enumerate().take(6) {
        if token.quoted || token.mark && (k == 0 || !matches!(token.norm.as_str(), "-" | "/" | "&")) {
            break;
        }
        if token.mark {
            continue;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(&token.lemma);
        if fits(&words) {
            out.push(k + 1);
        }
    }
    out.reverse();
    out
}
