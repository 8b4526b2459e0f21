//! Inequalities between columns: start ≤ end, minimum ≤ mean ≤ maximum.
//!
//! `a ≤ b` is looked for between measures of one class whose ranges overlap. With r the share of all pairs of rows
//! (i, j) for which aᵢ > bⱼ, chance alone would spare every one of n rows with probability (1 - r)ⁿ. Inequalities that
//! chance may have made are kept all the same where r is at least 0.2 %, since that costs next to nothing, but they are
//! not called rules.
//!
//! A column whose distance from its bound is simpler than the column itself is learned as that distance; of others, the
//! rows that break a bound are drawn anew, from the column's law where its bound is about as high, beyond the bound.

mod bound;
mod gap;

use rayon::prelude::*;

pub(super) use self::bound::{Bound, BoundKind};
pub(super) use self::gap::{Gap, GapKind};
use super::declared::{Wanted, unfit_unless};
use super::plan::Plan;
use super::view::{Seen, View};
use super::{Rule, RuleKind};
use crate::rules::measure::Class;
use crate::{Progress, Section, SynthError};

/// Rows in which both columns have a value, at least, and their share of all rows.
const FEWEST_ROWS: usize = 30;
const LEAST_SHARE: f64 = 0.3;
/// The share of random pairs that must break an inequality that says anything.
const LEAST_BREAKING: f64 = 0.002;
/// Different values of a number, at least, for it to be more than a grade.
const FEWEST_VALUES: usize = 6;

pub(super) struct InequalityKind;

/// Two columns, of which the first is never greater.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) low: usize,
    pub(super) high: usize,
    pub(super) strict: bool,
    /// The share of random pairs that would break it.
    pub(super) breaking: f64,
    /// Whether chance could hardly have made it.
    pub(super) sure: bool,
}

impl RuleKind for InequalityKind {
    fn name(&self) -> &'static str {
        "inequality"
    }

    fn find(&self, view: &View, plan: &mut Plan, progress: &Progress) -> Result<(), SynthError> {
        if !plan.is_second_stage() {
            return Ok(());
        }
        let mut edges = declared(view, plan);
        let declared = edges.len();
        if plan.discovers() {
            let wanted = edges.clone();
            let new = |edge: &Edge| !wanted.iter().any(|one| (one.low, one.high) == (edge.low, edge.high));
            edges.extend(self::edges(view, plan, progress)?.into_iter().filter(new));
        }
        let mut lows: Vec<Vec<Edge>> = vec![Vec::new(); view.columns.len()];
        let mut highs: Vec<Vec<Edge>> = vec![Vec::new(); view.columns.len()];
        for (place, edge) in edges.into_iter().enumerate() {
            let Edge { low, high, .. } = edge;
            // What is computed from the other column keeps to it in every row that its range allows.
            let implied =
                plan.reaches(low, high) && plan.is_derived(high) || plan.reaches(high, low) && plan.is_derived(low);
            if implied {
                continue;
            }
            let prefers_low = plan.is_seen_only(high) && !plan.is_seen_only(low);
            if !prefers_low && plan.link(low, high) {
                lows[high].push(edge);
            } else if plan.link(high, low) {
                highs[low].push(edge);
            } else if plan.link(low, high) {
                lows[high].push(edge);
            } else if place < declared {
                let wanted = Wanted::Inequality { low, high, strict: edge.strict };
                unfit_unless(false, view, &wanted, "other rules give both columns")?;
            }
        }
        for column in 0..view.columns.len() {
            let (mut low, mut high) = (std::mem::take(&mut lows[column]), std::mem::take(&mut highs[column]));
            let free = !plan.is_seen_only(column);
            if let Some((gap, edge)) = if free { Gap::of(view, plan, column, &low, &high) } else { None } {
                low.retain(|one| one.low != edge.low || one.high != edge.high);
                high.retain(|one| one.low != edge.low || one.high != edge.high);
                plan.rules.push(Box::new(gap));
            }
            if !(low.is_empty() && high.is_empty()) {
                let keep = plan.is_seen_only(column);
                plan.rules
                    .extend(Bound::of(view, column, &low, &high, keep).map(|bound| Box::new(bound) as Box<dyn Rule>));
            }
        }
        Ok(())
    }

    fn load(&self, _part: &mut Section<'_>) -> Option<Box<dyn Rule>> {
        None
    }
}

