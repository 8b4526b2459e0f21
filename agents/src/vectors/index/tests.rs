//! Indexes with the embedder that needs no model.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use synthbook_synth::ProgressSink;

use super::*;
use crate::vectors::{Filter, HashedWords};

/// Counts what it is asked.
struct Counting {
    inner: HashedWords,
    texts: Mutex<Vec<String>>,
    fails: AtomicBool,
}

impl Counting {
    fn new() -> Arc<Self> {
        Arc::new(Self { inner: HashedWords::new(64), texts: Mutex::default(), fails: AtomicBool::new(false) })
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.texts.lock().unwrap())
    }
}

impl Embedder for Counting {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn dimension(&self) -> usize {
        self.inner.dimension()
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, VectorError> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(VectorError::Embed { reason: "it was told to".to_owned() });
        }
        self.texts.lock().unwrap().extend(texts.iter().map(ToString::to_string));
        self.inner.embed(texts)
    }

    fn embed_tokens(&self, texts: &[&str]) -> Result<Option<Vec<Vec<Vec<f32>>>>, VectorError> {
        self.inner.embed_tokens(texts)
    }
}

fn document(key: &str, text: &str, price: f64) -> Document {
    Document {
        key: key.to_owned(),
        text: text.to_owned(),
        payload: json!({"price": price}).as_object().cloned().unwrap(),
        source: "shop".to_owned(),
    }
}

fn shop() -> Vec<Document> {
    vec![document("m", "whole milk", 1.0), document("b", "rye bread", 2.0), document("j", "orange juice", 3.0)]
}

fn keys(index: &Index, request: &SearchRequest) -> Vec<String> {
    index.search(request).unwrap().into_iter().map(|hit| hit.key).collect()
}

#[test]
fn only_what_changed_is_embedded_again() {
    let folder = tempfile::tempdir().unwrap();
    let embedder = Counting::new();
    let index = Index::open(folder.path(), "shop", embedder.clone()).unwrap();
    let silent = Progress::silent();
    let added = index.add(shop(), &silent).unwrap();
    assert_eq!(added, Added { new: 3, embedded: 3, ..Added::default() });
    assert_eq!(index.add(shop(), &silent).unwrap(), Added { same: 3, ..Added::default() });
    embedder.taken();
    let mut changed = shop();
    changed[0].text = "skimmed milk".to_owned();
    changed[1] = document("b", "rye bread", 9.0);
    changed.push(document("k", "skimmed milk", 4.0));
    let added = index.add(changed, &silent).unwrap();
    assert_eq!(added, Added { new: 1, changed: 2, same: 1, embedded: 1, ..Added::default() });
    assert_eq!(embedder.taken(), ["skimmed milk"]);
    assert!(keys(&index, &SearchRequest::new("whole").mode(Mode::Sparse)).is_empty());
    assert_eq!(keys(&index, &SearchRequest::new("skimmed").mode(Mode::Sparse)), ["m", "k"]);
    let dear = SearchRequest::new("bread").filter(crate::vectors::parse_filter("price > 8").unwrap());
    assert_eq!(keys(&index, &dear), ["b"]);
    embedder.taken();
    drop(index);
    let index = Index::open(folder.path(), "shop", embedder.clone()).unwrap();
    assert!(embedder.taken().is_empty(), "opening embeds nothing when nothing is missing");
    assert_eq!(index.info().unwrap().documents, 4);
}

#[test]
fn documents_go_and_a_source_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path(), "shop", Counting::new()).unwrap();
    let silent = Progress::silent();
    index.add(shop(), &silent).unwrap();
    assert_eq!(index.delete(&["m", "nobody"]).unwrap(), 1);
    assert_eq!(index.delete::<&str>(&[]).unwrap(), 0);
    assert!(!keys(&index, &SearchRequest::new("milk")).contains(&"m".to_owned()));
    let other = Document { source: "other".to_owned(), ..document("o", "other milk", 0.0) };
    index.add([other], &silent).unwrap();
    let added =
        index.replace("shop", [document("b", "rye bread", 2.0), document("t", "black tea", 1.0)], &silent).unwrap();
    assert_eq!(added, Added { new: 1, same: 1, removed: 1, embedded: 1, ..Added::default() });
    let info = index.info().unwrap();
    assert_eq!(serde_json::to_value(&info.sources).unwrap(), json!({"other": 1, "shop": 2}));
    assert_eq!(info.pending, 0);
    // A key that went comes back as a new document.
    index.add([document("m", "whole milk", 1.0)], &silent).unwrap();
    assert_eq!(keys(&index, &SearchRequest::new("whole milk").limit(1)), ["m"]);
}

#[test]
fn what_could_not_be_embedded_is_made_good_later() {
    let folder = tempfile::tempdir().unwrap();
    let embedder = Counting::new();
    let index = Index::open(folder.path(), "shop", embedder.clone()).unwrap();
    embedder.fails.store(true, Ordering::Relaxed);
    let error = index.add(shop(), &Progress::silent()).unwrap_err();
    assert!(matches!(error, VectorError::Embed { .. }), "{error:?}");
    assert_eq!((index.info().unwrap().documents, index.info().unwrap().pending), (3, 3));
    drop(index);
    embedder.fails.store(false, Ordering::Relaxed);
    let index = Index::open(folder.path(), "shop", embedder).unwrap();
    assert_eq!(index.info().unwrap().pending, 0);
    assert_eq!(keys(&index, &SearchRequest::new("juice").limit(1)), ["j"]);
}

