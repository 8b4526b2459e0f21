//! The delimiter of a CSV file, and lines whose fields don't match the header's.

/// What separates fields, in the order of preference.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];
/// How many records decide.
const RECORDS: usize = 100;

/// Guesses the delimiter: the one that cuts the first records into the same number of fields, the more the better.
pub(super) fn sniff(text: &[u8], quote: u8) -> u8 {
    let score = |delimiter: u8| -> (usize, usize) {
        let mut counts: Vec<usize> = Vec::new();
        for record in Records::new(text, delimiter, quote).take(RECORDS) {
            if !record.blank {
                counts.push(record.fields);
            }
        }
        // The last record of a sample is whole, but a header alone decides nothing against a body.
        let Some(first) = counts.first().copied().filter(|fields| *fields > 1) else { return (0, 0) };
        let same = counts.iter().filter(|fields| **fields == first).count();
        (same * 100 / counts.len(), first)
    };
    CANDIDATES
        .into_iter()
        .rev()
        .max_by_key(|delimiter| score(*delimiter))
        .filter(|best| score(*best).1 > 1)
        .unwrap_or(b',')
}

/// What is wrong with the number of fields in a file's records.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Raggedness {
    /// Fields of the first record.
    pub(super) expected: usize,
    /// The first record with more: its line from 1, and its fields.
    pub(super) long: Option<(usize, usize)>,
    /// How many records have fewer, and the line of the first of them.
    pub(super) short: Option<(usize, usize)>,
}

/// Counts the fields of every record.
pub(super) fn raggedness(text: &[u8], delimiter: u8, quote: u8) -> Raggedness {
    let mut result = Raggedness::default();
    for record in Records::new(text, delimiter, quote) {
        if record.blank {
            continue;
        }
        if result.expected == 0 {
            result.expected = record.fields;
        } else if record.fields > result.expected {
            result.long.get_or_insert((record.line, record.fields));
        } else if record.fields < result.expected {
            let (count, _) = result.short.get_or_insert((0, record.line));
            *count += 1;
        }
    }
    result
}

/// One record of a file: a line, or several when a quoted field holds line ends.
#[derive(Debug, PartialEq, Eq)]
struct Record {
    line: usize,
    fields: usize,
    blank: bool,
}

struct Records<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
    delimiter: u8,
    quote: u8,
}

impl<'a> Records<'a> {
    fn new(text: &'a [u8], delimiter: u8, quote: u8) -> Self {
        Self { text, at: 0, line: 1, delimiter, quote }
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        if self.at >= self.text.len() {
            return None;
        }
        let (start, line) = (self.at, self.line);
        let (mut fields, mut field_start, mut quoted) = (1, true, false);
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            if byte == b'\n' {
                self.line += 1;
            }
            if quoted {
                quoted = byte != self.quote;
            } else if byte == b'\n' {
                break;
            } else if byte == self.quote && (field_start || self.text.get(self.at.wrapping_sub(2)) == Some(&self.quote))
            {
                quoted = true;
            } else if byte == self.delimiter {
                fields += 1;
                field_start = true;
                continue;
            }
            field_start = false;
        }
        let blank = self.text[start..self.at].iter().all(|byte| matches!(byte, b'\n' | b'\r'));
        Some(Record { line, fields, blank })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn delimiters_are_told() {
        for (text, delimiter) in [
            ("a,b\n1,2\n", b','),
            ("a;b\n1,5;2,5\n", b';'),
            ("a\tb\nx, y\tz\n", b'\t'),
            ("a|b\n1|2", b'|'),
            ("one\ntwo\n", b','),
            ("\"x;y\",b\n\"p;q\",c\n", b','),
            ("", b','),
            ("a;b;c\n1;2;3\n\"x,y,z\";2;3\n", b';'),
        ] {
            assert_eq!(sniff(text.as_bytes(), b'"') as char, delimiter as char, "{text:?}");
        }
    }

    #[test]
    fn ragged_lines_are_found() {
        let found = raggedness(b"a,b\n1,2\n\"x\ny\",2\n1,2,3\n5\n\n", b',', b'"');
        assert_eq!(found, Raggedness { expected: 2, long: Some((5, 3)), short: Some((1, 6)) });
        assert_eq!(raggedness(b"a,b\n\"say \"\"hi, you\"\"\",2\n", b',', b'"').long, None);
        assert_eq!(raggedness(b"a,b\r\n1,2\r\n", b',', b'"').short, None);
    }

    proptest! {
        #[test]
        fn any_text_is_counted(text in "[a,;\"\n\r\t|]{0,80}") {
            let _ = raggedness(text.as_bytes(), sniff(text.as_bytes(), b'"'), b'"');
        }
    }
}
