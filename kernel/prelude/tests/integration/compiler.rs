//! Compiles cells the way the evaluator does, and runs them in one process.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Loads libraries one after the other and calls the function `run` of each, as the kernel's child process does.
const RUNNER: &str = r#"
    use std::ffi::{CString, c_char, c_int, c_void};
    unsafe extern "C" {
        fn dlopen(path: *const c_char, flags: c_int) -> *mut c_void;
        fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
        fn dlerror() -> *const c_char;
    }
    fn main() {
        for path in std::env::args().skip(1) {
            let path = CString::new(path).unwrap();
            unsafe {
                let library = dlopen(path.as_ptr(), 2);
                assert!(!library.is_null(), "{:?}", std::ffi::CStr::from_ptr(dlerror()));
                let run: extern "C" fn() = std::mem::transmute(dlsym(library, c"run".as_ptr()));
                run();
            }
        }
    }
"#;

/// A folder with compiled cells.
pub(crate) struct Cells {
    folder: tempfile::TempDir,
    cells: Vec<PathBuf>,
}

impl Cells {
    /// A folder without cells.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), cells: Vec::new() }
    }

    /// Compiles the body of a cell; on failure gives the compiler's messages.
    pub(crate) fn add(&mut self, imports: &str, body: &str) -> Result<(), String> {
        let name = format!("cell{}", self.cells.len());
        let source = self.folder.path().join(format!("{name}.rs"));
        let code = format!(
            "#![allow(unused_imports)]\nuse synthbook::prelude::*;\n{imports}\n\
             #[unsafe(no_mangle)]\npub extern \"C\" fn run() {{\n{body}\n}}\n"
        );
        std::fs::write(&source, code).unwrap();
        let library = self.folder.path().join(format!("lib{name}.so"));
        let mut rustc = rustc(&source, &library);
        rustc.args(["--crate-type", "cdylib", "-C", "prefer-dynamic", "-C", "opt-level=0"]);
        for krate in ["synthbook", "synthbook_prelude"] {
            let library = dependencies().join(format!("lib{krate}.so"));
            rustc.arg("--extern").arg(format!("{krate}={}", library.display()));
        }
        let mut search = OsString::from("dependency=");
        search.push(dependencies());
        rustc.arg("-L").arg(search);
        finish(&mut rustc)?;
        self.cells.push(library);
        Ok(())
    }

    /// Runs the cells in one process and gives what they print.
    pub(crate) fn run(&self) -> String {
        let source = self.folder.path().join("runner.rs");
        std::fs::write(&source, RUNNER).unwrap();
        let runner = self.folder.path().join("runner");
        finish(rustc(&source, &runner).arg("-Cprefer-dynamic=no")).unwrap();
        let output = Command::new(runner).args(&self.cells).env("LD_LIBRARY_PATH", library_path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The size of the last cell's library in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.cells.last().unwrap().metadata().unwrap().len()
    }
}

fn rustc(source: &Path, out: &Path) -> Command {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--edition", "2024"]).arg(source).arg("-o").arg(out);
    rustc
}

fn finish(rustc: &mut Command) -> Result<(), String> {
    let output = rustc.output().unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8(output.stderr).unwrap()) }
}

/// The folder in which cargo puts this test, the dynamic libraries and what they were made of.
fn dependencies() -> PathBuf {
    std::env::current_exe().unwrap().parent().unwrap().to_owned()
}

/// Where the loader finds the dynamic libraries and the standard library.
fn library_path() -> OsString {
    let sysroot = Command::new("rustc").args(["--print", "target-libdir"]).output().unwrap();
    let standard = PathBuf::from(String::from_utf8(sysroot.stdout).unwrap().trim());
    std::env::join_paths([dependencies(), standard]).unwrap()
}
