//! What goes wrong with one request, and whether it may be sent again.

use std::error::Error as _;
use std::time::Duration;

use snowflake_api::connection::ConnectionError;

use crate::AgentsError;
use crate::warehouse::snowflake::SnowflakeError;

/// The longest pause between two tries.
const LONGEST: Duration = Duration::from_secs(8);
/// The longest pause that a server may ask for.
const LONGEST_ASKED: Duration = Duration::from_mins(1);

/// Why a request has no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum Fault {
    /// A status that says nothing of the query.
    #[error("status {status}")]
    Status { status: u16, after: Option<Duration> },
    /// No connection, or one that broke.
    #[error("{reason}")]
    Network { reason: String },
    /// An answer that is none.
    #[error("{what}")]
    Reply { what: String },
    /// A result that is not whole, which a second reading may mend.
    #[error("{what}")]
    Cut { what: String },
    /// Stopped on purpose: the request was wanted, not its answer.
    #[error("taken")]
    Taken,
}

impl Fault {
    /// Whether it may be gone the next time.
    pub(super) fn passes(&self) -> bool {
        match self {
            Self::Status { status, .. } => matches!(status, 408 | 429 | 500 | 502..=504),
            Self::Network { .. } | Self::Cut { .. } => true,
            Self::Reply { .. } | Self::Taken => false,
        }
    }

    /// How long to wait before try `attempt`, which counts from 1: twice as long each time, spread so that clients do
    /// not come back together; as long as the server asks where it does.
    pub(super) fn pause(&self, attempt: u32) -> Duration {
        let backoff = Duration::from_millis(200).saturating_mul(1 << attempt.min(10).saturating_sub(1)).min(LONGEST);
        // Between half and all of it.
        let spread = (uuid::Uuid::new_v4().as_u128() % 1000) as u32;
        let pause = backoff / 2 + backoff / 2 * spread / 1000;
        match self {
            Self::Status { after: Some(after), .. } => pause.max((*after).min(LONGEST_ASKED)),
            _ => pause,
        }
    }

    /// What it is after the last of `attempts` tries.
    pub(super) fn into_error(self, host: &str, attempts: u32) -> AgentsError {
        let host = host.to_owned();
        match self {
            Self::Status { status, .. } if (500..600).contains(&status) || matches!(status, 408 | 429) => {
                SnowflakeError::Busy { host, status, attempts }
            }
            Self::Status { status, .. } => {
                SnowflakeError::Reply { what: format!("{host} answered with status {status}") }
            }
            Self::Network { reason } => SnowflakeError::Network { host, reason },
            Self::Reply { what } => SnowflakeError::Reply { what },
            Self::Cut { what } => SnowflakeError::Cut { what },
            Self::Taken => SnowflakeError::Reply { what: "a request was taken twice".to_owned() },
        }
        .into()
    }
}

impl From<reqwest::Error> for Fault {
    fn from(error: reqwest::Error) -> Self {
        // Addresses of results are signed: whoever has one can read it.
        let error = error.without_url();
        if let Some(source) = error.source().and_then(|source| source.downcast_ref::<serde_json::Error>()) {
            return Self::Reply { what: format!("it is no JSON of Snowflake's ({:?} error)", source.classify()) };
        }
        let mut reason = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            reason = inner.to_string();
            source = inner.source();
        }
        if error.is_timeout() {
            "no answer in time".clone_into(&mut reason);
        }
        Self::Network { reason }
    }
}

impl From<ConnectionError> for Fault {
    fn from(error: ConnectionError) -> Self {
        use reqwest_middleware::Error as Middleware;
        match error {
            ConnectionError::RequestError(error)
            | ConnectionError::RequestMiddlewareError(Middleware::Reqwest(error)) => error.into(),
            ConnectionError::RequestMiddlewareError(Middleware::Middleware(error)) => match error.downcast::<Self>() {
                Ok(fault) => fault,
                Err(other) => Self::Network { reason: other.to_string() },
            },
            ConnectionError::UrlParsing(_) => Self::Reply { what: "the account's name makes no address".to_owned() },
            ConnectionError::Deserialization(_) => Self::Reply { what: "it is no JSON of Snowflake's".to_owned() },
            ConnectionError::InvalidHeader(_) => Self::Reply { what: "the session's token is no token".to_owned() },
        }
    }
}

/// The pause that a `Retry-After` in seconds asks for.
pub(super) fn retry_after(response: &reqwest::Response) -> Option<Duration> {
    let value = response.headers().get(reqwest::header::RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let fault = Fault::Network { reason: String::new() };
        for attempt in 1..40 {
            let most = Duration::from_millis(200 << (attempt - 1).min(9)).min(LONGEST);
            let pause = fault.pause(attempt);
            assert!(pause >= most / 2 && pause <= most, "{attempt}: {pause:?}");
        }
        let asked = Fault::Status { status: 429, after: Some(Duration::from_secs(3)) };
        assert_eq!(asked.pause(1), Duration::from_secs(3));
        let much = Fault::Status { status: 429, after: Some(Duration::from_hours(24)) };
        assert_eq!(much.pause(1), LONGEST_ASKED);
    }
}
