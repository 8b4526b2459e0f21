//! The part of ZMTP 3.0 that a publisher speaks: greeting, handshake, frames (<https://rfc.zeromq.org/spec/23/>).

use std::io::{Error, ErrorKind, Result};

use bytes::{BufMut, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

const MORE: u8 = 1;
const LONG: u8 = 2;
const COMMAND: u8 = 4;
/// A subscriber sends topics and handshakes only; anything larger is not one.
const LONGEST_INCOMING: u64 = 64 * 1024;

/// One frame from a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    /// True for a ZMTP command, false for a part of a message.
    pub(crate) command: bool,
    /// True when more parts of the same message follow.
    pub(crate) more: bool,
    /// The bytes.
    pub(crate) body: Vec<u8>,
}

/// What a subscriber said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// Wants the topics that begin so.
    Subscribe(Vec<u8>),
    /// No longer wants them.
    Cancel(Vec<u8>),
    /// Asks whether we live; holds the context to be sent back.
    Ping(Vec<u8>),
    /// Nothing that concerns a publisher.
    Other,
}

impl Frame {
    /// Reads the frame's meaning: subscriptions come as messages in ZMTP 3.0 and as commands in 3.1.
    pub(crate) fn said(&self) -> Said {
        let body = self.body.as_slice();
        match (self.command, body.first()) {
            (false, Some(1)) if !self.more => Said::Subscribe(body[1..].to_vec()),
            (false, Some(0)) if !self.more => Said::Cancel(body[1..].to_vec()),
            (true, _) => {
                if let Some(topic) = body.strip_prefix(b"\x09SUBSCRIBE") {
                    Said::Subscribe(topic.to_vec())
                } else if let Some(topic) = body.strip_prefix(b"\x06CANCEL") {
                    Said::Cancel(topic.to_vec())
                } else if let Some(rest) = body.strip_prefix(b"\x04PING") {
                    Said::Ping(rest.get(2..).unwrap_or_default().to_vec())
                } else {
                    Said::Other
                }
            }
            _ => Said::Other,
        }
    }
}

/// Greets a peer and shakes hands with it as an XPUB socket.
///
/// # Errors
/// A peer that does not speak ZMTP 3 without encryption, or is no subscriber.
pub(crate) async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> Result<()> {
    let mut greeting = [0_u8; 64];
    greeting[0] = 0xff;
    greeting[9] = 0x7f;
    greeting[10] = 3;
    greeting[12..16].copy_from_slice(b"NULL");
    stream.write_all(&greeting).await?;
    let mut theirs = [0_u8; 64];
    stream.read_exact(&mut theirs).await?;
    if theirs[0] != 0xff || theirs[9] & 1 == 0 || theirs[10] < 3 {
        return Err(Error::new(ErrorKind::InvalidData, "the peer does not speak ZMTP 3"));
    }
    if &theirs[12..17] != b"NULL\0" {
        return Err(Error::new(ErrorKind::InvalidData, "the peer wants an encrypted connection"));
    }
    let mut ready = Vec::from(&b"\x05READY\x0bSocket-Type\0\0\0\x04XPUB"[..]);
    ready.splice(0..0, [COMMAND, ready.len() as u8]);
    stream.write_all(&ready).await?;
    let frame = read_frame(stream).await?;
    let properties = frame.body.strip_prefix(b"\x05READY").filter(|_| frame.command);
    match properties.and_then(socket_type) {
        Some(b"SUB" | b"XSUB") => Ok(()),
        _ => Err(Error::new(ErrorKind::InvalidData, "the peer is not a subscriber")),
    }
}

/// Reads one frame.
///
/// # Errors
/// The connection ended, or the frame is longer than any subscriber's.
pub(crate) async fn read_frame<R: AsyncRead + Unpin>(stream: &mut R) -> Result<Frame> {
    let flags = stream.read_u8().await?;
    let length = if flags & LONG == 0 { u64::from(stream.read_u8().await?) } else { stream.read_u64().await? };
    if length > LONGEST_INCOMING || flags & !(MORE | LONG | COMMAND) != 0 {
        return Err(Error::new(ErrorKind::InvalidData, "the peer sent a frame that no subscriber sends"));
    }
    let mut body = vec![0; length as usize];
    stream.read_exact(&mut body).await?;
    Ok(Frame { command: flags & COMMAND != 0, more: flags & MORE != 0, body })
}

