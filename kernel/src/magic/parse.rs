//! Cuts a cell into its parts: Rust, magics, shell commands, questions.

use std::ops::Range;
use std::sync::Arc;

use super::lexer::{Before, Scanner};
use super::{Call, registry};
use crate::error::KernelError;

/// A part of a cell. The parts run in order.
#[derive(Debug, Clone)]
pub enum Part {
    /// Rust code.
    Rust {
        /// The code, verbatim.
        code: String,
        /// How many lines of the cell stand above it.
        first_line: usize,
    },
    /// A magic, or a shell command as the magic `!`.
    Magic(Call),
    /// `name?` or `name??`: a question about a name.
    Question {
        /// The name, with its `%` if it has them.
        name: String,
        /// True for `??`.
        detail: bool,
        /// The name's place in the cell.
        span: Range<usize>,
    },
}

/// Cuts a cell into parts.
///
/// A cell whose first line begins with `%%name` is one cell magic. In any other cell a line is a magic when it begins
/// with `%name` where a Rust statement may begin, and a shell command when it begins with `!word` there. After an
/// expression without `;` a line may also go on with Rust's remainder operator: there it is a magic only at the first
/// column, with no space after `%`, and when a magic of that name exists.
///
/// # Errors
/// `magic::misplaced` for a cell magic below the first line.
pub fn parse(cell: &str) -> Result<Vec<Part>, KernelError> {
    let shared: Arc<str> = Arc::from(cell);
    if let Some(question) = question(cell) {
        return Ok(vec![question]);
    }
    if let Some(call) = cell_magic(&shared) {
        return Ok(vec![Part::Magic(call)]);
    }
    let mut parts = Vec::new();
    let mut scanner = Scanner::new(cell);
    let mut rust_start = 0;
    while !scanner.at_end() {
        let line = scanner.line();
        match foreign(line, &scanner) {
            Some(Foreign::Magic) => {
                let start = scanner.position;
                push_rust(&mut parts, cell, rust_start..start);
                parts.push(Part::Magic(line_magic(&shared, line, start)?));
                scanner.skip_foreign_line();
                rust_start = scanner.position;
            }
            Some(Foreign::Command) => scanner.skip_foreign_line(),
            None => scanner.skip_rust_line(),
        }
    }
    push_rust(&mut parts, cell, rust_start..cell.len());
    Ok(parts)
}

/// The magic call that a line is, if the line at this place of the cell is one: for completion.
pub(super) fn call_at(cell: &str, cursor: usize) -> Option<Call> {
    let shared: Arc<str> = Arc::from(cell);
    if let Some(call) = cell_magic(&shared) {
        return Some(call);
    }
    let mut scanner = Scanner::new(cell);
    while !scanner.at_end() && scanner.position <= cursor {
        let line = scanner.line();
        let start = scanner.position;
        if let Some(kind) = foreign_or_open(line, &scanner) {
            scanner.skip_foreign_line();
            if matches!(kind, Foreign::Magic) && cursor <= start + line.len() {
                return line_magic(&shared, line, start).ok();
            }
        } else {
            scanner.skip_rust_line();
        }
    }
    None
}

/// Parts of a text that stands at `offset` in a larger cell, with their places moved into that cell.
pub(super) fn parse_inside(whole: &Arc<str>, offset: usize, text: &str) -> Result<Vec<Part>, KernelError> {
    let above = whole[..offset].matches('\n').count();
    let moved = |span: Range<usize>| span.start + offset..span.end + offset;
    let parts = parse(text)?.into_iter().map(|part| match part {
        Part::Rust { code, first_line } => Part::Rust { code, first_line: first_line + above },
        Part::Question { name, detail, span } => Part::Question { name, detail, span: moved(span) },
        Part::Magic(call) => Part::Magic(Call {
            name_span: moved(call.name_span),
            line_span: moved(call.line_span),
            body_span: moved(call.body_span),
            cell: Arc::clone(whole),
            ..call
        }),
    });
    Ok(parts.collect())
}

/// Text that is not Rust at the beginning of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Foreign {
    /// `%name` or `!command`.
    Magic,
    /// A command of the evaluator's own, such as `:dep`: it stays with the Rust around it.
    Command,
}

