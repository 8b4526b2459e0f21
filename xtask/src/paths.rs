//! Where everything lies: the checkout, the build folder, the user's cache and data folders.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use directories::BaseDirs;

use crate::error::{Result, SetupError};

/// The folders of the project and of the user.
#[derive(Clone, Debug)]
pub(crate) struct Paths {
    /// The checkout.
    pub(crate) root: PathBuf,
    /// What can be fetched or built again.
    pub(crate) cache: PathBuf,
    /// What belongs to the user: the lab, demo data, the standard library's source.
    pub(crate) data: PathBuf,
    /// Cargo's build folder.
    pub(crate) target: PathBuf,
    /// The folder that holds `libduckdb.so`.
    pub(crate) duckdb: PathBuf,
}

impl Paths {
    /// Finds the folders: `SYNTHBOOK_DATA_DIR` and `DUCKDB_LIB_DIR` where they are set, the user's own otherwise.
    ///
    /// # Errors
    ///
    /// When the user has no home folder.
    pub(crate) fn find(target: PathBuf) -> Result<Self> {
        let base = BaseDirs::new()
            .ok_or_else(|| SetupError::Missing { what: "The user has no home folder: set HOME".into() })?;
        let cache = base.cache_dir().join("synthbook");
        let data = folder("SYNTHBOOK_DATA_DIR").unwrap_or_else(|| base.data_dir().join("synthbook"));
        let root = checkout();
        let duckdb = folder("DUCKDB_LIB_DIR")
            .filter(|folder| folder.join("libduckdb.so").exists() || !is_left_over(&root, folder))
            .unwrap_or_else(|| cache.join("duckdb-1.5.6"));
        Ok(Self { root, cache, data, target, duckdb })
    }

    /// The installation: a Python environment with the lab, the kernel and its libraries.
    pub(crate) fn prefix(&self) -> PathBuf {
        self.data.join("lab")
    }

    /// A program of the installation.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.prefix().join("bin").join(name)
    }

    /// The source of Rust's standard library: holds the folder `library`.
    pub(crate) fn rust_src(&self) -> PathBuf {
        self.data.join("rust-src")
    }

    /// The demo data of The Complete Journey.
    pub(crate) fn complete_journey(&self) -> PathBuf {
        self.data.join("data").join("complete_journey")
    }

    /// The models that were fetched.
    pub(crate) fn models(&self) -> PathBuf {
        self.data.join("models")
    }

    /// The default warehouse.
    pub(crate) fn warehouse(&self) -> PathBuf {
        self.data.join("warehouse.duckdb")
    }

    /// What each step left behind to know that it is done.
    pub(crate) fn stamps(&self) -> PathBuf {
        self.data.join("setup")
    }

    /// What a Rust cell links.
    pub(crate) fn cells(&self) -> PathBuf {
        self.prefix().join("lib").join("synthbook").join("cells")
    }

    /// Prints the folders, one a line or as JSON.
    pub(crate) fn print(&self, json: bool) {
        let rows = [
            ("checkout", self.root.clone()),
            ("target", self.target.clone()),
            ("cache", self.cache.clone()),
            ("data", self.data.clone()),
            ("prefix", self.prefix()),
            ("cells", self.cells()),
            ("duckdb", self.duckdb.clone()),
            ("rust-src", self.rust_src()),
            ("demo-data", self.complete_journey()),
            ("models", self.models()),
        ];
        if json {
            let map: serde_json::Map<_, _> =
                rows.iter().map(|(name, path)| ((*name).to_owned(), path.display().to_string().into())).collect();
            println!("{}", serde_json::Value::Object(map));
        } else {
            for (name, path) in rows {
                println!("{name:<10} {}", path.display());
            }
        }
    }
}

/// The checkout that this program was built from.
pub(crate) fn checkout() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Whether cargo took `DUCKDB_LIB_DIR` from an earlier set-up's file, perhaps another user's.
fn is_left_over(root: &Path, folder: &Path) -> bool {
    fs::read_to_string(root.join(".cargo/local.toml")).is_ok_and(|text| text.contains(&folder.display().to_string()))
}

fn folder(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}
