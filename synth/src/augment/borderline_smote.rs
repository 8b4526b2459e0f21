//! Borderline-SMOTE: SMOTE from the rows of a class that lie at its border.
//!
//! Han, Wang and Mao, "Borderline-SMOTE: A New Over-Sampling Method in Imbalanced Data Sets Learning", 2005. A row is in
//! danger when, of its m nearest neighbours in the whole table, at least half but not all are of other classes; new rows
//! start from those in danger. The first kind goes towards neighbours of the same class, as SMOTE does; the second
//! towards neighbours of any class, and towards one of another class at most half of the way.

use polars::prelude::DataFrame;

use super::Augmenter;
use super::classes::Classes;
use super::common::{Nearby, Starts, needed};
use super::neighbours::{Space, spread};
use super::opened::{Blend, Opened};
use crate::{Metadata, Progress, Seed, Setting, SettingKind, SynthError};

const NAME: &str = "borderline_smote";

static SETTINGS: [Setting; 7] = {
    let [sampling, neighbours, scale, rows, rules] = Nearby::SETTINGS;
    let border = Setting {
        name: "border_neighbours",
        about: "of how many nearest neighbours in the whole table at least half are of other classes at the border",
        kind: SettingKind::Whole { least: 1, most: 1000 },
        default: "10",
    };
    let kind = Setting {
        name: "kind",
        about: "whether new rows lie towards neighbours of the same class (1) or of any (2)",
        kind: SettingKind::Choice(&["1", "2"]),
        default: "1",
    };
    [sampling, neighbours, scale, rows, rules, border, kind]
};

/// Makes rows at the border of a class.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BorderlineSmote {
    nearby: Nearby,
    border_neighbours: usize,
    any_class: bool,
}

impl Default for BorderlineSmote {
    fn default() -> Self {
        Self { nearby: Nearby::default(), border_neighbours: 10, any_class: false }
    }
}

impl Augmenter for BorderlineSmote {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "makes rows as SMOTE does, from the rows of a class that lie at its border with others"
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SynthError> {
        let setting = Setting::find(NAME, &SETTINGS, name)?;
        match setting.name {
            "border_neighbours" => self.border_neighbours = setting.whole(value)?,
            "kind" => self.any_class = setting.choice(value)? == "2",
            _ => self.nearby.set(setting, value)?,
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
        let target = needed(NAME, target)?;
        let opened = Opened::new(table, metadata, Some(target), self.nearby.keep_rules, progress)?;
        let classes = Classes::of_target(table, metadata, target)?;
        let more = self.nearby.sampling.over(&classes)?;
        let space = Space::new(&opened, &classes.used(), self.nearby.scale, false);
        if !space.has_numbers() {
            return Err(SynthError::NoNumbers { method: NAME });
        }
        let all = spread(&classes.used(), self.nearby.rows);
        let mut blends: Vec<Blend> = Vec::new();
        for (class, &more) in more.iter().enumerate().filter(|(_, more)| **more > 0) {
            let rows = spread(&classes.rows[class], self.nearby.rows);
            let danger = in_danger(&space, &classes, &rows, &all, self.border_neighbours, progress)?;
            if danger.is_empty() {
                return Err(SynthError::NoBorder { method: NAME, column: target.to_owned() });
            }
            let among = if self.any_class { &all } else { &rows };
            let neighbours = space.nearest(&danger, among, self.nearby.neighbours, 0.0, progress)?;
            let starts = Starts { rows: danger, neighbours };
            let mut draws = seed.named("class").numbered(class as u64).draws();
            let new = starts.draw(more, &mut draws).into_iter().map(|(blend, _)| {
                let foreign = classes.of[blend.to as usize] != Some(class as u32);
                if foreign { Blend { share: 0.5 * blend.share, ..blend } } else { blend }
            });
            blends.extend(new);
        }
        progress.report(Some(0.9), "Making rows");
        opened.extended(opened.rows(&blends, None, false, seed)?, seed)
    }
}

/// Those of the rows of a class of whose nearest neighbours among `all` at least half, but not all, are of other classes.
pub(super) fn in_danger(
    space: &Space,
    classes: &Classes,
    rows: &[u32],
    all: &[u32],
    neighbours: usize,
    progress: &Progress,
) -> Result<Vec<u32>, SynthError> {
    let near = space.nearest(rows, all, neighbours, 0.0, progress)?;
    let danger = |(&row, near): (&u32, Vec<u32>)| {
        let class = classes.of[row as usize];
        let others = near.iter().filter(|&&other| classes.of[other as usize] != class).count();
        (2 * others >= near.len() && others < near.len()).then_some(row)
    };
    Ok(rows.iter().zip(near).filter_map(danger).collect())
}
