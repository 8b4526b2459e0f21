//! Files and folders that are there whole or not at all: written beside their place, then renamed.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::{Result, SetupError};

/// Makes a folder and those above it.
///
/// # Errors
///
/// When it can't be made.
pub(crate) fn make_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(SetupError::file("make the folder", path))
}

/// A new folder beside `place`, on the same file system, which goes away unless it is moved into place.
///
/// # Errors
///
/// When it can't be made.
pub(crate) fn beside(place: &Path) -> Result<TempDir> {
    let above = place.parent().unwrap_or(place);
    make_folder(above)?;
    tempfile::Builder::new().prefix(".setup-").tempdir_in(above).map_err(SetupError::file("make a folder in", above))
}

/// Writes a file as a whole; leaves it alone when it holds these bytes already.
///
/// # Errors
///
/// When it can't be written.
pub(crate) fn write_whole(place: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(place).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let folder = beside(place)?;
    let fresh = folder.path().join("file");
    fs::write(&fresh, bytes).map_err(SetupError::file("write", &fresh))?;
    fs::rename(&fresh, place).map_err(SetupError::file("put in place", place))
}

/// Copies a file as a whole. A program that runs from the old one keeps it.
///
/// # Errors
///
/// When it can't be read or written.
pub(crate) fn copy_whole(from: &Path, place: &Path) -> Result<()> {
    let folder = beside(place)?;
    let fresh = folder.path().join("file");
    fs::copy(from, &fresh).map_err(SetupError::file("copy", from))?;
    fs::rename(&fresh, place).map_err(SetupError::file("put in place", place))
}

/// Puts a folder in the place of another.
///
/// # Errors
///
/// When the old one can't be moved away or the new one not put there.
pub(crate) fn replace_folder(fresh: &Path, place: &Path) -> Result<()> {
    let old = beside(place)?;
    if fs::symlink_metadata(place).is_ok() {
        fs::rename(place, old.path().join("old")).map_err(SetupError::file("move away", place))?;
    }
    fs::rename(fresh, place).map_err(SetupError::file("put in place", place))
}

/// The files of a folder, sorted; empty when there is none.
pub(crate) fn list(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).map(|entries| entries.flatten().map(|entry| entry.path()).collect()).unwrap_or_default();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_takes_the_place_of_another_and_leaves_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().join("data");
        for round in ["one", "two"] {
            let fresh = beside(&place).unwrap();
            let inner = fresh.path().join("inner");
            make_folder(&inner).unwrap();
            write_whole(&inner.join("a"), round.as_bytes()).unwrap();
            replace_folder(&inner, &place).unwrap();
            assert_eq!(fs::read_to_string(place.join("a")).unwrap(), round);
        }
        assert_eq!(list(home.path()), [place]);
    }

    #[test]
    fn a_copy_replaces_the_file() {
        let home = tempfile::tempdir().unwrap();
        let (from, to) = (home.path().join("from"), home.path().join("to"));
        fs::write(&from, "new").unwrap();
        fs::write(&to, "old").unwrap();
        copy_whole(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(&to).unwrap(), "new");
    }
}
