//! Instructions: sentences beside the question that say how to answer it, such as how texts are compared.

mod coded;
mod sentence;
#[cfg(test)]
mod tests;
mod text;

use super::link::Lexicon;
use super::refusal::Refusal;
use super::words::{Token, tokenize};
use crate::plan::Field;
use sentence::sentences;
pub(crate) use text::TextRule;

/// What the sentences beside a question say.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Instructions {
    /// How texts are compared; as it is done anyway when nothing is said.
    pub(crate) text: Option<TextRule>,
    /// What a missing value of a column stands for.
    pub(crate) missing: Vec<Missing>,
    /// The answer is to be a whole number.
    pub(crate) whole: bool,
    /// Numbers that are kept in thousands or millions.
    pub(crate) scales: Vec<(Field, f64)>,
    /// Every group is to be shown, also one that nothing belongs to.
    pub(crate) all_groups: bool,
}

/// "student.minor is null for students who have not declared a minor program".
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Missing {
    /// The column.
    pub(crate) field: Field,
    /// The stems of the words that tell rows with a value from those without: declare, minor, program.
    pub(crate) stems: Vec<String>,
    /// Whether the words are true of rows that have none: "is null for outlets that must prepay".
    pub(crate) absent: bool,
}

/// What one sentence is.
enum Said {
    /// Part of the question.
    Question,
    /// Understood, and nothing more is to be done about it.
    Heard,
}

/// Takes the instructions out of a question; what is left is the question itself.
///
/// # Errors
/// An instruction that can't be followed.
pub(crate) fn read(question: &str, lexicon: &Lexicon) -> Result<(String, Instructions), Refusal> {
    let mut found = Instructions::default();
    let mut rest = String::new();
    let mut codes: Vec<(String, String)> = Vec::new();
    for (place, piece) in sentences(question).into_iter().enumerate() {
        if let Some(told) = Some(place).filter(|place| *place > 0).and_then(|_| coded::told(piece, lexicon)) {
            codes.extend(told.codes);
            found.scales.extend(told.scale);
            continue;
        }
        if matches!(found.hear(piece, place == 0, lexicon)?, Said::Question) {
            let kept = found.without_asides(piece);
            if !rest.is_empty() {
                rest.push('\n');
            }
            rest.push_str(kept.trim());
        }
    }
    Ok((coded::in_codes(&rest, &codes), found))
}

impl Instructions {
    fn hear(&mut self, piece: &str, first: bool, lexicon: &Lexicon) -> Result<Said, Refusal> {
        let tokens = tokenize(piece);
        let words: Vec<&Token> = tokens.iter().filter(|token| !token.mark || token.norm == "%").collect();
        let orders = words.first().is_some_and(|word| {
            word.is(&["match", "filter", "compare", "use", "always", "search", "when", "for", "perform"])
        });
        let plain: Vec<&Token> = if orders && !first {
            let named = named_places(&tokens, lexicon);
            words.iter().filter(|word| !named.contains(&word.start)).copied().collect()
        } else {
            words.clone()
        };
        if let Some(rule) = text::rule(&plain) {
            self.set(rule);
            return Ok(Said::Heard);
        }
        if let Some(missing) = missing(piece, lexicon) {
            self.missing.push(missing);
            return Ok(Said::Heard);
        }
        if !first && tells_of_null(piece, lexicon) {
            return Ok(Said::Heard);
        }
        if self.shown(&words) || hint(&tokens, first, lexicon)? {
            return Ok(Said::Heard);
        }
        Ok(Said::Question)
    }

    fn set(&mut self, rule: TextRule) {
        self.text = Some(self.text.map_or(rule, |known| known.and(rule)));
    }

    /// "Give the answer as an integer", "do not return duplicates", "show all domain IDs".
    fn shown(&mut self, words: &[&Token]) -> bool {
        let after = words.iter().rposition(|word| word.is(&["do", "no", "without", "remove", "avoid"])).unwrap_or(0);
        let asked = words.first().is_some_and(|word| word.is(&["when", "if"]));
        let duplicates = ["do", "not", "no", "return", "show", "list", "include", "any", "duplicate", "duplicates"];
        let more = ["without", "remove", "avoid", "rows", "values", "results", "the", "in", "please", "result"];
        if words.last().is_some_and(|word| word.norm.starts_with("duplicate") || asked || word.is(&["results", "rows"]))
            && words[after..].iter().any(|word| word.norm.starts_with("duplicate"))
            && words[if asked { after } else { 0 }..].iter().all(|word| word.is(&duplicates) || word.is(&more))
        {
            return true;
        }
        let number = ["give", "return", "show", "express", "the", "answer", "result", "output", "as", "an", "a", "it"];
        let kinds = ["integer", "whole", "number", "please", "in", "value", "should", "be"];
        let whole = words.iter().any(|word| word.is(&["integer", "whole"]));
        if whole && words.iter().all(|word| word.is(&number) || word.is(&kinds)) {
            self.whole = true;
            return true;
        }
        let all = words.len() >= 2
            && words.len() <= 6
            && words[0].is(&["show", "include", "return", "list"])
            && words[1].is(&["all", "every"])
            && !words.iter().any(|word| word.is(&["and", "who", "that", "with", "whose", "in", "where"]));
        self.all_groups |= all;
        all
    }

