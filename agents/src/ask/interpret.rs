//! A plan in words: what was understood.

use crate::plan::{
    Aggregate, Comparison, Dimension, Filter, Grain, GroupFunction, Grouping, Having, Literal, Measure, Operator,
    Period, Plan, Quantity, TextMatch, TimePart, Value,
};
use crate::semantic::SemanticModel;

/// What a plan means, in words, for a person to check: measures, groups, filters, period, order.
///
/// ```
/// use synthbook_agents::ask::interpret;
/// use synthbook_agents::plan::{Dimension, Measure, Plan};
/// use synthbook_agents::semantic::SemanticModel;
/// let plan = Plan {
///     measures: vec![Measure::metric("revenue")],
///     dimensions: vec![Dimension::column("store", "region")],
///     ..Plan::default()
/// };
/// assert_eq!(interpret(&plan, &SemanticModel::default()), "revenue by region");
/// ```
#[must_use]
pub fn interpret(plan: &Plan, model: &SemanticModel) -> String {
    let words = Words { model };
    let measures: Vec<String> = plan.measures.iter().filter(|m| !m.hidden).map(|m| words.measure(m)).collect();
    let dimensions: Vec<String> = plan.dimensions.iter().filter(|d| !d.hidden).map(|d| words.dimension(d)).collect();
    let mut out = match (measures.is_empty(), dimensions.is_empty()) {
        (true, _) => format!("list of {}", listed(&dimensions)),
        (false, true) => listed(&measures),
        (false, false) => format!("{} by {}", listed(&measures), listed(&dimensions)),
    };
    let mut add = |text: String| {
        out.push_str(", ");
        out.push_str(&text);
    };
    if let Some(compare) = &plan.compare {
        add(format!("{} compared with {}", compare.other.label, compare.base.label));
    }
    let parted = plan.measures.iter().find_map(|m| match &m.of {
        Quantity::Share { within, .. } if !within.is_empty() => Some(within),
        _ => None,
    });
    if let Some(within) = parted {
        let whole: Vec<String> =
            within.iter().filter_map(|&k| plan.dimensions.get(k)).map(|d| words.dimension(d)).collect();
        add(format!("each {} a whole", listed(&whole)));
    }
    for filter in &plan.filters {
        add(words.filter(filter));
    }
    for having in &plan.having {
        add(words.having(having));
    }
    if let Some(top) = &plan.top {
        let end = if top.ascending { "lowest" } else { "highest" };
        let within: Vec<String> =
            top.within.iter().filter_map(|&k| plan.dimensions.get(k)).map(|d| words.dimension(d)).collect();
        let each = if within.is_empty() { String::new() } else { format!(" of each {}", listed(&within)) };
        add(match (top.exactly, top.n) {
            (true, n) => format!("only place {n} from the {end}{each}"),
            (false, 1) => format!("the {end} one{each}"),
            (false, n) => format!("the {n} {end}{each}"),
        });
    }
    if let Some(order) = plan.order.first().filter(|_| plan.top.is_none()) {
        add(if order.descending { "greatest first".to_owned() } else { "in ascending order".to_owned() });
    }
    if let Some(period) = &plan.period {
        add(period_words(period));
    }
    out
}

struct Words<'a> {
    model: &'a SemanticModel,
}

