//! Snowflake: queries over its own protocol through `snowflake-api`, results streamed as Arrow.
//!
//! **Invariant:** no statement of this module moves a file between this machine and a stage, and no secret stands in an
//! error, a log or anything printable.

mod bind;
mod catalog;
mod decode;
mod error;
mod literals;
mod load;
mod names;
mod run;
mod script;
mod settings;
mod transport;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arrow_array::RecordBatch;
use tokio::runtime::Runtime;

use crate::AgentsError;
use crate::warehouse::{
    Batches, Cancel, Catalog, Checked, Column, Dialect, Load, OpenOptions, Policy, Request, Sql, Table, Warehouse,
};
use transport::{Transport, Watch};

pub use error::SnowflakeError;
pub use settings::{Credentials, SnowflakeSettings};

/// Opens `snowflake://…`.
///
/// # Errors
/// [`SnowflakeError::Url`], [`SnowflakeError::Credentials`].
pub(super) fn open(url: &str, options: &OpenOptions) -> Result<Arc<dyn Warehouse>, AgentsError> {
    Ok(Arc::new(Snowflake::connect(url, options.environment.as_ref(), options.write)?))
}

/// How many batches wait between the query and its reader.
const QUEUE: usize = 4;
/// How often a session that is to be kept open is heard of; Snowflake ends one after four hours of silence.
const HEARTBEAT: Duration = Duration::from_hours(1);

/// A session of a user with Snowflake.
///
/// It logs in with the first query, and again when the session has ended. Statements run one after another as they are
/// asked, in one session: what `USE`, `SET` and temporary tables do stays. Results come in Snowflake's own parts, of
/// which four at most are held or on their way, whatever the result's size; every part's rows are counted, and one that
/// is missing is an error.
///
/// Types of a result: a `NUMBER` with digits after the point is a decimal, one without an `Int64` when it has 18 digits
/// at most and else a `Decimal(38, 0)` that becomes an `Int64` in a frame whose values all fit; `FLOAT` a `Float64`;
/// `DATE`, `TIME`, `BINARY` and `BOOLEAN` their likes; `TIMESTAMP_NTZ` microseconds without zone, `TIMESTAMP_LTZ` and
/// `TIMESTAMP_TZ` microseconds in UTC (finer digits are cut off, which keeps the years 1 to 9999); `VARIANT`, `OBJECT`,
/// `ARRAY`, `MAP`, `VECTOR`, `GEOGRAPHY` and what may come text, in JSON where they are nested.
#[derive(Clone)]
pub struct Snowflake {
    shared: Arc<Shared>,
}

/// What the queries of one session share.
struct Shared {
    transport: Arc<Transport>,
    /// There until the session is dropped.
    runtime: Option<Runtime>,
    write: bool,
    /// Where names are looked up.
    place: Mutex<Place>,
    /// Whether the user has begun a transaction, which ends with the session.
    transaction: AtomicBool,
    running: Mutex<BTreeMap<u64, Cancel>>,
    next: AtomicU64,
}

/// A database and a schema.
#[derive(Debug, Clone, Default)]
struct Place {
    database: Option<String>,
    schema: Option<String>,
}

impl Snowflake {
    /// Prepares a connection; nothing is sent yet. Secrets come from `environment`, by name. Without `write` only
    /// checked reading statements run, and nothing is loaded.
    ///
    /// # Errors
    /// [`SnowflakeError::Url`], [`SnowflakeError::Credentials`].
    ///
    /// ```
    /// use synthbook_agents::warehouse::{Snowflake, Warehouse};
    /// let environment = |name: &str| (name == "SNOWFLAKE_TOKEN").then(|| "a programmatic access token".to_owned());
    /// let warehouse = Snowflake::connect("snowflake://anna@org-account/sales/public?warehouse=small", &environment, false)?;
    /// assert_eq!(warehouse.name(), "snowflake");
    /// # Ok::<(), synthbook_agents::AgentsError>(())
    /// ```
    pub fn connect(url: &str, environment: &dyn Fn(&str) -> Option<String>, write: bool) -> Result<Self, AgentsError> {
        let settings = SnowflakeSettings::from_url(url)?;
        let (user, credentials) = settings.credentials(environment)?;
        Self::with_settings(settings, user, credentials, write)
    }

    /// Prepares a connection of `user`; nothing is sent yet.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn with_settings(
        settings: SnowflakeSettings,
        user: String,
        credentials: Credentials,
        write: bool,
    ) -> Result<Self, AgentsError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("snowflake")
            .enable_all()
            .build()
            .map_err(|error| AgentsError::Internal { what: format!("no threads for Snowflake: {error}") })?;
        let keep_alive = settings.keep_alive;
        let transport = Arc::new(Transport::new(settings, user, credentials)?);
        if keep_alive {
            let transport = Arc::downgrade(&transport);
            runtime.spawn(async move {
                loop {
                    tokio::time::sleep(HEARTBEAT).await;
                    let Some(transport) = transport.upgrade() else { return };
                    let heard = transport.heartbeat().await;
                    tracing::debug!(heard, "kept a session open");
                }
            });
        }
        let shared = Shared {
            transport,
            runtime: Some(runtime),
            write,
            place: Mutex::default(),
            transaction: AtomicBool::new(false),
            running: Mutex::default(),
            next: AtomicU64::new(0),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// What should be told of the connection: that it uses a password, for one.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.shared.transport.uses_password() {
            notes.push(
                "The login is a password, which Snowflake takes from ever fewer users: a key pair or a programmatic \
                 access token is safer"
                    .to_owned(),
            );
        }
        notes
    }

    /// Whether the policy of a statement may run here.
    fn admits(&self, sql: &Checked<Sql>) -> Result<(), AgentsError> {
        if sql.policy() == Policy::Write && !self.shared.write {
            return Err(AgentsError::ReadOnly { what: "an unchecked statement".to_owned() });
        }
        if sql.dialect().is_some_and(|dialect| dialect != Dialect::Snowflake) {
            return Err(AgentsError::Internal { what: "the statement was checked for another warehouse".to_owned() });
        }
        Ok(())
    }
}

