//! Fewer points that still look the same.
//!
//! Lines: largest-triangle-three-buckets, S. Steinarsson, "Downsampling time series for visual
//! representation" (University of Iceland, 2013). Points: a systematic sample of the rows.

use crate::number::{float, index};
use crate::prepared::LinePoint;

/// The most points that a line or scatter chart draws.
pub(crate) const POINTS: usize = 5000;

/// At most `keep` of a line's points, its first and last among them: of each bucket the one that makes the
/// largest triangle with the point kept before and the mean of the bucket after.
pub(crate) fn largest_triangles(points: Vec<LinePoint>, keep: usize) -> Vec<LinePoint> {
    if points.len() <= keep || keep < 3 {
        return if keep >= 3 { points } else { points.into_iter().take(keep).collect() };
    }
    let size = float(points.len() - 2) / float(keep - 2);
    let edge = |bucket: usize| 1 + index(float(bucket) * size, points.len() - 1);
    let mut kept = vec![points[0]];
    for bucket in 0..keep - 2 {
        let here = edge(bucket)..edge(bucket + 1).min(points.len() - 1);
        let after = here.end..edge(bucket + 2).min(points.len());
        let target = mean(&points[after]).unwrap_or(points[points.len() - 1]);
        let from = kept[kept.len() - 1];
        let area = |point: &LinePoint| {
            ((from.x - target.x) * (point.y - from.y) - (from.x - point.x) * (target.y - from.y)).abs()
        };
        let best = points[here].iter().max_by(|left, right| area(left).total_cmp(&area(right)));
        kept.extend(best);
    }
    kept.push(points[points.len() - 1]);
    kept
}

/// The rows of a systematic sample: at most `keep` of `rows`, evenly spaced from the first on.
pub(crate) fn systematic(rows: usize, keep: usize) -> Vec<usize> {
    let keep = keep.min(rows);
    (0..keep).map(|at| at * rows / keep).collect()
}

fn mean(points: &[LinePoint]) -> Option<LinePoint> {
    if points.is_empty() {
        return None;
    }
    let count = float(points.len());
    let sum = |of: fn(&LinePoint) -> f64| points.iter().map(|point| of(point) / count).sum();
    Some(LinePoint { x: sum(|point| point.x), y: sum(|point| point.y) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_survives_the_reduction() {
        let mut points: Vec<LinePoint> = (0..100_000).map(|x| LinePoint { x: f64::from(x), y: 0.0 }).collect();
        points[54_321].y = 9.0;
        let kept = largest_triangles(points, 200);
        assert_eq!(kept.len(), 200);
        assert!(kept.iter().any(|point| point.x == 54_321.0 && point.y == 9.0));
        assert_eq!((kept[0].x, kept[199].x), (0.0, 99_999.0));
        assert!(kept.windows(2).all(|pair| pair[0].x < pair[1].x));
    }

    #[test]
    fn a_short_line_is_kept_whole() {
        let points = vec![LinePoint { x: 0.0, y: 1.0 }; 3];
        assert_eq!(largest_triangles(points.clone(), 3), points);
        assert_eq!(largest_triangles(points, 1).len(), 1);
    }

    #[test]
    fn a_systematic_sample_is_even() {
        assert_eq!(systematic(10, 5), [0, 2, 4, 6, 8]);
        assert_eq!(systematic(3, 5), [0, 1, 2]);
        assert_eq!(systematic(0, 5), [0_usize; 0]);
        assert_eq!(systematic(1_000_000, 5000).last(), Some(&999_800));
    }
}
