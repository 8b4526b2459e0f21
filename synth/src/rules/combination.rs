//! Fixed combinations: columns of which only a few of the possible combinations ever occur are one column.
//!
//! They count when every combination that occurs does so several times (by Good and Turing, another is then unlikely),
//! when they are at most half of those that could occur, and when independent columns would show the others in a tenth of
//! the rows.

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame};

use super::chance::Chance;
use super::declared::{Wanted, derive, unfit_unless};
use super::levels::Levels;
use super::plan::Plan;
use super::view::View;
use super::{Reduced, Rule, RuleKind, put, take};
use crate::{ColumnKind, ColumnMetadata, Progress, Section, SynthError};

/// How often each combination occurs, at least, when it was not declared.
const FEWEST_ROWS: u32 = 5;
/// The share of the possible combinations that occur, at most.
const LARGEST_SHARE: f64 = 0.5;
/// The share of rows that other combinations would have if the columns were independent, at least.
const LEAST_ABSENT: f64 = 0.1;
/// Combinations, at most.
const MOST_COMBINATIONS: usize = 2000;
/// Columns that are searched, at most, those with the fewest values first.
const MOST_COLUMNS: usize = 200;

pub(super) struct CombinationKind;

/// Columns that are one.
#[derive(Debug)]
pub(super) struct Combination {
    columns: Vec<String>,
    levels: Vec<Levels>,
    /// The combinations, ascending: one value per column.
    seen: Vec<Vec<u32>>,
    /// The name that the one column goes by.
    name: String,
}

impl RuleKind for CombinationKind {
    fn name(&self) -> &'static str {
        "combination"
    }

    fn find(&self, view: &View, plan: &mut Plan, progress: &Progress) -> Result<(), SynthError> {
        for wanted in plan.declared() {
            let Wanted::Combination(group) = &wanted else { continue };
            unfit_unless(group.len() > 1, view, &wanted, "it needs two columns")?;
            for &column in group {
                derive(view, plan, &wanted, &[], column)?;
            }
            let rule = Combination::of(view, plan, group);
            plan.rules.push(Box::new(rule));
        }
        if !plan.discovers() {
            return Ok(());
        }
        let usable = |&at: &usize| {
            let seen = &view.columns[at];
            seen.usable
                && seen.measure.is_none()
                && seen.distinct() > 2
                && seen.distinct() <= MOST_COMBINATIONS.min(view.rows / 10)
                && plan.is_free(at)
        };
        let mut columns: Vec<usize> = (0..view.columns.len()).filter(usable).collect();
        columns.sort_by_key(|&at| (view.columns[at].distinct(), at));
        columns.truncate(MOST_COLUMNS);
        columns.sort_unstable();
        let order = view.mixed();
        let mut taken = vec![false; view.columns.len()];
        for (place, &first) in columns.iter().enumerate() {
            let mut group = vec![first];
            for &other in &columns[place + 1..] {
                progress.check()?;
                let fits = |&one: &usize| is_sparse(view, &order, one, other) && is_fixed(view, &order, &[one, other]);
                if !taken[first] && !taken[other] && group.iter().all(fits) {
                    group.push(other);
                    if group.len() > 2 && !is_fixed(view, &order, &group) {
                        group.pop();
                    }
                }
            }
            if group.len() > 1 && group.iter().all(|&at| plan.derive(&[], at)) {
                for &at in &group {
                    taken[at] = true;
                }
                let rule = Combination::of(view, plan, &group);
                plan.rules.push(Box::new(rule));
            }
        }
        Ok(())
    }

    fn load(&self, part: &mut Section<'_>) -> Option<Box<dyn Rule>> {
        let columns: Vec<String> = part.get("columns")?;
        let levels = (0..columns.len()).map(|at| Levels::load(&part.section(&format!("levels.{at}"))));
        let levels = levels.collect::<Option<Vec<_>>>()?;
        let seen: Vec<Vec<u32>> = part.get("seen")?;
        let fits = !seen.is_empty() && seen.iter().all(|one| one.len() == columns.len());
        fits.then_some(Box::new(Combination { columns, levels, seen, name: part.get("name")? }))
    }
}

/// How often each combination of these columns' values occurs; none when there are too many.
fn count(view: &View, order: &[u32], group: &[usize]) -> Option<BTreeMap<Vec<u32>, u32>> {
    let mut seen: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
    let mut key = vec![0; group.len()];
    for &row in order {
        key.iter_mut().zip(group).for_each(|(key, &at)| *key = view.columns[at].codes[row as usize]);
        if let Some(count) = seen.get_mut(&key) {
            *count += 1;
        } else if seen.len() < MOST_COMBINATIONS {
            seen.insert(key.clone(), 1);
        } else {
            return None;
        }
    }
    Some(seen)
}

