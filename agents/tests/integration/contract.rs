//! One contract for all warehouses: what each of them must do, run on DuckDB here and on Snowflake's peer elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow_cast::cast;
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use synthbook_agents::AgentsError;
use synthbook_agents::warehouse::{
    Access, Cancel, DuckDb, Guard, Load, Request, Scalar, Sql, TableKind, Warehouse, check,
};

/// Where engines differ, and nowhere else.
pub(crate) struct Engine<'a> {
    pub(crate) warehouse: &'a dyn Warehouse,
    /// A name as the engine spells it when it is typed without quotes.
    pub(crate) spelt: fn(&str) -> String,
    /// A query of one column `i` with the numbers from 0, in order.
    pub(crate) numbers: fn(u64) -> String,
    /// A query that does not end by itself; none where the peer can't be stopped.
    pub(crate) endless: Option<&'static str>,
    /// Whether a table's primary key is told by its catalogue.
    pub(crate) keys: bool,
    /// Whether comments are told by its catalogue.
    pub(crate) comments: bool,
}

impl Engine<'_> {
    fn run(&self, sql: &str) {
        let batches = self.warehouse.query(&check(Sql::new(sql), &Guard::write()).unwrap(), &Request::default());
        let rows = batches.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        rows.for_each(|batch| drop(batch.unwrap_or_else(|error| panic!("{sql}: {error:?}"))));
    }

    fn read(&self, sql: &str, request: &Request) -> Result<RecordBatch, AgentsError> {
        let checked = check(Sql::new(sql), &Guard::read(self.warehouse.dialect()))?;
        let mut batches = self.warehouse.query(&checked, request)?;
        let parts = batches.by_ref().collect::<Result<Vec<_>, _>>()?;
        Ok(arrow_select::concat::concat_batches(&batches.schema(), &parts).unwrap())
    }

    fn ask(&self, sql: &str) -> RecordBatch {
        self.read(sql, &Request::default()).unwrap_or_else(|error| panic!("{sql}: {error:?}"))
    }

    fn number(&self, sql: &str) -> i64 {
        integers(self.ask(sql).column(0))[0].unwrap()
    }

    fn fails(&self, sql: &str, request: &Request) -> AgentsError {
        match self.read(sql, request) {
            Err(error) => error,
            Ok(batch) => panic!("{sql} gave {batch:?}"),
        }
    }

    fn load(&self, table: &str, batch: RecordBatch, mode: Load) -> Result<u64, AgentsError> {
        self.warehouse.load(table, &mut std::iter::once(Ok(batch)), mode)
    }

    fn batch(&self, columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
        let fields: Vec<Field> = columns
            .iter()
            .map(|(name, array)| Field::new((self.spelt)(name), array.data_type().clone(), true))
            .collect();
        let arrays = columns.into_iter().map(|(_, array)| array).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
    }
}

/// Everything that a warehouse opened for writing must do.
pub(crate) fn fulfils(engine: &Engine<'_>) {
    types_come_back(engine);
    nothing_is_a_result_too(engine);
    loads_are_whole_or_nothing(engine);
    parameters_are_bound(engine);
    errors_have_codes(engine);
    limits_are_kept(engine);
    the_catalogue_tells(engine);
    policies_hold(engine);
    a_million_rows_stream(engine);
    what_is_endless_is_stopped(engine);
}

fn integers(array: &ArrayRef) -> Vec<Option<i64>> {
    cast(array, &DataType::Int64).unwrap().as_primitive::<Int64Type>().iter().collect()
}

fn texts(array: &ArrayRef) -> Vec<Option<String>> {
    let array = cast(array, &DataType::Utf8).unwrap();
    array.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect()
}

