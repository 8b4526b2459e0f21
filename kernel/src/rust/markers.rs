//! Reads a cell's standard output: what the user printed, and the lines by which evcxr's generated code speaks.

use bytes::{Bytes, BytesMut};
use serde_json::{Map, Value};

const BEGIN: &[u8] = b"EVCXR_BEGIN_CONTENT ";
const END: &[u8] = b"EVCXR_END_CONTENT";
/// Every marker begins so; a partial line that could become one is held back.
const PREFIX: &[u8] = b"EVCXR_";
const PANIC: &str = "EVCXR_PANIC_NOTIFICATION";
const USER_ERROR: &str = "EVCXR_ERROR_OCCURRED";
const CHANGED: &str = "EVCXR_VARIABLE_CHANGED_TYPE:";
/// Printed by the code that the kernel puts before a `?`: the line on which an error left the cell.
pub(crate) const PLACE: &str = "EVCXR_SYNTHBOOK_PLACE ";

/// One piece of a cell's standard output.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece {
    /// Bytes that the user printed.
    Text(Bytes),
    /// Something to show, by MIME type: evcxr's convention for rich output.
    Content(Map<String, Value>),
    /// The cell panicked.
    Panic,
    /// An `Err` left the cell.
    UserError,
    /// An error is on its way out of the cell, from this line.
    Place(usize),
    /// A marker that evcxr itself must see.
    Marker(String),
}

/// A parser of the byte stream; feed it as the bytes come.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    buffer: BytesMut,
    content: Option<(String, Vec<u8>)>,
    bundle: Map<String, Value>,
    mid_line: bool,
}

impl Reader {
    /// Takes bytes and gives what is complete in them.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Vec<Piece> {
        self.buffer.extend_from_slice(bytes);
        let mut pieces = Vec::new();
        while !self.buffer.is_empty() && self.step(&mut pieces) {}
        pieces
    }

    /// Gives what was held back; called at the end of a cell.
    pub(crate) fn finish(&mut self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        self.flush_bundle(&mut pieces);
        if let Some((mime, mut text)) = self.content.take() {
            // Content without its end: show what there is as it is.
            let mut raw = [BEGIN, mime.as_bytes(), b"\n"].concat();
            raw.append(&mut text);
            pieces.push(Piece::Text(raw.into()));
        }
        if !self.buffer.is_empty() {
            pieces.push(Piece::Text(self.buffer.split().freeze()));
        }
        self.mid_line = false;
        pieces
    }

    /// Handles the start of the buffer; false when more bytes are needed.
    fn step(&mut self, pieces: &mut Vec<Piece>) -> bool {
        if self.mid_line && self.content.is_none() {
            let end = newline(&self.buffer).map_or(self.buffer.len(), |at| at + 1);
            self.text(end, pieces);
            return true;
        }
        let Some(end) = newline(&self.buffer) else {
            if self.content.is_none() && !could_be_marker(&self.buffer) {
                self.text(self.buffer.len(), pieces);
            }
            return false;
        };
        if self.content.is_some() {
            self.content_line(end, pieces);
            return true;
        }
        if !self.buffer.starts_with(PREFIX) {
            // A run of plain lines goes out as one piece.
            let mut run = end + 1;
            while let Some(next) = newline(&self.buffer[run..]) {
                if self.buffer[run..].starts_with(PREFIX) {
                    break;
                }
                run += next + 1;
            }
            self.text(run, pieces);
            return true;
        }
        let line = self.buffer.split_to(end + 1);
        self.marker_line(&line[..end], pieces);
        true
    }

    fn text(&mut self, length: usize, pieces: &mut Vec<Piece>) {
        self.flush_bundle(pieces);
        let text = self.buffer.split_to(length).freeze();
        self.mid_line = !text.ends_with(b"\n");
        pieces.push(Piece::Text(text));
    }

    fn content_line(&mut self, end: usize, pieces: &mut Vec<Piece>) {
        let line = self.buffer.split_to(end + 1);
        let Some((mime, text)) = &mut self.content else { return };
        if &line[..end] != END {
            text.extend_from_slice(&line);
            return;
        }
        // The newline before the end marker is the marker's.
        if text.last() == Some(&b'\n') {
            text.pop();
        }
        let (mime, text) = (std::mem::take(mime), String::from_utf8_lossy(text).into_owned());
        self.content = None;
        if self.bundle.contains_key(&mime) {
            self.flush_bundle(pieces);
        }
        let value = if mime.ends_with("json") {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        } else {
            Value::String(text)
        };
        self.bundle.insert(mime, value);
    }

    fn marker_line(&mut self, line: &[u8], pieces: &mut Vec<Piece>) {
        if let Some(mime) = line.strip_prefix(BEGIN) {
            self.content = Some((String::from_utf8_lossy(mime).trim().to_owned(), Vec::new()));
            return;
        }
        self.flush_bundle(pieces);
        let line = String::from_utf8_lossy(line);
        pieces.push(match &*line {
            PANIC => Piece::Panic,
            USER_ERROR => Piece::UserError,
            _ if line.starts_with(CHANGED) => Piece::Marker(line.into_owned()),
            _ => match line.strip_prefix(PLACE).and_then(|place| place.parse().ok()) {
                Some(place) => Piece::Place(place),
                None => Piece::Text(format!("{line}\n").into()),
            },
        });
    }

    fn flush_bundle(&mut self, pieces: &mut Vec<Piece>) {
        if !self.bundle.is_empty() {
            pieces.push(Piece::Content(std::mem::take(&mut self.bundle)));
        }
    }
}

