//! The environment that the programs of the set-up run in: cargo's own variables taken out, the lab's put in.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::paths::Paths;

/// Variables that `cargo run` sets for this program and that would make an inner cargo see another environment
/// than a cargo typed at the prompt, and so compile again; and `CI`, which rust-analyzer's crates compile in: with it
/// they would be compiled once for the prompt and once more for the tests.
pub(crate) fn cargo_leftovers() -> impl Iterator<Item = OsString> {
    env::vars_os().map(|(name, _)| name).filter(|name| name.to_str().is_some_and(is_leftover))
}

fn is_leftover(name: &str) -> bool {
    name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_MANIFEST_")
        || ["CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "CI", "OUT_DIR"].contains(&name)
}

/// `PATH` with the lab's programs first.
pub(crate) fn path(paths: &Paths) -> OsString {
    prepend(&paths.prefix().join("bin"), env::var_os("PATH").as_deref())
}

/// `LD_LIBRARY_PATH` with libduckdb's folder, and without those that cargo added for this program.
pub(crate) fn library_path(paths: &Paths) -> OsString {
    let old = env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let kept: Vec<PathBuf> = env::split_paths(&old)
        .filter(|entry| {
            !entry.as_os_str().is_empty()
                && !entry.starts_with(&paths.target)
                && !entry.components().any(|part| part.as_os_str() == "rustlib")
                && *entry != paths.duckdb
        })
        .collect();
    let kept = env::join_paths(kept).unwrap_or_default();
    prepend(&paths.duckdb, Some(&kept))
}

fn prepend(first: &Path, rest: Option<&OsStr>) -> OsString {
    let mut joined = first.as_os_str().to_owned();
    if let Some(rest) = rest.filter(|rest| !rest.is_empty()) {
        joined.push(":");
        joined.push(rest);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_folder_comes_first() {
        assert_eq!(prepend(Path::new("/a"), Some(OsStr::new("/b:/c"))), "/a:/b:/c");
        assert_eq!(prepend(Path::new("/a"), None), "/a");
        assert_eq!(prepend(Path::new("/a"), Some(OsStr::new(""))), "/a");
    }

    #[test]
    fn cargo_home_stays_and_package_variables_go() {
        assert!(is_leftover("CARGO_PKG_NAME"));
        assert!(is_leftover("CARGO_MANIFEST_DIR"));
        assert!(!is_leftover("CARGO_HOME"));
        assert!(!is_leftover("CARGO_TARGET_DIR"));
    }
}
