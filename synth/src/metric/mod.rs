//! Scores of a synthetic table against the real one: one metric per file, each with its name, family, goal and source.

mod alpha_beta;
mod bin_accuracy;
mod binned;
mod boundary_adherence;
mod c2st;
mod category_adherence;
mod classic;
mod closest_record;
mod contingency_similarity;
mod copies;
mod correlation_difference;
mod correlation_similarity;
mod detection;
mod disclosure;
mod exam;
mod gower;
#[cfg(test)]
mod hostile;
mod js_distance;
pub(crate) mod judgement;
mod key_uniqueness;
mod kl_divergence;
mod ks_complement;
mod manifold;
mod membership;
mod missing_value_similarity;
mod pair_trends;
mod pca_alignment;
#[cfg(test)]
mod peers;
mod prdc;
mod proximity;
mod record_protection;
mod rule_violations;
mod table_structure;
mod tables;
mod trends;
mod tv_complement;
mod usefulness;
mod wasserstein;

use rayon::prelude::*;
use serde::Serialize;

use self::manifold::Manifold;
use crate::SynthError;

pub use registry::metrics;
pub use tables::Tables;
pub(crate) use tables::{Aligned, Compared, Role, Side};
pub(crate) use trends::Trend;

/// What a metric is, as data.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MetricSpec {
    /// Its name in reports: `KSComplement`.
    pub name: &'static str,
    /// What it says, in a sentence.
    pub about: &'static str,
    /// Which question about the table it answers.
    pub family: Family,
    /// Which scores are good.
    pub goal: Goal,
    /// The smallest and the largest score.
    pub range: (f64, f64),
    /// What one score is about.
    pub grain: Grain,
    /// Where it is defined: a paper, or a library that agrees with it.
    pub source: &'static str,
}

/// The question about a synthetic table that a metric answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Family {
    /// Could each row be a row of the real table?
    Validity,
    /// Are the distributions the same?
    Fidelity,
    /// Can a classifier tell its rows from real ones?
    Detection,
    /// Does a model trained on it do its work on real rows?
    Usefulness,
    /// Does it give away whom it was learned from?
    Privacy,
}

impl Family {
    /// Every family, in the order of a report.
    pub const ALL: [Self; 5] = [Self::Validity, Self::Fidelity, Self::Detection, Self::Usefulness, Self::Privacy];

    /// The family in one lower-case word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Validity => "validity",
            Self::Fidelity => "fidelity",
            Self::Detection => "detection",
            Self::Usefulness => "usefulness",
            Self::Privacy => "privacy",
        }
    }

    /// The question that the family answers.
    #[must_use]
    pub fn question(self) -> &'static str {
        match self {
            Self::Validity => "Could each row be a row of the real table?",
            Self::Fidelity => "Are the distributions the same?",
            Self::Detection => "Can a classifier tell its rows from real ones?",
            Self::Usefulness => "Does a model trained on it do its work on real rows?",
            Self::Privacy => "Does it give away whom it was learned from?",
        }
    }
}

/// Which scores are good.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// High ones.
    Maximize,
    /// Low ones.
    Minimize,
    /// Those close to this one: 0.5 for a classifier that can do no better than guess.
    Near(f64),
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
    /// A rule between columns.
    Rule,
    /// The table.
    Table,
}

/// One score of a metric.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Score {
    /// The columns that it is about: one, two, or none for the table.
    pub columns: Vec<String>,
    /// The score, or none when there was nothing to compare (no value in one of the tables).
    pub score: Option<f64>,
    /// What real rows score in the same place (the hold-out against the real table, a model trained on real rows).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<f64>,
    /// What columns would score that are right one by one and independent of each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floor: Option<f64>,
    /// What a number can't say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Score {
    /// A score of columns.
    #[must_use]
    pub fn of<T: Into<String>>(columns: impl IntoIterator<Item = T>, score: Option<f64>) -> Self {
        Self { columns: columns.into_iter().map(Into::into).collect(), score, ..Self::default() }
    }

    /// A score of the table.
    #[must_use]
    pub fn table(score: Option<f64>) -> Self {
        Self { score, ..Self::default() }
    }

    /// What it is about in words: its columns, a rule, or nothing for the table.
    #[must_use]
    pub fn subject(&self) -> String {
        match &self.detail {
            Some(rule) if self.columns.is_empty() && self.score.is_some() => rule.clone(),
            _ => self.columns.join(" and "),
        }
    }

    /// With what real rows score in the same place.
    #[must_use]
    pub fn baseline(mut self, baseline: Option<f64>) -> Self {
        self.baseline = baseline;
        self
    }

    /// With what independent columns would score.
    #[must_use]
    pub fn floor(mut self, floor: Option<f64>) -> Self {
        self.floor = floor;
        self
    }

    /// With words.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

/// A way to compare a synthetic table with the real one.
///
/// ```
/// use polars::prelude::*;
/// use synthbook_synth::{Evaluation, Metadata, Progress, metrics};
///
/// let real = df!("colour" => ["red", "red", "blue", "blue"])?;
/// let synthetic = df!("colour" => ["red", "red", "red", "blue"])?;
/// let metadata = Metadata::detect(&real)?;
/// let variation = metrics().iter().find(|metric| metric.spec().name == "TVComplement").unwrap();
/// let scores = Evaluation::new(&real, &synthetic, &metadata).score(*variation, &Progress::silent())?;
/// assert_eq!(scores[0].score, Some(0.75));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Metric: Send + Sync {
    /// What it is.
    fn spec(&self) -> MetricSpec;

    /// Its scores, in the order of the real table's columns; columns of kinds that it says nothing about are left out.
    /// Empty where it needs a hold-out or a target and there is none.
    ///
    /// # Errors
    /// [`SynthError::Cancelled`], or the reason why the tables can't be scored.
    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError>;
}

