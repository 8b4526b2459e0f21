//! What is bought by those who buy something else: "when people buy hot dogs, what else is in the basket?".

use super::pattern::names;
use crate::ask::link::Lexicon;
use crate::ask::words::Token;

const BUYERS: &[&str] = &[
    "people",
    "customers",
    "shoppers",
    "households",
    "someone",
    "somebody",
    "anyone",
    "anybody",
    "they",
    "you",
    "customer",
    "shopper",
    "person",
    "household",
];
const BUYS: &[&str] =
    &["buy", "buys", "bought", "purchase", "purchases", "purchased", "get", "gets", "pick", "picks", "take", "takes"];

/// Says with which the rest is in one basket.
pub(super) fn basket(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    let is = |i: usize, words: &[&str]| tokens.get(i).is_some_and(|token| token.is(words));
    if !is(0, &["when", "whenever", "if", "where"]) {
        return;
    }
    let mut i = 1;
    while is(i, &["a", "an", "our", "the", "any"]) {
        i += 1;
    }
    if !is(i, BUYERS) {
        return;
    }
    i += 1;
    while is(i, &["do", "usually", "typically", "often"]) {
        i += 1;
    }
    if !is(i, BUYS) {
        return;
    }
    i += 1;
    while is(i, &["up", "some", "a", "an", "the", "any"]) {
        i += 1;
    }
    let Some(&width) = names(tokens, i, &|words| lexicon.names_value(words)).first() else { return };
    let value: Vec<Token> = tokens[i..i + width].to_vec();
    let mut from = i + width;
    while is(from, &[",", ":", "then"]) {
        from += 1;
    }
    if !is(from, &["what", "which"]) {
        return;
    }
    let rest = without_it(&tokens[from..]);
    let (start, end) = (tokens[0].start, tokens[from - 1].end);
    let word = |text: &str| Token::said(text, start, end);
    let things =
        rest.iter().any(|token| !names(std::slice::from_ref(token), 0, &|words| lexicon.names_noun(words)).is_empty());
    let ranked = rest.iter().any(|token| token.is(&["most", "often", "top", "commonly", "frequently"]));
    let mut said = if things {
        rest.into_iter().filter(|token| !token.is(&["else", "also"])).collect()
    } else {
        ["what", "is", "most", "often", "bought"].map(word).to_vec()
    };
    if !ranked && things {
        said.extend(["most", "often"].map(word));
    }
    let joint: &[&str] = if things { &["in", "the", "same", "basket", "as"] } else { &["together", "with"] };
    said.extend(joint.iter().map(|text| word(text)));
    said.extend(value);
    *tokens = said;
}

/// The question without "with it", "in the same basket", "too".
fn without_it(tokens: &[Token]) -> Vec<Token> {
    const TAILS: &[&[&str]] = &[
        &["in", "the", "same", "basket"],
        &["in", "the", "same", "cart"],
        &["in", "the", "same", "trip"],
        &["in", "their", "basket"],
        &["in", "their", "baskets"],
        &["in", "the", "basket"],
        &["in", "the", "cart"],
        &["along", "with", "it"],
        &["along", "with", "them"],
        &["together", "with", "it"],
        &["together", "with", "them"],
        &["with", "it"],
        &["with", "them"],
        &["with", "that"],
        &["as", "well"],
        &["too"],
        &["?"],
    ];
    let mut out = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let tail = TAILS.iter().find(|tail| {
            tail.iter().enumerate().all(|(k, text)| tokens.get(i + k).is_some_and(|token| token.norm == *text))
        });
        if let Some(tail) = tail {
            i += tail.len();
        } else {
            out.push(tokens[i].clone());
            i += 1;
        }
    }
    out
}
