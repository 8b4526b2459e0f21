//! Privacy by identity: the share of synthetic rows that are rows of the real table, value by value.
//!
//! Numbers are equal when their first eight significant digits are; keys are left out, gaps are equal. The baseline is
//! the share of the hold-out that is in the real table: where rows are alike by nature, copies are no leak.

use std::fmt::Write;

use super::{Compared, Family, Goal, Grain, Metric, MetricSpec, Score, Side, Tables};
use crate::values::Values;
use crate::{ColumnKind, SynthError};

/// The share of exact copies.
pub(super) struct CopyRate;

impl Metric for CopyRate {
    fn spec(&self) -> MetricSpec {
        MetricSpec {
            name: "CopyRate",
            about: "the share of synthetic rows that are in the real table, beside that of the hold-out",
            family: Family::Privacy,
            goal: Goal::Minimize,
            range: (0.0, 1.0),
            grain: Grain::Table,
            source: "SDMetrics NewRowSynthesis, its complement; equal to eight significant digits",
        }
    }

    fn score(&self, tables: &Tables<'_>) -> Result<Vec<Score>, SynthError> {
        let compared: Vec<&Compared> = tables
            .columns
            .iter()
            .filter(|column| column.about.kind != ColumnKind::Identifier && !column.about.kind.is_personal())
            .collect();
        let why = "needs a column that is not a key, and synthetic rows";
        let rate = |side: Side| if compared.is_empty() { None } else { rate(&compared, side) };
        let Some(found) = rate(Side::Synthetic) else { return Ok(vec![Score::table(None).detail(why)]) };
        let baseline = tables.holdout.and_then(|_| rate(Side::Holdout));
        let error = (found * (1.0 - found) / tables.synthetic.height().max(1) as f64).sqrt();
        let detail = format!("standard error {error:.4}, over all rows");
        Ok(vec![Score::table(Some(found)).baseline(baseline).detail(detail)])
    }
}

/// The share of a table's rows that are in the real one; none when it has no rows.
fn rate(columns: &[&Compared], side: Side) -> Option<f64> {
    let (mut real, asked) = (keys(columns, Side::Real), keys(columns, side));
    real.sort_unstable();
    let copies = asked.iter().filter(|key| real.binary_search(key).is_ok()).count();
    (!asked.is_empty()).then(|| copies as f64 / asked.len() as f64)
}

/// A number of 128 bits for each row, the same for equal rows.
fn keys(columns: &[&Compared], side: Side) -> Vec<u128> {
    let rows = columns.first().map_or(0, |column| column.codes(side).len());
    let mut keys = vec![0_u128; rows];
    for column in columns {
        let codes = rounded(column);
        for (key, &code) in keys.iter_mut().zip(column.codes(side)) {
            let code = codes.get(code as usize).copied().unwrap_or(0);
            *key = mix(*key ^ u128::from(code));
        }
    }
    keys
}

/// The code of each level, from 1, the same for numbers that agree in eight digits.
fn rounded(column: &Compared) -> Vec<u32> {
    let levels = match &column.levels {
        Values::Float(levels) => levels,
        levels => return (1..=levels.len() as u32).collect(),
    };
    let (mut last, mut text, mut code) = (String::new(), String::new(), 0);
    let next = |level: &f64| {
        text.clear();
        if write!(text, "{level:.7e}").is_err() || text != last {
            code += 1;
            std::mem::swap(&mut last, &mut text);
        }
        code
    };
    levels.iter().map(next).collect()
}

/// A permutation of 128 bits that scatters: multiply by an odd number, fold the high half into the low, twice.
fn mix(key: u128) -> u128 {
    let step = |key: u128| {
        let key = key.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        key ^ (key >> 67)
    };
    step(step(key))
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;
    use crate::Metadata;
    use crate::metric::Aligned;

    #[test]
    fn rows_are_copies_when_eight_digits_and_all_words_agree() {
        let real = df!("n" => [Some(1.0), Some(2.5), None, Some(0.1)], "c" => ["a", "b", "c", "d"]).unwrap();
        let synthetic =
            df!("n" => [Some(1.0 + 1e-9), Some(2.501), None, Some(0.1)], "c" => ["a", "b", "c", "x"]).unwrap();
        let aligned = Aligned::new(&real, &synthetic, None, &Metadata::detect(&real).unwrap()).unwrap();
        let columns: Vec<&Compared> = aligned.columns.iter().collect();
        assert_eq!(rate(&columns, Side::Synthetic), Some(0.5));
        assert_eq!(rate(&columns, Side::Real), Some(1.0));
        assert_eq!(rate(&columns, Side::Holdout), None);
    }
}
