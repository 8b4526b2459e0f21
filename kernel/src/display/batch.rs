//! A batch of a query's result as a table.

use std::io::Cursor;

use arrow_array::RecordBatch;
use arrow_ipc::writer::FileWriter;
use polars::prelude::{DataFrame, IpcReader, SerReader};

use crate::error::KernelError;

/// Turns a small batch into a table by way of Arrow's file format, which both libraries agree on.
///
/// # Errors
/// `data::compute` when the batch can't be written or read.
pub fn batch_frame(batch: &RecordBatch) -> Result<DataFrame, KernelError> {
    let compute = |error: arrow_schema::ArrowError| {
        KernelError::Polars(polars::error::PolarsError::ComputeError(error.to_string().into()))
    };
    let mut writer = FileWriter::try_new(Vec::new(), &batch.schema()).map_err(compute)?;
    writer.write(batch).map_err(compute)?;
    let bytes = writer.into_inner().map_err(compute)?;
    Ok(IpcReader::new(Cursor::new(bytes)).finish()?)
}
