//! What a worker may use, and who pays first when the machine runs out of memory.

use nix::sys::resource::{Resource, setrlimit};

/// Applies the limits to this process. A limit that can't be set is left as it is: it protects, it is not needed.
pub(crate) fn apply() {
    let _ = setrlimit(Resource::RLIMIT_CORE, 0, 0);
    if let Some(bytes) = std::env::var(crate::MEMORY).ok().and_then(|text| text.parse().ok()) {
        let _ = setrlimit(Resource::RLIMIT_DATA, bytes, bytes);
    }
    // When the whole machine is short of memory, the cell goes before the kernel.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
}

/// True while this process has exactly one thread.
pub(crate) fn single_threaded() -> bool {
    std::fs::read_dir("/proc/self/task").is_ok_and(|tasks| tasks.count() == 1)
}
