//! Declared limits of a column: kept because nothing outside the range that was seen is ever drawn, and watched in what
//! other rules compute.

use polars::prelude::DataFrame;

use super::chance::Chance;
use super::declared::{Wanted, in_words};
use super::measure::{Measure, Toward};
use super::plan::Plan;
use super::view::View;
use super::{Reduced, Rule, RuleKind, put, take};
use crate::{Progress, Section, SynthError};

pub(super) struct LimitsKind;

/// One column and its limits.
#[derive(Debug)]
pub(super) struct Limits {
    column: String,
    measure: Measure,
    ends: [f64; 2],
    sentence: String,
    /// Whether another rule gives the column: then a number outside the limits stays, or that rule would be broken.
    computed: bool,
}

impl RuleKind for LimitsKind {
    fn name(&self) -> &'static str {
        "limits"
    }

    fn find(&self, view: &View, plan: &mut Plan, _progress: &Progress) -> Result<(), SynthError> {
        if !plan.is_second_stage() {
            return Ok(());
        }
        for wanted in plan.all_declared().to_vec() {
            let Wanted::Limits { column, low, high } = wanted else { continue };
            let Some(measure) = view.columns[column].measure.clone() else { continue };
            let sentence = in_words(view, &wanted);
            plan.rules.push(Box::new(Limits {
                column: view.columns[column].name.clone(),
                measure,
                ends: [low, high],
                sentence,
                computed: plan.is_derived(column) || plan.is_seen_only(column),
            }));
        }
        Ok(())
    }

    fn load(&self, part: &mut Section<'_>) -> Option<Box<dyn Rule>> {
        Some(Box::new(Limits {
            column: part.get("column")?,
            measure: Measure::load(&part.section("measure"))?,
            ends: part.floats("limits")?.try_into().ok()?,
            sentence: part.get("sentence")?,
            computed: part.get("computed")?,
        }))
    }
}

impl Rule for Limits {
    fn kind(&self) -> &'static str {
        LimitsKind.name()
    }

    fn sentences(&self) -> Vec<String> {
        vec![self.sentence.clone()]
    }

    fn needs(&self) -> Vec<String> {
        vec![self.column.clone()]
    }

    fn settles(&self) -> Vec<String> {
        if self.computed { Vec::new() } else { vec![self.column.clone()] }
    }

    fn reduce(&self, _reduced: &mut Reduced) -> Result<(), SynthError> {
        Ok(())
    }

    fn restore(&self, table: &mut DataFrame, _chance: &Chance) -> Result<(), SynthError> {
        if self.computed {
            return Ok(());
        }
        let [low, high] = self.ends;
        let mut numbers = self.measure.read(take(table, &self.column)?)?;
        let outside = |number: &f64| *number < low || *number > high;
        if !numbers.iter().any(outside) {
            return Ok(());
        }
        for number in numbers.iter_mut().filter(|number| outside(number)) {
            let toward = if *number < low { (low, Toward::Up) } else { (high, Toward::Down) };
            *number = self.measure.onto_grid(toward.0, toward.1);
        }
        let column = self.measure.write(&self.column, &numbers)?;
        put(table, column)
    }

    fn broken(&self, table: &DataFrame) -> Result<Vec<usize>, SynthError> {
        let numbers = self.measure.read(take(table, &self.column)?)?;
        Ok(vec![numbers.iter().filter(|number| **number < self.ends[0] || **number > self.ends[1]).count()])
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("column", &self.column)?;
        self.measure.save(&mut part.section("measure"))?;
        part.put_floats("limits", &self.ends);
        part.put("sentence", &self.sentence)?;
        part.put("computed", &self.computed)
    }
}
