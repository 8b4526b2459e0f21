//! The edges of histogram bins, by the rules of Freedman and Diaconis and of Sturges.
//!
//! Freedman, Diaconis, "On the histogram as a density estimator: L2 theory" (1981): width 2·IQR·n^(-1/3).
//! Sturges, "The choice of a class interval" (1926): 1 + log2(n) bins. The finer of the two is taken, as
//! numpy's `auto` does, within bounds, and rounded to edges that a person would choose.

use polars::prelude::{ChunkQuantile, Float64Chunked, QuantileMethod};

use crate::error::Result;
use crate::number::{float, index};
use crate::ticks::{CalendarStep, NiceRange, apart, nice_step};

/// The most bins that are drawn unless a person asks for more.
const MOST: f64 = 60.0;

/// The edges of bins over numbers: one more than there are bins, ascending; the last bin holds its upper edge.
///
/// `wanted` is the number of bins that a person asked for: it is met as closely as round edges allow.
pub(crate) fn number_edges(values: &Float64Chunked, integral: bool, wanted: Option<usize>) -> Result<Vec<f64>> {
    let (min, max) = ends(values);
    let (low, high) = apart(min, max);
    if max <= min && !integral {
        return Ok(vec![low, high]);
    }
    let bins = match wanted {
        Some(wanted) => float(wanted),
        None if max <= min => 1.0,
        None => automatic(values, max - min)?,
    };
    let mut step = if wanted.is_some() { closest_step((high - low) / bins) } else { nice_step((high - low) / bins) };
    if integral && step <= 1.0 && high - low <= 2.0 * MOST {
        return Ok(whole_number_edges(min, max));
    }
    if integral {
        step = step.max(1.0);
    }
    let range = NiceRange { min: (low / step).floor() * step, max: (high / step).ceil() * step, step };
    Ok(range.ticks())
}

/// The edges of bins over moments in milliseconds, on calendar boundaries.
pub(crate) fn time_edges(values: &Float64Chunked, wanted: Option<usize>) -> Vec<f64> {
    let (min, max) = ends(values);
    let bins = wanted.unwrap_or(40);
    // A single moment is shown as its day.
    let span = if max > min { max - min } else { float(bins) * 86_400_000.0 };
    CalendarStep::suited(span, bins).edges(min, max)
}

/// The bin that a value falls into.
pub(crate) fn bin(edges: &[f64], value: f64) -> usize {
    edges.partition_point(|edge| *edge <= value).saturating_sub(1).min(edges.len().saturating_sub(2))
}

pub(crate) fn ends(values: &Float64Chunked) -> (f64, f64) {
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    let (min, max) = values.iter().flatten().fold(start, |(min, max), value| (min.min(value), max.max(value)));
    if min <= max { (min, max) } else { (0.0, 0.0) }
}

fn automatic(values: &Float64Chunked, range: f64) -> Result<f64> {
    let count = float(values.len() - values.null_count()).max(1.0);
    let sturges = 1.0 + count.log2();
    let quartile = |share| values.quantile(share, QuantileMethod::Linear).map(|value| value.unwrap_or(0.0));
    let width = 2.0 * (quartile(0.75)? - quartile(0.25)?) / count.cbrt();
    let by_width = if width > 0.0 { range / width } else { 0.0 };
    Ok(sturges.max(by_width).clamp(1.0, MOST).ceil())
}

/// Of 1, 2, 2.5 and 5 times a power of ten, the one nearest in proportion.
fn closest_step(raw: f64) -> f64 {
    if !(raw.is_finite() && raw > f64::MIN_POSITIVE) {
        return 1.0;
    }
    let power = 10_f64.powf(raw.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .min_by(|left, right| (left / raw).ln().abs().total_cmp(&(right / raw).ln().abs()))
        .unwrap_or(power)
}

/// A bin around each whole number.
fn whole_number_edges(min: f64, max: f64) -> Vec<f64> {
    let bins = index(max - min, 1000) + 1;
    (0..=bins).map(|edge| min - 0.5 + float(edge)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::NewChunkedArray;

    fn floats(values: &[f64]) -> Float64Chunked {
        Float64Chunked::from_slice("v".into(), values)
    }

    #[test]
    fn every_value_has_a_bin() {
        for values in
            [vec![5.0], vec![0.0, 1e300], vec![-3.2, 7.7, 7.7, 1.0], vec![1e16, 1e16 + 2.0], vec![0.1, 0.2, 0.3]]
        {
            let edges = number_edges(&floats(&values), false, None).unwrap();
            assert!(edges.len() >= 2, "{values:?}");
            assert!(edges.windows(2).all(|pair| pair[0] < pair[1]), "{edges:?}");
            for value in &values {
                let bin = bin(&edges, *value);
                assert!(edges[bin] <= *value && *value <= edges[bin + 1], "{value} {edges:?}");
            }
        }
    }

    #[test]
    fn whole_numbers_sit_in_the_middle_of_their_bins() {
        let edges = number_edges(&floats(&[1.0, 2.0, 2.0, 5.0]), true, None).unwrap();
        assert_eq!(edges.first(), Some(&0.5));
        assert_eq!(edges.last(), Some(&5.5));
    }

    #[test]
    fn outliers_do_not_ask_for_a_million_bins() {
        let mut values: Vec<f64> = (0..1000).map(f64::from).collect();
        values.push(1e12);
        assert!(number_edges(&floats(&values), false, None).unwrap().len() <= 64);
    }

    #[test]
    fn a_wish_for_bins_is_nearly_met() {
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let edges = number_edges(&floats(&values), false, Some(10)).unwrap();
        assert_eq!(edges.len(), 11);
    }
}
