//! Opens a warehouse by its URL: one line in the registry for each kind.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Access, DuckDb, Settings, Warehouse};
use crate::AgentsError;

/// Looks up an environment variable.
pub type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What a warehouse is opened for, and what the caller knows of the machine.
///
/// ```
/// use synthbook_agents::warehouse::{OpenOptions, open};
/// let duck = open("duckdb::memory:", &OpenOptions::default())?;
/// assert_eq!(duck.name(), "duckdb");
/// let unknown = open("oracle://sales", &OpenOptions::default()).err().map(|error| error.to_string());
/// assert_eq!(unknown.as_deref(), Some("There is no warehouse behind URLs like oracle:"));
/// # Ok::<(), synthbook_agents::AgentsError>(())
/// ```
#[derive(Clone)]
pub struct OpenOptions {
    /// Whether it may be changed; a file that is not there is made then.
    pub write: bool,
    /// Whether only agents ask it: the engine then refuses files, the network and settings too.
    pub agent: bool,
    /// The file behind `duckdb:`.
    pub default_file: Option<PathBuf>,
    /// Looks up an environment variable; the only place that secrets come from.
    pub environment: Environment,
    /// What DuckDB may use of the machine.
    pub settings: Settings,
}

impl OpenOptions {
    /// What it opens a file for.
    #[must_use]
    pub fn access(&self) -> Access {
        match (self.write, self.agent) {
            (true, _) => Access::Write,
            (false, true) => Access::Agent,
            (false, false) => Access::Read,
        }
    }
}

impl Default for OpenOptions {
    /// For reading by a person, with no default file and an empty environment.
    fn default() -> Self {
        Self {
            write: false,
            agent: false,
            default_file: None,
            environment: Arc::new(|_| None),
            settings: Settings::default(),
        }
    }
}

impl std::fmt::Debug for OpenOptions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The environment holds secrets.
        formatter
            .debug_struct("OpenOptions")
            .field("access", &self.access())
            .field("default_file", &self.default_file)
            .finish_non_exhaustive()
    }
}

type Opener = fn(&str, &OpenOptions) -> Result<Arc<dyn Warehouse>, AgentsError>;

/// A kind of warehouse.
struct Kind {
    /// What stands before the colon of its URLs.
    scheme: &'static str,
    /// How its URLs look.
    example: &'static str,
    open: Opener,
}

/// The warehouses there are, the default one first.
const KINDS: &[Kind] = &[
    Kind { scheme: "duckdb", example: "duckdb:FILE or duckdb::memory:", open: duckdb },
    Kind { scheme: "snowflake", example: "snowflake://account/database/schema", open: super::snowflake::open },
];

/// Endings of files that are taken for DuckDB's.
const ENDINGS: &[&str] = &["db", "ddb", "duckdb"];

/// Opens the warehouse of a URL: `duckdb:` (the default file), `duckdb:FILE`, `duckdb::memory:`, a path that ends in
/// `.duckdb`, `.ddb` or `.db`, or `snowflake://account/database/schema`.
///
/// # Errors
/// [`AgentsError::UrlScheme`], [`AgentsError::Url`], and what the warehouse says.
pub fn open(url: &str, options: &OpenOptions) -> Result<Arc<dyn Warehouse>, AgentsError> {
    let url = url.trim();
    if is_file(url) {
        return file(Path::new(url), options);
    }
    let Some((scheme, rest)) = url.split_once(':') else {
        return Err(AgentsError::Url { what: "it names no warehouse".to_owned(), help: Some(known()) });
    };
    match KINDS.iter().find(|kind| kind.scheme.eq_ignore_ascii_case(scheme)) {
        Some(kind) if kind.scheme == "duckdb" => (kind.open)(rest, options),
        Some(kind) => (kind.open)(url, options),
        None => {
            let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.');
            let scheme = scheme.chars().filter(|letter| plain(*letter)).take(20).collect();
            Err(AgentsError::UrlScheme { scheme, help: known() })
        }
    }
}

