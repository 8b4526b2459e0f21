//! Numbers and days as a person reads them: thousands apart, money with its sign, percentages, months by name.

use jiff::civil::Date;

use super::cells::Cell;
use super::{OutputColumn, Role};
use crate::ask::interpret::day_words;
use crate::calendar_names;
use crate::plan::{Grain, TimePart};
use crate::semantic::Format;

/// A value of a column, in words.
pub(super) fn shown(cell: &Cell, column: &OutputColumn) -> String {
    match cell {
        Cell::Number(number, _) if !number.is_finite() => "no number".to_owned(),
        Cell::Number(number, exact) if column.part.is_some() => {
            column.part.and_then(|part| again(*number, part)).unwrap_or_else(|| name(*number, exact.as_deref(), column))
        }
        Cell::Number(number, exact) if column.role == Role::Measure => measure(*number, exact.as_deref(), column),
        Cell::Number(number, exact) => name(*number, exact.as_deref(), column),
        Cell::Day(day) => column.grain.map_or_else(|| day_words(*day), |grain| step(*day, grain)),
        // Steps of the calendar may come as moments at midnight.
        Cell::Text(text) => match (column.grain, text.get(..10).and_then(|day| day.parse::<Date>().ok())) {
            (Some(grain), Some(day)) if grain != Grain::Hour => step(day, grain),
            _ => cell.plain(),
        },
        _ => cell.plain(),
    }
}

fn measure(number: f64, exact: Option<&str>, column: &OutputColumn) -> String {
    let unit = column.unit.as_deref();
    match column.format {
        Format::Currency => money(number, unit),
        Format::Percent => {
            // Small shares would all look alike with one decimal.
            let decimals = if number.fract() == 0.0 { 0 } else { 1 + usize::from(number.abs() < 1.0) };
            format!("{}%", grouped(number, decimals))
        }
        Format::Integer => {
            with_unit(exact.filter(|digits| !digits.contains('.')).map_or_else(|| grouped(number, 0), separated), unit)
        }
        Format::Decimal => with_unit(grouped(number, 2), unit),
        Format::Plain | Format::Date => with_unit(plain(number, exact), unit),
    }
}

/// A number that names a row: a year, an identifier. Nobody writes those with commas.
fn name(number: f64, exact: Option<&str>, column: &OutputColumn) -> String {
    match column.format {
        Format::Currency => money(number, column.unit.as_deref()),
        _ => exact.map_or_else(|| trimmed(number, 4), str::to_owned),
    }
}

/// An amount of money with its sign, else with its code.
fn money(number: f64, unit: Option<&str>) -> String {
    let sign = if number < 0.0 && grouped(number.abs(), 2) != "0.00" { "-" } else { "" };
    let amount = grouped(number.abs(), 2);
    match unit.unwrap_or_default() {
        "" => format!("{sign}{amount}"),
        "USD" | "$" => format!("{sign}${amount}"),
        "EUR" | "€" => format!("{sign}€{amount}"),
        "GBP" | "£" => format!("{sign}£{amount}"),
        other => format!("{sign}{amount} {other}"),
    }
}

fn plain(number: f64, exact: Option<&str>) -> String {
    match exact {
        Some(digits) if !digits.contains(['e', 'E']) => separated(
            digits
                .trim_end_matches('0')
                .trim_end_matches('.')
                .get(..)
                .filter(|_| digits.contains('.'))
                .unwrap_or(digits),
        ),
        _ if number.fract() == 0.0 && number.abs() < 1e15 => grouped(number, 0),
        _ if number != 0.0 && number.abs() < 0.01 => trimmed(number, 6),
        _ => grouped(number, 2),
    }
}

fn with_unit(number: String, unit: Option<&str>) -> String {
    match unit.filter(|unit| !unit.is_empty()) {
        Some(unit) => format!("{number} {unit}"),
        None => number,
    }
}

/// With so many decimals and commas between thousands.
fn grouped(number: f64, decimals: usize) -> String {
    separated(&format!("{number:.decimals$}"))
}

fn trimmed(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Commas between the thousands of digits.
fn separated(digits: &str) -> String {
    let (sign, rest) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    let zero = text.chars().all(|digit| digit == '0')
        && fraction.is_none_or(|fraction| fraction.chars().all(|digit| digit == '0'));
    let sign = if zero { "" } else { sign };
    match fraction {
        Some(fraction) => format!("{sign}{text}.{fraction}"),
        None => format!("{sign}{text}"),
    }
}

/// A step of the calendar by the day it begins.
fn step(day: Date, grain: Grain) -> String {
    match grain {
        Grain::Month | Grain::FiscalMonth => {
            format!("{} {}", calendar_names::month(i64::from(day.month())).unwrap_or_default(), day.year())
        }
        Grain::Quarter => format!("Q{} {}", (day.month() + 2) / 3, day.year()),
        Grain::Year => day.year().to_string(),
        Grain::Week => format!("the week of {}", day_words(day)),
        Grain::FiscalQuarter => format!("the fiscal quarter from {}", day_words(day)),
        Grain::FiscalYear => format!("the fiscal year from {}", day_words(day)),
        Grain::Day | Grain::Hour => day_words(day),
    }
}

/// A part of the calendar that comes again, by its name.
fn again(number: f64, part: TimePart) -> Option<String> {
    let whole = (number.fract() == 0.0 && (0.0..=400.0).contains(&number)).then_some(number as usize)?;
    match part {
        TimePart::Weekday => calendar_names::weekday(whole as i64).map(str::to_owned),
        TimePart::Month => calendar_names::month(whole as i64).map(str::to_owned),
        TimePart::Quarter => Some(format!("Q{whole}")),
        TimePart::FiscalQuarter => Some(format!("fiscal Q{whole}")),
        TimePart::Week => Some(format!("week {whole}")),
        TimePart::FiscalWeek => Some(format!("fiscal week {whole}")),
        TimePart::FiscalMonth => Some(format!("fiscal month {whole}")),
        TimePart::Hour => Some(format!("{whole}:00")),
        TimePart::Weekend => Some((if whole == 1 { "weekend" } else { "working week" }).to_owned()),
        TimePart::Year | TimePart::FiscalYear | TimePart::DayOfMonth | TimePart::DayOfYear => None,
    }
}
