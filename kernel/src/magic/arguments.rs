//! The typed arguments of one call, read by the magic's spec.

use super::words::{Word, split, split_text};
use super::{Argument, Call, MagicSpec, ValueKind, suggest};
use crate::error::KernelError;

/// The arguments of one call, checked against the magic's spec.
#[derive(Debug, Clone)]
pub struct Arguments {
    spec: MagicSpec,
    values: Vec<(&'static str, Word)>,
    settings: Vec<(Word, Word)>,
}

impl Arguments {
    /// Reads the line of a call.
    ///
    /// # Errors
    /// `magic::unknown_argument`, `magic::extra_argument`, `magic::missing_argument`, `magic::bad_value` and
    /// `magic::quote`, each at the wrong word.
    pub fn parse(spec: MagicSpec, call: &Call) -> Result<Self, KernelError> {
        let mut parsed = Self { spec, values: Vec::new(), settings: Vec::new() };
        // The rest of a line is no shell's text: a quote in it need not be closed.
        let is_text = |argument: &Argument| matches!(argument.kind, ValueKind::Rest | ValueKind::Words);
        let has_rest = spec.arguments.iter().any(is_text);
        let words = match split(&call.line, call.line_span.start) {
            Ok(words) => words,
            Err(_) if has_rest => match split_text(&call.line, call.line_span.start) {
                Ok(words) => words,
                Err(_) => loose_words(call),
            },
            Err(error) => return Err(error),
        };
        let mut words = words.into_iter().peekable();
        let mut verbatim = false;
        while let Some(word) = words.next() {
            if !verbatim && word.text == "--" && !word.quoted {
                verbatim = true;
            } else if !verbatim && is_flag(&word) {
                parsed.flag(word, &mut words)?;
            } else if let Some((key, value)) = parsed.setting(&word) {
                parsed.add_setting(key, value)?;
            } else {
                match parsed.next_positional() {
                    Some(argument) if argument.kind == ValueKind::Rest => {
                        parsed.values.push((argument.name, rest_from(call, &word)));
                        break;
                    }
                    Some(argument) => parsed.add(argument, word)?,
                    None => return Err(parsed.extra(&word)),
                }
            }
        }
        parsed.check_required(call)?;
        Ok(parsed)
    }

    /// Reads a line that is one verbatim text: the whole line is the spec's first argument.
    ///
    /// # Errors
    /// `magic::missing_argument` when it is required and the line is blank.
    pub fn parse_rest(spec: MagicSpec, call: &Call) -> Result<Self, KernelError> {
        let mut parsed = Self { spec, values: Vec::new(), settings: Vec::new() };
        let text = call.line.trim();
        if let Some(argument) = spec.arguments.first().filter(|_| !text.is_empty()) {
            let start = call.line_span.start + (call.line.len() - call.line.trim_start().len());
            let word = Word { text: text.to_owned(), span: start..start + text.len(), quoted: false };
            parsed.values.push((argument.name, word));
        }
        parsed.check_required(call)?;
        Ok(parsed)
    }

    /// The value of an argument, by its name in the spec.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Word> {
        self.values.iter().rev().find(|(known, _)| *known == name).map(|(_, word)| word)
    }

