//! Completion of magics: names, flags, values, and the tables and columns of SQL.

use std::path::Path;

use super::arguments::is_positional;
use super::help::floor;
use super::parse::call_at;
use super::{Argument, Call, Magic, ValueKind, find, registry};
use crate::engine::{Completion, Completions};
use crate::session::Session;

/// The most candidates of one answer.
const MOST: usize = 500;

/// Completes a cell at a byte offset: magics here, Rust by the evaluator.
#[must_use]
pub fn complete(session: &Session, code: &str, cursor: usize) -> Completions {
    let cursor = floor(code, cursor);
    let Some(call) = call_at(code, cursor) else {
        return session.evaluator.complete(code, cursor);
    };
    if cursor < call.name_span.start {
        return Completions { start: cursor, end: cursor, items: Vec::new() };
    }
    if cursor <= call.name_span.end {
        return names(&call, code, cursor);
    }
    let Some(magic) = find(&call.name) else {
        return Completions { start: cursor, end: cursor, items: Vec::new() };
    };
    let mut items = magic.complete(&call, cursor, session);
    let typed = if call.body.is_some() && cursor > call.line_span.end || !items.is_empty() {
        let blank = call.name == "!";
        let start = word_start(code, cursor, |c| {
            if blank { !c.is_whitespace() } else { c.is_alphanumeric() || matches!(c, '_' | '.') }
        });
        Typed { start, ..Typed::default() }
    } else {
        let typed = typed(&call, code, cursor);
        items = arguments(magic, &call, &typed, code, cursor, session);
        typed
    };
    let prefix = code[typed.start..cursor].to_lowercase();
    items.retain(|item| item.text.to_lowercase().starts_with(&prefix));
    items.truncate(MOST);
    Completions { start: typed.start, end: cursor, items }
}

/// What is being typed: where its value begins, and after which flag or key it stands.
#[derive(Debug, Default)]
struct Typed<'a> {
    start: usize,
    /// The flag before it, or the key with its `=`.
    after: Option<&'a str>,
    /// Values that stand before it and belong to no flag.
    before: Vec<&'a str>,
}

/// The candidates for the name of a magic.
fn names(call: &Call, code: &str, cursor: usize) -> Completions {
    let start = call.name_span.start;
    let typed = &code[start..cursor];
    let over_cell = typed.starts_with("%%");
    let items = registry::all()
        .iter()
        .map(|magic| magic.spec())
        .filter(|spec| spec.name != "!")
        .filter(|spec| if over_cell { spec.kind.on_cell() } else { spec.kind.on_line() || start == 0 })
        .map(|spec| {
            let mark = if over_cell || !spec.kind.on_line() { "%%" } else { "%" };
            Completion {
                text: format!("{mark}{}", spec.name),
                kind: "magic".into(),
                signature: Some(spec.summary.into()),
            }
        })
        .filter(|item| item.text.trim_start_matches('%').starts_with(typed.trim_start_matches('%')))
        .collect();
    Completions { start, end: cursor, items }
}

fn typed<'a>(call: &Call, code: &'a str, cursor: usize) -> Typed<'a> {
    let line = &code[call.line_span.start..cursor];
    let begin = word_start(code, cursor, |c| !c.is_whitespace()).max(call.line_span.start);
    let word = &code[begin..cursor];
    let earlier: Vec<&str> = line[..begin - call.line_span.start].split_whitespace().collect();
    let spec = find(&call.name).map(Magic::spec);
    let takes_value = |flag: &str| {
        spec.is_some_and(|spec| {
            flag_of(spec.arguments, flag).is_some_and(|argument| argument.kind != ValueKind::Switch)
        })
    };
    let mut before = Vec::new();
    let mut skip = false;
    for piece in &earlier {
        if skip {
            skip = false;
        } else if piece.starts_with('-') {
            skip = takes_value(piece);
        } else if !piece.contains('=') {
            before.push(*piece);
        }
    }
    let after = earlier.last().copied().filter(|last| last.starts_with('-') && takes_value(last));
    match word.find('=') {
        Some(at) if after.is_none() => {
            let end = if word.starts_with('-') { at } else { at + 1 };
            Typed { start: begin + at + 1, after: Some(&word[..end]), before }
        }
        _ => Typed { start: begin, after, before },
    }
}

