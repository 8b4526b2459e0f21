//! Targets: missed, met, by how much, in percent, by how many.

use super::measures::divide;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape};
use crate::ask::words::Unit;
use crate::plan::{Comparison, GroupFunction, Having, Measure, Operator, Quantity};

/// What a question about targets asks for.
#[derive(Debug, Clone, Default)]
pub(super) struct Aim {
    pub(super) measures: Vec<Measure>,
    pub(super) having: Vec<Having>,
}

/// How the actual number stands to its target in a question.
struct Stand {
    /// The items that say so.
    items: Vec<usize>,
    /// Below the target.
    short: bool,
    having: Having,
    /// In percent of the target, where the question says a limit.
    rate: bool,
}

impl Reading<'_> {
    /// "which categories missed their target", "under 90 % of plan", "by how many units was the goal exceeded".
    pub(super) fn target(&mut self) -> Option<Aim> {
        let (actual, target) = self.target_pair()?;
        if let Some(aim) = self.part_of_target(&actual, &target) {
            return Some(aim);
        }
        let stand = self.stand(&actual, &target)?;
        let percent = self.has(Shape::InPercent);
        if !stand.rate
            && (self.has(Shape::Share) && !self.share_of_things(&stand)
                || percent && !self.has_superlative()
                || self.is(0, Shape::HowMuch))
        {
            return self.attained(&stand.items);
        }
        if let Some(by) = self.by_how_much(&actual) {
            self.take_all(&by);
            self.take_target(&stand, &actual);
            return Some(Aim { measures: vec![gap(&actual, &target, stand.short)], having: Vec::new() });
        }
        if let Some(aim) = self.those_that_met(&stand, &target) {
            self.take_target(&stand, &actual);
            return Some(aim);
        }
        self.take_target(&stand, &actual);
        let rated = stand.rate || percent;
        if percent {
            // The furthest below its target has the least of it.
            self.turn_ends(stand.short);
        }
        let measures = if rated { vec![self.rate()?] } else { vec![Measure::metric(actual), Measure::metric(target)] };
        self.take_where(|it, i| {
            it.text(i) == "by the"
                || it.is(i, Shape::By) && it.next(i).is_some_and(|k| it.is_any(k, &[Shape::Most, Shape::Least]))
                || percent && it.is(i, Shape::InPercent)
        });
        Some(Aim { measures, having: vec![stand.having] })
    }

    /// "units sold in percent of the unit target", "what percent of the targeted units did we really sell".
    fn part_of_target(&mut self, actual: &str, target: &str) -> Option<Aim> {
        let shares = [Shape::Share, Shape::InPercent, Shape::AsShareOf];
        let share = (0..self.len()).any(|i| self.is_any(i, &shares));
        let verdict = (0..self.len()).any(|i| self.is_any(i, &[Shape::Missed, Shape::Met]));
        let aimed: Vec<usize> = (0..self.len()).filter(|&i| self.metric(i).as_deref() == Some(target)).collect();
        let done: Vec<usize> =
            (0..self.len()).filter(|&i| self.metric(i).as_deref() == Some(actual) || self.is(i, Shape::Sell)).collect();
        let rate = self.rate()?;
        let own = |i: usize| self.plain_measure(i).is_some_and(|found| found == rate);
        let others = (0..self.len())
            .any(|i| self.metric(i).is_some() && !self.weak(i) && !aimed.contains(&i) && !done.contains(&i) && !own(i));
        let rated = (0..self.len()).any(own);
        if !share || verdict || aimed.is_empty() || done.is_empty() && !rated || others {
            return None;
        }
        let words = (0..self.len())
            .filter(|&i| {
                aimed.contains(&i)
                    || done.contains(&i)
                    || own(i)
                    || self.is_any(i, &shares)
                    || self.is(i, Shape::Versus)
            })
            .collect::<Vec<_>>();
        self.take_all(&words);
        Some(Aim { measures: vec![rate], having: Vec::new() })
    }

    /// The words that set a number against its target.
    fn stand(&self, actual: &str, target: &str) -> Option<Stand> {
        let beside = |i: usize| {
            let skip = [Shape::Of, Shape::That, Shape::Total, Shape::Each];
            let mut k = self.next_but(i, &skip)?;
            let number = self.items[k].number().filter(|n| n.unit == Unit::Percent);
            if number.is_some() {
                k = self.next_but(k, &skip)?;
            }
            if matches!(self.items[k].kind, Kind::Time(_)) {
                k = self.next_but(k, &skip)?;
            }
            self.is_target(k).then_some((k, number))
        };
        let comparisons = [Shape::MoreThan, Shape::LessThan, Shape::AtLeast, Shape::AtMost, Shape::Than];
        let compared = (0..self.len()).find_map(|i| {
            let (k, number) = self.is_any(i, &comparisons).then(|| beside(i)).flatten()?;
            let is = match self.shape(i)? {
                Shape::AtLeast => Comparison::AtLeast,
                Shape::AtMost => Comparison::AtMost,
                Shape::MoreThan => Comparison::Greater,
                Shape::Than if !self.fewer_before(i) => Comparison::Greater,
                _ => Comparison::Less,
            };
            Some((i, k, is, number))
        });
        let verdict = (0..self.len())
            .find(|&i| self.is_any(i, &[Shape::Missed, Shape::Met]) && !self.text(i).starts_with("ahead"));
        if let Some((i, k, is, number)) = compared {
            let mut items = vec![i, k];
            items.extend(verdict);
            let negated = self.before(i).filter(|&b| self.is(b, Shape::Not));
            let is = if negated.is_some() { is.opposite() } else { is };
            items.extend(negated);
            items.extend((0..i).filter(|&k| matches!(self.text(k), "fewer" | "less" | "more" | "lower" | "higher")));
            let short = matches!(is, Comparison::Less | Comparison::AtMost);
            if let Some(number) = number {
                items.extend((i..k).filter(|&n| self.items[n].number().is_some()));
                let right = Measure::new(Quantity::Number { number: number.value });
                return Some(Stand { items, short, having: Having { left: self.rate()?, is, right }, rate: true });
            }
            let having = Having { left: Measure::metric(actual), is, right: Measure::metric(target) };
            return Some(Stand { items, short, having, rate: false });
        }
        let at = verdict?;
        let said = ["target", "plan", "goal", "quota", "budget", "underperform", "overperform"]
            .iter()
            .any(|word| self.text(at).contains(word));
        let target_at = (0..self.len()).find(|&i| self.is_target(i)).or(said.then_some(at))?;
        let mut items = vec![at, target_at];
        items.extend((0..self.len()).filter(|&i| self.is_any(i, &[Shape::Missed, Shape::Met])));
        let negated = self.before(at).filter(|&k| self.is_any(k, &[Shape::Not, Shape::Never]));
        items.extend(negated);
        let short = self.is(at, Shape::Missed) != negated.is_some();
        if let Some((number_items, beyond)) = self.by_more_than(at) {
            items.extend(number_items);
            let (is, number) =
                if short { (Comparison::Less, 100.0 - beyond) } else { (Comparison::Greater, 100.0 + beyond) };
            let right = Measure::new(Quantity::Number { number });
            return Some(Stand { items, short, having: Having { left: self.rate()?, is, right }, rate: true });
        }
        let exceeded =
            ["exceed", "beat", "above", "over", "surpass", "outperform"].iter().any(|w| self.text(at).contains(w));
        let is = match (short, exceeded) {
            (true, _) => Comparison::Less,
            (false, true) => Comparison::Greater,
            (false, false) => Comparison::AtLeast,
        };
        let having = Having { left: Measure::metric(actual), is, right: Measure::metric(target) };
        Some(Stand { items, short, having, rate: false })
    }

    /// "missed it by more than half", "beat it by at least 20 %": the items, and how many percent beyond.
    fn by_more_than(&self, at: usize) -> Option<(Vec<usize>, f64)> {
        let more = (at + 1..self.len()).find(|&i| {
            self.is_any(i, &[Shape::MoreThan, Shape::AtLeast]) && self.before(i).is_some_and(|b| self.is(b, Shape::By))
        })?;
        let k = self.next(more)?;
        let value = match self.items[k].number() {
            Some(number) if number.unit == Unit::Percent => number.value,
            None if self.is(k, Shape::Half) => 50.0,
            _ => return None,
        };
        Some((vec![self.before(more)?, more, k], value))
    }

    /// Whether "fewer" or "less" stands before a "than".
    fn fewer_before(&self, than: usize) -> bool {
        let words = ["fewer", "less", "lower", "smaller", "worse"];
        self.tokens[..self.items[than].at].iter().rev().take(6).any(|t| t.is(&words))
    }

    /// "what percentage of products reached their target": a share of things and no attainment.
    fn share_of_things(&self, stand: &Stand) -> bool {
        self.counted_thing(stand).is_some()
    }

    /// The things before the words about the target that are counted or shared.
    fn counted_thing(&self, stand: &Stand) -> Option<usize> {
        let head = (0..self.len()).find(|&i| self.is_any(i, &[Shape::HowMany, Shape::Number, Shape::Share]))?;
        let at = self.next_but(head, &[Shape::Of, Shape::Total, Shape::That, Shape::Distinct, Shape::Number])?;
        let first = stand.items.iter().min().copied().unwrap_or(0);
        let named = self.entity(at).is_some() || self.dimension(at).is_some();
        (named && self.plural(at) && at < first && self.noun(at).is_some()).then_some(at)
    }

    /// "how many products exceeded their target", and which part of them did.
    fn those_that_met(&mut self, stand: &Stand, target: &str) -> Option<Aim> {
        let at = self.counted_thing(stand)?;
        let noun = self.noun(at)?;
        let count = |having: Vec<Having>| {
            Measure::new(Quantity::Groups {
                per: vec![noun.dimension()],
                of: None,
                having,
                function: GroupFunction::Count,
            })
        };
        let some = Having {
            left: Measure::metric(target),
            is: Comparison::Greater,
            right: Measure::new(Quantity::Number { number: 0.0 }),
        };
        let met = count(vec![some.clone(), stand.having.clone()]);
        let share = (0..self.len()).any(|i| self.is(i, Shape::Share));
        let measure = if share { divide(met, count(vec![some]), true) } else { met };
        self.take(at);
        self.take_shapes(&[Shape::HowMany, Shape::Number, Shape::Share, Shape::InPercent]);
        Some(Aim { measures: vec![measure], having: Vec::new() })
    }

    /// "by how many units", "by how much", "how far": the distance to the target.
    fn by_how_much(&self, actual: &str) -> Option<Vec<usize>> {
        (0..self.len()).find_map(|i| {
            let how_far =
                self.text(i) == "far" && self.tokens[..self.items[i].at].last().is_some_and(|t| t.is(&["how"]));
            let by_much = self.is(i, Shape::HowMuch) && self.text(i).starts_with("by");
            let k = self.next(i).filter(|&k| self.is(i, Shape::HowMany) && self.metric(k).as_deref() == Some(actual));
            let by = self.before(i).filter(|&b| self.is(b, Shape::By));
            match (how_far || by_much, k, by) {
                (true, _, _) => Some(vec![i]),
                (false, Some(k), Some(by)) => Some(vec![by, i, k]),
                _ => None,
            }
        })
    }

    fn take_target(&mut self, stand: &Stand, actual: &str) {
        self.take_all(&stand.items);
        self.take_where(|it, i| it.metric(i).as_deref() == Some(actual));
    }

    /// Makes the greatest the least where a rate is ranked that is low where the distance is great.
    fn turn_ends(&mut self, short: bool) {
        for i in 0..self.len() {
            if short && self.is(i, Shape::Most) {
                self.items[i].kind = Kind::Shape(Shape::Least);
            }
        }
    }

    /// "how much of the target did each category reach, in percent".
    fn attained(&mut self, items: &[usize]) -> Option<Aim> {
        let measure = self.rate()?;
        self.take_all(items);
        self.take_shapes(&[Shape::Share, Shape::InPercent, Shape::HowMuch]);
        Some(Aim { measures: vec![measure], having: Vec::new() })
    }

    /// The rate of attainment of the model.
    fn rate(&self) -> Option<Measure> {
        let rate = self.model.metrics.iter().find(|m| m.extension.format == crate::semantic::Format::Percent)?;
        Some(Measure::metric(rate.name.clone()))
    }

    fn is_target(&self, i: usize) -> bool {
        let Some((_, target)) = self.target_pair() else { return false };
        self.metric(i).as_deref() == Some(target.as_str())
    }

    /// The metric that has a target, and the target: from a metric over several tables that divides one by the other.
    pub(super) fn target_pair(&self) -> Option<(String, String)> {
        self.model.metrics.iter().find_map(|m| {
            let (above, below) = m.expr.split_once(" / ")?;
            let above = above.trim_start_matches("100.0 * ").trim();
            let below = below.trim_start_matches("NULLIF(").split([',', ')']).next()?.trim();
            (self.model.metric(above).is_some() && self.model.metric(below).is_some())
                .then(|| (above.to_owned(), below.to_owned()))
        })
    }
}

/// How far the actual number is from its target, above zero on the side that is spoken of.
fn gap(actual: &str, target: &str, short: bool) -> Measure {
    let (more, fewer) = if short { (target, actual) } else { (actual, target) };
    Measure::new(Quantity::Arithmetic {
        operator: Operator::Subtract,
        left: Box::new(Measure::metric(more)),
        right: Box::new(Measure::metric(fewer)),
        percent: false,
    })
}
