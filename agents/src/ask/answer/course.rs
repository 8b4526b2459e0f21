//! A number along the calendar in words: where it starts and ends, its highest and its lowest.

use super::cells::Cell;
use super::naming::Band;
use super::ranking::extremes;
use super::sentence::{Asked, Told, capital, joined};
use crate::plan::Quantity;

/// Whether the rows follow the calendar. Weekdays and the like come again, and the months that meet a condition have
/// others between them.
pub(super) fn is_course(told: &Told<'_>, band: &Band) -> bool {
    let [time] = band.columns.as_slice() else { return false };
    let again = told.naming.columns[*time]
        .part
        .is_some_and(|part| !matches!(part, crate::plan::TimePart::Year | crate::plan::TimePart::FiscalYear));
    band.time && !again && told.plan.having.is_empty() && told.plan.top.is_none() && told.rows.len > 1
}

/// Tells a course.
pub(super) fn tell(told: &Told<'_>, band: &Band, asked: Asked) -> String {
    let measure = asked.column;
    let conditions = told.naming.where_.as_ref().map(|text| format!(" ({text})")).unwrap_or_default();
    let headline = format!("{}{conditions}", capital(told.label(measure)));
    let at = |row: usize| format!("{} ({})", told.value(row, measure), told.name(row));
    let Some((low, high)) = extremes(told, measure) else {
        return format!("{headline} has no values in {} rows.", told.rows.len);
    };
    let known = |row: &usize| told.rows.cell(*row, measure).number().is_some();
    let order: Vec<usize> = by_time(told, band.columns[0]).into_iter().filter(known).collect();
    let (Some(&first), Some(&last)) = (order.first(), order.last()) else {
        return format!("{headline}: {}.", at(high));
    };
    if order.len() <= 3 {
        let all: Vec<String> = order.iter().map(|row| told.with(*row, measure)).collect();
        return format!("{headline}: {}.", joined(&all));
    }
    let number = |row: usize| told.rows.cell(row, measure).number();
    let sums = asked.measure.is_some_and(|place| matches!(told.plan.measures[place].of, Quantity::Running { .. }));
    if number(low) == number(high) {
        return format!("{headline}: {} in each of {} {}.", told.value(first, measure), order.len(), band.plural);
    }
    // An end that is the highest or the lowest is told by its number.
    let is_end = |row: usize| number(row) == number(first) || number(row) == number(last);
    let tail = match (is_end(high), is_end(low)) {
        _ if sums => String::new(),
        (true, true) => String::new(),
        (false, true) => format!("; the highest is {}", at(high)),
        (true, false) => format!("; the lowest is {}", at(low)),
        (false, false) => format!("; the highest is {}, the lowest {}", at(high), at(low)),
    };
    format!("{headline}: from {} to {}{tail}.", at(first), at(last))
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
