//! Whether synthetic rows are typical where real ones are, and real ones covered share by share.
//!
//! Alaa et al., How Faithful is your Synthetic Data? (2022): P(α) is the share of synthetic rows in the smallest ball
//! that holds α of the real ones, R(β) the share of real rows next to one of the most typical β of the synthetic ones;
//! the score is 1 - 2 mean |P(α) - α| over 30 levels. Balls are about the mean of scaled columns and one-hot categories,
//! without a learned embedding.

use super::manifold::Manifold;
use super::{Family, Goal, Grain, Metric, MetricSpec, Score, Tables, score_manifold};
use crate::SynthError;

/// Whether synthetic rows are as typical as real ones.
pub(super) struct AlphaPrecision;
/// Whether synthetic rows cover the real ones.
pub(super) struct BetaRecall;

fn spec(name: &'static str, about: &'static str) -> MetricSpec {
    MetricSpec {
        name,
        about,
        family: Family::Fidelity,
        goal: Goal::Maximize,
        range: (-1.0, 1.0),
        grain: Grain::Table,
        source: "Alaa et al. 2022, without an embedding; at most 2,000 rows of each table",
    }
}

impl Metric for AlphaPrecision {
    fn spec(&self) -> MetricSpec {
        spec("AlphaPrecision", "Whether synthetic rows are neither more nor less typical than real ones")
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        score_manifold(tables, |place: &Manifold| place.alpha_precision)
    }
}

impl Metric for BetaRecall {
    fn spec(&self) -> MetricSpec {
        spec("BetaRecall", "Whether real rows, typical and odd ones, have a synthetic row next to them")
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        score_manifold(tables, |place: &Manifold| place.beta_recall)
    }
}
