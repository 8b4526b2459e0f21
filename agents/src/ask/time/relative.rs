//! Periods that count from today: "last week", "the past 30 days", "three months ago", "year to date".

use super::atom::{Atom, Reader, dated, season};
use super::calendar::{Period, moved};
use super::{month, weekday};
use crate::plan::Grain;
use jiff::Span;

impl Reader<'_> {
    /// "last month", "the previous 3 weeks", "this quarter", "2 years ago", "yesterday", "month before last".
    pub(super) fn relative(&self, i: usize) -> Option<Atom> {
        let calendar = self.calendar;
        let today = calendar.today;
        let back = |n: i64| moved(today, Span::new().days(-n));
        match self.word(i) {
            "today" => return dated(1, Period::new(today, today, Some(Grain::Day))),
            "yesterday" => return dated(1, Period::new(back(1), back(1), Some(Grain::Day))),
            "tomorrow" => return dated(1, Period::new(back(-1), back(-1), Some(Grain::Day))),
            _ => {}
        }
        if let Some(len) = self.phrase(i, "day before yesterday") {
            return dated(len, Period::new(back(2), back(2), Some(Grain::Day)));
        }
        if let Some((grain, len)) = self.grain(i).filter(|(_, len)| self.phrase(i + len, "before last").is_some()) {
            return dated(len + 2, calendar.relative(grain, -2));
        }
        self.ago(i).or_else(|| self.last_or_next(i))
    }

    pub(super) fn ago(&self, i: usize) -> Option<Atom> {
        let n = if self.is(i, &["a", "an", "one"]) { 1 } else { self.count(i)? };
        let (grain, len) = self.grain(i + 1)?;
        let back = self.is(i + 1 + len, &["ago", "back"]) || self.phrase(i + 1 + len, "earlier").is_some();
        back.then(|| dated(2 + len, self.calendar.relative(grain, -n)))?
    }

    pub(super) fn last_or_next(&self, i: usize) -> Option<Atom> {
        let calendar = self.calendar;
        let past =
            self.is(i, &["last", "past", "previous", "prior", "preceding", "trailing", "latest", "recent", "most"]);
        let this = self.is(i, &["this", "current", "present", "ongoing"]);
        let next = self.is(i, &["next", "coming", "following", "upcoming"]);
        if !past && !this && !next {
            return None;
        }
        // "the last day of each month" is many days.
        if self.is(i + 1, &["day", "days", "week"]) && self.is(i + 2, &["of"]) && self.is(i + 3, &["each", "every"]) {
            return None;
        }
        let mut j = i + 1 + usize::from(self.is(i, &["most"]) && self.is(i + 1, &["recent"]));
        if self.is(i, &["most"]) && j == i + 1 {
            return None;
        }
        j += usize::from(self.is(j, &["a", "available"]));
        let calendar_units =
            self.is(j, &["full", "complete", "calendar", "whole"]) || self.is(j + 1, &["full", "complete", "whole"]);
        if let Some(n) = self.count(j) {
            let off = usize::from(self.is(j, &["couple"]) && self.is(j + 1, &["of"]));
            let (grain, len) = self.grain(j + 1 + off)?;
            let total = j - i + 1 + off + len;
            return match (past, next) {
                (true, _) if calendar_units => {
                    let first = calendar.relative(grain, -n).start?;
                    dated(total, Period::new(first, calendar.relative(grain, -1).end?, None))
                }
                (true, _) => dated(total, calendar.rolling(grain, n)),
                (_, true) => {
                    let end = calendar.shift(calendar.today, grain, n);
                    dated(total, Period::new(moved(calendar.today, Span::new().days(1)), end, None))
                }
                _ => None,
            };
        }
        if let Some(month) =
            self.tokens.get(j).and_then(month).filter(|_| !self.is(j, &["may", "march"]) || past || this)
        {
            let year = calendar.today.year();
            let period = calendar.latest(&|y| calendar.month(y, month))?;
            let inside = period.start?.month() == calendar.today.month() && period.start?.year() == year;
            return dated(j - i + 1, if past && inside { calendar.month(year - 1, month)? } else { period });
        }
        if let Some(weekday) = self.tokens.get(j).and_then(weekday).filter(|_| past || this) {
            let mut back = i64::from(calendar.today.weekday().to_monday_one_offset() - weekday).rem_euclid(7);
            if back == 0 && past {
                back = 7;
            }
            let date = moved(calendar.today, Span::new().days(-back));
            return dated(j - i + 1, Period::new(date, date, Some(Grain::Day)));
        }
        if self.is(j, &["weekend"]) {
            let monday = calendar.start_of(calendar.today, Grain::Week);
            let whole = calendar.today.weekday().to_monday_one_offset() == 7 && this;
            let saturday = moved(monday, Span::new().days(if whole || this { 5 } else { -2 }));
            return dated(j - i + 1, Period::new(saturday, moved(saturday, Span::new().days(1)), None));
        }
        if let Some(season) = season(self.word(j)).filter(|_| past || this) {
            return dated(j - i + 1, self.season_period(season, None)?);
        }
        let (grain, len) = self.grain(j)?;
        let n = if past { -1 } else { i64::from(next) };
        let mut total = j - i + len;
        total += self.phrase(i + total, "so far").or_else(|| self.phrase(i + total, "to date")).unwrap_or(0);
        dated(total, calendar.relative(grain, n))
    }

    /// "year to date", "YTD", "so far this year", "month to date".
    pub(super) fn to_date(&self, i: usize) -> Option<Atom> {
        let calendar = self.calendar;
        let (grain, len) = match self.word(i) {
            "ytd" => (Grain::Year, 1),
            "qtd" => (Grain::Quarter, 1),
            "mtd" => (Grain::Month, 1),
            "wtd" => (Grain::Week, 1),
            _ => {
                if let Some(len) = self.phrase(i, "so far this").or_else(|| self.phrase(i, "up to now this")) {
                    let (grain, more) = self.grain(i + len)?;
                    (grain, len + more)
                } else {
                    let (grain, len) = self.grain(i)?;
                    let hyphen = usize::from(self.is(i + len, &["-"]));
                    let more = self
                        .phrase(i + len + hyphen, "to date")
                        .or_else(|| self.phrase(i + len + hyphen, "to - date"))?;
                    (grain, len + hyphen + more)
                }
            }
        };
        dated(len, Period::new(calendar.start_of(calendar.today, grain), calendar.today, None))
    }
}
