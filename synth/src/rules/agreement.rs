//! Columns that each determine a third: they must name the same value of it, or the row contradicts itself.
//!
//! Where they don't, all but one are taken from a combination that was seen with that one, drawn in proportion to how
//! often it was, among those that change the fewest values.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;

use super::chance::Chance;
use super::dependency::map;
use super::levels::Levels;
use super::plan::Plan;
use super::view::View;
use super::{Reduced, Rule, RuleKind, put, take};
use crate::{Progress, Section, SynthError};

pub(super) struct AgreementKind;

/// A column that several determine: its name, and for each root what it says about it, or nothing.
type Shared = (String, Vec<Vec<u32>>);

/// Determinants that share what they determine; the first is the one that stays.
#[derive(Debug)]
pub(super) struct Agreement {
    roots: Vec<String>,
    levels: Vec<Levels>,
    /// The columns that they share.
    shared: Vec<Shared>,
    /// The combinations that were seen, ascending, one value per root, and how often.
    combinations: Vec<u32>,
    times: Vec<u32>,
}

impl Agreement {
    /// The groups of free columns that share a column which follows from each of them.
    pub(super) fn between(view: &View, plan: &Plan, follows: &[Vec<usize>], kept: &[usize]) -> Vec<Self> {
        let columns = view.columns.len();
        let mut group: Vec<usize> = (0..columns).collect();
        let mut sharing: Vec<(usize, Vec<usize>)> = Vec::new();
        for column in (0..columns).filter(|&column| plan.is_derived(column)) {
            let roots: Vec<usize> = (0..columns)
                .filter(|&root| kept[root] == root && !plan.is_derived(root) && follows[root].contains(&column))
                .collect();
            if roots.len() > 1 {
                let merged = roots.iter().map(|&root| group[root]).min().unwrap_or(column);
                let old: Vec<usize> = roots.iter().map(|&root| group[root]).collect();
                group.iter_mut().filter(|one| old.contains(one)).for_each(|one| *one = merged);
                sharing.push((column, roots));
            }
        }
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (root, &group) in group.iter().enumerate() {
            if sharing.iter().any(|(_, roots)| roots.contains(&root)) {
                members.entry(group).or_default().push(root);
            }
        }
        members.into_values().map(|roots| Self::of(view, roots, &sharing)).collect()
    }

    fn of(view: &View, mut roots: Vec<usize>, sharing: &[(usize, Vec<usize>)]) -> Self {
        roots.sort_by_key(|&root| (std::cmp::Reverse(view.columns[root].distinct()), root));
        let shared = sharing
            .iter()
            .filter(|(_, sharers)| sharers.iter().any(|one| roots.contains(one)))
            .map(|(column, sharers)| {
                let says = |&root: &usize| if sharers.contains(&root) { map(view, root, *column) } else { Vec::new() };
                (view.columns[*column].name.clone(), roots.iter().map(says).collect())
            })
            .collect();
        let mut seen: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
        for row in 0..view.rows {
            *seen.entry(roots.iter().map(|&root| view.columns[root].codes[row]).collect()).or_default() += 1;
        }
        Self {
            roots: roots.iter().map(|&root| view.columns[root].name.clone()).collect(),
            levels: roots.iter().map(|&root| view.columns[root].levels.clone()).collect(),
            shared,
            times: seen.values().copied().collect(),
            combinations: seen.into_keys().flatten().collect(),
        }
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.roots.iter().any(|root| root == column)
    }

    pub(super) fn roots(&self) -> &[String] {
        &self.roots
    }

    fn codes(&self, table: &DataFrame) -> Result<Vec<Vec<u32>>, SynthError> {
        self.roots.iter().zip(&self.levels).map(|(root, levels)| levels.nearest(take(table, root)?)).collect()
    }

    fn contradicts(codes: &[Vec<u32>], row: usize, (_, maps): &Shared) -> bool {
        let mut said = maps
            .iter()
            .zip(codes)
            .filter(|(map, _)| !map.is_empty())
            .map(|(map, codes)| map.get(codes[row] as usize).copied());
        let first = said.next().flatten();
        said.any(|other| other != first)
    }

