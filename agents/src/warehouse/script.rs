//! Cuts a script into statements, without parsing them: quotes, comments, brackets and words are enough.

use std::ops::Range;

/// A statement of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    /// Its text, `:name` written as `$name`; as long as in the script.
    pub(crate) text: String,
    /// Where it begins in the script, in bytes.
    pub(crate) start: usize,
    /// Its first word, in upper case.
    pub(crate) verb: String,
    /// Whether it asks for rows; one that does not may answer with a count instead.
    pub(crate) selects: bool,
}

/// Statements that answer with rows, whatever the columns are called.
const SELECTING: &[&str] =
    &["SELECT", "FROM", "VALUES", "TABLE", "SHOW", "DESCRIBE", "DESC", "SUMMARIZE", "EXPLAIN", "PIVOT", "UNPIVOT"];
/// What may follow `WITH …` and change rows.
const CHANGING: &[&str] = &["INSERT", "UPDATE", "DELETE", "MERGE"];

/// The statements of a script, in order. What is only blanks and comments is no statement.
pub(crate) fn statements(script: &str) -> Vec<Statement> {
    let mut result = Vec::new();
    let mut current: Vec<Token> = Vec::new();
    let mut push = |tokens: &mut Vec<Token>| {
        if let Some(statement) = statement(script, tokens) {
            result.push(statement);
        }
        tokens.clear();
    };
    for token in tokens(script) {
        if token.kind == Kind::Symbol && &script[token.at.clone()] == ";" {
            push(&mut current);
        } else {
            current.push(token);
        }
    }
    push(&mut current);
    result
}

/// The words of a script in upper case, without those in quotes and comments.
pub(crate) fn words(script: &str) -> Vec<String> {
    let words = tokens(script).into_iter().filter(|token| token.kind == Kind::Word);
    words.map(|token| script[token.at].to_ascii_uppercase()).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Quoted,
    Comment,
    Symbol,
    Parameter,
}

#[derive(Debug, Clone)]
struct Token {
    kind: Kind,
    at: Range<usize>,
    /// How many parentheses, brackets and braces are open before it.
    depth: usize,
}

fn statement(script: &str, tokens: &[Token]) -> Option<Statement> {
    let mut solid = tokens.iter().filter(|token| token.kind != Kind::Comment);
    let start = solid.clone().next()?.at.start;
    let end = solid.clone().next_back()?.at.end;
    let mut text = script[start..end].to_owned();
    for token in tokens.iter().filter(|token| token.kind == Kind::Parameter) {
        let colon = token.at.start - start;
        text.replace_range(colon..=colon, "$");
    }
    let word = |token: &Token| script[token.at.clone()].to_ascii_uppercase();
    let verb = solid.find(|token| token.kind == Kind::Word).map(word).unwrap_or_default();
    let begins_with_bracket = text.starts_with('(');
    let selects = if verb == "WITH" {
        !tokens
            .iter()
            .any(|token| token.kind == Kind::Word && token.depth == 0 && CHANGING.contains(&word(token).as_str()))
    } else {
        begins_with_bracket || SELECTING.contains(&verb.as_str())
    };
    Some(Statement { text, start, verb, selects })
}

fn tokens(script: &str) -> Vec<Token> {
    let mut lexer = Lexer { script, at: 0, depth: 0, inside: Vec::new() };
    let mut result = Vec::new();
    while let Some(token) = lexer.next() {
        result.push(token);
    }
    result
}

struct Lexer<'a> {
    script: &'a str,
    at: usize,
    depth: usize,
    /// The brackets that are open.
    inside: Vec<char>,
}

impl Lexer<'_> {
    fn next(&mut self) -> Option<Token> {
        self.at += self.rest().find(|character: char| !character.is_whitespace())?;
        let (start, depth) = (self.at, self.depth);
        let rest = &self.script[start..];
        let first = rest.chars().next()?;
        let second = rest[first.len_utf8()..].chars().next();
        let (kind, length) = match (first, second) {
            ('-', Some('-')) => (Kind::Comment, rest.find('\n').unwrap_or(rest.len())),
            ('/', Some('*')) => (Kind::Comment, block_comment(rest)),
            ('\'', _) => (Kind::Quoted, quoted(rest, '\'', false)),
            ('"', _) => (Kind::Quoted, quoted(rest, '"', false)),
            ('e' | 'E', Some('\'')) => (Kind::Quoted, 1 + quoted(&rest[1..], '\'', true)),
            ('$', _) => match dollar_quoted(rest) {
                Some(length) => (Kind::Quoted, length),
                None => (Kind::Symbol, 1),
            },
            (':', Some(':')) => (Kind::Symbol, 2),
            (':', Some(next)) if is_start(next) && self.parameter_may_stand() => {
                (Kind::Parameter, 1 + word(&rest[1..]))
            }
            _ if is_part(first) => (Kind::Word, word(rest)),
            _ => {
                self.bracket(first);
                (Kind::Symbol, first.len_utf8())
            }
        };
        self.at += length;
        Some(Token { kind, at: start..self.at, depth })
    }

    fn rest(&self) -> &str {
        &self.script[self.at..]
    }

    /// A colon is also the slice `[1:n]`, the struct `{a:b}` and the alias `a:b`.
    fn parameter_may_stand(&self) -> bool {
        let before = self.script[..self.at].chars().next_back();
        !matches!(self.inside.last(), Some('[' | '{'))
            && !before.is_some_and(|character| is_part(character) || matches!(character, '"' | '\'' | ')' | ']' | ':'))
    }

    fn bracket(&mut self, symbol: char) {
        match symbol {
            '(' | '[' | '{' => {
                self.inside.push(symbol);
                self.depth += 1;
            }
            ')' | ']' | '}' => {
                self.inside.pop();
                self.depth = self.depth.saturating_sub(1);
            }
            _ => {}
        }
    }
}