fn types_come_back(engine: &Engine<'_>) {
    let micros = 1_709_210_096_123_456;
    let batch = engine.batch(vec![
        ("id", Arc::new(Int64Array::from(vec![Some(1), Some(i64::MAX), None]))),
        ("ratio", Arc::new(Float64Array::from(vec![Some(0.1), Some(-1e300), None]))),
        (
            "price",
            Arc::new(
                Decimal128Array::from(vec![Some(123_456_789_012), Some(-5), None])
                    .with_precision_and_scale(18, 2)
                    .unwrap(),
            ),
        ),
        ("name", Arc::new(StringArray::from(vec![Some("it's; -- \\ \"ünï\" 😀\n"), Some(""), None]))),
        ("good", Arc::new(BooleanArray::from(vec![Some(true), Some(false), None]))),
        ("day", Arc::new(Date32Array::from(vec![Some(19_782), Some(-719_162), None]))),
        ("moment", Arc::new(TimestampMicrosecondArray::from(vec![Some(micros), Some(-1), None]))),
        ("zoned", Arc::new(TimestampMicrosecondArray::from(vec![Some(micros), Some(0), None]).with_timezone("UTC"))),
    ]);
    assert_eq!(engine.load("contract_types", batch, Load::Replace).unwrap(), 3);
    let read = engine
        .ask("SELECT id, ratio, price, name, good, day, moment, zoned FROM contract_types ORDER BY id NULLS LAST");
    assert_eq!(integers(read.column(0)), [Some(1), Some(i64::MAX), None]);
    let ratios = cast(read.column(1), &DataType::Float64).unwrap();
    assert_eq!(ratios.as_primitive::<Float64Type>().iter().collect::<Vec<_>>(), [Some(0.1), Some(-1e300), None]);
    let prices = cast(read.column(2), &DataType::Decimal128(18, 2)).unwrap();
    assert_eq!(
        prices.as_primitive::<Decimal128Type>().iter().collect::<Vec<_>>(),
        [Some(123_456_789_012), Some(-5), None]
    );
    let names = texts(read.column(3));
    assert_eq!(names, [Some("it's; -- \\ \"ünï\" 😀\n".to_owned()), Some(String::new()), None]);
    let good: Vec<Option<bool>> = read.column(4).as_boolean().iter().collect();
    assert_eq!(good, [Some(true), Some(false), None]);
    let days = cast(read.column(5), &DataType::Date32).unwrap();
    assert_eq!(days.as_primitive::<Date32Type>().iter().collect::<Vec<_>>(), [Some(19_782), Some(-719_162), None]);
    for (column, second) in [(6, -1), (7, 0)] {
        let zone = (column == 7).then(|| "UTC".into());
        let moments = cast(read.column(column), &DataType::Timestamp(TimeUnit::Microsecond, zone)).unwrap();
        let moments: Vec<Option<i64>> = moments.as_primitive::<TimestampMicrosecondType>().iter().collect();
        assert_eq!(moments, [Some(micros), Some(second), None], "column {column}");
    }
}

fn nothing_is_a_result_too(engine: &Engine<'_>) {
    let read = engine.ask("SELECT id, name FROM contract_types WHERE id = 7");
    assert_eq!((read.num_rows(), read.num_columns()), (0, 2));
    assert!(read.schema().field(1).name().eq_ignore_ascii_case("name"));
    let empty = engine.batch(vec![("id", Arc::new(Int64Array::from(Vec::<i64>::new())))]);
    assert_eq!(engine.load("contract_empty", empty, Load::Replace).unwrap(), 0);
    assert_eq!(engine.number("SELECT count(*) FROM contract_empty"), 0);
    let none = engine.warehouse.load("contract_none", &mut std::iter::empty(), Load::Create);
    assert!(matches!(none, Err(AgentsError::Load { .. })), "{none:?}");
}

