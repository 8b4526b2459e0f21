//! Names as SQL writes them.

use std::collections::BTreeSet;

/// Words that DuckDB reserves, or takes for something else in some place: an identifier that is one of them needs quotes.
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "anti",
    "any",
    "array",
    "as",
    "asc",
    "asof",
    "asymmetric",
    "at",
    "authorization",
    "binary",
    "both",
    "by",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "columns",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "default",
    "deferrable",
    "desc",
    "describe",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "generated",
    "glob",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lambda",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "map",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "pivot",
    "pivot_longer",
    "pivot_wider",
    "placing",
    "positional",
    "primary",
    "qualify",
    "references",
    "returning",
    "right",
    "select",
    "semi",
    "show",
    "similar",
    "some",
    "struct",
    "summarize",
    "symmetric",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "try_cast",
    "tuple",
    "union",
    "unique",
    "unpack",
    "unpivot",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];

/// Whether a name in lower case is one of DuckDB's reserved words.
pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.binary_search(&name).is_ok()
}

/// A name in double quotes, whatever it holds.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text in single quotes.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as a person would type it: quoted only where it must be.
pub(crate) fn typed(name: &str) -> String {
    let plain = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name
            .chars()
            .all(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_')
        && !is_reserved(name);
    if plain { name.to_owned() } else { quoted(name) }
}

/// The parts of a name as it is typed, `a.b."c d"`, without quotes; none when it is no name.
pub(crate) fn parts(typed: &str) -> Option<Vec<String>> {
    let (mut result, mut rest) = (Vec::new(), typed.trim());
    loop {
        let (part, after) = if let Some(inner) = rest.strip_prefix('"') {
            quoted_part(inner)?
        } else {
            let end = rest.find('.').unwrap_or(rest.len());
            (rest[..end].trim().to_owned(), &rest[end..])
        };
        if part.is_empty() || part.contains('\0') {
            return None;
        }
        result.push(part);
        match after.trim_start() {
            "" => return Some(result),
            more => rest = more.strip_prefix('.')?.trim_start(),
        }
    }
}

/// What is in quotes, and what comes after them.
fn quoted_part(inner: &str) -> Option<(String, &str)> {
    let mut part = String::new();
    let mut characters = inner.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if character != '"' {
            part.push(character);
        } else if characters.next_if(|(_, next)| *next == '"').is_some() {
            part.push('"');
        } else {
            return Some((part, &inner[at + 1..]));
        }
    }
    None
}

/// Gives every name after its first use a suffix: `a`, `a` becomes `a`, `a_1`.
///
/// With `fold` names that differ only in ASCII case count as the same, as they do in SQL. A NUL can't be in a name
/// and becomes its symbol; an empty name becomes `column`.
pub(crate) fn unique<'a>(names: impl IntoIterator<Item = &'a str>, fold: bool) -> Vec<String> {
    let key = |name: &str| if fold { name.to_ascii_lowercase() } else { name.to_owned() };
    let mut taken = BTreeSet::new();
    let mut result = Vec::new();
    for name in names {
        let name = if name.is_empty() { "column".to_owned() } else { name.replace('\0', "\u{2400}") };
        let mut candidate = name.clone();
        let mut suffix = 0;
        while !taken.insert(key(&candidate)) {
            suffix += 1;
            candidate = format!("{name}_{suffix}");
        }
        result.push(candidate);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_are_in_order() {
        assert!(RESERVED.is_sorted());
    }

    #[test]
    fn names_are_quoted_where_needed() {
        assert_eq!(typed("sales_2024"), "sales_2024");
        assert_eq!(typed("order"), "\"order\"");
        assert_eq!(typed("Größe"), "\"Größe\"");
        assert_eq!(typed("a\"b"), "\"a\"\"b\"");
        assert_eq!(typed("2x"), "\"2x\"");
        assert_eq!(typed(""), "\"\"");
    }

    #[test]
    fn typed_names_are_taken_apart() {
        let owned = |parts: &[&str]| Some(parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>());
        assert_eq!(parts("sales"), owned(&["sales"]));
        assert_eq!(parts(" a . \"b.c\" .\"d\"\"e\" "), owned(&["a", "b.c", "d\"e"]));
        for bad in ["", ".", "a.", ".a", "\"a", "\"a\"b", "a..b", "\"\""] {
            assert_eq!(parts(bad), None, "{bad}");
        }
    }

    #[test]
    fn names_become_unique() {
        assert_eq!(unique(["a", "a", "a_1", "A", ""], false), ["a", "a_1", "a_1_1", "A", "column"]);
        assert_eq!(unique(["a", "A", "b\0"], true), ["a", "A_1", "b\u{2400}"]);
    }
}
