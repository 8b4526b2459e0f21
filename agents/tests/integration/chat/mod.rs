//! Chat models over the wire: replayed conversations in each provider's own format, and servers that misbehave.

pub(crate) mod server;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use synthbook_agents::chat::{ChatError, ChatReply, ChatRequest, ChatRole, ChatSettings, open};
use synthbook_agents::warehouse::Cancel;

use server::{Answer, Server};

const KEY: &str = "secret-key-of-the-test";

/// A provider, and its own way to say a text.
const PROVIDERS: &[(&str, &str)] = &[
    ("anthropic", "/v1/messages"),
    ("compatible", "/v1/chat/completions"),
    ("gemini", "/v1/models/test-model:generateContent"),
    ("ollama", "/v1/chat/completions"),
    ("openai", "/v1/chat/completions"),
];

/// A reply in a provider's own format, as its documentation shows it.
pub(crate) fn said(provider: &str, text: &str) -> Value {
    match provider {
        "anthropic" => json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": "test-model",
            "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn", "stop_sequence": null, "usage": {"input_tokens": 21, "output_tokens": 7},
        }),
        "gemini" => json!({
            "candidates": [{"content": {"parts": [{"text": text}], "role": "model"}, "finishReason": "STOP", "index": 0}],
            "usageMetadata": {"promptTokenCount": 21, "candidatesTokenCount": 7, "totalTokenCount": 28},
            "modelVersion": "test-model",
        }),
        _ => json!({
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "test-model",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 21, "completion_tokens": 7, "total_tokens": 28},
        }),
    }
}

pub(crate) fn settings(provider: &str, server: &Server) -> ChatSettings {
    ChatSettings {
        endpoint: Some(server.url("v1/")),
        key: Some("TEST_KEY".to_owned()),
        timeout: 5.0,
        ..ChatSettings::new(format!("{provider}::test-model"))
    }
}

fn ask(settings: &ChatSettings, request: &ChatRequest) -> Result<ChatReply, ChatError> {
    let model = open(settings, &|name| (name == "TEST_KEY").then(|| KEY.to_owned())).unwrap();
    model.reply(request, &Cancel::new())
}

fn shaped() -> ChatRequest {
    // The definition holds itself, as a plan does.
    let schema = json!({
        "type": "object",
        "properties": {"of": {"description": "Another one.", "$ref": "#/$defs/Node"}, "name": {"type": "string"}},
        "required": ["name"],
        "$defs": {"Node": {"type": "object", "properties": {"of": {"description": "Again.", "$ref": "#/$defs/Node"}}}},
    });
    ChatRequest::new("Say it in JSON.", "hello").shaped("node", schema)
}

#[test]
fn every_provider_is_spoken_to_in_its_own_format() {
    for (provider, path) in PROVIDERS {
        let server = Server::start(vec![Answer::json(&said(provider, "{\"name\": \"x\"}"))]);
        let request = shaped().say(ChatRole::Assistant, "hi").say(ChatRole::User, "again");
        let reply = ask(&settings(provider, &server), &request).unwrap_or_else(|error| panic!("{provider}: {error:?}"));
        assert_eq!(
            (reply.text.as_str(), reply.input_tokens, reply.output_tokens),
            ("{\"name\": \"x\"}", 21, 7),
            "{provider}"
        );
        let heard = server.heard();
        assert_eq!(heard.len(), 1, "{provider}");
        assert_eq!(heard[0].path, *path, "{provider}");
        assert!(heard[0].headers.iter().any(|(_, value)| value.contains(KEY)), "{provider} sends the key in a header");
        let body = heard[0].body.to_string();
        for wanted in ["Say it in JSON.", "hello", "again", "\"$ref\"", "Node"] {
            assert!(body.contains(wanted), "{provider} sends {wanted}: {body}");
        }
        assert!(!body.contains(KEY));
    }
}

#[test]
fn passing_failures_are_tried_again() {
    for (provider, _) in PROVIDERS {
        let answers = vec![
            Answer::status(429, &json!({"error": {"message": "slow down"}})).after_header("retry-after-ms", "10"),
            Answer::status(500, &json!({"error": {"message": "oops"}})).after_header("retry-after-ms", "10"),
            Answer::json(&said(provider, "done")),
        ];
        let server = Server::start(answers);
        let reply = ask(&settings(provider, &server), &ChatRequest::new("", "hello"));
        assert_eq!(reply.unwrap_or_else(|error| panic!("{provider}: {error:?}")).text, "done");
        assert_eq!(server.heard().len(), 3);
    }
}

