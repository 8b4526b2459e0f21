//! Reading a table from a file, whatever its format.

use std::fs;
use std::io::Cursor;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use polars::prelude::{DataFrame, DataType, IpcReader, JsonFormat, JsonReader, ParquetReader, PolarsResult, SerReader};

use super::compression::unpack;
use super::csv::read_csv;
use super::format::Format;
use super::source::Source;
use super::text::decode;
use crate::error::KernelError;

/// How a file is to be read; the default recognises everything by itself.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub struct LoadOptions {
    /// The format, if its suffix does not tell.
    pub format: Option<Format>,
    /// What separates fields of a text file.
    pub delimiter: Option<u8>,
    /// The label of the text encoding.
    pub encoding: Option<String>,
    /// True when the first record holds the columns' names.
    pub header: bool,
    /// Drop fields beyond the header's.
    pub truncate_ragged: bool,
    /// Make values that don't fit their column's type null.
    pub ignore_errors: bool,
    /// Texts that stand for a missing value, besides the empty one.
    pub null_values: Vec<String>,
    /// Types of columns by name.
    pub types: Vec<(String, DataType)>,
    /// Keep text that looks like a date as text.
    pub keep_dates_as_text: bool,
    /// Read only the first rows.
    pub rows: Option<usize>,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            format: None,
            delimiter: None,
            encoding: None,
            header: true,
            truncate_ragged: false,
            ignore_errors: false,
            null_values: Vec::new(),
            types: Vec::new(),
            keep_dates_as_text: false,
            rows: None,
        }
    }
}

/// A table that was read, with what its reader should know.
#[derive(Debug)]
pub struct Loaded {
    /// The table.
    pub frame: DataFrame,
    /// Sentences on what was recognised or repaired.
    pub notes: Vec<String>,
}

/// Reads a table.
///
/// # Errors
/// `data::…`: the file is missing, empty, binary, ragged, of an unknown or damaged format.
///
/// ```
/// use synthbook_kernel::data::{LoadOptions, Source, load};
/// let path = std::env::temp_dir().join("synthbook_load_example.csv");
/// std::fs::write(&path, "day;price\n2024-01-31;1.5\n").unwrap();
/// let loaded = load(&Source::file(&path), &LoadOptions::default()).unwrap();
/// assert_eq!(loaded.frame.shape(), (1, 2));
/// assert_eq!(loaded.frame.dtypes()[0], polars::prelude::DataType::Date);
/// ```
pub fn load(source: &Source, options: &LoadOptions) -> Result<Loaded, KernelError> {
    let name = source.name.as_str();
    if source.path.is_dir() {
        return Err(KernelError::Format {
            action: "read",
            name: name.to_owned(),
            reason: "it is a folder".to_owned(),
            help: "name one file in it".to_owned(),
        });
    }
    let packed = fs::read(&source.path).map_err(|error| KernelError::io("read", &source.path, error))?;
    if packed.is_empty() {
        return Err(KernelError::EmptyFile { name: name.to_owned() });
    }
    let bytes = unpack(packed).map_err(|error| KernelError::Format {
        action: "unpack",
        name: name.to_owned(),
        reason: error.to_string(),
        help: "the compressed file seems to be cut short or damaged".to_owned(),
    })?;
    let format = options
        .format
        .or_else(|| Format::of_content(&bytes))
        .or_else(|| Format::of_path(&source.path))
        .ok_or_else(|| KernelError::UnknownFormat { name: name.to_owned() })?;
    match format {
        Format::Csv | Format::Tsv => read_csv(bytes, format, name, options),
        Format::Json | Format::JsonLines => read_json(bytes, format, name, options),
        Format::Parquet => whole(name, format, options, move || ParquetReader::new(Cursor::new(bytes)).finish()),
        Format::Arrow => whole(name, format, options, move || IpcReader::new(Cursor::new(bytes)).finish()),
    }
}

fn whole(
    name: &str,
    format: Format,
    options: &LoadOptions,
    read: impl FnOnce() -> PolarsResult<DataFrame>,
) -> Result<Loaded, KernelError> {
    let frame = guarded(read).map_err(|reason| KernelError::Format {
        action: "read",
        name: name.to_owned(),
        reason,
        help: format!("the file is not sound {}, or a kind of it that is not supported", format.title()),
    })?;
    let frame = options.rows.map_or_else(|| frame.clone(), |rows| frame.head(Some(rows)));
    Ok(Loaded { frame, notes: Vec::new() })
}

/// Reads a file's unpacked bytes: an array of objects, or one object a line.
///
/// # Errors
/// `data::empty`, `data::binary`, `data::encoding`, `data::format`.
pub(super) fn read_json(
    bytes: Vec<u8>,
    format: Format,
    name: &str,
    options: &LoadOptions,
) -> Result<Loaded, KernelError> {
    let text = decode(bytes, options.encoding.as_deref(), format.title(), name)?;
    let first = text.bytes.iter().copied().find(|byte| !byte.is_ascii_whitespace());
    let Some(first) = first else {
        return Err(KernelError::EmptyFile { name: name.to_owned() });
    };
    // Many files named .json hold one object a line, and the reverse happens too.
    let kind = if first == b'[' || (format == Format::Json && !is_lines(&text.bytes)) {
        JsonFormat::Json
    } else {
        JsonFormat::JsonLines
    };
    let bytes: Arc<[u8]> = text.bytes.into();
    let lines = matches!(kind, JsonFormat::JsonLines);
    let read = |sample: Option<NonZeroUsize>| {
        let kind = if lines { JsonFormat::JsonLines } else { JsonFormat::Json };
        let bytes = Arc::clone(&bytes);
        guarded(move || {
            let reader = JsonReader::new(Cursor::new(bytes)).with_json_format(kind);
            reader.infer_schema_len(sample).with_ignore_errors(options.ignore_errors).finish()
        })
    };
    let frame = read(NonZeroUsize::new(10_000)).or_else(|_| read(None)).map_err(|reason| KernelError::Format {
        action: "read",
        name: name.to_owned(),
        reason,
        help: "it must be an array of objects, or one object a line".to_owned(),
    })?;
    let frame = options.rows.map_or_else(|| frame.clone(), |rows| frame.head(Some(rows)));
    Ok(Loaded { frame, notes: text.note.into_iter().collect() })
}

/// True when the first line is a JSON object by itself.
fn is_lines(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.iter().all(u8::is_ascii_whitespace));
    lines
        .next()
        .is_some_and(|line| serde_json::from_slice::<serde_json::Value>(line).is_ok_and(|value| value.is_object()))
}

/// Runs a reader whose input may be hostile; its reason comes back without values of the data.
pub(super) fn guarded(read: impl FnOnce() -> PolarsResult<DataFrame>) -> Result<DataFrame, String> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(result) => result.map_err(|error| reason(&error.to_string())),
        Err(_) => Err("the reader gave up on its content".to_owned()),
    }
}

/// The first line of a reader's message with everything in back quotes, which may be data, left out.
fn reason(message: &str) -> String {
    let line = message.lines().next().unwrap_or("");
    if let Some((_, after)) = line.split_once("at column '") {
        let column = after.split('\'').next().unwrap_or("");
        return format!("a value does not fit the type of column {column}");
    }
    let mut text = String::new();
    for (at, piece) in line.split(['`', '"']).enumerate() {
        text.push_str(if at % 2 == 0 { piece } else { "…" });
    }
    text.chars().take(200).collect()
}

#[cfg(test)]
mod tests;
