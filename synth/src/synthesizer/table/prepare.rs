//! Taking a table apart before a law is learned of it.

use polars::prelude::DataFrame;
use rayon::prelude::*;

use crate::rules::Rules;
use crate::{ColumnMetadata, Encoded, FittedTransform, Metadata, Progress, SynthError, transform_for};

/// A table in pieces, without the columns that its rules give back.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// What the whole table's columns mean.
    pub(crate) metadata: Metadata,
    /// How many rows there are, at least one.
    pub(crate) rows: usize,
    /// What holds between the columns.
    pub(crate) rules: Rules,
    /// What the columns that are left mean.
    pub(crate) columns: Vec<ColumnMetadata>,
    /// How they are taken apart.
    pub(crate) transforms: Vec<Box<dyn FittedTransform>>,
    /// Their values.
    pub(crate) encoded: Vec<Encoded>,
}

/// Finds the rules of a table and takes its columns apart, numbers into about as many `pieces`.
///
/// # Errors
/// [`SynthError::NoColumns`], [`SynthError::TooFewRows`], [`SynthError::MissingColumn`], [`SynthError::UnsupportedType`],
/// [`SynthError::KindMismatch`], and [`SynthError::Cancelled`].
pub(crate) fn prepare(
    table: &DataFrame,
    metadata: &Metadata,
    pieces: usize,
    progress: &Progress,
) -> Result<Prepared, SynthError> {
    if table.width() == 0 {
        return Err(SynthError::NoColumns);
    }
    metadata.settle(table)?;
    if table.height() == 0 {
        return Err(SynthError::TooFewRows { needed: 1, found: 0 });
    }
    progress.report(Some(0.0), "Finding rules");
    let rules = Rules::find(table, metadata, progress)?;
    let reduced = rules.reduce(table, metadata)?;
    progress.report(Some(0.1), "Reading the columns");
    let settled = reduced.metadata.settle(&reduced.table)?;
    let columns = reduced
        .table
        .columns()
        .par_iter()
        .zip(settled)
        .map(|(column, about)| {
            progress.check()?;
            let column = column.as_materialized_series();
            let fitted = transform_for(about.kind).fit(column, &about, pieces)?;
            let encoded = fitted.forward(column)?;
            Ok((about, fitted, encoded))
        })
        .collect::<Result<Vec<_>, SynthError>>()?;
    let mut prepared = Prepared {
        metadata: metadata.clone(),
        rows: table.height(),
        rules,
        columns: Vec::new(),
        transforms: Vec::new(),
        encoded: Vec::new(),
    };
    for (about, transform, encoded) in columns {
        prepared.columns.push(about);
        prepared.transforms.push(transform);
        prepared.encoded.push(encoded);
    }
    Ok(prepared)
}

/// At most `most` rows, evenly spread over `rows`.
pub(crate) fn spread_rows(rows: usize, most: usize) -> Vec<usize> {
    let taken = rows.min(most);
    (0..taken).map(|at| (at as u128 * rows as u128 / taken as u128) as usize).collect()
}
