//! A chat model behind HTTP, in each provider's own wire format by the crate `genai`.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use genai::chat::{ChatOptions, ChatResponse, JsonSpec, StopReason};
use genai::resolver::{AuthData, Endpoint};
use genai::{Client, ModelIden, ServiceTarget, WebConfig, webc};
use secrecy::{ExposeSecret, SecretString};
use tokio::runtime::Runtime;
use url::Url;

use super::{ChatError, ChatModel, ChatReply, ChatRequest, ChatRole, Provider, schema};
use crate::warehouse::Cancel;

/// How often a waiting caller looks at its switch.
const TICK: Duration = Duration::from_millis(20);
/// How long a message of a provider's may be.
const MESSAGE: usize = 200;

/// A model of a [`Provider`]. It has a runtime of its own, so it can be asked from any thread, async or not.
pub struct RemoteModel {
    name: String,
    model: String,
    provider: &'static Provider,
    endpoint: Url,
    key: Option<SecretString>,
    timeout: Duration,
    retries: u32,
    max_tokens: u32,
    client: Client,
    runtime: Option<Runtime>,
}

impl RemoteModel {
    /// `limits` are the most time for a reply, how often a passing failure is tried again, and the most tokens.
    pub(super) fn new(
        provider: &'static Provider,
        model: &str,
        endpoint: Url,
        key: Option<SecretString>,
        limits: (Duration, u32, u32),
    ) -> Result<Self, ChatError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|error| ChatError::Internal { what: error.to_string() })?;
        let web = WebConfig::default().with_connect_timeout(limits.0.min(Duration::from_secs(10)));
        let client = Client::builder().with_web_config(web).build();
        let client =
            client.map_err(|_| ChatError::Internal { what: "the HTTP client could not be made".to_owned() })?;
        let (timeout, retries, max_tokens) = limits;
        let name = format!("{}::{model}", provider.name);
        let (model, runtime) = (model.to_owned(), Some(runtime));
        Ok(Self { name, model, provider, endpoint, key, timeout, retries, max_tokens, client, runtime })
    }

    /// The target in full, so that genai looks nothing up: neither a provider by the model's name nor a key.
    fn target(&self) -> ServiceTarget {
        // Servers without keys ignore the header that the protocol demands.
        let key = self.key.as_ref().map_or("none", ExposeSecret::expose_secret);
        ServiceTarget {
            endpoint: Endpoint::from_owned(self.endpoint.as_str()),
            auth: AuthData::from_single(key),
            model: ModelIden::new(self.provider.adapter, self.model.clone()),
        }
    }

    fn options(&self, request: &ChatRequest, constrained: bool) -> ChatOptions {
        let options = ChatOptions::default().with_max_tokens(self.max_tokens);
        match &request.shape {
            Some(shape) if constrained => {
                options.with_response_format(JsonSpec::new(shape.name.clone(), schema::plain(&shape.schema)))
            }
            _ => options,
        }
    }

    /// One call, watched by the switch and the deadline.
    fn call(
        &self,
        request: &ChatRequest,
        constrained: bool,
        until: Instant,
        cancel: &Cancel,
    ) -> Result<ChatResponse, Fault> {
        let Some(runtime) = &self.runtime else {
            return Err(Fault::Gone);
        };
        let (sender, receiver) = channel();
        let (client, target) = (self.client.clone(), self.target());
        let (messages, options) = (messages(request, constrained), self.options(request, constrained));
        let task = runtime.spawn(async move {
            let reply = client.exec_chat(target, messages, Some(&options)).await;
            // Nobody waits any more when the call was given up.
            let _ = sender.send(reply);
        });
        loop {
            match receiver.recv_timeout(TICK) {
                Ok(reply) => return reply.map_err(|error| Fault::of(&error)),
                Err(RecvTimeoutError::Disconnected) => return Err(Fault::Gone),
                Err(RecvTimeoutError::Timeout) => {}
            }
            let fault = if cancel.is_cancelled() {
                Fault::Cancelled
            } else if Instant::now() >= until {
                Fault::Timeout
            } else {
                continue;
            };
            task.abort();
            return Err(fault);
        }
    }

    fn error(&self, fault: Fault, timeout: Duration) -> ChatError {
        let model = self.name.clone();
        match fault {
            Fault::Status { status: 401 | 403, .. } => ChatError::NotAllowed { model, status: fault.status() },
            Fault::Status { status: 429, .. } => ChatError::Busy { model },
            Fault::Status { status, .. } if status >= 500 => ChatError::Failed { model, status },
            Fault::Status { status, message, .. } => {
                ChatError::Refused { model, status, message: self.clean(&message) }
            }
            Fault::Unreachable(reason) => ChatError::Unreachable { model, reason: self.clean(&reason) },
            Fault::Timeout => ChatError::Timeout { model, seconds: timeout.as_secs_f64() },
            Fault::Cancelled => ChatError::Cancelled,
            Fault::Reply(what) => ChatError::BadReply { model, what },
            Fault::Gone => ChatError::Internal { what: "the call ended without a reply".to_owned() },
        }
    }

    /// A message of somebody else's on one line, short and without the key.
    fn clean(&self, text: &str) -> String {
        let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let line = match &self.key {
            Some(key) => line.replace(key.expose_secret(), "[key]"),
            None => line,
        };
        if line.chars().count() > MESSAGE { line.chars().take(MESSAGE).chain("…".chars()).collect() } else { line }
    }

    fn reply_of(&self, response: &ChatResponse, seconds: f64) -> Result<ChatReply, ChatError> {
        let bad = |what: &str| ChatError::BadReply { model: self.name.clone(), what: what.to_owned() };
        match &response.stop_reason {
            Some(StopReason::MaxTokens(_)) => return Err(bad("it was cut off")),
            Some(StopReason::ContentFilter(_)) => return Err(bad("the provider's filter stopped it")),
            _ => {}
        }
        let text = response.texts().join("");
        if text.trim().is_empty() {
            return Err(bad("it is empty"));
        }
        let tokens = |count: Option<i32>| count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
        let (input, output) = (tokens(response.usage.prompt_tokens), tokens(response.usage.completion_tokens));
        Ok(ChatReply { text, input_tokens: input, output_tokens: output, seconds })
    }
}

