//! SMOTE: new rows on the lines between rows of a class and their nearest neighbours in it.
//!
//! Chawla, Bowyer, Hall and Kegelmeyer, "SMOTE: Synthetic Minority Over-sampling Technique", 2002: x + u·(y - x), where x is
//! a row of the class, y one of its k nearest neighbours in the class and u uniform over [0, 1). Distances go by the
//! numbers alone; a new row's categories are those of x or y, by their weights 1 - u and u.

use polars::prelude::DataFrame;

use super::Augmenter;
use super::classes::Classes;
use super::common::{Nearby, needed};
use super::neighbours::Space;
use super::opened::{Blend, Opened};
use crate::{Metadata, Progress, Seed, Setting, SynthError};

const NAME: &str = "smote";

static SETTINGS: [Setting; 5] = Nearby::SETTINGS;

/// Makes rows between neighbours of a class.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Smote {
    nearby: Nearby,
}

impl Augmenter for Smote {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "makes rows between those of a class and their nearest neighbours in it, by the numbers of the rows"
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SynthError> {
        self.nearby.set(Setting::find(NAME, &SETTINGS, name)?, value)
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
        let opened = Opened::new(table, metadata, Some(target), self.nearby.keep_rules, progress)?;
        let classes = Classes::of_target(table, metadata, target)?;
        let more = self.nearby.sampling.over(&classes)?;
        let space = Space::new(&opened, &classes.used(), self.nearby.scale, false);
        if !space.has_numbers() {
            return Err(SynthError::NoNumbers { method: NAME });
        }
        let mut blends: Vec<Blend> = Vec::new();
        for (class, &more) in more.iter().enumerate().filter(|(_, more)| **more > 0) {
            let starts = self.nearby.within(&space, &classes, class, 0.0, progress)?;
            let mut draws = seed.named("class").numbered(class as u64).draws();
            blends.extend(starts.draw(more, &mut draws).into_iter().map(|one| one.0));
        }
        progress.report(Some(0.9), "Making rows");
        opened.extended(opened.rows(&blends, None, false, seed)?, seed)
    }
}
