//! Where connections lead: addresses as people write them, names of the configuration file, and opening both.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use synthbook_agents::warehouse::{Access, Connections, DuckDb, FrameSource, OpenOptions, Warehouse, open as open_url};

use crate::config;
use crate::error::KernelError;
use crate::session::{Paths, WAREHOUSE};

/// What stands for the database in memory.
const MEMORY: &str = "duckdb::memory:";

/// Where a connection leads.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// Its address; it names no secret, but a person may have typed one into it.
    url: String,
    /// Whether its data may be changed.
    pub(crate) write: bool,
    /// Its file, where it is one.
    pub(crate) file: Option<PathBuf>,
}

impl Place {
    /// An empty database in memory.
    pub(crate) fn in_memory() -> Self {
        Self { url: MEMORY.to_owned(), write: true, file: None }
    }

    fn of_file(file: PathBuf, write: bool) -> Self {
        Self { url: format!("duckdb:{}", file.display()), write, file: Some(file) }
    }

    /// The same for changes too.
    pub(crate) fn for_changes(self) -> Self {
        Self { write: true, ..self }
    }

    fn is_memory(&self) -> bool {
        self.url == MEMORY
    }

    /// The address as it may be shown: without a password, and of its settings only those that are no secret.
    pub(crate) fn address(&self) -> String {
        if let Some(file) = &self.file {
            return format!("duckdb:{}", crate::session::with_tilde(file));
        }
        let Some((scheme, rest)) = self.url.split_once("://") else { return self.url.clone() };
        let (path, settings) = rest.split_once('?').unwrap_or((rest, ""));
        let path = match path.split_once('@') {
            Some((user, host)) => format!("{}@{host}", user.split(':').next().unwrap_or_default()),
            None => path.to_owned(),
        };
        let known: Vec<&str> = settings
            .split('&')
            .filter(|setting| ["warehouse=", "role=", "host=", "port="].iter().any(|key| setting.starts_with(key)))
            .collect();
        let mark = if known.is_empty() { "" } else { "?" };
        format!("{scheme}://{path}{mark}{}", known.join("&"))
    }

    /// The file of what the data are expected to be like: beside the database file, else in the data folder.
    pub(crate) fn expectations(&self, name: &str, paths: &Paths) -> PathBuf {
        match &self.file {
            Some(file) => file.with_extension("expectations.toml"),
            None => paths.data.join("expectations").join(format!("{}.toml", crate::frames::name_from(name))),
        }
    }
}

impl std::fmt::Debug for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Place")
            .field("address", &self.address())
            .field("write", &self.write)
            .finish_non_exhaustive()
    }
}

/// The place of an address: `duckdb:FILE`, `duckdb:` (the default warehouse), `duckdb::memory:`, `snowflake://…`, or the
/// path of a DuckDB file. `resolve` makes a path absolute.
pub(crate) fn place(url: &str, write: bool, paths: &Paths, resolve: impl Fn(&str) -> PathBuf) -> Place {
    let url = url.trim();
    let rest = url.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("duckdb:")).map(|_| &url[7..]);
    match rest {
        Some(":memory:") => Place::in_memory(),
        Some("") => Place::of_file(paths.warehouse(), write),
        Some(file) => Place::of_file(resolve(file.strip_prefix("//").unwrap_or(file)), write),
        None if is_path(url) => Place::of_file(resolve(url), write),
        None => Place { url: url.to_owned(), write, file: None },
    }
}

/// Whether an address is a path: no scheme, or that of a drive.
fn is_path(url: &str) -> bool {
    !url.is_empty() && url.split_once(':').is_none_or(|(before, _)| before.chars().count() == 1)
}

/// The place behind a name that everybody knows or the configuration file names; none when there is no such name.
///
/// # Errors
/// A configuration file that can't be read.
pub(crate) fn named(name: &str, paths: &Paths) -> Result<Option<Place>, KernelError> {
    if name == WAREHOUSE {
        return Ok(Some(Place::of_file(paths.warehouse(), false)));
    }
    Ok(all_named(paths)?.into_iter().find(|(known, _)| known == name).map(|(_, place)| place))
}

