//! The learners of linfa in an exam: logistic regression (linfa-logistic), ridge regression (linfa-linear) and a bag of
//! decision trees (linfa-trees; Breiman, 1996).
//!
//! They see at most 5,000 rows and 600 weights. The ridge, λ = 1, is put as rows √λ·I under the design, so that least
//! squares always have one answer. A bag is 20 trees of at most 12 levels, each grown on rows drawn with repetition and
//! two thirds of the columns; its score is the share of trees that say yes.

use linfa::DatasetBase;
use linfa::prelude::{Fit, Predict};
use linfa_linear::LinearRegression;
use linfa_logistic::LogisticRegression;
use linfa_trees::DecisionTree;
use ndarray::{Array1, Array2, Axis, Slice, concatenate};

use super::exam::Pupil;
use crate::learn::linear::Design;
use crate::learn::measure::{quantile, shuffled};
use crate::learn::{Feature, Features};
use crate::{Progress, Seed, SynthError};

/// Rows that these learners see at most.
pub(super) const MOST_ROWS: usize = 5000;
/// Weights of a linear learner at most.
const MOST_WEIGHTS: usize = 600;
const RIDGE: f64 = 1.0;
const TREES: u64 = 20;

/// Logistic and ridge regression.
pub(super) struct Linear<'a> {
    /// Taught rows, then asked rows, with a column of ones first; none when there would be too many weights.
    design: Option<Array2<f64>>,
    taught: usize,
    progress: &'a Progress,
}

/// A bag of trees.
pub(super) struct Bag<'a> {
    taught: Array2<f64>,
    asked: Array2<f64>,
    progress: &'a Progress,
}

impl<'a> Linear<'a> {
    pub(super) fn new(taught: &Features, asked: &Features, progress: &'a Progress) -> Self {
        let design = Design::new(&Features::stack(&[taught, asked]));
        let (rows, width) = (taught.rows + asked.rows, design.width());
        let spread = |()| Array2::from_shape_vec((rows, width), (0..rows).flat_map(|row| design.row(row)).collect());
        let design = (width <= MOST_WEIGHTS).then_some(()).and_then(|fits| spread(fits).ok());
        Self { design, taught: taught.rows, progress }
    }
}

impl Pupil for Linear<'_> {
    fn class(&self, positive: &[bool], _seed: Seed) -> Result<Option<Vec<f64>>, SynthError> {
        self.progress.check()?;
        let Some(design) = &self.design else { return Ok(None) };
        let (taught, asked) = design.slice_axis(Axis(1), Slice::from(1..)).split_at(Axis(0), self.taught);
        let lesson = DatasetBase::new(taught.to_owned(), Array1::from_vec(positive.to_vec()));
        let tolerance = 1e-4 * positive.len().max(1) as f64;
        let learner = LogisticRegression::default().alpha(RIDGE).max_iterations(60).gradient_tolerance(tolerance);
        let Ok(model) = learner.fit(&lesson) else { return Ok(None) };
        let sign = if model.labels().pos.class { 1.0 } else { -1.0 };
        Ok(Some((asked.dot(model.params()) * sign).to_vec()))
    }

    fn number(&self, values: &[f64], _seed: Seed) -> Result<Option<Vec<f64>>, SynthError> {
        self.progress.check()?;
        let Some(design) = &self.design else { return Ok(None) };
        let width = design.ncols();
        let ridge = Array2::from_diag_elem(width, RIDGE.sqrt());
        let (taught, asked) = design.view().split_at(Axis(0), self.taught);
        let Ok(taught) = concatenate(Axis(0), &[taught, ridge.view()]) else { return Ok(None) };
        let mut targets = values.to_vec();
        targets.resize(self.taught + width, 0.0);
        let lesson = DatasetBase::new(taught, Array1::from_vec(targets));
        let Ok(model) = LinearRegression::default().with_intercept(false).fit(&lesson) else { return Ok(None) };
        Ok(Some(asked.dot(model.params()).to_vec()))
    }
}

impl<'a> Bag<'a> {
    pub(super) fn new(taught: &Features, asked: &Features, progress: &'a Progress) -> Self {
        let both = Features::stack(&[taught, asked]);
        let columns: Vec<Vec<f64>> = both.columns.iter().map(plain).collect();
        let part = |start: usize, rows: usize| {
            Array2::from_shape_fn((rows, columns.len()), |(row, column)| columns[column][start + row])
        };
        Self { taught: part(0, taught.rows), asked: part(taught.rows, asked.rows), progress }
    }
}

impl Pupil for Bag<'_> {
    fn class(&self, positive: &[bool], seed: Seed) -> Result<Option<Vec<f64>>, SynthError> {
        let (rows, width) = self.taught.dim();
        if rows == 0 || width == 0 {
            return Ok(None);
        }
        let mut votes = vec![0.0; self.asked.nrows()];
        for number in 0..TREES {
            self.progress.check()?;
            let own = seed.numbered(number);
            let mut draws = own.named("rows").draws();
            let taken: Vec<usize> = (0..rows).map(|_| (draws.uniform() * rows as f64) as usize).collect();
            let columns: Vec<usize> = shuffled(own.named("columns"), width, (2 * width).div_ceil(3))
                .into_iter()
                .map(|column| column as usize)
                .collect();
            let records = self.taught.select(Axis(0), &taken).select(Axis(1), &columns);
            let labels: Vec<bool> = taken.iter().map(|&row| positive[row]).collect();
            // Weights that never balance: a leaf with as many of both would be decided by the order of a hash table.
            let weights = labels.iter().map(|&one| if one { 1.000_7 } else { 1.0 }).collect();
            let lesson = DatasetBase::new(records, Array1::from_vec(labels)).with_weights(weights);
            let learner = DecisionTree::params().max_depth(Some(12)).min_weight_leaf(3.0);
            let Ok(tree) = learner.fit(&lesson) else { return Ok(None) };
            let said: Array1<bool> = tree.predict(&self.asked.select(Axis(1), &columns));
            votes.iter_mut().zip(said).for_each(|(votes, yes)| *votes += f64::from(u8::from(yes)));
        }
        Ok(Some(votes))
    }

    fn number(&self, _values: &[f64], _seed: Seed) -> Result<Option<Vec<f64>>, SynthError> {
        Ok(None)
    }
}

/// A column as numbers without gaps: those are put at the median; a category is its code.
fn plain(column: &Feature) -> Vec<f64> {
    match column {
        Feature::Category { codes, .. } => codes.iter().map(|&code| f64::from(code)).collect(),
        Feature::Number(values) => {
            let known: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
            let middle = quantile(&known, 0.5).unwrap_or(0.0);
            values.iter().map(|&value| if value.is_finite() { value } else { middle }).collect()
        }
    }
}
