//! Logistic regression with a ridge: minimises ‖w‖²/2C + Σ ln(1 + exp(-y·(b + xw))), C = 1, by Newton's method with
//! conjugate gradients (Lin, Weng and Keerthi, 2008).
//!
//! Numbers are put on a scale of mean 0 and deviation 1 and held within ±10, gaps are put at the median with a mark of
//! their own; a category has a weight for each of its 50 commonest values. The design is kept as codes, never spread out.

use super::measure::quantile;
use super::{Feature, Features};
use crate::{Progress, SynthError};

/// Categories of a column that have a weight.
const COMMON: usize = 50;
/// Steps of Newton's method, steps of conjugate gradients in each, and the share of the first slope at which they end.
const STEPS: usize = 25;
const INNER: usize = 50;
const ENOUGH: f64 = 1e-4;

/// Features as a linear learner takes them.
#[derive(Debug, Clone)]
pub(crate) struct Design {
    parts: Vec<Part>,
    rows: usize,
    /// Weights, the intercept's first.
    width: usize,
}

#[derive(Debug, Clone)]
enum Part {
    Scaled {
        weight: usize,
        values: Vec<f64>,
    },
    /// The weight of each row, or 0 for none.
    Coded {
        weights: Vec<u32>,
    },
}

impl Design {
    /// The design of these rows.
    pub(crate) fn new(features: &Features) -> Self {
        let mut design = Self { parts: Vec::new(), rows: features.rows, width: 1 };
        for column in &features.columns {
            match column {
                Feature::Number(values) => design.scaled(values),
                Feature::Category { codes, levels } => design.coded(codes, *levels),
            }
        }
        design
    }

    /// How many columns it would have when spread out, the intercept's included.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// A row spread out, the intercept's one first.
    pub(crate) fn row(&self, row: usize) -> Vec<f64> {
        let mut spread = vec![0.0; self.width];
        for part in &self.parts {
            match part {
                Part::Scaled { weight, values } => spread[*weight] = values[row],
                Part::Coded { weights } => spread[weights[row] as usize] = 1.0,
            }
        }
        spread[0] = 1.0;
        spread
    }

    fn scaled(&mut self, values: &[f64]) {
        let known: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        let middle = quantile(&known, 0.5).unwrap_or(0.0);
        let filled: Vec<f64> = values.iter().map(|&value| if value.is_finite() { value } else { middle }).collect();
        let count = filled.len().max(1) as f64;
        let mean = filled.iter().map(|value| value / count).sum::<f64>();
        let spread = (filled.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
        let scale = if spread > 0.0 && spread.is_finite() { spread } else { 1.0 };
        let scaled = filled.iter().map(|value| ((value - mean) / scale).clamp(-10.0, 10.0)).collect();
        self.parts.push(Part::Scaled { weight: self.width, values: scaled });
        self.width += 1;
        if known.len() < values.len() {
            let marks = values.iter().map(|value| if value.is_finite() { 0 } else { self.width as u32 }).collect();
            self.parts.push(Part::Coded { weights: marks });
            self.width += 1;
        }
    }

    fn coded(&mut self, codes: &[u32], levels: usize) {
        let mut counts = vec![0_usize; levels];
        for &code in codes {
            counts[code as usize] += 1;
        }
        let mut order: Vec<usize> = (0..levels).filter(|&code| counts[code] > 0).collect();
        order.sort_by_key(|&code| std::cmp::Reverse(counts[code]));
        let mut weight = vec![0; levels];
        for &code in order.iter().take(COMMON) {
            weight[code] = self.width as u32;
            self.width += 1;
        }
        self.parts.push(Part::Coded { weights: codes.iter().map(|&code| weight[code as usize]).collect() });
    }

    /// What each row comes to under these weights.
    fn times(&self, weights: &[f64]) -> Vec<f64> {
        let mut sums = vec![weights[0]; self.rows];
        for part in &self.parts {
            match part {
                Part::Scaled { weight, values } => {
                    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += weights[*weight] * value);
                }
                Part::Coded { weights: of } => {
                    let coded = |(sum, &weight): (&mut f64, &u32)| {
                        *sum += if weight == 0 { 0.0 } else { weights[weight as usize] };
                    };
                    sums.iter_mut().zip(of).for_each(coded);
                }
            }
        }
        sums
    }

