//! The client of a Qdrant server when the server is not well, or not there.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use synthbook_agents::vectors::{Query, Schema, Search, ServerOptions, ServerStore, VectorError, VectorStore};

use super::loopback::Loopback;

#[test]
fn a_server_that_is_not_there_is_said() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://user:hidden@{free}");
    let error = ServerStore::connect(&ServerOptions::new(url)).unwrap_err();
    assert!(matches!(error, VectorError::ServerGone { .. }), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("hidden"));
    for url in ["", "nonsense", "ftp://localhost", "http://"] {
        let error = ServerStore::connect(&ServerOptions::new(url)).unwrap_err();
        assert!(matches!(error, VectorError::ServerUrl { .. }), "{url}: {error:?}");
    }
}

#[test]
fn a_wrong_key_is_refused_and_never_shown() {
    let server = Loopback::start(Some("secret"));
    for options in [ServerOptions::new(server.url()), ServerOptions::new(server.url()).api_key("not-this-one")] {
        assert!(!format!("{options:?}").contains("not-this-one"));
        let error = ServerStore::connect(&options).unwrap_err();
        assert!(matches!(error, VectorError::ServerRefused { .. }), "{error:?}");
        assert!(!format!("{error:?}").contains("not-this-one"));
    }
}

#[test]
fn a_server_that_goes_and_comes_back_is_asked_again() {
    let mut server = Loopback::start(None);
    let store = ServerStore::connect(&ServerOptions::new(server.url()).timeout(Duration::from_secs(5))).unwrap();
    store.create("c", &Schema::dense(2)).unwrap();
    server.stop();
    let error = store.search("c", &Query::new(Search::Dense(vec![1.0, 0.0]))).unwrap_err();
    assert!(matches!(error, VectorError::ServerGone { .. }), "{error:?}");
    server.start_again();
    assert!(store.search("c", &Query::new(Search::Dense(vec![1.0, 0.0]))).unwrap().is_empty());
}

#[test]
fn a_server_that_says_nothing_is_not_waited_for() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let begun = Instant::now();
    let error = ServerStore::connect(&ServerOptions::new(url).timeout(Duration::from_millis(300))).unwrap_err();
    assert!(matches!(error, VectorError::ServerTimeout { .. } | VectorError::ServerGone { .. }), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_store_may_be_used_inside_an_async_program() {
    let server = Loopback::start(None);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = ServerStore::connect(&ServerOptions::new(server.url())).unwrap();
        assert!(store.collections().unwrap().is_empty());
    });
}
