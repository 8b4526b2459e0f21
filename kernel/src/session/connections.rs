//! The connections of a session: its own database, the default warehouse, those of the configuration file, and those
//! that `%connect` named.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use synthbook_agents::warehouse::{Guard, Warehouse};

use super::{Session, lock};
use crate::error::KernelError;
use crate::magic::suggest;
use crate::warehouses::{self, Place};

/// The session's own database, in which every frame is a table.
pub const SESSION: &str = "session";
/// The warehouse file in the user's data folder.
pub const WAREHOUSE: &str = "warehouse";

/// An open connection.
#[derive(Clone)]
pub struct Connection {
    /// Its name in the session.
    pub name: String,
    /// Its address, without anything secret.
    pub address: String,
    /// Whether its data may be changed.
    pub write: bool,
    /// What answers.
    pub warehouse: Arc<dyn Warehouse>,
}

impl Connection {
    /// What a person may do on it.
    #[must_use]
    pub fn guard(&self) -> Guard {
        if self.write { Guard::write() } else { Guard::read(self.warehouse.dialect()) }
    }

    /// Whether it is the session's own database.
    #[must_use]
    pub fn is_session(&self) -> bool {
        self.name == SESSION
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Connection")
            .field("name", &self.name)
            .field("write", &self.write)
            .finish_non_exhaustive()
    }
}

/// A connection as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionInfo {
    /// Its name.
    pub name: String,
    /// Its address, without anything secret.
    pub address: String,
    /// Whether its data may be changed.
    pub write: bool,
    /// Whether it is open.
    pub open: bool,
    /// Whether `%%sql` asks it when none is named.
    pub current: bool,
}

/// What a session knows of its connections.
#[derive(Default)]
pub(super) struct Connections {
    known: BTreeMap<String, Known>,
    current: Option<String>,
}

struct Known {
    place: Place,
    open: Option<Arc<dyn Warehouse>>,
}

impl Known {
    fn connection(&self, name: &str) -> Option<Connection> {
        self.open.as_ref().map(|warehouse| Connection {
            name: name.to_owned(),
            address: self.place.address(),
            write: self.place.write,
            warehouse: Arc::clone(warehouse),
        })
    }
}

impl Session {
    /// Opens a place under a name, and asks it from now on. A connection that has the name is closed.
    ///
    /// # Errors
    /// `sql::connection_name`, and what opening it fails with.
    pub fn connect(&self, name: &str, url: &str, write: bool) -> Result<Connection, KernelError> {
        check_name(name)?;
        let place = warehouses::place(url, write, self.paths(), |path| self.resolve(path));
        self.close_connection_quietly(name);
        let connection = self.open_place(name, place)?;
        lock(&self.connections).current = Some(name.to_owned());
        Ok(connection)
    }

    /// The connection of a name, opened when it is not; without a name the current one.
    ///
    /// # Errors
    /// `sql::unknown_connection`, and what opening it fails with.
    pub fn connection(&self, name: Option<&str>) -> Result<Connection, KernelError> {
        let name = name.map_or_else(|| self.current_connection(), str::to_owned);
        if name == SESSION {
            let warehouse: Arc<dyn Warehouse> = self.database()?;
            return Ok(Connection { name, address: "the session's own".to_owned(), write: true, warehouse });
        }
        let open = lock(&self.connections).known.get(&name).and_then(|known| known.connection(&name));
        match open {
            Some(open) => Ok(open),
            None => self.open_place(&name, self.place_of(&name)?),
        }
    }

    /// The connection of a name if it is open: completion never opens one.
    #[must_use]
    pub fn open_connection(&self, name: Option<&str>) -> Option<Connection> {
        let name = name.map_or_else(|| self.current_connection(), str::to_owned);
        if name == SESSION {
            let warehouse: Arc<dyn Warehouse> = self.open_database()?;
            return Some(Connection { name, address: String::new(), write: true, warehouse });
        }
        lock(&self.connections).known.get(&name).and_then(|known| known.connection(&name))
    }

    /// Where a connection leads, without opening it; the session's own is a database in memory.
    ///
    /// # Errors
    /// `sql::unknown_connection`, and a configuration that can't be read.
    pub fn place_of(&self, name: &str) -> Result<Place, KernelError> {
        if name == SESSION {
            return Ok(Place::in_memory());
        }
        if let Some(known) = lock(&self.connections).known.get(name) {
            return Ok(known.place.clone());
        }
        warehouses::named(name, self.paths())?.ok_or_else(|| self.unknown_connection(name))
    }

    /// The name of the connection that is asked when none is named.
    #[must_use]
    pub fn current_connection(&self) -> String {
        lock(&self.connections).current.clone().unwrap_or_else(|| SESSION.to_owned())
    }

    /// Whether the user has chosen a connection, be it the session's own.
    #[must_use]
    pub fn has_chosen_connection(&self) -> bool {
        lock(&self.connections).current.is_some()
    }