    /// The sum of the rows, each so many times.
    fn transposed(&self, counts: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.width];
        for part in &self.parts {
            match part {
                Part::Scaled { weight, values } => {
                    sums[*weight] = values.iter().zip(counts).map(|(value, count)| value * count).sum();
                }
                Part::Coded { weights } => {
                    weights.iter().zip(counts).for_each(|(&weight, count)| sums[weight as usize] += count);
                }
            }
        }
        sums[0] = counts.iter().sum();
        sums
    }

    /// Learns which rows are of the class from those in `rows`, and scores every row by its log-odds.
    ///
    /// # Errors
    /// [`SynthError::Cancelled`].
    pub(crate) fn logistic(
        &self,
        rows: &[u32],
        positive: &[bool],
        progress: &Progress,
    ) -> Result<Vec<f64>, SynthError> {
        let mut seen = vec![0.0; self.rows];
        for &row in rows {
            seen[row as usize] = 1.0;
        }
        let sign: Vec<f64> = positive.iter().map(|&one| if one { 1.0 } else { -1.0 }).collect();
        let mut weights = vec![0.0; self.width];
        let mut sums = self.times(&weights);
        let mut loss = loss_of(&weights, &sums, &seen, &sign);
        let mut first = None;
        for _ in 0..STEPS {
            progress.check()?;
            let chances: Vec<f64> = sums.iter().zip(&sign).map(|(sum, y)| 1.0 / (1.0 + (y * sum).exp())).collect();
            let pulls: Vec<f64> = chances.iter().zip(&sign).zip(&seen).map(|((p, y), seen)| -y * p * seen).collect();
            let mut slope = self.transposed(&pulls);
            ridge(&mut slope, &weights);
            let size = dot(&slope, &slope).sqrt();
            if size <= ENOUGH * *first.get_or_insert(size) || !size.is_finite() {
                break;
            }
            let curvature: Vec<f64> = chances.iter().zip(&seen).map(|(p, seen)| p * (1.0 - p) * seen).collect();
            let step = self.solve(&curvature, &slope);
            let descent = dot(&step, &slope);
            let mut scale = 1.0;
            let better = loop {
                let trial: Vec<f64> = weights.iter().zip(&step).map(|(weight, step)| weight + scale * step).collect();
                let trial_sums = self.times(&trial);
                let trial_loss = loss_of(&trial, &trial_sums, &seen, &sign);
                if trial_loss <= loss + 1e-4 * scale * descent {
                    break Some((trial, trial_sums, trial_loss));
                }
                scale /= 2.0;
                if scale < 1e-6 {
                    break None;
                }
            };
            let Some(better) = better else { break };
            (weights, sums, loss) = better;
        }
        Ok(sums)
    }

    /// The step s with (X'DX + R)s = -slope, nearly.
    fn solve(&self, curvature: &[f64], slope: &[f64]) -> Vec<f64> {
        let mut step = vec![0.0; self.width];
        let mut rest: Vec<f64> = slope.iter().map(|slope| -slope).collect();
        let mut along = rest.clone();
        let mut size = dot(&rest, &rest);
        let goal = 0.01 * size;
        for _ in 0..INNER {
            let counts: Vec<f64> = self.times(&along).iter().zip(curvature).map(|(sum, bend)| sum * bend).collect();
            let mut bent = self.transposed(&counts);
            ridge(&mut bent, &along);
            let curve = dot(&along, &bent);
            if curve <= 0.0 || !curve.is_finite() {
                break;
            }
            let length = size / curve;
            step.iter_mut().zip(&along).for_each(|(step, along)| *step += length * along);
            rest.iter_mut().zip(&bent).for_each(|(rest, bent)| *rest -= length * bent);
            let left = dot(&rest, &rest);
            if left <= goal {
                break;
            }
            along.iter_mut().zip(&rest).for_each(|(along, rest)| *along = rest + left / size * *along);
            size = left;
        }
        step
    }
}

fn loss_of(weights: &[f64], sums: &[f64], seen: &[f64], sign: &[f64]) -> f64 {
    let misses = sums.iter().zip(sign).zip(seen).map(|((sum, y), seen)| {
        let margin = -y * sum;
        seen * (margin.max(0.0) + (-margin.abs()).exp().ln_1p())
    });
    dot(&weights[1..], &weights[1..]) / 2.0 + misses.sum::<f64>()
}

/// Adds the slope of the ridge, which leaves the intercept alone.
fn ridge(slope: &mut [f64], weights: &[f64]) {
    slope.iter_mut().zip(weights).skip(1).for_each(|(slope, weight)| *slope += weight);
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;
    use crate::learn::measure::auc;

    #[test]
    fn a_linear_law_is_learned_and_its_weights_are_the_peers() {
        let x: Vec<f64> = (0..40).map(|at| f64::from(at * 7 % 40)).collect();
        let codes: Vec<u32> = (0..40).map(|at| at % 3).collect();
        let positive: Vec<bool> = (0..40).map(|at| (at * 7 % 40) + (at % 5) * 4 > 25).collect();
        let columns = vec![Feature::Number(x), Feature::Category { codes, levels: 3 }];
        let design = Design::new(&Features { names: vec!["x".into(), "c".into()], columns, rows: 40 });
        let rows: Vec<u32> = (0..40).collect();
        let scores = design.logistic(&rows, &positive, &Progress::silent()).unwrap();
        assert!(auc(&scores, &positive).unwrap() > 0.9);
        assert_eq!((design.width(), design.row(0).len()), (5, 5));
        for (found, expected) in scores.iter().zip(PEER) {
            assert!((found - expected).abs() < 1e-3, "{found} {expected}");
        }
    }

    /// `decision_function` of scikit-learn 1.9.1's `LogisticRegression(C=1)` on the same design, first rows.
    const PEER: [f64; 4] =
        [-3.515_970_336_736_708_5, -1.907_925_803_285_763_8, -0.398_354_330_762_457, 0.395_502_709_322_075_2];

    #[test]
    fn constants_gaps_and_one_class_are_borne() {
        let mut draws = Seed::new(1).draws();
        let columns = vec![
            Feature::Number(vec![f64::NAN; 30]),
            Feature::Number(vec![1e300; 30]),
            Feature::Number((0..30).map(|_| if draws.uniform() < 0.5 { f64::INFINITY } else { 1.0 }).collect()),
            Feature::Category { codes: vec![0; 30], levels: 1 },
        ];
        let design = Design::new(&Features { names: vec![String::new(); 4], columns, rows: 30 });
        let rows: Vec<u32> = (0..30).collect();
        let scores = design.logistic(&rows, &[true; 30], &Progress::silent()).unwrap();
        assert!(scores.iter().all(|score| score.is_finite() && *score > 0.0));
    }
}
