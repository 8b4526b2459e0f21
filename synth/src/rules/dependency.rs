//! Functional dependencies: a column whose value follows from another's, by a table of which goes with which.
//!
//! `a` determines `b` when no two rows with the same `a` differ in `b`; a missing value is a value like any other. By
//! chance that would happen with a probability of at most p^(n - d), where n is the number of rows, d the number of
//! different values of `a` and p the share of the commonest value of `b`: each row after the first with the same `a` has
//! to hit one value. Columns that determine each other are one column in two writings, of which one is kept.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, Series};
use rayon::prelude::*;

use super::agreement::Agreement;
use super::bands::Bands;
use super::chance::Chance;
use super::declared::{Wanted, unfit_unless};
use super::levels::Levels;
use super::plan::Plan;
use super::view::View;
use super::{Reduced, Rule, RuleKind, put, take};
use crate::{Progress, Section, SynthError};

/// Rows beyond the first of each value that a dependency must hold in.
const FEWEST_REPEATS: usize = 25;

pub(super) struct DependencyKind;

/// One column by which others are known.
#[derive(Debug)]
pub(super) struct Dependency {
    determinant: String,
    levels: Levels,
    determined: Vec<Determined>,
}

/// One column that is known by another.
#[derive(Debug)]
struct Determined {
    column: String,
    levels: Levels,
    /// For each value of the determinant, and last for a missing one, the value that goes with it.
    map: Vec<u32>,
}

impl RuleKind for DependencyKind {
    fn name(&self) -> &'static str {
        "dependency"
    }

    fn find(&self, view: &View, plan: &mut Plan, progress: &Progress) -> Result<(), SynthError> {
        let declared = plan.declared();
        if declared.is_empty() && !plan.discovers() {
            return Ok(());
        }
        let mut follows =
            if plan.discovers() { pairs(view, plan.evidence, progress)? } else { vec![Vec::new(); view.columns.len()] };
        for wanted in &declared {
            if let Wanted::Dependency { from, to } = wanted {
                follows[*from].push(*to);
            }
        }
        let kept = representatives(view, plan, &follows);
        let mut primary: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for column in 0..view.columns.len() {
            let best = if kept[column] == column {
                let others = (0..view.columns.len()).filter(|&other| kept[other] == other && other != column);
                others
                    .filter(|&other| follows[other].contains(&column))
                    .min_by_key(|&other| (is_fractional(view, other), view.columns[other].distinct(), other))
            } else {
                Some(kept[column])
            };
            if let Some(best) = best.filter(|&best| plan.derive(&[best], column)) {
                primary.entry(best).or_default().push(column);
            }
        }
        for wanted in &declared {
            if let Wanted::Dependency { from, to } = wanted {
                let same = plan.is_derived(*from) && kept[*from] == kept[*to];
                let reason = "another rule needs its column first";
                unfit_unless(plan.is_derived(*to) || same, view, wanted, reason)?;
            }
        }
        let agreements = Agreement::between(view, plan, &follows, &kept);
        for (&determinant, columns) in &primary {
            let measured = view.columns[determinant].measure.is_some();
            let free =
                !plan.is_derived(determinant) && !agreements.iter().any(|one| one.has(&view.columns[determinant].name));
            let mut looked_up = Vec::new();
            for &column in columns {
                match Bands::of(view, determinant, column).filter(|_| free && is_fine(view, determinant)) {
                    Some(bands) => plan.rules.push(Box::new(bands)),
                    None => looked_up.push(column),
                }
            }
            if looked_up.is_empty() {
                continue;
            }
            if measured && !plan.is_derived(determinant) && !plan.is_seen_only(determinant) {
                plan.keep_to_seen(determinant);
                plan.rules.push(Box::new(Snap::of(view, determinant)));
            }
            plan.rules.push(Box::new(Dependency::of(view, determinant, &looked_up)));
        }
        for agreement in agreements {
            for root in agreement.roots() {
                let Some(at) = view.find(root) else { continue };
                plan.pin(at);
                if view.columns[at].measure.is_some() && !plan.is_seen_only(at) {
                    plan.keep_to_seen(at);
                    plan.rules.push(Box::new(Snap::of(view, at)));
                }
            }
            plan.rules.push(Box::new(agreement));
        }
        Ok(())
    }

    fn load(&self, part: &mut Section<'_>) -> Option<Box<dyn Rule>> {
        let levels = Levels::load(&part.section("levels"))?;
        let mut determined = Vec::new();
        for (at, column) in part.get::<Vec<String>>("determined")?.into_iter().enumerate() {
            let map: Vec<u32> = part.get(&format!("map.{at}"))?;
            let one = Determined { column, levels: Levels::load(&part.section(&format!("levels.{at}")))?, map };
            determined.push((one.map.len() == levels.len() + 1).then_some(one)?);
        }
        Some(Box::new(Dependency { determinant: part.get("determinant")?, levels, determined }))
    }
}

