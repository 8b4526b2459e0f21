//! What becomes of a result: a table of a few rows to look at, or the file of a frame.

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Decimal128Type;
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_cast::cast;
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use arrow_select::concat::concat_batches;
use synthbook_mapped::read_ipc_file;

use crate::AgentsError;
use crate::warehouse::{Change, Checked, Request, Sql, Warehouse};

/// How many rows a batch of a written frame has at most.
const BATCH_ROWS: usize = 262_144;
/// How many bytes of rows wait at most before they are written.
const BATCH_BYTES: usize = 64 << 20;
/// The largest whole number that `Decimal128(38, 0)` holds, plus one.
const DECIMAL_LIMIT: u128 = 10_u128.pow(38);

/// The first rows of a result.
#[derive(Debug, Clone)]
pub struct Preview {
    /// At most as many rows as were asked for.
    pub batch: RecordBatch,
    /// How many rows the result has, when all were read; none when there are more than were asked for.
    pub total: Option<u64>,
    /// What the last statement did, when it is one without rows.
    pub change: Option<Change>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// A result that was written as a frame's file.
#[derive(Debug, Clone)]
pub struct Written {
    /// How many rows were written.
    pub rows: u64,
    /// Names and types of the columns, as they are in the file.
    pub schema: SchemaRef,
    /// What the last statement did, when it is one without rows; then there is no file.
    pub change: Option<Change>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// Runs a script and reads at most `limit` rows of its result; the rest is not made.
///
/// # Errors
/// What the query fails with.
pub fn preview(
    warehouse: &dyn Warehouse,
    sql: &Checked<Sql>,
    request: &Request,
    limit: usize,
) -> Result<Preview, AgentsError> {
    let mut batches = warehouse.query(sql, request)?;
    let (mut parts, mut rows, mut more) = (Vec::new(), 0, false);
    for batch in batches.by_ref() {
        let batch = batch?;
        let take = batch.num_rows().min(limit - rows);
        more = take < batch.num_rows();
        rows += take;
        parts.push(batch.slice(0, take));
        if more {
            break;
        }
    }
    let schema = batches.schema();
    let batch = concat_batches(&schema, &parts).map_err(|error| internal(&error))?;
    let levels: Vec<(usize, Level)> =
        batches.hugeints().iter().map(|index| (*index, Level::needed(batch.column(*index)))).collect();
    let batch = leveled(&batch, &schema, &levels).map_err(|error| internal(&error))?;
    let total = (!more && batches.change().is_none()).then_some(rows as u64);
    Ok(Preview { batch, total, change: batches.change().cloned(), notes: batches.notes().to_vec() })
}

/// Runs a script and writes its result as an uncompressed Arrow IPC file, as frames are kept, in bounded memory.
///
/// `path` should be a temporary name that the caller renames; a file of that name is overwritten, and removed again
/// when the query or the disk fails. A statement without rows writes no file.
///
/// A 128-bit integer becomes an `Int64` when all its values fit, else a `Decimal128(38, 0)`, else (beyond 38 digits) a
/// `Float64`.
///
/// # Errors
/// What the query fails with; [`AgentsError::DiskFull`] and [`AgentsError::Write`].
pub fn query_to_ipc(
    warehouse: &dyn Warehouse,
    sql: &Checked<Sql>,
    request: &Request,
    path: &Path,
) -> Result<Written, AgentsError> {
    let mut batches = warehouse.query(sql, request)?;
    let notes = batches.notes().to_vec();
    if let Some(change) = batches.change() {
        return Ok(Written { rows: 0, schema: batches.schema(), change: Some(change.clone()), notes });
    }
    let mut sink = Sink::new(path, batches.schema(), batches.hugeints());
    let outcome = batches.by_ref().try_for_each(|batch| sink.push(batch?)).and_then(|()| sink.finish());
    match outcome {
        Ok((rows, schema)) => Ok(Written { rows, schema, change: None, notes }),
        Err(error) => {
            // Only a file of our own making: a device keeps its name.
            if path.is_file() {
                let _ = std::fs::remove_file(path);
            }
            Err(error)
        }
    }
}

/// Where a column of 128-bit integers stands, from the narrowest type to the widest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Integer,
    Decimal,
    Float,
}

impl Level {
    fn needed(array: &ArrayRef) -> Self {
        let values = array.as_primitive::<Decimal128Type>();
        values.iter().flatten().map(Self::of).max().unwrap_or(Self::Integer)
    }

    fn of(value: i128) -> Self {
        if i64::try_from(value).is_ok() {
            Self::Integer
        } else if value.unsigned_abs() < DECIMAL_LIMIT {
            Self::Decimal
        } else {
            Self::Float
        }
    }

