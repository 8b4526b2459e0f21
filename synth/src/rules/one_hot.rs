//! One-hot groups: columns of 0 and 1 of which one is set in every row, or at most one, are one column of categories.

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame};

use super::chance::Chance;
use super::declared::{Wanted, derive, unfit_unless};
use super::levels::Levels;
use super::plan::Plan;
use super::view::{Seen, View};
use super::{Reduced, Rule, RuleKind, put, take};
use crate::values::Values;
use crate::{ColumnKind, ColumnMetadata, Progress, Section, SynthError};

/// Fewer columns are no group.
const FEWEST_COLUMNS: usize = 3;

pub(super) struct OneHotKind;

/// One group.
#[derive(Debug)]
pub(super) struct OneHot {
    columns: Vec<String>,
    levels: Vec<Levels>,
    /// The name that the column of categories goes by.
    name: String,
    /// Whether one is set in every row, rather than at most one.
    complete: bool,
}

impl RuleKind for OneHotKind {
    fn name(&self) -> &'static str {
        "one_hot"
    }

    fn find(&self, view: &View, plan: &mut Plan, progress: &Progress) -> Result<(), SynthError> {
        for wanted in plan.declared() {
            let Wanted::OneHot(group) = &wanted else { continue };
            let flags = group.iter().all(|&at| is_flag(&view.columns[at]));
            unfit_unless(flags && group.len() > 1, view, &wanted, "its columns must hold 0 and 1 in every row")?;
            for &flag in group {
                derive(view, plan, &wanted, &[], flag)?;
            }
            let rule = OneHot::of(view, plan, group, true);
            plan.rules.push(Box::new(rule));
        }
        if !plan.discovers() {
            return Ok(());
        }
        let flags: Vec<usize> =
            (0..view.columns.len()).filter(|&at| is_flag(&view.columns[at]) && !plan.is_derived(at)).collect();
        let mut families: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for &at in &flags {
            families.entry(stem(&view.columns[at].name)).or_default().push(at);
        }
        let mut taken = vec![false; view.columns.len()];
        for family in families.values().chain([&flags]) {
            progress.check()?;
            let free: Vec<usize> = family.iter().copied().filter(|&at| !taken[at]).collect();
            let Some((group, complete)) = group(view, &free, plan.evidence, family.len() < flags.len()) else {
                continue;
            };
            let follows = |from: usize| {
                !group.contains(&from)
                    && view.columns[from].usable
                    && group.iter().any(|&flag| view.follows(from, flag))
            };
            if (0..view.columns.len()).any(follows) || !group.iter().all(|&flag| plan.derive(&[], flag)) {
                continue;
            }
            for &flag in &group {
                taken[flag] = true;
            }
            let rule = OneHot::of(view, plan, &group, complete);
            plan.rules.push(Box::new(rule));
        }
        Ok(())
    }

    fn load(&self, part: &mut Section<'_>) -> Option<Box<dyn Rule>> {
        let columns: Vec<String> = part.get("columns")?;
        let levels = (0..columns.len()).map(|at| Levels::load(&part.section(&format!("levels.{at}"))));
        let levels = levels.collect::<Option<Vec<_>>>()?;
        Some(Box::new(OneHot { columns, levels, name: part.get("name")?, complete: part.get("complete")? }))
    }
}

/// Whether a column holds 0 and 1, or false and true, in every row.
fn is_flag(seen: &Seen) -> bool {
    let both = match &seen.levels.values {
        Values::Whole(values) => values == &[0, 1],
        Values::Float(values) => values == &[0.0, 1.0],
        Values::Text(_) => false,
    };
    seen.usable && both && seen.missing() == 0
}

/// A name up to its last part.
fn stem(name: &str) -> &str {
    let end = name.rfind(['_', '.', ' ', ':', '=', '-', '/', '[']);
    end.map_or(name, |end| &name[..end])
}

/// The columns of which never two are set, beginning with the first, and whether one always is. Columns of which at most
/// one is set are a group only when they share a name, and when independent ones would often enough both be set.
fn group(view: &View, flags: &[usize], evidence: f64, related: bool) -> Option<(Vec<usize>, bool)> {
    (0..flags.len()).find_map(|first| {
        let mut set = vec![false; view.rows];
        let mut group: Vec<usize> = Vec::new();
        for &flag in &flags[first..] {
            let codes = &view.columns[flag].codes;
            if codes.iter().zip(&set).all(|(&code, &set)| code == 0 || !set) {
                group.push(flag);
                set.iter_mut().zip(codes).for_each(|(set, &code)| *set |= code == 1);
            }
        }
        let complete = set.iter().all(|&set| set);
        let shares: Vec<f64> =
            group.iter().map(|&flag| f64::from(view.columns[flag].counts[1]) / view.rows as f64).collect();
        let (sum, squares) = (shares.iter().sum::<f64>(), shares.iter().map(|share| share * share).sum::<f64>());
        let clashes = view.rows as f64 * (sum * sum - squares) / 2.0;
        let enough = group.len() >= FEWEST_COLUMNS && clashes >= evidence;
        (enough && (complete || related && group.len() == flags.len())).then_some((group, complete))
    })
}