#[test]
fn another_model_is_refused_until_the_index_is_rebuilt() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path(), "shop", Counting::new()).unwrap();
    index.add(shop(), &Progress::silent()).unwrap();
    let held = Index::open(folder.path(), "shop", Counting::new()).unwrap_err();
    assert!(matches!(held, VectorError::Busy { .. }), "{held:?}");
    drop(index);
    let other: Arc<dyn Embedder> = Arc::new(HashedWords::new(16));
    let error = Index::open(folder.path(), "shop", other.clone()).unwrap_err();
    assert!(
        matches!(&error, VectorError::EmbedderChanged { made_with, .. } if made_with == "hashed-words-64"),
        "{error:?}"
    );
    let settings = IndexSettings::default();
    let index = Index::rebuild(folder.path(), "shop", other.clone(), &settings, &Progress::silent()).unwrap();
    assert_eq!(keys(&index, &SearchRequest::new("juice").limit(1)), ["j"]);
    assert_eq!(index.info().unwrap().dimension, 16);
    let error = Index::rebuild(folder.path(), "nobody", other, &settings, &Progress::silent()).unwrap_err();
    assert!(matches!(error, VectorError::IndexUnknown { .. }), "{error:?}");
    assert_eq!(indexes(folder.path()).unwrap(), ["shop"]);
}

#[test]
fn an_index_is_dropped_with_all_it_has() {
    let folder = tempfile::tempdir().unwrap();
    assert!(indexes(&folder.path().join("nothing")).unwrap().is_empty());
    let index = Index::open(folder.path(), "shop", Counting::new()).unwrap();
    let held = Index::remove(folder.path(), "shop").unwrap_err();
    assert!(matches!(held, VectorError::Busy { .. }), "{held:?}");
    index.destroy().unwrap();
    assert!(indexes(folder.path()).unwrap().is_empty());
    drop(Index::open(folder.path(), "shop", Counting::new()).unwrap());
    std::fs::write(folder.path().join("shop/documents.duckdb"), "no database").unwrap();
    let error = Index::open(folder.path(), "shop", Counting::new()).unwrap_err();
    assert!(matches!(error, VectorError::Documents { .. }), "{error:?}");
    Index::remove(folder.path(), "shop").unwrap();
    Index::remove(folder.path(), "shop").unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_can_not_be_indexed_or_asked_is_said() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["", "..", "a/b", "ä"] {
        let error = Index::open(folder.path(), name, Counting::new()).unwrap_err();
        assert!(matches!(error, VectorError::Name { .. }), "{name}: {error:?}");
    }
    let index = Index::open(folder.path(), "shop", Counting::new()).unwrap();
    let silent = Progress::silent();
    assert_eq!(index.add([], &silent).unwrap(), Added::default());
    for (key, text) in [("", "text"), ("k", ""), ("k", " \n"), ("k", "a\0b")] {
        let error = index.add([document(key, text, 0.0)], &silent).unwrap_err();
        assert!(matches!(error, VectorError::Document { .. }), "{error:?}");
    }
    assert!(index.search(&SearchRequest::new("milk")).unwrap().is_empty());
    assert!(matches!(index.search(&SearchRequest::new("  ")), Err(VectorError::EmptyQuery)));
    let late = SearchRequest::new("milk").mode(Mode::LateInteraction);
    assert!(matches!(index.search(&late), Err(VectorError::KindMissing { kind: "multi", .. })));
    index.add(shop(), &silent).unwrap();
    let filtered = SearchRequest::new("milk").filter(Filter::equals("price", 1.0));
    assert_eq!(keys(&index, &filtered), ["m"]);
    assert!(keys(&index, &SearchRequest::new("milk").limit(0)).is_empty());
    for (name, mode) in Mode::ALL {
        assert_eq!(Mode::from_name(name), Some(mode));
    }
}

#[test]
fn late_interaction_finds_by_each_word() {
    let folder = tempfile::tempdir().unwrap();
    let settings = IndexSettings { late_interaction: true, ..IndexSettings::default() };
    let silent = Progress::silent();
    let index = Index::open_with(folder.path(), "shop", Counting::new(), &settings, &silent).unwrap();
    index.add(shop(), &silent).unwrap();
    let request = SearchRequest::new("bread made of rye").mode(Mode::LateInteraction).limit(1);
    assert_eq!(keys(&index, &request), ["b"]);
    drop(index);
    let index = Index::open(folder.path(), "shop", Counting::new()).unwrap();
    assert!(index.info().unwrap().late_interaction);
    assert_eq!(keys(&index, &request), ["b"]);
}

#[test]
fn adding_tells_how_far_it_is_and_stops_when_asked() {
    struct Stopping(Arc<AtomicBool>, Mutex<Vec<f64>>);
    impl ProgressSink for Stopping {
        fn update(&self, fraction: Option<f64>, _message: &str) {
            self.1.lock().unwrap().extend(fraction);
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path(), "shop", Counting::new()).unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let sink = Arc::new(Stopping(stop.clone(), Mutex::default()));
    let many: Vec<Document> = (0..3000).map(|n| document(&n.to_string(), &format!("text {n}"), 0.0)).collect();
    let error = index.add(many, &Progress::new(sink.clone(), stop)).unwrap_err();
    assert!(matches!(error, VectorError::Cancelled), "{error:?}");
    assert_eq!(index.info().unwrap().documents, CHUNK as u64);
    assert!((sink.1.lock().unwrap()[0] - CHUNK as f64 / 3000.0).abs() < 1e-9);
}
