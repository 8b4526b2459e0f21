//! Where a Snowflake is and who asks: the URL of a connection, and secrets from the environment.

use std::path::Path;
use std::time::Duration;

use secrecy::SecretString;
use url::{Host, Url};

use super::SnowflakeError;
use crate::AgentsError;

/// A connection to Snowflake, as its URL says.
///
/// ```
/// use synthbook_agents::warehouse::SnowflakeSettings;
/// let settings = SnowflakeSettings::from_url("snowflake://anna@org-account/sales/public?warehouse=small&role=reader")?;
/// assert_eq!(settings.endpoint(), "https://org-account.snowflakecomputing.com/");
/// assert!(SnowflakeSettings::from_url("snowflake://anna:secret@account").is_err());
/// # Ok::<(), synthbook_agents::AgentsError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnowflakeSettings {
    /// The account's identifier, `organization-account` or a locator with its region.
    pub account: String,
    /// The user; the environment's `SNOWFLAKE_USER` when the URL names none.
    pub user: Option<String>,
    /// The database that names are looked up in.
    pub database: Option<String>,
    /// The schema that names are looked up in.
    pub schema: Option<String>,
    /// The virtual warehouse that computes.
    pub warehouse: Option<String>,
    /// The role that asks.
    pub role: Option<String>,
    /// The session's time zone.
    pub timezone: String,
    /// The most time that Snowflake gives a statement, whatever a request says.
    pub timeout: Duration,
    /// How often a request that failed in passing is sent again.
    pub retries: u32,
    /// Whether the session is kept open while nothing is asked.
    pub keep_alive: bool,
    endpoint: Url,
    names: Names,
}

/// Names of environment variables that hold what must not stand in a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Names {
    user: String,
    key: String,
    key_file: String,
    token: String,
    password: String,
}

/// What Snowflake lets in. The secrets are wiped when they are dropped, and never printed.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// An RSA key in PKCS#8 PEM, not encrypted.
    KeyPair(SecretString),
    /// A programmatic access token.
    Token(SecretString),
    /// A password, which Snowflake takes from ever fewer users.
    Password(SecretString),
}

impl SnowflakeSettings {
    /// Reads `snowflake://[user@]account/[database[/schema]][?key=value&…]`.
    ///
    /// Keys: `warehouse`, `role`, `timezone`, `timeout` (seconds), `retries`, `keep_alive`; `host`, `protocol` and
    /// `port` for private links and stand-ins; `user_env`, `private_key_env`, `private_key_file_env`, `token_env` and
    /// `password_env` name environment variables in place of `SNOWFLAKE_USER`, `SNOWFLAKE_PRIVATE_KEY`,
    /// `SNOWFLAKE_PRIVATE_KEY_FILE`, `SNOWFLAKE_TOKEN` and `SNOWFLAKE_PASSWORD`.
    ///
    /// # Errors
    /// [`SnowflakeError::Url`].
    pub fn from_url(text: &str) -> Result<Self, AgentsError> {
        // The text may hold a password, so no error repeats it.
        let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
        if url.scheme() != "snowflake" {
            return Err(wrong("it does not begin with snowflake://"));
        }
        if url.password().is_some() {
            return Err(wrong("it holds a password, which would be kept in notebooks and logs"));
        }
        let account = url.host_str().map(decoded).transpose()?.unwrap_or_default();
        let account = account.split(".snowflakecomputing.").next().unwrap_or_default().to_owned();
        let sound = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
        if account.is_empty() || account.starts_with('.') || !account.chars().all(sound) {
            return Err(wrong("it names no account"));
        }
        if url.port().is_some() {
            return Err(wrong("a port goes into ?port="));
        }
        let parts: Vec<String> = url
            .path_segments()
            .map(|parts| parts.filter(|part| !part.is_empty()).map(decoded).collect::<Result<_, _>>())
            .transpose()?
            .unwrap_or_default();
        if parts.len() > 2 {
            return Err(wrong("after the account come a database and a schema, and nothing more"));
        }
        let user = Some(decoded(url.username())?).filter(|user| !user.is_empty());
        let mut settings = Self {
            endpoint: Url::parse("https://localhost/").map_err(|error| wrong(&error.to_string()))?,
            user,
            database: parts.first().cloned(),
            schema: parts.get(1).cloned(),
            warehouse: None,
            role: None,
            timezone: "UTC".to_owned(),
            timeout: Duration::from_hours(1),
            retries: 5,
            keep_alive: false,
            names: Names::default(),
            account,
        };
        let mut place = Place::default();
        for (key, value) in url.query_pairs() {
            settings.set(&key, value.into_owned(), &mut place)?;
        }
        settings.endpoint = place.url(&settings.account)?;
        Ok(settings)
    }

