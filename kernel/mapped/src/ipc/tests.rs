//! Tests of the reader against files as polars writes them, whole and damaged.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use polars::prelude::*;

use super::{IpcFile, read_ipc_file};
use crate::MapError;

/// A folder in memory where there is one, as sessions have: these tests write a file some thousand times.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn write(frame: &mut DataFrame, path: &Path) {
    IpcWriter::new(File::create(path).unwrap()).with_compat_level(CompatLevel::newest()).finish(frame).unwrap();
}

fn sample() -> DataFrame {
    let mut frame = df!(
        "n" => [Some(1_i64), None, Some(3), Some(4), Some(5)],
        "x" => [0.5, 1.5, 2.5, f64::NAN, -0.0],
        "text" => [Some("short"), None, Some("a text that is longer than twelve bytes"), Some("ümläut"), Some("")],
        "flag" => [Some(true), Some(false), None, Some(true), Some(true)],
        "kind" => ["a", "b", "a", "c", "b"],
    )
    .unwrap();
    frame.apply("kind", |column| column.cast(&DataType::from_categories(Categories::global())).unwrap()).unwrap();
    let lists = frame.column("n").unwrap().as_materialized_series().implode().unwrap().into_series();
    let lists = lists.new_from_index(0, 5).with_name("lists".into());
    let nested =
        df!("a" => [1_i32, 2, 3, 4, 5], "b" => ["v", "w", "x", "y", "z"]).unwrap().into_struct("nested".into());
    frame.with_column(lists.into()).unwrap();
    frame.with_column(nested.into_series().into()).unwrap();
    frame.with_column(Series::full_null("nothing".into(), 5, &DataType::Null).into()).unwrap();
    frame
}

fn two_batches() -> DataFrame {
    let mut frame = sample();
    frame.vstack_mut(&sample()).unwrap();
    frame
}

fn file(folder: &tempfile::TempDir, frame: &mut DataFrame) -> PathBuf {
    let path = folder.path().join("frame.arrow");
    write(frame, &path);
    path
}

#[test]
fn polars_columns_come_back_without_a_copy() {
    let folder = folder();
    let path = file(&folder, &mut sample());
    let opened = IpcFile::open(&path).unwrap();
    assert_eq!(opened.rows(), 5);
    let batch = &opened.batches().unwrap()[0];
    let numbers = batch.column_by_name("n").unwrap().as_primitive::<Int64Type>();
    assert_eq!(numbers.iter().collect::<Vec<_>>(), [Some(1), None, Some(3), Some(4), Some(5)]);
    let texts = batch.column_by_name("text").unwrap().as_string_view();
    assert_eq!(texts.value(2), "a text that is longer than twelve bytes");
    assert!(texts.is_null(1));
    let map = opened.map.as_ptr() as usize;
    let inside = |at: *const u8| (map..map + opened.map.len()).contains(&(at as usize));
    let floats = batch.column_by_name("x").unwrap().as_primitive::<Float64Type>();
    assert!(inside(floats.values().inner().as_ptr()), "numbers are in the mapping");
    assert!(inside(texts.views().inner().as_ptr()), "views are in the mapping");
    assert!(inside(texts.data_buffers()[0].as_ptr()), "texts are in the mapping");
    assert_eq!(opened.schema().field_with_name("nothing").unwrap().data_type(), &arrow_schema::DataType::Null);
}

#[test]
fn several_batches_keep_their_order() {
    let folder = folder();
    let part = |start: i64| df!("n" => (start..start + 100).collect::<Vec<_>>()).unwrap();
    let mut frame = part(0);
    (1..10).for_each(|i| {
        frame.vstack_mut(&part(i * 100)).unwrap();
    });
    let path = file(&folder, &mut frame);
    let read = read_ipc_file(&path).unwrap();
    assert!(read.batches.len() > 1, "{} batches", read.batches.len());
    let all: Vec<i64> =
        read.batches.iter().flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec()).collect();
    assert_eq!(all, (0..1000).collect::<Vec<_>>());
    assert_eq!(read.rows, 1000);
}

#[test]
fn no_rows_and_many_columns() {
    let folder = folder();
    let path = file(&folder, &mut sample().head(Some(0)));
    let read = read_ipc_file(&path).unwrap();
    assert_eq!((read.rows, read.schema.fields().len()), (0, 8));
    let columns = (0..1000).map(|i| Column::new(format!("c{i}").into(), [i])).collect::<Vec<_>>();
    let path = file(&folder, &mut DataFrame::new(1, columns).unwrap());
    assert_eq!(read_ipc_file(&path).unwrap().schema.fields().len(), 1000);
}

#[test]
fn a_file_cut_anywhere_is_damaged() {
    let folder = folder();
    let whole = std::fs::read(file(&folder, &mut sample())).unwrap();
    let path = folder.path().join("cut.arrow");
    for length in (0..whole.len()).step_by(7) {
        std::fs::write(&path, &whole[..length]).unwrap();
        let read = read_ipc_file(&path);
        assert!(matches!(read, Err(MapError::Damaged { .. })), "{length}: {read:?}");
    }
}

#[test]
fn a_file_with_any_byte_changed_is_read_or_refused() {
    let folder = folder();
    let whole = std::fs::read(file(&folder, &mut two_batches())).unwrap();
    let path = folder.path().join("changed.arrow");
    let mut refused = 0;
    for position in 0..whole.len() {
        for value in [0x00, 0xff] {
            let mut changed = whole.clone();
            changed[position] = value;
            std::fs::write(&path, &changed).unwrap();
            match read_ipc_file(&path) {
                Ok(read) => assert_eq!(read.rows, read.batches.iter().map(RecordBatch::num_rows).sum::<usize>()),
                Err(MapError::Damaged { .. } | MapError::Unsupported { .. }) => refused += 1,
                Err(other) => panic!("{position}: {other:?}"),
            }
        }
    }
    assert!(refused > 100, "only {refused} changes were noticed");
}

#[test]
fn foreign_files_are_refused() {
    let folder = folder();
    let path = folder.path().join("foreign");
    for content in [&b"a,b\n1,2\n"[..], b"ARROW1", b"PAR1....PAR1", b"ARROW1\0\0\xff\xff\xff\x7fARROW1", &[0; 4096]] {
        std::fs::write(&path, content).unwrap();
        assert!(matches!(read_ipc_file(&path), Err(MapError::Damaged { .. })), "{content:?}");
    }
    let mut frame = sample();
    let file = File::create(&path).unwrap();
    IpcWriter::new(file).with_compression(Some(IpcCompression::default())).finish(&mut frame).unwrap();
    assert!(matches!(read_ipc_file(&path), Err(MapError::Unsupported { .. })));
}
