//! The step that copies what was built into the prefix and tells Jupyter about the kernel.

use std::fs;
use std::path::{Path, PathBuf};

use crate::artifacts;
use crate::context::Context;
use crate::error::{Result, SetupError};
use crate::files;
use crate::progress::Task;
use crate::stamp::{self, Inputs};
use crate::step::Step;
use crate::tool::Tool;

/// Installs the binary, libduckdb, the cells' libraries and the kernelspec.
pub(crate) struct Install;

/// The crates that a Rust cell can name.
const CELL_CRATES: [&str; 2] = ["synthbook", "synthbook-prelude"];

impl Step for Install {
    fn name(&self) -> &'static str {
        "install"
    }

    fn why(&self) -> &'static str {
        "the kernel and its libraries into the environment"
    }

    fn is_done(&self, cx: &Context) -> Result<bool> {
        let is_there = cx.paths.program("synthbook").exists()
            && cx.paths.cells().join("libsynthbook.so").exists()
            && cx.paths.prefix().join("share/jupyter/kernels/synthbook/kernel.json").exists();
        Ok(is_there && stamp::matches(&cx.paths, self.name(), &Plan::make(cx)?.digest(cx)?))
    }

    fn run(&self, cx: &Context, task: &Task) -> Result<()> {
        let plan = Plan::make(cx)?;
        stamp::forget(&cx.paths, self.name());
        let binary = cx.paths.program("synthbook");
        task.note("copying the kernel");
        files::copy_whole(&plan.binary, &binary)?;
        let libraries = cx.paths.prefix().join("lib").join("synthbook");
        files::make_folder(&libraries)?;
        if let Some(duckdb) = &plan.duckdb {
            files::copy_whole(duckdb, &libraries.join("libduckdb.so"))?;
        }
        task.note(&format!("copying {} libraries for the cells", plan.cells.len()));
        let folder = files::beside(&cx.paths.cells())?;
        let fresh = folder.path().join("cells");
        files::make_folder(&fresh)?;
        for file in &plan.cells {
            put(file, &fresh)?;
        }
        files::replace_folder(&fresh, &cx.paths.cells())?;
        task.note("synthbook install");
        cx.lab_tool(&binary).args(["install", "--prefix"]).arg(cx.paths.prefix()).run(task)?;
        stamp::keep(&cx.paths, self.name(), &plan.digest(cx)?)
    }

    fn remedy(&self, cx: &Context) -> String {
        format!("`{} doctor` says what is wrong with the installation.", cx.paths.program("synthbook").display())
    }
}

/// What goes where.
struct Plan {
    binary: PathBuf,
    duckdb: Option<PathBuf>,
    cells: Vec<PathBuf>,
}

impl Plan {
    fn make(cx: &Context) -> Result<Self> {
        let built = cx.built.borrow();
        let binary = artifacts::program(&built, "synthbook")
            .ok_or_else(|| SetupError::Missing { what: "The build made no program called synthbook".into() })?;
        let answer = cx.cargo().args(["metadata", "--format-version", "1"]).read(&Task::hidden())?;
        let metadata: serde_json::Value =
            serde_json::from_str(&answer).map_err(|source| SetupError::Answer { program: "cargo metadata", source })?;
        let cells = artifacts::cell_files(&built, &artifacts::closure(&metadata, &CELL_CRATES));
        let duckdb = Some(cx.paths.duckdb.join("libduckdb.so")).filter(|library| library.exists());
        Ok(Self { binary, duckdb, cells })
    }

    fn digest(&self, cx: &Context) -> Result<String> {
        let mut inputs = Inputs::default().text(&cx.paths.prefix().display().to_string());
        let files = std::iter::once(&self.binary).chain(&self.duckdb).chain(&self.cells);
        for file in files {
            inputs = inputs.version_of(file)?;
        }
        // The build may make the same files again for another compiler.
        let compiler = Tool::new("rustc").arg("-vV").read(&Task::hidden())?;
        Ok(inputs.text(&compiler).digest())
    }
}

/// Links metadata, which rustc never changes in place; copies shared libraries, which a linker might.
fn put(file: &Path, folder: &Path) -> Result<()> {
    let Some(name) = file.file_name() else { return Ok(()) };
    let place = folder.join(name);
    let is_shared = file.extension().is_some_and(|end| end == "so");
    if !is_shared && fs::hard_link(file, &place).is_ok() {
        return Ok(());
    }
    fs::copy(file, &place).map(drop).map_err(SetupError::file("copy", file))
}
