//! Numbers within a clause: "with at least 50 baskets", "in 3 different stores", "who spent over $500", "twice".

use super::measures::Around;
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::Shape;
use crate::ask::words::Unit;
use crate::plan::{Comparison, Having, Measure, Quantity};

/// A comparison with a number, as it stands.
struct Limit {
    is: Comparison,
    value: f64,
    upper: Option<f64>,
    money: bool,
    /// The last item of it.
    last: usize,
    times: bool,
}

impl Reading<'_> {
    /// The conditions of a comparison that begins at an item, and the last item of it. `measure` is what was named
    /// before; where nothing is counted and no money is meant, there is none.
    pub(super) fn limit_at(&self, i: usize, measure: Option<&Measure>) -> Option<(Vec<Having>, usize)> {
        let limit = self.limit_words(i)?;
        let (left, last) = self.limited(&limit, measure)?;
        let number = |value: f64| Measure::new(Quantity::Number { number: value });
        let mut out = vec![Having { left: left.clone(), is: limit.is, right: number(limit.value) }];
        if let Some(upper) = limit.upper {
            out.push(Having { left, is: Comparison::AtMost, right: number(upper) });
        }
        Some((out, last))
    }

    fn limit_words(&self, i: usize) -> Option<Limit> {
        let is = match self.shape(i) {
            Some(Shape::MoreThan) => Some(Comparison::Greater),
            Some(Shape::AtLeast | Shape::Between) => Some(Comparison::AtLeast),
            Some(Shape::LessThan) => Some(Comparison::Less),
            Some(Shape::AtMost) => Some(Comparison::AtMost),
            Some(Shape::Exactly | Shape::Only) => Some(Comparison::Equal),
            _ => None,
        };
        let k = if is.is_some() { self.next_but(i, &[Shape::Than])? } else { i };
        let number = self.items.get(k)?.number().filter(|n| !n.ordinal && n.unit != Unit::Percent)?;
        if is.is_none() && number.year && !matches!(self.next(k).and_then(|n| self.shape(n)), Some(Shape::OrMore)) {
            return None;
        }
        let mut limit = Limit {
            is: is.unwrap_or(Comparison::Equal),
            value: number.value,
            upper: None,
            money: number.unit == Unit::Money,
            last: k,
            times: matches!(self.text(k), "once" | "twice" | "thrice"),
        };
        if self.is(i, Shape::Between)
            && let Some(and) = self.next(k).filter(|&a| self.is_any(a, &[Shape::And, Shape::To]))
            && let Some(to) = self.next(and)
            && let Some(high) = self.items[to].number()
        {
            limit.upper = Some(high.value);
            limit.money |= high.unit == Unit::Money;
            limit.last = to;
        }
        for _ in 0..2 {
            let k = limit.last + 1;
            if self.is_any(k, &[Shape::OrMore, Shape::OrLess]) {
                limit.is = if self.is(k, Shape::OrMore) { Comparison::AtLeast } else { Comparison::AtMost };
                limit.last = k;
            } else if matches!(self.text(k), "times" | "time") {
                limit.times = true;
                limit.last = k;
            } else if matches!(self.text(k), "dollars" | "dollar" | "usd") {
                limit.money = true;
                limit.last = k;
            }
        }
        Some(limit)
    }

    /// What the number counts, and the last item that says so.
    fn limited(&self, limit: &Limit, measure: Option<&Measure>) -> Option<(Measure, usize)> {
        if limit.times {
            let event = self.event()?;
            return Some((Measure::new(Quantity::Entities { entity: event, within: None }), limit.last));
        }
        if let Some(measure) = measure {
            return Some((measure.clone(), limit.last));
        }
        let after = self.next_but(limit.last, &[Shape::Distinct, Shape::Of, Shape::Total, Shape::In, Shape::With]);
        if limit.money {
            let named = after.and_then(|k| self.metric(k).map(|metric| (Measure::metric(metric), k)));
            return named.or_else(|| Some((Measure::metric(self.default_metric()?), limit.last)));
        }
        let k = after?;
        let distinct = (limit.last..k).any(|d| self.is(d, Shape::Distinct));
        let count = |noun: &Noun| self.count_noun(noun, &Around { active: true, tables: Vec::new() });
        let found = self
            .items_sold(k, limit.last)
            .or_else(|| self.metric(k).filter(|_| !distinct || self.entity(k).is_none()).map(Measure::metric))
            .or_else(|| match self.noun(k)? {
                noun @ (Noun::Grain(_) | Noun::Part(_)) => self.different(&noun),
                noun @ (Noun::Entity(_) | Noun::Column(_)) if self.plural(k) || limit.value <= 1.0 => match &noun {
                    Noun::Column(field) if self.column_entity(field).is_none() => self.different(&noun),
                    _ => Some(count(&noun)),
                },
                _ => None,
            })?;
        Some((found, k))
    }
}