fn known() -> String {
    let examples: Vec<&str> = KINDS.iter().map(|kind| kind.example).collect();
    format!("Known are {}, and a path that ends in .duckdb or .db.", examples.join(", "))
}

/// Whether a text is the path of a DuckDB file rather than a URL.
fn is_file(text: &str) -> bool {
    let ending = Path::new(text).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    !text.contains("://")
        && !text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("duckdb:"))
        && ENDINGS.contains(&ending.to_ascii_lowercase().as_str())
}

/// What follows `duckdb:`.
fn duckdb(rest: &str, options: &OpenOptions) -> Result<Arc<dyn Warehouse>, AgentsError> {
    match rest {
        ":memory:" => {
            let duck = DuckDb::with_settings(None, Access::Write, &options.settings)?;
            Ok(Arc::new(duck))
        }
        "" => match &options.default_file {
            Some(path) => file(path, options),
            None => Err(AgentsError::Url {
                what: "duckdb: alone stands for a default file, and there is none".to_owned(),
                help: Some("Name a file: duckdb:FILE.".to_owned()),
            }),
        },
        path if path.contains('?') && !Path::new(path).exists() => Err(AgentsError::Url {
            what: "a DuckDB URL has no settings after a question mark".to_owned(),
            help: Some("Write duckdb:FILE.".to_owned()),
        }),
        path => file(Path::new(path.strip_prefix("//").unwrap_or(path)), options),
    }
}

fn file(path: &Path, options: &OpenOptions) -> Result<Arc<dyn Warehouse>, AgentsError> {
    let home = path
        .strip_prefix("~")
        .ok()
        .and_then(|rest| (options.environment)("HOME").map(|home| Path::new(&home).join(rest)));
    let path = home.as_deref().unwrap_or(path);
    Ok(Arc::new(DuckDb::with_settings(Some(path), options.access(), &options.settings)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails(url: &str) -> AgentsError {
        open(url, &OpenOptions::default()).err().unwrap_or_else(|| panic!("{url} opened"))
    }

    #[test]
    fn files_are_told_from_urls() {
        for file in ["a.duckdb", "/x/b.DB", "c d.ddb", "C:/x.duckdb"] {
            assert!(is_file(file), "{file}");
        }
        for url in ["duckdb:a.duckdb", "DUCKDB:x.db", "snowflake://a/b.db", "people.csv", ""] {
            assert!(!is_file(url), "{url}");
        }
    }

    #[test]
    fn a_file_is_opened_as_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.duckdb");
        let url = format!("duckdb:{}", path.display());
        assert!(matches!(fails(&url), AgentsError::DatabaseMissing { .. }));
        assert!(!path.exists());
        let write = OpenOptions { write: true, ..OpenOptions::default() };
        drop(open(&url, &write).unwrap());
        assert!(path.exists());
        let default = OpenOptions { default_file: Some(path.clone()), agent: true, ..OpenOptions::default() };
        assert!(open("duckdb:", &default).is_ok());
        let home = folder.path().to_str().unwrap().to_owned();
        let tilde = OpenOptions { environment: Arc::new(move |_| Some(home.clone())), ..OpenOptions::default() };
        assert!(open("~/a.duckdb", &tilde).is_ok());
    }

    #[test]
    fn what_is_no_warehouse_is_said() {
        assert!(matches!(fails("duckdb:"), AgentsError::Url { .. }));
        assert!(matches!(fails("sales"), AgentsError::Url { .. }));
        assert!(matches!(fails(""), AgentsError::Url { .. }));
        assert!(matches!(fails("duckdb:x?mode=rw"), AgentsError::Url { .. }));
        let AgentsError::UrlScheme { scheme, help } = fails("postgres://anna:secret@host") else { panic!() };
        assert_eq!(scheme, "postgres");
        assert!(help.contains("duckdb:FILE"), "{help}");
        let shown = format!(
            "{:?}",
            OpenOptions { environment: Arc::new(|_| Some("hush".to_owned())), ..OpenOptions::default() }
        );
        assert!(!shown.contains("hush"), "{shown}");
    }
}
