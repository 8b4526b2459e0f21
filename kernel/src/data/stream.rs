//! Writing a table to a file batch by batch, in the memory of one batch.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use polars::prelude::{
    CsvWriter, DataFrame, DataType, JsonFormat, JsonWriter, ParquetWriter, PlSmallStr, PolarsError, PolarsResult,
    Schema, SerWriter,
};
use tempfile::NamedTempFile;

use super::compression::Packing;
use super::format::Format;
use super::write::{Saved, begin, keep, refusal};
use crate::error::KernelError;

/// Takes the next rows, or none at the end.
type Batches = Box<dyn FnMut(Option<&DataFrame>) -> PolarsResult<()>>;

/// A table on its way to a file. The file has its name only once [`TableWriter::finish`] is through: what was interrupted
/// leaves nothing that looks done.
pub struct TableWriter {
    path: PathBuf,
    temporary: NamedTempFile,
    sink: Sink,
    batches: Batches,
}

/// The file as the format's writer and the table's writer share it.
#[derive(Clone)]
struct Sink(Arc<Mutex<Option<Packing>>>);

impl TableWriter {
    /// Begins a file for rows with the columns of `schema`. CSV and TSV begin with the columns' names when `header` is
    /// true.
    ///
    /// # Errors
    /// `data::unknown_format`, `data::format` when the format has no place for a column's type, `kernel::io`.
    ///
    /// ```
    /// use polars::prelude::df;
    /// use synthbook_kernel::data::TableWriter;
    /// let path = std::env::temp_dir().join("synthbook_stream_example.csv");
    /// let batch = df!("n" => [1, 2]).unwrap();
    /// let mut writer = TableWriter::create(&path, None, batch.schema(), true).unwrap();
    /// writer.write(batch.clone()).unwrap();
    /// writer.write(batch).unwrap();
    /// writer.finish().unwrap();
    /// assert_eq!(std::fs::read_to_string(&path).unwrap(), "n\n1\n2\n1\n2\n");
    /// ```
    pub fn create(path: &Path, format: Option<Format>, schema: &Schema, header: bool) -> Result<Self, KernelError> {
        let format = format
            .or_else(|| Format::of_path(path))
            .ok_or_else(|| KernelError::UnknownFormat { name: path.display().to_string() })?;
        let temporary = begin(path)?;
        let io = |error| KernelError::io("write to", path, error);
        let file = temporary.as_file().try_clone().map_err(io)?;
        let sink = Sink(Arc::new(Mutex::new(Some(Packing::new(path, file).map_err(io)?))));
        let batches = batches(format, sink.clone(), schema, header).map_err(|error| failure(path, error))?;
        Ok(Self { path: path.to_owned(), temporary, sink, batches })
    }

    /// Writes the next rows.
    ///
    /// # Errors
    /// `data::format` when the format has no place for a column's type, `kernel::io`.
    pub fn write(&mut self, mut rows: DataFrame) -> Result<(), KernelError> {
        rows.rechunk_mut_par();
        (self.batches)(Some(&rows)).map_err(|error| failure(&self.path, error))
    }

    /// Ends the file and gives it its name, in place of an older one.
    ///
    /// # Errors
    /// `kernel::io`.
    pub fn finish(mut self) -> Result<Saved, KernelError> {
        (self.batches)(None).map_err(|error| failure(&self.path, error))?;
        let io = |error| KernelError::io("write to", &self.path, error);
        self.sink.finish().and_then(|()| self.temporary.as_file().sync_all()).map_err(io)?;
        keep(self.temporary, &self.path)
    }
}

impl Sink {
    fn finish(&self) -> io::Result<()> {
        let packing = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        packing.map_or(Ok(()), Packing::finish)
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Some(packing) => packing.write(bytes),
            None => Err(io::Error::other("the file is finished")),
        }
    }

    /// The buffer is emptied at the end: a writer that flushes after every page would cost a call of the system each.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn batches(format: Format, sink: Sink, schema: &Schema, header: bool) -> PolarsResult<Batches> {
    Ok(match format {
        Format::Csv | Format::Tsv => {
            let separator = if format == Format::Tsv { b'\t' } else { b',' };
            let writer = CsvWriter::new(sink).with_separator(separator).include_header(header);
            let mut writer = writer.batched(schema)?;
            Box::new(move |rows| match rows {
                Some(rows) => writer.write_batch(rows),
                None => writer.finish(),
            })
        }
        Format::Parquet => {
            let mut writer = ParquetWriter::new(sink).batched(schema)?;
            Box::new(move |rows| match rows {
                Some(rows) if rows.height() == 0 => Ok(()),
                Some(rows) => writer.write_batch(rows),
                None => writer.finish().map(drop),
            })
        }
        Format::Arrow => arrow(sink, schema)?,
        Format::JsonLines => {
            let mut sink = sink;
            Box::new(move |rows| match rows {
                Some(rows) => {
                    JsonWriter::new(&mut sink).with_json_format(JsonFormat::JsonLines).finish(&mut rows.clone())
                }
                None => Ok(()),
            })
        }
        Format::Json => json_array(sink),
    })
}

