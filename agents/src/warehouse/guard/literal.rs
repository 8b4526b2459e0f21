//! Values in a statement: written in the one form that both engines read the same.

use std::ops::ControlFlow;

use sqlparser::ast::{Value, ValueWithSpan};

use super::refuse;
use super::scope::{Step, Walk, stop};
use crate::warehouse::Dialect;

impl Walk<'_> {
    /// Lets plain values through; a text, however it was quoted, is written anew in single quotes.
    ///
    /// The parser's own printer leaves a quote alone that follows a backslash, which ends a text in DuckDB. So a text
    /// becomes a ready-made literal here, which is printed as it is.
    pub(super) fn value(&self, value: &mut ValueWithSpan) -> Step {
        let text = match &value.value {
            Value::Number(..) | Value::Boolean(_) | Value::Null => return ControlFlow::Continue(()),
            Value::Placeholder(text) if self.is_parameter(text) => return ControlFlow::Continue(()),
            Value::SingleQuotedString(text) => text,
            Value::EscapedStringLiteral(text) if self.dialect == Dialect::DuckDb => text,
            Value::DollarQuotedString(quoted) => &quoted.value,
            Value::Placeholder(text) => {
                let help = match self.dialect {
                    Dialect::DuckDb => "A parameter has a name: :name or $name.",
                    Dialect::Snowflake => "A parameter has a name: :name. Variables of the session can't be used.",
                };
                return stop(refuse::construct(format!("the parameter or variable {text}"), value.span, help));
            }
            other => {
                let help = "Texts stand in single quotes.";
                return stop(refuse::construct(format!("the value {other}"), value.span, help));
            }
        };
        if text.contains(|character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t')) {
            return self.refuse("a control character in a text", value.span);
        }
        value.value = Value::Placeholder(self.quoted(text));
        ControlFlow::Continue(())
    }

    /// A text as a literal of the dialect.
    fn quoted(&self, text: &str) -> String {
        let text = match self.dialect {
            Dialect::DuckDb => text.replace('\'', "''"),
            Dialect::Snowflake => text.replace('\\', "\\\\").replace('\'', "''"),
        };
        format!("'{text}'")
    }

    fn is_parameter(&self, text: &str) -> bool {
        let name = match self.dialect {
            Dialect::DuckDb => text.strip_prefix([':', '$']),
            Dialect::Snowflake => text.strip_prefix(':'),
        };
        name.is_some_and(|name| {
            name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
                && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
        })
    }
}
