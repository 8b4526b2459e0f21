//! The store of one session's frames.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use polars::prelude::{DataFrame, IpcWriter, SerWriter};

use super::info::{FrameInfo, columns_of};
use super::manifest::Manifest;
use super::name::{check_name, file_name};
use super::read::read_frame;
use super::recover::{self, EndedSession};
use super::space::{Space, human_bytes};
use crate::error::KernelError;
use crate::magic::suggest;

/// Where a session keeps its frames, and whose session it is.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// The folder of all sessions' directories, in memory.
    pub runtime: PathBuf,
    /// The folder on disk for frames that don't fit there.
    pub spill: PathBuf,
    /// The kernel's connection file.
    pub connection: Option<PathBuf>,
    /// A name for people: the notebook, if it is known.
    pub title: Option<String>,
}

/// The frames of one session. All methods may be called from any thread.
#[derive(Debug)]
pub struct FrameStore {
    config: StoreConfig,
    id: String,
    places: [PathBuf; 2],
    state: Mutex<State>,
    recovered: Vec<String>,
}

#[derive(Debug, Default)]
struct State {
    frames: BTreeMap<String, FrameInfo>,
    generation: u64,
    manifest: Manifest,
}

impl FrameStore {
    /// Makes the session's directory, takes over the frames of a dead kernel with the same connection file, and
    /// removes what dead sessions left too long ago.
    ///
    /// # Errors
    /// `kernel::io` when the directory can't be made.
    pub fn open(mut config: StoreConfig) -> Result<Self, KernelError> {
        let id = format!("{}-{}", std::process::id(), &uuid::Uuid::new_v4().simple().to_string()[..8]);
        if let Err(error) = make_private(&config.runtime).and_then(|()| make_private(&config.runtime.join(&id))) {
            tracing::warn!(%error, "frames go to the data directory");
            config.runtime.clone_from(&config.spill);
            make_private(&config.runtime.join(&id))?;
        }
        let places = [config.runtime.join(&id), config.spill.join(&id)];
        let manifest = Manifest::of_this_process(config.connection.clone(), config.title.clone());
        let state = Mutex::new(State { manifest, ..State::default() });
        let mut store = Self { config, id, places, state, recovered: Vec::new() };
        store.save_manifest(&store.lock());
        if let Some(connection) = store.config.connection.clone() {
            for ended in store.ended_sessions() {
                if ended.connection.as_ref() == Some(&connection) {
                    // Another kernel may have been quicker to take them.
                    store.recovered.extend(store.recover(&ended.id).unwrap_or_default());
                }
            }
        }
        recover::reap(&store.config.runtime, &store.config.spill);
        Ok(store)
    }

