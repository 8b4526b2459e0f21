//! The policy *agent*: parse, walk the whole tree, print it, and prove that the print says the same.

use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Ident, LimitClause, Query, Spanned, Statement, Value};
use sqlparser::dialect::{DuckDbDialect, SnowflakeDialect};
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan, Tokenizer};

use super::scope::Walk;
use super::{Guard, refuse};
use crate::warehouse::Dialect;
use crate::{AgentsError, Position};

/// How deep the parser may go into parentheses and sub-queries.
const PARSER_DEPTH: usize = 100;
/// What a tree of the most tokens may need, however lopsided: parsing, comparing and dropping recur on it.
const STACK: usize = 256 << 20;
/// The name of a query that is wrapped to limit its rows.
const WRAPPED: &str = "guarded";

/// The statement that may run instead of `text`.
pub(super) fn pass(text: &str, guard: &Guard, dialect: Dialect) -> Result<String, AgentsError> {
    let limits = &guard.limits;
    if text.len() > limits.bytes {
        return Err(AgentsError::GuardSize { what: format!("{} bytes; {} pass", text.len(), limits.bytes) });
    }
    // On a thread of its own, so that no statement can exhaust the caller's stack.
    let outcome = std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().name("sql-guard".to_owned()).stack_size(STACK);
        builder.spawn_scoped(scope, || rewritten(text, guard, dialect)).map(std::thread::ScopedJoinHandle::join)
    });
    match outcome {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(AgentsError::Internal { what: "the guard gave up on a statement".to_owned() }),
        Err(error) => Err(AgentsError::Internal { what: format!("no thread for the guard: {error}") }),
    }
}

fn rewritten(text: &str, guard: &Guard, dialect: Dialect) -> Result<String, AgentsError> {
    let first = walked(text, guard, dialect)?;
    let printed = first.to_string();
    // The print is read and walked in turn: what runs is known to pass by itself, and to be the same tree.
    let mut second = walked(&printed, guard, dialect).map_err(|_| unfaithful(&first))?;
    if second != first {
        return Err(unfaithful(&first));
    }
    Walk::new(guard, dialect).fence(&mut second);
    limit(&mut second, guard.limits.rows);
    Ok(second.to_string())
}

fn unfaithful(query: &Query) -> AgentsError {
    refuse::construct("a statement that reads differently once it is written anew", query.span(), "Write it plainer.")
}

/// The query that a text is, its whole tree walked.
fn walked(text: &str, guard: &Guard, dialect: Dialect) -> Result<Query, AgentsError> {
    let mut query = parsed(text, guard, dialect)?;
    let mut walk = Walk::new(guard, dialect);
    match walk.query(&mut query) {
        ControlFlow::Continue(()) => Ok(query),
        ControlFlow::Break(error) => Err(*error),
    }
}

fn parsed(text: &str, guard: &Guard, dialect: Dialect) -> Result<Query, AgentsError> {
    let control = |character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    if let Some(at) = text.find(control) {
        let line = text[..at].matches('\n').count() + 1;
        let column = text[..at].rsplit('\n').next().map_or(0, |before| before.chars().count()) + 1;
        return Err(AgentsError::GuardSyntax {
            message: "a control character".to_owned(),
            at: Some(Position { line, column }),
            help: None,
        });
    }
    let dialect: &dyn sqlparser::dialect::Dialect = match dialect {
        Dialect::DuckDb => &DuckDbDialect,
        Dialect::Snowflake => &SnowflakeDialect,
    };
    let tokens = Tokenizer::new(dialect, text).tokenize_with_location().map_err(|error| {
        let at = refuse::position(Span::new(error.location, error.location));
        AgentsError::GuardSyntax { message: lower(&error.message), at, help: None }
    })?;
    let solid = |token: &&TokenWithSpan| !matches!(token.token, Token::Whitespace(_) | Token::SemiColon);
    let count = tokens.iter().filter(solid).count();
    if count == 0 {
        return Err(AgentsError::EmptySql);
    }
    if count > guard.limits.tokens {
        let what = format!("{count} words and symbols; {} pass", guard.limits.tokens);
        return Err(AgentsError::GuardSize { what });
    }
    let first = tokens.iter().find(solid).map_or(Span::empty(), |token| token.span);
    let mut parser = Parser::new(dialect).with_recursion_limit(PARSER_DEPTH).with_tokens_with_locations(tokens);
    let statements = parser.parse_statements().map_err(|error| explained(error, guard))?;
    match <[Statement; 1]>::try_from(statements) {
        Ok([Statement::Query(query)]) => Ok(*query),
        Ok([other]) => Err(refuse::statement(format!("a statement that does not only read: {}", verb(&other)), first)),
        Err(several) if several.is_empty() => Err(AgentsError::EmptySql),
        Err(several) => {
            let second = several.get(1).map_or(first, Spanned::span);
            Err(refuse::statement(format!("{} statements at once", several.len()), second))
        }
    }
}

/// The first word of a statement.
fn verb(statement: &Statement) -> String {
    let text = statement.to_string();
    text.split(|character: char| !character.is_ascii_alphabetic())
        .find(|word| !word.is_empty())
        .unwrap_or("?")
        .to_owned()
}

fn explained(error: ParserError, guard: &Guard) -> AgentsError {
    match error {
        ParserError::RecursionLimitExceeded => {
            AgentsError::GuardSize { what: format!("more than {} levels", guard.limits.depth.min(PARSER_DEPTH)) }
        }
        ParserError::ParserError(message) | ParserError::TokenizerError(message) => {
            let (message, at) = match message.rsplit_once(" at Line: ") {
                Some((before, place)) => (before.to_owned(), place.split_once(", Column: ").and_then(location)),
                None => (message, None),
            };
            let help = "One statement that begins with SELECT or WITH, in plain SQL of the dialect, passes.";
            AgentsError::GuardSyntax { message: lower(&message), at, help: Some(help.to_owned()) }
        }
    }
}

fn location((line, column): (&str, &str)) -> Option<Position> {
    let location = Location::new(line.trim().parse().ok()?, column.trim().parse().ok()?);
    refuse::position(Span::new(location, location))
}

/// A message that goes on after a colon.
fn lower(message: &str) -> String {
    let message =
        message.strip_prefix("Expected: ").map_or_else(|| message.to_owned(), |rest| format!("expected {rest}"));
    let mut letters = message.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Lets a query give at most `rows` rows: its own limit is kept when it is lower, and none of its order is lost.
fn limit(query: &mut Query, rows: u64) {
    let number = || Expr::Value(Value::Number(rows.to_string(), false).into());
    if query.fetch.is_none() {
        match &mut query.limit_clause {
            None => {
                query.limit_clause =
                    Some(LimitClause::LimitOffset { limit: Some(number()), offset: None, limit_by: Vec::new() });
                return;
            }
            Some(LimitClause::LimitOffset { limit: limit @ None, .. }) => {
                *limit = Some(number());
                return;
            }
            Some(LimitClause::LimitOffset { limit: Some(Expr::Value(value)), .. }) if matches!(&value.value, Value::Number(own, _) if own.parse::<u64>().is_ok()) =>
            {
                if matches!(&value.value, Value::Number(own, _) if own.parse::<u64>().is_ok_and(|own| own > rows)) {
                    value.value = Value::Number(rows.to_string(), false);
                }
                return;
            }
            Some(_) => {}
        }
    }
    *query = super::source::wrapped(query.clone(), Ident::new(WRAPPED));
    query.limit_clause = Some(LimitClause::LimitOffset { limit: Some(number()), offset: None, limit_by: Vec::new() });
}
