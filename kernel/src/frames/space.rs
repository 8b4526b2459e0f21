//! Room on the disks that hold frames.

use std::path::Path;

use nix::sys::statvfs::statvfs;

/// Kept free on every disk, so that a frame never takes the last byte.
const RESERVE: u64 = 4 << 20;

/// Room of the file system that holds a folder, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Space {
    free: u64,
    total: u64,
    in_memory: bool,
}

impl Space {
    /// Asks the system; `None` where it does not say.
    pub(super) fn of(folder: &Path) -> Option<Self> {
        let facts = statvfs(folder).ok()?;
        let unit = facts.fragment_size();
        Some(Self { free: unit * facts.blocks_available(), total: unit * facts.blocks(), in_memory: in_memory(folder) })
    }

    /// True when `bytes` fit and, in memory, when no more than half is in use afterwards.
    pub(super) fn fits(self, bytes: u64) -> bool {
        let enough = self.free >= bytes.saturating_add(RESERVE.min(self.total / 16));
        let used = self.total.saturating_sub(self.free);
        enough && !(self.in_memory && used.saturating_add(bytes) > self.total / 2)
    }

    /// True when `bytes` fit at all.
    pub(super) fn holds(self, bytes: u64) -> bool {
        self.free >= bytes
    }
}

#[cfg(target_os = "linux")]
fn in_memory(folder: &Path) -> bool {
    use nix::sys::statfs::{TMPFS_MAGIC, statfs};
    statfs(folder).is_ok_and(|facts| facts.filesystem_type() == TMPFS_MAGIC)
}

#[cfg(not(target_os = "linux"))]
fn in_memory(_folder: &Path) -> bool {
    false
}

/// A size for a reader: `1.5 GiB`.
pub(crate) fn human_bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{value:.1} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_filled_to_the_half_and_disks_to_the_reserve() {
        let memory = Space { free: 600, total: 1000, in_memory: true };
        assert!(memory.fits(99));
        assert!(!memory.fits(101));
        assert!(memory.holds(600) && !memory.holds(601));
        let disk = Space { in_memory: false, ..memory };
        assert!(disk.fits(500));
        assert!(!disk.fits(599));
    }

    #[test]
    fn sizes_for_readers() {
        assert_eq!(human_bytes(12), "12 B");
        assert_eq!(human_bytes(1536), "1.5 KiB");
        assert_eq!(human_bytes(5 << 40), "5.0 TiB");
    }
}
