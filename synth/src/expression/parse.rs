//! From text to a tree: what `sqlparser` reads and expressions support; the rest is refused in words.

use sqlparser::ast::{
    BinaryOperator, CaseWhen, CeilFloorKind, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
    Ident, UnaryOperator, Value,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::tree::{Arithmetic, Comparison, Literal, Node, Target};
use super::{Reason, functions, moment};

/// Words and signs beyond which a text is no expression but a mistake, and could exhaust the stack.
const MOST_TOKENS: usize = 4000;
/// How deep parts may lie within each other.
const DEEPEST: usize = 200;

type Parsed = Result<Node, Reason>;

/// The tree of an expression.
pub(super) fn tree(text: &str) -> Parsed {
    let dialect = GenericDialect {};
    let unreadable = |error: &dyn std::fmt::Display| Reason(format!("it can't be read: {error}"));
    let tokens = Tokenizer::new(&dialect, text).tokenize_with_location().map_err(|error| unreadable(&error))?;
    let operators = tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_) | Token::Comma)).count();
    if operators == 0 {
        return Err(Reason("it is empty".to_owned()));
    }
    if operators > MOST_TOKENS {
        return Err(Reason(format!("it has more than {MOST_TOKENS} words and signs")));
    }
    let mut parser = Parser::new(&dialect).with_tokens_with_locations(tokens);
    let read = parser.parse_expr().map_err(|error| unreadable(&error))?;
    let next = parser.peek_token();
    if next.token != Token::EOF {
        return Err(Reason(format!("it should end before '{}'", next.token)));
    }
    node(&read, 0)
}

fn node(read: &Expr, depth: usize) -> Parsed {
    if depth > DEEPEST {
        return Err(Reason(format!("its parts lie more than {DEEPEST} deep within each other")));
    }
    let part = |read: &Expr| node(read, depth + 1);
    let boxed = |read: &Expr| node(read, depth + 1).map(Box::new);
    Ok(match read {
        Expr::Nested(inner) => return part(inner),
        Expr::Identifier(name) => Node::Column(name.value.clone()),
        Expr::CompoundIdentifier(names) => Node::Column(joined(names)),
        Expr::Value(value) => Node::Literal(literal(&value.value)?),
        Expr::TypedString(typed) => {
            let text = typed.value.value.clone().into_string().unwrap_or_default();
            Node::Literal(typed_literal(&typed.data_type, &text)?)
        }
        Expr::Interval(interval) => {
            let Node::Literal(Literal::Text(text)) = part(&interval.value)? else { return Err(unsupported(read)) };
            let unit = interval.leading_field.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
            let length = moment::length(&format!("{text}{unit}"));
            let length =
                length.ok_or_else(|| Reason(format!("'{text}{unit}' is no length of time such as '3 days'")))?;
            Node::Literal(Literal::Duration(length))
        }
        Expr::UnaryOp { op: UnaryOperator::Plus, expr } => return part(expr),
        Expr::UnaryOp { op: UnaryOperator::Not, expr } => Node::Not(boxed(expr)?),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => negative(part(expr)?),
        Expr::BinaryOp { left, op, right } => return binary(read, left, op, right, depth),
        Expr::IsNull(inner) => Node::IsNull(boxed(inner)?),
        Expr::IsNotNull(inner) => Node::Not(Box::new(Node::IsNull(boxed(inner)?))),
        Expr::IsTrue(inner) => known(part(inner)?, true),
        Expr::IsFalse(inner) => known(part(inner)?, false),
        Expr::IsNotTrue(inner) => Node::Not(Box::new(known(part(inner)?, true))),
        Expr::IsNotFalse(inner) => Node::Not(Box::new(known(part(inner)?, false))),
        Expr::Between { expr, negated, low, high } => {
            let (value, low, high) = (part(expr)?, boxed(low)?, boxed(high)?);
            let above =
                Node::Compare { comparison: Comparison::GreaterOrEqual, left: Box::new(value.clone()), right: low };
            let below = Node::Compare { comparison: Comparison::LessOrEqual, left: Box::new(value), right: high };
            unless(*negated, Node::All(vec![above, below]))
        }
        Expr::InList { expr, list, negated } => {
            let list = list.iter().map(part).collect::<Result<_, _>>()?;
            unless(*negated, Node::In { value: boxed(expr)?, list })
        }
        Expr::Like { negated, any: false, expr, pattern, escape_char: None } => {
            unless(*negated, like(part(expr)?, &part(pattern)?, false)?)
        }
        Expr::ILike { negated, any: false, expr, pattern, escape_char: None } => {
            unless(*negated, like(part(expr)?, &part(pattern)?, true)?)
        }
        Expr::Case { operand, conditions, else_result, .. } => {
            let operand = operand.as_deref().map(part).transpose()?;
            let arms = conditions.iter().map(|arm| case_arm(operand.as_ref(), arm, depth + 1));
            let otherwise = else_result.as_deref().map(boxed).transpose()?;
            Node::Case { arms: arms.collect::<Result<_, _>>()?, otherwise }
        }
        Expr::Cast { expr, data_type, .. } => {
            let target = target(data_type).ok_or_else(|| Reason(format!("CAST to {data_type} is not supported")))?;
            Node::Cast { value: boxed(expr)?, target }
        }
        Expr::Extract { field, expr, .. } => call(&field.to_string(), vec![part(expr)?])?,
        Expr::Ceil { expr, field: CeilFloorKind::DateTimeField(_) } => call("ceil", vec![part(expr)?])?,
        Expr::Floor { expr, field: CeilFloorKind::DateTimeField(_) } => call("floor", vec![part(expr)?])?,
        Expr::Trim { expr, trim_where: None, trim_what: None, trim_characters: None } => {
            call("trim", vec![part(expr)?])?
        }
        Expr::Function(function) => return called(read, function, depth),
        _ => return Err(unsupported(read)),
    })
}

