//! From a file's bytes to text: byte order marks, encodings, and what is no text at all.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::error::KernelError;

/// Text that was decoded, with what the reader should know.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) bytes: Vec<u8>,
    pub(super) note: Option<String>,
}

/// How many bytes are looked at to tell text from other content.
const SAMPLE: usize = 64 * 1024;

/// Decodes a file's bytes as UTF-8 text.
///
/// # Errors
/// `data::encoding` for an unknown label, `data::binary` when the content is no text.
pub(super) fn decode(
    bytes: Vec<u8>,
    encoding: Option<&str>,
    format: &'static str,
    name: &str,
) -> Result<Text, KernelError> {
    if let Some(label) = encoding {
        let wanted = Encoding::for_label(label.trim().as_bytes())
            .ok_or_else(|| KernelError::UnknownEncoding { name: label.to_owned() })?;
        return Ok(convert(&bytes, wanted));
    }
    if let Some((found, length)) = Encoding::for_bom(&bytes) {
        if found == UTF_8 {
            return Ok(Text { bytes: bytes[length..].to_vec(), note: None });
        }
        let mut text = convert(&bytes, found);
        text.note = Some(format!("The file is {}", found.name()));
        return Ok(text);
    }
    if let Some(found) = utf16_without_mark(&bytes) {
        let mut text = convert(&bytes, found);
        text.note = Some(format!("Read as {}; --encoding says otherwise", found.name()));
        return Ok(text);
    }
    if looks_binary(&bytes) {
        let help = known_content(&bytes).map_or_else(
            || "is it the right file? --encoding NAME reads text in a rare encoding".to_owned(),
            |kind| format!("it looks like {kind}"),
        );
        return Err(KernelError::BinaryFile { format, name: name.to_owned(), help });
    }
    if std::str::from_utf8(&bytes).is_ok() {
        return Ok(Text { bytes, note: None });
    }
    let mut text = convert(&bytes, WINDOWS_1252);
    text.note = Some("The file is not UTF-8: read as windows-1252 (Latin-1); --encoding says otherwise".to_owned());
    Ok(text)
}

fn convert(bytes: &[u8], from: &'static Encoding) -> Text {
    let (text, _, damaged) = from.decode(bytes);
    let note = damaged.then(|| format!("Some bytes are not valid {} and were replaced by \u{fffd}", from.name()));
    let bytes = match text {
        Cow::Owned(text) => text.into_bytes(),
        Cow::Borrowed(text) => text.as_bytes().to_vec(),
    };
    Text { bytes, note }
}

/// Two-byte text shows as a zero in every other byte.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(SAMPLE) & !1];
    if sample.len() < 8 {
        return None;
    }
    let zeros = |offset: usize| sample.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), sample.len() / 2);
    if odd * 10 > pairs * 8 && even * 10 < pairs {
        Some(UTF_16LE)
    } else if even * 10 > pairs * 8 && odd * 10 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

fn looks_binary(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let odd = sample.iter().filter(|byte| **byte < 32 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b)).count();
    known_content(sample).is_some() || sample.contains(&0) || odd * 50 > sample.len()
}

/// What a file's first bytes say, in words.
fn known_content(bytes: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 8] = [
        (b"PAR1", "Parquet: give --format parquet"),
        (b"ARROW1", "Arrow IPC: give --format arrow"),
        (b"PK\x03\x04", "a ZIP archive or a spreadsheet: unpack it, or save it as CSV"),
        (b"\xd0\xcf\x11\xe0", "an old spreadsheet: save it as CSV"),
        (b"%PDF", "a PDF"),
        (b"\x89PNG", "a picture"),
        (b"SQLite format 3", "an SQLite database"),
        (b"\x7fELF", "a program"),
    ];
    KNOWN.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<(String, Option<String>), KernelError> {
        decode(bytes.to_vec(), None, "CSV", "x.csv").map(|text| (String::from_utf8(text.bytes).unwrap(), text.note))
    }

    #[test]
    fn encodings_are_recognised() {
        assert_eq!(read("a,ä\n".as_bytes()).unwrap(), ("a,ä\n".into(), None));
        assert_eq!(read(b"\xef\xbb\xbfa,b\n").unwrap(), ("a,b\n".into(), None));
        let (text, note) = read(b"name\ncaf\xe9\n").unwrap();
        assert_eq!(text, "name\ncafé\n");
        assert!(note.unwrap().contains("windows-1252"));
        let little: Vec<u8> = "naïve,b\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&little).unwrap().0, "naïve,b\n1,2\n");
        let marked: Vec<u8> =
            [0xfe, 0xff].into_iter().chain("a,b\n".encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(read(&marked).unwrap().0, "a,b\n");
    }

    #[test]
    fn an_encoding_can_be_given() {
        let text = decode(b"\x83e\x83X\x83g\n".to_vec(), Some("shift_jis"), "CSV", "x").unwrap();
        assert_eq!(String::from_utf8(text.bytes).unwrap(), "テスト\n");
        assert!(matches!(decode(vec![], Some("klingon"), "CSV", "x"), Err(KernelError::UnknownEncoding { .. })));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bytes in
            [&b"\x7fELF\x02\x01\x01\x00\x00"[..], b"PK\x03\x04abc", b"PAR1\x15\x04", &[1, 2, 3, 4, 5, 6, 200, 201]]
        {
            assert!(matches!(read(bytes), Err(KernelError::BinaryFile { .. })), "{bytes:?}");
        }
    }
}
