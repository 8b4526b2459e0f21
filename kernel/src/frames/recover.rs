//! Sessions that died and the frames they left.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::manifest::Manifest;
use super::name::parse_file_name;

/// After this time nobody will miss a dead session's frames.
const KEEP: Duration = Duration::from_hours(7 * 24);
/// The most that dead sessions may hold together, in bytes.
const KEEP_BYTES: u64 = 2 << 30;
/// The prefix of a folder whose frames a session is taking over.
const CLAIM: &str = "claim-";

/// A session that ended without a clean shutdown, and what it left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedSession {
    /// The name of its directory.
    pub id: String,
    /// The notebook, if it is known.
    pub title: Option<String>,
    /// Its connection file.
    pub connection: Option<PathBuf>,
    /// When it last published or dropped a frame.
    pub last_change: SystemTime,
    /// Names and sizes in bytes of its frames, in order of name.
    pub frames: Vec<(String, u64)>,
}

/// A file that was taken over.
#[derive(Debug)]
pub(super) struct Claimed {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) created_by: String,
}

/// The dead sessions, newest first.
pub(super) fn ended(runtime: &Path, spill: &Path) -> Vec<EndedSession> {
    let mut sessions: Vec<EndedSession> = folders(runtime)
        .into_iter()
        .filter_map(|(id, folder)| {
            let manifest = Manifest::read(&folder)?;
            if manifest.alive() {
                return None;
            }
            let last_change = fs::metadata(&folder).and_then(|facts| facts.modified()).ok()?;
            let frames = files([&folder, &spill.join(&id)])
                .into_iter()
                .map(|(name, path)| (name, fs::metadata(path).map_or(0, |facts| facts.len())))
                .collect();
            Some(EndedSession { id, title: manifest.title, connection: manifest.connection, last_change, frames })
        })
        .collect();
    sessions.sort_by(|a, b| b.last_change.cmp(&a.last_change).then_with(|| a.id.cmp(&b.id)));
    sessions
}

/// Takes a dead session's directory: a rename decides who gets it when two sessions want it.
pub(super) fn claim(ended: &EndedSession, runtime: &Path, spill: &Path, by: &str) -> Vec<Claimed> {
    let manifest = Manifest::read(&runtime.join(&ended.id)).unwrap_or_default();
    let claimed = runtime.join(format!("{CLAIM}{by}"));
    if fs::rename(runtime.join(&ended.id), &claimed).is_err() {
        return Vec::new();
    }
    let claimed_spill = spill.join(format!("{CLAIM}{by}"));
    let _ = fs::rename(spill.join(&ended.id), &claimed_spill);
    files([&claimed, &claimed_spill])
        .into_iter()
        .map(|(name, path)| {
            let created_by = manifest.created_by.get(&name).cloned().unwrap_or_else(|| "recovered".to_owned());
            Claimed { name, path, created_by }
        })
        .collect()
}

/// Removes what is left of a claim.
pub(super) fn forget_claim(runtime: &Path, spill: &Path, by: &str) {
    for place in [runtime, spill] {
        let _ = fs::remove_dir_all(place.join(format!("{CLAIM}{by}")));
    }
}

/// Removes dead sessions that are too old or, oldest first, too large together.
pub(super) fn reap(runtime: &Path, spill: &Path) {
    let now = SystemTime::now();
    let mut held = 0;
    for session in ended(runtime, spill) {
        held += session.frames.iter().map(|(_, bytes)| bytes).sum::<u64>();
        let old = now.duration_since(session.last_change).is_ok_and(|age| age > KEEP);
        if session.frames.is_empty() || old || held > KEEP_BYTES {
            remove(&session.id, runtime, spill);
        }
    }
    for (id, folder) in folders(runtime) {
        let changed = fs::metadata(&folder).and_then(|facts| facts.modified());
        let old = changed.is_ok_and(|changed| now.duration_since(changed).is_ok_and(|age| age > KEEP));
        if old && Manifest::read(&folder).is_none() {
            remove(&id, runtime, spill);
        }
    }
}

fn remove(id: &str, runtime: &Path, spill: &Path) {
    for place in [runtime, spill] {
        let _ = fs::remove_dir_all(place.join(id));
    }
}

/// The newest generation of every frame in a session's directories.
fn files(places: [&PathBuf; 2]) -> BTreeMap<String, PathBuf> {
    let mut newest: BTreeMap<String, (u64, PathBuf)> = BTreeMap::new();
    for entry in places.into_iter().filter_map(|place| fs::read_dir(place).ok()).flatten().flatten() {
        let Some((name, generation)) = entry.file_name().to_str().and_then(parse_file_name) else { continue };
        let known = newest.get(&name).map(|(generation, _)| *generation);
        if known.is_none_or(|known| known < generation) {
            newest.insert(name, (generation, entry.path()));
        }
    }
    newest.into_iter().map(|(name, (_, path))| (name, path)).collect()
}

/// The sessions' directories, in order of name.
fn folders(runtime: &Path) -> BTreeMap<String, PathBuf> {
    let entries = fs::read_dir(runtime).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| Some((entry.file_name().to_str()?.to_owned(), entry.path())))
        .collect()
}
