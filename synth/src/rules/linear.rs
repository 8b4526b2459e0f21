//! Totals, differences, copies and changes of unit: a measure that is a sum of others, or a multiple of one.
//!
//! Gauss-Jordan elimination with column pivoting over a sample of complete rows writes each dependent column as a
//! combination of independent ones; a combination counts when its coefficients are 1 and -1 without a constant, or when
//! it has one term, y = k·x + m, and when it holds in every row to within the column's rounding.

use polars::prelude::DataFrame;
use rayon::prelude::*;

use super::chance::Chance;
use super::declared::{Wanted, derive};
use super::measure::{Class, Measure};
use super::plan::Plan;
use super::view::{Seen, View};
use super::{Reduced, Rule, RuleKind, put, take};
use crate::{Progress, Section, SynthError};

/// More measures than this are not searched for sums: elimination costs the cube of their number.
const MOST_COLUMNS: usize = 600;
/// Terms of a sum.
const MOST_TERMS: usize = 24;
/// Rows in which each term must make a difference.
const FEWEST_ROWS: usize = 10;
/// What is left of a column of variance 1 when it depends on others, at most.
const RESIDUAL: f64 = 1e-7;

pub(super) struct LinearKind;

/// One column that is a combination of others.
#[derive(Debug)]
pub(super) struct Linear {
    column: String,
    measure: Measure,
    terms: Vec<Term>,
    constant: f64,
}

#[derive(Debug)]
struct Term {
    column: String,
    measure: Measure,
    factor: f64,
}

impl RuleKind for LinearKind {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn find(&self, view: &View, plan: &mut Plan, progress: &Progress) -> Result<(), SynthError> {
        for wanted in plan.declared() {
            let Wanted::Sum { total, parts } = &wanted else { continue };
            let terms: Vec<(usize, f64)> = parts.iter().map(|&part| (part, 1.0)).collect();
            derive(view, plan, &wanted, parts, *total)?;
            plan.rules.extend(Linear::of(view, *total, &terms, 0.0).map(|rule| Box::new(rule) as Box<dyn Rule>));
        }
        if !plan.discovers() {
            return Ok(());
        }
        for class in [Class::Number, Class::Length] {
            let columns: Vec<usize> = (0..view.columns.len()).filter(|&at| is_of(&view.columns[at], class)).collect();
            let mut found = multiples(view, &columns, progress)?;
            let left: Vec<usize> = columns.into_iter().filter(|at| !found.iter().any(|one| one.0 == *at)).collect();
            if left.len() <= MOST_COLUMNS {
                found.extend(sums(view, &left, progress)?);
            }
            for (column, terms, constant) in found {
                let from: Vec<usize> = terms.iter().map(|term| term.0).collect();
                let Some(rule) = Linear::of(view, column, &terms, constant) else { continue };
                if supported(view, column, &terms, plan.evidence) && plan.derive(&from, column) {
                    plan.rules.push(Box::new(rule));
                }
            }
        }
        Ok(())
    }

    fn load(&self, part: &mut Section<'_>) -> Option<Box<dyn Rule>> {
        let columns: Vec<String> = part.get("terms")?;
        let factors = part.floats("factors")?;
        let [constant] = <[f64; 1]>::try_from(part.floats("constant")?).ok()?;
        let terms = columns.into_iter().zip(factors).enumerate().map(|(at, (column, factor))| {
            Some(Term { column, measure: Measure::load(&part.section(&format!("term.{at}")))?, factor })
        });
        let terms = terms.collect::<Option<Vec<_>>>()?;
        let (column, measure) = (part.get("column")?, Measure::load(&part.section("measure"))?);
        Some(Box::new(Linear { column, measure, terms, constant }))
    }
}

/// A column, its terms (which column, by what factor) and a constant.
type Combination = (usize, Vec<(usize, f64)>, f64);

fn is_of(seen: &Seen, class: Class) -> bool {
    seen.measure.as_ref().is_some_and(|measure| measure.class == class)
        && seen.levels.len() > 2
        && seen.numbers.iter().all(|value| !value.is_infinite() && value.abs() < 1e15 || value.is_nan())
}

/// Where a column has its smallest and its largest number, and which they are.
#[derive(Debug, Clone, Copy)]
struct Ends {
    rows: [usize; 2],
    values: [f64; 2],
}

impl Ends {
    fn of(numbers: &[f64]) -> Option<Self> {
        let present = || numbers.iter().copied().enumerate().filter(|(_, value)| !value.is_nan());
        let low = present().min_by(|a, b| a.1.total_cmp(&b.1))?;
        let high = present().max_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(Self { rows: [low.0, high.0], values: [low.1, high.1] })
    }

