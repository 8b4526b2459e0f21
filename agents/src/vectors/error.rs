//! What can go wrong between a text and the texts that are like it.

use std::path::PathBuf;

use crate::AgentsError;
use crate::models::ModelError;

/// Why texts could not be embedded, kept or searched.
#[derive(Debug, Clone, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum VectorError {
    /// A name can't be that of a collection or an index.
    #[error("This can't be the name of a search index: {name}")]
    #[diagnostic(
        code(vectors::name),
        help("Letters, digits, - and _, beginning with a letter or digit, at most 64 of them.")
    )]
    Name {
        /// The name.
        name: String,
    },
    /// There is no such collection.
    #[error("There is no collection named {name}")]
    #[diagnostic(code(vectors::collection_unknown))]
    CollectionUnknown {
        /// The name asked for.
        name: String,
        /// Which there are.
        #[help]
        help: Option<String>,
    },
    /// The collection is there already.
    #[error("There is a collection of this name with another layout: {name}")]
    #[diagnostic(code(vectors::collection_exists), help("Drop it first, or choose another name."))]
    CollectionExists {
        /// The name.
        name: String,
    },
    /// There is no such index.
    #[error("There is no search index named {name}")]
    #[diagnostic(code(vectors::index_unknown))]
    IndexUnknown {
        /// The name asked for.
        name: String,
        /// Which there are.
        #[help]
        help: Option<String>,
    },
    /// A vector has the wrong length.
    #[error("A vector of {expected} numbers was expected, not of {found}")]
    #[diagnostic(
        code(vectors::dimension),
        help("Use the embedding model that the index was made with, or rebuild the index.")
    )]
    Dimension {
        /// The collection's.
        expected: usize,
        /// The vector's.
        found: usize,
    },
    /// A vector can't be searched or kept.
    #[error("The vector of point {id} can't be used: {what}")]
    #[diagnostic(code(vectors::vector))]
    Vector {
        /// The point, or `the query`.
        id: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The collection has no vectors of this kind.
    #[error("The collection {collection} holds no {kind} vectors")]
    #[diagnostic(code(vectors::kind_missing), help("Make it with them, or search in another way."))]
    KindMissing {
        /// The collection.
        collection: String,
        /// dense, sparse or multi.
        kind: &'static str,
    },
    /// A filter can't be understood or asked.
    #[error("The filter can't be used: {what}")]
    #[diagnostic(
        code(vectors::filter),
        help("For example: category = 'Milk' AND price BETWEEN 1 AND 3 AND NOT brand IN ('A', 'B')")
    )]
    Filter {
        /// What is wrong.
        what: String,
    },
    /// The index is open already.
    #[error("This index is open already, here or in another process: {}", path.display())]
    #[diagnostic(
        code(vectors::busy),
        help("One process at a time has an index. Close it there (end that notebook's kernel) and try again.")
    )]
    Busy {
        /// The index's folder.
        path: PathBuf,
    },
    /// The embedded store failed.
    #[error("The vector store failed: {message}")]
    #[diagnostic(code(vectors::store), help("Rebuild the index: its texts are kept apart from the vectors."))]
    Store {
        /// The engine's message.
        message: String,
    },
    /// The disk is full.
    #[error("There is no room left for the index: {}", path.display())]
    #[diagnostic(code(vectors::disk_full), help("Free some space; what was acknowledged is kept."))]
    DiskFull {
        /// Where.
        path: PathBuf,
    },
    /// A file or folder of an index can't be used.
    #[error("The index's files can't be used ({reason}): {}", path.display())]
    #[diagnostic(code(vectors::files))]
    Files {
        /// Which.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The documents' own database failed.
    #[error("The index's documents can't be read or written ({reason}): {}", path.display())]
    #[diagnostic(
        code(vectors::documents),
        help("Another process may hold the file, or it is damaged. Drop the index and make it again from its source.")
    )]
    Documents {
        /// The database file.
        path: PathBuf,
        /// The engine's message.
        reason: String,
    },
    /// A document can't be kept.
    #[error("The document {key} can't be indexed: {what}")]
    #[diagnostic(code(vectors::document))]
    Document {
        /// Its key.
        key: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// There is nothing to look for.
    #[error("There is nothing to search for")]
    #[diagnostic(code(vectors::empty_query), help("Write some words, for example: %search low fat milk"))]
    EmptyQuery,
    /// The index was made with another embedding model.
    #[error("The index {name} was made with {made_with}, not with {given}")]
    #[diagnostic(code(vectors::embedder_changed), help("Open it with that model, or rebuild it with the new one."))]
    EmbedderChanged {
        /// The index.
        name: String,
        /// The model it was made with.
        made_with: String,
        /// The model given.
        given: String,
    },
    /// ONNX Runtime can't be loaded.
    #[error("ONNX Runtime can't be loaded: {reason}")]
    #[diagnostic(code(vectors::runtime), help("Fetch it again: synthbook models pull onnxruntime --force"))]
    Runtime {
        /// What was said.
        reason: String,
    },
    /// The embedding model failed.
    #[error("The embedding model failed: {reason}")]
    #[diagnostic(code(vectors::embed), help("Fetch it again: synthbook models pull all-minilm-l6-v2 --force"))]
    Embed {
        /// What was said.
        reason: String,
    },
    /// The server's address can't be used.
    #[error("This is no address of a Qdrant server: {url}")]
    #[diagnostic(code(vectors::server_url), help("Write http://HOST:6334 or https://HOST:6334 (the gRPC port)."))]
    ServerUrl {
        /// The address, without credentials.
        url: String,
    },
    /// The server can't be reached.
    #[error("The Qdrant server does not answer: {url}")]
    #[diagnostic(code(vectors::server_gone), help("Is it running, and is this its gRPC port (6334 unless changed)?"))]
    ServerGone {
        /// Its address.
        url: String,
        /// What was said.
        reason: String,
    },
    /// The server took too long.
    #[error("The Qdrant server did not answer within {seconds} s: {url}")]
    #[diagnostic(code(vectors::server_timeout), help("Give it more time, or ask for less."))]
    ServerTimeout {
        /// Its address.
        url: String,
        /// The time it was given.
        seconds: f64,
    },
    /// The server wants another key.
    #[error("The Qdrant server refused the API key: {url}")]
    #[diagnostic(code(vectors::server_refused), help("Set QDRANT_API_KEY to a key that may do this."))]
    ServerRefused {
        /// Its address.
        url: String,
    },
    /// The server answered with an error.
    #[error("The Qdrant server failed: {message}")]
    #[diagnostic(code(vectors::server))]
    Server {
        /// Its message.
        message: String,
    },
    /// It was stopped.
    #[error("The indexing was stopped")]
    #[diagnostic(code(vectors::cancelled), help("What was added stays; the next opening of the index finishes it."))]
    Cancelled,
    /// A model is missing or damaged.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Model(#[from] ModelError),
    /// A warehouse failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Agents(#[from] AgentsError),
}

impl VectorError {
    /// The error for a file system failure at `path`.
    pub(crate) fn files(path: &std::path::Path, error: &std::io::Error) -> Self {
        if crate::models::is_full(error) {
            return Self::DiskFull { path: path.to_owned() };
        }
        Self::Files { path: path.to_owned(), reason: error.to_string() }
    }
}
