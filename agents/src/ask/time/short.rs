//! Periods in short: "3Q17", "Q3'17", "1H17", "11/2017", "12/24", "CY17", "Dec 1-15", "weeks 10 to 12".

use super::atom::{Atom, Reader, dated, quarter_code, short_year};
use super::calendar::{Calendar, Period, day};
use super::month;
use crate::plan::Grain;

impl Reader<'_> {
    /// A period in one or two short tokens.
    pub(super) fn short(&self, i: usize) -> Option<Atom> {
        self.coded(i).or_else(|| self.slashed(i)).or_else(|| self.days_of_month(i)).or_else(|| self.weeks(i))
    }

    /// "3Q17", "Q317", "1H17", "H12017", "CY17".
    fn coded(&self, i: usize) -> Option<Atom> {
        let word = self.word(i);
        if let Some(rest) = word.strip_prefix("cy") {
            return dated(1, self.calendar.year(full_year(rest)?)?);
        }
        if !word.is_ascii() || word.len() < 4 {
            return None;
        }
        let (head, rest) = word.split_at(2);
        let year = full_year(rest)?;
        let half = match head {
            "1h" | "h1" => Some(1),
            "2h" | "h2" => Some(2),
            _ => None,
        };
        if let Some(half) = half {
            return dated(1, Calendar::half(year, half)?);
        }
        dated(1, self.calendar.quarter(year, quarter_code(head)?)?)
    }

    /// "11/2017", "12/24/17", "24.12.2017", "2017/12/24"; "12/24" behind a preposition.
    fn slashed(&self, i: usize) -> Option<Atom> {
        let word = self.word(i);
        let parts: Vec<&str> = word.split(['/', '.', '-']).collect();
        let number = |k: usize| parts.get(k).and_then(|part| part.parse::<i8>().ok());
        let one = |date| dated(1, Period::new(date, date, Some(Grain::Day)));
        match parts.as_slice() {
            [first, year] if year.len() == 4 && first.len() <= 2 => {
                dated(1, self.calendar.month(full_year(year)?, number(0)?)?)
            }
            [year, _, _] if year.len() == 4 => one(day(full_year(year)?, number(1)?, number(2)?)?),
            [_, _, year] => {
                let year = full_year(year)?;
                let (a, b) = (number(0)?, number(1)?);
                let european = word.contains('.');
                let (first, second) = if european { ((b, a), (a, b)) } else { ((a, b), (b, a)) };
                one(day(year, first.0, first.1).or_else(|| day(year, second.0, second.1))?)
            }
            [_, _] if word.contains('/') => {
                let (a, b) = (number(0)?, number(1)?);
                let helped =
                    ["on", "since", "from", "until", "till", "before", "after", "to", "between", "through", "by", "-"];
                let before = i.checked_sub(1).map_or("", |k| self.word(k));
                if !helped.contains(&before) {
                    return None;
                }
                let build = |y: i16| day(y, a, b).or_else(|| day(y, b, a)).map(|d| Period::new(d, d, Some(Grain::Day)));
                self.dated_or_latest(1, None, &build)
            }
            _ => None,
        }
    }

    /// "December 1-15", "Dec 1 to 15, 2017", "1-15 December".
    fn days_of_month(&self, i: usize) -> Option<Atom> {
        let span = |k: usize| -> Option<(i8, i8, usize)> {
            if let Some((a, b)) = self.word(k).split_once('-') {
                return Some((a.parse().ok()?, b.parse().ok()?, 1));
            }
            let between = i > 0 && self.is(i - 1, &["between"]) && self.is(k + 1, &["and"]);
            let joined = between || self.is(k + 1, &["to", "-", "through", "thru", "until", "till"]);
            let the = usize::from(self.is(k + 2, &["the"]));
            let (a, b) = (self.day_number(k)?, self.day_number(k + 2 + the).filter(|_| joined)?);
            Some((a, b, 3 + the))
        };
        let (month_at, (a, b, width), len) = if self.tokens.get(i).and_then(month).is_some() {
            let the = usize::from(self.is(i + 1, &["the"]));
            let found = span(i + 1 + the)?;
            (i, found, 1 + the + found.2)
        } else {
            let found = span(i)?;
            let of = usize::from(self.is(i + found.2, &["of"]));
            (i + found.2 + of, found, found.2 + of + 1)
        };
        let m = month(self.tokens.get(month_at)?)?;
        // "May 5 to 7 June" goes on with another month.
        if month_at == i && width >= 3 && self.tokens.get(i + len).and_then(month).is_some() {
            return None;
        }
        let (year, more) = self.year_after(i + len);
        let build = |y: i16| Some(Period::new(day(y, m, a)?, day(y, m, b)?, None)).filter(|p| p.start <= p.end);
        self.dated_or_latest(len + more, year, &build)
    }

    fn day_number(&self, k: usize) -> Option<i8> {
        let number = self.tokens.get(k)?.number.filter(|number| !number.year)?;
        number.count().filter(|n| *n <= 31).and_then(|n| i8::try_from(n).ok())
    }

    /// "weeks 10 to 12", "weeks 40-44 of 2017".
    fn weeks(&self, i: usize) -> Option<Atom> {
        if !self.is(i, &["weeks", "week"]) {
            return None;
        }
        let (a, b, len) = if let Some((a, b)) = self.word(i + 1).split_once('-') {
            (a.parse().ok()?, b.parse().ok()?, 2)
        } else {
            let joined = self.is(i + 2, &["to", "-", "through", "and", "until"]);
            let week = |k: usize| self.count(k).and_then(|n| i8::try_from(n).ok());
            (week(i + 1)?, week(i + 3).filter(|_| joined)?, 4)
        };
        let (year, more) = self.year_after(i + len);
        let build = |y: i16| {
            let (from, to) = (self.calendar.iso_week(y, a)?, self.calendar.iso_week(y, b)?);
            Some(Period::new(from.start?, to.end?, None)).filter(|p| p.start <= p.end)
        };
        self.dated_or_latest(len + more, year, &build)
    }
}

/// A year in two or four digits.
fn full_year(word: &str) -> Option<i16> {
    let four = || word.parse::<i16>().ok().filter(|year| word.len() == 4 && (1900..=2100).contains(year));
    four().or_else(|| short_year(word))
}
