//! Filling a table's gaps from a fitted law.

use polars::prelude::{Column, DataFrame, Series};
use rayon::prelude::*;

use super::{BLOCK, TableModel};
use crate::{Encoded, Model, Progress, Rows, Seed, SynthError};

impl TableModel {
    /// The table with its gaps filled; every value that was there stays.
    pub(super) fn fill(&self, table: &DataFrame, seed: Seed, progress: &Progress) -> Result<DataFrame, SynthError> {
        let reduced = self.rules.reduce(table, &self.metadata)?.table;
        let empty = self.empty()?;
        for column in empty.columns() {
            if table.column(column.name()).is_err() {
                return Err(SynthError::MissingColumn { place: "table", column: column.name().to_string() });
            }
        }
        let mut encoded = Vec::new();
        for (transform, column) in self.transforms.iter().zip(reduced.columns()) {
            encoded.push(transform.forward(column.as_materialized_series())?);
        }
        let fillable: Vec<bool> = self.transforms.iter().map(|transform| transform.missing_rate() < 1.0).collect();
        progress.report(Some(0.0), "Filling the gaps");
        let blocks: Vec<Vec<Encoded>> = (0..table.height().div_ceil(BLOCK))
            .into_par_iter()
            .map(|block| {
                progress.check()?;
                let range = block * BLOCK..((block + 1) * BLOCK).min(table.height());
                let mut rows: Vec<Encoded> = encoded
                    .iter()
                    .map(|column| Encoded {
                        pieces: column.pieces[range.clone()].to_vec(),
                        positions: column.positions[range.clone()].to_vec(),
                    })
                    .collect();
                let gap = |(column, &fillable): (&Encoded, &bool)| -> Vec<bool> {
                    column.pieces.iter().map(|&piece| fillable && piece == Encoded::MISSING).collect()
                };
                let gaps: Vec<Vec<bool>> = rows.iter().zip(&fillable).map(gap).collect();
                if gaps.iter().flatten().any(|&gap| gap) {
                    self.law.complete(&mut rows, &gaps, seed.named("impute").numbered(block as u64));
                }
                Ok(rows)
            })
            .collect::<Result<_, SynthError>>()?;
        let columns = self
            .transforms
            .iter()
            .enumerate()
            .map(|(at, transform)| {
                let mut whole = Encoded::default();
                for block in &blocks {
                    whole.pieces.extend_from_slice(&block[at].pieces);
                    whole.positions.extend_from_slice(&block[at].positions);
                }
                transform.inverse(&whole, Rows { first: 0, seed: super::column_seed(transform.as_ref(), at, seed) })
            })
            .collect::<Result<Vec<Series>, SynthError>>()?;
        let kept = columns.into_iter().zip(reduced.columns()).map(|(filled, known)| {
            let known = known.as_materialized_series();
            Ok(Column::from(known.zip_with(&present(known), &filled)?))
        });
        let restored =
            self.rules.restore(DataFrame::new(table.height(), kept.collect::<Result<Vec<_>, SynthError>>()?)?)?;
        let columns = table.columns().iter().map(|column| {
            let Ok(filled) = restored.column(column.name()) else { return Ok(column.clone()) };
            let known = column.as_materialized_series();
            Ok(Column::from(known.zip_with(&present(known), filled.as_materialized_series())?))
        });
        progress.report(Some(1.0), "Filled");
        Ok(DataFrame::new(table.height(), columns.collect::<Result<Vec<_>, SynthError>>()?)?)
    }
}

/// Where a column has a value: neither null nor NaN.
fn present(column: &Series) -> polars::prelude::BooleanChunked {
    match column.is_not_nan() {
        Ok(numbers) => numbers & column.is_not_null(),
        Err(_) => column.is_not_null(),
    }
}