/// Whether two columns leave half of their combinations out; most pairs of columns are refuted after a few rows.
fn is_sparse(view: &View, order: &[u32], one: usize, other: usize) -> bool {
    let (one, other) = (&view.columns[one], &view.columns[other]);
    let most = LARGEST_SHARE * (one.distinct() * other.distinct()) as f64;
    let mut seen = vec![false; one.counts.len() * other.counts.len()];
    let mut found = 0.0;
    order.iter().all(|&row| {
        let place = one.codes[row as usize] as usize * other.counts.len() + other.codes[row as usize] as usize;
        found += if std::mem::replace(&mut seen[place], true) { 0.0 } else { 1.0 };
        found <= most && found <= MOST_COMBINATIONS as f64
    })
}

fn is_fixed(view: &View, order: &[u32], group: &[usize]) -> bool {
    let Some(seen) = count(view, order, group) else { return false };
    let possible: f64 = group.iter().map(|&at| view.columns[at].distinct() as f64).product();
    let chance = |combination: &Vec<u32>| {
        let share = |(&at, &code): (&usize, &u32)| f64::from(view.columns[at].counts[code as usize]) / view.rows as f64;
        group.iter().zip(combination).map(share).product::<f64>()
    };
    let absent = 1.0 - seen.keys().map(chance).sum::<f64>();
    seen.values().all(|&count| count >= FEWEST_ROWS)
        && seen.len() as f64 <= LARGEST_SHARE * possible
        && absent >= LEAST_ABSENT
        && absent * view.rows as f64 >= 100.0
}

impl Combination {
    fn of(view: &View, plan: &mut Plan, group: &[usize]) -> Self {
        let columns: Vec<String> = group.iter().map(|&at| view.columns[at].name.clone()).collect();
        let mut seen: Vec<Vec<u32>> =
            (0..view.rows).map(|row| group.iter().map(|&at| view.columns[at].codes[row]).collect()).collect();
        seen.sort_unstable();
        seen.dedup();
        Self {
            name: plan.fresh(&columns.join(" & ")),
            levels: group.iter().map(|&at| view.columns[at].levels.clone()).collect(),
            columns,
            seen,
        }
    }

    /// For each row the place of its combination, or none.
    fn places(&self, table: &DataFrame) -> Result<Vec<Option<usize>>, SynthError> {
        let codes = self.columns.iter().zip(&self.levels).map(|(column, levels)| levels.codes(take(table, column)?));
        let codes: Vec<Vec<u32>> = codes.collect::<Result<_, SynthError>>()?;
        let place = |row: usize| {
            let key: Vec<u32> = codes.iter().map(|codes| codes[row]).collect();
            self.seen.binary_search(&key).ok()
        };
        Ok((0..table.height()).map(place).collect())
    }
}

impl Rule for Combination {
    fn kind(&self) -> &'static str {
        CombinationKind.name()
    }

    fn sentences(&self) -> Vec<String> {
        vec![format!("{} occur in {} combinations", self.columns.join(" and "), self.seen.len())]
    }

    fn needs(&self) -> Vec<String> {
        Vec::new()
    }

    fn settles(&self) -> Vec<String> {
        self.columns.clone()
    }

    fn reduce(&self, reduced: &mut Reduced) -> Result<(), SynthError> {
        let places = self.places(&reduced.table)?;
        let values: Vec<Option<i64>> = places.into_iter().map(|place| place.map(|place| place as i64)).collect();
        for column in &self.columns {
            reduced.remove(column);
        }
        reduced.metadata.set(&self.name, ColumnMetadata::new(ColumnKind::Categorical));
        put(&mut reduced.table, Column::new(self.name.as_str().into(), values).take_materialized_series())
    }

    fn restore(&self, table: &mut DataFrame, _chance: &Chance) -> Result<(), SynthError> {
        let places = take(table, &self.name)?.clone();
        let last = self.seen.len() as i64 - 1;
        let places: Vec<usize> = places.i64()?.iter().map(|place| place.unwrap_or(0).clamp(0, last) as usize).collect();
        for (at, (column, levels)) in self.columns.iter().zip(&self.levels).enumerate() {
            let codes: Vec<u32> = places.iter().map(|&place| self.seen[place][at]).collect();
            put(table, levels.column(column, &codes)?)?;
        }
        Ok(())
    }

    fn broken(&self, table: &DataFrame) -> Result<Vec<usize>, SynthError> {
        Ok(vec![self.places(table)?.iter().filter(|place| place.is_none()).count()])
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("columns", &self.columns)?;
        part.put("name", &self.name)?;
        part.put("seen", &self.seen)?;
        for (at, levels) in self.levels.iter().enumerate() {
            levels.save(&mut part.section(&format!("levels.{at}")))?;
        }
        Ok(())
    }
}
