//! What the steps share: the folders, the goal, and what was built.

use std::cell::RefCell;
use std::path::PathBuf;

use crate::artifacts::Artifact;
use crate::error::{Result, SetupError};
use crate::paths::{self, Paths};
use crate::progress::Task;
use crate::tool::Tool;

/// What the machine is set up for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// Working in notebooks.
    Lab,
    /// Running the tests: the same, and a browser.
    Test,
}

/// What the steps share.
#[derive(Debug)]
pub(crate) struct Context {
    /// The folders.
    pub(crate) paths: Paths,
    /// What the machine is set up for.
    pub(crate) goal: Goal,
    /// What the build step made, for the steps after it.
    pub(crate) built: RefCell<Vec<Artifact>>,
}

impl Context {
    /// Asks cargo for its build folder and finds the others.
    ///
    /// # Errors
    ///
    /// When cargo can't read the workspace, or the user has no home folder.
    pub(crate) fn find(goal: Goal) -> Result<Self> {
        let text = Tool::new("cargo")
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .dir(&paths::checkout())
            .read(&Task::hidden())?;
        let answer: serde_json::Value =
            serde_json::from_str(&text).map_err(|source| SetupError::Answer { program: "cargo metadata", source })?;
        let target = answer["target_directory"]
            .as_str()
            .map(PathBuf::from)
            .ok_or_else(|| SetupError::Missing { what: "cargo metadata names no target directory".into() })?;
        Ok(Self { paths: Paths::find(target)?, goal, built: RefCell::default() })
    }

    /// A cargo command in the checkout, with libduckdb where the build and the tests look for it.
    pub(crate) fn cargo(&self) -> Tool {
        Tool::new("cargo")
            .dir(&self.paths.root)
            .env("DUCKDB_LIB_DIR", &self.paths.duckdb)
            .env("LD_LIBRARY_PATH", crate::environment::library_path(&self.paths))
    }

    /// A program that runs as in the lab: the environment's programs first on the `PATH`.
    pub(crate) fn lab_tool(&self, program: impl AsRef<std::ffi::OsStr>) -> Tool {
        self.in_lab(Tool::new(program).dir(&self.paths.root))
    }

    /// Puts the lab's environment around a program.
    pub(crate) fn in_lab(&self, tool: Tool) -> Tool {
        tool.env("PATH", crate::environment::path(&self.paths))
            .env("LD_LIBRARY_PATH", crate::environment::library_path(&self.paths))
            .env("VIRTUAL_ENV", self.paths.prefix())
            .env("JUPYTER_PREFER_ENV_PATH", "1")
            .env("SYNTHBOOK_DATA_DIR", &self.paths.data)
            .env("SYNTHBOOK_PREFIX", self.paths.prefix())
            .env("DUCKDB_LIB_DIR", &self.paths.duckdb)
            .env("RUST_SRC_PATH", self.paths.rust_src().join("library"))
    }
}
