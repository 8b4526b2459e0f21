//! The session: its tokens, how they are renewed, and its end.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use snowflake_api::connection::QueryType;
use uuid::Uuid;

use super::{Data, Transport};
use crate::AgentsError;
use crate::warehouse::snowflake::SnowflakeError;

/// How long the end of a session may take.
const FAREWELL: Duration = Duration::from_secs(3);

/// What a session is known by. Not printable.
pub(super) struct Tokens {
    session: SecretString,
    master: Option<SecretString>,
    /// Counts the requests, from 1.
    sequence: u64,
    /// Counts the tokens that this transport has had, so that two who find one expired renew it once.
    generation: u64,
}

/// Leave to send one request.
pub(super) struct Pass {
    pub(super) authorization: SecretString,
    pub(super) sequence: u64,
    pub(super) generation: u64,
}

/// How an expired session went on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Renewal {
    /// It is the same session.
    Renewed,
    /// It is a new one: what the old one held is gone.
    Anew,
}

impl Transport {
    /// Leave to send one request; logs in when there is no session yet.
    pub(super) async fn pass(&self) -> Result<Pass, AgentsError> {
        let mut tokens = self.tokens.lock().await;
        if tokens.is_none() {
            *tokens = Some(tokens_of(self.log_in().await?.data, 0)?);
        }
        let Some(tokens) = tokens.as_mut() else {
            return Err(AgentsError::Internal { what: "no session after a login".to_owned() });
        };
        tokens.sequence += 1;
        let authorization = authorization(&tokens.session);
        Ok(Pass { authorization, sequence: tokens.sequence, generation: tokens.generation })
    }

    /// Goes on after the session of `generation` has expired: with the master token, else by a new login.
    pub(super) async fn renew(&self, generation: u64) -> Result<Renewal, AgentsError> {
        let mut tokens = self.tokens.lock().await;
        if tokens.as_ref().is_some_and(|tokens| tokens.generation != generation) {
            return Ok(Renewal::Renewed);
        }
        if let Some((session, master, sequence)) =
            tokens.as_ref().and_then(|tokens| Some((tokens.session.clone(), tokens.master.clone()?, tokens.sequence)))
        {
            let body = json!({ "oldSessionToken": session.expose_secret(), "requestType": "RENEW" });
            let master = authorization(&master);
            let reply = self
                .exchange(|| QueryType::TokenRequest, Uuid::new_v4(), Some(master.expose_secret()), &[], &body)
                .await;
            if let Ok(reply) = reply
                && reply.success == Some(true)
                && let Ok(mut renewed) = tokens_of(reply.data, generation + 1)
            {
                renewed.sequence = sequence;
                *tokens = Some(renewed);
                return Ok(Renewal::Renewed);
            }
        }
        *tokens = None;
        *tokens = Some(tokens_of(self.log_in().await?.data, generation + 1)?);
        Ok(Renewal::Anew)
    }

    /// Asks the server to stop the query of the request `id`; nobody waits long for its answer.
    pub(super) async fn abort(&self, id: Uuid, sql: &str) {
        let farewell = async {
            let authorization = authorization(&self.tokens.lock().await.as_ref()?.session);
            let mut url = self.settings().base().join("queries/v1/abort-request").ok()?;
            url.query_pairs_mut()
                .append_pair("requestId", &Uuid::new_v4().to_string())
                .append_pair("request_guid", &Uuid::new_v4().to_string());
            let body = json!({ "sqlText": sql, "requestId": id.to_string() });
            let request = self.client.post(url).header("Accept", "application/snowflake").json(&body);
            request.header("Authorization", authorization.expose_secret()).send().await.ok()
        };
        if let Ok(None) | Err(_) = tokio::time::timeout(FAREWELL, farewell).await {
            tracing::debug!("Snowflake did not take the request to stop a query");
        }
    }

    /// Keeps the session open; says whether there is one.
    pub(in crate::warehouse::snowflake) async fn heartbeat(&self) -> bool {
        let Some(authorization) = self.tokens.lock().await.as_ref().map(|tokens| authorization(&tokens.session)) else {
            return false;
        };
        let Ok(url) = self.settings().base().join("session/heartbeat") else { return false };
        let request = self.client.post(url).header("Accept", "application/snowflake").json(&json!({}));
        request.header("Authorization", authorization.expose_secret()).send().await.is_ok()
    }

    /// Ends the session, if there is one.
    pub(in crate::warehouse::snowflake) async fn close(&self) {
        let Some(tokens) = self.tokens.lock().await.take() else { return };
        let authorization = authorization(&tokens.session);
        let body = json!({});
        let closing = self.exchange(
            || QueryType::CloseSession,
            Uuid::new_v4(),
            Some(authorization.expose_secret()),
            &[("delete", "true")],
            &body,
        );
        if tokio::time::timeout(FAREWELL, closing).await.is_err() {
            tracing::debug!("Snowflake did not answer the end of a session");
        }
    }
}

fn authorization(token: &SecretString) -> SecretString {
    format!("Snowflake Token=\"{}\"", token.expose_secret()).into()
}

fn tokens_of(data: Option<Data>, generation: u64) -> Result<Tokens, AgentsError> {
    let data = data.unwrap_or_default();
    let session = data.session_token.or(data.token).filter(|token| !token.is_empty());
    let session = session.ok_or_else(|| {
        AgentsError::from(SnowflakeError::Reply { what: "the login was accepted but gave no session".to_owned() })
    })?;
    Ok(Tokens { session: session.into(), master: data.master_token.map(SecretString::from), sequence: 0, generation })
}
