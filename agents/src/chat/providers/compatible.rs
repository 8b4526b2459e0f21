//! Whatever speaks `OpenAI`'s protocol at an address of the user's.

use genai::adapter::AdapterKind;

use super::Provider;

pub(super) static COMPATIBLE: Provider = Provider {
    name: "compatible",
    summary: "Any server with OpenAI's chat completions API (vLLM, llama.cpp, LM Studio): the settings name its endpoint.",
    key: None,
    endpoint: None,
    example: "compatible::my-model",
    adapter: AdapterKind::OpenAI,
};
