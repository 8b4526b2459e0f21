//! The order of a column's categories along its latent variable: the one in which they tell most about other columns.
//!
//! A Gaussian copula sees a category only by its place on a line. For one column, the scores s of its levels that
//! maximise the sum of squared covariances with all other columns are the first left singular vector of the matrix of
//! level means (optimal scaling: Gifi, "Nonlinear Multivariate Analysis", 1990). The levels are put in the order of s,
//! column after column, a few times over, since the scores of other categories change on the way.

use rayon::prelude::*;

use super::latent::Latent;
use super::{pieces_of, spread_rows};
use crate::{Encoded, Progress, SynthError};

const SWEEPS: usize = 4;
const POWER_STEPS: usize = 50;
/// Additions that one sweep may cost; wide tables are looked at in fewer rows.
const BUDGET: usize = 400_000_000;

/// Arranges the categories of every unordered latent.
pub(super) fn by_association(
    latents: &mut [Latent],
    encoded: &[Encoded],
    chosen: &[usize],
    progress: &Progress,
) -> Result<(), SynthError> {
    let movable: Vec<bool> = latents.iter().map(|latent| !latent.ordered && latent.pieces() > 2).collect();
    if latents.len() < 2 || !movable.contains(&true) {
        return Ok(());
    }
    let rows = spread_rows(chosen.len(), (BUDGET / latents.len().pow(2)).max(500));
    let chosen: Vec<usize> = rows.into_iter().map(|at| chosen[at]).collect();
    let pieces: Vec<Vec<u32>> =
        latents.par_iter().map(|latent| pieces_of(latent, encoded, &chosen).collect()).collect();
    let mut scores: Vec<Vec<f64>> = latents.iter().map(standard_scores).collect();
    let mut known: Vec<bool> = movable.iter().map(|movable| !movable).collect();
    if !known.contains(&true) {
        known.fill(true);
    }
    for _ in 0..SWEEPS {
        let mut settled = true;
        for at in (0..latents.len()).filter(|&at| movable[at]) {
            progress.check()?;
            let others: Vec<usize> = (0..latents.len()).filter(|&other| other != at && known[other]).collect();
            let means = others
                .par_iter()
                .map(|&other| level_means(&latents[at], &pieces[at], &pieces[other], &scores[other]))
                .collect::<Vec<_>>();
            let Some(direction) = first_direction(&means) else { continue };
            let place = |level: u32| direction[level as usize] / latents[at].masses()[level as usize].sqrt();
            let mut order: Vec<u32> = (0..latents[at].pieces() as u32).collect();
            order.sort_by(|&a, &b| place(a).total_cmp(&place(b)));
            if order == latents[at].order && known[at] {
                continue;
            }
            settled = false;
            latents[at] = latents[at].arranged(order);
            scores[at] = standard_scores(&latents[at]);
            known[at] = true;
        }
        if settled {
            break;
        }
    }
    Ok(())
}

/// The scores of the pieces, with variance 1 over the rows.
fn standard_scores(latent: &Latent) -> Vec<f64> {
    let spread = latent.spread().max(f64::MIN_POSITIVE);
    latent.scores().iter().map(|score| score / spread).collect()
}

/// √p times the mean score of another column in each level of share p, less the mean of all rows.
fn level_means(latent: &Latent, levels: &[u32], pieces: &[u32], scores: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; latent.pieces()];
    let mut counts = vec![0.0; latent.pieces()];
    for (&level, &piece) in levels.iter().zip(pieces) {
        if level != Encoded::MISSING && piece != Encoded::MISSING {
            sums[level as usize] += scores[piece as usize];
            counts[level as usize] += 1.0;
        }
    }
    let mean = sums.iter().sum::<f64>() / counts.iter().sum::<f64>().max(1.0);
    let rows = levels.len() as f64;
    sums.iter()
        .zip(&counts)
        .zip(latent.masses())
        .map(|((sum, count), mass)| (sum - count * mean) / (rows * mass.sqrt()))
        .collect()
}

/// The first left singular vector of the matrix B whose columns are given, or none for a matrix of zeros: power iteration
/// on B·Bᵀ, from its longest column.
fn first_direction(columns: &[Vec<f64>]) -> Option<Vec<f64>> {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let longest = columns.iter().max_by(|a, b| dot(a, a).total_cmp(&dot(b, b)))?;
    let mut direction = longest.clone();
    let gram = (direction.len() <= columns.len()).then(|| gram(columns, direction.len()));
    for _ in 0..POWER_STEPS {
        let length = dot(&direction, &direction).sqrt();
        if length < 1e-12 {
            return None;
        }
        for entry in &mut direction {
            *entry /= length;
        }
        let next: Vec<f64> = if let Some(gram) = &gram {
            gram.chunks_exact(direction.len()).map(|row| dot(row, &direction)).collect()
        } else {
            let mut next = vec![0.0; direction.len()];
            for column in columns {
                let weight = dot(column, &direction);
                next.iter_mut().zip(column).for_each(|(next, entry)| *next += weight * entry);
            }
            next
        };
        let scale = dot(&next, &direction);
        let moved = next.iter().zip(&direction).map(|(next, entry)| (next - scale * entry).powi(2)).sum::<f64>();
        direction = next;
        if moved <= scale * scale * 1e-12 {
            break;
        }
    }
    Some(direction)
}

/// B·Bᵀ, row by row.
fn gram(columns: &[Vec<f64>], levels: usize) -> Vec<f64> {
    let mut gram = vec![0.0; levels * levels];
    for column in columns {
        for (row, &entry) in gram.chunks_exact_mut(levels).zip(column) {
            row.iter_mut().zip(column).for_each(|(sum, other)| *sum += entry * other);
        }
    }
    gram
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_put_in_the_order_of_what_they_tell() {
        let levels = [0, 1, 2, 3];
        let numbers = [30, 10, 40, 20];
        let rows = 400;
        let encoded = [
            Encoded { pieces: (0..rows).map(|row| levels[row % 4]).collect(), positions: vec![0.5; rows] },
            Encoded { pieces: (0..rows).map(|row| numbers[row % 4] / 10 - 1).collect(), positions: vec![0.5; rows] },
        ];
        let mut latents = [Latent::of_value(0, &[0.25; 4], false), Latent::of_value(1, &[0.25; 4], true)];
        let chosen: Vec<usize> = (0..rows).collect();
        by_association(&mut latents, &encoded, &chosen, &Progress::silent()).unwrap();
        assert_eq!(latents[0].order, [1, 3, 0, 2]);
    }

    #[test]
    fn the_strongest_direction_is_found() {
        let direction = first_direction(&[vec![1.0, 2.0, 2.0], vec![0.1, 0.0, -0.1]]).unwrap();
        assert!((direction[1] / direction[0] - 2.0).abs() < 0.05);
        assert!(first_direction(&[vec![0.0; 3]]).is_none());
        assert!(first_direction(&[]).is_none());
    }
}
