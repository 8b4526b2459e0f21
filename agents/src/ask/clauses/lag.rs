//! One date against another: "within 14 days after sowing", "more than 90 days past the due date", "older than 65".

use super::compare::WORDS;
use super::cursor::Cursor;
use super::filter::of;
use crate::plan::{Comparison, Field, Filter, Literal, Unit, Value};

impl Cursor<'_> {
    /// What sets a date of a table's rows against another, or against today; `hint` is the date that the verb speaks of.
    pub(super) fn lag(&mut self, table: &str, hint: Option<&Field>) -> Option<Filter> {
        self.tried(|cursor| cursor.apart(table, hint)).or_else(|| self.tried(|cursor| cursor.aged(table)))
    }

    /// Whether a verb that names a date stands here, and what sets that date against another behind it.
    pub(super) fn lags(&self, np: &super::phrase::Np) -> bool {
        let Some(table) = self.table_of(np) else { return false };
        let Some(hint) = self.token(0).and_then(|token| self.time_hint(&table, &token.stem)) else { return false };
        let mut ahead = Self { at: self.at + 1, ..self.clone() };
        ahead.lag(&table, Some(&hint)).is_some()
    }

    fn apart(&mut self, table: &str, hint: Option<&Field>) -> Option<Filter> {
        let within = self.eat("within");
        let is = if within { None } else { WORDS.iter().find_map(|(words, is)| self.eat(words).then_some(*is)) };
        let count = if within || is.is_some() { Some(self.number()?) } else { None };
        let step = match count {
            Some(_) => Some(self.step()?),
            None => None,
        };
        let backward = self.eat_any(&["before", "prior to", "ahead of", "earlier than"]);
        let past = !backward && self.eat("past");
        if !backward && !past && !self.eat_any(&["after", "following", "later than"]) {
            (within && self.eat_any(&["of", "from"])).then_some(())?;
        }
        let said = self.at;
        let moments = self.moments();
        (self.at > said).then_some(())?;
        let own: Vec<&Field> = moments.iter().filter(|field| field.table == table).collect();
        let led: Vec<&Field> =
            moments.iter().filter(|field| field.table != table && self.schema.to_one(table, &field.table)).collect();
        let event = match (own.as_slice(), led.as_slice()) {
            ([only], _) | ([], [only]) => (*only).clone(),
            _ => return None,
        };
        let today = Value::Date { date: self.calendar.today };
        let subject = match hint {
            Some(field) => of(field),
            None if past => today,
            // Only what has one date of its own is clear without a verb.
            None if event.table != table && count.is_some() => of(&self.time_of(table)?),
            None => return None,
        };
        let event = of(&event);
        if subject == event {
            return None;
        }
        let Some((count, (unit, times))) = count.zip(step) else {
            let is = if backward { Comparison::Less } else { Comparison::Greater };
            return Some(Filter::Compare { left: subject, is, right: event });
        };
        let (first, last) = if backward { (subject, event) } else { (event, subject) };
        let between = Value::Elapsed { unit, from: Box::new(first), to: Box::new(last) };
        let count = count * times;
        Some(match is {
            None => Filter::Between {
                value: between,
                from: Literal::Number(0.0),
                to: Literal::Number(count),
                negated: false,
            },
            Some(is) => {
                Filter::Compare { left: between, is, right: Value::Literal { literal: Literal::Number(count) } }
            }
        })
    }

    /// A unit of time behind a number, and how many of the plan's units it is.
    fn step(&mut self) -> Option<(Unit, f64)> {
        if self.eat_any(&["weeks", "week"]) {
            return Some((Unit::Day, 7.0));
        }
        self.lapse_unit().map(|unit| (unit, 1.0))
    }

    /// "older than 65", "under 18 years old", where there is a day of birth.
    fn aged(&mut self, table: &str) -> Option<Filter> {
        let older = self.is(&["older"]);
        let aged = self.eat_any(&["aged", "of age"]);
        let is = WORDS.iter().find_map(|(words, is)| self.eat(words).then_some(*is))?;
        let younger = self.at >= 2 && self.tokens[self.at - 2].is(&["younger"]);
        let count = self.number()?;
        let said = self.eat_any(&["years old", "years of age", "year old"]);
        if !(older || younger || aged || said) {
            return None;
        }
        self.eat_any(&["years", "year"]);
        self.eat_any(&["today", "now", "at the moment"]);
        let left = self.age_of(&self.birth(table)?, Unit::Year);
        Some(Filter::Compare { left, is, right: Value::Literal { literal: Literal::Number(count) } })
    }
}