    /// The session's directory in memory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.places[0]
    }

    /// The names that were taken over from a dead kernel with the same connection file.
    #[must_use]
    pub fn recovered(&self) -> &[String] {
        &self.recovered
    }

    /// Writes a table as the next generation of a frame.
    ///
    /// # Errors
    /// `frames::bad_name`, `frames::disk_full`, or `data::compute` when the table can't be written as Arrow.
    pub fn publish(&self, name: &str, frame: &DataFrame, created_by: &str) -> Result<FrameInfo, KernelError> {
        check_name(name)?;
        let needed = frame.estimated_size() as u64 + 4096;
        let mut full = None;
        for place in self.places_for(needed) {
            let temporary = match temporary_in(&place, name) {
                Ok(path) => path,
                Err(error) => {
                    full = Some(error);
                    continue;
                }
            };
            match write_frame(frame, &temporary) {
                Ok(()) => return self.register(name, &temporary, frame, created_by),
                Err(error) => {
                    let _ = fs::remove_file(&temporary);
                    if !is_full(&error) {
                        return Err(error);
                    }
                    full = Some(error);
                }
            }
        }
        drop(full);
        Err(KernelError::DiskFull { name: name.to_owned(), needed: human_bytes(needed) })
    }

    /// A path in the session's directory where another program may write a frame, to be handed to [`Self::adopt`].
    ///
    /// # Errors
    /// `frames::bad_name`, or `frames::disk_full` when `bytes` fit nowhere.
    pub fn temporary(&self, name: &str, bytes: u64) -> Result<PathBuf, KernelError> {
        check_name(name)?;
        for place in self.places_for(bytes) {
            if let Ok(path) = temporary_in(&place, name) {
                return Ok(path);
            }
        }
        Err(KernelError::DiskFull { name: name.to_owned(), needed: human_bytes(bytes) })
    }

    /// Takes a finished Arrow IPC file as the next generation of a frame: checks it, then renames it.
    ///
    /// # Errors
    /// `frames::bad_name`, or `frames::damaged` when it is not a sound Arrow IPC file; the file is then removed.
    pub fn adopt(&self, name: &str, path: &Path, created_by: &str) -> Result<FrameInfo, KernelError> {
        let checked = check_name(name).and_then(|()| read_frame(name, path));
        match checked {
            Ok(frame) => self.register(name, path, &frame, created_by),
            Err(error) => {
                let _ = fs::remove_file(path);
                Err(error)
            }
        }
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// `frames::unknown` with near names, or `frames::damaged`.
    pub fn get(&self, name: &str) -> Result<DataFrame, KernelError> {
        let mut info = self.info(name)?;
        loop {
            let read = read_frame(name, &info.path);
            // Another thread may have published the next generation and unlinked this one in the meantime.
            match self.info(name) {
                Ok(now) if read.is_err() && now.generation != info.generation => info = now,
                _ => return read,
            }
        }
    }

    /// What is known of a frame.
    ///
    /// # Errors
    /// `frames::unknown` with near names.
    pub fn info(&self, name: &str) -> Result<FrameInfo, KernelError> {
        let state = self.lock();
        state.frames.get(name).cloned().ok_or_else(|| unknown(name, state.frames.keys()))
    }

    /// The file of a frame, if there is one of that name.
    #[must_use]
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.lock().frames.get(name).map(|info| info.path.clone())
    }

    /// All frames in order of name.
    #[must_use]
    pub fn list(&self) -> Vec<FrameInfo> {
        self.lock().frames.values().cloned().collect()
    }

    /// All names in order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.lock().frames.keys().cloned().collect()
    }

    /// Drops a frame; maps that are open stay valid.
    ///
    /// # Errors
    /// `frames::unknown`.
    pub fn remove(&self, name: &str) -> Result<(), KernelError> {
        let mut state = self.lock();
        let Some(info) = state.frames.remove(name) else {
            return Err(unknown(name, state.frames.keys()));
        };
        let _ = fs::remove_file(info.path);
        state.manifest.created_by.remove(name);
        self.save_manifest(&state);
        Ok(())
    }

    /// Gives a frame another name, replacing a frame that has it.
    ///
    /// # Errors
    /// `frames::unknown`, `frames::bad_name`, `kernel::io`.
    pub fn rename(&self, from: &str, to: &str) -> Result<FrameInfo, KernelError> {
        check_name(to)?;
        let old = self.info(from)?;
        let mut state = self.lock();
        state.generation += 1;
        let generation = state.generation;
        let path = old.path.with_file_name(file_name(to, generation));
        fs::rename(&old.path, &path).map_err(|error| KernelError::io("rename", &old.path, error))?;
        state.frames.remove(from);
        state.manifest.created_by.remove(from);
        Ok(self.insert(&mut state, FrameInfo { name: to.to_owned(), path, generation, ..old }))
    }

    /// The sessions that ended without a clean shutdown, with the frames they left, newest first.
    #[must_use]
    pub fn ended_sessions(&self) -> Vec<EndedSession> {
        recover::ended(&self.config.runtime, &self.config.spill)
    }

    /// Takes over the frames of an ended session and returns their names. A name that is taken here gets the
    /// suffix `_recovered`; damaged files are left out.
    ///
    /// # Errors
    /// `frames::no_session`.
    pub fn recover(&self, session: &str) -> Result<Vec<String>, KernelError> {
        let Some(ended) = self.ended_sessions().into_iter().find(|ended| ended.id == session) else {
            return Err(self.no_session(session));
        };
        let mut names = Vec::new();
        for claimed in recover::claim(&ended, &self.config.runtime, &self.config.spill, &self.id) {
            let taken = self.path(&claimed.name).is_some();
            let name = if taken { format!("{}_recovered", claimed.name) } else { claimed.name.clone() };
            if self.adopt(&name, &claimed.path, &claimed.created_by).is_ok() {
                names.push(name);
            }
        }
        recover::forget_claim(&self.config.runtime, &self.config.spill, &self.id);
        Ok(names)
    }

    /// The error for a session that is not there, naming those that are.
    #[must_use]
    pub fn no_session(&self, session: &str) -> KernelError {
        let ids: Vec<String> = self.ended_sessions().into_iter().map(|ended| ended.id).collect();
        let help = if ids.is_empty() {
            "no session has ended without a clean shutdown".to_owned()
        } else {
            format!("there are: {}", ids.join(", "))
        };
        KernelError::NoSession { session: session.to_owned(), help }
    }

    /// Ends the session cleanly: removes its files.
    pub fn close(&self) {
        self.lock().frames.clear();
        for place in &self.places {
            let _ = fs::remove_dir_all(place);
        }
    }

    fn register(&self, name: &str, file: &Path, frame: &DataFrame, created_by: &str) -> Result<FrameInfo, KernelError> {
        let mut state = self.lock();
        state.generation += 1;
        let generation = state.generation;
        let same_disk = |place: &&PathBuf| place.parent().is_some_and(|parent| file.starts_with(parent));
        let folder = self.places.iter().find(same_disk).unwrap_or(&self.places[0]);
        make_private(folder)?;
        let path = folder.join(file_name(name, generation));
        if let Err(error) = move_file(file, &path) {
            let _ = fs::remove_file(file);
            return Err(KernelError::io("rename", file, error));
        }
        let bytes = fs::metadata(&path).map_or(0, |facts| facts.len());
        let info = FrameInfo {
            name: name.to_owned(),
            rows: frame.height(),
            columns: columns_of(frame),
            bytes,
            generation,
            created_by: created_by.to_owned(),
            path,
        };
        Ok(self.insert(&mut state, info))
    }

    fn insert(&self, state: &mut State, info: FrameInfo) -> FrameInfo {
        state.manifest.created_by.insert(info.name.clone(), info.created_by.clone());
        if let Some(old) = state.frames.insert(info.name.clone(), info.clone()) {
            let _ = fs::remove_file(old.path);
        }
        self.save_manifest(state);
        info
    }

    /// The manifest only serves recovery: a session whose disk is full goes on without a fresh one.
    fn save_manifest(&self, state: &State) {
        if let Err(error) = state.manifest.write(&self.places[0]) {
            tracing::warn!(%error, "the session's manifest could not be written");
        }
    }

    /// The places with room, the preferred one first.
    fn places_for(&self, bytes: u64) -> Vec<PathBuf> {
        let [memory, disk] = &self.places;
        let _ = make_private(disk.parent().unwrap_or(disk)).and_then(|()| make_private(disk));
        let fits = |place: &PathBuf| Space::of(place).is_none_or(|space| space.fits(bytes));
        let holds = |place: &PathBuf| Space::of(place).is_none_or(|space| space.holds(bytes));
        let mut places: Vec<PathBuf> = [memory, disk].into_iter().filter(|place| fits(place)).cloned().collect();
        if places.is_empty() {
            places = [disk, memory].into_iter().filter(|place| holds(place)).cloned().collect();
        }
        places
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unknown<'a>(name: &str, names: impl Iterator<Item = &'a String>) -> KernelError {
    let names: Vec<&str> = names.map(String::as_str).collect();
    let help = if names.is_empty() {
        "there are no frames yet; %load FILE --as NAME makes one".to_owned()
    } else {
        suggest::did_you_mean(name, &names, "frames")
    };
    KernelError::UnknownFrame { name: name.to_owned(), help }
}

