//! A mixture of components in which the columns are independent: which component a row belongs to is all that ties its
//! columns together, and with enough components that is any dependence there is.
//!
//! p(x) = `Σ_k w_k Π_j θ_kj(x_j)` (latent class analysis: Lazarsfeld and Henry, 1968; as a generative model of tables on a
//! par with deep ones: "shallow mixture" in arXiv 2603.23016). Columns are laws over cells of their pieces (modules `cells`
//! and `leaf`), fitted by expectation maximisation (module `em`). How many components there are, and for how long they are
//! fitted, is what rows that were held out find likeliest (module `learn`); each component's tables are drawn towards those
//! of the components that are alike, so that none tells of single rows. Conditions and gaps are met exactly (module `law`).

mod cells;
mod em;
mod law;
mod leaf;
mod learn;
#[cfg(test)]
mod tests;

use polars::prelude::DataFrame;
use rayon::prelude::*;

use self::cells::Cells;
use self::em::Rows;
use self::law::MixtureLaw;
use self::leaf::{Leaf, cell_of, group};
use super::table::{Prepared, TableModel, prepare};
use super::{Model, Setting, SettingKind, Synthesizer};
use crate::{Archive, Metadata, Progress, Seed, SynthError};

const NAME: &str = "mixture";

static SETTINGS: [Setting; 6] = [
    Setting {
        name: "pieces",
        about: "about how many pieces a numerical column's distribution is cut into",
        kind: SettingKind::Whole { least: 2, most: 65_536 },
        default: "1000",
    },
    Setting {
        name: "components",
        about: "how many components there are; auto tries several numbers, up to one for every 12 rows",
        kind: SettingKind::NumberOrAuto { least: 1.0, most: 20_000.0 },
        default: "auto",
    },
    Setting {
        name: "smoothing",
        about: "how many rows of the components that are alike are added to each; auto is 3, or what suits a small table",
        kind: SettingKind::NumberOrAuto { least: 0.001, most: 1000.0 },
        default: "auto",
    },
    Setting {
        name: "least_rows",
        about: "components that hold fewer rows are left out",
        kind: SettingKind::NumberOrAuto { least: 0.0, most: 1e6 },
        default: "auto",
    },
    Setting {
        name: "passes",
        about: "how often the rows are passed over at most",
        kind: SettingKind::Whole { least: 1, most: 1000 },
        default: "30",
    },
    Setting {
        name: "rows",
        about: "from how many rows, evenly spread, the components are learned",
        kind: SettingKind::Whole { least: 1, most: 100_000_000 },
        default: "200000",
    },
];

/// Settings of the mixture; they are checked when it is fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// About how many pieces a numerical column's distribution is cut into, from 2 to 65,536.
    pub pieces: usize,
    /// How many components there are, from 1 to 20,000; none tries several numbers.
    pub components: Option<usize>,
    /// How many rows of the components that are alike are added to each, from 0.001 to 1000: more is further from single
    /// rows. None is 3, or what suits a small table.
    pub smoothing: Option<f64>,
    /// Components that hold fewer rows are left out.
    pub least_rows: f64,
    /// How often the rows are passed over at most, from 1 to 1000.
    pub passes: usize,
    /// From how many rows, evenly spread over the table, the components are learned; at least 1.
    pub rows: usize,
}

const LEAST_ROWS: f64 = 3.0;

impl Default for Config {
    fn default() -> Self {
        Self { pieces: 1000, components: None, smoothing: None, least_rows: LEAST_ROWS, passes: 30, rows: 200_000 }
    }
}

impl Config {
    fn check(&self) -> Result<(), SynthError> {
        let numbers = [
            Some(self.pieces as f64),
            self.components.map(|components| components as f64),
            self.smoothing,
            Some(self.least_rows),
            Some(self.passes as f64),
            Some(self.rows as f64),
        ];
        for (setting, number) in SETTINGS.iter().zip(numbers) {
            if let Some(number) = number.filter(|&number| !setting.allows(number)) {
                return Err(setting.invalid(&number.to_string()));
            }
        }
        Ok(())
    }
}

