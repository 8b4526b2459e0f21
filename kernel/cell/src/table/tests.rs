//! Tables over files that polars wrote, in all types that frames have.

use polars::prelude::{DataType, IntoLazy, IpcWriter, NamedFrom, SerWriter, Series, TimeUnit, col, df};

use super::*;

/// A file as the kernel writes frames: a batch for each chunk of the data frame.
fn written(frame: &mut polars::prelude::DataFrame) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    IpcWriter::new(file.reopen().unwrap()).finish(frame).unwrap();
    file
}

#[test]
fn columns_of_a_polars_file_are_read_by_type() {
    let mut frame = df!(
        "i" => [Some(1_i64), None, Some(3), Some(4), Some(5)],
        "f" => [0.5_f64, 1.5, 2.5, 3.5, 4.5],
        "s" => [Some("a"), None, Some("longer than twelve bytes"), Some(""), Some("ü")],
        "b" => [Some(true), Some(false), None, Some(true), Some(true)],
        "d" => [0_i32, 1, 2, 3, 20_000],
        "t" => [0_i64, 1, 2, 3, 1_700_000_000_000_000],
    )
    .unwrap()
    .lazy()
    .with_columns([
        col("d").cast(DataType::Date),
        col("t").cast(DataType::Datetime(TimeUnit::Microseconds, None)),
        col("s").cast(DataType::from_categories(polars::prelude::Categories::global())).alias("c"),
    ])
    .collect()
    .unwrap();
    let file = written(&mut frame);
    let whole = Table::open(file.path()).unwrap();
    // A file has one dictionary a column, so polars writes categories in one chunk only.
    frame.drop_in_place("c").unwrap();
    frame = frame.slice(0, 2).vstack(&frame.slice(2, 3)).unwrap();
    let file = written(&mut frame);
    let table = Table::open(file.path()).unwrap();

    assert_eq!(table.rows(), 5);
    assert_eq!(table.columns(), ["i", "f", "s", "b", "d", "t"]);
    let integers = table.column::<i64>("i");
    assert_eq!(integers.iter().collect::<Vec<_>>(), [Some(1), None, Some(3), Some(4), Some(5)]);
    assert_eq!((integers.len(), integers.null_count(), integers.is_null(1), integers.get(9)), (5, 1, true, None));
    let floats = table.column::<f64>("f");
    assert_eq!(floats.chunks().map(<[f64]>::len).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(floats.as_slice(), None);
    assert_eq!(*floats.contiguous(), [0.5, 1.5, 2.5, 3.5, 4.5]);
    let texts = [Some("a"), None, Some("longer than twelve bytes"), Some(""), Some("ü")];
    assert_eq!(table.column::<String>("s").iter().collect::<Vec<_>>(), texts);
    assert_eq!(whole.column::<&str>("c").iter().collect::<Vec<_>>(), texts);
    assert_eq!(table.column::<bool>("b").values().filter(|yes| *yes).count(), 3);
    assert_eq!(table.column::<i32>("d").get(4), Some(20_000));
    assert_eq!(table.column::<i64>("t").get(4), Some(1_700_000_000_000_000));
    insta::assert_snapshot!(whole.to_string(), @"
    5 rows × 7 columns
    ┌──────┬─────┬──────────────────────────┬───────┬────────────┬────────────────────────────┬──────────────────────────┐
    │ i    ┆ f   ┆ s                        ┆ b     ┆ d          ┆ t                          ┆ c                        │
    │ ---  ┆ --- ┆ ---                      ┆ ---   ┆ ---        ┆ ---                        ┆ ---                      │
    │ i64  ┆ f64 ┆ str                      ┆ bool  ┆ date       ┆ datetime[μs]               ┆ cat                      │
    ╞══════╪═════╪══════════════════════════╪═══════╪════════════╪════════════════════════════╪══════════════════════════╡
    │    1 ┆ 0.5 ┆ a                        ┆ true  ┆ 1970-01-01 ┆ 1970-01-01 00:00:00        ┆ a                        │
    │ null ┆ 1.5 ┆ null                     ┆ false ┆ 1970-01-02 ┆ 1970-01-01 00:00:00.000001 ┆ null                     │
    │    3 ┆ 2.5 ┆ longer than twelve bytes ┆ null  ┆ 1970-01-03 ┆ 1970-01-01 00:00:00.000002 ┆ longer than twelve bytes │
    │    4 ┆ 3.5 ┆                          ┆ true  ┆ 1970-01-04 ┆ 1970-01-01 00:00:00.000003 ┆                          │
    │    5 ┆ 4.5 ┆ ü                        ┆ true  ┆ 2024-10-04 ┆ 2023-11-14 22:13:20        ┆ ü                        │
    └──────┴─────┴──────────────────────────┴───────┴────────────┴────────────────────────────┴──────────────────────────┘
    ");
}

#[test]
fn one_chunk_is_one_slice_of_the_file() {
    let mut frame = df!("x" => [1_u32, 2]).unwrap();
    let file = written(&mut frame);
    let column = Table::open(file.path()).unwrap().column::<u32>("x");
    assert_eq!(column.as_slice(), Some(&[1, 2][..]));
    assert!(matches!(column.contiguous(), std::borrow::Cow::Borrowed(_)));
    assert_eq!(format!("{column:?}"), "x: 2 × u32 [1, 2]");
}

#[test]
fn empty_all_null_and_nested_columns_work() {
    let mut frame = df!("x" => Vec::<i64>::new(), "s" => Vec::<&str>::new()).unwrap();
    let file = written(&mut frame);
    let table = Table::open(file.path()).unwrap();
    assert_eq!((table.rows(), table.column::<i64>("x").is_empty()), (0, true));
    assert_eq!(table.column::<i64>("x").contiguous().len(), 0);

    let lists = Series::new("l".into(), [Series::new("".into(), [1_i32, 2]), Series::new("".into(), [3_i32; 9])]);
    let mut frame = polars::prelude::DataFrame::new_infer_height(vec![
        Series::full_null("n".into(), 2, &DataType::Float64).into(),
        Series::full_null("c".into(), 2, &DataType::from_categories(polars::prelude::Categories::global())).into(),
        lists.into(),
    ])
    .unwrap();
    let file = written(&mut frame);
    let table = Table::open(file.path()).unwrap();
    assert_eq!(table.column::<f64>("n").values().count(), 0);
    assert_eq!(table.column::<String>("c").iter().collect::<Vec<_>>(), [None, None]);
    insta::assert_snapshot!(table.to_string(), @"
    2 rows × 3 columns
    ┌──────┬──────┬──────────────┐
    │ n    ┆ c    ┆ l            │
    │ ---  ┆ ---  ┆ ---          │
    │ f64  ┆ cat  ┆ list[i32]    │
    ╞══════╪══════╪══════════════╡
    │ null ┆ null ┆ [1, 2]       │
    │ null ┆ null ┆ [3, 3, 3, …] │
    └──────┴──────┴──────────────┘
    ");
}

#[test]
fn what_is_missing_or_of_another_type_is_said() {
    let table = TableBuilder::new().column("price", [1.5]).column("day", vec![Some("mon")]).build();
    let error = table.try_column::<f64>("prize").unwrap_err();
    assert_eq!((error.stable_code(), error.advice().as_deref()), ("cell::unknown_column", Some("did you mean price?")));
    let error = table.try_column::<f64>("zzzzzzzz").unwrap_err();
    assert_eq!(error.advice().as_deref(), Some("there are: price, day"));
    let error = table.try_column::<i64>("price").unwrap_err();
    assert_eq!(error.to_string(), "The column holds f64, not i64: price");
    assert_eq!(error.advice().as_deref(), Some("ask for column::<f64>"));
    assert_eq!(table.try_column::<bool>("day").unwrap_err().advice().as_deref(), Some("ask for column::<String>"));
}

#[test]
fn damaged_files_are_errors() {
    let mut frame = df!("x" => [1_i64, 2, 3], "s" => ["a", "b", "c"]).unwrap();
    let whole = std::fs::read(written(&mut frame).path()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for length in (0..whole.len()).step_by(97) {
        let path = folder.path().join("cut.arrow");
        std::fs::write(&path, &whole[..length]).unwrap();
        assert_eq!(Table::open(&path).unwrap_err().stable_code(), "cell::unreadable", "{length}");
    }
    assert_eq!(Table::open(folder.path().join("none.arrow")).unwrap_err().stable_code(), "cell::unreadable");
}

#[test]
fn builders_refuse_what_is_no_table() {
    let uneven = TableBuilder::new().column("a", [1]).column("b", [1, 2]).try_build().unwrap_err();
    assert_eq!(uneven.to_string(), "The column has 2 rows where the first one has 1: b");
    let twice = TableBuilder::new().column("a", [1]).column("a", [2]).try_build().unwrap_err();
    assert_eq!(twice.stable_code(), "cell::duplicate_column");
    assert_eq!(TableBuilder::new().try_build().unwrap().rows(), 0);
}
