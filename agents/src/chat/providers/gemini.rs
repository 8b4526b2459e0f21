//! Google's Gemini.

use genai::adapter::AdapterKind;

use super::Provider;

pub(super) static GEMINI: Provider = Provider {
    name: "gemini",
    summary: "Google's Gemini, by its generateContent API.",
    key: Some("GEMINI_API_KEY"),
    endpoint: Some("https://generativelanguage.googleapis.com/v1beta/"),
    example: "gemini::gemini-3.8-flash",
    adapter: AdapterKind::Gemini,
};
