//! The counter at which Rust cells ask for frames and hand theirs in.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::error::{KernelError, code_of, help_of};
use crate::frames::{FrameInfo, FrameStore};

/// A frame as a cell sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameFile {
    /// The Arrow IPC file; it never changes.
    pub path: PathBuf,
    /// How often a frame of this name was replaced.
    pub generation: u64,
    /// Rows.
    pub rows: u64,
    /// Columns.
    pub columns: u64,
}

/// Why a request of a cell was refused: the parts of a coded error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code.
    pub code: String,
    /// Message.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// What the session offers to cells. Called from the thread that reads the cells' messages: must be quick.
pub trait FrameDesk: Send + Sync {
    /// Finds a frame by name.
    ///
    /// # Errors
    /// No such frame.
    fn find(&self, name: &str) -> Result<FrameFile, Refusal>;

    /// The names of all frames, in order.
    fn names(&self) -> Vec<String>;

    /// A file into which a new frame may be written.
    ///
    /// # Errors
    /// A wrong name, or no room.
    fn begin(&self, name: &str) -> Result<PathBuf, Refusal>;

    /// Takes a finished file in as a frame.
    ///
    /// # Errors
    /// The file is not a frame.
    fn finish(&self, name: &str, path: PathBuf) -> Result<FrameFile, Refusal>;
}

impl FrameDesk for FrameStore {
    fn find(&self, name: &str) -> Result<FrameFile, Refusal> {
        self.info(name).map(described).map_err(|error| refusal(&error))
    }

    fn names(&self) -> Vec<String> {
        FrameStore::names(self)
    }

    fn begin(&self, name: &str) -> Result<PathBuf, Refusal> {
        self.temporary(name, 0).map_err(|error| refusal(&error))
    }

    fn finish(&self, name: &str, path: PathBuf) -> Result<FrameFile, Refusal> {
        self.adopt(name, &path, "Rust").map(described).map_err(|error| refusal(&error))
    }
}

fn described(info: FrameInfo) -> FrameFile {
    FrameFile {
        generation: info.generation,
        rows: info.rows as u64,
        columns: info.columns.len() as u64,
        path: info.path,
    }
}

fn refusal(error: &KernelError) -> Refusal {
    Refusal { code: code_of(error), message: error.to_string(), help: help_of(error) }
}

/// Answers a request of the cell crate.
pub(crate) fn answer(desk: &dyn FrameDesk, request: &Value) -> Value {
    let name = request["name"].as_str().unwrap_or_default();
    let shown = |frame: FrameFile| json!({"path": frame.path, "generation": frame.generation, "rows": frame.rows, "columns": frame.columns});
    let result = match request["event"].as_str().unwrap_or_default() {
        "frame" => desk.find(name).map(shown),
        "frames" => {
            let frames = desk.names().into_iter().filter_map(|name| {
                let frame = desk.find(&name).ok()?;
                Some(
                    json!({"name": name, "rows": frame.rows, "columns": frame.columns, "generation": frame.generation}),
                )
            });
            Ok(frames.collect())
        }
        "publish_path" => desk.begin(name).map(|path| json!({"path": path})),
        "published" => desk.finish(name, PathBuf::from(request["path"].as_str().unwrap_or_default())).map(shown),
        other => Err(Refusal {
            code: "rust::unknown_request".into(),
            message: format!("The cell asked for something unknown: {other}"),
            help: None,
        }),
    };
    match result {
        Ok(value) => json!({"id": request["id"], "ok": value}),
        Err(refusal) => {
            json!({"id": request["id"], "error": {"code": refusal.code, "message": refusal.message, "help": refusal.help}})
        }
    }
}
