//! Greetings, thanks and names around a question: whole clauses that ask for nothing.

use super::pattern::ends;
use crate::ask::link::{Lexicon, is_filler};
use crate::ask::words::Token;

/// Words that make a clause a greeting or a thank-you.
const CORE: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "hiya",
    "dear",
    "greetings",
    "morning",
    "afternoon",
    "evening",
    "gday",
    "howdy",
    "thanks",
    "thank",
    "thx",
    "ty",
    "tia",
    "ta",
    "cheers",
    "regards",
    "rgds",
    "br",
    "wishes",
    "sincerely",
    "appreciated",
    "appreciate",
    "hope",
    "sorry",
    "please",
    "pls",
    "plz",
    "urgent",
    "asap",
    "apologies",
    "bye",
    "cordially",
    "respectfully",
    "yours",
    "welcome",
];

/// Words that may stand in such a clause.
const AROUND: &[&str] = &[
    "all",
    "team",
    "everyone",
    "everybody",
    "folks",
    "guys",
    "there",
    "colleague",
    "colleagues",
    "ladies",
    "gentlemen",
    "sir",
    "madam",
    "analytics",
    "data",
    "bi",
    "reporting",
    "good",
    "day",
    "many",
    "kind",
    "kindest",
    "best",
    "warm",
    "warmest",
    "very",
    "much",
    "so",
    "a",
    "lot",
    "bunch",
    "million",
    "in",
    "advance",
    "for",
    "your",
    "help",
    "support",
    "assistance",
    "time",
    "again",
    "ever",
    "you",
    "are",
    "is",
    "doing",
    "well",
    "i",
    "we",
    "this",
    "finds",
    "great",
    "nice",
    "lovely",
    "weekend",
    "week",
    "had",
    "have",
    "hand",
    "too",
    "and",
    "my",
    "to",
    "the",
    "bother",
    "bothering",
    "disturb",
    "disturbing",
    "quick",
    "that",
    "would",
    "be",
    "it",
    "will",
    "from",
    "with",
    "late",
    "short",
    "notice",
    "ahead",
    "as",
    "always",
    "usual",
    "friends",
    "mate",
    "mates",
    "guy",
    "really",
    "truly",
    "sincere",
    "faithfully",
    "answer",
    "reply",
    "response",
    "any",
    "highly",
    "greatly",
];

/// Words after which a name closes the question.
const CLOSING: &[&str] =
    &["thanks", "thank", "thx", "cheers", "regards", "rgds", "br", "wishes", "sincerely", "best", "yours", "ta", "bye"];

/// The question without them. One that is nothing else stays as it is.
pub(super) fn without(tokens: Vec<Token>, lexicon: &Lexicon) -> Vec<Token> {
    let mut keep = vec![true; tokens.len()];
    let clauses = clauses(&tokens);
    let mut closed = false;
    for (place, &(from, end)) in clauses.iter().enumerate() {
        let words = &tokens[from..end];
        let (first, last) = (place == 0, place + 1 == clauses.len());
        let polite = courteous(words, lexicon) || last && !first && words.len() == 1 && words[0].is(&["best"]);
        let signed = closed && last && !words.is_empty() && words.len() <= 3 && words.iter().all(|word| word.capital);
        if polite || signed {
            keep[from..end].fill(false);
        }
        let closing = words.iter().any(|word| word.is(CLOSING));
        closed = polite && closing || closed && words.is_empty();
        if place + 2 == clauses.len() && !first && words.len() == 1 && words[0].is(&["best"]) {
            let name = &tokens[clauses[place + 1].0..clauses[place + 1].1];
            closed = name.len() == 1 && name[0].capital && !known(&name[0], lexicon);
            keep[from..end].fill(!closed);
        }
    }
    leading(&tokens, &mut keep);
    if tokens.iter().zip(&keep).all(|(token, kept)| token.mark || !kept) {
        return tokens;
    }
    tokens.into_iter().zip(keep).filter(|(_, kept)| *kept).map(|(token, _)| token).collect()
}

/// The stretches between marks.
fn clauses(tokens: &[Token]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut from = 0;
    for (i, token) in tokens.iter().enumerate() {
        let dash = token.norm == "-" && i > 0 && tokens[i - 1].end < token.start;
        if ends(token) || dash {
            if from < i {
                out.push((from, i));
            }
            from = i + 1;
        }
    }
    if from < tokens.len() {
        out.push((from, tokens.len()));
    }
    out
}

/// Whether a clause is a greeting or a thank-you, with at most two names in it.
fn courteous(words: &[Token], lexicon: &Lexicon) -> bool {
    let Some(core) = words.iter().position(|word| word.is(CORE)) else { return false };
    let mut strangers = 0;
    let polite = words.iter().enumerate().all(|(k, word)| {
        let name = k > core && word.capital && !word.quoted && word.number.is_none() && !known(word, lexicon);
        strangers += usize::from(name && !word.is(AROUND) && !word.is(CORE));
        !word.quoted && (word.is(CORE) || word.is(AROUND)) || name
    });
    polite && strangers <= 2 && words.len() <= 14
}

/// Whether a word is more than the name of somebody.
fn known(word: &Token, lexicon: &Lexicon) -> bool {
    lexicon.says(&word.lemma) && !lexicon.only_a_persons(&word.lemma)
}

/// "hi there what are …", "hey do …": the greeting at the start that no mark sets apart.
fn leading(tokens: &[Token], keep: &mut [bool]) {
    const GREETING: &[&str] = &["hi", "hello", "hey", "hiya", "howdy", "greetings", "morning", "afternoon", "evening"];
    let good = usize::from(tokens.first().is_some_and(|token| token.is(&["good"])));
    if !tokens.get(good).is_some_and(|token| token.is(GREETING)) {
        return;
    }
    let mut i = good + 1;
    while tokens.get(i).is_some_and(|token| token.is(&["there", "all", "team", "everyone", "folks", "guys"])) {
        i += 1;
    }
    let goes_on = tokens.get(i).is_some_and(|token| !token.is(&["of"]) && (is_filler(token) || !token.mark));
    if goes_on {
        keep[..i].fill(false);
    }
}
