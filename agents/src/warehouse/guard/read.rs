//! The policy *read*, as far as the text tells: every statement begins with a word that reads.
//!
//! This is the polite half, which can say what is wrong before anything runs. The engine decides: DuckDB is asked what
//! each statement is, and runs it in a transaction that can't write, on a file that was opened for reading.

use crate::AgentsError;
use crate::Position;
use crate::warehouse::script::{Statement, statements};

/// The first words of statements that read.
const READING: &[&str] = &[
    "DESC",
    "DESCRIBE",
    "EXPLAIN",
    "FROM",
    "PIVOT",
    "SELECT",
    "SHOW",
    "SUMMARIZE",
    "TABLE",
    "UNPIVOT",
    "VALUES",
    "WITH",
];

/// Lets a script through whose statements all read.
pub(super) fn pass(script: &str) -> Result<(), AgentsError> {
    let all = statements(script);
    if all.is_empty() {
        return Err(AgentsError::EmptySql);
    }
    for statement in &all {
        let text = &statement.text;
        let reads = READING.binary_search(&statement.verb.as_str()).is_ok() || text.starts_with('(');
        // `WITH … INSERT` is known by its words; a change inside the parentheses only by the engine.
        if !reads || !statement.selects {
            return Err(refused(script, statement));
        }
    }
    Ok(())
}

fn refused(script: &str, statement: &Statement) -> AgentsError {
    let before = &script[..statement.start];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    let verb =
        if statement.verb.is_empty() { "a statement that does not read".to_owned() } else { statement.verb.clone() };
    AgentsError::GuardStatement {
        what: format!("{verb} on a connection that only reads"),
        at: Some(Position { line, column }),
        help: Some("SELECT, WITH, FROM, VALUES, DESCRIBE, SHOW, SUMMARIZE, EXPLAIN and PIVOT pass. To change the database, connect with --write.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_in_order() {
        assert!(READING.is_sorted());
    }
}
