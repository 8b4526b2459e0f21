//! A latent normal variable cut into the pieces of a column, and what such a cut does to a correlation.
//!
//! Let `g` map a latent z to the mean score E[Z | piece of z], a step function. In normalised Hermite polynomials
//! `g = Σ a_k h_k`, and for two latents with correlation ρ, Mehler's formula gives
//! `Cov(g₁(Z₁), g₂(Z₂)) = Σ_{k≥1} a_k b_k ρ^k`. The left side is measured in the data, so ρ is the root of a power series:
//! no jitter, and no loss to coarse columns.

use crate::normal::{density, distribution, quantile};

/// Terms of the series that are kept.
const TERMS: usize = 48;
/// Latent values are looked up in so many cells, from -[`REACH`] to [`REACH`].
const CELLS: usize = 1024;
const REACH: f64 = 4.0;
/// A piece of less mass is narrow.
const NARROW: f64 = 0.005;
/// No two latents are taken to be closer than this.
const CLOSEST: f64 = 0.9999;

/// One latent variable of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Latent {
    /// The column whose value it decides, or whose absence.
    pub(super) column: usize,
    /// Whether it decides if the value is missing.
    pub(super) absence: bool,
    /// Whether the pieces are in the order of their values, which is then also theirs along the latent.
    pub(super) ordered: bool,
    /// The pieces from low to high along the latent.
    pub(super) order: Vec<u32>,
    masses: Vec<f64>,
    /// The normal law's share below each boundary, from 0 to 1.
    shares: Vec<f64>,
    /// The boundaries between pieces.
    cuts: Vec<f64>,
    /// E[Z | piece], by piece.
    scores: Vec<f64>,
    /// The first piece along the latent that a cell may hold, by cell.
    first: Vec<u32>,
}

impl Latent {
    /// The latent of a column's value; unordered pieces begin in the order of their frequency.
    pub(super) fn of_value(column: usize, masses: &[f64], ordered: bool) -> Self {
        let mut order: Vec<u32> = (0..masses.len() as u32).collect();
        if !ordered {
            order.sort_by(|&a, &b| masses[b as usize].total_cmp(&masses[a as usize]));
        }
        Self::new(column, false, ordered, masses.to_vec(), order)
    }

    /// The latent of a value's absence: piece 0 is there, piece 1 is missing.
    pub(super) fn of_absence(column: usize, missing: f64) -> Self {
        Self::new(column, true, true, vec![1.0 - missing, missing], vec![0, 1])
    }

    /// The same latent with its pieces in another order.
    pub(super) fn arranged(&self, order: Vec<u32>) -> Self {
        Self::new(self.column, self.absence, self.ordered, self.masses.clone(), order)
    }

    fn new(column: usize, absence: bool, ordered: bool, masses: Vec<f64>, order: Vec<u32>) -> Self {
        let mut shares = vec![0.0];
        let mut below = 0.0;
        for &piece in &order {
            below += masses[piece as usize];
            shares.push(below);
        }
        if let Some(last) = shares.last_mut() {
            *last = 1.0;
        }
        let cuts: Vec<f64> = shares[1..shares.len() - 1].iter().map(|&share| quantile(share)).collect();
        let mut scores = vec![0.0; masses.len()];
        for (rank, &piece) in order.iter().enumerate() {
            let low = if rank == 0 { 0.0 } else { density(cuts[rank - 1]) };
            let high = cuts.get(rank).map_or(0.0, |&cut| density(cut));
            scores[piece as usize] = (low - high) / masses[piece as usize];
        }
        let begins = |cell: usize| cell as f64 * (2.0 * REACH / CELLS as f64) - REACH;
        let first = (0..CELLS)
            .map(|cell| if cell == 0 { 0 } else { cuts.partition_point(|&cut| cut <= begins(cell)) as u32 })
            .collect();
        Self { column, absence, ordered, order, masses, shares, cuts, scores, first }
    }

    pub(super) fn pieces(&self) -> usize {
        self.order.len()
    }

    pub(super) fn masses(&self) -> &[f64] {
        &self.masses
    }

    /// E[Z | piece], by piece: mean 0 over the column's rows.
    pub(super) fn scores(&self) -> &[f64] {
        &self.scores
    }

    /// The standard deviation of the scores over the column's rows: below 1 by what the pieces lose.
    pub(super) fn spread(&self) -> f64 {
        self.scores.iter().zip(&self.masses).map(|(score, mass)| mass * score * score).sum::<f64>().sqrt()
    }

    /// The piece that a latent value falls into, and where in it by the share of the normal law.
    pub(super) fn place(&self, z: f64) -> (u32, f64) {
        let cell = ((z + REACH) * (CELLS as f64 / (2.0 * REACH))).max(0.0) as usize;
        let mut rank = self.first[cell.min(CELLS - 1)] as usize;
        while self.cuts.get(rank).is_some_and(|&cut| cut <= z) {
            rank += 1;
        }
        (self.order[rank], if self.ordered && !self.absence { self.position(rank, z) } else { 0.5 })
    }

