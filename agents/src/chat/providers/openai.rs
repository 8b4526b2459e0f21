//! `OpenAI`.

use genai::adapter::AdapterKind;

use super::Provider;

pub(super) static OPENAI: Provider = Provider {
    name: "openai",
    summary: "OpenAI, by its chat completions API.",
    key: Some("OPENAI_API_KEY"),
    endpoint: Some("https://api.openai.com/v1/"),
    example: "openai::gpt-5-mini",
    adapter: AdapterKind::OpenAI,
};
