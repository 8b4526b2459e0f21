//! Understanding a question: tokens, links, grammar, and earlier questions for what it leaves out.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::clauses;
use super::grammar;
use super::instructions;
use super::interpret::interpret;
use super::link::{self, Lexicon, Target};
use super::phrase;
use super::refusal::Refusal;
use super::time::Calendar;
use super::words::tokenize;
use crate::plan::{Comparison, Filter, Literal, Measure, Plan, Quantity, Value};
use crate::semantic::{SemanticModel, Today};

/// The longest question that is read, in characters.
const LONGEST: usize = 1_000;
/// The code of a refusal that names words.
const UNPLACED: &str = "ask::words_not_placed";

/// What a question is read against besides the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The day that relative dates count from.
    pub today: Date,
    /// Whether that day's data is complete. If so the last seven days end with it; if not, as with a clock, they reach
    /// one day further back.
    pub complete: bool,
}

impl Settings {
    /// The model's own fixed day, when it has one.
    #[must_use]
    pub fn of_model(model: &SemanticModel) -> Option<Self> {
        match model.extension.today {
            Some(Today::Date(today)) => Some(Self { today, complete: true }),
            _ => None,
        }
    }
}

/// A question that was understood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Understood {
    /// What it means.
    pub plan: Plan,
    /// The same in words.
    pub interpretation: String,
    /// How it was read where that may surprise: typing errors mended, rows cut off.
    pub notes: Vec<String>,
}

/// Understands a question, in the light of those before it.
///
/// # Errors
/// A [`Refusal`] that names the words which could not be placed, or says why it can't be answered.
///
/// ```
/// use synthbook_agents::ask::{Lexicon, Settings, understand};
/// use synthbook_agents::semantic::SemanticModel;
/// let model = SemanticModel::default();
/// let settings = Settings { today: jiff::civil::date(2017, 12, 31), complete: true };
/// let refusal = understand("What is the average salary?", &[], &model, &Lexicon::new(&model), &settings).unwrap_err();
/// assert!(refusal.words.iter().any(|word| word == "salary"));
/// ```
pub fn understand(
    question: &str,
    context: &[String],
    model: &SemanticModel,
    lexicon: &Lexicon,
    settings: &Settings,
) -> Result<Understood, Refusal> {
    let mut before: Option<Plan> = None;
    for earlier in context {
        before = step(earlier, before, model, lexicon, *settings);
    }
    after(question, before.as_ref(), model, lexicon, *settings)
}

/// What the questions up to an earlier one came to; `before` is what those before it came to.
pub(super) fn step(
    earlier: &str,
    before: Option<Plan>,
    model: &SemanticModel,
    lexicon: &Lexicon,
    settings: Settings,
) -> Option<Plan> {
    if earlier.chars().count() > LONGEST {
        return before;
    }
    match read(earlier, before.as_ref(), model, lexicon, calendar(model, settings)) {
        Ok(parsed) => Some(parsed.plan),
        Err(_) => before,
    }
}

/// What days mean to a model.
pub(super) fn calendar(model: &SemanticModel, settings: Settings) -> Calendar {
    let fiscal_start = model
        .extension
        .fiscal_year_start_month
        .and_then(|m| i8::try_from(m).ok())
        .filter(|m| (1..=12).contains(m))
        .unwrap_or(1);
    Calendar { today: settings.today, fiscal_start, complete: settings.complete }
}

fn read(
    text: &str,
    before: Option<&Plan>,
    model: &SemanticModel,
    lexicon: &Lexicon,
    calendar: Calendar,
) -> Result<grammar::Parsed, Refusal> {
    let linked = link::link(tokenize(text), lexicon, calendar);
    grammar::parse(&linked, model, lexicon, calendar, before)
}