fn loads_are_whole_or_nothing(engine: &Engine<'_>) {
    let one = |from: i64, count: i64| {
        let ids: Int64Array = (from..from + count).collect();
        let names: StringArray = (from..from + count).map(|id| Some(format!("row {id}"))).collect();
        engine.batch(vec![("id", Arc::new(ids)), ("name", Arc::new(names))])
    };
    engine.run("DROP TABLE IF EXISTS contract_load");
    assert_eq!(engine.load("contract_load", one(0, 5_000), Load::Create).unwrap(), 5_000);
    let again = engine.load("contract_load", one(0, 1), Load::Create);
    assert!(matches!(again, Err(AgentsError::Load { .. })), "{again:?}");
    let ids: ArrayRef = Arc::new(Int64Array::from(vec![5_000]));
    assert_eq!(engine.load("contract_load", engine.batch(vec![("id", ids)]), Load::Append).unwrap(), 1);
    let missing = engine.ask("SELECT name FROM contract_load WHERE id = 5000");
    assert_eq!(texts(missing.column(0)), [None], "a column that is not given is null");
    let names: ArrayRef = Arc::new(StringArray::from(vec!["turned"]));
    let ids: ArrayRef = Arc::new(Int64Array::from(vec![5_001]));
    let turned = engine.batch(vec![("name", names), ("id", ids)]);
    assert_eq!(engine.load("contract_load", turned, Load::Append).unwrap(), 1, "columns are matched by name");
    assert_eq!(engine.number("SELECT count(*) FROM contract_load"), 5_002);

    let mut broken = [Ok(one(10_000, 100)), Err(AgentsError::Cancelled)].into_iter();
    let outcome = engine.warehouse.load("contract_load", &mut broken, Load::Append);
    assert!(matches!(outcome, Err(AgentsError::Cancelled)), "{outcome:?}");
    let mut broken = [Ok(one(10_000, 100)), Err(AgentsError::Cancelled)].into_iter();
    assert!(engine.warehouse.load("contract_load", &mut broken, Load::Replace).is_err());
    let unknown: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let outcome = engine.load("contract_load", engine.batch(vec![("colour", unknown)]), Load::Append);
    assert!(matches!(outcome, Err(AgentsError::Load { .. })), "{outcome:?}");
    let outcome = engine.load("contract_nowhere", one(0, 1), Load::Append);
    assert!(matches!(outcome, Err(AgentsError::Load { .. })), "{outcome:?}");
    assert_eq!(engine.number("SELECT count(*) FROM contract_load"), 5_002, "nothing is half loaded");

    let mut parts = [Ok(one(0, 10)), Ok(one(10, 10))].into_iter();
    assert_eq!(engine.warehouse.load("contract_load", &mut parts, Load::Replace).unwrap(), 20);
    assert_eq!(engine.number("SELECT sum(id) FROM contract_load"), 190);
}

fn parameters_are_bound(engine: &Engine<'_>) {
    let hostile = "'; DROP TABLE contract_load; --\\";
    let parameters = BTreeMap::from([
        ("text".to_owned(), Scalar::Text(hostile.to_owned())),
        ("n".to_owned(), Scalar::Integer(41)),
        ("x".to_owned(), Scalar::Float(0.5)),
        ("day".to_owned(), Scalar::Date(19_782)),
        ("none".to_owned(), Scalar::Null),
        ("yes".to_owned(), Scalar::Boolean(true)),
    ]);
    let request = Request { parameters, ..Request::default() };
    let read =
        engine.read("SELECT :text AS t, :n + 1 AS n, :x * 2 AS x, :day AS d, :none AS z, :yes AS y", &request).unwrap();
    assert_eq!(texts(read.column(0)), [Some(hostile.to_owned())]);
    assert_eq!(integers(read.column(1)), [Some(42)]);
    assert_eq!(integers(read.column(2)), [Some(1)]);
    let days = cast(read.column(3), &DataType::Date32).unwrap();
    assert_eq!(days.as_primitive::<Date32Type>().value(0), 19_782);
    assert_eq!(read.column(4).logical_null_count(), 1);
    assert!(read.column(5).as_boolean().value(0));
    let error = engine.fails("SELECT :missing", &request);
    assert!(
        matches!(&error, AgentsError::ParameterMissing { name, .. } if name.eq_ignore_ascii_case("missing")),
        "{error:?}"
    );
    assert_eq!(engine.number("SELECT count(*) FROM contract_load"), 20);
}

