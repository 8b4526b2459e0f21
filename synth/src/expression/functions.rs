//! The functions that expressions know, one line each.

use polars::prelude::{DataType, Expr, NULL, RoundMode, TimeUnit, coalesce, concat_str, lit, when};

use super::Reason;
use super::bind::{Bound, unify};
use super::suggest::nearest;
use super::tree::{Kind, Literal, Node};

/// One function.
pub(super) struct Function {
    pub(super) name: &'static str,
    fewest: usize,
    most: usize,
    make: fn(Vec<Bound>, &[Node]) -> Result<Bound, Reason>,
}

const ANY: usize = usize::MAX;

const fn function(
    name: &'static str,
    (fewest, most): (usize, usize),
    make: fn(Vec<Bound>, &[Node]) -> Result<Bound, Reason>,
) -> Function {
    Function { name, fewest, most, make }
}

static FUNCTIONS: [Function; 26] = [
    function("||", (2, 2), |values, _| Ok(join(values, false))),
    function("abs", (1, 1), |values, nodes| number(values, nodes, Expr::abs)),
    function("ceil", (1, 1), |values, nodes| number(values, nodes, Expr::ceil)),
    function("coalesce", (1, ANY), |values, nodes| {
        let (values, kind) = unify(values, &nodes.iter().collect::<Vec<_>>())?;
        Ok(Bound::new(coalesce(&values), kind))
    }),
    function("concat", (1, ANY), |values, _| Ok(join(values, true))),
    function("day", (1, 1), |values, nodes| calendar(values, nodes, |at| at.dt().day())),
    function("exp", (1, 1), |values, nodes| number(values, nodes, |x| x.cast(DataType::Float64).exp())),
    function("floor", (1, 1), |values, nodes| number(values, nodes, Expr::floor)),
    function("greatest", (1, ANY), |values, nodes| extreme(values, nodes, Expr::gt_eq)),
    function("hour", (1, 1), |values, nodes| calendar(values, nodes, |at| at.dt().hour())),
    function("least", (1, ANY), |values, nodes| extreme(values, nodes, Expr::lt_eq)),
    function("length", (1, 1), |values, nodes| {
        Ok(Bound::new(text(values, nodes)?.str().len_chars().cast(DataType::Int64), Kind::Number))
    }),
    function("ln", (1, 1), |values, nodes| number(values, nodes, |x| positive(x).log(lit(std::f64::consts::E)))),
    function("lower", (1, 1), |values, nodes| Ok(Bound::new(text(values, nodes)?.str().to_lowercase(), Kind::Text))),
    function("minute", (1, 1), |values, nodes| calendar(values, nodes, |at| at.dt().minute())),
    function("mod", (2, 2), |values, nodes| {
        let [x, by] = two_numbers(values, nodes)?;
        let by = when(by.clone().neq(lit(0))).then(by).otherwise(lit(NULL));
        Ok(Bound::new(x % by, Kind::Number))
    }),
    function("month", (1, 1), |values, nodes| calendar(values, nodes, |at| at.dt().month())),
    function("nullif", (2, 2), |values, nodes| {
        let (mut both, kind) = unify(values, &nodes.iter().collect::<Vec<_>>())?;
        let other = both.pop().unwrap_or_else(|| lit(NULL));
        let value = both.pop().unwrap_or_else(|| lit(NULL));
        let same = value.clone().eq(other).fill_null(lit(false));
        Ok(Bound::new(when(same).then(lit(NULL)).otherwise(value), kind))
    }),
    function("power", (2, 2), |values, nodes| {
        let [x, exponent] = two_numbers(values, nodes)?;
        let power = x.cast(DataType::Float64).pow(exponent.cast(DataType::Float64));
        Ok(Bound::new(power.fill_nan(lit(NULL)), Kind::Number))
    }),
    function("quarter", (1, 1), |values, nodes| calendar(values, nodes, |at| at.dt().quarter())),
    function("round", (1, 2), round),
    function("second", (1, 1), |values, nodes| calendar(values, nodes, |at| at.dt().second())),
    function("sqrt", (1, 1), |values, nodes| number(values, nodes, |x| positive(x).sqrt())),
    function("trim", (1, 1), |values, nodes| {
        let spaces = lit(NULL).cast(DataType::String);
        Ok(Bound::new(text(values, nodes)?.str().strip_chars(spaces), Kind::Text))
    }),
    function("upper", (1, 1), |values, nodes| Ok(Bound::new(text(values, nodes)?.str().to_uppercase(), Kind::Text))),
    function("year", (1, 1), |values, nodes| calendar(values, nodes, |at| at.dt().year())),
];

/// Other names under which functions are known.
const ALIASES: [(&str, &str); 6] = [
    ("ceiling", "ceil"),
    ("char_length", "length"),
    ("character_length", "length"),
    ("ifnull", "coalesce"),
    ("len", "length"),
    ("pow", "power"),
];

