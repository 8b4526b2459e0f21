//! Short ways to run SQL and to read its rows, with an ear for the wish to stop.

use std::collections::BTreeMap;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::cast;
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::DataType;
use arrow_select::concat::concat_batches;
use synthbook_synth::Progress;

use crate::AgentsError;
use crate::warehouse::names::literal;
use crate::warehouse::{Cancel, Dialect, Guard, Request, Scalar, Sql, Warehouse, check};

/// How often the wish to stop is looked at.
const PERIOD: Duration = Duration::from_millis(20);

/// A warehouse that is asked in the project's own words, stopped when the work is asked to stop.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub(crate) warehouse: &'a dyn Warehouse,
    pub(crate) progress: &'a Progress,
    /// Whether only reading statements are asked, which also a warehouse that can't be written answers.
    reads: bool,
}

impl<'a> Desk<'a> {
    /// Asks anything.
    pub(crate) fn new(warehouse: &'a dyn Warehouse, progress: &'a Progress) -> Self {
        Self { warehouse, progress, reads: false }
    }

    /// Asks only to read.
    pub(crate) fn reading(warehouse: &'a dyn Warehouse, progress: &'a Progress) -> Self {
        Self { warehouse, progress, reads: true }
    }

    fn guard(&self) -> Guard {
        if self.reads { Guard::read(self.warehouse.dialect()) } else { Guard::write() }
    }

    /// Runs a script and gathers the rows of its last statement.
    pub(crate) fn run(&self, script: &str) -> Result<Rows, AgentsError> {
        self.run_with(script, BTreeMap::new())
    }

    /// Runs a script with values for its parameters.
    pub(crate) fn run_with(&self, script: &str, parameters: BTreeMap<String, Scalar>) -> Result<Rows, AgentsError> {
        if self.progress.cancelled() {
            return Err(AgentsError::Cancelled);
        }
        let sql = check(Sql::new(script), &self.guard())?;
        let cancel = Cancel::new();
        let request = Request { parameters, cancel: cancel.clone(), ..Request::default() };
        self.watched(&cancel, || {
            let mut batches = self.warehouse.query(&sql, &request)?;
            let parts = batches.by_ref().collect::<Result<Vec<RecordBatch>, _>>()?;
            Rows::of(&concat_batches(&batches.schema(), &parts).map_err(|error| internal(&error))?)
        })
    }

    /// Runs a script whatever the wish to stop: what is done after a failure.
    pub(crate) fn anyway(&self, script: &str, parameters: BTreeMap<String, Scalar>) -> Result<(), AgentsError> {
        let sql = check(Sql::new(script), &self.guard())?;
        let request = Request { parameters, ..Request::default() };
        self.warehouse.query(&sql, &request)?.try_for_each(|batch| batch.map(drop))
    }

    fn watched<T>(&self, cancel: &Cancel, work: impl FnOnce() -> T) -> T {
        std::thread::scope(|scope| {
            let (stop, stopped) = channel::<()>();
            scope.spawn(move || {
                while stopped.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
                    if self.progress.cancelled() {
                        cancel.cancel();
                    }
                }
            });
            let done = work();
            drop(stop);
            done
        })
    }
}

/// The rows of a result, in memory.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    columns: Vec<ArrayRef>,
    rows: usize,
}

impl Rows {
    fn of(batch: &RecordBatch) -> Result<Self, AgentsError> {
        // Readable types: a decimal without digits after the point is a whole number.
        let plain = |column: &ArrayRef| match column.data_type() {
            DataType::Utf8View | DataType::LargeUtf8 => cast(column, &DataType::Utf8),
            _ => Ok(ArrayRef::clone(column)),
        };
        let columns = batch.columns().iter().map(plain).collect::<Result<_, _>>().map_err(|error| internal(&error))?;
        Ok(Self { columns, rows: batch.num_rows() })
    }

    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// A cell as text; none where it is null or not there.
    pub(crate) fn text(&self, row: usize, column: usize) -> Option<String> {
        let array = self.columns.get(column).filter(|array| row < array.len() && array.is_valid(row))?;
        let formatter = ArrayFormatter::try_new(array.as_ref(), &FormatOptions::default()).ok()?;
        formatter.value(row).try_to_string().ok()
    }

    /// A cell as a whole number.
    pub(crate) fn whole(&self, row: usize, column: usize) -> Option<i64> {
        let array = self.columns.get(column).filter(|array| row < array.len() && array.is_valid(row))?;
        let one = cast(&array.slice(row, 1), &DataType::Int64).ok()?;
        one.is_valid(0).then(|| one.as_primitive::<Int64Type>().value(0))
    }

    /// A cell as a count.
    pub(crate) fn count(&self, row: usize, column: usize) -> u64 {
        self.whole(row, column).and_then(|count| u64::try_from(count).ok()).unwrap_or(0)
    }

    /// A whole column of whole numbers; nulls are left out.
    pub(crate) fn wholes(&self, column: usize) -> Result<Vec<i64>, AgentsError> {
        let Some(array) = self.columns.get(column) else { return Ok(Vec::new()) };
        let array = cast(array, &DataType::Int64).map_err(|error| internal(&error))?;
        Ok(array.as_primitive::<Int64Type>().iter().flatten().collect())
    }
}

fn internal(error: &arrow_schema::ArrowError) -> AgentsError {
    AgentsError::Internal { what: error.to_string() }
}

/// A text in single quotes; Snowflake takes a backslash in them for the beginning of an escape.
pub(crate) fn text_literal(dialect: Dialect, text: &str) -> String {
    match dialect {
        Dialect::Snowflake => literal(&text.replace('\\', "\\\\")),
        Dialect::DuckDb => literal(text),
    }
}
