//! Cuts a magic's line into words as a shell would, keeping each word's place in the cell.

use std::ops::Range;

use crate::error::KernelError;

/// One word of a magic's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The text without quotes.
    pub text: String,
    /// Its bytes in the cell, quotes included.
    pub span: Range<usize>,
    /// True when any of it was quoted, so that it is no flag.
    pub quoted: bool,
}

impl Word {
    /// The part of an unquoted or partly quoted `key=value` word after the first `key_bytes` bytes and `=`.
    fn value_after(&self, key_bytes: usize) -> Self {
        Self {
            text: self.text[key_bytes + 1..].to_owned(),
            span: (self.span.start + key_bytes + 1).min(self.span.end)..self.span.end,
            quoted: self.quoted,
        }
    }

    /// Splits `key=value` at the first `=` when what stands before it is unquoted and a name (dots and dashes
    /// included).
    #[must_use]
    pub fn setting(&self) -> Option<(Self, Self)> {
        let at = self.text.find('=')?;
        let key = &self.text[..at];
        let name = key.starts_with(|c: char| c.is_alphabetic() || c == '-' || c == '_')
            && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        // A quoted key is longer in the cell than in the text, so its `=` stands elsewhere: then it is plain text.
        name.then(|| {
            let key = Self { text: key.to_owned(), span: self.span.start..self.span.start + at, quoted: false };
            (key, self.value_after(at))
        })
    }
}

/// Cuts a line into words: blanks separate, `'…'` is verbatim, `"…"` knows `\"` and `\\`, a backslash outside quotes
/// takes the next character as it is.
///
/// # Errors
/// `magic::quote` at a quote that is not closed.
pub(super) fn split(line: &str, start: usize) -> Result<Vec<Word>, KernelError> {
    cut(line, start, false)
}

/// As [`split`], for text in which an apostrophe between two letters is a letter: `child's`.
///
/// # Errors
/// `magic::quote` at a quote that is not closed.
pub(super) fn split_text(line: &str, start: usize) -> Result<Vec<Word>, KernelError> {
    cut(line, start, true)
}

fn cut(line: &str, start: usize, apostrophes: bool) -> Result<Vec<Word>, KernelError> {
    let mut words = Vec::new();
    let mut rest = line.char_indices().peekable();
    while let Some(&(at, c)) = rest.peek() {
        if c.is_whitespace() {
            rest.next();
            continue;
        }
        let mut text = String::new();
        let mut quoted = false;
        let mut end = at;
        while let Some(&(position, c)) = rest.peek() {
            if c.is_whitespace() {
                break;
            }
            rest.next();
            end = position + c.len_utf8();
            let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let within = letter(line[..position].chars().next_back()) && letter(rest.peek().map(|(_, c)| *c));
            match c {
                '\'' if apostrophes && within => text.push(c),
                '\'' | '"' => {
                    quoted = true;
                    end = quote(&mut rest, c, &mut text).ok_or_else(|| open_quote(line, position, start))?;
                }
                '\\' => {
                    if let Some((position, next)) = rest.next() {
                        text.push(next);
                        end = position + next.len_utf8();
                    }
                }
                _ => text.push(c),
            }
        }
        words.push(Word { text, span: start + at..start + end, quoted });
    }
    Ok(words)
}

/// Reads to the closing quote; returns the offset after it.
fn quote(rest: &mut std::iter::Peekable<std::str::CharIndices<'_>>, mark: char, text: &mut String) -> Option<usize> {
    while let Some((position, c)) = rest.next() {
        if c == mark {
            return Some(position + 1);
        }
        if c == '\\' && mark == '"' && rest.peek().is_some_and(|(_, next)| matches!(next, '"' | '\\')) {
            text.extend(rest.next().map(|(_, next)| next));
        } else {
            text.push(c);
        }
    }
    None
}

fn open_quote(line: &str, at: usize, start: usize) -> KernelError {
    let text: String = line[at..].chars().take(20).collect();
    KernelError::OpenQuote { text }.at(start + at..start + line.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(line: &str) -> Vec<String> {
        split(line, 0).unwrap().into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn quotes_as_in_a_shell() {
        assert_eq!(texts(r#" a "b c" 'd "e' f\ g "\"h\\" C:\\x "#), ["a", "b c", "d \"e", "f g", "\"h\\", "C:\\x"]);
        assert_eq!(texts("title=\"two words\""), ["title=two words"]);
        assert_eq!(texts("''"), [""]);
        assert!(texts("   ").is_empty());
    }

    #[test]
    fn an_open_quote_is_pointed_at() {
        let error = split(" a 'b c", 10).unwrap_err();
        let label = miette::Diagnostic::labels(&error).unwrap().next().unwrap();
        assert_eq!((label.offset(), label.len()), (13, 4));
    }

    #[test]
    fn settings_split_at_the_first_sign() {
        let word = &split("where=a=b", 5).unwrap()[0];
        let (key, value) = word.setting().unwrap();
        assert_eq!((key.text.as_str(), key.span), ("where", 5..10));
        assert_eq!((value.text.as_str(), value.span), ("a=b", 11..14));
        assert!(split("=b", 0).unwrap()[0].setting().is_none());
        assert!(split("a>=b", 0).unwrap()[0].setting().is_none());
    }

    proptest! {
        #[test]
        fn spans_lie_in_the_line(line in "[ab '\"\\\\=é-]{0,40}") {
            for word in split(&line, 0).unwrap_or_default() {
                prop_assert!(line.get(word.span.clone()).is_some());
                if let Some((key, value)) = word.setting() {
                    prop_assert!(key.span.end <= value.span.start.max(key.span.end) && value.span.end <= line.len());
                }
            }
        }
    }
}
