//! A column that says in which band of a measure a row lies: age groups, tax classes, quarters.
//!
//! Sorted by the measure, each value of the column is one run. Of the `n!/(n₁!…n_k!)` orders in which the values could stand,
//! `k!` are such; a missing measure is a value like any other. Between two bands, a number belongs to the nearer.

use polars::prelude::DataFrame;
use rayon::prelude::*;
use statrs::function::gamma::ln_gamma;

use super::chance::Chance;
use super::levels::Levels;
use super::measure::Measure;
use super::plan::Plan;
use super::view::View;
use super::{Reduced, Rule, RuleKind, put, take};
use crate::{Progress, Section, SynthError};

/// More bands than this are no bands.
const MOST_BANDS: usize = 256;

pub(super) struct BandsKind;

/// One column known by the band that a measure is in.
#[derive(Debug)]
pub(super) struct Bands {
    measured: String,
    measure: Measure,
    column: String,
    levels: Levels,
    /// The ends of each band, ascending.
    low: Vec<f64>,
    high: Vec<f64>,
    /// The value in each band, and last where the measure is missing.
    codes: Vec<u32>,
}

impl RuleKind for BandsKind {
    fn name(&self) -> &'static str {
        "bands"
    }

    fn find(&self, view: &View, plan: &mut Plan, progress: &Progress) -> Result<(), SynthError> {
        if !plan.discovers() {
            return Ok(());
        }
        let columns = view.columns.len();
        let fine = |at: usize| view.columns[at].measure.is_some() && view.columns[at].distinct() * 4 > view.rows;
        let found: Vec<(usize, usize, Bands)> = (0..columns)
            .into_par_iter()
            .filter(|&measured| fine(measured) && !plan.is_derived(measured))
            .map(|measured| {
                progress.check()?;
                let order = ascending(&view.columns[measured].numbers);
                let bands =
                    |column: usize| Some((measured, column, banded(view, measured, column, &order, plan.evidence)?));
                Ok((0..columns)
                    .filter(|&column| column != measured && !plan.is_derived(column))
                    .filter_map(bands)
                    .collect())
            })
            .collect::<Result<Vec<Vec<_>>, SynthError>>()?
            .into_iter()
            .flatten()
            .collect();
        for (measured, column, bands) in found {
            if plan.derive(&[measured], column) {
                plan.rules.push(Box::new(bands));
            }
        }
        Ok(())
    }

    fn load(&self, part: &mut Section<'_>) -> Option<Box<dyn Rule>> {
        let bands = Bands {
            measured: part.get("measured")?,
            measure: Measure::load(&part.section("measure"))?,
            column: part.get("column")?,
            levels: Levels::load(&part.section("levels"))?,
            low: part.floats("low")?,
            high: part.floats("high")?,
            codes: part.get("codes")?,
        };
        let fits = bands.low.len() == bands.high.len() && bands.codes.len() == bands.low.len() + 1;
        fits.then(|| Box::new(bands) as Box<dyn Rule>)
    }
}

/// The rows that have a number, in ascending order.
fn ascending(numbers: &[f64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..numbers.len() as u32).filter(|&row| !numbers[row as usize].is_nan()).collect();
    order.sort_unstable_by(|&a, &b| numbers[a as usize].total_cmp(&numbers[b as usize]).then(a.cmp(&b)));
    order
}

/// The bands of a column, when there is enough evidence of them.
fn banded(view: &View, measured: usize, column: usize, order: &[u32], evidence: f64) -> Option<Bands> {
    let seen = &view.columns[column];
    let bands = seen.distinct();
    if !seen.usable || !(2..=MOST_BANDS).contains(&bands) || bands * 4 > view.rows {
        return None;
    }
    let factorial = |count: usize| ln_gamma(count as f64 + 1.0);
    let orders = factorial(view.rows) - seen.counts.iter().map(|&count| factorial(count as usize)).sum::<f64>();
    if orders - factorial(bands) < evidence {
        return None;
    }
    Bands::cut(view, measured, column, order)
}

