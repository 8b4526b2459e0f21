//! One statement: sent, waited for, and its session renewed where it has expired.

use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::json;
use snowflake_api::connection::QueryType;
use uuid::Uuid;

use super::fault::Fault;
use super::session::{Pass, Renewal};
use super::{Data, Reply, Transport, Watch, sound};
use crate::AgentsError;
use crate::warehouse::snowflake::{SnowflakeError, error};

/// The first and the longest pause between two looks at a query that runs.
const FIRST_LOOK: Duration = Duration::from_millis(100);
const LONGEST_LOOK: Duration = Duration::from_secs(4);
/// The numbers of a query that still runs.
const RUNNING: &[&str] = &["333333", "333334"];

/// A statement to run.
pub(in crate::warehouse::snowflake) struct Asked<'a> {
    /// Its text.
    pub(in crate::warehouse::snowflake) sql: &'a str,
    /// How many lines of the script are before it.
    pub(in crate::warehouse::snowflake) before: usize,
    /// What Snowflake's log of queries calls it.
    pub(in crate::warehouse::snowflake) tag: Option<&'a str>,
    /// Whether what the session held must still be there.
    pub(in crate::warehouse::snowflake) bound: bool,
}

/// What a statement gave.
pub(in crate::warehouse::snowflake) struct Answer {
    pub(in crate::warehouse::snowflake) data: Data,
    /// Whether the session is a new one, in which nothing of the old one is left.
    pub(in crate::warehouse::snowflake) anew: bool,
}

impl Transport {
    /// Runs a statement. When `watch` says so it is stopped here and on the server.
    pub(in crate::warehouse::snowflake) async fn run(
        &self,
        asked: &Asked<'_>,
        watch: &Watch,
    ) -> Result<Answer, AgentsError> {
        let id = Uuid::new_v4();
        let outcome = watch.run(self.answer(id, asked, watch)).await;
        if outcome.is_err() && watch.verdict().is_some() {
            self.abort(id, asked.sql).await;
        }
        outcome
    }

    async fn answer(&self, id: Uuid, asked: &Asked<'_>, watch: &Watch) -> Result<Answer, AgentsError> {
        let (mut anew, mut renewed) = (false, false);
        let mut url: Option<String> = None;
        let mut pause = FIRST_LOOK;
        loop {
            let pass = self.pass().await?;
            let reply = match &url {
                None => self.ask(id, asked, &pass, watch).await?,
                Some(url) => self.look(url, &pass).await?,
            };
            let code = reply.code();
            if RUNNING.contains(&code.as_str()) {
                // The server says where to look next each time, and need not.
                if let Some(next) = reply.data.and_then(|data| data.get_result_url) {
                    url = Some(next);
                }
                if url.is_none() {
                    let what = "a query still runs, but not where to ask for its result".to_owned();
                    return Err(SnowflakeError::Reply { what }.into());
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_LOOK);
            } else if error::EXPIRED.contains(&code.as_str()) && !renewed {
                // Such a statement was not begun, so it may be sent again.
                renewed = true;
                anew = self.renew(pass.generation).await? == Renewal::Anew;
                if anew && asked.bound {
                    return Err(SnowflakeError::SessionLost.into());
                }
            } else {
                return finished(reply, &code, asked, watch).map(|data| Answer { data, anew });
            }
        }
    }

    async fn ask(&self, id: Uuid, asked: &Asked<'_>, pass: &Pass, watch: &Watch) -> Result<Reply, AgentsError> {
        let limit = self.settings().timeout.as_secs();
        let limit = watch.left().map_or(limit, |left| left.min(limit));
        let mut parameters = json!({ "STATEMENT_TIMEOUT_IN_SECONDS": limit });
        if let Some(tag) = asked.tag {
            // Snowflake takes 2000 letters.
            parameters["QUERY_TAG"] = tag.chars().take(2000).collect::<String>().into();
        }
        let body = json!({
            "sqlText": asked.sql,
            "asyncExec": false,
            "sequenceId": pass.sequence,
            "isInternal": false,
            "parameters": parameters,
        });
        self.exchange(|| QueryType::ArrowQuery, id, Some(pass.authorization.expose_secret()), &[], &body).await
    }

    /// Asks for the result of a query that ran when it was last asked for.
    async fn look(&self, url: &str, pass: &Pass) -> Result<Reply, AgentsError> {
        let base = self.settings().base();
        let url = base.join(url).ok().filter(|url| url.origin() == base.origin());
        let Some(url) = url else {
            let what = "a result is said to be on another server, which the session's token must not reach".to_owned();
            return Err(SnowflakeError::Reply { what }.into());
        };
        let url = &url;
        self.tried(|_| async move {
            let request = self
                .client
                .get(url.clone())
                .header("Accept", "application/snowflake")
                .header("Authorization", pass.authorization.expose_secret());
            Ok::<Reply, Fault>(sound(request.send().await?)?.json().await?)
        })
        .await
    }
}

/// The result of a query that has ended.
fn finished(reply: Reply, code: &str, asked: &Asked<'_>, watch: &Watch) -> Result<Data, AgentsError> {
    if let Some(verdict) = watch.verdict() {
        return Err(verdict);
    }
    if reply.success != Some(true) {
        return Err(match code {
            // The server keeps the deadline too, and may be first.
            "000630" if watch.left().is_some() => watch.late(),
            code if error::EXPIRED.contains(&code) => error::login(code, reply.message()),
            code => error::statement(code, reply.message(), asked.sql, asked.before),
        });
    }
    let data = reply.data.unwrap_or_default();
    if data.command.is_some() {
        return Err(SnowflakeError::Transfer { statement: "PUT or GET".to_owned() }.into());
    }
    Ok(data)
}
