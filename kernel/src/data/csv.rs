//! Reading CSV and TSV: delimiter and encoding recognised, types and dates inferred, ragged lines named.

use std::io::Cursor;
use std::sync::Arc;

use polars::prelude::{CsvParseOptions, CsvReadOptions, DataFrame, Field, NullValues, PolarsResult, Schema, SerReader};

use super::dialect::{Raggedness, raggedness, sniff};
use super::format::Format;
use super::read::{LoadOptions, Loaded, guarded};
use super::text::decode;
use crate::error::KernelError;

/// How many rows decide the types at first; when a later row does not fit, all rows do.
const INFERENCE_ROWS: usize = 10_000;
const QUOTE: u8 = b'"';

/// Reads a file's unpacked bytes.
///
/// # Errors
/// `data::empty`, `data::binary`, `data::encoding`, `data::ragged`, `data::format`.
pub(super) fn read_csv(
    bytes: Vec<u8>,
    format: Format,
    name: &str,
    options: &LoadOptions,
) -> Result<Loaded, KernelError> {
    let text = decode(bytes, options.encoding.as_deref(), format.title(), name)?;
    let mut notes: Vec<String> = text.note.into_iter().collect();
    let bytes = unix_lines(text.bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(KernelError::EmptyFile { name: name.to_owned() });
    }
    let delimiter =
        options.delimiter.unwrap_or_else(|| if format == Format::Tsv { b'\t' } else { sniff(&bytes, QUOTE) });
    if options.delimiter.is_none() && delimiter != if format == Format::Tsv { b'\t' } else { b',' } {
        notes.push(format!("The fields are separated by {}", delimiter_name(delimiter)));
    }
    let found = raggedness(&bytes, delimiter, QUOTE);
    check_ragged(&found, options, name, &mut notes)?;
    let bytes: Arc<[u8]> = bytes.into();
    let first = parse(&bytes, delimiter, Some(INFERENCE_ROWS), options);
    let frame = match first {
        Err(_) if !options.ignore_errors => parse(&bytes, delimiter, None, options),
        other => other,
    };
    let frame = frame.map_err(|reason| KernelError::Format {
        action: "read",
        name: name.to_owned(),
        reason,
        help: "--types COLUMN=str reads a column as text; --ignore-errors makes what does not fit null".to_owned(),
    })?;
    Ok(Loaded { frame, notes })
}

fn parse(
    bytes: &Arc<[u8]>,
    delimiter: u8,
    inference: Option<usize>,
    options: &LoadOptions,
) -> Result<DataFrame, String> {
    let mut nulls: Vec<_> = options.null_values.iter().map(|value| value.as_str().into()).collect();
    nulls.dedup();
    let parse = CsvParseOptions::default()
        .with_separator(delimiter)
        .with_quote_char(Some(QUOTE))
        .with_try_parse_dates(!options.keep_dates_as_text)
        .with_truncate_ragged_lines(options.truncate_ragged || options.ignore_errors)
        .with_null_values((!nulls.is_empty()).then_some(NullValues::AllColumns(nulls)));
    let schema: Schema =
        options.types.iter().map(|(name, kind)| Field::new(name.as_str().into(), kind.clone())).collect();
    let read = CsvReadOptions::default()
        .with_has_header(options.header)
        .with_infer_schema_length(inference)
        .with_ignore_errors(options.ignore_errors)
        .with_n_rows(options.rows)
        .with_schema_overwrite((!schema.is_empty()).then(|| Arc::new(schema)))
        .with_parse_options(parse);
    let bytes = Arc::clone(bytes);
    guarded(move || -> PolarsResult<DataFrame> { read.into_reader_with_file_handle(Cursor::new(bytes)).finish() })
}

fn check_ragged(
    found: &Raggedness,
    options: &LoadOptions,
    name: &str,
    notes: &mut Vec<String>,
) -> Result<(), KernelError> {
    let tolerant = options.truncate_ragged || options.ignore_errors;
    match found.long {
        Some((line, fields)) if !tolerant => {
            return Err(KernelError::Ragged { line, found: fields, expected: found.expected, name: name.to_owned() });
        }
        Some((line, _)) => {
            notes.push(format!("Fields beyond the header's {} were dropped (first in line {line})", found.expected));
        }
        None => {}
    }
    if let Some((count, line)) = found.short {
        let lines = if count == 1 { "One line has".to_owned() } else { format!("{count} lines have") };
        notes.push(format!("{lines} fewer fields than the header (first: line {line}); the missing ones are null"));
    }
    Ok(())
}

/// Files of old Macintoshes end their lines by a carriage return alone.
fn unix_lines(mut bytes: Vec<u8>) -> Vec<u8> {
    if !bytes.contains(&b'\n') {
        for byte in &mut bytes {
            if *byte == b'\r' {
                *byte = b'\n';
            }
        }
    }
    bytes
}

fn delimiter_name(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "tabs".to_owned(),
        other => format!("{:?}", char::from(other)),
    }
}
