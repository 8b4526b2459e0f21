//! The DuckDB that lives in the process: the session's own database.

mod catalog;
mod connect;
mod export;
mod fault;
mod import;
mod run;
mod scan;
mod views;
mod watch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use duckdb::Connection;

use crate::AgentsError;
use crate::warehouse::{Batches, Cancel, Checked, Column, Dialect, FrameSource, Request, Sql, Table, Warehouse};
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
}

impl Default for Settings {
    /// 60 % of the machine's memory, all cores, a folder of this process in the system's temporary folder.
    fn default() -> Self {
        Self {
            memory: connect::machine_memory().map(|bytes| bytes / 10 * 6),
            threads: None,
            spill: std::env::temp_dir().join(format!("synthbook-duckdb-{}", std::process::id())),
        }
    }
}

/// The embedded DuckDB: in memory or a file, with the session's frames as tables.
///
/// Everything may be done in it (policy *write*), reading and writing files included. A frame is a table by its name,
/// also `frames.name`, and `frame('name')`; a table or view of the user's wins over a frame of the same name. Nothing
/// is downloaded unless the user types `INSTALL`.
///
/// Queries run on the session's connection, which keeps temporary tables, settings and transactions from cell to cell.
/// One that comes while another runs gets a connection of its own, and a note that says so.
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

/// What the queries of one database share.
struct Shared {
    /// The session's connection. Held while a query runs.
    main: Mutex<Connection>,
    /// Whether a query runs on it.
    busy: AtomicBool,
    /// A connection for the catalogue and for making others; never held for long.
    spare: Mutex<Connection>,
    frames: Arc<FrameTable>,
    views: Mutex<Views>,
    running: Mutex<BTreeMap<u64, Cancel>>,
    next: AtomicU64,
}

impl DuckDb {
    /// A database in memory with default settings.
    ///
    /// # Errors
    /// [`AgentsError::DatabaseOpen`].
    pub fn in_memory() -> Result<Self, AgentsError> {
        Self::with_settings(None, &Settings::default())
    }

    /// A database file with default settings; it is made when there is none.
    ///
    /// # Errors
    /// [`AgentsError::DatabaseOpen`]: another process holds it, it is no DuckDB file, or the folder can't be written.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, AgentsError> {
        Self::with_settings(Some(path.as_ref()), &Settings::default())
    }

    /// A database file, or one in memory, with settings.
    ///
    /// # Errors
    /// [`AgentsError::DatabaseOpen`].
    pub fn with_settings(path: Option<&Path>, settings: &Settings) -> Result<Self, AgentsError> {
        let frames = FrameTable::register();
        let (main, spare, catalog) = connect::open(path, settings, &frames)?;
        let shared = Shared {
            main: Mutex::new(main),
            busy: AtomicBool::new(false),
            spare: Mutex::new(spare),
            views: Mutex::new(Views::new(catalog)),
            frames,
            running: Mutex::default(),
            next: AtomicU64::new(0),
        };
        Ok(Self { shared: Arc::new(shared) })
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
        formatter.debug_struct("DuckDb").finish_non_exhaustive()
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

    fn query(&self, sql: &Checked<Sql>, request: &Request) -> Result<Batches, AgentsError> {
        let own = Cancel::new();
        let id = self.shared.next.fetch_add(1, Ordering::Relaxed);
        lock(&self.shared.running).insert(id, own.clone());
        let (sender, receiver) = sync_channel(QUEUE);
        let (shared, script, request, cancel) =
            (Arc::clone(&self.shared), sql.inner().text().to_owned(), request.clone(), own.clone());
        let started = std::thread::Builder::new().name("duckdb-query".to_owned()).spawn(move || {
            let outcome = run::run(&shared, &script, &request, &cancel, &sender);
            lock(&shared.running).remove(&id);
            if let Err(error) = outcome {
                // The reader may have gone: then nobody wants to know.
                let _ = sender.send(Err(error));
            }
        });
        match started {
            Ok(thread) => Batches::wait(receiver, thread, own),
            Err(error) => {
                lock(&self.shared.running).remove(&id);
                Err(AgentsError::Internal { what: format!("no thread for the query: {error}") })
            }
        }
    }

    fn cancel(&self) {
        lock(&self.shared.running).values().for_each(Cancel::cancel);
    }
}

/// Locks, also after a panic of another holder: what is behind these locks is whole between statements.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
