//! The table function that reads frames: mapped columns into DuckDB's chunks, only those that are asked for.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};

use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, RecordBatchOptions};
use arrow_schema::{Field, Schema};
use duckdb::core::{DataChunkHandle, LogicalTypeHandle, LogicalTypeId};
use duckdb::vtab::{BindInfo, InitInfo, TableFunctionInfo, VTab, record_batch_to_duckdb_data_chunk};
use synthbook_mapped::IpcFile;

use super::import::{Import, imports};
use super::lock;
use crate::AgentsError;
use crate::warehouse::FrameSource;

/// The function's name in SQL: `synthbook_frame(session, name)`.
pub(super) const SCAN: &str = "synthbook_frame";

/// How many rows a chunk of DuckDB holds.
const VECTOR: usize = 2048;

/// DuckDB's functions get no pointer that safe code could use, so they find their frames by a number.
static TABLES: Mutex<BTreeMap<i64, Weak<FrameTable>>> = Mutex::new(BTreeMap::new());
static NEXT: AtomicI64 = AtomicI64::new(1);

/// The frames that one database reads, each opened once a generation.
pub(super) struct FrameTable {
    id: i64,
    source: Mutex<Option<Arc<dyn FrameSource>>>,
    open: Mutex<BTreeMap<String, (PathBuf, Arc<IpcFile>)>>,
    /// Errors that went through DuckDB as text, to be found again by it.
    faults: Mutex<Vec<AgentsError>>,
}

impl FrameTable {
    /// A new table that [`FrameScan`] finds while it lives.
    pub(super) fn register() -> Arc<Self> {
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let table = Arc::new(Self { id, source: Mutex::default(), open: Mutex::default(), faults: Mutex::default() });
        lock(&TABLES).insert(id, Arc::downgrade(&table));
        table
    }

    pub(super) fn id(&self) -> i64 {
        self.id
    }

    pub(super) fn set_source(&self, source: Arc<dyn FrameSource>) {
        *lock(&self.source) = Some(source);
    }

    /// Names and files of all frames, by name.
    pub(super) fn list(&self) -> BTreeMap<String, PathBuf> {
        let source = lock(&self.source).clone();
        let Some(source) = source else { return BTreeMap::new() };
        source.names().into_iter().filter_map(|name| source.path(&name).map(|path| (name, path))).collect()
    }

    /// The file of a frame, mapped.
    pub(super) fn open(&self, name: &str) -> Result<Arc<IpcFile>, AgentsError> {
        let path = lock(&self.source).clone().and_then(|source| source.path(name));
        let Some(path) = path else {
            let names: Vec<String> = self.list().into_keys().take(20).collect();
            let help = (!names.is_empty()).then(|| format!("There are: {}", names.join(", ")));
            return Err(AgentsError::FrameUnknown { name: name.to_owned(), help });
        };
        if let Some((known, file)) = lock(&self.open).get(name)
            && *known == path
        {
            return Ok(Arc::clone(file));
        }
        let file =
            IpcFile::open(&path).map_err(|source| AgentsError::FrameUnreadable { name: name.to_owned(), source })?;
        let file = Arc::new(file);
        lock(&self.open).insert(name.to_owned(), (path, Arc::clone(&file)));
        Ok(file)
    }

    /// Lets go of files that hold no frame any more.
    pub(super) fn release(&self) {
        let now = self.list();
        lock(&self.open).retain(|name, (path, _)| now.get(name) == Some(path));
    }

    /// Remembers an error and gives the text that stands for it on its way through DuckDB.
    fn through(&self, error: AgentsError) -> Box<dyn Error> {
        let text = error.to_string();
        lock(&self.faults).push(error);
        text.into()
    }

    /// The error whose text DuckDB's message carries, if it is one of ours.
    pub(super) fn returned(&self, message: &str) -> Option<AgentsError> {
        let mut faults = lock(&self.faults);
        let found = faults.iter().rposition(|fault| message.contains(&fault.to_string()));
        let error = found.map(|position| faults.remove(position));
        if faults.len() > 64 {
            faults.clear();
        }
        error
    }
}

impl Drop for FrameTable {
    fn drop(&mut self) {
        lock(&TABLES).remove(&self.id);
    }
}

/// The table function.
pub(super) struct FrameScan;

/// What one use of the function in a query reads.
pub(super) struct Bound {
    table: Arc<FrameTable>,
    name: String,
    file: Arc<IpcFile>,
    imports: Vec<Import>,
    /// The number of chunks before each batch, and their total at the end.
    chunks: Vec<usize>,
    /// The number of rows before each batch.
    rows: Vec<usize>,
}

/// The state of one scan, shared by DuckDB's threads.
pub(super) struct Scan {
    columns: Vec<usize>,
    next: AtomicUsize,
}

