//! Every metric of a synthetic table in one report, for people, for programs and as a table.

mod evaluation;

use polars::prelude::{Column, DataFrame};
use serde::Serialize;

use crate::{MetricSpec, Score, SynthError};

pub use evaluation::{Evaluation, evaluate};

/// How close a synthetic table came to the real one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The mean of all column scores, which SDMetrics calls Column Shapes; none when no column could be compared.
    pub overall: Option<f64>,
    /// Rows of the real and of the synthetic table.
    pub rows: (usize, usize),
    /// The metrics that had something to say.
    pub metrics: Vec<MetricReport>,
}

/// The scores of one metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricReport {
    /// The metric.
    #[serde(flatten)]
    pub spec: MetricSpec,
    /// The mean of its scores; none when no column could be compared.
    pub mean: Option<f64>,
    /// Its scores, in the order of the table's columns.
    pub scores: Vec<Score>,
}

impl Report {
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
            .flat_map(|report| report.scores.iter().map(|one| (one.columns.join(", "), report.spec.name, one.score)))
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

fn mean<'a>(scores: impl Iterator<Item = &'a Score>) -> Option<f64> {
    let known: Vec<f64> = scores.filter_map(|one| one.score).collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
}
