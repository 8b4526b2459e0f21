//! The statements of a call, what becomes of their result, and where their errors stand in the cell.

use std::collections::BTreeMap;
use std::ops::Range;

use synthbook_agents::AgentsError;
use synthbook_agents::warehouse::Scalar;

use super::placeholders::{self, Misplaced};
use super::{SPEC, snippet, values};
use crate::error::KernelError;
use crate::magic::{Arguments, Call, Context, Word};
use crate::session::Session;

/// The statements of a call and what becomes of their result.
pub(super) struct Query {
    pub(super) text: String,
    /// Where the text stands in the cell; none when it came from a file.
    place: Option<Range<usize>>,
    pub(super) save: Option<String>,
    /// The connection that the call names.
    pub(super) connection: Option<Word>,
}

/// A query with its parameters bound and the saved queries that it names before it.
pub(super) struct Ready {
    pub(super) text: String,
    pub(super) parameters: BTreeMap<String, Scalar>,
    /// How many lines stand before the query's own.
    lines: usize,
}

/// The connection that the call names in place of a query, as `%sql NAME` does.
pub(super) fn only_a_connection(call: &Call, arguments: &Arguments, session: &Session) -> Option<String> {
    if call.body.is_some() || arguments.has("--file|-f") {
        return None;
    }
    let name = arguments.text("STATEMENT")?.trim();
    is_connection(name, session).then(|| name.to_owned())
}

fn is_connection(name: &str, session: &Session) -> bool {
    let word = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    word && session.connections().iter().any(|one| one.name == name)
}

impl Query {
    pub(super) fn of(call: &Call, arguments: &Arguments, context: &Context<'_>) -> Result<Self, KernelError> {
        let mut save = arguments.text("--save|-S").map(str::to_owned);
        let mut connection = arguments.get("--connection|-c").cloned();
        if let Some(file) = arguments.get("--file|-f") {
            let path = context.path(&file.text);
            let text = std::fs::read_to_string(&path)
                .map_err(|error| KernelError::io("read", &path, error).at(file.span.clone()))?;
            return Ok(Self { text, place: None, save, connection });
        }
        let end = if call.body.is_some() { call.body_span.end } else { call.line_span.end };
        let mut start = match arguments.get("STATEMENT") {
            // As in JupySQL, a connection may be named alone on the first line.
            Some(word) if call.body.is_some() && connection.is_none() && is_connection(&word.text, context.session) => {
                connection = Some(word.clone());
                call.body_span.start
            }
            Some(rest) => rest.span.start,
            None if call.body.is_some() => call.body_span.start,
            None => end,
        };
        if let Some((name, after)) = assignment(&call.cell[start..end]) {
            crate::frames::check_name(name).map_err(|error| error.at(start..start + name.len()))?;
            save = Some(name.to_owned());
            start += after;
        }
        let text = call.cell[start..end].to_owned();
        if text.trim().is_empty() {
            return Err(KernelError::MissingArgument {
                magic: SPEC.name.to_owned(),
                argument: "a statement".to_owned(),
                usage: arguments.usage(),
            }
            .at(call.name_span.clone()));
        }
        Ok(Self { text, place: Some(start..end), save, connection })
    }

    /// Finds the parameters' values and the saved queries that are named.
    pub(super) fn ready(&self, arguments: &Arguments, session: &Session) -> Result<Ready, KernelError> {
        let script = placeholders::read(&self.text).map_err(|error| self.at(error))?;
        let composed = snippet::compose(&script, &session.snippets());
        let mut wanted = script.parameters;
        if composed.lines > 0
            && let Ok(whole) = placeholders::read(&composed.text)
        {
            // Parameters of the saved queries are bound with the query's own.
            wanted.extend(whole.parameters);
        }
        let given = arguments.all("--param|-p");
        let parameters = values::find(&wanted, &given, session, |error| self.at(error))?;
        Ok(Ready { text: composed.text, parameters, lines: composed.lines })
    }

    /// An error at its place in the cell.
    pub(super) fn at(&self, error: Misplaced) -> KernelError {
        match &self.place {
            Some(place) => error.error.at(place.start + error.span.start..place.start + error.span.end),
            None => error.error,
        }
    }

    /// The engine's error at its place in the cell.
    pub(super) fn error(&self, error: AgentsError, ready: &Ready) -> KernelError {
        let position = error.position();
        let error = KernelError::foreign(error);
        let (Some(place), Some(position)) = (&self.place, position) else { return error };
        let Some(above) = (position.line - 1).checked_sub(ready.lines) else { return error };
        let lines = self.text.split_inclusive('\n');
        let start: usize = lines.clone().take(above).map(str::len).sum();
        let line = lines.clone().nth(above).unwrap_or("");
        let before: usize = line.chars().take(position.column - 1).map(char::len_utf8).sum();
        let rest = &line[before..];
        let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len()).max(1);
        let start = place.start + start + before;
        error.at(start..start + length)
    }

    /// The query as one line of text, for `created_by`.
    pub(super) fn title(&self, call: &Call) -> String {
        let text: String = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let cut: String = text.chars().take(60).collect();
        let mark = if call.body.is_some() { "%%" } else { "%" };
        format!("{mark}sql {cut}{}", if cut.len() < text.len() { "…" } else { "" })
    }
}

/// `NAME << ` at the beginning of a text: the name and where the rest begins.
fn assignment(text: &str) -> Option<(&str, usize)> {
    let (before, after) = text.split_once("<<")?;
    let name = before.trim();
    let word = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_') && before.starts_with(name);
    word.then_some((name, text.len() - after.len()))
}
