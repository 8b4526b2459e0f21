//! What can go wrong between this machine and Snowflake, and what Snowflake's own codes stand for.

use crate::{AgentsError, Position};

/// Why Snowflake could not be asked, or its answer not be read. What it says of a query is an [`AgentsError`].
#[derive(Debug, Clone, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum SnowflakeError {
    /// The URL of a connection is not one.
    #[error("The Snowflake URL can't be used: {what}")]
    #[diagnostic(
        code(agents::snowflake_url),
        help(
            "It looks like snowflake://user@account/database/schema?warehouse=W&role=R; keys, tokens and passwords come from the environment."
        )
    )]
    Url {
        /// What is wrong with it.
        what: String,
    },
    /// There is nothing to log in with, or it can't be used.
    #[error("There is nothing to log in to Snowflake with: {what}")]
    #[diagnostic(
        code(agents::snowflake_credentials),
        help(
            "Set SNOWFLAKE_PRIVATE_KEY_FILE (an unencrypted PKCS#8 key), SNOWFLAKE_PRIVATE_KEY (its text) or SNOWFLAKE_TOKEN (a programmatic access token), and SNOWFLAKE_USER unless the URL names the user."
        )
    )]
    Credentials {
        /// What is missing or wrong; never the secret.
        what: String,
    },
    /// Snowflake refuses the login.
    #[error("Snowflake refused the login ({code}): {message}")]
    #[diagnostic(code(agents::snowflake_login))]
    Login {
        /// Its number for that.
        code: String,
        /// Its message.
        message: String,
        /// What may mend it.
        #[help]
        help: Option<String>,
    },
    /// The server can't be reached, or the connection broke again and again.
    #[error("Could not talk to {host}: {reason}")]
    #[diagnostic(
        code(agents::snowflake_network),
        help("Check the account's name, the network and the proxy; the host of a private link goes into ?host=.")
    )]
    Network {
        /// The host.
        host: String,
        /// What the system said.
        reason: String,
    },
    /// The server says that it can't now.
    #[error("{host} answered {status}, {attempts} times")]
    #[diagnostic(code(agents::snowflake_busy), help("Wait a little and ask again."))]
    Busy {
        /// The host.
        host: String,
        /// The HTTP status.
        status: u16,
        /// How often it was asked.
        attempts: u32,
    },
    /// An answer is not what Snowflake's protocol says.
    #[error("The answer can't be read: {what}")]
    #[diagnostic(
        code(agents::snowflake_reply),
        help("Is the host a Snowflake? A proxy may have answered in its place.")
    )]
    Reply {
        /// What was seen.
        what: String,
    },
    /// A result is not whole.
    #[error("The result is not whole: {what}")]
    #[diagnostic(code(agents::snowflake_cut), help("Ask again: what was read so far must not be used."))]
    Cut {
        /// What is missing.
        what: String,
    },
    /// The user's role may not do this, or has no warehouse, database or schema to do it in.
    #[error("{message}")]
    #[diagnostic(code(agents::snowflake_access))]
    Access {
        /// Snowflake's message.
        message: String,
        /// What may mend it.
        #[help]
        help: Option<String>,
    },
    /// PUT and GET move files between this machine and a stage.
    #[error("{statement} is not run: it moves files between this machine and a stage")]
    #[diagnostic(code(agents::snowflake_transfer), help("Use Snowflake's own client to move files."))]
    Transfer {
        /// The statement's first word.
        statement: String,
    },
    /// The session ended, and what it held is gone.
    #[error("The session ended inside a transaction, which Snowflake has rolled back")]
    #[diagnostic(code(agents::snowflake_session), help("Begin the transaction again."))]
    SessionLost,
}

/// Numbers that say that the session is over and a new login may help.
pub(super) const EXPIRED: &[&str] = &["390103", "390104", "390110", "390111", "390112", "390114", "390115", "390117"];

/// What a refused login stands for.
pub(super) fn login(code: &str, message: &str) -> AgentsError {
    let help = match code {
        "390100" => "Check the user and the token or password. Snowflake no longer takes a password alone for people.",
        "390144" | "390156" => {
            "Check that the user has this key's public half (ALTER USER … SET RSA_PUBLIC_KEY), that the account and the user are spelt as Snowflake does, and this machine's clock."
        }
        "390189" | "390186" => "Check the role in ?role=, and that it is granted to the user.",
        "390201" => "Check the database, the schema and the warehouse in the URL, and that the role may use them.",
        "390422" | "390432" => "Snowflake's network policy keeps this machine out.",
        "390197" | "390196" => "The user needs a second factor: use a key pair or a programmatic access token instead.",
        _ => "Check the account, the user and how they log in.",
    };
    SnowflakeError::Login { code: code.to_owned(), message: one_line(message), help: Some(help.to_owned()) }.into()
}

