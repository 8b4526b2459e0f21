//! Conditions in words.

use super::calendar::{day_words, members, part_words, period_words};
use super::measures::NUMBER_OF;
use super::{Words, listed, plain, spaced};
use crate::plan::{Comparison, Filter, Having, Literal, Member, Operator, Period, Quantity, TextMatch, Value};
use crate::semantic::TableRole;

impl Words<'_> {
    /// A condition on what rows come to.
    pub(crate) fn having(self, having: &Having) -> String {
        if let Some(filter) = member(having) {
            let words = self.filter(filter);
            return if words.starts_with("only ") { words } else { format!("only {words}") };
        }
        let left = self.measure(&having.left);
        let left = if self.told { left.strip_prefix(NUMBER_OF).unwrap_or(&left) } else { &left };
        format!("{left} {} {}", comparison(having.is), self.measure(&having.right))
    }

    /// A condition on rows.
    pub(crate) fn filter(self, filter: &Filter) -> String {
        let not = |negated: bool| if negated { "not " } else { "" };
        match filter {
            Filter::Compare { left, is, right } => {
                format!("{} {} {}", value(left), comparison(*is), value(right))
            }
            Filter::OneOf { value: of, values, negated } => {
                let values: Vec<String> = values.iter().map(literal).collect();
                format!("{} is {}{}", value(of), not(*negated), values.join(" or "))
            }
            Filter::Between { value: of, from, to, negated } => {
                format!("{} {}between {} and {}", value(of), not(*negated), literal(from), literal(to))
            }
            Filter::Null { value: of, negated } => {
                format!("{} {}", value(of), if *negated { "known" } else { "missing" })
            }
            Filter::Text { value: of, matches, text, negated } => {
                let how = match matches {
                    TextMatch::Contains => "containing",
                    TextMatch::StartsWith => "starting with",
                    TextMatch::EndsWith => "ending with",
                    TextMatch::Same => "like",
                };
                format!("{} {}{how} \u{201c}{}\u{201d}", value(of), not(*negated), on_one_line(text))
            }
            Filter::Flag { field, negated } => {
                let name = field.name.to_lowercase();
                format!("{}{}", not(*negated), spaced(name.strip_prefix("is_").unwrap_or(&name)))
            }
            Filter::Named { name, negated, .. } => format!("{}{}", not(*negated), spaced(name)),
            Filter::During { period, negated } => {
                format!("{}{}{}", self.own_date(period), not(*negated), in_period(period))
            }
            Filter::Part { part, values, negated, .. } => members(*part, values, *negated),
            Filter::Member { member } => self.member(member),
            Filter::All { of } => of.iter().map(|f| self.filter(f)).collect::<Vec<_>>().join(" and "),
            Filter::Any { of } => of.iter().map(|f| self.filter(f)).collect::<Vec<_>>().join(" or "),
            Filter::Not { filter } => format!("not ({})", self.filter(filter)),
        }
    }

    /// The date that a period is of, where it is not that of the calendar: "first opened date" before "until 2004".
    fn own_date(self, period: &Period) -> String {
        let calendar = |table: &str| self.model.table(table).is_some_and(|t| t.extension.role == TableRole::Calendar);
        let own = period.time.as_ref().filter(|field| !calendar(&field.table));
        own.map_or_else(String::new, |field| format!("{} ", spaced(&field.name)))
    }

    /// "only customers without sales in 2017".
    fn member(self, member: &Member) -> String {
        let mut what: Vec<String> = Vec::new();
        if !member.filters.is_empty() {
            let filters: Vec<String> = member.filters.iter().map(|f| self.filter(f)).collect();
            what.push(format!("where {}", listed(&filters)));
        }
        what.extend(member.period.iter().map(in_period));
        what.extend(member.first.iter().map(|p| format!("for the first time {}", in_period(p))));
        what.extend(member.last.iter().map(|p| format!("for the last time {}", in_period(p))));
        let having: Vec<String> = member.having.iter().map(|h| self.having(h)).collect();
        let (plural, having) = (self.plural(&member.entity), listed(&having));
        let has = if member.negated { "without" } else { "with" };
        if what.is_empty() && !having.is_empty() {
            return format!("only {plural} {has} {having}");
        }
        if !having.is_empty() {
            what.push(format!("with {having}"));
        }
        let what = if what.is_empty() { String::new() } else { format!(" {}", what.join(" ")) };
        format!("only {plural} {has} {}{what}", self.rows_of(&member.within))
    }

    /// Rows of a table: by its entity's plural where it has one.
    pub(super) fn rows_of(self, table: &str) -> String {
        // Tables of facts are mostly called by many already: sales.
        let entity = self.model.table(table).and_then(|table| table.extension.entity.as_ref());
        let entity = entity.filter(|_| !table.ends_with('s'));
        entity.map_or_else(|| spaced(table), |entity| entity.plural.clone())
    }
}

/// A value of one row.
pub(super) fn value(of: &Value) -> String {
    match of {
        Value::Field { field } => spaced(&field.name),
        Value::Literal { literal: text } => literal(text),
        Value::Date { date } => day_words(*date),
        Value::Today => "today".to_owned(),
        Value::Elapsed { from, to, .. } => format!("time from {} to {}", value(from), value(to)),
        Value::Part { of, part } => format!("{} of {}", part_words(*part), value(of)),
        Value::Arithmetic { operator, left, right } => {
            let joint = match operator {
                Operator::Add => "plus",
                Operator::Subtract => "minus",
                Operator::Multiply => "times",
                Operator::Divide => "per",
            };
            format!("{} {joint} {}", value(left), value(right))
        }
    }
}

/// When: "in 2017", "until 30 June 2017".
fn in_period(period: &Period) -> String {
    let words = period_words(period);
    let said = ["since ", "until ", "before ", "after "].iter().any(|start| words.starts_with(start));
    if said { words } else { format!("in {words}") }
}

/// The condition that only the rows of some members are shown, where that is what a condition says.
fn member(having: &Having) -> Option<&Filter> {
    let none = matches!(having.right.of, Quantity::Number { number } if number.abs() < f64::EPSILON);
    match (&having.left.of, having.left.filters.as_slice()) {
        (Quantity::Rows { .. }, [filter]) if none && having.is == Comparison::Greater => Some(filter),
        _ => None,
    }
}

fn literal(value: &Literal) -> String {
    match value {
        Literal::Flag(flag) => (if *flag { "yes" } else { "no" }).to_owned(),
        Literal::Number(number) => plain(*number),
        Literal::Text(text) => on_one_line(text),
    }
}

/// A text of the question or the data as it can stand in a sentence.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn comparison(is: Comparison) -> &'static str {
    match is {
        Comparison::Equal => "is",
        Comparison::NotEqual => "is not",
        Comparison::Less => "below",
        Comparison::AtMost => "at most",
        Comparison::Greater => "above",
        Comparison::AtLeast => "at least",
    }
}
