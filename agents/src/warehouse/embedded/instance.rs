//! Open databases of this process: one instance of DuckDB for a file and a way of opening it, shared by all its handles.
//!
//! DuckDB guards a file by a lock that belongs to the process: two instances on one file would not see each other, and
//! the first one to close would take the other's lock along. So a file's instances are counted here and closed together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use duckdb::Connection;

use super::{Access, Settings, connect, lock};
use crate::AgentsError;

/// The files that are open, by their real path.
static OPEN: Mutex<BTreeMap<PathBuf, Entry>> = Mutex::new(BTreeMap::new());

/// One DuckDB.
pub(super) struct Instance {
    root: Mutex<Connection>,
    /// The attached file's database, where it is not the instance's own.
    pub(super) database: Option<String>,
    /// Whether its settings can't be changed any more.
    pub(super) locked: bool,
    handles: AtomicU64,
}

impl Instance {
    fn open(path: Option<&Path>, access: Access, settings: &Settings) -> Result<Arc<Self>, AgentsError> {
        let (root, database) = connect::open(path, access, settings)?;
        let locked = access == Access::Agent && path.is_some();
        Ok(Arc::new(Self { root: Mutex::new(root), database, locked, handles: AtomicU64::new(0) }))
    }

    /// Another connection to it.
    pub(super) fn connection(&self) -> Result<Connection, duckdb::Error> {
        lock(&self.root).try_clone()
    }

    /// Numbers its handles, from 1.
    pub(super) fn next(&self) -> u64 {
        self.handles.fetch_add(1, Ordering::Relaxed) + 1
    }
}

struct Entry {
    handles: usize,
    writing: bool,
    instances: Vec<(Access, Arc<Instance>)>,
}

impl Entry {
    /// The instance for a way of opening the file; whoever writes shares with all.
    fn instance(&mut self, path: &Path, access: Access, settings: &Settings) -> Result<Arc<Instance>, AgentsError> {
        let found = self.instances.iter().find(|(known, _)| self.writing || *known == access);
        if let Some((_, instance)) = found {
            return Ok(Arc::clone(instance));
        }
        let instance = Instance::open(Some(path), access, settings)?;
        self.instances.push((access, Arc::clone(&instance)));
        Ok(instance)
    }
}

/// Keeps a file's instances open; to be dropped after everything else that uses them.
pub(super) struct Lease(PathBuf);

impl Drop for Lease {
    fn drop(&mut self) {
        let mut open = lock(&OPEN);
        if let Some(entry) = open.get_mut(&self.0) {
            entry.handles -= 1;
            if entry.handles == 0 {
                // Closed before the registry is free again, so that nobody opens the file in between.
                open.remove(&self.0);
            }
        }
    }
}

/// An instance in memory, or the one that has the file open in this process.
pub(super) fn open(
    path: Option<&Path>,
    access: Access,
    settings: &Settings,
) -> Result<(Arc<Instance>, Option<Lease>), AgentsError> {
    let Some(path) = path else { return Ok((Instance::open(None, Access::Write, settings)?, None)) };
    let real = real_path(path, access)?;
    let mut open = lock(&OPEN);
    let instance = if let Some(entry) = open.get_mut(&real) {
        if access == Access::Write && !entry.writing {
            return Err(AgentsError::DatabaseInUse { path: path.to_owned() });
        }
        let instance = entry.instance(&real, access, settings)?;
        entry.handles += 1;
        instance
    } else {
        let instance = Instance::open(Some(&real), access, settings)?;
        let instances = vec![(access, Arc::clone(&instance))];
        open.insert(real.clone(), Entry { handles: 1, writing: access == Access::Write, instances });
        instance
    };
    Ok((instance, Some(Lease(real))))
}

/// The path without links and dots. A file that is to be made has that of its folder.
fn real_path(path: &Path, access: Access) -> Result<PathBuf, AgentsError> {
    if let Ok(real) = path.canonicalize() {
        return Ok(real);
    }
    if access != Access::Write {
        let help = "Nothing is made when reading. To make a database, connect with --write.";
        return Err(AgentsError::DatabaseMissing { path: path.to_owned(), help: Some(help.to_owned()) });
    }
    let name = path
        .file_name()
        .ok_or_else(|| AgentsError::DatabaseOpen { path: path.to_owned(), reason: "it names no file".to_owned() })?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let folder = folder.canonicalize().map_err(|_| AgentsError::DatabaseMissing {
        path: path.to_owned(),
        help: Some("The folder is not there either; make it first.".to_owned()),
    })?;
    Ok(folder.join(name))
}