    /// Asks another connection from now on, opened when it is not.
    ///
    /// # Errors
    /// As [`Session::connection`].
    pub fn use_connection(&self, name: &str) -> Result<Connection, KernelError> {
        let connection = self.connection(Some(name))?;
        lock(&self.connections).current = Some(name.to_owned());
        Ok(connection)
    }

    /// Closes a connection and forgets it; the session's own database is asked when it was the current one.
    ///
    /// # Errors
    /// `sql::unknown_connection`, `sql::connection_name` for the session's own.
    pub fn close_connection(&self, name: &str) -> Result<(), KernelError> {
        if name == SESSION {
            let help = "it ends with the kernel; %reset empties it".to_owned();
            return Err(KernelError::ConnectionName { name: name.to_owned(), help });
        }
        if self.close_connection_quietly(name) { Ok(()) } else { Err(self.unknown_connection(name)) }
    }

    /// Every connection that can be named, the session's own first.
    #[must_use]
    pub fn connections(&self) -> Vec<ConnectionInfo> {
        let current = self.current_connection();
        let is_current = |name: &str| name == current;
        let mut all = BTreeMap::new();
        // A configuration that can't be read is told when one of its connections is asked for.
        let configured = warehouses::all_named(self.paths()).unwrap_or_default();
        for (name, place) in configured {
            all.insert(name, (place, false));
        }
        for (name, known) in &lock(&self.connections).known {
            all.insert(name.clone(), (known.place.clone(), known.open.is_some()));
        }
        let own = ConnectionInfo {
            name: SESSION.to_owned(),
            address: "the session's own DuckDB, with every frame as a table".to_owned(),
            write: true,
            open: self.open_database().is_some(),
            current: is_current(SESSION),
        };
        let others = all.into_iter().map(|(name, (place, open))| ConnectionInfo {
            current: is_current(&name),
            address: place.address(),
            write: place.write,
            open,
            name,
        });
        std::iter::once(own).chain(others).collect()
    }

    /// Lets go of a database file while `work` runs, which may then write to it; it is opened again when asked.
    pub fn released<T>(&self, file: &Path, work: impl FnOnce() -> T) -> T {
        let file = canonical(file);
        let mut closing = Vec::new();
        for known in lock(&self.connections).known.values_mut() {
            if known.place.file.as_deref().is_some_and(|one| canonical(one) == file) {
                closing.extend(known.open.take());
            }
        }
        drop(closing);
        self.close_engines(Some(&file), None);
        work()
    }

    /// Stops the queries of every open connection.
    pub(super) fn cancel_connections(&self) {
        let open: Vec<Arc<dyn Warehouse>> =
            lock(&self.connections).known.values().filter_map(|known| known.open.clone()).collect();
        for warehouse in open {
            warehouse.cancel();
        }
    }

    /// Forgets every connection.
    pub(super) fn forget_connections(&self) {
        let connections = std::mem::take(&mut *lock(&self.connections));
        drop(connections);
    }

    fn open_place(&self, name: &str, place: Place) -> Result<Connection, KernelError> {
        let warehouse = warehouses::open(&place, self.paths(), Some(self.frame_source()))?;
        let known = Known { place, open: Some(Arc::clone(&warehouse)) };
        let connection =
            Connection { name: name.to_owned(), address: known.place.address(), write: known.place.write, warehouse };
        lock(&self.connections).known.insert(name.to_owned(), known);
        Ok(connection)
    }

    fn close_connection_quietly(&self, name: &str) -> bool {
        self.close_engines(None, Some(name));
        let mut connections = lock(&self.connections);
        let known = connections.known.remove(name);
        let was_current = connections.current.as_deref() == Some(name);
        if was_current {
            connections.current = None;
        }
        drop(connections);
        known.is_some() || was_current
    }

    fn unknown_connection(&self, name: &str) -> KernelError {
        let all = self.connections();
        let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
        let near = suggest::did_you_mean(name, &names, "connections");
        let help = format!("{near}; %connect {name} URL opens one, for example %connect {name} duckdb:sales.duckdb");
        KernelError::UnknownConnection { name: name.to_owned(), help }
    }
}

/// Checks that a name can be a connection's.
fn check_name(name: &str) -> Result<(), KernelError> {
    let word = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let help = match name {
        SESSION => "this is the session's own database: choose another name".to_owned(),
        _ if word => return Ok(()),
        _ => "a name begins with a letter or _ and goes on with letters, digits, _ and -: %connect NAME URL".to_owned(),
    };
    Err(KernelError::ConnectionName { name: name.to_owned(), help })
}

/// The file by the one name that the system knows it by, where it is there.
fn canonical(file: &Path) -> PathBuf {
    file.canonicalize().unwrap_or_else(|_| file.to_path_buf())
}