/// `AND` and `OR` join any number of parts; a long chain leans to the left and is walked down there.
fn binary(read: &Expr, left: &Expr, operator: &BinaryOperator, right: &Expr, depth: usize) -> Parsed {
    let part = |read: &Expr| node(read, depth + 1);
    if matches!(operator, BinaryOperator::And | BinaryOperator::Or) {
        let (mut chain, mut at) = (vec![part(right)?], left);
        loop {
            match at {
                Expr::BinaryOp { left, op, right } if op == operator => {
                    chain.push(part(right)?);
                    at = left;
                }
                Expr::Nested(inner) => at = inner,
                _ => break,
            }
        }
        chain.push(part(at)?);
        chain.reverse();
        return Ok(if *operator == BinaryOperator::And { flat_all(chain) } else { Node::Any(chain) });
    }
    let comparison = match operator {
        BinaryOperator::Eq => Some(Comparison::Equal),
        BinaryOperator::NotEq => Some(Comparison::Unequal),
        BinaryOperator::Lt => Some(Comparison::Less),
        BinaryOperator::LtEq => Some(Comparison::LessOrEqual),
        BinaryOperator::Gt => Some(Comparison::Greater),
        BinaryOperator::GtEq => Some(Comparison::GreaterOrEqual),
        _ => None,
    };
    let arithmetic = match operator {
        BinaryOperator::Plus => Some(Arithmetic::Add),
        BinaryOperator::Minus => Some(Arithmetic::Subtract),
        BinaryOperator::Multiply => Some(Arithmetic::Multiply),
        BinaryOperator::Divide => Some(Arithmetic::Divide),
        BinaryOperator::Modulo => Some(Arithmetic::Remainder),
        _ => None,
    };
    let (left, right) = (Box::new(part(left)?), Box::new(part(right)?));
    if let Some(comparison) = comparison {
        return Ok(Node::Compare { comparison, left, right });
    }
    if let Some(operator) = arithmetic {
        return Ok(Node::Arithmetic { operator, left, right });
    }
    if *operator == BinaryOperator::StringConcat {
        return call("||", vec![*left, *right]);
    }
    Err(unsupported(read))
}

fn flat_all(parts: Vec<Node>) -> Node {
    let flat = parts.into_iter().flat_map(|part| match part {
        Node::All(inner) => inner,
        other => vec![other],
    });
    Node::All(flat.collect())
}

fn unless(negated: bool, node: Node) -> Node {
    if negated { Node::Not(Box::new(node)) } else { node }
}

/// `IS TRUE` and `IS FALSE`, which are never unknown.
fn known(node: Node, truth: bool) -> Node {
    let there = Node::Not(Box::new(Node::IsNull(Box::new(node.clone()))));
    Node::All(vec![there, unless(!truth, node)])
}

fn negative(node: Node) -> Node {
    match node {
        Node::Literal(Literal::Whole(number)) => Node::Literal(Literal::Whole(number.wrapping_neg())),
        Node::Literal(Literal::Float(number)) => Node::Literal(Literal::Float(-number)),
        other => Node::Negate(Box::new(other)),
    }
}

