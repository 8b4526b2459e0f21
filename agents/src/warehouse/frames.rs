//! Where an engine finds the session's frames.

use std::path::PathBuf;

/// The frames of a session, by name. Looked at before every query, so it should answer from memory.
pub trait FrameSource: Send + Sync {
    /// The names of all frames.
    fn names(&self) -> Vec<String>;

    /// The Arrow IPC file that holds a frame now. A new content has a new path.
    fn path(&self, name: &str) -> Option<PathBuf>;
}
