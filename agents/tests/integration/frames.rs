//! Frames as polars writes them, read as tables.

use polars::prelude::*;
use synthbook_agents::AgentsError;
use synthbook_agents::warehouse::{TableKind, Warehouse};

use crate::support::{fails, frame_of, number, runs, session};

/// All column types that polars has in this workspace, with nulls, in more rows than a chunk of DuckDB's.
fn all_types(rows: i64) -> DataFrame {
    let base: Int64Chunked = (0..rows).map(|row| (row % 7 != 3).then_some(row % 100)).collect();
    let base = base.into_series();
    let text: StringChunked = (0..rows)
        .map(|row| (row % 5 != 1).then(|| format!("{row}{}", " ümläut und länger".repeat((row % 3) as usize))))
        .collect();
    let as_type = |name: &str, to: DataType| base.cast(&to).unwrap().with_name(name.into()).into_column();
    let zoned = DataType::Datetime(TimeUnit::Microseconds, TimeZone::opt_try_new(Some("UTC")).unwrap());
    let flags: BooleanChunked = (0..rows).map(|row| (row % 11 != 2).then_some(row % 2 == 0)).collect();
    let lists = (0..rows).map(|row| {
        (row % 4 != 2)
            .then(|| Series::new("".into(), (0..row % 3).map(|i| (i != 1).then_some(row * 10 + i)).collect::<Vec<_>>()))
    });
    let lists: ListChunked = lists.collect();
    let nested = df!("a" => base.cast(&DataType::Int32).unwrap(), "b" => text.clone().into_series()).unwrap();
    let categories = DataType::from_categories(Categories::global());
    let mut columns: Vec<Column> = [
        ("i8", DataType::Int8),
        ("i16", DataType::Int16),
        ("i32", DataType::Int32),
        ("i64", DataType::Int64),
        ("u8", DataType::UInt8),
        ("u16", DataType::UInt16),
        ("u32", DataType::UInt32),
        ("u64", DataType::UInt64),
        ("f32", DataType::Float32),
        ("f64", DataType::Float64),
        ("date", DataType::Date),
        ("time", DataType::Time),
        ("ms", DataType::Datetime(TimeUnit::Milliseconds, None)),
        ("us", DataType::Datetime(TimeUnit::Microseconds, None)),
        ("ns", DataType::Datetime(TimeUnit::Nanoseconds, None)),
        ("zoned", zoned),
        ("span", DataType::Duration(TimeUnit::Microseconds)),
        ("span_ms", DataType::Duration(TimeUnit::Milliseconds)),
        ("decimal", DataType::Decimal(12, 2)),
        ("nothing", DataType::Null),
    ]
    .into_iter()
    .map(|(name, to)| match to {
        DataType::Null => Series::full_null(name.into(), rows as usize, &to).into(),
        // SQL's times have microseconds.
        DataType::Time => (&base * 1_000_i64).cast(&to).unwrap().with_name(name.into()).into_column(),
        _ => as_type(name, to),
    })
    .collect();
    columns.push(text.clone().into_series().with_name("text".into()).into());
    columns.push(text.into_series().cast(&DataType::Binary).unwrap().with_name("binary".into()).into());
    columns.push(base.cast(&DataType::String).unwrap().cast(&categories).unwrap().with_name("kind".into()).into());
    columns.push(flags.into_series().with_name("flag".into()).into());
    columns.push(lists.into_series().with_name("list".into()).into());
    columns.push(nested.into_struct("struct".into()).into_series().into());
    DataFrame::new(rows as usize, columns).unwrap()
}

#[test]
fn every_type_comes_back_equal() {
    let (duck, frames) = session();
    let rows = 10_000;
    let frame = all_types(rows);
    frames.put("everything", &frame);
    let back = frame_of(&duck, &frames, "SELECT * FROM everything");
    assert_eq!(back.get_column_names(), frame.get_column_names());
    for column in frame.columns() {
        let name = column.name().as_str();
        // What SQL has no type for comes back as the type that the documentation of `DuckDb` names.
        let expected = match name {
            "kind" => column.cast(&DataType::String).unwrap(),
            "nothing" => column.cast(&DataType::Int32).unwrap(),
            "span_ms" => column.cast(&DataType::Duration(TimeUnit::Microseconds)).unwrap(),
            _ => column.clone(),
        };
        let got = back.column(name).unwrap();
        assert_eq!(got.dtype(), expected.dtype(), "{name}");
        assert!(got.equals_missing(&expected), "{name}: {:?}\n{:?}", got.head(Some(12)), expected.head(Some(12)));
    }
}

