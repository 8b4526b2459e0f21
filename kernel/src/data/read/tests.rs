//! Tests of reading: types, encodings, delimiters, and files that are not what they seem.

use std::io::Write;
use std::path::PathBuf;

use polars::prelude::*;

use super::*;
use crate::data::save;
use crate::error::code_of;
use crate::testing::people;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> Source {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        Source { path, name: name.to_owned() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn read(name: &str, content: impl AsRef<[u8]>) -> Result<Loaded, KernelError> {
    read_with(name, content, &LoadOptions::default())
}

fn read_with(name: &str, content: impl AsRef<[u8]>, options: &LoadOptions) -> Result<Loaded, KernelError> {
    let folder = Folder::new();
    load(&folder.file(name, content), options)
}

fn code(result: Result<Loaded, KernelError>) -> String {
    code_of(&result.unwrap_err())
}

#[test]
fn types_and_dates_are_inferred() {
    let csv = "id,price,day,at,ok,name\n1,1.5,2024-01-31,2024-01-31T10:00:00,true,a\n2,,2024-02-01,2024-02-01T11:30:00,false,\"b, c\"\n";
    let frame = read("t.csv", csv).unwrap().frame;
    assert_eq!(
        frame.dtypes(),
        [
            DataType::Int64,
            DataType::Float64,
            DataType::Date,
            DataType::Datetime(TimeUnit::Microseconds, None),
            DataType::Boolean,
            DataType::String,
        ]
    );
    assert_eq!(frame.column("price").unwrap().null_count(), 1);
    let options = LoadOptions { keep_dates_as_text: true, ..LoadOptions::default() };
    assert_eq!(read_with("t.csv", csv, &options).unwrap().frame.column("day").unwrap().dtype(), &DataType::String);
}

#[test]
fn a_late_float_widens_the_column() {
    let whole: Vec<String> = (0..20_000).map(|n| n.to_string()).collect();
    let csv = format!("n\n{}\n0.5\n", whole.join("\n"));
    let frame = read("t.csv", csv).unwrap().frame;
    assert_eq!(frame.dtypes(), [DataType::Float64]);
    assert_eq!(frame.height(), 20_001);
}

#[test]
fn delimiters_and_line_ends() {
    assert_eq!(read("t.csv", "a;b\r\n1,5;x\r\n2;y\r\n").unwrap().frame.shape(), (2, 2));
    assert_eq!(read("t.csv", "a|b\n1|2\n").unwrap().frame.shape(), (1, 2));
    assert_eq!(read("t.tsv", "a\tb\n1\t2\n").unwrap().frame.shape(), (1, 2));
    assert_eq!(read("t.csv", "a,b\r1,2\r3,4\r").unwrap().frame.shape(), (2, 2));
    assert_eq!(read("t.csv", "a,b\n1,2").unwrap().frame.shape(), (1, 2));
    assert_eq!(read("t.csv", "only\n1\n2\n").unwrap().frame.shape(), (2, 1));
    let loaded = read("t.csv", "a;b\n1;2\n").unwrap();
    assert!(loaded.notes[0].contains("';'"), "{:?}", loaded.notes);
    let options = LoadOptions { header: false, ..LoadOptions::default() };
    assert_eq!(read_with("t.csv", "1,2\n3,4\n", &options).unwrap().frame.shape(), (2, 2));
}

#[test]
fn encodings() {
    let loaded = read("t.csv", b"name,n\ncaf\xe9,1\n").unwrap();
    assert_eq!(loaded.frame.column("name").unwrap().str().unwrap().get(0), Some("café"));
    assert!(loaded.notes[0].contains("windows-1252"));
    let loaded = read("t.csv", b"\xef\xbb\xbfname,n\nx,1\n").unwrap();
    assert_eq!(loaded.frame.get_column_names()[0].as_str(), "name");
}

#[test]
fn null_values_and_types_can_be_given() {
    let options = LoadOptions {
        null_values: vec!["NA".into(), "-".into()],
        types: vec![("zip".into(), DataType::String)],
        ..LoadOptions::default()
    };
    let frame = read_with("t.csv", "n,zip\n1,00501\nNA,-\n", &options).unwrap().frame;
    assert_eq!(frame.dtypes(), [DataType::Int64, DataType::String]);
    assert_eq!(frame.column("zip").unwrap().str().unwrap().get(0), Some("00501"));
    assert_eq!(frame.column("n").unwrap().null_count() + frame.column("zip").unwrap().null_count(), 2);
}

#[test]
fn ragged_lines_are_named() {
    let csv = "a,b\n1,2\n1,2,3\n4\n";
    let error = read("t.csv", csv).unwrap_err();
    assert_eq!(code_of(&error), "data::ragged");
    assert!(error.to_string().contains("Line 3 has 3 fields where the header has 2"), "{error}");
    let options = LoadOptions { truncate_ragged: true, ..LoadOptions::default() };
    let loaded = read_with("t.csv", csv, &options).unwrap();
    assert_eq!(loaded.frame.shape(), (3, 2));
    assert_eq!(loaded.notes.len(), 2);
}

#[test]
fn values_that_do_not_fit_never_enter_a_message() {
    let options = LoadOptions { types: vec![("n".into(), DataType::Int64)], ..LoadOptions::default() };
    let error = read_with("t.csv", "n\n1\ntopsecret\n", &options).unwrap_err();
    assert_eq!(code_of(&error), "data::format");
    assert!(!format!("{error} {error:?}").contains("topsecret"), "{error:?}");
    let options = LoadOptions { ignore_errors: true, ..options };
    assert_eq!(read_with("t.csv", "n\n1\ntopsecret\n", &options).unwrap().frame.column("n").unwrap().null_count(), 1);
}

#[test]
fn files_that_are_not_what_they_seem() {
    assert_eq!(code(read("t.csv", "")), "data::empty");
    assert_eq!(code(read("t.csv", "\n \n")), "data::empty");
    assert_eq!(code(read("t.csv", [0u8, 159, 146, 150].repeat(100))), "data::binary");
    assert_eq!(code(read("t.xyz", "a,b\n")), "data::unknown_format");
    assert_eq!(code(read("t.parquet", "not parquet")), "data::format");
    assert_eq!(code(read("t.parquet", b"PAR1 cut short")), "data::format");
    assert_eq!(code(read("t.arrow", "junk")), "data::format");
    assert_eq!(code(read("t.arrow", b"ARROW1\0\0junk that goes on")), "data::format");
    assert_eq!(code(read("t.json", "{\"a\": 1")), "data::format");
    assert_eq!(code(read("t.csv.gz", b"\x1f\x8bnot gzip")), "data::format");
    assert_eq!(read("t.csv", "a,b\n").unwrap().frame.shape(), (0, 2));
    let folder = Folder::new();
    assert_eq!(code(load(&Source::file(folder.0.path()), &LoadOptions::default())), "data::format");
}

#[test]
fn a_thousand_columns() {
    let header: Vec<String> = (0..1000).map(|at| format!("c{at}")).collect();
    let row: Vec<String> = (0..1000).map(|at| at.to_string()).collect();
    let csv = format!("{}\n{}\n", header.join(","), row.join(","));
    assert_eq!(read("t.csv", csv).unwrap().frame.shape(), (1, 1000));
}

#[test]
fn every_format_reads_back() {
    let folder = Folder::new();
    for name in [
        "t.csv",
        "t.tsv",
        "t.parquet",
        "t.arrow",
        "t.feather",
        "t.jsonl",
        "t.json",
        "t.csv.gz",
        "t.csv.zst",
        "t.parquet.gz",
    ] {
        let saved = save(&people(), &folder.path(name), None).unwrap();
        assert!(saved.bytes > 0 && !saved.replaced);
        assert!(save(&people(), &folder.path(name), None).unwrap().replaced);
        let back = load(&Source::file(&folder.path(name)), &LoadOptions::default()).unwrap().frame;
        assert_eq!(back.shape(), people().shape(), "{name}");
        let json = name.contains("json");
        let expected = if json { people().drop("joined").unwrap() } else { people() };
        let back = if json { back.drop("joined").unwrap() } else { back };
        assert!(back.equals_missing(&expected), "{name}\n{back}\n{expected}");
    }
    let left: Vec<_> = std::fs::read_dir(folder.0.path())
        .unwrap()
        .flatten()
        .filter(|e| e.file_name().to_string_lossy().starts_with('.'))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn json_in_both_shapes_whatever_the_suffix() {
    let lines = "{\"a\": 1, \"b\": \"x\"}\n{\"a\": 2.5}\n";
    assert_eq!(read("t.json", lines).unwrap().frame.shape(), (2, 2));
    assert_eq!(read("t.jsonl", lines).unwrap().frame.shape(), (2, 2));
    assert_eq!(read("t.jsonl", "[{\"a\": 1}, {\"a\": 2}]").unwrap().frame.shape(), (2, 1));
    assert_eq!(read("t.json", "{\n \"a\": 1\n}").unwrap().frame.shape(), (1, 1));
}

#[test]
fn a_file_that_can_not_be_written_leaves_the_old_one() {
    let folder = Folder::new();
    assert_eq!(code_of(&save(&people(), &folder.path("no/t.csv"), None).unwrap_err()), "kernel::io");
    let lists = Series::new("l".into(), [Series::new("".into(), [1i64, 2])]);
    let nested = DataFrame::new_infer_height(vec![lists.into()]).unwrap();
    std::fs::File::create(folder.path("t.csv")).unwrap().write_all(b"old").unwrap();
    assert_eq!(code_of(&save(&nested, &folder.path("t.csv"), None).unwrap_err()), "data::format");
    assert_eq!(std::fs::read(folder.path("t.csv")).unwrap(), b"old");
}
