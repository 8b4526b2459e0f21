//! ADASYN: SMOTE with more new rows where a class is harder to learn.
//!
//! He, Bai, Garcia and Li, "ADASYN: Adaptive Synthetic Sampling Approach for Imbalanced Learning", 2008. The share of other
//! classes among the k nearest neighbours of a row in the whole table is r; of G new rows the row starts
//! G·r / Σ r, rounded to the nearest whole number (half to even). So a class ends with about the rows asked for.

use polars::prelude::DataFrame;

use super::Augmenter;
use super::classes::Classes;
use super::common::{Nearby, needed};
use super::neighbours::{Space, spread};
use super::opened::{Blend, Opened};
use crate::{Metadata, Progress, Seed, Setting, SynthError};

const NAME: &str = "adasyn";

static SETTINGS: [Setting; 5] = Nearby::SETTINGS;

/// Makes rows where a class meets others.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Adasyn {
    nearby: Nearby,
}

impl Augmenter for Adasyn {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "makes rows as SMOTE does, the more the more neighbours of a row are of other classes"
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
        let all = spread(&classes.used(), self.nearby.rows);
        let mut blends: Vec<Blend> = Vec::new();
        for (class, &more) in more.iter().enumerate().filter(|(_, more)| **more > 0) {
            let starts = self.nearby.within(&space, &classes, class, 0.0, progress)?;
            let near = space.nearest(&starts.rows, &all, self.nearby.neighbours, 0.0, progress)?;
            let allocation = allocate(&shares(&classes, &starts.rows, &near), more)
                .ok_or_else(|| SynthError::NoBorder { method: NAME, column: target.to_owned() })?;
            let mut draws = seed.named("class").numbered(class as u64).draws();
            for (at, &many) in allocation.iter().enumerate() {
                blends.extend((0..many).map(|_| starts.draw_from(at, &mut draws)));
            }
        }
        progress.report(Some(0.9), "Making rows");
        opened.extended(opened.rows(&blends, None, false, seed)?, seed)
    }
}

/// The share of other classes among the neighbours of each row.
pub(super) fn shares(classes: &Classes, rows: &[u32], near: &[Vec<u32>]) -> Vec<f64> {
    let share = |(&row, near): (&u32, &Vec<u32>)| {
        let class = classes.of[row as usize];
        let others = near.iter().filter(|&&other| classes.of[other as usize] != class).count();
        others as f64 / near.len().max(1) as f64
    };
    rows.iter().zip(near).map(share).collect()
}

/// How many of `more` rows start from each, or none when no row has a neighbour of another class. When rounding leaves
/// nothing, those with the greatest shares start one each.
pub(super) fn allocate(shares: &[f64], more: usize) -> Option<Vec<usize>> {
    let sum: f64 = shares.iter().sum();
    if sum <= 0.0 {
        return None;
    }
    let mut rows: Vec<usize> =
        shares.iter().map(|share| (share / sum * more as f64).round_ties_even() as usize).collect();
    if rows.iter().all(|rows| *rows == 0) {
        let mut order: Vec<usize> = (0..shares.len()).collect();
        order.sort_by(|&a, &b| shares[b].total_cmp(&shares[a]).then(a.cmp(&b)));
        order.into_iter().take(more).for_each(|at| rows[at] = 1);
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_allocated_by_the_share_of_other_classes() {
        assert_eq!(allocate(&[0.2, 0.6, 0.0], 8), Some(vec![2, 6, 0]));
        assert_eq!(allocate(&[0.5, 0.5], 5), Some(vec![2, 2]));
        assert_eq!(allocate(&[0.2; 5], 2), Some(vec![1, 1, 0, 0, 0]));
        assert_eq!(allocate(&[0.0, 0.0], 5), None);
    }
}
