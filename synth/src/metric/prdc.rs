//! Whether synthetic rows lie where real ones do and real rows where synthetic ones do, by balls that reach to the fifth
//! neighbour in Gower's distance.
//!
//! Precision: the share of synthetic rows in the ball of a real one; recall: the share of real rows in the ball of a
//! synthetic one (Kynkäänniemi et al., 2019). Density: how many real balls hold a synthetic row, over 5; coverage: the
//! share of real balls that hold a synthetic row (Naeem et al., Reliable Fidelity and Diversity Metrics, 2020).

use super::manifold::Manifold;
use super::{Family, Goal, Grain, Metric, MetricSpec, Score, Tables, score_manifold};
use crate::SynthError;

/// The share of synthetic rows near a real one.
pub(super) struct Precision;
/// The share of real rows near a synthetic one.
pub(super) struct Recall;
/// How densely real rows lie about a synthetic one.
pub(super) struct Density;
/// The share of real rows with a synthetic one nearby.
pub(super) struct Coverage;

const KYNKAANNIEMI: &str = "Kynkäänniemi et al. 2019; at most 2,000 rows of each table";
const NAEEM: &str = "Naeem et al. 2020; at most 2,000 rows of each table";

fn spec(name: &'static str, about: &'static str, goal: Goal, most: f64, source: &'static str) -> MetricSpec {
    MetricSpec { name, about, family: Family::Fidelity, goal, range: (0.0, most), grain: Grain::Table, source }
}

impl Metric for Precision {
    fn spec(&self) -> MetricSpec {
        spec("Precision", "The share of synthetic rows that lie near a real one", Goal::Maximize, 1.0, KYNKAANNIEMI)
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        score_manifold(tables, |place: &Manifold| place.precision)
    }
}

impl Metric for Recall {
    fn spec(&self) -> MetricSpec {
        spec("Recall", "The share of real rows that lie near a synthetic one", Goal::Maximize, 1.0, KYNKAANNIEMI)
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        score_manifold(tables, |place: &Manifold| place.recall)
    }
}

impl Metric for Density {
    fn spec(&self) -> MetricSpec {
        let about = "How densely real rows lie about synthetic ones; 1 is as densely as about each other";
        spec("Density", about, Goal::Near(1.0), f64::INFINITY, NAEEM)
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        score_manifold(tables, |place: &Manifold| place.density)
    }
}

impl Metric for Coverage {
    fn spec(&self) -> MetricSpec {
        spec("Coverage", "The share of real rows that have a synthetic one nearby", Goal::Maximize, 1.0, NAEEM)
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        score_manifold(tables, |place: &Manifold| place.coverage)
    }
}
