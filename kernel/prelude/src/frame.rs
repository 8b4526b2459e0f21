//! Frames of the session as data frames, and back.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use polars::prelude::{DataFrame, IpcWriter, LazyFrame, PolarsError, SerWriter, Series};
use synthbook::{FrameInfo, Publish};

use crate::error::{PreludeError, Result};

/// Opens a frame of the session as a data frame. Numbers, dates and texts are read where the file lies, without a copy.
///
/// # Panics
/// When there is no such frame, or its file is damaged.
#[must_use]
#[track_caller]
pub fn frame(name: &str) -> DataFrame {
    match try_frame(name) {
        Ok(frame) => frame,
        Err(error) => synthbook::fail(&error),
    }
}

/// Opens a frame of the session as a data frame.
///
/// # Errors
/// There is no kernel, no such frame, or its file is damaged.
pub fn try_frame(name: &str) -> Result<DataFrame> {
    crate::attach();
    let info = FrameInfo::find(name)?;
    let unreadable = |reason: String| PreludeError::Unreadable { name: name.to_owned(), reason };
    synthbook_frame::read_frame(&info.path).map_err(|error| unreadable(error.to_string()))
}

/// Opens an uncompressed Arrow IPC file as a data frame. It must not be changed in place while the data frame lives.
///
/// # Errors
/// The file can't be read or is not an Arrow IPC file.
pub fn read_frame(path: impl AsRef<Path>) -> Result<DataFrame> {
    let path = path.as_ref();
    let unreadable = |reason: String| PreludeError::Unreadable { name: path.display().to_string(), reason };
    synthbook_frame::read_frame(path).map_err(|error| unreadable(error.to_string()))
}

/// Tells that a value is published and shown as polars' data.
#[derive(Debug)]
pub enum AsPolars {}

impl Publish<AsPolars> for DataFrame {
    fn write_ipc(&self, file: File) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let mut frame = self.clone();
        // A file has one dictionary a column, so categories are written in one chunk.
        if frame.columns().iter().any(|column| column.dtype().contains_categoricals()) {
            frame.rechunk_mut();
        }
        let mut out = BufWriter::with_capacity(1 << 20, file);
        IpcWriter::new(&mut out).finish(&mut frame).map_err(with_kind)?;
        Ok(out.flush()?)
    }
}

impl Publish<AsPolars> for LazyFrame {
    fn write_ipc(&self, file: File) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.clone().collect()?.write_ipc(file)
    }
}

impl Publish<AsPolars> for Series {
    fn write_ipc(&self, file: File) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.clone().into_frame().write_ipc(file)
    }
}

/// Keeps the kind of an input or output error, which tells a full disk.
fn with_kind(error: PolarsError) -> Box<dyn std::error::Error + Send + Sync> {
    match error {
        PolarsError::IO { error, .. } => Box::new(io::Error::new(error.kind(), error.to_string())),
        other => Box::new(other),
    }
}

#[cfg(test)]
mod tests;
