//! DuckDB's messages as errors: what is wrong, where in the user's SQL, and what may mend it.

use std::path::Path;

use crate::warehouse::script::Statement;
use crate::{AgentsError, Position};

/// A statement and the script it is from.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) script: &'a str,
    pub(super) statement: &'a Statement,
}

/// What DuckDB said, or what its crate did.
pub(super) fn text(error: &duckdb::Error) -> String {
    match error {
        duckdb::Error::DuckDBFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    }
}

/// A message on one line, without its kind and its excerpt of the query.
pub(super) fn clean(message: &str) -> String {
    parts(message).text
}

/// Why a database file can't be opened.
pub(super) fn opening(path: &Path, message: &str) -> AgentsError {
    let path = path.to_owned();
    if message.contains("not a valid DuckDB database") || message.contains("Is a directory") {
        return AgentsError::DatabaseInvalid { path };
    }
    if message.contains("version number") {
        return AgentsError::DatabaseVersion { path, reason: first_sentence(message) };
    }
    if message.contains("Could not set lock") {
        let holder = message.split_once("held in ").and_then(|(_, rest)| rest.split_once(". ")).map(|(holder, _)| {
            // The program's name and number; where it is installed helps nobody.
            let (program, number) = holder.split_once(" (").unwrap_or((holder, ""));
            let program = program.rsplit('/').next().unwrap_or(program);
            if number.is_empty() { program.to_owned() } else { format!("{program}, {}", number.trim_end_matches(')')) }
        });
        return AgentsError::DatabaseLocked { path, holder };
    }
    AgentsError::DatabaseOpen { path, reason: clean(message) }
}

fn first_sentence(message: &str) -> String {
    let line = clean(message.lines().next().unwrap_or(message));
    line.strip_suffix('.').map_or(line.clone(), str::to_owned)
}

/// The error that a message stands for.
pub(super) fn explain(message: &str, place: Option<Place<'_>>) -> AgentsError {
    let parts = parts(message);
    let at = place.and_then(|place| position(message, place));
    let script = place.map_or("", |place| place.script);
    if let Some(extension) = extension(message) {
        return AgentsError::ExtensionMissing { extension };
    }
    let (message, help) = (parts.text, parts.help);
    match parts.kind.as_str() {
        "INTERRUPT" => AgentsError::Cancelled,
        "Out of Memory" => AgentsError::OutOfMemory { message },
        "Parser" | "Syntax" => AgentsError::Syntax { message, at, help },
        "Catalog" | "Binder" => AgentsError::UnknownName { message, at, help },
        _ if message.contains("read-only mode") => AgentsError::ReadOnly { what: "a change".to_owned() },
        "TransactionContext" => {
            let help = help.or_else(|| Some("End the transaction first: COMMIT or ROLLBACK".to_owned()));
            AgentsError::QueryFailed { message, at, help }
        }
        _ => AgentsError::QueryFailed { message: blank(&message, script), at, help },
    }
}

struct Parts {
    kind: String,
    text: String,
    help: Option<String>,
}

fn parts(message: &str) -> Parts {
    let (kind, rest) = match message.split_once(" Error: ") {
        Some((kind, rest)) if !kind.contains('\n') && kind.len() < 30 => (kind, rest),
        _ => ("", message),
    };
    let body = rest.split_once("\nLINE ").map_or(rest, |(body, _)| body);
    let (mut said, mut help) = (Vec::new(), Vec::new());
    for line in body.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let hint = ["Did you mean", "Candidate", "\tCandidate", "Possible", "Hint:"]
            .iter()
            .any(|start| line.starts_with(start));
        if hint || !help.is_empty() { help.push(line) } else { said.push(line) }
    }
    let text = said.join(" ");
    let text = text.strip_suffix('!').unwrap_or(&text);
    let mut letters = text.chars();
    let text = letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    Parts { kind: kind.to_owned(), text, help: (!help.is_empty()).then(|| help.join(" ")) }
}

/// The extension that a message asks for.
fn extension(message: &str) -> Option<String> {
    let wants = message.starts_with("Missing Extension Error")
        || message.contains("it exists in the")
        || message.contains("requires the extension")
        || (message.contains("extension") && message.contains("install"));
    if !wants {
        return None;
    }
    let words: Vec<&str> =
        message.split_whitespace().map(|word| word.trim_matches(['"', '\'', '.', ',', '!', ':'])).collect();
    let named = |at: usize| match (words.get(at.checked_sub(1)?)?, words.get(at + 1)) {
        (&("the" | "an"), after) => after.filter(|after| **after != "is").map(|after| (*after).to_owned()),
        (name, _) => Some((*name).to_owned()),
    };
    let at = (0..words.len()).filter(|at| words[*at] == "extension").find_map(named);
    at.or_else(|| Some(clean(message)))
}