    /// The text of an argument.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).map(|word| word.text.as_str())
    }

    /// The value of an argument that the magic can't do without in this use.
    ///
    /// # Errors
    /// `magic::missing_argument`.
    pub fn need(&self, name: &str, call: &Call) -> Result<&Word, KernelError> {
        self.get(name).ok_or_else(|| self.missing(name, call))
    }

    /// All values of an argument that takes several.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&Word> {
        self.values.iter().filter(|(known, _)| *known == name).map(|(_, word)| word).collect()
    }

    /// True when a switch is given.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The value of a whole number.
    ///
    /// # Errors
    /// `magic::bad_value`.
    pub fn integer(&self, name: &str) -> Result<Option<usize>, KernelError> {
        self.get(name).map(|word| integer(name, word)).transpose()
    }

    /// The settings `key=value`, in order.
    #[must_use]
    pub fn settings(&self) -> &[(Word, Word)] {
        &self.settings
    }

    /// Takes an argument by its bare name from outside the line: `method` for `--method`, `name` for `NAME`.
    ///
    /// # Errors
    /// `magic::unknown_argument` and `magic::bad_value`.
    pub fn give(&mut self, key: &Word, value: Word) -> Result<(), KernelError> {
        let bare = key.text.replace('_', "-");
        let same = |form: &str| form.trim_start_matches('-').eq_ignore_ascii_case(&bare);
        let named = |argument: &&Argument| !argument.name.ends_with('=') && argument.name.split('|').any(same);
        match self.spec.arguments.iter().find(named) {
            Some(argument) if argument.kind == ValueKind::Switch && value.text == "false" => Ok(()),
            Some(argument) => self.add(argument, value),
            None => Err(self.unknown(key)),
        }
    }

    /// Takes a setting `key=value` from outside the line.
    ///
    /// # Errors
    /// `magic::unknown_argument` and `magic::bad_value`.
    pub fn give_setting(&mut self, key: Word, value: Word) -> Result<(), KernelError> {
        self.add_setting(key, value)
    }

    /// How the magic is written.
    #[must_use]
    pub fn usage(&self) -> String {
        usage(&self.spec)
    }

    fn flag(
        &mut self,
        word: Word,
        words: &mut std::iter::Peekable<std::vec::IntoIter<Word>>,
    ) -> Result<(), KernelError> {
        let split = word.setting().filter(|(key, _)| self.find_flag(&key.text).is_some());
        let (flag, joined) = split.map_or((word, None), |(key, value)| (key, Some(value)));
        let Some(argument) = self.find_flag(&flag.text) else {
            return Err(self.unknown(&flag));
        };
        if argument.kind == ValueKind::Switch {
            if let Some(value) = joined {
                return Err(self.extra(&value));
            }
            self.values.push((argument.name, flag));
            return Ok(());
        }
        match joined.or_else(|| words.next_if(|next| !is_flag(next))) {
            Some(value) => self.add(argument, value),
            None if argument.kind == ValueKind::OptionalText => {
                self.values.push((argument.name, Word { text: String::new(), ..flag }));
                Ok(())
            }
            None => Err(KernelError::MissingArgument {
                magic: self.spec.name.to_owned(),
                argument: format!("a value after {}", flag.text),
                usage: self.usage(),
            }
            .at(flag.span)),
        }
    }

    fn setting(&self, word: &Word) -> Option<(Word, Word)> {
        let (key, value) = word.setting()?;
        let takes = self.spec.arguments.iter().any(|argument| argument.name.ends_with('='));
        takes.then_some((key, value))
    }

    fn add_setting(&mut self, key: Word, value: Word) -> Result<(), KernelError> {
        let exact = self.spec.arguments.iter().find(|argument| argument.name.strip_suffix('=') == Some(&key.text));
        let any = self.spec.arguments.iter().any(|argument| argument.name == "KEY=");
        match exact {
            Some(argument) => {
                check(argument, &value)?;
                self.values.push((argument.name, value.clone()));
            }
            None if any => {}
            None => return Err(self.unknown(&key)),
        }
        self.settings.push((key, value));
        Ok(())
    }

    fn add(&mut self, argument: &'static Argument, word: Word) -> Result<(), KernelError> {
        check(argument, &word)?;
        self.values.push((argument.name, word));
        Ok(())
    }

    fn find_flag(&self, flag: &str) -> Option<&'static Argument> {
        self.spec
            .arguments
            .iter()
            .find(|argument| argument.name.starts_with('-') && argument.name.split('|').any(|form| form == flag))
    }

    fn next_positional(&self) -> Option<&'static Argument> {
        self.spec
            .arguments
            .iter()
            .filter(|argument| is_positional(argument))
            .find(|argument| argument.name.ends_with('…') || self.get(argument.name).is_none())
    }

    fn unknown(&self, word: &Word) -> KernelError {
        let names: Vec<&str> = self
            .spec
            .arguments
            .iter()
            .filter(|argument| !is_positional(argument) && argument.name != "KEY=")
            .flat_map(|argument| argument.name.split('|'))
            .collect();
        let typed = if word.text.starts_with('-') { word.text.clone() } else { format!("{}=", word.text) };
        KernelError::UnknownArgument {
            magic: self.spec.name.to_owned(),
            flag: word.text.clone(),
            help: suggest::did_you_mean(&typed, &names, "arguments"),
        }
        .at(word.span.clone())
    }

    fn extra(&self, word: &Word) -> KernelError {
        KernelError::ExtraArgument { magic: self.spec.name.to_owned(), word: word.text.clone(), usage: self.usage() }
            .at(word.span.clone())
    }

    fn missing(&self, name: &str, call: &Call) -> KernelError {
        let argument = name.split('|').next().unwrap_or(name).to_owned();
        KernelError::MissingArgument { magic: self.spec.name.to_owned(), argument, usage: self.usage() }
            .at(call.name_span.clone())
    }

    fn check_required(&self, call: &Call) -> Result<(), KernelError> {
        match self.spec.arguments.iter().find(|argument| argument.required && self.get(argument.name).is_none()) {
            Some(argument) => Err(self.missing(argument.name, call)),
            None => Ok(()),
        }
    }
}

