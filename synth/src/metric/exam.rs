//! An exam: a learner that saw one table is asked for a column of another.
//!
//! Classes are scored by the area under the ROC curve, more than two by its mean over one class against the rest;
//! numbers and dates by R². Boosted trees take 200 rounds at the settings of `learn/boost.rs`.

use rayon::prelude::*;

use super::{Compared, Role, Side};
use crate::learn::measure::{auc, r_squared};
use crate::learn::{Binner, Boost, Features, Loss};
use crate::{Progress, Seed, SynthError};

/// Classes that are asked for at most: the commonest.
pub(super) const MOST_CLASSES: usize = 20;
/// Cells that a learner sees at most.
const MOST_CELLS: usize = 2_000_000;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    Classes,
    Numbers,
}

/// Rows with what is to be learned of them.
#[derive(Debug, Clone)]
pub(super) struct Lesson {
    pub(super) features: Features,
    pub(super) truth: Truth,
}

/// The column that is asked for, of rows that have it.
#[derive(Debug, Clone)]
pub(super) enum Truth {
    Classes(Vec<u32>),
    Numbers(Vec<f64>),
}

/// What kind of exam a column makes, or none when it is a key or words.
pub(super) fn task(column: &Compared) -> Option<Task> {
    match column.role() {
        Role::Category => Some(Task::Classes),
        Role::Number | Role::Moment if column.levels.len() <= 2 => Some(Task::Classes),
        Role::Number | Role::Moment => Some(Task::Numbers),
        Role::Other => None,
    }
}

impl Lesson {
    /// These rows of a table, without those whose target is missing or infinite.
    pub(super) fn of(columns: &[Compared], target: &Compared, side: Side, rows: &[u32]) -> Self {
        let most = (MOST_CELLS / columns.len().max(1)).max(500);
        let known = |row: &u32| match task(target) {
            Some(Task::Numbers) => target.numbers(side)[*row as usize].is_finite(),
            _ => target.codes(side)[*row as usize] != Compared::MISSING,
        };
        let rows: Vec<u32> = rows.iter().copied().filter(known).take(most).collect();
        let truth = match task(target) {
            Some(Task::Numbers) => Truth::Numbers(rows.iter().map(|&row| target.numbers(side)[row as usize]).collect()),
            _ => Truth::Classes(rows.iter().map(|&row| target.codes(side)[row as usize]).collect()),
        };
        Self { features: Features::of(columns, side, &rows).without(&target.name), truth }
    }

    /// These rows, then those.
    pub(super) fn stack(&self, more: &Self) -> Self {
        let truth = match (&self.truth, &more.truth) {
            (Truth::Classes(one), Truth::Classes(more)) => Truth::Classes([one.as_slice(), more].concat()),
            (Truth::Numbers(one), Truth::Numbers(more)) => Truth::Numbers([one.as_slice(), more].concat()),
            (one, _) => one.clone(),
        };
        Self { features: Features::stack(&[&self.features, &more.features]), truth }
    }

    /// The first so many rows.
    pub(super) fn first(&self, rows: usize) -> Self {
        let rows = rows.min(self.rows());
        let truth = match &self.truth {
            Truth::Classes(classes) => Truth::Classes(classes[..rows].to_vec()),
            Truth::Numbers(numbers) => Truth::Numbers(numbers[..rows].to_vec()),
        };
        Self { features: self.features.pick(&(0..rows as u32).collect::<Vec<u32>>()), truth }
    }

    pub(super) fn rows(&self) -> usize {
        self.features.rows
    }
}

/// A learner: from features, what is true of some rows and which rows those are, a score for every other row.
pub(super) trait Pupil: Sync {
    /// Log-odds, or anything that grows with the chance, that a row of `asked` is of the class; none when it can't say.
    fn class(&self, positive: &[bool], seed: Seed) -> Result<Option<Vec<f64>>, SynthError>;
    /// The value of each row of `asked`; none when it can't say.
    fn number(&self, values: &[f64], seed: Seed) -> Result<Option<Vec<f64>>, SynthError>;
}

