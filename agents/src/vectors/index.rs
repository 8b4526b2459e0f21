//! Named search indexes: texts of record in DuckDB, and the vectors made of them in a store.
//!
//! **Invariant:** a document is in DuckDB before its vector is in the store, and is marked as indexed only after; what
//! a killed process left between the two is found when the index is opened, and made good.

mod catchup;
mod columns;
mod documents;
mod info;
mod search;
mod texts;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use synthbook_synth::Progress;

use super::edge::{EdgeStore, check_name, unknown_help};
use super::server::{ServerOptions, ServerStore};
use super::store::VectorStore;
use super::{Bm25, Embedder, Payload, Schema, VectorError};
pub use columns::column_documents;
use documents::Documents;
pub use info::IndexInfo;
pub use search::{Mode, SearchHit, SearchRequest};
pub use texts::{cell_documents, frame_documents};

/// How many documents are written and indexed at a time.
const CHUNK: usize = 1024;
/// From how many points on the graph is built after adding: searching fewer one by one is quick.
const GRAPH_FROM: u64 = 50_000;

/// A text to be found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// What it is known by: a document of the same key takes its place.
    pub key: String,
    /// The text.
    pub text: String,
    /// What filters may ask.
    pub payload: Payload,
    /// Where it comes from, such as a frame's name.
    pub source: String,
}

/// What adding did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Added {
    /// Documents that are new.
    pub new: u64,
    /// Documents that took the place of others.
    pub changed: u64,
    /// Documents that were there already.
    pub same: u64,
    /// Documents that are gone.
    pub removed: u64,
    /// Texts of which vectors were made.
    pub embedded: u64,
}

/// How a new index is made. One that is there keeps how it was made.
#[derive(Debug, Clone, Default)]
pub struct IndexSettings {
    /// The server that keeps the vectors; none keeps them beside the texts.
    pub server: Option<ServerOptions>,
    /// Keep a vector a token as well, for late interaction: many times the room.
    pub late_interaction: bool,
}

/// A search index. Clones are the same index.
///
/// ```
/// use std::sync::Arc;
/// use synthbook_agents::vectors::{Document, HashedWords, Index, SearchRequest};
/// use synthbook_synth::Progress;
///
/// let folder = tempfile::tempdir()?;
/// let index = Index::open(folder.path(), "products", Arc::new(HashedWords::new(64)))?;
/// let document = |key: &str, text: &str| Document { key: key.into(), text: text.into(), ..Document::default() };
/// index.add([document("1", "whole milk"), document("2", "rye bread")], &Progress::silent())?;
/// let hits = index.search(&SearchRequest::new("milk").limit(1))?;
/// assert_eq!(hits[0].key, "1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Index {
    inner: Arc<Inner>,
}

struct Inner {
    name: String,
    folder: PathBuf,
    collection: String,
    embedder: Arc<dyn Embedder>,
    late_interaction: bool,
    /// Held while the index is changed.
    documents: Mutex<Documents>,
    /// For searches, which don't wait for changes.
    reader: Mutex<Documents>,
    store: Box<dyn VectorStore>,
    words: Mutex<Option<Arc<Bm25>>>,
}

impl Index {
    /// Opens the index of that name below a folder, made where it is not there, with its vectors beside its texts.
    ///
    /// # Errors
    ///
    /// [`VectorError::Busy`] when it is open already, [`VectorError::EmbedderChanged`] when it was made with another
    /// model, others when it can't be read or written.
    pub fn open(folder: &Path, name: &str, embedder: Arc<dyn Embedder>) -> Result<Self, VectorError> {
        Self::open_with(folder, name, embedder, &IndexSettings::default(), &Progress::silent())
    }

    /// The same with settings for a new index, and progress for what has to be made good.
    ///
    /// # Errors
    ///
    /// As [`Index::open`]; [`VectorError::Cancelled`] when it was stopped.
    pub fn open_with(
        folder: &Path,
        name: &str,
        embedder: Arc<dyn Embedder>,
        settings: &IndexSettings,
        progress: &Progress,
    ) -> Result<Self, VectorError> {
        let index = Self::prepare(folder, name, embedder, settings)?;
        let made_with = index.documents().meta("embedder")?;
        let given = index.inner.embedder.name().to_owned();
        if let Some(made_with) = made_with.filter(|made_with| *made_with != given) {
            return Err(VectorError::EmbedderChanged { name: name.to_owned(), made_with, given });
        }
        index.documents().set_meta("embedder", &given)?;
        index.catch_up(progress)?;
        Ok(index)
    }

    /// Opens it and makes all vectors again from the texts, with this model, whatever it was made with.
    ///
    /// # Errors
    ///
    /// As [`Index::open_with`].
    pub fn rebuild(
        folder: &Path,
        name: &str,
        embedder: Arc<dyn Embedder>,
        settings: &IndexSettings,
        progress: &Progress,
    ) -> Result<Self, VectorError> {
        let path = folder.join(name);
        if !path.join(documents::FILE).is_file() {
            return Err(unknown(folder, name));
        }
        let index = Self::prepare(folder, name, embedder, settings)?;
        index.inner.store.drop_collection(&index.inner.collection)?;
        index.documents().forget_vectors(index.inner.embedder.name())?;
        *index.words() = None;
        index.catch_up(progress)?;
        Ok(index)
    }

