//! One period as a question names it: a year, a month, "Q3 2017", "last week", "the week before Christmas".

use super::calendar::{Calendar, Part, Period};
use super::grain_word;
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

    pub(super) fn any(&self, i: usize, phrases: &[&str]) -> Option<usize> {
        phrases.iter().filter_map(|p| self.phrase(i, p)).max()
    }

    /// A year in four digits, or two after an apostrophe.
    pub(super) fn year(&self, i: usize) -> Option<i16> {
        let number = self.tokens.get(i)?.number?;
        if !number.year {
            return None;
        }
        number.count().and_then(|n| i16::try_from(n).ok())
    }

    pub(super) fn ordinal(&self, i: usize) -> Option<i8> {
        let number = self.tokens.get(i)?.number?;
        number.ordinal.then(|| number.count().and_then(|n| i8::try_from(n).ok()))?
    }

    pub(super) fn count(&self, i: usize) -> Option<i64> {
        if let Some(len) = self.any(i, &["couple"]) {
            return (len == 1).then_some(2);
        }
        let token = self.tokens.get(i)?;
        let number = token.number?;
        (!number.year && !number.ordinal).then(|| number.count().and_then(|n| i64::try_from(n).ok()))?
    }

    /// The grain at a token; "calendar" and "fiscal" before it count.
    pub(super) fn grain(&self, i: usize) -> Option<(Grain, usize)> {
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
        let found = self.so_far(i).or_else(|| self.always(i)).or_else(|| {
            let j = i + the;
            self.around(j)
                .or_else(|| self.fiscal(j))
                .or_else(|| self.third(j))
                .or_else(|| self.short(j))
                .or_else(|| self.possessive(j))
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

    /// "so far this month", "up to now this year": no time of all.
    fn so_far(&self, i: usize) -> Option<Atom> {
        self.any(i, &["so far", "up to now"])?;
        self.to_date(i)
    }

    pub(super) fn always(&self, i: usize) -> Option<Atom> {
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
            "so far",
            "all the data we have",
            "all data we have",
            "all the data",
            "all the time we have data",
            "all our data",
            "start of our records",
            "the start of our records",
            "since the start of our records",
            "since records begin",
            "since the start of records",
            "since the very beginning",
            "from the beginning",
            "whole history",
            "entire history",
            "the whole of our data",
            "until now",
            "up to now",
            "up till now",
            "until today",
            "up to today",
            "ever recorded",
        ];
        let len = self.any(i, &phrases)?;
        Some(Atom { len, said: Said::Always })
    }

    /// A year right after: "2017", "of 2017", ", 2017", "in the year 2017", "last year", "'17".
    pub(super) fn year_after(&self, i: usize) -> (Option<i16>, usize) {
        let skip = usize::from(self.is(i, &["of", "in", ",", "for", "/", "-", "."]));
        let words = self.any(i + skip, &["the year", "year", "calendar year"]).unwrap_or(0);
        if let Some(year) = self.year(i + skip + words) {
            return (Some(year), skip + words + 1);
        }
        if self.is(i, &["'"]) && short_year(self.word(i + 1)).is_some() {
            return (short_year(self.word(i + 1)), 2);
        }
        if self.is(i, &["of"]) && self.is(i + 1, &["'"]) && short_year(self.word(i + 2)).is_some() {
            return (short_year(self.word(i + 2)), 3);
        }
        let hyphen = usize::from(self.is(i, &["-", "/"]));
        if let Some(year) = self.short_year_at(i + hyphen) {
            return (Some(year), hyphen + 1);
        }
        let skip = usize::from(self.is(i, &["of", "in", ",", "for"]));
        let today = self.calendar.today.year();
        for (phrase, year) in [
            ("this year", today),
            ("last year", today - 1),
            ("the current year", today),
            ("the same year", today),
            ("the previous year", today - 1),
            ("the year", today),
            ("next year", today + 1),
        ] {
            if let Some(len) = self.phrase(i + skip, phrase) {
                return (Some(year), skip + len);
            }
        }
        (None, 0)
    }

    /// "17" of "Nov-17" and "Q3 17": two digits that are a year near today's and count nothing.
    pub(super) fn short_year_at(&self, i: usize) -> Option<i16> {
        let year = short_year(self.word(i))?;
        let before = |k: usize| i.checked_sub(k).map_or("", |at| self.word(at));
        let joined = matches!(before(1), "-" | "/");
        let code = before(1 + usize::from(joined));
        let coded = quarter_code(code).is_some() || matches!(code, "h1" | "h2");
        let on = before(2 + usize::from(joined));
        let counts = self.tokens.get(i + 1).is_some_and(|next| {
            !next.mark
                && !next.is(&["by", "per", "for", "in", "and", "or", "vs", "versus", "to", "compared", "against"])
        });
        let same = year == self.calendar.today.year() && !matches!(on, "on" | "the" | "until" | "since");
        let near = (year - self.calendar.today.year()).abs() <= 10;
        (near && (coded && !counts || joined || same && !counts)).then_some(year)
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
    pub(super) fn like(&self, period: &Period, which: i8) -> Option<Period> {
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

    pub(super) fn dated_or_latest(
        &self,
        len: usize,
        year: Option<i16>,
        build: &dyn Fn(i16) -> Option<Period>,
    ) -> Option<Atom> {
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
pub(super) fn dated(len: usize, period: Period) -> Option<Atom> {
    Some(Atom { len, said: Said::Period { period, dated: true } })
}

pub(super) fn as_fiscal(grain: Grain) -> Grain {
    match grain {
        Grain::Month => Grain::FiscalMonth,
        Grain::Quarter => Grain::FiscalQuarter,
        Grain::Year => Grain::FiscalYear,
        other => other,
    }
}

/// The first month of a season.
pub(super) fn season(word: &str) -> Option<i8> {
    match word {
        "spring" => Some(3),
        "summer" => Some(6),
        "autumn" | "fall" => Some(9),
        "winter" => Some(12),
        _ => None,
    }
}

pub(super) fn quarter_code(word: &str) -> Option<i8> {
    match word {
        "q1" | "1q" => Some(1),
        "q2" | "2q" => Some(2),
        "q3" | "3q" => Some(3),
        "q4" | "4q" => Some(4),
        _ => None,
    }
}

pub(super) fn week_code(word: &str) -> Option<i8> {
    word.strip_prefix('w')
        .or_else(|| word.strip_prefix("kw"))
        .and_then(|n| n.parse().ok())
        .filter(|n| (1..=53).contains(n))
}

pub(super) fn short_year(word: &str) -> Option<i16> {
    (word.len() == 2).then(|| word.parse::<i16>().ok().map(|y| if y < 70 { 2000 + y } else { 1900 + y }))?
}