    /// A combination that was seen with the first root's value.
    fn draw(&self, row: &[u32], uniform: f64) -> Option<&[u32]> {
        let width = self.roots.len();
        let all = |at: usize| &self.combinations[at * width..(at + 1) * width];
        let first = partition(self.times.len(), |at| all(at)[0] < row[0]);
        let last = partition(self.times.len(), |at| all(at)[0] <= row[0]);
        let alike = |at: usize| all(at).iter().zip(row).filter(|(a, b)| a == b).count();
        let most = (first..last).map(alike).max()?;
        let fit: Vec<usize> = (first..last).filter(|&at| alike(at) == most).collect();
        let total: f64 = fit.iter().map(|&at| f64::from(self.times[at])).sum();
        let mut left = uniform * total;
        for &at in &fit {
            left -= f64::from(self.times[at]);
            if left < 0.0 {
                return Some(all(at));
            }
        }
        fit.last().map(|&at| all(at))
    }
}

fn partition(length: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, length);
    while low < high {
        let middle = usize::midpoint(low, high);
        if before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

impl RuleKind for AgreementKind {
    fn name(&self) -> &'static str {
        "agreement"
    }

    fn find(&self, _view: &View, _plan: &mut Plan, _progress: &Progress) -> Result<(), SynthError> {
        Ok(())
    }

    fn load(&self, part: &mut Section<'_>) -> Option<Box<dyn Rule>> {
        let roots: Vec<String> = part.get("roots")?;
        let levels = (0..roots.len())
            .map(|at| Levels::load(&part.section(&format!("levels.{at}"))))
            .collect::<Option<Vec<_>>>()?;
        let shared: Vec<Shared> = part.get("shared")?;
        let (combinations, times): (Vec<u32>, Vec<u32>) = (part.get("combinations")?, part.get("times")?);
        let fits = roots.len() > 1
            && combinations.len() == times.len() * roots.len()
            && shared.iter().all(|(_, maps)| maps.len() == roots.len());
        fits.then(|| Box::new(Agreement { roots, levels, shared, combinations, times }) as Box<dyn Rule>)
    }
}

impl Rule for Agreement {
    fn kind(&self) -> &'static str {
        AgreementKind.name()
    }

    fn sentences(&self) -> Vec<String> {
        let sentence = |(column, maps): &Shared| {
            let roots: Vec<&str> =
                self.roots.iter().zip(maps).filter(|(_, map)| !map.is_empty()).map(|(root, _)| root.as_str()).collect();
            format!("{column} follows from each of {}", roots.join(", "))
        };
        self.shared.iter().map(sentence).collect()
    }

    fn needs(&self) -> Vec<String> {
        Vec::new()
    }

    fn settles(&self) -> Vec<String> {
        self.roots.clone()
    }

    fn reduce(&self, _reduced: &mut Reduced) -> Result<(), SynthError> {
        Ok(())
    }

    fn restore(&self, table: &mut DataFrame, chance: &Chance) -> Result<(), SynthError> {
        let mut codes = self.codes(table)?;
        let wrong: Vec<usize> = (0..table.height())
            .filter(|&row| self.shared.iter().any(|shared| Self::contradicts(&codes, row, shared)))
            .collect();
        if wrong.is_empty() {
            return Ok(());
        }
        for (&row, uniform) in wrong.iter().zip(chance.uniform(&wrong, &self.roots.join("\0"))?) {
            let here: Vec<u32> = codes.iter().map(|codes| codes[row]).collect();
            if let Some(drawn) = self.draw(&here, uniform) {
                codes.iter_mut().zip(drawn).for_each(|(codes, &code)| codes[row] = code);
            }
        }
        for ((root, levels), codes) in self.roots.iter().zip(&self.levels).zip(&codes) {
            put(table, levels.column(root, codes)?)?;
        }
        Ok(())
    }

    fn broken(&self, table: &DataFrame) -> Result<Vec<usize>, SynthError> {
        let codes = self.codes(table)?;
        let breaks = |shared| (0..table.height()).filter(|&row| Self::contradicts(&codes, row, shared)).count();
        Ok(self.shared.iter().map(breaks).collect())
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("roots", &self.roots)?;
        for (at, levels) in self.levels.iter().enumerate() {
            levels.save(&mut part.section(&format!("levels.{at}")))?;
        }
        part.put("shared", &self.shared)?;
        part.put("combinations", &self.combinations)?;
        part.put("times", &self.times)
    }
}