fn arguments(
    magic: &dyn Magic,
    call: &Call,
    typed: &Typed<'_>,
    code: &str,
    cursor: usize,
    session: &Session,
) -> Vec<Completion> {
    let list = magic.spec().arguments;
    let word = &code[typed.start..cursor];
    if let Some(after) = typed.after {
        let argument = list.iter().find(|argument| argument.name == after).or_else(|| flag_of(list, after));
        return argument.map_or_else(Vec::new, |argument| values(argument.kind, word, typed, session));
    }
    if word.starts_with('-') {
        return flags(list, &call.line);
    }
    let mut positional = list.iter().filter(|argument| is_positional(argument));
    let next = positional
        .clone()
        .nth(typed.before.len())
        .or_else(|| positional.next_back().filter(|last| last.name.ends_with('…')));
    let mut items = next.map_or_else(Vec::new, |argument| values(argument.kind, word, typed, session));
    items.extend(
        list.iter()
            .filter(|argument| argument.name.ends_with('=') && argument.name != "KEY=")
            .map(|argument| item(argument.name, "property", Some(argument.help))),
    );
    if word.is_empty() {
        items.extend(flags(list, &call.line));
    }
    items
}

fn flags(list: &[Argument], line: &str) -> Vec<Completion> {
    list.iter()
        .filter(|argument| argument.name.starts_with('-'))
        .filter_map(|argument| {
            let name = argument.name.split('|').next()?;
            let given = line.split_whitespace().any(|word| argument.name.split('|').any(|form| form == word));
            (!given).then(|| item(name, "property", Some(argument.help)))
        })
        .collect()
}

fn flag_of<'a>(list: &'a [Argument], flag: &str) -> Option<&'a Argument> {
    list.iter().find(|argument| argument.name.starts_with('-') && argument.name.split('|').any(|form| form == flag))
}

fn values(kind: ValueKind, word: &str, typed: &Typed<'_>, session: &Session) -> Vec<Completion> {
    match kind {
        ValueKind::Frame => frames(session),
        ValueKind::Column => columns(typed, session),
        ValueKind::Path => paths(word, session),
        ValueKind::Model => session.model_names().iter().map(|name| item(name, "instance", Some("model"))).collect(),
        ValueKind::Connection => connections(session),
        ValueKind::Table => tables(session),
        ValueKind::Index => indexes(session),
        ValueKind::Magic => registry::all().iter().map(|magic| item(magic.spec().name, "magic", None)).collect(),
        ValueKind::Choice(choices) => choices.iter().map(|choice| item(choice, "keyword", None)).collect(),
        _ => Vec::new(),
    }
}

/// The frames with their shapes.
pub(super) fn frames(session: &Session) -> Vec<Completion> {
    session
        .frames
        .list()
        .iter()
        .map(|info| item(&info.name, "instance", Some(&format!("{} × {}", info.rows, info.columns.len()))))
        .collect()
}

/// The connections with their addresses.
fn connections(session: &Session) -> Vec<Completion> {
    session.connections().iter().map(|one| item(&one.name, "instance", Some(&one.address))).collect()
}

/// The frames, and the tables of the current connection if it is open.
pub(super) fn tables(session: &Session) -> Vec<Completion> {
    let mut items = frames(session);
    let open = session.open_connection(None);
    let tables = open.and_then(|connection| connection.warehouse.tables().ok()).unwrap_or_default();
    items.extend(tables.iter().map(|table| item(&table.sql, "class", Some("table"))));
    let mut seen = std::collections::BTreeSet::new();
    items.retain(|item| seen.insert(item.text.clone()));
    items
}

/// The search indexes.
fn indexes(session: &Session) -> Vec<Completion> {
    crate::indexes::names(session.paths()).iter().map(|name| item(name, "instance", Some("index"))).collect()
}

/// The columns of the first frame that the line names.
fn columns(typed: &Typed<'_>, session: &Session) -> Vec<Completion> {
    let info = typed.before.iter().find_map(|word| session.frames.info(word).ok());
    let columns = info.map_or_else(Vec::new, |info| info.columns);
    columns.iter().map(|(name, kind)| item(name, "field", Some(&kind.to_string()))).collect()
}

