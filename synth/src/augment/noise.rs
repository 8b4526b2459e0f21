//! Noise: rows once more, their values moved within their columns' distributions.
//!
//! With strength s, a number of normal score z = Φ⁻¹(F(x)) becomes x' = F⁻¹(Φ(√(1 - s²)·z + s·ε)), ε standard normal: in a
//! normal column that is jitter of s standard deviations. As z' is standard normal again no column's distribution
//! changes: spikes, bounds, lattice and decimals stay, and where values lie far apart they move far. A category is drawn
//! anew, by the shares of the categories, with probability s. Strength 0 repeats rows, strength 1 makes the columns
//! independent. Gaps, words and the target stay.

use polars::prelude::{Column, DataFrame, Series};
use rayon::prelude::*;

use super::Augmenter;
use super::classes::Classes;
use super::opened::{Opened, Part, Role, below, taken};
use crate::normal::{distribution, quantile};
use crate::{Draws, Encoded, FittedTransform, Metadata, Progress, Rows, Seed, Setting, SettingKind, SynthError};

const NAME: &str = "noise";

/// How many rows are made.
pub(super) const TIMES: Setting = Setting {
    name: "times",
    about: "how many new rows are made for each row of the table",
    kind: SettingKind::Number { least: 0.0, most: 1000.0 },
    default: "1",
};

static SETTINGS: [Setting; 3] = [
    Setting {
        name: "strength",
        about: "how far values move: 0 not at all, 1 as far as their column goes",
        kind: SettingKind::Number { least: 0.0, most: 1.0 },
        default: "0.1",
    },
    TIMES,
    super::common::RULES,
];

/// Repeats rows with noise.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Noise {
    strength: f64,
    times: f64,
    keep_rules: bool,
}

impl Default for Noise {
    fn default() -> Self {
        Self { strength: 0.1, times: 1.0, keep_rules: true }
    }
}

impl Augmenter for Noise {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "repeats rows with their values moved a little within their columns' distributions"
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SynthError> {
        let setting = Setting::find(NAME, &SETTINGS, name)?;
        match setting.name {
            "strength" => self.strength = setting.number(value)?,
            "times" => self.times = setting.number(value)?,
            _ => self.keep_rules = setting.choice(value)? == "kept",
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
        let opened = Opened::new(table, metadata, target, self.keep_rules, progress)?;
        let rows = repeated(&labelled(table, target)?, self.times, &mut seed.named("rows").draws());
        progress.check()?;
        progress.report(Some(0.5), "Moving values");
        let parts: Vec<(&Series, &Part, bool)> = opened.parts().collect();
        let columns = parts
            .par_iter()
            .enumerate()
            .map(|(at, (column, part, is_target))| {
                let copy = taken(column, rows.iter().copied())?;
                let seed = seed.named("column").numbered(at as u64);
                let moves = matches!(part.role, Role::Number(_) | Role::Category { .. });
                let made = if moves && !is_target && self.strength > 0.0 {
                    self.moved(&copy, part.transform.as_ref(), seed)?
                } else {
                    copy
                };
                Ok(Column::from(made))
            })
            .collect::<Result<Vec<_>, SynthError>>()?;
        let new = opened.restored(DataFrame::new(rows.len(), columns)?)?;
        opened.extended(new, seed)
    }
}

impl Noise {
    fn moved(&self, column: &Series, transform: &dyn FittedTransform, seed: Seed) -> Result<Series, SynthError> {
        let mut encoded = transform.forward(column)?;
        let mut draws = seed.draws();
        let masses = transform.masses();
        let mut ends: Vec<f64> = Vec::with_capacity(masses.len());
        for mass in masses {
            ends.push(ends.last().unwrap_or(&0.0) + mass);
        }
        for (piece, position) in encoded.pieces.iter_mut().zip(&mut encoded.positions) {
            if *piece == Encoded::MISSING {
                continue;
            }
            if transform.ordered() {
                let at = *piece as usize;
                let single = position.to_bits() == 0.5_f64.to_bits();
                let inside = if single { draws.uniform() } else { *position };
                let score = quantile((ends[at] - masses[at] * (1.0 - inside)).clamp(1e-12, 1.0 - 1e-12));
                let kept = (1.0 - self.strength * self.strength).sqrt();
                let rank = distribution(kept * score + self.strength * draws.normal());
                (*piece, *position) = place(&ends, masses, rank);
            } else if draws.uniform() < self.strength {
                (*piece, *position) = place(&ends, masses, draws.uniform());
            }
        }
        transform.inverse(&encoded, Rows { first: 0, seed })
    }
}

/// The piece in which a rank from 0 to 1 lies, and where in it.
fn place(ends: &[f64], masses: &[f64], rank: f64) -> (u32, f64) {
    let at = ends.partition_point(|end| *end <= rank).min(ends.len() - 1);
    (at as u32, ((rank - (ends[at] - masses[at])) / masses[at]).clamp(0.0, 1.0))
}

/// The rows that have a label; all when there is no target.
pub(super) fn labelled(table: &DataFrame, target: Option<&str>) -> Result<Vec<u32>, SynthError> {
    match target {
        Some(target) => Ok(Classes::of(table, &[target])?.used()),
        None => Ok((0..table.height() as u32).collect()),
    }
}

/// Each row so many times, and for what is left after the point rows drawn without replacement, in their order.
pub(super) fn repeated(rows: &[u32], times: f64, draws: &mut Draws) -> Vec<u32> {
    let whole = times.floor() as usize;
    let rest = ((times - times.floor()) * rows.len() as f64).round() as usize;
    let mut repeated: Vec<u32> = (0..whole).flat_map(|_| rows.iter().copied()).collect();
    let mut order = rows.to_vec();
    for at in 0..rest {
        let other = at + below(draws, order.len() - at);
        order.swap(at, other);
    }
    order.truncate(rest);
    order.sort_unstable();
    repeated.extend(order);
    repeated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_repeated_whole_and_in_part() {
        let mut draws = Seed::new(1).draws();
        assert_eq!(repeated(&[4, 7], 2.0, &mut draws), [4, 7, 4, 7]);
        let half = repeated(&[1, 2, 3, 4], 0.5, &mut draws);
        assert!(half.len() == 2 && half[0] < half[1]);
        assert_eq!(repeated(&[], 1.5, &mut draws), [0_u32; 0]);
    }

    #[test]
    fn a_rank_lies_in_the_piece_that_covers_it() {
        let (masses, ends) = ([0.5, 0.25, 0.25], [0.5, 0.75, 1.0]);
        assert_eq!(place(&ends, &masses, 0.0), (0, 0.0));
        assert_eq!(place(&ends, &masses, 0.625), (1, 0.5));
        assert_eq!(place(&ends, &masses, 1.0), (2, 1.0));
    }
}
