//! Which chat model is used, and how: from the configuration and the environment.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use super::providers::{self, Provider};
use super::{Budget, Budgeted, ChatError, ChatModel, RemoteModel};

/// A chat model as the configuration names it. The key itself is never here: `key` names the environment variable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatSettings {
    /// `provider::model`, such as `gemini::gemini-3.8-flash`.
    pub model: String,
    /// Where it is, when not at the provider's own address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The environment variable that holds the key, when not the provider's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The most time for one reply in seconds, retries included.
    #[serde(default = "default_timeout")]
    pub timeout: f64,
    /// How often a passing failure is tried again.
    #[serde(default = "default_retries")]
    pub retries: u32,
    /// The most tokens of one reply.
    #[serde(default = "default_max_tokens")]
    pub max_tokens: u32,
    /// How many plans are asked for a question; they are executed and compared.
    #[serde(default = "default_candidates")]
    pub candidates: u32,
    /// The most calls in a session.
    #[serde(default = "default_calls")]
    pub calls: u64,
    /// The most tokens in a session.
    #[serde(default = "default_tokens")]
    pub tokens: u64,
}

fn default_timeout() -> f64 {
    30.0
}

fn default_retries() -> u32 {
    2
}

fn default_max_tokens() -> u32 {
    4096
}

fn default_candidates() -> u32 {
    3
}

fn default_calls() -> u64 {
    Budget::default().calls
}

fn default_tokens() -> u64 {
    Budget::default().tokens
}

impl ChatSettings {
    /// The settings for a model, else as they are by default.
    #[must_use]
    pub fn new(model: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            endpoint: None,
            key: None,
            timeout: default_timeout(),
            retries: default_retries(),
            max_tokens: default_max_tokens(),
            candidates: default_candidates(),
            calls: default_calls(),
            tokens: default_tokens(),
        }
    }

    /// The settings in the environment: `SYNTHBOOK_CHAT_MODEL`, `SYNTHBOOK_CHAT_ENDPOINT`, `SYNTHBOOK_CHAT_KEY` (the
    /// name of the variable that holds the key) and `SYNTHBOOK_CHAT_TIMEOUT` (seconds). None when no model is named: a
    /// key alone switches nothing on.
    ///
    /// # Errors
    /// [`ChatError::Setting`] for a time that is none.
    pub fn from_lookup(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>, ChatError> {
        let given = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
        let Some(model) = given("SYNTHBOOK_CHAT_MODEL") else {
            return Ok(None);
        };
        let mut settings = Self::new(model.trim());
        settings.endpoint = given("SYNTHBOOK_CHAT_ENDPOINT");
        settings.key = given("SYNTHBOOK_CHAT_KEY");
        if let Some(value) = given("SYNTHBOOK_CHAT_TIMEOUT") {
            settings.timeout =
                value.trim().parse().map_err(|_| bad("timeout", &value, "It is a number of seconds."))?;
        }
        Ok(Some(settings))
    }

    fn provider(&self) -> Result<(&'static Provider, &str), ChatError> {
        let (provider, model) = self
            .model
            .split_once("::")
            .filter(|(provider, model)| !provider.is_empty() && !model.trim().is_empty())
            .ok_or_else(|| ChatError::ModelName { name: self.model.clone() })?;
        Ok((providers::find(provider)?, model.trim()))
    }
}

/// Makes the model that the settings name, behind its budget. Nothing is sent yet.
///
/// # Errors
/// An unknown provider, a missing key, an endpoint that is no address, or one to which a key would go unencrypted.
pub fn open(settings: &ChatSettings, lookup: &dyn Fn(&str) -> Option<String>) -> Result<Arc<dyn ChatModel>, ChatError> {
    let (provider, model) = settings.provider()?;
    if !(settings.timeout.is_finite() && (0.1..=3600.0).contains(&settings.timeout)) {
        return Err(bad("timeout", &settings.timeout.to_string(), "It is a number of seconds from 0.1 to 3600."));
    }
    let key = match settings.key.as_deref().or(provider.key) {
        Some(variable) => {
            let key = lookup(variable).map(|key| key.trim().to_owned()).filter(|key| !key.is_empty());
            Some(SecretString::from(key.ok_or_else(|| ChatError::KeyMissing { variable: variable.to_owned() })?))
        }
        None => None,
    };
    let endpoint = endpoint(settings, provider, key.is_some())?;
    let limits = (Duration::from_secs_f64(settings.timeout), settings.retries.min(10), settings.max_tokens.max(64));
    let remote = RemoteModel::new(provider, model, endpoint, key, limits)?;
    Ok(Arc::new(Budgeted::new(remote, Budget { calls: settings.calls, tokens: settings.tokens })))
}

