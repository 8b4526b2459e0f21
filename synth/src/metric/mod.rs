//! Scores of a synthetic table against the real one: one metric per file, each with its name, goal, range and grain.

mod ks_complement;
mod tv_complement;

use polars::prelude::DataFrame;
use serde::Serialize;

use crate::types::ColumnType;
use crate::values::{Extracted, extract};
use crate::{ColumnKind, Metadata, SynthError};

pub use registry::metrics;

/// What a metric is, as data.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MetricSpec {
    /// Its name in reports: `KSComplement`.
    pub name: &'static str,
    /// What it says, in a sentence.
    pub about: &'static str,
    /// Whether more is better.
    pub goal: Goal,
    /// The smallest and the largest score.
    pub range: (f64, f64),
    /// What one score is about.
    pub grain: Grain,
}

/// Which scores are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// High ones.
    Maximize,
    /// Low ones.
    Minimize,
}

/// What one score is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Grain {
    /// A column.
    Column,
    /// Two columns.
    Pair,
    /// The table.
    Table,
}

/// One score of a metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnScore {
    /// The columns that it is about: one, two, or none for the table.
    pub columns: Vec<String>,
    /// The score, or none when there was nothing to compare (no value in one of the tables).
    pub score: Option<f64>,
}

/// A way to compare a synthetic table with the real one.
///
/// ```
/// use polars::prelude::*;
/// use synthbook_synth::{Metadata, metrics};
///
/// let real = df!("colour" => ["red", "red", "blue", "blue"])?;
/// let synthetic = df!("colour" => ["red", "red", "red", "blue"])?;
/// let variation = metrics().iter().find(|metric| metric.spec().name == "TVComplement").unwrap();
/// let scores = variation.score(&real, &synthetic, &Metadata::detect(&real)?)?;
/// assert_eq!(scores[0].score, Some(0.75));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Metric: Send + Sync {
    /// What it is.
    fn spec(&self) -> MetricSpec;

    /// Its scores, in the order of the real table's columns; columns of kinds it says nothing about are left out.
    ///
    /// # Errors
    /// [`SynthError::MissingColumn`], [`SynthError::TypeMismatch`], [`SynthError::KindMismatch`],
    /// [`SynthError::UnsupportedType`].
    fn score(
        &self,
        real: &DataFrame,
        synthetic: &DataFrame,
        metadata: &Metadata,
    ) -> Result<Vec<ColumnScore>, SynthError>;
}

mod registry {
    use super::Metric;
    use super::ks_complement::KsComplement;
    use super::tv_complement::TvComplement;

    static METRICS: [&dyn Metric; 2] = [&KsComplement, &TvComplement];

    /// Every metric, by name.
    #[must_use]
    pub fn metrics() -> &'static [&'static dyn Metric] {
        &METRICS
    }
}

/// The columns of these kinds, scored one by one.
fn score_columns(
    real: &DataFrame,
    synthetic: &DataFrame,
    metadata: &Metadata,
    kinds: &[ColumnKind],
    score: impl Fn(&Extracted, &Extracted) -> Option<f64>,
) -> Result<Vec<ColumnScore>, SynthError> {
    let settled = metadata.settle(real)?;
    let mut scores = Vec::new();
    for (column, about) in real.columns().iter().zip(settled) {
        let name = column.name().as_str();
        let twin = synthetic
            .column(name)
            .map_err(|_| SynthError::MissingColumn { place: "synthetic table", column: name.to_owned() })?;
        if !kinds.contains(&about.kind) {
            continue;
        }
        let mismatch = |_| SynthError::TypeMismatch {
            column: name.to_owned(),
            expected: column.dtype().to_string(),
            found: twin.dtype().to_string(),
        };
        let kind = ColumnType::of(name, column.dtype())?;
        let twin = if twin.dtype() == column.dtype() {
            twin.as_materialized_series().clone()
        } else {
            twin.as_materialized_series().strict_cast(column.dtype()).map_err(mismatch)?
        };
        let score = score(&extract(column.as_materialized_series(), &kind)?, &extract(&twin, &kind)?);
        scores.push(ColumnScore { columns: vec![name.to_owned()], score });
    }
    Ok(scores)
}