/// The files of the folder that the word is in.
fn paths(word: &str, session: &Session) -> Vec<Completion> {
    if let Some(demo) = word.strip_prefix("demo:") {
        return crate::data::demo_names(session.paths())
            .iter()
            .filter(|name| name.starts_with(demo))
            .map(|name| item(&format!("demo:{name}"), "path", None))
            .collect();
    }
    let folder = word.rfind('/').map_or("", |at| &word[..=at]);
    let Ok(entries) = std::fs::read_dir(session.resolve(if folder.is_empty() { "." } else { folder })) else {
        return Vec::new();
    };
    let hidden = Path::new(word).file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    let mut items: Vec<Completion> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let slash = if entry.path().is_dir() { "/" } else { "" };
            (hidden || !name.starts_with('.')).then(|| item(&format!("{folder}{name}{slash}"), "path", None))
        })
        .collect();
    items.sort_by(|a, b| a.text.cmp(&b.text));
    items
}

/// The files that the word of a shell command may mean.
pub(super) fn path_items(call: &Call, cursor: usize, session: &Session) -> Vec<Completion> {
    let start = word_start(&call.cell, cursor, |c| !c.is_whitespace());
    paths(&call.cell[start..cursor], session)
}

/// One candidate.
pub(super) fn item(text: &str, kind: &str, signature: Option<&str>) -> Completion {
    Completion { text: text.to_owned(), kind: kind.to_owned(), signature: signature.map(str::to_owned) }
}

/// Where the word that ends at `cursor` begins.
pub(super) fn word_start(code: &str, cursor: usize, inside: impl Fn(char) -> bool) -> usize {
    code[..cursor].char_indices().rev().take_while(|(_, c)| inside(*c)).last().map_or(cursor, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestSession;

    fn at_end(kernel: &TestSession, code: &str) -> Vec<String> {
        let found = complete(&kernel.session, code, code.len());
        assert!(found.start <= found.end && code.is_char_boundary(found.start));
        found.items.into_iter().map(|item| item.text).collect()
    }

    #[test]
    fn names_flags_and_values() {
        let kernel = TestSession::with_examples();
        assert_eq!(at_end(&kernel, "%fra"), ["%frames"]);
        assert_eq!(at_end(&kernel, "%%writ"), ["%%writefile"]);
        assert!(at_end(&kernel, "let a = 1;\n%").contains(&"%load".to_owned()));
        assert_eq!(at_end(&kernel, "%show pe"), ["people"]);
        assert_eq!(at_end(&kernel, "%show people --ro"), ["--rows"]);
        assert_eq!(at_end(&kernel, "%load peop"), ["people.csv"]);
        assert_eq!(at_end(&kernel, "%load demo:"), ["demo:shop/orders"]);
        assert_eq!(at_end(&kernel, "%save people x.csv --form"), ["--format"]);
        assert_eq!(at_end(&kernel, "%save people x --format par"), ["parquet"]);
        assert_eq!(at_end(&kernel, "%chart people x=a"), ["age"]);
        assert_eq!(at_end(&kernel, "%synth fi"), ["fit"]);
        assert_eq!(at_end(&kernel, "%help sho"), ["show"]);
    }

    #[test]
    fn sql_knows_tables_columns_and_words() {
        let kernel = TestSession::with_examples();
        assert!(at_end(&kernel, "%%sql\nSELECT * FROM pe").contains(&"people".to_owned()));
        assert!(at_end(&kernel, "%%sql\nSELECT inc").contains(&"income".to_owned()));
        assert!(at_end(&kernel, "%sql SEL").contains(&"SELECT".to_owned()));
        assert!(at_end(&kernel, "%%sql --sa").contains(&"--save".to_owned()));
    }

    #[test]
    fn rust_goes_to_the_language() {
        let kernel = TestSession::with_examples();
        assert!(at_end(&kernel, "let a = pe").is_empty());
        assert_eq!(kernel.language.log().len(), 1);
    }

    #[test]
    fn any_place_can_be_asked() {
        let kernel = TestSession::with_examples();
        for code in [
            "%show größe --rows=",
            "%%sql\nSELECT ä FROM 'x",
            "%chart people x= y=a title='ä b' c",
            "%",
            "%%",
            "!ls x",
            "  %show x",
        ] {
            for cursor in 0..code.len() + 3 {
                let found = complete(&kernel.session, code, cursor);
                assert!(code.get(found.start..found.end).is_some(), "{code} {cursor}");
            }
        }
    }
}
