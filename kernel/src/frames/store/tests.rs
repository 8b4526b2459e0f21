//! Tests of the store: publication, damage, recovery, full disks.

use std::path::Path;

use polars::prelude::*;

use super::*;

fn config(root: &Path) -> StoreConfig {
    StoreConfig { runtime: root.join("run"), spill: root.join("spill"), connection: None, title: None }
}

fn store(root: &Path) -> FrameStore {
    FrameStore::open(config(root)).unwrap()
}

fn code(error: &KernelError) -> String {
    crate::error::code_of(error)
}

fn table() -> DataFrame {
    df!("n" => [Some(1i64), None, Some(3)], "s" => ["a", "β", "😀"], "x" => [1.5, f64::NAN, -0.0]).unwrap()
}

/// Makes the manifest of a store say that its process is dead.
fn kill(store: &FrameStore) {
    let mut manifest = Manifest::read(store.directory()).unwrap();
    manifest.started += 1;
    manifest.write(store.directory()).unwrap();
}

#[test]
fn publishes_and_reads_back() {
    let root = tempfile::tempdir().unwrap();
    let store = store(root.path());
    let info = store.publish("größe", &table(), "test").unwrap();
    assert_eq!((info.rows, info.columns.len(), info.generation), (3, 3, 1));
    assert!(store.get("größe").unwrap().equals_missing(&table()));
    assert_eq!(store.names(), ["größe"]);
    assert_eq!(std::fs::metadata(&info.path).unwrap().len(), info.bytes);
}

#[test]
fn old_generations_go_and_open_files_stay_readable() {
    let root = tempfile::tempdir().unwrap();
    let store = store(root.path());
    let first = store.publish("t", &table(), "test").unwrap();
    let open = std::fs::File::open(&first.path).unwrap();
    let second = store.publish("t", &table().head(Some(1)), "test").unwrap();
    assert!(!first.path.exists());
    assert_eq!(second.generation, 2);
    assert_eq!(IpcReader::new(open).finish().unwrap().height(), 3);
    assert_eq!(store.get("t").unwrap().height(), 1);
}

#[test]
fn every_type_reads_back() {
    let root = tempfile::tempdir().unwrap();
    let store = store(root.path());
    let days = Series::new("d".into(), [Some(0i32), None]).cast(&DataType::Date).unwrap();
    let moments = Series::new("t".into(), [Some(0i64), Some(1)])
        .cast(&DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)))
        .unwrap();
    let spans = Series::new("u".into(), [Some(5i64), None]).cast(&DataType::Duration(TimeUnit::Milliseconds)).unwrap();
    let words = Series::new("c".into(), ["x", "y"]).cast(&DataType::from_categories(Categories::global())).unwrap();
    let lists = Series::new("l".into(), [Series::new("".into(), [1i64, 2]), Series::new("".into(), [3i64])]);
    let nulls = Series::full_null("z".into(), 2, &DataType::Null);
    let flags = Series::new("b".into(), [Some(true), None]);
    let all = DataFrame::new_infer_height([days, moments, spans, words, lists, nulls, flags].map(Column::from).into())
        .unwrap();
    store.publish("all", &all, "test").unwrap();
    let back = store.get("all").unwrap();
    assert_eq!(back.schema(), all.schema());
    assert!(back.equals_missing(&all));
}

#[test]
fn unknown_names_suggest_near_ones() {
    let root = tempfile::tempdir().unwrap();
    let store = store(root.path());
    assert_eq!(code(&store.get("x").unwrap_err()), "frames::unknown");
    store.publish("sales", &table(), "test").unwrap();
    let error = store.get("slaes").unwrap_err();
    assert!(crate::error::help_of(&error).unwrap().contains("sales"), "{error:?}");
    assert_eq!(code(&store.remove("x").unwrap_err()), "frames::unknown");
    assert_eq!(code(&store.publish("a b", &table(), "test").unwrap_err()), "frames::bad_name");
}

#[test]
fn a_damaged_file_hurts_only_its_frame() {
    let root = tempfile::tempdir().unwrap();
    let store = store(root.path());
    let bad = store.publish("bad", &table(), "test").unwrap();
    store.publish("good", &table(), "test").unwrap();
    let whole = std::fs::read(&bad.path).unwrap();
    for damage in [&b""[..], b"ARROW1", b"PAR1 not arrow at all", &whole[..whole.len() / 2], &whole[..whole.len() - 3]]
    {
        std::fs::write(&bad.path, damage).unwrap();
        assert_eq!(code(&store.get("bad").unwrap_err()), "frames::damaged");
    }
    let mut flipped = whole.clone();
    for at in (8..whole.len()).step_by(7) {
        flipped[at] ^= 0xff;
        std::fs::write(&bad.path, &flipped).unwrap();
        let _ = store.get("bad");
        flipped[at] ^= 0xff;
    }
    std::fs::remove_file(&bad.path).unwrap();
    assert_eq!(code(&store.get("bad").unwrap_err()), "frames::damaged");
    assert!(store.get("good").is_ok());
    store.remove("bad").unwrap();
}

