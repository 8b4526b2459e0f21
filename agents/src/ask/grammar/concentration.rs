//! How much few of many have: the smallest number that makes up half, the share of the top ten or the bottom half.

use super::measures::over_groups;
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape};
use crate::ask::words::Unit;
use crate::plan::{Dimension, GroupFunction, Measure};

impl Reading<'_> {
    /// "the smallest number of customers that account for half of revenue", "how many stores does it take to reach 80 %
    /// of sales".
    pub(super) fn reach(&mut self) -> Option<Measure> {
        let words = [Shape::HowMany, Shape::Number, Shape::Least];
        let count = (0..self.len()).find(|&i| self.is_any(i, &words))?;
        let (fraction_at, fraction) = self.fraction()?;
        let whole = self.whole_behind(fraction_at);
        if whole.is_none() && !self.of_a_total(fraction_at) {
            return None;
        }
        let amounts = self.amounts_to()?;
        let counted = self.next(count).filter(|&k| self.counted_metric(k).is_some());
        let noun_at = counted.or_else(|| (count + 1..self.len()).find(|&i| self.thing_counted(i))).or_else(|| {
            let stands = self.next(count).is_none_or(|k| self.noun(k).is_none());
            (0..count).find(|&i| stands && self.thing_counted(i) && self.plural(i))
        })?;
        let noun = self.noun(noun_at).map(|noun| noun.dimension()).or_else(|| self.counted_metric(noun_at))?;
        let whole = whole.or_else(|| {
            (0..fraction_at).rev().find(|&i| i != noun_at && self.metric(i).is_some() && self.entity(i).is_none())
        });
        let metric = whole.and_then(|i| self.metric(i)).or_else(|| self.default_metric())?;
        self.take_all(&amounts);
        self.take_all(&[count, fraction_at, noun_at]);
        self.take_all(&whole.into_iter().collect::<Vec<_>>());
        self.take_scenery();
        Some(over_groups(Measure::metric(metric), vec![noun], GroupFunction::Reach(fraction)))
    }

    /// "what share of revenue do the top 10 percent of customers bring in", "how much of our sales comes from the bottom
    /// half of the stores".
    pub(super) fn top_share(&mut self) -> Option<Measure> {
        let share = (0..self.len()).find(|&i| {
            !self.used[i]
                && (self.is_any(i, &[Shape::Share, Shape::InPercent, Shape::AsShareOf])
                    || self.text(i) == "how much of"
                    || self.text(i) == "part of")
        })?;
        let (end, number_at) = (0..self.len()).find_map(|i| {
            let end = self.is_any(i, &[Shape::Most, Shape::Least]);
            let beside = [self.next(i), self.before(i)].into_iter().flatten();
            let number = beside
                .into_iter()
                .find(|&k| self.items[k].number().is_some_and(|n| !n.ordinal && !n.year && n.unit != Unit::Money))?;
            end.then_some((i, number))
        })?;
        let number = self.items[number_at].number()?;
        if self.is_any(share, &[Shape::InPercent, Shape::AsShareOf]) && number.unit != Unit::Percent {
            return None;
        }
        let noun_at = self.next_but(number_at.max(end), &[Shape::Of, Shape::Share, Shape::Most, Shape::Least])?;
        let noun = self.noun(noun_at).filter(|_| self.thing_counted(noun_at))?;
        let metric_at =
            (0..self.len()).find(|&i| i != noun_at && self.metric(i).is_some() && !self.counts_noun(i, noun_at));
        let metric = metric_at.and_then(|i| self.metric(i)).or_else(|| self.default_metric())?;
        let bottom = self.is(end, Shape::Least);
        let function = match (number.unit == Unit::Percent, bottom) {
            (true, false) => GroupFunction::TopFraction(number.value / 100.0),
            (true, true) => GroupFunction::BottomFraction(number.value / 100.0),
            (false, false) => GroupFunction::TopCount(number.count()?),
            (false, true) => GroupFunction::BottomCount(number.count()?),
        };
        self.take_all(&[share, end, number_at, noun_at]);
        self.take_all(&metric_at.into_iter().collect::<Vec<_>>());
        self.take_scenery();
        Some(over_groups(Measure::metric(metric), vec![noun.dimension()], function))
    }

    /// The things that a metric such as "number of stores" counts.
    fn counted_metric(&self, i: usize) -> Option<Dimension> {
        self.counted_noun(&Measure::metric(self.metric(i)?))
    }

    /// Whether an item names things that can be counted off from the greatest.
    fn thing_counted(&self, i: usize) -> bool {
        matches!(self.noun(i), Some(Noun::Entity(_) | Noun::Column(_) | Noun::Grain(_)))
            && (self.metric(i).is_none() || self.entity(i).is_some())
            && !(self.is_value(i) && self.dimension(i).is_none() && self.entity(i).is_none())
    }

    /// Whether an item is a measure and the noun of the question in one: "baskets" in "the top 5 baskets".
    fn counts_noun(&self, i: usize, noun_at: usize) -> bool {
        self.entity(i).is_some() && self.entity(i) == self.entity(noun_at)
    }

    /// "half", "80 %": the part that is to be reached; not one that something is compared with.
    fn fraction(&self) -> Option<(usize, f64)> {
        (0..self.len()).find_map(|i| {
            if self.used[i] {
                return None;
            }
            let value = if self.is(i, Shape::Half) {
                0.5
            } else {
                let number = self.items[i].number().filter(|n| n.unit == Unit::Percent)?;
                number.value / 100.0
            };
            let compared = self.before(i).is_some_and(|k| {
                self.is_any(
                    k,
                    &[Shape::MoreThan, Shape::LessThan, Shape::AtMost, Shape::Between, Shape::Most, Shape::Least],
                )
            });
            (!compared && value > 0.0 && value < 1.0).then_some((i, value))
        })
    }

    /// The metric that a fraction is of.
    fn whole_behind(&self, fraction: usize) -> Option<usize> {
        self.next_but(fraction, &[Shape::Of, Shape::Total, Shape::That]).filter(|&k| self.metric(k).is_some())
    }

    /// "80 % of the total", "half of it all", or nothing more behind the fraction where a measure was named before.
    fn of_a_total(&self, fraction: usize) -> bool {
        let total = self.next_but(fraction, &[Shape::Of, Shape::That]).is_some_and(|k| self.is(k, Shape::Total));
        let named = (0..fraction).any(|i| self.metric(i).is_some() && self.entity(i).is_none());
        total || named && self.next(fraction).is_none()
    }

    /// The verb by which things together come to something.
    fn amounts_to(&self) -> Option<Vec<usize>> {
        let verbs = [
            "make", "makes", "made", "making", "reach", "reaches", "reached", "cover", "covers", "take", "takes",
            "need", "needs", "needed", "required", "require", "requires", "enough", "yield", "yields", "produce",
            "produces", "deliver", "delivers", "hold", "holds", "drive", "drives", "earn", "earns", "come", "comes",
            "get", "gets", "owe", "due", "add", "form", "forms", "give", "gives", "carry", "carries", "be", "is",
        ];
        let found: Vec<usize> = (0..self.len())
            .filter(|&i| {
                self.is(i, Shape::AccountFor)
                    || verbs.contains(&self.text(i))
                        && (matches!(self.items[i].kind, Kind::Unknown)
                            || self.is_any(i, &[Shape::Filler, Shape::Met, Shape::Sell, Shape::Deed, Shape::List]))
            })
            .collect();
        (!found.is_empty()).then_some(found)
    }

    /// The words around such a question that it needs no more.
    fn take_scenery(&mut self) {
        let words = [
            Shape::AccountFor,
            Shape::Together,
            Shape::Share,
            Shape::Least,
            Shape::Most,
            Shape::Number,
            Shape::HowMany,
            Shape::Total,
            Shape::Descending,
            Shape::AtLeast,
            Shape::Only,
            Shape::InPercent,
        ];
        for i in 0..self.len() {
            let first = self.text(i) == "first" || self.text(i) == "top";
            let ranked = self.is_any(i, &[Shape::By, Shape::OrderBy, Shape::Rank])
                && self.next(i).is_some_and(|k| self.used[k] || self.metric(k).is_some() || self.is(k, Shape::HowMuch))
                || self.is(i, Shape::StartsWith) && self.next(i).is_some_and(|k| self.is(k, Shape::Most));
            if self.is_any(i, &words) || first || ranked {
                self.take(i);
            }
        }
    }
}
