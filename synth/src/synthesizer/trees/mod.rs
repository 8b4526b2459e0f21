//! Sequential trees: the joint law as a chain of conditional laws, each an average of trees over the columns before it.
//!
//! `p(x₁ … x_d) = Π p(x_j | x₁ … x_{j-1})`, columns in an order that is learned. See `forest` for the law of one column.
//!
//! In a table of very many columns a column is drawn given those before it that tell most about it.
//!
//! How much a node is drawn towards the one above it decides between fidelity and privacy: at `shrinkage=0` leaves speak for
//! themselves and a small table is partly copied; near 1, the likeliest on rows that were not seen, rows of the table are no
//! closer to the sample than others. `docs/benchmarks.md` shows the frontier on which the default was chosen.

mod bins;
mod forest;
mod grow;
mod law;
mod order;

use polars::prelude::DataFrame;
use rayon::prelude::*;

use self::bins::Groups;
use self::forest::{Forest, Plan};
use self::grow::{Ground, Limits};
use self::law::TreesLaw;
use super::table::{TableModel, prepare};
use super::{Model, Setting, SettingKind, Synthesizer};
use crate::{Archive, Metadata, Progress, Seed, SynthError};

const NAME: &str = "trees";

static SETTINGS: [Setting; 8] = [
    Setting {
        name: "trees",
        about: "how many trees the conditional law of a column is the average of",
        kind: SettingKind::Whole { least: 1, most: 1000 },
        default: "10",
    },
    Setting {
        name: "leaf",
        about: "the fewest rows of a leaf",
        kind: SettingKind::Whole { least: 1, most: 1_000_000 },
        default: "20",
    },
    Setting {
        name: "share",
        about: "the share of the rows that each tree sees, in percent",
        kind: SettingKind::Whole { least: 1, most: 100 },
        default: "63",
    },
    Setting {
        name: "columns",
        about: "the share of the columns that is tried at a split, in percent",
        kind: SettingKind::Whole { least: 1, most: 100 },
        default: "100",
    },
    Setting {
        name: "shrinkage",
        about: "how strongly a node is drawn towards the one above; auto chooses by the rows that a tree has not seen",
        kind: SettingKind::NumberOrAuto { least: 0.0, most: 1e9 },
        default: "0.5",
    },
    Setting {
        name: "floor",
        about: "how many rows the node above counts at least in a node",
        kind: SettingKind::Whole { least: 0, most: 1_000_000 },
        default: "32",
    },
    Setting {
        name: "gain",
        about: "the log-likelihood that a split must add",
        kind: SettingKind::Whole { least: 0, most: 1_000_000 },
        default: "3",
    },
    Setting {
        name: "pieces",
        about: "about how many pieces a numerical column's distribution is cut into",
        kind: SettingKind::Whole { least: 2, most: 65_536 },
        default: "1000",
    },
];

/// Settings of sequential trees; they are checked when they are fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// How many trees the conditional law of a column is the average of, from 1 to 1000.
    pub trees: usize,
    /// The fewest rows of a leaf.
    pub leaf: usize,
    /// The share of the rows that each tree sees, from 1 to 100 percent.
    pub share: usize,
    /// The share of the columns that is tried at a split, from 1 to 100 percent.
    pub columns: usize,
    /// How strongly a node is drawn towards the one above; none chooses by the rows that a tree has not seen.
    pub shrinkage: Option<f64>,
    /// How many rows the node above counts at least in a node.
    pub floor: usize,
    /// The log-likelihood that a split must add.
    pub gain: usize,
    /// About how many pieces a numerical column's distribution is cut into, from 2 to 65,536.
    pub pieces: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self { trees: 10, leaf: 20, share: 63, columns: 100, shrinkage: Some(0.5), floor: 32, gain: 3, pieces: 1000 }
    }
}

impl Config {
    fn check(&self) -> Result<(), SynthError> {
        let numbers = [
            Some(self.trees as f64),
            Some(self.leaf as f64),
            Some(self.share as f64),
            Some(self.columns as f64),
            self.shrinkage,
            Some(self.floor as f64),
            Some(self.gain as f64),
            Some(self.pieces as f64),
        ];
        for (setting, number) in SETTINGS.iter().zip(numbers) {
            if let Some(number) = number.filter(|&number| !setting.allows(number)) {
                return Err(setting.invalid(&number.to_string()));
            }
        }
        Ok(())
    }

