//! Whom and what a question is for: "for the Monday deck:", "for my December report I need …".

use super::pattern::ends;
use crate::ask::link::Lexicon;
use crate::ask::time;
use crate::ask::words::Token;

/// What numbers are wanted for. A time before one of the second kind says which numbers: "my December report".
const OCCASIONS: &[&str] = &[
    "deck",
    "board",
    "meeting",
    "slide",
    "slides",
    "presentation",
    "call",
    "standup",
    "newsletter",
    "workshop",
    "memo",
    "boss",
    "manager",
    "ceo",
    "cfo",
    "coo",
    "director",
    "colleague",
    "team",
    "programme",
    "program",
    "initiative",
    "committee",
    "management",
    "finance",
    "leadership",
    "investors",
    "auditor",
    "auditors",
    "talk",
    "pitch",
    "update",
    "catch-up",
    "session",
    "conference",
    "agenda",
    "annual report",
];
const REPORTS: &[&str] = &["report", "review", "summary", "overview", "analysis", "closing", "dashboard", "recap"];

/// Words that go on with the question after what it is for.
const GOES_ON: &[&str] = &[
    "i", "we", "could", "can", "would", "please", "pls", "what", "which", "how", "who", "give", "show", "list", "tell",
    "let", "need", "where", "when", "is", "are", "do", "does", "did", "send", "pull", "name",
];

/// Takes such phrases out; a time in one that says which numbers are meant stays.
pub(super) fn set_aside(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    for from in (0..tokens.len()).rev() {
        let starts = from == 0
            || ends(&tokens[from - 1])
            || tokens[from - 1].is(&["one", "question", "request", "thing", "something"]);
        if !tokens[from].is(&["for"]) || !starts {
            continue;
        }
        let Some((to, keeps)) = phrase(tokens, from) else { continue };
        let after = tokens.get(to);
        let last = after.is_none() && from > 0;
        if !last && !after.is_some_and(|token| ends(token) || token.is(GOES_ON)) {
            continue;
        }
        let own = &tokens[from + 1..to - 1];
        if own.iter().any(|word| lexicon.names_value(&word.lemma)) {
            continue;
        }
        let kept: Vec<Token> = own.iter().filter(|word| keeps && timed(word)).cloned().collect();
        if kept.is_empty() {
            let mark = usize::from(after.is_some_and(ends));
            tokens.drain(from..to + mark);
        } else {
            that_time(tokens, to, &kept);
            tokens.drain(from..to);
        }
    }
}

/// Where a phrase for an occasion ends, and whether a time in it counts.
fn phrase(tokens: &[Token], from: usize) -> Option<(usize, bool)> {
    let whose = tokens.get(from + 1)?;
    let owned = whose.is(&["my", "our", "the", "a", "an", "this", "next", "tomorrow", "today", "his", "her", "their"]);
    let first = if owned { from + 2 } else { from + 1 };
    let at = (first..(first + 4).min(tokens.len()))
        .take_while(|&k| !tokens[k].mark && tokens[k].number.is_none_or(|n| n.year))
        .filter(|&k| tokens[k].is(OCCASIONS) || tokens[k].is(REPORTS))
        .last()?;
    Some((at + 1, tokens[at].is(REPORTS)))
}

fn timed(word: &Token) -> bool {
    time::month(word).is_some()
        || word.number.is_some_and(|n| n.year)
        || word.norm.starts_with('q') && word.norm.len() == 2
}

/// "that month" further on is the time that was named.
fn that_time(tokens: &mut Vec<Token>, from: usize, kept: &[Token]) {
    let place = (from..tokens.len().saturating_sub(1))
        .find(|&k| tokens[k].is(&["that", "this"]) && time::grain_word(&tokens[k + 1]).is_some());
    if let Some(k) = place {
        tokens.splice(k..k + 2, kept.iter().cloned());
    } else {
        let end = (from..tokens.len()).rev().find(|&k| !tokens[k].mark).map_or(from, |k| k + 1);
        let said = Token::said("in", kept[0].start, kept[0].end);
        tokens.splice(end..end, std::iter::once(said).chain(kept.iter().cloned()));
    }
}
