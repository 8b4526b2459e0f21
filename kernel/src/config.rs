//! Configuration: the environment variables that Synthbook reads, and the folder for what can be made again.

use std::ffi::OsString;
use std::path::PathBuf;

/// An environment variable, if it is set to something.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "configuration is read here")]
pub fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// An environment variable as text.
#[must_use]
pub fn text(name: &str) -> Option<String> {
    variable(name)?.into_string().ok()
}

/// Where what can be made again lives: `synthbook` in the user's cache folder.
#[must_use]
pub fn cache_dir() -> Option<PathBuf> {
    directories::BaseDirs::new().map(|dirs| dirs.cache_dir().join("synthbook"))
}
