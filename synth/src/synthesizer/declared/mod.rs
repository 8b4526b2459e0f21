//! Declared laws: a table made from a specification alone, without data.
//!
//! Each column is drawn from a law that is written down, or computed from other columns by an expression. Without a
//! specification the laws are those that a table's types and ranges give: every number within its range equally likely,
//! every category as likely as any other, as many missing values as there were, and the rules that hold between columns.

mod draw;
mod model;
mod spec;

use std::path::Path;

use polars::prelude::DataFrame;

use self::model::DeclaredModel;
use super::table::{BLOCK, Given, Law, Outcomes, TableModel, prepare};
use super::{Model, Setting, SettingKind, Synthesizer};
use crate::{Archive, Encoded, FittedTransform, Metadata, Progress, Section, Seed, SynthError};

const NAME: &str = "rules";

static SETTINGS: [Setting; 1] = [Setting {
    name: "spec",
    about: "the specification of the columns; none takes the types and ranges of the table",
    kind: SettingKind::Text("none, a specification in JSON, or a file that holds one"),
    default: "none",
}];

/// Makes tables from declared laws and expressions.
///
/// A specification is JSON: `{"columns": [{"name": …, "law": …, …}, …]}`. The laws are `uniform` (`low`, `high`),
/// `normal` (`mean`, `sd`), `lognormal` (`mu`, `sigma`), `exponential` (`rate`), `poisson` (`mean`), `binomial`
/// (`trials`, `chance`), `bernoulli` (`chance`), `categorical` (`values`, `weights`), `conditional` (`on`, `given`,
/// `otherwise`), `date` (`first`, `last`), `sequence` (`start`, `step`), `identifier` (`pattern`), `constant` (`value`) and
/// `expression` (`expression`). Every column can have a share of `missing` values; numbers a `minimum`, a `maximum` and
/// `decimals`.
///
/// ```
/// use synthbook_synth::{Declared, Model, Progress, SampleRequest, Seed};
///
/// let orders = Declared::from_spec(r#"{"columns": [
///     {"name": "order_id", "law": "identifier", "pattern": "O-######"},
///     {"name": "country", "law": "categorical", "values": ["CH", "DE"], "weights": [1, 3]},
///     {"name": "city", "law": "conditional", "on": "country",
///      "given": {"CH": {"values": ["Bern", "Basel"]}, "DE": {"values": ["Bonn"]}}},
///     {"name": "quantity", "law": "poisson", "mean": 3, "minimum": 1},
///     {"name": "price", "law": "lognormal", "mu": 3, "sigma": 0.5, "decimals": 2},
///     {"name": "total", "law": "expression", "expression": "round(quantity * price, 2)"}
/// ]}"#)?.model()?;
/// let made = orders.sample(&SampleRequest::rows(100), Seed::new(1), &Progress::silent())?;
/// assert_eq!((made.height(), made.width()), (100, 6));
/// # Ok::<(), synthbook_synth::SynthError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Declared {
    spec: Option<String>,
}

impl Declared {
    /// The synthesizer of a specification, which is checked.
    ///
    /// # Errors
    /// [`SynthError::InvalidSpecification`], [`SynthError::InvalidExpression`], [`SynthError::NoColumns`].
    pub fn from_spec(text: &str) -> Result<Self, SynthError> {
        DeclaredModel::new(text)?;
        Ok(Self { spec: Some(text.to_owned()) })
    }

    /// The model of the specification: there is nothing to fit.
    ///
    /// # Errors
    /// [`SynthError::InvalidSpecification`] when there is none.
    pub fn model(&self) -> Result<Box<dyn Model>, SynthError> {
        let missing = || spec::invalid("there is none".to_owned());
        Ok(Box::new(DeclaredModel::new(self.spec.as_deref().ok_or_else(missing)?)?))
    }
}

impl Synthesizer for Declared {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "makes a table from declared laws and expressions, or from the types and ranges of a table"
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SynthError> {
        let setting = Setting::find(NAME, &SETTINGS, name)?;
        let value = value.trim();
        self.spec = if value == setting.default {
            None
        } else if value.starts_with('{') {
            Self::from_spec(value)?.spec
        } else {
            let text = std::fs::read_to_string(Path::new(value)).map_err(|_| setting.invalid(value))?;
            Self::from_spec(&text)?.spec
        };
        Ok(())
    }

    /// With a specification the table is not looked at. Nothing is left to chance, so the seed changes nothing.
    fn fit(
        &self,
        table: &DataFrame,
        metadata: &Metadata,
        _seed: Seed,
        progress: &Progress,
    ) -> Result<Box<dyn Model>, SynthError> {
        if self.spec.is_some() {
            return self.model();
        }
        // One piece spans all of a number's range; infinities stay apart.
        let prepared = prepare(table, metadata, 1, progress)?;
        let law = RangesLaw::of(&prepared.transforms);
        progress.report(Some(1.0), "Fitted");
        Ok(Box::new(TableModel::new(NAME, prepared, Box::new(law))))
    }

    fn load(&self, mut archive: Archive) -> Option<Box<dyn Model>> {
        if let Some(model) = DeclaredModel::load(&archive.section("declared")) {
            return Some(Box::new(model));
        }
        Some(Box::new(TableModel::load(archive, |_, transforms| Some(Box::new(RangesLaw::of(transforms))))?))
    }
}

/// Every category as likely as any other; every number of a range as well.
#[derive(Debug)]
struct RangesLaw {
    columns: Vec<Outcomes>,
}

impl RangesLaw {
    fn of(transforms: &[Box<dyn FittedTransform>]) -> Self {
        let columns = transforms.iter().map(|transform| {
            let outcomes = Outcomes::of(transform.as_ref());
            if transform.ordered() { outcomes } else { outcomes.even() }
        });
        Self { columns: columns.collect() }
    }
}

impl Law for RangesLaw {
    fn draw(&self, given: &Given, seed: Seed) -> Vec<Encoded> {
        let columns = self.columns.iter().enumerate().map(|(at, outcomes)| {
            let bound = given.of(at).map(|allowed| outcomes.among(allowed));
            let mut draws = seed.numbered(at as u64).draws();
            bound.as_ref().unwrap_or(outcomes).encoded(BLOCK, &mut draws)
        });
        columns.collect()
    }

    fn complete(&self, rows: &mut [Encoded], gaps: &[Vec<bool>], seed: Seed) {
        Outcomes::fill(&self.columns, rows, gaps, seed);
    }

    fn save(&self, _part: &mut Section<'_>) -> Result<(), SynthError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
