//! Values of one row in SQL.

use crate::compile::scope::Scope;
use crate::compile::{CompileError, sql, time};
use crate::plan::{Field, Literal, Operator, Period, TimePart, Value};
use crate::semantic::{FieldRef, TimeKind, Today};

/// What kind of value it is, as far as the model says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Date,
    Timestamp,
    Flag,
    Other,
}

/// The SQL of a value, and what kind it is.
pub(super) fn value(scope: &mut Scope<'_>, value: &Value) -> Result<(String, Kind), CompileError> {
    let dialect = scope.context.dialect;
    Ok(match value {
        Value::Field { field } => {
            let kind = kind_of(scope.context.field(field)?.1);
            (scope.field(field)?, kind)
        }
        Value::Literal { literal } => (sql::literal(dialect, literal)?, literal_kind(literal)),
        Value::Date { date } => (sql::date(*date), Kind::Date),
        Value::Today => (today(scope)?, Kind::Date),
        Value::Elapsed { unit, from, to } => {
            let (from, to) = (self::value(scope, from)?.0, self::value(scope, to)?.0);
            (time::elapsed(dialect, *unit, &sql::group(&from), &sql::group(&to)), Kind::Number)
        }
        Value::Part { of, part } => (part_of(scope, of, *part)?, Kind::Number),
        Value::Arithmetic { operator, left, right } => arithmetic(scope, *operator, left, right)?,
    })
}

fn arithmetic(
    scope: &mut Scope<'_>,
    operator: Operator,
    left: &Value,
    right: &Value,
) -> Result<(String, Kind), CompileError> {
    let (left, kind) = value(scope, left)?;
    let (right, right_kind) = value(scope, right)?;
    let (left, right) = (sql::group(&left), sql::group(&right));
    let dated = matches!(kind, Kind::Date | Kind::Timestamp);
    if dated && right_kind == Kind::Number {
        let sign = match operator {
            Operator::Add => "",
            Operator::Subtract => "-",
            _ => return Err(CompileError::Unsupported { what: "a date that is multiplied or divided".to_owned() }),
        };
        // Only whole days written in the question are added, so the number is a literal.
        let days = right.trim_matches(|letter| letter == '(' || letter == ')');
        if days.parse::<i64>().is_err() {
            return Err(CompileError::Unsupported {
                what: "a date moved by something that is no number of days".to_owned(),
            });
        }
        return Ok((format!("{left} + INTERVAL '{sign}{days} day'"), kind));
    }
    let made = match operator {
        Operator::Add => format!("{left} + {right}"),
        Operator::Subtract => format!("{left} - {right}"),
        Operator::Multiply => format!("{left} * {right}"),
        Operator::Divide => format!("1.0 * {left} / NULLIF({right}, 0)"),
    };
    Ok((made, Kind::Number))
}

fn part_of(scope: &mut Scope<'_>, of: &Value, part: TimePart) -> Result<String, CompileError> {
    let Value::Field { field } = of else {
        return Err(CompileError::Unsupported { what: "a part of something that is no date of the model".to_owned() });
    };
    time::reach(scope, Some(field))?.part(part)
}

/// The model's today.
fn today(scope: &Scope<'_>) -> Result<String, CompileError> {
    match &scope.context.model.extension.today {
        None => Ok("CURRENT_DATE".to_owned()),
        Some(Today::Date(day)) => Ok(sql::date(*day)),
        Some(Today::Latest(field)) => {
            let (table, _) = scope.context.field(field)?;
            let mut inner = Scope::new(scope.context, table);
            let latest = inner.field(field)?;
            Ok(format!("(SELECT MAX({latest}) {})", inner.tables()))
        }
    }
}

fn literal_kind(literal: &Literal) -> Kind {
    match literal {
        Literal::Flag(_) => Kind::Flag,
        Literal::Number(_) => Kind::Number,
        Literal::Text(_) => Kind::Text,
    }
}

/// What kind of values a field has.
pub(super) fn kind_of(field: FieldRef<'_>) -> Kind {
    if let FieldRef::Time(time) = field {
        return match time.extension.kind {
            TimeKind::Date => Kind::Date,
            TimeKind::Timestamp => Kind::Timestamp,
            TimeKind::Year => Kind::Number,
        };
    }
    let Some(data_type) = field.data_type() else {
        return if matches!(field, FieldRef::Fact(_)) { Kind::Number } else { Kind::Other };
    };
    let upper = data_type.to_ascii_uppercase();
    let starts = |words: &[&str]| words.iter().any(|word| upper.starts_with(word));
    if starts(&["TIMESTAMP", "DATETIME"]) {
        Kind::Timestamp
    } else if upper == "DATE" {
        Kind::Date
    } else if starts(&["BOOL"]) {
        Kind::Flag
    } else if starts(&["VARCHAR", "TEXT", "CHAR", "STRING", "ENUM"]) {
        Kind::Text
    } else if starts(&[
        "INT", "BIGINT", "SMALLINT", "TINYINT", "HUGEINT", "U", "DECIMAL", "NUM", "DOUBLE", "FLOAT", "REAL",
    ]) {
        Kind::Number
    } else {
        Kind::Other
    }
}

/// A literal to be compared with a value of a kind: texts become dates where those are, numbers texts.
pub(super) fn fitted(scope: &Scope<'_>, literal: &Literal, kind: Kind) -> Result<String, CompileError> {
    let dialect = scope.context.dialect;
    match (literal, kind) {
        (Literal::Text(text), Kind::Date) if text.parse::<jiff::civil::Date>().is_ok() => {
            Ok(format!("DATE {}", sql::text(dialect, text)?))
        }
        (Literal::Number(number), Kind::Text) => sql::text(dialect, &sql::number(*number)?),
        (Literal::Text(text), Kind::Number) => match text.trim().parse::<f64>() {
            Ok(number) => sql::number(number),
            Err(_) => sql::text(dialect, text),
        },
        _ => sql::literal(dialect, literal),
    }
}

/// The fields that a value is made of.
pub(super) fn fields(value: &Value, found: &mut Vec<Field>) {
    match value {
        Value::Field { field } => found.push(field.clone()),
        Value::Elapsed { from, to, .. } => {
            fields(from, found);
            fields(to, found);
        }
        Value::Part { of, .. } => fields(of, found),
        Value::Arithmetic { left, right, .. } => {
            fields(left, found);
            fields(right, found);
        }
        Value::Literal { .. } | Value::Date { .. } | Value::Today => {}
    }
}

/// A condition on the default or a named time; none when the period is open.
pub(super) fn during(scope: &mut Scope<'_>, period: &Period) -> Result<Option<String>, CompileError> {
    if period.from.is_none() && period.until.is_none() {
        return Ok(None);
    }
    time::reach(scope, period.time.as_ref())?.during(period)
}
