//! Tables that the tests share.

use std::fs::File;
use std::path::Path;

use polars::prelude::*;
use synthbook_synth::{Metadata, Model, Progress, SampleRequest, Seed, SynthError, Synthesizer};

/// The Adult census extract.
pub(crate) fn adult() -> DataFrame {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/adult.parquet");
    ParquetReader::new(File::open(path).unwrap()).finish().unwrap()
}

/// A table with a column of every type that can be modelled, with gaps where there can be some.
pub(crate) fn every_type(rows: i64) -> DataFrame {
    let some = |at: i64| (at % 7 != 3).then_some(at);
    let numbers: Vec<Option<i64>> = (0..rows).map(|at| some(at * 37 % 101)).collect();
    let number = |name: &str| Series::new(name.into(), &numbers);
    let cast = |name: &str, dtype: DataType| number(name).cast(&dtype).unwrap();
    let words: Vec<Option<String>> =
        numbers.iter().map(|number| number.map(|number| format!("w{}", number % 5))).collect();
    let words = |name: &str| Series::new(name.into(), &words);
    let levels = FrozenCategories::new(["w4", "w3", "w2", "w1", "w0", "unused"]).unwrap();
    let sentence = |at: i64| format!("the {at}th row of {}", at * at);
    let mut columns = vec![
        cast("i8", DataType::Int8),
        cast("i16", DataType::Int16),
        cast("i32", DataType::Int32),
        number("i64"),
        cast("u8", DataType::UInt8),
        cast("u16", DataType::UInt16),
        cast("u32", DataType::UInt32),
        cast("u64", DataType::UInt64),
        cast("f32", DataType::Float32),
        (&number("f64").cast(&DataType::Float64).unwrap() / 4.0).with_name("f64".into()),
        cast("decimal", DataType::Decimal(12, 3)),
        words("text"),
        words("categorical").cast(&DataType::from_categories(Categories::global())).unwrap(),
        words("enum").cast(&DataType::from_frozen_categories(levels)).unwrap(),
        Series::new(
            "boolean".into(),
            numbers.iter().map(|number| number.map(|number| number % 3 == 0)).collect::<Vec<_>>(),
        ),
        cast("date", DataType::Date),
        (&number("time") * 1_000_000_000).cast(&DataType::Time).unwrap(),
        Series::full_null("null".into(), rows as usize, &DataType::Null),
        Series::new("key".into(), (1..=rows).collect::<Vec<_>>()),
        Series::new("code_id".into(), (0..rows).map(|at| format!("A-{:04}", at * 7)).collect::<Vec<_>>()),
        Series::new("sentence".into(), (0..rows).map(sentence).collect::<Vec<_>>()),
    ];
    for (unit, name) in [(TimeUnit::Milliseconds, "ms"), (TimeUnit::Microseconds, "us"), (TimeUnit::Nanoseconds, "ns")]
    {
        let moments = &number("x") * 86_400_000;
        columns.push(moments.cast(&DataType::Datetime(unit, None)).unwrap().with_name(name.into()));
        let zoned = DataType::Datetime(unit, Some(TimeZone::UTC));
        columns.push(moments.cast(&zoned).unwrap().with_name(format!("{name} utc").into()));
        columns.push(moments.cast(&DataType::Duration(unit)).unwrap().with_name(format!("{name} long").into()));
    }
    DataFrame::new(rows as usize, columns.into_iter().map(Column::from).collect()).unwrap()
}

/// A model of a table with the metadata read off it.
pub(crate) fn fitted(synthesizer: &dyn Synthesizer, table: &DataFrame) -> Result<Box<dyn Model>, SynthError> {
    synthesizer.fit(table, &Metadata::detect(table)?, Seed::new(1), &Progress::silent())
}

/// A sample with a fixed seed.
pub(crate) fn sampled(model: &dyn Model, rows: usize) -> Result<DataFrame, SynthError> {
    model.sample(&SampleRequest::rows(rows), Seed::new(2), &Progress::silent())
}

/// The code of an error.
pub(crate) fn code(error: &SynthError) -> String {
    miette::Diagnostic::code(error).map(|code| code.to_string()).unwrap()
}
