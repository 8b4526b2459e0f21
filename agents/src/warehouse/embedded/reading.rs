//! What DuckDB itself says of a statement that should only read.

use duckdb::Connection;

use super::fault;
use crate::AgentsError;
use crate::Position;
use crate::warehouse::script::{self, Statement};

/// Asks DuckDB's parser what a text is, without running it.
const PARSE: &str = "
    SELECT tree ->> 'error', tree ->> 'error_type', tree ->> 'error_message', tree ->> 'position',
           json_array_length(tree -> 'statements')
    FROM (SELECT json_serialize_sql(?1::VARCHAR) AS tree)";

/// Words that no pivoting statement holds, unless in quotes.
const CHANGING: &[&str] = &[
    "ALTER",
    "ANALYZE",
    "ATTACH",
    "BEGIN",
    "CALL",
    "CHECKPOINT",
    "COMMENT",
    "COMMIT",
    "COPY",
    "CREATE",
    "DELETE",
    "DETACH",
    "DROP",
    "EXECUTE",
    "EXPORT",
    "IMPORT",
    "INSERT",
    "INSTALL",
    "LOAD",
    "MERGE",
    "PRAGMA",
    "PREPARE",
    "RESET",
    "ROLLBACK",
    "SET",
    "TRUNCATE",
    "UPDATE",
    "USE",
    "VACUUM",
];

/// Lets a statement through that only reads.
pub(super) fn only_reads(connection: &Connection, statement: &Statement, script: &str) -> Result<(), AgentsError> {
    let text = explained(&statement.text).unwrap_or(&statement.text);
    let (error, kind, message, position, count): (String, Option<String>, Option<String>, Option<String>, Option<i64>) =
        connection
            .query_row(PARSE, [text], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
            .map_err(|error| fault::explain(&fault::text(&error), None))?;
    if error != "true" {
        return if count == Some(1) { Ok(()) } else { Err(refused(statement, script)) };
    }
    match kind.as_deref() {
        Some("not implemented") if pivots(text) => Ok(()),
        Some("not implemented") => Err(refused(statement, script)),
        _ => {
            let skipped = statement.text.len() - text.len();
            let offset = position.and_then(|position| position.parse::<usize>().ok());
            let at = offset.and_then(|offset| place(script, statement.start + skipped + offset));
            let message = message.unwrap_or_else(|| "it can't be read".to_owned());
            Err(AgentsError::Syntax { message: fault::clean(&message), at, help: None })
        }
    }
}

/// What an EXPLAIN explains: `EXPLAIN ANALYZE` runs it.
fn explained(text: &str) -> Option<&str> {
    let rest = after_word(text, "EXPLAIN")?;
    let rest = after_word(rest, "ANALYZE").unwrap_or(rest);
    // EXPLAIN (FORMAT json, ANALYZE) SELECT …, but not EXPLAIN (SELECT …).
    let options = rest.strip_prefix('(').and_then(|inner| inner.split_once(')'));
    match options {
        Some((options, rest))
            if options.chars().all(|part| part.is_ascii_alphanumeric() || " ,\n\t_".contains(part)) =>
        {
            let first = options.split_whitespace().next().unwrap_or_default();
            let query = ["SELECT", "WITH", "FROM", "VALUES"].iter().any(|word| first.eq_ignore_ascii_case(word));
            if query { None } else { Some(rest.trim_start()) }
        }
        _ => Some(rest),
    }
}

fn after_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = text.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word)).map(|_| &text[word.len()..])?;
    (!rest.starts_with(|next: char| next.is_alphanumeric() || next == '_')).then(|| rest.trim_start())
}

/// Whether a statement is a query that pivots: DuckDB makes several statements of it, and can't show them as a tree.
fn pivots(text: &str) -> bool {
    let words = script::words(text);
    words.iter().any(|word| matches!(word.as_str(), "PIVOT" | "PIVOT_WIDER" | "UNPIVOT" | "PIVOT_LONGER"))
        && !words.iter().any(|word| CHANGING.contains(&word.as_str()))
        && script::statements(text).len() == 1
}

fn refused(statement: &Statement, script: &str) -> AgentsError {
    AgentsError::GuardStatement {
        what: "a statement that does not only read".to_owned(),
        at: place(script, statement.start),
        help: Some("To change the database, connect with --write.".to_owned()),
    }
}

/// A byte of the script as a place.
fn place(script: &str, byte: usize) -> Option<Position> {
    let before = script.get(..byte)?;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    Some(Position { line: before.matches('\n').count() + 1, column })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> Result<(), AgentsError> {
        let connection = Connection::open_in_memory().unwrap();
        only_reads(&connection, &script::statements(text)[0], text)
    }

    #[test]
    fn what_reads_passes() {
        for text in [
            "SELECT 1",
            "FROM t",
            "VALUES (1)",
            "TABLE t",
            "WITH a AS (SELECT 1) FROM a",
            "DESCRIBE t",
            "SHOW TABLES",
            "SUMMARIZE t",
            "EXPLAIN SELECT 1",
            "EXPLAIN ANALYZE FROM t",
            "EXPLAIN (FORMAT json) SELECT 1",
            "PIVOT t ON i USING sum(j)",
            "FROM (PIVOT t ON i USING sum(j))",
            "UNPIVOT t ON a, b INTO NAME n VALUE v",
            "SELECT [x + 1 for x in [1, 2]]",
            "SELECT list_transform([1], lambda x: x)",
            "SELECT * FROM 'people.csv'",
            "(SELECT 1) UNION ALL (SELECT 2)",
            "SELECT ';', $$ ; DROP $$",
        ] {
            assert!(verdict(text).is_ok(), "{text}: {:?}", verdict(text));
        }
    }

    #[test]
    fn what_changes_does_not() {
        for text in [
            "INSERT INTO t VALUES (1)",
            "EXPLAIN ANALYZE INSERT INTO t VALUES (1)",
            "COPY t TO 'x.csv'",
            "SET threads = 1",
            "EXPLAIN (ANALYZE) DELETE FROM t",
            "PRAGMA version",
            "CALL pragma_version()",
            "CREATE TABLE pivot (i INT)",
            "CREATE TABLE x AS PIVOT t ON i",
            "ATTACH 'x.db'",
            "BEGIN",
            "CHECKPOINT",
            "EXPLAIN EXPLAIN INSERT INTO t FROM t",
            "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
        ] {
            assert!(verdict(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_mistake_is_placed() {
        let script = "SELECT 1;\n SELECT (2";
        let connection = Connection::open_in_memory().unwrap();
        let error = only_reads(&connection, &script::statements(script)[1], script).unwrap_err();
        assert!(matches!(&error, AgentsError::Syntax { at: Some(Position { line: 2, .. }), .. }), "{error:?}");
    }
}
