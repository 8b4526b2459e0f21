//! SDMetrics' scores of the table as a whole: quality = (shapes + pairs) / 2, diagnostic = (validity + structure) / 2.

use serde::Serialize;

use super::MetricReport;
use crate::Score;

/// The metrics whose mean is Column Shapes.
pub(super) const SHAPES: [&str; 2] = ["KSComplement", "TVComplement"];

/// The scores that SDMetrics' quality and diagnostic reports give, with those of real and of independent columns.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Quality {
    /// The mean of shapes and pairs: its quality score.
    pub score: Summary,
    /// Column Shapes: the mean over columns of how alike they are one by one.
    pub shapes: Summary,
    /// Column Pair Trends: the mean over the pairs that go together in the real table.
    pub pairs: Summary,
    /// The same over all pairs, as it was before there were thresholds.
    pub all_pairs: Summary,
    /// The mean of validity and structure: its diagnostic score.
    pub diagnostic: Summary,
}

/// A figure, with what real rows and what independent columns have in its place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Summary {
    /// The synthetic table's; none when there was nothing to compare.
    pub score: Option<f64>,
    /// The hold-out's: what a faultless synthesizer would reach.
    pub ceiling: Option<f64>,
    /// What columns reach that are right one by one and independent of each other.
    pub floor: Option<f64>,
}

impl Quality {
    /// The metrics that shapes and pairs are made of.
    pub(super) const NAMES: [&'static str; 5] =
        ["KSComplement", "TVComplement", "CorrelationSimilarity", "ContingencySimilarity", "AllPairTrends"];

    pub(super) fn of(reports: &[MetricReport]) -> Self {
        let mean = |names: &[&str]| {
            let scores: Vec<&Score> =
                reports.iter().filter(|one| names.contains(&one.spec.name)).flat_map(|one| &one.scores).collect();
            Summary {
                score: average(scores.iter().map(|score| score.score)),
                ceiling: average(scores.iter().map(|score| score.baseline)),
                floor: average(scores.iter().map(|score| score.floor)),
            }
        };
        let shapes = mean(&SHAPES);
        let shapes = Summary { floor: shapes.score.map(|_| 1.0), ..shapes };
        let pairs = mean(&["CorrelationSimilarity", "ContingencySimilarity"]);
        let validity = mean(&["BoundaryAdherence", "CategoryAdherence", "KeyUniqueness"]);
        Self {
            score: Summary::between(shapes, pairs),
            shapes,
            pairs,
            all_pairs: mean(&["AllPairTrends"]),
            diagnostic: Summary::between(validity, mean(&["TableStructure"])),
        }
    }
}

impl Summary {
    /// The mean of two, or the one that is there.
    fn between(one: Self, other: Self) -> Self {
        Self {
            score: average([one.score, other.score].into_iter()),
            ceiling: average([one.ceiling, other.ceiling].into_iter()),
            floor: average([one.floor, other.floor].into_iter()),
        }
    }
}

/// The mean of what is known, or none when nothing is.
pub(super) fn average(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let known: Vec<f64> = values.flatten().collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
}
