//! A question as tokens: folded, lemmatised, with numbers read and every token's place kept.

mod number;
mod stem;
#[cfg(test)]
mod tests;
mod verb;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

pub(crate) use number::{Number, Unit};
pub(crate) use stem::{lemma, stem};
pub(crate) use verb::{exists, relates, ties};

/// One word, number, quoted text or mark of a question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    /// As typed.
    pub(crate) text: String,
    /// Lower case, without diacritics.
    pub(crate) norm: String,
    /// The singular of the word; what names and values are compared by.
    pub(crate) lemma: String,
    /// The stem of the word; what words of the grammar are compared by.
    pub(crate) stem: String,
    /// Where it begins in the question, in bytes.
    pub(crate) start: usize,
    /// Where it ends.
    pub(crate) end: usize,
    /// The number it says, in digits or words.
    pub(crate) number: Option<Number>,
    /// Whether it stood in quotation marks.
    pub(crate) quoted: bool,
    /// Whether it is a mark and no word.
    pub(crate) mark: bool,
    /// Whether it begins with a capital.
    pub(crate) capital: bool,
}

impl Token {
    /// Whether it is one of these words (folded, or by stem).
    pub(crate) fn is(&self, words: &[&str]) -> bool {
        !self.quoted && words.iter().any(|word| self.norm == *word)
    }

    /// A word that is put in the place of others.
    pub(crate) fn said(word: &str, start: usize, end: usize) -> Self {
        let mut token = Self::word(word, fold(word), start, end);
        token.mark = !word.chars().any(char::is_alphanumeric);
        number::read(&mut token);
        token
    }

    fn word(text: &str, norm: String, start: usize, end: usize) -> Self {
        let (stem, lemma) = (stem(&norm), lemma(&norm));
        let capital = text.chars().next().is_some_and(char::is_uppercase);
        Self { text: text.to_owned(), norm, lemma, stem, start, end, number: None, quoted: false, mark: false, capital }
    }
}

/// Lower case without diacritics; typographic quotes and dashes as plain ones.
pub(crate) fn fold(text: &str) -> String {
    text.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(|c| match c {
            '\u{2018}' | '\u{2019}' | '\u{02bc}' | '\u{0060}' => '\''.to_lowercase(),
            '\u{201c}' | '\u{201d}' => '"'.to_lowercase(),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-'.to_lowercase(),
            _ => c.to_lowercase(),
        })
        .collect()
}

/// The words of a name or a value, in the singular, for comparing with a question's.
pub(crate) fn lemmas(text: &str) -> Vec<String> {
    tokenize(text).into_iter().filter(|token| !token.mark).map(|token| token.lemma).collect()
}

/// Reads the number that a token says, after its word was mended.
pub(crate) fn read_number(token: &mut Token) {
    number::read(token);
}

/// Splits a question into tokens.
pub(crate) fn tokenize(question: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let chars: Vec<(usize, char)> = question.char_indices().collect();
    let place = |i: usize| chars.get(i).map_or(question.len(), |c| c.0);
    let at = |i: usize| chars.get(i).map_or(' ', |c| plain(c.1));
    let mut i = 0;
    while i < chars.len() {
        let c = at(i);
        let possessive = c == '\'' && i > 0 && at(i - 1).is_alphanumeric() && !at(i + 1).is_ascii_digit();
        if c.is_whitespace() || c.is_control() || possessive {
            i += 1;
        } else if let Some(end) = closing(&at, i, chars.len()) {
            let text = &question[place(i + 1)..place(end)];
            let mut token = Token::word(text, fold(text), place(i), place(end + 1));
            token.lemma = lemmas_of_quoted(text);
            token.quoted = true;
            out.push(token);
            i = end + 1;
        } else if word_begins(&at, i) {
            let end = word_end(&at, i, chars.len());
            push_word(&mut out, &question[place(i)..place(end)], place(i));
            i = end;
        } else {
            let text = &question[place(i)..place(i + 1)];
            let mut token = Token::word(text, c.to_string(), place(i), place(i + 1));
            token.mark = true;
            out.push(token);
            i += 1;
        }
    }
    number::merge(&out)
}

fn plain(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{02bc}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        other => other,
    }
}

fn lemmas_of_quoted(text: &str) -> String {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(|part| lemma(&fold(part)))
        .collect::<Vec<_>>()
        .join(" ")
}

