//! One collection of the embedded store: a shard whose panics and full disks become errors.

use std::fs::{self, File};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use qdrant_edge::{
    CountRequest, EdgeShard, Payload as EdgePayload, PayloadOps, PointId, PointInsertOperations, PointOperations,
    ScoredPoint, ScrollRequest, SetPayloadOp, UpdateOperation, WithPayloadInterface, WithVector,
};

use super::convert;
use crate::vectors::fuse::{self, SPARE};
use crate::vectors::schema::{Distance, Hit, Payload, Point, Query, Schema, Search};
use crate::vectors::{Filter, VectorError};

/// How many points one entry of the log holds.
const CHUNK: usize = 512;
/// How much room a change needs at least, in bytes: the engine writes through mapped files, where a full disk would
/// end the process.
const ROOM: usize = 4 * 1024 * 1024;

/// A collection that is open. Changes are made one at a time; the engine's flush wants nobody else in it.
pub(super) struct Shard {
    path: PathBuf,
    schema: Schema,
    /// None only while it is closed.
    edge: RwLock<Option<EdgeShard>>,
}

impl Shard {
    /// Makes an empty one in an empty folder.
    pub(super) fn make(path: &Path, schema: &Schema) -> Result<Self, VectorError> {
        room(path, ROOM)?;
        let edge = guarded(path, || EdgeShard::new(path, convert::config(schema)))?;
        let shard = Self { path: path.to_owned(), schema: schema.clone(), edge: RwLock::new(Some(edge)) };
        shard.flush()?;
        Ok(shard)
    }

    /// Opens the one in a folder.
    pub(super) fn load(path: &Path) -> Result<Self, VectorError> {
        shorten_log(&path.join("wal"))?;
        let edge = guarded(path, || EdgeShard::load(path, None))?;
        let schema = convert::schema(&edge.config());
        Ok(Self { path: path.to_owned(), schema, edge: RwLock::new(Some(edge)) })
    }

    pub(super) fn schema(&self) -> Schema {
        self.schema.clone()
    }

    pub(super) fn upsert(&self, points: &[Point]) -> Result<(), VectorError> {
        let edge = self.write();
        for chunk in points.chunks(CHUNK) {
            room(&self.path, ROOM + chunk.iter().map(bytes).sum::<usize>() * 3)?;
            let list = chunk.iter().map(convert::point).collect();
            let change = PointOperations::UpsertPoints(PointInsertOperations::PointsList(list));
            self.ask(edge.as_ref(), |edge| edge.update(UpdateOperation::PointOperation(change)))?;
        }
        self.flush_held(edge.as_ref())
    }

    pub(super) fn set_payload(&self, id: u64, payload: &Payload) -> Result<(), VectorError> {
        let edge = self.write();
        room(&self.path, ROOM)?;
        let id = PointId::NumId(id);
        if self.ask(edge.as_ref(), |edge| edge.retrieve(&[id], None, None))?.is_empty() {
            return Ok(());
        }
        let change = PayloadOps::OverwritePayload(SetPayloadOp {
            payload: EdgePayload(payload.clone()),
            points: Some(vec![id]),
            filter: None,
            key: None,
        });
        self.ask(edge.as_ref(), |edge| edge.update(UpdateOperation::PayloadOperation(change)))?;
        self.flush_held(edge.as_ref())
    }

    pub(super) fn delete(&self, ids: &[u64]) -> Result<(), VectorError> {
        let edge = self.write();
        room(&self.path, ROOM)?;
        for chunk in ids.chunks(CHUNK * 16) {
            let ids = chunk.iter().copied().map(PointId::NumId).collect();
            let change = PointOperations::DeletePoints { ids };
            self.ask(edge.as_ref(), |edge| edge.update(UpdateOperation::PointOperation(change)))?;
        }
        self.flush_held(edge.as_ref())
    }

    pub(super) fn search(&self, query: &Query) -> Result<Vec<Hit>, VectorError> {
        if query.limit == 0 {
            return Ok(Vec::new());
        }
        let edge = self.read();
        let filter = query.filter.as_ref().map(convert::filter);
        let one = |scoring, limit: usize| {
            let request = convert::request(scoring, None, filter.clone(), limit.saturating_add(SPARE));
            self.ask(edge.as_ref(), |edge| edge.query(request.clone())).map(hits)
        };
        let euclid = self.schema.dense.is_some_and(|dense| dense.distance == Distance::Euclid);
        match &query.search {
            Search::Dense(vector) => {
                Ok(fuse::order(one(convert::near_dense(vector), query.limit)?, query.limit, euclid))
            }
            Search::Sparse(words) if words.is_empty() => Ok(Vec::new()),
            Search::Sparse(words) => {
                Ok(fuse::order(one(convert::near_sparse(words), query.limit)?, query.limit, false))
            }
            Search::Hybrid { dense, sparse } => {
                let most = fuse::candidates(query.limit);
                let near = fuse::order(one(convert::near_dense(dense), most)?, most, euclid);
                let words = if sparse.is_empty() {
                    Vec::new()
                } else {
                    fuse::order(one(convert::near_sparse(sparse), most)?, most, false)
                };
                Ok(fuse::fuse(vec![near, words], query.limit))
            }
            Search::LateInteraction { tokens, candidates } => {
                let prefetch = candidates.as_deref().map(|vector| {
                    convert::prefetch(convert::near_dense(vector), filter.clone(), fuse::candidates(query.limit))
                });
                let limit = query.limit.saturating_add(SPARE);
                let request = convert::request(convert::near_multi(tokens)?, prefetch, filter.clone(), limit);
                let found = self.ask(edge.as_ref(), |edge| edge.query(request.clone()))?;
                Ok(fuse::order(hits(found), query.limit, false))
            }
        }
    }