fn foreign(line: &str, scanner: &Scanner<'_>) -> Option<Foreign> {
    if scanner.depth > 0 || scanner.before == Before::Operator {
        return None;
    }
    let text = line.trim_start();
    let fresh = scanner.before == Before::Statement;
    if let Some(rest) = text.strip_prefix('%') {
        let name = name_of(rest.strip_prefix('%').unwrap_or(rest));
        let certain = fresh || (text.len() == line.len() && registry::find(name).is_some());
        return (!name.is_empty() && certain).then_some(Foreign::Magic);
    }
    if let Some(rest) = text.strip_prefix('!') {
        return is_command(rest, fresh).then_some(Foreign::Magic);
    }
    (fresh && text.starts_with(':') && !text.starts_with("::")).then_some(Foreign::Command)
}

/// Like [`foreign`], and true of a lone `%` or `%%` whose name is still to be typed.
fn foreign_or_open(line: &str, scanner: &Scanner<'_>) -> Option<Foreign> {
    foreign(line, scanner).or_else(|| {
        let bare = matches!(line.trim(), "%" | "%%");
        (bare && scanner.depth == 0 && scanner.before != Before::Operator).then_some(Foreign::Magic)
    })
}

/// Whether what follows `!` is a shell command and not an operand of Rust's `!`: `!(a)`, `!true` and `!x.is_empty()`
/// are Rust.
fn is_command(rest: &str, fresh: bool) -> bool {
    let word: &str = rest.split_whitespace().next().unwrap_or("");
    let first = rest.chars().next();
    let starts_well =
        first.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '/' | '~' | '_' | '"' | '\'' | '$'));
    let call = word.contains('(') && !word.starts_with(['"', '\'', '$']);
    let constant = matches!(word.trim_end_matches(';'), "true" | "false") && rest.trim() == word;
    starts_well && !call && !constant && (fresh || !rest.starts_with(['"', '\'']))
}

/// The magic's name at the beginning of a text.
fn name_of(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    if text.starts_with(|c: char| c.is_alphabetic() || c == '_') { &text[..end] } else { "" }
}

fn line_magic(cell: &Arc<str>, line: &str, start: usize) -> Result<Call, KernelError> {
    let indent = line.len() - line.trim_start().len();
    let text = &line[indent..];
    let after_mark = if text.starts_with('!') { 1 } else { text.len() - text.trim_start_matches('%').len() };
    let name = if text.starts_with('!') { "!" } else { name_of(&text[after_mark..]) };
    let name_end = indent + if name == "!" { 1 } else { after_mark + name.len() };
    if after_mark > 1 {
        return Err(misplaced(name).at(start + indent..start + name_end));
    }
    let line_span = start + name_end..start + line.len();
    Ok(Call {
        name: name.to_owned(),
        line: cell[line_span.clone()].to_owned(),
        body: None,
        name_span: start + indent..start + name_end,
        line_span,
        body_span: cell.len()..cell.len(),
        cell: Arc::clone(cell),
    })
}

fn misplaced(name: &str) -> KernelError {
    KernelError::Misplaced {
        name: format!("%%{name}"),
        reason: "a cell magic must be the first line of its cell",
        help: format!("move it to a cell of its own, or write %{name} for the line magic"),
    }
}

fn cell_magic(cell: &Arc<str>) -> Option<Call> {
    let rest = cell.strip_prefix("%%")?;
    let name = if rest.starts_with('!') { "!" } else { name_of(rest) };
    let first_end = cell.find('\n').unwrap_or(cell.len());
    let body_start = (first_end + 1).min(cell.len());
    let name_end = 2 + name.len();
    let line_end = if cell[..first_end].ends_with('\r') { first_end - 1 } else { first_end };
    let line_span = name_end..line_end.max(name_end);
    Some(Call {
        name: name.to_owned(),
        line: cell[line_span.clone()].to_owned(),
        body: Some(cell[body_start..].to_owned()),
        name_span: 0..name_end,
        line_span,
        body_span: body_start..cell.len(),
        cell: Arc::clone(cell),
    })
}

/// A cell that is nothing but `name?`, `name??`, `?name` or `??name`.
fn question(cell: &str) -> Option<Part> {
    let text = cell.trim();
    let (rest, marks) = if text.ends_with('?') {
        let rest = text.trim_end_matches('?');
        (rest, text.len() - rest.len())
    } else {
        let rest = text.trim_start_matches('?');
        (rest, text.len() - rest.len())
    };
    let name = rest.trim();
    let bare = name.trim_start_matches('%');
    let path = !bare.is_empty()
        && name.len() - bare.len() <= 2
        && bare.split("::").flat_map(|piece| piece.split('.')).all(|word| !word.is_empty() && name_of(word) == word);
    let start = cell.find(name)?;
    ((1..=2).contains(&marks) && path && !text.contains('\n')).then(|| Part::Question {
        name: name.to_owned(),
        detail: marks == 2,
        span: start..start + name.len(),
    })
}