/// The score of a learner in an exam; none when it could not be held: a table with fewer than ten rows, nothing to
/// learn from, or one class, or one value, in what is asked.
pub(super) fn hold(pupil: &dyn Pupil, taught: &Truth, asked: &Truth, seed: Seed) -> Result<Option<f64>, SynthError> {
    match (taught, asked) {
        (Truth::Classes(taught), Truth::Classes(asked)) => {
            let classes = commonest(asked);
            if taught.len() < 10 || classes.len() < 2 {
                return Ok(None);
            }
            let one_by_one = if classes.len() == 2 { &classes[1..] } else { &classes[..] };
            let score = |&class: &u32| {
                let positive: Vec<bool> = taught.iter().map(|&of| of == class).collect();
                let truth: Vec<bool> = asked.iter().map(|&of| of == class).collect();
                if positive.iter().all(|&one| one == positive[0]) {
                    return Ok(Some(0.5));
                }
                Ok(pupil.class(&positive, seed.numbered(u64::from(class)))?.and_then(|scores| auc(&scores, &truth)))
            };
            let scores = one_by_one.par_iter().map(score).collect::<Result<Option<Vec<f64>>, SynthError>>()?;
            Ok(scores.map(|scores| scores.iter().sum::<f64>() / scores.len() as f64))
        }
        (Truth::Numbers(taught), Truth::Numbers(asked)) => {
            if taught.len() < 10 {
                return Ok(None);
            }
            let count = taught.len() as f64;
            let mean = taught.iter().map(|value| value / count).sum::<f64>();
            let spread = (taught.iter().map(|value| ((value - mean) / count.sqrt()).powi(2)).sum::<f64>()).sqrt();
            let scale = if spread > 0.0 && spread.is_finite() { spread } else { 1.0 };
            let scaled: Vec<f64> = taught.iter().map(|value| (value - mean) / scale).collect();
            let truth: Vec<f64> = asked.iter().map(|value| (value - mean) / scale).collect();
            Ok(pupil.number(&scaled, seed)?.and_then(|found| r_squared(&truth, &found)))
        }
        _ => Ok(None),
    }
}

/// Boosted trees.
pub(super) struct Trees<'a> {
    taught: crate::learn::bins::Binned,
    asked: crate::learn::bins::Binned,
    rounds: usize,
    progress: &'a Progress,
}

impl<'a> Trees<'a> {
    /// Reads what is to be learned from and what will be asked.
    pub(super) fn new(taught: &Features, asked: &Features, rounds: usize, progress: &'a Progress) -> Self {
        let binner = Binner::learn(taught);
        Self { taught: binner.bin(taught), asked: binner.bin(asked), rounds, progress }
    }

    fn learn(&self, targets: &[f64], loss: Loss, seed: Seed) -> Result<Option<Vec<f64>>, SynthError> {
        let boost = Boost { trees: self.rounds, ..Boost::default() };
        let rows: Vec<u32> = (0..targets.len() as u32).collect();
        let model = boost.fit(&self.taught, &rows, targets, loss, seed, self.progress)?;
        Ok(Some(model.predict(&self.asked, &(0..self.asked.rows() as u32).collect::<Vec<u32>>())))
    }
}

impl Pupil for Trees<'_> {
    fn class(&self, positive: &[bool], seed: Seed) -> Result<Option<Vec<f64>>, SynthError> {
        let targets: Vec<f64> = positive.iter().map(|&one| f64::from(u8::from(one))).collect();
        self.learn(&targets, Loss::Logistic, seed)
    }

    fn number(&self, values: &[f64], seed: Seed) -> Result<Option<Vec<f64>>, SynthError> {
        self.learn(values, Loss::Squared, seed)
    }
}

/// The classes that appear, ascending; no more than the commonest few.
fn commonest(codes: &[u32]) -> Vec<u32> {
    let mut counts = std::collections::BTreeMap::new();
    for &code in codes {
        *counts.entry(code).or_insert(0_usize) += 1;
    }
    let mut order: Vec<(u32, usize)> = counts.into_iter().collect();
    order.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let mut classes: Vec<u32> = order.into_iter().take(MOST_CLASSES).map(|(code, _)| code).collect();
    classes.sort_unstable();
    classes
}
