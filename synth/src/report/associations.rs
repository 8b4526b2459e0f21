//! How strongly columns go together in both tables, as matrices for heat maps.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::SynthError;
use crate::metric::Tables;

/// The most columns of a heat map: those that go together most in the real table.
const MOST: usize = 30;

/// The strengths of all pairs: Pearson's r of two measured columns, else Cramér's V.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Associations {
    /// The columns, in the table's order.
    pub columns: Vec<String>,
    /// How many columns there were to choose from.
    pub of: usize,
    /// Row by row, in the real table; none where it has no meaning.
    pub real: Vec<Vec<Option<f64>>>,
    /// Row by row, in the synthetic table.
    pub synthetic: Vec<Vec<Option<f64>>>,
}

impl Associations {
    pub(super) fn of(tables: &Tables<'_>) -> Result<Self, SynthError> {
        let pairs = &tables.trends()?.pairs;
        let mut weights: BTreeMap<usize, f64> = BTreeMap::new();
        for pair in pairs {
            for place in [pair.columns.0, pair.columns.1] {
                *weights.entry(place).or_default() += pair.real.unwrap_or(0.0).abs();
            }
        }
        let mut order: Vec<(usize, f64)> = weights.into_iter().collect();
        let of = order.len();
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut kept: Vec<usize> = order.into_iter().take(MOST).map(|(place, _)| place).collect();
        kept.sort_unstable();
        let matrix = || (0..kept.len()).map(|at| one_at(at, kept.len())).collect::<Vec<_>>();
        let (mut real, mut synthetic) = (matrix(), matrix());
        for pair in pairs {
            if let (Ok(a), Ok(b)) = (kept.binary_search(&pair.columns.0), kept.binary_search(&pair.columns.1)) {
                (real[a][b], real[b][a]) = (pair.real, pair.real);
                (synthetic[a][b], synthetic[b][a]) = (pair.synthetic, pair.synthetic);
            }
        }
        let columns = kept.iter().map(|&place| tables.columns[place].name.clone()).collect();
        Ok(Self { columns, of, real, synthetic })
    }

    /// Row by row, synthetic less real.
    #[must_use]
    pub fn difference(&self) -> Vec<Vec<Option<f64>>> {
        let cell = |(real, synthetic): (&Option<f64>, &Option<f64>)| Some((*synthetic)? - (*real)?);
        let row = |(real, synthetic): (&Vec<_>, &Vec<_>)| real.iter().zip(synthetic).map(cell).collect();
        self.real.iter().zip(&self.synthetic).map(row).collect()
    }
}

fn one_at(at: usize, size: usize) -> Vec<Option<f64>> {
    (0..size).map(|place| (place == at).then_some(1.0)).collect()
}
