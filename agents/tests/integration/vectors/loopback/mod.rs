//! A server that speaks Qdrant's protocol on this machine, with the embedded engine behind it.
//!
//! It reads the messages by itself, by what the protocol says of them, not with the client's conversions.

mod read;
mod service;

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use qdrant_client::qdrant::CreateCollection;
use qdrant_client::qdrant::collections_server::CollectionsServer;
use qdrant_client::qdrant::points_server::PointsServer;
use qdrant_client::qdrant::qdrant_server::QdrantServer;
use qdrant_edge::EdgeShard;
use tokio::runtime::Runtime;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Status};

/// The collections, kept while the server is down.
#[derive(Default)]
pub(super) struct State {
    collections: Mutex<BTreeMap<String, Collection>>,
    made: Mutex<usize>,
}

struct Collection {
    params: CreateCollection,
    shard: EdgeShard,
    _folder: tempfile::TempDir,
}

/// The server. It ends when it is dropped.
pub(crate) struct Loopback {
    address: SocketAddr,
    key: Option<&'static str>,
    state: Arc<State>,
    running: Option<Runtime>,
}

impl Loopback {
    /// Starts one on a free port, which wants this key.
    pub(crate) fn start(key: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut server = Self { address, key, state: Arc::default(), running: None };
        server.serve(listener);
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it with all its connections.
    pub(crate) fn stop(&mut self) {
        if let Some(runtime) = self.running.take() {
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
    }

    /// Starts it again on the same port.
    pub(crate) fn start_again(&mut self) {
        self.serve(TcpListener::bind(self.address).unwrap());
    }

    fn serve(&mut self, listener: TcpListener) {
        listener.set_nonblocking(true).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (state, key) = (self.state.clone(), self.key);
        let allowed = move |request: Request<()>| match key {
            Some(key) if request.metadata().get("api-key").is_none_or(|given| given != key) => {
                Err(Status::unauthenticated("Must provide an API key or an Authorization bearer token"))
            }
            _ => Ok(request),
        };
        runtime.spawn(async move {
            let incoming = TcpIncoming::from(tokio::net::TcpListener::from_std(listener).unwrap());
            Server::builder()
                .add_service(PointsServer::with_interceptor(service::Service(state.clone()), allowed))
                .add_service(CollectionsServer::with_interceptor(service::Service(state.clone()), allowed))
                .add_service(QdrantServer::new(service::Service(state)))
                .serve_with_incoming(incoming)
                .await
                .unwrap();
        });
        self.running = Some(runtime);
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.stop();
    }
}