    /// The address that requests go to.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.endpoint.as_str()
    }

    pub(super) fn base(&self) -> &Url {
        &self.endpoint
    }

    /// Whether the server is on this machine, so that no proxy stands between.
    pub(super) fn is_near(&self) -> bool {
        is_loopback(&self.endpoint)
    }

    /// The user and what they log in with, from the environment that `lookup` reads: a private key, else a token, else
    /// a password.
    ///
    /// # Errors
    /// [`SnowflakeError::Credentials`]: nothing is set, or a key's file can't be read.
    pub fn credentials(&self, lookup: &dyn Fn(&str) -> Option<String>) -> Result<(String, Credentials), AgentsError> {
        let get = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
        let missing = |what: String| AgentsError::from(SnowflakeError::Credentials { what });
        let names = &self.names;
        let user = self.user.clone().or_else(|| get(&names.user));
        let user = user.ok_or_else(|| missing(format!("no user in the URL, nor in {}", names.user)))?;
        if let Some(key) = get(&names.key) {
            return Ok((user, Credentials::KeyPair(key.into())));
        }
        if let Some(file) = get(&names.key_file) {
            let key = std::fs::read_to_string(Path::new(&file))
                .map_err(|error| missing(format!("{} names a file that can't be read ({error})", names.key_file)))?;
            return Ok((user, Credentials::KeyPair(key.into())));
        }
        if let Some(token) = get(&names.token) {
            return Ok((user, Credentials::Token(token.into())));
        }
        match get(&names.password) {
            Some(password) => Ok((user, Credentials::Password(password.into()))),
            None => Err(missing(format!("neither {} nor {} nor {} is set", names.key_file, names.key, names.token))),
        }
    }

    fn set(&mut self, key: &str, value: String, place: &mut Place) -> Result<(), AgentsError> {
        let number = |value: &str| value.parse::<u32>().map_err(|_| wrong(&format!("{key} is no whole number")));
        match key {
            "warehouse" => self.warehouse = Some(value),
            "role" => self.role = Some(value),
            "timezone" => self.timezone = value,
            "timeout" => self.timeout = Duration::from_secs(u64::from(number(&value)?.max(1))),
            "retries" => self.retries = number(&value)?.min(20),
            "keep_alive" => {
                self.keep_alive = value.parse().map_err(|_| wrong("keep_alive is neither true nor false"))?;
            }
            "host" => place.host = Some(value),
            "protocol" => place.protocol = Some(value),
            "port" => place.port = Some(value.parse().map_err(|_| wrong("port is no port"))?),
            "user_env" => self.names.user = value,
            "private_key_env" => self.names.key = value,
            "private_key_file_env" => self.names.key_file = value,
            "token_env" => self.names.token = value,
            "password_env" => self.names.password = value,
            "password" | "token" | "private_key" | "passcode" => {
                return Err(wrong(&format!("it holds a {key}, which would be kept in notebooks and logs")));
            }
            _ => return Err(wrong(&format!("there is no setting {key}"))),
        }
        Ok(())
    }
}

impl Default for Names {
    fn default() -> Self {
        let name = |tail: &str| format!("SNOWFLAKE_{tail}");
        Self {
            user: name("USER"),
            key: name("PRIVATE_KEY"),
            key_file: name("PRIVATE_KEY_FILE"),
            token: name("TOKEN"),
            password: name("PASSWORD"),
        }
    }
}

/// Where the server is, when the account's name does not say.
#[derive(Default)]
struct Place {
    host: Option<String>,
    protocol: Option<String>,
    port: Option<u16>,
}

