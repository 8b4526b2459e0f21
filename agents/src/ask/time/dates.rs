//! Periods that are named: dates, months, quarters, seasons, holidays and what lies around them.

use super::atom::{Atom, Reader, Said, dated, quarter_code, season, week_code};
use super::calendar::{Calendar, Part, Period, day, moved};
use super::{holiday, month};
use crate::plan::Grain;
use jiff::Span;
use jiff::civil::Date;

impl Reader<'_> {
    /// "first half of 2017", "the first week of March", "last 10 days of June", "final quarter", "beginning of July".
    pub(super) fn within(&self, i: usize) -> Option<Atom> {
        let last = self.is(i, &["last", "final", "closing"]);
        let first = self.is(i, &["first", "opening", "1st"]);
        let which = self.ordinal(i).or(if last {
            Some(-1)
        } else if first {
            Some(1)
        } else {
            None
        });
        if let Some(which) = which {
            if self.is(i + 1, &["half"]) {
                let half = if which == -1 { 2 } else { which };
                let skip = usize::from(self.is(i + 2, &["of", "in"]));
                let the = usize::from(self.is(i + 2 + skip, &["the"]));
                if let Some(month) = self.month_year(i + 2 + skip + the).filter(|_| skip == 1) {
                    let start = month.said_period()?.start?;
                    let middle = moved(start, Span::new().days(14));
                    let period = if half == 1 {
                        Period::new(start, middle, None)
                    } else {
                        Period::new(moved(middle, Span::new().days(1)), start.last_of_month(), None)
                    };
                    return dated(2 + skip + the + month.len, period);
                }
                let (year, more) = self.year_after(i + 2);
                return self.dated_or_latest(2 + more, year, &|y| Calendar::half(y, half));
            }
            if let Some(atom) = self.nth_of(i, which, i + 1, 1) {
                return Some(atom);
            }
            if let Some(n) = self.count(i + 1).filter(|_| which.abs() == 1) {
                return self.nth_of(i, which, i + 2, n);
            }
        }
        None
    }

    /// The n-th (or n first, n last) weeks, days, months or quarters of a period.
    pub(super) fn nth_of(&self, i: usize, which: i8, at: usize, n: i64) -> Option<Atom> {
        let calendar = self.calendar;
        let (grain, len) = self.grain(at)?;
        let after = at + len;
        let bare_last = which == -1 && !self.is(after, &["of", "in"]);
        if grain == Grain::Quarter && n == 1 && !bare_last && self.this_one(after + 1).is_none() {
            let of = usize::from(self.is(after, &["of", "in", ","]));
            if let Some((year, more)) = self.fiscal_year_words(after + of) {
                let quarter = if which == -1 { 4 } else { which };
                return dated(after + of + more - i, calendar.fiscal_quarter(year, quarter)?);
            }
            let (year, more) = self.year_after(after);
            let year = year.or_else(|| self.phrase(after, "of the year").map(|_| calendar.today.year()));
            let more = more.max(self.phrase(after, "of the year").unwrap_or(0));
            let quarter = if which == -1 { 4 } else { which };
            if which == -1 && year.is_none() {
                return None;
            }
            return self.dated_or_latest(after + more - i, year, &|y| calendar.quarter(y, quarter));
        }
        if !self.is(after, &["of", "in"]) {
            return None;
        }
        let inner = self.atom(after + 1).or_else(|| self.this_one(after + 1))?;
        let outer = inner.said_period()?;
        let (start, end) = (outer.start?, outer.end?);
        let days = |k: i64| Span::new().days(k);
        let period = if n > 1 || which.abs() == 1 {
            if which > 0 {
                Period::new(start, moved(calendar.shift(start, grain, n), days(-1)).min(end), None)
            } else {
                Period::new(moved(calendar.shift(moved(end, days(1)), grain, -n), days(0)).max(start), end, None)
            }
        } else {
            let from = calendar.shift(start, grain, i64::from(which) - 1);
            Period::new(from, moved(calendar.shift(from, grain, 1), days(-1)).min(end), None)
        };
        (period.start? <= period.end?).then(|| dated(after + 1 + inner.len - i, period))?
    }

    /// ISO dates, "3/5/2017", "2017-07", "2017Q3", "week 12 of 2017", "the week of March 5".
    pub(super) fn iso(&self, i: usize) -> Option<Atom> {
        let calendar = self.calendar;
        let word = self.word(i);
        if let Ok(date) = word.parse::<Date>()
            && word.len() == 10
        {
            return dated(1, Period::new(date, date, Some(Grain::Day)));
        }
        if let Some((year, rest)) = word.split_once('-').or_else(|| word.split_once('/'))
            && year.len() == 4
        {
            let month: i8 = rest.parse().ok()?;
            return dated(1, calendar.month(year.parse().ok()?, month)?);
        }
        let parts: Vec<&str> = word.split('/').collect();
        if let [a, b, year] = parts.as_slice()
            && year.len() == 4
        {
            let (month, dom) = (a.parse().ok()?, b.parse().ok()?);
            let date = day(year.parse().ok()?, month, dom).or_else(|| day(year.parse().ok()?, dom, month))?;
            return dated(1, Period::new(date, date, Some(Grain::Day)));
        }
        if let Some((year, quarter)) = word.split_once('q')
            && year.len() == 4
        {
            return dated(1, calendar.quarter(year.parse().ok()?, quarter.parse().ok()?)?);
        }
        let skip = usize::from(self.is(i, &["iso", "calendar"]));
        if self.is(i + skip, &["week", "wk"]) || week_code(word).is_some() {
            let (n, len) = match week_code(word) {
                Some(n) => (n, 1),
                None => match self.count(i + skip + 1).and_then(|n| i8::try_from(n).ok()) {
                    Some(n) => (n, 2 + skip),
                    None => return self.week_of(i),
                },
            };
            let (year, more) = self.year_after(i + len);
            return self.dated_or_latest(len + more, year, &|y| calendar.iso_week(y, n));
        }
        None
    }

    pub(super) fn week_of(&self, i: usize) -> Option<Atom> {
        if !self.is(i + 1, &["of", "containing", "commencing", "beginning", "starting"]) {
            return None;
        }
        let inner = self.atom(i + 2)?;
        let date = inner.said_period()?.start?;
        (inner.said_period()?.end? == date).then(|| dated(2 + inner.len, self.calendar.holding(date, Grain::Week)))?
    }

    /// "5 March 2017", "March 5th, 2017", "the 5th of March".
    pub(super) fn day_of_month(&self, i: usize) -> Option<Atom> {
        let dom = |k: usize| -> Option<i8> {
            let token = self.tokens.get(k)?;
            // "the one of November" is no first of November.
            let number = token.number.filter(|n| n.ordinal || token.norm.starts_with(|c: char| c.is_ascii_digit()))?;
            if number.year { None } else { number.count().filter(|n| *n <= 31).and_then(|n| i8::try_from(n).ok()) }
        };
        let (month_at, d, len) = if let Some(d) = dom(i) {
            let skip = usize::from(self.is(i + 1, &["of"]));
            (i + 1 + skip, d, 2 + skip)
        } else {
            let the = usize::from(self.is(i + 1, &["the"]));
            (i, dom(i + 1 + the)?, 2 + the)
        };
        let m = month(self.tokens.get(month_at)?)?;
        if month_at == i && self.short_year_at(i + 1).is_some() {
            return None;
        }
        let (year, more) = self.year_after(i + len);
        let build = |y: i16| day(y, m, d).map(|date| Period::new(date, date, Some(Grain::Day)));
        self.dated_or_latest(len + more, year, &build)
    }

    /// A month with or without its year.
    pub(super) fn month_year(&self, i: usize) -> Option<Atom> {
        let token = self.tokens.get(i)?;
        let m = month(token)?;
        let (year, more) = self.year_after(i + 1);
        if token.is(&["may", "march", "mar", "sun", "dec", "jan", "jun"]) && year.is_none() {
            let before = if i == 0 { "" } else { self.word(i - 1) };
            let helped = [
                "in", "of", "during", "for", "since", "from", "until", "till", "through", "to", "between", "and",
                "last", "this", "by", "vs", "versus", "or", ",", "before", "after", "with", "against", "mid", "late",
                "early", "(", "whole", "than",
            ];
            let capital = token.capital && i > 0;
            let ranged =
                self.is(i + 1, &["-", "to", "through", "until"]) && self.tokens.get(i + 2).and_then(month).is_some();
            let closes =
                i > 1 && matches!(before, "-" | "to" | "through") && self.tokens.get(i - 2).and_then(month).is_some();
            if !helped.contains(&before) && !capital && !ranged && !closes {
                return None;
            }
        }
        self.dated_or_latest(1 + more, year, &|y| self.calendar.month(y, m))
    }

    /// Months, quarters, halves and years by name.
    pub(super) fn named(&self, i: usize) -> Option<Atom> {
        let calendar = self.calendar;
        if let Some(atom) = self.month_year(i) {
            return Some(atom);
        }
        if let Some(quarter) = quarter_code(self.word(i)) {
            let (year, more) = self.year_after(i + 1);
            return self.dated_or_latest(1 + more, year, &|y| calendar.quarter(y, quarter));
        }
        if let Some(half) =
            self.word(i).strip_prefix('h').and_then(|n| n.parse::<i8>().ok()).filter(|n| (1..=2).contains(n))
        {
            let (year, more) = self.year_after(i + 1);
            return self.dated_or_latest(1 + more, year, &|y| Calendar::half(y, half));
        }
        if self.is(i, &["quarter"]) {
            let n = self.count(i + 1).and_then(|n| i8::try_from(n).ok()).filter(|n| (1..=4).contains(n))?;
            let (year, more) = self.year_after(i + 2);
            return self.dated_or_latest(2 + more, year, &|y| calendar.quarter(y, n));
        }
        let skip = usize::from(self.is(i, &["year", "calendar"]))
            + usize::from(self.is(i, &["calendar"]) && self.is(i + 1, &["year"]));
        if let Some(year) = self.year(i + skip) {
            let mut len = skip + 1;
            if let Some(quarter) = quarter_code(self.word(i + len)) {
                len += 1;
                return dated(len, calendar.quarter(year, quarter)?);
            }
            if self.is(i + len, &["-", "'"]) && quarter_code(self.word(i + len + 1)).is_some() {
                return dated(len + 2, calendar.quarter(year, quarter_code(self.word(i + len + 1))?)?);
            }
            if let Some(m) = self.tokens.get(i + len).and_then(month).filter(|_| skip == 0) {
                return dated(len + 1, calendar.month(year, m)?);
            }
            return dated(len, calendar.year(year)?);
        }
        let word = season(self.word(i))?;
        // "sales fall in March": a verb, where nothing says that the season is meant.
        let helped =
            ["in", "during", "for", "the", "this", "last", "and", "or", "vs", "versus", "to", "every", "each", "than"];
        let spoken = i == 0 || helped.contains(&self.word(i - 1)) || self.year_after(i + 1).0.is_some();
        if self.is(i, &["fall"]) && !spoken {
            return None;
        }
        let (year, more) = self.year_after(i + 1);
        let plural = usize::from(self.is(i + 1 + more, &["month", "months", "season"]));
        if year.is_none() {
            let months = (0..3).map(|k| (word - 1 + k) % 12 + 1).collect();
            return Some(Atom { len: 1 + more + plural, said: Said::Part(Part::Months(months)) });
        }
        dated(1 + more + plural, self.season_period(word, year)?)
    }

    /// The three months of a season that begins with a month.
    pub(super) fn season_period(&self, first: i8, year: Option<i16>) -> Option<Period> {
        let build = |y: i16| {
            let start = day(y, first, 1)?;
            Some(Period::new(start, moved(self.calendar.shift(start, Grain::Month, 3), Span::new().days(-1)), None))
        };
        match year {
            Some(year) => build(year),
            None => self.calendar.latest(&build),
        }
    }

    pub(super) fn holiday(&self, i: usize, first: usize) -> Option<Atom> {
        let found = holiday::find(self.tokens, i)?;
        let before = if first == 0 { "" } else { self.word(first - 1) };
        let helped = [
            "on", "for", "at", "during", "since", "before", "after", "until", "till", "and", "vs", "versus", "to",
            "between", "by", "around", "of", "over",
        ];
        if !found.clear && !helped.contains(&before) {
            return None;
        }
        let (year, more) = self.year_after(i + found.len);
        let build = |y: i16| (found.date)(y).map(|d| Period::new(d, d, Some(Grain::Day)));
        self.dated_or_latest(found.len + more, year, &build)
    }
}
