//! Results as frames: what DuckDB gives, as polars reads it.

use polars::prelude::*;
use synthbook_agents::AgentsError;

use crate::support::{fails, frame_of, runs, session, to_file};

fn dtype(frame: &DataFrame, name: &str) -> DataType {
    frame.column(name).unwrap().dtype().clone()
}

fn text(frame: &DataFrame, name: &str) -> String {
    frame.column(name).unwrap().cast(&DataType::String).unwrap().str().unwrap().get(0).unwrap().to_owned()
}

#[test]
fn types_that_polars_lacks_become_others() {
    let (duck, frames) = session();
    let frame = frame_of(
        &duck,
        &frames,
        "SELECT 170141183460469231731687303715884105727::HUGEINT AS beyond,
                100000000000000000000::HUGEINT AS huge, sum(1) AS total, 5::UHUGEINT AS unsigned,
                INTERVAL '1 month 2 days 3 seconds' AS span,
                'a'::ENUM('b', 'a') AS kind, MAP {'k': 1} AS map, [1, 2]::INT[2] AS fixed,
                union_value(num := 3) AS either, '0101'::BIT AS bits, uuid() AS id, TIME '01:02:03.5' AS clock,
                TIMESTAMP_S '2024-01-02 03:04:05' AS seconds, TIMESTAMPTZ '2024-01-02 03:04:05+01' AS zoned,
                1.25::DECIMAL(4, 2) AS exact, NULL AS nothing, {'a': 1, 'b': ['x']} AS nested, 'blob'::BLOB AS bytes,
                '12:00:00+02'::TIMETZ AS clock_zoned, [INTERVAL 1 day] AS spans, ['b'::ENUM('b', 'a')] AS kinds,
                '-12345678901234567890123456789012345678901234567890'::BIGNUM AS big",
    );
    assert_eq!(dtype(&frame, "beyond"), DataType::Float64);
    assert_eq!(dtype(&frame, "huge"), DataType::Decimal(38, 0));
    assert_eq!(text(&frame, "huge"), "100000000000000000000");
    assert_eq!((dtype(&frame, "total"), text(&frame, "total")), (DataType::Int64, "1".to_owned()));
    assert_eq!((dtype(&frame, "unsigned"), text(&frame, "unsigned")), (DataType::Int64, "5".to_owned()));
    assert_eq!(dtype(&frame, "span"), DataType::Duration(TimeUnit::Microseconds));
    assert_eq!(
        frame.column("span").unwrap().duration().unwrap().physical().get(0),
        Some((32 * 86_400 + 3) * 1_000_000)
    );
    assert!(matches!(dtype(&frame, "kind"), DataType::Categorical(..)), "{:?}", dtype(&frame, "kind"));
    assert_eq!(text(&frame, "kind"), "a");
    assert!(matches!(dtype(&frame, "map"), DataType::List(inner) if matches!(*inner, DataType::Struct(_))));
    assert_eq!(dtype(&frame, "fixed"), DataType::List(Box::new(DataType::Int32)));
    assert_eq!(dtype(&frame, "either"), DataType::String);
    assert!(text(&frame, "either").contains('3'));
    assert_eq!(text(&frame, "bits"), "0101");
    assert_eq!(text(&frame, "big"), "-12345678901234567890123456789012345678901234567890");
    assert_eq!(text(&frame, "id").len(), 36);
    assert_eq!(frame.column("clock").unwrap().to_physical_repr().i64().unwrap().get(0), Some(3_723_500_000_000));
    assert_eq!(dtype(&frame, "seconds"), DataType::Datetime(TimeUnit::Milliseconds, None));
    assert!(text(&frame, "zoned").starts_with("2024-01-02 02:04:05"), "{}", text(&frame, "zoned"));
    assert_eq!((dtype(&frame, "exact"), text(&frame, "exact")), (DataType::Decimal(4, 2), "1.25".to_owned()));
    assert!(frame.column("nothing").unwrap().is_null().all());
    assert!(matches!(dtype(&frame, "nested"), DataType::Struct(_)));
    assert_eq!(dtype(&frame, "bytes"), DataType::Binary);
    assert_eq!(dtype(&frame, "spans"), DataType::List(Box::new(DataType::Duration(TimeUnit::Microseconds))));
    assert_eq!(dtype(&frame, "kinds"), DataType::List(Box::new(DataType::String)));
}

#[test]
fn an_unsigned_value_beyond_arrow_is_an_error() {
    let (duck, _frames) = session();
    let error = fails(&duck, "SELECT 340282366920938463463374607431768211455::UHUGEINT AS u");
    assert!(matches!(error, AgentsError::ResultType { .. }), "{error:?}");
}

