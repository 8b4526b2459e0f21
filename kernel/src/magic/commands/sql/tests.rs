//! Tests of the queries: frames as tables, results as frames, places of errors, interrupts.

use std::time::{Duration, Instant};

use crate::testing::TestSession;

#[test]
fn frames_are_tables_and_results_are_shown() {
    let test = TestSession::with_examples();
    let text = test.text("%sql SELECT city, count(*) AS n FROM people GROUP BY city ORDER BY city");
    assert!(text.contains("\"Cairo\"") && text.contains("20"), "{text}");
    assert!(text.contains("3 rows × 2 columns"), "{text}");
    let text = test.text("%sql -n 4 SELECT * FROM people");
    assert!(text.contains("more than 4 rows"), "{text}");
}

#[test]
fn results_become_frames() {
    let test = TestSession::with_examples();
    let text = test.text("%%sql --save young\nSELECT * FROM people\nWHERE age < 30");
    assert!(text.contains("Frame young:"), "{text}");
    let _ = test.text("%sql totals << SELECT city, sum(income) AS s FROM people GROUP BY city");
    assert_eq!(test.session.frames.info("totals").unwrap().rows, 3);
    let _ = test.text("%%sql größe <<\nSELECT 1 AS a, 'x' AS b");
    assert_eq!(test.session.frames.get("größe").unwrap().shape(), (1, 2));
    let text = test.text("%sql SELECT * FROM young JOIN totals USING (city) LIMIT 1");
    assert!(text.contains("1 row × 6 columns"), "{text}");
}

#[test]
fn a_query_may_read_the_frame_it_replaces() {
    let test = TestSession::with_examples();
    let _ = test.text("%sql people << SELECT * FROM people WHERE city = 'Rome'");
    assert_eq!(test.session.frames.info("people").unwrap().rows, 20);
    assert!(test.text("%sql SELECT count(*) FROM people").contains("20"));
}

#[test]
fn tables_of_the_session_stay() {
    let test = TestSession::with_examples();
    assert!(test.text("%%sql\nCREATE TABLE t (a INT);\nINSERT INTO t VALUES (1), (2)").contains("2 rows"));
    assert!(test.text("%sql SELECT sum(a) AS s FROM t").contains('3'));
    let text = test.text("%sql --save nothing UPDATE t SET a = 5");
    assert!(text.contains("was not made") && test.session.frames.path("nothing").is_none(), "{text}");
}

#[test]
fn errors_point_at_the_word() {
    let test = TestSession::with_examples();
    let error = test.error("%%sql\nSELECT city,\n       nome\nFROM people");
    let text = error.traceback.join("\n");
    assert!(error.ename.starts_with("agents::"), "{text}");
    assert!(text.contains("In[1]:3:8") && text.contains("^^^^"), "{text}");
    assert!(test.error("%sql SELEKT 1").ename.starts_with("agents::"));
    assert!(test.error("%sql SELECT * FROM poeple").traceback.join("\n").contains("people"));
    assert_eq!(test.error("%sql").ename, "magic::missing_argument");
    assert_eq!(test.error("%%sql --save 1x\nSELECT 1").ename, "frames::bad_name");
    assert_eq!(test.error("%sql --file no.sql").ename, "kernel::io");
}

#[test]
fn statements_come_from_a_file_too() {
    let test = TestSession::with_examples();
    std::fs::write(test.folder().join("q.sql"), "SELECT 40 + 2 AS answer").unwrap();
    assert!(test.text("%sql --file q.sql").contains("42"));
}

#[test]
fn an_endless_query_is_interrupted() {
    let test = TestSession::with_examples();
    std::thread::scope(|scope| {
        let cell = scope.spawn(|| {
            test.run(
                "%sql keep << WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT sum(n) FROM t",
            )
        });
        std::thread::sleep(Duration::from_millis(200));
        let asked = Instant::now();
        while !cell.is_finished() {
            test.session.interrupt();
            assert!(asked.elapsed() < Duration::from_secs(30));
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(cell.join().unwrap().1.unwrap_err().ename, "kernel::interrupted");
    });
    assert!(test.session.frames.path("keep").is_none());
    assert!(test.text("%sql SELECT 1 AS one").contains("one"));
}
