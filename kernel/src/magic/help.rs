//! Help pages of magics and the answers to `name?`.

use std::fmt::Write as _;

use serde_json::json;

use super::arguments::{form, usage, usage_of};
use super::parse::call_at;
use super::{Argument, Call, Context, MagicSpec, ValueKind, find, run};
use crate::display::{Bundle, escape_html};
use crate::error::KernelError;
use crate::output::OutputEvent;
use crate::session::Session;

/// The help page of a magic as text.
pub(super) fn page(spec: &MagicSpec) -> String {
    let mut text = format!("{}\n\n{}\n", usages(spec).join("\n"), spec.summary);
    if !spec.arguments.is_empty() {
        text.push_str("\nArguments\n");
        let forms: Vec<String> = spec.arguments.iter().map(form).collect();
        let width = forms.iter().map(|form| form.chars().count()).max().unwrap_or(0).min(28);
        for (argument, form) in spec.arguments.iter().zip(&forms) {
            let _ = writeln!(text, "  {form:width$}  {}{}", argument.help, choices(argument.kind));
        }
    }
    if !spec.examples.is_empty() {
        text.push_str("\nExamples\n");
        for example in spec.examples {
            let _ = writeln!(text, "  {}", example.replace('\n', "\n  "));
        }
    }
    text
}

/// The help page of a magic for a notebook.
#[must_use]
pub fn help_bundle(spec: &MagicSpec) -> Bundle {
    let text = page(spec);
    Bundle::html(format!("<pre>{}</pre>", escape_html(&text)), text)
}

/// Both forms of a magic that has two.
pub(super) fn usages(spec: &MagicSpec) -> Vec<String> {
    let mut forms = Vec::new();
    if spec.kind.on_line() {
        forms.push(usage(spec));
    }
    if spec.kind.on_cell() {
        let head: Vec<Argument> = spec
            .arguments
            .iter()
            .filter(|argument| !(argument.kind == ValueKind::Rest && spec.kind.on_line()))
            .copied()
            .collect();
        forms.push(format!("%%{}", usage_of(spec.name, &head)));
    }
    forms
}

fn choices(kind: ValueKind) -> String {
    match kind {
        ValueKind::Choice(choices) => format!(" One of {}.", choices.join(", ")),
        _ => String::new(),
    }
}

/// Answers `name?`: a magic's page, a frame's columns, a model, else what the language knows.
pub(super) fn answer(name: &str, detail: bool, context: &mut Context<'_>) -> Result<(), KernelError> {
    let bundle = lookup(name, detail, context.session)
        .or_else(|| context.session.evaluator.inspect(name, name.len(), u8::from(detail)));
    match bundle {
        Some(bundle) => {
            // As IPython does: the front end decides where a page is shown.
            let page = json!({"source": "page", "data": bundle.data, "start": 0});
            context.out.emit(OutputEvent::Payload(page));
            Ok(())
        }
        None if name.starts_with('%') => Err(run::unknown(name.trim_start_matches('%'))),
        None => Err(KernelError::UnknownName {
            what: "magic, frame, model or Rust item",
            name: name.to_owned(),
            help: "%lsmagic lists the magics, %frames the frames, %who the variables".to_owned(),
        }),
    }
}

/// What the kernel itself knows of a name.
pub(super) fn lookup(name: &str, detail: bool, session: &Session) -> Option<Bundle> {
    let bare = name.trim_start_matches('%');
    let marked = bare.len() < name.len();
    let frame = session.frames.info(bare).ok().filter(|_| !marked);
    if let Some(info) = frame {
        let mut text = format!("frame {}: {} rows, made by {}\n", info.name, info.rows, info.created_by);
        let limit = if detail { usize::MAX } else { 30 };
        for (column, kind) in info.columns.iter().take(limit) {
            let _ = writeln!(text, "  {column}: {kind}");
        }
        if info.columns.len() > limit {
            let _ = writeln!(text, "  … {} more", info.columns.len() - limit);
        }
        return Some(Bundle::text(text));
    }
    if session.model_names().iter().any(|model| model == bare) && !marked {
        return Some(Bundle::text(format!("model {bare}: sample it by %synth sample {bare} -n ROWS --as NAME")));
    }
    find(bare).map(|magic| help_bundle(&magic.spec()))
}

/// Documentation of what stands at a byte offset: the magic of the line, or what the language knows.
#[must_use]
pub fn inspect(session: &Session, code: &str, cursor: usize, detail: u8) -> Option<Bundle> {
    let cursor = floor(code, cursor);
    if let Some(call) = call_at(code, cursor) {
        let word = word_at(code, cursor);
        let in_body = call.body.is_some() && cursor > call.line_span.end;
        let frame = session.frames.info(word).ok().and_then(|_| lookup(word, detail > 0, session));
        return frame.or_else(|| magic_page(&call).filter(|_| !in_body));
    }
    let known = lookup(word_at(code, cursor), detail > 0, session);
    session
        .evaluator
        .inspect(code, cursor, detail)
        .or_else(|| known.filter(|_| session.frames.path(word_at(code, cursor)).is_some()))
}

fn magic_page(call: &Call) -> Option<Bundle> {
    find(&call.name).map(|magic| help_bundle(&magic.spec()))
}

/// The word around a byte offset.
fn word_at(code: &str, cursor: usize) -> &str {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    let start = code[..cursor]
        .rfind(|c: char| !inside(c))
        .map_or(0, |at| at + code[at..].chars().next().map_or(1, char::len_utf8));
    let end = code[cursor..].find(|c: char| !inside(c)).map_or(code.len(), |at| cursor + at);
    &code[start..end]
}

/// The nearest character boundary at or before a byte offset.
pub(super) fn floor(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestSession;

    #[test]
    fn questions_are_answered() {
        let kernel = TestSession::with_examples();
        assert!(kernel.text("load?").contains("%load FILE"));
        assert!(kernel.text("%%sql?").contains("%%sql"));
        assert!(kernel.text("people?").contains("age: i64"));
        assert!(kernel.text("known?").contains("documentation of known"));
        assert_eq!(kernel.error("%nothing?").ename, "magic::unknown");
        assert_eq!(kernel.error("nothing?").ename, "magic::unknown_name");
    }

    #[test]
    fn inspection_finds_magics_and_frames() {
        let kernel = TestSession::with_examples();
        let at = |code: &str, cursor: usize| {
            inspect(&kernel.session, code, cursor, 0).map(|bundle| bundle.get("text/plain").unwrap().to_owned())
        };
        assert!(at("%load x", 3).unwrap().contains("%load FILE"));
        assert!(at("%show people", 9).unwrap().contains("frame people"));
        assert!(at("%%sql\nSELECT * FROM people", 22).unwrap().contains("frame people"));
        assert!(at("let größe = 1;", 6).is_none());
        for cursor in 0..40 {
            let _ = at("%show größe\nlet ä = 1;", cursor);
        }
    }
}
