//! Completion inside SQL: tables, columns, and SQL's own words.

use synthbook_agents::warehouse::Dialect;

use crate::engine::Completion;
use crate::magic::Call;
use crate::magic::complete::{frames, item, word_start};
use crate::session::{Connection, Session};

/// Words that begin or join clauses, in the order in which they are offered.
const WORDS: [&str; 48] = [
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "ORDER BY",
    "LIMIT",
    "HAVING",
    "JOIN",
    "LEFT JOIN",
    "INNER JOIN",
    "ON",
    "USING",
    "AS",
    "AND",
    "OR",
    "NOT",
    "IN",
    "IS NULL",
    "IS NOT NULL",
    "BETWEEN",
    "LIKE",
    "ILIKE",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "DISTINCT",
    "UNION ALL",
    "WITH",
    "OVER",
    "PARTITION BY",
    "CREATE TABLE",
    "INSERT INTO",
    "UPDATE",
    "DELETE FROM",
    "DESCRIBE",
    "SUMMARIZE",
    "PIVOT",
    "QUALIFY",
    "count(",
    "sum(",
    "avg(",
    "min(",
    "max(",
    "median(",
    "round(",
    "date_trunc(",
];

/// What may stand at a place in SQL; nothing where the magic's own arguments stand.
pub(super) fn complete(call: &Call, cursor: usize, session: &Session) -> Vec<Completion> {
    if cursor <= call.line_span.end && (call.body.is_some() || in_arguments(call, cursor)) {
        return Vec::new();
    }
    let start = word_start(&call.cell, cursor, |c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    let word = &call.cell[start..cursor];
    let connection = session.open_connection(named(call).as_deref());
    let here = connection.as_ref();
    if let Some((table, _)) = word.rsplit_once('.') {
        return columns(table, session, here)
            .into_iter()
            .map(|(name, kind)| item(&format!("{table}.{name}"), "field", Some(&kind)))
            .collect();
    }
    let mut items =
        if here.is_none_or(|one| one.warehouse.dialect() == Dialect::DuckDb) { frames(session) } else { Vec::new() };
    let known: Vec<String> = items.iter().map(|item| item.text.clone()).collect();
    let tables = here.and_then(|one| one.warehouse.tables().ok()).unwrap_or_default();
    items.extend(
        tables
            .into_iter()
            .filter(|table| !known.contains(&table.name))
            .map(|table| item(&table.sql, "class", Some("table"))),
    );
    items.extend(session.snippets().keys().map(|name| item(name, "class", Some("saved query"))));
    let text = &call.cell[call.line_span.start..];
    let mut fields = Vec::new();
    for table in items.iter().map(|item| item.text.clone()).collect::<Vec<_>>() {
        if known.len() == 1 || text.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == table) {
            for (name, kind) in columns(&table, session, here) {
                fields.push(item(&quoted(&name), "field", Some(&format!("{table}: {kind}"))));
            }
        }
    }
    fields.extend(items);
    fields.extend(WORDS.iter().map(|word| item(word, if word.ends_with('(') { "function" } else { "keyword" }, None)));
    fields
}

/// Whether a flag or its value is being typed.
fn in_arguments(call: &Call, cursor: usize) -> bool {
    let before = &call.cell[call.line_span.start..cursor];
    let mut words: Vec<&str> = before.split_whitespace().collect();
    if before.ends_with(char::is_whitespace) {
        words.push("");
    }
    let flag = |word: &&str| word.starts_with('-') && !word.contains('=');
    match words.as_slice() {
        [.., before, last] => flag(last) || flag(before) || last.starts_with("--"),
        [last] => last.starts_with('-'),
        [] => false,
    }
}

/// The connection that the call names.
fn named(call: &Call) -> Option<String> {
    let mut words = call.line.split_whitespace();
    while let Some(word) = words.next() {
        if let Some(name) = word.strip_prefix("--connection=") {
            return Some(name.to_owned());
        }
        if matches!(word, "--connection" | "-c") {
            return words.next().map(str::to_owned);
        }
    }
    None
}

/// Names and types of a table's columns.
fn columns(table: &str, session: &Session, connection: Option<&Connection>) -> Vec<(String, String)> {
    if let Ok(info) = session.frames.info(table) {
        return info.columns.iter().map(|(name, kind)| (name.clone(), kind.to_string())).collect();
    }
    let columns = connection.and_then(|one| one.warehouse.columns(table).ok()).unwrap_or_default();
    columns.into_iter().map(|column| (column.name, column.data_type)).collect()
}

/// A name as SQL takes it.
fn quoted(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}
