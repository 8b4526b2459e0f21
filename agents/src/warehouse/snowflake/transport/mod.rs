//! The way to the server: `snowflake-api`'s requests over our client, which sends them where they belong, sends again
//! what failed in passing, waits for long queries, and fetches results part by part.
//!
//! `snowflake-api` signs logins and writes requests. Of its answers it needs every field, gathers all parts of a result
//! at once and in the wrong order, and knows neither long queries, new column types nor ended sessions; so answers are
//! read here.

mod base64;
mod chunks;
mod fault;
mod login;
mod query;
mod reply;
mod session;
mod watch;

use std::time::Duration;

use reqwest::{Client, Request, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next};
use serde_json::Value;
use snowflake_api::connection::{Connection, QueryType};
use url::Url;
use uuid::Uuid;

use super::settings::{Credentials, SnowflakeSettings};
use crate::AgentsError;
use fault::Fault;

pub(super) use chunks::{Part, Parts};
pub(super) use query::{Answer, Asked};
pub(super) use reply::{Data, Reply, RowType};
pub(super) use watch::Watch;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(20);
/// How long a server may be silent. It answers a long query with a promise after 45 s.
const SILENCE: Duration = Duration::from_mins(5);

/// A way to one account as one user, and the session on it.
pub(super) struct Transport {
    client: Client,
    settings: SnowflakeSettings,
    user: String,
    credentials: Credentials,
    tokens: tokio::sync::Mutex<Option<session::Tokens>>,
}

impl Transport {
    pub(super) fn new(
        settings: SnowflakeSettings,
        user: String,
        credentials: Credentials,
    ) -> Result<Self, AgentsError> {
        let mut client = Client::builder()
            .user_agent(concat!("synthbook/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .referer(false);
        if settings.is_near() {
            client = client.no_proxy();
        }
        let client = client
            .build()
            .map_err(|error| AgentsError::Internal { what: format!("no HTTP client: {}", error.without_url()) })?;
        Ok(Self { client, settings, user, credentials, tokens: tokio::sync::Mutex::default() })
    }

    pub(super) fn settings(&self) -> &SnowflakeSettings {
        &self.settings
    }

    /// Whether it logs in with a password.
    pub(super) fn uses_password(&self) -> bool {
        matches!(self.credentials, Credentials::Password(_))
    }

    /// Another session of the same user.
    pub(super) fn another(&self) -> Self {
        Self {
            client: self.client.clone(),
            settings: self.settings.clone(),
            user: self.user.clone(),
            credentials: self.credentials.clone(),
            tokens: tokio::sync::Mutex::default(),
        }
    }

    fn host(&self) -> &str {
        self.settings.base().host_str().unwrap_or_default()
    }

    /// The account as logins name it: without region.
    fn account(&self) -> &str {
        self.settings.account.split('.').next().unwrap_or_default()
    }

    /// Sends a request through `snowflake-api`, again where that may help. A repeated request keeps its number, by
    /// which the server knows it.
    async fn exchange(
        &self,
        kind: fn() -> QueryType,
        id: Uuid,
        authorization: Option<&str>,
        parameters: &[(&str, &str)],
        body: &Value,
    ) -> Result<Reply, AgentsError> {
        let connection = Connection::new_with_middware(self.directed(id));
        let connection = &connection;
        self.tried(|attempt| async move {
            let count = attempt.to_string();
            let mut parameters = parameters.to_vec();
            if attempt > 0 {
                parameters.push(("retryCount", &count));
            }
            Ok(connection.request(kind(), self.account(), &parameters, authorization, body).await?)
        })
        .await
    }

    /// Does something until it succeeds, fails for good, or was tried often enough.
    async fn tried<T, F>(&self, attempt: impl Fn(u32) -> F) -> Result<T, AgentsError>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        let mut done = 0;
        loop {
            let fault = match attempt(done).await {
                Ok(answer) => return Ok(answer),
                Err(fault) => fault,
            };
            done += 1;
            if done > self.settings.retries || !fault.passes() {
                return Err(fault.into_error(self.host(), done));
            }
            tracing::debug!(attempt = done, %fault, "a request to Snowflake failed in passing");
            tokio::time::sleep(fault.pause(done)).await;
        }
    }

    /// A client whose requests go to our server under the number `id`, and that looks at the answers' status.
    fn directed(&self, id: Uuid) -> ClientWithMiddleware {
        let base = self.settings.base().clone();
        with(ClientBuilder::new(self.client.clone()), move |mut request: Request, extensions, next: Next<'_>| {
            direct(&base, id, &mut request);
            let sent = next.run(request, extensions);
            Box::pin(async move { sound(sent.await?).map_err(reqwest_middleware::Error::middleware) })
        })
        .build()
    }
}

/// What a middleware's function gives back.
type Handled<'a> = futures_util::future::BoxFuture<'a, reqwest_middleware::Result<Response>>;

/// Adds a function as middleware. `E` is a request's extensions, whose crate is not ours to name.
fn with<E, F>(builder: ClientBuilder, function: F) -> ClientBuilder
where
    F: for<'a> Fn(Request, &'a mut E, Next<'a>) -> Handled<'a> + Middleware,
{
    builder.with(function)
}

/// Points a request of `snowflake-api` to the server: the host, a path without its doubled slash, our number.
fn direct(base: &Url, id: Uuid, request: &mut Request) {
    let given = request.url().clone();
    let mut url = base.clone();
    url.set_path(&given.path().replace("//", "/"));
    url.query_pairs_mut()
        .extend_pairs(given.query_pairs().filter(|(key, _)| key != "requestId"))
        .append_pair("requestId", &id.to_string());
    *request.url_mut() = url;
}

/// An answer that is worth reading. Errors of the server's own come as JSON, with any status but those of a server that
/// is too busy to write any.
fn sound(response: Response) -> Result<Response, Fault> {
    let status = response.status().as_u16();
    let kind = response.headers().get(reqwest::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let json = kind.is_some_and(|kind| kind.contains("json"));
    let busy = matches!(status, 408 | 429 | 502..=504);
    if busy || (!json && !response.status().is_success()) {
        return Err(Fault::Status { status, after: fault::retry_after(&response) });
    }
    Ok(response)
}
