//! The part of ZMTP 3.0 that a kernel's sockets speak: greeting, handshake, frames (<https://rfc.zeromq.org/spec/23/>).

use std::io::{Error, ErrorKind, Result};

use bytes::{BufMut, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

const MORE: u8 = 1;
const LONG: u8 = 2;
const COMMAND: u8 = 4;
/// Handshakes and topics are short; anything longer comes from something else.
pub(super) const LONGEST_TOPIC: u64 = 64 * 1024;
/// The longest part of a message.
pub(super) const LONGEST_PART: u64 = 1024 * 1024 * 1024;

/// The sockets that a kernel binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Socket {
    /// Publishes to SUB and XSUB.
    XPub,
    /// Talks to DEALER, REQ and ROUTER.
    Router,
}

impl Socket {
    fn name(self) -> &'static str {
        match self {
            Self::XPub => "XPUB",
            Self::Router => "ROUTER",
        }
    }

    fn talks_to(self, peer: &[u8]) -> bool {
        match self {
            Self::XPub => matches!(peer, b"SUB" | b"XSUB"),
            Self::Router => matches!(peer, b"DEALER" | b"REQ" | b"ROUTER"),
        }
    }
}

/// One frame from a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    /// True for a ZMTP command, false for a part of a message.
    pub(super) command: bool,
    /// True when more parts of the same message follow.
    pub(super) more: bool,
    /// The bytes.
    pub(super) body: Vec<u8>,
}

/// What a subscriber said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
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
    pub(super) fn said(&self) -> Said {
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

/// Greets a peer and shakes hands with it. Returns its identity, empty if it has none.
///
/// # Errors
/// A peer that does not speak ZMTP 3 without encryption, or is not of a kind that this socket talks to.
pub(super) async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, socket: Socket) -> Result<Bytes> {
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
    stream.write_all(&ready(socket)).await?;
    stream.flush().await?;
    let frame = read_frame(stream, LONGEST_TOPIC).await?;
    let properties = frame.body.strip_prefix(b"\x05READY").filter(|_| frame.command).unwrap_or_default();
    if !property(properties, b"Socket-Type").is_some_and(|peer| socket.talks_to(peer)) {
        return Err(Error::new(ErrorKind::InvalidData, "the peer is not of the kind that belongs to this socket"));
    }
    Ok(Bytes::copy_from_slice(property(properties, b"Identity").unwrap_or_default()))
}

fn ready(socket: Socket) -> Vec<u8> {
    let mut body = Vec::from(&b"\x05READY\x0bSocket-Type"[..]);
    body.extend((socket.name().len() as u32).to_be_bytes());
    body.extend(socket.name().bytes());
    body.splice(0..0, [COMMAND, body.len() as u8]);
    body
}

/// Reads one frame of at most `longest` bytes.
///
/// # Errors
/// The connection ended, or the frame is longer or no frame.
pub(super) async fn read_frame<R: AsyncRead + Unpin>(stream: &mut R, longest: u64) -> Result<Frame> {
    let flags = stream.read_u8().await?;
    let length = if flags & LONG == 0 { u64::from(stream.read_u8().await?) } else { stream.read_u64().await? };
    if length > longest || flags & !(MORE | LONG | COMMAND) != 0 {
        return Err(Error::new(ErrorKind::InvalidData, "the peer sent what is no frame of ZMTP"));
    }
    // Memory is taken as bytes come, not as they are promised.
    let mut body = Vec::with_capacity(length.min(LONGEST_TOPIC) as usize);
    if stream.take(length).read_to_end(&mut body).await? as u64 != length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(Frame { command: flags & COMMAND != 0, more: flags & MORE != 0, body })
}

/// The bytes of a message of several parts.
pub(super) fn encode(parts: &[Bytes]) -> Bytes {
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
pub(super) fn pong(context: &[u8]) -> Bytes {
    let mut out = BytesMut::new();
    out.put_slice(&[COMMAND, (5 + context.len().min(16)) as u8]);
    out.put_slice(b"\x04PONG");
    out.put_slice(&context[..context.len().min(16)]);
    out.freeze()
}

fn property<'a>(mut properties: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    loop {
        let (name_length, rest) = properties.split_first()?;
        let (name, rest) = rest.split_at_checked(usize::from(*name_length))?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (value, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        if name.eq_ignore_ascii_case(wanted) {
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
            let frame = read_frame(&mut reader, 1000).await.unwrap();
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
    async fn a_peer_of_another_kind_is_refused() {
        let (mut ours, mut theirs) = tokio::io::duplex(1024);
        let server = tokio::spawn(async move { handshake(&mut ours, Socket::XPub).await });
        let mut greeting = [0_u8; 64];
        greeting[0] = 0xff;
        greeting[9] = 0x7f;
        greeting[10] = 3;
        greeting[12..16].copy_from_slice(b"NULL");
        theirs.write_all(&greeting).await.unwrap();
        theirs.write_all(b"\x04\x1c\x05READY\x0bSocket-Type\0\0\0\x06DEALER").await.unwrap();
        assert_eq!(server.await.unwrap().unwrap_err().kind(), ErrorKind::InvalidData);
    }

    #[tokio::test]
    async fn identities_are_told_in_the_handshake() {
        let (mut ours, mut theirs) = tokio::io::duplex(1024);
        let server = tokio::spawn(async move { handshake(&mut ours, Socket::Router).await });
        let mut greeting = [0_u8; 64];
        greeting[0] = 0xff;
        greeting[9] = 0x7f;
        greeting[10] = 3;
        greeting[12..16].copy_from_slice(b"NULL");
        theirs.write_all(&greeting).await.unwrap();
        theirs.write_all(b"\x04\x2b\x05READY\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0\x02me").await.unwrap();
        assert_eq!(server.await.unwrap().unwrap(), "me");
        let mut answer = [0_u8; 64 + 30];
        theirs.read_exact(&mut answer).await.unwrap();
        assert!(answer.ends_with(b"\x05READY\x0bSocket-Type\0\0\0\x06ROUTER"));
    }

    #[tokio::test]
    async fn an_endless_frame_is_refused() {
        let mut bytes: &[u8] = &[LONG, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
        assert!(read_frame(&mut bytes, LONGEST_PART).await.is_err());
    }
}
