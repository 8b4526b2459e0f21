//! A Qdrant server, over gRPC.

mod convert;
mod fault;

use std::fmt;
use std::future::Future;
use std::sync::mpsc;
use std::time::Duration;

use qdrant_client::qdrant::{
    CountPoints, DeletePoints, PointId, QueryBatchPoints, QueryPoints, ScoredPoint, ScrollPoints, SetPayloadPoints,
    UpsertPoints, with_payload_selector,
};
use qdrant_client::{Qdrant, QdrantError};
use secrecy::{ExposeSecret, SecretString};
use tokio::runtime::Runtime;

use super::edge::{check_name, unknown_help};
use super::fuse::{self, SPARE};
use super::schema::{Distance, Hit, Payload, Point, Query, Schema, Search};
use super::store::VectorStore;
use super::{Filter, VectorError};

/// How many points go in one message.
const CHUNK: usize = 256;

/// Where the server is and how to be let in.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Its gRPC address, such as `http://localhost:6334`.
    pub url: String,
    /// Its API key, where it wants one.
    pub api_key: Option<SecretString>,
    /// How long one request may take.
    pub timeout: Duration,
}

impl ServerOptions {
    /// A server that wants no key; 30 s for each request.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), api_key: None, timeout: Duration::from_secs(30) }
    }

    /// What `QDRANT_URL` and `QDRANT_API_KEY` say; none without the first.
    #[must_use]
    pub fn from_environment(variable: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        let url = variable("QDRANT_URL").filter(|url| !url.is_empty())?;
        let api_key = variable("QDRANT_API_KEY").filter(|key| !key.is_empty()).map(SecretString::from);
        Some(Self { api_key, ..Self::new(url) })
    }

    /// With this key.
    #[must_use]
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(SecretString::from(key.into()));
        self
    }

    /// So long for each request.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

/// A Qdrant server, for indexes that several share.
pub struct ServerStore {
    client: Qdrant,
    url: String,
    timeout: Duration,
    /// Of its own, so that it may be called from anywhere; none only while it is dropped.
    runtime: Option<Runtime>,
}

impl ServerStore {
    /// Connects, and asks the server whether it is well.
    ///
    /// # Errors
    ///
    /// When the address can't be one, or the server does not answer.
    pub fn connect(options: &ServerOptions) -> Result<Self, VectorError> {
        let url = fault::shown(&options.url).ok_or_else(|| VectorError::ServerUrl {
            url: options.url.split('@').next_back().unwrap_or_default().to_owned(),
        })?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("qdrant")
            .enable_all()
            .build()
            .map_err(|error| VectorError::Server { message: error.to_string() })?;
        let mut config = qdrant_client::config::QdrantConfig::from_url(&url)
            .timeout(options.timeout)
            .connect_timeout(options.timeout.min(Duration::from_secs(10)))
            .skip_compatibility_check();
        // One connection carries many requests at a time; of several each would have to find out that the server had gone.
        config.set_pool_size(1);
        if let Some(key) = &options.api_key {
            config.set_api_key(key.expose_secret());
        }
        let client = Qdrant::new(config).map_err(|_| VectorError::ServerUrl { url: url.clone() })?;
        let store = Self { client, url, timeout: options.timeout, runtime: Some(runtime) };
        // A server that wants a key gives its health to anybody: the list shows whether the key is right.
        store.collections()?;
        Ok(store)
    }

    /// Runs a request on the store's own runtime and waits for its answer.
    fn ask<T: Send + 'static, F>(&self, collection: &str, request: impl FnOnce(Qdrant) -> F) -> Result<T, VectorError>
    where
        F: Future<Output = Result<T, QdrantError>> + Send + 'static,
    {
        let gone = || VectorError::ServerGone { url: self.url.clone(), reason: "the connection was closed".to_owned() };
        let runtime = self.runtime.as_ref().ok_or_else(gone)?;
        let (send, receive) = mpsc::sync_channel(1);
        let (answer, timeout) = (request(self.client.clone()), self.timeout);
        runtime.spawn(async move {
            // Whoever asked waits for it: it can't be gone.
            let _ = send.send(tokio::time::timeout(timeout, answer).await);
        });
        match receive.recv() {
            Ok(Ok(Ok(value))) => Ok(value),
            Ok(Ok(Err(error))) => Err(fault::of(&error, &self.url, timeout, collection)),
            Ok(Err(_)) => Err(VectorError::ServerTimeout { url: self.url.clone(), seconds: timeout.as_secs_f64() }),
            Err(_) => Err(gone()),
        }
    }