    fn length(&self) -> f64 {
        self.values[1] - self.values[0]
    }
}

/// Columns that are a multiple of another one plus a constant.
fn multiples(view: &View, columns: &[usize], progress: &Progress) -> Result<Vec<Combination>, SynthError> {
    let order = view.mixed();
    let ends: Vec<Option<Ends>> = columns.iter().map(|&at| Ends::of(&view.columns[at].numbers)).collect();
    let mut found: Vec<Combination> = Vec::new();
    let mut known = vec![false; columns.len()];
    for place in 0..columns.len() {
        progress.check()?;
        for other in 0..place {
            if known[place] || known[other] {
                continue;
            }
            for (y, x) in [(place, other), (other, place)] {
                let (Some(y_ends), Some(x_ends)) = (&ends[y], &ends[x]) else { continue };
                let Some((factor, constant)) =
                    line(&view.columns[columns[y]], &view.columns[columns[x]], y_ends, x_ends)
                else {
                    continue;
                };
                let terms = vec![(columns[x], factor)];
                if !known[y] && !known[x] && holds(view, columns[y], &terms, constant, &order) {
                    known[y] = true;
                    found.push((columns[y], terms, constant));
                }
            }
        }
    }
    Ok(found)
}

/// The factor and the constant of y = k·x + m with the fewest digits that fit every row.
fn line(y: &Seen, x: &Seen, y_ends: &Ends, x_ends: &Ends) -> Option<(f64, f64)> {
    let half = y.measure.as_ref()?.half_unit();
    let steepness = y_ends.length() / x_ends.length();
    let slope = (y.numbers[x_ends.rows[1]] - y.numbers[x_ends.rows[0]]) / x_ends.length();
    let slack = 2.0 * half / x_ends.length() + slope.abs() * 1e-12;
    if !slope.is_finite()
        || slope.abs() < 1e-12
        || (slope.abs() - steepness).abs() > slack
        || y.missing() != x.missing()
    {
        return None;
    }
    let factor = shortest(slope, slack);
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    for (x, y) in x.numbers.iter().zip(&y.numbers).filter(|(x, y)| !x.is_nan() && !y.is_nan()) {
        let slack = half + 1e-13 * y.abs().max((factor * x).abs());
        low = low.max(y - factor * x - slack);
        high = high.min(y - factor * x + slack);
        if low > high {
            return None;
        }
    }
    let constant = shortest(f64::midpoint(low, high), (high - low) / 2.0);
    Some((factor, if low <= 0.0 && high >= 0.0 { 0.0 } else { constant }))
}

/// The number with the fewest digits that is no further than this.
fn shortest(value: f64, slack: f64) -> f64 {
    let digits = (-3..=15).find_map(|digits| {
        let scale = 10_f64.powi(digits);
        let rounded = (value * scale).round() / scale;
        ((rounded - value).abs() <= slack && (rounded != 0.0 || value == 0.0)).then_some(rounded)
    });
    digits.unwrap_or(value)
}

/// Whether a combination gives back every row.
fn holds(view: &View, column: usize, terms: &[(usize, f64)], constant: f64, order: &[u32]) -> bool {
    let seen = &view.columns[column];
    let Some(measure) = &seen.measure else { return false };
    order.iter().all(|&row| {
        let row = row as usize;
        let parts = || terms.iter().map(|&(at, factor)| factor * view.columns[at].numbers[row]);
        let scale = parts().map(f64::abs).fold(constant.abs(), f64::max);
        measure.agrees(parts().sum::<f64>() + constant, seen.numbers[row], scale)
    })
}

/// Whether the column varies enough, and every term makes a difference in enough rows, that this is no accident.
fn supported(view: &View, column: usize, terms: &[(usize, f64)], evidence: f64) -> bool {
    let seen = &view.columns[column];
    let rows = (view.rows - seen.missing()) as f64;
    let entropy: f64 = seen.counts[..seen.levels.len()]
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| f64::from(count) * (rows / f64::from(count)).ln())
        .sum();
    let matters = |&(at, _): &(usize, f64)| {
        let moves = view.columns[at].numbers.iter().filter(|value| !value.is_nan() && **value != 0.0).count();
        moves >= FEWEST_ROWS && view.columns[at].levels.len() > 1
    };
    entropy >= evidence * (1.0 + terms.len() as f64) && terms.iter().all(matters)
}

