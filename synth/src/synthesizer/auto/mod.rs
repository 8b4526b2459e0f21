//! Chooses the synthesizer: several are tried on a part of the table and judged on rows that were held out, and the best
//! of those that keep the rows they learned from to themselves is fitted to the whole table.
//!
//! A trial's score is the mean of the quality score (over all pairs of columns too, because few of them count by
//! SDMetrics' thresholds) and of how hard the sample is to tell from the hold-out, less what a learner of a target loses
//! when it learns from the sample.
//! Quality alone would not do: independent columns reach 0.96 on Adult.

mod candidates;
mod trial;

use polars::prelude::DataFrame;

use self::candidates::{Candidate, FINER, FIRST, TINY};
use self::trial::{Ground, Trial};
use super::{Model, Setting, SettingKind, Synthesizer};
use crate::{Archive, Metadata, Progress, Seed, SynthError};

const NAME: &str = "auto";
/// A table with fewer rows is fitted without trials.
const FEWEST_ROWS: usize = 60;

static SETTINGS: [Setting; 5] = [
    Setting {
        name: "quality_threshold",
        about: "the quality score below which finer settings are tried as well",
        kind: SettingKind::Number { least: 0.0, most: 1.0 },
        default: "0.9",
    },
    Setting {
        name: "privacy_limit",
        about: "the largest share of closest records and success of membership inference that is accepted; 0.5 is chance",
        kind: SettingKind::Number { least: 0.5, most: 1.0 },
        default: "0.52",
    },
    Setting {
        name: "seconds",
        about: "about how many seconds of one core trials and fit may take; methods that don't fit in are left out",
        kind: SettingKind::Number { least: 0.0, most: 1e9 },
        default: "300",
    },
    Setting {
        name: "rows",
        about: "from how many rows, evenly spread, the trials are made",
        kind: SettingKind::Whole { least: 60, most: 10_000_000 },
        default: "40000",
    },
    Setting {
        name: "target",
        about: "the column that models will be trained to predict; without it the last and the first column stand for it",
        kind: SettingKind::Text("the name of a column"),
        default: "",
    },
];

/// Settings of the choice; they are checked when it is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The quality score below which finer settings are tried as well, from 0 to 1.
    pub quality_threshold: f64,
    /// The largest closest-record share and membership inference that is accepted, from 0.5 (chance) to 1.
    pub privacy_limit: f64,
    /// About how many seconds of one core trials and fit may take, by an estimate from the table's size.
    pub seconds: f64,
    /// From how many rows the trials are made, at least 60.
    pub rows: usize,
    /// The column that models will be trained to predict; without it the last and the first column stand for it (where
    /// tables mostly have theirs), those of few values if there are some.
    pub target: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self { quality_threshold: 0.9, privacy_limit: 0.52, seconds: 300.0, rows: 40_000, target: None }
    }
}

impl Config {
    fn check(&self) -> Result<(), SynthError> {
        let numbers = [self.quality_threshold, self.privacy_limit, self.seconds, self.rows as f64];
        for (setting, number) in SETTINGS.iter().zip(numbers) {
            if !setting.allows(number) {
                return Err(setting.invalid(&number.to_string()));
            }
        }
        Ok(())
    }
}

/// Chooses a synthesizer and fits it. The model is the chosen one's and says so; its notes say why.
///
/// ```
/// use polars::prelude::*;
/// use synthbook_synth::{Auto, AutoConfig, Metadata, Progress, Seed, Synthesizer};
///
/// let table = df!("size" => (0..90).map(|row| row % 7).collect::<Vec<i32>>(),
///                 "cost" => (0..90).map(|row| 3.0 * f64::from(row % 7) + f64::from(row % 4)).collect::<Vec<f64>>())?;
/// let auto = Auto::new(AutoConfig { seconds: 2.0, ..AutoConfig::default() });
/// let model = auto.fit(&table, &Metadata::detect(&table)?, Seed::new(1), &Progress::silent())?;
/// assert_ne!(model.synthesizer(), "auto");
/// assert!(model.notes()[0].starts_with("auto chose"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Auto {
    config: Config,
}

