//! How alike cells of one and of two columns are filled: the mean of 1 - ½ Σ |p - q| over columns and over pairs.
//!
//! After the accuracy of MOSTLY AI's quality report (Platzer and Reutterer, Holdout-Based Empirical Assessment of
//! Mixed-Type Synthetic Data, 2021): measured columns are cut at the real deciles, categories beyond the ten commonest
//! share a cell, missing values have one. The baseline is what sampling noise alone leaves of 1 between two real tables of
//! these sizes: 1 - ½ Σ √(2/π · p(1-p)(1/n + 1/m)).

use rayon::prelude::*;

use super::binned::Cells;
use super::trends::Joint;
use super::{Compared, Family, Goal, Grain, Metric, MetricSpec, Role, Score, Side, Tables};
use crate::SynthError;

/// Cells of a measured column, and categories kept apart.
const CELLS: usize = 10;
/// How many pairs are looked at, at most, spread evenly over all.
const MOST: usize = 20_000;
/// Where it comes from.
const SOURCE: &str = "Platzer and Reutterer 2021; MOSTLY AI's accuracy";

/// The accuracy of single columns.
pub(super) struct UnivariateAccuracy;

/// The accuracy of pairs of columns.
pub(super) struct BivariateAccuracy;

impl Metric for UnivariateAccuracy {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "UnivariateAccuracy",
            about: "How alike the real column's tenths are filled; the baseline is what sampling noise leaves of 1",
            family: Family::Fidelity,
            goal: Goal::Maximize,
            range: (0.0, 1.0),
            grain: Grain::Column,
            source: SOURCE,
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        let score = |(name, cut): (&str, Cut)| {
            let (real, synthetic) = (cut.joint(Side::Real, None), cut.joint(Side::Synthetic, None));
            let baseline = real.expected(tables.synthetic.height());
            Score::of([name], real.similarity(&synthetic)).baseline(baseline)
        };
        Ok(cut(tables).into_iter().map(score).collect())
    }
}

impl Metric for BivariateAccuracy {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "BivariateAccuracy",
            about: "How alike the cells of two columns' tenths are filled, averaged over all pairs",
            family: Family::Fidelity,
            goal: Goal::Maximize,
            range: (0.0, 1.0),
            grain: Grain::Table,
            source: SOURCE,
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        let cut = cut(tables);
        let all = cut.len() * cut.len().saturating_sub(1) / 2;
        let pairs = (0..cut.len()).flat_map(|a| (a + 1..cut.len()).map(move |b| (a, b))).enumerate();
        let wanted: Vec<(usize, usize)> = pairs
            .filter(|(at, _)| all <= MOST || (at + 1) * MOST / all > at * MOST / all)
            .map(|(_, pair)| pair)
            .collect();
        let mut found: Vec<[Option<f64>; 3]> = Vec::new();
        for some in wanted.chunks(256) {
            tables.progress.check()?;
            found.par_extend(some.par_iter().map(|&(a, b)| {
                let (one, other) = (&cut[a].1, &cut[b].1);
                let real = one.joint(Side::Real, Some(other));
                let score = real.similarity(&one.joint(Side::Synthetic, Some(other)));
                [score, real.expected(tables.synthetic.height()), real.independent()]
            }));
        }
        let mean = |which: usize| {
            let known: Vec<f64> = found.iter().filter_map(|one| one[which]).collect();
            (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
        };
        let score = Score::table(mean(0)).baseline(mean(1)).floor(mean(2));
        Ok(if found.is_empty() { Vec::new() } else { vec![score] })
    }
}

/// A column's cell in each row of both tables.
struct Cut {
    real: Vec<u32>,
    synthetic: Vec<u32>,
    cells: usize,
}

impl Cut {
    fn side(&self, side: Side) -> &[u32] {
        if side == Side::Real { &self.real } else { &self.synthetic }
    }

    fn joint(&self, side: Side, other: Option<&Self>) -> Joint {
        match other {
            Some(other) => Joint::new(self.side(side), self.cells, other.side(side), other.cells),
            None => Joint::new(self.side(side), self.cells, &vec![0; self.side(side).len()], 1),
        }
    }
}

fn cut<'a>(tables: &'a Tables<'_>) -> Vec<(&'a str, Cut)> {
    let one = |column: &'a Compared| {
        let cells = Cells::new(column, CELLS, Some(CELLS));
        let (real, synthetic) = (cells.codes(column, Side::Real), cells.codes(column, Side::Synthetic));
        (column.name.as_str(), Cut { real, synthetic, cells: cells.count })
    };
    let compared: Vec<&Compared> = tables.columns.iter().filter(|column| column.role() != Role::Other).collect();
    compared.into_par_iter().map(one).collect()
}
