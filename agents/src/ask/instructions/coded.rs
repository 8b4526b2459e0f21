//! What is said of how values are kept: "states are stored as two-letter codes, e.g. TX for Texas", "the budget is in
//! millions of dollars".

use crate::ask::link::Lexicon;
use crate::ask::words::{Token, tokenize};
use crate::plan::Field;

/// What such a sentence says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Told {
    /// Words, and the value that is kept for them.
    pub(super) codes: Vec<(String, String)>,
    /// A number, and what one of it stands for.
    pub(super) scale: Option<(Field, f64)>,
}

/// Words that say how something is kept.
const KEPT: [&str; 12] = [
    "stored",
    "recorded",
    "saved",
    "kept",
    "written",
    "given",
    "coded",
    "spelled",
    "spelt",
    "abbreviated",
    "expressed",
    "measured",
];
/// Words that only explain how.
const HOW: [&str; 48] = [
    "as",
    "in",
    "by",
    "with",
    "their",
    "its",
    "the",
    "a",
    "an",
    "two",
    "three",
    "letter",
    "letters",
    "digit",
    "digits",
    "code",
    "codes",
    "short",
    "form",
    "forms",
    "iso",
    "full",
    "name",
    "names",
    "abbreviation",
    "abbreviations",
    "english",
    "capital",
    "capitals",
    "lower",
    "upper",
    "case",
    "lowercase",
    "uppercase",
    "country",
    "state",
    "all",
    "is",
    "are",
    "e",
    "g",
    "i",
    "only",
    "always",
    "value",
    "values",
    "column",
    "columns",
];
/// Words of units, which change nothing.
const UNITS: [&str; 28] = [
    "dollars",
    "dollar",
    "usd",
    "euros",
    "euro",
    "eur",
    "pounds",
    "gbp",
    "francs",
    "chf",
    "kg",
    "kilograms",
    "tonnes",
    "tons",
    "meters",
    "metres",
    "km",
    "kilometers",
    "kilometres",
    "hours",
    "minutes",
    "seconds",
    "days",
    "percent",
    "square",
    "people",
    "cm",
    "units",
];

/// What a sentence tells of how values are kept; none when it says something else.
pub(super) fn told(piece: &str, lexicon: &Lexicon) -> Option<Told> {
    scaled(piece, lexicon).or_else(|| explained(piece, lexicon))
}

/// "`agency.annual_budget` is in millions of dollars".
fn scaled(piece: &str, lexicon: &Lexicon) -> Option<Told> {
    let (named, rest) = piece.split_once(" is ").or_else(|| piece.split_once(" are "))?;
    let named = named.trim().trim_matches(['`', '"', '\'']);
    let field = (!named.contains(char::is_whitespace)).then(|| lexicon.column_called(named)).flatten()?;
    let tokens = tokenize(rest);
    let words: Vec<&Token> = tokens.iter().filter(|token| !token.mark && !token.is(&KEPT)).collect();
    let [first, rest @ ..] = words.as_slice() else { return None };
    let all_units = |words: &[&Token]| words.iter().all(|word| word.is(&UNITS) || word.is(&["of", "us", "per", "the"]));
    if !first.is(&["in"]) || rest.is_empty() {
        return None;
    }
    let factor = match rest[0].norm.as_str() {
        "thousand" | "thousands" => Some(1e3),
        "million" | "millions" => Some(1e6),
        "billion" | "billions" => Some(1e9),
        _ => None,
    };
    match factor {
        Some(factor) if all_units(&rest[1..]) => Some(Told { scale: Some((field, factor)), ..Told::default() }),
        None if all_units(rest) => Some(Told::default()),
        _ => None,
    }
}

/// "States are stored as two-letter codes, e.g. TX for Texas."
fn explained(piece: &str, lexicon: &Lexicon) -> Option<Told> {
    let tokens = tokenize(piece);
    let kept = tokens.iter().position(|token| token.is(&KEPT) || token.is(&["codes", "abbreviations"]))?;
    let mut told = Told::default();
    let mut k = 0;
    while k < tokens.len() {
        let token = &tokens[k];
        let pair = (k > kept && !token.mark)
            .then(|| code(&tokens, k, lexicon).or_else(|| named(&tokens, k, lexicon)))
            .flatten();
        if let Some((len, code, name)) = pair {
            told.codes.push((name, code));
            k += len;
            continue;
        }
        let named = k < kept && !lexicon.nouns().at(&tokens, k).is_empty();
        if !(token.mark
            || token.is(&HOW)
            || token.is(&KEPT)
            || token.is(&["like", "such", "for", "example", "and"])
            || named)
        {
            return None;
        }
        k += 1;
    }
    Some(told)
}

/// "TX for Texas", "TX means Texas": how many tokens, the value and what it stands for.
fn code(tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<(usize, String, String)> {
    tokens.get(at + 1).filter(|token| token.is(&["for", "means", "is", "="]))?;
    if lexicon.whole_values(&tokens[at].lemma).is_empty() || tokens[at].is(&HOW) && !tokens[at].capital {
        return None;
    }
    let name: Vec<&Token> =
        tokens[at + 2..].iter().take_while(|token| !token.mark && !token.is(&["and", "or"])).collect();
    if name.is_empty() || name.len() > 4 {
        return None;
    }
    let said = name.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ");
    Some((2 + name.len(), tokens[at].text.clone(), said))
}

/// "the United States is 'USA'": how many tokens, the value and what it stands for.
fn named(tokens: &[Token], at: usize, lexicon: &Lexicon) -> Option<(usize, String, String)> {
    let skip = usize::from(tokens[at].is(&["the"]));
    let name: Vec<&Token> =
        tokens[at + skip..].iter().take_while(|token| !token.mark && !token.quoted && token.capital).collect();
    let joint = at + skip + name.len();
    let value = tokens.get(joint + 1).filter(|value| !lexicon.whole_values(&value.lemma).is_empty())?;
    if name.is_empty() || name.len() > 4 || !tokens[joint].is(&["is", "are", "as", "="]) {
        return None;
    }
    let said = name.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ");
    let code = value.text.trim_matches(['"', '\'', '`']).to_owned();
    Some((joint + 2 - at, code, said))
}

/// A question with the values in place of the words that they are kept for.
pub(super) fn in_codes(question: &str, codes: &[(String, String)]) -> String {
    let mut out = question.to_owned();
    for (name, code) in codes {
        let lower = out.to_lowercase();
        let at = lower.find(&name.to_lowercase()).filter(|_| lower.len() == out.len());
        let Some(at) = at else { continue };
        let apart = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
        if apart(out[..at].chars().next_back()) && apart(out[at + name.len()..].chars().next()) {
            out.replace_range(at..at + name.len(), code);
        }
    }
    out
}
