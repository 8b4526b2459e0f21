//! The providers of language models there are: a file and a line each.

mod anthropic;
mod compatible;
mod gemini;
mod ollama;
mod openai;

use genai::adapter::AdapterKind;

use super::ChatError;

/// A provider: how it is spoken to. The words after `::` in a model's name are the provider's own.
#[derive(Debug)]
pub struct Provider {
    /// The name before `::`.
    pub name: &'static str,
    /// One sentence for help.
    pub summary: &'static str,
    /// The environment variable that holds the key, unless the settings name another; none where no key is needed.
    pub key: Option<&'static str>,
    /// Where it is, unless the settings say otherwise; none where they must.
    pub endpoint: Option<&'static str>,
    /// A model's name for help.
    pub example: &'static str,
    /// The wire format.
    pub(super) adapter: AdapterKind,
}

static PROVIDERS: &[&Provider] =
    &[&anthropic::ANTHROPIC, &compatible::COMPATIBLE, &gemini::GEMINI, &ollama::OLLAMA, &openai::OPENAI];

/// Every provider, by name.
#[must_use]
pub fn providers() -> &'static [&'static Provider] {
    PROVIDERS
}

/// The provider of that name; case does not matter.
///
/// # Errors
/// [`ChatError::UnknownProvider`] with the names there are.
pub fn find(name: &str) -> Result<&'static Provider, ChatError> {
    PROVIDERS.iter().copied().find(|provider| provider.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
        let names: Vec<&str> = PROVIDERS.iter().map(|provider| provider.name).collect();
        ChatError::UnknownProvider { name: name.to_owned(), help: format!("There are {}.", names.join(", ")) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_sound() {
        assert!(PROVIDERS.is_sorted_by_key(|provider| provider.name));
        for provider in PROVIDERS {
            assert!(provider.summary.ends_with('.'), "{}", provider.name);
            assert!(provider.endpoint.is_none_or(|url| url.ends_with('/')), "{}", provider.name);
            assert_eq!(find(&provider.name.to_uppercase()).unwrap().name, provider.name);
        }
        assert!(find("gpt").unwrap_err().to_string().contains("gpt"));
    }
}
