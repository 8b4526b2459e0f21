//! What is usual in one step of the calendar: "on an average day", "a typical Saturday", "takings of all Mondays on
//! average", "orders at weekends, average per day".

use super::draft::{Group, Measured};
use super::measures::over_groups;
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape, Target};
use crate::ask::time::{Part, When};
use crate::plan::{Aggregate, Dimension, Grain, GroupFunction, Measure, Quantity, TimePart};
use crate::semantic::TableRole;

impl Reading<'_> {
    /// The step that a usual one of is spoken of, before measures are read.
    pub(super) fn typical(&mut self, groups: &mut Vec<Group>) -> Option<Grain> {
        let averages: Vec<usize> = (0..self.len()).filter(|&i| !self.used[i] && self.is(i, Shape::Average)).collect();
        // "how many lines does a basket have on average on weekends": a usual basket and no usual day.
        let one = (0..self.len()).any(|i| {
            let article = self.items[i].at.checked_sub(1);
            let one = article.is_some_and(|t| self.tokens[t].is(&["a", "an", "one", "each", "per"]));
            one && self.entity(i).is_some() && !self.plural(i)
        });
        let found = averages.iter().find_map(|&k| {
            if let Some(found) = self.per_step_at_last(k) {
                return Some(found);
            }
            let next = self.next(k)?;
            // "per day on average, month by month"
            if (k + 1..next).any(|m| self.text(m) == ",") && self.before(k).is_some_and(|b| self.noun(b).is_some()) {
                return None;
            }
            if one && matches!(self.text(k), "on average" | "averaged" | "in the mean") {
                return None;
            }
            match &self.items[next].kind {
                Kind::Grain(grain) if !self.daily(next) && !self.measured_after(next) => Some((*grain, Some(next))),
                _ if self.such_days(next) => Some((Grain::Day, None)),
                Kind::Shape(Shape::Per) => {
                    let step = self.next(next)?;
                    let bare = self.before(k).is_none_or(|b| self.metric(b).is_none() && self.entity(b).is_none())
                        || (k + 1..next).chain(self.before(k).unwrap_or(0)..k).any(|m| self.text(m) == ",");
                    match self.items[step].kind {
                        Kind::Grain(grain) if bare => Some((grain, Some(step))),
                        _ => None,
                    }
                }
                _ => None,
            }
        });
        let found = found.or_else(|| self.of_a_day(groups));
        if let Some((grain, step)) = found {
            self.take_all(&averages);
            self.take_all(&step.into_iter().collect::<Vec<_>>());
            let per = |at: usize| self.before(at).is_some_and(|k| self.is(k, Shape::Per));
            groups.retain(|g| Some(g.at) != step && !(g.noun == Noun::Grain(grain) && !g.each && per(g.at)));
            return Some(grain);
        }
        self.of_weekdays(&averages).then_some(Grain::Day)
    }

    /// "did we take in more in H1 or in H2, per day on average?": said last, where no measure is named.
    fn per_step_at_last(&self, average: usize) -> Option<(Grain, Option<usize>)> {
        let step = self.before(average).filter(|_| self.next(average).is_none())?;
        let per = self.before(step).is_some_and(|k| self.is(k, Shape::Per));
        let named = (0..self.len()).any(|i| {
            self.metric(i).is_some() && !self.weak(i)
                || self.is_any(i, &[Shape::HowMuch, Shape::HowMany, Shape::Number])
                || self.entity(i).is_some()
        });
        match self.items[step].kind {
            Kind::Grain(grain) if per && !named => Some((grain, Some(step))),
            _ => None,
        }
    }

    /// "average sales on Mondays", "average the takings of all Mondays": those of a day.
    fn of_weekdays(&mut self, averages: &[usize]) -> bool {
        let days = |i: usize| matches!(self.noun(i), Some(Noun::Part(TimePart::Weekday | TimePart::Weekend)));
        let weekdays = (0..self.len()).any(|i| self.such_days(i) || days(i));
        let other = (0..self.len()).any(|i| {
            self.is_any(i, &[Shape::Median, Shape::Distinct, Shape::Deviation])
                || self.is(i, Shape::Per) && !self.next(i).is_some_and(days)
        });
        if !weekdays || other {
            return false;
        }
        // "on which weekday do we take the most on average"
        let named = (0..self.len()).any(|i| self.metric(i).is_some() && !self.weak(i) || self.entity(i).is_some());
        let spoken = averages.iter().copied().find(|&k| matches!(self.text(k), "on average" | "typically"));
        if let Some(k) = spoken.filter(|_| !named) {
            self.take(k);
            return true;
        }
        let at = averages.iter().copied().find(|&k| {
            let next = self.next_but(k, &[Shape::Of, Shape::Number]);
            next.is_some_and(|n| self.metric(n).is_some_and(|metric| self.sums(&metric)))
        });
        let sale = (0..self.len()).find(|&i| {
            let words = ["average sale", "average sales", "avg sales", "avg sale", "mean sales"];
            self.metric(i).is_some() && words.contains(&self.text(i))
        });
        if let (Some(i), Some(metric)) = (sale, self.default_metric()) {
            self.items[i].kind = Kind::Link(vec![crate::ask::link::Target::Metric(metric)]);
            return true;
        }
        let Some(at) = at else { return false };
        self.take(at);
        true
    }

    /// Whether an item is days of one kind: Saturdays, weekends, holidays.
    fn such_days(&self, i: usize) -> bool {
        let named = |target: &Target| match target {
            Target::Named { table, .. } => self.table(table).is_some_and(|t| t.extension.role == TableRole::Calendar),
            _ => false,
        };
        matches!(&self.items[i].kind, Kind::Time(When::Part(part)) if !matches!(part, Part::Months(_)))
            || self.targets(i).iter().any(named) && self.is_value(i)
    }

    /// "do we sell more per day on holidays or on other days", "what do we take on a Sunday": what is usual in a day.
    fn of_a_day(&self, groups: &[Group]) -> Option<(Grain, Option<usize>)> {
        let kinds: Vec<usize> = (0..self.len()).filter(|&i| self.such_days(i)).collect();
        let per = groups.iter().find(|group| {
            group.noun == Noun::Grain(Grain::Day)
                && !group.each
                && self.before(group.at).is_some_and(|k| self.is(k, Shape::Per))
        });
        if let Some(per) = per.filter(|_| kinds.len() > 1) {
            return Some((Grain::Day, Some(per.at)));
        }
        let one = kinds.iter().any(|&i| {
            let article = self.items[i].at.checked_sub(1).is_some_and(|t| self.tokens[t].is(&["a", "an", "one"]));
            article && !self.plural(i)
        });
        let compared = [Shape::MoreThan, Shape::LessThan, Shape::AtLeast, Shape::Each, Shape::Who, Shape::That];
        let told = (0..self.len()).any(|i| self.is_any(i, &compared) || self.entity(i).is_some());
        (one && !told && per.is_none()).then_some((Grain::Day, None))
    }

    /// Whether a metric adds up over days.
    fn sums(&self, metric: &str) -> bool {
        self.model.metric(metric).is_some_and(|(_, found)| {
            found.extension.additivity == crate::semantic::Additivity::Additive || found.expr.starts_with("COUNT")
        })
    }

    fn daily(&self, i: usize) -> bool {
        self.tokens.get(self.items[i].at).is_some_and(crate::ask::time::grain_adverb)
    }

    /// "average day sales": there the step describes the measure.
    fn measured_after(&self, i: usize) -> bool {
        (i + 1 < self.len()) && self.next(i) == Some(i + 1) && self.metric(i + 1).is_some()
    }

    /// Measures as the mean over steps.
    pub(super) fn per_typical(&self, grain: Option<Grain>, measures: &mut [Measured], groups: &[Group]) {
        let Some(grain) = grain.filter(|grain| !groups.iter().any(|g| g.noun == Noun::Grain(*grain))) else { return };
        for measured in measures {
            let adds = match &measured.measure.of {
                Quantity::Metric { metric } => self.sums(metric),
                Quantity::Entities { .. } | Quantity::Aggregate { function: Aggregate::Sum, .. } => true,
                _ => false,
            };
            if adds {
                let of = std::mem::replace(&mut measured.measure, Measure::new(Quantity::Number { number: 0.0 }));
                let function = GroupFunction::Of(Aggregate::Average);
                measured.measure = over_groups(of, vec![Dimension::time(grain)], function);
            }
        }
    }
}
