//! What joins and narrows the conditions of a clause: and, or, but, not, only, ranks, edges and averages.

use super::super::noun::Noun;
use super::{Condition, Joint, Reader};
use crate::ask::link::Shape;
use crate::plan::{Aggregate, Comparison, Grain, Having, Measure, Quantity, TimePart};

impl Reader<'_, '_> {
    pub(super) fn start_anew(&mut self) {
        self.close();
        self.open.anew = true;
    }

    /// A verb: a new condition of its own where one is complete and nothing joins them.
    #[expect(clippy::unnecessary_wraps, reason = "as all steps, some of which end the clause")]
    pub(super) fn verb_at(&mut self, i: usize) -> Option<usize> {
        if !self.reading.is(i, Shape::Filler) {
            self.taken.push(i);
        }
        if self.open.complete() && !self.joined && !self.passive(i) {
            self.start_anew();
        }
        self.verb = true;
        Some(i + 1)
    }

    /// "was beer sold": the verb belongs to what stands before it.
    fn passive(&self, i: usize) -> bool {
        let reading = self.reading;
        let mut value = reading.before(i).filter(|&k| !self.verb && self.value_at(k));
        while let Some(first) = value
            .and_then(|k| reading.before(k))
            .filter(|&k| reading.is_any(k, &[Shape::And, Shape::Or, Shape::Both]))
            .and_then(|k| reading.before(k).filter(|&k| self.value_at(k)))
        {
            value = Some(first);
        }
        value.and_then(|k| reading.items[k].at.checked_sub(1)).is_some_and(|t| {
            reading.tokens[t].is(&["was", "were", "is", "are", "been", "any", "the", "some"])
                && (t.saturating_sub(1)..=t).any(|t| reading.tokens[t].is(&["was", "were", "is", "are", "been"]))
        })
    }

    /// "but not both", "but no wine".
    #[expect(clippy::unnecessary_wraps, reason = "as all steps, some of which end the clause")]
    pub(super) fn but(&mut self, i: usize) -> Option<usize> {
        let reading = self.reading;
        if let Some(not) = reading.next(i).filter(|&k| reading.is(k, Shape::Not))
            && let Some(both) = reading.next(not).filter(|&k| reading.is(k, Shape::Both))
            && let Some(list) = self.open.lists.last_mut().filter(|list| list.values.len() == 2)
        {
            list.joint = Joint::OneOnly;
            self.taken.extend([i, not, both]);
            return Some(both + 1);
        }
        self.close();
        self.joined = true;
        self.taken.push(i);
        Some(i + 1)
    }

    pub(super) fn and(&mut self, i: usize) -> Option<usize> {
        let reading = self.reading;
        let next = self.after(i)?;
        self.taken.push(i);
        if self.value_at(next) && !self.open.lists.is_empty() {
            let meaning = reading.meaning(next)?;
            let alike = self.open.lists.last().is_some_and(|list| list.values.iter().all(|v| v.alike(&meaning)));
            if alike && self.open.period.is_none() {
                self.joint = Some(if self.open.negated { Joint::Any } else { Joint::All });
                self.joined = true;
                return Some(i + 1);
            }
            // "bought beer and live in Texas", "from PRODUCE and online": another condition.
            let only = std::mem::take(&mut self.open.only);
            self.open.only = only;
            self.close();
            self.joined = true;
            return Some(i + 1);
        }
        // "only customers who own a house and only stores of the West": of other things.
        let other = reading.is(next, Shape::Only)
            && self.after(next).and_then(|k| reading.entity(k)).is_some_and(|entity| entity != self.actor.entity);
        if other {
            return None;
        }
        let prepositional = ["in ", "during "].iter().any(|word| reading.text(next).starts_with(word));
        let goes_on = self.period_at(next).is_some() && (reading.next(i) != Some(next) || prepositional)
            || reading.is_any(
                next,
                &[
                    Shape::Deed,
                    Shape::Sell,
                    Shape::Contains,
                    Shape::Not,
                    Shape::Never,
                    Shape::Except,
                    Shape::That,
                    Shape::Who,
                    Shape::Also,
                    Shape::Only,
                    Shape::FirstTime,
                    Shape::LastTime,
                ],
            )
            || matches!(reading.text(next), "nothing")
            || self.threshold(next).is_some();
        let filler = reading.next(i).is_none_or(|k| {
            (i + 1..k)
                .any(|j| matches!(reading.text(j), "bought" | "buy" | "spent" | "had" | "have" | "are" | "purchased"))
        });
        if !goes_on && !filler {
            return None;
        }
        self.close();
        self.joined = true;
        Some(i + 1)
    }

    /// "beef as well as pork": another value, as with "and".
    pub(super) fn adds_value(&self, i: usize) -> bool {
        let joins = ["as well as", "as well", "along with", "together with", "plus the", "in addition to", "alongside"];
        joins.contains(&self.reading.text(i))
            && !self.open.lists.is_empty()
            && self.after(i).is_some_and(|next| self.value_at(next))
    }