fn is_start(character: char) -> bool {
    character.is_alphabetic() || character == '_'
}

fn is_part(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || (!character.is_ascii() && !character.is_whitespace())
}

fn word(rest: &str) -> usize {
    rest.find(|character| !is_part(character)).unwrap_or(rest.len())
}

/// The length of a quoted text with its quotes; all of `rest` when it is not closed.
fn quoted(rest: &str, quote: char, escapes: bool) -> usize {
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if escapes && character == '\\' {
            characters.next();
        } else if character == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            return at + quote.len_utf8();
        }
    }
    rest.len()
}

/// The length of `$tag$ … $tag$`, when `rest` begins with one.
fn dollar_quoted(rest: &str) -> Option<usize> {
    let tag = rest[1..].find('$').map(|end| &rest[..end + 2])?;
    let name = &tag[1..tag.len() - 1];
    if name.starts_with(|first: char| first.is_ascii_digit()) || !name.chars().all(is_part) {
        return None;
    }
    let close = rest[tag.len()..].find(tag)?;
    Some(close + 2 * tag.len())
}

/// The length of a block comment, which may hold others.
fn block_comment(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let (mut at, mut open) = (0, 0_usize);
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"/*" => open += 1,
            b"*/" => open -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if open == 0 {
            return at;
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(script: &str) -> Vec<String> {
        statements(script).into_iter().map(|statement| statement.text).collect()
    }

    #[test]
    fn scripts_are_cut_at_semicolons_only() {
        assert_eq!(texts("SELECT 1; SELECT 2"), ["SELECT 1", "SELECT 2"]);
        assert_eq!(texts(";; -- nothing ; here\n /* ; /* ; */ ; */ "), [] as [&str; 0]);
        assert_eq!(
            texts("SELECT ';' AS \"a;b\"; SELECT $$;$$, $t$;$$;$t$"),
            ["SELECT ';' AS \"a;b\"", "SELECT $$;$$, $t$;$$;$t$"]
        );
        assert_eq!(texts("SELECT 'it''s;'; SELECT E'\\';'"), ["SELECT 'it''s;'", "SELECT E'\\';'"]);
        assert_eq!(texts("SELECT 'never closed; SELECT 2"), ["SELECT 'never closed; SELECT 2"]);
        assert_eq!(texts("-- first\nSELECT 1 -- last"), ["SELECT 1"]);
    }

    #[test]
    fn parameters_are_told_from_other_colons() {
        assert_eq!(texts("SELECT :a, x::int, (:b)"), ["SELECT $a, x::int, ($b)"]);
        assert_eq!(texts("SELECT l[1:n], {'k': v, k:v}, ':a', \":b\""), ["SELECT l[1:n], {'k': v, k:v}, ':a', \":b\""]);
        assert_eq!(texts("SELECT alias: 1, a:b LIMIT :n"), ["SELECT alias: 1, a:b LIMIT $n"]);
        assert_eq!(texts("SELECT -- :no\n:ja_2"), ["SELECT -- :no\n$ja_2"]);
    }

    #[test]
    fn statements_say_whether_they_select() {
        let selects = |script: &str| statements(script).iter().map(|statement| statement.selects).collect::<Vec<_>>();
        assert_eq!(selects("select 1; FROM t; (SELECT 1); values (1)"), [true; 4]);
        assert_eq!(selects("INSERT INTO t SELECT 1; create table x as select 1; COPY t TO 'f'"), [false; 3]);
        assert_eq!(
            selects("WITH a AS (SELECT 1) SELECT * FROM a; WITH a AS (SELECT 1) INSERT INTO t FROM a"),
            [true, false]
        );
        assert_eq!(selects("WITH a AS (INSERT INTO t VALUES (1) RETURNING x) SELECT * FROM a"), [true]);
    }

    #[test]
    fn places_in_the_script_are_kept() {
        let script = "SELECT 'ü';\n  SELECT :name";
        let second = &statements(script)[1];
        assert_eq!(&script[second.start..second.start + 6], "SELECT");
        assert_eq!(second.text.len(), "SELECT :name".len());
        assert_eq!(second.verb, "SELECT");
    }
}
