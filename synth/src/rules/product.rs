//! Products and ratios: a measure that is two others multiplied, or one divided by the other, to within its rounding.
//!
//! For each pair of measures the product and both ratios are looked up among the values of one row; what is found there
//! is then checked in all rows.

use polars::prelude::DataFrame;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::chance::Chance;
use super::declared::{Wanted, derive};
use super::measure::{Class, Measure};
use super::plan::Plan;
use super::view::{Seen, View};
use super::{Reduced, Rule, RuleKind, put, take};
use crate::{Progress, Section, SynthError};

/// More measures than this are not searched: there are as many pairs as the square of their number.
const MOST_COLUMNS: usize = 600;
/// Rows whose values are looked up.
const PROBES: usize = 4;
/// Rows in which the result differs from either operand.
const FEWEST_ROWS: usize = 20;

pub(super) struct ProductKind;

/// One column computed from two.
#[derive(Debug)]
pub(super) struct Product {
    column: String,
    operands: [String; 2],
    operation: Operation,
    measures: [Measure; 3],
}

/// How.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Operation {
    Times,
    Over,
    /// The second is a percentage: a × b / 100.
    PercentOf,
}

impl Operation {
    const ALL: [Self; 3] = [Self::Times, Self::PercentOf, Self::Over];

    /// The result in words.
    pub(super) fn in_words(self, a: &str, b: &str) -> String {
        match self {
            Self::Times => format!("{a} × {b}"),
            Self::Over => format!("{a} / {b}"),
            Self::PercentOf => format!("{a} × {b} / 100"),
        }
    }

    /// The result; missing where an operand is, and where there is none.
    pub(super) fn of(self, a: f64, b: f64) -> f64 {
        let result = match self {
            Self::Times => a * b,
            Self::Over => a / b,
            Self::PercentOf => a * b / 100.0,
        };
        if result.is_finite() { result } else { f64::NAN }
    }
}

impl RuleKind for ProductKind {
    fn name(&self) -> &'static str {
        "product"
    }

    fn find(&self, view: &View, plan: &mut Plan, progress: &Progress) -> Result<(), SynthError> {
        for wanted in plan.declared() {
            let Wanted::Computed { column, operands: [a, b], operation } = wanted else { continue };
            derive(view, plan, &wanted, &[a, b], column)?;
            plan.rules.extend(Product::of(view, [column, a, b], operation).map(|rule| Box::new(rule) as Box<dyn Rule>));
        }
        if !plan.discovers() {
            return Ok(());
        }
        let usable = |&at: &usize| is_number(&view.columns[at]) && !plan.is_derived(at);
        let columns: Vec<usize> = (0..view.columns.len()).filter(usable).collect();
        if columns.len() < 3 || columns.len() > MOST_COLUMNS {
            return Ok(());
        }
        let order = view.mixed();
        let probes = Probe::some(view, &columns, &order);
        let found = columns
            .par_iter()
            .map(|&a| {
                progress.check()?;
                let mut found = Vec::new();
                for &b in &columns {
                    for operation in Operation::ALL {
                        if a == b || operation == Operation::Times && b < a {
                            continue;
                        }
                        found.extend(probes.iter().flat_map(|probe| probe.results(view, a, b, operation)).filter_map(
                            |column| {
                                let holds =
                                    column != a && column != b && holds(view, [column, a, b], operation, &order);
                                (holds && supported(view, [column, a, b], plan.evidence))
                                    .then_some((column, a, b, operation))
                            },
                        ));
                    }
                }
                found.sort_unstable_by_key(|one| (one.2, one.0));
                found.dedup();
                Ok(found)
            })
            .collect::<Result<Vec<Vec<(usize, usize, usize, Operation)>>, SynthError>>()?;
        let mut found: Vec<_> = found.into_iter().flatten().collect();
        found.sort_by_key(|one| (one.3 == Operation::Over, one.0));
        for (column, a, b, operation) in found {
            let Some(rule) = Product::of(view, [column, a, b], operation) else { continue };
            if plan.derive(&[a, b], column) {
                plan.rules.push(Box::new(rule));
            }
        }
        Ok(())
    }

    fn load(&self, part: &mut Section<'_>) -> Option<Box<dyn Rule>> {
        let measure = |part: &mut Section<'_>, at: usize| Measure::load(&part.section(&format!("measure.{at}")));
        let measures = [measure(part, 0)?, measure(part, 1)?, measure(part, 2)?];
        let (column, operands, operation) = (part.get("column")?, part.get("operands")?, part.get("operation")?);
        Some(Box::new(Product { column, operands, operation, measures }))
    }
}

fn is_number(seen: &Seen) -> bool {
    let class = seen.measure.as_ref().map(|measure| measure.class);
    class == Some(Class::Number) && seen.levels.len() > 2
}

/// The values of one row, sorted.
struct Probe {
    row: usize,
    values: Vec<(f64, usize)>,
}

