//! Reading a frame's file.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars::prelude::{DataFrame, IpcReader, SerReader};
use synthbook_mapped::IpcFile;

use crate::error::KernelError;

/// Reads a frame's file and checks it on the way.
///
/// # Errors
/// `frames::damaged` when the file is missing, cut short, foreign or inconsistent.
pub fn read_frame(name: &str, path: &Path) -> Result<DataFrame, KernelError> {
    let damaged = |reason: String| KernelError::DamagedFrame { name: name.to_owned(), reason };
    // The mapped reader looks at every length in the file before anything is allocated by it; polars trusts them.
    IpcFile::open(path).map_err(|error| damaged(error.to_string()))?;
    let file = File::open(path).map_err(|error| damaged(error.to_string()))?;
    // A foreign file may trip an assertion of the reader; the file is only read, so nothing is left half done.
    catch_unwind(AssertUnwindSafe(|| IpcReader::new(file).set_rechunk(false).finish()))
        .map_err(|_| damaged("the reader gave up".to_owned()))?
        .map_err(|error| damaged(error.to_string()))
}