impl std::fmt::Debug for Snowflake {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let settings = self.shared.transport.settings();
        formatter.debug_struct("Snowflake").field("endpoint", &settings.endpoint()).finish_non_exhaustive()
    }
}

impl Warehouse for Snowflake {
    fn name(&self) -> &'static str {
        "snowflake"
    }

    fn dialect(&self) -> Dialect {
        Dialect::Snowflake
    }

    fn tables(&self) -> Result<Vec<Table>, AgentsError> {
        let tables = catalog::catalog(&self.shared)?.tables;
        Ok(tables
            .into_iter()
            .map(|table| Table { name: table.name, sql: table.sql, kind: table.kind, rows: table.rows })
            .collect())
    }

    fn columns(&self, table: &str) -> Result<Vec<Column>, AgentsError> {
        let database = catalog::database(&self.shared)?;
        let found = catalog::columns_of(&self.shared, &database, Some(table))?;
        // The session's own schema first.
        let current = lock(&self.shared.place).schema.clone();
        let here = found.iter().find(|((schema, _), _)| Some(schema) == current.as_ref());
        let columns = here.or_else(|| found.iter().next()).map(|(_, columns)| columns.clone()).unwrap_or_default();
        Ok(columns
            .into_iter()
            .map(|column| Column { name: column.name, sql: column.sql, data_type: column.data_type })
            .collect())
    }

    fn catalog(&self) -> Result<Catalog, AgentsError> {
        catalog::catalog(&self.shared)
    }

    fn query(&self, sql: &Checked<Sql>, request: &Request) -> Result<Batches, AgentsError> {
        self.admits(sql)?;
        let own = Cancel::new();
        let id = self.shared.begin(&own);
        let (sender, receiver) = sync_channel(QUEUE);
        let (shared, script, cancel) = (Arc::clone(&self.shared), sql.inner().text().to_owned(), own.clone());
        let mut asked = request.clone();
        if sql.policy() == Policy::Agent && asked.tag.is_none() {
            asked.tag = Some("synthbook agent".to_owned());
        }
        let started = std::thread::Builder::new().name("snowflake-query".to_owned()).spawn(move || {
            // A panic would look like the end of the rows.
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                shared.runtime()?.block_on(run::run(&shared, &script, &asked, &cancel, &sender))
            }));
            shared.end(id);
            let outcome =
                outcome.unwrap_or_else(|_| Err(AgentsError::Internal { what: "reading a result panicked".to_owned() }));
            if let Err(error) = outcome {
                // The reader may have gone: then nobody wants to know.
                let _ = sender.send(Err(error));
            }
        });
        match started {
            Ok(thread) => Batches::wait(receiver, thread, own, request),
            Err(error) => {
                self.shared.end(id);
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
        if !self.shared.write {
            return Err(AgentsError::ReadOnly { what: "a load".to_owned() });
        }
        let own = Cancel::new();
        let id = self.shared.begin(&own);
        let loaded = load::load(&self.shared, table, rows, mode, &own);
        self.shared.end(id);
        loaded
    }

    fn cancel(&self) {
        lock(&self.shared.running).values().for_each(Cancel::cancel);
    }
}

impl Shared {
    fn runtime(&self) -> Result<&Runtime, AgentsError> {
        self.runtime.as_ref().ok_or_else(|| AgentsError::Internal { what: "the session has ended".to_owned() })
    }

    fn begin(&self, own: &Cancel) -> u64 {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        lock(&self.running).insert(id, own.clone());
        id
    }

    fn end(&self, id: u64) {
        lock(&self.running).remove(&id);
    }

    /// Does something on a thread of its own, so that it may be asked for from an asynchronous one.
    fn block<T: Send>(&self, work: impl Future<Output = Result<T, AgentsError>> + Send) -> Result<T, AgentsError> {
        let runtime = self.runtime()?;
        std::thread::scope(|scope| {
            let done = scope.spawn(|| runtime.block_on(work)).join();
            done.unwrap_or_else(|_| Err(AgentsError::Internal { what: "reading a result panicked".to_owned() }))
        })
    }

    /// All rows of a statement of our own, which are few.
    fn rows(&self, sql: &str) -> Result<Vec<RecordBatch>, AgentsError> {
        let own = Cancel::new();
        let id = self.begin(&own);
        let watch = Watch::start(&own, &Request::default());
        let rows = self.block(run::all(self, sql, &watch));
        self.end(id);
        rows
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        let transport = Arc::clone(&self.transport);
        // On a thread of its own, since this may be an asynchronous one, and the server may be slow to answer.
        let farewell = std::thread::Builder::new().name("snowflake-close".to_owned()).spawn(move || {
            runtime.block_on(transport.close());
            runtime.shutdown_background();
        });
        if let Err(error) = farewell {
            tracing::debug!(%error, "a Snowflake session was left to end by itself");
        }
    }
}

/// Locks, also after a panic of another holder: what is behind these locks is always whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