/// The bytes of a message of several parts.
pub(crate) fn encode(parts: &[Bytes]) -> Bytes {
    let size = parts.iter().map(|part| part.len() + 9).sum();
    let mut out = BytesMut::with_capacity(size);
    for (index, part) in parts.iter().enumerate() {
        let more = if index + 1 < parts.len() { MORE } else { 0 };
        if let Ok(length) = u8::try_from(part.len()) {
            out.put_slice(&[more, length]);
        } else {
            out.put_u8(more | LONG);
            out.put_u64(part.len() as u64);
        }
        out.put_slice(part);
    }
    out.freeze()
}

/// The answer to a ping.
pub(crate) fn pong(context: &[u8]) -> Bytes {
    let mut out = BytesMut::new();
    out.put_slice(&[COMMAND, (5 + context.len().min(16)) as u8]);
    out.put_slice(b"\x04PONG");
    out.put_slice(&context[..context.len().min(16)]);
    out.freeze()
}

fn socket_type(mut properties: &[u8]) -> Option<&[u8]> {
    loop {
        let (name_length, rest) = properties.split_first()?;
        let (name, rest) = rest.split_at_checked(usize::from(*name_length))?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (value, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        if name.eq_ignore_ascii_case(b"Socket-Type") {
            return Some(value);
        }
        properties = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_are_read_as_they_were_written() {
        let parts = [Bytes::from_static(b"topic"), Bytes::from(vec![7_u8; 300]), Bytes::new()];
        let encoded = encode(&parts);
        let mut reader = encoded.as_ref();
        for (index, part) in parts.iter().enumerate() {
            let frame = read_frame(&mut reader).await.unwrap();
            assert_eq!(frame.body, part.as_ref());
            assert_eq!(frame.more, index < 2);
            assert!(!frame.command);
        }
        assert!(reader.is_empty());
    }

    #[test]
    fn subscriptions_come_as_messages_or_commands() {
        let frame = |command, body: &[u8]| Frame { command, more: false, body: body.to_vec() }.said();
        assert_eq!(frame(false, b"\x01abc"), Said::Subscribe(b"abc".to_vec()));
        assert_eq!(frame(false, b"\x00"), Said::Cancel(Vec::new()));
        assert_eq!(frame(true, b"\x09SUBSCRIBEabc"), Said::Subscribe(b"abc".to_vec()));
        assert_eq!(frame(true, b"\x06CANCELabc"), Said::Cancel(b"abc".to_vec()));
        assert_eq!(frame(true, b"\x04PING\0\x0actx"), Said::Ping(b"ctx".to_vec()));
        assert_eq!(frame(false, b"hello"), Said::Other);
    }

    #[tokio::test]
    async fn a_peer_that_is_no_subscriber_is_refused() {
        let (mut ours, mut theirs) = tokio::io::duplex(1024);
        let server = tokio::spawn(async move { handshake(&mut ours).await });
        let mut greeting = [0_u8; 64];
        greeting[0] = 0xff;
        greeting[9] = 0x7f;
        greeting[10] = 3;
        greeting[12..16].copy_from_slice(b"NULL");
        theirs.write_all(&greeting).await.unwrap();
        theirs.write_all(b"\x04\x1b\x05READY\x0bSocket-Type\0\0\0\x06DEALER").await.unwrap();
        assert_eq!(server.await.unwrap().unwrap_err().kind(), ErrorKind::InvalidData);
    }

    #[tokio::test]
    async fn an_endless_frame_is_refused() {
        let mut bytes: &[u8] = &[LONG, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
        assert!(read_frame(&mut bytes).await.is_err());
    }
}
