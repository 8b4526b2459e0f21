//! A file mapped into memory, read only.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use arrow_buffer::Buffer;
use bytes::Bytes;
use memmap2::Mmap;

use crate::MapError;

/// A file mapped into memory, read only; it stays mapped while any buffer taken from it lives.
///
/// Cloning shares the mapping. The file's name may be removed or renamed meanwhile: the mapping keeps its content.
#[derive(Debug, Clone)]
pub struct MappedFile {
    path: PathBuf,
    bytes: Bytes,
}

impl MappedFile {
    /// Maps a regular file. An empty one gives zero bytes.
    ///
    /// # Errors
    /// [`MapError::Missing`], [`MapError::Denied`], or [`MapError::Io`] (a folder or a device among them).
    pub fn open(path: impl AsRef<Path>) -> Result<Self, MapError> {
        let path = path.as_ref();
        let failed = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound => MapError::Missing { path: path.to_owned() },
            ErrorKind::PermissionDenied => MapError::Denied { path: path.to_owned() },
            _ => MapError::Io { path: path.to_owned(), reason: error.to_string() },
        };
        // Opening a pipe would wait for its writer, so the kind is looked at first.
        if !std::fs::metadata(path).map_err(failed)?.is_file() {
            return Err(MapError::Io { path: path.to_owned(), reason: "not a regular file".to_owned() });
        }
        let file = File::open(path).map_err(failed)?;
        let bytes = if file.metadata().map_err(failed)?.len() == 0 {
            Bytes::new()
        } else {
            // SAFETY: the mapping is read only and owned by the `Bytes`, so it outlives every slice of it. The bytes
            // must not change while they are borrowed: frames are written under another name, renamed and never
            // written again, and callers of other files are told so in the crate's documentation.
            Bytes::from_owner(unsafe { Mmap::map(&file) }.map_err(failed)?)
        };
        Ok(Self { path: path.to_owned(), bytes })
    }

    /// The content.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The file's name when it was opened.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The content as an Arrow buffer that shares the mapping; slices of it copy nothing.
    #[must_use]
    pub fn arrow_buffer(&self) -> Buffer {
        Buffer::from(self.bytes.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_outlives_the_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, b"content").unwrap();
        let mapped = MappedFile::open(&path).unwrap();
        let buffer = mapped.arrow_buffer();
        assert_eq!(buffer.as_ptr(), mapped.bytes().as_ptr(), "shared, not copied");
        std::fs::remove_file(&path).unwrap();
        drop(mapped);
        assert_eq!(buffer.as_slice(), b"content");
    }

    #[test]
    fn what_can_not_be_mapped_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let missing = MappedFile::open(folder.path().join("none"));
        assert!(matches!(missing, Err(MapError::Missing { .. })), "{missing:?}");
        assert!(matches!(MappedFile::open(folder.path()), Err(MapError::Io { .. })));
        assert!(matches!(MappedFile::open("/dev/zero"), Err(MapError::Io { .. })));
        let empty = folder.path().join("empty");
        std::fs::write(&empty, b"").unwrap();
        assert!(MappedFile::open(&empty).unwrap().bytes().is_empty());
    }
}
