//! Holidays by name: when they fall in a year.

use jiff::Span;
use jiff::civil::{Date, Weekday};

use super::calendar::{day, moved};
use crate::ask::words::Token;

/// A named day and the words that name it.
struct Named {
    words: &'static [&'static str],
    /// Whether the words alone can't mean anything else; else "day" or a preposition must help.
    clear: bool,
    date: fn(i16) -> Option<Date>,
}

/// The days known by name; longer names first.
const NAMED: &[Named] = &[
    Named { words: &["new", "year", "eve"], clear: true, date: |y| day(y, 12, 31) },
    Named { words: &["new", "year", "day"], clear: true, date: |y| day(y, 1, 1) },
    Named { words: &["martin", "luther", "king", "jr", "day"], clear: true, date: mlk },
    Named { words: &["martin", "luther", "king", "day"], clear: true, date: mlk },
    Named { words: &["martin", "luther", "king"], clear: true, date: mlk },
    Named { words: &["mlk", "day"], clear: true, date: mlk },
    Named { words: &["washington", "birthday"], clear: true, date: presidents },
    Named { words: &["president", "day"], clear: true, date: presidents },
    Named { words: &["presidents", "day"], clear: true, date: presidents },
    Named { words: &["valentine", "day"], clear: true, date: |y| day(y, 2, 14) },
    Named { words: &["st", "patrick", "day"], clear: true, date: |y| day(y, 3, 17) },
    Named { words: &["easter", "sunday"], clear: true, date: easter },
    Named { words: &["easter", "monday"], clear: true, date: |y| easter(y).map(|d| moved(d, Span::new().days(1))) },
    Named { words: &["good", "friday"], clear: true, date: |y| easter(y).map(|d| moved(d, Span::new().days(-2))) },
    Named { words: &["easter"], clear: false, date: easter },
    Named { words: &["mother", "day"], clear: true, date: |y| nth(y, 5, Weekday::Sunday, 2) },
    Named { words: &["memorial", "day"], clear: true, date: |y| nth(y, 5, Weekday::Monday, -1) },
    Named { words: &["father", "day"], clear: true, date: |y| nth(y, 6, Weekday::Sunday, 3) },
    Named { words: &["juneteenth"], clear: true, date: |y| day(y, 6, 19) },
    Named { words: &["independence", "day"], clear: true, date: |y| day(y, 7, 4) },
    Named { words: &["fourth", "of", "july"], clear: true, date: |y| day(y, 7, 4) },
    Named { words: &["labor", "day"], clear: true, date: |y| nth(y, 9, Weekday::Monday, 1) },
    Named { words: &["labour", "day"], clear: true, date: |y| nth(y, 9, Weekday::Monday, 1) },
    Named { words: &["columbus", "day"], clear: true, date: |y| nth(y, 10, Weekday::Monday, 2) },
    Named { words: &["halloween"], clear: false, date: |y| day(y, 10, 31) },
    Named { words: &["veterans", "day"], clear: true, date: |y| day(y, 11, 11) },
    Named { words: &["veteran", "day"], clear: true, date: |y| day(y, 11, 11) },
    Named {
        words: &["black", "friday"],
        clear: true,
        date: |y| thanksgiving(y).map(|d| moved(d, Span::new().days(1))),
    },
    Named {
        words: &["cyber", "monday"],
        clear: true,
        date: |y| thanksgiving(y).map(|d| moved(d, Span::new().days(4))),
    },
    Named { words: &["thanksgiving", "day"], clear: true, date: thanksgiving },
    Named { words: &["thanksgiving"], clear: true, date: thanksgiving },
    Named { words: &["christmas", "eve"], clear: true, date: |y| day(y, 12, 24) },
    Named { words: &["christmas", "day"], clear: true, date: |y| day(y, 12, 25) },
    Named { words: &["boxing", "day"], clear: true, date: |y| day(y, 12, 26) },
    Named { words: &["christmas"], clear: false, date: |y| day(y, 12, 25) },
    Named { words: &["xmas"], clear: true, date: |y| day(y, 12, 25) },
];

/// A holiday named at a place of the question: how many tokens, and its day in a year.
pub(super) struct Holiday {
    pub(super) len: usize,
    pub(super) clear: bool,
    pub(super) date: fn(i16) -> Option<Date>,
}

/// The holiday that is named from token `i`.
pub(super) fn find(tokens: &[Token], i: usize) -> Option<Holiday> {
    let found = NAMED.iter().find(|named| {
        named.words.iter().enumerate().all(|(k, word)| {
            tokens.get(i + k).is_some_and(|t| !t.quoted && (t.norm == *word || t.norm.strip_suffix('s') == Some(*word)))
        })
    })?;
    Some(Holiday { len: found.words.len(), clear: found.clear, date: found.date })
}

/// Whether a word occurs in a holiday's name.
pub(super) fn knows(token: &Token) -> bool {
    NAMED.iter().any(|named| named.words.iter().any(|word| token.norm == *word))
}

fn mlk(year: i16) -> Option<Date> {
    nth(year, 1, Weekday::Monday, 3)
}

fn presidents(year: i16) -> Option<Date> {
    nth(year, 2, Weekday::Monday, 3)
}

fn thanksgiving(year: i16) -> Option<Date> {
    nth(year, 11, Weekday::Thursday, 4)
}

fn nth(year: i16, month: i8, weekday: Weekday, n: i8) -> Option<Date> {
    day(year, month, 1)?.nth_weekday_of_month(n, weekday).ok()
}

/// Easter Sunday by the anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, chapter 8).
#[expect(clippy::many_single_char_names, reason = "the letters of the source")]
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let dom = (h + l - 7 * m + 33 * month + 19) % 32;
    day(year, i8::try_from(month).ok()?, i8::try_from(dom).ok()?)
}
