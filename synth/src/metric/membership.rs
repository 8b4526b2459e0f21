//! Privacy by attack: whether one who holds the synthetic table can tell which rows a model was fitted on.
//!
//! By distance: a row is claimed for a member the nearer its closest synthetic row is. By density (DOMIAS, van Breugel et
//! al., 2023): the higher ln((r + ε)/(s + ε)), with s and r the mean distances to the three closest rows of the synthetic
//! table and of a second half of the hold-out, ε = 0.001. The score is the area under the ROC curve over members and as
//! many rows of the first half of the hold-out: 0.5 is a guess. At most 4,000 rows of each, 8,000 synthetic, by seed.

use super::proximity::{Membership, Samples};
use super::{Family, Goal, Grain, Metric, MetricSpec, Score, Tables};
use crate::SynthError;

/// Membership inference in one of two ways.
pub(super) struct MembershipInference {
    name: &'static str,
    about: &'static str,
    source: &'static str,
    score: fn(&Membership) -> f64,
}

/// By the distance to the closest synthetic row.
pub(super) const DISTANCE: MembershipInference = MembershipInference {
    name: "MembershipByDistance",
    about: "how well rows the model saw are told from others by the distance to the closest synthetic row",
    source: "Chen et al. 2020, GAN-Leaks; the distance of Gower",
    score: |found| found.distance,
};

/// By the density of synthetic rows over that of others.
pub(super) const DENSITY: MembershipInference = MembershipInference {
    name: "MembershipByDensity",
    about: "how well rows the model saw are told from others by how densely synthetic rows lie about them",
    source: "van Breugel et al. 2023, Membership Inference Attacks against Synthetic Data through Overfitting Detection",
    score: |found| found.density,
};

impl Metric for MembershipInference {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: self.name,
            about: self.about,
            family: Family::Privacy,
            goal: Goal::Near(0.5),
            range: (0.0, 1.0),
            grain: Grain::Table,
            source: self.source,
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        if tables.holdout.is_none() {
            return Ok(Vec::new());
        }
        let found = Samples::of(tables).membership(tables.progress)?;
        let why = "needs two rows of the hold-out, and a column of numbers, dates or categories";
        let scored = |found: Membership| {
            let detail = format!("standard error {:.3} where nothing is given away", found.error);
            Score::table(Some((self.score)(&found))).baseline(Some(0.5)).detail(detail)
        };
        Ok(vec![found.map_or_else(|| Score::table(None).detail(why), scored)])
    }
}
