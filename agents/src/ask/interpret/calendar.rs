//! Steps, parts and stretches of the calendar in words.

use jiff::civil::Date;

use crate::calendar_names;
use crate::plan::{Grain, Period, Plan, TimePart};

/// The stretch of time that counts in a plan; of a comparison both.
pub(crate) fn period_of(plan: &Plan) -> Option<String> {
    if let Some(compare) = &plan.compare {
        let sides = [&compare.base, &compare.other];
        let periods: Vec<String> = sides.iter().filter_map(|side| side.period.as_ref().map(period_words)).collect();
        if periods.len() == 2 {
            return Some(periods.join(" and "));
        }
    }
    plan.period.as_ref().map(period_words)
}

/// A stretch of time; both of its ends belong to it.
pub(crate) fn period_words(period: &Period) -> String {
    if let Some(label) = &period.label {
        return label.clone();
    }
    let last = period.until.map(|day| day.yesterday().unwrap_or(day));
    match (period.from, last) {
        (Some(from), Some(last)) if from == last => day_words(from),
        (Some(from), Some(last)) => format!("{} to {}", day_words(from), day_words(last)),
        (Some(from), None) => format!("since {}", day_words(from)),
        (None, Some(last)) => format!("until {}", day_words(last)),
        (None, None) => "all time".to_owned(),
    }
}

/// A day: 23 December 2017.
pub(crate) fn day_words(day: Date) -> String {
    let month = calendar_names::month(i64::from(day.month())).unwrap_or_default();
    format!("{} {month} {}", day.day(), day.year())
}

/// Rows of some members of a part that comes again: `weekends only`, `weekday Monday or Friday`.
pub(super) fn members(part: TimePart, values: &[i64], negated: bool) -> String {
    if let (TimePart::Weekend, [value]) = (part, values) {
        return (if (*value == 1) == negated { "Monday to Friday only" } else { "weekends only" }).to_owned();
    }
    let named: Vec<String> = values.iter().map(|value| member(part, *value)).collect();
    format!("{} {}{}", part_words(part), if negated { "not " } else { "" }, named.join(" or "))
}

fn member(part: TimePart, value: i64) -> String {
    let name = match part {
        TimePart::Weekday => calendar_names::weekday(value).map(str::to_owned),
        TimePart::Month => calendar_names::month(value).map(str::to_owned),
        TimePart::Quarter | TimePart::FiscalQuarter => Some(format!("Q{value}")),
        TimePart::Hour => Some(format!("{value}:00")),
        _ => None,
    };
    name.unwrap_or_else(|| value.to_string())
}

pub(super) fn grain_words(grain: Grain) -> &'static str {
    match grain {
        Grain::Hour => "hour",
        Grain::Day => "day",
        Grain::Week => "week",
        Grain::Month => "month",
        Grain::Quarter => "quarter",
        Grain::Year => "year",
        Grain::FiscalMonth => "fiscal month",
        Grain::FiscalQuarter => "fiscal quarter",
        Grain::FiscalYear => "fiscal year",
    }
}

pub(super) fn part_words(part: TimePart) -> &'static str {
    match part {
        TimePart::Year => "year",
        TimePart::Quarter => "quarter of the year",
        TimePart::Month => "month of the year",
        TimePart::Week => "week of the year",
        TimePart::DayOfMonth => "day of the month",
        TimePart::DayOfYear => "day of the year",
        TimePart::Weekday => "weekday",
        TimePart::Hour => "hour of the day",
        TimePart::Weekend => "weekend or not",
        TimePart::FiscalYear => "fiscal year",
        TimePart::FiscalQuarter => "fiscal quarter of the year",
        TimePart::FiscalMonth => "fiscal month of the year",
        TimePart::FiscalWeek => "fiscal week of the year",
    }
}
