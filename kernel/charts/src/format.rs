//! Numbers, dates and names as a person reads them, the same in every writer.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::number::{float, index, whole};

/// How the numbers along an axis are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NumberFormat {
    /// `12,500` or `0.25`.
    Plain,
    /// `1990`: years, which no one writes with a comma.
    Year,
    /// `2.5M`.
    Prefix,
    /// `1.5e+30`.
    Power,
}

impl NumberFormat {
    /// The format that suits an axis from `min` to `max` with ticks `step` apart.
    pub(crate) fn suited(min: f64, max: f64, step: f64, title: &str) -> Self {
        let largest = min.abs().max(max.abs());
        let whole_steps = step >= 1.0;
        if whole_steps && largest < 10_000.0 && is_year(title) {
            Self::Year
        } else if largest >= 1e24 || (largest > 0.0 && largest < 1e-4) {
            Self::Power
        } else if largest >= 1e6 && step >= largest / 1000.0 {
            Self::Prefix
        } else {
            Self::Plain
        }
    }

    /// The same format in d3's language, which Vega-Lite speaks; `None` is its own default.
    pub(crate) fn d3(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Year => Some("d"),
            Self::Prefix => Some("~s"),
            Self::Power => Some("~e"),
        }
    }

    /// Writes a value that lies on ticks `step` apart.
    pub(crate) fn tick(self, value: f64, step: f64) -> String {
        let value = if value.abs() < step * 1e-6 { 0.0 } else { value };
        match self {
            Self::Plain => thousands(value, decimals(step)),
            Self::Year => format!("{value:.0}"),
            Self::Prefix => prefixed(value),
            Self::Power => power(value),
        }
    }
}

/// Whether the numbers of a column of that name are years.
fn is_year(title: &str) -> bool {
    let title = title.to_lowercase();
    title.split(|letter: char| !letter.is_alphanumeric()).any(|word| matches!(word, "year" | "yr"))
        || title.ends_with("year")
}

/// A value of a column of that name: years have no comma.
pub(crate) fn value_of(title: &str, number: f64) -> String {
    if number.abs() < 10_000.0 && number.fract() == 0.0 && is_year(title) {
        return format!("{number:.0}");
    }
    value(number)
}

/// A count with commas: `1,234,567`.
pub(crate) fn count(value: usize) -> String {
    thousands(float(value), 0)
}

/// A value on its own, to about six digits: `0.333333`, `1,234.5`, `1.2e+30`.
pub(crate) fn value(value: f64) -> String {
    let size = value.abs();
    if size >= 1e15 || (size > 0.0 && size < 1e-4) {
        return power(value);
    }
    let digits = if size >= 1.0 { index(size.log10(), 16) } else { 0 };
    let text = thousands(value, 5_usize.saturating_sub(digits));
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Digits after the point that tell ticks `step` apart from each other.
fn decimals(step: f64) -> usize {
    if step >= 1.0 || step <= 0.0 { 0 } else { index((-step.log10()).ceil(), 13) }
}

fn thousands(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let point = if part.is_empty() { "" } else { "." };
    let sign = if digits.chars().any(|digit| matches!(digit, '1'..='9')) { sign } else { "" };
    format!("{sign}{grouped}{point}{part}")
}

/// A value with an SI prefix, as d3's `~s` writes it.
fn prefixed(value: f64) -> String {
    const PREFIXES: [&str; 8] = ["", "k", "M", "G", "T", "P", "E", "Z"];
    let size = value.abs();
    let place = if size >= 1.0 { index((size.log10() + 1e-9) / 3.0, PREFIXES.len()) } else { 0 };
    let scaled = value / 1000_f64.powi(i32::try_from(place).unwrap_or(0));
    let text = thousands(scaled, 3);
    format!("{}{}", text.trim_end_matches('0').trim_end_matches('.'), PREFIXES[place])
}

fn power(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let text = format!("{value:.3e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((text.as_str(), "0"));
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    let sign = if exponent.starts_with('-') { "" } else { "+" };
    format!("{digits}e{sign}{exponent}")
}

/// Milliseconds since 1970 as a civil time; `None` outside the years that charts draw.
pub(crate) fn civil(milliseconds: f64) -> Option<DateTime> {
    let stamp = Timestamp::from_millisecond(whole(milliseconds)).ok()?;
    Some(stamp.to_zoned(TimeZone::UTC).datetime())
}

/// A moment in ISO 8601 without a zone: a browser then shows the very hours that the table holds.
pub(crate) fn iso(milliseconds: f64) -> String {
    civil(milliseconds).map_or_else(String::new, |time| {
        let pattern = if time.subsec_nanosecond() == 0 { "%Y-%m-%dT%H:%M:%S" } else { "%Y-%m-%dT%H:%M:%S.%3f" };
        time.strftime(pattern).to_string()
    })
}

/// A moment as short as it can be read: without seconds on the minute, the date alone at midnight.
pub(crate) fn moment(milliseconds: f64) -> String {
    let text = iso(milliseconds).replace('T', " ");
    let text = text.strip_suffix(":00").unwrap_or(&text);
    text.strip_suffix(" 00:00").unwrap_or(text).to_owned()
}

/// A name or value safe to show on one line: control characters and what XML forbids become spaces.
pub(crate) fn clean(text: impl AsRef<str>) -> String {
    let shown = |letter: char| {
        if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}' | '\u{2028}' | '\u{2029}') {
            ' '
        } else {
            letter
        }
    };
    text.as_ref().chars().map(shown).collect()
}

