//! File formats by their names and suffixes.

use std::path::Path;

/// A file format of tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text with a delimiter.
    Csv,
    /// Text with tabs.
    Tsv,
    /// Apache Parquet.
    Parquet,
    /// The Arrow IPC file format, also called Feather 2.
    Arrow,
    /// One JSON object a line.
    JsonLines,
    /// A JSON array of objects.
    Json,
}

impl Format {
    /// The names for `--format`.
    pub const NAMES: &'static [&'static str] = &["csv", "tsv", "parquet", "arrow", "jsonl", "json"];

    /// The format of a name or suffix.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "csv" | "txt" | "dat" | "data" => Self::Csv,
            "tsv" | "tab" => Self::Tsv,
            "parquet" | "pq" => Self::Parquet,
            "arrow" | "ipc" | "feather" => Self::Arrow,
            "jsonl" | "ndjson" => Self::JsonLines,
            "json" => Self::Json,
            _ => return None,
        })
    }

    /// The format of a file by its suffix, with `.gz` or `.zst` taken off first.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        let suffix = path.extension()?.to_str()?;
        if matches!(suffix.to_ascii_lowercase().as_str(), "gz" | "zst") {
            return Self::from_name(Path::new(path.file_stem()?).extension()?.to_str()?);
        }
        Self::from_name(suffix)
    }

    /// The format of a file's content, where it can be told for certain.
    #[must_use]
    pub fn of_content(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"PAR1") {
            Some(Self::Parquet)
        } else if bytes.starts_with(b"ARROW1") {
            Some(Self::Arrow)
        } else {
            None
        }
    }

    /// The format's name for a reader.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Parquet => "Parquet",
            Self::Arrow => "Arrow IPC",
            Self::JsonLines => "JSON lines",
            Self::Json => "JSON",
        }
    }
}
