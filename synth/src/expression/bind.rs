//! From a tree to an expression of the table library, with the kinds of value checked on the way.

use std::collections::BTreeMap;

use polars::prelude::{
    Column, DataFrame, DataType, Expr, Float64Chunked, IntoLazy, IntoSeries, NULL, NewChunkedArray, NonExistent,
    Series, TimeUnit, col, lit, when,
};

use super::tree::{Arithmetic, Comparison, Kind, Literal, Node, Target};
use super::{Reason, functions, moment, nearest};
use crate::SynthError;

/// A part that the table library can evaluate, and what kind of value it has.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    pub(super) expr: Expr,
    pub(super) kind: Kind,
}

impl Bound {
    pub(super) fn new(expr: Expr, kind: Kind) -> Self {
        Self { expr, kind }
    }

    /// That it is of a kind, or missing throughout.
    pub(super) fn must_be(self, kind: Kind, node: &Node) -> Result<Self, Reason> {
        if self.kind == kind || self.kind == Kind::Null {
            return Ok(self);
        }
        Err(Reason(format!("{} is {}, not {}", node.words(), self.kind.words(), kind.words())))
    }
}

type Binding = Result<Bound, Reason>;

const MOMENT: DataType = DataType::Datetime(TimeUnit::Microseconds, None);
const LENGTH: DataType = DataType::Duration(TimeUnit::Microseconds);

/// The columns of a table: where they are and what they hold.
pub(super) struct Names {
    known: BTreeMap<String, (usize, Option<Kind>)>,
}

impl Names {
    pub(super) fn of(table: &DataFrame) -> Self {
        let entry = |(at, column): (usize, &Column)| (column.name().to_string(), (at, Kind::of(column.dtype())));
        Self { known: table.columns().iter().enumerate().map(entry).collect() }
    }

    fn column(&self, name: &str) -> Binding {
        let Some(&(at, kind)) = self.known.get(name) else {
            let near = nearest(name, self.known.keys().map(String::as_str));
            let hint = near.map(|near| format!("; did you mean {}?", quoted(near))).unwrap_or_default();
            return Err(Reason(format!("no column is called '{name}'{hint}")));
        };
        let kind = kind.ok_or_else(|| Reason(format!("column '{name}' has a type that can't be used")))?;
        Ok(Bound::new(col(at.to_string()), kind))
    }

    /// The columns of these names, under their numbers and in one type per kind; not a number is missing.
    pub(super) fn columns(&self, names: &[String], table: &DataFrame) -> Result<DataFrame, SynthError> {
        let columns = names.iter().filter_map(|name| {
            let (at, _) = self.known.get(name)?;
            let column = table.columns().get(*at)?.as_materialized_series();
            Some(plain(&column.clone().with_name(at.to_string().into())).map(Column::from))
        });
        Ok(DataFrame::new(table.height(), columns.collect::<Result<Vec<_>, _>>()?)?)
    }
}

fn plain(column: &Series) -> Result<Series, SynthError> {
    Ok(match column.dtype() {
        DataType::Null => Series::full_null(column.name().clone(), column.len(), &DataType::Boolean),
        DataType::Float32 | DataType::Float64 | DataType::Decimal(..) => {
            let numbers = column.cast(&DataType::Float64)?;
            let present = numbers.f64()?.iter().map(|value| value.filter(|value| !value.is_nan()));
            Float64Chunked::from_iter_options(column.name().clone(), present).into_series()
        }
        DataType::UInt64 => column.strict_cast(&DataType::Int64).or_else(|_| column.cast(&DataType::Float64))?,
        DataType::Categorical(..) | DataType::Enum(..) => column.cast(&DataType::String)?,
        DataType::Datetime(_, Some(_)) => {
            let name = column.name().clone();
            let local = col(name.clone()).dt().replace_time_zone(None, lit("raise"), NonExistent::Raise).cast(MOMENT);
            let table = column.clone().into_frame().lazy().select([local]).collect()?;
            table.column(&name)?.as_materialized_series().clone()
        }
        DataType::Datetime(..) => column.cast(&MOMENT)?,
        DataType::Duration(_) => column.cast(&LENGTH)?,
        other if other.is_primitive_numeric() => column.cast(&DataType::Int64)?,
        _ => column.clone(),
    })
}

