//! Wrong queries, damaged frames, queries without end.

use std::time::{Duration, Instant};

use polars::prelude::*;
use synthbook_agents::AgentsError;
use synthbook_agents::warehouse::{Cancel, Request, Warehouse, preview};

use crate::support::{fails, number, runs, session, sql, to_file};

const ENDLESS: &str = "SELECT count(*) FROM range(1000000000000) a(i), range(1000000) b(j) WHERE i * j % 7 = 3";

#[test]
fn a_damaged_frame_is_named_and_harms_nothing_else() {
    let (duck, frames) = session();
    frames.put("good", &df!("n" => [1_i64]).unwrap());
    frames.put("cut", &df!("n" => [1_i64, 2, 3]).unwrap());
    let path = frames.path_of("frame.2.arrow");
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(frames.path_of("cut.arrow"), &whole[..whole.len() / 2]).unwrap();
    frames.put_file("cut", frames.path_of("cut.arrow"));
    frames.put_file("missing", frames.path_of("none.arrow"));
    frames.put_file("stranger", "/etc/hostname".into());
    assert_eq!(number(&duck, "SELECT n FROM good"), 1);
    for name in ["cut", "missing", "stranger"] {
        for query in [format!("SELECT * FROM {name}"), format!("SELECT * FROM frame('{name}')")] {
            let error = fails(&duck, &query);
            assert!(
                matches!(&error, AgentsError::FrameUnreadable { name: named, .. } if named == name),
                "{query}: {error:?}"
            );
        }
    }
    frames.put("cut", &df!("n" => [5_i64]).unwrap());
    assert_eq!(number(&duck, "SELECT n FROM cut"), 5);
}

#[test]
fn a_frame_damaged_in_its_values_fails_when_read() {
    let (duck, frames) = session();
    let texts: Vec<String> = (0..100).map(|i| format!("a text that is long enough to be stored apart {i}")).collect();
    frames.put("texts", &df!("t" => texts, "n" => (0..100_i64).collect::<Vec<_>>()).unwrap());
    let path = frames.path_of("frame.1.arrow");
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(11).position(|window| window == b"long enough").unwrap();
    bytes[at] = 0xff;
    std::fs::write(frames.path_of("bad.arrow"), &bytes).unwrap();
    frames.put_file("texts", frames.path_of("bad.arrow"));
    let error = fails(&duck, "SELECT t FROM texts");
    assert!(matches!(&error, AgentsError::FrameUnreadable { .. }), "{error:?}");
    assert_eq!(number(&duck, "SELECT max(n) FROM texts"), 99, "the other column is sound");
}

#[test]
fn wrong_queries_say_where_and_what_may_help() {
    let (duck, frames) = session();
    frames.put("customers", &df!("customer_id" => [1_i64], "größe" => [2_i64]).unwrap());
    let cases = [
        ("SELEC 1", 1, 1, "agents::syntax"),
        ("SELECT *\nFROM customrs", 2, 6, "agents::unknown_name"),
        ("SELECT 1;\n\n   SELECT customer_i FROM customers", 3, 11, "agents::unknown_name"),
        ("SELECT 'größe', nope FROM customers", 1, 17, "agents::unknown_name"),
        ("SELECT nofunction(1)", 1, 8, "agents::unknown_name"),
    ];
    for (query, line, column, code) in cases {
        let error = fails(&duck, query);
        let position = error.position().unwrap_or_else(|| panic!("{query}: {error:?}"));
        assert_eq!((position.line, position.column), (line, column), "{query}: {error}");
        assert_eq!(miette::Diagnostic::code(&error).unwrap().to_string(), code, "{query}");
        assert!(!error.to_string().contains("LINE"), "{error}");
    }
    let long = format!("SELECT {} FROM customers WHERE nope = 1", vec!["customer_id"; 40].join(", "));
    let position = fails(&duck, &long).position().unwrap();
    assert_eq!(position.column, long.find("nope").unwrap() + 1);
    let help = miette::Diagnostic::help(&fails(&duck, "SELECT * FROM customrs")).map(|help| help.to_string());
    assert!(help.is_some_and(|help| help.contains("customers")));
    let help = miette::Diagnostic::help(&fails(&duck, "SELECT customer_i FROM customers")).map(|help| help.to_string());
    assert!(help.is_some_and(|help| help.contains("customer_id")));
    assert!(matches!(fails(&duck, " -- nothing\n ;"), AgentsError::EmptySql));
    assert!(matches!(fails(&duck, "SELECT 'never closed"), AgentsError::Syntax { .. }));
}