impl VTab for FrameScan {
    type InitData = Scan;
    type BindData = Bound;

    fn bind(bind: &BindInfo) -> Result<Bound, Box<dyn Error>> {
        let session = bind.get_parameter(0).to_int64();
        let name = bind.get_parameter(1);
        if name.is_null() {
            return Err("The frame's name is NULL".into());
        }
        let name = name.to_string();
        let table = lock(&TABLES).get(&session).and_then(Weak::upgrade).ok_or("The session of the frame has ended")?;
        let bound = Bound::new(Arc::clone(&table), &name).map_err(|error| table.through(error))?;
        for import in &bound.imports {
            bind.add_result_column(&import.name, import.logical_type()?);
        }
        bind.set_cardinality(bound.file.rows() as u64, true);
        Ok(bound)
    }

    fn init(init: &InitInfo) -> Result<Scan, Box<dyn Error>> {
        init.set_max_threads(std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64));
        let columns = init.get_column_indices().into_iter().map(|index| index as usize).collect();
        Ok(Scan { columns, next: AtomicUsize::new(0) })
    }

    fn func(function: &TableFunctionInfo<Self>, output: &mut DataChunkHandle) -> Result<(), Box<dyn Error>> {
        let (bound, scan) = (function.get_bind_data(), function.get_init_data());
        let chunk = scan.next.fetch_add(1, Ordering::Relaxed);
        if chunk >= bound.total() {
            output.set_len(0);
            return Ok(());
        }
        let batch = bound.chunk(chunk, &scan.columns).map_err(|error| bound.table.through(error))?;
        record_batch_to_duckdb_data_chunk(&batch, output)?;
        restore_nulls(&batch, output);
        Ok(())
    }

    fn supports_pushdown() -> bool {
        true
    }

    fn parameters() -> Option<Vec<LogicalTypeHandle>> {
        Some(vec![LogicalTypeHandle::from(LogicalTypeId::Bigint), LogicalTypeHandle::from(LogicalTypeId::Varchar)])
    }
}

impl Bound {
    fn new(table: Arc<FrameTable>, name: &str) -> Result<Self, AgentsError> {
        let file = table.open(name)?;
        let imports = imports(&file.schema()).map_err(|what| AgentsError::FrameType { name: name.to_owned(), what })?;
        let (mut chunks, mut rows) = (vec![0], vec![0]);
        let (mut chunk, mut row) = (0, 0);
        for length in file.batch_rows() {
            chunk += length.div_ceil(VECTOR);
            row += length;
            chunks.push(chunk);
            rows.push(row);
        }
        Ok(Self { table, name: name.to_owned(), file, imports, chunks, rows })
    }

    fn total(&self) -> usize {
        self.chunks.last().copied().unwrap_or(0)
    }

    /// The rows of one chunk, in types that the writer of chunks knows.
    fn chunk(&self, chunk: usize, columns: &[usize]) -> Result<RecordBatch, AgentsError> {
        let batch = self.chunks.partition_point(|before| *before <= chunk) - 1;
        let offset = (chunk - self.chunks[batch]) * VECTOR;
        let length = (self.rows[batch + 1] - self.rows[batch] - offset).min(VECTOR);
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(columns.len());
        for column in columns {
            let Some(import) = self.imports.get(*column) else {
                // A query that needs no column, such as a count, may ask for the row's number instead.
                let number = (self.rows[batch] + offset) as i64;
                arrays.push(Arc::new(Int64Array::from_iter_values(number..number + length as i64)));
                continue;
            };
            let whole = self.file.column(*column).map_err(|source| self.unreadable(source))?;
            let part = whole[batch].slice(offset, length);
            arrays.push(import.convert(&part).map_err(|what| self.impossible(what))?);
        }
        let fields: Vec<Field> = arrays.iter().map(|array| Field::new("", array.data_type().clone(), true)).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(length));
        RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
            .map_err(|error| self.impossible(error.to_string()))
    }

    fn unreadable(&self, source: synthbook_mapped::MapError) -> AgentsError {
        AgentsError::FrameUnreadable { name: self.name.clone(), source }
    }

    fn impossible(&self, what: String) -> AgentsError {
        AgentsError::FrameType { name: self.name.clone(), what }
    }
}

/// The writer of chunks forgets the nulls of intervals.
fn restore_nulls(batch: &RecordBatch, output: &mut DataChunkHandle) {
    for (index, array) in batch.columns().iter().enumerate() {
        if let (arrow_schema::DataType::Interval(_), Some(nulls)) = (array.data_type(), array.nulls()) {
            let mut vector = output.flat_vector(index);
            (0..array.len()).filter(|row| nulls.is_null(*row)).for_each(|row| vector.set_null(row));
        }
    }
}
