//! Addresses on the internet that lead nowhere, and numbers with check digits.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::OnceLock;

use fake::locales::{Data, EN};
use serde::{Deserialize, Serialize};

use super::{Somebody, below, distinct, tally, weighted};
use crate::metadata::{iban_rest, luhn};
use crate::transform::numbering::scatter;
use crate::transform::shape::Shapes;

/// Addresses of computers: in the private block 10.0.0.0/8 and, when there are more, in the reserved one 240.0.0.0/4; of
/// version 6 in the block `2001:db8::/32` for documents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Addresses {
    pub(super) wide: bool,
}

/// How many addresses the private block holds.
const PRIVATE: u64 = 1 << 24;

impl Addresses {
    pub(super) fn text(&self, who: Somebody) -> String {
        if self.wide {
            let low = scatter(who.number, 1 << 62, who.offset);
            let high = u128::from(who.draws("net").bits() >> 34);
            return Ipv6Addr::from((0x2001_0db8 << 96) | (high << 64) | low).to_string();
        }
        let bits = match who.number {
            number if number < PRIVATE => (10 << 24) | scatter(number, u128::from(PRIVATE), who.offset),
            number => (240 << 24) | scatter(number - PRIVATE, 1 << 28, who.offset),
        };
        Ipv4Addr::from(bits as u32).to_string()
    }
}

/// Addresses of pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Pages {
    styles: Vec<(Page, u64)>,
}

/// How the address of a page is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Page {
    /// Before the name of the computer: `https://www.`.
    beginning: String,
    /// Parts of the path, at most 4, and whether it ends in a slash.
    parts: u8,
    slash: bool,
}

impl Pages {
    pub(super) fn learn(values: &[&str]) -> Self {
        Self { styles: tally(values.iter().map(|value| Page::of(value))) }
    }

    pub(super) fn text(&self, who: Somebody) -> String {
        static WORDS: OnceLock<Vec<&'static str>> = OnceLock::new();
        let words = WORDS.get_or_init(|| distinct(EN::LOREM_WORD));
        let mut draws = who.draws("page");
        let fallback = Page::of("https://a");
        let style = weighted(&self.styles, &mut draws).unwrap_or(&fallback);
        let at = scatter(who.number, words.len() as u128, who.offset) as usize;
        let round = who.number / words.len() as u64;
        let number = if round == 0 { String::new() } else { (round + 1).to_string() };
        let mut text = format!("{}{}{number}.example", style.beginning, words[at]);
        for _ in 0..style.parts {
            text.push('/');
            text.push_str(words[below(&mut draws, words.len())]);
        }
        if style.slash {
            text.push('/');
        }
        text
    }
}

impl Page {
    fn of(value: &str) -> Self {
        let lower = value.trim().to_ascii_lowercase();
        let mut beginning = String::new();
        let mut rest = lower.as_str();
        for part in ["http://", "https://", "www."] {
            if let Some(left) = rest.strip_prefix(part) {
                beginning.push_str(part);
                rest = left;
            }
        }
        let parts = rest.split('/').skip(1).filter(|part| !part.is_empty()).count();
        Self { beginning, parts: parts.min(4) as u8, slash: rest.ends_with('/') }
    }
}

/// Numbers of payment cards or bank accounts, with valid check digits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Accounts {
    bank: bool,
    shapes: Shapes,
}

impl Accounts {
    pub(super) fn learn(values: &[&str], bank: bool) -> Self {
        // What the check digits are is not learned: zeros stand for them, and so no two numbers differ in them alone.
        let unchecked: Vec<String> = values.iter().map(|value| checked(value, bank, |_| Some(0))).collect();
        Self { bank, shapes: Shapes::learn(&unchecked.iter().map(String::as_str).collect::<Vec<_>>()) }
    }

    pub(super) fn text(&self, who: Somebody) -> String {
        let text = self.shapes.text(who.number, who.offset, &mut who.draws("shape")).unwrap_or_default();
        checked(&text, self.bank, |plain| if self.bank { bank_digits(plain) } else { card_digit(plain) })
    }

    pub(super) fn capacity(&self) -> u128 {
        self.shapes.capacity()
    }

    pub(super) fn is_sound(&self) -> bool {
        self.shapes.is_sound()
    }
}

/// The number with its check digits replaced: the last digit of a card, the third and fourth sign of an account.
fn checked(text: &str, bank: bool, digits: impl Fn(&str) -> Option<u32>) -> String {
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let Some(check) = digits(&plain) else { return text.to_owned() };
    let many = plain.len();
    let mut at = 0;
    let mut replaced = String::with_capacity(text.len());
    for sign in text.chars() {
        let digit = match (sign.is_ascii_alphanumeric(), bank) {
            (true, true) if at == 2 => Some(check / 10),
            (true, true) if at == 3 => Some(check % 10),
            (true, false) if at + 1 == many => Some(check),
            _ => None,
        };
        at += usize::from(sign.is_ascii_alphanumeric());
        replaced.push(digit.and_then(|digit| char::from_digit(digit, 10)).unwrap_or(sign));
    }
    replaced
}

fn card_digit(plain: &str) -> Option<u32> {
    let body = plain.get(..plain.len().checked_sub(1)?)?;
    (0..10).find(|digit| luhn(&format!("{body}{digit}")))
}

fn bank_digits(plain: &str) -> Option<u32> {
    let (country, account) = (plain.get(..2)?, plain.get(4..)?);
    Some(98 - iban_rest(&format!("{country}00{account}")))
}
