//! Anthropic.

use genai::adapter::AdapterKind;

use super::Provider;

pub(super) static ANTHROPIC: Provider = Provider {
    name: "anthropic",
    summary: "Anthropic's Claude, by its messages API.",
    key: Some("ANTHROPIC_API_KEY"),
    endpoint: Some("https://api.anthropic.com/v1/"),
    example: "anthropic::claude-sonnet-4-6",
    adapter: AdapterKind::Anthropic,
};
