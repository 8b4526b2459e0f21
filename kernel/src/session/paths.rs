//! The folders that the kernel uses, from the environment: the one place that reads it for them.

use std::env;
use std::path::{Path, PathBuf};

use directories::BaseDirs;

/// The folders that the kernel uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// Lasting data: demo data, history, frames that memory had no room for.
    pub data: PathBuf,
    /// Running sessions, in memory where the system offers it.
    pub runtime: PathBuf,
}

impl Paths {
    /// Reads `SYNTHBOOK_DATA_DIR` and `SYNTHBOOK_RUNTIME_DIR`; without them the user's data folder, and the user's
    /// runtime folder or shared memory.
    #[must_use]
    pub fn from_environment() -> Self {
        let set = |name: &str| crate::config::variable(name).map(PathBuf::from);
        let base = BaseDirs::new();
        let data = set("SYNTHBOOK_DATA_DIR").unwrap_or_else(|| {
            base.as_ref().map_or_else(env::temp_dir, |base| base.data_dir().to_path_buf()).join("synthbook")
        });
        let runtime = set("SYNTHBOOK_RUNTIME_DIR").unwrap_or_else(|| default_runtime(base.as_ref()));
        Self { data, runtime }
    }

    /// The folder of the demo data sets.
    #[must_use]
    pub fn demo_data(&self) -> PathBuf {
        self.data.join("data")
    }

    /// The folder on disk for frames that memory has no room for.
    #[must_use]
    pub fn spill(&self) -> PathBuf {
        self.data.join("frames")
    }
}

/// The user's home folder.
pub(super) fn home() -> Option<PathBuf> {
    BaseDirs::new().map(|base| base.home_dir().to_path_buf())
}

/// The runtime folder is not where frames belong when it is small: many systems give it a tenth of memory.
fn default_runtime(base: Option<&BaseDirs>) -> PathBuf {
    let shared = Path::new("/dev/shm");
    if let Some(folder) = base.and_then(BaseDirs::runtime_dir).filter(|folder| folder.is_dir()) {
        return folder.join("synthbook");
    }
    let parent = if shared.is_dir() { shared.to_path_buf() } else { env::temp_dir() };
    parent.join(format!("synthbook-{}", user()))
}

/// The user's number: who owns this process, or the home folder where the system does not show processes as files.
fn user() -> u32 {
    use std::os::unix::fs::MetadataExt;
    let owner = std::fs::metadata("/proc/self").or_else(|_| std::fs::metadata(home().unwrap_or_default()));
    owner.map_or(0, |facts| facts.uid())
}
