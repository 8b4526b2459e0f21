//! The correlation matrix of the latents, from the data to a factor that samples it.

use linfa_linalg::eigh::EighInto;
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate};
use rayon::prelude::*;

use super::latent::{self, Latent};
use super::{pieces_of, spread_rows};
use crate::{Encoded, Progress, SynthError};

/// Numbers that a matrix of scores may hold; wide tables are measured in fewer rows.
const MOST_SCORES: usize = 20_000_000;
/// Rows of a product that one thread makes: fixed, so that the sums do not depend on the number of threads.
const BLOCK: usize = 64;
/// Up to this many latents the nearest correlation matrix is sought; beyond, the matrix is drawn towards the identity.
const MOST_FOR_EIGENVALUES: usize = 300;
/// Eigenvalues below this are lifted to it.
const LEAST_EIGENVALUE: f64 = 1e-6;

/// The lower-triangular L with L·Lᵀ = R, the correlation of the latents.
pub(super) fn fit(
    latents: &[Latent],
    encoded: &[Encoded],
    chosen: &[usize],
    shrinkage: Option<f64>,
    progress: &Progress,
) -> Result<Array2<f64>, SynthError> {
    let rows = spread_rows(chosen.len(), (MOST_SCORES / latents.len().max(1)).max(2));
    let chosen: Vec<usize> = rows.into_iter().map(|at| chosen[at]).collect();
    let moments = Moments::measure(latents, encoded, &chosen, progress)?;
    progress.report(Some(0.7), "Matching the correlations");
    let mut matrix = matched(latents, &moments, progress)?;
    let shrinkage = shrinkage.unwrap_or_else(|| advised_shrinkage(&matrix, chosen.len()));
    draw_to_identity(&mut matrix, shrinkage);
    progress.check()?;
    Ok(factor(matrix))
}

/// Sums over the rows where both columns of a pair have a value.
struct Moments {
    /// `Σ s_i s_j`.
    products: Array2<f64>,
    /// Rows where both are there; `Σ s_i` and `Σ s_i²` over the rows where j is there.
    counts: Array2<f64>,
    sums: Array2<f64>,
    squares: Array2<f64>,
}

impl Moments {
    fn measure(
        latents: &[Latent],
        encoded: &[Encoded],
        chosen: &[usize],
        progress: &Progress,
    ) -> Result<Self, SynthError> {
        let (scores, there): (Vec<Vec<f64>>, Vec<Vec<f64>>) = latents
            .par_iter()
            .map(|latent| {
                let score = |piece: u32| {
                    if piece == Encoded::MISSING { (0.0, 0.0) } else { (latent.scores()[piece as usize], 1.0) }
                };
                pieces_of(latent, encoded, chosen).map(score).unzip()
            })
            .unzip();
        progress.check()?;
        let matrix = |rows: Vec<Vec<f64>>| {
            let mut all = Array2::zeros((rows.len(), chosen.len()));
            for (mut to, row) in all.axis_iter_mut(Axis(0)).zip(rows) {
                to.assign(&Array1::from_vec(row));
            }
            all
        };
        let (scores, there) = (matrix(scores), matrix(there));
        let products = product(&scores, &scores, progress)?;
        let counts = product(&there, &there, progress)?;
        let sums = product(&scores, &there, progress)?;
        let squares = product(&scores.mapv(|score| score * score), &there, progress)?;
        Ok(Self { products, counts, sums, squares })
    }

    /// The correlation of two columns' scores over the rows where both have a value.
    fn correlation(&self, i: usize, j: usize) -> f64 {
        let rows = self.counts[(i, j)];
        if rows < 2.0 {
            return 0.0;
        }
        let (mean_i, mean_j) = (self.sums[(i, j)] / rows, self.sums[(j, i)] / rows);
        let variance_i = self.squares[(i, j)] / rows - mean_i * mean_i;
        let variance_j = self.squares[(j, i)] / rows - mean_j * mean_j;
        let scale = variance_i.max(0.0).sqrt() * variance_j.max(0.0).sqrt();
        if scale < 1e-9 {
            return 0.0;
        }
        ((self.products[(i, j)] / rows - mean_i * mean_j) / scale).clamp(-1.0, 1.0)
    }
}

/// a·bᵀ, by blocks of rows.
fn product(a: &Array2<f64>, b: &Array2<f64>, progress: &Progress) -> Result<Array2<f64>, SynthError> {
    let blocks: Vec<ArrayView2<'_, f64>> = a.axis_chunks_iter(Axis(0), BLOCK).collect();
    let parts = blocks
        .into_par_iter()
        .map(|block| {
            progress.check()?;
            Ok(block.dot(&b.t()))
        })
        .collect::<Result<Vec<_>, SynthError>>()?;
    let views: Vec<_> = parts.iter().map(Array2::view).collect();
    Ok(concatenate(Axis(0), &views).unwrap_or_else(|_| Array2::zeros((a.nrows(), b.nrows()))))
}

/// The latents' correlations that reproduce the scores' correlations.
fn matched(latents: &[Latent], moments: &Moments, progress: &Progress) -> Result<Array2<f64>, SynthError> {
    let series: Vec<Vec<f64>> = latents.par_iter().map(Latent::series).collect();
    let spreads: Vec<f64> = latents.iter().map(Latent::spread).collect();
    let rows = (0..latents.len())
        .into_par_iter()
        .map(|i| {
            progress.check()?;
            let pair = |j: usize| {
                let covariance = moments.correlation(i, j) * spreads[i] * spreads[j];
                latent::correlation(&series[i], &series[j], covariance)
            };
            Ok((0..i).map(pair).collect::<Vec<f64>>())
        })
        .collect::<Result<Vec<_>, SynthError>>()?;
    let mut matrix = Array2::eye(latents.len());
    for (i, row) in rows.iter().enumerate() {
        for (j, &rho) in row.iter().enumerate() {
            matrix[(i, j)] = rho;
            matrix[(j, i)] = rho;
        }
    }
    Ok(matrix)
}

