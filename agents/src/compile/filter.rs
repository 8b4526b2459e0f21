//! Filters in SQL.

use crate::compile::cells;
use crate::compile::scope::Scope;
use crate::compile::value::{Kind, during, fitted, value};
use crate::compile::{CompileError, path, sql, time, value as values};
use crate::plan::{Comparison, Dimension, Field, Filter, Grouping, Literal, Member, Plan, TextMatch, TimePart, Value};

/// The SQL of a condition.
pub(super) fn filter(scope: &mut Scope<'_>, condition: &Filter) -> Result<String, CompileError> {
    match condition {
        Filter::Compare { left, is, right } => compare(scope, left, *is, right),
        Filter::OneOf { value: of, values, negated } => one_of(scope, of, values, *negated),
        Filter::Between { value: of, from, to, negated } => {
            let (of, kind) = value(scope, of)?;
            let (from, to) = (fitted(scope, from, kind)?, fitted(scope, to, kind)?);
            let not = if *negated { "NOT " } else { "" };
            Ok(format!("{} {not}BETWEEN {from} AND {to}", sql::group(&of)))
        }
        Filter::Null { value: of, negated } => {
            let of = value(scope, of)?.0;
            Ok(format!("{} IS {}NULL", sql::group(&of), if *negated { "NOT " } else { "" }))
        }
        Filter::Text { value: of, matches, text, negated } => matching(scope, of, *matches, text, *negated),
        Filter::Flag { field, negated } => {
            let flag = sql::group(&scope.field(field)?);
            Ok(if *negated { format!("NOT {flag}") } else { flag })
        }
        Filter::Named { table, name, negated } => named(scope, table, name, *negated),
        Filter::During { period, negated } => {
            let inside = during(scope, period)?.unwrap_or_else(|| "TRUE".to_owned());
            Ok(if *negated { format!("NOT ({inside})") } else { inside })
        }
        Filter::Part { time: on, part, values, negated } => part_of(scope, on.as_ref(), *part, values, *negated),
        Filter::Member { member } => member_test(scope, member),
        Filter::All { of } => joined(scope, of, " AND ", "TRUE"),
        Filter::Any { of } => joined(scope, of, " OR ", "FALSE"),
        Filter::Not { filter: inner } => Ok(format!("NOT ({})", filter(scope, inner)?)),
    }
}

/// All of several conditions, each on its own.
pub(super) fn all(scope: &mut Scope<'_>, conditions: &[Filter]) -> Result<Vec<String>, CompileError> {
    conditions
        .iter()
        .map(|condition| {
            let made = filter(scope, condition)?;
            Ok(if matches!(condition, Filter::Any { .. }) { format!("({made})") } else { made })
        })
        .collect()
}

fn joined(scope: &mut Scope<'_>, of: &[Filter], word: &str, empty: &str) -> Result<String, CompileError> {
    if of.is_empty() {
        return Ok(empty.to_owned());
    }
    let parts = of
        .iter()
        .map(|inner| Ok(if of.len() == 1 { filter(scope, inner)? } else { format!("({})", filter(scope, inner)?) }))
        .collect::<Result<Vec<_>, CompileError>>()?;
    Ok(parts.join(word))
}

pub(super) fn comparison(is: Comparison) -> &'static str {
    match is {
        Comparison::Equal => "=",
        Comparison::NotEqual => "<>",
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::Greater => ">",
        Comparison::AtLeast => ">=",
    }
}

fn compare(scope: &mut Scope<'_>, left: &Value, is: Comparison, right: &Value) -> Result<String, CompileError> {
    let (left_sql, left_kind) = value(scope, left)?;
    let (right_sql, right_kind) = value(scope, right)?;
    let fit = |literal: &Value, kind: Kind, otherwise: String| match literal {
        Value::Literal { literal } => fitted(scope, literal, kind),
        _ => Ok(otherwise),
    };
    let left_sql = fit(left, right_kind, left_sql)?;
    let right_sql = fit(right, left_kind, right_sql)?;
    Ok(format!("{} {} {}", sql::group(&left_sql), comparison(is), grouped_date(&right_sql)))
}

