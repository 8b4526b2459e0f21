//! What is tried: methods with settings, in the order in which they are tried.

use std::fmt;

use crate::SynthError;
use crate::synthesizer::{Synthesizer, find};

/// A method with settings.
#[derive(Debug, PartialEq)]
pub(super) struct Candidate {
    method: &'static str,
    settings: &'static [(&'static str, &'static str)],
    /// Seconds of one core per row and column, and per row and pair of columns, as measured on Adult.
    cost: (f64, f64),
}

/// Tried on every table.
pub(super) static FIRST: &[Candidate] = &[
    Candidate { method: "trees", settings: &[], cost: (0.0, 2e-7) },
    Candidate { method: "trees", settings: &[("shrinkage", "1")], cost: (0.0, 2e-7) },
    Candidate { method: "bayesian_network", settings: &[], cost: (0.0, 4e-7) },
    Candidate { method: "gaussian_copula", settings: &[], cost: (1e-6, 1e-8) },
    Candidate { method: "mixture", settings: &[], cost: (1.5e-5, 0.0) },
];

/// Tried as well when the quality threshold was not reached.
pub(super) static FINER: &[Candidate] = &[
    Candidate {
        method: "trees",
        settings: &[("trees", "20"), ("leaf", "10"), ("shrinkage", "0.25"), ("floor", "16")],
        cost: (0.0, 5e-7),
    },
    Candidate {
        method: "trees",
        settings: &[("trees", "30"), ("leaf", "5"), ("shrinkage", "0.1"), ("floor", "4")],
        cost: (0.0, 8e-7),
    },
];

/// Taken without a trial when there are too few rows for one.
pub(super) static TINY: Candidate = Candidate { method: "trees", settings: &[("shrinkage", "1")], cost: (0.0, 2e-7) };

impl Candidate {
    /// The method with its settings.
    pub(super) fn synthesizer(&self) -> Result<Box<dyn Synthesizer>, SynthError> {
        let mut synthesizer = find(self.method)?;
        for (name, value) in self.settings {
            synthesizer.set(name, value)?;
        }
        Ok(synthesizer)
    }

    /// About how many seconds of one core a fit takes.
    pub(super) fn cost(&self, rows: usize, columns: usize) -> f64 {
        let cells = rows as f64 * columns as f64;
        // However many columns there are, a column is learned given some dozens of others.
        cells * self.cost.0 + cells * columns.min(30) as f64 * self.cost.1
    }
}

impl fmt::Display for Candidate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.method)?;
        let settings: Vec<String> = self.settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if settings.is_empty() { Ok(()) } else { write!(out, " ({})", settings.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_candidate_is_a_method_with_its_settings() {
        for candidate in FIRST.iter().chain(FINER).chain([&TINY]) {
            candidate.synthesizer().unwrap();
        }
    }
}
