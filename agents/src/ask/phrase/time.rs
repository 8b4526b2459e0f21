//! Periods, and the column that each is of: "joined in the past 70 days", "ended in 2022".

use super::draft::{Condition, Draft};
use super::node::Kind;
use crate::ask::link::{ColumnKind, Shape};
use crate::ask::refusal::Refusal;
use crate::ask::time::{Period, When, label, moved};
use crate::plan::{Comparison, Field, Filter, Literal, Value};

impl Draft<'_> {
    /// Finds all periods.
    ///
    /// # Errors
    /// A period that could be of several columns.
    pub(super) fn find_periods(&mut self) -> Result<(), Refusal> {
        self.said_again();
        for i in 0..self.len() {
            if self.used[i] {
                continue;
            }
            if let Kind::Clock(hour) = self.kind(i).clone() {
                self.clock(i, &hour)?;
                continue;
            }
            let period = match self.kind(i) {
                Kind::Time(When::Period(period)) => *period,
                Kind::Time(When::Range(a, b)) => Period { start: a.start, end: b.end, grain: None },
                _ => continue,
            };
            let found = self.time_of(i)?;
            if let (Some(field), Some(theirs)) = (&found, self.verb_of_time(i))
                && !theirs.contains(field)
            {
                let words = vec![self.typed(i)];
                return Err(Refusal::unclear("It is not clear of which date the time is said", words));
            }
            let Some(field) = found else {
                return Err(Refusal::unclear("It is not clear of which date the time is said", vec![self.typed(i)]));
            };
            self.take(i);
            let mut period = period;
            if self.text(i).contains("calendar month") {
                period.start = period.start.map(jiff::civil::Date::first_of_month);
            }
            let negated = self.before_but(i, &[Shape::In, Shape::From]).filter(|&k| self.is(k, &[Shape::Not]));
            self.take_all(negated);
            let filter = Filter::During {
                period: crate::plan::Period {
                    time: Some(field.clone()),
                    from: period.start,
                    until: period.end.map(|end| moved(end, jiff::Span::new().days(1))),
                    label: Some(label(&period)),
                },
                negated: negated.is_some(),
            };
            self.conditions.push(Condition { at: i, table: field.table, filter });
        }
        Ok(())
    }

    /// The dates whose names speak of the verb before a period: no other date is meant then.
    fn verb_of_time(&self, i: usize) -> Option<Vec<Field>> {
        let verb = self.before_but(i, &[Shape::In, Shape::For]).filter(|&k| matches!(self.kind(k), Kind::Verb))?;
        let last = &self.tokens[self.nodes[verb].at + self.nodes[verb].len - 1];
        let mut found: Vec<Field> = Vec::new();
        for table in &self.model.tables {
            let times = self.lexicon.nouns().times(&table.name);
            let says = |field: &Field| {
                field.name.split('_').any(|word| {
                    let word = crate::ask::words::stem(word);
                    word == last.stem || word.len() > 3 && last.stem.len() > 3 && word.starts_with(&last.stem)
                })
            };
            found.extend(times.into_iter().filter(says));
        }
        (!found.is_empty()).then_some(found)
    }

    /// What says a period a second time: "(inclusive of start and end dates)", "from today", "that year".
    fn said_again(&mut self) {
        let mut i = 0;
        while i < self.len() {
            if self.text(i) == "("
                && let Some(close) = (i..self.len()).find(|&k| self.text(k) == ")")
                && (0..i).any(|k| matches!(self.kind(k), Kind::Time(_)))
                && (i..close).any(|k| self.text(k).starts_with("inclusive"))
            {
                self.take_all(i..=close);
                i = close;
            }
            let period = |k: usize| match self.kind(k) {
                Kind::Time(When::Period(period)) => Some(*period),
                _ => None,
            };
            if let Some(first) = period(i) {
                let skip = [Shape::Of, Shape::From, Shape::In];
                let next = self.next_but(i, &skip);
                let inclusive = next.filter(|&k| self.text(k).starts_with("inclusive"));
                let next = inclusive.map_or(next, |k| self.next_but(k, &skip));
                let again = next.filter(|&k| {
                    period(k).is_some_and(|again| {
                        again.start == first.start || again.end == first.end && again.start == again.end
                    })
                });
                self.take_all(inclusive.into_iter().chain(again));
            }
            let that = matches!(self.text(i), "year" | "month" | "day") && i > 0;
            if that && self.tokens[self.nodes[i].at.saturating_sub(1)].is(&["that"]) {
                self.take(i);
            }
            i += 1;
        }
    }

    /// The column that a period is of: the one that stands by, else the only one of the nearest thing.
    fn time_of(&mut self, i: usize) -> Result<Option<Field>, Refusal> {
        let skip = [Shape::In, Shape::Of, Shape::That, Shape::For];
        let beside = [self.before_but(i, &skip), self.next_but(i, &skip)];
        for k in beside.into_iter().flatten() {
            if let Some((field, _)) = self.pick(k, &[ColumnKind::Time])? {
                self.take(k);
                return Ok(Some(field));
            }
        }
        let mut tables: Vec<String> = Vec::new();
        let mut add = |table: Option<String>| tables.extend(table);
        for k in (0..i).rev() {
            if matches!(self.kind(k), Kind::Stop) {
                break;
            }
            match self.kind(k) {
                Kind::Thing(thing) => add(self.thing_table(thing).map(|table| table.name.clone())),
                Kind::Column(found) if found.len() == 1 => add(Some(found[0].0.table.clone())),
                _ => {}
            }
        }
        tables.extend(self.measures.iter().map(|measured| measured.table.clone()));
        tables.extend(self.tables_near(i));
        for table in &tables {
            let times = self.lexicon.nouns().times(table);
            match times.as_slice() {
                [] => {}
                [only] => return Ok(Some(only.clone())),
                several => return Ok(self.own_time(table, several)),
            }
        }
        Ok(None)
    }

    /// Of several times of a thing the one that is its own: the day that a booking was booked, else the start.
    fn own_time(&self, table: &str, times: &[Field]) -> Option<Field> {
        let thing = self.thing_of(table)?;
        let noun = crate::ask::words::stem(thing.rsplit(' ').next()?);
        let words = |field: &Field| field.name.split('_').map(crate::ask::words::stem).collect::<Vec<_>>();
        let only = |fits: &dyn Fn(&[String]) -> bool| {
            let mut found = times.iter().filter(|field| fits(&words(field)));
            match (found.next(), found.next()) {
                (Some(only), None) => Some(only.clone()),
                _ => None,
            }
        };
        let says =
            |list: &[&str], words: &[String]| list.iter().any(|word| words.contains(&crate::ask::words::stem(word)));
        only(&|words| words.contains(&noun))
            .or_else(|| only(&|words| says(&["created", "creation"], words)))
            .or_else(|| {
                only(&|words| {
                    words.iter().all(|word| says(&["date", "time", "day", "year"], std::slice::from_ref(word)))
                })
            })
            .or_else(|| only(&|words| says(&["start", "started", "begin", "opened", "open"], words)))
            .or_else(|| {
                let default = self.model.table(table)?.extension.default_time.clone()?;
                (default.table != table).then_some(default)
            })
    }

    /// "ends before 1pm".
    fn clock(&mut self, i: usize, clock: &str) -> Result<(), Refusal> {
        let Some(word) = self.before(i) else { return Ok(()) };
        let text = self.text(word).to_owned();
        let is = match text.as_str() {
            "before" | "earlier than" | "prior to" => Comparison::Less,
            "after" | "later than" | "past" => Comparison::Greater,
            "at" => Comparison::Equal,
            "by" | "until" => Comparison::AtMost,
            _ => return Ok(()),
        };
        let Some(column) = self.before(word) else { return Ok(()) };
        let Some((field, _)) = self.pick(column, &[ColumnKind::Text, ColumnKind::Time])? else { return Ok(()) };
        let time = self
            .model
            .field(&field)
            .and_then(|(_, found)| found.data_type())
            .is_some_and(|kind| kind.to_uppercase().starts_with("TIME"));
        if !time {
            return Ok(());
        }
        self.take_all([i, word, column]);
        let left = Value::Field { field: field.clone() };
        let right = Value::Literal { literal: Literal::Text(clock.to_owned()) };
        self.conditions.push(Condition { at: i, table: field.table, filter: Filter::Compare { left, is, right } });
        Ok(())
    }
}