/// A label of at most `most` characters, with an ellipsis for what was cut.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", head.trim_end())
}

/// A text that begins with a capital letter.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The width of a text in a common sans-serif face, in pixels, within a tenth or so.
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    let ems = |letter: char| match letter {
        'i' | 'j' | 'l' | 't' | 'f' | '.' | ',' | ':' | ';' | '|' | '!' | '\'' | '(' | ')' | ' ' => 0.33,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.9,
        'A'..='Z' => 0.7,
        '\u{1100}'.. => 1.0,
        _ => 0.58,
    };
    text.chars().map(ems).sum::<f64>() * size
}

/// Whether labels fit side by side into equal bands along `width` pixels, written at 11 pixels.
pub(crate) fn fit_bands(labels: &[String], width: u32) -> bool {
    let band = f64::from(width) / float(labels.len().max(1));
    labels.iter().all(|label| text_width(label, 11.0) + 6.0 <= band)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(value(0.0), "0");
        assert_eq!(value(-0.0), "0");
        assert_eq!(value(1234.5), "1,234.5");
        assert_eq!(value(1.0 / 3.0), "0.33333");
        assert_eq!(value(-1_234_567.0), "-1,234,567");
        assert_eq!(value(1.25e30), "1.25e+30");
        assert_eq!(value(2e-9), "2e-9");
        assert_eq!(count(1_000_000), "1,000,000");
        assert_eq!(NumberFormat::Prefix.tick(2_500_000.0, 500_000.0), "2.5M");
        assert_eq!(NumberFormat::Prefix.tick(1e9, 1e9), "1G");
        assert_eq!(NumberFormat::Prefix.tick(500_000.0, 500_000.0), "500k");
        assert_eq!(NumberFormat::Plain.tick(0.3, 0.1), "0.3");
        assert_eq!(NumberFormat::Plain.tick(-1e-17, 0.1), "0.0");
    }

    #[test]
    fn a_year_has_no_comma() {
        assert_eq!(NumberFormat::suited(1990.0, 2020.0, 5.0, "birth_year"), NumberFormat::Year);
        assert_eq!(NumberFormat::suited(1990.0, 2020.0, 5.0, "price"), NumberFormat::Plain);
        assert_eq!(NumberFormat::suited(0.0, 5e6, 1e6, "price"), NumberFormat::Prefix);
        assert_eq!(NumberFormat::suited(1e6, 1e6 + 10.0, 2.0, "price"), NumberFormat::Plain);
    }

    #[test]
    fn times_keep_their_hours() {
        assert_eq!(iso(0.0), "1970-01-01T00:00:00");
        assert_eq!(moment(86_400_000.0), "1970-01-02");
        assert_eq!(moment(1.5), "1970-01-01 00:00:00.002");
        assert_eq!(moment(60_000.0), "1970-01-01 00:01");
        assert_eq!(moment(-1000.0), "1969-12-31 23:59:59");
    }

    #[test]
    fn names_lose_what_would_break_a_line() {
        assert_eq!(clean("a\nb\u{0}<c>"), "a b <c>");
        assert_eq!(shorten("abcdef", 4), "abc…");
    }
}
