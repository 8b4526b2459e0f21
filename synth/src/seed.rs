//! The one source of chance: a seed from which independent streams are derived by name and by number.

use std::fmt;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// What decides every draw. Streams derived under different names or numbers are independent of each other, so work can
/// be split over threads in any way: each part derives its own stream and the result stays the same.
///
/// ```
/// use synthbook_synth::Seed;
/// let seed = Seed::new(42);
/// assert_eq!(seed.named("rows").numbered(3), Seed::new(42).named("rows").numbered(3));
/// assert_ne!(seed.named("rows").numbered(3), seed.named("rows").numbered(4));
/// assert_eq!(seed.draws().uniform(), Seed::new(42).draws().uniform());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seed([u8; 32]);

impl Seed {
    /// The seed for a number that a person can type again.
    #[must_use]
    pub fn new(number: u64) -> Self {
        Self(Sha256::digest(number.to_le_bytes()).into())
    }

    /// The stream for a part of the work that has a name.
    #[must_use]
    pub fn named(&self, name: &str) -> Self {
        self.derive(0, name.as_bytes())
    }

    /// The stream for the part of the work that has this number: a column, a block of rows.
    #[must_use]
    pub fn numbered(&self, number: u64) -> Self {
        self.derive(1, &number.to_le_bytes())
    }

    /// Begins to draw from this stream.
    #[must_use]
    pub fn draws(&self) -> Draws {
        Draws { generator: ChaCha8Rng::from_seed(self.0), spare: None }
    }

    fn derive(self, way: u8, label: &[u8]) -> Self {
        Self(Sha256::new().chain_update(self.0).chain_update([way]).chain_update(label).finalize().into())
    }
}

impl Default for Seed {
    fn default() -> Self {
        Self::new(0)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Seed({:02x}{:02x}{:02x}{:02x}…)", self.0[0], self.0[1], self.0[2], self.0[3])
    }
}

/// Draws of one stream. The laws are written out here, so that no dependency's update changes a sample.
#[derive(Debug, Clone)]
pub struct Draws {
    generator: ChaCha8Rng,
    spare: Option<f64>,
}

impl Draws {
    /// 64 even bits.
    pub fn bits(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// A number spread evenly over [0, 1), on a grid of 2^-53.
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// A number of the standard normal law, by the transform of Box and Muller (1958): with U and V uniform,
    /// √(-2 ln(1 - U))·cos 2πV and √(-2 ln(1 - U))·sin 2πV are two of them, independent.
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        let (sine, cosine) = (std::f64::consts::TAU * self.uniform()).sin_cos();
        self.spare = Some(radius * sine);
        radius * cosine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_draws_have_mean_zero_and_variance_one() {
        let mut draws = Seed::new(1).draws();
        let sample: Vec<f64> = (0..200_000).map(|_| draws.normal()).collect();
        let mean = sample.iter().sum::<f64>() / sample.len() as f64;
        let variance = sample.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / sample.len() as f64;
        let fourth = sample.iter().map(|x| x.powi(4)).sum::<f64>() / sample.len() as f64;
        assert!(mean.abs() < 0.01, "{mean}");
        assert!((variance - 1.0).abs() < 0.02, "{variance}");
        assert!((fourth - 3.0).abs() < 0.12, "{fourth}");
    }

    #[test]
    fn names_and_numbers_never_meet() {
        let seed = Seed::new(5);
        assert_ne!(seed.named("\u{1}\0\0\0\0\0\0\0"), seed.numbered(1));
        assert_ne!(seed.named("a").named("b"), seed.named("ab"));
    }
}
