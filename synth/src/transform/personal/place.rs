//! Streets, towns and firms that there are not.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::OnceLock;

use fake::locales::{Data, EN};
use serde::{Deserialize, Serialize};

use super::{Somebody, below, distinct, tally, weighted};
use crate::transform::numbering::scatter;

/// How street addresses are written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Streets {
    styles: Vec<(Street, u64)>,
}

/// How one street address is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Street {
    /// Digits of the number of the building.
    digits: u8,
    /// The number stands last, as in Bahnhofstrasse 12.
    last: bool,
    /// A town follows after a comma, and a postal code in so many digits.
    town: bool,
    code: u8,
    apartment: bool,
}

impl Streets {
    pub(super) fn learn(values: &[&str]) -> Self {
        Self { styles: tally(values.iter().map(|value| Street::of(value))) }
    }

    pub(super) fn text(&self, who: Somebody) -> String {
        let (names, kinds) = (families(), distinct(EN::ADDRESS_STREET_SUFFIX));
        let mut draws = who.draws("street");
        let style = weighted(&self.styles, &mut draws).copied().unwrap_or(Street::of("12 Elm Street"));
        let capacity = names.len() * kinds.len();
        let at = scatter(who.number, capacity as u128, who.offset) as usize;
        let round = who.number / capacity as u64;
        let street = format!("{} {}", names[at % names.len()], kinds[at / names.len()]);
        let low = 10_u64.pow(u32::from(style.digits.clamp(1, 5)) - 1);
        // A street has a building for everybody who is given it.
        let building = low + below(&mut draws, low as usize * 9) as u64 + round * low * 10;
        let mut text = if style.last { format!("{street} {building}") } else { format!("{building} {street}") };
        if style.apartment {
            let _ = write!(text, ", Apt. {}", 1 + below(&mut draws, 99));
        }
        if style.town {
            text.push_str(", ");
            text.push_str(&town(at as u64, 0));
        }
        if style.code > 0 {
            text.push(' ');
            text.extend((0..style.code).map(|_| char::from(b'1' + below(&mut draws, 9) as u8)));
        }
        text
    }
}

impl Street {
    fn of(value: &str) -> Self {
        let numbers: Vec<&str> =
            value.split(|sign: char| !sign.is_ascii_digit()).filter(|number| !number.is_empty()).collect();
        let lower = value.to_lowercase();
        let digits = numbers.first().map_or(0, |number| number.len());
        let last_sign = value.trim_end().chars().last();
        let code = numbers.last().filter(|number| numbers.len() > 1 && (4..=5).contains(&number.len()));
        Self {
            digits: digits.min(5) as u8,
            last: !value.starts_with(|sign: char| sign.is_ascii_digit())
                && numbers.len() == 1
                && last_sign.is_some_and(|sign| sign.is_ascii_digit()),
            town: value.contains(','),
            code: code.map_or(0, |code| code.len() as u8),
            apartment: ["apt", "suite", "unit", "#"].iter().any(|word| lower.contains(word)),
        }
    }
}

/// Family names, each once.
fn families() -> &'static [&'static str] {
    static FAMILIES: OnceLock<Vec<&'static str>> = OnceLock::new();
    FAMILIES.get_or_init(|| distinct(EN::NAME_LAST_NAME))
}

/// Names of towns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Towns {}

impl Towns {
    #[expect(clippy::unused_self, reason = "each form of value is asked in the same way")]
    pub(super) fn text(&self, who: Somebody) -> String {
        town(who.number, who.offset)
    }
}

/// The town of a number; different for each.
fn town(number: u64, offset: u64) -> String {
    static TOWNS: OnceLock<Vec<String>> = OnceLock::new();
    let towns = TOWNS.get_or_init(|| {
        let of = |name: &&str| {
            EN::ADDRESS_CITY_SUFFIX.iter().map(|end| format!("{}{end}", name.replace('\'', ""))).collect()
        };
        let all: BTreeSet<String> = families().iter().flat_map(|name| -> Vec<String> { of(name) }).collect();
        all.into_iter().collect()
    });
    let capacity = towns.len();
    let town = &towns[scatter(number, capacity as u128, offset) as usize];
    let prefixes = distinct(EN::ADDRESS_CITY_PREFIX);
    match (number / capacity as u64) as usize {
        0 => town.clone(),
        round if round <= prefixes.len() => format!("{} {town}", prefixes[round - 1]),
        round => format!("{town} {round}"),
    }
}

/// Names of firms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Firms {}

impl Firms {
    #[expect(clippy::unused_self, reason = "each form of value is asked in the same way")]
    pub(super) fn text(&self, who: Somebody) -> String {
        let (names, ends) = (families(), EN::COMPANY_SUFFIX);
        let pairs = names.len() * names.len();
        let at = scatter(who.number, pairs as u128, who.offset) as usize;
        let (one, other) = (names[at % names.len()], names[at / names.len()]);
        let end = ends[below(&mut who.draws("firm"), ends.len())];
        match who.number / pairs as u64 {
            0 => format!("{one}, {other} {end}"),
            round => format!("{one}, {other} {} {end}", round + 1),
        }
    }
}
