//! A time, and what says it a second time: "in 2024 (from Jan 1st to Dec 31st inclusive)", "inclusive of 30 days ago".

use super::cursor::{Cursor, Look};
use crate::ask::time::{self, When};

impl Cursor<'_> {
    /// The time that stands here, with what says again where it begins and ends.
    pub(super) fn time(&mut self) -> Option<When> {
        if self.unclear.is_some_and(|(from, to)| (from..to).contains(&self.at)) {
            return None;
        }
        if let Some(before) = self.long_ago() {
            return Some(When::Period(before));
        }
        let Look::Time(len, mut when) = self.look() else { return None };
        let said = &self.tokens[self.at..self.at + len];
        if said.windows(2).any(|pair| pair[0].is(&["calendar"]) && pair[1].is(&["month", "months"]))
            && let When::Period(period) = &mut when
        {
            period.start = period.start.map(jiff::civil::Date::first_of_month);
        }
        self.at += len;
        while self.said_again(&when) {}
        Some(when)
    }

    fn said_again(&mut self, when: &When) -> bool {
        if self.eat_any(&["from today", "up to today", "until today", "to date", "up to now", "until now"]) {
            return true;
        }
        let from = self.at;
        self.is(&[","]).then(|| self.at += 1);
        let open = self.is(&["("]);
        self.at += usize::from(open);
        let (mut inclusive, mut restated) = (false, false);
        while !self.done() {
            let again = time::parse(&self.tokens, self.at, self.calendar).filter(|_| open || inclusive);
            if let Some((len, again)) = again {
                if !restates(when, &again) {
                    break;
                }
                restated = true;
                self.at += len;
                continue;
            }
            let said = |word: &str| matches!(word, "inclusive" | "inclusively" | "included");
            inclusive |= said(self.word(0));
            let near = open || inclusive || self.is(&["both"]) && said(self.word(1));
            let filler = ["of", "both", "start", "end", "dates", "days", "the", "ends", "from", "date", "day"];
            let joint = self.is(&["and"]) && (open || self.is_at(1, &["end", "the"]) && self.at > from + 2);
            if !said(self.word(0)) && !(near && (self.is(&filler) || joint)) {
                break;
            }
            self.at += 1;
        }
        let closed = !open || self.is(&[")"]);
        if closed && (inclusive || open && restated) {
            self.at += usize::from(open);
            return true;
        }
        self.at = from;
        false
    }

    /// A sentence that only says that the ends of a time belong to it.
    pub(super) fn only_inclusive(&mut self) -> bool {
        let words: Vec<&str> =
            self.tokens.iter().filter(|token| !token.mark).map(|token| token.norm.as_str()).collect();
        let inclusive = words.first().is_some_and(|word| matches!(*word, "inclusive" | "both" | "including"));
        let rest =
            ["inclusive", "both", "of", "included", "start", "end", "and", "dates", "days", "the", "date", "ends"];
        let only = inclusive && words.iter().all(|word| rest.contains(word));
        if only {
            self.at = self.tokens.len();
        }
        only
    }
}

fn ends(when: &When) -> Option<(Option<jiff::civil::Date>, Option<jiff::civil::Date>)> {
    match when {
        When::Period(period) => Some((period.start, period.end)),
        When::Range(from, to) => Some((from.start, to.end)),
        _ => None,
    }
}

/// Whether a time is the same as another, or has its first or its last day.
fn restates(when: &When, again: &When) -> bool {
    let (Some((start, end)), Some((from, to))) = (ends(when), ends(again)) else { return false };
    let within = |day: Option<jiff::civil::Date>| day.is_some() && from <= day && (to.is_none() || day <= to);
    (start, end) == (from, to) || from.is_some() && to.is_some() && (within(start) || within(end))
}
