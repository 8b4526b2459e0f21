//! The places in a script that stand for values: `{{name}}` as in JupySQL, `:name` and `$name` as in SQL.
//!
//! A value is always bound and never pasted, so `{{name}}` becomes the parameter `$name`, with blanks behind it: what
//! stands after keeps its place, and with it the places of errors. Where SQL can't bind (names of tables and columns,
//! the inside of a text), `{{name}}` is refused.

use std::ops::Range;

use crate::error::KernelError;

/// A script with its parameters in SQL's own form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Script {
    /// The text, as long as the one that was given.
    pub(super) text: String,
    /// Every parameter that may need a value, in order, each once.
    pub(super) parameters: Vec<Parameter>,
    /// The first word, where there is one.
    pub(super) verb: Option<Range<usize>>,
    /// Whether there is more than one statement.
    pub(super) several: bool,
}

/// An error with its place in the script.
#[derive(Debug)]
pub(super) struct Misplaced {
    pub(super) error: KernelError,
    pub(super) span: Range<usize>,
}

/// A parameter of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parameter {
    /// Its name.
    pub(super) name: String,
    /// Where it stands first.
    pub(super) span: Range<usize>,
    /// True for `{{name}}`, which can be nothing else; `:name` may be a slice and `$name` is the engine's to judge.
    pub(super) braced: bool,
}

/// Words after which a name of a table or a column stands, which can't be bound.
const BEFORE_NAMES: [&str; 13] = [
    "FROM", "JOIN", "INTO", "TABLE", "UPDATE", "VIEW", "SCHEMA", "DATABASE", "USE", "COLUMN", "AS", "INDEX", "DESCRIBE",
];

/// Words that end a list of columns to order or group by.
const AFTER_LISTS: [&str; 8] = ["LIMIT", "HAVING", "WINDOW", "QUALIFY", "OFFSET", "UNION", "WHERE", "FROM"];

/// Finds the parameters of a script.
///
/// # Errors
/// `sql::not_bindable`.
pub(super) fn read(text: &str) -> Result<Script, Misplaced> {
    let script = Script { text: text.to_owned(), parameters: Vec::new(), verb: None, several: false };
    let mut reader = Reader { text, at: 0, word: String::new(), in_list: false, script };
    while reader.at < text.len() {
        reader.step()?;
    }
    Ok(reader.script)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// The last word outside quotes, in upper case.
    word: String,
    /// Between ORDER BY or GROUP BY and what ends it.
    in_list: bool,
    script: Script,
}

