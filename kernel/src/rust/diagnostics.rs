//! Renders the compiler's messages, panics and crashes as the errors of a cell, at the cell's own lines.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::host::protocol::{Diagnostic, Label};
use super::run::{Death, Run};
use crate::engine::CellError;
use crate::evaluator::Snippet as Code;

/// The notebook's name for a cell.
fn cell_name(code: &Code) -> String {
    format!("In [{}]", code.execution_count)
}

/// The compiler's messages on a cell.
pub(crate) fn compile_error(found: &[Diagnostic], code: &Code) -> CellError {
    let shown: Vec<String> = found.iter().map(|diagnostic| render(diagnostic, code)).collect();
    let first = found.iter().find(|diagnostic| diagnostic.level.starts_with("error")).or(found.first());
    CellError {
        ename: first.and_then(|diagnostic| diagnostic.code.clone()).unwrap_or_else(|| "error".into()),
        evalue: first.map_or_else(|| "The cell does not compile".into(), |diagnostic| diagnostic.message.clone()),
        traceback: shown.iter().flat_map(|text| text.lines()).map(str::to_owned).collect(),
    }
}

fn render(diagnostic: &Diagnostic, code: &Code) -> String {
    let places: Vec<(Range<usize>, &Label)> =
        diagnostic.labels.iter().filter_map(|label| Some((byte_range(&code.code, label)?, label))).collect();
    // Without a place in the cell the compiler's own rendering would show code that the user never wrote.
    if places.is_empty() && diagnostic.help.is_empty() && !diagnostic.rendered.is_empty() {
        return diagnostic.rendered.trim_end().to_owned();
    }
    let level = if diagnostic.level.starts_with("warning") { Level::WARNING } else { Level::ERROR };
    let mut title = level.primary_title(diagnostic.message.as_str());
    if let Some(id) = &diagnostic.code {
        title = title.id(id.as_str());
    }
    let name = cell_name(code);
    let mut snippet = Snippet::source(code.code.as_str()).line_start(code.first_line + 1).path(name.as_str());
    let has_primary = places.iter().any(|(_, label)| label.primary);
    for (index, (range, label)) in places.iter().enumerate() {
        let kind = if label.primary || (!has_primary && index == 0) {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        // A label that only repeats the title says nothing.
        let text =
            Some(label.text.as_str()).filter(|text| !text.is_empty() && !text.ends_with(diagnostic.message.as_str()));
        snippet = snippet.annotation(kind.span(range.clone()).label(text));
    }
    let mut group: Group<'_> = if places.is_empty() { Group::with_title(title) } else { title.element(snippet) };
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    Renderer::styled().render(&[group])
}

/// The bytes of a cell that a label covers.
fn byte_range(code: &str, label: &Label) -> Option<Range<usize>> {
    let start = offset(code, label.start_line, label.start_column)?;
    let end = offset(code, label.end_line, label.end_column)?;
    Some(start..end.max(start))
}

fn offset(code: &str, line: usize, column: usize) -> Option<usize> {
    let mut start = 0;
    for (index, text) in code.split_inclusive('\n').enumerate() {
        if index + 1 == line {
            let text = text.trim_end_matches('\n');
            return Some(start + text.char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(at, _)| at));
        }
        start += text.len();
    }
    (line > 0).then_some(start)
}

/// A panic of a cell. `place` is the count, line and text of the cell's line, if it is known.
pub(crate) fn panic_error(run: &Run, place: Option<(u32, usize, String)>) -> CellError {
    let Some(reported) = &run.reported else { return titled("Panic", &run.last_words(), place) };
    let name = if reported.name == "panic" { "Panic" } else { reported.name.as_str() };
    let known = place.is_some();
    let mut error = titled(name, &reported.message, place);
    error.traceback.extend(reported.elsewhere.iter().filter(|_| !known).map(|place| format!("  at {place}")));
    error.traceback.extend(reported.help.iter().map(|help| format!("\u{1b}[36mhelp:\u{1b}[0m {help}")));
    error
}

/// An `Err` that left a cell by `?`.
pub(crate) fn escaped_error(run: &Run, code: &Code) -> CellError {
    let line = run.place.and_then(|line| {
        Some((code.execution_count, line + code.first_line, code.code.lines().nth(line.checked_sub(1)?)?.to_owned()))
    });
    titled("Error", &run.last_words(), line)
}