/// Columns that are sums and differences of others.
fn sums(view: &View, columns: &[usize], progress: &Progress) -> Result<Vec<Combination>, SynthError> {
    let mut columns: Vec<usize> = columns.to_vec();
    let mixed = view.mixed();
    // Columns with the most gaps are left out until enough complete rows are left to tell a law from an accident.
    let rows = loop {
        if columns.len() < 3 {
            return Ok(Vec::new());
        }
        let wanted = 2 * columns.len() + 20;
        let complete = |row: &&u32| columns.iter().all(|&at| !view.columns[at].numbers[**row as usize].is_nan());
        let rows: Vec<u32> = mixed.iter().filter(complete).take(wanted).copied().collect();
        if rows.len() >= wanted {
            break rows;
        }
        columns.sort_by_key(|&at| (view.columns[at].missing(), at));
        if columns.last().is_none_or(|&worst| view.columns[worst].missing() == 0) {
            return Ok(Vec::new());
        }
        columns.truncate(columns.len() - columns.len().div_ceil(10));
        columns.sort_unstable();
    };
    let mut found = Vec::new();
    for (column, terms, _) in eliminate(view, &columns, &rows, progress)? {
        if terms.len() <= MOST_TERMS && holds(view, column, &terms, 0.0, &mixed) {
            found.push(total_first(view, column, terms, &mixed));
        }
    }
    Ok(found)
}

/// The same combination, solved for the column that is the total of the others where there is one.
fn total_first(view: &View, column: usize, terms: Vec<(usize, f64)>, order: &[u32]) -> Combination {
    let minus: Vec<usize> = terms.iter().filter(|term| term.1 < 0.0).map(|term| term.0).collect();
    let plus: Vec<usize> = terms.iter().filter(|term| term.1 > 0.0).map(|term| term.0).collect();
    if let ([total], false) = (plus.as_slice(), minus.is_empty()) {
        let mut others: Vec<(usize, f64)> = minus.iter().chain([&column]).map(|&at| (at, 1.0)).collect();
        others.sort_unstable_by_key(|term| term.0);
        if holds(view, *total, &others, 0.0, order) {
            return (*total, others, 0.0);
        }
    }
    (column, terms, 0.0)
}

/// The columns that are combinations of independent ones with coefficients of 1 and -1: modified Gram-Schmidt with the
/// largest rest as the next pivot, on columns of size 1, and back substitution.
fn eliminate(
    view: &View,
    columns: &[usize],
    rows: &[u32],
    progress: &Progress,
) -> Result<Vec<Combination>, SynthError> {
    let norm = |column: &[f64]| (column.iter().map(|x| x * x).sum::<f64>() / rows.len() as f64).sqrt();
    let mut left: Vec<Vec<f64>> =
        columns.iter().map(|&at| rows.iter().map(|&row| view.columns[at].numbers[row as usize]).collect()).collect();
    let sizes: Vec<f64> = left.iter().map(|column| norm(column).max(1e-300)).collect();
    left.iter_mut().zip(&sizes).for_each(|(column, size)| column.iter_mut().for_each(|x| *x /= size));
    let mut basis: Vec<usize> = Vec::new();
    let mut chosen = vec![false; columns.len()];
    let mut shares: Vec<Vec<f64>> = vec![Vec::new(); columns.len()];
    loop {
        progress.check()?;
        let rest = left.par_iter().zip(&chosen).map(|(column, &chosen)| if chosen { 0.0 } else { norm(column) });
        let rest: Vec<f64> = rest.collect();
        let Some(next) = (0..rest.len()).max_by(|&a, &b| rest[a].total_cmp(&rest[b]).then(b.cmp(&a))) else { break };
        if rest[next] < RESIDUAL {
            break;
        }
        let direction: Vec<f64> = left[next].iter().map(|x| x / rest[next]).collect();
        left.par_iter_mut().zip(&mut shares).zip(&chosen).for_each(|((column, shares), &chosen)| {
            if chosen {
                return;
            }
            let share = column.iter().zip(&direction).map(|(x, e)| x * e).sum::<f64>() / rows.len() as f64;
            shares.push(share);
            column.iter_mut().zip(&direction).for_each(|(x, e)| *x -= share * e);
        });
        chosen[next] = true;
        basis.push(next);
    }
    let mut found = Vec::new();
    for at in (0..columns.len()).filter(|&at| !chosen[at]) {
        let mut weights = vec![0.0; basis.len()];
        for place in (0..basis.len()).rev() {
            let later: f64 = (place + 1..basis.len()).map(|later| weights[later] * shares[basis[later]][place]).sum();
            weights[place] = (shares[at][place] - later) / shares[basis[place]][place];
        }
        let terms: Vec<(usize, f64)> = (0..basis.len())
            .filter(|&place| weights[place].abs() > 1e-6)
            .map(|place| (basis[place], weights[place] * sizes[at] / sizes[basis[place]]))
            .collect();
        if terms.len() > 1 && terms.iter().all(|(_, weight)| (weight.abs() - 1.0).abs() < 1e-4) {
            let mut terms: Vec<_> = terms.into_iter().map(|(from, weight)| (columns[from], weight.signum())).collect();
            terms.sort_unstable_by_key(|term| term.0);
            found.push((columns[at], terms, 0.0));
        }
    }
    Ok(found)
}