fn like(value: Node, pattern: &Node, any_case: bool) -> Parsed {
    let Node::Literal(Literal::Text(pattern)) = pattern else {
        return Err(Reason("the pattern after LIKE must be text in single quotes".to_owned()));
    };
    Ok(Node::Like { value: Box::new(value), pattern: pattern.clone(), any_case })
}

fn case_arm(operand: Option<&Node>, arm: &CaseWhen, depth: usize) -> Result<(Node, Node), Reason> {
    let (test, value) = (node(&arm.condition, depth)?, node(&arm.result, depth)?);
    let test = match operand {
        Some(operand) => {
            Node::Compare { comparison: Comparison::Equal, left: Box::new(operand.clone()), right: Box::new(test) }
        }
        None => test,
    };
    Ok((test, value))
}

fn called(read: &Expr, function: &Function, depth: usize) -> Parsed {
    let name = function.name.to_string();
    let arguments = match &function.args {
        // A bare word such as `current_date`, which is a column here.
        FunctionArguments::None => return Ok(Node::Column(name)),
        FunctionArguments::List(list) if list.duplicate_treatment.is_none() && list.clauses.is_empty() => &list.args,
        _ => return Err(unsupported(read)),
    };
    if function.over.is_some() || function.filter.is_some() || !function.within_group.is_empty() {
        return Err(unsupported(read));
    }
    let arguments = arguments.iter().map(|argument| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(inner)) => node(inner, depth + 1),
        _ => Err(unsupported(read)),
    });
    call(&name, arguments.collect::<Result<_, _>>()?)
}

fn call(name: &str, arguments: Vec<Node>) -> Parsed {
    let function = functions::find(name)?;
    function.check(arguments.len())?;
    Ok(Node::Call { function: function.name, arguments })
}

fn literal(value: &Value) -> Result<Literal, Reason> {
    Ok(match value {
        Value::Null => Literal::Null,
        Value::Boolean(truth) => Literal::Boolean(*truth),
        Value::Number(digits, _) => match (digits.parse::<i64>(), digits.parse::<f64>()) {
            (Ok(whole), _) => Literal::Whole(whole),
            (_, Ok(float)) => Literal::Float(float),
            _ => return Err(Reason(format!("'{digits}' is no number"))),
        },
        Value::SingleQuotedString(text) => Literal::Text(text.clone()),
        other => return Err(Reason(format!("{other} is not supported"))),
    })
}

fn typed_literal(data_type: &DataType, text: &str) -> Result<Literal, Reason> {
    let read = match target(data_type) {
        Some(Target::Date) => moment::date(text).map(Literal::Date),
        Some(Target::Moment) => moment::moment(text).map(Literal::Moment),
        Some(Target::Time) => moment::time(text).map(Literal::Time),
        _ => return Err(Reason(format!("{data_type} '{text}' is not supported"))),
    };
    read.ok_or_else(|| Reason(format!("'{text}' is no {}", data_type.to_string().to_lowercase())))
}

fn target(data_type: &DataType) -> Option<Target> {
    let name = data_type.to_string().to_uppercase();
    let word: String = name.chars().take_while(|letter| letter.is_alphanumeric()).collect();
    Some(match word.as_str() {
        "INT" | "INTEGER" | "BIGINT" | "SMALLINT" | "TINYINT" | "INT2" | "INT4" | "INT8" | "INT32" | "INT64" => {
            Target::Whole
        }
        "FLOAT" | "DOUBLE" | "REAL" | "DECIMAL" | "NUMERIC" | "FLOAT4" | "FLOAT8" | "FLOAT32" | "FLOAT64" => {
            Target::Float
        }
        "TEXT" | "VARCHAR" | "CHAR" | "CHARACTER" | "STRING" => Target::Text,
        "BOOL" | "BOOLEAN" => Target::Boolean,
        "DATE" => Target::Date,
        "TIMESTAMP" | "DATETIME" => Target::Moment,
        "TIME" => Target::Time,
        _ => return None,
    })
}

fn joined(names: &[Ident]) -> String {
    names.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join(".")
}

fn unsupported(read: &Expr) -> Reason {
    let mut text: String = read.to_string().chars().take(60).collect();
    if text.len() < read.to_string().len() {
        text.push('…');
    }
    Reason(format!("this is not supported: {text}"))
}