/// How a magic is written, on one line.
pub(super) fn usage(spec: &MagicSpec) -> String {
    let mark = if spec.name == "!" {
        ""
    } else if spec.kind.on_line() {
        "%"
    } else {
        "%%"
    };
    format!("{mark}{}", usage_of(spec.name, spec.arguments))
}

/// A name with its arguments, those that may be left out in brackets, flags by their long form.
pub(super) fn usage_of(name: &str, arguments: &[Argument]) -> String {
    let mut text = name.to_owned();
    for argument in arguments {
        let long = Argument { name: argument.name.split('|').next().unwrap_or(argument.name), ..*argument };
        let form = form(&long);
        let gap = if name == "!" { "" } else { " " };
        let (open, close) = if argument.required { ("", "") } else { ("[", "]") };
        text.extend([gap, open, &form, close]);
    }
    text
}

/// How one argument is written: `--flag, -f VALUE`, `key=…`, `NAME`.
pub(super) fn form(argument: &Argument) -> String {
    let value = match argument.kind {
        ValueKind::Integer => "N",
        ValueKind::Frame
        | ValueKind::NewFrame
        | ValueKind::Model
        | ValueKind::Connection
        | ValueKind::Table
        | ValueKind::Index => "NAME",
        ValueKind::Path => "FILE",
        ValueKind::Column => "COLUMN",
        _ => "VALUE",
    };
    let flag = argument.name.replace('|', ", ");
    match argument.kind {
        ValueKind::Switch => flag,
        ValueKind::OptionalText => format!("{flag} [{value}]"),
        _ if argument.name.starts_with('-') => format!("{flag} {value}"),
        _ if argument.name.ends_with('=') => format!("{}…", argument.name),
        _ => argument.name.to_owned(),
    }
}

pub(super) fn is_positional(argument: &Argument) -> bool {
    !argument.name.starts_with('-') && !argument.name.ends_with('=')
}

fn is_flag(word: &Word) -> bool {
    let rest = word.text.trim_start_matches('-');
    !word.quoted_start() && word.text.starts_with('-') && rest.starts_with(|c: char| c.is_alphabetic())
}

impl Word {
    /// True when the word begins with a quote, so that a leading dash is text.
    fn quoted_start(&self) -> bool {
        self.quoted && !self.text.contains('=')
    }
}

fn check(argument: &Argument, word: &Word) -> Result<(), KernelError> {
    match argument.kind {
        ValueKind::Integer => integer(argument.name, word).map(|_| ()),
        ValueKind::NewFrame => crate::frames::check_name(&word.text).map_err(|error| error.at(word.span.clone())),
        ValueKind::Choice(choices) if !choices.contains(&word.text.as_str()) => Err(KernelError::BadValue {
            argument: display_name(argument.name),
            expected: format!("one of {}", choices.join(", ")),
            value: word.text.clone(),
            help: suggest::did_you_mean(&word.text, choices, "values"),
        }
        .at(word.span.clone())),
        _ => Ok(()),
    }
}

fn integer(name: &str, word: &Word) -> Result<usize, KernelError> {
    word.text.replace('_', "").parse().map_err(|_| {
        KernelError::BadValue {
            argument: display_name(name),
            expected: "a whole number".to_owned(),
            value: word.text.clone(),
            help: "for example 10 or 1_000".to_owned(),
        }
        .at(word.span.clone())
    })
}

fn display_name(name: &str) -> String {
    name.split('|').next().unwrap_or(name).trim_end_matches('=').to_owned()
}

/// The text of the line from a word to its end.
fn rest_from(call: &Call, word: &Word) -> Word {
    let text = call.cell[word.span.start..call.line_span.end].trim_end();
    Word { text: text.to_owned(), span: word.span.start..word.span.start + text.len(), quoted: false }
}

