//! Chance that a row carries in itself: rows are mended by a number that their own values decide, and nothing else.

use polars::prelude::{DataFrame, DataType, IdxCa, IdxSize};

use crate::SynthError;

/// The rows of a table before any was mended.
#[derive(Debug)]
pub(super) struct Chance {
    table: DataFrame,
    columns: Vec<String>,
}

impl Chance {
    pub(super) fn new(table: &DataFrame, columns: &[String]) -> Self {
        Self { table: table.clone(), columns: columns.to_vec() }
    }

    /// For each of these rows a number spread evenly over [0, 1), different for each purpose.
    pub(super) fn uniform(&self, rows: &[usize], purpose: &str) -> Result<Vec<f64>, SynthError> {
        let bits = self.bits(rows, purpose)?;
        Ok(bits.into_iter().map(|bits| (bits >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)).collect())
    }

    fn bits(&self, rows: &[usize], purpose: &str) -> Result<Vec<u64>, SynthError> {
        let mut bits = vec![words(purpose); rows.len()];
        let places = IdxCa::from_vec("rows".into(), rows.iter().map(|&row| row as IdxSize).collect());
        for name in &self.columns {
            let Ok(column) = self.table.column(name) else { continue };
            let column = column.as_materialized_series().take(&places)?;
            let mut fold = |at: usize, value: u64| bits[at] = mix(bits[at] ^ value);
            match column.dtype() {
                DataType::String | DataType::Categorical(..) | DataType::Enum(..) => {
                    let text = column.cast(&DataType::String)?;
                    text.str()?.iter().enumerate().for_each(|(at, value)| fold(at, value.map_or(1, words)));
                }
                DataType::Float32 | DataType::Float64 | DataType::Decimal(..) => {
                    let numbers = column.cast(&DataType::Float64)?;
                    let number = |value: Option<f64>| value.map_or(1, |value| (value + 0.0).to_bits());
                    numbers.f64()?.iter().enumerate().for_each(|(at, value)| fold(at, number(value)));
                }
                DataType::Null => {}
                _ => {
                    let numbers = column.to_physical_repr().cast(&DataType::Int64)?;
                    let number = |value: Option<i64>| value.map_or(u64::MAX, i64::cast_unsigned);
                    numbers.i64()?.iter().enumerate().for_each(|(at, value)| fold(at, number(value)));
                }
            }
        }
        Ok(bits)
    }
}

/// The finalizer of Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The FNV-1a hash of words.
fn words(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
