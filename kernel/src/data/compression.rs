//! Compressed files, told by their first bytes.

use std::io::{self, Read, Write};
use std::path::Path;

/// Unpacks gzip and zstd; other content comes back as it is.
pub(super) fn unpack(bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut plain)?;
    } else if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        zstd::Decoder::new(&bytes[..])?.read_to_end(&mut plain)?;
    } else {
        return Ok(bytes);
    }
    Ok(plain)
}

/// Runs a writer through the compression that the path's suffix asks for.
pub(super) fn packed<W: Write, T>(
    path: &Path,
    file: W,
    write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
) -> io::Result<T> {
    match path.extension().and_then(|suffix| suffix.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("gz") => {
            let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::default());
            let result = write(&mut encoder)?;
            encoder.finish()?.flush()?;
            Ok(result)
        }
        Some("zst") => {
            let mut encoder = zstd::Encoder::new(file, 0)?;
            let result = write(&mut encoder)?;
            encoder.finish()?.flush()?;
            Ok(result)
        }
        _ => {
            let mut file = file;
            let result = write(&mut file)?;
            file.flush()?;
            Ok(result)
        }
    }
}
