//! What the protocol layer is told at start, and the environment variables that set it.

use std::path::PathBuf;

use jupyter_protocol::connection_info::ConnectionInfo;

use crate::config::text;
use crate::session::Paths;

/// How a kernel serves.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Where to listen.
    pub connection: ConnectionInfo,
    /// The file that the connection was read from: ports left open (0) are written back to it.
    pub connection_file: Option<PathBuf>,
    /// The `SQLite` file of the history; without one it lives in memory.
    pub history: Option<PathBuf>,
    /// Whether front ends may open subshells.
    pub subshells: bool,
    /// How many bytes of prints a cell may send before the rest is left out.
    pub output_limit: usize,
    /// The process whose end ends the kernel.
    pub parent: Option<i32>,
}

impl ServeOptions {
    /// Sixteen mebibytes of prints for each cell: more stalls a browser.
    pub const OUTPUT_LIMIT: usize = 16 * 1024 * 1024;

    /// Options with nothing taken from the environment: history in memory, subshells on, no parent.
    #[must_use]
    pub fn new(connection: ConnectionInfo) -> Self {
        Self {
            connection,
            connection_file: None,
            history: None,
            subshells: true,
            output_limit: Self::OUTPUT_LIMIT,
            parent: None,
        }
    }

    /// Options as the environment sets them: `SYNTHBOOK_DATA_DIR` (where `history.sqlite` lies),
    /// `SYNTHBOOK_NO_SUBSHELLS=1`, `SYNTHBOOK_OUTPUT_LIMIT` (bytes) and Jupyter's `JPY_PARENT_PID`.
    #[must_use]
    pub fn from_env(connection: ConnectionInfo) -> Self {
        Self {
            history: Some(Paths::from_environment().data.join("history.sqlite")),
            subshells: text("SYNTHBOOK_NO_SUBSHELLS").is_none_or(|value| value == "0"),
            output_limit: text("SYNTHBOOK_OUTPUT_LIMIT")
                .and_then(|value| value.parse().ok())
                .unwrap_or(Self::OUTPUT_LIMIT),
            parent: text("JPY_PARENT_PID").and_then(|value| value.parse().ok()).filter(|pid| *pid > 1),
            ..Self::new(connection)
        }
    }
}