fn write_frame(frame: &DataFrame, path: &Path) -> Result<(), KernelError> {
    let mut frame = frame.clone();
    let mut file = BufWriter::with_capacity(1 << 20, create(path)?);
    IpcWriter::new(&mut file).with_compression(None).finish(&mut frame)?;
    file.flush().map_err(|error| KernelError::io("write to", path, error))
}

fn temporary_in(place: &Path, name: &str) -> Result<PathBuf, KernelError> {
    make_private(place)?;
    Ok(place.join(format!("{name}.{}.tmp", uuid::Uuid::new_v4().simple())))
}

fn create(path: &Path) -> Result<File, KernelError> {
    File::create(path).map_err(|error| KernelError::io("create", path, error))
}

fn is_full(error: &KernelError) -> bool {
    let full = |error: &io::Error| {
        matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
    };
    match error {
        KernelError::Io { source, .. } => full(source),
        KernelError::Polars(polars::error::PolarsError::IO { error, .. }) => full(error),
        KernelError::Polars(error) => error.to_string().contains("No space left"),
        _ => false,
    }
}

/// Renames, or copies where the two paths are on different disks.
fn move_file(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            fs::copy(from, to).inspect_err(|_| {
                let _ = fs::remove_file(to);
            })?;
            fs::remove_file(from)
        }
        other => other,
    }
}

/// Makes a folder that only this user can read.
fn make_private(folder: &Path) -> Result<(), KernelError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| KernelError::io("create", folder, error))
}

#[cfg(test)]
mod tests;