fn errors_have_codes(engine: &Engine<'_>) {
    let code = |error: &AgentsError| miette::Diagnostic::code(error).map(|code| code.to_string()).unwrap_or_default();
    for (sql, expected) in [
        ("SELECT (1", "agents::syntax"),
        ("SELECT * FROM contract_nowhere", "agents::unknown_name"),
        ("SELECT colour FROM contract_load", "agents::unknown_name"),
        ("", "agents::empty_sql"),
        ("-- nothing\n;", "agents::empty_sql"),
    ] {
        let error = engine.fails(sql, &Request::default());
        assert_eq!(code(&error), expected, "{sql}: {error:?}");
    }
    assert_eq!(engine.number("SELECT 1"), 1, "and it goes on");
}

fn limits_are_kept(engine: &Engine<'_>) {
    let ask = |rows: u64, limit: Option<u64>| {
        let checked = check(Sql::new((engine.numbers)(rows)), &Guard::read(engine.warehouse.dialect())).unwrap();
        let request = Request { rows: limit, ..Request::default() };
        let mut batches = engine.warehouse.query(&checked, &request).unwrap();
        let given: usize = batches.by_ref().map(|batch| batch.unwrap().num_rows()).sum();
        assert_eq!(batches.statistics().rows, given as u64);
        assert!(batches.statistics().seconds > 0.0);
        (given, batches.truncated())
    };
    assert_eq!(ask(100, Some(7)), (7, true));
    assert_eq!(ask(7, Some(7)), (7, false));
    assert_eq!(ask(100, Some(0)), (0, true));
    assert_eq!(ask(100, None), (100, false));
    assert_eq!(ask(50_000, Some(40_000)), (40_000, true));
}

fn the_catalogue_tells(engine: &Engine<'_>) {
    engine.run("DROP TABLE IF EXISTS contract_child");
    engine.run("DROP TABLE IF EXISTS contract_parent");
    engine.run("CREATE TABLE contract_parent (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL)");
    engine.run("CREATE TABLE contract_child (id INTEGER, parent INTEGER REFERENCES contract_parent (id))");
    engine.run("INSERT INTO contract_parent VALUES (1, 'one')");
    if engine.comments {
        engine.run("COMMENT ON TABLE contract_parent IS 'what all have'");
        engine.run("COMMENT ON COLUMN contract_parent.name IS 'as it is spelt'");
    }
    let catalog = engine.warehouse.catalog().unwrap();
    let parent = catalog.table(&(engine.spelt)("contract_parent")).expect("the table is there");
    assert_eq!(parent.kind, TableKind::Table);
    let columns: Vec<String> = parent.columns.iter().map(|column| column.name.to_lowercase()).collect();
    assert_eq!(columns, ["id", "name"]);
    assert!(!parent.columns[1].nullable && parent.columns.iter().all(|column| !column.data_type.is_empty()));
    assert!(parent.rows.is_none_or(|rows| rows == 1));
    if engine.comments {
        assert_eq!(parent.comment.as_deref(), Some("what all have"));
        assert_eq!(parent.columns[1].comment.as_deref(), Some("as it is spelt"));
    }
    let child = catalog.table(&(engine.spelt)("contract_child")).expect("the table is there");
    if engine.keys {
        assert_eq!(parent.primary_key, [(engine.spelt)("id")]);
        let key = &child.foreign_keys[0];
        assert_eq!((&key.columns[0], &key.table), (&(engine.spelt)("parent"), &(engine.spelt)("contract_parent")));
        assert_eq!(key.referenced, [(engine.spelt)("id")]);
    }
    assert_eq!(engine.number(&format!("SELECT count(*) FROM {}", parent.sql)), 1, "its name can be typed");
    let tables = engine.warehouse.tables().unwrap();
    assert!(tables.iter().any(|table| table.name == parent.name));
    assert_eq!(engine.warehouse.columns(&parent.name).unwrap().len(), 2);
    assert!(engine.warehouse.columns("contract_nowhere").unwrap().is_empty());
}