fn push_rust(parts: &mut Vec<Part>, cell: &str, span: Range<usize>) {
    let code = &cell[span.clone()];
    let alone = span.start == 0 && span.end == cell.len();
    if !alone && code.trim().is_empty() {
        return;
    }
    let first_line = cell[..span.start].matches('\n').count();
    parts.push(Part::Rust { code: code.to_owned(), first_line });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shape(cell: &str) -> Vec<String> {
        parse(cell)
            .unwrap()
            .into_iter()
            .map(|part| match part {
                Part::Rust { code, first_line } => format!("rust@{first_line} {code:?}"),
                Part::Magic(found) => match found.body {
                    None => format!("{} {:?}", found.name, found.line),
                    Some(body) => format!("%%{} {:?} {body:?}", found.name, found.line),
                },
                Part::Question { name, detail, .. } => format!("? {name} {detail}"),
            })
            .collect()
    }

    #[test]
    fn magics_and_rust_mix() {
        assert_eq!(
            shape("let a = 1;\n%load x.csv --as t\nlet b = 2;\n!ls -la\n"),
            ["rust@0 \"let a = 1;\\n\"", "load \" x.csv --as t\"", "rust@2 \"let b = 2;\\n\"", "! \"ls -la\"",]
        );
        assert_eq!(shape("  %frames"), ["frames \"\""]);
        assert_eq!(shape("x\n%frames"), ["rust@0 \"x\\n\"", "frames \"\""]);
        assert_eq!(shape("%frames\r\nlet a = 1;\r\n"), ["frames \"\"", "rust@1 \"let a = 1;\\r\\n\""]);
    }

    #[test]
    fn remainders_strings_comments_and_not_stay_rust() {
        for rust in [
            "let a = b\n% c;",
            "let a = b\n    %c;",
            "let a = b %\nc;",
            "f(\n%x\n)",
            "\"\n%load x\n\"",
            "/*\n%load x\n*/",
            "r#\"\n!ls\n\"#",
            "// a comment\n",
            "!(a && b)",
            "!true",
            "!done.get()",
            "a\n!= b",
            ":dep regex = \"it's\"\nlet a = 1;",
            "",
            "\n\n",
            "let q = x?;",
            "f()?",
            "% 3",
        ] {
            let parts = parse(rust).unwrap();
            assert!(matches!(&parts[..], [Part::Rust { code, first_line: 0 }] if code == rust), "{rust:?}: {parts:?}");
        }
    }

    #[test]
    fn cell_magics_take_the_whole_cell() {
        assert_eq!(shape("%%sql --save t\nSELECT 1\n%x"), ["%%sql \" --save t\" \"SELECT 1\\n%x\""]);
        assert_eq!(shape("%%bash"), ["%%bash \"\" \"\""]);
        let error = parse("let a = 1;\n%%sql\nSELECT 1").unwrap_err();
        assert_eq!(crate::error::code_of(&error), "magic::misplaced");
    }

    #[test]
    fn questions() {
        assert_eq!(shape("load?"), ["? load false"]);
        assert_eq!(shape("%%sql??"), ["? %%sql true"]);
        assert_eq!(shape("?Vec::new"), ["? Vec::new false"]);
        assert_eq!(shape(" frame.n? \n"), ["? frame.n false"]);
    }

    #[test]
    fn spans_point_into_the_cell() {
        let cell = "let a = 'x';\n  %show größe -n 3\n";
        let parts = parse(cell).unwrap();
        let Part::Magic(found) = &parts[1] else { panic!("{parts:?}") };
        assert_eq!(&cell[found.name_span.clone()], "%show");
        assert_eq!(&cell[found.line_span.clone()], " größe -n 3");
    }

    proptest! {
        #[test]
        fn any_text_parses_without_panic(text in "(?s).{0,200}") {
            let _ = parse(&text);
            for at in 0..=text.len() {
                let _ = call_at(&text, at);
            }
        }

        #[test]
        fn hostile_text_parses_without_panic(text in "[%!?:'\"/*#r\\\\ \n\r(){};abä]{0,60}") {
            let _ = parse(&text);
        }

        #[test]
        fn rust_only_text_is_returned_unchanged(lines in proptest::collection::vec("[a-z]{1,5} = [0-9]{1,3} % [0-9]{1,3};|// %x|\"%y\";|let s = '%';", 0..8)) {
            let text = lines.join("\n");
            let parts = parse(&text).unwrap();
            let unchanged = matches!(&parts[..], [Part::Rust { code, first_line: 0 }] if *code == text);
            prop_assert!(unchanged, "{:?}", parts);
        }
    }
}