    /// The same for requests about collections that may be made twice: where the connection was lost, which is often
    /// found out only by using it, once more on a new one. Requests about points are repeated by the client itself.
    fn ask_again<T: Send + 'static, F>(&self, collection: &str, request: impl Fn(Qdrant) -> F) -> Result<T, VectorError>
    where
        F: Future<Output = Result<T, QdrantError>> + Send + 'static,
    {
        match self.ask(collection, &request) {
            Err(error) if fault::lost(&error) => self.ask(collection, &request),
            done => done,
        }
    }

    fn schema(&self, collection: &str) -> Result<Schema, VectorError> {
        check_name(collection)?;
        let name = collection.to_owned();
        let info = self.ask_again(collection, |client| {
            let name = name.clone();
            async move { client.collection_info(name).await }
        });
        match info {
            Ok(info) => Ok(convert::schema(info.result.and_then(|info| info.config).and_then(|config| config.params))),
            Err(VectorError::CollectionUnknown { name, .. }) => {
                Err(VectorError::CollectionUnknown { name, help: Some(unknown_help(&self.collections()?)) })
            }
            Err(error) => Err(error),
        }
    }

    fn query(&self, collection: &str, query: QueryPoints) -> Result<Vec<Hit>, VectorError> {
        let answer = self.ask(collection, |client| async move { client.query(query).await })?;
        Ok(hits(answer.result))
    }
}