fn policies_hold(engine: &Engine<'_>) {
    let dialect = engine.warehouse.dialect();
    let catalog = engine.warehouse.catalog().unwrap();
    let agent = Guard::agent(dialect, &catalog);
    let sql = "WITH big AS (SELECT id, name FROM contract_load WHERE id > 9) SELECT count(*) AS n FROM big -- all";
    let checked = check(Sql::new(sql), &agent).unwrap();
    let mut batches = engine.warehouse.query(&checked, &Request::default()).unwrap();
    assert_eq!(integers(batches.next().unwrap().unwrap().column(0)), [Some(10)]);
    drop(batches);
    for sql in ["DROP TABLE contract_load", "SELECT * FROM contract_nowhere", "SELECT 1; SELECT 2"] {
        assert!(check(Sql::new(sql), &agent).is_err(), "{sql}");
    }
    let error = engine.fails("DELETE FROM contract_load", &Request::default());
    assert!(matches!(error, AgentsError::GuardStatement { .. }), "{error:?}");
    assert_eq!(engine.number("SELECT count(*) FROM contract_load"), 20);
}

fn a_million_rows_stream(engine: &Engine<'_>) {
    let checked = check(Sql::new((engine.numbers)(1_000_000)), &Guard::read(engine.warehouse.dialect())).unwrap();
    let batches = engine.warehouse.query(&checked, &Request::default()).unwrap();
    let (mut next, mut largest) = (0_i64, 0);
    for batch in batches {
        let batch = batch.unwrap();
        largest = largest.max(batch.num_rows());
        for value in integers(batch.column(0)) {
            assert_eq!(value, Some(next), "in order");
            next += 1;
        }
    }
    assert_eq!(next, 1_000_000);
    assert!(largest <= 200_000, "a batch of {largest} rows is no stream");
    // Whoever has seen enough lets go, and the rest is not made.
    let mut batches = engine.warehouse.query(&checked, &Request::default()).unwrap();
    batches.next().unwrap().unwrap();
    drop(batches);
    assert_eq!(engine.number("SELECT 1"), 1);
}

fn what_is_endless_is_stopped(engine: &Engine<'_>) {
    let Some(endless) = engine.endless else { return };
    let request = Request { deadline: Some(Duration::from_millis(300)), ..Request::default() };
    let error = engine.fails(endless, &request);
    assert!(matches!(error, AgentsError::Deadline { .. }), "{error:?}");
    std::thread::scope(|scope| {
        let cancel = Cancel::new();
        let request = Request { cancel: cancel.clone(), ..Request::default() };
        let waiting = scope.spawn(move || engine.fails(endless, &request));
        std::thread::sleep(Duration::from_millis(200));
        cancel.cancel();
        assert!(matches!(waiting.join().unwrap(), AgentsError::Cancelled));
        let waiting = scope.spawn(|| engine.fails(endless, &Request::default()));
        let until = Instant::now() + Duration::from_secs(20);
        // Again and again: the query may not have begun yet.
        while !waiting.is_finished() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(50));
            engine.warehouse.cancel();
        }
        assert!(matches!(waiting.join().unwrap(), AgentsError::Cancelled));
    });
    assert_eq!(engine.number("SELECT 1"), 1, "and it goes on");
}

fn duckdb(warehouse: &DuckDb) -> Engine<'_> {
    Engine {
        warehouse,
        spelt: str::to_owned,
        numbers: |count| format!("SELECT i FROM range({count}) AS r(i)"),
        endless: Some("SELECT count(*) FROM range(1000000000000) AS a(i), range(1000000) AS b(j) WHERE i * j % 7 = 3"),
        keys: true,
        comments: true,
    }
}

#[test]
fn duckdb_in_memory_fulfils_the_contract() {
    fulfils(&duckdb(&DuckDb::in_memory().unwrap()));
}

#[test]
fn a_duckdb_file_fulfils_the_contract_and_keeps_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("it's a file.duckdb");
    fulfils(&duckdb(&DuckDb::open(&path).unwrap()));
    let again = DuckDb::open_for(&path, Access::Read).unwrap();
    assert_eq!(duckdb(&again).number("SELECT count(*) FROM contract_load"), 20);
}
