//! The values of a script's parameters: what the call gives, Rust variables, and what `%env` has set.

use std::collections::BTreeMap;

use synthbook_agents::warehouse::Scalar;

use super::placeholders::{Misplaced, Parameter};
use crate::engine::CellEngine;
use crate::error::KernelError;
use crate::magic::{Word, suggest};
use crate::session::Session;

/// Rust's whole numbers that SQL's may hold.
const WHOLE: [&str; 10] = ["i8", "i16", "i32", "i64", "isize", "u8", "u16", "u32", "u64", "usize"];

/// Finds a value for every parameter that has one; those of `{{name}}` must have one, the others are left to the engine.
/// `at` ties an error to its place in the script.
///
/// # Errors
/// `sql::unknown_variable` and `sql::variable_type` at the parameter, `magic::bad_value` at a `--param`.
pub(super) fn find(
    parameters: &[Parameter],
    given: &[&Word],
    session: &Session,
    at: impl Fn(Misplaced) -> KernelError,
) -> Result<BTreeMap<String, Scalar>, KernelError> {
    let mut values = BTreeMap::new();
    for word in given {
        let (name, value) = one_given(word)?;
        values.insert(name, value);
    }
    let wanted: Vec<&Parameter> = parameters.iter().filter(|one| !values.contains_key(&one.name)).collect();
    if wanted.is_empty() {
        return Ok(values);
    }
    let variables = session.evaluator.variables();
    let environment = session.environment();
    let mut asked = Vec::new();
    for parameter in wanted {
        let variable = variables.iter().find(|(name, _)| *name == parameter.name);
        match (variable, environment.get(&parameter.name)) {
            (Some((name, kind)), _) => match Shape::of(kind) {
                Some(shape) => asked.push((name.clone(), shape)),
                None if parameter.braced => return Err(at(wrong_type(parameter, kind))),
                None => {}
            },
            (None, Some(text)) => {
                values.insert(parameter.name.clone(), Scalar::Text(text.clone()));
            }
            (None, None) if parameter.braced => return Err(at(unknown(parameter, &variables))),
            (None, None) => {}
        }
    }
    values.extend(of_rust(&asked, session)?);
    Ok(values)
}

/// Reads `name=value`: a number, true, false or null as what it is, anything else and what is quoted as text.
fn one_given(word: &Word) -> Result<(String, Scalar), KernelError> {
    let Some((name, value)) = word.text.split_once('=').filter(|(name, _)| !name.trim().is_empty()) else {
        return Err(KernelError::BadValue {
            argument: "--param".to_owned(),
            expected: "NAME=VALUE".to_owned(),
            value: word.text.clone(),
            help: "for example --param city=Rome".to_owned(),
        }
        .at(word.span.clone()));
    };
    let value = if word.quoted { Scalar::Text(value.to_owned()) } else { literal(value) };
    Ok((name.trim().trim_start_matches([':', '$']).to_owned(), value))
}

/// A value as it was typed: a number, true, false or null as what it is; text in quotes without them; else text.
pub(crate) fn literal(text: &str) -> Scalar {
    let unquoted = ['\'', '"'].iter().find_map(|mark| text.strip_prefix(*mark)?.strip_suffix(*mark));
    if let Some(text) = unquoted {
        return Scalar::Text(text.to_owned());
    }
    match text.to_ascii_lowercase().as_str() {
        "null" => return Scalar::Null,
        "true" => return Scalar::Boolean(true),
        "false" => return Scalar::Boolean(false),
        _ => {}
    }
    // 007 and +1 are names of things more often than numbers.
    let plain = text.strip_prefix('-').unwrap_or(text);
    let numeric = plain.starts_with(|c: char| c.is_ascii_digit())
        && !(plain.len() > 1 && plain.starts_with('0') && !plain.starts_with("0."));
    if numeric && let Ok(number) = text.parse() {
        return Scalar::Integer(number);
    }
    match text.parse::<f64>() {
        Ok(number) if numeric && number.is_finite() => Scalar::Float(number),
        _ => Scalar::Text(text.to_owned()),
    }
}

/// What a Rust variable's type becomes in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Integer,
    Float,
    Boolean,
    Text,
    /// An `Option` of one of them.
    Maybe(Plain),
}

/// What may stand in an `Option`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plain {
    Integer,
    Float,
    Boolean,
    Text,
}

impl Shape {
    fn of(kind: &str) -> Option<Self> {
        let kind: String = kind.split_whitespace().collect::<Vec<_>>().join(" ");
        let inner = ["Option<", "std::option::Option<", "core::option::Option<"]
            .iter()
            .find_map(|path| kind.strip_prefix(path)?.strip_suffix('>'));
        match inner {
            Some(inner) => Plain::of(inner).map(Self::Maybe),
            None => Plain::of(&kind).map(|plain| match plain {
                Plain::Integer => Self::Integer,
                Plain::Float => Self::Float,
                Plain::Boolean => Self::Boolean,
                Plain::Text => Self::Text,
            }),
        }
    }

    /// Rust that turns a variable into text without moving it.
    fn expression(self, name: &str) -> String {
        match self {
            Self::Maybe(_) => format!(
                "match &{name} {{ ::std::option::Option::Some(value) => ::std::format!(\"+{{}}\", value), ::std::option::Option::None => ::std::string::String::from(\"-\") }}"
            ),
            _ => format!("::std::format!(\"{{}}\", &{name})"),
        }
    }

