//! The guard against a corpus: what must be refused, what must pass and mean the same, and what the deadline must end.

use std::time::{Duration, Instant};

use arrow_array::RecordBatch;
use arrow_cast::pretty::pretty_format_batches;
use miette::Diagnostic;
use serde::Deserialize;
use synthbook_agents::AgentsError;
use synthbook_agents::warehouse::{
    AllowedTable, Catalog, Checked, Dialect, DuckDb, Guard, Limits, Request, Sql, Warehouse, check,
};

#[derive(Deserialize)]
struct Case {
    #[serde(default)]
    dialect: String,
    #[serde(default)]
    why: String,
    sql: String,
}

fn cases(text: &str) -> Vec<Case> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect()
}

const DIALECTS: [(Dialect, &str); 2] = [(Dialect::DuckDb, "duckdb"), (Dialect::Snowflake, "snowflake")];

/// Sales and stores, which an agent may read, and secrets, which it may not.
fn shop() -> (DuckDb, Catalog) {
    let duck = DuckDb::in_memory().unwrap();
    let script = "
        CREATE TABLE stores (id INTEGER PRIMARY KEY, name VARCHAR, city VARCHAR);
        INSERT INTO stores VALUES (1, 'Mill', 'Boston'), (2, 'Dock', NULL), (3, 'Gate', 'Lyon');
        CREATE TABLE sales (id INTEGER, store_id INTEGER, product VARCHAR, region VARCHAR, amount DOUBLE,
                            quantity INTEGER, day DATE);
        INSERT INTO sales VALUES
            (1, 1, 'tea', 'north', 4.5, 1, '2024-01-03'), (2, 1, 'coffee', 'north', 12.25, 3, '2024-01-17'),
            (3, 2, 'tea', 'south', 9.0, 2, '2024-02-02'), (4, 2, 'bread', NULL, 3.75, 5, '2024-02-29'),
            (5, 1, 'bread', 'south', 15.0, 4, '2024-03-05'), (6, 2, 'tea', 'north', 4.5, 1, '2024-03-31');
        CREATE TABLE secrets (id INTEGER, name VARCHAR);
        INSERT INTO secrets VALUES (1, 'hush')";
    duck.query(&check(Sql::new(script), &Guard::write()).unwrap(), &Request::default()).unwrap();
    let mut catalog = duck.catalog().unwrap();
    catalog.tables.retain(|table| table.name != "secrets");
    (duck, catalog)
}

/// The same shop as Snowflake spells it.
fn upper(catalog: &Catalog) -> Catalog {
    let mut catalog = catalog.clone();
    for table in &mut catalog.tables {
        for name in [&mut table.name, &mut table.schema, &mut table.database, &mut table.sql] {
            *name = name.to_uppercase();
        }
    }
    catalog
}

fn agent(dialect: Dialect, catalog: &Catalog) -> Guard {
    match dialect {
        Dialect::Snowflake => Guard::agent(dialect, &upper(catalog)),
        _ => Guard::agent(dialect, catalog),
    }
}

fn rows(duck: &DuckDb, sql: &Checked<Sql>) -> Result<String, AgentsError> {
    let batches = duck.query(sql, &Request::default())?.collect::<Result<Vec<RecordBatch>, _>>()?;
    Ok(pretty_format_batches(&batches).unwrap().to_string())
}

