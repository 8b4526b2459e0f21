//! The sentence that tells a result.

use super::cells::Cell;
use super::format::shown;
use super::numbers::Evidence;
use super::{OutputColumn, Role, Rows};
use crate::plan::{Measure, OrderKey, Plan, Quantity};

/// How many values of a list are named.
const NAMED: usize = 8;

/// What a sentence is made of.
pub(crate) struct Told<'a> {
    /// The plan.
    pub(crate) plan: &'a Plan,
    /// The columns.
    pub(crate) columns: &'a [OutputColumn],
    /// The values.
    pub(crate) rows: &'a Rows,
    /// The stretch of time that counts, in words.
    pub(crate) period: Option<&'a str>,
    /// What was understood, in words.
    pub(crate) interpretation: &'a str,
    /// Whether there are more rows than were read.
    pub(crate) truncated: bool,
}

/// Tells a result of at least one row. Whatever the templates make, a sentence with a number that is not in the
/// result, the period or the plan is not said.
pub(crate) fn sentence(told: &Told<'_>) -> String {
    let made = tell(told);
    if is_true(told, &made) { made } else { "The result is in the table.".to_owned() }
}

/// Whether every number of a sentence comes from the result, the period or the plan.
fn is_true(told: &Told<'_>, sentence: &str) -> bool {
    let mut evidence = Evidence::of(told.rows, told.columns);
    evidence.read(told.period.unwrap_or_default());
    evidence.read(told.interpretation);
    evidence.read(&serde_json::to_string(told.plan).unwrap_or_default());
    evidence.strange(sentence).is_empty()
}

fn tell(told: &Told<'_>) -> String {
    let of = |role: Role| -> Vec<usize> {
        (0..told.columns.len()).filter(|column| told.columns[*column].role == role).collect()
    };
    let (names, times, measures) = (of(Role::Dimension), of(Role::Time), of(Role::Measure));
    let text = match (names.len() + times.len(), asked(told, &measures)) {
        (_, None) => list(told),
        (0, Some(_)) if told.rows.len == 1 => totals(told, &measures),
        (_, Some(_)) if told.rows.len == 1 => one(told, &names, &times, &measures),
        (_, Some(asked)) if names.is_empty() && times.len() == 1 => course(told, times[0], asked),
        (_, Some(asked)) => ranking(told, &names, &times, asked),
    };
    let more =
        if told.truncated { format!(" Only the first {} rows were read.", told.rows.len) } else { String::new() };
    format!("{text}{more}")
}

/// The measure that the question is about: of a number and its growth, the growth; else the first.
fn asked(told: &Told<'_>, measures: &[usize]) -> Option<usize> {
    let derived = |quantity: &Quantity| {
        matches!(
            quantity,
            Quantity::Change { .. }
                | Quantity::Running { .. }
                | Quantity::Moving { .. }
                | Quantity::Share { .. }
                | Quantity::CumulativeShare { .. }
        )
    };
    let shown: Vec<&Measure> = told.plan.measures.iter().filter(|measure| !measure.hidden).collect();
    let place = shown.iter().position(|measure| derived(&measure.of));
    // Only where each measure of the plan is one column; a comparison has several for each.
    let place = place.filter(|_| shown.len() == measures.len() && told.plan.compare.is_none());
    measures.get(place.unwrap_or(0)).copied()
}

/// "Revenue in 2017: $4,598,223.52."
fn totals(told: &Told<'_>, measures: &[usize]) -> String {
    // The sides of a comparison are named after their periods.
    let period = told.period.filter(|_| told.plan.compare.is_none());
    let when = period.map(|period| format!(" ({period})")).unwrap_or_default();
    let values: Vec<String> =
        measures.iter().map(|column| format!("{}: {}", label(told, *column), value(told, 0, *column))).collect();
    match values.as_slice() {
        [_] => format!("{}{when}: {}.", capital(&label(told, measures[0])), value(told, 0, measures[0])),
        _ => format!("{}{when}.", capital(&values.join("; "))),
    }
}

/// One row that has a name: "Highest revenue: In-store, with $3.00."
fn one(told: &Told<'_>, names: &[usize], times: &[usize], measures: &[usize]) -> String {
    let name = name(told, 0, names, times);
    let values: Vec<String> =
        measures.iter().map(|column| format!("{} {}", label(told, *column), value(told, 0, *column))).collect();
    let superlative =
        told.plan.top.as_ref().filter(|top| !top.exactly || top.n == 1).filter(|_| told.plan.compare.is_none());
    match superlative {
        Some(top) if top.by == 0 && !told.plan.measures.first().is_none_or(|measure| measure.hidden) => {
            let which = if top.ascending { "Lowest" } else { "Highest" };
            format!("{which} {}: {name}, with {}.", label(told, measures[0]), values_only(told, measures))
        }
        _ => format!("{name}: {}.", values.join(", ")),
    }
}

fn values_only(told: &Told<'_>, measures: &[usize]) -> String {
    let mut parts = vec![value(told, 0, measures[0])];
    parts.extend(measures[1..].iter().map(|column| format!("{} {}", label(told, *column), value(told, 0, *column))));
    parts.join(", ")
}

/// A number along the calendar: where it starts and ends, its highest and its lowest.
fn course(told: &Told<'_>, time: usize, measure: usize) -> String {
    let at = |row: usize| {
        format!("{} ({})", value(told, row, measure), shown(told.rows.cell(row, time), &told.columns[time]))
    };
    let order = by_time(told, time);
    let (Some(first), Some(last)) = (order.first(), order.last()) else {
        return list(told);
    };
    let Some((low, high)) = extremes(told, measure) else {
        return format!("{} has no values in {} rows.", capital(&label(told, measure)), told.rows.len);
    };
    format!(
        "{} goes from {} to {}; the highest is {}, the lowest {}.",
        capital(&label(told, measure)),
        at(*first),
        at(*last),
        at(high),
        at(low)
    )
}