/// Whether a measure has so many values that transforms cut it into stretches.
fn is_fine(view: &View, column: usize) -> bool {
    let seen = &view.columns[column];
    seen.measure.is_some() && seen.distinct() * 10 > view.rows
}

/// Whether a column holds numbers with fractions, which seldom name anything.
fn is_fractional(view: &View, column: usize) -> bool {
    view.columns[column].measure.as_ref().is_some_and(|measure| !measure.is_whole())
}

/// For each column, those that follow from it.
fn pairs(view: &View, evidence: f64, progress: &Progress) -> Result<Vec<Vec<usize>>, SynthError> {
    let order = view.mixed();
    let distinct: Vec<usize> = view.columns.iter().map(super::view::Seen::distinct).collect();
    let surprise: Vec<f64> =
        view.columns.iter().map(|column| -column.commonest().max(f64::MIN_POSITIVE).ln()).collect();
    (0..view.columns.len())
        .into_par_iter()
        .map(|a| {
            progress.check()?;
            let column = &view.columns[a];
            let most = if column.measure.is_some() { view.rows / 4 } else { view.rows / 2 };
            if !column.usable || distinct[a] < 2 || distinct[a] > most {
                return Ok(Vec::new());
            }
            let repeats = view.rows - distinct[a];
            let mut first = vec![(u32::MAX, 0_u32); column.counts.len()];
            let mut follows = |b: usize| {
                let other = &view.columns[b];
                if b == a || !other.usable || !(2..=distinct[a]).contains(&distinct[b]) {
                    return false;
                }
                if repeats < FEWEST_REPEATS || repeats as f64 * surprise[b] < evidence {
                    return false;
                }
                order.iter().all(|&row| {
                    let slot = &mut first[column.codes[row as usize] as usize];
                    let value = other.codes[row as usize];
                    if slot.0 == b as u32 {
                        slot.1 == value
                    } else {
                        *slot = (b as u32, value);
                        true
                    }
                })
            };
            Ok((0..view.columns.len()).filter(|&b| follows(b)).collect())
        })
        .collect()
}

/// For each column the one that stands for all those which determine each other.
fn representatives(view: &View, plan: &Plan, follows: &[Vec<usize>]) -> Vec<usize> {
    let rank = |column: usize| {
        let seen = &view.columns[column];
        let form = match (&seen.measure, is_fine(view, column)) {
            (Some(_), false) => 0,
            (None, _) => 1,
            (Some(_), true) => 2,
        };
        (plan.is_derived(column), form, column)
    };
    (0..follows.len())
        .map(|column| {
            let mutual = follows[column].iter().copied().filter(|&other| follows[other].contains(&column));
            mutual.chain([column]).min_by_key(|&other| rank(other)).unwrap_or(column)
        })
        .collect()
}

impl Dependency {
    fn of(view: &View, determinant: usize, determined: &[usize]) -> Self {
        let seen = &view.columns[determinant];
        let determined = determined
            .iter()
            .map(|&column| {
                let other = &view.columns[column];
                Determined {
                    column: other.name.clone(),
                    levels: other.levels.clone(),
                    map: map(view, determinant, column),
                }
            })
            .collect();
        Self { determinant: seen.name.clone(), levels: seen.levels.clone(), determined }
    }
}

/// For each value of a column, and last for a missing one, the value of another that goes with it.
pub(super) fn map(view: &View, determinant: usize, determined: usize) -> Vec<u32> {
    let (seen, other) = (&view.columns[determinant], &view.columns[determined]);
    let mut map = vec![other.levels.len() as u32; seen.counts.len()];
    for (&from, &to) in seen.codes.iter().zip(&other.codes) {
        map[from as usize] = to;
    }
    map
}

