//! Independent columns, each with its own distribution: the baseline that any model of their dependence must beat.
//!
//! `P(x) = Π_j P_j(x_j)` with the empirical distribution of each column; that a value is missing is one of its outcomes.

use polars::prelude::DataFrame;

use super::table::{BLOCK, Given, Law, Outcomes, TableModel, prepare};
use super::{Model, Setting, SettingKind, Synthesizer};
use crate::{Archive, Encoded, FittedTransform, Metadata, Progress, Section, Seed, SynthError};

const NAME: &str = "marginals";

static SETTINGS: [Setting; 1] = [Setting {
    name: "pieces",
    about: "about how many pieces a numerical column's distribution is cut into",
    kind: SettingKind::Whole { least: 2, most: 65_536 },
    default: "1000",
}];

/// Settings of the independent columns; they are checked when they are fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// About how many pieces a numerical column's distribution is cut into, from 2 to 65,536.
    pub pieces: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self { pieces: 1000 }
    }
}

/// Fits each column for itself.
///
/// ```
/// use polars::prelude::*;
/// use synthbook_synth::{Condition, Marginals, Metadata, Progress, SampleRequest, Seed, Synthesizer};
///
/// let table = df!("sex" => ["f", "m", "f", "f"], "age" => [31, 45, 27, 60])?;
/// let model = Marginals::default().fit(&table, &Metadata::detect(&table)?, Seed::new(1), &Progress::silent())?;
/// let women = SampleRequest::rows(100).given(Condition::parse("sex = 'f'")?);
/// assert_eq!(model.sample(&women, Seed::new(2), &Progress::silent())?.column("sex")?.n_unique()?, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Marginals {
    config: Config,
}

impl Marginals {
    /// The synthesizer with these settings.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config }
    }
}

impl Synthesizer for Marginals {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "keeps each column's distribution and nothing of how the columns depend on each other"
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SynthError> {
        self.config.pieces = Setting::find(NAME, &SETTINGS, name)?.whole(value)?;
        Ok(())
    }

    /// Nothing in the fit is left to chance, so the seed changes nothing.
    fn fit(
        &self,
        table: &DataFrame,
        metadata: &Metadata,
        _seed: Seed,
        progress: &Progress,
    ) -> Result<Box<dyn Model>, SynthError> {
        let [pieces] = &SETTINGS;
        if !pieces.allows(self.config.pieces as f64) {
            return Err(pieces.invalid(&self.config.pieces.to_string()));
        }
        let prepared = prepare(table, metadata, self.config.pieces, progress)?;
        let law = MarginalsLaw::of(&prepared.transforms);
        progress.report(Some(1.0), "Fitted");
        Ok(Box::new(TableModel::new(NAME, prepared, Box::new(law))))
    }

    fn load(&self, archive: Archive) -> Option<Box<dyn Model>> {
        Some(Box::new(TableModel::load(archive, |_, transforms| Some(Box::new(MarginalsLaw::of(transforms))))?))
    }
}

/// The outcomes of each column; the transforms know all of it.
#[derive(Debug)]
struct MarginalsLaw {
    columns: Vec<Outcomes>,
}

impl MarginalsLaw {
    fn of(transforms: &[Box<dyn FittedTransform>]) -> Self {
        Self { columns: transforms.iter().map(|transform| Outcomes::of(transform.as_ref())).collect() }
    }
}

impl Law for MarginalsLaw {
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
