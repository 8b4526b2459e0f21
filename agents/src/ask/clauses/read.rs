//! From the sentences of a question to its plan.

use super::cursor::{Cursor, Stuck};
use super::draft::Draft;
use super::schema::Schema;
use crate::ask::instructions::Instructions;
use crate::ask::link::Lexicon;
use crate::ask::time::Calendar;
use crate::ask::words::tokenize;
use crate::plan::Plan;
use crate::semantic::SemanticModel;

/// Reads a question; none when there is a word in it that can't be read.
///
/// Of instructions it follows how texts are compared, in what a number is counted and what a missing value means.
pub(crate) fn read(
    question: &str,
    model: &SemanticModel,
    lexicon: &Lexicon,
    calendar: Calendar,
    said: &Instructions,
) -> Option<Plan> {
    if said.all_groups {
        return None;
    }
    let schema = Schema::new(model);
    // Nobody has said that the data of its last day is whole.
    let calendar = Calendar { complete: false, ..calendar };
    let mut draft = Draft::default();
    let mut last: Option<Cursor<'_>> = None;
    for sentence in sentences(question) {
        let cursor = Cursor {
            schema: &schema,
            lexicon,
            calendar,
            text_rule: said.text,
            tokens: tokenize(sentence),
            at: 0,
            way: None,
            deed: None,
            subject: None,
            now: false,
            unclear: None,
            said,
            known: last.map(|cursor| cursor.known).unwrap_or_default(),
        };
        match sentence_read(cursor, &mut draft) {
            Ok(cursor) => last = Some(cursor),
            Err((sentence, stuck)) => {
                tracing::debug!(at = stuck.at, sentence, "a sentence was not read");
                return None;
            }
        }
    }
    let cursor = last?;
    match draft.plan(&cursor) {
        Ok(plan) => Some(plan).filter(|plan| super::heeded::heeds(plan, said, question)),
        Err(stuck) => {
            tracing::debug!(at = stuck.at, "what was read makes no plan");
            None
        }
    }
}

fn sentence_read<'a>(mut cursor: Cursor<'a>, draft: &mut Draft) -> Result<Cursor<'a>, (String, Stuck)> {
    match cursor.sentence(draft) {
        Ok(()) => Ok(cursor),
        Err(stuck) => {
            let text = cursor.tokens.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ");
            Err((text, stuck))
        }
    }
}

/// The sentences of a question: to a full stop, a question mark or the end of a line, not within quotation marks, numbers
/// and abbreviations.
fn sentences(question: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut from = 0;
    let mut quote: Option<char> = None;
    let letters: Vec<(usize, char)> = question.char_indices().collect();
    for (k, &(at, c)) in letters.iter().enumerate() {
        match quote {
            Some(mark) if c == mark => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '`') => quote = Some(c),
            None => {
                let next = letters.get(k + 1).map_or(' ', |(_, next)| *next);
                let word = question[from..at].rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
                let short = c == '.' && matches!(word.to_lowercase().as_str(), "no" | "vs" | "e" | "g" | "i" | "st");
                let again = question[at..].contains("inclu");
                let brackets = !again && c == '(' && question[at..].trim_end_matches(['.', '?', ' ']).ends_with(')');
                if matches!(c, '\n' | '?' | '!' | ';')
                    || matches!(c, '.' | ':') && next.is_whitespace() && !short
                    || brackets
                {
                    out.push(question[from..at].trim());
                    from = at + c.len_utf8();
                }
            }
        }
    }
    out.push(question[from..].trim());
    out.retain(|sentence| sentence.chars().any(char::is_alphanumeric));
    out
}
