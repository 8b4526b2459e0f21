//! The file of a memory: records as JSON lines, read and changed under a lock that other processes keep too.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{MemoryError, Record};

/// The longest file that is read: beyond it something else writes there.
const MOST_BYTES: u64 = 256 << 20;

/// What tells that a file was changed by somebody else.
type Stamp = (u64, u64, i64, i64);

/// A memory's file and what was last read from it.
#[derive(Debug)]
pub(super) struct MemoryFile {
    path: PathBuf,
    stamp: Option<Stamp>,
    records: Vec<Record>,
}

impl MemoryFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, stamp: None, records: Vec::new() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The records as they are in the file now.
    pub(super) fn read(&mut self) -> Result<&[Record], MemoryError> {
        if !self.path.exists() && self.stamp.is_none() {
            return Ok(&[]);
        }
        let _lock = self.lock()?;
        self.refresh()?;
        Ok(&self.records)
    }

    /// Changes the records; the change sees what other processes wrote.
    ///
    /// The new file takes the old one's place in one step, so a process that is killed leaves one or the other.
    pub(super) fn change<T>(
        &mut self,
        change: impl FnOnce(&mut Vec<Record>) -> Result<T, MemoryError>,
    ) -> Result<T, MemoryError> {
        let _lock = self.lock()?;
        self.refresh()?;
        let before = self.records.len();
        let mut records = self.records.clone();
        let result = change(&mut records)?;
        // One more record is the common case; it is appended, and nothing else is touched.
        if records.len() == before + 1 && records[..before] == self.records[..] {
            self.append(&records[before])?;
        } else if records != self.records {
            self.replace(&records)?;
        }
        self.records = records;
        self.stamp = stamp(&self.path);
        Ok(result)
    }

    fn refresh(&mut self) -> Result<(), MemoryError> {
        let now = stamp(&self.path);
        if now.is_some() && now == self.stamp {
            return Ok(());
        }
        self.records = match now {
            None => Vec::new(),
            Some((_, length, ..)) if length > MOST_BYTES => return Err(self.set_aside(1)),
            Some(_) => self.load()?,
        };
        self.stamp = stamp(&self.path);
        Ok(())
    }

    fn load(&mut self) -> Result<Vec<Record>, MemoryError> {
        let mut bytes = Vec::new();
        File::open(&self.path)
            .and_then(|mut file| file.read_to_end(&mut bytes))
            .map_err(|error| self.failed(&error))?;
        // A process that was killed while it appended leaves a line without an end: that one question is lost.
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place + 1);
        let torn = whole < bytes.len();
        let mut records = Vec::new();
        for (number, line) in bytes[..whole].split(|byte| *byte == b'\n').enumerate() {
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            match serde_json::from_slice(line) {
                Ok(record) => records.push(record),
                Err(_) => return Err(self.set_aside(number + 1)),
            }
        }
        if torn && whole == 0 && bytes.first() != Some(&b'{') {
            return Err(self.set_aside(1));
        }
        if torn {
            self.replace(&records)?;
        }
        Ok(records)
    }

    /// Moves a file that is no memory out of the way, and says so.
    fn set_aside(&mut self, line: usize) -> MemoryError {
        let free =
            (1..1000).map(|number| self.path.with_extension(format!("damaged-{number}"))).find(|path| !path.exists());
        let kept = free.unwrap_or_else(|| self.path.with_extension("damaged"));
        (self.records, self.stamp) = (Vec::new(), None);
        match std::fs::rename(&self.path, &kept) {
            Ok(()) => MemoryError::Damaged { kept, line },
            Err(error) => self.failed(&error),
        }
    }

    fn append(&self, record: &Record) -> Result<(), MemoryError> {
        let mut file = options().append(true).open(&self.path).map_err(|error| self.failed(&error))?;
        file.write_all(&line(record)?).map_err(|error| self.failed(&error))
    }

    fn replace(&self, records: &[Record]) -> Result<(), MemoryError> {
        let temporary = self.path.with_extension(format!("new-{}", std::process::id()));
        let write = || -> Result<(), MemoryError> {
            let mut bytes = Vec::new();
            for record in records {
                bytes.extend(line(record)?);
            }
            let mut file =
                options().write(true).truncate(true).open(&temporary).map_err(|error| self.failed(&error))?;
            file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(|error| self.failed(&error))?;
            std::fs::rename(&temporary, &self.path).map_err(|error| self.failed(&error))
        };
        let written = write();
        if written.is_err() {
            let _ = std::fs::remove_file(&temporary);
        }
        written
    }

    /// A lock on a file beside it, which is never replaced. It ends with the value.
    fn lock(&self) -> Result<File, MemoryError> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| self.failed(&error))?;
        }
        let path = self.path.with_extension("lock");
        let file = options().write(true).open(path).map_err(|error| self.failed(&error))?;
        file.lock().map_err(|error| self.failed(&error))?;
        Ok(file)
    }

    fn failed(&self, error: &std::io::Error) -> MemoryError {
        MemoryError::File { path: self.path.clone(), reason: error.to_string() }
    }
}

/// Only the user reads what the user asked.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).mode(0o600);
    options
}

fn line(record: &Record) -> Result<Vec<u8>, MemoryError> {
    let mut line = serde_json::to_vec(record)
        .map_err(|error| MemoryError::File { path: PathBuf::new(), reason: error.to_string() })?;
    line.push(b'\n');
    Ok(line)
}

fn stamp(path: &Path) -> Option<Stamp> {
    let facts = std::fs::metadata(path).ok()?;
    Some((facts.ino(), facts.len(), facts.mtime(), facts.mtime_nsec()))
}
