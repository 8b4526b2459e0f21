//! A Bayesian network: each column depends on a few others, `P(x) = Π_j P(x_j | parents of j)`.
//!
//! Tables of chances are made of coarse groups of each column's pieces (about a dozen stretches of a numerical column,
//! the frequent categories); they fall back on fewer parents where rows are few (module `chain`). A close
//! dependence is followed more finely: a parent can count by its fine group, one of eight in each coarse one, and a
//! value's fine group is decided after its coarse one. The structure is learned (module `structure`). That
//! a value is missing is an outcome like any other, so missing values depend on other columns too.

mod chain;
mod grouping;
mod law;
mod structure;

use polars::prelude::DataFrame;

use self::law::NetworkLaw;
use super::table::{TableModel, prepare, spread_rows};
use super::{Model, Setting, SettingKind, Synthesizer};
use crate::{Archive, Metadata, Progress, Seed, SynthError};

const NAME: &str = "bayesian_network";

static SETTINGS: [Setting; 4] = [
    Setting {
        name: "pieces",
        about: "about how many pieces a numerical column's distribution is cut into",
        kind: SettingKind::Whole { least: 2, most: 65_536 },
        default: "1000",
    },
    Setting {
        name: "groups",
        about: "about how many coarse groups of a numerical column the tables of chances are made of",
        kind: SettingKind::Whole { least: 2, most: 200 },
        default: "16",
    },
    Setting {
        name: "parents",
        about: "on how many other columns a column depends at the most",
        kind: SettingKind::Whole { least: 0, most: 6 },
        default: "4",
    },
    Setting {
        name: "structure_rows",
        about: "from how many rows, evenly spread, the structure is learned",
        kind: SettingKind::Whole { least: 2, most: 100_000_000 },
        default: "50000",
    },
];

/// Settings of the Bayesian network; they are checked when it is fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// About how many pieces a numerical column's distribution is cut into, from 2 to 65,536.
    pub pieces: usize,
    /// About how many coarse groups of a numerical column the tables of chances are made of, from 2 to 200.
    pub groups: usize,
    /// On how many other columns a column depends at the most, up to 6.
    pub parents: usize,
    /// From how many rows, evenly spread over the table, the structure is learned; at least 2. The chances are learned
    /// from all.
    pub structure_rows: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self { pieces: 1000, groups: 16, parents: 4, structure_rows: 50_000 }
    }
}

impl Config {
    fn check(&self) -> Result<(), SynthError> {
        let numbers = [self.pieces, self.groups, self.parents, self.structure_rows];
        for (setting, number) in SETTINGS.iter().zip(numbers) {
            if !setting.allows(number as f64) {
                return Err(setting.invalid(&number.to_string()));
            }
        }
        Ok(())
    }
}

/// Fits a Bayesian network.
///
/// ```
/// use polars::prelude::*;
/// use synthbook_synth::{BayesianNetwork, Metadata, Progress, SampleRequest, Seed, Synthesizer};
///
/// let table = df!(
///     "sky" => ["grey", "blue", "grey", "blue"].repeat(50),
///     "rain" => [true, false, true, false].repeat(50),
/// )?;
/// let network = BayesianNetwork::default();
/// let model = network.fit(&table, &Metadata::detect(&table)?, Seed::new(1), &Progress::silent())?;
/// let sample = model.sample(&SampleRequest::rows(1000), Seed::new(2), &Progress::silent())?;
/// let wet = sample.lazy().filter(col("rain").and(col("sky").eq(lit("blue")))).collect()?;
/// assert!(wet.height() < 20);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BayesianNetwork {
    config: Config,
}

impl BayesianNetwork {
    /// The synthesizer with these settings.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config }
    }
}

impl Synthesizer for BayesianNetwork {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "lets each column depend on a few others through tables of chances whose structure it learns"
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SynthError> {
        let setting = Setting::find(NAME, &SETTINGS, name)?;
        let number = setting.whole(value)?;
        match setting.name {
            "pieces" => self.config.pieces = number,
            "groups" => self.config.groups = number,
            "parents" => self.config.parents = number,
            _ => self.config.structure_rows = number,
        }
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
        self.config.check()?;
        let prepared = prepare(table, metadata, self.config.pieces, progress)?;
        let made_with = (prepared.rows, self.config.groups);
        let groupings = law::groupings(&prepared.transforms, made_with.0, made_with.1);
        let chosen = spread_rows(prepared.rows, self.config.structure_rows);
        let structure = structure::learn(&groupings, &prepared.encoded, &chosen, self.config.parents, progress)?;
        progress.report(Some(1.0), "Fitted");
        let law = NetworkLaw::new(groupings, structure, made_with);
        Ok(Box::new(TableModel::new(NAME, prepared, Box::new(law))))
    }

    fn load(&self, archive: Archive) -> Option<Box<dyn Model>> {
        Some(Box::new(TableModel::load(archive, NetworkLaw::load)?))
    }
}