/// The place that DuckDB marks with `LINE n: excerpt` and a caret on the next line, in the user's script.
fn position(message: &str, place: Place<'_>) -> Option<Position> {
    let (_, marked) = message.rsplit_once("\nLINE ")?;
    let (number, rest) = marked.split_once(": ")?;
    let mut lines = rest.lines();
    let (excerpt, caret) = (lines.next()?, lines.next()?);
    let line: usize = number.parse().ok()?;
    let caret = caret.find('^')?;
    let mark = caret.checked_sub("LINE ".len() + number.len() + ": ".len())?;
    let source = place.statement.text.lines().nth(line.checked_sub(1)?)?;
    // A long line is shown in part, with dots where it is cut.
    let (cut, shown) = match excerpt.strip_prefix("...") {
        Some(shown) => (3, shown),
        None => (0, excerpt),
    };
    let shown = shown.strip_suffix("...").unwrap_or(shown);
    let before = source.find(shown).map_or(0, |at| source[..at].chars().count());
    let column = before + mark.checked_sub(cut)?;
    let ahead = &place.script[..place.statement.start];
    let lines_before = ahead.matches('\n').count();
    let lead = if line == 1 { ahead.rsplit('\n').next().unwrap_or(ahead).chars().count() } else { 0 };
    Some(Position { line: lines_before + line, column: lead + column + 1 })
}

/// Blanks quoted values that the user did not type: they are from the data.
fn blank(message: &str, script: &str) -> String {
    let mut result = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('\'') {
        let Some((value, tail)) = after.split_once('\'') else { break };
        let typed = script.contains(value) || value.is_empty();
        result.push_str(before);
        result.push('\'');
        result.push_str(if typed { value } else { "…" });
        result.push('\'');
        rest = tail;
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::warehouse::script::statements;

    #[test]
    fn messages_are_taken_apart() {
        let message = "Catalog Error: Table with name foo does not exist!\nDid you mean \"food\"?\n\nLINE 1: SELECT * FROM foo\n                      ^";
        let script = "SELECT 1;\n  SELECT * FROM foo";
        let all = statements(script);
        let error = explain(message, Some(Place { script, statement: &all[1] }));
        assert_eq!(error.to_string(), "Table with name foo does not exist");
        assert_eq!(error.position(), Some(Position { line: 2, column: 17 }));
        let AgentsError::UnknownName { help, .. } = error else { panic!("{error:?}") };
        assert_eq!(help.as_deref(), Some("Did you mean \"food\"?"));
    }

    #[test]
    fn a_file_that_does_not_open_says_why() {
        let path = Path::new("sales.duckdb");
        let locked = "IO Error: Could not set lock on file \"sales.duckdb\": Conflicting lock is held in /usr/bin/python3.11 (PID 5450). See also the documentation";
        let AgentsError::DatabaseLocked { holder, .. } = opening(path, locked) else { panic!("{locked}") };
        assert_eq!(holder.as_deref(), Some("python3.11, PID 5450"));
        let newer = "IO Error: Trying to read a database file with version number 69, but we can only read versions between 64 and 68.\nThe database file was created with a newer version of DuckDB.";
        assert!(
            matches!(opening(path, newer), AgentsError::DatabaseVersion { reason, .. } if reason.ends_with("64 and 68"))
        );
        let other = "IO Error: The file \"x\" exists, but it is not a valid DuckDB database file!";
        assert!(matches!(opening(path, other), AgentsError::DatabaseInvalid { .. }));
        assert!(matches!(opening(path, "IO Error: No space"), AgentsError::DatabaseOpen { .. }));
    }

    #[test]
    fn values_of_the_data_are_blanked() {
        let message = "Could not convert string 'secret' to INT32, when casting column 'c'";
        assert_eq!(
            blank(message, "SELECT c::INT FROM t WHERE x = 'c'"),
            "Could not convert string '…' to INT32, when casting column 'c'"
        );
    }

    #[test]
    fn extensions_are_named() {
        let message = "Catalog Error: Scalar Function with name \"st_point\" is not in the catalog, but it exists in the spatial extension.";
        assert!(
            matches!(explain(message, None), AgentsError::ExtensionMissing { extension } if extension == "spatial")
        );
    }
}
