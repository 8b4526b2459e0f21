//! Typing errors: the one known word that is a slip away.

use super::Lexicon;
use super::near::Letters;
use super::shapes;
use crate::ask::words::stem as stem_of;

/// The known word that a word is a typing error of, when there is just one: a slip for five letters or more, two for
/// nine or more.
pub(super) fn mend<'a>(lexicon: &'a Lexicon, word: &str, stem: &str) -> Option<&'a str> {
    if let Some(meant) = slip(word) {
        return Some(meant);
    }
    let len = word.chars().count();
    if len < 5 || !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let most = if len >= 9 { 2 } else { 1 };
    let first = word.chars().next()?;
    let letters = Letters::of(word);
    let of_stem = Letters::of(stem);
    let mut best: Option<((usize, usize), &str)> = None;
    let mut tied = false;
    let names = lexicon.vocabulary.iter().map(|(stem, word)| (stem.as_str(), word.as_str()));
    let values = lexicon.values.short_words(first).filter(|_| most == 1).map(|stem| (stem, stem));
    let grammar = shapes::vocabulary().iter().map(|(stem, word)| (stem.as_str(), word.as_str()));
    for (known_stem, known) in names.chain(values).chain(grammar) {
        if !known.starts_with(first) || known.chars().count() < 4 {
            continue;
        }
        if letters.apart(Letters::of(known)) > most && of_stem.apart(Letters::of(known_stem)) > most {
            continue;
        }
        let whole = strsim::damerau_levenshtein(known, word);
        let least = whole.min(strsim::damerau_levenshtein(known_stem, stem));
        // A noun in the plural is no slip of a little word: "frobs" of "from".
        let little = known.chars().count() < 5 && whole > most;
        if least == 0 || least > most || little {
            continue;
        }
        let far = (least, whole);
        match best {
            Some((b, _)) if far > b => {}
            Some((b, k)) if far == b => tied |= stem_of(k) != stem_of(known),
            _ => {
                best = Some((far, known));
                tied = false;
            }
        }
    }
    best.filter(|_| !tied).map(|(_, known)| known)
}

/// Short words that are often mistyped.
fn slip(word: &str) -> Option<&'static str> {
    Some(match word {
        "wich" | "whcih" | "whihc" | "wihch" => "which",
        "waht" | "wht" | "whta" | "wat" => "what",
        "hwo" | "hw" => "how",
        "teh" | "hte" => "the",
        "mnay" | "amny" => "many",
        "mcuh" => "much",
        "fo" => "of",
        "yr" => "year",
        "yrs" => "years",
        "adn" | "nad" => "and",
        "lsit" => "list",
        "shwo" => "show",
        "tpo" => "top",
        "totl" | "toal" | "ttl" | "totla" => "total",
        "slaes" | "sals" | "saels" | "sles" => "sales",
        "pls" | "plz" => "please",
        "seperate" => "separate",
        "seperately" | "seperatly" | "separatly" => "separately",
        "recieved" => "received",
        "catagory" => "category",
        "catagories" => "categories",
        "adress" => "address",
        "avarage" | "averge" | "avrage" | "avrg" | "aveg" => "average",
        "hs" => "has",
        _ => return None,
    })
}
