//! Parts of a period that have no number: its start, middle and end, "early May", "the year's".

use super::atom::{Atom, Reader, Said, dated};
use super::calendar::{Period, day, moved};
use super::grain_word;
use crate::plan::Grain;
use jiff::Span;

/// Which end of a period is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    Start,
    End,
}

impl Reader<'_> {
    /// "the end of June", "the beginning of the year": which end, of what, and how many tokens.
    pub(super) fn edge(&self, i: usize) -> Option<(Edge, Period, usize)> {
        let the = usize::from(self.is(i, &["the", "our"]));
        let start = self.any(i + the, &["beginning of", "start of", "first day of", "opening of"]);
        let end = self.any(i + the, &["end of", "close of", "last day of", "final day of"]);
        let (edge, len) = match (start, end) {
            (Some(len), _) => (Edge::Start, len),
            (None, Some(len)) => (Edge::End, len),
            _ => return None,
        };
        let inner = self.atom(i + the + len).or_else(|| self.this_one(i + the + len))?;
        Some((edge, inner.said_period()?, the + len + inner.len))
    }

    /// "the year", "that quarter" behind "of" or "in": the one that today is in.
    pub(super) fn this_one(&self, i: usize) -> Option<Atom> {
        let said = usize::from(self.is(i, &["the", "that", "our"]));
        let (grain, len) = self.grain(i + said).filter(|_| said == 1)?;
        let one = self.tokens.get(i + said + len - 1).is_some_and(|token| token.norm == token.lemma);
        let whole = !matches!(grain, Grain::Day | Grain::Hour) && one;
        whole.then(|| dated(said + len, self.calendar.relative(grain, 0)))?
    }

    /// "the year's", "the month's": the one that today is in.
    pub(super) fn possessive(&self, i: usize) -> Option<Atom> {
        let token = self.tokens.get(i)?;
        let grain = grain_word(token).filter(|grain| !matches!(grain, Grain::Day))?;
        let whose = token.text.ends_with("'s") || token.text.ends_with("\u{2019}s");
        let the = i > 0 && self.is(i - 1, &["the"]);
        (whose && the).then(|| dated(1, self.calendar.relative(grain, 0)))?
    }

    /// "early May", "mid-June", "late 2017": a third of a month, a quarter or a year.
    pub(super) fn third(&self, i: usize) -> Option<Atom> {
        let third = match self.word(i) {
            "early" => 0,
            "mid" => 1,
            "late" => 2,
            _ => return None,
        };
        let hyphen = usize::from(self.is(i + 1, &["-"]));
        let inner = self.named(i + 1 + hyphen)?;
        let period = inner.said_period()?;
        let (start, end) = (period.start?, period.end?);
        let cut = |from: i8, to: Option<i8>| {
            let last = to.and_then(|d| day(start.year(), start.month(), d)).unwrap_or(end);
            Some(Period::new(day(start.year(), start.month(), from)?, last, None))
        };
        let period = match period.grain? {
            Grain::Month => match third {
                0 => cut(1, Some(10))?,
                1 => cut(11, Some(20))?,
                _ => cut(21, None)?,
            },
            Grain::Quarter => self.calendar.holding(self.calendar.shift(start, Grain::Month, third), Grain::Month),
            Grain::Year => {
                let from = self.calendar.shift(start, Grain::Month, third * 4);
                let last = moved(self.calendar.shift(from, Grain::Month, 4), Span::new().days(-1));
                Period::new(from, last, None)
            }
            _ => return None,
        };
        Some(Atom { len: 1 + hyphen + inner.len, said: Said::Period { period, dated: true } })
    }
}