impl ChatModel for RemoteModel {
    fn name(&self) -> &str {
        &self.name
    }

    fn reply(&self, request: &ChatRequest, cancel: &Cancel) -> Result<ChatReply, ChatError> {
        let start = Instant::now();
        let timeout = request.deadline.map_or(self.timeout, |deadline| deadline.min(self.timeout));
        let until = start + timeout;
        let (mut tries, mut constrained) = (0, true);
        loop {
            let fault = match self.call(request, constrained, until, cancel) {
                Ok(response) => return self.reply_of(&response, start.elapsed().as_secs_f64()),
                Err(fault) => fault,
            };
            // A server that knows no JSON schemas, or not one like this, is told the shape in words.
            if constrained && request.shape.is_some() && matches!(fault.status(), 400 | 422) {
                constrained = false;
                continue;
            }
            let pause = fault.pause(tries);
            if !fault.is_passing() || tries >= self.retries || Instant::now() + pause >= until {
                return Err(self.error(fault, timeout));
            }
            tries += 1;
            rest(pause, cancel)?;
        }
    }
}

impl Drop for RemoteModel {
    fn drop(&mut self) {
        // A runtime must not wait for its end inside another runtime.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl std::fmt::Debug for RemoteModel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("RemoteModel").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Why one call failed.
#[derive(Debug)]
enum Fault {
    Status { status: u16, message: String, wait: Option<Duration> },
    Unreachable(String),
    Timeout,
    Cancelled,
    Reply(String),
    Gone,
}

impl Fault {
    fn of(error: &genai::Error) -> Self {
        if let Some(status) = error.status() {
            let header = |name: &str| error.headers()?.get(name)?.to_str().ok()?.trim().parse::<f64>().ok();
            let wait = header("retry-after-ms").map(|milliseconds| milliseconds / 1000.0).or(header("retry-after"));
            let wait = wait.filter(|seconds| (0.0..=3600.0).contains(seconds)).map(Duration::from_secs_f64);
            return Self::Status { status: status.as_u16(), message: message_of(error), wait };
        }
        match error {
            genai::Error::WebModelCall { webc_error, .. } | genai::Error::WebAdapterCall { webc_error, .. } => {
                match webc_error {
                    webc::Error::Reqwest(error) if error.is_timeout() => Self::Timeout,
                    webc::Error::Reqwest(error) if error.is_connect() => Self::Unreachable("no connection".to_owned()),
                    webc::Error::Reqwest(_) => Self::Unreachable("the connection broke".to_owned()),
                    webc::Error::ResponseFailedNotJson { .. } => Self::Reply("the server sent no JSON".to_owned()),
                    _ => Self::Reply("the server's JSON can't be read".to_owned()),
                }
            }
            _ => Self::Reply("the server's answer has not the protocol's shape".to_owned()),
        }
    }

    fn status(&self) -> u16 {
        if let Self::Status { status, .. } = self { *status } else { 0 }
    }

    fn is_passing(&self) -> bool {
        matches!(self.status(), 408 | 429 | 500 | 502 | 503 | 504 | 529) || matches!(self, Self::Unreachable(_))
    }

    /// What the provider asks for, else half a second, doubled each time.
    fn pause(&self, tries: u32) -> Duration {
        let doubled = Duration::from_millis(500) * 2_u32.pow(tries.min(6));
        if let Self::Status { wait: Some(wait), .. } = self { *wait } else { doubled }
    }
}

/// The provider's own message in the body of a failed call.
fn message_of(error: &genai::Error) -> String {
    let (genai::Error::HttpError { body, .. }
    | genai::Error::WebModelCall { webc_error: webc::Error::ResponseFailedStatus { body, .. }, .. }) = error
    else {
        return String::new();
    };
    let value: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let message = value.pointer("/error/message").or_else(|| value.get("message")).or_else(|| value.get("error"));
    message.and_then(serde_json::Value::as_str).unwrap_or("no message").to_owned()
}

fn messages(request: &ChatRequest, constrained: bool) -> genai::chat::ChatRequest {
    let mut system = request.system.clone();
    if let Some(shape) = request.shape.as_ref().filter(|_| !constrained) {
        system.push_str("\n\nReply with one JSON object and nothing else. Its JSON Schema:\n");
        system.push_str(&schema::plain(&shape.schema).to_string());
    }
    let messages = request.messages.iter().map(|message| match message.role {
        ChatRole::User => genai::chat::ChatMessage::user(message.text.clone()),
        ChatRole::Assistant => genai::chat::ChatMessage::assistant(message.text.clone()),
    });
    genai::chat::ChatRequest::from_messages(messages.collect()).with_system(system)
}

/// Waits, unless it is cancelled.
fn rest(pause: Duration, cancel: &Cancel) -> Result<(), ChatError> {
    let until = Instant::now() + pause;
    while Instant::now() < until {
        if cancel.is_cancelled() {
            return Err(ChatError::Cancelled);
        }
        std::thread::sleep(TICK.min(until.saturating_duration_since(Instant::now())));
    }
    Ok(())
}