fn endpoint(settings: &ChatSettings, provider: &Provider, with_key: bool) -> Result<Url, ChatError> {
    const HELP: &str = "Write the address up to the version, such as http://localhost:8000/v1/";
    let text = settings.endpoint.as_deref().or(provider.endpoint).unwrap_or_default().trim();
    let slashed = if text.ends_with('/') { text.to_owned() } else { format!("{text}/") };
    let url = Url::parse(&slashed).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
    // An address may hold a password, so what was given is not repeated.
    let url = url.ok_or_else(|| bad("endpoint", if text.is_empty() { "empty" } else { "this text" }, HELP))?;
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        return Err(bad("endpoint", "an address with a secret in it", "Put the key into an environment variable."));
    }
    let local = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if with_key && url.scheme() == "http" && !local {
        return Err(bad("endpoint", "http with a key", "A key is only sent over https, or to this machine."));
    }
    Ok(url)
}

fn bad(setting: &'static str, value: &str, help: &str) -> ChatError {
    ChatError::Setting { setting, value: value.to_owned(), help: help.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<'a>(pairs: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn a_key_alone_switches_nothing_on() {
        assert_eq!(ChatSettings::from_lookup(&with(&[("GEMINI_API_KEY", "k")])), Ok(None));
        assert_eq!(ChatSettings::from_lookup(&with(&[("SYNTHBOOK_CHAT_MODEL", " ")])), Ok(None));
        let lookup = with(&[("SYNTHBOOK_CHAT_MODEL", "ollama::qwen3"), ("SYNTHBOOK_CHAT_TIMEOUT", "5")]);
        let settings = ChatSettings::from_lookup(&lookup).unwrap().unwrap();
        assert!((settings.timeout - 5.0).abs() < f64::EPSILON);
        assert_eq!(open(&settings, &lookup).unwrap().name(), "ollama::qwen3");
    }

    #[test]
    fn what_is_missing_or_unsafe_is_said() {
        let fails = |settings: ChatSettings, pairs: &[(&str, &str)]| match open(&settings, &with(pairs)) {
            Err(error) => error,
            Ok(model) => panic!("{} was opened", model.name()),
        };
        let new = ChatSettings::new;
        assert!(matches!(fails(new("gemini-3.8-flash"), &[]), ChatError::ModelName { .. }));
        assert!(matches!(fails(new("mistral::x"), &[]), ChatError::UnknownProvider { .. }));
        let missing = ChatError::KeyMissing { variable: "GEMINI_API_KEY".to_owned() };
        assert_eq!(fails(new("gemini::gemini-3.8-flash"), &[]), missing);
        assert_eq!(fails(new("gemini::gemini-3.8-flash"), &[("GEMINI_API_KEY", " ")]), missing);
        assert!(matches!(fails(new("compatible::m"), &[]), ChatError::Setting { setting: "endpoint", .. }));
        let key = [("K", "secret-key")];
        for endpoint in
            ["http://models.example/v1", "ftp://x/", "http://u:p@localhost/", "http://localhost/?key=1", "x"]
        {
            let settings =
                ChatSettings { endpoint: Some(endpoint.to_owned()), key: Some("K".to_owned()), ..new("compatible::m") };
            let error = fails(settings, &key);
            assert!(matches!(error, ChatError::Setting { setting: "endpoint", .. }), "{endpoint}: {error}");
            assert!(!format!("{error:?}").contains("secret-key"));
        }
        let slow = ChatSettings { timeout: f64::NAN, ..new("ollama::m") };
        assert!(matches!(fails(slow, &[]), ChatError::Setting { setting: "timeout", .. }));
    }
}
