//! Checks that Rust cells can be compiled: their libraries are there and were made by exactly this compiler.

use super::check::{Check, Finding, attempt};
use crate::rust::Toolchain;

const HELP: &str = "run `cargo xtask setup` in the Synthbook checkout";

/// The libraries that cells link, tried by compiling a crate that names them.
pub(super) struct CellLibraries;

impl Check for CellLibraries {
    fn name(&self) -> &'static str {
        "cells' libraries"
    }

    fn is_essential(&self) -> bool {
        true
    }

    fn look(&self) -> Finding {
        let toolchain = match Toolchain::find() {
            Ok(toolchain) => toolchain,
            Err(error) => return Finding::missing(error.to_string(), HELP),
        };
        match compile(&toolchain) {
            Ok(()) => Finding::ok(toolchain.cells.display().to_string()),
            Err(reason) => Finding::missing(
                format!("{} does not fit this compiler: {reason}", toolchain.cells.display()),
                "they were built by another rustc: run `cargo xtask setup` in the Synthbook checkout again",
            ),
        }
    }
}

/// Compiles a crate that uses the libraries, as far as its metadata: rustc refuses those of another compiler.
fn compile(toolchain: &Toolchain) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let source = folder.path().join("probe.rs");
    let mut text = String::from("extern crate synthbook;\n");
    if toolchain.cells.join("libsynthbook_prelude.so").is_file() {
        text.push_str("extern crate synthbook_prelude;\n");
    }
    std::fs::write(&source, text).map_err(|error| error.to_string())?;
    let mut arguments: Vec<String> =
        ["--edition=2024", "--crate-type=lib", "--emit=metadata", "--out-dir"].map(str::to_owned).into();
    arguments.push(folder.path().display().to_string());
    arguments.extend(toolchain.link_flags());
    arguments.push(source.display().to_string());
    attempt(&toolchain.rustc, &arguments)
}