impl Probe {
    fn some(view: &View, columns: &[usize], order: &[u32]) -> Vec<Self> {
        let telling = |row: usize| {
            columns
                .iter()
                .filter(|&&at| !view.columns[at].numbers[row].is_nan() && view.columns[at].numbers[row] != 0.0)
                .count()
        };
        let mut rows: Vec<usize> = order.iter().take(200).map(|&row| row as usize).collect();
        rows.sort_by_key(|&row| std::cmp::Reverse(telling(row)));
        rows.truncate(PROBES);
        let probe = |row: usize| {
            let mut values: Vec<(f64, usize)> =
                columns.iter().map(|&at| (view.columns[at].numbers[row], at)).filter(|one| !one.0.is_nan()).collect();
            values.sort_by(|a, b| a.0.total_cmp(&b.0));
            Self { row, values }
        };
        rows.into_iter().map(probe).collect()
    }

    /// The columns whose value here may be the result.
    fn results<'a>(
        &'a self,
        view: &'a View,
        a: usize,
        b: usize,
        operation: Operation,
    ) -> impl Iterator<Item = usize> + 'a {
        let (a, b) = (view.columns[a].numbers[self.row], view.columns[b].numbers[self.row]);
        let result = operation.of(a, b);
        // Half a unit of any rounding: whole numbers are the coarsest.
        let slack = 0.51 + result.abs() * 1e-6;
        let first = self.values.partition_point(|one| one.0 < result - slack);
        let near = self.values[first..].iter().take_while(move |one| one.0 <= result + slack);
        let scale = a.abs().max(b.abs());
        near.filter(move |one| {
            let measure = view.columns[one.1].measure.as_ref();
            a * b != 0.0 && measure.is_some_and(|measure| measure.agrees(result, one.0, scale.max(result.abs())))
        })
        .map(|one| one.1)
    }
}

fn holds(view: &View, [column, a, b]: [usize; 3], operation: Operation, order: &[u32]) -> bool {
    let seen = &view.columns[column];
    let Some(measure) = &seen.measure else { return false };
    let (a, b) = (&view.columns[a].numbers, &view.columns[b].numbers);
    order.iter().all(|&row| {
        let row = row as usize;
        let result = operation.of(a[row], b[row]);
        measure.agrees(result, seen.numbers[row], result.abs())
    })
}

/// Whether the result is more than either operand, in enough rows and in enough different values.
fn supported(view: &View, [column, a, b]: [usize; 3], evidence: f64) -> bool {
    let numbers = |at: usize| &view.columns[at].numbers;
    let half = view.columns[column].measure.as_ref().map_or(0.0, Measure::half_unit);
    let differs = |other: usize| {
        let apart = |(x, y): (&f64, &f64)| (x - y).abs() > 2.0 * half;
        numbers(column).iter().zip(numbers(other)).filter(|&pair| apart(pair)).count()
    };
    view.entropy(column) >= 3.0 * evidence && differs(a).min(differs(b)) >= FEWEST_ROWS
}

impl Product {
    fn of(view: &View, columns: [usize; 3], operation: Operation) -> Option<Self> {
        let [column, a, b] = columns.map(|at| &view.columns[at]);
        let measures = [column.measure.clone()?, a.measure.clone()?, b.measure.clone()?];
        let operands = [a.name.clone(), b.name.clone()];
        Some(Self { column: column.name.clone(), operands, operation, measures })
    }

    fn computed(&self, table: &DataFrame) -> Result<Vec<f64>, SynthError> {
        let a = self.measures[1].read(take(table, &self.operands[0])?)?;
        let b = self.measures[2].read(take(table, &self.operands[1])?)?;
        Ok(a.iter().zip(&b).map(|(a, b)| self.operation.of(*a, *b)).collect())
    }
}

impl Rule for Product {
    fn kind(&self) -> &'static str {
        ProductKind.name()
    }

    fn sentences(&self) -> Vec<String> {
        let [a, b] = &self.operands;
        vec![format!("{} = {}", self.column, self.operation.in_words(a, b))]
    }

    fn needs(&self) -> Vec<String> {
        self.operands.to_vec()
    }

    fn settles(&self) -> Vec<String> {
        vec![self.column.clone()]
    }

    fn reduce(&self, reduced: &mut Reduced) -> Result<(), SynthError> {
        reduced.remove(&self.column);
        Ok(())
    }

    fn restore(&self, table: &mut DataFrame, _chance: &Chance) -> Result<(), SynthError> {
        let results: Vec<f64> = self.computed(table)?.into_iter().map(|value| self.measures[0].tidy(value)).collect();
        let column = self.measures[0].write(&self.column, &results)?;
        put(table, column)
    }

    fn broken(&self, table: &DataFrame) -> Result<Vec<usize>, SynthError> {
        let held = self.measures[0].read(take(table, &self.column)?)?;
        let wrong = |(result, held): (&f64, &f64)| !self.measures[0].agrees(*result, *held, result.abs());
        Ok(vec![self.computed(table)?.iter().zip(&held).filter(|&pair| wrong(pair)).count()])
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("column", &self.column)?;
        part.put("operands", &self.operands)?;
        part.put("operation", &self.operation)?;
        for (at, measure) in self.measures.iter().enumerate() {
            measure.save(&mut part.section(&format!("measure.{at}")))?;
        }
        Ok(())
    }
}