/// The name as it is written in an expression.
fn quoted(name: &str) -> String {
    let bare =
        |(at, letter): (usize, char)| letter == '_' || letter.is_alphabetic() || at > 0 && letter.is_alphanumeric();
    if !name.is_empty() && name.chars().enumerate().all(bare) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

pub(super) fn bind(node: &Node, names: &Names) -> Binding {
    Ok(match node {
        Node::Column(name) => names.column(name)?,
        Node::Literal(literal) => constant(literal),
        Node::Negate(inner) => {
            let value = bind(inner, names)?;
            let kind = value.kind;
            if kind == Kind::Duration {
                return Ok(Bound::new((value.expr.cast(DataType::Int64) * lit(-1_i64)).cast(LENGTH), kind));
            }
            Bound::new(value.must_be(Kind::Number, inner)?.expr * lit(-1_i64), kind)
        }
        Node::Not(inner) => Bound::new(truth(inner, names)?.not(), Kind::Boolean),
        Node::All(parts) => joined(parts, names, Expr::logical_and)?,
        Node::Any(parts) => joined(parts, names, Expr::logical_or)?,
        Node::IsNull(inner) => Bound::new(bind(inner, names)?.expr.is_null(), Kind::Boolean),
        Node::Arithmetic { operator, left, right } => arithmetic(*operator, left, right, names)?,
        Node::Compare { comparison, left, right } => compare(*comparison, left, right, names)?,
        Node::In { value, list } => {
            let equal = list.iter().map(|one| Ok(compare(Comparison::Equal, value, one, names)?.expr));
            Bound::new(tree_of(equal.collect::<Result<_, Reason>>()?, Expr::logical_or), Kind::Boolean)
        }
        Node::Like { value, pattern, any_case } => {
            let text = bind(value, names)?.must_be(Kind::Text, value)?.expr.cast(DataType::String);
            Bound::new(text.str().contains(lit(regular(pattern, *any_case)), true), Kind::Boolean)
        }
        Node::Case { arms, otherwise } => case(arms, otherwise.as_deref(), names)?,
        Node::Cast { value, target } => cast(bind(value, names)?, *target)?,
        Node::Call { function, arguments } => {
            let bound = arguments.iter().map(|argument| bind(argument, names)).collect::<Result<_, _>>()?;
            functions::find(function)?.apply(bound, arguments)?
        }
    })
}

fn truth(node: &Node, names: &Names) -> Result<Expr, Reason> {
    Ok(bind(node, names)?.must_be(Kind::Boolean, node)?.expr.cast(DataType::Boolean))
}

fn joined(parts: &[Node], names: &Names, join: fn(Expr, Expr) -> Expr) -> Binding {
    let parts = parts.iter().map(|part| truth(part, names)).collect::<Result<_, _>>()?;
    Ok(Bound::new(tree_of(parts, join), Kind::Boolean))
}

/// Joins the parts in pairs, so that a thousand of them lie ten deep.
fn tree_of(mut parts: Vec<Expr>, join: fn(Expr, Expr) -> Expr) -> Expr {
    while parts.len() > 1 {
        let mut pairs = parts.into_iter();
        parts = Vec::new();
        while let Some(first) = pairs.next() {
            parts.push(match pairs.next() {
                Some(second) => join(first, second),
                None => first,
            });
        }
    }
    parts.pop().unwrap_or_else(|| lit(true))
}

fn constant(literal: &Literal) -> Bound {
    match literal {
        Literal::Null => Bound::new(lit(NULL), Kind::Null),
        Literal::Boolean(truth) => Bound::new(lit(*truth), Kind::Boolean),
        Literal::Whole(number) => Bound::new(lit(*number), Kind::Number),
        Literal::Float(number) => Bound::new(lit(*number), Kind::Number),
        Literal::Text(text) => Bound::new(lit(text.as_str()), Kind::Text),
        Literal::Date(days) => Bound::new(lit(*days).cast(DataType::Date), Kind::Date),
        Literal::Moment(at) => Bound::new(lit(*at).cast(MOMENT), Kind::Moment),
        Literal::Time(at) => Bound::new(lit(*at).cast(DataType::Time), Kind::Time),
        Literal::Duration(length) => Bound::new(lit(*length).cast(LENGTH), Kind::Duration),
    }
}

/// A part as a value of a kind: constants in text are read, dates become moments, 0 and 1 truth values.
pub(super) fn read_as(node: &Node, bound: Bound, kind: Kind) -> Binding {
    let literal = if let Node::Literal(literal) = node { Some(literal) } else { None };
    match (literal, bound.kind, kind) {
        (_, from, to) if from == to || from == Kind::Null || to == Kind::Null => Ok(bound),
        (Some(Literal::Text(text)), _, _) => {
            let number =
                || text.trim().parse().map(Literal::Whole).ok().or(text.trim().parse().map(Literal::Float).ok());
            let read = match kind {
                Kind::Number => number(),
                Kind::Boolean => text.trim().to_lowercase().parse().map(Literal::Boolean).ok(),
                Kind::Date => moment::date(text).map(Literal::Date).or(moment::moment(text).map(Literal::Moment)),
                Kind::Moment => moment::moment(text).map(Literal::Moment),
                Kind::Time => moment::time(text).map(Literal::Time),
                Kind::Duration => moment::length(text).map(Literal::Duration),
                Kind::Text | Kind::Null => None,
            };
            let read = read.ok_or_else(|| Reason(format!("'{text}' can't be read as {}", kind.words())))?;
            Ok(constant(&read))
        }
        (Some(Literal::Whole(number @ (0 | 1))), _, Kind::Boolean) => Ok(constant(&Literal::Boolean(*number == 1))),
        (_, Kind::Date, Kind::Moment) => Ok(Bound::new(bound.expr.cast(MOMENT), Kind::Moment)),
        (_, from, to) => {
            let hint = if from == Kind::Number && to == Kind::Text { "; write text in single quotes" } else { "" };
            Err(Reason(format!("{} is {}, not {}{hint}", node.words(), from.words(), to.words())))
        }
    }
}

/// Two parts as values of the same kind.
fn alike(left: &Node, right: &Node, names: &Names) -> Result<[Bound; 2], Reason> {
    let (a, b) = (bind(left, names)?, bind(right, names)?);
    let a_yields = matches!(left, Node::Literal(_)) && !matches!(right, Node::Literal(_));
    if a.kind == b.kind {
        return Ok([a, b]);
    }
    if a_yields || a.kind == Kind::Date && b.kind == Kind::Moment {
        let a = read_as(left, a, b.kind)?;
        return Ok(if a.kind == Kind::Moment { [a, upwards(b)] } else { [a, b] });
    }
    let b = read_as(right, b, a.kind)?;
    Ok(if b.kind == Kind::Moment { [upwards(a), b] } else { [a, b] })
}

/// A date as the moment at its beginning.
fn upwards(bound: Bound) -> Bound {
    if bound.kind == Kind::Date { Bound::new(bound.expr.cast(MOMENT), Kind::Moment) } else { bound }
}

fn compare(comparison: Comparison, left: &Node, right: &Node, names: &Names) -> Binding {
    if [left, right].into_iter().any(|side| *side == Node::Literal(Literal::Null)) {
        return Err(Reason("nothing compares with NULL; write IS NULL or IS NOT NULL".to_owned()));
    }
    let [a, b] = alike(left, right, names)?;
    if a.kind == Kind::Null || b.kind == Kind::Null {
        return Ok(Bound::new(lit(NULL).cast(DataType::Boolean), Kind::Boolean));
    }
    let (a, b) = (a.expr, b.expr);
    let held = match comparison {
        Comparison::Equal => a.eq(b),
        Comparison::Unequal => a.neq(b),
        Comparison::Less => a.lt(b),
        Comparison::LessOrEqual => a.lt_eq(b),
        Comparison::Greater => a.gt(b),
        Comparison::GreaterOrEqual => a.gt_eq(b),
    };
    Ok(Bound::new(held, Kind::Boolean))
}

fn arithmetic(operator: Arithmetic, left: &Node, right: &Node, names: &Names) -> Binding {
    use Arithmetic::{Add, Divide, Multiply, Remainder, Subtract};
    use Kind::{Date, Duration, Moment, Null, Number};
    let (mut a, mut b) = (bind(left, names)?, bind(right, names)?);
    if operator == Subtract && [a.kind, b.kind].iter().any(|kind| matches!(kind, Date | Moment | Kind::Time)) {
        if matches!(left, Node::Literal(Literal::Text(_))) || matches!(right, Node::Literal(Literal::Text(_))) {
            [a, b] = alike(left, right, names)?;
        } else if (a.kind, b.kind) == (Date, Moment) || (a.kind, b.kind) == (Moment, Date) {
            (a, b) = (upwards(a), upwards(b));
        }
    }
    let days = |expr: Expr| expr.cast(DataType::Int32).cast(DataType::Int64);
    let as_date = |expr: Expr| expr.cast(DataType::Int32).cast(DataType::Date);
    Ok(match (operator, a.kind, b.kind) {
        (_, Null, _) | (_, _, Null) => Bound::new(lit(NULL), Null),
        (Add, Number, Number) => Bound::new(a.expr + b.expr, Number),
        (Subtract, Number, Number) => Bound::new(a.expr - b.expr, Number),
        (Multiply, Number, Number) => Bound::new(a.expr * b.expr, Number),
        (Divide, Number, Number) => {
            let share = a.expr.cast(DataType::Float64) / unless_zero(b.expr.cast(DataType::Float64));
            Bound::new(share.fill_nan(lit(NULL)), Number)
        }
        (Remainder, Number, Number) => Bound::new(a.expr % unless_zero(b.expr), Number),
        (Subtract, Date, Date) => Bound::new(days(a.expr) - days(b.expr), Number),
        (Add, Date, Number) => Bound::new(as_date(days(a.expr) + b.expr.cast(DataType::Int64)), Date),
        (Add, Number, Date) => Bound::new(as_date(days(b.expr) + a.expr.cast(DataType::Int64)), Date),
        (Subtract, Date, Number) => Bound::new(as_date(days(a.expr) - b.expr.cast(DataType::Int64)), Date),
        (Add, Date | Moment, Duration) => Bound::new(upwards(a).expr + b.expr, Moment),
        (Add, Duration, Date | Moment) => Bound::new(upwards(b).expr + a.expr, Moment),
        (Subtract, Date | Moment, Duration) => Bound::new(upwards(a).expr - b.expr, Moment),
        (Subtract, Moment, Moment) | (Subtract, Duration, Duration) => Bound::new(a.expr - b.expr, Duration),
        (Add, Duration, Duration) => Bound::new(a.expr + b.expr, Duration),
        (_, a, b) => {
            let hint = if a == Kind::Text && b == Kind::Text { "; text is joined by ||" } else { "" };
            return Err(Reason(format!("{} and {} can't be reckoned with like this{hint}", a.words(), b.words())));
        }
    })
}

fn unless_zero(divisor: Expr) -> Expr {
    when(divisor.clone().neq(lit(0))).then(divisor).otherwise(lit(NULL))
}

fn case(arms: &[(Node, Node)], otherwise: Option<&Node>, names: &Names) -> Binding {
    let values: Vec<&Node> = arms.iter().map(|(_, value)| value).chain(otherwise).collect();
    let (mut values, kind) = same_kind(&values, names)?;
    let mut made = if otherwise.is_some() { values.pop().unwrap_or_else(|| lit(NULL)) } else { lit(NULL) };
    for ((test, _), value) in arms.iter().zip(values).rev() {
        made = when(truth(test, names)?).then(value).otherwise(made);
    }
    Ok(Bound::new(made, kind))
}

fn same_kind(nodes: &[&Node], names: &Names) -> Result<(Vec<Expr>, Kind), Reason> {
    let bound = nodes.iter().map(|node| bind(node, names)).collect::<Result<Vec<_>, _>>()?;
    unify(bound, nodes)
}

/// Values of one kind: that of the first that is no constant, else of the first that is not missing.
pub(super) fn unify(bound: Vec<Bound>, nodes: &[&Node]) -> Result<(Vec<Expr>, Kind), Reason> {
    let given = |bound: &Bound| bound.kind != Kind::Null;
    let leading = bound.iter().zip(nodes).find(|(one, node)| given(one) && !matches!(node, Node::Literal(_)));
    let leading = leading.map(|(one, _)| one.kind).or(bound.iter().find(|one| given(one)).map(|one| one.kind));
    let mut kind = leading.unwrap_or(Kind::Null);
    if kind == Kind::Date && bound.iter().any(|one| one.kind == Kind::Moment) {
        kind = Kind::Moment;
    }
    let same = bound.into_iter().zip(nodes).map(|(one, node)| Ok(read_as(node, one, kind)?.expr));
    Ok((same.collect::<Result<_, Reason>>()?, kind))
}

fn cast(value: Bound, target: Target) -> Binding {
    let Bound { expr, kind } = value;
    let from_text = kind == Kind::Text;
    Ok(match target {
        Target::Whole if from_text => Bound::new(expr.cast(DataType::Float64).cast(DataType::Int64), Kind::Number),
        Target::Whole if matches!(kind, Kind::Number | Kind::Boolean | Kind::Null) => {
            Bound::new(expr.cast(DataType::Int64), Kind::Number)
        }
        Target::Float if matches!(kind, Kind::Number | Kind::Boolean | Kind::Null | Kind::Text) => {
            Bound::new(expr.cast(DataType::Float64), Kind::Number)
        }
        Target::Text => Bound::new(expr.cast(DataType::String), Kind::Text),
        Target::Boolean if matches!(kind, Kind::Boolean | Kind::Null) => {
            Bound::new(expr.cast(DataType::Boolean), Kind::Boolean)
        }
        Target::Boolean if kind == Kind::Number => Bound::new(expr.neq(lit(0)), Kind::Boolean),
        Target::Date if matches!(kind, Kind::Date | Kind::Moment | Kind::Text | Kind::Null) => {
            Bound::new(expr.cast(DataType::Date), Kind::Date)
        }
        Target::Moment if matches!(kind, Kind::Date | Kind::Moment | Kind::Text | Kind::Null) => {
            Bound::new(expr.cast(MOMENT), Kind::Moment)
        }
        Target::Time if kind == Kind::Moment => Bound::new(expr.dt().time(), Kind::Time),
        _ => return Err(Reason(format!("{} can't be CAST like this", kind.words()))),
    })
}

/// The regular expression of a `LIKE` pattern: `%` is any text, `_` any letter, a backslash takes the next as it is.
fn regular(pattern: &str, any_case: bool) -> String {
    let mut made = String::from(if any_case { "(?is)^" } else { "(?s)^" });
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        let (letter, plain) = if letter == '\\' { (letters.next().unwrap_or('\\'), true) } else { (letter, false) };
        match letter {
            '%' if !plain => made.push_str(".*"),
            '_' if !plain => made.push('.'),
            letter if letter.is_ascii_punctuation() => made.extend(['\\', letter]),
            letter => made.push(letter),
        }
    }
    made.push('$');
    made
}
