//! Detection: how well a learner tells synthetic rows from real ones, in the real table and in the hold-out.
//!
//! The area under the ROC curve over five folds (`detection.rs`): 0.5 is a guess. The baseline is how well the same
//! learner tells the hold-out from the real table, which a table as good as real would score.

use super::detection::{Detection, Learner, MOST_ROWS, detect, rows_compared};
use super::{Family, Goal, Grain, Metric, MetricSpec, Score, Side, Tables};
use crate::SynthError;
use crate::learn::Features;
use crate::learn::measure::shuffled;

/// Detection by one learner, against one of the real tables.
pub(super) struct C2st {
    name: &'static str,
    about: &'static str,
    learner: Learner,
    against: Side,
}

/// By boosted trees, against the rows that the model was fitted on.
pub(super) const BOOSTED: C2st = C2st {
    name: "C2STBoosted",
    about: "how well boosted trees tell synthetic rows from real ones",
    learner: Learner::Boosted,
    against: Side::Real,
};

/// By boosted trees, against rows that the model never saw.
pub(super) const BOOSTED_HOLDOUT: C2st = C2st {
    name: "C2STBoostedHoldout",
    about: "how well boosted trees tell synthetic rows from the hold-out's",
    learner: Learner::Boosted,
    against: Side::Holdout,
};

/// By logistic regression, against the rows that the model was fitted on.
pub(super) const LOGISTIC: C2st = C2st {
    name: "C2STLogistic",
    about: "how well a logistic regression tells synthetic rows from real ones",
    learner: Learner::Logistic,
    against: Side::Real,
};

impl Metric for C2st {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: self.name,
            about: self.about,
            family: Family::Detection,
            goal: Goal::Near(0.5),
            range: (0.0, 1.0),
            grain: Grain::Table,
            source: "Lopez-Paz and Oquab 2017, Revisiting Classifier Two-Sample Tests",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        if self.against == Side::Holdout && tables.holdout.is_none() {
            return Ok(Vec::new());
        }
        let Some(found) = self.compare(tables, self.against, Side::Synthetic)? else {
            let why = "needs two rows of each table and a column of numbers, dates or categories";
            return Ok(vec![Score::table(None).detail(why)]);
        };
        let baseline = match (self.against, tables.holdout) {
            (Side::Real, Some(_)) => self.compare(tables, Side::Real, Side::Holdout)?,
            _ => None,
        };
        let detail = format!(
            "area under the ROC curve over {} folds of {} rows of each table (at most {MOST_ROWS}); standard error {:.3} \
             where they are alike; SDMetrics' detection score {:.3}",
            found.folds.len(),
            found.rows,
            found.error,
            found.complement(),
        );
        Ok(vec![Score::table(Some(found.auc)).baseline(baseline.map(|one| one.auc)).detail(detail)])
    }
}

impl C2st {
    fn compare(&self, tables: &Tables<'_>, one: Side, other: Side) -> Result<Option<Detection>, SynthError> {
        let heights = [one, other].map(|side| tables.height(side));
        let count = rows_compared(heights[0].min(heights[1]), tables.columns.len());
        let seed = tables.seed.named("detection");
        let [one, other] = [(one, heights[0]), (other, heights[1])].map(|(side, height)| {
            Features::of(tables.columns, side, &shuffled(seed.numbered(side as u64), height, count))
        });
        detect(self.learner, &one, &other, seed, tables.progress)
    }
}
