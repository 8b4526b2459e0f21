//! Search by meaning and by words: embeddings, one trait for every vector store, and named search indexes.
//!
//! Documents of record stay in DuckDB; what a store holds can be made again from them.

mod bm25;
mod edge;
mod embed;
mod error;
mod filter;
mod fuse;
mod index;
mod parse;
mod schema;
mod server;
mod store;

pub use bm25::Bm25;
pub use edge::EdgeStore;
pub use embed::{Embedder, HashedWords, MiniLm};
pub use error::VectorError;
pub use filter::{Bound, Filter};
pub use index::{
    Added, Document, Index, IndexInfo, IndexSettings, Mode, SearchHit, SearchRequest, cell_documents, column_documents,
    frame_documents, indexes,
};
pub use parse::parse_filter;
pub use schema::{Dense, Distance, Hit, Payload, Point, Query, Schema, Search, Sparse};
pub use server::{ServerOptions, ServerStore};
pub use store::VectorStore;
