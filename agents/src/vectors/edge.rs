//! The embedded store: qdrant-edge, one folder a collection, flushed after each change.
//!
//! This version does not replay its log, so that nothing is acknowledged before it is flushed; the log only numbers
//! the changes, and its old parts are removed when a collection is opened.

mod convert;
pub(super) mod names;
mod shard;

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::schema::{Hit, Payload, Point, Query, Schema};
use super::store::VectorStore;
use super::{Filter, VectorError};
use shard::Shard;

/// What a folder that is being made, or being removed, is called until it is whole, or gone.
const UNFINISHED: &str = ".unfinished-";

/// The embedded store in a folder. One process has it open at a time.
pub struct EdgeStore {
    root: PathBuf,
    shards: Mutex<BTreeMap<String, Arc<Shard>>>,
    /// Held as long as the store is open; the system lets go of it when the process ends, however it ends.
    _lock: File,
}

impl EdgeStore {
    /// Opens the store in a folder, which is made where it is not there.
    ///
    /// # Errors
    ///
    /// [`VectorError::Busy`] when it is open already, here or in another process; others when the folder can't be
    /// made or written.
    pub fn open(root: &Path) -> Result<Self, VectorError> {
        fs::create_dir_all(root).map_err(|error| VectorError::files(root, &error))?;
        let path = root.join("lock");
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| VectorError::files(&path, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(VectorError::Busy { path: root.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(VectorError::files(&path, &error)),
        }
        let store = Self { root: root.to_owned(), shards: Mutex::default(), _lock: lock };
        store.sweep()?;
        Ok(store)
    }

    /// Removes what a killed process left half made or half removed.
    fn sweep(&self) -> Result<(), VectorError> {
        for name in self.folders()? {
            if name.starts_with(UNFINISHED) {
                let path = self.root.join(name);
                fs::remove_dir_all(&path).map_err(|error| VectorError::files(&path, &error))?;
            }
        }
        Ok(())
    }

    fn folders(&self) -> Result<Vec<String>, VectorError> {
        let failed = |error: std::io::Error| VectorError::files(&self.root, &error);
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.root).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_type().map_err(failed)?.is_dir()
                && let Ok(name) = entry.file_name().into_string()
            {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn shards(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Shard>>> {
        self.shards.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shard(&self, collection: &str) -> Result<Arc<Shard>, VectorError> {
        check_name(collection)?;
        let mut shards = self.shards();
        if let Some(shard) = shards.get(collection) {
            return Ok(shard.clone());
        }
        let path = self.root.join(collection);
        if !path.is_dir() {
            return Err(VectorError::CollectionUnknown {
                name: collection.to_owned(),
                help: Some(unknown_help(&self.collections()?)),
            });
        }
        let shard = Arc::new(Shard::load(&path)?);
        shards.insert(collection.to_owned(), shard.clone());
        Ok(shard)
    }
}

impl VectorStore for EdgeStore {
    fn name(&self) -> &'static str {
        "embedded"
    }

    fn collections(&self) -> Result<Vec<String>, VectorError> {
        let mut names = self.folders()?;
        names.retain(|name| check_name(name).is_ok());
        Ok(names)
    }

    fn create(&self, collection: &str, schema: &Schema) -> Result<(), VectorError> {
        check_name(collection)?;
        let path = self.root.join(collection);
        if path.is_dir() {
            if self.shard(collection)?.schema() == *schema {
                return Ok(());
            }
            return Err(VectorError::CollectionExists { name: collection.to_owned() });
        }
        let unfinished = self.root.join(format!("{UNFINISHED}{collection}"));
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).map_err(|error| VectorError::files(&unfinished, &error))?;
        }
        fs::create_dir(&unfinished).map_err(|error| VectorError::files(&unfinished, &error))?;
        drop(Shard::make(&unfinished, schema)?);
        fs::rename(&unfinished, &path).map_err(|error| VectorError::files(&path, &error))
    }

    fn drop_collection(&self, collection: &str) -> Result<(), VectorError> {
        check_name(collection)?;
        let path = self.root.join(collection);
        let shard = self.shards().remove(collection);
        if !path.is_dir() {
            return Ok(());
        }
        let unfinished = self.root.join(format!("{UNFINISHED}{collection}"));
        let failed = |error: std::io::Error| VectorError::files(&path, &error);
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).map_err(failed)?;
        }
        drop(shard);
        fs::rename(&path, &unfinished).map_err(failed)?;
        fs::remove_dir_all(&unfinished).map_err(failed)
    }

    fn upsert(&self, collection: &str, points: &[Point]) -> Result<(), VectorError> {
        let shard = self.shard(collection)?;
        let schema = shard.schema();
        points.iter().try_for_each(|point| schema.check(collection, point))?;
        shard.upsert(points)
    }

    fn set_payload(&self, collection: &str, id: u64, payload: &Payload) -> Result<(), VectorError> {
        self.shard(collection)?.set_payload(id, payload)
    }

    fn delete(&self, collection: &str, ids: &[u64]) -> Result<(), VectorError> {
        self.shard(collection)?.delete(ids)
    }

    fn search(&self, collection: &str, query: &Query) -> Result<Vec<Hit>, VectorError> {
        let shard = self.shard(collection)?;
        shard.schema().check_query(collection, query)?;
        query.filter.as_ref().map_or(Ok(()), Filter::check)?;
        shard.search(query)
    }

    fn count(&self, collection: &str, filter: Option<&Filter>) -> Result<u64, VectorError> {
        filter.map_or(Ok(()), Filter::check)?;
        self.shard(collection)?.count(filter)
    }

    fn ids(&self, collection: &str, from: u64, limit: usize) -> Result<Vec<u64>, VectorError> {
        self.shard(collection)?.ids(from, limit)
    }

    fn flush(&self, collection: &str) -> Result<(), VectorError> {
        self.shard(collection)?.flush()
    }

    fn optimize(&self, collection: &str) -> Result<(), VectorError> {
        self.shard(collection)?.optimize()
    }
}

/// Whether it can be the name of a collection, and so of a folder on any system.
pub(super) fn check_name(name: &str) -> Result<(), VectorError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    if begins && name.len() <= 64 && name.chars().all(is_plain) {
        return Ok(());
    }
    Err(VectorError::Name { name: name.chars().take(80).collect() })
}

/// Which collections there are, for an error.
pub(super) fn unknown_help(names: &[String]) -> String {
    match names {
        [] => "There is none yet.".to_owned(),
        names => format!("There are: {}", names.join(", ")),
    }
}