#[test]
fn queries_read_only_what_they_need_and_keep_the_order() {
    let (duck, frames) = session();
    frames.put("everything", &all_types(50_000));
    let absent = (0..50_000).filter(|row| row % 7 == 3).count() as i64;
    assert_eq!(number(&duck, "SELECT count(*) FROM everything"), 50_000);
    assert_eq!(number(&duck, "SELECT count(i64) FROM frame('everything')"), 50_000 - absent);
    assert_eq!(number(&duck, "SELECT count(*) FROM frames.everything WHERE i64 IS NULL"), absent);
    let back = frame_of(&duck, &frames, "SELECT text FROM everything");
    let texts = back.column("text").unwrap().str().unwrap();
    assert!((0..50_000).filter(|row| row % 5 != 1).all(|row| texts.get(row).unwrap().starts_with(&row.to_string())));
    let limited = frame_of(&duck, &frames, "SELECT i64 FROM everything LIMIT 3 OFFSET 4999");
    assert_eq!(limited.column("i64").unwrap().i64().unwrap().iter().collect::<Vec<_>>(), [Some(99), Some(0), None]);
}

#[test]
fn a_slice_of_lists_is_its_own() {
    let (duck, frames) = session();
    frames.put("everything", &all_types(20_000));
    let sum = "SELECT sum(total)::BIGINT FROM (SELECT list_sum(list) AS total FROM everything)";
    let expected: i64 = (0..20_000_i64)
        .filter(|row| row % 4 != 2)
        .flat_map(|row| (0..row % 3).filter(|i| *i != 1).map(move |i| row * 10 + i))
        .sum();
    assert_eq!(number(&duck, sum), expected);
    let absent = "SELECT count(*) FROM everything WHERE struct.a IS NULL";
    assert_eq!(number(&duck, absent), (0..20_000).filter(|row| row % 7 == 3).count() as i64);
}

#[test]
fn a_new_generation_is_seen_and_a_dropped_frame_is_gone() {
    let (duck, frames) = session();
    frames.put("sales", &df!("n" => [1_i64]).unwrap());
    assert_eq!(number(&duck, "SELECT sum(n)::BIGINT FROM sales"), 1);
    frames.put("sales", &df!("other" => ["x", "y"]).unwrap());
    assert_eq!(number(&duck, "SELECT count(other) FROM sales"), 2);
    frames.remove("sales");
    let error = fails(&duck, "SELECT * FROM sales");
    assert!(matches!(error, AgentsError::UnknownName { .. }), "{error:?}");
    let error = fails(&duck, "SELECT * FROM frame('sales')");
    assert!(matches!(&error, AgentsError::FrameUnknown { name, .. } if name == "sales"), "{error:?}");
}

#[test]
fn a_dropped_frame_is_let_go_of() {
    let (duck, frames) = session();
    frames.put("large", &df!("n" => [1_i64]).unwrap());
    assert_eq!(number(&duck, "SELECT n FROM large"), 1);
    let mapped = || {
        std::fs::read_to_string("/proc/self/maps").unwrap().contains(frames.path_of("frame.1.arrow").to_str().unwrap())
    };
    assert!(mapped());
    frames.remove("large");
    duck.release_frames();
    assert!(!mapped());
}

