//! A process that is killed while it adds to an index: nothing that it acknowledged is lost.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use synthbook_agents::vectors::{Document, EdgeStore, HashedWords, Index, Mode, SearchRequest, VectorError};
use synthbook_synth::Progress;

/// Set in the child: the folder to work in.
const FOLDER: &str = "SYNTHBOOK_TEST_KILLED_IN";

fn embedder() -> Arc<HashedWords> {
    Arc::new(HashedWords::new(32))
}

fn document(number: usize) -> Document {
    Document {
        key: number.to_string(),
        text: format!("article number{number} of the shop"),
        payload: serde_json::json!({"number": number}).as_object().cloned().unwrap(),
        source: "shop".to_owned(),
    }
}

/// The child: adds for ever, and says each time up to where it was acknowledged. Does nothing in a usual run.
#[test]
#[expect(clippy::disallowed_methods, reason = "a child is told by its environment where to write")]
fn child_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let index = Index::open(Path::new(&folder), "shop", embedder()).unwrap();
    for begin in (0..).step_by(100) {
        index.add((begin..begin + 100).map(document), &Progress::silent()).unwrap();
        println!("acknowledged {}", begin + 100);
    }
}

/// Starts the child, waits for `rounds` acknowledgements, kills it a little later, and says what it acknowledged.
#[expect(clippy::disallowed_methods, reason = "a process must be killed")]
fn kill_after(folder: &Path, rounds: usize, milliseconds: u64) -> usize {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "vectors::killed::child_that_is_killed", "--nocapture", "--test-threads", "1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let number = |line: String| line.split("acknowledged ").nth(1).and_then(|rest| rest.trim().parse::<usize>().ok());
    let mut last = 0;
    for _ in 0..rounds {
        last = lines.by_ref().find_map(number).expect("the child ended");
    }
    let busy = Index::open(folder, "shop", embedder()).unwrap_err();
    assert!(matches!(busy, VectorError::Busy { .. }), "{busy:?}");
    std::thread::sleep(std::time::Duration::from_millis(milliseconds));
    child.kill().unwrap();
    child.wait().unwrap();
    lines.filter_map(number).last().unwrap_or(last)
}

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut before = 0;
    for (rounds, milliseconds) in [(1, 0), (2, 7), (1, 31), (3, 13)] {
        let acknowledged = kill_after(folder.path(), rounds, milliseconds);
        assert!(acknowledged > 0);
        before = before.max(acknowledged);
        let index = Index::open(folder.path(), "shop", embedder()).unwrap();
        let info = index.info().unwrap();
        assert!(info.documents >= before as u64, "{} of {before}", info.documents);
        assert_eq!(info.pending, 0);
        for number in [0, before / 2, before - 1] {
            for mode in [Mode::Sparse, Mode::Dense] {
                let request = SearchRequest::new(format!("article number{number} of the shop")).mode(mode).limit(1);
                assert_eq!(index.search(&request).unwrap()[0].key, number.to_string(), "{mode:?}");
            }
        }
    }
}

#[test]
fn vectors_that_are_lost_or_damaged_are_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Index::open(folder.path(), "shop", embedder()).unwrap();
    let search =
        |index: &Index| index.search(&SearchRequest::new("number7").mode(Mode::Sparse)).unwrap()[0].key.clone();
    let index = open();
    index.add((0..30).map(document), &Progress::silent()).unwrap();
    assert_eq!(search(&index), "7");
    drop(index);
    let vectors = folder.path().join("shop/vectors");
    std::fs::remove_dir_all(&vectors).unwrap();
    let index = open();
    assert_eq!(search(&index), "7");
    drop(index);
    // Points that nobody knows of and points that are missing: what a kill between two steps leaves.
    {
        use synthbook_agents::vectors::{Point, VectorStore};
        let store = EdgeStore::open(&vectors).unwrap();
        store.delete("documents", &[1, 2, 8]).unwrap();
        let stranger = Point { id: 999, dense: Some(vec![1.0; 32]), ..Point::default() };
        store.upsert("documents", &[stranger]).unwrap();
        assert_eq!(store.count("documents", None).unwrap(), 28);
    }
    let index = open();
    assert_eq!(search(&index), "7");
    drop(index);
    {
        use synthbook_agents::vectors::VectorStore;
        let store = EdgeStore::open(&vectors).unwrap();
        assert_eq!(store.ids("documents", 0, 100).unwrap(), (1..=30).collect::<Vec<_>>());
    }
    let segments = vectors.join("documents/segments");
    for segment in std::fs::read_dir(&segments).unwrap() {
        let state = segment.unwrap().path().join("segment.json");
        if state.exists() {
            std::fs::write(state, "{").unwrap();
        }
    }
    let index = open();
    assert_eq!(search(&index), "7");
    assert_eq!(index.info().unwrap().pending, 0);
}