/// The default warehouse, where it is loaded, and the connections of the configuration file.
///
/// # Errors
/// A configuration file that can't be read.
pub(crate) fn all_named(paths: &Paths) -> Result<Vec<(String, Place)>, KernelError> {
    let connections = Connections::read(&paths.connections()).map_err(KernelError::foreign)?;
    let mut all = Vec::new();
    if paths.warehouse().is_file() {
        all.push((WAREHOUSE.to_owned(), Place::of_file(paths.warehouse(), false)));
    }
    for name in connections.names() {
        let url = connections.url(name).map_err(KernelError::foreign)?;
        // What the file says of paths counts from the folder that it is in.
        let at = |path: &str| crate::session::from_home(path).unwrap_or_else(|| paths.config.join(path));
        all.push((name.to_owned(), place(url, false, paths, at)));
    }
    Ok(all)
}

/// The place that the command line names: a known name, an address, or a file.
///
/// # Errors
/// As [`named`].
pub(crate) fn named_or_place(text: &str, write: bool, paths: &Paths) -> Result<Place, KernelError> {
    let looks_like_a_name = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    if looks_like_a_name
        && !Path::new(text).is_file()
        && let Some(known) = named(text, paths)?
    {
        return Ok(Place { write, ..known });
    }
    let here = |path: &str| std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
    Ok(place(text, write, paths, |path| crate::session::from_home(path).unwrap_or_else(|| here(path))))
}

/// Opens a place for a person. On a DuckDB the frames of `frames` are tables too.
///
/// # Errors
/// What the warehouse says.
pub(crate) fn open(
    place: &Place,
    paths: &Paths,
    frames: Option<Arc<dyn FrameSource>>,
) -> Result<Arc<dyn Warehouse>, KernelError> {
    let duck = match &place.file {
        Some(file) => DuckDb::open_for(file, if place.write { Access::Write } else { Access::Read }),
        None if place.is_memory() => DuckDb::in_memory(),
        None => return open_url(&place.url, &options(place, false, paths)).map_err(KernelError::foreign),
    };
    let duck = duck.map_err(KernelError::foreign)?;
    if let Some(frames) = frames {
        duck.set_frames(frames);
    }
    Ok(Arc::new(duck))
}

/// Opens a place for what is not typed by a person: the engine itself refuses files and changes.
///
/// # Errors
/// What the warehouse says.
pub(crate) fn open_for_agents(place: &Place, paths: &Paths) -> Result<Arc<dyn Warehouse>, KernelError> {
    let url = if place.url == "duckdb:" { MEMORY } else { &place.url };
    open_url(url, &options(place, true, paths)).map_err(KernelError::foreign)
}

fn options(place: &Place, agent: bool, paths: &Paths) -> OpenOptions {
    OpenOptions {
        write: place.write && !agent,
        agent,
        default_file: Some(paths.warehouse()),
        environment: Arc::new(config::text),
        ..OpenOptions::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths() -> Paths {
        Paths { data: "/data".into(), runtime: "/run".into(), config: "/config".into() }
    }

    #[test]
    fn addresses_as_people_write_them() {
        let at = |url: &str| place(url, false, &paths(), |path| Path::new("/here").join(path)).file;
        assert_eq!(at("duckdb:"), Some("/data/warehouse.duckdb".into()));
        assert_eq!(at("duckdb:shop.duckdb"), Some("/here/shop.duckdb".into()));
        assert_eq!(at("DuckDB:///x/shop.duckdb"), Some("/x/shop.duckdb".into()));
        assert_eq!(at("shop.duckdb"), Some("/here/shop.duckdb".into()));
        assert_eq!(at("duckdb::memory:"), None);
        assert_eq!(at("snowflake://a/b"), None);
        assert_eq!(at("nothing:there"), None);
        assert!(place("duckdb::memory:", false, &paths(), |path| PathBuf::from(path)).is_memory());
    }

    #[test]
    fn no_secret_is_shown() {
        let url = "snowflake://me:hush@acme/SALES?warehouse=W&token=hush&role=R&token_env=X";
        let place = place(url, false, &paths(), |path| PathBuf::from(path));
        assert_eq!(place.address(), "snowflake://me@acme/SALES?warehouse=W&role=R");
        assert!(!format!("{place:?}").contains("hush"));
    }

    #[test]
    fn expectations_lie_beside_the_database() {
        let file = Place::of_file("/x/shop.duckdb".into(), false);
        assert_eq!(file.expectations("shop", &paths()), Path::new("/x/shop.expectations.toml"));
        assert_eq!(Place::in_memory().expectations("a b", &paths()), Path::new("/data/expectations/a_b.toml"));
    }
}
