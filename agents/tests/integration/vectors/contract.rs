//! What every vector store does, asked of each.

use serde_json::{Map, Value, json};
use synthbook_agents::vectors::{
    Bm25, Bound, Dense, Distance, EdgeStore, Filter, Hit, Point, Query, Schema, Search, ServerOptions, ServerStore,
    Sparse, VectorError, VectorStore,
};

use super::loopback::Loopback;

const WORDS: [&str; 5] = ["whole milk", "low fat milk", "rye bread", "orange juice", "milk chocolate with whole nuts"];

/// Runs a check on each store.
fn on_each(check: impl Fn(&dyn VectorStore)) {
    let folder = tempfile::tempdir().unwrap();
    check(&EdgeStore::open(folder.path()).unwrap());
    let server = Loopback::start(Some("secret"));
    let options = ServerOptions::new(server.url()).api_key("secret");
    check(&ServerStore::connect(&options).unwrap());
}

fn payload(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

fn near(id: u64, x: f32, y: f32) -> Point {
    Point { id, dense: Some(vec![x, y]), ..Point::default() }
}

fn ids(hits: &[Hit]) -> Vec<u64> {
    hits.iter().map(|hit| hit.id).collect()
}

/// Five texts with dense and sparse vectors and payloads.
fn shop(store: &dyn VectorStore) -> Bm25 {
    let bm25 = Bm25::new(3.0).unwrap();
    store.create("shop", &Schema::dense(2).and_sparse()).unwrap();
    let points: Vec<Point> = WORDS
        .iter()
        .enumerate()
        .map(|(index, text)| Point {
            id: index as u64 + 1,
            dense: Some(vec![1.0, index as f32]),
            sparse: Some(bm25.document(text)),
            multi: None,
            payload: payload(&json!({
                "text": text, "place": index, "price": index as f64 / 2.0, "dairy": text.contains("milk"),
                "two words": format!("w{index}"), "tags": ["all", format!("t{index}")],
                "maybe": if index == 0 { Value::Null } else { json!("yes") },
            })),
        })
        .collect();
    store.upsert("shop", &points).unwrap();
    bm25
}

#[test]
fn collections_are_made_found_and_dropped() {
    on_each(|store| {
        assert!(store.collections().unwrap().is_empty());
        store.create("b", &Schema::dense(2)).unwrap();
        store.create("a-1", &Schema::dense(3).and_sparse().and_multi(2)).unwrap();
        store.create("b", &Schema::dense(2)).unwrap();
        assert_eq!(store.collections().unwrap(), ["a-1", "b"]);
        let other = store.create("b", &Schema::dense(4)).unwrap_err();
        assert!(matches!(other, VectorError::CollectionExists { .. }), "{other:?}");
        store.drop_collection("b").unwrap();
        store.drop_collection("b").unwrap();
        assert_eq!(store.collections().unwrap(), ["a-1"]);
        for name in ["", "../x", "a/b", ".hidden", "x y", &"a".repeat(65)] {
            let error = store.create(name, &Schema::dense(2)).unwrap_err();
            assert!(matches!(error, VectorError::Name { .. }), "{name}: {error:?}");
        }
    });
}

#[test]
fn points_are_put_in_replaced_counted_and_removed() {
    on_each(|store| {
        store.create("c", &Schema::dense(2)).unwrap();
        store.upsert("c", &[]).unwrap();
        assert_eq!(store.count("c", None).unwrap(), 0);
        assert!(store.search("c", &Query::new(Search::Dense(vec![1.0, 0.0]))).unwrap().is_empty());
        let many: Vec<Point> = (0..1500).map(|id| near(id, 1.0, id as f32)).collect();
        store.upsert("c", &many).unwrap();
        assert_eq!(store.count("c", None).unwrap(), 1500);
        assert_eq!(store.ids("c", 1490, 5).unwrap(), [1490, 1491, 1492, 1493, 1494]);
        assert_eq!(store.ids("c", 1498, 100).unwrap(), [1498, 1499]);
        store.upsert("c", &[near(7, -1.0, 0.0)]).unwrap();
        assert_eq!(store.count("c", None).unwrap(), 1500);
        let hits = store.search("c", &Query::new(Search::Dense(vec![-1.0, 0.0])).limit(1)).unwrap();
        assert_eq!(ids(&hits), [7]);
        assert!((hits[0].score - 1.0).abs() < 1e-6);
        store.delete("c", &[7, 8, 99_999]).unwrap();
        store.delete("c", &[]).unwrap();
        assert_eq!(store.count("c", None).unwrap(), 1498);
        store.optimize("c").unwrap();
        store.flush("c").unwrap();
        assert_eq!(store.count("c", None).unwrap(), 1498);
        assert!(store.search("c", &Query::new(Search::Dense(vec![1.0, 0.0])).limit(0)).unwrap().is_empty());
    });
}

#[test]
fn equal_points_come_in_the_order_of_their_numbers() {
    on_each(|store| {
        store.create("c", &Schema::dense(2)).unwrap();
        let same: Vec<Point> = [9, 3, 7, 1, 5, 8].into_iter().map(|id| near(id, 1.0, 1.0)).collect();
        store.upsert("c", &same).unwrap();
        let hits = store.search("c", &Query::new(Search::Dense(vec![1.0, 1.0])).limit(3)).unwrap();
        assert_eq!(ids(&hits), [1, 3, 5]);
    });
}

#[test]
fn words_are_found_by_bm25() {
    on_each(|store| {
        let bm25 = shop(store);
        let find = |text: &str| ids(&store.search("shop", &Query::new(Search::Sparse(bm25.query(text)))).unwrap());
        assert_eq!(find("bread"), [3]);
        assert_eq!(find("the whole milks"), [1, 5, 2]);
        assert!(find("the of and").is_empty());
        assert!(find("zebra").is_empty());
    });
}

#[test]
fn both_ways_are_fused_by_rank() {
    on_each(|store| {
        let bm25 = shop(store);
        let search = Search::Hybrid { dense: vec![1.0, 0.0], sparse: bm25.query("juice") };
        let hits = store.search("shop", &Query::new(search).limit(3)).unwrap();
        assert_eq!(ids(&hits), [4, 1, 2]);
        assert!((hits[0].score - (1.0 / 61.0 + 1.0 / 64.0)).abs() < 1e-6, "{}", hits[0].score);
        assert_eq!(hits[0].payload["text"], "orange juice");
        let empty = Search::Hybrid { dense: vec![1.0, 0.0], sparse: Sparse::default() };
        assert_eq!(ids(&store.search("shop", &Query::new(empty).limit(2)).unwrap()), [1, 2]);
    });
}

#[test]
fn filters_mean_the_same_everywhere() {
    let range = |bound: Bound| Filter::Range("price".to_owned(), bound);
    let filters = [
        Filter::equals("text", "rye bread"),
        Filter::equals("place", 3),
        Filter::equals("place", 3.0),
        Filter::equals("price", 0.5),
        Filter::equals("dairy", true),
        Filter::equals("two words", "w2"),
        Filter::equals("tags", "t4"),
        Filter::equals("missing", 1),
        Filter::In("place".to_owned(), vec![json!(0), json!(4), json!("0")]),
        Filter::In("place".to_owned(), vec![]),
        range(Bound { gt: Some(0.5), lte: Some(1.5), ..Bound::default() }),
        range(Bound { gte: Some(0.5), lt: Some(1.5), ..Bound::default() }),
        range(Bound::default()),
        Filter::Missing("maybe".to_owned()),
        Filter::Missing("text".to_owned()),
        Filter::equals("dairy", true).negate(),
        Filter::equals("missing", true).negate(),
        Filter::And(vec![Filter::equals("dairy", true), range(Bound { gt: Some(0.0), ..Bound::default() })]),
        Filter::Or(vec![Filter::equals("place", 0), Filter::equals("place", 2)]),
        Filter::And(vec![]),
        Filter::Or(vec![]),
        Filter::Or(vec![]).negate(),
        Filter::Or(vec![Filter::equals("place", 1), Filter::And(vec![Filter::equals("place", 2).negate()])]).negate(),
    ];
    on_each(|store| {
        let bm25 = shop(store);
        let every = store.search("shop", &Query::new(Search::Dense(vec![1.0, 0.0]))).unwrap();
        assert_eq!(every.len(), 5);
        for filter in &filters {
            let mut expected: Vec<u64> =
                every.iter().filter(|hit| filter.matches(&hit.payload)).map(|hit| hit.id).collect();
            expected.sort_unstable();
            let query = Query::new(Search::Dense(vec![1.0, 0.0])).filter(filter.clone());
            let mut found = ids(&store.search("shop", &query).unwrap());
            found.sort_unstable();
            assert_eq!(found, expected, "{}: {filter:?}", store.name());
            assert_eq!(store.count("shop", Some(filter)).unwrap(), expected.len() as u64, "{filter:?}");
        }
        let hybrid = Search::Hybrid { dense: vec![1.0, 0.0], sparse: bm25.query("milk") };
        let query = Query::new(hybrid).filter(Filter::equals("dairy", false));
        assert_eq!(ids(&store.search("shop", &query).unwrap()), [3, 4]);
        let wrong = Query::new(Search::Dense(vec![1.0, 0.0])).filter(Filter::equals("a\"b", 1));
        assert!(matches!(store.search("shop", &wrong), Err(VectorError::Filter { .. })));
    });
}

#[test]
fn tokens_are_compared_one_by_one() {
    on_each(|store| {
        store.create("tokens", &Schema::dense(2).and_multi(2)).unwrap();
        let point = |id, tokens: &[[f32; 2]]| Point {
            id,
            dense: Some(vec![1.0, id as f32]),
            multi: Some(tokens.iter().map(|token| token.to_vec()).collect()),
            ..Point::default()
        };
        let points =
            [point(1, &[[1.0, 0.0], [0.0, 1.0]]), point(2, &[[1.0, 0.0], [1.0, 0.0]]), point(3, &[[-1.0, 0.0]])];
        store.upsert("tokens", &points).unwrap();
        let tokens = vec![vec![1.0, 0.0], vec![0.0, 1.0]];
        let search = |candidates| Query::new(Search::LateInteraction { tokens: tokens.clone(), candidates });
        let hits = store.search("tokens", &search(None)).unwrap();
        assert_eq!(ids(&hits), [1, 2, 3]);
        let scores: Vec<f32> = hits.iter().map(|hit| hit.score).collect();
        assert!((scores[0] - 2.0).abs() < 1e-5 && (scores[1] - 1.0).abs() < 1e-5 && (scores[2] + 1.0).abs() < 1e-5);
        assert_eq!(ids(&store.search("tokens", &search(Some(vec![1.0, 0.0])).limit(1)).unwrap()), [1]);
    });
}

#[test]
fn distances_are_what_they_are_called() {
    on_each(|store| {
        for (name, distance, first, score) in
            [("dot", Distance::Dot, 2, 8.0), ("euclid", Distance::Euclid, 1, 1.0), ("cosine", Distance::Cosine, 1, 1.0)]
        {
            let dense = Some(Dense { dimension: 2, distance });
            store.create(name, &Schema { dense, ..Schema::default() }).unwrap();
            store.upsert(name, &[near(1, 1.0, 0.0), near(2, 4.0, 3.0)]).unwrap();
            let hits = store.search(name, &Query::new(Search::Dense(vec![2.0, 0.0]))).unwrap();
            assert_eq!((hits[0].id, hits.len()), (first, 2), "{name}");
            assert!((hits[0].score - score).abs() < 1e-5, "{name}: {}", hits[0].score);
        }
    });
}

#[test]
fn a_payload_is_replaced_and_the_vectors_stay() {
    on_each(|store| {
        store.create("c", &Schema::dense(2)).unwrap();
        let mut point = near(1, 1.0, 0.0);
        point.payload = payload(&json!({"old": 1, "deep": {"list": [1, null, "x"]}, "big": 9_007_199_254_740_993_i64}));
        store.upsert("c", std::slice::from_ref(&point)).unwrap();
        let read = || store.search("c", &Query::new(Search::Dense(vec![1.0, 0.0]))).unwrap();
        assert_eq!(read()[0].payload, point.payload);
        store.set_payload("c", 1, &payload(&json!({"new": true}))).unwrap();
        store.set_payload("c", 2, &payload(&json!({"new": true}))).unwrap();
        let hits = read();
        assert_eq!((hits.len(), Value::Object(hits[0].payload.clone())), (1, json!({"new": true})));
    });
}

#[test]
fn what_does_not_fit_is_said() {
    on_each(|store| {
        store.create("c", &Schema::dense(2)).unwrap();
        let fails = |point: Point| store.upsert("c", &[point]).unwrap_err();
        let dense = |vector: Vec<f32>| Point { id: 1, dense: Some(vector), ..Point::default() };
        assert!(matches!(fails(dense(vec![1.0])), VectorError::Dimension { expected: 2, found: 1 }));
        assert!(matches!(fails(dense(vec![])), VectorError::Dimension { .. }));
        assert!(matches!(fails(dense(vec![f32::NAN, 1.0])), VectorError::Vector { .. }));
        let sparse = Point { id: 1, sparse: Some(Sparse::new([(1, 1.0)])), ..Point::default() };
        assert!(matches!(fails(sparse), VectorError::KindMissing { kind: "sparse", .. }));
        let multi = Point { id: 1, multi: Some(vec![vec![1.0, 1.0]]), ..Point::default() };
        assert!(matches!(fails(multi), VectorError::KindMissing { kind: "multi", .. }));
        assert_eq!(store.count("c", None).unwrap(), 0);
        let asked = |search| store.search("c", &Query::new(search)).unwrap_err();
        assert!(matches!(asked(Search::Dense(vec![1.0; 3])), VectorError::Dimension { .. }));
        assert!(matches!(asked(Search::Sparse(Sparse::new([(1, 1.0)]))), VectorError::KindMissing { .. }));
        let unsorted = Sparse { indices: vec![2, 1], values: vec![1.0, 1.0] };
        store.create("s", &Schema { sparse: true, ..Schema::default() }).unwrap();
        let point = Point { id: 1, sparse: Some(unsorted), ..Point::default() };
        assert!(matches!(store.upsert("s", &[point]).unwrap_err(), VectorError::Vector { .. }));
        let nobody = store.search("nobody", &Query::new(Search::Dense(vec![1.0, 0.0]))).unwrap_err();
        match nobody {
            VectorError::CollectionUnknown { name, help } => {
                assert_eq!((name.as_str(), help.as_deref()), ("nobody", Some("There are: c, s")));
            }
            other => panic!("{other:?}"),
        }
        assert!(store.count("nobody", None).is_err() && store.delete("nobody", &[1]).is_err());
    });
}
