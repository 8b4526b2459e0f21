//! The DuckDB that lives in the process: the session's own database.

mod append;
mod catalog;
mod connect;
mod export;
mod fault;
mod import;
mod instance;
mod pool;
mod reading;
mod run;
mod scan;
mod views;
mod watch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use arrow_array::RecordBatch;
use duckdb::Connection;

use crate::AgentsError;
use crate::warehouse::{
    Batches, Cancel, Catalog, Checked, Column, Dialect, FrameSource, Load, Request, Sql, Table, Warehouse,
};
use connect::Home;
use instance::{Instance, Lease};
use pool::Pool;
use run::Job;
use scan::FrameTable;
use views::Views;

/// How many batches wait between the query and its reader.
const QUEUE: usize = 4;

/// What DuckDB may use of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The most memory, in bytes; none leaves DuckDB's own limit (80 % of what it sees).
    pub memory: Option<u64>,
    /// How many threads; none takes one a core.
    pub threads: Option<usize>,
    /// Where intermediate results go that don't fit into memory. Made when needed.
    pub spill: PathBuf,
    /// How many queries may run at once on a handle beside the session's own; who comes later waits.
    pub connections: usize,
}

/// What a database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// For anything; a file that is not there is made.
    Write,
    /// For reading by a person: nothing can be changed in the file, other files can be read.
    Read,
    /// For reading by an agent: DuckDB itself refuses other files, the network and changes of settings.
    Agent,
}

impl Default for Settings {
    /// 60 % of the machine's memory, all cores, a folder of this process in the system's temporary folder, 8 connections.
    fn default() -> Self {
        Self {
            memory: connect::machine_memory().map(|bytes| bytes / 10 * 6),
            threads: None,
            spill: std::env::temp_dir().join(format!("synthbook-duckdb-{}", std::process::id())),
            connections: 8,
        }
    }
}

/// The embedded DuckDB: in memory or a file, with the session's frames as tables.
///
/// A frame is a table by its name, also `frames.name`, and `frame('name')`; a table or view of the user's wins over a
/// frame of the same name. Nothing is downloaded unless the user types `INSTALL`.
///
/// Under the policy *write*, which needs [`Access::Write`], everything may be done, reading and writing files included.
/// Such queries run on the session's connection, which keeps temporary tables, settings and transactions from cell to
/// cell. One that comes while another runs gets a connection of its own, and a note that says so.
///
/// Under *read* and *agent* a query runs on a connection of the pool, in a transaction that DuckDB refuses to write in.
/// It does not see the session's temporary tables and what its open transaction has done.
///
/// All handles of a file in one process share one DuckDB. A file that is open for writing can be read through other
/// handles; one that is open for reading can't be opened for writing until those are closed.
///
/// Types of a result that polars does not have become others: `HUGEINT` a `Decimal(38, 0)` (an `Int64` in a
/// [`Preview`](crate::warehouse::Preview) or a frame whose values all fit), `INTERVAL` a duration that counts a month
/// as 30 days, `ENUM` a categorical, `MAP` a list of structs, `ARRAY` a list, `UNION` and `BIT` text, `UUID` text,
/// `TIMESTAMP_S` milliseconds.
///
/// Frames' types that DuckDB does not have: a duration becomes an `INTERVAL` (inside lists and structs a `BIGINT` of
/// microseconds), a categorical `VARCHAR`, a time microseconds, a null column `INTEGER`, a zoned timestamp
/// microseconds in UTC.
#[derive(Clone)]
pub struct DuckDb {
    shared: Arc<Shared>,
}

/// What the queries of one handle share. Dropped in this order: the file's lock goes last.
struct Shared {
    access: Access,
    /// The session's connection. Held while a query runs.
    main: Mutex<Connection>,
    /// Whether a query runs on it.
    busy: AtomicBool,
    /// A connection for the catalogue; never held for long.
    spare: Mutex<Connection>,
    /// Connections for queries that only read.
    readers: Pool,
    /// Connections for queries that come while the session's is busy.
    writers: Pool,
    frames: Arc<FrameTable>,
    views: Mutex<Views>,
    home: Home,
    running: Mutex<BTreeMap<u64, Cancel>>,
    next: AtomicU64,
    instance: Arc<Instance>,
    #[expect(dead_code, reason = "held until everything else is closed")]
    lease: Option<Lease>,
}

impl Shared {
    /// Another connection, where names are looked up as on the first.
    fn connection(&self) -> Result<Connection, duckdb::Error> {
        let connection = self.instance.connection()?;
        self.home.prepare(&connection)?;
        Ok(connection)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        connect::leave(&lock(&self.spare), self.home.catalog());
    }
}

impl DuckDb {
    /// A database in memory with default settings.
    ///
    /// # Errors
    /// [`AgentsError::DatabaseOpen`].
    pub fn in_memory() -> Result<Self, AgentsError> {
        Self::with_settings(None, Access::Write, &Settings::default())
    }

