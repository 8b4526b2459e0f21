//! The first and the last time: when the first sale was, days between a customer's first and last purchase, days since.

use super::measures::over_groups;
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape};
use crate::plan::{Aggregate, Field, Grain, GroupFunction, Measure, Operator, Plan, Quantity, Unit, Value};
use crate::semantic::TableRole;

impl Reading<'_> {
    /// A question about the first or the last row of the facts, of all or of each entity.
    pub(super) fn extent(&mut self) -> Option<Plan> {
        let first = (0..self.len()).find(|&i| self.edge(i) == Some(true));
        let last = (0..self.len()).find(|&i| self.edge(i) == Some(false));
        let event = (0..self.len()).find(|&i| {
            self.is_any(i, &[Shape::FirstTime, Shape::LastTime])
                || [first, last]
                    .into_iter()
                    .flatten()
                    .any(|edge| self.next_but(edge, &[Shape::And]).is_some_and(|k| k == i && self.is_event(i)))
        });
        let fact = self.main_fact()?;
        let time = fact.extension.default_time.clone()?;
        let days = (0..self.len()).find(|&i| {
            matches!(self.items[i].kind, Kind::Grain(Grain::Day)) && self.text(i) == "days"
                || self.is(i, Shape::Gap) && self.text(i).contains("days")
                || self.is(i, Shape::Gap) && self.text(i).contains("time between")
        });
        let since = self.tokens.iter().any(|t| t.is(&["since"]));
        let measure = match (days, first, last) {
            (Some(_), Some(_), Some(_)) => {
                let (oldest, newest) = (elapsed(&time, Aggregate::Max, fact), elapsed(&time, Aggregate::Min, fact));
                let (left, right) = (Box::new(oldest), Box::new(newest));
                Measure::new(Quantity::Arithmetic { operator: Operator::Subtract, left, right, percent: false })
            }
            (Some(_), None, Some(_)) if since => elapsed(&time, Aggregate::Min, fact),
            (Some(_), Some(_), None) if since => elapsed(&time, Aggregate::Max, fact),
            _ => return self.first_or_last(first, last, event, &time),
        };
        let entity_at = (0..self.len()).find(|&i| self.is_actor(i))?;
        let noun = self.noun(entity_at)?;
        let average = (0..self.len()).find(|&i| self.is_any(i, &[Shape::Average, Shape::Median]));
        for i in 0..self.len() {
            let word = self.is_any(
                i,
                &[
                    Shape::FirstTime,
                    Shape::LastTime,
                    Shape::Average,
                    Shape::Median,
                    Shape::Number,
                    Shape::HowMany,
                    Shape::Between,
                    Shape::Each,
                    Shape::Per,
                    Shape::By,
                    Shape::Gap,
                    Shape::And,
                ],
            );
            let time = matches!(self.items[i].kind, Kind::Grain(Grain::Day));
            if word || time || self.text(i) == "since" || self.is_actor(i) || self.edge(i).is_some() || self.is_event(i)
            {
                self.take(i);
            }
        }
        let mut plan = Plan::default();
        if let Some(i) = average {
            let function = if self.is(i, Shape::Median) { Aggregate::Median } else { Aggregate::Average };
            plan.measures.push(over_groups(measure, vec![noun.dimension()], GroupFunction::Of(function)));
        } else {
            plan.dimensions.push(noun.dimension());
            plan.measures.push(measure);
        }
        Some(plan)
    }

    /// "when was the first sale", "first and last day of sales", "when did each customer last shop".
    fn first_or_last(
        &mut self,
        first: Option<usize>,
        last: Option<usize>,
        event: Option<usize>,
        time: &Field,
    ) -> Option<Plan> {
        let day = (0..self.len()).find(|&i| matches!(self.items[i].kind, Kind::Grain(Grain::Day)));
        let when =
            (0..self.len()).find(|&i| self.is(i, Shape::When)).or(day.filter(|_| event.is_some() || first.is_some()))?;
        let edges: Vec<usize> = first.into_iter().chain(last).collect();
        let acted = (0..self.len()).any(|i| self.is_event(i) || self.is_any(i, &[Shape::Deed, Shape::Sell]));
        if edges.is_empty() || event.is_none() && !acted {
            return None;
        }
        let actor = (0..self.len()).find(|&i| self.is_actor(i));
        let others = (0..self.len()).any(|i| {
            self.is_any(i, &[Shape::HowMany, Shape::HowMuch, Shape::Number, Shape::Share, Shape::Average, Shape::Most])
                || matches!(self.items[i].kind, Kind::Grain(grain) if grain != Grain::Day)
        });
        let single = actor.is_some_and(|i| !self.plural(i) && !self.has(Shape::Each) && !self.has(Shape::Per));
        if others || single {
            return None;
        }
        let fact = self.main_fact()?;
        let mut plan = Plan::default();
        for (edge, function) in [(first, Aggregate::Min), (last, Aggregate::Max)] {
            if edge.is_some() {
                plan.measures.push(Measure::new(Quantity::Aggregate {
                    function,
                    value: Value::Field { field: time.clone() },
                    within: Some(fact.name.clone()),
                }));
            }
        }
        if let Some(noun) = actor.and_then(|i| self.noun(i)) {
            plan.dimensions.push(noun.dimension());
        }
        self.take_shapes(&[
            Shape::When,
            Shape::Which,
            Shape::Each,
            Shape::Per,
            Shape::By,
            Shape::And,
            Shape::FirstTime,
            Shape::LastTime,
        ]);
        self.take_where(|it, i| it.is_actor(i) || it.edge(i).is_some() || it.is_event(i));
        self.take(when);
        self.take_all(&day.into_iter().collect::<Vec<_>>());
        Some(plan)
    }

    /// Whether an item says first (true) or last (false).
    fn edge(&self, i: usize) -> Option<bool> {
        if self.is(i, Shape::FirstTime) {
            return Some(true);
        }
        if self.is(i, Shape::LastTime) {
            return Some(false);
        }
        match self.text(i) {
            "first" | "earliest" => Some(true),
            "last" | "latest" | "most recent" | "most recently" => Some(false),
            _ => None,
        }
    }

    /// Whether an item names what happens in the facts: a sale, an order, a basket.
    fn is_event(&self, i: usize) -> bool {
        let Some(fact) = self.main_fact() else { return false };
        let own = self.entity(i).and_then(|e| self.entity_table(&e)).is_some_and(|t| t.name == fact.name);
        own && fact.extension.role == TableRole::Fact
    }

    /// Whether an item names those who act: customers.
    fn is_actor(&self, i: usize) -> bool {
        let Some(entity) = self.entity(i) else { return false };
        let Some(table) = self.entity_table(&entity) else { return false };
        self.entity_field(&entity).is_none()
            && table.extension.role == TableRole::Entity
            && self.activity(&entity).is_some()
            && matches!(self.noun(i), Some(Noun::Entity(_) | Noun::Column(_)))
    }
}

/// Days from the rows' time until today, aggregated over the facts.
fn elapsed(time: &Field, function: Aggregate, fact: &crate::semantic::LogicalTable) -> Measure {
    let from = Box::new(Value::Field { field: time.clone() });
    let value = Value::Elapsed { unit: Unit::Day, from, to: Box::new(Value::Today) };
    Measure::new(Quantity::Aggregate { function, value, within: Some(fact.name.clone()) })
}