/// An Arrow file has room for one list of categories, and later batches may hold new ones: those columns become text.
fn arrow(sink: Sink, schema: &Schema) -> PolarsResult<Batches> {
    let mut written = schema.clone();
    let mut texts: Vec<PlSmallStr> = Vec::new();
    for (name, kind) in schema.iter() {
        if kind.is_categorical() {
            written.insert(name.clone(), DataType::String);
            texts.push(name.clone());
        }
    }
    let mut writer = synthbook_frame::ipc_writer(sink, &written)?;
    Ok(Box::new(move |rows| match rows {
        Some(rows) if !texts.is_empty() => {
            let mut rows = rows.clone();
            for name in &texts {
                let text = rows.column(name)?.cast(&DataType::String)?;
                rows.with_column(text)?;
            }
            writer(Some(&rows))
        }
        rows => writer(rows),
    }))
}

/// One array over all batches: each batch is written as an array of its own, whose brackets are left out.
fn json_array(mut sink: Sink) -> Batches {
    let mut begun = false;
    Box::new(move |rows| {
        let mut bytes = Vec::new();
        match rows {
            Some(rows) if rows.height() == 0 => return Ok(()),
            Some(rows) => {
                JsonWriter::new(&mut bytes).with_json_format(JsonFormat::Json).finish(&mut rows.clone())?;
                let text = bytes.trim_ascii();
                let inside = text.strip_prefix(b"[").and_then(|text| text.strip_suffix(b"]")).unwrap_or(text);
                sink.write_all(if begun { b"," } else { b"[" })?;
                sink.write_all(inside)?;
            }
            None => sink.write_all(if begun { b"]" } else { b"[]" })?,
        }
        begun = true;
        Ok(())
    })
}

fn failure(path: &Path, error: PolarsError) -> KernelError {
    match error {
        PolarsError::IO { error, .. } => {
            KernelError::io("write to", path, io::Error::new(error.kind(), error.to_string()))
        }
        other => refusal(path, &other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;
    use crate::data::{LoadOptions, Source, load, save};
    use crate::testing::people;

    #[test]
    fn batches_make_the_file_that_the_whole_table_makes() {
        let folder = tempfile::tempdir().unwrap();
        let people = people();
        for name in ["a.csv", "a.tsv", "a.csv.gz", "a.jsonl", "a.json", "a.parquet", "a.arrow", "a.jsonl.zst"] {
            let path = folder.path().join(name);
            let mut writer = TableWriter::create(&path, None, people.schema(), true).unwrap();
            for start in [0, 25, 50] {
                writer.write(people.slice(start, 25)).unwrap();
            }
            assert!(!path.exists(), "{name} has its name too early");
            let saved = writer.finish().unwrap();
            assert_eq!(saved.bytes, std::fs::metadata(&path).unwrap().len());
            let whole = folder.path().join(format!("whole-{name}"));
            save(&people, &whole, None).unwrap();
            if matches!(name, "a.csv" | "a.tsv" | "a.jsonl" | "a.json") {
                assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(&whole).unwrap(), "{name}");
            }
            let read = |path: &Path| load(&Source::file(path), &LoadOptions::default()).unwrap().frame;
            assert!(read(&path).equals_missing(&read(&whole)), "{name}");
        }
    }

    #[test]
    fn a_table_without_rows_is_a_file_too() {
        let folder = tempfile::tempdir().unwrap();
        let empty = people().head(Some(0));
        for name in ["a.csv", "a.parquet", "a.arrow", "a.json"] {
            let path = folder.path().join(name);
            TableWriter::create(&path, None, empty.schema(), true).unwrap().finish().unwrap();
            assert!(path.exists(), "{name}");
        }
        let read = load(&Source::file(&folder.path().join("a.parquet")), &LoadOptions::default()).unwrap().frame;
        assert_eq!(read.schema(), empty.schema());
        assert_eq!(std::fs::read_to_string(folder.path().join("a.json")).unwrap(), "[]");
    }

    #[test]
    fn what_is_dropped_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        let frame = df!("n" => [1, 2]).unwrap();
        let mut writer = TableWriter::create(&path, None, frame.schema(), true).unwrap();
        writer.write(frame).unwrap();
        drop(writer);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_can_not_be_written_is_an_error_with_a_code() {
        let frame = df!("n" => [1, 2]).unwrap();
        let error = TableWriter::create(Path::new("/no/such/folder/a.csv"), None, frame.schema(), true).err().unwrap();
        assert_eq!(crate::error::code_of(&error), "kernel::io");
        let error = TableWriter::create(Path::new("a.docx"), None, frame.schema(), true).err().unwrap();
        assert_eq!(crate::error::code_of(&error), "data::unknown_format");
    }
}
