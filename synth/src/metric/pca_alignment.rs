//! Whether measured columns vary along the same axes: 1 - (1/2d) Σᵢ |λᵢ - vᵢᵀ S vᵢ|, with λ and v the eigenvalues and
//! eigenvectors of the real correlation matrix R of d columns, and S the synthetic one.
//!
//! Principal components (Hotelling, 1933): vᵢᵀ S vᵢ is the synthetic variance along the real table's axis i, and both sums
//! are d, so the score is the share of variance that lies where it should. Unlike angles between eigenvectors, it does not
//! jump when two axes are of equal weight.

use linfa_linalg::eigh::Eigh;
use ndarray::Array2;

use super::{Compared, Family, Goal, Grain, Metric, MetricSpec, Score, Side, Tables};
use crate::SynthError;

/// Columns beyond this many are left out: the axes cost the cube of their number.
const MOST: usize = 200;

/// The share of variance along the real table's principal axes.
pub(super) struct PcaAlignment;

impl Metric for PcaAlignment {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "PCAAlignment",
            about: "The share of the measured columns' variance that lies along the real table's principal axes",
            family: Family::Fidelity,
            goal: Goal::Maximize,
            range: (0.0, 1.0),
            grain: Grain::Table,
            source: "Hotelling 1933; variance profile along the real components",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        let columns: Vec<&Compared> = tables.columns.iter().filter(|one| one.is_measured() && varies(one)).collect();
        if columns.len() < 2 {
            return Ok(Vec::new());
        }
        let kept = &columns[..columns.len().min(MOST)];
        let real = correlations(kept, Side::Real);
        let Ok((values, axes)) = real.eigh() else {
            return Ok(vec![Score::table(None).detail("the principal axes could not be found")]);
        };
        let aligned = |matrix: &Array2<f64>| {
            let along = |(at, &weight): (usize, &f64)| {
                let main = axes.column(at);
                (weight - main.dot(&matrix.dot(&main))).abs()
            };
            let off: f64 = values.iter().enumerate().map(along).sum();
            (1.0 - off / (2.0 * kept.len() as f64)).clamp(0.0, 1.0)
        };
        let rows = |side: Side| kept.iter().all(|column| !column.codes(side).is_empty());
        let of = |side| rows(side).then(|| aligned(&correlations(kept, side)));
        let score = Score::table(of(Side::Synthetic))
            .baseline(tables.holdout.and_then(|_| of(Side::Holdout)))
            .floor(Some(aligned(&Array2::eye(kept.len()))));
        let all = columns.len();
        Ok(vec![if all > MOST { score.detail(format!("the first {MOST} of {all} measured columns")) } else { score }])
    }
}

fn varies(column: &Compared) -> bool {
    let numbers = column.numbers(Side::Real);
    let mut known = numbers.iter().filter(|value| !value.is_nan());
    let first = known.next();
    numbers.iter().all(|value| !value.is_infinite()) && known.any(|value| Some(value) != first)
}

/// The correlation matrix, a missing value at its column's mean; a constant column goes with none.
fn correlations(columns: &[&Compared], side: Side) -> Array2<f64> {
    let rows = columns[0].codes(side).len();
    let mut scaled = Array2::<f64>::zeros((rows, columns.len()));
    for (at, column) in columns.iter().enumerate() {
        let numbers = column.numbers(side);
        let known = || numbers.iter().copied().filter(|value| value.is_finite());
        let count = known().count() as f64;
        let mean = known().sum::<f64>() / count;
        let spread = known().map(|value| (value - mean).powi(2)).sum::<f64>().sqrt();
        for (row, value) in numbers.iter().enumerate() {
            if value.is_finite() && spread > 0.0 {
                scaled[(row, at)] = (value - mean) / spread;
            }
        }
    }
    let mut matrix = scaled.t().dot(&scaled);
    matrix.diag_mut().fill(1.0);
    matrix
}