    /// Takes out what stands in brackets and says how to compare: "(match with wildcards case-insensitively)".
    fn without_asides(&mut self, piece: &str) -> String {
        let mut kept = String::new();
        let mut rest = piece;
        while let Some((before, tail)) = rest.split_once('(') {
            let Some((inside, after)) = tail.split_once(')') else { break };
            let tokens = tokenize(inside);
            let words: Vec<&Token> = tokens.iter().filter(|token| !token.mark || token.norm == "%").collect();
            kept.push_str(before);
            if let Some(rule) = text::rule(&words) {
                self.set(rule);
            } else {
                kept.push('(');
                kept.push_str(inside);
                kept.push(')');
            }
            rest = after;
        }
        kept.push_str(rest);
        kept
    }
}

/// Where the words of a sentence begin that name tables and columns.
fn named_places(tokens: &[Token], lexicon: &Lexicon) -> Vec<usize> {
    let mut out = Vec::new();
    for i in 0..tokens.len() {
        if let Some(spoken) = lexicon.nouns().at(tokens, i).first() {
            out.extend(tokens[i..i + spoken.len].iter().map(|token| token.start));
        }
    }
    out
}

/// "crops.approved is null for varieties on trial": what a missing value means, in words that no question denies.
fn tells_of_null(piece: &str, lexicon: &Lexicon) -> bool {
    let lower = piece.to_lowercase();
    let Some((named, _)) = lower.split_once(" is null for ").or_else(|| lower.split_once(" is null when ")) else {
        return false;
    };
    let named = named.trim().trim_matches(['`', '"', '\'']);
    !named.contains(char::is_whitespace) && lexicon.column_called(named).is_some()
}

/// "`table.column` is null for … who have not …".
fn missing(piece: &str, lexicon: &Lexicon) -> Option<Missing> {
    let (named, said) = piece.split_once(" is null ").or_else(|| piece.split_once(" is NULL "))?;
    let named = named.trim().trim_matches(['`', '"', '\'']);
    if named.contains(char::is_whitespace) {
        return None;
    }
    let field = lexicon.column_called(named)?;
    let tokens = tokenize(said);
    let not = tokens.iter().position(|token| token.is(&["not", "no", "without", "never"]));
    let that = || tokens.iter().position(|token| token.is(&["that", "which", "who"]));
    let from = not.or_else(that)?;
    let stems: Vec<String> = tokens[from + 1..]
        .iter()
        .filter(|token| !token.mark && !slight(token) && !token.is(&["must", "still", "was", "were", "be"]))
        .map(|token| token.stem.clone())
        .collect();
    (!stems.is_empty()).then_some(Missing { field, stems, absent: not.is_none() })
}

/// Words that are skipped when a phrase is compared with what a question says.
pub(crate) fn slight(token: &Token) -> bool {
    token.is(&["a", "an", "the", "any", "their", "his", "her", "its", "have", "has", "had", "yet", "been", "is", "are"])
}

/// "To get the judges of a contest, you need to join contest with `contest_judge` first, and then with judge": the ways between
/// tables, which the model knows already.
fn joins(tokens: &[Token], lexicon: &Lexicon) -> bool {
    const WORDS: [&str; 44] = [
        "to", "get", "find", "the", "of", "a", "an", "you", "would", "will", "need", "needs", "must", "should", "have",
        "can", "be", "join", "joins", "joined", "joining", "link", "linked", "with", "and", "then", "first", "second",
        "through", "via", "using", "use", "table", "tables", "from", "for", "on", "in", "order", "by", "it", "them",
        "their", "its",
    ];
    let named = named_places(tokens, lexicon);
    let tables = tokens.iter().filter(|token| lexicon.is_table(&token.text)).count();
    let joined = tokens.iter().any(|token| token.is(&["join", "joined", "joining"]));
    let known =
        |token: &Token| token.mark || token.is(&WORDS) || named.contains(&token.start) || lexicon.is_table(&token.text);
    joined && tables > 1 && tokens.iter().all(known)
}

/// "Use the `student_record` table for …": a hint at where something is, which the model knows already.
fn hint(tokens: &[Token], first: bool, lexicon: &Lexicon) -> Result<bool, Refusal> {
    if !first && joins(tokens, lexicon) {
        return Ok(true);
    }
    let words: Vec<&Token> = tokens.iter().filter(|token| !token.mark).collect();
    let begins = words.first().is_some_and(|word| word.is(&["use", "using", "refer", "consult"]));
    let Some(at) = words.iter().position(|word| word.is(&["table", "tables"])).filter(|_| begins && !first) else {
        return Ok(false);
    };
    let named: Vec<&Token> =
        words[1..at].iter().filter(|word| !word.is(&["the", "to", "and", "a", "only"])).copied().collect();
    let unknown: Vec<String> =
        named.iter().filter(|word| !lexicon.is_table(&word.text)).map(|word| word.text.clone()).collect();
    if unknown.is_empty() && !named.is_empty() {
        return Ok(true);
    }
    Err(Refusal::new("no_table", "There is no table of that name in this data", unknown))
}
