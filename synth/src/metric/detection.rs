//! Whether a learner can tell two tables apart: the classifier two-sample test (Lopez-Paz and Oquab, ICLR 2017).
//!
//! Rows of both tables, equally many, are put in five folds; a learner that has seen four of them scores the rows of the
//! fifth, and the mean over the folds of the area under the ROC curve is the result. 0.5: as if from one law. 1: told
//! apart without fail.

use rayon::prelude::*;

use crate::learn::linear::Design;
use crate::learn::measure::{auc, auc_error, stratified};
use crate::learn::{Binner, Boost, Features, Loss};
use crate::{Progress, Seed, SynthError};

/// Rows of each table that are compared at most.
pub(super) const MOST_ROWS: usize = 10_000;
/// Cells of both tables that are compared at most.
const MOST_CELLS: usize = 4_000_000;
const FOLDS: usize = 5;

/// Who tells the tables apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Learner {
    Boosted,
    Logistic,
}

/// How well two tables were told apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Detection {
    /// The mean area under the ROC curve.
    pub(super) auc: f64,
    /// That of each fold.
    pub(super) folds: Vec<f64>,
    /// The standard error of the mean where the tables are alike.
    pub(super) error: f64,
    /// Rows of each table.
    pub(super) rows: usize,
}

impl Detection {
    /// 1 - mean over the folds of max(0.5, AUC)·2 - 1, which SDMetrics calls the detection score: 1 is best.
    pub(super) fn complement(&self) -> f64 {
        1.0 - self.folds.iter().map(|auc| auc.max(0.5) * 2.0 - 1.0).sum::<f64>() / self.folds.len().max(1) as f64
    }
}

/// How many rows of each table to compare, when there are so many of each and so many columns.
pub(super) fn rows_compared(rows: usize, columns: usize) -> usize {
    rows.min(MOST_ROWS).min((MOST_CELLS / 2 / columns.max(1)).max(500))
}

/// Tells two tables apart that were encoded alike; none when there are too few rows, or nothing to see.
///
/// # Errors
/// [`SynthError::Cancelled`].
pub(super) fn detect(
    learner: Learner,
    one: &Features,
    other: &Features,
    seed: Seed,
    progress: &Progress,
) -> Result<Option<Detection>, SynthError> {
    let rows = one.rows.min(other.rows);
    let folds = FOLDS.min(rows);
    if folds < 2 || one.columns.is_empty() {
        return Ok(None);
    }
    let both = Features::stack(&[one, other]);
    let second: Vec<bool> = (0..both.rows).map(|row| row >= one.rows).collect();
    let part = stratified(seed.named("folds"), &second, folds);
    let scorer = Scorer::new(learner, &both, &second);
    let tried = |number: usize| {
        let (exam, rest): (Vec<u32>, Vec<u32>) = (0..both.rows as u32).partition(|&row| part[row as usize] == number);
        let found = scorer.scores(&rest, &exam, seed.named("fold").numbered(number as u64), progress)?;
        let truth: Vec<bool> = exam.iter().map(|&row| second[row as usize]).collect();
        Ok(auc(&found, &truth))
    };
    let areas = (0..folds).into_par_iter().map(tried).collect::<Result<Vec<Option<f64>>, SynthError>>()?;
    let folds: Vec<f64> = areas.into_iter().flatten().collect();
    if folds.is_empty() {
        return Ok(None);
    }
    let auc = folds.iter().sum::<f64>() / folds.len() as f64;
    Ok(Some(Detection { auc, folds, error: auc_error(one.rows, other.rows), rows }))
}

/// A learner with the rows in the form that it takes.
enum Scorer<'a> {
    Boosted { data: crate::learn::bins::Binned, targets: Vec<f64> },
    Logistic { design: Design, second: &'a [bool] },
}

impl<'a> Scorer<'a> {
    fn new(learner: Learner, both: &Features, second: &'a [bool]) -> Self {
        match learner {
            Learner::Boosted => Self::Boosted {
                data: Binner::learn(both).bin(both),
                targets: second.iter().map(|&second| f64::from(u8::from(second))).collect(),
            },
            Learner::Logistic => Self::Logistic { design: Design::new(both), second },
        }
    }

    fn scores(&self, train: &[u32], test: &[u32], seed: Seed, progress: &Progress) -> Result<Vec<f64>, SynthError> {
        match self {
            Self::Boosted { data, targets } => {
                let model = Boost::default().fit(data, train, targets, Loss::Logistic, seed, progress)?;
                Ok(model.predict(data, test))
            }
            Self::Logistic { design, second } => {
                let scores = design.logistic(train, second, progress)?;
                Ok(test.iter().map(|&row| scores[row as usize]).collect())
            }
        }
    }
}