    /// Where in its piece a latent value lies. In a narrow piece the normal law is as good as even.
    fn position(&self, rank: usize, z: f64) -> f64 {
        let (low, high) = (self.shares[rank], self.shares[rank + 1]);
        let position = match (rank.checked_sub(1).map(|below| self.cuts[below]), self.cuts.get(rank)) {
            (Some(below), Some(above)) if high - low < NARROW => (z - below) / (above - below),
            _ => (distribution(z) - low) / (high - low),
        };
        position.clamp(0.0, 1.0)
    }

    /// The coefficients a₁ … of the scores: with `H_k` the normalised polynomial times φ, an interval's share of
    /// `h_k` is `(H_{k-1}(low) - H_{k-1}(high))/√k`.
    pub(super) fn series(&self) -> Vec<f64> {
        let steps: Vec<f64> =
            self.order.windows(2).map(|pair| self.scores[pair[1] as usize] - self.scores[pair[0] as usize]).collect();
        let mut before = vec![0.0; self.cuts.len()];
        let mut now: Vec<f64> = self.cuts.iter().map(|&cut| density(cut)).collect();
        let mut series = Vec::with_capacity(TERMS);
        for k in 1..=TERMS {
            let root = (k as f64).sqrt();
            series.push(now.iter().zip(&steps).map(|(height, step)| height * step).sum::<f64>() / root);
            for ((&cut, now), before) in self.cuts.iter().zip(&mut now).zip(&mut before) {
                let next = (cut * *now - ((k - 1) as f64).sqrt() * *before) / root;
                *before = std::mem::replace(now, next);
            }
        }
        series
    }
}

/// The correlation of two latents whose scores have this covariance: the root of `Σ a_k b_k ρ^k = covariance`, which
/// grows with ρ; by Newton's method kept within a bracket.
pub(super) fn correlation(a: &[f64], b: &[f64], covariance: f64) -> f64 {
    let products: Vec<f64> = a.iter().zip(b).map(|(a, b)| a * b).collect();
    let at = |rho: f64| {
        products.iter().rev().fold((0.0, 0.0), |(value, slope), &term| {
            let value_next = (value + term) * rho;
            (value_next, slope * rho + value + term)
        })
    };
    if products.iter().all(|term| term.abs() < f64::EPSILON) {
        return 0.0;
    }
    let (mut low, mut high) = (-CLOSEST, CLOSEST);
    if covariance <= at(low).0 {
        return low;
    }
    if covariance >= at(high).0 {
        return high;
    }
    let mut rho = (covariance / products.first().copied().unwrap_or(1.0)).clamp(low, high);
    for _ in 0..60 {
        let (value, slope) = at(rho);
        let error = value - covariance;
        if error > 0.0 {
            high = rho;
        } else {
            low = rho;
        }
        let newton = rho - error / slope;
        let next = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
        if (next - rho).abs() < 1e-12 {
            return next;
        }
        rho = next;
    }
    rho
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_halves_follow_the_arcsine_law() {
        let half = Latent::of_value(0, &[0.5, 0.5], true);
        let series = half.series();
        for rho in [-0.9_f64, -0.5, 0.0, 0.3, 0.7, 0.9] {
            let covariance = (2.0 / std::f64::consts::PI).powi(2) * rho.asin();
            let found = correlation(&series, &series, covariance);
            assert!((found - rho).abs() < 2e-3, "{rho} {found}");
        }
    }

    #[test]
    fn fine_pieces_lose_nothing() {
        let fine = Latent::of_value(0, &[0.001; 1000], true);
        let series = fine.series();
        assert!((fine.spread() - 1.0).abs() < 0.01);
        assert!((correlation(&series, &series, 0.6 * fine.spread().powi(2)) - 0.6).abs() < 2e-3);
    }

    #[test]
    fn one_piece_tells_nothing() {
        let (one, half) = (Latent::of_value(0, &[1.0], true), Latent::of_value(1, &[0.5, 0.5], true));
        assert_eq!(one.place(-1.0), (0, distribution(-1.0)));
        assert!(correlation(&one.series(), &half.series(), 0.0).abs() < f64::EPSILON);
    }

    #[test]
    fn pieces_receive_their_mass_in_their_order() {
        let latent = Latent::of_value(0, &[0.2, 0.5, 0.3], false);
        assert_eq!(latent.order, [1, 2, 0]);
        assert_eq!(latent.place(-8.0).0, 1);
        assert_eq!(latent.place(quantile(0.51)).0, 2);
        assert_eq!(latent.place(8.0).0, 0);
        let mean: f64 = latent.scores().iter().zip(latent.masses()).map(|(score, mass)| score * mass).sum();
        assert!(mean.abs() < 1e-12);
        let ordered = Latent::of_value(0, &[0.2, 0.5, 0.3], true);
        let (piece, position) = ordered.place(quantile(0.45));
        assert_eq!(piece, 1);
        assert!((position - 0.5).abs() < 1e-9);
    }
}
