//! Compressed files, told by their first bytes.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
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

/// Reads a file through whatever it is packed by, in constant memory.
pub(super) fn unpacking(mut file: File) -> io::Result<Box<dyn Read>> {
    use std::io::Seek;
    let mut start = Vec::new();
    Read::by_ref(&mut file).take(4).read_to_end(&mut start)?;
    file.rewind()?;
    let file = BufReader::with_capacity(1 << 20, file);
    if start.starts_with(&[0x1f, 0x8b]) {
        Ok(Box::new(flate2::bufread::MultiGzDecoder::new(file)))
    } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Ok(Box::new(zstd::Decoder::with_buffer(file)?))
    } else {
        Ok(Box::new(file))
    }
}

/// A file that is written piece by piece, packed as its path's suffix asks for.
pub(super) enum Packing {
    /// As it is.
    Plain(BufWriter<File>),
    /// By gzip.
    Gzip(flate2::write::GzEncoder<BufWriter<File>>),
    /// By zstd.
    Zstd(zstd::Encoder<'static, BufWriter<File>>),
}

impl Packing {
    /// Begins to write.
    pub(super) fn new(path: &Path, file: File) -> io::Result<Self> {
        let file = BufWriter::with_capacity(1 << 20, file);
        let suffix = path.extension().and_then(|suffix| suffix.to_str()).map(str::to_ascii_lowercase);
        Ok(match suffix.as_deref() {
            Some("gz") => Self::Gzip(flate2::write::GzEncoder::new(file, flate2::Compression::default())),
            Some("zst") => Self::Zstd(zstd::Encoder::new(file, 0)?),
            _ => Self::Plain(file),
        })
    }

    /// Writes what is still held back.
    pub(super) fn finish(self) -> io::Result<()> {
        match self {
            Self::Plain(mut file) => file.flush(),
            Self::Gzip(encoder) => encoder.finish()?.flush(),
            Self::Zstd(encoder) => encoder.finish()?.flush(),
        }
    }
}

impl Write for Packing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Gzip(encoder) => encoder.flush(),
            Self::Zstd(encoder) => encoder.flush(),
        }
    }
}
