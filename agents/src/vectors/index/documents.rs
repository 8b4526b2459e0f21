//! The texts of record: a DuckDB file of the index's own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use duckdb::{Config, Connection, OptionalExt, params};

use super::{Added, Document};
use crate::models::digest;
use crate::vectors::{Payload, VectorError};

/// The file, in the index's folder.
pub(super) const FILE: &str = "documents.duckdb";

/// `indexed_text` and `indexed_payload` are the hashes that the store has; null before it has any.
const TABLES: &str = "
CREATE SEQUENCE IF NOT EXISTS numbers START 1;
CREATE TABLE IF NOT EXISTS documents (
    id BIGINT PRIMARY KEY, key VARCHAR NOT NULL UNIQUE, text VARCHAR NOT NULL, payload VARCHAR NOT NULL,
    source VARCHAR NOT NULL, text_hash VARCHAR NOT NULL, payload_hash VARCHAR NOT NULL,
    indexed_text VARCHAR, indexed_payload VARCHAR);
CREATE TABLE IF NOT EXISTS removed (id BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS meta (name VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);
CREATE TEMP TABLE incoming (
    key VARCHAR, text VARCHAR, payload VARCHAR, source VARCHAR, text_hash VARCHAR, payload_hash VARCHAR);
CREATE TEMP TABLE chosen (key VARCHAR);
";

/// The database of an index.
pub(super) struct Documents {
    connection: Connection,
    path: PathBuf,
}

/// A document whose vector or payload the store lacks.
pub(super) struct Pending {
    pub(super) id: u64,
    pub(super) text: String,
    pub(super) payload: Payload,
    /// Whether only its payload changed.
    pub(super) has_vector: bool,
}

/// A document that was found.
pub(super) struct Row {
    pub(super) key: String,
    pub(super) text: String,
    pub(super) payload: Payload,
    pub(super) source: String,
}

pub(super) struct Counts {
    pub(super) documents: u64,
    pub(super) pending: u64,
    pub(super) sources: BTreeMap<String, u64>,
}

impl Documents {
    /// Opens the file in an index's folder, made where it is not there.
    pub(super) fn open(folder: &Path) -> Result<Self, VectorError> {
        let path = folder.join(FILE);
        let failed = |error: duckdb::Error| fault(folder, &path, &error);
        let config = Config::default()
            .enable_autoload_extension(false)
            .and_then(|config| config.with("autoinstall_known_extensions", "false"))
            .map_err(failed)?;
        let connection = Connection::open_with_flags(&path, config).map_err(failed)?;
        connection.execute_batch(TABLES).map_err(failed)?;
        Ok(Self { connection, path })
    }

    /// Another connection to the same file, for reading.
    pub(super) fn another(&self) -> Result<Self, VectorError> {
        let connection = self.connection.try_clone().map_err(|error| self.failed(&error))?;
        Ok(Self { connection, path: self.path.clone() })
    }

    /// What is known by a name.
    pub(super) fn meta(&self, name: &str) -> Result<Option<String>, VectorError> {
        let sql = "SELECT value FROM meta WHERE name = ?";
        self.connection.query_row(sql, [name], |row| row.get(0)).optional().map_err(|error| self.failed(&error))
    }

    pub(super) fn set_meta(&self, name: &str, value: &str) -> Result<(), VectorError> {
        let sql = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.connection.execute(sql, [name, value]).map(drop).map_err(|error| self.failed(&error))
    }

    /// What is known by a name; what is not yet known is chosen now.
    pub(super) fn choose(&mut self, name: &str, first: impl FnOnce() -> String) -> Result<String, VectorError> {
        if let Some(value) = self.meta(name)? {
            return Ok(value);
        }
        let value = first();
        self.set_meta(name, &value)?;
        Ok(value)
    }

    /// Writes documents in place of those of the same keys. Safe when it returns.
    pub(super) fn put(&mut self, chunk: &BTreeMap<String, Document>, added: &mut Added) -> Result<(), VectorError> {
        let counted = self.put_all(chunk).map_err(|error| self.failed(&error))?;
        added.new += counted.new;
        added.changed += counted.changed;
        added.same += chunk.len() as u64 - counted.new - counted.changed;
        Ok(())
    }

    fn put_all(&mut self, chunk: &BTreeMap<String, Document>) -> Result<Added, duckdb::Error> {
        let transaction = self.connection.transaction()?;
        transaction.execute_batch("DELETE FROM incoming")?;
        {
            let mut appender = transaction.appender_to_catalog_and_db("incoming", "temp", "main")?;
            for document in chunk.values() {
                let payload = serde_json::Value::Object(document.payload.clone()).to_string();
                let text_hash = digest::of(document.text.as_bytes());
                let payload_hash = digest::of(format!("{}\0{payload}", document.source).as_bytes());
                appender.append_row(params![
                    document.key,
                    document.text,
                    payload,
                    document.source,
                    text_hash,
                    payload_hash
                ])?;
            }
            appender.flush()?;
        }
        let changed = transaction.execute(
            "UPDATE documents SET text = i.text, payload = i.payload, source = i.source, text_hash = i.text_hash,
                payload_hash = i.payload_hash
             FROM incoming i WHERE i.key = documents.key
                AND (i.text_hash <> documents.text_hash OR i.payload_hash <> documents.payload_hash)",
            [],
        )?;
        let new = transaction.execute(
            "INSERT INTO documents
             SELECT nextval('numbers'), key, text, payload, source, text_hash, payload_hash, NULL, NULL
             FROM incoming ON CONFLICT (key) DO NOTHING",
            [],
        )?;
        transaction.commit()?;
        Ok(Added { new: new as u64, changed: changed as u64, ..Added::default() })
    }

    /// The next documents that the store lacks, in the order of their numbers.
    pub(super) fn pending(&self, limit: usize) -> Result<Vec<Pending>, VectorError> {
        let sql = format!(
            "SELECT id, text, payload, indexed_text IS NOT DISTINCT FROM text_hash FROM documents
             WHERE indexed_text IS DISTINCT FROM text_hash OR indexed_payload IS DISTINCT FROM payload_hash
             ORDER BY id LIMIT {limit}"
        );
        self.rows(&sql, |row| {
            let id: i64 = row.get(0)?;
            let payload: String = row.get(2)?;
            Ok(Pending { id: id as u64, text: row.get(1)?, payload: fields(&payload), has_vector: row.get(3)? })
        })
    }

    /// Notes that the store has these documents as they are.
    pub(super) fn mark(&self, ids: &[u64]) -> Result<(), VectorError> {
        let sql = format!(
            "UPDATE documents SET indexed_text = text_hash, indexed_payload = payload_hash WHERE id IN ({})",
            list(ids)
        );
        self.run(&sql)
    }

    /// Notes that the store has not these documents.
    pub(super) fn unmark(&self, ids: &[u64]) -> Result<(), VectorError> {
        for part in ids.chunks(10_000) {
            self.run(&format!(
                "UPDATE documents SET indexed_text = NULL, indexed_payload = NULL WHERE id IN ({})",
                list(part)
            ))?;
        }
        Ok(())
    }

    /// Notes that the store has nothing, and which model comes next.
    pub(super) fn forget_vectors(&mut self, embedder: &str) -> Result<(), VectorError> {
        let forget = |connection: &mut Connection| {
            let transaction = connection.transaction()?;
            transaction.execute_batch(
                "UPDATE documents SET indexed_text = NULL, indexed_payload = NULL;
                 DELETE FROM removed; DELETE FROM meta WHERE name = 'average_words'",
            )?;
            let sql = "INSERT INTO meta VALUES ('embedder', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
            transaction.execute(sql, [embedder])?;
            transaction.commit()
        };
        forget(&mut self.connection).map_err(|error| self.failed(&error))
    }

    /// How many words a text has on average; 1 when there are none.
    pub(super) fn average_words(&self) -> Result<f64, VectorError> {
        let sql = "SELECT coalesce(avg(len(string_split_regex(trim(text), '\\s+'))), 1) FROM
                   (SELECT text FROM documents ORDER BY id LIMIT 100000)";
        self.connection.query_row(sql, [], |row| row.get(0)).map_err(|error| self.failed(&error))
    }

    /// The numbers of all documents, ascending, each with whether it is marked.
    pub(super) fn numbers(&self) -> Result<BTreeMap<u64, bool>, VectorError> {
        let rows = self.rows("SELECT id, indexed_text IS NOT NULL FROM documents ORDER BY id", |row| {
            Ok((row.get::<_, i64>(0)? as u64, row.get::<_, bool>(1)?))
        })?;
        Ok(rows.into_iter().collect())
    }

    /// The keys of the documents of a source.
    pub(super) fn keys_of(&self, source: &str) -> Result<Vec<String>, VectorError> {
        let read = || {
            let mut statement = self.connection.prepare("SELECT key FROM documents WHERE source = ? ORDER BY key")?;
            statement.query_map([source], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()
        };
        read().map_err(|error| self.failed(&error))
    }

    /// Removes documents by their keys, noting their numbers until the store has removed them too.
    pub(super) fn remove(&mut self, keys: &[&str]) -> Result<u64, VectorError> {
        let remove = |connection: &mut Connection| {
            let transaction = connection.transaction()?;
            transaction.execute_batch("DELETE FROM chosen")?;
            {
                let mut appender = transaction.appender_to_catalog_and_db("chosen", "temp", "main")?;
                for key in keys {
                    appender.append_row([key])?;
                }
                appender.flush()?;
            }
            transaction
                .execute_batch("INSERT INTO removed SELECT id FROM documents WHERE key IN (SELECT key FROM chosen)")?;
            let removed = transaction.execute("DELETE FROM documents WHERE key IN (SELECT key FROM chosen)", [])?;
            transaction.commit().map(|()| removed as u64)
        };
        remove(&mut self.connection).map_err(|error| self.failed(&error))
    }

    /// The numbers of documents that are removed here and not yet in the store.
    pub(super) fn removed(&self) -> Result<Vec<u64>, VectorError> {
        self.rows("SELECT id FROM removed ORDER BY id", |row| row.get::<_, i64>(0).map(|id| id as u64))
    }

    pub(super) fn forget_removed(&self) -> Result<(), VectorError> {
        self.run("DELETE FROM removed")
    }

    /// The documents of these numbers.
    pub(super) fn find(&self, ids: &[u64]) -> Result<BTreeMap<u64, Row>, VectorError> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let sql = format!("SELECT id, key, text, payload, source FROM documents WHERE id IN ({})", list(ids));
        let rows = self.rows(&sql, |row| {
            let payload: String = row.get(3)?;
            let found = Row { key: row.get(1)?, text: row.get(2)?, payload: fields(&payload), source: row.get(4)? };
            Ok((row.get::<_, i64>(0)? as u64, found))
        })?;
        Ok(rows.into_iter().collect())
    }

    pub(super) fn counts(&self) -> Result<Counts, VectorError> {
        let sql = "SELECT source, count(*), count(*) FILTER (indexed_text IS DISTINCT FROM text_hash
                       OR indexed_payload IS DISTINCT FROM payload_hash) FROM documents GROUP BY source";
        let rows = self.rows(sql, |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)? as u64, row.get::<_, i64>(2)? as u64))
        })?;
        Ok(Counts {
            documents: rows.iter().map(|row| row.1).sum(),
            pending: rows.iter().map(|row| row.2).sum(),
            sources: rows.into_iter().map(|(source, count, _)| (source, count)).collect(),
        })
    }

    fn rows<T>(
        &self,
        sql: &str,
        read: impl FnMut(&duckdb::Row<'_>) -> duckdb::Result<T>,
    ) -> Result<Vec<T>, VectorError> {
        let all = || self.connection.prepare(sql)?.query_map([], read)?.collect::<duckdb::Result<Vec<T>>>();
        all().map_err(|error| self.failed(&error))
    }

    fn run(&self, sql: &str) -> Result<(), VectorError> {
        self.connection.execute_batch(sql).map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &duckdb::Error) -> VectorError {
        fault(self.path.parent().unwrap_or(&self.path), &self.path, error)
    }
}

fn fault(folder: &Path, path: &Path, error: &duckdb::Error) -> VectorError {
    let reason = error.to_string().lines().next().unwrap_or_default().to_owned();
    if reason.contains("Conflicting lock") || reason.contains("Could not set lock") {
        return VectorError::Busy { path: folder.to_owned() };
    }
    if reason.contains("No space left") {
        return VectorError::DiskFull { path: path.to_owned() };
    }
    VectorError::Documents { path: path.to_owned(), reason }
}

/// What was written here is always an object.
fn fields(text: &str) -> Payload {
    serde_json::from_str(text).unwrap_or_default()
}

/// Numbers can't be anything but numbers in SQL.
fn list(ids: &[u64]) -> String {
    ids.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}
