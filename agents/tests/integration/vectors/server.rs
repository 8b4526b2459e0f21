//! The client of a Qdrant server when the server is not well, or not there.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use synthbook_agents::vectors::{
    Document, HashedWords, Index, IndexSettings, Query, Schema, Search, SearchRequest, ServerOptions, ServerStore,
    VectorError, VectorStore, parse_filter,
};
use synthbook_synth::Progress;

use super::loopback::Loopback;
use super::way::Way;

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
fn a_connection_that_was_lost_unnoticed_is_made_again() {
    let server = Loopback::start(None);
    let way = Way::to(server.address());
    let store = ServerStore::connect(&ServerOptions::new(way.url()).timeout(Duration::from_secs(5))).unwrap();
    store.create("c", &Schema::dense(2)).unwrap();
    way.lose();
    assert_eq!(store.collections().unwrap(), ["c"]);
    way.lose();
    assert!(store.search("c", &Query::new(Search::Dense(vec![1.0, 0.0]))).unwrap().is_empty());
    way.lose();
    store.drop_collection("c").unwrap();
    assert!(store.collections().unwrap().is_empty());
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

#[test]
fn an_index_may_keep_its_vectors_on_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let server = Loopback::start(Some("secret"));
    let options = ServerOptions::new(server.url()).api_key("secret");
    let settings = IndexSettings { server: Some(options.clone()), ..IndexSettings::default() };
    let open = |settings: &IndexSettings| {
        Index::open_with(folder.path(), "shop", Arc::new(HashedWords::new(32)), settings, &Progress::silent())
    };
    let index = open(&settings).unwrap();
    let texts = ["whole milk", "rye bread", "orange juice"];
    let documents = texts.iter().enumerate().map(|(number, text)| Document {
        key: number.to_string(),
        text: (*text).to_owned(),
        payload: serde_json::json!({"number": number}).as_object().cloned().unwrap(),
        source: "shop".to_owned(),
    });
    index.add(documents, &Progress::silent()).unwrap();
    assert_eq!(index.info().unwrap().store, "server");
    drop(index);
    // The server lost a point meanwhile.
    let store = ServerStore::connect(&options).unwrap();
    store.delete("shop", &[2]).unwrap();
    assert!(matches!(open(&IndexSettings::default()), Err(VectorError::Files { .. })), "it asks for the server");
    let index = open(&settings).unwrap();
    let request = SearchRequest::new("rye bread").filter(parse_filter("number >= 1").unwrap()).limit(1);
    assert_eq!(index.search(&request).unwrap()[0].key, "1");
    let mut changed = Document { key: "1".to_owned(), text: texts[1].to_owned(), ..Document::default() };
    changed.payload.insert("number".to_owned(), 7.into());
    index.add([changed], &Progress::silent()).unwrap();
    let request = SearchRequest::new("bread").filter(parse_filter("number = 7").unwrap());
    assert_eq!(index.search(&request).unwrap().len(), 1);
    index.destroy().unwrap();
    assert!(store.collections().unwrap().is_empty());
}