/// `DATE '…'` needs no parentheses.
fn grouped_date(text: &str) -> String {
    if text.starts_with("DATE '") && text.matches('\'').count() == 2 { text.to_owned() } else { sql::group(text) }
}

fn one_of(scope: &mut Scope<'_>, of: &Value, literals: &[Literal], negated: bool) -> Result<String, CompileError> {
    let (of, kind) = value(scope, of)?;
    let list = literals.iter().map(|literal| fitted(scope, literal, kind)).collect::<Result<Vec<_>, _>>()?;
    let of = sql::group(&of);
    Ok(match (list.as_slice(), negated) {
        ([], false) => "FALSE".to_owned(),
        ([], true) => "TRUE".to_owned(),
        ([one], false) => format!("{of} = {one}"),
        ([one], true) => format!("{of} <> {one}"),
        (several, false) => format!("{of} IN ({})", several.join(", ")),
        (several, true) => format!("{of} NOT IN ({})", several.join(", ")),
    })
}

fn matching(
    scope: &mut Scope<'_>,
    of: &Value,
    matches: TextMatch,
    text: &str,
    negated: bool,
) -> Result<String, CompileError> {
    let (mut of, kind) = value(scope, of)?;
    if kind != Kind::Text {
        of = format!("CAST({of} AS VARCHAR)");
    }
    let escaped = text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    let pattern = match matches {
        TextMatch::Contains => format!("%{escaped}%"),
        TextMatch::StartsWith => format!("{escaped}%"),
        TextMatch::EndsWith => format!("%{escaped}"),
        TextMatch::Same => escaped.clone(),
    };
    let pattern = sql::text(scope.context.dialect, &pattern)?;
    let escape = if escaped == text { "" } else { " ESCAPE '!'" };
    let not = if negated { "NOT " } else { "" };
    Ok(format!("{} {not}ILIKE {pattern}{escape}", sql::group(&of)))
}

fn named(scope: &mut Scope<'_>, table: &str, name: &str, negated: bool) -> Result<String, CompileError> {
    let table = scope.context.table(table)?;
    let found = table.filter(name).ok_or_else(|| {
        crate::compile::scope::unknown("filter", name, table.filters.iter().map(|item| item.name.as_str()))
    })?;
    let alias = scope.reach(&table.name, &[])?;
    let condition = scope.condition(&alias, &format!("{}.{}", table.name, found.name), &found.expr)?;
    Ok(if negated { format!("NOT {}", sql::group(&condition)) } else { condition })
}

fn part_of(
    scope: &mut Scope<'_>,
    on: Option<&Field>,
    part: TimePart,
    numbers: &[i64],
    negated: bool,
) -> Result<String, CompileError> {
    let of = time::reach(scope, on)?.part(part)?;
    if part == TimePart::Weekend {
        let wanted = numbers.contains(&1) != negated;
        return Ok(if wanted { of } else { format!("NOT {of}") });
    }
    let list: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    Ok(match (list.as_slice(), negated) {
        ([], false) => "FALSE".to_owned(),
        ([], true) => "TRUE".to_owned(),
        ([one], false) => format!("{of} = {one}"),
        ([one], true) => format!("{of} <> {one}"),
        (several, false) => format!("{of} IN ({})", several.join(", ")),
        (several, true) => format!("{of} NOT IN ({})", several.join(", ")),
    })
}

