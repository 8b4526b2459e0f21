//! Named connections: a file of the user's says which warehouses there are, and never how to get in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};
use url::Url;

use crate::AgentsError;

/// Words in a key that tell of a secret.
const SECRETS: &[&str] = &["key", "pass", "passcode", "passphrase", "passwd", "password", "pwd", "secret", "token"];

/// The connections of a `connections.toml`:
///
/// ```toml
/// [retail]
/// url = "duckdb:retail.duckdb"
///
/// [sales]
/// url = "snowflake://anna@org-account/sales/public?warehouse=small"
/// private_key_file_env = "SALES_KEY_FILE"
/// ```
///
/// Keys that end in `_env` name environment variables. A secret in the file is refused.
///
/// ```
/// use synthbook_agents::warehouse::Connections;
/// let text = "[retail]\nurl = \"duckdb:retail.duckdb\"\n[sales]\nurl = \"snowflake://a/b\"\ntoken_env = \"SALES_TOKEN\"";
/// let connections = Connections::parse(text, "connections.toml".as_ref())?;
/// assert_eq!(connections.names(), ["retail", "sales"]);
/// assert_eq!(connections.url("sales")?, "snowflake://a/b?token_env=SALES_TOKEN");
/// # Ok::<(), synthbook_agents::AgentsError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connections {
    path: PathBuf,
    urls: BTreeMap<String, String>,
}

impl Connections {
    /// Reads the file; none at all is no connections.
    ///
    /// # Errors
    /// [`AgentsError::ConnectionsFile`], [`AgentsError::SecretInFile`].
    pub fn read(path: &Path) -> Result<Self, AgentsError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, path),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Ok(Self { path: path.to_owned(), urls: BTreeMap::new() })
            }
            Err(error) => Err(wrong(path, error.to_string(), None)),
        }
    }

    /// Reads the text of such a file; `path` is for messages.
    ///
    /// # Errors
    /// [`AgentsError::ConnectionsFile`], [`AgentsError::SecretInFile`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, AgentsError> {
        // The parser's message quotes the line, which may hold a secret.
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map(|span| text.get(..span.start).unwrap_or(text).matches('\n').count() + 1);
            let at = line.map_or_else(String::new, |line| format!(", line {line}"));
            wrong(path, format!("it is no TOML{at}"), Some("A connection is [name] and below it url = \"…\"."))
        })?;
        let mut urls = BTreeMap::new();
        for (name, value) in &table {
            let Value::Table(entry) = value else {
                return Err(wrong(
                    path,
                    format!("{name} is not in a section"),
                    Some("A connection is [name] and below it url = \"…\"."),
                ));
            };
            urls.insert(name.clone(), url_of(name, entry, path)?);
        }
        Ok(Self { path: path.to_owned(), urls })
    }

    /// The names, in order.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.urls.keys().map(String::as_str).collect()
    }

    /// The URL of a connection, which names environment variables and holds no secret.
    ///
    /// # Errors
    /// [`AgentsError::ConnectionUnknown`].
    pub fn url(&self, name: &str) -> Result<&str, AgentsError> {
        self.urls.get(name).map(String::as_str).ok_or_else(|| {
            let path = self.path.display();
            let help = if self.urls.is_empty() {
                format!("There are none: {path} may hold [{name}] with url = \"…\".")
            } else {
                format!("There are {} in {path}.", self.names().join(", "))
            };
            AgentsError::ConnectionUnknown { name: name.to_owned(), help: Some(help) }
        })
    }
}

/// The URL of an entry, with the names of its environment variables after the question mark.
fn url_of(name: &str, entry: &Table, path: &Path) -> Result<String, AgentsError> {
    let secret =
        |key: &str| AgentsError::SecretInFile { place: path.display().to_string(), key: format!("{name}.{key}") };
    let mut url = None;
    let mut variables = Vec::new();
    for (key, value) in entry {
        let Value::String(text) = value else {
            return Err(wrong(path, format!("{name}.{key} is no text"), None));
        };
        if key == "url" {
            if let Some(held) = secret_in_url(text) {
                return Err(secret(&held));
            }
            url = Some(text.as_str());
        } else if key.ends_with("_env") {
            let sound = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            if text.is_empty() || text.starts_with(|first: char| first.is_ascii_digit()) || !text.chars().all(sound) {
                // What stands there may be the secret itself.
                return Err(secret(key));
            }
            variables.push(format!("{key}={text}"));
        } else if is_secret(key) {
            return Err(secret(key));
        } else {
            let help = "A connection has a url, and keys that end in _env and name environment variables.";
            return Err(wrong(path, format!("{name}.{key} is no setting of a connection"), Some(help)));
        }
    }
    let url =
        url.ok_or_else(|| wrong(path, format!("{name} has no url"), Some("Add url = \"duckdb:FILE\" below it.")))?;
    if variables.is_empty() {
        return Ok(url.to_owned());
    }
    if url.starts_with("duckdb:") {
        return Err(wrong(path, format!("{name} needs no environment: a DuckDB file has no login"), None));
    }
    let joint = if url.contains('?') { '&' } else { '?' };
    Ok(format!("{url}{joint}{}", variables.join("&")))
}

/// What in a URL is a secret, if anything.
pub(super) fn secret_in_url(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    if url.password().is_some() {
        return Some("url, the password before the @".to_owned());
    }
    let held = url.query_pairs().map(|(key, _)| key.into_owned()).find(|key| !key.ends_with("_env") && is_secret(key));
    held.map(|key| format!("url, {key}"))
}

fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.split(['_', '-', '.']).any(|word| SECRETS.binary_search(&word).is_ok())
}

fn wrong(path: &Path, what: String, help: Option<&str>) -> AgentsError {
    AgentsError::ConnectionsFile { path: path.to_owned(), what, help: help.map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails(text: &str) -> AgentsError {
        Connections::parse(text, Path::new("connections.toml")).err().unwrap_or_else(|| panic!("{text} was read"))
    }

    #[test]
    fn secrets_are_refused_and_not_repeated() {
        assert!(SECRETS.is_sorted());
        for text in [
            "[a]\nurl = \"snowflake://anna:hush@account\"",
            "[a]\nurl = \"snowflake://account?token=hush\"",
            "[a]\nurl = \"snowflake://account\"\npassword = \"hush\"",
            "[a]\nurl = \"snowflake://account\"\nPRIVATE_KEY = \"hush\"",
            "[a]\nurl = \"snowflake://account\"\ntoken_env = \"hush-hush/==\"",
        ] {
            let error = fails(text);
            assert!(matches!(error, AgentsError::SecretInFile { .. }), "{text}: {error:?}");
            assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
        }
        let broken = fails("[a]\nurl = \"x\"\npassword = hush");
        assert!(matches!(&broken, AgentsError::ConnectionsFile { what, .. } if what.ends_with("line 3")), "{broken:?}");
        assert!(!format!("{broken:?}").contains("hush"));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, said) in [
            ("url = \"duckdb:x\"", "not in a section"),
            ("[a]", "has no url"),
            ("[a]\nurl = 5", "is no text"),
            ("[a]\nurl = \"duckdb:x\"\ncolour = \"red\"", "no setting"),
            ("[a]\nurl = \"duckdb:x\"\ntoken_env = \"T\"", "needs no environment"),
        ] {
            assert!(fails(text).to_string().contains(said), "{text}: {}", fails(text));
        }
        let none = Connections::read(Path::new("no such folder/connections.toml")).unwrap();
        assert!(matches!(none.url("a"), Err(AgentsError::ConnectionUnknown { .. })));
    }
}
