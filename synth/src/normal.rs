//! The standard normal law: density, distribution and quantile functions.

use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2, TAU};

use statrs::function::erf;

/// φ(z) = exp(-z²/2)/√(2π); zero at the infinities.
pub(crate) fn density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / TAU.sqrt()
}

/// Φ(z) = erfc(-z/√2)/2.
pub(crate) fn distribution(z: f64) -> f64 {
    0.5 * erf::erfc(-z * FRAC_1_SQRT_2)
}

/// Φ⁻¹(p), infinite at 0 and at 1.
pub(crate) fn quantile(p: f64) -> f64 {
    if p <= 0.0 {
        f64::NEG_INFINITY
    } else if p >= 1.0 {
        f64::INFINITY
    } else {
        -SQRT_2 * erf::erfc_inv(2.0 * p)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantile_reverses_distribution() {
        for p in [1e-9, 0.001, 0.1, 0.5, 0.75, 0.999] {
            assert!((distribution(quantile(p)) - p).abs() < 1e-10 * (1.0 + p), "{p}");
        }
        assert!((quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-9);
        assert!(density(f64::INFINITY).abs() < f64::MIN_POSITIVE);
    }
}