#[test]
fn adopts_sound_files_and_removes_others() {
    let root = tempfile::tempdir().unwrap();
    let store = store(root.path());
    let path = store.temporary("t", 1000).unwrap();
    write_frame(&table(), &path).unwrap();
    assert_eq!(store.adopt("t", &path, "cell").unwrap().rows, 3);
    assert!(!path.exists());
    let path = store.temporary("t", 1000).unwrap();
    std::fs::write(&path, b"junk").unwrap();
    assert_eq!(code(&store.adopt("t", &path, "cell").unwrap_err()), "frames::damaged");
    assert!(!path.exists());
    assert_eq!(store.get("t").unwrap().height(), 3);
}

#[test]
fn renames_and_removes() {
    let root = tempfile::tempdir().unwrap();
    let store = store(root.path());
    store.publish("a", &table(), "test").unwrap();
    store.publish("b", &table().head(Some(1)), "test").unwrap();
    store.rename("a", "b").unwrap();
    assert_eq!(store.names(), ["b"]);
    assert_eq!(store.get("b").unwrap().height(), 3);
    store.remove("b").unwrap();
    let left = std::fs::read_dir(store.directory())
        .unwrap()
        .flatten()
        .filter(|e| e.path().extension().is_some_and(|x| x == "arrow"));
    assert_eq!(left.count(), 0);
}

#[test]
fn a_dead_session_is_listed_and_recovered() {
    let root = tempfile::tempdir().unwrap();
    let dead = store(root.path());
    dead.publish("sales", &table(), "%load sales.csv").unwrap();
    dead.publish("sales", &table(), "%load sales.csv").unwrap();
    dead.publish("broken", &table(), "test").unwrap();
    std::fs::write(dead.path("broken").unwrap(), b"junk").unwrap();
    assert!(dead.ended_sessions().is_empty());
    kill(&dead);

    let next = store(root.path());
    assert!(next.recovered().is_empty());
    next.publish("sales", &table().head(Some(1)), "test").unwrap();
    let ended = next.ended_sessions();
    assert_eq!(ended[0].frames.len(), 2);
    assert_eq!(next.recover(&ended[0].id).unwrap(), ["sales_recovered"]);
    assert_eq!(next.get("sales_recovered").unwrap().height(), 3);
    assert_eq!(next.info("sales_recovered").unwrap().created_by, "%load sales.csv");
    assert!(next.ended_sessions().is_empty());
    assert_eq!(code(&next.recover("nonsense").unwrap_err()), "frames::no_session");
}

#[test]
fn the_same_connection_recovers_by_itself_and_a_clean_end_leaves_nothing() {
    let root = tempfile::tempdir().unwrap();
    let config = StoreConfig { connection: Some("/run/kernel-1.json".into()), ..config(root.path()) };
    let dead = FrameStore::open(config.clone()).unwrap();
    dead.publish("sales", &table(), "test").unwrap();
    kill(&dead);
    let next = FrameStore::open(config.clone()).unwrap();
    assert_eq!(next.recovered(), ["sales"]);
    assert!(next.get("sales").is_ok());
    next.close();
    assert!(FrameStore::open(config.clone()).unwrap().recovered().is_empty());
    assert!(!next.directory().exists());
}

#[test]
fn a_live_session_is_never_recovered() {
    let root = tempfile::tempdir().unwrap();
    let config = StoreConfig { connection: Some("/run/kernel-1.json".into()), ..config(root.path()) };
    let live = FrameStore::open(config.clone()).unwrap();
    live.publish("sales", &table(), "test").unwrap();
    assert!(FrameStore::open(config).unwrap().recovered().is_empty());
    assert!(live.get("sales").is_ok());
}

#[test]
fn too_large_a_frame_is_refused_and_leaves_nothing() {
    let root = tempfile::tempdir().unwrap();
    let store = store(root.path());
    assert_eq!(code(&store.temporary("t", u64::MAX).unwrap_err()), "frames::disk_full");
    std::fs::write(root.path().join("file"), b"").unwrap();
    let error = write_frame(&table(), Path::new("/dev/full")).unwrap_err();
    assert!(is_full(&error), "{error:?}");
}

#[test]
fn threads_publish_at_once() {
    let root = tempfile::tempdir().unwrap();
    let store = store(root.path());
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = &store;
            scope.spawn(move || {
                for _ in 0..10 {
                    store.publish(&format!("t{}", thread % 2), &table(), "test").unwrap();
                    let _ = store.get("t0");
                }
            });
        }
    });
    assert_eq!(store.names(), ["t0", "t1"]);
    assert_eq!(store.info("t0").unwrap().generation.max(store.info("t1").unwrap().generation), 40);
    assert!(store.get("t0").is_ok());
}
