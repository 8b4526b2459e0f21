//! Reading a frame's file.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars::prelude::DataFrame;

use crate::error::KernelError;

/// Maps a frame's file and checks it on the way: numbers, times and texts are not copied.
///
/// # Errors
/// `frames::damaged` when the file is missing, cut short, foreign or inconsistent.
pub fn read_frame(name: &str, path: &Path) -> Result<DataFrame, KernelError> {
    let damaged = |reason: String| KernelError::DamagedFrame { name: name.to_owned(), reason };
    // A foreign file may trip an assertion of polars; the file is only read, so nothing is left half done.
    catch_unwind(AssertUnwindSafe(|| synthbook_frame::read_frame(path)))
        .map_err(|_| damaged("the reader gave up".to_owned()))?
        .map_err(|error| damaged(error.to_string()))
}