    /// Removes the index of that name with its texts, be it damaged; no error when there is none.
    ///
    /// # Errors
    ///
    /// [`VectorError::Busy`] while it is open, others when it can't be removed.
    pub fn remove(folder: &Path, name: &str) -> Result<(), VectorError> {
        check_name(name)?;
        let path = folder.join(name);
        if !path.is_dir() {
            return Ok(());
        }
        let held = EdgeStore::open(&path.join(VECTORS))?;
        let gone = folder.join(format!(".{name}.gone"));
        let failed = |error: std::io::Error| VectorError::files(&path, &error);
        if gone.exists() {
            fs::remove_dir_all(&gone).map_err(failed)?;
        }
        fs::rename(&path, &gone).map_err(failed)?;
        drop(held);
        fs::remove_dir_all(&gone).map_err(failed)
    }

    /// Adds documents, in place of those of the same keys. When it returns they are safe; only texts that changed are
    /// embedded.
    ///
    /// # Errors
    ///
    /// When a document can't be kept, the model or the store fails, or it was stopped. What was added until then stays.
    pub fn add(
        &self,
        documents: impl IntoIterator<Item = Document>,
        progress: &Progress,
    ) -> Result<Added, VectorError> {
        let (mut added, mut chunk, mut iterator) =
            (Added::default(), BTreeMap::new(), documents.into_iter().peekable());
        let expected = iterator.size_hint().0;
        let mut seen = 0;
        while iterator.peek().is_some() {
            chunk.clear();
            for document in iterator.by_ref().take(CHUNK) {
                seen += 1;
                check(&document)?;
                chunk.insert(document.key.clone(), document);
            }
            stop(progress)?;
            let mut documents = self.documents();
            documents.put(&chunk, &mut added)?;
            added.embedded += self.index_pending(&documents, &progress.quiet())?;
            drop(documents);
            let fraction = (expected > 0).then(|| (f64::from(seen) / expected as f64).min(1.0));
            progress.report(fraction, &format!("{seen} texts indexed"));
        }
        self.build_graph(added.embedded, progress)?;
        Ok(added)
    }

    /// Adds the documents of a source and removes those of it that are not among them any more.
    ///
    /// # Errors
    ///
    /// As [`Index::add`].
    pub fn replace(
        &self,
        source: &str,
        documents: impl IntoIterator<Item = Document>,
        progress: &Progress,
    ) -> Result<Added, VectorError> {
        let mut keys = std::collections::BTreeSet::new();
        let named = documents.into_iter().map(|document| {
            keys.insert(document.key.clone());
            Document { source: source.to_owned(), ..document }
        });
        let mut added = self.add(named, progress)?;
        let stale: Vec<String> =
            self.documents().keys_of(source)?.into_iter().filter(|key| !keys.contains(key)).collect();
        added.removed = self.delete(&stale)?;
        Ok(added)
    }

