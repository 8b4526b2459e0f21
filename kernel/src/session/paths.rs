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
    /// What the user configures: named connections, language models.
    pub config: PathBuf,
}

impl Paths {
    /// Reads `SYNTHBOOK_DATA_DIR`, `SYNTHBOOK_RUNTIME_DIR` and `SYNTHBOOK_CONFIG_DIR`; without them the user's data
    /// folder, the user's runtime folder or shared memory, and the user's configuration folder.
    #[must_use]
    pub fn from_environment() -> Self {
        let set = |name: &str| crate::config::variable(name).map(PathBuf::from);
        let base = BaseDirs::new();
        let data = set("SYNTHBOOK_DATA_DIR").unwrap_or_else(|| {
            base.as_ref().map_or_else(env::temp_dir, |base| base.data_dir().to_path_buf()).join("synthbook")
        });
        let runtime = set("SYNTHBOOK_RUNTIME_DIR").unwrap_or_else(|| default_runtime(base.as_ref()));
        let config = set("SYNTHBOOK_CONFIG_DIR")
            .unwrap_or_else(|| base.as_ref().map_or_else(|| data.clone(), |base| base.config_dir().join("synthbook")));
        Self { data, runtime, config }
    }

    /// The folder of the demo data sets.
    #[must_use]
    pub fn demo_data(&self) -> PathBuf {
        self.data.join("data")
    }

    /// The file of the default warehouse.
    #[must_use]
    pub fn warehouse(&self) -> PathBuf {
        self.data.join("warehouse.duckdb")
    }

    /// The folder of the models that were pulled.
    #[must_use]
    pub fn models(&self) -> PathBuf {
        self.data.join("models")
    }

    /// The folder of the search indexes.
    #[must_use]
    pub fn indexes(&self) -> PathBuf {
        self.data.join("indexes")
    }

    /// The folder of what was asked and learned.
    #[must_use]
    pub fn memory(&self) -> PathBuf {
        self.data.join("memory")
    }

    /// The file of the named connections.
    #[must_use]
    pub fn connections(&self) -> PathBuf {
        self.config.join("connections.toml")
    }

    /// The folder on disk for frames that memory has no room for.
    #[must_use]
    pub fn spill(&self) -> PathBuf {
        self.data.join("frames")
    }
}

/// The path that `~` or `~/…` stands for; none for any other.
pub(crate) fn from_home(path: &str) -> Option<PathBuf> {
    let rest = path.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
    home().map(|home| home.join(rest.trim_start_matches('/')))
}

/// A path as it is shown: below the home folder with `~`.
pub(crate) fn with_tilde(path: &Path) -> String {
    let below = home().and_then(|home| path.strip_prefix(home).ok().map(Path::to_path_buf));
    below.map_or_else(|| path.display().to_string(), |below| format!("~/{}", below.display()))
}

/// The user's home folder.
fn home() -> Option<PathBuf> {
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