impl OneHot {
    fn of(view: &View, plan: &mut Plan, group: &[usize], complete: bool) -> Self {
        let columns: Vec<String> = group.iter().map(|&at| view.columns[at].name.clone()).collect();
        let levels = group.iter().map(|&at| view.columns[at].levels.clone()).collect();
        Self { name: plan.fresh(&columns.join(" | ")), columns, levels, complete }
    }

    /// For each row the place of the column that is set, past the last when there is none, and whether there are several.
    fn set(&self, table: &DataFrame) -> Result<Vec<(usize, bool)>, SynthError> {
        let mut found = vec![(self.columns.len(), false); table.height()];
        for (at, (column, levels)) in self.columns.iter().zip(&self.levels).enumerate() {
            for (found, code) in found.iter_mut().zip(levels.codes(take(table, column)?)?) {
                if code == 1 {
                    *found = if found.0 == self.columns.len() { (at, false) } else { (found.0, true) };
                }
            }
        }
        Ok(found)
    }

    /// What stands for each column, and last for none of them.
    fn names(&self) -> Vec<&str> {
        self.columns.iter().map(String::as_str).chain([""]).collect()
    }
}

impl Rule for OneHot {
    fn kind(&self) -> &'static str {
        OneHotKind.name()
    }

    fn sentences(&self) -> Vec<String> {
        let number = if self.complete { "exactly one" } else { "at most one" };
        vec![format!("{number} of {} is set", self.columns.join(", "))]
    }

    fn needs(&self) -> Vec<String> {
        Vec::new()
    }

    fn settles(&self) -> Vec<String> {
        self.columns.clone()
    }

    fn reduce(&self, reduced: &mut Reduced) -> Result<(), SynthError> {
        let mut missing = vec![false; reduced.table.height()];
        for column in &self.columns {
            let gaps = take(&reduced.table, column)?.is_null();
            missing.iter_mut().zip(gaps.iter()).for_each(|(missing, gap)| *missing |= gap == Some(true));
        }
        let names = self.names();
        let set = self.set(&reduced.table)?;
        // With a gap in a row, the column that is set is known only where one is.
        let value =
            |((at, _), missing): (&(usize, bool), &bool)| (!missing || *at < self.columns.len()).then(|| names[*at]);
        let values: Vec<Option<&str>> = set.iter().zip(&missing).map(value).collect();
        for column in &self.columns {
            reduced.remove(column);
        }
        reduced.metadata.set(&self.name, ColumnMetadata::new(ColumnKind::Categorical));
        let column = Column::new(self.name.as_str().into(), values);
        put(&mut reduced.table, column.take_materialized_series())
    }

    fn restore(&self, table: &mut DataFrame, _chance: &Chance) -> Result<(), SynthError> {
        let places: BTreeMap<&str, usize> = self.names().into_iter().enumerate().map(|(at, name)| (name, at)).collect();
        let categories = take(table, &self.name)?.clone();
        let none = self.columns.len();
        let set: Vec<usize> = categories
            .str()?
            .iter()
            .map(|name| name.and_then(|name| places.get(name).copied()).unwrap_or(none))
            .collect();
        for (at, (column, levels)) in self.columns.iter().zip(&self.levels).enumerate() {
            let codes: Vec<u32> = set.iter().map(|&set| u32::from(set == at)).collect();
            put(table, levels.column(column, &codes)?)?;
        }
        Ok(())
    }

    fn broken(&self, table: &DataFrame) -> Result<Vec<usize>, SynthError> {
        let wrong = |(at, several): &&(usize, bool)| *several || self.complete && *at == self.columns.len();
        Ok(vec![self.set(table)?.iter().filter(wrong).count()])
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("columns", &self.columns)?;
        part.put("name", &self.name)?;
        part.put("complete", &self.complete)?;
        for (at, levels) in self.levels.iter().enumerate() {
            levels.save(&mut part.section(&format!("levels.{at}")))?;
        }
        Ok(())
    }
}
