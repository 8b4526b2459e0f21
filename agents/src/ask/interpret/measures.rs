//! Measures in words.

use super::calendar::period_words;
use super::{Words, conditions, listed, plain, spaced};
use crate::plan::{Aggregate, Dimension, Filter, GroupFunction, Grouping, Having, Measure, Operator, Quantity};
use crate::semantic::{Format, plural, singular};

/// How a count is called.
pub(super) const NUMBER_OF: &str = "number of ";

impl Words<'_> {
    /// What a measure counts, with its own conditions.
    pub(crate) fn measure(self, measure: &Measure) -> String {
        if let Some(label) = &measure.label {
            return spaced(label);
        }
        let mut out = self.quantity(&measure.of);
        // "customers with sales", but "revenue where brand is Private".
        let (members, others): (Vec<&Filter>, Vec<&Filter>) =
            measure.filters.iter().partition(|filter| matches!(filter, Filter::Member { .. }));
        for filter in members {
            let words = self.filter(filter);
            let at = words.find(" with").map_or(0, |at| at + 1);
            out = format!("{out} {}", &words[at..]);
        }
        if !others.is_empty() {
            let filters: Vec<String> = others.iter().map(|filter| self.filter(filter)).collect();
            out = format!("{out} where {}", filters.join(" and "));
        }
        if let Some(period) = &measure.period {
            out = format!("{out} in {}", period_words(period));
        }
        out
    }

    fn quantity(self, of: &Quantity) -> String {
        match of {
            Quantity::Metric { metric } => self.metric(metric),
            Quantity::Aggregate { function, value, .. } => {
                let (function, value) = (function_words(*function), conditions::value(value));
                // A column of totals is called so already.
                if value.starts_with(&format!("{function} ")) { value } else { format!("{function} {value}") }
            }
            Quantity::Rows { table } => match self.model.table(table).and_then(|table| table.extension.entity.as_ref())
            {
                Some(entity) => format!("{NUMBER_OF}{}", entity.plural),
                None => format!("{NUMBER_OF}rows of {}", spaced(table)),
            },
            Quantity::Entities { entity, within } => {
                let plural = self.plural(entity);
                within.as_ref().map_or_else(
                    || format!("{NUMBER_OF}{plural}"),
                    |fact| format!("{NUMBER_OF}{plural} with {}", self.rows_of(fact)),
                )
            }
            Quantity::Arithmetic { operator, left, right, percent } => {
                self.arithmetic(*operator, left, right, *percent)
            }
            Quantity::Number { number } => plain(*number),
            Quantity::Groups { per, of, having, function } => self.groups(per, of.as_deref(), having, *function),
            Quantity::Gaps { entity, function, nth: Some(nth), .. } => {
                let last = nth.saturating_add(1);
                format!("{} days between visits {nth} and {last} of one {entity}", function_words(*function))
            }
            Quantity::Gaps { entity, function, .. } => {
                format!("{} days between visits of one {entity}", function_words(*function))
            }
            Quantity::Share { of, .. } => format!("share of {}", self.measure(of)),
            Quantity::Change { of, percent, .. } => format!(
                "change of {}{} against the step before",
                self.measure(of),
                if *percent { " in percent" } else { "" }
            ),
            Quantity::Before { of, .. } => format!("{} of the step before", self.measure(of)),
            Quantity::Running { of } => format!("running total of {}", self.measure(of)),
            Quantity::Moving { of, rows } => format!("moving average of {} over {rows} rows", self.measure(of)),
            Quantity::Rank { of, .. } => format!("rank by {}", self.measure(of)),
            Quantity::CumulativeShare { of } => format!("cumulative share of {}", self.measure(of)),
            Quantity::Overall { function, of, .. } => {
                format!("{} {} over all rows", function_words(*function), self.measure(of))
            }
        }
    }

    /// A metric; one that counts is called a number of what it counts.
    fn metric(self, name: &str) -> String {
        let words = spaced(name.rsplit('.').next().unwrap_or(name));
        let Some((_, metric)) = self.model.metric(name).filter(|_| self.told) else { return words };
        match metric.extension.unit.as_deref() {
            Some(unit)
                if metric.extension.format == Format::Integer && words == format!("{} count", singular(unit)) =>
            {
                format!("{NUMBER_OF}{unit}")
            }
            Some(unit)
                if metric.extension.format == Format::Integer
                    && words.ends_with(&format!(" {unit}"))
                    && !words.starts_with(NUMBER_OF) =>
            {
                format!("{NUMBER_OF}{words}")
            }
            _ => words,
        }
    }

    fn arithmetic(self, operator: Operator, left: &Measure, right: &Measure, percent: bool) -> String {
        let part = left.of == right.of
            && left.label.is_none()
            && right.period == left.period
            && right.filters.is_empty()
            && !left.filters.is_empty();
        if part && percent && operator == Operator::Divide {
            let part = self.measure(&Measure { filters: left.filters.clone(), ..right.clone() });
            return format!("share of {}", part.strip_prefix(NUMBER_OF).unwrap_or(&part));
        }
        let (left, right) = (self.measure(left), self.measure(right));
        match operator {
            Operator::Add => format!("{left} plus {right}"),
            Operator::Subtract => format!("{left} minus {right}"),
            Operator::Multiply => format!("{left} times {right}"),
            Operator::Divide if percent => format!("{left} in percent of {right}"),
            Operator::Divide => match right.strip_prefix(NUMBER_OF) {
                // One of what is counted, where nothing limits which.
                Some(counted) if !counted.contains(' ') => {
                    format!("{} per {}", left.strip_prefix(NUMBER_OF).unwrap_or(&left), singular(counted))
                }
                _ => format!("{left} per {right}"),
            },
        }
    }

    fn groups(self, per: &[Dimension], of: Option<&Measure>, having: &[Having], function: GroupFunction) -> String {
        let several = !matches!(function, GroupFunction::Of(_));
        let name = |d: &Dimension| match &d.by {
            Grouping::Entity { entity, .. } if several => self.plural(entity),
            Grouping::Column { .. } => {
                let one = self.dimension(d);
                let what = without_key(&one);
                // A column of identifiers stands for what it identifies.
                if several && what != one { plural(&what) } else { what }
            }
            _ => self.dimension(d),
        };
        let per = listed(&per.iter().map(name).collect::<Vec<_>>());
        let of = of.map_or_else(String::new, |m| self.measure(m));
        let conditions: Vec<String> = having.iter().map(|h| self.having(h)).collect();
        let conditions = if conditions.is_empty() { String::new() } else { format!(" with {}", listed(&conditions)) };
        match function {
            GroupFunction::Count => format!("{NUMBER_OF}{per}{conditions}"),
            GroupFunction::Of(aggregate) => format!("{} {of} per {per}{conditions}", function_words(aggregate)),
            GroupFunction::Reach(fraction) => {
                format!("smallest number of {per} that make up {} % of {of}", plain(fraction * 100.0))
            }
            GroupFunction::TopFraction(fraction) => {
                format!("share of {of} of the top {} % of {per}", plain(fraction * 100.0))
            }
            GroupFunction::TopCount(n) => format!("share of {of} of the top {n} of {per}"),
            GroupFunction::BottomFraction(fraction) => {
                format!("share of {of} of the bottom {} % of {per}", plain(fraction * 100.0))
            }
            GroupFunction::BottomCount(n) => format!("share of {of} of the bottom {n} of {per}"),
        }
    }
}

/// What a column of identifiers identifies.
pub(crate) fn without_key(name: &str) -> String {
    let end = [" id", " key", " number", " code"].iter().find_map(|end| name.strip_suffix(end));
    end.filter(|rest| !rest.is_empty()).unwrap_or(name).to_owned()
}

fn function_words(function: Aggregate) -> String {
    match function {
        Aggregate::Sum => "total".to_owned(),
        Aggregate::Average => "average".to_owned(),
        Aggregate::Min => "lowest".to_owned(),
        Aggregate::Max => "highest".to_owned(),
        Aggregate::Median => "median".to_owned(),
        Aggregate::Percentile(p) => format!("percentile {} of", plain(p * 100.0)),
        Aggregate::Deviation => "standard deviation of".to_owned(),
        Aggregate::Count => "number of".to_owned(),
        Aggregate::CountDistinct => "number of different".to_owned(),
    }
}