/// The same where it is known what the questions before came to.
pub(super) fn after(
    question: &str,
    before: Option<&Plan>,
    model: &SemanticModel,
    lexicon: &Lexicon,
    settings: Settings,
) -> Result<Understood, Refusal> {
    if question.chars().count() > LONGEST {
        return Err(Refusal::new("too_long", format!("The question is longer than {LONGEST} characters"), Vec::new()));
    }
    let calendar = calendar(model, settings);
    let read = |text: &str, before: Option<&Plan>| read(text, before, model, lexicon, calendar);
    if phrase::fits(model) && before.is_none() && !says_own_metric(question, model, lexicon, calendar) {
        let question = link::as_named(question, model, lexicon);
        let question = link::apart(&question, lexicon);
        let question = link::named_by_several(&question, model, lexicon);
        let question = question.as_str();
        let (text, said) = instructions::read(question, lexicon)?;
        if let Some(plan) = clauses::read(&text, model, lexicon, calendar, &said).filter(|plan| !never_true(plan)) {
            return Ok(Understood { interpretation: interpret(&plan, model), plan, notes: Vec::new() });
        }
        match phrase::read(&text, model, lexicon, calendar, &said) {
            Ok((plan, _)) if never_true(&plan) => {
                return Err(Refusal::unclear("Nothing can be two values of one column at once", Vec::new()));
            }
            Ok((plan, notes)) => {
                let interpretation = interpret(&plan, model);
                return Ok(Understood { plan, interpretation, notes });
            }
            // The other grammar knows growth, windows, shares and the metrics' names; it knows nothing of instructions.
            Err(refusal) if text != question || !(phrase::beyond(&text) || refusal.code == UNPLACED) => {
                return Err(refusal);
            }
            Err(refusal) if !phrase::beyond(&text) => match read(question, None) {
                Ok(parsed) if names_metric(&refusal, question, lexicon, calendar) => {
                    let interpretation = interpret(&parsed.plan, model);
                    return Ok(Understood { plan: parsed.plan, interpretation, notes: parsed.notes });
                }
                _ => return Err(refusal),
            },
            Err(_) => {}
        }
    }
    let parsed = read(question, before)?;
    if never_true(&parsed.plan) {
        return Err(Refusal::unclear("Nothing can be two values of one column at once", Vec::new()));
    }
    let interpretation = interpret(&parsed.plan, model);
    Ok(Understood { plan: parsed.plan, interpretation, notes: parsed.notes })
}

/// Whether rows would have to have two different values in one column.
fn never_true(plan: &Plan) -> bool {
    fn measures(measure: &Measure, found: &mut Vec<Vec<Filter>>) {
        found.push(measure.filters.clone());
        if let Quantity::Arithmetic { left, right, .. } = &measure.of {
            measures(left, found);
            measures(right, found);
        }
    }
    let mut found = vec![plan.filters.clone()];
    for measure in &plan.measures {
        measures(measure, &mut found);
    }
    let two = |filters: &[Filter]| {
        let said: Vec<(&Value, Vec<&Literal>)> = filters
            .iter()
            .filter_map(|filter| match filter {
                Filter::Compare { left, is: Comparison::Equal, right: Value::Literal { literal } } => {
                    Some((left, vec![literal]))
                }
                Filter::OneOf { value, values, negated: false } => Some((value, values.iter().collect())),
                _ => None,
            })
            .collect();
        said.iter().any(|(left, values)| {
            let apart = |others: &[&Literal]| !values.iter().any(|value| others.contains(value));
            said.iter().any(|(other, others)| left == other && apart(others))
        })
    };
    found.iter().any(|filters| two(filters))
}

/// Whether the words that were not placed are in the name of a metric.
fn names_metric(refusal: &Refusal, question: &str, lexicon: &Lexicon, calendar: Calendar) -> bool {
    let linked = link::link(tokenize(question), lexicon, calendar);
    let in_metric = |word: &String| {
        linked.items.iter().any(|item| {
            item.targets().iter().any(|target| matches!(target, Target::Metric(_)))
                && item.text.split(' ').any(|part| part.eq_ignore_ascii_case(word))
        })
    };
    refusal.words.iter().any(in_metric)
}

/// Whether a question names a metric that a person wrote: more than a count, a sum or an average of a column.
fn says_own_metric(question: &str, model: &SemanticModel, lexicon: &Lexicon, calendar: Calendar) -> bool {
    let made = |expr: &str| {
        let inner = ["SUM(", "AVG(", "COUNT("].iter().find_map(|head| expr.strip_prefix(head)?.strip_suffix(')'));
        inner.is_some_and(|inner| inner == "*" || inner.chars().all(|letter| letter.is_alphanumeric() || letter == '_'))
    };
    let own = |name: &str| {
        model.metric(name).is_some_and(|(_, metric)| !made(&metric.expr) || !metric.extension.filters.is_empty())
    };
    let all = model.tables.iter().flat_map(|table| &table.metrics).chain(&model.metrics);
    if all.map(|metric| metric.name.as_str()).all(|name| !own(name)) {
        return false;
    }
    let linked = link::link(tokenize(question), lexicon, calendar);
    let mut targets = linked.items.iter().filter(|item| item.distance <= 1).flat_map(link::Item::targets);
    targets.any(|target| matches!(target, Target::Metric(name) if own(name)))
}