impl Bands {
    /// The bands of a column over a measure that it follows from; none when its values are no runs.
    pub(super) fn of(view: &View, measured: usize, column: usize) -> Option<Self> {
        let numbers = &view.columns[measured].numbers;
        if numbers.is_empty() { None } else { Self::cut(view, measured, column, &ascending(numbers)) }
    }

    fn cut(view: &View, measured: usize, column: usize, order: &[u32]) -> Option<Self> {
        let (by, seen) = (&view.columns[measured], &view.columns[column]);
        let (mut low, mut high, mut codes): (Vec<f64>, Vec<f64>, Vec<u32>) = (Vec::new(), Vec::new(), Vec::new());
        let mut met = vec![false; seen.counts.len()];
        for &row in order {
            let (number, code) = (by.numbers[row as usize], seen.codes[row as usize]);
            if codes.last() == Some(&code) {
                high.pop();
                high.push(number);
                continue;
            }
            if std::mem::replace(&mut met[code as usize], true) || high.last() == Some(&number) {
                return None;
            }
            low.push(number);
            high.push(number);
            codes.push(code);
        }
        let mut gaps = by.numbers.iter().zip(&seen.codes).filter(|(number, _)| number.is_nan()).map(|(_, &code)| code);
        let gap = gaps.next();
        if gaps.any(|code| Some(code) != gap) || codes.is_empty() {
            return None;
        }
        codes.push(gap.unwrap_or(seen.levels.len() as u32));
        Some(Self {
            measured: by.name.clone(),
            measure: by.measure.clone()?,
            column: seen.name.clone(),
            levels: seen.levels.clone(),
            low,
            high,
            codes,
        })
    }

    fn band(&self, number: f64) -> usize {
        if number.is_nan() {
            return self.low.len();
        }
        let at = self.low.partition_point(|low| *low <= number).saturating_sub(1);
        let next = self.low.get(at + 1).copied().unwrap_or(f64::INFINITY);
        if number > self.high[at] && next - number < number - self.high[at] { at + 1 } else { at }
    }

    fn values(&self, table: &DataFrame) -> Result<Vec<u32>, SynthError> {
        let numbers = self.measure.read(take(table, &self.measured)?)?;
        Ok(numbers.into_iter().map(|number| self.codes[self.band(number)]).collect())
    }
}

impl Rule for Bands {
    fn kind(&self) -> &'static str {
        BandsKind.name()
    }

    fn sentences(&self) -> Vec<String> {
        vec![format!("{} is a band of {}", self.column, self.measured)]
    }

    fn needs(&self) -> Vec<String> {
        vec![self.measured.clone()]
    }

    fn settles(&self) -> Vec<String> {
        vec![self.column.clone()]
    }

    fn reduce(&self, reduced: &mut Reduced) -> Result<(), SynthError> {
        reduced.remove(&self.column);
        Ok(())
    }

    fn restore(&self, table: &mut DataFrame, _chance: &Chance) -> Result<(), SynthError> {
        let column = self.levels.column(&self.column, &self.values(table)?)?;
        put(table, column)
    }

    fn broken(&self, table: &DataFrame) -> Result<Vec<usize>, SynthError> {
        let numbers = self.measure.read(take(table, &self.measured)?)?;
        let codes = self.levels.codes(take(table, &self.column)?)?;
        let surely =
            |number: f64, band: usize| number.is_nan() || self.low[band] <= number && number <= self.high[band];
        let wrong = |(&number, &code): (&f64, &u32)| {
            let band = self.band(number);
            surely(number, band) && self.codes[band] != code
        };
        Ok(vec![numbers.iter().zip(&codes).filter(|&pair| wrong(pair)).count()])
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("measured", &self.measured)?;
        self.measure.save(&mut part.section("measure"))?;
        part.put("column", &self.column)?;
        self.levels.save(&mut part.section("levels"))?;
        part.put_floats("low", &self.low);
        part.put_floats("high", &self.high);
        part.put("codes", &self.codes)
    }
}