fn newline(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|&byte| byte == b'\n')
}

fn could_be_marker(line: &[u8]) -> bool {
    line.starts_with(PREFIX) || PREFIX.starts_with(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(pieces: &[Piece]) -> String {
        pieces
            .iter()
            .filter_map(|piece| {
                if let Piece::Text(text) = piece { Some(String::from_utf8_lossy(text).into_owned()) } else { None }
            })
            .collect()
    }

    #[test]
    fn a_partial_line_is_shown_at_once() {
        let mut reader = Reader::default();
        assert_eq!(texts(&reader.feed(b"part-1")), "part-1");
        assert_eq!(texts(&reader.feed(b" EVCXR_\n")), " EVCXR_\n");
    }

    #[test]
    fn displays_keep_their_order_among_lines() {
        let mut reader = Reader::default();
        let wire = b"A1\nEVCXR_BEGIN_CONTENT text/html\n<b>D1</b>\nEVCXR_END_CONTENT\nA2\nEVCXR_BEGIN_CONTENT text/html\nx\ny\nEVCXR_END_CONTENT\nEVCXR_BEGIN_CONTENT text/html\nz\nEVCXR_END_CONTENT\n";
        let mut pieces = reader.feed(wire);
        pieces.extend(reader.finish());
        let html = |text: &str| Piece::Content([("text/html".to_owned(), text.into())].into_iter().collect());
        assert_eq!(
            pieces,
            [Piece::Text("A1\n".into()), html("<b>D1</b>"), Piece::Text("A2\n".into()), html("x\ny"), html("z")]
        );
    }

    #[test]
    fn representations_of_one_thing_stay_together() {
        let mut reader = Reader::default();
        let mut pieces = reader.feed(b"EVCXR_BEGIN_CONTENT text/plain\n1\nEVCXR_END_CONTENT\nEVCXR_BEGIN_CONTENT text/html\n<i>1</i>\nEVCXR_END_CONTENT\n");
        pieces.extend(reader.finish());
        let Piece::Content(bundle) = &pieces[0] else { panic!("{pieces:?}") };
        assert_eq!((pieces.len(), bundle.len()), (1, 2));
    }

    #[test]
    fn markers_are_told_from_text() {
        let mut reader = Reader::default();
        let pieces = reader.feed(b"EVCXR_SYNTHBOOK_PLACE 7\nEVCXR_ERROR_OCCURRED\nEVCXR_PANIC_NOTIFICATION\nEVCXR_VARIABLE_CHANGED_TYPE:x\nEVCXR_MINE\n");
        assert_eq!(pieces[..3], [Piece::Place(7), Piece::UserError, Piece::Panic]);
        assert_eq!(pieces[3], Piece::Marker("EVCXR_VARIABLE_CHANGED_TYPE:x".into()));
        assert_eq!(texts(&pieces[4..]), "EVCXR_MINE\n");
    }

    proptest! {
        #[test]
        fn plain_bytes_come_out_as_they_went_in(parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..12)) {
            let mut reader = Reader::default();
            let mut out = Vec::new();
            let whole: Vec<u8> = parts.concat();
            prop_assume!(!whole.windows(6).any(|window| window == PREFIX));
            for part in &parts {
                for piece in reader.feed(part) {
                    if let Piece::Text(text) = piece { out.extend_from_slice(&text) }
                }
            }
            for piece in reader.finish() {
                if let Piece::Text(text) = piece { out.extend_from_slice(&text) }
            }
            prop_assert_eq!(out, whole);
        }
    }
}