/// Fits a mixture of components in which the columns are independent.
///
/// ```
/// use polars::prelude::*;
/// use synthbook_synth::{Metadata, Mixture, MixtureConfig, Progress, SampleRequest, Seed, Synthesizer};
///
/// let animals = ["cat", "dog", "horse"].repeat(100);
/// let legs = animals.iter().map(|&animal| if animal == "horse" { "hooves" } else { "paws" }).collect::<Vec<_>>();
/// let table = df!("animal" => animals, "feet" => legs)?;
/// let mixture = Mixture::new(MixtureConfig { components: Some(3), ..Default::default() });
/// let model = mixture.fit(&table, &Metadata::detect(&table)?, Seed::new(1), &Progress::silent())?;
/// let sample = model.sample(&SampleRequest::rows(1000), Seed::new(2), &Progress::silent())?;
/// assert_eq!(sample.height(), 1000);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mixture {
    config: Config,
}

impl Mixture {
    /// The synthesizer with these settings.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config }
    }
}

impl Synthesizer for Mixture {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "adds up many simple laws, each of which stands for rows of one kind"
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SynthError> {
        let setting = Setting::find(NAME, &SETTINGS, name)?;
        match setting.name {
            "pieces" => self.config.pieces = setting.whole(value)?,
            "components" => {
                self.config.components = setting.number_or_auto(value)?.map(|components| components.round() as usize);
            }
            "smoothing" => self.config.smoothing = setting.number_or_auto(value)?,
            "least_rows" => self.config.least_rows = setting.number_or_auto(value)?.unwrap_or(LEAST_ROWS),
            "passes" => self.config.passes = setting.whole(value)?,
            _ => self.config.rows = setting.whole(value)?,
        }
        Ok(())
    }

    fn fit(
        &self,
        table: &DataFrame,
        metadata: &Metadata,
        seed: Seed,
        progress: &Progress,
    ) -> Result<Box<dyn Model>, SynthError> {
        self.config.check()?;
        let prepared = prepare(table, metadata, self.config.pieces, progress)?;
        progress.report(Some(0.2), "Putting the values into cells");
        let law = self.law(&prepared, seed, progress)?;
        progress.report(Some(1.0), "Fitted");
        Ok(Box::new(TableModel::new(NAME, prepared, Box::new(law))))
    }

    fn load(&self, archive: Archive) -> Option<Box<dyn Model>> {
        Some(Box::new(TableModel::load(archive, MixtureLaw::load)?))
    }
}

impl Mixture {
    fn law(&self, prepared: &Prepared, seed: Seed, progress: &Progress) -> Result<MixtureLaw, SynthError> {
        let groupings: Vec<_> = prepared.transforms.par_iter().map(|transform| group(transform.as_ref())).collect();
        let broken = || SynthError::UnsavableModel { reason: "its cells do not fit its columns".to_owned() };
        let cells = prepared
            .transforms
            .iter()
            .zip(&groupings)
            .map(|(transform, grouping)| Cells::new(transform.as_ref(), grouping.of_piece.clone()).ok_or_else(broken))
            .collect::<Result<Vec<_>, SynthError>>()?;
        let varying: Vec<usize> = (0..cells.len()).filter(|&column| cells[column].len() > 1).collect();
        let taken = prepared.rows.min(self.config.rows);
        let chosen: Vec<usize> =
            (0..taken).map(|at| (at as u128 * prepared.rows as u128 / taken as u128) as usize).collect();
        let leaves: Vec<Leaf> =
            varying.iter().map(|&at| Leaf::new(prepared.transforms[at].as_ref(), &groupings[at])).collect();
        let mut offsets = vec![0];
        for &column in &varying {
            offsets.push(offsets[offsets.len() - 1] + cells[column].len());
        }
        let coded = chosen
            .par_iter()
            .flat_map_iter(|&row| varying.iter().zip(&offsets).map(move |(&column, &offset)| (column, offset, row)))
            .map(|(column, offset, row)| {
                let piece = prepared.encoded[column].pieces[row];
                offset as u32 + cell_of(&groupings[column], cells[column].values(), piece)
            })
            .collect();
        let rows = Rows { leaves, offsets, cells: coded };
        let mut order: Vec<u32> = (0..taken as u32).collect();
        let mut draws = seed.named("order").draws();
        for at in (1..order.len()).rev() {
            order.swap(at, (draws.uniform() * (at + 1) as f64) as usize);
        }
        let learned = learn::learn(&rows, &order, &self.config, seed, progress)?;
        MixtureLaw::new(cells, learned).ok_or_else(broken)
    }
}
