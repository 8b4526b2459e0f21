//! The process tree in which compiled cells run: a supervisor that evcxr talks to, a worker that loads and runs
//! cells, and a frozen copy of the worker that takes over when a cell kills its process.
//!
//! ```text
//! evcxr ──stdin/stdout──► supervisor ──commands──► worker ──fork before each cell──► snapshot (frozen)
//!                             │  ▲                    │ stdout, stderr, events
//!                             ▼  │                    ▼
//!                           kernel (Unix socket named by SYNTHBOOK_SOCKET)
//! ```
//!
//! The supervisor is what evcxr starts as its subprocess. It has one thread for ever, so it can fork a worker at any
//! time. The worker forks a snapshot of itself before it runs a cell, but only while it has one thread: a fork of a
//! process with several threads would copy locks whose owners don't exist in the copy. When the cell ends well the
//! snapshot is dismissed; when the worker dies (a segfault, `exit`, out of memory, or the kernel's order to stop) the
//! snapshot becomes the worker, with every variable as it was before the cell.

mod frame;
mod limits;
mod supervisor;
mod worker;

/// Environment variable that evcxr sets for its subprocess.
pub const IS_RUNTIME: &str = "EVCXR_IS_RUNTIME";
/// Environment variable with the path of the kernel's Unix socket.
pub const SOCKET: &str = "SYNTHBOOK_SOCKET";
/// Environment variable with the most memory in bytes that a cell's process may allocate; empty or absent: no limit.
pub const MEMORY: &str = "SYNTHBOOK_CELL_MEMORY_BYTES";

/// Runs the child program if this process was started as one, and never returns then. Without a kernel's socket it
/// returns, and evcxr's own child program can take over.
pub fn run_if_child() {
    if std::env::var_os(IS_RUNTIME).is_none() || std::env::var_os(SOCKET).is_none() {
        return;
    }
    let status = match supervisor::run() {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("The cells' process can't go on: {error}");
            1
        }
    };
    std::process::exit(status);
}