    /// A database file for writing, with default settings; it is made when there is none.
    ///
    /// # Errors
    /// As [`DuckDb::with_settings`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, AgentsError> {
        Self::with_settings(Some(path.as_ref()), Access::Write, &Settings::default())
    }

    /// A database file for reading, with default settings.
    ///
    /// # Errors
    /// As [`DuckDb::with_settings`].
    pub fn open_for(path: impl AsRef<Path>, access: Access) -> Result<Self, AgentsError> {
        Self::with_settings(Some(path.as_ref()), access, &Settings::default())
    }

    /// A database file, or one in memory, with settings. One in memory is always for writing. A file that is open in
    /// this process already keeps the settings that it was opened with first.
    ///
    /// # Errors
    /// [`AgentsError::DatabaseMissing`], [`AgentsError::DatabaseInvalid`], [`AgentsError::DatabaseVersion`],
    /// [`AgentsError::DatabaseLocked`] by another process, [`AgentsError::DatabaseInUse`] by this one, and
    /// [`AgentsError::DatabaseOpen`] for anything else, such as a folder that can't be written.
    pub fn with_settings(path: Option<&Path>, access: Access, settings: &Settings) -> Result<Self, AgentsError> {
        let access = if path.is_some() { access } else { Access::Write };
        let (instance, lease) = instance::open(path, access, settings)?;
        let failed = |error: duckdb::Error| fault::explain(&fault::text(&error), None);
        let frames = FrameTable::register();
        let main = instance.connection().map_err(failed)?;
        let home = Home::new(&instance, &main, &frames)?;
        home.prepare(&main).map_err(failed)?;
        let spare = instance.connection().map_err(failed)?;
        home.prepare(&spare).map_err(failed)?;
        let shared = Shared {
            access,
            main: Mutex::new(main),
            busy: AtomicBool::new(false),
            spare: Mutex::new(spare),
            readers: Pool::new(settings.connections),
            writers: Pool::new(settings.connections),
            views: Mutex::new(Views::new(home.catalog().to_owned())),
            frames,
            home,
            running: Mutex::default(),
            next: AtomicU64::new(0),
            instance,
            lease,
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// What it was opened for.
    #[must_use]
    pub fn access(&self) -> Access {
        self.shared.access
    }

    /// Notes that something runs which [`Warehouse::cancel`] stops.
    fn running(&self, cancel: &Cancel) -> u64 {
        let id = self.shared.next.fetch_add(1, Ordering::Relaxed);
        lock(&self.shared.running).insert(id, cancel.clone());
        id
    }

    /// Makes the frames of `source` tables; replaces an earlier source.
    pub fn set_frames(&self, source: Arc<dyn FrameSource>) {
        self.shared.frames.set_source(source);
    }

    /// Lets go of the files of frames that were dropped or replaced, whose memory they hold. Every query does so too;
    /// to be called when a large frame goes and no query may follow.
    pub fn release_frames(&self) {
        self.shared.frames.release();
    }
}

impl std::fmt::Debug for DuckDb {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("DuckDb").field("access", &self.shared.access).finish_non_exhaustive()
    }
}

impl Warehouse for DuckDb {
    fn name(&self) -> &'static str {
        "duckdb"
    }

    fn dialect(&self) -> Dialect {
        Dialect::DuckDb
    }

    fn tables(&self) -> Result<Vec<Table>, AgentsError> {
        catalog::tables(&self.shared)
    }

    fn columns(&self, table: &str) -> Result<Vec<Column>, AgentsError> {
        catalog::columns(&self.shared, table)
    }

    fn catalog(&self) -> Result<Catalog, AgentsError> {
        catalog::catalog(&self.shared)
    }

    fn query(&self, sql: &Checked<Sql>, request: &Request) -> Result<Batches, AgentsError> {
        if sql.dialect().is_some_and(|dialect| dialect != Dialect::DuckDb) {
            return Err(AgentsError::Internal { what: "SQL that was checked in another dialect".to_owned() });
        }
        let own = Cancel::new();
        let id = self.running(&own);
        let (sender, receiver) = sync_channel(QUEUE);
        let job = Job {
            script: sql.inner().text().to_owned(),
            policy: sql.policy(),
            request: request.clone(),
            cancel: own.clone(),
            started: Instant::now(),
        };
        let shared = Arc::clone(&self.shared);
        let started = std::thread::Builder::new().name("duckdb-query".to_owned()).spawn(move || {
            let outcome = run::run(&shared, &job, &sender);
            lock(&shared.running).remove(&id);
            if let Err(error) = outcome {
                // The reader may have gone: then nobody wants to know.
                let _ = sender.send(Err(error));
            }
        });
        match started {
            Ok(thread) => Batches::wait(receiver, thread, own, request),
            Err(error) => {
                lock(&self.shared.running).remove(&id);
                Err(AgentsError::Internal { what: format!("no thread for the query: {error}") })
            }
        }
    }

    fn load(
        &self,
        table: &str,
        rows: &mut dyn Iterator<Item = Result<RecordBatch, AgentsError>>,
        mode: Load,
    ) -> Result<u64, AgentsError> {
        if self.shared.access != Access::Write {
            return Err(AgentsError::ReadOnly { what: format!("rows for {table}") });
        }
        let own = Cancel::new();
        let id = self.running(&own);
        let outcome = append::load(&self.shared, table, rows, mode, &own);
        lock(&self.shared.running).remove(&id);
        outcome
    }

    fn cancel(&self) {
        lock(&self.shared.running).values().for_each(Cancel::cancel);
    }
}

/// Locks, also after a panic of another holder: what is behind these locks is whole between statements.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