#[test]
fn values_stay_out_of_messages() {
    let (duck, frames) = session();
    frames.put("people", &df!("name" => ["Anna Secret", "7"]).unwrap());
    let error = fails(&duck, "SELECT name::INT FROM people");
    assert!(!format!("{error} {error:?}").contains("Secret"), "{error}");
}

#[test]
fn an_endless_query_is_cancelled() {
    let (duck, _frames) = session();
    let cancel = Cancel::new();
    let request = Request { cancel: cancel.clone(), ..Request::default() };
    let waiting = {
        let duck = duck.clone();
        std::thread::spawn(move || (preview(&duck, &sql(ENDLESS), &request, 1), Instant::now()))
    };
    std::thread::sleep(Duration::from_millis(300));
    let asked = Instant::now();
    cancel.cancel();
    let (outcome, ended) = waiting.join().unwrap();
    assert!(matches!(outcome, Err(AgentsError::Cancelled)), "{outcome:?}");
    eprintln!("cancelled after {:?}", ended - asked);
    assert_eq!(number(&duck, "SELECT 1::BIGINT"), 1, "the session goes on");
    let already = Request { cancel, ..Request::default() };
    assert!(matches!(preview(&duck, &sql(ENDLESS), &already, 1), Err(AgentsError::Cancelled)));
}

#[test]
fn all_queries_of_a_warehouse_are_cancelled() {
    let (duck, frames) = session();
    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let (duck, path) = (duck.clone(), frames.fresh());
            std::thread::spawn(move || (to_file(&duck, "SELECT * FROM range(1000000000000)", &path), path))
        })
        .collect();
    std::thread::sleep(Duration::from_millis(300));
    duck.cancel();
    for thread in waiting {
        let (outcome, path) = thread.join().unwrap();
        assert!(matches!(outcome, Err(AgentsError::Cancelled)), "{outcome:?}");
        assert!(!path.exists(), "half a file is no frame");
    }
    assert_eq!(number(&duck, "SELECT 1::BIGINT"), 1);
}

#[test]
fn a_deadline_ends_a_query() {
    let (duck, _frames) = session();
    let request = Request { deadline: Some(Duration::from_millis(200)), ..Request::default() };
    let outcome = preview(&duck, &sql(ENDLESS), &request, 1);
    assert!(matches!(outcome, Err(AgentsError::Deadline { .. })), "{outcome:?}");
    assert_eq!(preview(&duck, &sql("SELECT 1"), &request, 1).unwrap().total, Some(1));
}

#[test]
fn a_transaction_that_failed_can_be_left() {
    let (duck, _frames) = session();
    runs(&duck, "BEGIN");
    runs(&duck, "CREATE TABLE t (n INT PRIMARY KEY); INSERT INTO t VALUES (1)");
    assert!(matches!(fails(&duck, "INSERT INTO t VALUES (1)"), AgentsError::QueryFailed { .. }));
    let error = fails(&duck, "SELECT 1");
    let help = miette::Diagnostic::help(&error).map(|help| help.to_string()).unwrap_or_default();
    assert!(help.contains("ROLLBACK"), "{error:?}");
    runs(&duck, "ROLLBACK");
    assert_eq!(number(&duck, "SELECT 1::BIGINT"), 1);
}

#[test]
fn too_little_memory_is_said() {
    let (duck, _frames) = session();
    runs(&duck, "SET memory_limit = '20MB'; SET temp_directory = ''");
    let error = fails(&duck, "SELECT list(i) FROM range(20000000) t(i)");
    assert!(matches!(error, AgentsError::OutOfMemory { .. }), "{error:?}");
}

#[test]
fn odd_text_is_no_danger() {
    let (duck, _frames) = session();
    for query in ["\0", "SELECT '\0'", "😀", "SELECT $1", "(((((((", "SELECT ;;", "\u{feff}SELECT 1", "'", "$$", "/*"]
    {
        let _ = preview(&duck, &sql(query), &Request::default(), 1);
    }
    assert_eq!(number(&duck, "SELECT 1::BIGINT"), 1);
}
