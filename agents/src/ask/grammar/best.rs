//! The best of a kind as those that another question is about: "what do our top 10 customers buy", "basket value of the 100
//! biggest spenders".

use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::Shape;
use crate::plan::{Comparison, Dimension, Filter, Having, Measure, Member, Plan, Quantity, Top};

impl Reading<'_> {
    /// Finds them where something else is asked of them, and keeps to them.
    pub(super) fn best_of(&mut self) -> Option<Best> {
        let (most, number_at, at) = (0..self.len()).find_map(|i| self.best_at(i))?;
        let n = self.items[number_at].number()?.count()?;
        let entity = self.entity(at)?;
        let within = self.activity(&entity)?;
        let lead = self.before_but(most.min(number_at), &[])?;
        let related = self.is_any(lead, &[Shape::Of, Shape::From, Shape::For, Shape::In, Shape::By])
            || self.asks_what_they_do(most.min(number_at));
        let spoken = self.asks_what_they_do(most.min(number_at));
        let measured_before = (0..most.min(number_at)).any(|k| self.metric(k).is_some());
        if !related || !(spoken || measured_before) {
            return None;
        }
        let by = self.next(at).filter(|&k| self.is(k, Shape::By));
        let named = by.and_then(|k| {
            let metric_at = self.next_but(k, &[Shape::Total, Shape::Number])?;
            Some((k, metric_at, self.metric(metric_at)?))
        });
        let metric = match &named {
            Some((_, _, metric)) => metric.clone(),
            None => self.ranking_metric(&Noun::Entity(entity.clone()))?,
        };
        let ascending = self.is(most, Shape::Least);
        let measured = (0..self.len())
            .find(|&k| k < most.min(number_at) && self.metric(k).is_some() && self.next_but(k, &[Shape::Of]).is_some());
        let average = (0..self.len()).any(|k| self.is_any(k, &[Shape::Average, Shape::Total, Shape::HowMuch]))
            || measured.and_then(|k| self.metric(k)).is_some_and(|metric| !self.additive(&metric));
        let counted = measured.is_some() && !average;
        self.take_all(&[most, number_at, at]);
        if let Some((k, metric_at, _)) = named {
            self.take_all(&[k, metric_at]);
        }
        let rank =
            Measure::new(Quantity::Rank { of: Box::new(Measure::metric(&metric)), ascending, within: Vec::new() });
        #[expect(clippy::cast_precision_loss, reason = "a number of things in a question")]
        let right = Measure::new(Quantity::Number { number: n as f64 });
        let having = vec![Having { left: rank, is: Comparison::AtMost, right }];
        let member = Member { entity: entity.clone(), within, having, ..Member::default() };
        if !counted {
            self.said.push(Filter::Member { member: Box::new(member) });
            self.averaged_over(at);
        }
        Some(Best { entity, metric, n, ascending, listed: counted })
    }

    /// "top 10 customers", "ten biggest spenders": the superlative, the number and the thing.
    fn best_at(&self, i: usize) -> Option<(usize, usize, usize)> {
        if self.used[i] || !self.is_any(i, &[Shape::Most, Shape::Least]) {
            return None;
        }
        let number = |k: usize| self.items[k].number().is_some_and(|n| !n.ordinal && n.count().is_some());
        let next = self.next(i)?;
        let (number_at, at) =
            if number(next) { (next, self.next(next)?) } else { (self.before(i).filter(|&k| number(k))?, next) };
        let entity = self.entity(at).filter(|_| self.plural(at))?;
        let acts = self.model.entity(&entity)?.entity.verbs.iter().any(|verb| verb == "buy");
        acts.then_some((i, number_at, at))
    }

    /// "what do our top 10 customers …", "how much did the top 10 customers …".
    fn asks_what_they_do(&self, at: usize) -> bool {
        let from = self.items[at].at;
        self.tokens[..from].iter().any(|t| t.is(&["do", "does", "did"]))
    }
}

/// The best of a kind.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Best {
    entity: String,
    metric: String,
    n: u64,
    ascending: bool,
    /// Each is listed with what is asked.
    listed: bool,
}

impl Best {
    /// One row for each of them, in their order.
    pub(super) fn list(self, plan: &mut Plan) {
        if !self.listed || !plan.dimensions.is_empty() || plan.top.is_some() {
            return;
        }
        plan.dimensions.push(Dimension::entity(&self.entity));
        let by = plan.measures.iter().position(|m| *m == Measure::metric(&self.metric)).unwrap_or_else(|| {
            plan.measures.push(Measure::metric(&self.metric));
            plan.measures.len() - 1
        });
        plan.top = Some(Top { n: self.n, exactly: false, by, ascending: self.ascending, within: Vec::new() });
    }
}