/// The words of a line that no shell could read.
fn loose_words(call: &Call) -> Vec<Word> {
    let mut words = Vec::new();
    let mut at = 0;
    for piece in call.line.split(char::is_whitespace) {
        if !piece.is_empty() {
            let start = call.line_span.start + at;
            words.push(Word { text: piece.to_owned(), span: start..start + piece.len(), quoted: false });
        }
        at += piece.len() + call.line[at + piece.len()..].chars().next().map_or(0, char::len_utf8);
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{MagicKind, Part, parse};
    use super::*;
    use crate::error::{cell_error, code_of};

    const SPEC: MagicSpec = MagicSpec {
        name: "load",
        kind: MagicKind::Line,
        summary: "",
        arguments: &[
            Argument::required("FILE", ValueKind::Path, ""),
            Argument::optional("--as|-a", ValueKind::NewFrame, ""),
            Argument::optional("--rows", ValueKind::Integer, ""),
            Argument::optional("--format", ValueKind::Choice(&["csv", "json"]), ""),
            Argument::optional("--quiet", ValueKind::Switch, ""),
            Argument::optional("title=", ValueKind::Text, ""),
        ],
        examples: &[],
    };

    fn call(cell: &str) -> Call {
        match parse(cell).unwrap().pop() {
            Some(Part::Magic(found)) => found,
            other => panic!("{other:?}"),
        }
    }

    fn read(cell: &str) -> Result<Arguments, KernelError> {
        Arguments::parse(SPEC, &call(cell))
    }

    #[test]
    fn reads_flags_values_and_settings_in_any_order() {
        let arguments = read("%load --as=t --rows 1_000 'my file.csv' title=\"a b\" --quiet").unwrap();
        assert_eq!(arguments.text("FILE"), Some("my file.csv"));
        assert_eq!(arguments.text("--as|-a"), Some("t"));
        assert_eq!(arguments.integer("--rows").unwrap(), Some(1000));
        assert_eq!(arguments.text("title="), Some("a b"));
        assert!(arguments.has("--quiet"));
        assert_eq!(read("%load x -a y").unwrap().text("--as|-a"), Some("y"));
        assert_eq!(read("%load -- -x").unwrap().text("FILE"), Some("-x"));
    }

    #[test]
    fn each_mistake_has_a_code_and_points_at_its_word() {
        for (cell, code, word) in [
            ("%load", "magic::missing_argument", "%load"),
            ("%load a b", "magic::extra_argument", "b"),
            ("%load a --row 3", "magic::unknown_argument", "--row"),
            ("%load a --rows three", "magic::bad_value", "three"),
            ("%load a --rows -5", "magic::bad_value", "-5"),
            ("%load a --format xml", "magic::bad_value", "xml"),
            ("%load a --as", "magic::missing_argument", "--as"),
            ("%load a --as 'b c'", "frames::bad_name", "'b c'"),
            ("%load a titel=x", "magic::unknown_argument", "titel"),
            ("%load a --quiet=1", "magic::extra_argument", "1"),
            ("%load 'a", "magic::quote", "'a"),
        ] {
            let error = read(cell).unwrap_err();
            assert_eq!(code_of(&error), code, "{cell}");
            let label = miette::Diagnostic::labels(&error).unwrap().next().unwrap();
            assert_eq!(&cell[label.offset()..label.offset() + label.len()], word, "{cell}");
        }
    }

    #[test]
    fn errors_read_well() {
        let cell = "%load a.csv --row 3";
        let text = cell_error(&read(cell).unwrap_err(), cell, 1).traceback.join("\n");
        assert!(text.contains("did you mean --rows?"), "{text}");
    }

    #[test]
    fn an_apostrophe_in_words_opens_no_quote() {
        const SEARCH: MagicSpec = MagicSpec {
            name: "search",
            arguments: &[
                Argument::required("QUERY…", ValueKind::Words, ""),
                Argument::optional("--where", ValueKind::Text, ""),
            ],
            ..SPEC
        };
        let arguments = Arguments::parse(SEARCH, &call("%search a child's toy --where \"x = 'a b'\" red")).unwrap();
        let words: Vec<&str> = arguments.all("QUERY…").into_iter().map(|word| word.text.as_str()).collect();
        assert_eq!(words, ["a", "child's", "toy", "red"]);
        assert_eq!(arguments.text("--where"), Some("x = 'a b'"));
    }

    #[test]
    fn the_rest_is_verbatim() {
        const SQL: MagicSpec = MagicSpec {
            name: "sql",
            arguments: &[
                Argument::optional("--save", ValueKind::NewFrame, ""),
                Argument::required("STATEMENT", ValueKind::Rest, ""),
            ],
            ..SPEC
        };
        let arguments = Arguments::parse(SQL, &call("%sql --save t SELECT 'it''s', \"a  b\" -- --save x")).unwrap();
        assert_eq!(arguments.text("STATEMENT"), Some("SELECT 'it''s', \"a  b\" -- --save x"));
        assert_eq!(arguments.text("--save"), Some("t"));
        let arguments = Arguments::parse(SQL, &call("%sql SELECT 'open")).unwrap();
        assert_eq!(arguments.text("STATEMENT"), Some("SELECT 'open"));
    }

    proptest! {
        #[test]
        fn any_line_is_read_or_refused(line in "[a-z=' \"\\\\-]{0,40}") {
            let _ = read(&format!("%load {line}"));
        }
    }
}
