//! The history across sessions, with several kernels, and with files that can't be used.

use std::fs;

use super::store::Store;
use super::*;

fn sources(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.source.as_str()).collect()
}

fn search(pattern: &str, n: Option<u32>, unique: bool) -> HistoryQuery {
    HistoryQuery::Search { pattern: pattern.to_owned(), n, unique }
}

#[test]
fn sessions_are_numbered_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/history.sqlite");
    let mut first = Store::open(Some(path.clone()));
    first.record(1, "let a = 1;".to_owned(), None);
    first.record(2, "a".to_owned(), Some("1".to_owned()));
    first.end();
    let mut second = Store::open(Some(path));
    second.record(1, "a + 1".to_owned(), Some("2".to_owned()));
    let tail = second.query(&HistoryQuery::Tail { n: 2 });
    assert_eq!(sources(&tail), ["a", "a + 1"]);
    assert_eq!(tail[1].session, tail[0].session + 1);
    let before = second.query(&HistoryQuery::Range { session: -1, start: 2, stop: None });
    assert_eq!(before[0].to_json(true), serde_json::json!([tail[0].session, 2, ["a", "1"]]));
    let this = second.query(&HistoryQuery::Range { session: 0, start: 1, stop: Some(2) });
    assert_eq!(sources(&this), ["a + 1"]);
    assert!(second.query(&HistoryQuery::Range { session: 0, start: 2, stop: Some(3) }).is_empty());
}

#[test]
fn search_matches_whole_cells_by_glob() {
    let mut store = Store::open(None);
    for (line, source) in ["1+1", "let x = 1+1", "1+1", "1+2", "1+1"].into_iter().enumerate() {
        store.record(line as u32 + 1, source.to_owned(), None);
    }
    assert_eq!(store.query(&search("1+1*", None, false)).len(), 3);
    assert_eq!(store.query(&search("*1+1", None, false)).len(), 4);
    let unique = store.query(&search("1+?", None, true));
    assert_eq!(sources(&unique), ["1+2", "1+1"]);
    assert_eq!(unique[1].line, 5);
    assert_eq!(store.query(&search("1+1*", Some(2), false)).iter().map(|entry| entry.line).collect::<Vec<_>>(), [3, 5]);
}

#[test]
fn two_kernels_write_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.sqlite");
    let threads: Vec<_> = (0..3)
        .map(|kernel| {
            let path = path.clone();
            std::thread::spawn(move || {
                let mut store = Store::open(Some(path));
                for line in 1..=20 {
                    store.record(line, format!("{kernel}:{line}"), None);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let all = Store::open(Some(path)).query(&HistoryQuery::Tail { n: 1000 });
    assert_eq!(all.len(), 60);
}

#[test]
fn a_damaged_file_is_replaced_by_memory_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.sqlite");
    fs::write(&path, "this is not a database, not at all, and longer than a header").unwrap();
    let mut store = Store::open(Some(path.clone()));
    store.record(1, "1".to_owned(), None);
    assert_eq!(sources(&store.query(&HistoryQuery::Tail { n: 5 })), ["1"]);
    assert!(fs::read_to_string(path).unwrap().starts_with("this is not"));
}

#[test]
fn a_path_that_is_no_file_is_replaced_by_memory() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(Some(folder.path().to_owned()));
    store.record(1, "1".to_owned(), None);
    assert_eq!(store.query(&HistoryQuery::Tail { n: 5 }).len(), 1);
}

#[test]
fn what_a_locked_file_refuses_is_written_later() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.sqlite");
    let mut store = Store::open(Some(path.clone()));
    store.record(1, "before".to_owned(), None);
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    store.record(2, "during".to_owned(), None);
    other.execute_batch("COMMIT").unwrap();
    store.record(3, "after".to_owned(), None);
    assert_eq!(sources(&store.query(&HistoryQuery::Tail { n: 5 })), ["before", "during", "after"]);
}

#[tokio::test]
async fn the_handle_answers_in_order() {
    let history = History::open(None).unwrap();
    history.record(1, "x", Some("1".to_owned()));
    let entries = history.query(HistoryQuery::Tail { n: 10 }).await;
    assert_eq!(entries[0].output.as_deref(), Some("1"));
    history.close(Duration::from_secs(5));
}

#[test]
fn a_thread_may_ask_too() {
    let history = History::open(None).unwrap();
    history.record(1, "x", None);
    assert_eq!(history.query_blocking(HistoryQuery::Tail { n: 10 }).len(), 1);
}

#[test]
fn requests_of_jupyters_client_are_read() {
    let read = |text: &str| HistoryQuery::from_content(&serde_json::from_str(text).unwrap());
    let range =
        read(r#"{"hist_access_type": "range", "raw": true, "output": false, "session": 3, "start": 1, "stop": 2}"#);
    assert_eq!(range, Some(HistoryQuery::Range { session: 3, start: 1, stop: Some(2) }));
    assert_eq!(read(r#"{"hist_access_type": "search", "pattern": "a*"}"#), Some(search("a*", None, false)));
    assert_eq!(read(r#"{"hist_access_type": "tail", "n": 7}"#), Some(HistoryQuery::Tail { n: 7 }));
    assert_eq!(read(r#"{"hist_access_type": "nothing"}"#), None);
}
