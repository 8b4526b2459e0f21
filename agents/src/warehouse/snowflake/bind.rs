//! Parameters: values put into a statement's tree in place of their names.
//!
//! `snowflake-api` has no bound parameters, so a value becomes a literal. It is written by [`literal`] alone, into the
//! tree at the place of a name, never into text; and the tree's texts are kept as they were typed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::ControlFlow;

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, ToSpan};
use sqlparser::ast::{Value, ValueWithSpan, VisitMut, VisitorMut};
use sqlparser::dialect::SnowflakeDialect;
use sqlparser::parser::{Parser, ParserOptions};
use sqlparser::tokenizer::Token;

use super::script::{is_blank, tokens};
use crate::AgentsError;
use crate::warehouse::Scalar;

/// How deep a statement with parameters may be nested.
const DEEPEST: usize = 200;

/// A statement with the values of its parameters (`:name`; `$name` where there is such a value, since it may be a
/// variable of the session).
pub(super) fn bound(statement: &str, given: &BTreeMap<String, Scalar>) -> Result<String, AgentsError> {
    if !may_have_parameters(statement) {
        return Ok(statement.to_owned());
    }
    let options = ParserOptions::new().with_unescape(false);
    let parsed = Parser::new(&SnowflakeDialect)
        .with_options(options)
        .with_recursion_limit(DEEPEST)
        .try_with_sql(statement)
        .and_then(|mut parser| parser.parse_statements());
    let mut tree = match parsed {
        Ok(tree) => tree,
        // Nothing could be put in: the statement has its colons for something else, or Snowflake says what is wrong.
        Err(_) if given.is_empty() => return Ok(statement.to_owned()),
        Err(error) => {
            let message = format!("A statement with parameters can't be read: {error}");
            let help = Some("Write the values into the statement itself.".to_owned());
            return Err(AgentsError::Syntax { message, at: None, help });
        }
    };
    let mut binder = Binder { given, bound: 0 };
    if let ControlFlow::Break(error) = tree.visit(&mut binder) {
        return Err(error);
    }
    if binder.bound == 0 {
        return Ok(statement.to_owned());
    }
    Ok(tree.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
}

/// Whether there is a colon before a word, or a variable, outside quotes and comments.
fn may_have_parameters(statement: &str) -> bool {
    let Some(tokens) = tokens(statement) else { return false };
    let tokens: Vec<&Token> = tokens.iter().map(|token| &token.token).collect();
    tokens.iter().enumerate().any(|(index, token)| match token {
        Token::Placeholder(_) => true,
        Token::Colon => {
            let names = matches!(tokens.get(index + 1), Some(Token::Word(word)) if word.quote_style.is_none());
            let before = tokens[..index].iter().rev().find(|token| !is_blank(token));
            // `column:path` looks into a variant.
            let path = match before {
                Some(Token::Word(word)) => word.keyword == sqlparser::keywords::Keyword::NoKeyword,
                Some(Token::RParen | Token::RBracket) => true,
                _ => false,
            };
            names && !path
        }
        _ => false,
    })
}

struct Binder<'a> {
    given: &'a BTreeMap<String, Scalar>,
    bound: usize,
}

impl VisitorMut for Binder<'_> {
    type Break = AgentsError;

    fn pre_visit_value(&mut self, value: &mut ValueWithSpan) -> ControlFlow<AgentsError> {
        let Value::Placeholder(name) = &value.value else { return ControlFlow::Continue(()) };
        let (sign, name) = name.split_at(name.len().min(1));
        let found = self
            .given
            .get(name)
            .or_else(|| self.given.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value));
        match (sign, found) {
            (":" | "$", Some(scalar)) => {
                self.bound += 1;
                match literal(scalar) {
                    // Printed as it is.
                    Some(text) => value.value = Value::Placeholder(text),
                    None => return ControlFlow::Break(far(name)),
                }
                ControlFlow::Continue(())
            }
            (":", None) => ControlFlow::Break(self.missing(name)),
            _ => ControlFlow::Continue(()),
        }
    }
}

impl Binder<'_> {
    fn missing(&self, name: &str) -> AgentsError {
        let names: Vec<String> = self.given.keys().map(|name| format!(":{name}")).collect();
        let help = if names.is_empty() {
            "No parameters were given".to_owned()
        } else {
            format!("There are: {}", names.join(", "))
        };
        AgentsError::ParameterMissing { name: name.to_owned(), help: Some(help) }
    }
}

fn far(name: &str) -> AgentsError {
    AgentsError::QueryFailed {
        message: format!("The value of the parameter {name} is too far away for a date"),
        at: None,
        help: None,
    }
}