    fn plan(&self) -> Plan {
        let limits = Limits { leaf: self.leaf, columns: self.columns as f64 / 100.0, gain: self.gain as f64 };
        Plan {
            trees: self.trees,
            limits,
            share: self.share as f64 / 100.0,
            shrinkage: self.shrinkage,
            floor: self.floor as f64,
        }
    }
}

/// Fits sequential trees.
///
/// ```
/// use polars::prelude::*;
/// use synthbook_synth::{Metadata, Progress, SampleRequest, Seed, Synthesizer, Trees};
///
/// let kinds: Vec<&str> = (0..200).map(|row| if row % 4 == 0 { "house" } else { "flat" }).collect();
/// let rooms: Vec<i32> = (0..200).map(|row| if row % 4 == 0 { 5 + row % 3 } else { 1 + row % 3 }).collect();
/// let homes = df!("kind" => kinds, "rooms" => rooms)?;
/// let model = Trees::default().fit(&homes, &Metadata::detect(&homes)?, Seed::new(1), &Progress::silent())?;
/// let sample = model.sample(&SampleRequest::rows(500), Seed::new(2), &Progress::silent())?;
/// let houses = sample.lazy().filter(col("kind").eq(lit("house"))).select([col("rooms").mean()]).collect()?;
/// assert!(houses.column("rooms")?.f64()?.get(0).is_some_and(|rooms| rooms > 4.5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trees {
    config: Config,
}

impl Trees {
    /// The synthesizer with these settings.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config }
    }
}

impl Synthesizer for Trees {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "draws column after column from the leaves of trees over the columns before it"
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SynthError> {
        let setting = Setting::find(NAME, &SETTINGS, name)?;
        match setting.name {
            "trees" => self.config.trees = setting.whole(value)?,
            "leaf" => self.config.leaf = setting.whole(value)?,
            "share" => self.config.share = setting.whole(value)?,
            "columns" => self.config.columns = setting.whole(value)?,
            "shrinkage" => self.config.shrinkage = setting.number_or_auto(value)?,
            "floor" => self.config.floor = setting.whole(value)?,
            "gain" => self.config.gain = setting.whole(value)?,
            _ => self.config.pieces = setting.whole(value)?,
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
        let groups: Vec<Groups> = prepared.transforms.iter().map(|one| Groups::bins(one.as_ref())).collect();
        let bins: Vec<Vec<u8>> =
            groups.par_iter().zip(&prepared.encoded).map(|(groups, column)| groups.rows(column)).collect();
        progress.report(Some(0.2), "Ordering the columns");
        let order = order::of(&groups, &bins, &prepared.transforms);
        progress.report(Some(0.3), "Growing trees");
        let plan = self.config.plan();
        let done = std::sync::atomic::AtomicUsize::new(0);
        let mut forests = (0..order.len())
            .into_par_iter()
            .map(|place| {
                progress.check()?;
                let column = order[place];
                let outcome = Groups::classes(prepared.transforms[column].as_ref());
                let classes = outcome.rows(&prepared.encoded[column]);
                let columns = order::given(&order[..place], &groups, &bins, &classes, outcome.len());
                let ground =
                    Ground { bins: &bins, groups: &groups, columns: &columns, classes: &classes, count: outcome.len() };
                let seed = seed.named("forest").numbered(column as u64);
                let forest = Forest::grow(&ground, &prepared.encoded[column].pieces, &plan, seed);
                let done = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
                progress.report(Some(0.3 + 0.7 * done as f64 / order.len() as f64), "Growing trees");
                Ok((column, forest))
            })
            .collect::<Result<Vec<_>, SynthError>>()?;
        forests.sort_by_key(|(column, _)| *column);
        let forests = forests.into_iter().map(|(_, forest)| forest).collect();
        let law = TreesLaw::new(&prepared.transforms, order, forests);
        Ok(Box::new(TableModel::new(NAME, prepared, Box::new(law))))
    }

    fn load(&self, archive: Archive) -> Option<Box<dyn Model>> {
        Some(Box::new(TableModel::load(archive, TreesLaw::load)?))
    }
}