    /// Removes the documents with these keys, and says how many there were.
    ///
    /// # Errors
    ///
    /// When it can't be written.
    pub fn delete<T: AsRef<str>>(&self, keys: &[T]) -> Result<u64, VectorError> {
        let mut documents = self.documents();
        let mut removed = 0;
        for chunk in keys.chunks(CHUNK) {
            let keys: Vec<&str> = chunk.iter().map(AsRef::as_ref).collect();
            removed += documents.remove(&keys)?;
            self.sweep_removed(&documents)?;
        }
        Ok(removed)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// What is in it.
    ///
    /// # Errors
    ///
    /// When it can't be read.
    pub fn info(&self) -> Result<IndexInfo, VectorError> {
        let counted = self.reader().counts()?;
        Ok(IndexInfo {
            name: self.inner.name.clone(),
            embedder: self.inner.embedder.name().to_owned(),
            dimension: self.inner.embedder.dimension(),
            store: self.inner.store.name().to_owned(),
            late_interaction: self.inner.late_interaction,
            documents: counted.documents,
            pending: counted.pending,
            sources: counted.sources,
        })
    }

    /// Drops the index with its texts and vectors.
    ///
    /// # Errors
    ///
    /// When it can't be removed.
    pub fn destroy(self) -> Result<(), VectorError> {
        let documents = self.documents();
        self.inner.store.drop_collection(&self.inner.collection)?;
        let gone = self.inner.folder.with_file_name(format!(".{}.gone", self.inner.name));
        let failed = |error: std::io::Error| VectorError::files(&self.inner.folder, &error);
        if gone.exists() {
            fs::remove_dir_all(&gone).map_err(failed)?;
        }
        fs::rename(&self.inner.folder, &gone).map_err(failed)?;
        drop(documents);
        drop(self);
        fs::remove_dir_all(&gone).map_err(|error| VectorError::files(&gone, &error))
    }

    fn prepare(
        folder: &Path,
        name: &str,
        embedder: Arc<dyn Embedder>,
        settings: &IndexSettings,
    ) -> Result<Self, VectorError> {
        check_name(name)?;
        let path = folder.join(name);
        let vectors = path.join(VECTORS);
        fs::create_dir_all(&vectors).map_err(|error| VectorError::files(&vectors, &error))?;
        // It also keeps a second process from the documents, be the vectors on a server.
        let edge = EdgeStore::open(&vectors)?;
        let mut documents = Documents::open(&path)?;
        let late_interaction =
            documents.choose("late_interaction", || settings.late_interaction.to_string())? == "true";
        let place =
            documents.choose("store", || settings.server.as_ref().map_or("embedded", |_| "server").to_owned())?;
        let (store, collection): (Box<dyn VectorStore>, String) = match (place.as_str(), &settings.server) {
            ("server", Some(options)) => {
                (Box::new(Shared { store: ServerStore::connect(options)?, _lock: edge }), name.to_owned())
            }
            ("server", None) => {
                let what = "its vectors are on a Qdrant server: set QDRANT_URL";
                return Err(VectorError::Files { path, reason: what.to_owned() });
            }
            _ => (Box::new(edge), "documents".to_owned()),
        };
        let reader = Mutex::new(documents.another()?);
        let inner = Inner {
            name: name.to_owned(),
            folder: path,
            collection,
            embedder,
            late_interaction,
            documents: Mutex::new(documents),
            reader,
            store,
            words: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    fn schema(&self) -> Schema {
        let dimension = self.inner.embedder.dimension();
        let schema = Schema::dense(dimension).and_sparse();
        if self.inner.late_interaction { schema.and_multi(dimension) } else { schema }
    }

    fn documents(&self) -> MutexGuard<'_, Documents> {
        self.inner.documents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reader(&self) -> MutexGuard<'_, Documents> {
        self.inner.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn words(&self) -> MutexGuard<'_, Option<Arc<Bm25>>> {
        self.inner.words.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Index {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Index").field("name", &self.inner.name).finish_non_exhaustive()
    }
}

/// The names of the indexes below a folder, sorted.
///
/// # Errors
///
/// When the folder can't be read; that it is not there means there are none.
pub fn indexes(folder: &Path) -> Result<Vec<String>, VectorError> {
    let failed = |error: std::io::Error| VectorError::files(folder, &error);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        if let Ok(name) = entry.file_name().into_string()
            && check_name(&name).is_ok()
            && entry.path().join(documents::FILE).is_file()
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The folder of the vectors, in an index's.
const VECTORS: &str = "vectors";

/// Vectors on a server, with the lock of the texts here.
struct Shared {
    store: ServerStore,
    _lock: EdgeStore,
}

impl VectorStore for Shared {
    fn name(&self) -> &'static str {
        self.store.name()
    }

    fn collections(&self) -> Result<Vec<String>, VectorError> {
        self.store.collections()
    }

    fn create(&self, collection: &str, schema: &Schema) -> Result<(), VectorError> {
        self.store.create(collection, schema)
    }

    fn drop_collection(&self, collection: &str) -> Result<(), VectorError> {
        self.store.drop_collection(collection)
    }

    fn upsert(&self, collection: &str, points: &[super::Point]) -> Result<(), VectorError> {
        self.store.upsert(collection, points)
    }

    fn set_payload(&self, collection: &str, id: u64, payload: &Payload) -> Result<(), VectorError> {
        self.store.set_payload(collection, id, payload)
    }

    fn delete(&self, collection: &str, ids: &[u64]) -> Result<(), VectorError> {
        self.store.delete(collection, ids)
    }

    fn search(&self, collection: &str, query: &super::Query) -> Result<Vec<super::Hit>, VectorError> {
        self.store.search(collection, query)
    }

    fn count(&self, collection: &str, filter: Option<&super::Filter>) -> Result<u64, VectorError> {
        self.store.count(collection, filter)
    }

    fn ids(&self, collection: &str, from: u64, limit: usize) -> Result<Vec<u64>, VectorError> {
        self.store.ids(collection, from, limit)
    }

    fn flush(&self, collection: &str) -> Result<(), VectorError> {
        self.store.flush(collection)
    }

    fn optimize(&self, collection: &str) -> Result<(), VectorError> {
        self.store.optimize(collection)
    }
}

fn check(document: &Document) -> Result<(), VectorError> {
    let wrong = |what| Err(VectorError::Document { key: document.key.chars().take(80).collect(), what });
    if document.key.is_empty() {
        return wrong("it has no key");
    }
    if document.text.trim().is_empty() {
        return wrong("it has no text");
    }
    if document.key.contains('\0') || document.text.contains('\0') || document.source.contains('\0') {
        return wrong("there is a character of the number 0 in it");
    }
    Ok(())
}

fn unknown(folder: &Path, name: &str) -> VectorError {
    let names = indexes(folder).unwrap_or_default();
    VectorError::IndexUnknown { name: name.to_owned(), help: Some(unknown_help(&names)) }
}

fn stop(progress: &Progress) -> Result<(), VectorError> {
    if progress.cancelled() { Err(VectorError::Cancelled) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