/// The function of a name, in any case.
pub(super) fn find(name: &str) -> Result<&'static Function, Reason> {
    let lower = name.to_lowercase();
    let wanted = ALIASES.iter().find(|(alias, _)| *alias == lower).map_or(lower.as_str(), |(_, name)| *name);
    FUNCTIONS.iter().find(|function| function.name == wanted).ok_or_else(|| {
        let known = || FUNCTIONS.iter().map(|function| function.name).filter(|name| *name != "||");
        let hint = match nearest(name, known()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("known: {}", known().collect::<Vec<_>>().join(", ")),
        };
        Reason(format!("there is no function '{name}'; {hint}"))
    })
}

impl Function {
    /// That it takes so many arguments.
    pub(super) fn check(&self, arguments: usize) -> Result<(), Reason> {
        if (self.fewest..=self.most).contains(&arguments) {
            return Ok(());
        }
        let takes = match (self.fewest, self.most) {
            (fewest, most) if fewest == most => fewest.to_string(),
            (fewest, ANY) => format!("{fewest} or more"),
            (fewest, most) => format!("{fewest} to {most}"),
        };
        Err(Reason(format!("{} takes {takes} argument(s), not {arguments}", self.name)))
    }

    pub(super) fn apply(&self, values: Vec<Bound>, nodes: &[Node]) -> Result<Bound, Reason> {
        (self.make)(values, nodes)
    }
}

fn all_of(values: Vec<Bound>, nodes: &[Node], kind: Kind) -> Result<Vec<Expr>, Reason> {
    values.into_iter().zip(nodes).map(|(value, node)| Ok(value.must_be(kind, node)?.expr)).collect()
}

fn only(mut values: Vec<Expr>) -> Expr {
    values.pop().unwrap_or_else(|| lit(NULL))
}

fn number(values: Vec<Bound>, nodes: &[Node], make: fn(Expr) -> Expr) -> Result<Bound, Reason> {
    Ok(Bound::new(make(only(all_of(values, nodes, Kind::Number)?)), Kind::Number))
}

fn two_numbers(values: Vec<Bound>, nodes: &[Node]) -> Result<[Expr; 2], Reason> {
    let mut both = all_of(values, nodes, Kind::Number)?;
    let second = both.pop().unwrap_or_else(|| lit(NULL));
    Ok([only(both), second])
}

/// The number where it is not negative; a root or a logarithm of others is missing.
fn positive(x: Expr) -> Expr {
    let x = x.cast(DataType::Float64);
    when(x.clone().gt_eq(lit(0.0))).then(x).otherwise(lit(NULL))
}

fn text(values: Vec<Bound>, nodes: &[Node]) -> Result<Expr, Reason> {
    Ok(only(all_of(values, nodes, Kind::Text)?).cast(DataType::String))
}

fn join(values: Vec<Bound>, skip_missing: bool) -> Bound {
    let texts: Vec<Expr> = values.into_iter().map(|value| value.expr.cast(DataType::String)).collect();
    Bound::new(concat_str(texts, "", skip_missing), Kind::Text)
}

fn calendar(mut values: Vec<Bound>, nodes: &[Node], make: fn(Expr) -> Expr) -> Result<Bound, Reason> {
    match (values.pop(), nodes) {
        (Some(Bound { expr, kind: Kind::Date | Kind::Moment }), _) => {
            let moment = expr.cast(DataType::Datetime(TimeUnit::Microseconds, None));
            Ok(Bound::new(make(moment).cast(DataType::Int64), Kind::Number))
        }
        (Some(Bound { kind, .. }), [node, ..]) => {
            Err(Reason(format!("{} is {}, not a date", node.words(), kind.words())))
        }
        _ => Err(Reason("a date is missing".to_owned())),
    }
}

/// The first of the values that the others don't beat; missing ones are passed over.
fn extreme(values: Vec<Bound>, nodes: &[Node], beats: fn(Expr, Expr) -> Expr) -> Result<Bound, Reason> {
    let (values, kind) = unify(values, &nodes.iter().collect::<Vec<_>>())?;
    let best = values.into_iter().reduce(|best, other| {
        let stays = beats(best.clone(), other.clone()).fill_null(other.clone().is_null());
        when(stays).then(best).otherwise(other)
    });
    Ok(Bound::new(best.unwrap_or_else(|| lit(NULL)), kind))
}

fn round(values: Vec<Bound>, nodes: &[Node]) -> Result<Bound, Reason> {
    let digits = match nodes.get(1) {
        None => 0,
        Some(Node::Literal(Literal::Whole(digits @ 0..=15))) => *digits as u32,
        Some(_) => return Err(Reason("round takes from 0 to 15 digits, written as a number".to_owned())),
    };
    let mut numbers = all_of(values, nodes, Kind::Number)?;
    numbers.truncate(1);
    let rounded = only(numbers).cast(DataType::Float64).round(digits, RoundMode::HalfAwayFromZero);
    Ok(Bound::new(rounded, Kind::Number))
}
