//! A plan in words: what was understood.

mod calendar;
mod conditions;
mod groups;
mod measures;

pub(crate) use calendar::{day_words, period_of, period_words};
pub(crate) use measures::without_key;

use crate::plan::{Dimension, Grouping, Plan, Quantity};
use crate::semantic::{SemanticModel, plural};

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
    let words = Words::new(model);
    let measures: Vec<String> = plan.measures.iter().filter(|m| !m.hidden).map(|m| words.measure(m)).collect();
    let dimensions: Vec<String> = plan.dimensions.iter().filter(|d| !d.hidden).map(|d| words.dimension(d)).collect();
    let mut out = match (measures.is_empty(), dimensions.is_empty()) {
        (true, _) => match plan.dimensions.as_slice() {
            [Dimension { by: Grouping::Entity { entity, .. }, label: None, .. }] => {
                format!("list of {}", words.plural(entity))
            }
            _ => format!("list of {}", listed(&dimensions)),
        },
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
        add(format!("each {} a whole", words.places(within, plan)));
    }
    for filter in &plan.filters {
        add(words.filter(filter));
    }
    for having in &plan.having {
        add(words.having(having));
    }
    if let Some(top) = &plan.top {
        let end = if top.ascending { "lowest" } else { "highest" };
        let each =
            if top.within.is_empty() { String::new() } else { format!(" of each {}", words.places(&top.within, plan)) };
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

/// The parts of a plan in the words of a semantic model.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    model: &'a SemanticModel,
    /// Whether metrics that count are called numbers of things, as in a sentence, or by their names in the model.
    told: bool,
}

impl<'a> Words<'a> {
    /// As a plan is shown for a person to check.
    pub(crate) fn new(model: &'a SemanticModel) -> Self {
        Self { model, told: false }
    }

    /// As a result is told.
    pub(crate) fn told(model: &'a SemanticModel) -> Self {
        Self { model, told: true }
    }

    /// The dimensions at these places of a plan.
    fn places(self, places: &[usize], plan: &Plan) -> String {
        let named: Vec<String> =
            places.iter().filter_map(|&place| plan.dimensions.get(place)).map(|d| self.dimension(d)).collect();
        listed(&named)
    }

    /// Several of an entity.
    fn plural(self, entity: &str) -> String {
        let own = || plural(&spaced(entity.rsplit('.').next().unwrap_or(entity)));
        self.model.entity(entity).map_or_else(own, |found| found.entity.plural.clone())
    }
}

/// Items as a list with *and*.
pub(crate) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// A name as words.
fn spaced(name: &str) -> String {
    name.replace('_', " ")
}

/// A number as it is written in a question: 1,000 or 0.25.
fn plain(number: f64) -> String {
    let text = format!("{number:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, ""), |(whole, fraction)| (whole, fraction));
    let mut grouped = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && whole.len() > 4 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if !fraction.is_empty() {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}