#[test]
fn what_is_hostile_is_refused() {
    let (duck, catalog) = shop();
    let corpus = cases(include_str!("../corpus/hostile.jsonl"));
    let before =
        rows(&duck, &check(Sql::new("FROM duckdb_tables() SELECT table_name"), &Guard::write()).unwrap()).unwrap();
    let (mut passed, mut unclear) = (Vec::new(), Vec::new());
    for (dialect, name) in DIALECTS {
        let guard = agent(dialect, &catalog);
        let of_dialect: Vec<&Case> =
            corpus.iter().filter(|case| case.dialect == "both" || case.dialect == name).collect();
        assert!(of_dialect.len() >= 150, "{} statements in {name}", of_dialect.len());
        for case in of_dialect {
            match check(Sql::new(case.sql.as_str()), &guard) {
                Ok(checked) => {
                    passed.push(format!("{name}: {} ({})\n    -> {}", case.sql, case.why, checked.inner().text()));
                }
                Err(error) => {
                    let code = error.code().map(|code| code.to_string()).unwrap_or_default();
                    if !(code.starts_with("agents::guard_") || code == "agents::empty_sql") {
                        unclear.push(format!("{name}: {}: {error:?}", case.sql));
                    }
                }
            }
        }
    }
    assert!(passed.is_empty(), "{} passed:\n{}", passed.len(), passed.join("\n"));
    assert!(unclear.is_empty(), "{}", unclear.join("\n"));
    let after =
        rows(&duck, &check(Sql::new("FROM duckdb_tables() SELECT table_name"), &Guard::write()).unwrap()).unwrap();
    assert_eq!(before, after);
}

#[test]
fn what_is_too_much_is_refused() {
    let (_, catalog) = shop();
    let joined = |part: &str, count: usize, by: &str| vec![part; count].join(by);
    let tables = (0..80).map(|i| format!("sales AS s{i}")).collect::<Vec<_>>().join(", ");
    let names = (0..40).map(|i| format!("a{i} AS (SELECT {i})")).collect::<Vec<_>>().join(", ");
    let statements = [
        format!("SELECT {}1{}", "(".repeat(300), ")".repeat(300)),
        format!("SELECT {}", joined("1", 15_000, "+")),
        format!("SELECT {}", joined("true", 9_000, " OR ")),
        format!("SELECT 1{}", " ".repeat(70_000)),
        format!("SELECT * FROM {tables}"),
        format!("WITH {names} SELECT 1"),
        format!("SELECT {}true", "NOT ".repeat(500)),
        format!("SELECT {}1{}", "(SELECT ".repeat(150), ")".repeat(150)),
        format!("SELECT {}1{}", "CASE WHEN true THEN ".repeat(250), " END".repeat(250)),
        format!("SELECT {}1", "- ".repeat(11_000)),
        format!("SELECT 1 {}", joined("UNION ALL SELECT 1", 900, " ")),
        format!("SELECT [{}", "[".repeat(5_000)),
    ];
    for (dialect, name) in DIALECTS {
        let guard = agent(dialect, &catalog);
        for sql in &statements {
            let error = check(Sql::new(sql.as_str()), &guard).expect_err(&sql[..40]);
            let code = error.code().map(|code| code.to_string()).unwrap_or_default();
            assert!(code.starts_with("agents::guard_"), "{name}: {}… {error:?}", &sql[..40]);
        }
    }
}

