//! Idioms, each with the words that say the same in the grammar's own: files of patterns.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::pattern::{Found, Pattern};
use crate::ask::link::Lexicon;
use crate::ask::words::{Token, stem};

/// Files of lines: patterns, an arrow, and what they become; going on where a line begins with blanks.
const FILES: [&str; 5] = [
    include_str!("idioms.txt"),
    include_str!("numbers.txt"),
    include_str!("speech.txt"),
    include_str!("turns.txt"),
    include_str!("sides.txt"),
];

#[derive(Debug)]
struct Idiom {
    pattern: Pattern,
    becomes: Vec<String>,
}

#[derive(Debug, Default)]
struct Table {
    idioms: Vec<Idiom>,
    /// The idioms by a word that a question must have for them.
    by_word: BTreeMap<String, Vec<usize>>,
    by_stem: BTreeMap<String, Vec<usize>>,
    words: BTreeSet<String>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table::default();
        for line in joined() {
            let Some((patterns, becomes)) = line.split_once("=>") else { continue };
            let becomes: Vec<String> = becomes.split_whitespace().map(str::to_owned).collect();
            for text in patterns.split('|') {
                table.add(Idiom { pattern: Pattern::new(text), becomes: becomes.clone() });
            }
        }
        table
    })
}

/// The lines of the files, those that go on put together.
fn joined() -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let said = FILES.iter().flat_map(|file| file.lines());
    for line in said.filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        match lines.last_mut() {
            Some(last) if line.starts_with(' ') => last.push_str(line),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

impl Table {
    fn add(&mut self, idiom: Idiom) {
        let at = self.idioms.len();
        if let Some((stems, keys)) = idiom.pattern.key() {
            let index = if stems { &mut self.by_stem } else { &mut self.by_word };
            for key in keys {
                index.entry(key.clone()).or_default().push(at);
            }
        }
        self.words.extend(idiom.pattern.words().map(str::to_owned));
        self.idioms.push(idiom);
    }

    /// The idioms that may be in a question.
    fn possible(&self, tokens: &[Token]) -> Vec<&Idiom> {
        let mut found: BTreeSet<usize> = BTreeSet::new();
        for token in tokens.iter().filter(|token| !token.quoted) {
            found.extend(self.by_word.get(&token.norm).into_iter().flatten());
            found.extend(self.by_stem.get(&token.stem).into_iter().flatten());
        }
        found.into_iter().filter_map(|at| self.idioms.get(at)).collect()
    }
}

/// Puts idioms into other words; whether there was one.
pub(super) fn replace(tokens: &mut Vec<Token>, lexicon: &Lexicon) -> bool {
    let possible = table().possible(tokens);
    let mut changed = false;
    let mut i = 0;
    while i < tokens.len() {
        let longest = possible
            .iter()
            .filter_map(|idiom| Some((idiom, idiom.pattern.at(tokens, i, lexicon)?)))
            .max_by_key(|(idiom, found)| (found.end, std::cmp::Reverse(idiom.becomes.len())));
        let Some((idiom, found)) = longest else {
            i += 1;
            continue;
        };
        let new = said(&idiom.becomes, tokens, i, &found);
        let len = new.len();
        changed = true;
        tokens.splice(i..found.end, new);
        i += len;
    }
    changed
}

/// What an idiom becomes, its open places filled.
fn said(becomes: &[String], tokens: &[Token], from: usize, found: &Found) -> Vec<Token> {
    let (start, end) = (tokens[from].start, tokens[found.end - 1].end);
    let mut out = Vec::new();
    for word in becomes {
        let open = word.strip_prefix('$').and_then(|n| n.parse::<usize>().ok());
        match open.and_then(|n| found.taken.get(n.checked_sub(1)?)) {
            Some(&(at, len)) => out.extend(tokens[at..at + len].iter().cloned()),
            None => out.push(Token::said(word, start, end)),
        }
    }
    out
}

/// Whether a word occurs in an idiom.
pub(super) fn knows(token: &Token) -> bool {
    let table = table();
    table.words.contains(&token.norm) || table.by_stem.contains_key(&stem(&token.norm))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_patterns_and_open_places_that_exist() {
        for line in joined() {
            let (patterns, becomes) = line.split_once("=>").expect(&line);
            for text in patterns.split('|') {
                let open = text.split_whitespace().filter(|w| w.starts_with(['<', '{', '*'])).count();
                for word in becomes.split_whitespace().filter_map(|w| w.strip_prefix('$')) {
                    assert!(word.parse::<usize>().is_ok_and(|n| n >= 1 && n <= open), "{line}");
                }
                assert!(Pattern::new(text).key().is_some(), "nothing to look it up by: {text}");
            }
        }
        assert!(table().idioms.len() > 100);
    }
}
