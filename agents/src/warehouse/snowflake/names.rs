//! Names as Snowflake writes them: folded to upper case unless they are quoted.

use sqlparser::ast::ObjectNamePart;
use sqlparser::dialect::SnowflakeDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

use crate::warehouse::names;

/// A name in double quotes, whatever it holds.
pub(super) fn quoted(name: &str) -> String {
    names::quoted(name)
}

/// A name as a person would type it: quoted only where it must be.
pub(super) fn typed(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let plain = regular(name) && name == name.to_ascii_uppercase() && names::typed(&lower) == lower;
    if plain { name.to_owned() } else { quoted(name) }
}

/// A name that is made from one of another place: `sales` becomes `SALES`, as if it had been typed.
pub(super) fn folded(name: &str) -> String {
    if regular(name) { name.to_ascii_uppercase() } else { name.to_owned() }
}

/// The parts of a table's name as it is typed, each as Snowflake keeps it; none when it is no name.
pub(super) fn parts(typed: &str) -> Option<Vec<String>> {
    let mut parser = Parser::new(&SnowflakeDialect).try_with_sql(typed).ok()?;
    let name = parser.parse_object_name(false).ok()?;
    if parser.peek_token().token != Token::EOF || name.0.len() > 3 {
        return None;
    }
    name.0
        .into_iter()
        .map(|part| match part {
            ObjectNamePart::Identifier(part) if part.quote_style == Some('"') => Some(part.value),
            ObjectNamePart::Identifier(part) => {
                (part.quote_style.is_none() && regular(&part.value)).then(|| part.value.to_ascii_uppercase())
            }
            ObjectNamePart::Function(_) => None,
        })
        .collect()
}

/// Whether a name may be typed without quotes, reserved words aside.
fn regular(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_and_are_quoted_where_needed() {
        assert_eq!(typed("SALES"), "SALES");
        assert_eq!(typed("sales"), "\"sales\"");
        assert_eq!(typed("SELECT"), "\"SELECT\"");
        assert_eq!(typed("a\"b"), "\"a\"\"b\"");
        assert_eq!(folded("Sales_1"), "SALES_1");
        assert_eq!(folded("two words"), "two words");
        assert_eq!(parts("db.\"My schema\".sales").unwrap(), ["DB", "My schema", "SALES"]);
        for no in ["", "a b", "a;b", "a.b.c.d", "t; DROP TABLE x", "\"open", "a.", "f(x)", "'a'", "1a"] {
            assert_eq!(parts(no), None, "{no}");
        }
    }
}
