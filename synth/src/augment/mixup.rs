//! Mixup: rows between any two rows.
//!
//! Zhang, Cisse, Dauphin and Lopez-Paz, "mixup: Beyond Empirical Risk Minimization", 2018: λ·x + (1 - λ)·y with
//! λ ~ Beta(α, α) and x, y any two rows (or two of the same class). Categories are those of x with probability λ, else of
//! y. The label is that of the heavier of the two, and its weight max(λ, 1 - λ) can be had in a column `weight`, as the
//! paper mixes the labels with these weights; a measured target lies between those of x and y like any number.

use polars::prelude::{Column, DataFrame, NamedFrom, Series};

use super::Augmenter;
use super::classes::Classes;
use super::noise::{TIMES, labelled, repeated};
use super::opened::{Blend, Opened, below};
use crate::{Draws, Metadata, Progress, Seed, Setting, SettingKind, SynthError};

const NAME: &str = "mixup";
const WEIGHT: &str = "weight";

static SETTINGS: [Setting; 5] = [
    Setting {
        name: "alpha",
        about: "how even the two rows' weights are: near 0 one row counts alone, 1 all weights are as likely",
        kind: SettingKind::Number { least: 0.001, most: 1000.0 },
        default: "0.2",
    },
    TIMES,
    Setting {
        name: "pairs",
        about: "whether any two rows are mixed, or two of the same class",
        kind: SettingKind::Choice(&["any", "same_class"]),
        default: "any",
    },
    Setting {
        name: WEIGHT,
        about: "whether a column 'weight' says how heavy the row is whose label was taken; 1 for the table's own rows",
        kind: SettingKind::Choice(&["no", "yes"]),
        default: "no",
    },
    super::common::RULES,
];

/// Mixes rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mixup {
    alpha: f64,
    times: f64,
    same_class: bool,
    weight: bool,
    keep_rules: bool,
}

impl Default for Mixup {
    fn default() -> Self {
        Self { alpha: 0.2, times: 1.0, same_class: false, weight: false, keep_rules: true }
    }
}

impl Augmenter for Mixup {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "makes rows between any two rows, with weights of the beta law"
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SynthError> {
        let setting = Setting::find(NAME, &SETTINGS, name)?;
        match setting.name {
            "alpha" => self.alpha = setting.number(value)?,
            "times" => self.times = setting.number(value)?,
            "pairs" => self.same_class = setting.choice(value)? == "same_class",
            "weight" => self.weight = setting.choice(value)? == "yes",
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
        if self.weight && table.column(WEIGHT).is_ok() {
            let expected = "no for a table that has a column of this name".to_owned();
            return Err(SynthError::InvalidSetting { name: WEIGHT.to_owned(), expected, value: "yes".to_owned() });
        }
        let opened = Opened::new(table, metadata, target, self.keep_rules, progress)?;
        let classes = target.map(|target| Classes::of(table, &[target])).transpose()?;
        let is_label = target.zip(classes.as_ref()).is_some_and(|(target, classes)| classes.are_few(metadata, target));
        let rows = labelled(table, target)?;
        progress.check()?;
        progress.report(Some(0.5), "Mixing rows");
        let mut draws = seed.named("pairs").draws();
        let blends: Vec<Blend> = repeated(&rows, self.times, &mut draws)
            .into_iter()
            .map(|row| {
                let kin = classes.as_ref().filter(|_| self.same_class && is_label);
                let class = kin.and_then(|classes| Some(&classes.rows[classes.of[row as usize]? as usize]));
                let among = class.unwrap_or(&rows);
                let other = among[below(&mut draws, among.len())];
                let share = beta(self.alpha, &mut draws);
                let (from, to) = if share <= 0.5 { (row, other) } else { (other, row) };
                Blend { from, to, share: share.min(1.0 - share) }
            })
            .collect();
        let whole = opened.extended(opened.rows(&blends, None, !is_label, seed)?, seed)?;
        if !self.weight {
            return Ok(whole);
        }
        let mut weights = vec![1.0; table.height()];
        weights.extend(blends.iter().map(|blend| 1.0 - blend.share));
        Ok(whole.hstack(&[Column::from(Series::new(WEIGHT.into(), weights))])?)
    }
}

/// A draw of the law Beta(α, α): X / (X + Y) with X, Y of the gamma law, by their logarithms so that neither vanishes.
fn beta(alpha: f64, draws: &mut Draws) -> f64 {
    1.0 / (1.0 + (log_gamma_draw(alpha, draws) - log_gamma_draw(alpha, draws)).exp())
}

/// The logarithm of a draw of the gamma law with shape α and scale 1 (Marsaglia and Tsang, "A Simple Method for Generating
/// Gamma Variables", 2000): a draw with shape α + 1 times U^(1/α).
fn log_gamma_draw(alpha: f64, draws: &mut Draws) -> f64 {
    let d = alpha + 1.0 - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let normal = draws.normal();
        let cube = (1.0 + c * normal).powi(3);
        let uniform = 1.0 - draws.uniform();
        if cube > 0.0 && uniform.ln() < 0.5 * normal * normal + d - d * cube + d * cube.ln() {
            return (d * cube).ln() + (1.0 - draws.uniform()).ln() / alpha;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_have_the_moments_of_the_beta_law() {
        let mut draws = Seed::new(5).draws();
        for alpha in [0.05, 0.2, 1.0, 5.0] {
            let sample: Vec<f64> = (0..100_000).map(|_| beta(alpha, &mut draws)).collect();
            let mean = sample.iter().sum::<f64>() / 1e5;
            let variance = sample.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 1e5;
            assert!((mean - 0.5).abs() < 0.006, "{alpha} {mean}");
            let expected = 1.0 / (4.0 * (2.0 * alpha + 1.0));
            assert!((variance / expected - 1.0).abs() < 0.02, "{alpha} {variance} {expected}");
        }
    }
}
