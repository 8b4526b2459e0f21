//! Checks of the folders that the kernel writes to, and of the room in them.

use std::path::{Path, PathBuf};

use nix::sys::statvfs::statvfs;

use super::check::{Check, Finding};
use crate::session::Paths;

/// Less than this is too little for frames.
const LITTLE: u64 = 256 << 20;

/// Where sessions keep their frames.
pub(super) struct Runtime;

impl Check for Runtime {
    fn name(&self) -> &'static str {
        "session folder"
    }

    fn is_essential(&self) -> bool {
        true
    }

    fn look(&self) -> Finding {
        let folder = Paths::from_environment().runtime;
        let (shown, free) = match usable(&folder) {
            Ok(free) => (described(&folder, free), free),
            Err(reason) => {
                return Finding::missing(reason, "set SYNTHBOOK_RUNTIME_DIR to a folder that can be written to");
            }
        };
        if free < LITTLE {
            return Finding::warning(shown, "there is little room for frames: free some, or set SYNTHBOOK_RUNTIME_DIR");
        }
        if !is_in_memory(&folder) {
            return Finding::warning(
                format!("{shown}, on a disk"),
                "frames are faster in memory: set SYNTHBOOK_RUNTIME_DIR to a folder on tmpfs",
            );
        }
        Finding::ok(shown)
    }
}

/// Where history and what the set-up fetched are kept.
pub(super) struct Data;

impl Check for Data {
    fn name(&self) -> &'static str {
        "data folder"
    }

    fn is_essential(&self) -> bool {
        true
    }

    fn look(&self) -> Finding {
        let folder = Paths::from_environment().data;
        match usable(&folder) {
            Ok(free) if free < LITTLE => Finding::warning(described(&folder, free), "the disk is nearly full"),
            Ok(free) => Finding::ok(described(&folder, free)),
            Err(reason) => Finding::missing(reason, "set SYNTHBOOK_DATA_DIR to a folder that can be written to"),
        }
    }
}

/// The demo data of the tour.
pub(super) struct DemoData;

impl Check for DemoData {
    fn name(&self) -> &'static str {
        "demo data"
    }

    fn is_essential(&self) -> bool {
        false
    }

    fn look(&self) -> Finding {
        let folder = Paths::from_environment().demo_data().join("complete_journey");
        if folder.join("transactions.parquet").is_file() {
            Finding::ok(folder.display().to_string())
        } else {
            Finding::missing(
                "The Complete Journey is not there: the tour can't load it",
                "run `cargo xtask setup` in the Synthbook checkout",
            )
        }
    }
}

/// Tries to write into the folder, or into the nearest one above it that exists, and gives the free bytes there.
fn usable(folder: &Path) -> Result<u64, String> {
    let existing = folder.ancestors().find(|one| one.is_dir()).unwrap_or(folder).to_path_buf();
    let problem = |error: &dyn std::fmt::Display| format!("{} can't be written to: {error}", folder.display());
    tempfile::Builder::new().prefix(".doctor-").tempfile_in(&existing).map_err(|error| problem(&error))?;
    let room = statvfs(&existing).map_err(|error| problem(&error))?;
    Ok(room.fragment_size() * room.blocks_available())
}

fn described(folder: &Path, free: u64) -> String {
    format!("{}, {:.1} GiB free", folder.display(), free as f64 / f64::from(1 << 30))
}

fn is_in_memory(folder: &Path) -> bool {
    let existing: PathBuf = folder.ancestors().find(|one| one.is_dir()).unwrap_or(folder).to_path_buf();
    #[cfg(target_os = "linux")]
    {
        use nix::sys::statfs::{TMPFS_MAGIC, statfs};
        statfs(&existing).is_ok_and(|facts| facts.filesystem_type() == TMPFS_MAGIC)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = existing;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_will_be_made_counts_by_the_one_above_it() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("not/yet/made");
        assert!(usable(&folder).unwrap() > 0);
        assert!(!home.path().join("not").exists());
    }

    #[test]
    fn a_file_in_the_way_is_told() {
        assert!(usable(Path::new("/proc/nothing")).unwrap_err().contains("/proc/nothing can't be written to"));
    }
}
