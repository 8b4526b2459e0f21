//! SMOTE-NC: SMOTE for numbers and categories together.
//!
//! Chawla, Bowyer, Hall and Kegelmeyer, "SMOTE: Synthetic Minority Over-sampling Technique", 2002, section 6.1: a category
//! that differs adds Med² to the squared distance, where Med is the median of the standard deviations of the numbers in
//! the class. A new row's numbers lie between those of two neighbours; its categories are the most frequent among the k
//! nearest neighbours, one of them by chance when several are. Without numbers Med is 1 and rows are as far apart as
//! the count of categories in which they differ.

use polars::prelude::DataFrame;

use super::Augmenter;
use super::classes::Classes;
use super::common::{Nearby, needed};
use super::neighbours::Space;
use super::opened::{Blend, Opened};
use crate::{Metadata, Progress, Seed, Setting, SynthError};

const NAME: &str = "smote_nc";

static SETTINGS: [Setting; 5] = Nearby::SETTINGS;

/// Makes rows of numbers and categories between neighbours of a class.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct SmoteNc {
    nearby: Nearby,
}

impl Augmenter for SmoteNc {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "makes rows between those of a class and their nearest neighbours in it, by numbers and categories together"
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
        let new = between(&opened, &classes, &more, &self.nearby, seed, progress)?;
        opened.extended(new, seed)
    }
}

/// `more` new rows of each class.
pub(super) fn between(
    opened: &Opened<'_>,
    classes: &Classes,
    more: &[usize],
    nearby: &Nearby,
    seed: Seed,
    progress: &Progress,
) -> Result<DataFrame, SynthError> {
    let space = Space::new(opened, &classes.used(), nearby.scale, true);
    let mut blends: Vec<Blend> = Vec::new();
    let mut places = Vec::new();
    let mut neighbours: Vec<Vec<u32>> = Vec::new();
    for (class, &more) in more.iter().enumerate().filter(|(_, more)| **more > 0) {
        let penalty = space.median_deviation(&classes.rows[class]);
        let starts = nearby.within(&space, classes, class, penalty, progress)?;
        let mut draws = seed.named("class").numbered(class as u64).draws();
        for (blend, at) in starts.draw(more, &mut draws) {
            blends.push(blend);
            places.push(neighbours.len() + at);
        }
        neighbours.extend(starts.neighbours);
    }
    progress.report(Some(0.9), "Making rows");
    let voters = |row: usize| neighbours[places[row]].as_slice();
    opened.rows(&blends, Some(&voters), false, seed)
}