/// A cell whose process died.
pub(crate) fn crash_error(death: &Death, code: &Code, lost: &[String]) -> CellError {
    let (ename, message) = match (death.how.as_str(), death.code) {
        ("exit", status) => ("Exit".to_owned(), format!("The cell ended its process with exit status {status}")),
        ("SIGABRT", _) => (
            "Abort".to_owned(),
            "The cell aborted its process (an abort, a panic while panicking, or memory that could not be had)"
                .to_owned(),
        ),
        ("SIGSEGV", _) => {
            ("SegmentationFault".to_owned(), "The cell accessed memory that is not its own (SIGSEGV)".to_owned())
        }
        ("SIGKILL", _) => (
            "Killed".to_owned(),
            "The cell's process was killed (SIGKILL): by another program, or because the machine was out of memory"
                .to_owned(),
        ),
        (signal, _) => ("Crash".to_owned(), format!("The cell's process was ended by {signal}")),
    };
    let mut error = titled(&ename, &message, None);
    error.traceback.push(format!("  in {}", cell_name(code)));
    error.traceback.push(kept(death.restored, lost));
    error
}

/// A cell that the user stopped.
pub(crate) fn interrupted(death: Option<&Death>, lost: &[String]) -> CellError {
    let mut error = titled("Interrupted", "The cell was interrupted", None);
    if let Some(death) = death {
        error.traceback.push(kept(death.restored, lost));
    }
    error
}

/// A complaint that is neither the compiler's nor the cell's.
pub(crate) fn plain(ename: &str, message: &str, help: Option<&str>) -> CellError {
    let mut error = titled(ename, message, None);
    error.traceback.extend(help.map(|help| format!("\u{1b}[36mhelp:\u{1b}[0m {help}")));
    error
}

/// A coded error of this crate.
pub(crate) fn coded(error: &dyn miette::Diagnostic) -> CellError {
    plain(&crate::error::code_of(error), &error.to_string(), crate::error::help_of(error).as_deref())
}

fn kept(restored: bool, lost: &[String]) -> String {
    let text = match (restored, lost) {
        (true, _) => "every variable is as it was before this cell; frames are kept".to_owned(),
        (false, []) => "no variable was lost; functions, types and frames are kept".to_owned(),
        (false, lost) => {
            format!("these variables were lost: {}; functions, types and frames are kept", lost.join(", "))
        }
    };
    format!("\u{1b}[36mhelp:\u{1b}[0m {text}")
}

fn titled(ename: &str, message: &str, line: Option<(u32, usize, String)>) -> CellError {
    let mut traceback: Vec<String> =
        format!("\u{1b}[1;31m{ename}\u{1b}[0m\u{1b}[1m: {message}\u{1b}[0m").lines().map(str::to_owned).collect();
    if let Some((count, line, text)) = line {
        let width = line.to_string().len();
        traceback.push(format!("{:width$}\u{1b}[1;34m--> \u{1b}[0mIn [{count}]:{line}", ""));
        traceback.push(format!("{:width$} \u{1b}[1;34m|\u{1b}[0m", ""));
        traceback.push(format!("\u{1b}[1;34m{line} |\u{1b}[0m {text}"));
    }
    CellError { ename: ename.to_owned(), evalue: message.to_owned(), traceback }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Code {
        Code { code: text.into(), first_line: 2, execution_count: 7, show_value: true }
    }

    #[test]
    fn a_compile_error_is_shown_at_the_cells_lines() {
        let label = Label {
            start_line: 2,
            start_column: 14,
            end_line: 2,
            end_column: 20,
            text: "expected `i32`, found `&str`".into(),
            primary: true,
        };
        let found = Diagnostic {
            level: "error".into(),
            code: Some("E0308".into()),
            message: "mismatched types".into(),
            labels: vec![label],
            help: vec![],
            rendered: String::new(),
        };
        let error = compile_error(&[found], &code("let a = 1;\nlet y: i32 = \"nöpe\";"));
        assert_eq!((error.ename.as_str(), error.evalue.as_str()), ("E0308", "mismatched types"));
        let text = error.traceback.join("\n");
        assert!(text.contains("In [7]:4:14") && text.contains("expected `i32`, found `&str`"), "{text}");
    }

    #[test]
    fn places_outside_the_cell_do_no_harm() {
        assert_eq!(offset("ab\ncd", 9, 3), Some(5));
        assert_eq!(offset("ab\ncd", 2, 99), Some(5));
        assert_eq!(offset("ä\nb", 1, 2), Some(2));
    }

    #[test]
    fn a_crash_says_what_is_kept() {
        let death = Death { how: "SIGSEGV".into(), code: 11, restored: false };
        let text = crash_error(&death, &code("x"), &["a".into(), "b".into()]).traceback.join("\n");
        assert!(text.contains("lost: a, b"), "{text}");
    }
}
