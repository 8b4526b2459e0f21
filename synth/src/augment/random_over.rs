//! Random over-sampling: rows of a class once more, drawn with replacement.

use polars::prelude::DataFrame;

use super::Augmenter;
use super::classes::Classes;
use super::common::needed;
use super::opened::{Blend, Opened, below};
use super::sampling::{OVER, Sampling};
use crate::{Metadata, Progress, Seed, Setting, SynthError};

const NAME: &str = "random_over";

static SETTINGS: [Setting; 1] = [OVER];

/// Repeats rows of a class.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct RandomOver {
    sampling: Sampling,
}

impl Augmenter for RandomOver {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "repeats rows of the smaller classes, drawn with replacement"
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
        let opened = Opened::new(table, metadata, Some(target), false, progress)?;
        let classes = Classes::of_target(table, metadata, target)?;
        let more = self.sampling.over(&classes)?;
        let mut blends: Vec<Blend> = Vec::new();
        for (class, (rows, more)) in classes.rows.iter().zip(more).enumerate() {
            let mut draws = seed.named("class").numbered(class as u64).draws();
            blends.extend((0..more).map(|_| Blend::copy(rows[below(&mut draws, rows.len())])));
        }
        progress.report(Some(0.9), "Making rows");
        opened.extended(opened.rows(&blends, None, false, seed)?, seed)
    }
}
