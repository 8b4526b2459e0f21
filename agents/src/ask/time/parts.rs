//! Parts of the calendar that come again: weekdays, weekends, months of every year.

use super::atom::{Atom, Reader, Said};
use super::calendar::Part;
use super::weekday;

/// Days that are no holidays.
const ORDINARY: [&str; 16] = [
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
    "non - holiday",
    "non holiday",
    "non - holiday day",
    "an ordinary day",
    "regular weekdays",
];

/// Holidays.
const HOLIDAYS: [&str; 8] = [
    "public holidays",
    "public holiday",
    "federal holidays",
    "federal holiday",
    "bank holidays",
    "bank holiday",
    "national holidays",
    "holidays",
];

/// Saturdays and Sundays.
const WEEKENDS: [&str; 14] = [
    "weekends",
    "weekend",
    "week - ends",
    "week - end",
    "weekend days",
    "weekend day",
    "saturdays and sundays",
    "saturday and sunday",
    "saturdays or sundays",
    "saturday or sunday",
    "saturdays & sundays",
    "saturdays plus sundays",
    "sat and sun",
    "sat / sun",
];

/// Mondays to Fridays.
const WEEKDAYS: [&str; 28] = [
    "weekdays",
    "week days",
    "working days",
    "working day",
    "workdays",
    "workday",
    "business days",
    "business day",
    "non - weekend days",
    "non - weekend day",
    "non - weekends",
    "days of the working week",
    "day of the working week",
    "days during the working week",
    "day during the working week",
    "during the working week",
    "the working week",
    "days during the week",
    "day during the week",
    "during the week",
    "through the week",
    "weekday",
    "monday to friday",
    "mondays to fridays",
    "monday through friday",
    "monday - friday",
    "mon - fri",
    "in the working week",
];

impl Reader<'_> {
    /// Weekdays, weekends and holidays as recurring parts.
    pub(super) fn part(&self, i: usize) -> Option<Atom> {
        let made = |len: usize, part: Part| Some(Atom { len, said: Said::Part(part) });
        if let Some(len) = self.any(i, &ORDINARY) {
            return made(len, Part::Holiday(false));
        }
        if let Some(len) = self.any(i, &HOLIDAYS) {
            return made(len, Part::Holiday(true));
        }
        if let Some(len) = self.any(i, &WEEKENDS) {
            return made(len, Part::Weekend(true));
        }
        if let Some(len) = self.any(i, &WEEKDAYS) {
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
}