/// λ = Σ Var(r)/Σ r² over the pairs, with Var(r) ≈ (1 - r²)²/(n - 1) (Schäfer and Strimmer, "A shrinkage approach to
/// large-scale covariance matrix estimation", 2005).
fn advised_shrinkage(matrix: &Array2<f64>, rows: usize) -> f64 {
    let (mut noise, mut signal) = (0.0, 0.0);
    for ((i, j), &rho) in matrix.indexed_iter() {
        if i < j {
            noise += (1.0 - rho * rho).powi(2) / (rows.max(2) - 1) as f64;
            signal += rho * rho;
        }
    }
    if signal > 0.0 { (noise / signal).clamp(0.0, 1.0) } else { 0.0 }
}

/// (1 - λ)R + λI.
fn draw_to_identity(matrix: &mut Array2<f64>, by: f64) {
    for ((i, j), rho) in matrix.indexed_iter_mut() {
        if i != j {
            *rho *= 1.0 - by;
        }
    }
}

/// The Cholesky factor of the matrix, or of a correlation matrix near it that has one.
fn factor(matrix: Array2<f64>) -> Array2<f64> {
    if let Some(factor) = cholesky(&matrix) {
        return factor;
    }
    let mut near = if matrix.nrows() <= MOST_FOR_EIGENVALUES { nearest(matrix) } else { matrix };
    let mut by = 1e-6;
    loop {
        if let Some(factor) = cholesky(&near) {
            return factor;
        }
        draw_to_identity(&mut near, by);
        by = f64::min(by * 2.0, 0.5);
    }
}

/// L with L·Lᵀ = R, or none when R is not safely positive definite.
fn cholesky(matrix: &Array2<f64>) -> Option<Array2<f64>> {
    let size = matrix.nrows();
    let mut factor = Array2::zeros((size, size));
    for i in 0..size {
        for j in 0..=i {
            let (left, right) = (factor.row(i), factor.row(j));
            let shared = left.iter().zip(right).take(j).map(|(a, b)| a * b).sum::<f64>();
            let rest = matrix[(i, j)] - shared;
            factor[(i, j)] = if i == j {
                if rest.is_nan() || rest < LEAST_EIGENVALUE / 10.0 {
                    return None;
                }
                rest.sqrt()
            } else {
                rest / factor[(j, j)]
            };
        }
    }
    Some(factor)
}

/// The nearest correlation matrix, by alternating projections with Dykstra's correction (Higham, "Computing the nearest
/// correlation matrix", 2002).
fn nearest(matrix: Array2<f64>) -> Array2<f64> {
    let rounds = match matrix.nrows() {
        0..=60 => 100,
        61..=150 => 20,
        _ => 5,
    };
    let mut now = matrix;
    let mut correction = Array2::<f64>::zeros(now.raw_dim());
    for _ in 0..rounds {
        let target = &now - &correction;
        let Some(projected) = with_lifted_eigenvalues(&target) else { break };
        correction = &projected - &target;
        let off = projected.diag().iter().fold(0.0, |most, entry| f64::max(most, (entry - 1.0).abs()));
        now = projected;
        now.diag_mut().fill(1.0);
        if off < 1e-7 {
            break;
        }
    }
    let Some(mut lifted) = with_lifted_eigenvalues(&now) else { return now };
    let scale = lifted.diag().mapv(f64::sqrt);
    for ((i, j), entry) in lifted.indexed_iter_mut() {
        *entry = if i == j { 1.0 } else { *entry / (scale[i] * scale[j]) };
    }
    lifted
}

/// The matrix with its eigenvalues lifted to the least allowed.
fn with_lifted_eigenvalues(matrix: &Array2<f64>) -> Option<Array2<f64>> {
    let (values, vectors) = matrix.clone().eigh_into().ok()?;
    let lifted = values.mapv(|value| value.max(LEAST_EIGENVALUE));
    let scaled = &vectors * &lifted;
    let product = scaled.dot(&vectors.t());
    Some((&product + &product.t()) / 2.0)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn product_of(factor: &Array2<f64>) -> Array2<f64> {
        factor.dot(&factor.t())
    }

    #[test]
    fn a_correlation_matrix_is_factorised_as_it_is() {
        let matrix = array![[1.0, 0.6, -0.3], [0.6, 1.0, 0.1], [-0.3, 0.1, 1.0]];
        let back = product_of(&factor(matrix.clone()));
        assert!((&back - &matrix).iter().all(|off| off.abs() < 1e-12));
    }

    #[test]
    fn an_impossible_matrix_is_replaced_by_the_nearest_possible_one() {
        let matrix = array![[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]];
        let back = product_of(&factor(matrix));
        assert!((back[(0, 1)] - 0.7607).abs() < 1e-3, "Higham's example: {back}");
        assert!((back[(0, 2)] - 0.1573).abs() < 1e-3, "Higham's example: {back}");
        assert!(back.diag().iter().all(|entry| (entry - 1.0).abs() < 1e-9));
    }

    #[test]
    fn a_large_impossible_matrix_is_drawn_to_the_identity() {
        let size = MOST_FOR_EIGENVALUES + 1;
        let matrix = Array2::from_shape_fn((size, size), |(i, j)| if i == j { 1.0 } else { -0.5 });
        let back = product_of(&factor(matrix));
        assert!(back.diag().iter().all(|entry| (entry - 1.0).abs() < 1e-9));
        assert!(back[(0, 1)] < 0.0);
    }
}
