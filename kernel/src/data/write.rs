//! Saving a table to a file by its suffix.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use polars::prelude::{
    CsvWriter, DataFrame, IpcWriter, JsonFormat, JsonWriter, ParquetWriter, PolarsResult, SerWriter,
};
use tempfile::NamedTempFile;

use super::compression::packed;
use super::format::Format;
use crate::error::KernelError;

/// A file that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// Its size in bytes.
    pub bytes: u64,
    /// True when it took the place of an older one.
    pub replaced: bool,
}

/// Writes a table to a file, whole or not at all: an older file stays until the new one is finished.
///
/// # Errors
/// `data::unknown_format`, `data::format` when the format has no place for a column's type, `kernel::io`.
pub fn save(frame: &DataFrame, path: &Path, format: Option<Format>) -> Result<Saved, KernelError> {
    let name = path.display().to_string();
    let format =
        format.or_else(|| Format::of_path(path)).ok_or_else(|| KernelError::UnknownFormat { name: name.clone() })?;
    let temporary = begin(path)?;
    let mut refused = None;
    let written = packed(path, BufWriter::with_capacity(1 << 20, temporary.as_file()), |file| {
        write(&mut frame.clone(), format, file).map_err(|error| {
            let message = io::Error::other(error.to_string());
            match error {
                polars::error::PolarsError::IO { error, .. } => io::Error::new(error.kind(), error.to_string()),
                other => {
                    refused = Some(other.to_string());
                    message
                }
            }
        })
    });
    if let Some(reason) = refused {
        return Err(refusal(path, &reason));
    }
    written.map_err(|error| KernelError::io("write to", path, error))?;
    keep(temporary, path)
}

/// A file of another name in the path's folder.
pub(crate) fn begin(path: &Path) -> Result<NamedTempFile, KernelError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let temporary = tempfile::Builder::new().prefix(".synthbook-").tempfile_in(folder);
    temporary.map_err(|error| KernelError::io("write to", folder, error))
}

/// Gives a finished file its name.
pub(crate) fn keep(temporary: NamedTempFile, path: &Path) -> Result<Saved, KernelError> {
    let replaced = path.exists();
    set_mode(&temporary);
    let file = temporary.persist(path).map_err(|error| KernelError::io("write to", path, error.error))?;
    let bytes = file.metadata().map_or(0, |facts| facts.len());
    Ok(Saved { bytes, replaced })
}

/// That a format has no place for a column's type.
pub(super) fn refusal(path: &Path, reason: &str) -> KernelError {
    KernelError::Format {
        action: "write",
        name: path.display().to_string(),
        reason: reason.lines().next().unwrap_or("").to_owned(),
        help: "Parquet and Arrow files hold every type of column".to_owned(),
    }
}

/// Writes a text to a file, whole or not at all.
///
/// # Errors
/// `kernel::io`.
pub fn save_text(text: &str, path: &Path) -> Result<(), KernelError> {
    let temporary = begin(path)?;
    let written = temporary.as_file().write_all(text.as_bytes()).and_then(|()| temporary.as_file().sync_all());
    written.map_err(|error| KernelError::io("write to", path, error))?;
    keep(temporary, path).map(|_| ())
}

fn write(frame: &mut DataFrame, format: Format, file: &mut dyn Write) -> PolarsResult<()> {
    match format {
        Format::Csv => CsvWriter::new(file).finish(frame),
        Format::Tsv => CsvWriter::new(file).with_separator(b'\t').finish(frame),
        Format::Parquet => ParquetWriter::new(file).finish(frame).map(drop),
        Format::Arrow => IpcWriter::new(file).with_compression(None).finish(frame),
        Format::JsonLines => JsonWriter::new(file).with_json_format(JsonFormat::JsonLines).finish(frame),
        Format::Json => JsonWriter::new(file).with_json_format(JsonFormat::Json).finish(frame),
    }
}

/// A temporary file is private; a saved one is readable as any new file of the user's.
fn set_mode(file: &NamedTempFile) {
    use std::os::unix::fs::PermissionsExt;
    let _ = fs::set_permissions(file.path(), fs::Permissions::from_mode(0o644));
}
