//! Messages between the child processes and the kernel: a length in four little-endian bytes, then JSON.

use std::io::{self, Read, Write};

use serde_json::Value;

/// No message of the control channel is longer than this many bytes.
const LONGEST: usize = 16 << 20;

/// Writes one message.
pub(crate) fn write(stream: &mut impl Write, message: &Value) -> io::Result<()> {
    let text = message.to_string();
    let length = u32::try_from(text.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut bytes = length.to_le_bytes().to_vec();
    bytes.extend_from_slice(text.as_bytes());
    stream.write_all(&bytes)
}

/// Reads one message; `None` at the end of the stream.
pub(crate) fn read(stream: &mut impl Read) -> io::Result<Option<Value>> {
    let mut length = [0; 4];
    match stream.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut text = vec![0; length];
    stream.read_exact(&mut text)?;
    serde_json::from_slice(&text).map(Some).map_err(io::Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_message_survives_the_wire() {
        let mut wire = Vec::new();
        write(&mut wire, &json!({"op": "finish", "markers": ["ä"]})).unwrap();
        let mut wire = wire.as_slice();
        assert_eq!(read(&mut wire).unwrap(), Some(json!({"op": "finish", "markers": ["ä"]})));
        assert_eq!(read(&mut wire).unwrap(), None);
    }

    #[test]
    fn a_foreign_length_is_refused() {
        let mut wire: &[u8] = &[0xff, 0xff, 0xff, 0xff, b'{'];
        assert_eq!(read(&mut wire).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
