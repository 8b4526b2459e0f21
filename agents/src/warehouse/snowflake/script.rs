//! Cuts a script into statements by Snowflake's rules for quotes and comments.

use sqlparser::dialect::SnowflakeDialect;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

/// A statement of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    /// Its text.
    pub(super) text: String,
    /// Its first word, in upper case.
    pub(super) verb: String,
    /// How many lines of the script are before it.
    pub(super) before: usize,
}

/// Statements that change something and answer with a sentence.
const DOING: &[&str] = &[
    "ALTER", "BEGIN", "COMMENT", "COMMIT", "CREATE", "DROP", "GRANT", "REVOKE", "ROLLBACK", "SET", "START", "TRUNCATE",
    "UNDROP", "UNSET", "USE",
];
/// Statements that answer with how many rows they changed.
const COUNTING: &[&str] = &["DELETE", "INSERT", "MERGE", "UPDATE"];

impl Statement {
    /// Whether it answers with a sentence.
    pub(super) fn only_does(&self) -> bool {
        DOING.contains(&self.verb.as_str())
    }

    /// Whether it answers with how many rows it changed.
    pub(super) fn counts(&self) -> bool {
        COUNTING.contains(&self.verb.as_str())
    }

    /// Whether it moves files between this machine and a stage.
    pub(super) fn transfers(&self) -> bool {
        matches!(self.verb.as_str(), "PUT" | "GET")
    }
}

/// The statements of a script, in order. What is only blanks and comments is no statement; a block of Snowflake's
/// scripting goes to the end, since its semicolons are its own.
pub(super) fn statements(script: &str) -> Vec<Statement> {
    let Some(tokens) = tokens(script) else {
        // Snowflake will say what is wrong with it.
        let text = script.trim();
        return if text.is_empty() { Vec::new() } else { vec![whole(text, script)] };
    };
    let place = Places::of(script);
    let mut result = Vec::new();
    let mut current: Vec<&TokenWithSpan> = Vec::new();
    for token in &tokens {
        if token.token == Token::SemiColon && !is_block(&current) {
            result.extend(statement(script, &place, &current, place.byte(token.span.start)));
            current.clear();
        } else if !current.is_empty() || !is_blank(&token.token) {
            current.push(token);
        }
    }
    result.extend(statement(script, &place, &current, script.len()));
    result
}

/// The tokens of a text as it is written; none when its quotes don't close.
pub(super) fn tokens(text: &str) -> Option<Vec<TokenWithSpan>> {
    Tokenizer::new(&SnowflakeDialect, text).with_unescape(false).tokenize_with_location().ok()
}

pub(super) fn is_blank(token: &Token) -> bool {
    matches!(token, Token::Whitespace(_))
}

fn statement(script: &str, place: &Places, tokens: &[&TokenWithSpan], end: usize) -> Option<Statement> {
    let first = tokens.first()?;
    let start = place.byte(first.span.start);
    let verb = tokens.iter().find_map(|token| match &token.token {
        Token::Word(word) => Some(word.value.to_uppercase()),
        _ => None,
    });
    let before = script[..start].matches('\n').count();
    Some(Statement { text: script[start..end].trim_end().to_owned(), verb: verb.unwrap_or_default(), before })
}

fn whole(text: &str, script: &str) -> Statement {
    let before = script[..script.len() - script.trim_start().len()].matches('\n').count();
    let first = text.trim_start_matches('(').trim_start();
    let verb: String = first.chars().take_while(char::is_ascii_alphabetic).collect();
    Statement { text: text.to_owned(), verb: verb.to_uppercase(), before }
}

/// Whether a statement that begins like this is a block, or makes a procedure whose body is one.
fn is_block(tokens: &[&TokenWithSpan]) -> bool {
    let words: Vec<String> = tokens
        .iter()
        .filter(|token| !is_blank(&token.token))
        .map(|token| match &token.token {
            Token::Word(word) if word.quote_style.is_none() => word.value.to_uppercase(),
            other => other.to_string(),
        })
        .collect();
    match words.first().map(String::as_str) {
        Some("DECLARE") => true,
        Some("BEGIN") => words.get(1).is_some_and(|next| !matches!(next.as_str(), "TRANSACTION" | "WORK" | "NAME")),
        Some("CREATE") => {
            words.windows(2).any(|pair| pair[0] == "AS" && matches!(pair[1].as_str(), "BEGIN" | "DECLARE"))
        }
        _ => false,
    }
}

/// Where the lines of a text begin.
struct Places<'a> {
    text: &'a str,
    lines: Vec<usize>,
}

impl<'a> Places<'a> {
    fn of(text: &'a str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, lines }
    }

    /// The byte at a place, which counts lines and characters from 1.
    fn byte(&self, place: Location) -> usize {
        let line = (place.line as usize).saturating_sub(1);
        let Some(&start) = self.lines.get(line) else { return self.text.len() };
        let column = (place.column as usize).saturating_sub(1);
        self.text[start..].char_indices().nth(column).map_or(self.text.len(), |(at, _)| start + at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(script: &str) -> Vec<(String, String, usize)> {
        statements(script).into_iter().map(|found| (found.verb, found.text, found.before)).collect()
    }

    #[test]
    fn scripts_are_cut_at_their_own_semicolons() {
        let script = "-- first; \nuse schema s; // not; here\n insert into t values ('a;\\';b', $$ ; $$);\n\nSELECT 'é;' /* ; */ ;;";
        assert_eq!(
            cut(script),
            [
                ("USE".to_owned(), "use schema s".to_owned(), 1),
                ("INSERT".to_owned(), "insert into t values ('a;\\';b', $$ ; $$)".to_owned(), 2),
                ("SELECT".to_owned(), "SELECT 'é;' /* ; */".to_owned(), 4),
            ]
        );
        assert!(cut(" -- nothing\n ; ").is_empty());
        assert!(cut("").is_empty());
        assert_eq!(cut("(SELECT 1)")[0].0, "SELECT");
    }

    #[test]
    fn blocks_stay_whole() {
        assert_eq!(cut("BEGIN TRANSACTION; DELETE FROM t; COMMIT").len(), 3);
        assert_eq!(cut("BEGIN; DELETE FROM t; COMMIT").len(), 3);
        assert_eq!(cut("BEGIN LET x := 1; RETURN x; END;").len(), 1);
        assert_eq!(cut("DECLARE x INT; BEGIN RETURN 1; END").len(), 1);
        assert_eq!(cut("SELECT 1; CREATE PROCEDURE p() RETURNS INT AS BEGIN RETURN 1; END;").len(), 2);
    }

    #[test]
    fn what_is_not_sql_is_left_to_snowflake() {
        assert_eq!(cut("\n SELECT 'open"), [("SELECT".to_owned(), "SELECT 'open".to_owned(), 1)]);
        assert!(statements("/* x */ put file:///etc/passwd @~")[0].transfers());
    }
}