#[test]
fn odd_names_work() {
    let (duck, frames) = session();
    let names = ["Größe", "日本 語", "a\"b", "select", "it's", "with space", "😀", "x;y", "UPPER"];
    for name in names {
        frames.put(name, &df!(name => [7_i64], "end" => [8_i64]).unwrap());
        let quoted = name.replace('"', "\"\"");
        assert_eq!(number(&duck, &format!("SELECT \"{quoted}\" FROM \"{quoted}\"")), 7, "{name}");
        let literal = name.replace('\'', "''");
        assert_eq!(number(&duck, &format!("SELECT \"end\" FROM frame('{literal}')")), 8, "{name}");
    }
    let tables = duck.tables().unwrap();
    assert_eq!(tables.len(), names.len());
    for table in tables {
        assert_eq!(table.kind, TableKind::Frame);
        assert_eq!(table.rows, Some(1));
        assert_eq!(number(&duck, &format!("SELECT \"end\" FROM {}", table.sql)), 8);
        assert_eq!(duck.columns(&table.name).unwrap()[0].name, table.name);
    }
}

#[test]
fn names_that_differ_in_case_only_stay_apart() {
    let (duck, frames) = session();
    frames.put("Sales", &df!("N" => [1_i64], "n" => [2_i64]).unwrap());
    frames.put("sales", &df!("n" => [3_i64]).unwrap());
    assert_eq!(number(&duck, "SELECT n_1 FROM frame('Sales')"), 2);
    assert_eq!(number(&duck, "SELECT n FROM frame('sales')"), 3);
    let shown = runs(&duck, "SELECT * FROM sales");
    assert!(shown.notes.iter().any(|note| note.contains("frame('sales')")), "{:?}", shown.notes);
}

#[test]
fn the_users_table_wins_and_a_note_says_so() {
    let (duck, frames) = session();
    frames.put("t", &df!("n" => [1_i64]).unwrap());
    runs(&duck, "CREATE TABLE t AS SELECT 2::BIGINT AS n");
    let shown = runs(&duck, "SELECT n FROM t");
    assert!(shown.notes.iter().any(|note| note.contains("t is your table")), "{:?}", shown.notes);
    assert_eq!(number(&duck, "SELECT n FROM t"), 2);
    assert_eq!(number(&duck, "SELECT n FROM frames.t"), 1);
    let spelt: Vec<String> = duck.tables().unwrap().into_iter().map(|table| table.sql).collect();
    assert_eq!(spelt, ["frames.t", "t"]);
    runs(&duck, "DROP TABLE t");
    assert_eq!(number(&duck, "SELECT n FROM t"), 1);
}

#[test]
fn empty_and_wide_frames_are_tables() {
    let (duck, frames) = session();
    frames.put("empty", &all_types(0));
    assert_eq!(number(&duck, "SELECT count(*) FROM empty"), 0);
    assert_eq!(frame_of(&duck, &frames, "SELECT * FROM empty").shape(), (0, 26));
    let columns = (0..1000_i64).map(|i| Column::new(format!("c{i}").into(), [i, -i])).collect();
    frames.put("wide", &DataFrame::new(2, columns).unwrap());
    assert_eq!(frame_of(&duck, &frames, "SELECT * FROM wide").shape(), (2, 1000));
    assert_eq!(number(&duck, "SELECT c999 FROM wide"), 999);
    assert_eq!(duck.columns("WIDE").unwrap().len(), 1000);
    frames.put("bare", &DataFrame::empty());
    let error = fails(&duck, "SELECT * FROM bare");
    assert!(matches!(&error, AgentsError::FrameType { name, .. } if name == "bare"), "{error:?}");
}

#[test]
fn frames_stay_visible_after_use_and_in_show_tables() {
    let (duck, frames) = session();
    frames.put("sales", &df!("n" => [1_i64]).unwrap());
    assert_eq!(number(&duck, "CREATE SCHEMA other; USE other; SELECT n FROM sales"), 1);
    assert_eq!(number(&duck, "SELECT n FROM sales"), 1);
    let shown = runs(&duck, "SHOW TABLES");
    assert_eq!(shown.batch.num_rows(), 1, "{:?}", shown.batch);
}

#[test]
fn a_view_of_the_users_follows_its_frame() {
    let (duck, frames) = session();
    frames.put("sales", &df!("n" => [1_i64, 2]).unwrap());
    runs(&duck, "CREATE VIEW doubled AS SELECT n * 2 AS n FROM sales");
    frames.put("sales", &df!("n" => [10_i64]).unwrap());
    assert_eq!(number(&duck, "SELECT sum(n)::BIGINT FROM doubled"), 20);
}
