//! What the guard prints: texts that end where they did, signs that stay signs, names that stay names.

use super::*;

fn shop(dialect: Dialect) -> Guard {
    let table = |name: &str, on_path| AllowedTable {
        database: "SHOP".to_owned(),
        schema: "PUBLIC".to_owned(),
        name: name.to_owned(),
        on_path,
        columns: None,
    };
    Guard::agent_over(dialect, vec![table("SALES", true), table("Stores", true), table("PAST", false)])
}

fn printed(dialect: Dialect, sql: &str) -> String {
    match agent::pass(sql, &shop(dialect), dialect) {
        Ok(text) => text.strip_suffix(" LIMIT 100000").map_or(text.clone(), str::to_owned),
        Err(error) => format!("{error:?}"),
    }
}

#[test]
fn a_text_ends_where_it_did() {
    let duck = |sql| printed(Dialect::DuckDb, sql);
    // The parser's own printer would leave the quote after the backslash single.
    assert_eq!(duck("SELECT 'a\\''; DROP TABLE sales --'"), "SELECT 'a\\''; DROP TABLE sales --'");
    assert_eq!(duck("SELECT 'two '''' quotes'"), "SELECT 'two '''' quotes'");
    assert_eq!(duck("SELECT $x$it's$x$"), "SELECT 'it''s'");
    let snow = |sql| printed(Dialect::Snowflake, sql);
    assert_eq!(snow("SELECT 'a\\'; DROP TABLE sales --'"), "SELECT 'a''; DROP TABLE sales --'");
    assert_eq!(snow("SELECT 'ends in \\\\'"), "SELECT 'ends in \\\\'");
    assert_eq!(snow("SELECT $$back\\slash$$"), "SELECT 'back\\\\slash'");
}

#[test]
fn two_signs_are_no_comment() {
    assert_eq!(printed(Dialect::DuckDb, "SELECT - - 1, - -(2)"), "SELECT -(-1), -(-(2))");
}

#[test]
fn names_are_compared_as_the_engine_does() {
    let passes = |dialect, sql: &str| agent::pass(sql, &shop(dialect), dialect).is_ok();
    for sql in ["SELECT * FROM sales", "SELECT * FROM \"SaLeS\"", "SELECT * FROM stores", "SELECT * FROM public.past"] {
        assert!(passes(Dialect::DuckDb, sql), "{sql}");
    }
    for sql in
        ["SELECT * FROM sales", "SELECT * FROM \"SALES\"", "SELECT * FROM \"Stores\"", "SELECT * FROM shop.public.past"]
    {
        assert!(passes(Dialect::Snowflake, sql), "{sql}");
    }
    for sql in ["SELECT * FROM \"sales\"", "SELECT * FROM stores", "SELECT * FROM past", "SELECT * FROM other.past"] {
        assert!(!passes(Dialect::Snowflake, sql), "{sql}");
    }
    assert!(!passes(Dialect::DuckDb, "SELECT * FROM past"), "a table off the path needs its schema");
}

#[test]
fn parameters_keep_their_names() {
    assert_eq!(printed(Dialect::DuckDb, "SELECT :a, $b"), "SELECT :a, $b");
    assert_eq!(printed(Dialect::Snowflake, "SELECT :a"), "SELECT :a");
}
