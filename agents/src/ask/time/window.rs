//! Stretches before and after a day: "the 2 weeks after Easter", "10 days before and after 4 July", "the weekend before
//! Christmas", "the Friday after Thanksgiving".

use super::atom::{Atom, Reader, dated};
use super::calendar::{Period, moved};
use super::weekday;
use crate::plan::Grain;
use jiff::Span;
use jiff::civil::Date;

/// The words for what comes before and after.
const BEFORE: [&str; 7] = ["before", "preceding", "leading up to", "prior to", "up to", "ahead of", "running up to"];
const AFTER: [&str; 2] = ["after", "following"];
const BOTH: [&str; 7] = [
    "before and after",
    "after and before",
    "before and the same after",
    "either side of",
    "on either side of",
    "preceding and following",
    "prior to and after",
];

impl Reader<'_> {
    /// "two weeks before Easter", "the day after Thanksgiving", "3 months before October", "the weekend before Christmas".
    pub(super) fn around(&self, i: usize) -> Option<Atom> {
        let (n, skip) = self.counted(i);
        if let Some((grain, len)) = self.grain(i + skip) {
            let (later, side) = self.side(i + skip + len)?;
            // "the weeks before Christmas" says not how many.
            let several = self.tokens.get(i + skip + len - 1).is_some_and(|token| token.norm != token.lemma);
            if skip == 0 && several {
                return None;
            }
            let (start, end, more) = self.anchor(i + skip + len + side)?;
            let period = self.beside(grain, n, (start, end), later);
            return dated(skip + len + side + more, period);
        }
        self.weekend_or_day(i)
    }

    /// "4 weeks before and after 2017-06-15": the two stretches, and how many tokens.
    pub(super) fn both_sides(&self, i: usize) -> Option<(usize, Period, Period)> {
        let whole = usize::from(self.is(i, &["entire", "whole", "full"]));
        let (n, skip) = self.counted(i + whole);
        let (grain, len) = self.grain(i + whole + skip)?;
        let at = i + whole + skip + len;
        let side = self.any(at, &BOTH)?;
        let (start, end, more) = self.anchor(at + side)?;
        let (before, after) = (self.beside(grain, n, (start, end), false), self.beside(grain, n, (start, end), true));
        Some((at + side + more - i, before, after))
    }

    fn counted(&self, i: usize) -> (i64, usize) {
        if self.is(i, &["a", "one"]) {
            return (1, 1);
        }
        self.count(i).map_or((1, 0), |n| (n, 1))
    }

    fn side(&self, at: usize) -> Option<(bool, usize)> {
        if self.any(at, &BOTH).is_some() {
            return None;
        }
        self.any(at, &BEFORE).map(|len| (false, len)).or_else(|| self.any(at, &AFTER).map(|len| (true, len)))
    }

    /// So many steps right before or after a stretch; it does not belong to them.
    fn beside(&self, grain: Grain, n: i64, (start, end): (Date, Date), later: bool) -> Period {
        let one = |days: i64| Span::new().days(days);
        if later {
            let from = moved(end, one(1));
            Period::new(from, moved(self.calendar.shift(from, grain, n), one(-1)), None)
        } else {
            Period::new(self.calendar.shift(start, grain, -n), moved(start, one(-1)), None)
        }
    }

    /// The day or period that a stretch lies beside, and how many tokens.
    fn anchor(&self, at: usize) -> Option<(Date, Date, usize)> {
        let the = usize::from(self.is(at, &["the"]));
        let inner = self
            .holiday(at + the, at)
            .or_else(|| self.day_of_month(at + the))
            .or_else(|| self.iso(at + the))
            .or_else(|| self.short(at + the))
            .or_else(|| self.fiscal(at + the))
            .or_else(|| self.within(at + the))
            .or_else(|| self.named(at + the))?;
        let period = inner.said_period()?;
        Some((period.start?, period.end?, the + inner.len))
    }

    /// "Christmas week", "Thanksgiving weekend"; "the weekend before Easter", "the Saturday before Christmas".
    fn weekend_or_day(&self, i: usize) -> Option<Atom> {
        let dom = if self.is(i, &["weekend"]) { Some(6) } else { self.tokens.get(i).and_then(weekday) };
        if let Some(wanted) = dom {
            let (later, side) = self.side(i + 1)?;
            let (start, end, more) = self.anchor(i + 1 + side)?;
            let step = |from: Date, by: i64| {
                (1..=7)
                    .map(|k| moved(from, Span::new().days(by * k)))
                    .find(|day| day.weekday().to_monday_one_offset() == wanted)
            };
            let first = if later { step(end, 1)? } else { step(start, -1)? };
            if !self.is(i, &["weekend"]) {
                return dated(1 + side + more, Period::new(first, first, Some(Grain::Day)));
            }
            // A weekend before a Sunday is the one that has ended.
            let last = moved(first, Span::new().days(1));
            let first = if last >= start && !later { moved(first, Span::new().days(-7)) } else { first };
            return dated(1 + side + more, Period::new(first, moved(first, Span::new().days(1)), None));
        }
        let found = super::holiday::find(self.tokens, i)?;
        let what = self.word(i + found.len).to_owned();
        let date = self.calendar.latest(&|y| (found.date)(y).map(|d| Period::new(d, d, None)))?.start?;
        match what.as_str() {
            "week" => dated(found.len + 1, self.calendar.holding(date, Grain::Week)),
            "weekend" => {
                let monday = self.calendar.start_of(date, Grain::Week);
                let friday = date.weekday().to_monday_one_offset();
                let start = moved(monday, Span::new().days(if friday == 1 { -2 } else { 5 }));
                dated(found.len + 1, Period::new(start, moved(start, Span::new().days(1)), None))
            }
            _ => None,
        }
    }
}
