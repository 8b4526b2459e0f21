//! Saved queries in a script: each that is named in it becomes a common table expression before it.

use std::collections::BTreeMap;

use super::placeholders::Script;

/// A script with the saved queries that it names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Composed {
    /// The text to run.
    pub(super) text: String,
    /// How many lines stand before the script.
    pub(super) lines: usize,
}

/// Verbs before which a common table expression may stand.
const READING: [&str; 4] = ["SELECT", "WITH", "FROM", "VALUES"];

/// Puts before a query the saved queries that it names, and those that they name.
pub(super) fn compose(script: &Script, snippets: &BTreeMap<String, String>) -> Composed {
    let plain = Composed { text: script.text.clone(), lines: 0 };
    let Some(verb) = script.verb.clone().filter(|_| !script.several && !snippets.is_empty()) else { return plain };
    let word = script.text[verb.clone()].to_uppercase();
    if !READING.contains(&word.as_str()) {
        return plain;
    }
    let mut needed = Vec::new();
    collect(&script.text, snippets, &mut Vec::new(), &mut needed);
    if needed.is_empty() {
        return plain;
    }
    let parts: Vec<String> =
        needed.iter().map(|name| format!("\"{name}\" AS (\n{}\n)", snippets[name.as_str()])).collect();
    let mut rest = script.text.clone();
    let (mut head, mut link) = ("WITH ", "\n");
    if word == "WITH" {
        // The words that the new head replaces are blanked, so that the rest keeps its place.
        blank(&mut rest, verb.start, verb.end);
        link = ",\n";
        let gap = rest[verb.end..].len() - rest[verb.end..].trim_start().len();
        let next = verb.end + gap;
        if rest[next..].get(..9).is_some_and(|word| word.eq_ignore_ascii_case("recursive")) {
            blank(&mut rest, next, next + 9);
            head = "WITH RECURSIVE ";
        }
    }
    let before = format!("{head}{}{link}", parts.join(",\n"));
    let lines = before.matches('\n').count();
    Composed { text: before + &rest, lines }
}

/// The saved queries that a text names, those that they need before them. One that needs itself is left to the engine.
fn collect(text: &str, snippets: &BTreeMap<String, String>, open: &mut Vec<String>, needed: &mut Vec<String>) {
    for (name, query) in snippets {
        let named =
            text.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word.eq_ignore_ascii_case(name));
        if named && !needed.contains(name) && !open.contains(name) {
            open.push(name.clone());
            collect(query, snippets, open, needed);
            open.pop();
            needed.push(name.clone());
        }
    }
}

fn blank(text: &mut String, start: usize, end: usize) {
    text.replace_range(start..end, &" ".repeat(end - start));
}

#[cfg(test)]
mod tests {
    use super::super::placeholders::read;
    use super::*;

    fn composed(text: &str) -> Composed {
        let snippets = BTreeMap::from([
            ("old".to_owned(), "SELECT * FROM people WHERE age > 60".to_owned()),
            ("rich".to_owned(), "SELECT * FROM old WHERE income > 1".to_owned()),
        ]);
        compose(&read(text).unwrap(), &snippets)
    }

    #[test]
    fn named_queries_come_first_and_in_order() {
        let found = composed("SELECT * FROM rich");
        assert_eq!(
            found.text,
            "WITH \"old\" AS (\nSELECT * FROM people WHERE age > 60\n),\n\"rich\" AS (\nSELECT * FROM old WHERE income > 1\n)\nSELECT * FROM rich"
        );
        assert_eq!(found.lines, 6);
    }

    #[test]
    fn a_with_of_its_own_is_kept() {
        let found = composed("with recursive a AS (SELECT 1) SELECT * FROM a, old");
        assert!(found.text.starts_with("WITH RECURSIVE \"old\" AS ("), "{}", found.text);
        assert!(found.text.ends_with(",\n               a AS (SELECT 1) SELECT * FROM a, old"), "{}", found.text);
    }

    #[test]
    fn what_names_none_is_left_alone() {
        for text in ["SELECT 1", "DROP TABLE old", "SELECT 1; SELECT * FROM old", ""] {
            assert_eq!(composed(text), Composed { text: text.to_owned(), lines: 0 });
        }
    }
}