/// A value as a literal of Snowflake's, which reads the same wherever an expression may stand; none when there is no
/// such date.
///
/// In a text, a backslash and a quote are doubled: these are all the letters that mean something there. Everything
/// else is made of digits and fixed words.
fn literal(value: &Scalar) -> Option<String> {
    Some(match value {
        Scalar::Null => "NULL".to_owned(),
        Scalar::Boolean(true) => "TRUE".to_owned(),
        Scalar::Boolean(false) => "FALSE".to_owned(),
        // In brackets, since two minuses begin a comment.
        Scalar::Integer(value) if *value < 0 => format!("({value})"),
        Scalar::Integer(value) => value.to_string(),
        Scalar::Float(value) => format!("CAST('{}' AS FLOAT)", float(*value)),
        Scalar::Text(text) => quoted(text),
        Scalar::Bytes(bytes) => {
            let mut digits = String::with_capacity(bytes.len() * 2);
            for byte in bytes {
                let _ = write!(digits, "{byte:02X}");
            }
            format!("TO_BINARY('{digits}', 'HEX')")
        }
        Scalar::Date(days) => {
            let date = Date::constant(1970, 1, 1).checked_add(days.days()).ok()?;
            format!("CAST('{date}' AS DATE)")
        }
        Scalar::Timestamp(micros) => {
            let moment =
                DateTime::constant(1970, 1, 1, 0, 0, 0, 0).checked_add(SignedDuration::from_micros(*micros)).ok()?;
            format!("CAST('{}' AS TIMESTAMP_NTZ)", moment.strftime("%Y-%m-%d %H:%M:%S.%6f"))
        }
    })
}

/// A text as a literal.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// A number as Snowflake reads it from a text.
pub(super) fn float(value: f64) -> String {
    match value {
        value if value.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "inf".to_owned(),
        f64::NEG_INFINITY => "-inf".to_owned(),
        value => format!("{value:e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(sql: &str, given: &[(&str, Scalar)]) -> Result<String, AgentsError> {
        bound(sql, &given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    }

    #[test]
    fn values_take_the_place_of_names() {
        let given = [
            ("a", Scalar::Text("it's \\' -- ;".to_owned())),
            ("n", Scalar::Integer(-5)),
            ("f", Scalar::Float(-1.5)),
            ("b", Scalar::Bytes(vec![0, 255])),
            ("d", Scalar::Date(-1)),
            ("t", Scalar::Timestamp(1_500_000)),
            ("z", Scalar::Null),
            ("y", Scalar::Boolean(true)),
        ];
        let text = with("SELECT :a, -:n, $f, :b, :d, :T, :z, :y, ':a', v:a FROM t LIMIT 5", &given).unwrap();
        assert_eq!(
            text,
            "SELECT 'it''s \\\\'' -- ;', -(-5), CAST('-1.5e0' AS FLOAT), TO_BINARY('00FF', 'HEX'), CAST('1969-12-31' \
             AS DATE), CAST('1970-01-01 00:00:01.500000' AS TIMESTAMP_NTZ), NULL, TRUE, ':a', v:a FROM t LIMIT 5"
        );
    }

    #[test]
    fn what_has_no_parameters_stays_as_it_was_typed() {
        for sql in [
            "select  1 -- :x",
            "SELECT v:a.b FROM t",
            "SELECT $variable",
            "SELECT ':x', $$ :x $$",
            "not sql at all :",
            "SELECT x::INT",
        ] {
            assert_eq!(with(sql, &[("x", Scalar::Integer(1))]).unwrap_or_else(|error| panic!("{sql}: {error}")), sql);
        }
    }

    #[test]
    fn texts_that_were_typed_keep_their_escapes() {
        let text = with(r"SELECT 'a\'b', 'c''d', 'e\\', :x", &[("x", Scalar::Integer(1))]).unwrap();
        assert_eq!(text, r"SELECT 'a\'b', 'c''d', 'e\\', 1");
    }

    #[test]
    fn missing_and_impossible_values_are_said() {
        let error = with("SELECT :x", &[("y", Scalar::Null)]).unwrap_err();
        assert!(
            matches!(&error, AgentsError::ParameterMissing { name, help: Some(help) } if name == "x" && help.contains(":y"))
        );
        assert!(matches!(with("SELECT :x", &[]), Err(AgentsError::ParameterMissing { .. })));
        assert!(with("SELECT :x", &[("x", Scalar::Timestamp(i64::MAX))]).is_err());
        assert!(matches!(with("FROBNICATE IF :x", &[("x", Scalar::Null)]), Err(AgentsError::Syntax { .. })));
    }

    proptest::proptest! {
        #[test]
        fn no_text_leaves_its_quotes(text in "[ab'\\\\;\\-\n\"$:é]{0,12}") {
            let sql = with("SELECT :x AS a", &[("x", Scalar::Text(text.clone()))]).unwrap();
            let parsed = Parser::parse_sql(&SnowflakeDialect, &sql).unwrap();
            proptest::prop_assert_eq!(parsed.len(), 1);
            let tokens = tokens(&sql).unwrap();
            let texts: Vec<&Token> = tokens.iter().map(|token| &token.token).filter(|token| !is_blank(token)).collect();
            proptest::prop_assert_eq!(texts.len(), 4);
        }
    }
}
