//! Parts of a plan in words.

use crate::plan::{Comparison, Filter, Literal, Member, Period, Plan, TextMatch, TimePart, Value};

/// The stretch of time that counts, in words.
pub(super) fn period(plan: &Plan) -> Option<String> {
    if let Some(compare) = &plan.compare {
        let sides = [&compare.base, &compare.other];
        let periods: Vec<String> = sides.iter().filter_map(|side| side.period.as_ref().map(stretch)).collect();
        if periods.len() == 2 {
            return Some(periods.join(" and "));
        }
    }
    plan.period.as_ref().map(stretch)
}

/// A stretch of time in words.
fn stretch(period: &Period) -> String {
    if let Some(label) = &period.label {
        return label.clone();
    }
    let last = period.until.map(|day| day.yesterday().unwrap_or(day));
    match (period.from, last) {
        (Some(from), Some(last)) if from == last => from.to_string(),
        (Some(from), Some(last)) => format!("{from} to {last}"),
        (Some(from), None) => format!("since {from}"),
        (None, Some(last)) => format!("until {last}"),
        (None, None) => "all time".to_owned(),
    }
}

/// A condition in words.
pub(super) fn filter(filter: &Filter) -> String {
    let not = |negated: bool| if negated { "not " } else { "" };
    match filter {
        Filter::Compare { left, is, right } => format!("{} {} {}", value(left), comparison(*is), value(right)),
        Filter::OneOf { value: left, values, negated } => {
            let values: Vec<String> = values.iter().map(literal).collect();
            format!("{} is {}{}", value(left), not(*negated), values.join(" or "))
        }
        Filter::Between { value: left, from, to, negated } => {
            format!("{} is {}between {} and {}", value(left), not(*negated), literal(from), literal(to))
        }
        Filter::Null { value: left, negated } => {
            format!("{} is {}", value(left), if *negated { "known" } else { "missing" })
        }
        Filter::Text { value: left, matches, text, negated } => {
            let how = match matches {
                TextMatch::Contains => "containing",
                TextMatch::StartsWith => "starting with",
                TextMatch::EndsWith => "ending with",
                TextMatch::Same => "equal to",
            };
            format!("{} is {}{how} {text}", value(left), not(*negated))
        }
        Filter::Flag { field, negated } => format!("{}{}", not(*negated), words(&field.name)),
        Filter::Named { name, negated, .. } => format!("{}{}", not(*negated), words(name)),
        Filter::During { period, negated } => format!("{}{}", not(*negated), stretch(period)),
        Filter::Part { part: which, values, negated, .. } => {
            let values: Vec<String> = values.iter().map(i64::to_string).collect();
            format!("{} is {}{}", part(*which), not(*negated), values.join(" or "))
        }
        Filter::Member { member } => membership(member),
        Filter::All { of } => of.iter().map(self::filter).collect::<Vec<_>>().join(" and "),
        Filter::Any { of } => of.iter().map(self::filter).collect::<Vec<_>>().join(" or "),
        Filter::Not { filter } => format!("not ({})", self::filter(filter)),
    }
}

fn membership(member: &Member) -> String {
    let mut conditions: Vec<String> = member.filters.iter().map(filter).collect();
    conditions.extend(member.period.iter().map(stretch));
    conditions.extend(member.first.iter().map(|period| format!("first in {}", stretch(period))));
    conditions.extend(member.last.iter().map(|period| format!("last in {}", stretch(period))));
    let has = if member.negated { "has no" } else { "has" };
    let with = if conditions.is_empty() { String::new() } else { format!(" with {}", conditions.join(" and ")) };
    format!("the {} {has} {}{with}", words(&member.entity), words(&member.within))
}

fn comparison(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "is",
        Comparison::NotEqual => "is not",
        Comparison::Less => "is less than",
        Comparison::AtMost => "is at most",
        Comparison::Greater => "is more than",
        Comparison::AtLeast => "is at least",
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Field { field } => words(&field.name),
        Value::Literal { literal } => self::literal(literal),
        Value::Date { date } => date.to_string(),
        Value::Today => "today".to_owned(),
        Value::Elapsed { from, to, .. } => format!("the time from {} to {}", self::value(from), self::value(to)),
        Value::Part { of, part: which } => format!("the {} of {}", part(*which), self::value(of)),
        Value::Arithmetic { left, right, .. } => format!("{} and {}", self::value(left), self::value(right)),
    }
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Flag(flag) => (if *flag { "yes" } else { "no" }).to_owned(),
        Literal::Number(number) => number.to_string(),
        Literal::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

fn part(part: TimePart) -> &'static str {
    match part {
        TimePart::Year => "year",
        TimePart::Quarter => "quarter",
        TimePart::Month => "month",
        TimePart::Week => "week",
        TimePart::DayOfMonth => "day of the month",
        TimePart::DayOfYear => "day of the year",
        TimePart::Weekday => "weekday",
        TimePart::Hour => "hour",
        TimePart::Weekend => "weekend",
        TimePart::FiscalYear => "fiscal year",
        TimePart::FiscalQuarter => "fiscal quarter",
        TimePart::FiscalMonth => "fiscal month",
        TimePart::FiscalWeek => "fiscal week",
    }
}

/// A name as words.
pub(super) fn words(name: &str) -> String {
    name.replace('_', " ").to_lowercase()
}
