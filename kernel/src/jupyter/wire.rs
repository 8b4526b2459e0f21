//! Messages as they stand on the wire: framing, signature, and headers with the fields that `jupyter-protocol` lacks.

use std::sync::Arc;

use bytes::Bytes;
use jupyter_zmq_client::{RawMessage, RuntimeError};
use ring::hmac;
use serde_json::{Map, Value, json};
use zeromq::ZmqMessage;

use super::error::JupyterError;

/// The version of the protocol that the kernel speaks.
pub const PROTOCOL_VERSION: &str = "5.5";
const DELIMITER: &[u8] = b"<IDS|MSG>";

/// A message's header: what the kernel reads of it, and the whole to send back as the parent.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Header {
    /// Names the message.
    pub(crate) msg_id: String,
    /// What it is.
    pub(crate) msg_type: String,
    /// The subshell it is for; the main shell if none (JEP 91).
    pub(crate) subshell_id: Option<String>,
    /// All fields, as they came.
    pub(crate) fields: Map<String, Value>,
}

/// A message from a front end.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    /// The route back.
    pub(crate) identities: Vec<Bytes>,
    /// Its header.
    pub(crate) header: Arc<Header>,
    /// What it answers, if anything.
    pub(crate) parent: Option<Header>,
    /// Its metadata.
    pub(crate) metadata: Map<String, Value>,
    /// Its content; empty when it could not be read.
    pub(crate) content: Map<String, Value>,
    /// Why the content could not be read, if so: such a request is answered with an error.
    pub(crate) broken: Option<String>,
    /// Binary parts.
    pub(crate) buffers: Vec<Bytes>,
}

/// A message to front ends.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    /// What it is.
    pub(crate) msg_type: String,
    /// Its content.
    pub(crate) content: Value,
    /// Its metadata.
    pub(crate) metadata: Map<String, Value>,
    /// Binary parts.
    pub(crate) buffers: Vec<Bytes>,
}

impl Outgoing {
    /// A message without metadata and buffers.
    pub(crate) fn new(msg_type: &str, content: Value) -> Self {
        Self { msg_type: msg_type.to_owned(), content, metadata: Map::new(), buffers: Vec::new() }
    }
}

/// Signs and frames what goes out, checks and takes apart what comes in.
pub(crate) struct Codec {
    key: Option<hmac::Key>,
    session: String,
}

impl Codec {
    /// A codec with a key (empty for unsigned messages) and a new session id.
    pub(crate) fn new(key: &str) -> Self {
        let key = (!key.is_empty()).then(|| hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()));
        Self { key, session: uuid::Uuid::new_v4().simple().to_string() }
    }

    /// Reads a message.
    ///
    /// # Errors
    /// A wrong signature, missing parts, or a header that is not one.
    pub(crate) fn decode(&self, multipart: ZmqMessage) -> Result<Incoming, JupyterError> {
        let raw = RawMessage::from_multipart(multipart, &self.key).map_err(|error| match error {
            RuntimeError::VerifyError(_) => malformed("its signature is wrong"),
            error => malformed(&error.to_string()),
        })?;
        let object = |index: usize, name: &str| -> Result<Map<String, Value>, JupyterError> {
            let part = raw.jparts.get(index).map_or(&b""[..], |part| part.as_ref());
            serde_json::from_slice(part)
                .map_err(|error| malformed(&format!("its {name} is not a JSON object ({error})")))
        };
        let header = Header::from_fields(object(0, "header")?)
            .ok_or_else(|| malformed("its header lacks msg_id or msg_type"))?;
        let parent = Header::from_fields(object(1, "parent_header").unwrap_or_default());
        let (content, broken) = match object(3, "content") {
            Ok(content) => (content, None),
            Err(error) => (Map::new(), Some(error.to_string())),
        };
        Ok(Incoming {
            header: Arc::new(header),
            parent,
            metadata: object(2, "metadata").unwrap_or_default(),
            content,
            broken,
            buffers: raw.jparts.get(4..).unwrap_or_default().to_vec(),
            identities: raw.zmq_identities,
        })
    }

    /// The parts of a message, with its route (or topic) first. Returns the new message's id too.
    pub(crate) fn encode(&self, route: &[Bytes], parent: Option<&Header>, message: Outgoing) -> Encoded {
        let msg_id = uuid::Uuid::new_v4().simple().to_string();
        let header = json!({
            "msg_id": msg_id,
            "msg_type": message.msg_type,
            "session": self.session,
            "username": "synthbook",
            "date": now(),
            "version": PROTOCOL_VERSION,
        });
        let empty = Map::new();
        let body = [
            to_json(&header),
            to_json(parent.map_or(&empty, |header| &header.fields)),
            to_json(&message.metadata),
            to_json(&message.content),
        ];
        let mut parts = Vec::with_capacity(route.len() + 6 + message.buffers.len());
        parts.extend_from_slice(route);
        parts.push(Bytes::from_static(DELIMITER));
        parts.push(self.sign(&body));
        parts.extend(body);
        parts.extend(message.buffers);
        Encoded { msg_id, parts }
    }

    fn sign(&self, body: &[Bytes]) -> Bytes {
        use std::fmt::Write as _;

        let Some(key) = &self.key else { return Bytes::new() };
        let mut context = hmac::Context::with_key(key);
        for part in body {
            context.update(part);
        }
        let mut hex = String::with_capacity(64);
        for byte in context.sign().as_ref() {
            let _ = write!(hex, "{byte:02x}");
        }
        Bytes::from(hex)
    }
}

