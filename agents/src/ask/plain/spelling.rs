//! Words run together and torn apart: "softdrinks", "sub category", "regionwise".

use crate::ask::link::{Lexicon, is_filler, shapes_at};
use crate::ask::words::{Token, tokenize};

/// Puts such words right where the lexicon knows them the other way and no other.
pub(super) fn words(tokens: &mut Vec<Token>, lexicon: &Lexicon) {
    let mut i = 0;
    while i < tokens.len() {
        if let Some(apart) = torn(tokens, i, lexicon).or_else(|| together(tokens, i, lexicon)) {
            let (len, words) = apart;
            let count = words.len();
            tokens.splice(i..i + len, words);
            i += count;
        } else {
            i += 1;
        }
    }
}

fn open(token: &Token, lexicon: &Lexicon) -> bool {
    !token.quoted
        && !token.mark
        && token.number.is_none()
        && !lexicon.says(&token.lemma)
        && !is_filler(token)
        && shapes_at(std::slice::from_ref(token), 0).is_empty()
        && crate::ask::time::grain_word(token).is_none()
        && !crate::ask::time::knows(token)
}

/// "sub category", "super-market": two words that are one.
fn torn(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<(usize, Vec<Token>)> {
    let hyphen = usize::from(tokens.get(i + 1).is_some_and(|token| token.norm == "-"));
    let (first, second) = (tokens.get(i)?, tokens.get(i + 1 + hyphen)?);
    if second.mark || second.quoted || first.norm.len() < 3 || second.norm.len() < 3 {
        return None;
    }
    let both = format!("{}{}", first.norm, second.norm);
    let joined = Token::said(&both, first.start, second.end);
    let whole = format!("{} {}", first.lemma, second.lemma);
    (open(first, lexicon)
        && lexicon.names_noun(&joined.lemma)
        && !lexicon.names_noun(&whole)
        && !lexicon.names_value(&whole))
    .then(|| (2 + hyphen, vec![joined]))
}

/// "softdrinks", "regionwise": one word that is two.
fn together(tokens: &[Token], i: usize, lexicon: &Lexicon) -> Option<(usize, Vec<Token>)> {
    let token = tokens.get(i)?;
    if !open(token, lexicon) || token.norm.len() < 7 || !token.norm.chars().all(char::is_alphabetic) {
        return None;
    }
    let parts = match token.norm.strip_suffix("wise") {
        Some(noun) => {
            let noun = Token::said(noun, token.start, token.end);
            let known = lexicon.names_noun(&noun.lemma) || crate::ask::time::grain_word(&noun).is_some();
            known.then(|| format!("{} wise", noun.norm))?
        }
        None => lexicon.apart(&token.lemma)?,
    };
    let words = tokenize(&parts).into_iter().map(|word| Token { start: token.start, end: token.end, ..word });
    Some((1, words.collect()))
}
