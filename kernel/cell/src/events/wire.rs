//! The frame of a message on the events channel.

use std::io::{self, Read, Write};

use serde_json::Value;

/// No header of an honest peer is longer than this many bytes.
const LONGEST_HEADER: usize = 256 << 20;

/// A message: the header's length as an unsigned 32-bit little-endian integer, the header (a JSON object in UTF-8), and
/// then as many raw buffers as the header's `buffers` (a list of lengths in bytes) says.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The JSON object.
    pub header: Value,
    /// Raw bytes that go with it.
    pub buffers: Vec<Vec<u8>>,
}

impl Message {
    /// A message without buffers.
    #[must_use]
    pub fn new(header: Value) -> Self {
        Self { header, buffers: Vec::new() }
    }

    /// Writes the message. The header's `buffers` must state the buffers' lengths.
    ///
    /// # Errors
    /// The writer's, or a header of more than 4 GiB.
    pub fn write(&self, writer: &mut impl Write) -> io::Result<()> {
        let header = serde_json::to_vec(&self.header)?;
        let length = u32::try_from(header.len()).map_err(io::Error::other)?;
        // One write, so that a message is never interleaved with that of a forked twin.
        let mut bytes = Vec::with_capacity(4 + header.len() + self.buffers.iter().map(Vec::len).sum::<usize>());
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&header);
        for buffer in &self.buffers {
            bytes.extend_from_slice(buffer);
        }
        writer.write_all(&bytes)?;
        writer.flush()
    }

    /// Reads a message.
    ///
    /// # Errors
    /// The reader's, or a header that is too long or is not JSON.
    pub fn read(reader: &mut impl Read) -> io::Result<Self> {
        let mut length = [0; 4];
        reader.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length) as usize;
        if length > LONGEST_HEADER {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a header of {length} bytes")));
        }
        let header: Value = serde_json::from_slice(&take(reader, length)?)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let mut buffers = Vec::new();
        for size in header.get("buffers").and_then(Value::as_array).into_iter().flatten() {
            let size = size.as_u64().ok_or(io::ErrorKind::InvalidData)?;
            buffers.push(take(reader, usize::try_from(size).map_err(io::Error::other)?)?);
        }
        Ok(Self { header, buffers })
    }
}

/// Reads exactly so many bytes, without trusting the number for an allocation.
fn take(reader: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length.min(1 << 20));
    reader.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_bytes_are_length_header_and_buffers() {
        let message = Message { header: json!({"buffers": [2, 0]}), buffers: vec![vec![7, 8], vec![]] };
        let mut bytes = Vec::new();
        message.write(&mut bytes).unwrap();
        assert_eq!(bytes, [&[17, 0, 0, 0], br#"{"buffers":[2,0]}"#.as_slice(), &[7, 8]].concat());
        assert_eq!(Message::read(&mut bytes.as_slice()).unwrap(), message);
    }

    #[test]
    fn hostile_frames_are_errors() {
        let huge = u32::MAX.to_le_bytes();
        let no_json = [&[3, 0, 0, 0], b"{]}".as_slice()].concat();
        let cut = [&[9, 0, 0, 0], b"{}".as_slice()].concat();
        let lying = [&[29, 0, 0, 0], br#"{"buffers":[99999999999999]} "#.as_slice()].concat();
        let negative = [&[16, 0, 0, 0], br#"{"buffers":[-1]}"#.as_slice()].concat();
        for bytes in [&huge[..], &no_json, &cut, &lying, &negative, &[1, 0]] {
            assert!(Message::read(&mut &*bytes).is_err(), "{bytes:?}");
        }
    }
}
