//! Where the Rust compiler and the cells' libraries are, and how cells are linked against them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What compiling a cell needs.
#[derive(Debug, Clone)]
pub(crate) struct Toolchain {
    /// The compiler itself, not rustup's proxy.
    pub(crate) rustc: PathBuf,
    /// The folder of `libsynthbook.so`, `libsynthbook_prelude.so`.
    pub(crate) cells: PathBuf,
    /// The folder of the metadata of what those libraries are made of.
    pub(crate) dependencies: PathBuf,
    /// The folder of the standard library's shared object.
    pub(crate) std_dir: PathBuf,
    /// The sources of the standard library, for completion; `None` when there are none.
    pub(crate) std_source: Option<PathBuf>,
}

/// Why cells can't be compiled here.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum ToolchainError {
    /// No compiler.
    #[error("The Rust compiler was not found")]
    #[diagnostic(
        code(rust::no_compiler),
        help(
            "install Rust from your package manager or with rustup, then restart the kernel; `synthbook doctor` checks it"
        )
    )]
    NoCompiler,
    /// No libraries for cells.
    #[error("The cells' libraries were not found in {}", folder.display())]
    #[diagnostic(
        code(rust::no_cell_libraries),
        help("run `cargo xtask setup` in the Synthbook checkout, or set SYNTHBOOK_CELLS to their folder")
    )]
    NoCellLibraries {
        /// Where they were looked for last.
        folder: PathBuf,
    },
}

impl Toolchain {
    /// Finds the compiler and the libraries.
    ///
    /// # Errors
    /// [`ToolchainError`] names what is missing.
    pub(crate) fn find() -> Result<Self, ToolchainError> {
        let (cells, dependencies) = cell_libraries()?;
        let (sysroot, std_dir) = compiler_folders().ok_or(ToolchainError::NoCompiler)?;
        let rustc = sysroot.join("bin/rustc");
        let std_source = std_source(&sysroot);
        Ok(Self { rustc, cells, dependencies, std_dir, std_source })
    }

    /// Flags with which rustc finds the libraries.
    pub(crate) fn link_flags(&self) -> Vec<String> {
        let mut flags = vec!["-L".to_owned(), format!("dependency={}", self.dependencies.display())];
        for library in ["synthbook", "synthbook_prelude"] {
            let path = self.cells.join(format!("lib{library}.so"));
            if path.is_file() {
                flags.extend(["--extern".to_owned(), format!("{library}={}", path.display())]);
            }
        }
        flags
    }

    /// The folders in which the loader finds the libraries of a running cell.
    pub(crate) fn library_path(&self) -> std::ffi::OsString {
        let mut path = self.cells.clone().into_os_string();
        path.push(":");
        path.push(&self.std_dir);
        if let Some(inherited) = crate::config::variable("LD_LIBRARY_PATH") {
            path.push(":");
            path.push(inherited);
        }
        path
    }
}

fn cell_libraries() -> Result<(PathBuf, PathBuf), ToolchainError> {
    let mut folder = PathBuf::from("lib/synthbook/cells");
    if let Some(chosen) = crate::config::variable("SYNTHBOOK_CELLS") {
        folder = chosen.into();
        if has_library(&folder) {
            return Ok((folder.clone(), folder));
        }
        return Err(ToolchainError::NoCellLibraries { folder });
    }
    let exe = std::env::current_exe().and_then(std::fs::canonicalize).unwrap_or_default();
    if let Some(bin) = exe.parent() {
        folder = bin.join("../lib/synthbook/cells");
        if has_library(&folder) {
            let folder = folder.canonicalize().unwrap_or(folder);
            return Ok((folder.clone(), folder));
        }
        // A build folder of cargo's.
        let target = if bin.ends_with("deps") { bin.parent().unwrap_or(bin) } else { bin };
        if has_library(target) && target.join("deps").is_dir() {
            return Ok((target.to_owned(), target.join("deps")));
        }
    }
    Err(ToolchainError::NoCellLibraries { folder })
}

fn has_library(folder: &Path) -> bool {
    folder.join("libsynthbook.so").is_file()
}

/// The toolchain's folder and the folder of the standard library's shared object, as rustc prints them. rustc is also
/// looked for where rustup puts it, because editors start kernels without the shell's PATH.
#[expect(clippy::disallowed_methods, reason = "the evaluator asks the compiler where it is")]
fn compiler_folders() -> Option<(PathBuf, PathBuf)> {
    let home = directories::BaseDirs::new().map(|dirs| dirs.home_dir().join(".cargo/bin/rustc"));
    for rustc in [Some(PathBuf::from("rustc")), home].into_iter().flatten() {
        if let Ok(output) = Command::new(&rustc).args(["--print", "sysroot", "--print", "target-libdir"]).output()
            && output.status.success()
        {
            let text = String::from_utf8_lossy(&output.stdout);
            let mut lines = text.lines().map(PathBuf::from);
            return Some((lines.next()?, lines.next()?));
        }
    }
    None
}

fn std_source(sysroot: &Path) -> Option<PathBuf> {
    let chosen = crate::config::variable("RUST_SRC_PATH").map(PathBuf::from);
    let ours = Some(crate::session::Paths::from_environment().data.join("rust-src/library"));
    let rustups = Some(sysroot.join("lib/rustlib/src/rust/library"));
    [chosen, rustups, ours].into_iter().flatten().find(|folder| folder.join("core/src/lib.rs").is_file())
}
