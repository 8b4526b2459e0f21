//! Numbers that something is compared with, as the question says them: "more than 200", "5 or more", "twice", "every month".

use super::draft::{Sought, Tally, Threshold};
use super::filters::plan_period;
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape};
use crate::ask::time::When;
use crate::ask::words::Unit;
use crate::plan::{Comparison, Grain, Plan, TimePart};

impl Reading<'_> {
    /// All comparisons with numbers, and the things at the start of the question that they are said of.
    pub(super) fn compared(
        &mut self,
        every: Option<Threshold>,
        sought: &mut Option<Sought>,
        plan: &mut Plan,
    ) -> Vec<Threshold> {
        let mut out = self.thresholds();
        let steps = every.as_ref().is_some_and(|t| matches!(t.of, Some(Tally::Parts(Noun::Grain(_)))));
        if steps && !(0..self.len()).any(|i| matches!(self.items[i].kind, Kind::Time(_))) {
            let year = self.calendar.holding(self.calendar.today, Grain::Year);
            plan.period = Some(plan_period(&year));
        }
        out.extend(every);
        let averages = self.has(Shape::AboveAverage) || self.has(Shape::BelowAverage);
        if sought.is_none() && (!out.is_empty() || averages) {
            *sought = self.bare_subject();
        }
        out
    }

    /// Comparisons with numbers.
    pub(super) fn thresholds(&mut self) -> Vec<Threshold> {
        let mut out = Vec::new();
        for i in 0..self.len() {
            if self.used[i] {
                continue;
            }
            let is = match self.shape(i) {
                Some(Shape::MoreThan) => Comparison::Greater,
                Some(Shape::AtLeast | Shape::Between) => Comparison::AtLeast,
                Some(Shape::LessThan) => Comparison::Less,
                Some(Shape::AtMost) => Comparison::AtMost,
                Some(Shape::Exactly) => Comparison::Equal,
                Some(Shape::Only) if self.only_number(i) => Comparison::Equal,
                _ => {
                    let before = out.len();
                    self.trailing(i, &mut out);
                    if out.len() == before {
                        self.plain_number(i, &mut out);
                    }
                    continue;
                }
            };
            let Some(k) = self.next_but(i, &[Shape::Than]) else { continue };
            let Some(number) = self.items[k].number() else { continue };
            let negated = self.before(i).filter(|&b| self.is(b, Shape::Not));
            let is = if negated.is_some() { is.opposite() } else { is };
            let mut last = k;
            let mut upper = None;
            if self.is(i, Shape::Between)
                && let Some(and) = self.next(k).filter(|&a| self.is_any(a, &[Shape::And, Shape::To]))
                && let Some(to) = self.next(and)
                && let Some(high) = self.items[to].number()
            {
                upper = Some(high.value);
                self.take(and);
                last = to;
            }
            self.take_all(&[i, k, last]);
            if let Some(contain) = self.before(i).filter(|&b| self.is(b, Shape::Contains)) {
                self.take(contain);
            }
            self.take_all(&negated.into_iter().collect::<Vec<_>>());
            out.push(Threshold {
                at: i,
                is,
                value: number.value,
                upper,
                money: number.unit == Unit::Money,
                last,
                of: self.repeated_times(last),
            });
        }
        out
    }

    /// "twice", "5 times": events are counted, whatever noun follows.
    fn repeated_times(&self, number_at: usize) -> Option<Tally> {
        let word = self.text(number_at);
        let times = self.text(number_at + 1);
        (matches!(word, "once" | "twice" | "thrice") || matches!(times, "times" | "time")).then_some(Tally::Times)
    }

    /// "shopped twice", "made one trip", "one-time customers", "repeat customers": a number without a comparison.
    fn plain_number(&mut self, i: usize, out: &mut Vec<Threshold>) {
        if self.is(i, Shape::Again)
            && (self.next(i).is_some_and(|k| self.entity(k).is_some())
                || self.text(i).starts_with("repeat") && self.before(i).is_none_or(|k| self.entity(k).is_some()))
        {
            self.take(i);
            out.push(plain(i, Comparison::Greater, 1.0, i, Some(Tally::Times)));
            return;
        }
        let Some(number) = self.items[i].number().filter(|n| n.unit == Unit::Plain && !n.ordinal && !n.year) else {
            return;
        };
        let Some(k) = self.next(i) else {
            if let Some(tally) = self.repeated_times(i).filter(|_| self.after_deed(i)) {
                self.take(i);
                out.push(plain(i, Comparison::Equal, number.value, i, Some(tally)));
            }
            return;
        };
        let named = self.entity(k).is_some() && !self.used[k];
        let adjective = named && (i + 1..k).any(|j| self.text(j) == "-") && (i..k).any(|j| self.text(j) == "time");
        let times = self.repeated_times(i).filter(|_| self.after_deed(i));
        if adjective || times.is_some() {
            self.take(i);
            out.push(plain(i, Comparison::Equal, number.value, i, Some(Tally::Times)));
        } else if named && self.after_deed(i) && (0..i).any(|j| self.entity(j).is_some()) {
            self.take(i);
            out.push(plain(i, Comparison::Equal, number.value, i, None));
        }
    }

    /// Whether a verb or "with" leads to an item: "customers who made", "with only".
    pub(super) fn after_deed(&self, i: usize) -> bool {
        let clause = (0..i).rev().take_while(|&k| self.text(k) != ",").take(4);
        clause.into_iter().any(|k| {
            self.is_any(k, &[Shape::Deed, Shape::Sell, Shape::With, Shape::That, Shape::Contains])
                || matches!(self.text(k), "have" | "has" | "had" | "having" | "made" | "placed" | "contain" | "hold")
        })
    }

    /// "customers who bought in every month", "products sold in all four regions": as many different steps or values as
    /// there are.
    pub(super) fn in_every(&mut self) -> Option<Threshold> {
        let (at, last, said, noun) = (0..self.len()).find_map(|i| {
            let text = self.text(i);
            let all = matches!(text, "all" | "in all" | "in all the" | "across all" | "across all the");
            let every = self.is(i, Shape::Each) && (text.contains("every") || self.of_those_who(i)) || all;
            let next = self.next_but(i, &[Shape::Of])?;
            let number = self.tokens[self.items[next].at].number.filter(|n| !n.ordinal && !n.year);
            if !(every || number.is_some() && self.is(i, Shape::Each)) {
                return None;
            }
            let k = if number.is_some() { self.next(next)? } else { next };
            let noun = self.noun(k)?;
            let some = matches!(noun, Noun::Grain(_) | Noun::Column(_) | Noun::Part(_));
            (some && (all || every || number.is_some())).then_some((i, k, number.map(|n| n.value), noun))
        })?;
        let subject = (0..at).find(|&j| {
            self.entity(j).is_some_and(|e| self.activity(&e).is_some())
                && self.plural(j)
                && self.noun(j).as_ref() != Some(&noun)
        })?;
        let told = (subject..at).any(|k| {
            self.is_any(k, &[Shape::Deed, Shape::Sell, Shape::Active, Shape::Ever])
                || matches!(self.text(k), "bought" | "sold" | "shopped" | "purchased")
        });
        let measured = (0..subject).any(|k| self.metric(k).is_some() && self.entity(k).is_none());
        if !told || measured {
            return None;
        }
        let value = match said {
            Some(value) => value,
            None => self.how_many_there_are(&noun)?,
        };
        for k in at..=last {
            self.take(k);
        }
        Some(plain(at, Comparison::AtLeast, value, last, Some(Tally::Parts(noun))))
    }

    /// "customers who bought in each quarter": what is said of each thing, and no number for each quarter.
    fn of_those_who(&self, each: usize) -> bool {
        let counted = (0..self.len()).any(|k| {
            self.is_any(k, &[Shape::HowMuch, Shape::Average]) || self.metric(k).is_some() && self.entity(k).is_none()
        });
        let told = (0..each).rev().find(|&k| self.is_any(k, &[Shape::Deed, Shape::Sell]));
        !counted
            && !self.text(each).starts_with("for")
            && told.is_some_and(|deed| {
                let token = self.items[deed].at;
                token > 0 && self.tokens[token - 1].is(&["who", "that", "which"])
                    || self.has(Shape::Who) && !self.has(Shape::HowMany)
            })
    }

    /// How many steps the question's period has, or how many known values a column.
    #[expect(clippy::cast_precision_loss, reason = "a number of months or of regions")]
    fn how_many_there_are(&self, noun: &Noun) -> Option<f64> {
        match noun {
            Noun::Part(TimePart::Weekday) => Some(7.0),
            Noun::Grain(grain @ (Grain::Month | Grain::Quarter)) => {
                let named = (0..self.len()).find_map(|i| match self.items[i].kind {
                    Kind::Time(When::Period(period)) => Some((period.start?, period.end?)),
                    Kind::Time(When::Range(a, b)) => Some((a.start?, b.end?)),
                    _ => None,
                });
                let year = self.calendar.holding(self.calendar.today, Grain::Year);
                let (start, end) = named.or_else(|| Some((year.start?, year.end?)))?;
                let mut day = self.calendar.start_of(start, *grain);
                let mut steps = 0.0;
                while day <= end && steps < 13.0 {
                    steps += 1.0;
                    day = self.calendar.shift(day, *grain, 1);
                }
                (start.year() == end.year()).then_some(steps)
            }
            Noun::Column(field) => {
                let table = self.table(&field.table)?;
                let dimension = table.dimensions.iter().find(|d| d.name == field.name && d.is_enum)?;
                let known = dimension.sample_values.iter().filter(|v| !dimension.extension.unknown_values.contains(v));
                Some(known.count() as f64)
            }
            _ => None,
        }
    }

    /// "only one trip", "just once": exactly so many, where something is said to have or do it.
    fn only_number(&self, i: usize) -> bool {
        self.next(i).is_some_and(|k| self.items[k].number().is_some_and(|n| !n.ordinal && !n.year))
            && self.after_deed(i)
    }

    /// "5 or more", "10 or less".
    fn trailing(&mut self, i: usize, out: &mut Vec<Threshold>) {
        let Some(number) = self.items[i].number() else { return };
        let Some(k) = self.next(i) else { return };
        let after = self.next(k);
        let (is, at) = match (self.shape(k), after.and_then(|a| self.shape(a))) {
            (Some(Shape::OrMore), _) => (Comparison::AtLeast, k),
            (Some(Shape::OrLess), _) => (Comparison::AtMost, k),
            (_, Some(Shape::OrMore)) => (Comparison::AtLeast, after.unwrap_or(k)),
            (_, Some(Shape::OrLess)) => (Comparison::AtMost, after.unwrap_or(k)),
            _ => return,
        };
        self.take_all(&[i, at]);
        out.push(Threshold {
            at: i,
            is,
            value: number.value,
            upper: None,
            money: number.unit == Unit::Money,
            last: if at == k { at } else { i },
            of: self.repeated_times(i),
        });
    }
}

fn plain(at: usize, is: Comparison, value: f64, last: usize, of: Option<Tally>) -> Threshold {
    Threshold { at, is, value, upper: None, money: false, last, of }
}
