//! Ratios over things: "revenue per customer", "in a basket", "per store and day on average".

use super::draft::Group;
use super::measures::{Around, divide, over_groups};
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape};
use crate::plan::{Aggregate, GroupFunction, Measure, Quantity};

impl Reading<'_> {
    /// The noun of "per customer", "in a basket", "each store has on average": what the ratio is taken over.
    pub(super) fn ratio_noun(&mut self, i: usize, groups: &mut Vec<Group>, average: bool) -> Option<Noun> {
        let at = groups.iter().position(|g| {
            let said_per =
                self.before_but(g.at, &[Shape::Each, Shape::Distinct]).is_some_and(|k| self.is(k, Shape::Per))
                    || g.each;
            let many = matches!(&g.noun, Noun::Entity(_))
                || matches!(&g.noun, Noun::Column(f) if self.column_entity(f).is_some_and(|_| self.entity_like(f)));
            let step = matches!(&g.noun, Noun::Grain(_));
            let skip = [Shape::Per, Shape::Each, Shape::Distinct, Shape::Deed, Shape::Sell, Shape::Most, Shape::Least];
            let beside = self.before_but(g.at, &skip) == Some(i) || self.only_conditions(i, g.at);
            let typical = self.before(g.at).is_some_and(|k| self.text(k) == super::recast::PER_ONE);
            typical && average && (many || step)
                || said_per
                    && (many && (average || beside && self.is_rate(g)) || step && average && (beside || !g.each))
        });
        if let Some(at) = at {
            let noun = groups.remove(at).noun;
            if average {
                self.per_several(i, &noun, groups);
            }
            return Some(noun);
        }
        if !average {
            return None;
        }
        let singular = |k: &usize| self.entity(*k).is_some() && !self.used[*k] && !self.plural(*k);
        let mut k = (i + 1..self.len()).find(singular)?;
        // "a shopper's basket" is a basket.
        let mut owners = Vec::new();
        while k + 1 < self.len() && singular(&(k + 1)) {
            owners.push(k);
            k += 1;
        }
        self.take_all(&owners);
        let noun = self.noun(k)?;
        self.take(k);
        Some(noun)
    }

    /// "per store and day on average", "how much does a store sell per day on average": the average is over both.
    fn per_several(&mut self, i: usize, noun: &Noun, groups: &mut Vec<Group>) {
        if !self.per_also.is_empty() {
            return;
        }
        let step = matches!(noun, Noun::Grain(_));
        let per = |reading: &Self, g: &Group| {
            let said = reading.before_but(g.at, &[Shape::Distinct]).is_some_and(|k| reading.is(k, Shape::Per));
            let and = reading.before(g.at).filter(|&k| reading.is(k, Shape::And)).and_then(|k| reading.before(k));
            !g.each && (said || and.is_some_and(|k| reading.entity(k).is_some()))
        };
        let other = groups.iter().position(|g| match &g.noun {
            Noun::Grain(_) => !step && per(self, g),
            Noun::Entity(_) => step && per(self, g),
            Noun::Column(field) => step && self.entity_like(field) && per(self, g),
            _ => false,
        });
        if let Some(at) = other {
            self.per_also = vec![groups.remove(at).noun];
            return;
        }
        let own = self.entity(i);
        let acts = (0..self.len()).find(|&k| {
            let one = self.items[k].at.checked_sub(1).is_some_and(|t| {
                self.tokens[t].is(&["a", "an", "one", "each", "single", "typical", "average", "normal", "any"])
            });
            let other = self.entity(k).is_some_and(|entity| Some(&entity) != own.as_ref());
            one && step && other && !self.used[k] && !self.plural(k) && self.metric(k).is_none()
        });
        if let Some(k) = acts
            && let Some(found) = self.noun(k)
        {
            self.take(k);
            self.per_also = vec![found];
        }
    }

    /// "revenue of married customers per basket": only values and the nouns they are of stand between two places.
    fn only_conditions(&self, i: usize, k: usize) -> bool {
        let joints = [
            Shape::Per,
            Shape::Of,
            Shape::In,
            Shape::From,
            Shape::For,
            Shape::And,
            Shape::Or,
            Shape::Versus,
            Shape::Deed,
            Shape::Sell,
        ];
        let valued = |n: usize| {
            self.is_value(n) || self.noun(n).is_some() && self.before(n).is_some_and(|b| b > i && self.is_value(b))
        };
        let between = |n: usize| {
            self.silent(n) || self.is_any(n, &joints) || valued(n) || matches!(self.items[n].kind, Kind::Time(_))
        };
        (i + 1..k).all(between) && (i + 1..k).any(|n| self.is_value(n))
    }

    /// Whether "per noun" is a rate even without "average": per basket, per customer.
    pub(super) fn is_rate(&self, group: &Group) -> bool {
        let per = self.before_but(group.at, &[Shape::Distinct]).is_some_and(|k| self.is(k, Shape::Per));
        match &group.noun {
            Noun::Entity(entity) => {
                per && self.entity_table(entity).is_some_and(|t| {
                    t.extension.current.is_some() || t.extension.role == crate::semantic::TableRole::Fact
                })
            }
            Noun::Column(field) => per && self.entity_like(field),
            _ => false,
        }
    }

    /// A measure over the number of a noun: revenue per customer.
    pub(super) fn ratio(&self, base: Measure, noun: &Noun, around: &Around) -> Measure {
        if !self.per_also.is_empty() {
            let nouns = self.per_also.iter().chain(std::iter::once(noun));
            return over_groups(base, nouns.map(Noun::dimension).collect(), GroupFunction::Of(Aggregate::Average));
        }
        match noun {
            // A number of another table has its own rows for the things: a product's target.
            Noun::Entity(entity) if self.beyond_facts(&base, entity) => {
                over_groups(base, vec![noun.dimension()], GroupFunction::Of(Aggregate::Average))
            }
            Noun::Entity(entity)
                if !matches!(
                    base.of,
                    Quantity::Entities { .. } | Quantity::Aggregate { .. } | Quantity::Groups { of: None, .. }
                ) =>
            {
                let count = self.count_of(noun, self.activity(entity).or_else(|| around.tables.first().cloned()));
                divide(base, count, false)
            }
            Noun::Column(field)
                if self.column_entity(field).is_some()
                    && !matches!(
                        base.of,
                        Quantity::Entities { .. } | Quantity::Aggregate { function: Aggregate::CountDistinct, .. }
                    ) =>
            {
                divide(base, self.count_of(noun, None), false)
            }
            _ => over_groups(base, vec![noun.dimension()], GroupFunction::Of(Aggregate::Average)),
        }
    }
}
