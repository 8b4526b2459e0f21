//! Boosting of rare groups: what a synthesizer learned of the whole table, sampled where the table is thin.
//!
//! After `CoDSA` (Tian, Shen and Shen, "Conditional Data Synthesis Augmentation", 2025): the table's joint law is learned
//! from all of it, so that rare regions lend from the frequent ones, and new rows are drawn under the condition of each
//! region, more where there are fewer. The regions are the classes of the target, or the groups that it forms with
//! further columns. Groups too small for the law to know them, or too rare for it to draw them, get rows by SMOTE-NC.

use polars::prelude::{DataFrame, DataType};

use super::Augmenter;
use super::classes::Classes;
use super::common::Nearby;
use super::opened::{Opened, check, rows_of};
use super::sampling::{OVER, Sampling};
use super::smote_nc;
use crate::{Condition, Metadata, Model, Progress, SampleRequest, Seed, Setting, SettingKind, SynthError, find};

const NAME: &str = "boost";

static SETTINGS: [Setting; 4] = [
    OVER,
    Setting {
        name: "method",
        about: "the synthesizer that learns the table, with its default settings",
        kind: SettingKind::Text("the name of a synthesizer"),
        default: "gaussian_copula",
    },
    Setting {
        name: "by",
        about: "columns, separated by commas, that form groups with the target; none balances the target's classes",
        kind: SettingKind::Text("names of columns, separated by commas, or none"),
        default: "none",
    },
    Setting {
        name: "small",
        about: "groups of fewer rows than this get their new rows by SMOTE-NC",
        kind: SettingKind::Whole { least: 1, most: 1_000_000 },
        default: "20",
    },
];

/// Samples rare groups from a model of the whole table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Boost {
    sampling: Sampling,
    method: String,
    by: Vec<String>,
    small: usize,
}

impl Default for Boost {
    fn default() -> Self {
        Self { sampling: Sampling::Balanced, method: "gaussian_copula".to_owned(), by: Vec::new(), small: 20 }
    }
}

impl Augmenter for Boost {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "samples the rare groups of a table from a synthesizer's model of all of it"
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SynthError> {
        let setting = Setting::find(NAME, &SETTINGS, name)?;
        match setting.name {
            "sampling" => self.sampling = Sampling::parse(setting, value)?,
            "method" => {
                find(value.trim()).map_err(|_| setting.invalid(value))?;
                value.trim().clone_into(&mut self.method);
            }
            "by" if value.trim() == "none" => self.by.clear(),
            "by" => {
                let names: Vec<String> = value.split(',').map(|name| name.trim().to_owned()).collect();
                if names.iter().any(String::is_empty) {
                    return Err(setting.invalid(value));
                }
                self.by = names;
            }
            _ => self.small = setting.whole(value)?,
        }
        Ok(())
    }

    fn augment(
        &self,
        table: &DataFrame,
        metadata: &Metadata,
        target: Option<&str>,
        seed: Seed,
        progress: &Progress,
    ) -> Result<DataFrame, SynthError> {
        check(table, metadata, target)?;
        let columns: Vec<&str> = target.into_iter().chain(self.by.iter().map(String::as_str)).collect();
        if columns.is_empty() {
            return Err(SynthError::NoTarget { method: NAME });
        }
        for column in &columns {
            Classes::of_target(table, metadata, column)?;
        }
        let groups = Classes::of(table, &columns)?;
        let more = self.sampling.over(&groups)?;
        let opened = Opened::new(table, metadata, None, false, progress)?;
        let raised = |class: &usize| more[*class] > 0 && groups.rows[*class].len() >= self.small;
        let model = if (0..more.len()).any(|class| raised(&class)) {
            let known = rows_of(table, &groups.used())?;
            Some(find(&self.method)?.fit(&known, metadata, seed.named("fit"), progress)?)
        } else {
            None
        };
        let mut new = table.clear();
        for (class, &more) in more.iter().enumerate().filter(|(_, more)| **more > 0) {
            progress.check()?;
            let seed = seed.named("group").numbered(class as u64);
            let group = Group { table, columns: &columns, groups: &groups, class };
            let drawn = match model.as_deref().filter(|_| raised(&class)) {
                Some(model) => group.drawn(model, more, seed, progress)?,
                None => None,
            };
            let made = match drawn {
                Some(made) => made,
                None => group.between(metadata, more, seed, progress)?,
            };
            new.vstack_mut_owned(made)?;
        }
        opened.extended(new, seed)
    }
}

/// One of the groups of a table.
struct Group<'a> {
    table: &'a DataFrame,
    columns: &'a [&'a str],
    groups: &'a Classes,
    class: usize,
}

impl Group<'_> {
    /// Rows drawn from the model under the group's condition, or none when the model draws too few of them.
    fn drawn(
        &self,
        model: &dyn Model,
        rows: usize,
        seed: Seed,
        progress: &Progress,
    ) -> Result<Option<DataFrame>, SynthError> {
        let request = SampleRequest::rows(rows).given(self.condition()?);
        match model.sample(&request, seed, progress) {
            Ok(made) => Ok(Some(made)),
            Err(SynthError::TooRare { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Rows between those of the group.
    fn between(
        &self,
        metadata: &Metadata,
        rows: usize,
        seed: Seed,
        progress: &Progress,
    ) -> Result<DataFrame, SynthError> {
        let own = rows_of(self.table, &self.groups.rows[self.class])?;
        let opened = Opened::new(&own, metadata, None, true, progress)?;
        let one = Classes::of(&own, self.columns)?;
        smote_nc::between(&opened, &one, &[rows], &Nearby::default(), seed, progress)
    }

    /// The condition that a row is in the group.
    fn condition(&self) -> Result<Condition, SynthError> {
        let first = self.groups.rows[self.class].first().copied().unwrap_or(0) as usize;
        let mut parts = Vec::new();
        for name in self.columns {
            let column = self.table.column(name)?;
            let plain = column.dtype().is_primitive_numeric() || column.dtype().is_bool();
            let text = column.cast(&DataType::String)?;
            let value = text.str()?.get(first).unwrap_or_default();
            let value = if plain { value.to_owned() } else { format!("'{}'", value.replace('\'', "''")) };
            parts.push(format!("\"{}\" = {value}", name.replace('"', "\"\"")));
        }
        Condition::parse(&parts.join(" AND "))
    }
}
