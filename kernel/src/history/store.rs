//! The history's `SQLite` file, and what replaces it when it can't be used.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, Row, params};

use super::query::{Entry, HistoryQuery};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS sessions (
        session INTEGER PRIMARY KEY AUTOINCREMENT, started TEXT NOT NULL, ended TEXT, cells INTEGER);
    CREATE TABLE IF NOT EXISTS history (
        session INTEGER NOT NULL, line INTEGER NOT NULL, source TEXT NOT NULL, output TEXT,
        PRIMARY KEY (session, line));";

/// How long another kernel's write is waited for.
const BUSY: Duration = Duration::from_secs(2);

/// The history of this session and, where there is a file, of earlier ones.
pub(super) struct Store {
    connection: Option<Connection>,
    session: i64,
    /// Cells that the file did not take yet.
    pending: Vec<(u32, String, Option<String>)>,
    complained: bool,
}

impl Store {
    /// Opens the file, or memory where there is none or it can't be used.
    pub(super) fn open(path: Option<PathBuf>) -> Self {
        let mut store = Self { connection: None, session: 1, pending: Vec::new(), complained: false };
        let opened = path.map(|path| (open_file(&path), path));
        let usable = match opened {
            Some((Ok(found), _)) => Some(found),
            Some((Err(error), path)) => {
                store.complain(&format!("{} can't be used", path.display()), &error);
                None
            }
            None => None,
        };
        match usable.map_or_else(|| begin(Connection::open_in_memory()?), Ok) {
            Ok((connection, session)) => {
                store.connection = Some(connection);
                store.session = session;
            }
            Err(error) => store.complain("no history is kept", &error),
        }
        store
    }

    /// Keeps a cell; one that can't be written now is written with the next.
    pub(super) fn record(&mut self, line: u32, source: String, output: Option<String>) {
        self.pending.push((line, source, output));
        self.write();
    }

    /// The entries asked for, oldest first.
    pub(super) fn query(&mut self, query: &HistoryQuery) -> Vec<Entry> {
        self.write();
        let Some(connection) = &self.connection else { return Vec::new() };
        match select(connection, self.session, query) {
            Ok(entries) => entries,
            Err(error) => {
                self.complain("the history can't be read", &error);
                Vec::new()
            }
        }
    }

    /// Marks the session as ended.
    pub(super) fn end(&mut self) {
        self.write();
        let Some(connection) = &self.connection else { return };
        let ended = connection.execute(
            "UPDATE sessions SET ended = ?2, cells = (SELECT count(*) FROM history WHERE session = ?1) WHERE session = ?1",
            params![self.session, now()],
        );
        if let Err(error) = ended {
            self.complain("the session's end is not in the history", &error);
        }
    }

    fn write(&mut self) {
        let Some(connection) = &mut self.connection else { return };
        if self.pending.is_empty() {
            return;
        }
        match insert(connection, self.session, &self.pending) {
            Ok(()) => self.pending.clear(),
            Err(error) => self.complain("cells are not in the history yet", &error),
        }
    }

    fn complain(&mut self, what: &str, error: &rusqlite::Error) {
        if !self.complained {
            self.complained = true;
            tracing::warn!(%error, "history: {what}");
        }
    }
}

fn open_file(path: &Path) -> rusqlite::Result<(Connection, i64)> {
    if let Some(folder) = path.parent() {
        // SQLite's own error says more than this one, and follows at once.
        let _ = std::fs::create_dir_all(folder);
    }
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    begin(connection)
}

fn begin(connection: Connection) -> rusqlite::Result<(Connection, i64)> {
    connection.execute_batch(SCHEMA)?;
    connection.execute("INSERT INTO sessions (started) VALUES (?1)", [now()])?;
    let session = connection.last_insert_rowid();
    Ok((connection, session))
}

fn insert(connection: &mut Connection, session: i64, cells: &[(u32, String, Option<String>)]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for (line, source, output) in cells {
        transaction
            .prepare_cached("INSERT OR REPLACE INTO history (session, line, source, output) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![session, line, source, output])?;
    }
    transaction.commit()
}

fn select(connection: &Connection, this: i64, query: &HistoryQuery) -> rusqlite::Result<Vec<Entry>> {
    const COLUMNS: &str = "SELECT session, line, source, output FROM history";
    let limit = |n: Option<u32>| n.map_or(-1, i64::from);
    let (sql, values): (String, Vec<rusqlite::types::Value>) = match query {
        HistoryQuery::Tail { n } => {
            (format!("{COLUMNS} ORDER BY session DESC, line DESC LIMIT ?1"), vec![limit(Some(*n)).into()])
        }
        HistoryQuery::Range { session, start, stop } => {
            let session = if *session > 0 { *session } else { this + session };
            let stop = stop.unwrap_or(i64::MAX);
            let sql =
                format!("{COLUMNS} WHERE session = ?1 AND line >= ?2 AND line < ?3 ORDER BY session DESC, line DESC");
            (sql, vec![session.into(), (*start).into(), stop.into()])
        }
        HistoryQuery::Search { pattern, n, unique } => {
            // Of a text that was run many times the latest counts: SQLite takes the other columns from the row of max().
            let columns = if *unique {
                "SELECT session, line, source, output FROM \
                 (SELECT session, line, source, output, max(session * 1000000000 + line) FROM history WHERE source GLOB ?1 GROUP BY source)"
            } else {
                "SELECT session, line, source, output FROM history WHERE source GLOB ?1"
            };
            let sql = format!("{columns} ORDER BY session DESC, line DESC LIMIT ?2");
            (sql, vec![pattern.clone().into(), limit(*n).into()])
        }
    };
    let mut statement = connection.prepare_cached(&sql)?;
    let mut entries =
        statement.query_map(rusqlite::params_from_iter(values), entry)?.collect::<rusqlite::Result<Vec<_>>>()?;
    entries.reverse();
    Ok(entries)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry { session: row.get(0)?, line: row.get(1)?, source: row.get(2)?, output: row.get(3)? })
}

fn now() -> String {
    format!("{:.6}", jiff::Timestamp::now())
}