/// What Snowflake's number and message for a failed statement stand for. `sql` is the statement, which is `before`
/// lines into the script.
pub(super) fn statement(code: &str, message: &str, sql: &str, before: usize) -> AgentsError {
    let at = position(message, sql, before);
    let message = one_line(message);
    let help = |text: &str| Some(text.to_owned());
    match code {
        "001003" | "001007" | "000939" => AgentsError::Syntax { message, at, help: None },
        "002003" | "002043" => AgentsError::UnknownName {
            message,
            at,
            help: help("It is missing, or the role may not see it. SHOW TABLES lists what there is."),
        },
        "000904" | "002140" | "002141" | "001044" | "002028" => AgentsError::UnknownName { message, at, help: None },
        "000604" | "000603" => AgentsError::Cancelled,
        "000606" => access(message, "Name a warehouse in the URL (?warehouse=W), or type USE WAREHOUSE W."),
        "090105" | "090106" => access(message, "Name it in the URL (/database/schema), or type USE DATABASE D."),
        "003001" | "003540" => access(message, "Ask for the right, or use another role (?role=R)."),
        _ => AgentsError::QueryFailed { message: blanked(&message, sql), at, help: None },
    }
}

fn access(message: String, help: &str) -> AgentsError {
    SnowflakeError::Access { message, help: Some(help.to_owned()) }.into()
}

/// A message on one line.
fn one_line(message: &str) -> String {
    // Some repeat the number and the state before the message.
    let numbered = message
        .split_once("): ")
        .filter(|(number, _)| number.starts_with(|first: char| first.is_ascii_digit()) && number.len() < 16);
    let message = numbered.map_or(message, |(_, rest)| rest);
    let message = message.strip_prefix("SQL compilation error:").unwrap_or(message);
    let text = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.trim_end_matches('.');
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The place in `… line 2 at position 7 …`, where lines count from 1 and positions from 0.
fn position(message: &str, sql: &str, before: usize) -> Option<Position> {
    let number = |text: &str| {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<usize>().ok()
    };
    let (_, rest) = message.split_once(" line ")?;
    let (_, place) = rest.split_once(" at position ")?;
    let (line, column) = (number(rest)?, number(place)?);
    // A place that the statement does not have is none.
    sql.lines().nth(line.checked_sub(1)?).filter(|text| column <= text.chars().count())?;
    Some(Position { line: before + line, column: column + 1 })
}

/// Blanks quoted values that the user did not type: they are from the data.
fn blanked(message: &str, sql: &str) -> String {
    let mut result = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('\'') {
        let Some((value, tail)) = after.split_once('\'') else { break };
        let typed = value.is_empty() || sql.contains(value);
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
    use miette::Diagnostic;

    use super::*;

    #[test]
    fn numbers_become_errors_with_their_place() {
        let message = "SQL compilation error:\nsyntax error line 2 at position 5 unexpected 'FRM'.";
        let error = statement("001003", message, "SELECT 1\n     FRM t", 3);
        assert!(matches!(&error, AgentsError::Syntax { message, .. } if message.starts_with("Syntax error line 2")));
        assert_eq!(error.position(), Some(Position { line: 5, column: 6 }));
        let error = statement("002003", "SQL compilation error:\nObject 'T' does not exist.", "SELECT * FROM T", 0);
        assert!(matches!(error, AgentsError::UnknownName { .. }));
        let error = statement("000606", "No active warehouse selected.", "SELECT 1", 0);
        assert_eq!(error.code().unwrap().to_string(), "agents::snowflake_access");
        assert!(error.help().unwrap().to_string().contains("USE WAREHOUSE"));
    }

    #[test]
    fn values_of_the_data_are_blanked() {
        let error = statement("100038", "Numeric value 'Anna Secret' is not recognized", "SELECT name::INT FROM t", 0);
        assert!(!format!("{error} {error:?}").contains("Anna"), "{error}");
        let typed = statement("100038", "Numeric value 'abc' is not recognized", "SELECT 'abc'::INT", 0);
        assert!(typed.to_string().contains("'abc'"));
    }
}