impl Place {
    fn url(self, account: &str) -> Result<Url, AgentsError> {
        // Certificates have no underscores; accounts in China have a domain of their own.
        let host = self.host.unwrap_or_else(|| {
            let account = account.to_lowercase().replace('_', "-");
            let top = if account.contains(".cn-") { "cn" } else { "com" };
            format!("{account}.snowflakecomputing.{top}")
        });
        let protocol = self.protocol.as_deref().unwrap_or("https");
        if !matches!(protocol, "http" | "https") {
            return Err(wrong("the protocol is neither https nor http"));
        }
        let mut url =
            Url::parse(&format!("{protocol}://{host}/")).map_err(|error| wrong(&format!("the host: {error}")))?;
        if url.path() != "/" || !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
            return Err(wrong("the host is more than a host"));
        }
        if self.port.is_some() && url.set_port(self.port).is_err() {
            return Err(wrong("the host takes no port"));
        }
        let local = url.host_str().is_some_and(|host| !host.contains('.'));
        if protocol == "http" && !local && !is_loopback(&url) {
            return Err(wrong("http would send the login in the clear; it is only for a stand-in on this machine"));
        }
        Ok(url)
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn wrong(what: &str) -> AgentsError {
    SnowflakeError::Url { what: what.to_owned() }.into()
}

/// A part of a URL without its percent signs.
fn decoded(text: &str) -> Result<String, AgentsError> {
    let pair = |at: usize| text.get(at + 1..at + 3).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let (mut bytes, mut at) = (Vec::with_capacity(text.len()), 0);
    while let Some(&byte) = text.as_bytes().get(at) {
        if let (b'%', Some(value)) = (byte, pair(at)) {
            bytes.push(value);
            at += 3;
        } else {
            bytes.push(byte);
            at += 1;
        }
    }
    String::from_utf8(bytes).map_err(|_| wrong("a part of it is no text"))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn from(text: &str) -> SnowflakeSettings {
        SnowflakeSettings::from_url(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn urls_are_read() {
        let settings =
            from("snowflake://anna%40work@my_org-acc.eu-west-1/Sales/Raw%20data?warehouse=w&role=r&timeout=5");
        assert_eq!(settings.user.as_deref(), Some("anna@work"));
        assert_eq!(settings.endpoint(), "https://my-org-acc.eu-west-1.snowflakecomputing.com/");
        assert_eq!(settings.schema.as_deref(), Some("Raw data"));
        assert_eq!(settings.timeout, Duration::from_secs(5));
        let private = from("snowflake://a?host=x.privatelink.snowflakecomputing.com");
        assert_eq!(private.endpoint(), "https://x.privatelink.snowflakecomputing.com/");
        assert_eq!(from("snowflake://a?host=127.0.0.1&protocol=http&port=8085").endpoint(), "http://127.0.0.1:8085/");
        assert_eq!(from("snowflake://a.cn-north-1").endpoint(), "https://a.cn-north-1.snowflakecomputing.cn/");
        assert_eq!(from("snowflake://acc.snowflakecomputing.com/d").account, "acc");
    }

    #[test]
    fn wrong_urls_are_refused_without_their_secrets() {
        for text in [
            "snowflake://anna:hunter2@account/db",
            "snowflake://account/db?password=hunter2",
            "snowflake://account/db?token=hunter2",
            "snowflake://account/db?colour=hunter2",
            "snowflake://",
            "snowflake:///db",
            "snowflake://account/a/b/c",
            "snowflake://account:99",
            "snowflake://account?port=hunter2",
            "snowflake://account?host=evil.example.com&protocol=http",
            "snowflake://account?host=a/b",
            "snowflake://account?protocol=ftp",
            "postgres://hunter2",
            "hunter2",
        ] {
            let error = SnowflakeSettings::from_url(text).expect_err(text);
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{text}: {error:?}");
        }
    }

    #[test]
    fn secrets_come_from_the_environment_and_are_not_printed() {
        let settings = from("snowflake://account?token_env=MY_TOKEN");
        let given = |name: &str| match name {
            "SNOWFLAKE_USER" => Some("anna".to_owned()),
            "MY_TOKEN" => Some("hunter2".to_owned()),
            _ => None,
        };
        let (user, credentials) = settings.credentials(&given).unwrap();
        assert_eq!(user, "anna");
        assert!(matches!(&credentials, Credentials::Token(token) if token.expose_secret() == "hunter2"));
        assert!(!format!("{credentials:?}").contains("hunter2"));
        let none = settings.credentials(&|_| None).unwrap_err();
        assert!(none.to_string().contains("SNOWFLAKE_USER"), "{none}");
        let only_user = |name: &str| (name == "SNOWFLAKE_USER").then(|| "anna".to_owned());
        assert!(settings.credentials(&only_user).unwrap_err().to_string().contains("MY_TOKEN"));
        let lost =
            |name: &str| Some(if name.ends_with("KEY_FILE") { "/no/such/key".to_owned() } else { " ".to_owned() });
        let error = from("snowflake://anna@account").credentials(&lost).unwrap_err();
        assert!(error.to_string().contains("SNOWFLAKE_PRIVATE_KEY_FILE"), "{error}");
    }
}