/// The inequalities that were declared.
fn declared(view: &View, plan: &Plan) -> Vec<Edge> {
    let edge = |wanted: &Wanted| match wanted {
        Wanted::Inequality { low, high, strict } => {
            let breaking = breaking(&view.columns[*low].numbers, &view.columns[*high].numbers);
            Some(Edge { low: *low, high: *high, strict: *strict, breaking, sure: true })
        }
        _ => None,
    };
    plan.all_declared().iter().filter_map(edge).collect()
}

/// The inequalities that every row keeps to and random pairs would break, the most telling first.
fn edges(view: &View, plan: &Plan, progress: &Progress) -> Result<Vec<Edge>, SynthError> {
    let order = view.mixed();
    let ranges: Vec<(f64, f64)> = view.columns.iter().map(Seen::range).collect();
    let class = |at: usize| {
        let seen = &view.columns[at];
        let class = seen.measure.as_ref()?.class;
        let enough = if class == Class::Number { FEWEST_VALUES } else { 2 };
        (seen.levels.len() >= enough).then_some(class)
    };
    let classes: Vec<Option<Class>> = (0..view.columns.len()).map(class).collect();
    let found = (0..view.columns.len())
        .into_par_iter()
        .map(|low| {
            progress.check()?;
            let edge = |high: usize| {
                let possible = low != high && classes[low].is_some() && classes[low] == classes[high];
                let overlap = ranges[low].1 > ranges[high].0;
                let complete = view.columns[low].missing() + view.columns[high].missing() == 0;
                let sorted = ranges[low].0 <= ranges[high].0 && ranges[low].1 <= ranges[high].1;
                if possible && overlap && (sorted || !complete) {
                    edge(view, low, high, &order, plan.evidence)
                } else {
                    None
                }
            };
            Ok((0..view.columns.len()).filter_map(edge).collect::<Vec<_>>())
        })
        .collect::<Result<Vec<_>, SynthError>>()?;
    let mut found: Vec<Edge> = found.into_iter().flatten().collect();
    found.sort_by(|a, b| {
        b.sure.cmp(&a.sure).then(b.breaking.total_cmp(&a.breaking)).then((a.low, a.high).cmp(&(b.low, b.high)))
    });
    Ok(found)
}

fn edge(view: &View, low: usize, high: usize, order: &[u32], evidence: f64) -> Option<Edge> {
    let (a, b) = (&view.columns[low].numbers, &view.columns[high].numbers);
    let (mut both, mut equal) = (0_usize, 0_usize);
    for &row in order {
        let (a, b) = (a[row as usize], b[row as usize]);
        if a > b {
            return None;
        }
        both += usize::from(a <= b);
        equal += usize::from(a >= b);
    }
    if both < FEWEST_ROWS || (both as f64) < LEAST_SHARE * view.rows as f64 || equal == both {
        return None;
    }
    let breaking = breaking(a, b);
    let strict = equal == 0 && view.columns[high].measure.as_ref().is_some_and(super::measure::Measure::is_whole);
    let sure = both as f64 * -(-breaking).ln_1p() >= evidence;
    (breaking >= LEAST_BREAKING).then_some(Edge { low, high, strict, breaking, sure })
}

/// The share of pairs of rows (i, j), both with values of both columns, for which aᵢ > bⱼ.
fn breaking(a: &[f64], b: &[f64]) -> f64 {
    let (mut lows, mut highs): (Vec<f64>, Vec<f64>) =
        a.iter().zip(b).filter(|(a, b)| !a.is_nan() && !b.is_nan()).map(|(a, b)| (*a, *b)).unzip();
    lows.sort_unstable_by(f64::total_cmp);
    highs.sort_unstable_by(f64::total_cmp);
    let mut below = 0;
    let mut pairs = 0.0;
    for low in &lows {
        while below < highs.len() && highs[below] < *low {
            below += 1;
        }
        pairs += below as f64;
    }
    pairs / (lows.len() as f64 * highs.len() as f64).max(1.0)
}

/// `low ≤ high` in words.
pub(super) fn sentence(low: &str, high: &str, strict: bool) -> String {
    format!("{low} {} {high}", if strict { '<' } else { '≤' })
}
