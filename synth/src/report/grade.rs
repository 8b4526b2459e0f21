//! How good a figure is: measured against real rows where they were scored too, else against fixed marks.

use serde::Serialize;

use crate::{Family, Goal, MetricSpec};

/// How good a metric's figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Grade {
    /// As good as real rows, or nearly.
    Good,
    /// Clearly off, and of use for many purposes.
    Fair,
    /// Off so far that it matters.
    Weak,
}

impl Grade {
    /// The grade in one lower-case word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Fair => "fair",
            Self::Weak => "weak",
        }
    }

    /// Grades a figure by how far it is from where it should be: from real rows' figure, or from the ideal. Rows that a
    /// classifier or an attack tells worse than by guessing, or that lie farther from the real ones than they need, give
    /// nothing away, so only the other side counts there.
    pub(super) fn of(spec: &MetricSpec, score: f64, baseline: Option<f64>) -> Self {
        let unbounded = !(spec.range.0.is_finite() && spec.range.1.is_finite());
        let (short, marks) = match (spec.goal, baseline) {
            (Goal::Maximize, Some(real)) => (real - score, [0.02, 0.08]),
            (Goal::Maximize, None) => (or_zero(spec.range.1) - score, [0.05, 0.15]),
            (Goal::Minimize, Some(real)) => (score - real, if unbounded { [0.05, 0.2] } else { [0.02, 0.08] }),
            (Goal::Minimize, None) => {
                (score - or_zero(spec.range.0), if unbounded { [0.05, 0.2] } else { [0.05, 0.15] })
            }
            (Goal::Near(ideal), real) => {
                let usual = real.map_or(0.0, |real| (real - ideal).abs());
                let off = match spec.family {
                    Family::Privacy if unbounded => ideal - score,
                    Family::Detection | Family::Privacy => score - ideal,
                    _ => (score - ideal).abs(),
                };
                (off - usual, if unbounded { [0.1, 0.3] } else { [0.05, 0.12] })
            }
        };
        let [good, fair] = marks;
        if short <= good {
            Self::Good
        } else if short <= fair {
            Self::Fair
        } else {
            Self::Weak
        }
    }
}

/// The ideal of a figure whose best is not bounded: a gain or a disclosure of none.
fn or_zero(bound: f64) -> f64 {
    if bound.is_finite() { bound } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Grain;

    #[test]
    fn real_rows_are_the_mark_where_there_are_some() {
        let spec = |goal, most| MetricSpec {
            name: "x",
            about: "x",
            family: if most > 1.0 { Family::Privacy } else { Family::Fidelity },
            goal,
            range: (0.0, most),
            grain: Grain::Table,
            source: "x",
        };
        let grade = |goal, most, score, baseline| Grade::of(&spec(goal, most), score, baseline);
        assert_eq!(grade(Goal::Maximize, 1.0, 0.9, None), Grade::Fair);
        assert_eq!(grade(Goal::Maximize, 1.0, 0.9, Some(0.91)), Grade::Good);
        assert_eq!(grade(Goal::Maximize, 1.0, 0.7, Some(0.91)), Grade::Weak);
        assert_eq!(grade(Goal::Minimize, f64::INFINITY, 0.1, None), Grade::Fair);
        assert_eq!(grade(Goal::Maximize, f64::INFINITY, 0.001, None), Grade::Good);
        assert_eq!(grade(Goal::Near(0.5), 1.0, 0.52, None), Grade::Good);
        assert_eq!(grade(Goal::Near(0.5), 1.0, 0.3, None), Grade::Weak);
        assert_eq!(grade(Goal::Near(1.0), 9.0, 0.3, None), Grade::Good);
        assert_eq!(grade(Goal::Near(1.0), f64::INFINITY, 0.3, None), Grade::Weak);
        assert_eq!(grade(Goal::Near(1.0), f64::INFINITY, 2.3, None), Grade::Good);
    }
}