/// The index of the closing quotation mark of a text quoted from here.
fn closing(at: &dyn Fn(usize) -> char, from: usize, len: usize) -> Option<usize> {
    let mark = at(from);
    if !matches!(mark, '"' | '\'' | '`') {
        return None;
    }
    let before = if from == 0 { ' ' } else { at(from - 1) };
    if before.is_alphanumeric() {
        return None;
    }
    let end =
        (from + 1..len.min(from + 120)).find(|&j| at(j) == mark && !(mark == '\'' && at(j + 1).is_alphanumeric()))?;
    (end > from + 1).then_some(end)
}

fn word_begins(at: &dyn Fn(usize) -> char, i: usize) -> bool {
    let c = at(i);
    c.is_alphanumeric()
        || c == '_'
        || (is_currency(c) && at(i + 1).is_ascii_digit())
        || (c == '.' && at(i + 1).is_ascii_digit())
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '\u{20ac}' | '\u{a3}' | '\u{a5}')
}

/// Where the word from `i` ends: digits keep their commas, points, slashes and hyphens between digits; letters their
/// apostrophes.
fn word_end(at: &dyn Fn(usize) -> char, i: usize, len: usize) -> usize {
    let numeric = at(i).is_ascii_digit() || is_currency(at(i)) || at(i) == '.';
    let mut end = i + 1;
    while end < len {
        let c = at(end);
        let joined = at(end - 1).is_ascii_digit() && at(end + 1).is_ascii_digit();
        let keep = c.is_alphanumeric()
            || c == '_'
            || (c == '\'' && at(end - 1).is_alphanumeric() && at(end + 1).is_alphabetic())
            || (numeric && matches!(c, ',' | '.' | '/' | '-' | ':') && joined && (c != ',' || thousands(at, end)))
            || (numeric && matches!(c, '%' | '+') && at(end - 1).is_alphanumeric());
        if !keep {
            break;
        }
        end += 1;
    }
    end
}

/// Whether a comma stands before exactly three digits.
fn thousands(at: &dyn Fn(usize) -> char, comma: usize) -> bool {
    (1..=3).all(|k| at(comma + k).is_ascii_digit()) && !at(comma + 4).is_ascii_digit()
}

/// Adds a word, or the words that a contraction stands for.
fn push_word(out: &mut Vec<Token>, text: &str, start: usize) {
    let norm = fold(text);
    let end = start + text.len();
    if let Some(words) = contraction(&norm) {
        for word in words {
            out.push(Token::word(text, (*word).to_owned(), start, end));
        }
        return;
    }
    let base = norm.strip_suffix("'s").or_else(|| norm.strip_suffix('\'')).unwrap_or(&norm).to_owned();
    let mut token = Token::word(text, base, start, end);
    number::read(&mut token);
    out.push(token);
}

/// What is left out in "what's" and the like.
fn contraction(norm: &str) -> Option<&'static [&'static str]> {
    Some(match norm {
        "what's" | "whats" => &["what", "is"],
        "who's" | "whos" => &["who", "is"],
        "who've" => &["who", "have"],
        "where's" => &["where", "is"],
        "how's" | "hows" => &["how", "is"],
        "that's" => &["that", "is"],
        "there's" => &["there", "is"],
        "it's" => &["it", "is"],
        "let's" | "lets" => &["let", "us"],
        "i'd" => &["i", "would"],
        "i'm" => &["i", "am"],
        "i've" => &["i", "have"],
        "we're" => &["we", "are"],
        "we've" => &["we", "have"],
        "we'd" => &["we", "would"],
        "they've" => &["they", "have"],
        "they're" => &["they", "are"],
        "don't" | "dont" => &["do", "not"],
        "doesn't" | "doesnt" => &["does", "not"],
        "didn't" | "didnt" => &["did", "not"],
        "haven't" | "havent" => &["have", "not"],
        "hasn't" | "hasnt" => &["has", "not"],
        "hadn't" => &["had", "not"],
        "isn't" | "isnt" => &["is", "not"],
        "aren't" | "arent" => &["are", "not"],
        "wasn't" | "wasnt" => &["was", "not"],
        "weren't" | "werent" => &["were", "not"],
        "can't" | "cant" | "cannot" => &["can", "not"],
        "couldn't" => &["could", "not"],
        "won't" => &["will", "not"],
        "wouldn't" => &["would", "not"],
        "i'll" => &["i", "will"],
        "we'll" => &["we", "will"],
        "you'd" => &["you", "would"],
        "you've" => &["you", "have"],
        "what've" => &["what", "have"],
        "wanna" => &["want", "to"],
        _ => return None,
    })
}
