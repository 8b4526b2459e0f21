//! Checks of Rust's toolchain: the compiler, cargo, the linker, the standard library's source.

use std::path::PathBuf;

use super::check::{Check, Finding, ask};
use crate::rust::Toolchain;
use crate::session::Paths;

/// The oldest compiler that evcxr and the workspace accept.
const OLDEST: (u32, u32) = (1, 95);
const INSTALL_RUST: &str = "install Rust 1.95 or newer with rustup or from your package manager";

/// rustc, new enough.
pub(super) struct Compiler;

impl Check for Compiler {
    fn name(&self) -> &'static str {
        "rustc"
    }

    fn is_essential(&self) -> bool {
        true
    }

    fn look(&self) -> Finding {
        let Some(version) = ask("rustc", &["--version"]) else {
            return Finding::missing("not on the PATH", INSTALL_RUST);
        };
        match number(&version) {
            Some(found) if found >= OLDEST => Finding::ok(version),
            Some(_) => Finding::missing(version, INSTALL_RUST),
            None => Finding::warning(version, "its version can't be read; 1.95 or newer is needed"),
        }
    }
}

/// cargo, for `:dep`.
pub(super) struct Cargo;

impl Check for Cargo {
    fn name(&self) -> &'static str {
        "cargo"
    }

    fn is_essential(&self) -> bool {
        true
    }

    fn look(&self) -> Finding {
        ask("cargo", &["--version"]).map_or_else(|| Finding::missing("not on the PATH", INSTALL_RUST), Finding::ok)
    }
}

/// The C compiler that rustc links with.
pub(super) struct Linker;

impl Check for Linker {
    fn name(&self) -> &'static str {
        "linker"
    }

    fn is_essential(&self) -> bool {
        true
    }

    fn look(&self) -> Finding {
        ask("cc", &["--version"]).map_or_else(
            || Finding::missing("cc is not on the PATH", "install a C compiler (Debian: gcc and libc6-dev)"),
            Finding::ok,
        )
    }
}

/// The source that rust-analyzer reads types and documentation from.
pub(super) struct StandardLibrarySource;

impl Check for StandardLibrarySource {
    fn name(&self) -> &'static str {
        "rust-src"
    }

    fn is_essential(&self) -> bool {
        false
    }

    fn look(&self) -> Finding {
        let source = Toolchain::find().map_or_else(|_| own_source(), |toolchain| toolchain.std_source);
        source.map_or_else(
            || {
                Finding::missing(
                    "the standard library's source was not found: completion of Rust is poor",
                    "run `cargo xtask setup` in the Synthbook checkout, or `rustup component add rust-src`",
                )
            },
            |folder| Finding::ok(folder.display().to_string()),
        )
    }
}

/// What the set-up provided, when the rest of what cells need is not there.
fn own_source() -> Option<PathBuf> {
    let folder = Paths::from_environment().data.join("rust-src/library");
    folder.join("core/src/lib.rs").is_file().then_some(folder)
}

/// Major and minor from `rustc 1.95.0 (…)`.
fn number(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split_whitespace().nth(1)?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(number("rustc 1.95.0 (59807616e 2026-04-14)"), Some((1, 95)));
        assert_eq!(number("rustc 1.100.0-nightly"), Some((1, 100)));
        assert_eq!(number("gcc"), None);
        assert!(number("rustc 1.100.0").unwrap() > OLDEST);
    }
}
