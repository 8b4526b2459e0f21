//! How one value of a table is written.

use std::fmt::Write as _;

use polars::prelude::{AnyValue, DataType};

/// The most elements of a nested value that are written.
const NESTED: usize = 4;

/// Writes a value in at most `limit` characters; `None` for a missing one. Text stands on one line, in quotes if asked.
pub(super) fn written(value: &AnyValue<'_>, limit: usize, quotes: bool) -> Option<String> {
    let text = match value {
        AnyValue::Null => return None,
        AnyValue::Float32(number) => float(f64::from(*number)),
        AnyValue::Float64(number) => float(*number),
        AnyValue::Boolean(flag) => flag.to_string(),
        AnyValue::Binary(bytes) => binary(bytes),
        AnyValue::BinaryOwned(bytes) => binary(bytes),
        AnyValue::List(series) => {
            let shown = (0..series.len().min(NESTED)).map(|at| {
                series.get(at).ok().and_then(|value| written(&value, limit, true)).unwrap_or_else(|| "null".into())
            });
            let mut parts: Vec<String> = shown.collect();
            if series.len() > NESTED {
                parts.push(format!("… {} more", series.len() - NESTED));
            }
            format!("[{}]", parts.join(", "))
        }
        other => match other.get_str() {
            Some(text) => quoted(text, limit, quotes),
            None => other.to_string(),
        },
    };
    Some(cut(&text, limit))
}

/// True for types whose values are aligned at the right.
pub(super) fn is_number(kind: &DataType) -> bool {
    kind.is_numeric() || matches!(kind, DataType::Decimal(..) | DataType::Duration(_))
}

/// A number of rows with its thousands apart: `32,561`.
#[must_use]
pub fn group_digits(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Text that can stand in HTML and in an attribute.
#[must_use]
pub fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() && c != '\n' && c != '\t' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Cuts a text to `limit` characters, the last of them `…`.
pub(super) fn cut(text: &str, limit: usize) -> String {
    let limit = limit.max(1);
    if text.char_indices().nth(limit).is_none() {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(limit - 1).collect();
    short.push('…');
    short
}

/// A float in at most six decimals, or with an exponent where those would not show it.
pub(crate) fn float(number: f64) -> String {
    if !number.is_finite() {
        return if number.is_nan() {
            "NaN".into()
        } else if number > 0.0 {
            "inf".into()
        } else {
            "-inf".into()
        };
    }
    let size = number.abs();
    if size != 0.0 && !(1e-4..1e15).contains(&size) {
        let text = format!("{number:.5e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", digits.trim_end_matches('0').trim_end_matches('.'));
    }
    let text = format!("{number:.6}");
    let text = text.trim_end_matches('0');
    if text.ends_with('.') { format!("{text}0") } else { text.to_owned() }
}

fn quoted(text: &str, limit: usize, quotes: bool) -> String {
    let mark = if quotes { "\"" } else { "" };
    let mut result = mark.to_owned();
    for c in text.chars().take(limit + 1) {
        match c {
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            c if c.is_control() => result.push('\u{fffd}'),
            c => result.push(c),
        }
    }
    result + mark
}

fn binary(bytes: &[u8]) -> String {
    let mut shown = String::new();
    for byte in bytes.iter().take(8) {
        let _ = write!(shown, "{byte:02x}");
    }
    let more = if bytes.len() > 8 { "…" } else { "" };
    format!("0x{shown}{more} ({} B)", bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats() {
        for (number, text) in [
            (1.0, "1.0"),
            (-0.5, "-0.5"),
            (1_234.567_891_2, "1234.567891"),
            (0.000_01, "1e-5"),
            (1.5e20, "1.5e20"),
            (0.0, "0.0"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(float(number), text);
        }
    }

    #[test]
    fn text_is_quoted_cut_and_stays_on_one_line() {
        assert_eq!(written(&AnyValue::String("a\nb\u{7}"), 20, true).unwrap(), "\"a\\nb\u{fffd}\"");
        assert_eq!(written(&AnyValue::String(&"ä".repeat(100)), 10, false).unwrap().chars().count(), 10);
        assert_eq!(written(&AnyValue::Null, 10, true), None);
    }

    #[test]
    fn digits_in_groups() {
        assert_eq!(group_digits(0), "0");
        assert_eq!(group_digits(999), "999");
        assert_eq!(group_digits(1_000_000), "1,000,000");
    }

    #[test]
    fn html_can_not_escape() {
        assert_eq!(escape_html("<a b='\"'>&\u{0}"), "&lt;a b=&#39;&quot;&#39;&gt;&amp;\u{fffd}");
    }
}