/// A message ready to be sent.
pub(crate) struct Encoded {
    /// Its id.
    pub(crate) msg_id: String,
    /// Its parts.
    pub(crate) parts: Vec<Bytes>,
}

impl Header {
    fn from_fields(fields: Map<String, Value>) -> Option<Self> {
        let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self { msg_id: text("msg_id")?, msg_type: text("msg_type")?, subshell_id: text("subshell_id"), fields })
    }
}

/// The time in the form that every client parses: six digits of a second, in UTC.
pub(crate) fn now() -> String {
    format!("{:.6}", jiff::Timestamp::now())
}

fn to_json<T: serde::Serialize>(value: &T) -> Bytes {
    // A `Value` always serializes: its keys are strings and its numbers finite.
    serde_json::to_vec(value).map_or_else(|_| Bytes::from_static(b"{}"), Bytes::from)
}

fn malformed(reason: &str) -> JupyterError {
    JupyterError::Malformed { reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(codec: &Codec) -> ZmqMessage {
        let route = [Bytes::from_static(b"peer")];
        let mut message = Outgoing::new("comm_msg", json!({"comm_id": "c", "data": {}}));
        message.buffers.push(Bytes::from_static(b"\x00\x01"));
        ZmqMessage::try_from(codec.encode(&route, None, message).parts).unwrap()
    }

    #[test]
    fn a_message_is_read_as_it_was_written() {
        let codec = Codec::new("secret");
        let message = codec.decode(framed(&codec)).unwrap();
        assert_eq!(message.header.msg_type, "comm_msg");
        assert_eq!(message.content["comm_id"], "c");
        assert_eq!(message.buffers, [Bytes::from_static(b"\x00\x01")]);
        assert_eq!(message.identities, [Bytes::from_static(b"peer")]);
        assert!(message.parent.is_none());
        assert_eq!(message.header.fields["version"], PROTOCOL_VERSION);
    }

    #[test]
    fn another_key_is_refused_and_no_key_takes_all() {
        assert!(Codec::new("other").decode(framed(&Codec::new("secret"))).is_err());
        assert!(Codec::new("").decode(framed(&Codec::new("secret"))).is_ok());
    }

    #[test]
    fn broken_parts_are_errors() {
        let codec = Codec::new("");
        for parts in [
            vec!["<IDS|MSG>", "", "{}", "{}", "{}", "{}"],
            vec!["a", "b"],
            vec!["<IDS|MSG>", "", "[", "{}", "{}", "{}"],
        ] {
            let parts: Vec<Bytes> = parts.into_iter().map(|part| Bytes::from_static(part.as_bytes())).collect();
            assert!(codec.decode(ZmqMessage::try_from(parts).unwrap()).is_err());
        }
    }

    #[test]
    fn a_request_whose_content_is_broken_can_still_be_answered() {
        let header = r#"{"msg_id": "1", "msg_type": "execute_request"}"#;
        let content = r#"{"code": "half an emoji: \ud83d"}"#;
        let parts = ["<IDS|MSG>", "", header, "{}", "{}", content].map(|part| Bytes::from_static(part.as_bytes()));
        let message = Codec::new("").decode(ZmqMessage::try_from(parts.to_vec()).unwrap()).unwrap();
        assert_eq!(message.header.msg_id, "1");
        assert!(message.broken.unwrap().contains("content is not a JSON object"));
    }

    #[test]
    fn times_have_six_digits() {
        let time = now();
        assert_eq!(time.len(), "2026-11-22T21:51:57.123456Z".len(), "{time}");
    }
}
