//! Things that are said to be there before they are asked for: "were there months with …, and which ones?".

use super::asked::noun;
use super::pattern::ends;
use crate::ask::link::{Lexicon, Shape, shapes_at};
use crate::ask::words::Token;

/// Words around the question at the end of such a sentence.
const AROUND: &[&str] = &[
    "and", "if", "so", "yes", "ones", "one", "were", "are", "is", "was", "it", "they", "those", "these", "that", "of",
    "them",
];

/// Asks for them at once.
pub(super) fn exists(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    let Some(said) = opening(tokens) else { return };
    let asked = asked_last(tokens, said.until);
    if !said.question && asked.is_none() {
        return;
    }
    let Some(width) = noun(tokens, said.until, lexicon) else { return };
    if tokens[said.until + width..].is_empty() || asked.is_none() && !compared(&tokens[said.until + width..]) {
        return;
    }
    let many = asked.is_some_and(|at| tokens[at..].iter().any(|token| token.is(&["many"])));
    if let Some(at) = asked {
        let last = (0..at).rev().find(|&k| !tokens[k].mark && !tokens[k].is(AROUND)).map_or(at, |k| k + 1);
        tokens.truncate(last);
    }
    let (start, end) = (tokens[0].start, tokens[said.until - 1].end);
    let word = |text: &str| Token::said(text, start, end);
    let head = if many { vec![word("how"), word("many")] } else { vec![word("which")] };
    tokens.splice(..said.until, head);
}

/// How such a sentence begins: up to where, and whether that is a question.
struct Opening {
    until: usize,
    question: bool,
}

/// "were there any", "do we have any", "there are", "did any".
fn opening(tokens: &[Token]) -> Option<Opening> {
    let is = |i: usize, words: &[&str]| tokens.get(i).is_some_and(|token| token.is(words));
    let be = ["is", "are", "was", "were"];
    let (mut until, question) = if is(0, &be) && is(1, &["there"]) {
        (2, true)
    } else if is(0, &["there"]) && is(1, &be) {
        (2, false)
    } else if is(0, &["do", "did", "have"]) && is(1, &["we", "you"]) && is(2, &["have", "had", "got"]) {
        (3, true)
    } else if is(0, &["did", "has", "have", "does", "do"]) && is(1, &["any"]) {
        (1, true)
    } else {
        return None;
    };
    while is(until, &["any", "some", "a", "an", "at", "least", "one", "of", "our", "the", "single", "even", "also"]) {
        until += 1;
    }
    (until < tokens.len()).then_some(Opening { until, question })
}

/// Where "which ones", "how many" stands at the end, with nothing else behind.
fn asked_last(tokens: &[Token], from: usize) -> Option<usize> {
    let at = (from + 1..tokens.len()).rev().find(|&i| tokens[i].is(&["which", "what", "who", "how"]))?;
    let first = tokens[at - 1].mark || tokens[at - 1].is(&["and", "so"]);
    let quiet = tokens[at + 1..].iter().all(|token| token.mark || token.is(AROUND) || token.is(&["many"]));
    (first && quiet).then_some(at)
}

/// Whether a number is compared: then there may be several, and those are wanted.
fn compared(tokens: &[Token]) -> bool {
    let limits = [Shape::MoreThan, Shape::LessThan, Shape::AtLeast, Shape::AtMost, Shape::Between];
    (0..tokens.len()).any(|i| {
        let limit = shapes_at(tokens, i).iter().any(|(_, shape)| limits.contains(shape));
        limit
            && tokens[i + 1..].iter().take(4).any(|token| token.number.is_some_and(|n| !n.ordinal))
            && !ends(&tokens[i])
    })
}