#[test]
fn what_is_harmless_passes_and_means_the_same() {
    let (duck, catalog) = shop();
    let corpus = cases(include_str!("../corpus/harmless.jsonl"));
    let mut wrong = Vec::new();
    for (dialect, name) in DIALECTS {
        let guard = agent(dialect, &catalog);
        let of_dialect: Vec<&Case> =
            corpus.iter().filter(|case| case.dialect == "both" || case.dialect == name).collect();
        assert!(of_dialect.len() >= 50, "{} statements in {name}", of_dialect.len());
        for case in of_dialect {
            let checked = match check(Sql::new(case.sql.as_str()), &guard) {
                Ok(checked) => checked,
                Err(error) => {
                    wrong.push(format!("{name}: {}\n    {error:?}", case.sql));
                    continue;
                }
            };
            if dialect != Dialect::DuckDb {
                continue;
            }
            let typed = check(Sql::new(case.sql.as_str()), &Guard::write()).unwrap();
            let (before, after) = (rows(&duck, &typed), rows(&duck, &checked));
            match (before, after) {
                (Ok(before), Ok(after)) if before == after => {}
                (before, after) => {
                    wrong.push(format!("{}\n -> {}\n{before:?}\n{after:?}", case.sql, checked.inner().text()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_deadline_ends_what_never_ends() {
    let (duck, catalog) = shop();
    let guard = agent(Dialect::DuckDb, &catalog);
    for case in cases(include_str!("../corpus/bombs.jsonl")) {
        let checked =
            check(Sql::new(case.sql.as_str()), &guard).unwrap_or_else(|error| panic!("{}: {error:?}", case.sql));
        let request = Request { deadline: Some(Duration::from_millis(300)), ..Request::default() };
        let asked = Instant::now();
        let outcome = duck.query(&checked, &request).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let error = outcome.err().unwrap_or_else(|| panic!("{} came to an end", case.why));
        eprintln!("{}: {:?}", case.why, asked.elapsed());
        assert!(
            matches!(error, AgentsError::Deadline { .. } | AgentsError::OutOfMemory { .. }),
            "{}: {error:?}",
            case.why
        );
    }
}

#[test]
fn the_rows_are_limited_and_the_order_kept() {
    let (duck, catalog) = shop();
    let guard = agent(Dialect::DuckDb, &catalog).with_limits(Limits { rows: 3, ..Limits::default() });
    let limited = |sql: &str| check(Sql::new(sql), &guard).unwrap().inner().text().to_owned();
    assert_eq!(limited("SELECT id FROM sales ORDER BY id"), "SELECT id FROM sales ORDER BY id LIMIT 3");
    assert_eq!(limited("SELECT id FROM sales LIMIT 2"), "SELECT id FROM sales LIMIT 2");
    assert_eq!(limited("SELECT id FROM sales LIMIT 4000000000000"), "SELECT id FROM sales LIMIT 3");
    assert_eq!(limited("SELECT id FROM sales OFFSET 1"), "SELECT id FROM sales LIMIT 3 OFFSET 1");
    assert_eq!(
        limited("SELECT id FROM sales LIMIT 1 + 8"),
        "SELECT * FROM (SELECT id FROM sales LIMIT 1 + 8) AS guarded LIMIT 3"
    );
    let checked = check(Sql::new("SELECT id FROM sales ORDER BY id DESC LIMIT 2 + 3"), &guard).unwrap();
    assert!(rows(&duck, &checked).unwrap().contains("| 4  |"));
}

#[test]
fn columns_that_are_not_allowed_do_not_exist() {
    let (duck, catalog) = shop();
    let mut tables: Vec<AllowedTable> = catalog.tables.iter().map(AllowedTable::from).collect();
    for table in &mut tables {
        if table.name == "sales" {
            table.columns = Some(vec!["id".to_owned(), "region".to_owned()]);
        }
    }
    let guard = Guard::agent_over(Dialect::DuckDb, tables);
    let pass = |sql: &str| check(Sql::new(sql), &guard).and_then(|checked| rows(&duck, &checked));
    let all = pass("SELECT * FROM sales ORDER BY id").unwrap();
    assert!(all.contains("region") && !all.contains("amount"), "{all}");
    assert!(
        pass("SELECT s.region, count(*) FROM main.sales AS s JOIN stores ON stores.id = s.id GROUP BY ALL").is_ok()
    );
    for sql in [
        "SELECT amount FROM sales",
        "SELECT sales.amount FROM sales",
        "SELECT id FROM sales WHERE amount > 5",
        "SELECT (SELECT max(amount) FROM sales)",
        "SELECT s FROM sales AS s WHERE s.amount > 1",
        "SELECT id FROM sales ORDER BY amount",
        "WITH x AS (SELECT * FROM sales) SELECT amount FROM x",
        "SELECT rowid FROM sales",
    ] {
        assert!(matches!(pass(sql), Err(AgentsError::UnknownName { .. })), "{sql}: {:?}", pass(sql));
    }
    assert!(matches!(pass("WITH sales AS (SELECT 1) SELECT * FROM sales"), Err(AgentsError::GuardConstruct { .. })));
}

#[test]
fn a_refusal_says_what_and_where() {
    let (_, catalog) = shop();
    let guard = agent(Dialect::DuckDb, &catalog);
    let refused = |sql: &str| {
        let error = check(Sql::new(sql), &guard).unwrap_err();
        let at = error.position().map(|at| (at.line, at.column));
        (error.to_string(), at, error.help().map(|help| help.to_string()).unwrap_or_default())
    };
    let (said, at, help) = refused("SELECT *\nFROM sales\nJOIN secrets USING (id)");
    assert_eq!((said.as_str(), at), ("The guard refuses the table secrets", Some((3, 6))));
    assert_eq!(help, "There are: sales, stores");
    let (said, at, _) = refused("SELECT getenv('HOME')");
    assert_eq!((said.as_str(), at), ("The guard refuses the function getenv", Some((1, 8))));
    let (said, at, _) = refused("  DROP TABLE sales");
    assert_eq!((said.as_str(), at), ("The guard refuses a statement that does not only read: DROP", Some((1, 3))));
    let (said, ..) = refused("SELECT 1; SELECT 2");
    assert_eq!(said, "The guard refuses 2 statements at once");
    let (said, at, help) = refused("SELECT FROM WHERE");
    assert!(said.starts_with("The guard can't read the statement: expected") && at.is_some(), "{said} {at:?}");
    assert!(!help.is_empty());
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

#[test]
fn spliced_statements_neither_panic_nor_reach_further() {
    let (duck, catalog) = shop();
    let mut corpus = cases(include_str!("../corpus/harmless.jsonl"));
    let harmless = corpus.len();
    corpus.extend(cases(include_str!("../corpus/hostile.jsonl")));
    let pieces: Vec<Vec<&str>> =
        corpus.iter().map(|case| case.sql.split_inclusive([' ', '(', ')', ',', ';']).collect()).collect();
    let guards = DIALECTS.map(|(dialect, _)| (dialect, agent(dialect, &catalog)));
    let (mut dice, mut ran) = (Dice(7), 0);
    for _ in 0..1_500 {
        let two = &pieces[dice.below(pieces.len())];
        let mut parts;
        if dice.below(2) == 0 {
            // Any beginning, and any end.
            let one = &pieces[dice.below(pieces.len())];
            parts = one[..dice.below(one.len() + 1)].to_vec();
            parts.extend(&two[dice.below(two.len() + 1)..]);
        } else {
            // A harmless statement with one part from elsewhere.
            parts = pieces[dice.below(harmless)].clone();
            let at = dice.below(parts.len());
            parts[at] = two.get(dice.below(two.len().max(1))).copied().unwrap_or("'");
        }
        let sql = parts.concat();
        for (dialect, guard) in &guards {
            let checked = match check(Sql::new(sql.as_str()), guard) {
                Ok(checked) => checked,
                Err(error) => {
                    assert!(!matches!(error, AgentsError::Internal { .. }), "{sql}: {error:?}");
                    continue;
                }
            };
            let again =
                check(Sql::new(checked.inner().text()), guard).unwrap_or_else(|error| panic!("{sql}: {error:?}"));
            assert_eq!(again.inner(), checked.inner(), "{sql}");
            if *dialect == Dialect::DuckDb {
                let request = Request { deadline: Some(Duration::from_secs(2)), ..Request::default() };
                let outcome = duck.query(&checked, &request).and_then(Iterator::collect::<Result<Vec<_>, _>>);
                if let Ok(batches) = outcome {
                    ran += 1;
                    let shown = pretty_format_batches(&batches).unwrap().to_string();
                    assert!(!shown.contains("hush"), "{sql} -> {}", checked.inner().text());
                }
            }
        }
    }
    eprintln!("{ran} ran");
    assert!(ran > 50, "only {ran} statements ran");
    let kept =
        check(Sql::new("SELECT (SELECT count(*) FROM sales) + (SELECT count(*) FROM stores)"), &guards[0].1).unwrap();
    assert!(rows(&duck, &kept).unwrap().contains("| 9 "), "nothing has changed");
}