#[test]
fn what_does_not_pass_is_an_error_with_a_code() {
    let busy = || Answer::status(429, &json!({"error": {"message": "quota"}})).after_header("retry-after-ms", "1");
    let broken = || Answer::status(503, &json!({"error": {"message": "down"}})).after_header("retry-after-ms", "1");
    let model = || "openai::test-model".to_owned();
    let not_json = Answer::text(200, "text/html", "<html>a proxy's page</html>");
    let cut = json!({"choices": [{"message": {"content": "{\"na"}, "finish_reason": "length"}]});
    let filtered = json!({"choices": [{"message": {"content": "no"}, "finish_reason": "content_filter"}]});
    let cases: Vec<(Vec<Answer>, ChatError)> = vec![
        (vec![busy(), busy(), busy()], ChatError::Busy { model: model() }),
        (vec![broken(), broken(), broken()], ChatError::Failed { model: model(), status: 503 }),
        (
            vec![Answer::status(401, &json!({"error": {"message": "bad key"}}))],
            ChatError::NotAllowed { model: model(), status: 401 },
        ),
        (
            vec![Answer::status(404, &json!({"error": {"message": format!("no model; your key is {KEY}")}}))],
            ChatError::Refused { model: model(), status: 404, message: "no model; your key is [key]".to_owned() },
        ),
        (vec![not_json], ChatError::BadReply { model: model(), what: "the server sent no JSON".to_owned() }),
        (
            vec![Answer::text(200, "application/json", "{\"choi")],
            ChatError::BadReply { model: model(), what: "the server's JSON can't be read".to_owned() },
        ),
        (
            vec![Answer::json(&json!({"choices": []}))],
            ChatError::BadReply { model: model(), what: "it is empty".to_owned() },
        ),
        (
            vec![Answer::json(&said("openai", "  "))],
            ChatError::BadReply { model: model(), what: "it is empty".to_owned() },
        ),
        (vec![Answer::json(&cut)], ChatError::BadReply { model: model(), what: "it was cut off".to_owned() }),
        (
            vec![Answer::json(&filtered)],
            ChatError::BadReply { model: model(), what: "the provider's filter stopped it".to_owned() },
        ),
    ];
    for (answers, wanted) in cases {
        let server = Server::start(answers);
        let error = ask(&settings("openai", &server), &ChatRequest::new("", "hello")).unwrap_err();
        assert_eq!(error, wanted);
        assert!(!format!("{error:?} {error}").contains(KEY));
    }
}

#[test]
fn a_server_without_schemas_is_told_the_shape_in_words() {
    let refusal = Answer::status(400, &json!({"error": {"message": "response_format is not supported"}}));
    let server = Server::start(vec![refusal, Answer::json(&said("compatible", "{\"name\": \"x\"}"))]);
    assert!(ask(&settings("compatible", &server), &shaped()).is_ok());
    let heard = server.heard();
    assert!(heard[0].body.get("response_format").is_some() && heard[1].body.get("response_format").is_none());
    assert!(heard[1].body.to_string().contains("Its JSON Schema"));
}

#[test]
fn nobody_waits_for_ever() {
    let server = Server::start(vec![Answer::json(&said("gemini", "late")).later(Duration::from_secs(30))]);
    let quick = ChatSettings { timeout: 0.3, ..settings("gemini", &server) };
    let begun = Instant::now();
    let error = ask(&quick, &ChatRequest::new("", "hello")).unwrap_err();
    assert!(matches!(error, ChatError::Timeout { .. }), "{error:?}");

    let slow = Server::start(vec![Answer::json(&said("gemini", "late")).later(Duration::from_secs(30))]);
    let model = open(&settings("gemini", &slow), &|_| Some(KEY.to_owned())).unwrap();
    let cancel = Cancel::new();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| model.reply(&ChatRequest::new("", "hello"), &cancel));
        while slow.heard().is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        cancel.cancel();
        assert_eq!(waiting.join().unwrap(), Err(ChatError::Cancelled));
    });
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_server_that_is_not_there_is_said() {
    let gone = Server::start(Vec::new());
    let settings = ChatSettings { retries: 0, ..settings("ollama", &gone) };
    drop(gone);
    let error = ask(&settings, &ChatRequest::new("", "hello")).unwrap_err();
    assert!(matches!(error, ChatError::Unreachable { .. }), "{error:?}");
}

#[test]
fn a_model_can_be_asked_inside_a_runtime() {
    let server = Server::start(vec![Answer::json(&said("openai", "done"))]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let reply = runtime.block_on(async { ask(&settings("openai", &server), &ChatRequest::new("", "hello")) });
    assert_eq!(reply.unwrap().text, "done");
}