    fn data_type(self) -> DataType {
        match self {
            Self::Integer => DataType::Int64,
            Self::Decimal => DataType::Decimal128(38, 0),
            Self::Float => DataType::Float64,
        }
    }
}

/// A schema with the leveled columns in their types.
fn leveled_schema(schema: &Schema, levels: &[(usize, Level)]) -> SchemaRef {
    let level = |index: usize| levels.iter().find(|(column, _)| *column == index).map(|(_, level)| *level);
    let fields = schema.fields().iter().enumerate().map(|(index, field)| match level(index) {
        Some(level) => Arc::new(Field::new(field.name(), level.data_type(), true)),
        None => Arc::clone(field),
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn leveled(batch: &RecordBatch, schema: &Schema, levels: &[(usize, Level)]) -> Result<RecordBatch, ArrowError> {
    let mut columns = batch.columns().to_vec();
    for (index, level) in levels {
        columns[*index] = cast_level(&columns[*index], *level)?;
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(leveled_schema(schema, levels), columns, &options)
}

fn cast_level(array: &ArrayRef, level: Level) -> Result<ArrayRef, ArrowError> {
    match (array.data_type(), level) {
        (DataType::Decimal128(..), Level::Float) => {
            let values = array.as_primitive::<Decimal128Type>();
            Ok(Arc::new(values.unary::<_, arrow_array::types::Float64Type>(|value| value as f64)))
        }
        (from, level) if *from == level.data_type() => Ok(Arc::clone(array)),
        _ => cast(array, &level.data_type()),
    }
}

/// Collects small batches into large ones and writes them.
struct Sink<'a> {
    path: &'a Path,
    schema: SchemaRef,
    levels: Vec<(usize, Level)>,
    pending: Vec<RecordBatch>,
    pending_rows: usize,
    pending_bytes: usize,
    writer: Option<FileWriter<BufWriter<File>>>,
    rows: u64,
}

impl<'a> Sink<'a> {
    fn new(path: &'a Path, schema: SchemaRef, hugeints: &[usize]) -> Self {
        let levels = hugeints.iter().map(|index| (*index, Level::Integer)).collect();
        Self { path, schema, levels, pending: Vec::new(), pending_rows: 0, pending_bytes: 0, writer: None, rows: 0 }
    }

    fn push(&mut self, batch: RecordBatch) -> Result<(), AgentsError> {
        self.pending_rows += batch.num_rows();
        self.pending_bytes += batch.get_array_memory_size();
        self.pending.push(batch);
        if self.pending_rows >= BATCH_ROWS || self.pending_bytes >= BATCH_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), AgentsError> {
        let pending = std::mem::take(&mut self.pending);
        (self.pending_rows, self.pending_bytes) = (0, 0);
        let batch = concat_batches(&self.schema, &pending).map_err(|error| internal(&error))?;
        drop(pending);
        let mut wider = self.levels.clone();
        for (index, level) in &mut wider {
            *level = (*level).max(Level::needed(batch.column(*index)));
        }
        if wider != self.levels {
            self.levels = wider;
            if let Some(writer) = self.writer.take() {
                self.rewrite(writer)?;
            }
        }
        let batch = compacted(&leveled(&batch, &self.schema, &self.levels).map_err(|error| internal(&error))?)
            .map_err(|error| internal(&error))?;
        self.rows += batch.num_rows() as u64;
        let path = self.path;
        let writer = match &mut self.writer {
            Some(writer) => writer,
            empty => empty.insert(create(path, &batch.schema())?),
        };
        writer.write(&batch).map_err(|error| failed(path, error))
    }

    /// Writes what is in the file again, with wider columns.
    fn rewrite(&mut self, writer: FileWriter<BufWriter<File>>) -> Result<(), AgentsError> {
        close(self.path, writer)?;
        let written = read_ipc_file(self.path).map_err(|error| AgentsError::Internal { what: error.to_string() })?;
        // The mapping keeps the old content; the name is free for the new one.
        std::fs::remove_file(self.path).map_err(|error| failed(self.path, error.into()))?;
        let mut writer = create(self.path, &leveled_schema(&self.schema, &self.levels))?;
        for batch in written.batches {
            let batch = leveled(&batch, &self.schema, &self.levels).map_err(|error| internal(&error))?;
            writer.write(&batch).map_err(|error| failed(self.path, error))?;
        }
        self.writer = Some(writer);
        Ok(())
    }

    fn finish(&mut self) -> Result<(u64, SchemaRef), AgentsError> {
        // A result without rows is a frame too, so there is always one batch.
        if self.pending_rows > 0 || self.writer.is_none() {
            self.flush()?;
        }
        if let Some(writer) = self.writer.take() {
            close(self.path, writer)?;
        }
        Ok((self.rows, leveled_schema(&self.schema, &self.levels)))
    }
}

fn create(path: &Path, schema: &Schema) -> Result<FileWriter<BufWriter<File>>, AgentsError> {
    let file = File::create(path).map_err(|error| failed(path, error.into()))?;
    FileWriter::try_new(BufWriter::with_capacity(1 << 20, file), schema).map_err(|error| failed(path, error))
}

fn close(path: &Path, mut writer: FileWriter<BufWriter<File>>) -> Result<(), AgentsError> {
    writer.finish().map_err(|error| failed(path, error))?;
    writer.get_mut().flush().map_err(|error| failed(path, error.into()))
}

/// Texts without the bytes that their short values left behind.
fn compacted(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let columns = batch.columns().iter().map(|column| -> ArrayRef {
        match column.data_type() {
            DataType::Utf8View => Arc::new(column.as_string_view().gc()),
            DataType::BinaryView => Arc::new(column.as_binary_view().gc()),
            _ => Arc::clone(column),
        }
    });
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(batch.schema(), columns.collect(), &options)
}

fn failed(path: &Path, error: ArrowError) -> AgentsError {
    let path = PathBuf::from(path);
    match error {
        ArrowError::IoError(_, io) if matches!(io.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => {
            AgentsError::DiskFull { path }
        }
        ArrowError::IoError(_, io) => AgentsError::Write { path, reason: io.to_string() },
        other => AgentsError::Write { path, reason: other.to_string() },
    }
}

fn internal(error: &ArrowError) -> AgentsError {
    AgentsError::Internal { what: error.to_string() }
}