impl Reader<'_> {
    fn step(&mut self) -> Result<(), Misplaced> {
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else { return Ok(()) };
        match first {
            '\'' => self.quoted('\'')?,
            '"' => self.quoted('"')?,
            '-' if rest.starts_with("--") => self.at += rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => self.at += rest.find("*/").map_or(rest.len(), |end| end + 2),
            '$' => self.dollar(),
            ':' if rest.starts_with("::") => self.at += 2,
            ':' => {
                let name = name_at(&rest[1..]);
                if !name.is_empty() {
                    self.note(name, self.at..self.at + 1 + name.len(), false);
                }
                self.at += 1 + name.len();
            }
            '{' if rest.starts_with("{{") => self.braces()?,
            c if c.is_alphabetic() || c == '_' => {
                let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
                self.word = rest[..end].to_uppercase();
                self.script.verb.get_or_insert(self.at..self.at + end);
                if self.word == "BY" {
                    self.in_list = true;
                } else if AFTER_LISTS.contains(&self.word.as_str()) {
                    self.in_list = false;
                }
                self.at += end;
            }
            c => {
                if matches!(c, ')' | ';') {
                    self.in_list = false;
                }
                if c == ';' && !rest[1..].trim().is_empty() {
                    self.script.several = true;
                }
                if !c.is_whitespace() && c != '.' {
                    self.word.clear();
                }
                self.at += c.len_utf8();
            }
        }
        Ok(())
    }

    /// A text or a quoted name; a text that is one `{{name}}` and nothing else is the value itself.
    fn quoted(&mut self, mark: char) -> Result<(), Misplaced> {
        let start = self.at;
        let escapes = mark == '\'' && self.word == "E" && self.text[..start].ends_with(['e', 'E']);
        let mut characters = self.text[start + 1..].char_indices().peekable();
        let mut closing = None;
        while let Some((at, c)) = characters.next() {
            if c == '\\' && escapes {
                characters.next();
            } else if c == mark && characters.next_if(|(_, next)| *next == mark).is_none() {
                closing = Some(start + 1 + at);
                break;
            }
        }
        let inside = &self.text[start + 1..closing.unwrap_or(self.text.len())];
        let end = closing.map_or(self.text.len(), |at| at + 1);
        self.word.clear();
        self.at = end;
        let Some((name, place)) = first_braced(inside) else { return Ok(()) };
        if mark == '\'' && inside.trim() == &inside[place.clone()] {
            self.bind(name, start..end);
            return Ok(());
        }
        let place = start + 1 + place.start..start + 1 + place.end;
        let (reason, help) = if mark == '\'' {
            ("it stands inside a text", format!("join the text and the value: '…' || {{{{{name}}}}} || '…'"))
        } else {
            ("it stands in a quoted name", "write the name itself: only values are bound".to_owned())
        };
        Err(self.refused(place, reason, help))
    }

    /// `$name`, or a text between dollar signs.
    fn dollar(&mut self) {
        let rest = &self.text[self.at + 1..];
        let name = name_at(rest);
        if rest[name.len()..].starts_with('$') {
            let tag = &self.text[self.at..self.at + name.len() + 2];
            let after = self.at + tag.len();
            self.at = self.text[after..].find(tag).map_or(self.text.len(), |end| after + end + tag.len());
            self.word.clear();
            return;
        }
        let end = self.at + 1 + name.len();
        if !name.is_empty() {
            self.note(name, self.at..end, false);
        }
        self.word.clear();
        self.at = end;
    }

    fn braces(&mut self) -> Result<(), Misplaced> {
        let start = self.at;
        let rest = &self.text[start + 2..];
        let Some(end) = rest.find("}}").filter(|end| !rest[..*end].contains(['\'', '"', ':', '\n'])) else {
            // A struct in a struct, which is the engine's to judge.
            self.at += 2;
            return Ok(());
        };
        let place = start..start + 2 + end + 2;
        let name = rest[..end].trim();
        if name_at(name) != name || name.is_empty() {
            let help = "compute it in Rust, as let name = …; and write {{name}}".to_owned();
            return Err(self.refused(place, "only the name of a variable may stand in braces", help));
        }
        let before = self.text[..start].trim_end();
        let after = &self.text[place.end..];
        if BEFORE_NAMES.contains(&self.word.as_str()) || before.ends_with('.') || after.starts_with('.') {
            let help = "write the name of the table or column itself: only values are bound".to_owned();
            return Err(self.refused(place, "a name stands here, not a value", help));
        }
        if self.in_list {
            let help = "write the column itself: a bound value would order or group by a constant".to_owned();
            return Err(self.refused(place, "a column stands here, not a value", help));
        }
        self.at = place.end;
        self.bind(name, place);
        Ok(())
    }

    /// Writes `$name` in place of what stands there, which is longer.
    fn bind(&mut self, name: &str, place: Range<usize>) {
        let mut parameter = format!("${name}");
        let room = place.len();
        parameter.extend(std::iter::repeat_n(' ', room.saturating_sub(parameter.len())));
        self.script.text.replace_range(place.clone(), &parameter);
        self.word.clear();
        self.note(name, place, true);
    }

    fn note(&mut self, name: &str, span: Range<usize>, braced: bool) {
        self.word.clear();
        match self.script.parameters.iter_mut().find(|found| found.name == name) {
            Some(found) => found.braced |= braced,
            None => self.script.parameters.push(Parameter { name: name.to_owned(), span, braced }),
        }
    }

    fn refused(&self, span: Range<usize>, reason: &'static str, help: String) -> Misplaced {
        let text = self.text[span.clone()].to_owned();
        Misplaced { error: KernelError::NotBindable { text, reason, help }, span }
    }
}