    fn read(self, text: &str) -> Option<Scalar> {
        match self {
            Self::Integer => Plain::Integer.read(text),
            Self::Float => Plain::Float.read(text),
            Self::Boolean => Plain::Boolean.read(text),
            Self::Text => Plain::Text.read(text),
            Self::Maybe(_) if text == "-" => Some(Scalar::Null),
            Self::Maybe(plain) => plain.read(text.strip_prefix('+')?),
        }
    }
}

impl Plain {
    fn of(kind: &str) -> Option<Self> {
        match kind.trim() {
            kind if WHOLE.contains(&kind) => Some(Self::Integer),
            "f32" | "f64" => Some(Self::Float),
            "bool" => Some(Self::Boolean),
            "char"
            | "&str"
            | "&'static str"
            | "String"
            | "std::string::String"
            | "alloc::string::String"
            | "&String" => Some(Self::Text),
            _ => None,
        }
    }

    fn read(self, text: &str) -> Option<Scalar> {
        match self {
            Self::Integer => text.parse().ok().map(Scalar::Integer),
            Self::Float => text.parse().ok().map(Scalar::Float),
            Self::Boolean => text.parse().ok().map(Scalar::Boolean),
            Self::Text => Some(Scalar::Text(text.to_owned())),
        }
    }
}

/// Asks the language for the values of variables, all at once.
fn of_rust(asked: &[(String, Shape)], session: &Session) -> Result<Vec<(String, Scalar)>, KernelError> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let parts: Vec<String> = asked.iter().map(|(name, shape)| shape.expression(name)).collect();
    // Each value with its length before it, so that a value may hold anything.
    let code = format!(
        "synthbook::prelude::Text({{ let mut all = ::std::string::String::new(); for value in [{}] {{ all.push_str(&::std::format!(\"{{}}:{{value}}\", value.len())); }} all }})",
        parts.join(", ")
    );
    let shown = session.evaluate(&code).map_err(KernelError::Cell)?;
    let text = shown.get("text/plain").unwrap_or_default();
    let mut values = Vec::new();
    let mut rest = text;
    for (name, shape) in asked {
        let value = piece(&mut rest).and_then(|text| shape.read(text));
        let value = value.ok_or_else(|| KernelError::VariableUnreadable { name: name.clone() })?;
        values.push((name.clone(), value));
    }
    Ok(values)
}

/// Takes `length:text` from the beginning.
fn piece<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let (length, after) = rest.split_once(':')?;
    let length: usize = length.parse().ok()?;
    let text = after.get(..length)?;
    *rest = after.get(length..)?;
    Some(text)
}

fn unknown(parameter: &Parameter, variables: &[(String, String)]) -> Misplaced {
    let names: Vec<&str> = variables.iter().map(|(name, _)| name.as_str()).collect();
    let near = if names.is_empty() {
        "there are no Rust variables yet".to_owned()
    } else {
        suggest::did_you_mean(&parameter.name, &names, "variables")
    };
    let help = format!("{near}; or give the value: --param {}=…", parameter.name);
    let error = KernelError::UnknownVariable { name: parameter.name.clone(), help };
    Misplaced { error, span: parameter.span.clone() }
}

fn wrong_type(parameter: &Parameter, kind: &str) -> Misplaced {
    let error = KernelError::VariableType { name: parameter.name.clone(), kind: kind.to_owned() };
    Misplaced { error, span: parameter.span.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_what_they_look_like() {
        for (text, value) in [
            ("12", Scalar::Integer(12)),
            ("-3", Scalar::Integer(-3)),
            ("2.5", Scalar::Float(2.5)),
            ("1e3", Scalar::Float(1000.0)),
            ("true", Scalar::Boolean(true)),
            ("NULL", Scalar::Null),
            ("'12'", Scalar::Text("12".into())),
            ("Rome", Scalar::Text("Rome".into())),
            ("007", Scalar::Text("007".into())),
            ("0.5", Scalar::Float(0.5)),
            ("", Scalar::Text(String::new())),
            ("inf", Scalar::Text("inf".into())),
            ("99999999999999999999", Scalar::Float(1e20)),
        ] {
            assert_eq!(literal(text), value, "{text}");
        }
    }

    #[test]
    fn types_of_rust() {
        assert_eq!(Shape::of("i32"), Some(Shape::Integer));
        assert_eq!(Shape::of("Option<f64>"), Some(Shape::Maybe(Plain::Float)));
        assert_eq!(Shape::of("&str"), Some(Shape::Text));
        assert_eq!(Shape::of("Vec<i32>"), None);
        assert_eq!(Shape::of("Option<Vec<i32>>"), None);
        assert_eq!(Shape::of("Option<i64>").unwrap().read("-"), Some(Scalar::Null));
        assert_eq!(Shape::of("Option<i64>").unwrap().read("+-5"), Some(Scalar::Integer(-5)));
    }

    #[test]
    fn pieces_may_hold_anything() {
        let mut rest = "3:a:b0:5:größ";
        assert_eq!(piece(&mut rest), Some("a:b"));
        assert_eq!(piece(&mut rest), Some(""));
        assert_eq!(piece(&mut rest), None);
    }
}
