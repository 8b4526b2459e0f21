//! The parts of a result: the one in the answer first, then those that lie elsewhere, a few ahead of the reader.

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use tokio::task::{JoinError, JoinHandle};

use super::fault::{self, Fault};
use super::reply::Chunk;
use super::{Data, Transport, base64};
use crate::AgentsError;
use crate::warehouse::snowflake::SnowflakeError;

/// How many parts are fetched or held at once. Snowflake makes parts of about 16 MB at most.
const WINDOW: usize = 4;
/// The most bytes of one part.
const LARGEST: usize = 1 << 30;

/// A part of a result as it came.
pub(in crate::warehouse::snowflake) enum Part {
    /// An Arrow stream.
    Arrow(Vec<u8>),
    /// Rows of texts.
    Json(Vec<Vec<Value>>),
}

/// The parts of a result in order, each with the number of its rows where that is said.
pub(in crate::warehouse::snowflake) struct Parts {
    transport: Arc<Transport>,
    inline: Option<Part>,
    waiting: VecDeque<Chunk>,
    coming: VecDeque<(u64, Task)>,
    headers: Arc<HeaderMap>,
    json: bool,
}

impl Parts {
    /// Takes the parts out of an answer.
    pub(in crate::warehouse::snowflake) fn take(
        transport: &Arc<Transport>,
        data: &mut Data,
    ) -> Result<Self, AgentsError> {
        let json = data.rowset.is_some();
        let inline = match (data.rowset.take(), data.rowset_base64.take()) {
            (Some(rows), _) => (!rows.is_empty()).then_some(Part::Json(rows)),
            (None, Some(text)) if !text.is_empty() => {
                let bytes = base64::decode(&text).ok_or_else(|| {
                    AgentsError::from(SnowflakeError::Cut { what: "the rows in the answer are damaged".to_owned() })
                })?;
                Some(Part::Arrow(bytes))
            }
            _ => None,
        };
        let headers = headers(data.chunk_headers.take().unwrap_or_default(), data.qrmk.take())?;
        Ok(Self {
            transport: Arc::clone(transport),
            inline,
            waiting: data.chunks.take().unwrap_or_default().into(),
            coming: VecDeque::new(),
            headers: Arc::new(headers),
            json,
        })
    }

    /// How many rows the parts elsewhere have.
    pub(in crate::warehouse::snowflake) fn elsewhere(&self) -> u64 {
        self.waiting.iter().map(|chunk| chunk.row_count).sum()
    }

    /// The next part, and how many rows it must have where that is said.
    pub(in crate::warehouse::snowflake) async fn next(&mut self) -> Result<Option<(Part, Option<u64>)>, AgentsError> {
        self.fetch_ahead();
        if let Some(part) = self.inline.take() {
            return Ok(Some((part, None)));
        }
        let Some((rows, task)) = self.coming.pop_front() else { return Ok(None) };
        let part =
            task.await.map_err(|error| AgentsError::Internal { what: format!("a part was lost: {error}") })??;
        self.fetch_ahead();
        Ok(Some((part, Some(rows))))
    }

    fn fetch_ahead(&mut self) {
        while self.coming.len() < WINDOW
            && let Some(chunk) = self.waiting.pop_front()
        {
            let (transport, headers, json) = (Arc::clone(&self.transport), Arc::clone(&self.headers), self.json);
            let rows = chunk.row_count;
            let fetched = async move {
                let (transport, chunk, headers) = (&transport, &chunk, &headers);
                transport.tried(|_| transport.fetch(chunk, headers, json)).await
            };
            self.coming.push_back((rows, Task(tokio::spawn(fetched))));
        }
    }
}

impl Transport {
    /// Fetches one part. It goes without the session's token: its address is signed.
    async fn fetch(&self, chunk: &Chunk, headers: &HeaderMap, json: bool) -> Result<Part, Fault> {
        let request = self.client.get(&chunk.url).headers(headers.clone());
        let mut response = request.send().await?;
        if !response.status().is_success() {
            return Err(Fault::Status { status: response.status().as_u16(), after: fault::retry_after(&response) });
        }
        let mut bytes = Vec::with_capacity((chunk.uncompressed_size as usize).min(1 << 26));
        while let Some(piece) = response.chunk().await? {
            if bytes.len() + piece.len() > LARGEST {
                return Err(Fault::Reply { what: "a part of the result is larger than 1 GB".to_owned() });
            }
            bytes.extend_from_slice(&piece);
        }
        if !json {
            return Ok(Part::Arrow(bytes));
        }
        // Rows without the brackets around them.
        let damaged = |_| Fault::Cut { what: "a part of the result is no rows".to_owned() };
        let text = [b"[", bytes.as_slice(), b"]"].concat();
        serde_json::from_slice(&text).map(Part::Json).map_err(damaged)
    }
}

/// What must be sent along to read the parts.
fn headers(given: BTreeMap<String, String>, key: Option<String>) -> Result<HeaderMap, AgentsError> {
    const ENCRYPTION: &str = "x-amz-server-side-encryption-customer-";
    let mut given = given;
    if let (true, Some(key)) = (given.is_empty(), key) {
        given.insert(format!("{ENCRYPTION}algorithm"), "AES256".to_owned());
        given.insert(format!("{ENCRYPTION}key"), key);
    }
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        let (Ok(name), Ok(mut value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) else {
            return Err(SnowflakeError::Reply { what: "the headers for a result's parts are none".to_owned() }.into());
        };
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

/// A task that ends when nobody waits for it any more.
struct Task(JoinHandle<Result<Part, AgentsError>>);

impl Future for Task {
    type Output = Result<Result<Part, AgentsError>, JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}