    pub(super) fn count(&self, filter: Option<&Filter>) -> Result<u64, VectorError> {
        let request = CountRequest { filter: filter.map(convert::filter), exact: true };
        let edge = self.read();
        self.ask(edge.as_ref(), |edge| edge.count(request.clone())).map(|count| count as u64)
    }

    pub(super) fn ids(&self, from: u64, limit: usize) -> Result<Vec<u64>, VectorError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let request = ScrollRequest {
            offset: Some(PointId::NumId(from)),
            limit: Some(limit),
            filter: None,
            with_payload: Some(WithPayloadInterface::Bool(false)),
            with_vector: WithVector::Bool(false),
            order_by: None,
        };
        let edge = self.read();
        let (records, _) = self.ask(edge.as_ref(), |edge| edge.scroll(request.clone()))?;
        let number = |id| if let PointId::NumId(id) = id { Some(id) } else { None };
        Ok(records.into_iter().filter_map(|record| number(record.id)).collect())
    }

    pub(super) fn flush(&self) -> Result<(), VectorError> {
        let edge = self.write();
        self.flush_held(edge.as_ref())
    }

    pub(super) fn optimize(&self) -> Result<(), VectorError> {
        let edge = self.write();
        // A graph and a copy of the vectors are written beside the old ones.
        room(&self.path, ROOM)?;
        self.ask(edge.as_ref(), EdgeShard::optimize)?;
        self.flush_held(edge.as_ref())
    }

    fn flush_held(&self, edge: Option<&EdgeShard>) -> Result<(), VectorError> {
        self.ask(edge, |edge| {
            edge.flush();
            Ok(())
        })
    }

    fn ask<T>(
        &self,
        edge: Option<&EdgeShard>,
        what: impl FnOnce(&EdgeShard) -> qdrant_edge::OperationResult<T>,
    ) -> Result<T, VectorError> {
        let edge = edge.ok_or_else(|| VectorError::Store { message: "the collection was closed".to_owned() })?;
        guarded(&self.path, || what(edge))
    }

    fn read(&self) -> RwLockReadGuard<'_, Option<EdgeShard>> {
        self.edge.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Option<EdgeShard>> {
        self.edge.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Shard {
    fn drop(&mut self) {
        let edge = self.write().take();
        // Everything acknowledged is flushed already: a failure of the engine's last flush loses nothing.
        let closed = catch_unwind(AssertUnwindSafe(|| drop(edge)));
        if closed.is_err() {
            tracing::warn!(path = %self.path.display(), "the vector store failed while it was closed");
        }
    }
}

fn hits(points: Vec<ScoredPoint>) -> Vec<Hit> {
    points.into_iter().filter_map(convert::hit).collect()
}

/// Calls the engine, which panics where it meets a broken file or a full disk.
fn guarded<T>(path: &Path, call: impl FnOnce() -> qdrant_edge::OperationResult<T>) -> Result<T, VectorError> {
    let message = match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it stopped").to_owned()
        }
    };
    let says = |words: &str| message.contains(words);
    if says("No space left") || says("StorageFull") || says("os error 28") {
        return Err(VectorError::DiskFull { path: path.to_owned() });
    }
    if says("WouldBlock") || says("would block") {
        return Err(VectorError::Busy { path: path.to_owned() });
    }
    Err(VectorError::Store { message: message.lines().next().unwrap_or_default().to_owned() })
}

/// Whether so much can still be written: it is written, and removed again.
fn room(folder: &Path, bytes: usize) -> Result<(), VectorError> {
    let zeros = vec![0; 1 << 16];
    let path = folder.join("room");
    let probe = || {
        let mut file = File::create(&path)?;
        let mut left = bytes;
        while left > 0 {
            let part = left.min(zeros.len());
            file.write_all(&zeros[..part])?;
            left -= part;
        }
        file.flush()
    };
    let result = probe();
    let removed = fs::remove_file(&path);
    result.and(removed).map_err(|error| VectorError::files(folder, &error))
}

fn bytes(point: &Point) -> usize {
    let dense = point.dense.as_ref().map_or(0, |vector| vector.len() * 4);
    let sparse = point.sparse.as_ref().map_or(0, |words| words.indices.len() * 8);
    let multi = point.multi.as_ref().map_or(0, |vectors| vectors.iter().map(|vector| vector.len() * 4).sum());
    let payload: usize = point.payload.iter().map(|(key, value)| key.len() + value.to_string().len()).sum();
    dense + sparse + multi + payload
}

/// Removes the closed parts of the log but the last, whose number goes on.
fn shorten_log(folder: &Path) -> Result<(), VectorError> {
    let failed = |error: std::io::Error| VectorError::files(folder, &error);
    if !folder.is_dir() {
        return Ok(());
    }
    let mut closed = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let number =
            name.to_str().and_then(|name| name.strip_prefix("closed-")).and_then(|rest| rest.parse::<u64>().ok());
        closed.extend(number.map(|number| (number, entry.path())));
    }
    closed.sort();
    closed.pop();
    closed.into_iter().try_for_each(|(_, path)| fs::remove_file(&path).map_err(failed))
}