/// `key IN (SELECT key FROM fact …)`.
fn member_test(scope: &mut Scope<'_>, member: &Member) -> Result<String, CompileError> {
    let context = scope.context.deeper()?;
    let thing = context.entity(&member.entity)?;
    let key = scope.key(&thing, &[])?;
    let not = if member.negated { "NOT " } else { "" };
    if !member.having.is_empty() {
        let plan = Plan {
            dimensions: vec![Dimension {
                by: Grouping::Entity { entity: member.entity.clone(), show: Some(Vec::new()), via: Vec::new() },
                label: None,
                hidden: true,
            }],
            measures: member.having.iter().map(|having| having.left.clone()).collect(),
            filters: member.filters.clone(),
            period: member.period.clone(),
            having: member.having.clone(),
            ..Plan::default()
        };
        if member.first.is_some() || member.last.is_some() {
            let what = "a first or last time together with a condition on amounts".to_owned();
            return Err(CompileError::Unsupported { what });
        }
        let raw = cells::raw(context, &plan, Some(&member.within))?;
        let column = raw.dimensions.first().and_then(|columns| columns.first()).cloned().unwrap_or_default();
        let inner = raw.sql.replace('\n', "\n    ");
        return Ok(format!(
            "{key} {not}IN (\n    SELECT {column} FROM ({inner}) AS members WHERE {column} IS NOT NULL)"
        ));
    }
    let within = context.table(&member.within)?;
    let mut inner = Scope::new(context, within);
    // Values of a field that is there under the same name: countries of lakes among those of rivers. One row leads to
    // one country of its own over the key.
    let own = thing.key.filter(|name| {
        let apart = !path::to_one(inner.context.model, &within.name, &thing.table.name, &[]);
        !thing.rows && within.field(name).is_some() && apart
    });
    let inner_key = match own {
        Some(name) => inner.field(&Field::new(&within.name, name))?,
        None => inner.key(&thing, &[])?,
    };
    let mut conditions = all(&mut inner, &member.filters)?;
    if let Some(period) = &member.period {
        conditions.extend(during(&mut inner, period)?);
    }
    if member.negated {
        // A null in the list would make NOT IN true for nobody.
        conditions.push(format!("{inner_key} IS NOT NULL"));
    }
    let mut having = Vec::new();
    for (period, function) in [(&member.first, "MIN"), (&member.last, "MAX")] {
        if let Some(period) = period {
            let mut at = time::reach(&mut inner, period.time.as_ref())?;
            at.sql = format!("{function}({})", at.sql);
            having.extend(at.during(period)?);
        }
    }
    let mut query = format!("SELECT {inner_key}\n{}", inner.tables());
    query.push_str(&sql::clause("WHERE", &conditions, " AND "));
    if !having.is_empty() {
        query.push_str(&sql::clause("GROUP BY", &[inner_key], ""));
        query.push_str(&sql::clause("HAVING", &having, " AND "));
    }
    Ok(format!("{key} {not}IN (\n    {})", query.replace('\n', " ")))
}

/// Whether a condition can be tested row by row of a base without repeating its rows or another query.
pub(super) fn is_simple(scope: &Scope<'_>, condition: &Filter) -> bool {
    let one = |field: &Field| path::to_one(scope.context.model, &scope.base.name, &field.table, &field.via);
    let value_is = |value: &Value| {
        let mut found = Vec::new();
        values::fields(value, &mut found);
        found.iter().all(one)
    };
    match condition {
        Filter::Compare { left, right, .. } => value_is(left) && value_is(right),
        Filter::OneOf { value, .. }
        | Filter::Between { value, .. }
        | Filter::Null { value, .. }
        | Filter::Text { value, .. } => value_is(value),
        Filter::Flag { field, .. } => one(field),
        Filter::Named { table, .. } => one(&Field::new(table, "")),
        Filter::During { period, .. } => period.time.as_ref().is_none_or(one),
        Filter::Part { time, .. } => time.as_ref().is_none_or(one),
        Filter::Member { .. } => false,
        Filter::All { of } | Filter::Any { of } => of.iter().all(|inner| is_simple(scope, inner)),
        Filter::Not { filter } => is_simple(scope, filter),
    }
}
