//! Random under-sampling: only some of the rows of the larger classes, drawn without replacement.

use polars::prelude::DataFrame;

use super::Augmenter;
use super::classes::Classes;
use super::common::needed;
use super::opened::{below, check, rows_of};
use super::sampling::{Sampling, UNDER};
use crate::{Metadata, Progress, Seed, Setting, SynthError};

const NAME: &str = "random_under";

static SETTINGS: [Setting; 1] = [UNDER];

/// Keeps some rows of a class.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct RandomUnder {
    sampling: Sampling,
}

impl Augmenter for RandomUnder {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "keeps only some rows of the larger classes, drawn without replacement"
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SynthError> {
        self.sampling = Sampling::parse(Setting::find(NAME, &SETTINGS, name)?, value)?;
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
        let target = needed(NAME, target)?;
        check(table, metadata, Some(target))?;
        progress.check()?;
        progress.report(Some(0.0), "Drawing rows");
        let classes = Classes::of_target(table, metadata, target)?;
        let mut kept: Vec<bool> = classes.of.iter().map(Option::is_none).collect();
        for (class, (rows, wanted)) in classes.rows.iter().zip(self.sampling.under(&classes)?).enumerate() {
            let mut draws = seed.named("class").numbered(class as u64).draws();
            let mut rows = rows.clone();
            for at in 0..wanted {
                let other = at + below(&mut draws, rows.len() - at);
                rows.swap(at, other);
                kept[rows[at] as usize] = true;
            }
        }
        let kept: Vec<u32> = (0..kept.len() as u32).filter(|&row| kept[row as usize]).collect();
        rows_of(table, &kept)
    }
}