mod registry {
    use super::Metric;
    use super::alpha_beta::{AlphaPrecision, BetaRecall};
    use super::bin_accuracy::{BivariateAccuracy, UnivariateAccuracy};
    use super::boundary_adherence::BoundaryAdherence;
    use super::c2st::{BOOSTED, BOOSTED_HOLDOUT, LOGISTIC};
    use super::category_adherence::CategoryAdherence;
    use super::closest_record::{MEDIAN_RATIO, NEAR_COPIES, NEIGHBOUR_RATIO, SHARE, TWENTIETH_RATIO};
    use super::contingency_similarity::ContingencySimilarity;
    use super::copies::CopyRate;
    use super::correlation_difference::CorrelationDifference;
    use super::correlation_similarity::CorrelationSimilarity;
    use super::disclosure::AttributeDisclosure;
    use super::js_distance::JsDistance;
    use super::key_uniqueness::KeyUniqueness;
    use super::kl_divergence::KlDivergence;
    use super::ks_complement::KsComplement;
    use super::membership::{DENSITY, DISTANCE};
    use super::missing_value_similarity::MissingValueSimilarity;
    use super::pair_trends::PairTrends;
    use super::pca_alignment::PcaAlignment;
    use super::prdc::{Coverage, Density, Precision, Recall};
    use super::record_protection::{BaselineProtection, OverfittingProtection};
    use super::rule_violations::RuleViolations;
    use super::table_structure::TableStructure;
    use super::tv_complement::TvComplement;
    use super::usefulness::{AugmentationGain, BAG, BOOSTED as TSTR_BOOSTED, LINEAR};
    use super::wasserstein::Wasserstein;

    static METRICS: &[&dyn Metric] = &[
        &TableStructure,
        &BoundaryAdherence,
        &CategoryAdherence,
        &KeyUniqueness,
        &RuleViolations,
        &MissingValueSimilarity,
        &KsComplement,
        &TvComplement,
        &CorrelationSimilarity,
        &ContingencySimilarity,
        &PairTrends,
        &UnivariateAccuracy,
        &BivariateAccuracy,
        &KlDivergence,
        &JsDistance,
        &Wasserstein,
        &CorrelationDifference,
        &PcaAlignment,
        &Precision,
        &Recall,
        &Density,
        &Coverage,
        &AlphaPrecision,
        &BetaRecall,
        &BOOSTED,
        &BOOSTED_HOLDOUT,
        &LOGISTIC,
        &TSTR_BOOSTED,
        &LINEAR,
        &BAG,
        &AugmentationGain,
        &SHARE,
        &MEDIAN_RATIO,
        &TWENTIETH_RATIO,
        &NEIGHBOUR_RATIO,
        &CopyRate,
        &NEAR_COPIES,
        &DISTANCE,
        &DENSITY,
        &AttributeDisclosure,
        &BaselineProtection,
        &OverfittingProtection,
    ];

    /// Every metric, family by family.
    #[must_use]
    pub fn metrics() -> &'static [&'static dyn Metric] {
        METRICS
    }
}

/// The columns that are `wanted`, scored one by one: the synthetic side, and the hold-out for a baseline.
fn score_columns(
    tables: &Tables<'_>,
    wanted: impl Fn(&Compared) -> bool,
    score: impl Fn(&Compared, Side) -> Option<f64> + Sync,
) -> Vec<Score> {
    let wanted: Vec<&Compared> = tables.columns.iter().filter(|column| wanted(column)).collect();
    let scored = wanted.into_par_iter().map(|column| {
        let baseline = tables.holdout.and_then(|_| score(column, Side::Holdout));
        Score::of([column.name.as_str()], score(column, Side::Synthetic)).baseline(baseline)
    });
    scored.collect()
}

/// The pairs of columns that are `wanted`.
fn score_pairs(tables: &Tables<'_>, wanted: impl Fn(&Trend) -> bool) -> Result<Vec<Score>, SynthError> {
    let name = |at: usize| tables.columns[at].name.as_str();
    let score = |pair: &Trend| {
        let score = Score::of([name(pair.columns.0), name(pair.columns.1)], pair.score)
            .baseline(pair.baseline)
            .floor(pair.floor);
        match (pair.measured, pair.real, pair.synthetic) {
            (true, Some(real), Some(synthetic)) => score.detail(format!("r {real:.3}, synthetic {synthetic:.3}")),
            _ => score,
        }
    };
    Ok(tables.trends()?.pairs.iter().filter(|pair| wanted(pair)).map(score).collect())
}

/// One figure of where the synthetic rows lie among the real ones.
fn score_manifold(tables: &Tables<'_>, figure: impl Fn(&Manifold) -> f64) -> Result<Vec<Score>, SynthError> {
    let places = tables.manifolds()?;
    let score = |place: &Manifold| Score::table(Some(figure(place))).baseline(places.holdout.as_ref().map(&figure));
    Ok(places.synthetic.iter().map(score).collect())
}
