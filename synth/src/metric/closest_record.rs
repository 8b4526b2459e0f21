//! Privacy by distance: whether synthetic rows lie nearer to the rows that a model was fitted on than other real rows do.
//!
//! With d(s, T) the distance of Gower from a row to the closest of T: the share is the mean over synthetic rows of
//! 1[d(s, train) < d(s, hold-out)] + ½·1[equal], for as many rows of both (Platzer and Reutterer, 2021); the ratios are
//! those of the median, and of the 5 % quantile, of d(synthetic, train) to those of d(hold-out, train); the neighbour
//! ratio is the median of the closest over the second closest distance. At most 4,000 rows of each table, by seed.

use super::proximity::{Closeness, MOST_ROWS, Samples};
use super::{Family, Goal, Grain, Metric, MetricSpec, Score, Tables};
use crate::SynthError;

/// A figure of how close the synthetic rows come.
pub(super) struct ClosestRecord {
    spec: MetricSpec,
    score: fn(&Closeness) -> Score,
}

const SPEC: MetricSpec = MetricSpec {
    name: "",
    about: "",
    family: Family::Privacy,
    goal: Goal::Near(0.5),
    range: (0.0, 1.0),
    grain: Grain::Table,
    source: "Platzer and Reutterer 2021, Holdout-Based Empirical Assessment of Mixed-Type Synthetic Data",
};

/// The share of synthetic rows closer to a fitted row than to one of the hold-out.
pub(super) const SHARE: ClosestRecord = ClosestRecord {
    spec: MetricSpec {
        name: "ClosestRecordShare",
        about: "the share of synthetic rows closer to a row the model saw than to one it did not; 1 is copies",
        ..SPEC
    },
    score: |found| {
        let detail = format!("standard error {:.3}; at most {MOST_ROWS} rows of each table", found.error);
        Score::table(Some(found.share)).baseline(Some(0.5)).detail(detail)
    },
};

/// The median distance to the closest fitted row, over that of the hold-out.
pub(super) const MEDIAN_RATIO: ClosestRecord = ClosestRecord {
    spec: MetricSpec {
        name: "ClosestRecordRatio",
        about: "the median distance of synthetic rows to the closest real one, over that of the hold-out; below 1 is too \
                close",
        goal: Goal::Near(1.0),
        range: (0.0, f64::INFINITY),
        ..SPEC
    },
    score: |found| ratio(found.median_ratio),
};

/// The ratio at the nearest twentieth.
pub(super) const TWENTIETH_RATIO: ClosestRecord = ClosestRecord {
    spec: MetricSpec {
        name: "ClosestRecordRatio5",
        about: "the same ratio for the nearest twentieth of the rows (the 5 % quantiles)",
        goal: Goal::Near(1.0),
        range: (0.0, f64::INFINITY),
        ..SPEC
    },
    score: |found| ratio(found.twentieth_ratio),
};

/// The median of the closest over the second closest distance.
pub(super) const NEIGHBOUR_RATIO: ClosestRecord = ClosestRecord {
    spec: MetricSpec {
        name: "NearestNeighbourRatio",
        about: "the median of the closest over the second closest distance to a real row; far below the hold-out's, rows \
                stick to single records",
        goal: Goal::Maximize,
        ..SPEC
    },
    score: |found| Score::table(Some(found.neighbour_ratio)).baseline(Some(found.holdout_neighbour_ratio)),
};

/// The share of synthetic rows as near as the nearest twentieth of the hold-out.
pub(super) const NEAR_COPIES: ClosestRecord = ClosestRecord {
    spec: MetricSpec {
        name: "NearCopyRate",
        about: "the share of synthetic rows as near to a real row as the nearest twentieth of the hold-out",
        goal: Goal::Minimize,
        ..SPEC
    },
    score: |found| Score::table(Some(found.near)).baseline(Some(found.holdout_near)),
};

impl Metric for ClosestRecord {
    fn spec(&self) -> MetricSpec {
        self.spec
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        if tables.holdout.is_none() {
            return Ok(Vec::new());
        }
        let found = Samples::of(tables).closeness(tables.progress)?;
        let why = "needs rows in all three tables and a column of numbers, dates or categories";
        Ok(vec![found.map_or_else(|| Score::table(None).detail(why), |found| (self.score)(&found))])
    }
}

fn ratio(found: Option<f64>) -> Score {
    match found {
        Some(ratio) => Score::table(Some(ratio)).baseline(Some(1.0)),
        None => Score::table(None).detail("so much of the hold-out is in the real table that there is no ratio"),
    }
}