#[test]
fn a_sum_that_outgrows_64_bits_late_is_still_right() {
    let (duck, frames) = session();
    // The first batches fit into an i64; a row far behind does not, so what was written is widened.
    let frame = frame_of(
        &duck,
        &frames,
        "SELECT i AS n, CASE WHEN i = 599999 THEN 100000000000000000000 ELSE i END::HUGEINT AS huge FROM range(600000) t(i)",
    );
    assert_eq!(frame.height(), 600_000);
    assert_eq!(dtype(&frame, "huge"), DataType::Decimal(38, 0));
    let texts = frame.column("huge").unwrap().cast(&DataType::String).unwrap();
    let texts = texts.str().unwrap();
    assert_eq!((texts.get(7), texts.get(599_999)), (Some("7"), Some("100000000000000000000")));
    let rows = frame.column("n").unwrap().i64().unwrap();
    assert!(rows.iter().enumerate().all(|(at, row)| row == Some(at as i64)), "in order");
}

#[test]
fn an_enum_of_many_chunks_is_one_categorical() {
    let (duck, frames) = session();
    let frame = frame_of(
        &duck,
        &frames,
        "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
         SELECT CASE i % 4 WHEN 0 THEN 'sad' WHEN 1 THEN 'ok' WHEN 2 THEN 'happy' END::mood AS mood FROM range(600000) t(i)",
    );
    let mood = frame.column("mood").unwrap();
    assert_eq!(mood.null_count(), 150_000);
    assert_eq!(mood.drop_nulls().unique().unwrap().len(), 3);
}

#[test]
fn a_large_result_is_written_in_few_batches() {
    let (duck, frames) = session();
    let path = frames.fresh();
    let query =
        "SELECT i, i::VARCHAR AS short, 'a text longer than twelve bytes ' || i AS long FROM range(1000000) t(i)";
    let written = to_file(&duck, query, &path).unwrap();
    assert_eq!(written.rows, 1_000_000);
    let file = synthbook_mapped::IpcFile::open(&path).unwrap();
    assert!(file.batch_rows().len() <= 16, "{:?}", file.batch_rows());
    // 8 bytes of number, two views of 16, about 38 bytes of long text: short texts are not stored twice.
    let bytes = std::fs::metadata(&path).unwrap().len();
    assert!(bytes < 90_000_000, "{bytes} bytes");
    frames.put_file("large", path);
    let back =
        frame_of(&duck, &frames, "SELECT count(DISTINCT long) AS n, max(i) AS m FROM large WHERE short = i::VARCHAR");
    assert_eq!((text(&back, "n"), text(&back, "m")), ("1000000".to_owned(), "999999".to_owned()));
}

#[test]
fn names_used_twice_get_a_suffix_and_a_note() {
    let (duck, frames) = session();
    let frame = frame_of(&duck, &frames, "SELECT 1 AS a, 2 AS a, 3 AS a_1, 4 AS \"A\"");
    assert_eq!(frame.get_column_names(), ["a", "a_1", "a_1_1", "A"]);
    assert_eq!(runs(&duck, "SELECT 1 AS a, 2 AS a").notes.len(), 1);
}

#[test]
fn no_rows_are_a_frame_too() {
    let (duck, frames) = session();
    let frame = frame_of(&duck, &frames, "SELECT 1 AS a, 'x' AS b WHERE false");
    assert_eq!(frame.shape(), (0, 2));
}

#[test]
fn statements_without_rows_say_what_they_did() {
    let (duck, frames) = session();
    let path = frames.fresh();
    let made = to_file(&duck, "CREATE TABLE t AS SELECT * FROM range(10) r(i)", &path).unwrap().change.unwrap();
    assert_eq!((made.statement.as_str(), made.rows), ("CREATE", Some(10)));
    assert!(!path.exists());
    let change = |query: &str| runs(&duck, query).change.unwrap();
    assert_eq!(change("DELETE FROM t WHERE i < 3").rows, Some(3));
    assert_eq!(change("UPDATE t SET i = i + 1").rows, Some(7));
    assert_eq!(change("WITH x AS (SELECT 1 AS i) INSERT INTO t SELECT * FROM x").rows, Some(1));
    assert_eq!(change("CREATE TABLE u (i INT)").rows, None);
    assert_eq!(change("SET threads = 2").statement, "SET");
    assert_eq!(runs(&duck, "INSERT INTO t VALUES (99) RETURNING i").batch.num_rows(), 1);
    assert_eq!(runs(&duck, "SELECT 5 AS \"Count\"").total, Some(1));
}

#[test]
fn a_preview_reads_no_more_than_it_shows() {
    let (duck, _frames) = session();
    let shown = runs(&duck, "SELECT * FROM range(1000000000000)");
    assert_eq!((shown.batch.num_rows(), shown.total), (100, None));
    let shown = runs(&duck, "SELECT * FROM range(100)");
    assert_eq!((shown.batch.num_rows(), shown.total), (100, Some(100)));
}

#[test]
fn a_full_disk_is_said() {
    let (duck, _frames) = session();
    let error = to_file(&duck, "SELECT * FROM range(10000000)", std::path::Path::new("/dev/full")).unwrap_err();
    assert!(matches!(error, AgentsError::DiskFull { .. }), "{error:?}");
    assert!(std::path::Path::new("/dev/full").exists());
    let error = to_file(&duck, "SELECT 1", std::path::Path::new("/nowhere/at/all")).unwrap_err();
    assert!(matches!(error, AgentsError::Write { .. }), "{error:?}");
}
