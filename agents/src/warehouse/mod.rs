//! Where SQL is answered: one trait, a stream of Arrow batches, and the embedded DuckDB.

mod batches;
mod checked;
mod embedded;
mod frames;
mod names;
mod request;
mod script;
mod write;

pub use batches::{Batches, Change};
pub use checked::{Checked, Policy, Sql, check};
pub use embedded::{DuckDb, Settings};
pub use frames::FrameSource;
pub use request::{Cancel, Request, Scalar};
pub use write::{Preview, Written, preview, query_to_ipc};

use crate::AgentsError;

/// A dialect of SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// DuckDB's, close to PostgreSQL's.
    DuckDb,
    /// Snowflake's.
    Snowflake,
}

/// What a table of a warehouse is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableKind {
    /// A frame of the session.
    Frame,
    /// A stored table.
    Table,
    /// A stored query.
    View,
}

/// A table that a query may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name as it is spelt, without quotes.
    pub name: String,
    /// What to type in SQL: quoted where it must be, with its schema where that is not on the search path.
    pub sql: String,
    /// What it is.
    pub kind: TableKind,
    /// How many rows it has, when that is known without counting.
    pub rows: Option<u64>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name as it is spelt, without quotes.
    pub name: String,
    /// What to type in SQL.
    pub sql: String,
    /// Its type in the warehouse's dialect.
    pub data_type: String,
}

/// A place that answers SQL. Object-safe; every method may be called from any thread.
///
/// ```
/// use synthbook_agents::warehouse::{DuckDb, Policy, Request, Sql, Warehouse, check, preview};
/// let warehouse: Box<dyn Warehouse> = Box::new(DuckDb::in_memory()?);
/// let sql = check(Sql::new("SELECT 6 * 7 AS answer"), Policy::Write)?;
/// let shown = preview(warehouse.as_ref(), &sql, &Request::default(), 10)?;
/// assert_eq!(shown.total, Some(1));
/// # Ok::<(), synthbook_agents::AgentsError>(())
/// ```
pub trait Warehouse: Send + Sync {
    /// The product's name, in lower case.
    fn name(&self) -> &'static str;

    /// The dialect it speaks.
    fn dialect(&self) -> Dialect;

    /// Every table that a query may name.
    ///
    /// # Errors
    /// When the catalogue can't be read.
    fn tables(&self) -> Result<Vec<Table>, AgentsError>;

    /// The columns of a table, by its name as it is spelt (any case); none when there is no such table.
    ///
    /// # Errors
    /// When the catalogue can't be read.
    fn columns(&self, table: &str) -> Result<Vec<Column>, AgentsError>;

    /// Runs a script; the last statement's rows are the result, read as they are made.
    ///
    /// Returns when the last statement has started to give rows. Dropping the stream stops the query.
    ///
    /// # Errors
    /// What the warehouse says; errors that come while rows are made are in the stream.
    fn query(&self, sql: &Checked<Sql>, request: &Request) -> Result<Batches, AgentsError>;

    /// Stops every query that runs now; from any thread.
    fn cancel(&self);
}
