//! Numbers in digits and in words: "$50,000", "1.5k", "390 thousand", "a dozen", "third", "50 %".

use super::Token;

/// What a number counts, where the question says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Nothing was said.
    Plain,
    /// A currency sign or word.
    Money,
    /// A percent sign or word.
    Percent,
}

/// A number as the question says it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Number {
    /// Its value; a percentage is kept as typed (50 for 50 %).
    pub(crate) value: f64,
    /// Its unit.
    pub(crate) unit: Unit,
    /// Whether it is "third" and not "three".
    pub(crate) ordinal: bool,
    /// Whether it could be a year: four digits and nothing else.
    pub(crate) year: bool,
}

impl Number {
    fn plain(value: f64) -> Self {
        Self { value, unit: Unit::Plain, ordinal: false, year: false }
    }

    /// The number as a count from 1, when it is one.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be whole and small")]
    pub(crate) fn count(&self) -> Option<u64> {
        (self.value.fract() == 0.0 && self.value >= 1.0 && self.value <= 1e9).then_some(self.value as u64)
    }
}

/// Reads the number that one token says.
pub(super) fn read(token: &mut Token) {
    let norm = token.norm.as_str();
    token.number = digits(norm).or_else(|| word(norm));
}

fn digits(norm: &str) -> Option<Number> {
    let mut rest = norm;
    let mut unit = Unit::Plain;
    if let Some(inner) = rest.strip_prefix(['$', '\u{20ac}', '\u{a3}', '\u{a5}']) {
        rest = inner;
        unit = Unit::Money;
    }
    if !rest.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    if let Some(inner) = rest.strip_suffix('%') {
        rest = inner;
        unit = Unit::Percent;
    }
    if let Some(inner) = ["st", "nd", "rd", "th"].iter().find_map(|end| rest.strip_suffix(end)) {
        let value: f64 = inner.parse().ok()?;
        return Some(Number { ordinal: true, ..Number::plain(value) });
    }
    let factor: f64 = match rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',')) {
        "" => 1.0,
        "k" => 1e3,
        "m" | "mn" | "mm" | "mio" => 1e6,
        "b" | "bn" => 1e9,
        _ => return None,
    };
    let body: String =
        rest.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).filter(|c| *c != ',').collect();
    let value: f64 = body.parse().ok()?;
    let year = unit == Unit::Plain
        && rest.len() == 4
        && rest.bytes().all(|b| b.is_ascii_digit())
        && (1900.0..=2100.0).contains(&value);
    Some(Number { value: value * factor, unit, ordinal: false, year })
}

fn word(norm: &str) -> Option<Number> {
    if let Some(value) = cardinal(norm) {
        return Some(Number::plain(value));
    }
    let value = match norm {
        "first" => 1.0,
        "second" => 2.0,
        "third" => 3.0,
        "fourth" => 4.0,
        "fifth" => 5.0,
        "sixth" => 6.0,
        "seventh" => 7.0,
        "eighth" => 8.0,
        "ninth" => 9.0,
        "tenth" => 10.0,
        "eleventh" => 11.0,
        "twelfth" => 12.0,
        "ninetieth" => 90.0,
        _ => return None,
    };
    Some(Number { ordinal: true, ..Number::plain(value) })
}

fn cardinal(norm: &str) -> Option<f64> {
    Some(match norm {
        "zero" => 0.0,
        "one" => 1.0,
        "two" => 2.0,
        "three" => 3.0,
        "four" => 4.0,
        "five" => 5.0,
        "six" => 6.0,
        "seven" => 7.0,
        "eight" => 8.0,
        "nine" => 9.0,
        "ten" => 10.0,
        "eleven" => 11.0,
        "twelve" | "dozen" => 12.0,
        "thirteen" => 13.0,
        "fourteen" => 14.0,
        "fifteen" => 15.0,
        "sixteen" => 16.0,
        "seventeen" => 17.0,
        "eighteen" => 18.0,
        "nineteen" => 19.0,
        "twenty" => 20.0,
        "thirty" => 30.0,
        "forty" => 40.0,
        "fifty" => 50.0,
        "sixty" => 60.0,
        "seventy" => 70.0,
        "eighty" => 80.0,
        "ninety" => 90.0,
        _ => return None,
    })
}

fn scale(norm: &str) -> Option<f64> {
    Some(match norm {
        "hundred" => 1e2,
        "thousand" | "grand" => 1e3,
        "million" | "millions" => 1e6,
        "billion" => 1e9,
        _ => return None,
    })
}

