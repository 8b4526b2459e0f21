//! Tests of the queries: frames as tables, results as frames, places of errors, interrupts.

use std::time::{Duration, Instant};

use crate::testing::TestSession;

#[test]
fn frames_are_tables_and_results_are_shown() {
    let kernel = TestSession::with_examples();
    let text = kernel.text("%sql SELECT city, count(*) AS n FROM people GROUP BY city ORDER BY city");
    assert!(text.contains("\"Cairo\"") && text.contains("20"), "{text}");
    assert!(text.contains("3 rows × 2 columns"), "{text}");
    let text = kernel.text("%sql -n 4 SELECT * FROM people");
    assert!(text.contains("more than 4 rows"), "{text}");
}

#[test]
fn results_become_frames() {
    let kernel = TestSession::with_examples();
    let text = kernel.text("%%sql --save young\nSELECT * FROM people\nWHERE age < 30");
    assert!(text.contains("Frame young:"), "{text}");
    let _ = kernel.text("%sql totals << SELECT city, sum(income) AS s FROM people GROUP BY city");
    assert_eq!(kernel.session.frames.info("totals").unwrap().rows, 3);
    let _ = kernel.text("%%sql größe <<\nSELECT 1 AS a, 'x' AS b");
    assert_eq!(kernel.session.frames.get("größe").unwrap().shape(), (1, 2));
    let text = kernel.text("%sql SELECT * FROM young JOIN totals USING (city) LIMIT 1");
    assert!(text.contains("1 row × 6 columns"), "{text}");
}

#[test]
fn a_query_may_read_the_frame_it_replaces() {
    let kernel = TestSession::with_examples();
    let _ = kernel.text("%sql people << SELECT * FROM people WHERE city = 'Rome'");
    assert_eq!(kernel.session.frames.info("people").unwrap().rows, 20);
    assert!(kernel.text("%sql SELECT count(*) FROM people").contains("20"));
}

#[test]
fn tables_of_the_session_stay() {
    let kernel = TestSession::with_examples();
    assert!(kernel.text("%%sql\nCREATE TABLE t (a INT);\nINSERT INTO t VALUES (1), (2)").contains("2 rows"));
    assert!(kernel.text("%sql SELECT sum(a) AS s FROM t").contains('3'));
    let text = kernel.text("%sql --save nothing UPDATE t SET a = 5");
    assert!(text.contains("was not made") && kernel.session.frames.path("nothing").is_none(), "{text}");
}

#[test]
fn errors_point_at_the_word() {
    let kernel = TestSession::with_examples();
    let error = kernel.error("%%sql\nSELECT city,\n       nome\nFROM people");
    let text = error.traceback.join("\n");
    assert!(error.ename.starts_with("agents::"), "{text}");
    assert!(text.contains("In [1]:3:8") && text.contains("^^^^"), "{text}");
    assert!(kernel.error("%sql SELEKT 1").ename.starts_with("agents::"));
    assert!(kernel.error("%sql SELECT * FROM poeple").traceback.join("\n").contains("people"));
    assert_eq!(kernel.error("%sql").ename, "magic::missing_argument");
    assert_eq!(kernel.error("%%sql --save 1x\nSELECT 1").ename, "frames::bad_name");
    assert_eq!(kernel.error("%sql --file no.sql").ename, "kernel::io");
}

#[test]
fn statements_come_from_a_file_too() {
    let kernel = TestSession::with_examples();
    std::fs::write(kernel.folder().join("q.sql"), "SELECT 40 + 2 AS answer").unwrap();
    assert!(kernel.text("%sql --file q.sql").contains("42"));
}

#[test]
fn an_endless_query_is_interrupted() {
    let kernel = TestSession::with_examples();
    std::thread::scope(|scope| {
        let cell = scope.spawn(|| {
            kernel.run(
                "%sql keep << WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT sum(n) FROM t",
            )
        });
        std::thread::sleep(Duration::from_millis(200));
        let asked = Instant::now();
        while !cell.is_finished() {
            kernel.session.interrupt();
            assert!(asked.elapsed() < Duration::from_secs(30));
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(cell.join().unwrap().1.unwrap_err().ename, "kernel::interrupted");
    });
    assert!(kernel.session.frames.path("keep").is_none());
    assert!(kernel.text("%sql SELECT 1 AS one").contains("one"));
}
