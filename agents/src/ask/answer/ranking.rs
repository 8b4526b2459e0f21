//! Numbers of named rows in words: the first ones of an order, else the highest and the lowest.

use super::sentence::{Asked, Told, joined};
use crate::plan::{Quantity, Top};

/// How many rows are named at most.
const NAMED: usize = 3;

/// Tells the numbers of named rows.
pub(super) fn tell(told: &Told<'_>, asked: Asked) -> String {
    let (column, count) = (asked.column, told.rows.len);
    let label = told.label(column);
    let Some((low, high)) = extremes(told, column) else {
        return format!("{} has no values in {count} rows.", told.headline(label));
    };
    let number = |row: usize| told.rows.cell(row, column).number();
    let rows = told.naming.plural();
    let shown = |order: &[usize]| joined(&order.iter().map(|row| told.with(*row, column)).collect::<Vec<_>>());
    let first: Vec<usize> = (0..count.min(NAMED)).collect();
    let all = if count > NAMED { format!("; {count} {rows} in all") } else { String::new() };
    if let Some(top) = told.plan.top.as_ref().filter(|top| !top.within.is_empty() || top.exactly) {
        return format!("{}: {}{all}.", told.headline(&placed(told, top, label)), shown(&first));
    }
    if let Some(descending) = told.order(asked) {
        let which = if descending { "highest" } else { "lowest" };
        return format!("{}: {}{all}.", told.headline(&format!("{which} {label}")), shown(&first));
    }
    let sums = asked.measure.is_some_and(|place| {
        matches!(told.plan.measures[place].of, Quantity::Running { .. } | Quantity::CumulativeShare { .. })
    });
    let missing = (0..count).filter(|row| number(*row).is_none()).count();
    if count <= NAMED || sums {
        return format!("{}: {}{all}.", told.headline(label), shown(&first));
    }
    let missing = if missing > 0 { format!("; {missing} without a value") } else { String::new() };
    if number(low) == number(high) {
        let value = told.value(high, column);
        return format!("{}: {value} for each{missing}; {count} {rows} in all.", told.headline(label));
    }
    format!(
        "{}: the highest is {}, the lowest {}{missing}; {count} {rows} in all.",
        told.headline(label),
        extreme(told, column, high),
        extreme(told, column, low)
    )
}

/// "highest revenue of each state", "place 2 by revenue of each category".
fn placed(told: &Told<'_>, top: &Top, label: &str) -> String {
    let within = told.plan.dimensions.iter().enumerate().filter(|(place, _)| top.within.contains(place));
    let within: Vec<&str> =
        within.filter_map(|(place, _)| told.naming.bands.get(place)).map(|band| band.label.as_str()).collect();
    let each = if within.is_empty() { String::new() } else { format!(" of each {}", within.join(" and ")) };
    let end = if top.ascending { "lowest" } else { "highest" };
    match (top.exactly, top.n) {
        (_, 1) => format!("{end} {label}{each}"),
        (true, place) => format!("place {place} from the {end} {label}{each}"),
        (false, many) => format!("the {many} with the {end} {label}{each}"),
    }
}

/// A row with the highest or lowest value; several that share it are named or said to be.
fn extreme(told: &Told<'_>, column: usize, row: usize) -> String {
    let value = told.rows.cell(row, column).number();
    let same: Vec<usize> =
        (0..told.rows.len).filter(|other| told.rows.cell(*other, column).number() == value).collect();
    match same.as_slice() {
        [one, other] => {
            format!("{} and {} ({} each)", told.name(*one), told.name(*other), told.value(row, column))
        }
        [_, _, _, ..] => format!("{} and others ({} each)", told.name(row), told.value(row, column)),
        _ => told.with(row, column),
    }
}

/// The rows with the least and the greatest value.
pub(super) fn extremes(told: &Told<'_>, measure: usize) -> Option<(usize, usize)> {
    let numbers: Vec<(usize, f64)> =
        (0..told.rows.len).filter_map(|row| Some((row, told.rows.cell(row, measure).number()?))).collect();
    let low = numbers.iter().min_by(|left, right| left.1.total_cmp(&right.1))?;
    // Of equal ones the first, as a reader finds it.
    let high = numbers.iter().rev().max_by(|left, right| left.1.total_cmp(&right.1))?;
    Some((low.0, high.0))
}
