//! The guard's refusals: what, where, and what would pass.

use sqlparser::ast::{Ident, ObjectName, Spanned};
use sqlparser::tokenizer::Span;

use crate::{AgentsError, Position};

/// A place in the text; none when the parser does not know it.
pub(super) fn position(span: Span) -> Option<Position> {
    let (line, column) = (span.start.line as usize, span.start.column as usize);
    (line > 0).then_some(Position { line, column })
}

/// Refuses a construct, with advice.
pub(super) fn construct(what: impl Into<String>, span: Span, help: &str) -> AgentsError {
    let help = (!help.is_empty()).then(|| help.to_owned());
    AgentsError::GuardConstruct { what: what.into(), at: position(span), help }
}

/// Refuses a statement that does not just read.
pub(super) fn statement(what: impl Into<String>, span: Span) -> AgentsError {
    AgentsError::GuardStatement {
        what: what.into(),
        at: position(span),
        help: Some("One statement that begins with SELECT or WITH passes.".to_owned()),
    }
}

/// Refuses a function.
pub(super) fn function(name: &ObjectName, help: &str) -> AgentsError {
    AgentsError::GuardFunction { name: name.to_string(), at: position(name.span()), help: Some(help.to_owned()) }
}

/// Refuses a word that stands for something of the session.
pub(super) fn word(word: &Ident) -> AgentsError {
    AgentsError::GuardFunction {
        name: word.value.clone(),
        at: position(word.span),
        help: Some("To name a column of that name, put it in double quotes.".to_owned()),
    }
}

/// Refuses a table and names some that may be read.
pub(super) fn table(name: &ObjectName, allowed: &[&str]) -> AgentsError {
    let help = match allowed {
        [] => "No table may be read.".to_owned(),
        shown if shown.len() <= 12 => format!("There are: {}", shown.join(", ")),
        shown => format!("There are: {}, and {} more", shown[..12].join(", "), shown.len() - 12),
    };
    AgentsError::GuardTable { name: name.to_string(), at: position(name.span()), help: Some(help) }
}