impl Auto {
    /// The choice with these settings.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self { config }
    }

    /// Tries candidates until one is good enough or none is left; the trials that were made, and why others were not.
    fn trials(&self, ground: &Ground<'_>, progress: &Progress) -> Result<(Vec<Trial>, Vec<String>), SynthError> {
        let (mut trials, mut notes) = (Vec::new(), Vec::new());
        let mut left = self.config.seconds;
        let steps = (FIRST.len() + FINER.len()) as f64;
        for (place, candidate) in FIRST.iter().chain(FINER).enumerate() {
            let finer = place >= FIRST.len();
            if finer && best(&trials).is_some_and(|best: &Trial| best.quality >= self.config.quality_threshold) {
                break;
            }
            let cost = ground.cost(candidate);
            if cost > left && !trials.is_empty() {
                notes.push(format!("{candidate} was not tried: it would take about {cost:.0} s"));
                continue;
            }
            progress.check()?;
            progress.report(Some(0.8 * place as f64 / steps), &format!("Trying {candidate}"));
            left -= cost;
            match ground.run(candidate, progress) {
                Ok(trial) => trials.push(trial),
                Err(SynthError::Cancelled) => return Err(SynthError::Cancelled),
                Err(error) => notes.push(format!("{candidate} was tried in vain: {error}")),
            }
        }
        Ok((trials, notes))
    }

    /// What is said about the choice.
    fn reasons(&self, chosen: &Trial, trials: &[Trial]) -> Vec<String> {
        let mut notes = vec![format!("auto chose {chosen}")];
        if chosen.risk > 0.0 {
            notes.push(format!(
                "no method kept to the privacy limit of {}; this one gives away least: hold the sample back from people who \
                 must not know whom it was learned from, or fit more rows",
                self.config.privacy_limit
            ));
        }
        if chosen.quality < self.config.quality_threshold {
            notes.push(format!(
                "the quality threshold of {} could not be reached within the privacy limit: the best was {:.3}",
                self.config.quality_threshold, chosen.quality
            ));
        }
        notes.extend(
            trials.iter().filter(|trial| trial.candidate != chosen.candidate).map(|trial| format!("tried {trial}")),
        );
        notes
    }
}

/// The trial to choose: the best score among those within the privacy limit, else the least risk.
fn best(trials: &[Trial]) -> Option<&Trial> {
    let safe = trials.iter().filter(|trial| trial.risk <= 0.0).max_by(|a, b| a.score.total_cmp(&b.score));
    safe.or_else(|| trials.iter().min_by(|a, b| a.risk.total_cmp(&b.risk)))
}

impl Synthesizer for Auto {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "tries several methods on held-out rows and fits the best that keeps to the privacy limit"
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SynthError> {
        let setting = Setting::find(NAME, &SETTINGS, name)?;
        match setting.name {
            "quality_threshold" => self.config.quality_threshold = setting.number(value)?,
            "privacy_limit" => self.config.privacy_limit = setting.number(value)?,
            "seconds" => self.config.seconds = setting.number(value)?,
            "rows" => self.config.rows = setting.whole(value)?,
            _ => self.config.target = (!value.trim().is_empty()).then(|| value.trim().to_owned()),
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
        if let Some(target) = self.config.target.as_deref().filter(|target| table.column(target).is_err()) {
            return Err(SynthError::MissingColumn { place: "table", column: target.to_owned() });
        }
        let last = seed.named("model");
        let quiet = progress.quiet();
        if table.height() < FEWEST_ROWS {
            let mut model = TINY.synthesizer()?.fit(table, metadata, last, &quiet)?;
            model.note(format!("auto chose {TINY}: {} rows are too few to hold some out", table.height()));
            return Ok(model);
        }
        let ground = Ground::new(table, metadata, &self.config, seed.named("trials"))?;
        let (trials, mut notes) = self.trials(&ground, progress)?;
        let chosen: &Candidate = best(&trials).map_or(&FIRST[0], |trial| trial.candidate);
        progress.report(Some(0.8), &format!("Fitting {chosen}"));
        let mut model = chosen.synthesizer()?.fit(table, metadata, last, &quiet)?;
        if let Some(chosen) = best(&trials) {
            notes.splice(0..0, self.reasons(chosen, &trials));
        }
        for note in notes {
            model.note(note);
        }
        progress.report(Some(1.0), "Fitted");
        Ok(model)
    }

    /// A file holds the model of the method that was chosen, under its name.
    fn load(&self, _archive: Archive) -> Option<Box<dyn Model>> {
        None
    }
}