fn money(norm: &str) -> bool {
    matches!(norm, "dollar" | "dollars" | "usd" | "bucks" | "euro" | "euros" | "eur" | "pounds" | "gbp")
}

/// Joins number words to one token and takes units in: "two hundred and fifty", "a thousand", "50 percent".
pub(super) fn merge(tokens: &[Token]) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut i = 0;
    while i < tokens.len() {
        let Some((value, mut len)) = compound(tokens, i) else {
            out.push(tokens[i].clone());
            i += 1;
            continue;
        };
        let mut token = tokens[i].clone();
        let mut number = token.number.unwrap_or(Number::plain(value));
        number.value = value;
        number.year &= len == 1;
        if number.unit == Unit::Plain && !number.ordinal {
            number.unit = match tokens.get(i + len) {
                Some(next) if money(&next.norm) => Unit::Money,
                Some(next) if next.is(&["percent", "pct", "%"]) || (next.mark && next.norm == "%") => Unit::Percent,
                Some(next) if next.is(&["per"]) && tokens.get(i + len + 1).is_some_and(|t| t.is(&["cent"])) => {
                    len += 1;
                    Unit::Percent
                }
                _ => Unit::Plain,
            };
            if number.unit != Unit::Plain {
                len += 1;
                number.year = false;
            }
        }
        if len > 1 {
            token.end = tokens[i + len - 1].end;
            token.norm = tokens[i..i + len].iter().map(|t| t.norm.as_str()).collect::<Vec<_>>().join(" ");
            token.text = tokens[i..i + len].iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
            token.stem.clone_from(&token.norm);
            token.lemma.clone_from(&token.norm);
        }
        token.number = Some(number);
        out.push(token);
        i += len;
    }
    out
}

/// The value of the number words from `i`, and how many tokens they are.
fn compound(tokens: &[Token], i: usize) -> Option<(f64, usize)> {
    let first = &tokens[i];
    if first.quoted || first.mark {
        return None;
    }
    let lead_half = first.norm == "half" && word_at(tokens, i + 1) == "a" && scale(word_at(tokens, i + 2)).is_some();
    if lead_half {
        return scale(word_at(tokens, i + 2)).map(|s| (s / 2.0, 3));
    }
    if matches!(first.norm.as_str(), "a" | "an") {
        let next = word_at(tokens, i + 1);
        if let Some(s) = scale(next) {
            return Some(tail(tokens, i + 2, s, 2));
        }
        return if next == "dozen" { Some((12.0, 2)) } else { None };
    }
    if first.norm == "couple" {
        return None;
    }
    let number = first.number?;
    if number.ordinal || number.unit == Unit::Percent {
        return Some((number.value, 1));
    }
    if first.norm.starts_with(|c: char| c.is_ascii_digit() || !c.is_alphabetic()) {
        return Some(match scale(word_at(tokens, i + 1)) {
            Some(s) => (number.value * s, 2),
            None => (number.value, 1),
        });
    }
    Some(tail(tokens, i + 1, number.value, 1))
}

/// Goes on reading number words after a first one.
fn tail(tokens: &[Token], mut i: usize, first: f64, mut len: usize) -> (f64, usize) {
    let (mut total, mut current) = (0.0, first);
    if len == 2 && first >= 1000.0 {
        total = first;
        current = 0.0;
    }
    loop {
        let joiner = usize::from(matches!(word_at(tokens, i), "and" | "-"));
        let word = word_at(tokens, i + joiner);
        if let (0, Some(s)) = (joiner, scale(word)) {
            if s < 1e3 {
                current *= s;
            } else {
                total += current * s;
                current = 0.0;
            }
            i += 1;
            len += 1;
        } else if let Some(value) = cardinal(word).filter(|v| fits(current, total, *v, joiner, word_at(tokens, i))) {
            current += value;
            i += 1 + joiner;
            len += 1 + joiner;
        } else {
            return (total + current, len);
        }
    }
}

/// Whether a further number word goes on with the number: "twenty five", "hundred and twenty", not "ten and five".
fn fits(current: f64, total: f64, value: f64, joiner: usize, mark: &str) -> bool {
    let tens = (20.0..=90.0).contains(&current) && current % 10.0 == 0.0 && value < 10.0 && value > 0.0;
    let hundreds = (current >= 100.0 && current % 100.0 == 0.0 || current == 0.0 && total > 0.0) && value < 100.0;
    (tens && (joiner == 0 || mark == "-")) || hundreds
}

fn word_at(tokens: &[Token], i: usize) -> &str {
    tokens.get(i).map_or("", |token| token.norm.as_str())
}