impl Rule for Dependency {
    fn kind(&self) -> &'static str {
        DependencyKind.name()
    }

    fn sentences(&self) -> Vec<String> {
        self.determined.iter().map(|one| format!("{} follows from {}", one.column, self.determinant)).collect()
    }

    fn needs(&self) -> Vec<String> {
        vec![self.determinant.clone()]
    }

    fn settles(&self) -> Vec<String> {
        self.determined.iter().map(|one| one.column.clone()).collect()
    }

    fn reduce(&self, reduced: &mut Reduced) -> Result<(), SynthError> {
        if let Some(filled) = self.recovered(&reduced.table)? {
            put(&mut reduced.table, filled)?;
        }
        for one in &self.determined {
            reduced.remove(&one.column);
        }
        Ok(())
    }

    fn restore(&self, table: &mut DataFrame, _chance: &Chance) -> Result<(), SynthError> {
        let codes = self.levels.nearest(take(table, &self.determinant)?)?;
        for one in &self.determined {
            let values: Vec<u32> = codes.iter().map(|&code| one.map[(code as usize).min(self.levels.len())]).collect();
            put(table, one.levels.column(&one.column, &values)?)?;
        }
        Ok(())
    }

    fn broken(&self, table: &DataFrame) -> Result<Vec<usize>, SynthError> {
        let codes = self.levels.codes(take(table, &self.determinant)?)?;
        let breaks = |one: &Determined| {
            let values = one.levels.codes(take(table, &one.column)?)?;
            let wrong = |(&code, &value): (&u32, &u32)| one.map.get(code as usize).is_some_and(|&right| right != value);
            Ok(codes.iter().zip(&values).filter(|&pair| wrong(pair)).count())
        };
        self.determined.iter().map(breaks).collect()
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("determinant", &self.determinant)?;
        self.levels.save(&mut part.section("levels"))?;
        part.put("determined", &self.settles())?;
        for (at, one) in self.determined.iter().enumerate() {
            one.levels.save(&mut part.section(&format!("levels.{at}")))?;
            part.put(&format!("map.{at}"), &one.map)?;
        }
        Ok(())
    }
}

impl Dependency {
    /// The determinant with its gaps filled where a determined value goes with one value of it only; none when there is
    /// no such gap.
    fn recovered(&self, table: &DataFrame) -> Result<Option<Series>, SynthError> {
        let column = take(table, &self.determinant)?;
        let mut codes = self.levels.codes(column)?;
        let gap = self.levels.len() as u32;
        if !codes.contains(&gap) {
            return Ok(None);
        }
        let mut filled = false;
        for one in &self.determined {
            let Ok(values) = take(table, &one.column) else { continue };
            let mut back: Vec<Option<Option<u32>>> = vec![None; one.levels.len() + 1];
            for (from, &to) in one.map.iter().enumerate() {
                let slot = &mut back[(to as usize).min(one.levels.len())];
                *slot = Some(if slot.is_none() { Some(from as u32) } else { None });
            }
            for (code, value) in codes.iter_mut().zip(one.levels.codes(values)?) {
                let known = back.get(value as usize).copied().flatten().flatten().filter(|&from| from < gap);
                if let Some(known) = known.filter(|_| *code == gap && (value as usize) < one.levels.len()) {
                    *code = known;
                    filled = true;
                }
            }
        }
        // A number that was not there when the rule was found must stay what it is.
        if !filled || codes.contains(&Levels::UNSEEN) {
            return Ok(None);
        }
        Ok(Some(self.levels.column(&self.determinant, &codes)?))
    }
}

pub(super) struct SnapKind;

/// A measure by which other columns are known, so that it must only take values that were seen.
#[derive(Debug)]
pub(super) struct Snap {
    column: String,
    levels: Levels,
}

impl Snap {
    fn of(view: &View, column: usize) -> Self {
        Self { column: view.columns[column].name.clone(), levels: view.columns[column].levels.clone() }
    }
}

impl RuleKind for SnapKind {
    fn name(&self) -> &'static str {
        "seen_values"
    }

    fn find(&self, _view: &View, _plan: &mut Plan, _progress: &Progress) -> Result<(), SynthError> {
        Ok(())
    }

    fn load(&self, part: &mut Section<'_>) -> Option<Box<dyn Rule>> {
        Some(Box::new(Snap { column: part.get("column")?, levels: Levels::load(&part.section("levels"))? }))
    }
}

impl Rule for Snap {
    fn kind(&self) -> &'static str {
        SnapKind.name()
    }

    fn sentences(&self) -> Vec<String> {
        Vec::new()
    }

    fn needs(&self) -> Vec<String> {
        Vec::new()
    }

    fn settles(&self) -> Vec<String> {
        vec![self.column.clone()]
    }

    fn reduce(&self, _reduced: &mut Reduced) -> Result<(), SynthError> {
        Ok(())
    }

    fn restore(&self, table: &mut DataFrame, _chance: &Chance) -> Result<(), SynthError> {
        let column = take(table, &self.column)?;
        if self.levels.codes(column)?.contains(&Levels::UNSEEN) {
            let snapped = self.levels.column(&self.column, &self.levels.nearest(column)?)?;
            put(table, snapped)?;
        }
        Ok(())
    }

    fn broken(&self, _table: &DataFrame) -> Result<Vec<usize>, SynthError> {
        Ok(Vec::new())
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("column", &self.column)?;
        self.levels.save(&mut part.section("levels"))
    }
}
