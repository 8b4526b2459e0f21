//! Filters as a person writes them: a condition in SQL over the payload's fields.

use serde_json::{Number, Value};
use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, Value as SqlValue};
use sqlparser::dialect::DuckDbDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

use super::{Bound, Filter, VectorError};

/// Reads a condition such as `category = 'Milk' AND NOT price > 3`.
///
/// Known: `=`, `<>`, `!=`, `<`, `<=`, `>`, `>=`, `BETWEEN`, `IN`, `IS NULL`, `IS TRUE`, `AND`, `OR`, `NOT` and
/// parentheses. Fields may stand in double quotes; text stands in single quotes.
///
/// ```
/// use synthbook_agents::vectors::{Filter, parse_filter};
///
/// let filter = parse_filter("category IN ('Milk', 'Cheese')")?;
/// let milk = serde_json::json!({"category": "Milk"});
/// assert!(filter.matches(milk.as_object().unwrap()));
/// # Ok::<(), synthbook_agents::vectors::VectorError>(())
/// ```
///
/// # Errors
///
/// [`VectorError::Filter`] for anything else.
pub fn parse_filter(text: &str) -> Result<Filter, VectorError> {
    let said = |error: sqlparser::parser::ParserError| VectorError::Filter {
        what: error.to_string().replace("sql parser error: ", ""),
    };
    let dialect = DuckDbDialect {};
    let mut parser = Parser::new(&dialect).with_recursion_limit(40).try_with_sql(text).map_err(said)?;
    let expression = parser.parse_expr().map_err(said)?;
    let rest = parser.peek_token();
    if rest.token != Token::EOF {
        return wrong(format!("something follows it: {}", rest.token));
    }
    let filter = read(&expression)?;
    filter.check()?;
    Ok(filter)
}

fn read(expression: &Expr) -> Result<Filter, VectorError> {
    match expression {
        Expr::Nested(inner) => read(inner),
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => Ok(read(expr)?.negate()),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => Ok(Filter::And(vec![read(left)?, read(right)?])),
        Expr::BinaryOp { left, op: BinaryOperator::Or, right } => Ok(Filter::Or(vec![read(left)?, read(right)?])),
        Expr::BinaryOp { left, op, right } => compare(left, op, right),
        Expr::InList { expr, list, negated } => {
            let values = list.iter().map(value).collect::<Result<_, _>>()?;
            Ok(turned(Filter::In(field(expr)?, values), *negated))
        }
        Expr::Between { expr, negated, low, high } => {
            let bound = Bound { gte: Some(number(low)?), lte: Some(number(high)?), ..Bound::default() };
            Ok(turned(Filter::Range(field(expr)?, bound), *negated))
        }
        Expr::IsNull(expr) => Ok(Filter::Missing(field(expr)?)),
        Expr::IsNotNull(expr) => Ok(Filter::Missing(field(expr)?).negate()),
        Expr::IsTrue(expr) => Ok(Filter::Equals(field(expr)?, Value::Bool(true))),
        Expr::IsFalse(expr) => Ok(Filter::Equals(field(expr)?, Value::Bool(false))),
        Expr::Identifier(name) => Ok(Filter::Equals(name.value.clone(), Value::Bool(true))),
        other => wrong(format!("this is not known in a filter: {other}")),
    }
}

fn compare(left: &Expr, op: &BinaryOperator, right: &Expr) -> Result<Filter, VectorError> {
    if field(left).is_err() && field(right).is_ok() {
        let flipped = match op {
            BinaryOperator::Lt => BinaryOperator::Gt,
            BinaryOperator::LtEq => BinaryOperator::GtEq,
            BinaryOperator::Gt => BinaryOperator::Lt,
            BinaryOperator::GtEq => BinaryOperator::LtEq,
            same => same.clone(),
        };
        return compare(right, &flipped, left);
    }
    let name = field(left)?;
    let range = |bound| Ok(Filter::Range(name.clone(), bound));
    match op {
        BinaryOperator::Eq => Ok(Filter::Equals(name, value(right)?)),
        BinaryOperator::NotEq => Ok(Filter::Equals(name, value(right)?).negate()),
        BinaryOperator::Lt => range(Bound { lt: Some(number(right)?), ..Bound::default() }),
        BinaryOperator::LtEq => range(Bound { lte: Some(number(right)?), ..Bound::default() }),
        BinaryOperator::Gt => range(Bound { gt: Some(number(right)?), ..Bound::default() }),
        BinaryOperator::GtEq => range(Bound { gte: Some(number(right)?), ..Bound::default() }),
        other => wrong(format!("this is not known in a filter: {other}")),
    }
}

