//! Messages between the kernel and its Rust processes: a length in four little-endian bytes, a JSON header, and the
//! raw bytes of the buffers that the header counts.

use std::io::{self, Read, Write};

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// No header is longer than this many bytes: a longer length means that something else speaks on the socket.
const LONGEST_HEADER: usize = 256 << 20;

/// Writes a message without buffers.
pub(crate) fn send(stream: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_vec(message)?;
    let length = u32::try_from(text.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut bytes = Vec::with_capacity(text.len() + 4);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&text);
    stream.write_all(&bytes)
}

/// Reads a message; `None` at the end of the stream.
pub(crate) fn receive<T: DeserializeOwned>(stream: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    match stream.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST_HEADER {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut text = vec![0; length];
    stream.read_exact(&mut text)?;
    serde_json::from_slice(&text).map(Some).map_err(io::Error::from)
}

/// Reads a message with the buffers that its header's `buffers` counts.
pub(crate) fn receive_with_buffers(stream: &mut impl Read) -> io::Result<Option<(Value, Vec<Bytes>)>> {
    let Some(header) = receive::<Value>(stream)? else { return Ok(None) };
    let mut buffers = Vec::new();
    for length in header["buffers"].as_array().into_iter().flatten() {
        let length =
            length.as_u64().and_then(|length| usize::try_from(length).ok()).ok_or(io::ErrorKind::InvalidData)?;
        let mut buffer = Vec::new();
        stream.take(length as u64).read_to_end(&mut buffer)?;
        if buffer.len() != length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffers.push(buffer.into());
    }
    Ok(Some((header, buffers)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn headers_and_buffers_survive_the_wire() {
        let mut wire = Vec::new();
        send(&mut wire, &json!({"event": "display", "buffers": [3, 0]})).unwrap();
        wire.extend_from_slice(b"abc");
        let (header, buffers) = receive_with_buffers(&mut wire.as_slice()).unwrap().unwrap();
        assert_eq!(header["event"], "display");
        assert_eq!(buffers, [Bytes::from("abc"), Bytes::new()]);
        assert!(receive::<Value>(&mut [].as_slice()).unwrap().is_none());
        assert!(receive::<Value>(&mut [1u8, 0, 0, 0].as_slice()).is_err());
    }
}