/// The rows in the order of their time, whatever order they were asked in.
fn by_time(told: &Told<'_>, time: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..told.rows.len).filter(|row| *told.rows.cell(*row, time) != Cell::Null).collect();
    order.sort_by(|left, right| match (told.rows.cell(*left, time), told.rows.cell(*right, time)) {
        (Cell::Day(left), Cell::Day(right)) => left.cmp(right),
        (Cell::Number(left, _), Cell::Number(right, _)) => left.total_cmp(right),
        (Cell::Text(left), Cell::Text(right)) if is_moment(left) && is_moment(right) => left.cmp(right),
        _ => std::cmp::Ordering::Equal,
    });
    order
}

fn is_moment(text: &str) -> bool {
    text.get(..10).is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok())
}

/// Rows that have names: the first three when they come in the order of the number, else the highest and the lowest.
fn ranking(told: &Told<'_>, names: &[usize], times: &[usize], measure: usize) -> String {
    let label = label(told, measure);
    let with = |row: usize| format!("{} ({})", name(told, row, names, times), value(told, row, measure));
    let Some((low, high)) = extremes(told, measure) else {
        return format!("{} has no values in {} rows.", capital(&label), told.rows.len);
    };
    let grouped = told.plan.top.as_ref().is_some_and(|top| !top.within.is_empty());
    if let Some(descending) = order(told, measure).filter(|_| !grouped) {
        let which = if descending { "Highest" } else { "Lowest" };
        let shown: Vec<String> = (0..told.rows.len.min(3)).map(with).collect();
        let count = if told.rows.len > 3 { format!("; {} rows in all", told.rows.len) } else { String::new() };
        return format!("{which} {label}: {}{count}.", joined(&shown));
    }
    if told.rows.len == 2 {
        return format!("{}: {} and {}.", capital(&label), with(0), with(1));
    }
    format!(
        "{}: the highest is {}, the lowest {}; {} rows in all.",
        capital(&label),
        with(high),
        with(low),
        told.rows.len
    )
}

/// Whether the rows come in the order of a measure, the greatest first; none when they don't.
fn order(told: &Told<'_>, measure: usize) -> Option<bool> {
    let numbers: Vec<f64> = (0..told.rows.len).filter_map(|row| told.rows.cell(row, measure).number()).collect();
    let by_measure = match told.plan.order.first() {
        Some(order) => matches!(order.by, OrderKey::Measure(0)),
        None => told.plan.top.as_ref().is_some_and(|top| top.by == 0),
    };
    if !by_measure || numbers.len() < told.rows.len {
        None
    } else if numbers.windows(2).all(|pair| pair[0] >= pair[1]) {
        Some(true)
    } else {
        numbers.windows(2).all(|pair| pair[0] <= pair[1]).then_some(false)
    }
}

/// Rows without numbers.
fn list(told: &Told<'_>) -> String {
    let count = told.rows.len;
    if told.columns.len() == 1 {
        let label = label(told, 0);
        let shown: Vec<String> =
            (0..count.min(NAMED)).map(|row| shown(told.rows.cell(row, 0), &told.columns[0])).collect();
        return match count {
            1 => format!("{}: {}.", capital(&label), shown.concat()),
            _ if count <= NAMED => format!("{count} values of {label}: {}.", joined(&shown)),
            _ => format!("{count} values of {label}, among them {}.", joined(&shown[..3])),
        };
    }
    let row = |row: usize| {
        let values = told.columns.iter().enumerate().map(|(column, about)| shown(told.rows.cell(row, column), about));
        values.collect::<Vec<_>>().join(", ")
    };
    match count {
        1 => {
            let parts = told
                .columns
                .iter()
                .enumerate()
                .map(|(column, about)| format!("{} {}", about.label, shown(told.rows.cell(0, column), about)));
            format!("{}.", capital(&parts.collect::<Vec<_>>().join(", ")))
        }
        2 | 3 => format!("{}.", (0..count).map(row).collect::<Vec<_>>().join("; ")),
        _ => format!("{count} rows, the first: {}.", row(0)),
    }
}

/// The rows with the least and the greatest value.
fn extremes(told: &Told<'_>, measure: usize) -> Option<(usize, usize)> {
    let numbers: Vec<(usize, f64)> =
        (0..told.rows.len).filter_map(|row| Some((row, told.rows.cell(row, measure).number()?))).collect();
    let low = numbers.iter().min_by(|left, right| left.1.total_cmp(&right.1))?;
    // Of equal ones the first, as a reader finds it.
    let high = numbers.iter().rev().max_by(|left, right| left.1.total_cmp(&right.1))?;
    Some((low.0, high.0))
}

fn name(told: &Told<'_>, row: usize, names: &[usize], times: &[usize]) -> String {
    let parts = names.iter().chain(times).map(|column| match told.rows.cell(row, *column) {
        Cell::Null => format!("no {}", label(told, *column)),
        // Yes and no say nothing without what they are about.
        Cell::Flag(flag) => format!("{}{}", if *flag { "" } else { "not " }, label(told, *column)),
        cell => shown(cell, &told.columns[*column]),
    });
    parts.collect::<Vec<_>>().join(", ")
}

fn value(told: &Told<'_>, row: usize, column: usize) -> String {
    match told.rows.cell(row, column) {
        Cell::Null => "no value".to_owned(),
        cell => shown(cell, &told.columns[column]),
    }
}

fn label(told: &Told<'_>, column: usize) -> String {
    told.columns[column].label.clone()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn joined(parts: &[String]) -> String {
    match parts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => parts.concat(),
    }
}
