//! The one renderer: from a diagnostic to what the notebook, the terminal and a program read.

use std::fmt::Write as _;

use miette::Diagnostic;
use serde_json::{Value, json};

use super::KernelError;
use crate::engine::CellError;

const RED: &str = "\u{1b}[31m";
const BOLD: &str = "\u{1b}[1m";
const BLUE: &str = "\u{1b}[34m";
const CYAN: &str = "\u{1b}[36m";
const RESET: &str = "\u{1b}[0m";
/// Longer lines of a cell are cut around the wrong word.
const LINE_LIMIT: usize = 120;

/// The error's stable code, such as `frames::unknown`.
#[must_use]
pub fn code_of(error: &dyn Diagnostic) -> String {
    error.code().map_or_else(|| "error".to_owned(), |code| code.to_string())
}

/// The error's help line, if it has one.
#[must_use]
pub fn help_of(error: &dyn Diagnostic) -> Option<String> {
    error.help().map(|help| help.to_string()).filter(|help| !help.is_empty())
}

/// The error as a program reads it: `{"error": {"code", "message", "help"}}`.
#[must_use]
pub fn as_json(error: &dyn Diagnostic) -> Value {
    json!({ "error": { "code": code_of(error), "message": error.to_string(), "help": help_of(error) } })
}

/// The error as a terminal shows it, with or without colours.
#[must_use]
pub fn terminal(error: &dyn Diagnostic, colours: bool) -> String {
    let text = headline(error) + &help_line(error);
    if colours { text } else { plain(&text) }
}

/// The error as a cell shows it: `cell` is the whole cell's text, into which the error's span points.
#[must_use]
pub fn cell_error(error: &KernelError, cell: &str, execution_count: u32) -> CellError {
    if let KernelError::Cell(error) = error {
        return error.clone();
    }
    let mut text = headline(error);
    if let Some(place) = place(error, cell, execution_count) {
        text.push_str(&place);
    }
    text.push_str(&help_line(error));
    CellError { ename: code_of(error), evalue: error.to_string(), traceback: text.lines().map(str::to_owned).collect() }
}

fn headline(error: &dyn Diagnostic) -> String {
    format!("{RED}{BOLD}{}{RESET}: {BOLD}{error}{RESET}\n", code_of(error))
}

fn help_line(error: &dyn Diagnostic) -> String {
    help_of(error).map_or_else(String::new, |help| format!("{CYAN}help:{RESET} {help}\n"))
}

/// The line of the cell with a caret under the wrong word.
fn place(error: &dyn Diagnostic, cell: &str, execution_count: u32) -> Option<String> {
    let label = error.labels()?.next()?;
    let start = floor(cell, label.offset());
    let end = floor(cell, label.offset() + label.len()).max(start);
    let line_start = cell[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = cell[start..].find('\n').map_or(cell.len(), |at| start + at);
    let line = &cell[line_start..line_end];
    let number = cell[..start].matches('\n').count() + 1;
    let before = cell[line_start..start].chars().count();
    let marked = cell[start..end.min(line_end)].chars().count().max(1);

    let (shown, before) = window(line, before, marked);
    let marked = marked.min(shown.chars().count().saturating_sub(before).max(1));
    let gutter = " ".repeat(number.to_string().len());
    let pad: String = shown.chars().take(before).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{gutter} {BLUE}--> In [{execution_count}]:{number}:{}{RESET}",
        cell[line_start..start].chars().count() + 1
    );
    let _ = writeln!(text, "{BLUE}{number} |{RESET} {shown}");
    let _ = writeln!(text, "{BLUE}{gutter} |{RESET} {pad}{RED}{}{RESET}", "^".repeat(marked));
    Some(text)
}

/// Cuts a long line to the part around the mark; returns it with the mark's new column.
fn window(line: &str, before: usize, marked: usize) -> (String, usize) {
    let length = line.chars().count();
    if length <= LINE_LIMIT {
        return (line.to_owned(), before);
    }
    let skip = before.saturating_sub(LINE_LIMIT.saturating_sub(marked.min(LINE_LIMIT)) / 2);
    let mut text = String::new();
    let mut column = before - skip;
    if skip > 0 {
        text.push('…');
        column += 1;
    }
    text.extend(line.chars().skip(skip).take(LINE_LIMIT));
    if skip + LINE_LIMIT < length {
        text.push('…');
    }
    (text, column)
}

/// The nearest character boundary at or before a byte offset.
fn floor(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Text without ANSI colours.
fn plain(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        result.push_str(&rest[..at]);
        rest = rest[at..].find('m').map_or("", |end| &rest[at + end + 1..]);
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown() -> KernelError {
        KernelError::UnknownFrame { name: "slaes".into(), help: "did you mean sales?".into() }
    }

    fn rendered(error: &KernelError, cell: &str) -> String {
        plain(&cell_error(error, cell, 3).traceback.join("\n"))
    }

    #[test]
    fn points_at_the_word() {
        let cell = "let x = 1;\n%show slaes -n 5\n";
        let at = cell.find("slaes").unwrap();
        insta::assert_snapshot!(rendered(&unknown().at(at..at + 5), cell), @r"
        frames::unknown: There is no frame named slaes
          --> In [3]:2:7
        2 | %show slaes -n 5
          |       ^^^^^
        help: did you mean sales?
        ");
    }

    #[test]
    fn wide_characters_and_bad_offsets_do_no_harm() {
        let cell = "%show größe";
        for start in 0..20 {
            for end in start..20 {
                let _ = rendered(&unknown().at(start..end), cell);
            }
        }
        assert!(rendered(&unknown().at(6..13), cell).contains("^^^^^"));
    }

    #[test]
    fn long_lines_are_cut_around_the_word() {
        let cell = format!("%show {} slaes {}", "a".repeat(500), "b".repeat(500));
        let at = cell.find("slaes").unwrap();
        let text = rendered(&unknown().at(at..at + 5), &cell);
        assert!(text.lines().all(|line| line.chars().count() < 140), "{text}");
        assert!(text.contains("slaes") && text.contains('…'));
    }

    #[test]
    fn json_has_code_message_and_help() {
        assert_eq!(
            as_json(&unknown()),
            json!({"error": {"code": "frames::unknown", "message": "There is no frame named slaes", "help": "did you mean sales?"}})
        );
    }

    #[test]
    fn terminal_text_is_plain_without_colours() {
        insta::assert_snapshot!(terminal(&unknown(), false), @r"
        frames::unknown: There is no frame named slaes
        help: did you mean sales?
        ");
    }
}