/// The name that a text begins with: letters, digits and `_`, not a digit first.
fn name_at(text: &str) -> &str {
    if !text.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return "";
    }
    &text[..text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len())]
}

/// The first `{{name}}` in a text, and where it stands.
fn first_braced(text: &str) -> Option<(&str, Range<usize>)> {
    let mut from = 0;
    while let Some(start) = text[from..].find("{{").map(|at| from + at) {
        let inside = &text[start + 2..];
        if let Some(end) = inside.find("}}") {
            let name = inside[..end].trim();
            if !name.is_empty() && name_at(name) == name {
                return Some((name, start..start + 2 + end + 2));
            }
        }
        from = start + 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::code_of;

    fn names(text: &str) -> Vec<String> {
        read(text).unwrap().parameters.into_iter().map(|parameter| parameter.name).collect()
    }

    #[test]
    fn braces_become_parameters_of_the_same_length() {
        let text = "SELECT {{ x }} + 1 FROM t WHERE a = '{{city}}' AND b > {{n}}";
        let script = read(text).unwrap();
        assert_eq!(script.text.len(), text.len());
        assert_eq!(script.text, "SELECT $x      + 1 FROM t WHERE a = $city      AND b > $n   ");
        assert_eq!(names(text), ["x", "city", "n"]);
        assert!(script.parameters.iter().all(|parameter| parameter.braced));
    }

    #[test]
    fn quotes_comments_and_casts_are_left_alone() {
        for text in [
            "SELECT ':x', \"$y\", '$$', 1::INT -- :z {{z}}\n/* {{z}} $z */",
            "SELECT $$ :a {{a}} $$, $q$ {{b}} $$ $q$, E'\\' :c'",
            "SELECT {'a': {'b': 1}}, MAP {{'a': 1}: 2}, 'it''s :d'",
            "SELECT '{{}}', '{{ }}', '{{1}}'",
        ] {
            let script = read(text).unwrap();
            assert_eq!((script.text.as_str(), script.parameters.len()), (text, 0), "{text}");
        }
        assert_eq!(names("SELECT :a, $b, :a FROM t WHERE c = :größe"), ["a", "b", "größe"]);
    }

    #[test]
    fn what_can_not_be_bound_is_refused() {
        for (text, wrong) in [
            ("SELECT * FROM {{t}}", "{{t}}"),
            ("SELECT * FROM a JOIN {{t}} USING (x)", "{{t}}"),
            ("SELECT * FROM s.{{t}}", "{{t}}"),
            ("SELECT {{t}}.x FROM t", "{{t}}"),
            ("SELECT * FROM t ORDER BY a, {{c}}", "{{c}}"),
            ("SELECT c FROM t GROUP BY {{c}}", "{{c}}"),
            ("SELECT '%{{x}}%'", "{{x}}"),
            ("SELECT \"{{x}}\"", "{{x}}"),
            ("SELECT {{ x + 1 }}", "{{ x + 1 }}"),
        ] {
            let Misplaced { error, span } = read(text).unwrap_err();
            assert_eq!(code_of(&error), "sql::not_bindable", "{text}");
            assert_eq!(&text[span], wrong, "{text}");
        }
        assert_eq!(names("SELECT a FROM t ORDER BY a LIMIT {{n}}"), ["n"]);
        assert_eq!(names("SELECT rank() OVER (ORDER BY a) + {{n}} FROM t"), ["n"]);
    }

    #[test]
    fn statements_and_verbs_are_seen() {
        let script = read("-- a\n  with x AS (SELECT 1) SELECT * FROM x;  ").unwrap();
        assert!(!script.several);
        assert_eq!(script.verb, Some(7..11));
        assert!(read("SELECT 1; SELECT 2").unwrap().several);
        assert!(!read("SELECT ';' ").unwrap().several);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[a-zü'\"{}$: .\\-*/\n]{0,40}") {
            if let Ok(script) = read(&text) {
                prop_assert_eq!(script.text.len(), text.len());
                for parameter in script.parameters {
                    prop_assert!(text.get(parameter.span).is_some());
                }
            }
        }
    }
}
