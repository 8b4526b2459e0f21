//! The small file in a session's directory that says whose it is, so that a later session can tell a dead one.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

const FILE: &str = "session.json";

/// Who owns a session's directory, and where its frames came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The kernel's process.
    pub(super) pid: u32,
    /// When that process started, in the system's ticks: process numbers are used again.
    pub(super) started: u64,
    /// The connection file: the same for a kernel that is restarted after it died.
    pub(super) connection: Option<PathBuf>,
    /// A name for people: the notebook, if it is known.
    pub(super) title: Option<String>,
    /// Frame name to what made it.
    #[serde(default)]
    pub(super) created_by: BTreeMap<String, String>,
}

impl Manifest {
    /// The manifest of this process.
    pub(super) fn of_this_process(connection: Option<PathBuf>, title: Option<String>) -> Self {
        let pid = std::process::id();
        Self { pid, started: start_of(pid).unwrap_or(0), connection, title, created_by: BTreeMap::new() }
    }

    /// Reads the manifest of a session's directory; `None` when it is missing or damaged.
    pub(super) fn read(directory: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(directory.join(FILE)).ok()?).ok()
    }

    /// Writes it, whole or not at all.
    pub(super) fn write(&self, directory: &Path) -> io::Result<()> {
        let temporary = directory.join(format!("{FILE}.tmp"));
        fs::write(&temporary, serde_json::to_vec(self)?)?;
        fs::rename(temporary, directory.join(FILE))
    }

    /// True while the process that owns the directory lives.
    pub(super) fn alive(&self) -> bool {
        start_of(self.pid).is_some_and(|started| self.started == 0 || started == self.started)
    }
}

/// The start time of a live process in clock ticks since boot: field 22 of its `stat` file.
fn start_of(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let after_name = &text[text.rfind(')')? + 1..];
    let mut fields = after_name.split_whitespace();
    if matches!(fields.next()?, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_another_with_its_number_does_not() {
        let mine = Manifest::of_this_process(None, None);
        assert!(mine.started > 0);
        assert!(mine.alive());
        assert!(!Manifest { started: mine.started + 1, ..mine.clone() }.alive());
        assert!(!Manifest { pid: u32::MAX, ..mine }.alive());
    }

    #[test]
    fn reads_back_and_survives_damage() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = Manifest::of_this_process(Some("/tmp/k.json".into()), Some("notes".into()));
        manifest.write(folder.path()).unwrap();
        assert_eq!(Manifest::read(folder.path()), Some(manifest));
        fs::write(folder.path().join(FILE), b"{\"pid\":").unwrap();
        assert_eq!(Manifest::read(folder.path()), None);
    }
}
