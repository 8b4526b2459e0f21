//! Ollama on this machine.

use genai::adapter::AdapterKind;

use super::Provider;

/// Spoken to by its `OpenAI`-compatible API: of the two, that is the one by which genai sends a JSON schema, and a small
/// local model without one seldom gives usable JSON.
pub(super) static OLLAMA: Provider = Provider {
    name: "ollama",
    summary: "A model that Ollama runs on this machine; nothing leaves it.",
    key: None,
    endpoint: Some("http://localhost:11434/v1/"),
    example: "ollama::qwen3",
    adapter: AdapterKind::OpenAI,
};
