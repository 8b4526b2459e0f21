//! Reading a mapped frame column by column.

use std::fs::File;
use std::path::Path;

use arrow_schema::Field;
use polars::prelude::{Column, DataFrame, IpcReader, PolarsError, PolarsResult, SerReader, Series};
use synthbook_mapped::{IpcFile, MapError};

use crate::arrays::{convert, is_mapped};

/// Why a frame's file can't be read.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum FrameError {
    /// The file is missing, or not a whole Arrow IPC file.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Map(#[from] MapError),
    /// The columns don't make a data frame.
    #[error("The file holds columns that polars can't read: {0}")]
    #[diagnostic(code(frame::columns))]
    Columns(#[from] PolarsError),
}

/// Opens an uncompressed Arrow IPC file as a data frame. It must not be changed in place while the data frame lives.
///
/// # Errors
/// The file can't be read or is not an Arrow IPC file.
pub fn read_frame(path: impl AsRef<Path>) -> Result<DataFrame, FrameError> {
    read_mapped(&IpcFile::open(path)?)
}

/// Mapped columns where their layout is polars' own, and the others (categories, nested types) read by polars.
///
/// # Errors
/// The values don't hold together.
pub fn read_mapped(file: &IpcFile) -> Result<DataFrame, FrameError> {
    let schema = file.schema();
    let mapped = |field: &Field| !file.batch_rows().is_empty() && is_mapped(field);
    let copied: Vec<String> =
        schema.fields().iter().filter(|field| !mapped(field)).map(|field| field.name().clone()).collect();
    let copied = if copied.is_empty() {
        None
    } else {
        let reader = IpcReader::new(File::open(file.path()).map_err(PolarsError::from)?);
        Some(reader.with_columns(Some(copied)).set_rechunk(false).finish()?)
    };
    let mut columns = Vec::with_capacity(schema.fields().len());
    for (at, field) in schema.fields().iter().enumerate() {
        let name = field.name().as_str();
        columns.push(match &copied {
            Some(frame) if !mapped(field) => frame.column(name)?.clone(),
            _ => {
                let chunks = file.column(at)?.iter().map(convert).collect::<PolarsResult<Vec<_>>>()?;
                Column::from(Series::from_arrow_chunks(name.into(), chunks)?)
            }
        });
    }
    Ok(DataFrame::new(file.rows(), columns)?)
}

#[cfg(test)]
mod tests {
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use polars::prelude::{IpcWriter, NamedFrom, SerWriter, df};
    use tempfile::NamedTempFile;

    use super::*;

    fn written(frame: &DataFrame) -> NamedTempFile {
        let file = NamedTempFile::new().unwrap();
        IpcWriter::new(file.reopen().unwrap()).finish(&mut frame.clone()).unwrap();
        file
    }

    #[test]
    fn frames_come_back_equal() {
        let lists = Series::new("l".into(), [Series::new("".into(), [1_i64, 2]), Series::new("".into(), [3_i64])]);
        let mut frame = df!("n" => [Some(1_i64), None], "s" => ["a", "a text of more than twelve bytes"]).unwrap();
        frame.with_column(lists.into()).unwrap();
        for frame in [frame.clone(), frame.head(Some(0)), DataFrame::empty()] {
            let back = read_frame(written(&frame).path()).unwrap();
            assert_eq!(back.schema(), frame.schema());
            assert!(back.equals_missing(&frame));
        }
    }

    #[test]
    fn numbers_and_texts_are_not_copied() {
        let frame = df!("n" => [1_i64, 2, 3], "s" => ["x".repeat(100).as_str(), "b", "c"]).unwrap();
        let file = written(&frame);
        let mapped = IpcFile::open(file.path()).unwrap();
        let read = read_mapped(&mapped).unwrap();
        let theirs = mapped.column(0).unwrap()[0].to_data().buffers()[0].as_ptr() as usize;
        assert_eq!(read.column("n").unwrap().i64().unwrap().cont_slice().unwrap().as_ptr() as usize, theirs);
        let text = read.column("s").unwrap().str().unwrap().get(0).unwrap();
        let texts = mapped.column(1).unwrap();
        assert_eq!(text.as_ptr(), texts[0].as_string_view().value(0).as_ptr());
    }

    #[test]
    fn damage_is_an_error() {
        let file = NamedTempFile::new().unwrap();
        for content in [&b""[..], b"ARROW1", b"PAR1 of another kind altogether"] {
            std::fs::write(file.path(), content).unwrap();
            assert!(matches!(read_frame(file.path()), Err(FrameError::Map(_))));
        }
    }
}