    /// "in every month", "in every other month of the year": the steps that are meant, and the last item that says so.
    pub(super) fn every(&self, i: usize) -> Option<(Noun, f64, usize)> {
        let reading = self.reading;
        if !reading.text(i).contains("every") || !self.verb && self.conditions.is_empty() && !self.open.complete() {
            return None;
        }
        let k = reading.next_but(i, &[Shape::Of])?;
        let noun = reading.noun(k)?;
        let count = match noun {
            Noun::Grain(Grain::Month) | Noun::Part(TimePart::Month) => 12.0,
            Noun::Grain(Grain::Quarter) | Noun::Part(TimePart::Quarter) => 4.0,
            Noun::Part(TimePart::Weekday) => 7.0,
            _ => return None,
        };
        Some((noun, count, k))
    }

    /// That something was done in all of them.
    pub(super) fn in_every(&mut self, i: usize) -> Option<usize> {
        let (noun, count, last) = self.every(i)?;
        let left = self.reading.different(&noun)?;
        let said = |condition: &Condition| condition.period.and_then(|period| period.start);
        let year = self.conditions.iter().rev().find_map(said).map(jiff::civil::Date::year);
        self.begin();
        self.open.having.push(Having {
            left,
            is: Comparison::AtLeast,
            right: Measure::new(Quantity::Number { number: count }),
        });
        self.open.period = self.open.period.or_else(|| self.reading.calendar.year(year?));
        self.taken.extend(i..=last);
        self.joined = false;
        Some(last + 1)
    }

    pub(super) fn or(&mut self, i: usize) -> Option<usize> {
        self.taken.push(i);
        if self.reading.text(i) == "either" {
            self.joint = Some(Joint::Any);
            return Some(i + 1);
        }
        let next = self.after(i)?;
        let alike = self.value_at(next) && !self.open.lists.is_empty();
        self.joint = Some(Joint::Any);
        self.joined = true;
        alike.then_some(i + 1)
    }

    #[expect(clippy::unnecessary_wraps, reason = "as all steps, some of which end the clause")]
    pub(super) fn not(&mut self, i: usize) -> Option<usize> {
        let text = self.reading.text(i);
        self.taken.push(i);
        if text == "nor" && self.open.negated && !self.open.lists.is_empty() {
            self.joint = Some(Joint::Any);
            self.joined = true;
            return Some(i + 1);
        }
        if self.negated && !self.open.complete() {
            return Some(i + 1);
        }
        // "wine not from Texas": a part of what is said.
        self.close();
        self.negated = true;
        self.joined = true;
        Some(i + 1)
    }

    pub(super) fn only_at(&mut self, i: usize, to: usize) -> Option<usize> {
        let next = self.after(i).filter(|&k| k < to);
        self.taken.push(i);
        if self.open.complete() && next.is_none_or(|k| self.period_at(k).is_some()) {
            self.open.only = true;
            return Some(i + 1);
        }
        if self.open.complete() {
            return None;
        }
        self.only = true;
        Some(i + 1)
    }

    /// "in the top 20 by revenue", "but not by baskets".
    pub(super) fn ranked(&mut self, i: usize) -> Option<usize> {
        let reading = self.reading;
        let (n, ascending, by) = if reading.is(i, Shape::By) {
            let (n, ascending) = self.rank?;
            (n, ascending, i)
        } else {
            let k = reading.next(i)?;
            let number = reading.items[k].number().filter(|n| !n.ordinal)?.value;
            (number, reading.is(i, Shape::Least), reading.next_but(k, &[Shape::That])?)
        };
        let metric_at = reading.next_but(by, &[Shape::Total, Shape::Number, Shape::Of])?;
        let metric = reading.metric(metric_at).filter(|_| reading.is(by, Shape::By))?;
        self.rank = Some((n, ascending));
        let of = Box::new(Measure::metric(metric));
        let left = Measure::new(Quantity::Rank { of, ascending, within: Vec::new() });
        let right = Measure::new(Quantity::Number { number: n });
        self.begin();
        self.open.having.push(Having { left, is: Comparison::AtMost, right });
        self.taken.extend(i..=metric_at);
        self.joined = false;
        Some(metric_at + 1)
    }

    /// "whose first purchase was".
    pub(super) fn edge(&mut self, i: usize) -> Option<usize> {
        if self.open.complete() {
            return None;
        }
        self.begin();
        self.open.first = self.reading.is(i, Shape::FirstTime);
        self.open.last = !self.open.first;
        self.stopped = ["stop", "quit", "ceas"].iter().any(|word| self.reading.text(i).contains(word));
        self.taken.push(i);
        Some(i + 1)
    }

    /// "spend above average", "whose basket value is below average".
    pub(super) fn average(&mut self, i: usize) -> Option<usize> {
        let reading = self.reading;
        let mut last = i;
        let left = self.measure.take().or_else(|| {
            let k = reading.next(i)?;
            let metric = reading.metric(k)?;
            last = k;
            Some(Measure::metric(metric))
        });
        let left = left.or_else(|| reading.default_metric().map(Measure::metric))?;
        let function = Aggregate::Average;
        let right = Measure::new(Quantity::Overall { function, of: Box::new(left.clone()), within: Vec::new() });
        let is = if reading.is(i, Shape::AboveAverage) { Comparison::Greater } else { Comparison::Less };
        self.begin();
        self.open.having.push(Having { left, is, right });
        self.taken.extend([i, last]);
        Some(last + 1)
    }

    /// Whether what stands in brackets only says the values before once more.
    pub(super) fn explains(&self, i: usize) -> bool {
        let said = self.open.lists.last().is_some();
        said && self.reading.next(i).is_some_and(|k| self.reading.is_value(k))
    }
}
