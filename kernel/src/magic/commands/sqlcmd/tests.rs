//! Tests of the lists: frames as tables, keys, profiles, saved queries, wrong names.

use crate::testing::TestSession;

#[test]
fn tables_and_columns() {
    let kernel = TestSession::with_examples();
    let text = kernel.text("%sqlcmd tables --as tables");
    assert!(text.contains("people") && text.contains("frame") && text.contains("60"), "{text}");
    assert_eq!(kernel.session.frames.info("tables").unwrap().rows, 1);
    let _ = kernel.text("%%sql\nCREATE TABLE shops (id INT PRIMARY KEY);\nCREATE TABLE sales (shop INT REFERENCES shops(id), amount DOUBLE NOT NULL);\nCOMMENT ON COLUMN sales.amount IS 'in EUR'");
    let text = kernel.text("%sqlcmd columns sales");
    assert!(text.contains("→ shops.id") && text.contains("in EUR"), "{text}");
    assert!(kernel.text("%sqlcmd columns --table shops").contains("primary"));
    assert!(!kernel.text("%sqlcmd tables --schema nothing").contains("people"));
}

#[test]
fn a_profile_has_a_row_for_each_column() {
    let kernel = TestSession::with_examples();
    let text = kernel.text("%sqlcmd profile -t people --as facts");
    assert!(text.contains("income") && text.contains("60 rows"), "{text}");
    assert_eq!(kernel.session.frames.info("facts").unwrap().rows, 5);
}

#[test]
fn saved_queries_are_read_by_name() {
    let kernel = TestSession::with_examples();
    assert!(kernel.text("%sql --save romans -N SELECT * FROM people WHERE city = $city").contains("is kept"));
    assert!(kernel.text("%sqlcmd snippets").contains("romans"));
    let text = kernel.text("%sql --param city=Rome WITH a AS (SELECT 1) SELECT count(*) AS n FROM romans, a");
    assert!(text.contains("20"), "{text}");
    let error = kernel.error("%%sql --param city=Rome\nSELECT *\nFROM romans\nWHERE agee > 1");
    assert!(error.traceback.join("\n").contains("In [1]:4:7"), "{}", error.traceback.join("\n"));
    assert_eq!(kernel.error("%sql --save people -N SELECT 1").ename, "magic::usage");
    assert_eq!(kernel.error("%sql --save x -N DROP TABLE y").ename, "magic::usage");
    assert_eq!(kernel.error("%sql -N SELECT 1").ename, "magic::usage");
    assert_eq!(kernel.error("%sqlcmd snippets -d roman").ename, "sql::unknown_snippet");
    let _ = kernel.text("%sqlcmd snippets -d romans");
    assert!(kernel.text("%sqlcmd snippets").contains("No query is kept"));
}

#[test]
fn mistakes_are_coded_and_placed() {
    let kernel = TestSession::with_examples();
    for (cell, code) in [
        ("%sqlcmd columns -t poeple", "sql::unknown_table"),
        ("%sqlcmd columns", "magic::missing_argument"),
        ("%sqlcmd profile -t nothing", "sql::unknown_table"),
        ("%sqlcmd tables -c nobody", "sql::unknown_connection"),
        ("%sqlcmd tabels", "magic::bad_value"),
    ] {
        let error = kernel.error(cell);
        assert_eq!(error.ename, code, "{cell}");
        assert!(error.traceback.join("\n").contains('^'), "{cell}");
    }
    assert!(kernel.error("%sqlcmd columns -t poeple").traceback.join("\n").contains("people"));
}
