//! The Gaussian copula over empirical marginals: each column keeps its own distribution, and a multivariate normal law
//! of latent variables ties them together.
//!
//! By Sklar's theorem (1959) a joint law is its marginals and a copula. Here the copula is Gaussian: latent
//! Z ~ N(0, R), and column j is `F_j⁻¹(Φ(Z_j))` with the empirical `F_j` of [`crate::Transform`]. A column with missing
//! values has a second latent variable that decides whether the value is there, so that missingness depends on the other
//! columns as it did in the data.
//!
//! Columns with few values carry less correlation than their latents do. `R` is therefore not the correlation of jittered
//! ranks: for each pair it is solved so that the law reproduces the covariance of the columns' normal scores exactly
//! (module `latent`). Categories are put in the order in which they tell most about the other columns (module `order`).

mod correlation;
mod latent;
mod law;
mod order;

use polars::prelude::DataFrame;

use self::latent::Latent;
use self::law::CopulaLaw;
use super::table::{TableModel, prepare, spread_rows};
use super::{Model, Setting, SettingKind, Synthesizer};
use crate::{Archive, Encoded, FittedTransform, Metadata, Progress, Seed, SynthError};

const NAME: &str = "gaussian_copula";

static SETTINGS: [Setting; 4] = [
    Setting {
        name: "pieces",
        about: "about how many pieces a numerical column's distribution is cut into",
        kind: SettingKind::Whole { least: 2, most: 65_536 },
        default: "1000",
    },
    Setting {
        name: "correlation_rows",
        about: "from how many rows, evenly spread, the dependence between columns is measured",
        kind: SettingKind::Whole { least: 2, most: 100_000_000 },
        default: "200000",
    },
    Setting {
        name: "shrinkage",
        about: "how far correlations are drawn towards zero; auto follows the number of rows",
        kind: SettingKind::NumberOrAuto { least: 0.0, most: 1.0 },
        default: "auto",
    },
    Setting {
        name: "categories",
        about: "the order of categories along their latent variable",
        kind: SettingKind::Choice(&["associated", "frequent"]),
        default: "associated",
    },
];

/// Settings of the Gaussian copula; they are checked when it is fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// About how many pieces a numerical column's distribution is cut into, from 2 to 65,536.
    pub pieces: usize,
    /// From how many rows, evenly spread over the table, the dependence between columns is measured; at least 2.
    pub correlation_rows: usize,
    /// How far correlations are drawn towards zero, from 0 to 1; none takes what the number of rows asks for, by the
    /// formula of Schäfer and Strimmer (2005).
    pub shrinkage: Option<f64>,
    /// Whether categories are ordered by what they tell about other columns; else by how frequent they are.
    pub order_by_association: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self { pieces: 1000, correlation_rows: 200_000, shrinkage: None, order_by_association: true }
    }
}

impl Config {
    fn check(&self) -> Result<(), SynthError> {
        let numbers = [Some(self.pieces as f64), Some(self.correlation_rows as f64), self.shrinkage];
        for (setting, number) in SETTINGS.iter().zip(numbers) {
            if let Some(number) = number.filter(|&number| !setting.allows(number)) {
                return Err(setting.invalid(&number.to_string()));
            }
        }
        Ok(())
    }
}

/// Fits a Gaussian copula over empirical marginals.
///
/// ```
/// use polars::prelude::*;
/// use synthbook_synth::{GaussianCopula, GaussianCopulaConfig, Metadata, Progress, SampleRequest, Seed, Synthesizer};
///
/// let table = df!("rooms" => [2, 3, 3, 4, 5, 2], "rent" => [900, 1250, 1300, 1700, 2100, 950])?;
/// let copula = GaussianCopula::new(GaussianCopulaConfig { shrinkage: Some(0.0), ..Default::default() });
/// let model = copula.fit(&table, &Metadata::detect(&table)?, Seed::new(1), &Progress::silent())?;
/// let sample = model.sample(&SampleRequest::rows(1000), Seed::new(2), &Progress::silent())?;
/// let rent = sample.column("rent")?.as_materialized_series();
/// assert_eq!((rent.min::<i32>()?, rent.max::<i32>()?), (Some(900), Some(2100)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GaussianCopula {
    config: Config,
}

impl GaussianCopula {
    /// The synthesizer with these settings.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config }
    }
}

impl Synthesizer for GaussianCopula {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "keeps each column's distribution and ties the columns together by a multivariate normal law"
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SynthError> {
        let setting = Setting::find(NAME, &SETTINGS, name)?;
        match setting.name {
            "pieces" => self.config.pieces = setting.whole(value)?,
            "correlation_rows" => self.config.correlation_rows = setting.whole(value)?,
            "shrinkage" => self.config.shrinkage = setting.number_or_auto(value)?,
            _ => self.config.order_by_association = setting.choice(value)? == "associated",
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
        let mut latents = latents(&prepared.transforms);
        progress.report(Some(0.3), "Ordering the categories");
        let chosen = spread_rows(prepared.rows, self.config.correlation_rows);
        if self.config.order_by_association {
            order::by_association(&mut latents, &prepared.encoded, &chosen, progress)?;
        }
        progress.report(Some(0.4), "Measuring how the columns depend on each other");
        let loadings = correlation::fit(&latents, &prepared.encoded, &chosen, self.config.shrinkage, progress)?;
        progress.report(Some(1.0), "Fitted");
        let law = CopulaLaw::new(&prepared.transforms, latents, loadings);
        Ok(Box::new(TableModel::new(NAME, prepared, Box::new(law))))
    }

    fn load(&self, archive: Archive) -> Option<Box<dyn Model>> {
        Some(Box::new(TableModel::load(archive, CopulaLaw::load)?))
    }
}

/// The latent variables of the columns: one for the value where there is more than one, one for whether it is there.
fn latents(transforms: &[Box<dyn FittedTransform>]) -> Vec<Latent> {
    let mut latents = Vec::new();
    for (column, transform) in transforms.iter().enumerate() {
        if transform.varies() {
            latents.push(Latent::of_value(column, transform.masses(), transform.ordered()));
        }
        let missing = transform.missing_rate();
        if missing > 0.0 && missing < 1.0 {
            latents.push(Latent::of_absence(column, missing));
        }
    }
    latents
}

/// The piece of each chosen row along a latent variable, or [`Encoded::MISSING`].
fn pieces_of<'a>(latent: &Latent, encoded: &'a [Encoded], chosen: &'a [usize]) -> impl Iterator<Item = u32> + 'a {
    let (column, absence) = (latent.column, latent.absence);
    chosen.iter().map(move |&row| {
        let piece = encoded[column].pieces[row];
        if absence { u32::from(piece == Encoded::MISSING) } else { piece }
    })
}
