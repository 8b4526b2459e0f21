//! Tables as the command line reads and writes them, by the same functions as the notebook's magics.

use std::path::{Path, PathBuf};

use polars::prelude::{CsvWriter, DataFrame, JsonFormat, JsonWriter, SerWriter};
use serde_json::{Value, json};

use super::error::CliError;
use crate::data::{LoadOptions, find_source, load, save};
use crate::error::KernelError;
use crate::session::Paths;

/// Reads a table: a file, or a demo table as `demo:adult`. What its reader should know goes to standard error, unless
/// `quiet`.
///
/// # Errors
/// The reader's, with their codes.
pub(super) fn read(name: &Path, quiet: bool) -> Result<DataFrame, CliError> {
    let source = find_source(&name.to_string_lossy(), &Paths::from_environment(), |path| PathBuf::from(path))?;
    let loaded = load(&source, &LoadOptions::default())?;
    if !quiet {
        loaded.notes.iter().for_each(|note| eprintln!("note: {note}"));
    }
    Ok(loaded.frame)
}

/// Writes a table to a file by its ending.
///
/// # Errors
/// The writer's, with their codes.
pub(super) fn write(frame: &DataFrame, file: &Path) -> Result<(), CliError> {
    save(frame, file, None)?;
    Ok(())
}

/// The table as CSV.
///
/// # Errors
/// When a column's type has no place in CSV.
pub(super) fn csv(frame: &mut DataFrame) -> Result<String, CliError> {
    let mut bytes = Vec::new();
    CsvWriter::new(&mut bytes).finish(frame).map_err(KernelError::from)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The table as `{"columns", "types", "rows"}`, a row as a list in the columns' order.
///
/// # Errors
/// When a column's type has no place in JSON.
pub(super) fn document(frame: &mut DataFrame) -> Result<Value, CliError> {
    let mut bytes = Vec::new();
    JsonWriter::new(&mut bytes).with_json_format(JsonFormat::Json).finish(frame).map_err(KernelError::from)?;
    let records: Vec<Value> = if frame.height() == 0 { Vec::new() } else { parse(&bytes)? };
    let names: Vec<&str> = frame.columns().iter().map(|column| column.name().as_str()).collect();
    let types: Vec<String> = frame.columns().iter().map(|column| column.dtype().to_string()).collect();
    let row = |record: &Value| names.iter().map(|name| record.get(*name).cloned().unwrap_or_default()).collect();
    let rows: Vec<Vec<Value>> = records.iter().map(row).collect();
    Ok(json!({ "columns": names, "types": types, "rows": rows }))
}

/// Reads `KEY=VALUE`.
///
/// # Errors
/// When there is no `=` or nothing before it.
pub(super) fn setting(word: &str) -> Result<(String, String), String> {
    match word.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().to_owned(), value.trim().to_owned())),
        _ => Err("write KEY=VALUE".to_owned()),
    }
}

fn parse(bytes: &[u8]) -> Result<Vec<Value>, CliError> {
    serde_json::from_slice(bytes).map_err(|error| {
        CliError::Kernel(KernelError::Format {
            action: "write",
            name: "the result".to_owned(),
            reason: error.to_string(),
            help: "--out FILE.parquet holds every type of column".to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;

    #[test]
    fn a_table_as_a_document() {
        let mut frame = df!("n" => [Some(1), None], "name" => ["a", "b"]).unwrap();
        let document = document(&mut frame).unwrap();
        assert_eq!(document["columns"], json!(["n", "name"]));
        assert_eq!(document["rows"], json!([[1, "a"], [null, "b"]]));
        assert_eq!(csv(&mut frame).unwrap(), "n,name\n1,a\n,b\n");
    }

    #[test]
    fn a_table_without_rows_is_a_document_too() {
        let mut frame = df!("n" => Vec::<i32>::new()).unwrap();
        assert_eq!(document(&mut frame).unwrap(), json!({"columns": ["n"], "types": ["i32"], "rows": []}));
    }

    #[test]
    fn settings_have_a_key_and_a_value() {
        assert_eq!(setting("bins=20"), Ok(("bins".to_owned(), "20".to_owned())));
        assert_eq!(setting("title=a=b"), Ok(("title".to_owned(), "a=b".to_owned())));
        assert!(setting("bins").is_err());
        assert!(setting("=2").is_err());
    }
}
