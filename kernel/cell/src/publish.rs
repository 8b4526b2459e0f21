//! Making tables frames of the session.

use std::fmt;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, Schema};
use serde_json::Value;

use crate::bundle::Bundle;
use crate::error::{CellError, Result, fail};
use crate::events;
use crate::rich::Rich;
use crate::table::{Table, TableBuilder};

/// What can be published as a frame.
///
/// The parameter tells the implementations apart and is always inferred: a crate with tables of another crate's type
/// implements the trait with a parameter of its own, `impl Publish<Mine> for TheirTable`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be published as a frame",
    note = "publish a Table, a TableBuilder, or Arrow record batches; a DataFrame after %use polars"
)]
pub trait Publish<By> {
    /// Writes the whole of it as an uncompressed Arrow IPC file.
    ///
    /// # Errors
    /// It can't be written there.
    fn write_ipc(&self, file: File) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>>;
}

/// Tells that a value is published as Arrow record batches.
#[derive(Debug)]
pub enum AsTable {}

/// A frame that was published.
#[derive(Clone, PartialEq, Eq)]
pub struct Published {
    /// The frame's name.
    pub name: String,
    /// Counts how often the name has been published.
    pub generation: u64,
    /// The number of rows.
    pub rows: u64,
    /// The number of columns.
    pub columns: u64,
}

/// Makes a table a frame of the session, in the place of one of that name.
///
/// ```no_run
/// use synthbook::prelude::*;
///
/// let squares: Vec<i64> = (0..10).map(|n| n * n).collect();
/// publish("squares", &TableBuilder::new().column("square", squares));
/// ```
///
/// # Panics
/// When there is no kernel, it refuses the name, or there is no room. Earlier frames stay as they are.
#[track_caller]
pub fn publish<T: Publish<By> + ?Sized, By>(name: &str, table: &T) -> Published {
    match try_publish(name, table) {
        Ok(published) => published,
        Err(error) => fail(&error),
    }
}

/// Makes a table a frame of the session, in the place of one of that name.
///
/// # Errors
/// There is no kernel, it refuses the name, or there is no room. Nothing is left behind.
pub fn try_publish<T: Publish<By> + ?Sized, By>(name: &str, table: &T) -> Result<Published> {
    let answer = events::request(events::question("publish_path", [("name", name.into())]))?;
    let path = answer.get("path").and_then(Value::as_str);
    let draft = Draft::new(path.ok_or_else(|| CellError::Answer { reason: "no path".to_owned() })?);
    let file = File::create(&draft.path).map_err(|error| unwritable(name, Box::new(error)))?;
    table.write_ipc(file).map_err(|error| unwritable(name, error))?;
    let path = draft.path.to_string_lossy().into_owned();
    let answer = events::request(events::question("published", [("name", name.into()), ("path", path.into())]))?;
    draft.keep();
    let number = |field: &str| answer.get(field).and_then(Value::as_u64).unwrap_or_default();
    Ok(Published {
        name: name.to_owned(),
        generation: number("generation"),
        rows: number("rows"),
        columns: number("columns"),
    })
}

/// Writes record batches of one schema as an uncompressed Arrow IPC file.
///
/// # Errors
/// The batches differ in their schema, or the file can't be written.
pub fn write_batches(file: File, schema: &Schema, batches: &[RecordBatch]) -> std::result::Result<(), ArrowError> {
    let mut writer = FileWriter::try_new(BufWriter::with_capacity(1 << 20, file), schema)?;
    for batch in batches {
        writer.write(batch)?;
    }
    writer.finish()?;
    writer.into_inner()?.flush()?;
    Ok(())
}

impl Publish<AsTable> for Table {
    fn write_ipc(&self, file: File) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Ok(write_batches(file, self.schema(), &self.batches()?)?)
    }
}

impl Publish<AsTable> for TableBuilder {
    fn write_ipc(&self, file: File) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.clone().try_build()?.write_ipc(file)
    }
}

impl Publish<AsTable> for RecordBatch {
    fn write_ipc(&self, file: File) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Ok(write_batches(file, self.schema_ref(), std::slice::from_ref(self))?)
    }
}

impl Publish<AsTable> for [RecordBatch] {
    fn write_ipc(&self, file: File) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let schema = self.first().map_or_else(|| Schema::empty().into(), RecordBatch::schema);
        Table::from_batches(schema, self.to_vec())?.write_ipc(file)
    }
}

impl Publish<AsTable> for Vec<RecordBatch> {
    fn write_ipc(&self, file: File) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.as_slice().write_ipc(file)
    }
}

/// A file that is removed unless it becomes a frame.
struct Draft {
    path: PathBuf,
    kept: bool,
}

impl Draft {
    fn new(path: impl AsRef<Path>) -> Self {
        Self { path: path.as_ref().to_owned(), kept: false }
    }

    fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            // The kernel may have removed what it refused.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn unwritable(name: &str, error: Box<dyn std::error::Error + Send + Sync>) -> CellError {
    match error.downcast::<CellError>() {
        Ok(own) => *own,
        Err(source) if is_full(source.as_ref()) => CellError::DiskFull { name: name.to_owned() },
        Err(source) => CellError::Unwritable { name: name.to_owned(), source },
    }
}

/// True when an error, or one that it came from, says that a disk or a quota is full.
fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    let mut next = Some(error);
    while let Some(current) = next {
        let input_output = match current.downcast_ref::<ArrowError>() {
            Some(ArrowError::IoError(_, inner)) => Some(inner),
            _ => current.downcast_ref::<std::io::Error>(),
        };
        if input_output.is_some_and(|error| matches!(error.kind(), StorageFull | QuotaExceeded)) {
            return true;
        }
        next = current.source();
    }
    false
}

impl fmt::Display for Published {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "frame {}: {} rows × {} columns", self.name, self.rows, self.columns)
    }
}

impl fmt::Debug for Published {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Rich for Published {
    fn bundle(&self) -> Bundle {
        Bundle::text(self.to_string())
    }
}
