//! What a server's failure is called here.

use std::time::Duration;

use qdrant_client::QdrantError;

use crate::vectors::VectorError;

/// The codes of gRPC that mean something of their own here.
const CANCELLED: i32 = 1;
const UNKNOWN: i32 = 2;
const DEADLINE_EXCEEDED: i32 = 4;
const NOT_FOUND: i32 = 5;
const ALREADY_EXISTS: i32 = 6;
const PERMISSION_DENIED: i32 = 7;
const INTERNAL: i32 = 13;
const UNAVAILABLE: i32 = 14;
const UNAUTHENTICATED: i32 = 16;

/// The error for the client's. What the server says of itself goes on; the request's headers, with the key, do not.
pub(super) fn of(error: &QdrantError, url: &str, timeout: Duration, collection: &str) -> VectorError {
    let QdrantError::ResponseError { status } = error else {
        return VectorError::Server { message: first_line(&error.to_string()) };
    };
    let (url, message) = (url.to_owned(), first_line(status.message()));
    let is_transport = ["Failed to connect", "transport error", "connection error", "error trying to connect"]
        .iter()
        .any(|words| message.contains(words));
    let late = VectorError::ServerTimeout { url: url.clone(), seconds: timeout.as_secs_f64() };
    match status.code() as i32 {
        DEADLINE_EXCEEDED => late,
        CANCELLED if message.contains("imeout") => late,
        NOT_FOUND => VectorError::CollectionUnknown { name: collection.to_owned(), help: None },
        ALREADY_EXISTS => VectorError::CollectionExists { name: collection.to_owned() },
        PERMISSION_DENIED | UNAUTHENTICATED => VectorError::ServerRefused { url },
        UNAVAILABLE => VectorError::ServerGone { url, reason: message },
        CANCELLED | UNKNOWN | INTERNAL if is_transport => VectorError::ServerGone { url, reason: message },
        _ => VectorError::Server { message },
    }
}

/// Whether a connection that there was broke; one that could not be made would not be made the next moment either.
pub(super) fn lost(error: &VectorError) -> bool {
    matches!(error, VectorError::ServerGone { reason, .. } if !reason.starts_with("Failed to connect"))
}

/// The address without a name, a password and a query, if it can be one.
pub(super) fn shown(text: &str) -> Option<String> {
    let mut url =
        url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())?;
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    url.set_query(None);
    Some(url.to_string())
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(500).collect()
}
