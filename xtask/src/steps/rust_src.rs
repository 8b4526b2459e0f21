//! The step for the standard library's source, which rust-analyzer reads to know the types in a cell.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::error::{Result, SetupError};
use crate::files;
use crate::progress::Task;
use crate::stamp::{self, Inputs};
use crate::step::Step;
use crate::tool::Tool;

/// Provides `rust-src/library`: the toolchain's own where it has one, else Debian's package nearest in version.
/// Without it rust-analyzer would call rustup by itself.
pub(crate) struct RustSource;

const PACKAGES: [&str; 2] = ["rust-web-src", "rust-src"];

impl Step for RustSource {
    fn name(&self) -> &'static str {
        "rust-src"
    }

    fn why(&self) -> &'static str {
        "the source of Rust's standard library, for completion"
    }

    fn is_done(&self, cx: &Context) -> Result<bool> {
        let is_there = cx.paths.rust_src().join("library/std/src/lib.rs").exists();
        Ok(is_there && stamp::matches(&cx.paths, self.name(), &digest()?))
    }

    fn run(&self, cx: &Context, task: &Task) -> Result<()> {
        stamp::forget(&cx.paths, self.name());
        let folder = files::beside(&cx.paths.rust_src())?;
        let fresh = folder.path().join("fresh");
        files::make_folder(&fresh)?;
        let own = sysroot()?.join("lib/rustlib/src/rust/library");
        let origin = if own.join("std/src/lib.rs").exists() {
            symlink(&own, fresh.join("library")).map_err(SetupError::file("link", &own))?;
            format!("the toolchain's own: {}", own.display())
        } else {
            unpack_from_debian(folder.path(), &fresh, task)?
        };
        files::write_whole(&fresh.join("ORIGIN"), format!("{origin}\n").as_bytes())?;
        files::replace_folder(&fresh, &cx.paths.rust_src())?;
        stamp::keep(&cx.paths, self.name(), &digest()?)
    }

    fn remedy(&self, _: &Context) -> String {
        format!("Type: rustup component add rust-src. On Debian the package {} serves too.", PACKAGES[0])
    }
}

fn digest() -> Result<String> {
    Ok(Inputs::default().text(&Tool::new("rustc").arg("-vV").read(&Task::hidden())?).digest())
}

fn sysroot() -> Result<PathBuf> {
    let answer = Tool::new("rustc").args(["--print", "sysroot"]).read(&Task::hidden())?;
    Ok(PathBuf::from(answer.trim()))
}

/// Downloads and unpacks the package without installing it, which any user may do.
fn unpack_from_debian(folder: &Path, fresh: &Path, task: &Task) -> Result<String> {
    let ours = Tool::new("rustc").arg("--version").read(&Task::hidden())?;
    let ours = minor_version(ours.split_whitespace().nth(1).unwrap_or_default()).unwrap_or_default();
    let listed = Tool::new("apt-cache").arg("madison").args(PACKAGES).read(task)?;
    let choice = nearest(&listed, ours).ok_or_else(|| SetupError::Missing {
        what: "apt-get knows no package with the standard library's source; `apt-get update` may help".into(),
    })?;
    task.note(&format!("downloading {choice}"));
    Tool::new("apt-get").args(["-q", "download", &choice]).dir(folder).run(task)?;
    let archives = files::list(folder).into_iter().find(|file| file.extension().is_some_and(|end| end == "deb"));
    let archive = archives.ok_or_else(|| SetupError::Missing { what: "apt-get download left no package".into() })?;
    task.note("unpacking");
    let unpacked = folder.join("unpacked");
    Tool::new("dpkg").arg("-x").arg(&archive).arg(&unpacked).run(task)?;
    let library = files::list(&unpacked.join("usr/src"))
        .into_iter()
        .map(|source| source.join("library"))
        .find(|library| library.join("std/src/lib.rs").exists());
    let library = library.ok_or_else(|| SetupError::Missing { what: format!("The package holds no std: {choice}") })?;
    fs::rename(&library, fresh.join("library")).map_err(SetupError::file("move", &library))?;
    Ok(format!("Debian {choice}, SHA-256 of the package {}", stamp::sha256(&archive)?))
}

/// From the answer of `apt-cache madison`: the package whose version is nearest to rustc's, the newer of two.
fn nearest(listed: &str, minor: u32) -> Option<String> {
    let choices = listed.lines().filter_map(|line| {
        let mut fields = line.split('|').map(str::trim);
        let (package, version) = (fields.next()?, fields.next()?);
        Some((minor_version(version)?, format!("{package}={version}")))
    });
    choices.min_by_key(|(theirs, _)| (theirs.abs_diff(minor), u32::MAX - theirs)).map(|(_, choice)| choice)
}

fn minor_version(version: &str) -> Option<u32> {
    version.split('.').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_package_is_taken() {
        let listed = "
            rust-web-src | 1.96.0+dfsg1-1~deb12u2 | security
            rust-web-src | 1.85.0+dfsg3-1~deb12u3 | main
                rust-src | 1.63.0+dfsg1-2 | main";
        assert_eq!(nearest(listed, 95).as_deref(), Some("rust-web-src=1.96.0+dfsg1-1~deb12u2"));
        assert_eq!(nearest(listed, 86).as_deref(), Some("rust-web-src=1.85.0+dfsg3-1~deb12u3"));
        assert_eq!(nearest("", 95), None);
    }
}
