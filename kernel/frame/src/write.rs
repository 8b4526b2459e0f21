//! Writing an Arrow IPC file batch by batch.

use std::io::Write;

use polars::prelude::{CompatLevel, DataFrame, IpcWriter, PolarsResult, Schema, SchemaExt, SerWriter};
use polars_arrow::io::ipc::write::default_ipc_fields;

/// Begins an uncompressed Arrow IPC file for rows with the columns of `schema`. What comes back takes the next rows, in
/// one chunk, and none at the end. Categories must be the same in every batch: the format has room for one list of them.
///
/// # Errors
/// When the format has no place for a column's type, or the file can't be written.
pub fn ipc_writer<W: Write>(
    out: W,
    schema: &Schema,
) -> PolarsResult<impl FnMut(Option<&DataFrame>) -> PolarsResult<()> + use<W>> {
    let fields = default_ipc_fields(schema.to_arrow(CompatLevel::newest()).iter_values());
    let mut writer = IpcWriter::new(out).with_compression(None).batched(schema, fields)?;
    Ok(move |rows: Option<&DataFrame>| match rows {
        Some(rows) => writer.write_batch(rows),
        None => writer.finish(),
    })
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;

    #[test]
    fn batches_make_one_frame() {
        let frame =
            df!("n" => [Some(1_i64), None, Some(3)], "s" => ["a", "b", "a text of more than twelve bytes"]).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut writer = ipc_writer(file.reopen().unwrap(), frame.schema()).unwrap();
        writer(Some(&frame.slice(0, 2))).unwrap();
        writer(Some(&frame.slice(2, 1))).unwrap();
        writer(None).unwrap();
        assert!(crate::read_frame(file.path()).unwrap().equals_missing(&frame));
    }
}
