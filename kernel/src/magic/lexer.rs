//! As much of Rust's lexical structure as it takes to tell where a statement begins.

/// What stands before a line of Rust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing, or the end of a statement or block: a new statement begins.
    Statement,
    /// The end of an expression: the line may go on with an operator.
    Expression,
    /// An operator, a comma or an opening bracket: the line goes on with an operand.
    Operator,
}

/// Walks through Rust line by line, never stopping inside a string or comment.
#[derive(Debug, Clone)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    /// Where the scanner stands: always at the beginning of a line.
    pub(super) position: usize,
    /// How many brackets are open.
    pub(super) depth: usize,
    /// What stands before this line.
    pub(super) before: Before,
}

impl<'a> Scanner<'a> {
    /// Begins at the beginning of a text.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, position: 0, depth: 0, before: Before::Statement }
    }

    /// True at the end of the text.
    pub(super) fn at_end(&self) -> bool {
        self.position >= self.text.len()
    }

    /// The rest of the line without its end.
    pub(super) fn line(&self) -> &'a str {
        let rest = &self.text[self.position..];
        let line = rest.split('\n').next().unwrap_or(rest);
        line.strip_suffix('\r').unwrap_or(line)
    }

    /// Steps over a line that is not Rust; the next line begins a statement.
    pub(super) fn skip_foreign_line(&mut self) {
        self.position = self.end_of_line(self.position);
        self.depth = 0;
        self.before = Before::Statement;
    }

    /// Reads Rust to the beginning of the next line that is not inside a string or comment.
    pub(super) fn skip_rust_line(&mut self) {
        let bytes = self.text.as_bytes();
        let mut at = self.position;
        while at < bytes.len() {
            let byte = bytes[at];
            if byte == b'\n' {
                at += 1;
                break;
            }
            at = match byte {
                b' ' | b'\t' | b'\r' => at + 1,
                b'/' if bytes.get(at + 1) == Some(&b'/') => {
                    self.text[at..].find('\n').map_or(bytes.len(), |end| at + end)
                }
                b'/' if bytes.get(at + 1) == Some(&b'*') => block_comment(bytes, at),
                b'"' => self.literal(quoted(bytes, at, b'"')),
                b'\'' => self.literal(character_or_lifetime(self.text, at)),
                b'0'..=b'9' | b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => self.word(at),
                _ => self.punctuation(byte, at),
            };
        }
        self.position = at.min(bytes.len());
    }

    fn literal(&mut self, end: usize) -> usize {
        self.before = Before::Expression;
        end
    }

    /// A word, a number, or a prefixed string such as `r#"…"#`.
    fn word(&mut self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let end =
            at + bytes[at..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_' || **b >= 0x80).count();
        self.before = Before::Expression;
        match (&bytes[at..end], bytes.get(end)) {
            (b"r" | b"br" | b"cr", Some(b'#' | b'"')) => raw_string(bytes, end).unwrap_or(end),
            (b"b" | b"c", Some(b'"')) => quoted(bytes, end, b'"'),
            (b"b", Some(b'\'')) => quoted(bytes, end, b'\''),
            _ => end,
        }
    }

    fn punctuation(&mut self, byte: u8, at: usize) -> usize {
        match byte {
            b'(' | b'[' | b'{' => {
                self.depth += 1;
                self.before = Before::Operator;
            }
            b')' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                self.before = Before::Expression;
            }
            b'}' => {
                self.depth = self.depth.saturating_sub(1);
                self.before = Before::Statement;
            }
            b';' => self.before = Before::Statement,
            b'?' => self.before = Before::Expression,
            _ => self.before = Before::Operator,
        }
        at + 1
    }

    fn end_of_line(&self, from: usize) -> usize {
        self.text[from..].find('\n').map_or(self.text.len(), |at| from + at + 1)
    }
}

/// The end of a nested block comment that begins at `at`.
fn block_comment(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            (b'*', Some(b'/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    at
}

/// The end of a literal with escapes whose quote stands at `at`.
fn quoted(bytes: &[u8], at: usize, quote: u8) -> usize {
    let mut at = at + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The end of a raw string whose hashes begin at `at`; `None` for a raw identifier such as `r#type`.
fn raw_string(bytes: &[u8], at: usize) -> Option<usize> {
    let hashes = bytes[at..].iter().take_while(|b| **b == b'#').count();
    if bytes.get(at + hashes) != Some(&b'"') {
        return None;
    }
    let mut end = at + hashes + 1;
    while end < bytes.len() {
        let closing =
            bytes[end] == b'"' && bytes[end + 1..].iter().take(hashes).filter(|b| **b == b'#').count() == hashes;
        end += 1;
        if closing {
            return Some(end + hashes);
        }
    }
    Some(bytes.len())
}

/// The end of a character literal, or of the quote of a lifetime.
fn character_or_lifetime(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut rest = text[at + 1..].chars();
    match rest.next() {
        Some('\\') => quoted(bytes, at, b'\''),
        Some(first) if rest.next() == Some('\'') && first != '\'' => at + 1 + first.len_utf8() + 1,
        _ => at + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines at which the scanner stops at depth 0 before a new statement.
    fn statements(text: &str) -> Vec<&str> {
        let mut scanner = Scanner::new(text);
        let mut lines = Vec::new();
        while !scanner.at_end() {
            if scanner.depth == 0 && scanner.before == Before::Statement {
                lines.push(scanner.line());
            }
            scanner.skip_rust_line();
        }
        lines
    }

    #[test]
    fn knows_where_statements_begin() {
        assert_eq!(
            statements("let a = 1;\nlet b = a\n% 2;\nfn f() {\nx;\n}\nb"),
            ["let a = 1;", "let b = a", "fn f() {", "b"]
        );
        assert_eq!(statements("f(\n%x,\n);\nend"), ["f(", "end"]);
    }

    #[test]
    fn strings_and_comments_are_one_piece() {
        assert_eq!(statements("let a = \"\n%x;\n\";\nb"), ["let a = \"", "b"]);
        assert_eq!(statements("let a = r#\"\n\"%x\n\"#;\nb"), ["let a = r#\"", "b"]);
        assert_eq!(statements("/* /* \n */\n%x\n*/\nb"), ["/* /* ", "b"]);
        assert_eq!(statements("let c = '\"'; // it's\nb"), ["let c = '\"'; // it's", "b"]);
        assert_eq!(
            statements("fn f<'a>(x: &'a str) {}\nlet r#type = b'\\'';\nb"),
            ["fn f<'a>(x: &'a str) {}", "let r#type = b'\\'';", "b"]
        );
    }

    #[test]
    fn an_open_string_runs_to_the_end() {
        assert_eq!(statements("let a = \"abc\nb;\nc"), ["let a = \"abc"]);
        assert_eq!(statements("// only a comment"), ["// only a comment"]);
        assert_eq!(statements("let x = 4; //"), ["let x = 4; //"]);
    }
}
