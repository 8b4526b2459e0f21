//! How a step knows that it is done: the digest of its inputs, kept from the last run that succeeded.

use std::fmt::Write as _;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use crate::error::{Result, SetupError};
use crate::files;
use crate::paths::Paths;

/// The inputs of a step, taken in one after another.
#[derive(Clone, Default)]
pub(crate) struct Inputs(Sha256);

impl Inputs {
    /// Takes in a text.
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.0.update(text.len().to_le_bytes());
        self.0.update(text);
        self
    }

    /// Takes in a file's bytes.
    ///
    /// # Errors
    ///
    /// When the file can't be read.
    pub(crate) fn file(self, path: &Path) -> Result<Self> {
        let digest = sha256(path)?;
        Ok(self.text(&digest))
    }

    /// Takes in a big file's path, length and time of change instead of its bytes.
    ///
    /// # Errors
    ///
    /// When the file is not there.
    pub(crate) fn version_of(self, path: &Path) -> Result<Self> {
        let data = fs::metadata(path).map_err(SetupError::file("read", path))?;
        let changed = data.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
        Ok(self.text(&format!("{} {} {}", path.display(), data.len(), changed.as_nanos())))
    }

    /// The digest, in hexadecimal.
    pub(crate) fn digest(self) -> String {
        hex(&self.0.finalize())
    }
}

/// Whether the step succeeded last time with these inputs.
pub(crate) fn matches(paths: &Paths, step: &str, digest: &str) -> bool {
    fs::read_to_string(place(paths, step)).is_ok_and(|kept| kept.trim() == digest)
}

/// Keeps that the step succeeded with these inputs.
///
/// # Errors
///
/// When the folder can't be written to.
pub(crate) fn keep(paths: &Paths, step: &str, digest: &str) -> Result<()> {
    files::write_whole(&place(paths, step), format!("{digest}\n").as_bytes())
}

/// Forgets the step's last success, so that a run that is interrupted half-way does not count.
pub(crate) fn forget(paths: &Paths, step: &str) {
    // It is no error when there is none.
    let _ = fs::remove_file(place(paths, step));
}

/// The SHA-256 of a file, in hexadecimal.
///
/// # Errors
///
/// When the file can't be read.
pub(crate) fn sha256(path: &Path) -> Result<String> {
    let mut file = fs::File::open(path).map_err(SetupError::file("open", path))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        let count = file.read(&mut buffer).map_err(SetupError::file("read", path))?;
        if count == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(&buffer[..count]);
    }
}

fn place(paths: &Paths, step: &str) -> PathBuf {
    paths.stamps().join(format!("{step}.stamp"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(folder: &Path) -> Paths {
        let path = folder.to_path_buf();
        Paths { root: path.clone(), cache: path.clone(), data: path.clone(), target: path.clone(), duckdb: path }
    }

    #[test]
    fn a_stamp_holds_until_an_input_changes() {
        let folder = tempfile::tempdir().unwrap();
        let paths = paths(folder.path());
        let input = folder.path().join("requirements.txt");
        fs::write(&input, "jupyterlab").unwrap();
        let first = Inputs::default().text("3.11").file(&input).unwrap().digest();
        assert!(!matches(&paths, "python", &first));
        keep(&paths, "python", &first).unwrap();
        assert!(matches(&paths, "python", &first));

        fs::write(&input, "jupyterlab==4").unwrap();
        let second = Inputs::default().text("3.11").file(&input).unwrap().digest();
        assert!(!matches(&paths, "python", &second));
        forget(&paths, "python");
        assert!(!matches(&paths, "python", &first));
    }

    #[test]
    fn texts_do_not_run_into_each_other() {
        let one = Inputs::default().text("ab").text("c").digest();
        let other = Inputs::default().text("a").text("bc").digest();
        assert_ne!(one, other);
    }

    #[test]
    fn the_digest_is_sha_256() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        fs::write(&path, "abc").unwrap();
        assert_eq!(sha256(&path).unwrap(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
