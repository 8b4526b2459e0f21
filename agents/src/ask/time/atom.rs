//! One period as a question names it: a year, a month, "Q3 2017", "last week", "the week before Christmas".

use jiff::Span;
use jiff::civil::Date;

use super::calendar::{Calendar, Part, Period, day, moved};
use super::{grain_word, holiday, month, weekday};
use crate::ask::words::Token;
use crate::plan::Grain;

/// What one expression of time says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said {
    /// A period; `dated` when its year was said or follows from today.
    Period { period: Period, dated: bool },
    /// A recurring part.
    Part(Part),
    /// All the time there is.
    Always,
}

/// An expression of time and how many tokens it takes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Atom {
    pub(super) len: usize,
    pub(super) said: Said,
}

/// Reads tokens from a place, as words.
pub(super) struct Reader<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) calendar: Calendar,
}

impl Reader<'_> {
    pub(super) fn word(&self, i: usize) -> &str {
        self.tokens.get(i).filter(|t| !t.quoted).map_or("", |t| t.norm.as_str())
    }

    pub(super) fn is(&self, i: usize, words: &[&str]) -> bool {
        words.contains(&self.word(i))
    }

    /// Whether the words stand from here.
    pub(super) fn phrase(&self, i: usize, words: &str) -> Option<usize> {
        let mut len = 0;
        for word in words.split(' ') {
            if self.word(i + len) != word {
                return None;
            }
            len += 1;
        }
        Some(len)
    }

    fn any(&self, i: usize, phrases: &[&str]) -> Option<usize> {
        phrases.iter().filter_map(|p| self.phrase(i, p)).max()
    }

    /// A year in four digits, or two after an apostrophe.
    fn year(&self, i: usize) -> Option<i16> {
        let number = self.tokens.get(i)?.number?;
        if !number.year {
            return None;
        }
        number.count().and_then(|n| i16::try_from(n).ok())
    }

    fn ordinal(&self, i: usize) -> Option<i8> {
        let number = self.tokens.get(i)?.number?;
        number.ordinal.then(|| number.count().and_then(|n| i8::try_from(n).ok()))?
    }

    fn count(&self, i: usize) -> Option<i64> {
        if let Some(len) = self.any(i, &["couple"]) {
            return (len == 1).then_some(2);
        }
        let token = self.tokens.get(i)?;
        let number = token.number?;
        (!number.year && !number.ordinal).then(|| number.count().and_then(|n| i64::try_from(n).ok()))?
    }

    /// The grain at a token; "calendar" and "fiscal" before it count.
    fn grain(&self, i: usize) -> Option<(Grain, usize)> {
        let fiscal = self.is(i, &["fiscal", "financial"]);
        let skip = usize::from(fiscal || self.is(i, &["calendar", "full", "complete", "whole", "entire"]));
        let token = self.tokens.get(i + skip)?;
        if super::grain_adverb(token) {
            return None;
        }
        let grain = grain_word(token)?;
        Some((if fiscal { as_fiscal(grain) } else { grain }, skip + 1))
    }

    /// The period named from token `i`.
    pub(super) fn atom(&self, i: usize) -> Option<Atom> {
        let the = usize::from(self.is(i, &["the", "all"]) && !self.is(i + 1, &["time", "days", "day"]));
        let found = self.always(i).or_else(|| {
            let j = i + the;
            self.around(j)
                .or_else(|| self.fiscal(j))
                .or_else(|| self.within(j))
                .or_else(|| self.relative(j))
                .or_else(|| self.to_date(j))
                .or_else(|| self.iso(j))
                .or_else(|| self.day_of_month(j))
                .or_else(|| self.named(j))
                .or_else(|| self.holiday(j, i))
                .or_else(|| self.part(j))
                .map(|atom| Atom { len: atom.len + the, ..atom })
        })?;
        Some(found)
    }

    fn always(&self, i: usize) -> Option<Atom> {
        let phrases = [
            "all time",
            "all - time",
            "of all time",
            "the entire period",
            "entire period",
            "the whole period",
            "whole period",
            "the whole time",
            "all periods",
            "since the beginning",
            "since records began",
            "all years",
            "the full period",
            "all dates",
            "to date",
            "all the time",
            "the complete period",
            "all available data",
            "all data",
            "the data set",
            "the whole dataset",
            "the entire dataset",
            "all days",
            "whole data set",
            "our whole history",
            "our entire history",
            "all history",
        ];
        let len = self.any(i, &phrases)?;
        Some(Atom { len, said: Said::Always })
    }

    /// Fiscal years, quarters, months and weeks: "fiscal Q2 of fiscal year 2017", "FY2017", "FY17 Q2".
    fn fiscal(&self, i: usize) -> Option<Atom> {
        let calendar = self.calendar;
        if let Some((year, len)) = self.fiscal_year_words(i) {
            let mut period = calendar.fiscal_year(year);
            let mut total = len;
            if let Some(quarter) = quarter_code(self.word(i + len)) {
                period = calendar.fiscal_quarter(year, quarter);
                total += 1;
            }
            return dated(total, period?);
        }
        let joined = self.word(i).strip_prefix('f').and_then(quarter_code);
        let (kind, n, len) = if let Some(quarter) = joined {
            (Grain::FiscalQuarter, quarter, 1)
        } else if self.is(i, &["fiscal", "financial"]) {
            self.fiscal_kind(i + 1).map(|(kind, n, len)| (kind, n, len + 1))?
        } else if let (Some(n), true) = (self.ordinal(i), self.is(i + 1, &["fiscal", "financial"])) {
            (as_fiscal(grain_word(self.tokens.get(i + 2)?)?), n, 3)
        } else {
            let quarter = quarter_code(self.word(i))?;
            let skip = usize::from(self.is(i + 1, &["of", "in", ",", "for"]));
            let (year, more) = self.fiscal_year_words(i + 1 + skip)?;
            return dated(1 + skip + more, calendar.fiscal_quarter(year, quarter)?);
        };
        let skip = usize::from(self.is(i + len, &["of", "in", ",", "for"]));
        let (year, more) = match self.fiscal_year_words(i + len + skip) {
            Some((year, more)) => (Some(year), skip + more),
            None => self.year(i + len + skip).map_or((None, 0), |year| (Some(year), skip + 1)),
        };
        let build = |y: i16| match kind {
            Grain::FiscalQuarter => calendar.fiscal_quarter(y, n),
            Grain::FiscalMonth => calendar.fiscal_month(y, n),
            _ => calendar.fiscal_week(y, n),
        };
        let period = match year {
            Some(year) => build(year),
            None => build(calendar.this_fiscal_year())
                .filter(|p| p.start.is_some_and(|s| s <= calendar.today))
                .or_else(|| build(calendar.this_fiscal_year() - 1)),
        };
        dated(len + more, period?)
    }

    /// "fiscal year 2017", "fiscal 2017", "FY2017", "FY 17", "the 2017 fiscal year".
    fn fiscal_year_words(&self, i: usize) -> Option<(i16, usize)> {
        let the = usize::from(self.is(i, &["the"]));
        let i = i + the;
        if let Some(rest) = self.word(i).strip_prefix("fy") {
            if rest.is_empty() {
                let year = self.year(i + 1).or_else(|| short_year(self.word(i + 1)))?;
                return Some((year, 2 + the));
            }
            let year = rest.parse::<i16>().ok().filter(|y| *y > 1900).or_else(|| short_year(rest))?;
            return Some((year, 1 + the));
        }
        if self.is(i, &["fiscal", "financial"]) {
            let skip = usize::from(self.is(i + 1, &["year", "years"]));
            return self.year(i + 1 + skip).map(|year| (year, 2 + skip + the));
        }
        let year = self.year(i)?;
        (self.is(i + 1, &["fiscal", "financial"]) && self.is(i + 2, &["year"])).then_some((year, 3 + the))
    }

    /// "Q2", "quarter 2", "month 3", "week 10" after "fiscal".
    fn fiscal_kind(&self, i: usize) -> Option<(Grain, i8, usize)> {
        if let Some(quarter) = quarter_code(self.word(i)) {
            return Some((Grain::FiscalQuarter, quarter, 1));
        }
        let grain = grain_word(self.tokens.get(i)?)?;
        let n = self.count(i + 1).and_then(|n| i8::try_from(n).ok())?;
        Some((as_fiscal(grain), n, 2))
    }

    /// "last month", "the previous 3 weeks", "this quarter", "2 years ago", "yesterday", "month before last".
    fn relative(&self, i: usize) -> Option<Atom> {
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

    fn ago(&self, i: usize) -> Option<Atom> {
        let n = if self.is(i, &["a", "an", "one"]) { 1 } else { self.count(i)? };
        let (grain, len) = self.grain(i + 1)?;
        let back = self.is(i + 1 + len, &["ago", "back"]) || self.phrase(i + 1 + len, "earlier").is_some();
        back.then(|| dated(2 + len, self.calendar.relative(grain, -n)))?
    }

    fn last_or_next(&self, i: usize) -> Option<Atom> {
        let calendar = self.calendar;
        let past =
            self.is(i, &["last", "past", "previous", "prior", "preceding", "trailing", "latest", "recent", "most"]);
        let this = self.is(i, &["this", "current", "present", "ongoing"]);
        let next = self.is(i, &["next", "coming", "following", "upcoming"]);
        if !past && !this && !next {
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
    fn to_date(&self, i: usize) -> Option<Atom> {
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

    /// "first half of 2017", "the first week of March", "last 10 days of June", "final quarter", "beginning of July".
    fn within(&self, i: usize) -> Option<Atom> {
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
        let edge = self.any(i, &["beginning of", "start of", "end of"])?;
        let from_start = !self.is(i, &["end"]);
        let inner = self.atom(i + edge)?;
        let (start, end) = (inner.said_period()?.start?, inner.said_period()?.end?);
        let point = if from_start { start } else { end };
        let period = Period::new(point, point, Some(Grain::Day));
        Some(Atom { len: edge + inner.len, said: Said::Period { period, dated: true } })
    }

    /// The n-th (or n first, n last) weeks, days, months or quarters of a period.
    fn nth_of(&self, i: usize, which: i8, at: usize, n: i64) -> Option<Atom> {
        let calendar = self.calendar;
        let (grain, len) = self.grain(at)?;
        let after = at + len;
        let bare_last = which == -1 && !self.is(after, &["of", "in"]);
        if grain == Grain::Quarter && n == 1 && !bare_last {
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
        let inner = self.atom(after + 1)?;
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
    fn iso(&self, i: usize) -> Option<Atom> {
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

    fn week_of(&self, i: usize) -> Option<Atom> {
        if !self.is(i + 1, &["of", "containing", "commencing", "beginning", "starting"]) {
            return None;
        }
        let inner = self.atom(i + 2)?;
        let date = inner.said_period()?.start?;
        (inner.said_period()?.end? == date).then(|| dated(2 + inner.len, self.calendar.holding(date, Grain::Week)))?
    }

    /// "5 March 2017", "March 5th, 2017", "the 5th of March".
    fn day_of_month(&self, i: usize) -> Option<Atom> {
        let dom = |k: usize| -> Option<i8> {
            let number = self.tokens.get(k)?.number?;
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
        let (year, more) = self.year_after(i + len);
        let build = |y: i16| day(y, m, d).map(|date| Period::new(date, date, Some(Grain::Day)));
        self.dated_or_latest(len + more, year, &build)
    }

    /// A month with or without its year.
    fn month_year(&self, i: usize) -> Option<Atom> {
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
            if !helped.contains(&before) && !capital {
                return None;
            }
        }
        self.dated_or_latest(1 + more, year, &|y| self.calendar.month(y, m))
    }

    /// Months, quarters, halves and years by name.
    fn named(&self, i: usize) -> Option<Atom> {
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
        let (year, more) = self.year_after(i + 1);
        let plural = usize::from(self.is(i + 1 + more, &["month", "months", "season"]));
        if year.is_none() {
            let months = (0..3).map(|k| (word - 1 + k) % 12 + 1).collect();
            return Some(Atom { len: 1 + more + plural, said: Said::Part(Part::Months(months)) });
        }
        dated(1 + more + plural, self.season_period(word, year)?)
    }

    /// The three months of a season that begins with a month.
    fn season_period(&self, first: i8, year: Option<i16>) -> Option<Period> {
        let build = |y: i16| {
            let start = day(y, first, 1)?;
            Some(Period::new(start, moved(self.calendar.shift(start, Grain::Month, 3), Span::new().days(-1)), None))
        };
        match year {
            Some(year) => build(year),
            None => self.calendar.latest(&build),
        }
    }

    /// "the week before Christmas", "Christmas week", "the day after Thanksgiving", "two weeks before Easter".
    fn around(&self, i: usize) -> Option<Atom> {
        let n = self.count(i).unwrap_or(1);
        let skip = usize::from(self.count(i).is_some());
        if let Some((grain, len)) = self.grain(i + skip)
            && let Some(side) = self.any(
                i + skip + len,
                &["before", "after", "following", "preceding", "leading up to", "prior to", "up to"],
            )
        {
            let at = i + skip + len + side;
            let inner = self
                .holiday(at + usize::from(self.is(at, &["the"])), at)
                .or_else(|| self.day_of_month(at))
                .or_else(|| self.iso(at))?;
            let date = inner.said_period()?.start?;
            let later = self.is(i + skip + len, &["after", "following"]);
            let one = Span::new().days(1);
            let period = if later {
                let from = moved(date, one);
                Period::new(from, moved(self.calendar.shift(from, grain, n), Span::new().days(-1)), None)
            } else {
                Period::new(self.calendar.shift(date, grain, -n), moved(date, Span::new().days(-1)), None)
            };
            return dated(skip + len + side + usize::from(self.is(at, &["the"])) + inner.len, period);
        }
        let found = holiday::find(self.tokens, i)?;
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

    fn holiday(&self, i: usize, first: usize) -> Option<Atom> {
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

    /// Weekdays, weekends and holidays as recurring parts.
    fn part(&self, i: usize) -> Option<Atom> {
        let made = |len: usize, part: Part| Some(Atom { len, said: Said::Part(part) });
        if let Some(len) = self.any(
            i,
            &[
                "non - holidays",
                "non - holiday days",
                "ordinary days",
                "ordinary day",
                "normal days",
                "normal day",
                "regular days",
                "regular day",
                "non holidays",
                "usual days",
                "other days",
            ],
        ) {
            return made(len, Part::Holiday(false));
        }
        if let Some(len) = self.any(
            i,
            &[
                "public holidays",
                "public holiday",
                "federal holidays",
                "federal holiday",
                "bank holidays",
                "bank holiday",
                "national holidays",
                "holidays",
            ],
        ) {
            return made(len, Part::Holiday(true));
        }
        if let Some(len) = self.any(
            i,
            &[
                "weekends",
                "weekend",
                "week - ends",
                "week - end",
                "weekend days",
                "weekend day",
                "saturdays and sundays",
                "saturday and sunday",
            ],
        ) {
            return made(len, Part::Weekend(true));
        }
        if let Some(len) = self.any(
            i,
            &["weekdays", "week days", "working days", "workdays", "business days", "non - weekend days", "weekday"],
        ) {
            return made(len, Part::Weekend(false));
        }
        let mut days = vec![self.tokens.get(i).and_then(weekday)?];
        let mut len = 1;
        while let Some(step) = self.any(i + len, &[", and", "and", ",", "or", "to", "through"]) {
            let Some(next) = self.tokens.get(i + len + step).and_then(weekday) else { break };
            if self.is(i + len, &["to", "through"]) {
                let mut d = *days.last()?;
                while d != next {
                    d = d % 7 + 1;
                    days.push(d);
                }
            } else {
                days.push(next);
            }
            len += step + 1;
        }
        made(len, Part::Weekdays(days))
    }

    /// A year right after: "2017", "of 2017", ", 2017", "in the year 2017", "last year", "'17".
    fn year_after(&self, i: usize) -> (Option<i16>, usize) {
        let skip = usize::from(self.is(i, &["of", "in", ",", "for"]));
        let words = self.any(i + skip, &["the year", "year", "calendar year"]).unwrap_or(0);
        if let Some(year) = self.year(i + skip + words) {
            return (Some(year), skip + words + 1);
        }
        if self.is(i, &["'"]) && short_year(self.word(i + 1)).is_some() {
            return (short_year(self.word(i + 1)), 2);
        }
        let today = self.calendar.today.year();
        for (phrase, year) in [
            ("this year", today),
            ("last year", today - 1),
            ("the current year", today),
            ("the same year", today),
            ("the previous year", today - 1),
            ("next year", today + 1),
        ] {
            if let Some(len) = self.phrase(i + skip, phrase) {
                return (Some(year), skip + len);
            }
        }
        (None, 0)
    }

    /// "the third" of "the third and the fourth quarter of 2017".
    pub(super) fn elided_first(&self, i: usize) -> Option<Atom> {
        let the = usize::from(self.is(i, &["the"]));
        let which = self.ordinal(i + the)?;
        let j = i + the + 1;
        let joined = usize::from(self.is(j, &["and", "to", "or", "-"]));
        let second = (joined == 1).then(|| self.atom(j + 1))??;
        let period = self.like(&second.said_period()?, which)?;
        Some(Atom { len: the + 1, said: Said::Period { period, dated: true } })
    }

    /// "the second" after "from the first half of 2017 to"; "the last one" after "in the first quarter but not in".
    pub(super) fn elided_second(&self, i: usize, first: &Period) -> Option<Atom> {
        let the = usize::from(self.is(i, &["the"]));
        let last = self.is(i + the, &["last", "final"]);
        let which = self.ordinal(i + the).or(last.then_some(-1))?;
        let one = usize::from(self.is(i + the + 1, &["one"]));
        let grain_follows =
            self.tokens.get(i + the + 1).and_then(grain_word).is_some() || self.is(i + the + 1, &["half"]);
        if grain_follows || (last && one == 0) {
            return None;
        }
        let period = self.like(first, which)?;
        Some(Atom { len: the + 1 + one, said: Said::Period { period, dated: true } })
    }

    /// The period of the same kind and year with another number; -1 is the last.
    fn like(&self, period: &Period, which: i8) -> Option<Period> {
        let (start, end) = (period.start?, period.end?);
        let months = i64::from(end.year() - start.year()) * 12 + i64::from(end.month() - start.month()) + 1;
        match months {
            1 if period.grain == Some(Grain::Month) => {
                self.calendar.month(start.year(), if which < 0 { 12 } else { which })
            }
            3 if period.grain == Some(Grain::FiscalQuarter) => self.calendar.fiscal_quarter(
                self.calendar.start_of(start, Grain::FiscalYear).year(),
                if which < 0 { 4 } else { which },
            ),
            3 => self.calendar.quarter(start.year(), if which < 0 { 4 } else { which }),
            6 => Calendar::half(start.year(), if which < 0 { 2 } else { which }),
            _ => None,
        }
    }

    fn dated_or_latest(&self, len: usize, year: Option<i16>, build: &dyn Fn(i16) -> Option<Period>) -> Option<Atom> {
        match year {
            Some(year) => dated(len, build(year)?),
            None => Some(Atom { len, said: Said::Period { period: self.calendar.latest(build)?, dated: false } }),
        }
    }
}

impl Atom {
    pub(super) fn said_period(&self) -> Option<Period> {
        match &self.said {
            Said::Period { period, .. } => Some(*period),
            _ => None,
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the last expression of many readers")]
fn dated(len: usize, period: Period) -> Option<Atom> {
    Some(Atom { len, said: Said::Period { period, dated: true } })
}

fn as_fiscal(grain: Grain) -> Grain {
    match grain {
        Grain::Month => Grain::FiscalMonth,
        Grain::Quarter => Grain::FiscalQuarter,
        Grain::Year => Grain::FiscalYear,
        other => other,
    }
}

/// The first month of a season.
fn season(word: &str) -> Option<i8> {
    match word {
        "spring" => Some(3),
        "summer" => Some(6),
        "autumn" | "fall" => Some(9),
        "winter" => Some(12),
        _ => None,
    }
}

fn quarter_code(word: &str) -> Option<i8> {
    match word {
        "q1" | "1q" => Some(1),
        "q2" | "2q" => Some(2),
        "q3" | "3q" => Some(3),
        "q4" | "4q" => Some(4),
        _ => None,
    }
}

fn week_code(word: &str) -> Option<i8> {
    word.strip_prefix('w')
        .or_else(|| word.strip_prefix("kw"))
        .and_then(|n| n.parse().ok())
        .filter(|n| (1..=53).contains(n))
}

fn short_year(word: &str) -> Option<i16> {
    (word.len() == 2).then(|| word.parse::<i16>().ok().map(|y| if y < 70 { 2000 + y } else { 1900 + y }))?
}