impl Linear {
    fn of(view: &View, column: usize, terms: &[(usize, f64)], constant: f64) -> Option<Self> {
        let measure = |at: usize| view.columns[at].measure.clone();
        let term = |&(at, factor): &(usize, f64)| {
            Some(Term { column: view.columns[at].name.clone(), measure: measure(at)?, factor })
        };
        let terms: Vec<Term> = terms.iter().filter_map(term).collect();
        Some(Self { column: view.columns[column].name.clone(), measure: measure(column)?, terms, constant })
    }

    /// For each row what the column must be, and the size of what was added up.
    fn computed(&self, table: &DataFrame) -> Result<Vec<(f64, f64)>, SynthError> {
        let mut sums = vec![(0.0, self.constant.abs()); table.height()];
        for term in &self.terms {
            let numbers = term.measure.read(take(table, &term.column)?)?;
            for ((sum, scale), number) in sums.iter_mut().zip(numbers) {
                *sum += term.factor * number;
                *scale = scale.max((term.factor * number).abs());
            }
        }
        Ok(sums.into_iter().map(|(sum, scale)| (sum + self.constant, scale)).collect())
    }
}

impl Rule for Linear {
    fn kind(&self) -> &'static str {
        LinearKind.name()
    }

    fn sentences(&self) -> Vec<String> {
        let mut sentence = format!("{} =", self.column);
        for (at, term) in self.terms.iter().enumerate() {
            let size = if term.factor.abs().total_cmp(&1.0).is_eq() {
                String::new()
            } else {
                format!("{} × ", term.factor.abs())
            };
            let sign = match (at, term.factor < 0.0) {
                (0, false) => " ",
                (0, true) => " -",
                (_, false) => " + ",
                (_, true) => " - ",
            };
            sentence = format!("{sentence}{sign}{size}{}", term.column);
        }
        if self.constant != 0.0 {
            let sign = if self.constant < 0.0 { '-' } else { '+' };
            sentence = format!("{sentence} {sign} {}", self.constant.abs());
        }
        vec![sentence]
    }

    fn needs(&self) -> Vec<String> {
        self.terms.iter().map(|term| term.column.clone()).collect()
    }

    fn settles(&self) -> Vec<String> {
        vec![self.column.clone()]
    }

    fn reduce(&self, reduced: &mut Reduced) -> Result<(), SynthError> {
        reduced.remove(&self.column);
        Ok(())
    }

    fn restore(&self, table: &mut DataFrame, _chance: &Chance) -> Result<(), SynthError> {
        let computed = self.computed(table)?;
        let tidy: Vec<f64> = computed.into_iter().map(|(value, _)| self.measure.tidy(value)).collect();
        let column = self.measure.write(&self.column, &tidy)?;
        put(table, column)
    }

    fn broken(&self, table: &DataFrame) -> Result<Vec<usize>, SynthError> {
        let held = self.measure.read(take(table, &self.column)?)?;
        let computed = self.computed(table)?;
        let wrong = |(&(computed, scale), &held): (&(f64, f64), &f64)| !self.measure.agrees(computed, held, scale);
        Ok(vec![computed.iter().zip(&held).filter(|&pair| wrong(pair)).count()])
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("column", &self.column)?;
        self.measure.save(&mut part.section("measure"))?;
        part.put("terms", &self.needs())?;
        part.put_floats("factors", &self.terms.iter().map(|term| term.factor).collect::<Vec<_>>());
        part.put_floats("constant", &[self.constant]);
        for (at, term) in self.terms.iter().enumerate() {
            term.measure.save(&mut part.section(&format!("term.{at}")))?;
        }
        Ok(())
    }
}