impl Words<'_> {
    fn measure(&self, measure: &Measure) -> String {
        if let Some(label) = &measure.label {
            return label.clone();
        }
        let mut out = self.quantity(&measure.of);
        for filter in &measure.filters {
            out = format!("{out} where {}", self.filter(filter));
        }
        if let Some(period) = &measure.period {
            out = format!("{out} in {}", period_words(period));
        }
        out
    }

    fn quantity(&self, of: &Quantity) -> String {
        match of {
            Quantity::Metric { metric } => spaced(metric),
            Quantity::Aggregate { function, value, .. } => {
                format!("{} {}", function_words(*function), value_words(value))
            }
            Quantity::Rows { table } => format!("number of rows of {}", spaced(table)),
            Quantity::Entities { entity, within } => {
                let plural = self.plural(entity);
                within.as_ref().map_or_else(
                    || format!("number of {plural}"),
                    |fact| format!("number of {plural} with {}", spaced(fact)),
                )
            }
            Quantity::Arithmetic { operator, left, right, percent } => {
                let joint = match operator {
                    Operator::Add => "plus",
                    Operator::Subtract => "minus",
                    Operator::Multiply => "times",
                    Operator::Divide if *percent => "in percent of",
                    Operator::Divide => "per",
                };
                format!("{} {joint} {}", self.measure(left), self.measure(right))
            }
            Quantity::Number { number } => plain(*number),
            Quantity::Groups { per, of, having, function } => self.groups(per, of.as_deref(), having, *function),
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

    fn groups(&self, per: &[Dimension], of: Option<&Measure>, having: &[Having], function: GroupFunction) -> String {
        let several = !matches!(function, GroupFunction::Of(_));
        let name = |d: &Dimension| match &d.by {
            Grouping::Entity { entity, .. } if several => self.plural(entity),
            _ => self.dimension(d),
        };
        let per = listed(&per.iter().map(name).collect::<Vec<_>>());
        let of = of.map_or_else(String::new, |m| self.measure(m));
        let conditions: Vec<String> = having.iter().map(|h| self.having(h)).collect();
        let conditions = if conditions.is_empty() { String::new() } else { format!(" with {}", listed(&conditions)) };
        match function {
            GroupFunction::Count => format!("number of {per}{conditions}"),
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

    fn dimension(&self, dimension: &Dimension) -> String {
        if let Some(label) = &dimension.label {
            return label.clone();
        }
        match &dimension.by {
            Grouping::Column { field } => spaced(&field.name),
            Grouping::Value { value } => value_words(value),
            Grouping::Entity { entity, .. } => entity.clone(),
            Grouping::Time { grain, .. } => grain_words(*grain).to_owned(),
            Grouping::Part { part, .. } => part_words(*part).to_owned(),
            Grouping::Buckets { buckets, otherwise } => {
                listed(&buckets.iter().map(|b| b.label.clone()).chain(otherwise.clone()).collect::<Vec<_>>())
            }
            Grouping::Steps { value, width } => format!("{} in steps of {}", value_words(value), plain(*width)),
            Grouping::Attained { entity, of, grain, .. } => {
                let step = grain.map_or(String::new(), |g| format!("{} of the ", grain_words(g)));
                format!("{step}{entity}'s {}", self.measure(of))
            }
        }
    }

    fn having(&self, having: &Having) -> String {
        if let Some(filter) = member(having) {
            return format!("only {}", self.filter(filter));
        }
        format!("{} {} {}", self.measure(&having.left), comparison(having.is), self.measure(&having.right))
    }

    fn filter(&self, filter: &Filter) -> String {
        let not = |negated: bool| if negated { "not " } else { "" };
        match filter {
            Filter::Compare { left, is, right } => {
                format!("{} {} {}", value_words(left), comparison(*is), value_words(right))
            }
            Filter::OneOf { value, values, negated } => {
                let values: Vec<String> = values.iter().map(literal).collect();
                format!("{} {}{}", value_words(value), if *negated { "not " } else { "" }, values.join(" or "))
            }
            Filter::Between { value, from, to, negated } => {
                format!("{} {}between {} and {}", value_words(value), not(*negated), literal(from), literal(to))
            }
            Filter::Null { value, negated } => {
                format!("{} {}", value_words(value), if *negated { "known" } else { "missing" })
            }
            Filter::Text { value, text, negated, matches } => {
                let how = match matches {
                    TextMatch::Contains => "containing",
                    TextMatch::StartsWith => "starting with",
                    TextMatch::EndsWith => "ending with",
                    TextMatch::Same => "like",
                };
                format!("{} {}{how} \u{201c}{text}\u{201d}", value_words(value), not(*negated))
            }
            Filter::Flag { field, negated } => format!("{}{}", not(*negated), spaced(&field.name)),
            Filter::Named { name, negated, .. } => format!("{}{}", not(*negated), spaced(name)),
            Filter::During { period, negated } => format!("{}in {}", not(*negated), period_words(period)),
            Filter::Part { part, values, negated, .. } => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                format!("{} {}{}", part_words(*part), not(*negated), values.join(" or "))
            }
            Filter::Member { member } => {
                let mut what: Vec<String> = member.filters.iter().map(|f| self.filter(f)).collect();
                what.extend(member.period.iter().map(period_words));
                what.extend(member.first.iter().map(|p| format!("for the first time in {}", period_words(p))));
                what.extend(member.last.iter().map(|p| format!("for the last time in {}", period_words(p))));
                what.extend(member.having.iter().map(|h| self.having(h)));
                let has = if member.negated { "never" } else { "ever" };
                format!(
                    "{} {has} in {}{}",
                    member.entity.rsplit('.').next().unwrap_or(&member.entity),
                    spaced(&member.within),
                    if what.is_empty() { String::new() } else { format!(" with {}", what.join(" and ")) }
                )
            }
            Filter::All { of } => of.iter().map(|f| self.filter(f)).collect::<Vec<_>>().join(" and "),
            Filter::Any { of } => of.iter().map(|f| self.filter(f)).collect::<Vec<_>>().join(" or "),
            Filter::Not { filter } => format!("not {}", self.filter(filter)),
        }
    }

    fn plural(&self, entity: &str) -> String {
        self.model.entity(entity).map_or_else(|| format!("{entity}s"), |found| found.entity.plural.clone())
    }
}

/// The condition that only the rows of some members are shown, where that is what a condition says.
fn member(having: &Having) -> Option<&Filter> {
    let none = matches!(having.right.of, Quantity::Number { number } if number.abs() < f64::EPSILON);
    match (&having.left.of, having.left.filters.as_slice()) {
        (Quantity::Rows { .. }, [filter]) if none && having.is == Comparison::Greater => Some(filter),
        _ => None,
    }
}

fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

fn spaced(name: &str) -> String {
    name.replace('_', " ")
}

fn plain(number: f64) -> String {
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn literal(value: &Literal) -> String {
    match value {
        Literal::Flag(flag) => flag.to_string(),
        Literal::Number(number) => plain(*number),
        Literal::Text(text) => text.clone(),
    }
}

fn value_words(value: &Value) -> String {
    match value {
        Value::Field { field } => spaced(&field.name),
        Value::Literal { literal: text } => literal(text),
        Value::Date { date } => date.to_string(),
        Value::Today => "today".to_owned(),
        Value::Elapsed { from, to, .. } => format!("time from {} to {}", value_words(from), value_words(to)),
        Value::Part { of, part } => format!("{} of {}", part_words(*part), value_words(of)),
        Value::Arithmetic { left, right, .. } => format!("{} and {}", value_words(left), value_words(right)),
    }
}

fn period_words(period: &Period) -> String {
    let said = period.label.clone();
    said.unwrap_or_else(|| match (period.from, period.until) {
        (Some(from), Some(until)) => format!("{from} up to {until}"),
        (Some(from), None) => format!("since {from}"),
        (None, Some(until)) => format!("before {until}"),
        (None, None) => "all time".to_owned(),
    })
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

fn grain_words(grain: Grain) -> &'static str {
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

fn part_words(part: TimePart) -> &'static str {
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
