//! Data frames that go through a frame's file come back equal.

use polars::prelude::{Categories, DataType, IntoLazy, NamedFrom, TimeUnit, col, df};

use super::*;

fn through_a_file(frame: &DataFrame) -> DataFrame {
    let file = tempfile::NamedTempFile::new().unwrap();
    frame.write_ipc(file.reopen().unwrap()).unwrap();
    read_frame(file.path()).unwrap()
}

#[test]
fn every_type_comes_back_as_it_was() {
    let list = Series::new("list".into(), [Series::new("".into(), [1_i32, 2]), Series::new("".into(), [3])]);
    let mut frame = df!(
        "text" => [Some("short"), None],
        "long" => ["a text of more than twelve bytes", "ü"],
        "yes" => [None, Some(true)],
        "real" => [f64::NAN, -0.0],
        "whole" => [Some(i64::MIN), None],
        "small" => [1_u8, 255],
        "days" => [0_i32, 20_000],
        "moment" => [0_i64, 1_700_000_000_000],
    )
    .unwrap()
    .lazy()
    .with_columns([
        col("days").cast(DataType::Date).alias("date"),
        col("moment").cast(DataType::Datetime(TimeUnit::Milliseconds, None)).alias("datetime"),
        col("moment").cast(DataType::Duration(TimeUnit::Nanoseconds)).alias("duration"),
        col("moment").cast(DataType::Time).alias("time"),
        col("text").cast(DataType::from_categories(Categories::global())).alias("category"),
        col("long").cast(DataType::Binary).alias("binary"),
        col("whole").cast(DataType::Float32).alias("single"),
    ])
    .collect()
    .unwrap();
    frame.with_column(list.into()).unwrap();
    let back = through_a_file(&frame);
    assert_eq!(back.schema(), frame.schema());
    assert!(back.equals_missing(&frame), "{back}");
    let twice = frame.vstack(&frame).unwrap();
    assert!(through_a_file(&twice).equals_missing(&twice));
    assert!(through_a_file(&frame.head(Some(0))).equals_missing(&frame.head(Some(0))));
}

#[test]
fn a_full_disk_is_told() {
    let frame = df!("n" => vec![0_i64; 1 << 20]).unwrap();
    let error = frame.write_ipc(File::options().write(true).open("/dev/full").unwrap()).unwrap_err();
    assert_eq!(error.downcast_ref::<io::Error>().unwrap().kind(), io::ErrorKind::StorageFull);
}

#[test]
fn files_that_are_no_frames_are_errors() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), b"ARROW1").unwrap();
    assert!(matches!(read_frame(file.path()), Err(PreludeError::Unreadable { .. })));
}
