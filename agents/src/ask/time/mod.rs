//! The time grammar: periods, recurring parts and grains as questions say them, relative to the data's last day.

mod atom;
mod calendar;
mod dates;
mod edge;
mod fiscal;
mod holiday;
mod label;
mod parts;
mod range;
mod relative;
mod short;
#[cfg(test)]
mod tests;
mod window;

pub(crate) use calendar::{Calendar, Part, Period, moved};
pub(crate) use label::label;
pub(crate) use range::{When, parse};

use super::words::Token;
use crate::plan::{Grain, TimePart};

/// The grain that a noun or an adverb names: "month", "months", "monthly".
pub(crate) fn grain_word(token: &Token) -> Option<Grain> {
    Some(match token.norm.as_str() {
        "day" | "days" | "daily" | "date" | "dates" => Grain::Day,
        "week" | "weeks" | "weekly" | "wk" => Grain::Week,
        "month" | "months" | "monthly" | "mth" => Grain::Month,
        "quarter" | "quarters" | "quarterly" | "qtr" => Grain::Quarter,
        "year" | "years" | "yearly" | "annual" | "annually" => Grain::Year,
        _ => return None,
    })
}

/// A step of the calendar from token `i`: "month", "calendar month", "fiscal quarter", "monthly".
pub(crate) fn grain_phrase(tokens: &[Token], i: usize) -> Option<(usize, Grain)> {
    let first = tokens.get(i).filter(|token| !token.quoted)?;
    if first.is(&["fiscal", "financial"]) {
        let grain = match grain_word(tokens.get(i + 1)?)? {
            Grain::Month => Grain::FiscalMonth,
            Grain::Quarter => Grain::FiscalQuarter,
            Grain::Year => Grain::FiscalYear,
            other => other,
        };
        return Some((2, grain));
    }
    if first.is(&["calendar"]) {
        return grain_word(tokens.get(i + 1)?).map(|grain| (2, grain));
    }
    grain_word(first).map(|grain| (1, grain))
}

/// A part of the calendar that comes again, from token `i`: "day of the week", "month of the year", "weekday".
pub(crate) fn part_phrase(tokens: &[Token], i: usize) -> Option<(usize, TimePart)> {
    const PHRASES: &[(&str, TimePart)] = &[
        ("day of the week", TimePart::Weekday),
        ("days of the week", TimePart::Weekday),
        ("day of week", TimePart::Weekday),
        ("days of week", TimePart::Weekday),
        ("day in the week", TimePart::Weekday),
        ("day - of - week", TimePart::Weekday),
        ("week day", TimePart::Weekday),
        ("weekday name", TimePart::Weekday),
        ("day name", TimePart::Weekday),
        ("month of the year", TimePart::Month),
        ("month of year", TimePart::Month),
        ("calendar month of the year", TimePart::Month),
        ("day of the month", TimePart::DayOfMonth),
        ("day of month", TimePart::DayOfMonth),
        ("hour of the day", TimePart::Hour),
        ("hour of day", TimePart::Hour),
        ("time of day", TimePart::Hour),
        ("quarter of the year", TimePart::Quarter),
        ("week of the year", TimePart::Week),
        ("week number", TimePart::Week),
        ("calendar week", TimePart::Week),
        ("fiscal week", TimePart::FiscalWeek),
    ];
    PHRASES
        .iter()
        .filter_map(|(words, part)| {
            let words: Vec<&str> = words.split(' ').collect();
            let fits = words
                .iter()
                .enumerate()
                .all(|(k, word)| tokens.get(i + k).is_some_and(|t| !t.quoted && t.norm == *word));
            fits.then_some((words.len(), *part))
        })
        .max_by_key(|(len, _)| *len)
}

/// Whether a word belongs to the grammar of time.
pub(crate) fn knows(token: &Token) -> bool {
    grain_word(token).is_some()
        || month(token).is_some()
        || weekday(token).is_some()
        || holiday::knows(token)
        || token.is(&[
            "yesterday",
            "today",
            "tomorrow",
            "fiscal",
            "financial",
            "weekend",
            "weekends",
            "weekday",
            "weekdays",
            "spring",
            "summer",
            "autumn",
            "winter",
            "holiday",
            "holidays",
            "ytd",
            "mtd",
            "qtd",
            "ago",
            "until",
            "since",
        ])
}

/// Whether the word is an adverb of time such as "monthly", which groups without a preposition.
pub(crate) fn grain_adverb(token: &Token) -> bool {
    token.is(&["daily", "weekly", "monthly", "quarterly", "yearly", "annual", "annually"])
}

/// The number (1 = Monday) of a weekday's name.
pub(crate) fn weekday(token: &Token) -> Option<i8> {
    let word = token.norm.trim_end_matches('s');
    let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let short = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let at = names
        .iter()
        .position(|n| *n == word)
        .or_else(|| short.iter().position(|n| *n == word && token.capital && token.norm.len() == 3))?;
    i8::try_from(at + 1).ok()
}

/// The number of a month's name.
pub(crate) fn month(token: &Token) -> Option<i8> {
    let word = token.norm.as_str();
    let names = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let at = names.iter().position(|n| *n == word).or_else(|| {
        let short = word.trim_end_matches('.');
        (short == "sept").then_some(8).or_else(|| names.iter().position(|n| short.len() == 3 && n.starts_with(short)))
    })?;
    i8::try_from(at + 1).ok()
}
