//! Settings that several augmenters share, and the seeds and neighbours between which SMOTE and its kin make rows.

use super::classes::Classes;
use super::neighbours::{Scale, Space, spread};
use super::opened::{Blend, below};
use super::sampling::{OVER, Sampling};
use crate::{Draws, Progress, Setting, SettingKind, SynthError};

/// How many neighbours a row has.
pub(super) const NEIGHBOURS: Setting = Setting {
    name: "neighbours",
    about: "how many nearest neighbours of its class a row has; all others where a class has fewer",
    kind: SettingKind::Whole { least: 1, most: 1000 },
    default: "5",
};

/// How numbers are measured.
pub(super) const SCALE: Setting = Setting {
    name: "scale",
    about: "how numbers are measured before distances are taken: in standard deviations, or raw as they are",
    kind: SettingKind::Choice(&["standard", "raw"]),
    default: "standard",
};

/// Among how many rows neighbours are sought.
pub(super) const NEIGHBOUR_ROWS: Setting = Setting {
    name: "neighbour_rows",
    about: "of how many rows of a class, evenly spread, and among how many rows neighbours are sought",
    kind: SettingKind::Whole { least: 2, most: 100_000_000 },
    default: "50000",
};

/// Whether the table's rules hold in new rows.
pub(super) const RULES: Setting = Setting {
    name: "rules",
    about: "whether new rows keep the rules found in the table, or each column is made for itself",
    kind: SettingKind::Choice(&["kept", "ignored"]),
    default: "kept",
};

/// What the methods that look for neighbours share.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Nearby {
    pub(super) sampling: Sampling,
    pub(super) neighbours: usize,
    pub(super) scale: Scale,
    pub(super) rows: usize,
    pub(super) keep_rules: bool,
}

impl Default for Nearby {
    fn default() -> Self {
        Self { sampling: Sampling::Balanced, neighbours: 5, scale: Scale::Standard, rows: 50_000, keep_rules: true }
    }
}

impl Nearby {
    /// Their settings.
    pub(super) const SETTINGS: [Setting; 5] = [OVER, NEIGHBOURS, SCALE, NEIGHBOUR_ROWS, RULES];

    /// Gives one of the settings a value.
    pub(super) fn set(&mut self, setting: &Setting, value: &str) -> Result<(), SynthError> {
        match setting.name {
            "sampling" => self.sampling = Sampling::parse(setting, value)?,
            "neighbours" => self.neighbours = setting.whole(value)?,
            "scale" => {
                self.scale = if setting.choice(value)? == "raw" { Scale::Raw } else { Scale::Standard };
            }
            "neighbour_rows" => self.rows = setting.whole(value)?,
            _ => self.keep_rules = setting.choice(value)? == "kept",
        }
        Ok(())
    }

    /// The rows of a class from which new ones start, and their neighbours within it.
    pub(super) fn within(
        &self,
        space: &Space,
        classes: &Classes,
        class: usize,
        penalty: f64,
        progress: &Progress,
    ) -> Result<Starts, SynthError> {
        let rows = &classes.rows[class];
        if rows.len() < 2 {
            return Err(classes.too_small(2, rows.len()));
        }
        let rows = spread(rows, self.rows);
        let neighbours = space.nearest(&rows, &rows, self.neighbours, penalty, progress)?;
        Ok(Starts { rows, neighbours })
    }
}

/// Rows from which new ones start, each with the neighbours towards which they lie.
#[derive(Debug, Clone, Default)]
pub(super) struct Starts {
    pub(super) rows: Vec<u32>,
    pub(super) neighbours: Vec<Vec<u32>>,
}

impl Starts {
    /// So many new rows: from a start towards one of its neighbours, each as likely, by an even share of the way. With each
    /// the place of its start.
    pub(super) fn draw(&self, many: usize, draws: &mut Draws) -> Vec<(Blend, usize)> {
        (0..many)
            .map(|_| {
                let at = below(draws, self.rows.len());
                (self.draw_from(at, draws), at)
            })
            .collect()
    }

    /// A new row from this start.
    pub(super) fn draw_from(&self, at: usize, draws: &mut Draws) -> Blend {
        let near = &self.neighbours[at];
        let to = near.get(below(draws, near.len())).copied().unwrap_or(self.rows[at]);
        Blend { from: self.rows[at], to, share: draws.uniform() }
    }
}

/// The target, or that the method needs one.
pub(super) fn needed<'a>(method: &'static str, target: Option<&'a str>) -> Result<&'a str, SynthError> {
    target.ok_or(SynthError::NoTarget { method })
}
