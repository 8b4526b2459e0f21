//! What could be asked next, or instead.

use super::things::spaced;
use crate::ask::answer::{OutputColumn, Role};
use crate::ask::memory::Memory;
use crate::ask::words::lemmas;
use crate::plan::{Grouping, Plan};
use crate::semantic::{LogicalTable, SemanticModel, TableRole};

/// How many suggestions are given.
pub(super) const MOST: usize = 3;
/// How many measures, columns and things examples are made of.
const WIDE: usize = 8;

/// Follow-ups that suit an answer.
pub(super) fn next(plan: &Plan, columns: &[OutputColumn], model: &SemanticModel) -> Vec<String> {
    let has = |role: Role| columns.iter().any(|column| column.role == role);
    let mut next = Vec::new();
    if plan.measures.is_empty() {
        return next;
    }
    let timed = has(Role::Time)
        || plan
            .dimensions
            .iter()
            .any(|dimension| matches!(dimension.by, Grouping::Time { .. } | Grouping::Part { .. }));
    if !timed && plan.compare.is_none() {
        next.push("and by month?".to_owned());
    }
    if !has(Role::Dimension)
        && let Some(name) = breakdown(model)
    {
        next.push(format!("and by {name}?"));
    }
    if has(Role::Dimension) && plan.top.is_none() {
        next.push("just the top 5".to_owned());
    }
    next.truncate(MOST);
    next
}

/// A question made of the model's own parts.
pub(super) struct Example {
    /// The question.
    pub(super) text: String,
    /// The measure or thing that it asks for, and the column or value that it has: two with the same say no more than one.
    pub(super) parts: [String; 2],
    /// How many words it shares with the question that it stands for.
    pub(super) shared: usize,
}

/// Questions over the model's own measures, columns and values, those that share most words with `question` first. They
/// are only made: whether they are understood is for the engine to try.
pub(super) fn examples(question: &str, model: &SemanticModel) -> Vec<Example> {
    let (measures, groups, said) = (metrics(model), columns(model), lemmas(question));
    let mut all: Vec<Example> = Vec::new();
    let mut add = |text: String, one: &str, other: &str| {
        let shared = lemmas(&text).iter().filter(|word| word.len() > 2 && said.contains(word)).count();
        all.push(Example { text, parts: [one.to_owned(), other.to_owned()], shared });
    };
    for plural in counted(model).take(WIDE) {
        add(format!("how many {plural} are there?"), plural, "");
    }
    for metric in measures.iter().take(WIDE) {
        for (column, value) in groups.iter().take(WIDE) {
            add(format!("{metric} by {column}"), metric, column);
            if let Some(value) = value {
                add(format!("{metric} of {value}"), metric, value);
            }
        }
        add(format!("{metric} in total"), metric, "total");
    }
    // Of those that share as many words the first measures are best, and of theirs the shortest names.
    let metric = |example: &Example| measures.iter().position(|metric| *metric == example.parts[0]);
    all.sort_by_cached_key(|example| {
        (std::cmp::Reverse(example.shared), metric(example).unwrap_or(1), example.text.len())
    });
    all
}

/// What things are called that somebody may want to count; nobody asks how many days there are.
fn counted(model: &SemanticModel) -> impl Iterator<Item = &str> {
    let things = model.entities().filter(|entity| entity.table.extension.role != TableRole::Calendar);
    things.map(|entity| entity.entity.plural.as_str())
}

/// The names of the model's measures, the default first.
fn metrics(model: &SemanticModel) -> Vec<String> {
    let tables = model.tables.iter().filter(|table| table.extension.role == TableRole::Fact);
    let others = model.tables.iter().filter(|table| table.extension.role != TableRole::Fact);
    let named = tables.chain(others).flat_map(|table| &table.metrics).chain(&model.metrics);
    let mut all: Vec<String> = model.extension.default_metric.iter().map(|name| spaced(name)).collect();
    for name in named.map(|metric| spaced(&metric.name)) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// The columns with few values, each with one of them.
fn columns(model: &SemanticModel) -> Vec<(String, Option<String>)> {
    let mut columns: Vec<(String, Option<String>)> = breakdown(model).map(|name| (name, None)).into_iter().collect();
    for dimension in model.tables.iter().flat_map(|table| &table.dimensions) {
        let personal = dimension.extension.personal.is_some() || dimension.extension.hidden;
        let name = spaced(&dimension.name);
        if personal || !dimension.is_enum {
            continue;
        }
        let known = |value: &&String| !dimension.extension.unknown_values.contains(value);
        let value = dimension.sample_values.iter().find(known).cloned();
        match columns.iter_mut().find(|(known, _)| *known == name) {
            Some((_, first)) => *first = first.take().or(value),
            None => columns.push((name, value)),
        }
    }
    columns
}

/// Questions to begin with.
pub(super) fn starters(model: &SemanticModel, memory: Option<&Memory>, most: usize) -> Vec<String> {
    let mut all = memory.and_then(|memory| memory.suggestions("", most).ok()).unwrap_or_default();
    let onboarding = model.verified_queries.iter().filter(|query| query.use_as_onboarding_question);
    all.extend(onboarding.map(|query| query.question.clone()));
    if let Some(metric) = metrics(model).first() {
        all.push(format!("{metric} in total"));
        all.extend(breakdown(model).map(|name| format!("{metric} by {name}")));
    }
    all.extend(counted(model).take(2).map(|plural| format!("how many {plural} are there?")));
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|question| seen.insert(question.clone()));
    all
}

/// The coarsest way to break a number down that the model knows.
fn breakdown(model: &SemanticModel) -> Option<String> {
    let level = |table: &LogicalTable| table.extension.hierarchies.first()?.levels.first().cloned();
    let category = |table: &LogicalTable| {
        let dimension =
            table.dimensions.iter().find(|dimension| dimension.is_enum && dimension.extension.personal.is_none());
        dimension.map(|dimension| dimension.name.clone())
    };
    let entities = || model.tables.iter().filter(|table| table.extension.role == TableRole::Entity);
    let name = entities().find_map(level).or_else(|| entities().find_map(category))?;
    Some(spaced(&name))
}
