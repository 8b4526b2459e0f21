//! Frames as tables: mapped from the session's files, read column by column without copying.

mod build;
mod column;
mod format;
mod show;

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Schema, SchemaRef};
use serde_json::Value;
use synthbook_mapped::IpcFile;

pub use build::{IntoArray, TableBuilder};
pub use column::{ColumnView, Element};

use crate::error::{CellError, Result, fail};
use crate::events;

/// A table: typed columns of equal length, in batches. Cloning it copies no data.
///
/// A frame's table is mapped: its columns are read where the file lies, and it stays as it was when it was opened even
/// if the frame is published again.
#[derive(Clone)]
pub struct Table {
    schema: SchemaRef,
    rows: usize,
    source: Source,
}

/// Where the columns come from.
#[derive(Clone)]
enum Source {
    /// A mapped file, whose columns are decoded when they are first asked for.
    Mapped(Arc<IpcFile>),
    /// Batches in memory.
    Batches(Vec<RecordBatch>),
}

/// Opens a frame of the session.
///
/// ```no_run
/// use synthbook::prelude::*;
///
/// let people = table("people");
/// let oldest = people.column::<i64>("age").values().max();
/// println!("{} people, the oldest is {oldest:?}", people.rows());
/// ```
///
/// # Panics
/// When there is no such frame, or its file is damaged.
#[must_use]
#[track_caller]
pub fn table(name: &str) -> Table {
    match try_table(name) {
        Ok(table) => table,
        Err(error) => fail(&error),
    }
}

/// Opens a frame of the session.
///
/// # Errors
/// There is no kernel, no such frame, or its file is damaged.
pub fn try_table(name: &str) -> Result<Table> {
    Table::open(FrameInfo::find(name)?.path)
}

/// The frames of the session, in order of name.
///
/// # Panics
/// When there is no kernel.
#[must_use]
#[track_caller]
pub fn frames() -> Vec<String> {
    match events::request(events::question("frames", [])) {
        Ok(list) => list.as_array().into_iter().flatten().filter_map(name_of).collect(),
        Err(error) => fail(&error),
    }
}

fn name_of(entry: &Value) -> Option<String> {
    entry.as_str().or_else(|| entry.get("name")?.as_str()).map(str::to_owned)
}

/// Where a frame of the session lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameInfo {
    /// The Arrow IPC file. It is never changed in place.
    pub path: std::path::PathBuf,
    /// Counts how often the name has been published.
    pub generation: u64,
    /// The number of rows.
    pub rows: u64,
}

impl FrameInfo {
    /// Asks the kernel for a frame.
    ///
    /// # Errors
    /// There is no kernel or no such frame.
    pub fn find(name: &str) -> Result<Self> {
        let answer = events::request(events::question("frame", [("name", name.into())]))?;
        let path = answer.get("path").and_then(Value::as_str);
        let path = path.ok_or_else(|| CellError::Answer { reason: "no path".to_owned() })?.into();
        let number = |field: &str| answer.get(field).and_then(Value::as_u64).unwrap_or_default();
        Ok(Self { path, generation: number("generation"), rows: number("rows") })
    }
}

impl Table {
    /// Maps an uncompressed Arrow IPC file. It must not be changed in place while the table lives.
    ///
    /// # Errors
    /// The file can't be read or is not an Arrow IPC file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = IpcFile::open(path).map_err(|source| unreadable(path, source))?;
        Ok(Self { schema: file.schema(), rows: file.rows(), source: Source::Mapped(Arc::new(file)) })
    }

    /// A table of batches with one schema.
    ///
    /// # Errors
    /// A batch has another schema.
    pub fn from_batches(schema: SchemaRef, batches: Vec<RecordBatch>) -> Result<Self> {
        if let Some(index) = batches.iter().position(|batch| batch.schema_ref().fields() != schema.fields()) {
            return Err(CellError::BatchSchema { index });
        }
        let rows = batches.iter().map(RecordBatch::num_rows).sum();
        Ok(Self { schema, rows, source: Source::Batches(batches) })
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The names of the columns, in their order.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        self.schema.fields().iter().map(|field| field.name().as_str()).collect()
    }

    /// Names and types of the columns as Arrow has them.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The type of a column in the notebook's words (`i64`, `str`, `date`, …), if the column exists.
    #[must_use]
    pub fn dtype(&self, name: &str) -> Option<String> {
        self.schema.field_with_name(name).ok().map(|field| format::type_name(field.data_type()))
    }

    /// The batches, in order. Reads every column.
    ///
    /// # Errors
    /// The file is damaged.
    pub fn batches(&self) -> Result<Vec<RecordBatch>> {
        match &self.source {
            Source::Mapped(file) => file.batches().map_err(|source| unreadable(file.path(), source)),
            Source::Batches(batches) => Ok(batches.clone()),
        }
    }

    /// A column, read in place. Dates are days since 1970-01-01 (`i32`), points in time and durations counts of their
    /// unit (`i64`); text, also that of categories, is read as `String` and given as `&str`.
    ///
    /// # Panics
    /// When there is no such column or it holds another type.
    #[must_use]
    #[track_caller]
    pub fn column<T: Element>(&self, name: &str) -> ColumnView<T> {
        match self.try_column(name) {
            Ok(column) => column,
            Err(error) => fail(&error),
        }
    }

    /// A column, read in place.
    ///
    /// # Errors
    /// There is no such column or it holds another type.
    pub fn try_column<T: Element>(&self, name: &str) -> Result<ColumnView<T>> {
        let index = self.index(name)?;
        ColumnView::new(name, self.schema.field(index).data_type(), &self.arrays(index)?)
    }

    fn index(&self, name: &str) -> Result<usize> {
        self.schema.index_of(name).map_err(|_| CellError::UnknownColumn {
            name: name.to_owned(),
            suggestion: suggestion(name, &self.columns()),
        })
    }

    /// The arrays of a column, one for each batch.
    fn arrays(&self, index: usize) -> Result<Vec<ArrayRef>> {
        match &self.source {
            Source::Mapped(file) => {
                let arrays = file.column(index).map_err(|source| unreadable(file.path(), source))?;
                Ok(arrays.to_vec())
            }
            Source::Batches(batches) => Ok(batches.iter().map(|batch| Arc::clone(batch.column(index))).collect()),
        }
    }
}

fn unreadable(path: &Path, source: synthbook_mapped::MapError) -> CellError {
    CellError::Unreadable { path: path.to_owned(), source: Box::new(source) }
}

/// "did you mean" for the names that are close, else the names that there are.
fn suggestion(name: &str, names: &[&str]) -> String {
    const SHOWN: usize = 12;
    let near = 1 + name.chars().count() / 3;
    let distance = |known: &str| strsim::levenshtein(&name.to_lowercase(), &known.to_lowercase());
    let mut close: Vec<(usize, &str)> =
        names.iter().map(|known| (distance(known), *known)).filter(|(far, _)| *far <= near).collect();
    close.sort_unstable();
    if let Some((_, best)) = close.first() {
        return format!("did you mean {best}?");
    }
    let more = if names.len() > SHOWN { ", …" } else { "" };
    format!("there are: {}{more}", names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests;
