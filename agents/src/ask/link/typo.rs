//! Typing errors: the one known word that is a slip away.

use super::Lexicon;
use super::shapes;

/// The known word that a word is a typing error of, when there is just one: a slip for five letters or more, two for
/// nine or more.
pub(super) fn mend<'a>(lexicon: &'a Lexicon, word: &str, stem: &str) -> Option<&'a str> {
    let len = word.chars().count();
    if len < 5 || !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let most = if len >= 9 { 2 } else { 1 };
    let first = word.chars().next();
    let mut best: Option<(usize, &str)> = None;
    let mut tied = false;
    let names = lexicon.vocabulary.iter().map(|(stem, word)| (stem.as_str(), word.as_str()));
    let values = lexicon.values.short_words().filter(|_| most == 1).map(|stem| (stem, stem));
    let grammar = shapes::vocabulary().iter().map(|(stem, word)| (stem.as_str(), word.as_str()));
    for (known_stem, known) in names.chain(values).chain(grammar) {
        if known.chars().count() < 4 || known.chars().next() != first {
            continue;
        }
        let far = strsim::damerau_levenshtein(known, word).min(strsim::damerau_levenshtein(known_stem, stem));
        if far == 0 || far > most {
            continue;
        }
        match best {
            Some((b, _)) if far > b => {}
            Some((b, k)) if far == b => tied |= k != known_stem,
            _ => {
                best = Some((far, known_stem));
                tied = false;
            }
        }
    }
    best.filter(|_| !tied).map(|(_, known)| known)
}