impl VectorStore for ServerStore {
    fn name(&self) -> &'static str {
        "server"
    }

    fn collections(&self) -> Result<Vec<String>, VectorError> {
        let answer = self.ask_again("", |client| async move { client.list_collections().await })?;
        let mut names: Vec<String> = answer.collections.into_iter().map(|collection| collection.name).collect();
        names.sort();
        Ok(names)
    }

    fn create(&self, collection: &str, schema: &Schema) -> Result<(), VectorError> {
        check_name(collection)?;
        match self.schema(collection) {
            Ok(there) if there == *schema => return Ok(()),
            Ok(_) => return Err(VectorError::CollectionExists { name: collection.to_owned() }),
            Err(VectorError::CollectionUnknown { .. }) => {}
            Err(error) => return Err(error),
        }
        let request = convert::collection(collection, schema);
        self.ask(collection, |client| async move { client.create_collection(request).await }).map(drop)
    }

    fn drop_collection(&self, collection: &str) -> Result<(), VectorError> {
        check_name(collection)?;
        let name = collection.to_owned();
        let request = |client: Qdrant| {
            let name = name.clone();
            async move { client.delete_collection(name).await }
        };
        match self.ask_again(collection, request) {
            Ok(_) | Err(VectorError::CollectionUnknown { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn upsert(&self, collection: &str, points: &[Point]) -> Result<(), VectorError> {
        let schema = self.schema(collection)?;
        points.iter().try_for_each(|point| schema.check(collection, point))?;
        for chunk in points.chunks(CHUNK) {
            let request = UpsertPoints {
                collection_name: collection.to_owned(),
                wait: Some(true),
                points: chunk.iter().map(convert::point).collect(),
                ..UpsertPoints::default()
            };
            self.ask(collection, |client| async move { client.upsert_points(request).await })?;
        }
        Ok(())
    }

    fn set_payload(&self, collection: &str, id: u64, payload: &Payload) -> Result<(), VectorError> {
        check_name(collection)?;
        let request = SetPayloadPoints {
            collection_name: collection.to_owned(),
            wait: Some(true),
            payload: qdrant_client::Payload::from(payload.clone()).into(),
            points_selector: Some(convert::selected(&[id])),
            ..SetPayloadPoints::default()
        };
        self.ask(collection, |client| async move { client.overwrite_payload(request).await }).map(drop)
    }

    fn delete(&self, collection: &str, ids: &[u64]) -> Result<(), VectorError> {
        check_name(collection)?;
        for chunk in ids.chunks(CHUNK * 16) {
            let request = DeletePoints {
                collection_name: collection.to_owned(),
                wait: Some(true),
                points: Some(convert::selected(chunk)),
                ..DeletePoints::default()
            };
            self.ask(collection, |client| async move { client.delete_points(request).await })?;
        }
        if ids.is_empty() { self.schema(collection).map(drop) } else { Ok(()) }
    }

    fn search(&self, collection: &str, query: &Query) -> Result<Vec<Hit>, VectorError> {
        let schema = self.schema(collection)?;
        schema.check_query(collection, query)?;
        let filter =
            query.filter.as_ref().map(|filter| filter.check().map(|()| convert::filter(filter))).transpose()?;
        if query.limit == 0 {
            return Ok(Vec::new());
        }
        let euclid = schema.dense.is_some_and(|dense| dense.distance == Distance::Euclid);
        let limit = query.limit.saturating_add(SPARE);
        let points = |what, limit| convert::query(collection, what, filter.clone(), limit);
        match &query.search {
            Search::Dense(vector) => {
                let found = self.query(collection, points(convert::near_dense(vector), limit))?;
                Ok(fuse::order(found, query.limit, euclid))
            }
            Search::Sparse(words) if words.is_empty() => Ok(Vec::new()),
            Search::Sparse(words) => {
                let found = self.query(collection, points(convert::near_sparse(words), limit))?;
                Ok(fuse::order(found, query.limit, false))
            }
            Search::Hybrid { dense, sparse } => {
                let most = fuse::candidates(query.limit);
                let mut both = vec![points(convert::near_dense(dense), most + SPARE)];
                if !sparse.is_empty() {
                    both.push(points(convert::near_sparse(sparse), most + SPARE));
                }
                let request = QueryBatchPoints {
                    collection_name: collection.to_owned(),
                    query_points: both,
                    ..QueryBatchPoints::default()
                };
                let answer = self.ask(collection, |client| async move { client.query_batch(request).await })?;
                let ordered = |(index, batch): (usize, qdrant_client::qdrant::BatchResult)| {
                    fuse::order(hits(batch.result), most, euclid && index == 0)
                };
                Ok(fuse::fuse(answer.result.into_iter().enumerate().map(ordered).collect(), query.limit))
            }
            Search::LateInteraction { tokens, candidates } => {
                let mut request = points(convert::near_multi(tokens), limit);
                if let Some(vector) = candidates {
                    let most = fuse::candidates(query.limit);
                    request.prefetch = vec![convert::prefetch(convert::near_dense(vector), filter.clone(), most)];
                }
                Ok(fuse::order(self.query(collection, request)?, query.limit, false))
            }
        }
    }

    fn count(&self, collection: &str, filter: Option<&Filter>) -> Result<u64, VectorError> {
        check_name(collection)?;
        let filter = filter.map(|filter| filter.check().map(|()| convert::filter(filter))).transpose()?;
        let request =
            CountPoints { collection_name: collection.to_owned(), filter, exact: Some(true), ..CountPoints::default() };
        let answer = self.ask(collection, |client| async move { client.count(request).await })?;
        Ok(answer.result.map_or(0, |result| result.count))
    }

    fn ids(&self, collection: &str, from: u64, limit: usize) -> Result<Vec<u64>, VectorError> {
        check_name(collection)?;
        if limit == 0 {
            return Ok(Vec::new());
        }
        let request = ScrollPoints {
            collection_name: collection.to_owned(),
            offset: Some(PointId::from(from)),
            limit: Some(u32::try_from(limit).unwrap_or(u32::MAX)),
            with_payload: Some(with_payload_selector::SelectorOptions::Enable(false).into()),
            ..ScrollPoints::default()
        };
        let answer = self.ask(collection, |client| async move { client.scroll(request).await })?;
        Ok(answer.result.into_iter().filter_map(|point| convert::number(point.id?)).collect())
    }

    /// The server acknowledges a change only when it is in its log.
    fn flush(&self, collection: &str) -> Result<(), VectorError> {
        self.schema(collection).map(drop)
    }

    /// The server builds its graphs by itself.
    fn optimize(&self, collection: &str) -> Result<(), VectorError> {
        self.schema(collection).map(drop)
    }
}

impl fmt::Debug for ServerStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ServerStore").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Drop for ServerStore {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn hits(points: Vec<ScoredPoint>) -> Vec<Hit> {
    points.into_iter().filter_map(convert::hit).collect()
}
