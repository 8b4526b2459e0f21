//! The checkout under test: its root, its files, its packages and the binary built from it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use cargo_metadata::{Metadata, MetadataCommand};

/// The checkout's root folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the checkout")
}

/// `cargo metadata` of the workspace with every dependency that this platform uses; needs no network.
pub(crate) fn metadata() -> &'static Metadata {
    static METADATA: LazyLock<Metadata> = LazyLock::new(|| {
        MetadataCommand::new()
            .manifest_path(root().join("Cargo.toml"))
            .other_options(["--offline".to_owned(), "--filter-platform".to_owned(), host()])
            .exec()
            .expect("cargo metadata answers for this workspace")
    });
    &METADATA
}

/// Every file of the project that git tracks or would track, relative to the root, sorted.
pub(crate) fn files() -> &'static [PathBuf] {
    static FILES: LazyLock<Vec<PathBuf>> = LazyLock::new(|| {
        let listed = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root())
            .output()
            .expect("git lists the checkout's files");
        assert!(listed.status.success(), "git ls-files failed: {}", String::from_utf8_lossy(&listed.stderr));
        let text = String::from_utf8(listed.stdout).expect("file names are UTF-8");
        let mut files: Vec<PathBuf> = text
            .split('\0')
            .filter(|name| !name.is_empty())
            .map(PathBuf::from)
            .filter(|file| root().join(file).is_file())
            .collect();
        files.sort();
        files.dedup();
        files
    });
    &FILES
}

/// The files whose name ends in one of `extensions`, with their text.
pub(crate) fn texts(extensions: &[&str]) -> Vec<(PathBuf, String)> {
    files()
        .iter()
        .filter(|file| file.extension().is_some_and(|found| extensions.iter().any(|wanted| found == *wanted)))
        .map(|file| (file.clone(), read(file)))
        .collect()
}

/// The text of one file of the project, named from the root.
pub(crate) fn read(file: &Path) -> String {
    std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The `synthbook` binary that the same build made, beside this test's own executable.
pub(crate) fn binary() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its executable");
    let profile = test.ancestors().nth(2).expect("a test lies in PROFILE/deps");
    let binary = profile.join("synthbook");
    assert!(binary.is_file(), "the binary is not built (run `cargo build --workspace` first): {}", binary.display());
    binary
}

fn host() -> String {
    let rustc = Command::new("rustc").arg("-vV").output().expect("rustc says its version");
    let text = String::from_utf8(rustc.stdout).expect("rustc speaks UTF-8");
    text.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host").to_owned()
}
