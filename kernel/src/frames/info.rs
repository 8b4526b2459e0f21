//! What is known of a frame without reading it.

use std::path::PathBuf;

use polars::prelude::{DataFrame, DataType};

/// What is known of a frame without reading it.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameInfo {
    /// The frame's name.
    pub name: String,
    /// Rows.
    pub rows: usize,
    /// Names and types of the columns, in order.
    pub columns: Vec<(String, DataType)>,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Counts up with every publication in the session.
    pub generation: u64,
    /// What made it, for example `%load adult.csv`.
    pub created_by: String,
    /// The Arrow IPC file.
    pub path: PathBuf,
}

impl FrameInfo {
    /// The columns' names, in order.
    #[must_use]
    pub fn column_names(&self) -> Vec<&str> {
        self.columns.iter().map(|(name, _)| name.as_str()).collect()
    }
}

/// Names and types of a table's columns.
pub(super) fn columns_of(frame: &DataFrame) -> Vec<(String, DataType)> {
    frame.columns().iter().map(|column| (column.name().to_string(), column.dtype().clone())).collect()
}