fn turned(filter: Filter, negated: bool) -> Filter {
    if negated { filter.negate() } else { filter }
}

fn field(expression: &Expr) -> Result<String, VectorError> {
    match expression {
        Expr::Identifier(name) => Ok(name.value.clone()),
        Expr::Nested(inner) => field(inner),
        other => wrong(format!("a field was expected: {other}")),
    }
}

fn value(expression: &Expr) -> Result<Value, VectorError> {
    match expression {
        Expr::Value(found) => match &found.value {
            SqlValue::SingleQuotedString(text) => Ok(Value::String(text.clone())),
            SqlValue::Boolean(flag) => Ok(Value::Bool(*flag)),
            SqlValue::Number(digits, _) => json_number(digits),
            other => wrong(format!("a field can't be compared with {other}")),
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match value(expr)? {
            Value::Number(number) => json_number(&format!("-{number}")),
            other => wrong(format!("this has no sign: {other}")),
        },
        Expr::Nested(inner) => value(inner),
        other => wrong(format!("a value was expected (text in single quotes): {other}")),
    }
}

fn json_number(digits: &str) -> Result<Value, VectorError> {
    if let Ok(whole) = digits.parse::<i64>() {
        return Ok(Value::Number(whole.into()));
    }
    let number = digits.parse::<f64>().ok().and_then(Number::from_f64);
    number.map(Value::Number).ok_or_else(|| VectorError::Filter { what: format!("this is no number: {digits}") })
}

fn number(expression: &Expr) -> Result<f64, VectorError> {
    match value(expression)?.as_f64() {
        Some(number) => Ok(number),
        None => wrong(format!("a number was expected: {expression}")),
    }
}

fn wrong<T>(what: String) -> Result<T, VectorError> {
    Err(VectorError::Filter { what })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_sql_says_is_what_the_filter_finds() {
        let row = json!({"category": "Milk", "price": 2.5, "rank": 3, "organic": true, "two words": "x", "none": null});
        let row = row.as_object().unwrap();
        for (text, holds) in [
            ("category = 'Milk'", true),
            ("category <> 'Milk'", false),
            ("NOT category = 'Cheese'", true),
            ("price BETWEEN 2 AND 2.5", true),
            ("price NOT BETWEEN 2 AND 2.5", false),
            ("3 = rank AND 2 < price", true),
            ("rank = 3.0", true),
            ("rank > -1 AND rank <= 3", true),
            ("rank IN (1, 2) OR organic", true),
            ("category NOT IN ('Milk', 'Cheese')", false),
            ("\"two words\" = 'x'", true),
            ("none IS NULL AND missing IS NULL", true),
            ("none = 1 OR missing = 1", false),
            ("category IS NOT NULL AND (organic IS TRUE)", true),
            ("organic = false", false),
        ] {
            assert_eq!(parse_filter(text).unwrap().matches(row), holds, "{text}");
        }
    }

    #[test]
    fn what_is_not_known_is_said() {
        for text in [
            "",
            "category",
            "category =",
            "category = Milk",
            "price > 'x'",
            "lower(category) = 'x'",
            "a = 1; DROP TABLE t",
            "a LIKE 'x%'",
            "a = NULL",
            "a = (SELECT 1)",
            "1 = 1",
            "a.b = 1",
        ] {
            if text == "category" {
                assert_eq!(parse_filter(text).unwrap(), Filter::equals("category", true));
                continue;
            }
            let error = parse_filter(text).unwrap_err();
            assert!(matches!(error, VectorError::Filter { .. }), "{text}: {error:?}");
        }
        assert!(parse_filter(&format!("{}a{}", "(".repeat(5000), ")".repeat(5000))).is_err());
    }
}
