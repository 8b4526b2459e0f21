//! Every metric of a synthetic table in one report, for people, for programs and as a table.

mod associations;
mod evaluation;
mod grade;
mod html;
mod overlay;
mod quality;
mod verdict;

use polars::prelude::{Column, DataFrame};
use serde::Serialize;

use self::quality::average;
use crate::{MetricSpec, Score, SynthError};

pub use associations::Associations;
pub use evaluation::{Evaluation, evaluate};
pub use grade::Grade;
pub use overlay::{Bar, Overlay};
pub use quality::{Quality, Summary};
pub use verdict::{Finding, FindingKind, Verdict};

/// The metric whose figure says nothing without that of real rows: these too lie nearer to each other than random ones.
const RELATIVE: &str = "DCRBaselineProtection";

/// How close a synthetic table came to the real one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The quality score: the mean of column shapes and pair trends; none when no column could be compared.
    pub overall: Option<f64>,
    /// What the quality score is made of.
    pub quality: Quality,
    /// Rows of the real table, of the synthetic one and of the hold-out.
    pub rows: TableRows,
    /// The column that a model trained on the table is to predict.
    pub target: Option<String>,
    /// The metrics that had something to say, family by family.
    pub metrics: Vec<MetricReport>,
    /// What a reader should know of how it was measured.
    pub notes: Vec<String>,
    /// The distributions of both tables, column by column.
    pub columns: Vec<Overlay>,
    /// How strongly columns go together in both tables; none when fidelity was not asked for.
    pub associations: Option<Associations>,
    verdict: Verdict,
}

/// How many rows were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TableRows {
    /// Of the real table.
    pub real: usize,
    /// Of the synthetic table.
    pub synthetic: usize,
    /// Of the hold-out, when there is one.
    pub holdout: Option<usize>,
}

/// The scores of one metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricReport {
    /// The metric.
    #[serde(flatten)]
    pub spec: MetricSpec,
    /// The mean of its scores; none when no column could be compared.
    pub mean: Option<f64>,
    /// The mean of what real rows score in the same places.
    pub baseline: Option<f64>,
    /// The mean of what independent columns score.
    pub floor: Option<f64>,
    /// How good the mean is.
    pub grade: Option<Grade>,
    /// Its scores, in the order of the table's columns.
    pub scores: Vec<Score>,
}

impl MetricReport {
    fn new(spec: MetricSpec, scores: Vec<Score>) -> Self {
        let mean = average(scores.iter().map(|score| score.score));
        let baseline = average(scores.iter().map(|score| score.baseline));
        Self {
            spec,
            mean,
            baseline,
            floor: average(scores.iter().map(|score| score.floor)),
            grade: mean
                .filter(|_| baseline.is_some() || spec.name != RELATIVE)
                .map(|mean| Grade::of(&spec, mean, baseline)),
            scores,
        }
    }
}

impl Report {
    /// What it comes to, in words.
    #[must_use]
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// The report as one HTML page that needs nothing else: verdict, scores, an overlay of every column, heat maps.
    #[must_use]
    pub fn to_html(&self) -> String {
        html::page(self)
    }

    /// The report as a JSON document.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!(self)
    }

    /// The scores as a table with the columns `column`, `metric` and `score`, the worst first.
    ///
    /// # Errors
    /// [`SynthError::Table`] when the table can't be made.
    pub fn to_frame(&self) -> Result<DataFrame, SynthError> {
        let mut lines: Vec<(String, &str, Option<f64>)> = self
            .metrics
            .iter()
            .flat_map(|report| report.scores.iter().map(|one| (one.subject(), report.spec.name, one.score)))
            .collect();
        lines.sort_by(|a, b| {
            let rank = |score: Option<f64>| score.unwrap_or(f64::INFINITY);
            rank(a.2).total_cmp(&rank(b.2))
        });
        let columns: Vec<&str> = lines.iter().map(|line| line.0.as_str()).collect();
        let metrics: Vec<&str> = lines.iter().map(|line| line.1).collect();
        let scores: Vec<Option<f64>> = lines.iter().map(|line| line.2).collect();
        Ok(DataFrame::new(
            lines.len(),
            vec![
                Column::new("column".into(), columns),
                Column::new("metric".into(), metrics),
                Column::new("score".into(), scores),
            ],
        )?)
    }
}
