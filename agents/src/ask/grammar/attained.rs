//! When things were first or last seen: "new customers by month", "first home delivery order in each quarter", "customers by
//! the month of their last purchase".

use super::filters::plan_period;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape};
use crate::plan::{Aggregate, Dimension, Filter, Grain, Grouping, Measure, Member, Quantity, Top, Value};

/// The words of an edge in time.
struct Edge {
    /// All items that say so.
    items: Vec<usize>,
    last: bool,
}

/// Things by the step of the calendar in which they were first or last seen.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Attained {
    pub(super) dimension: Dimension,
    pub(super) measure: Measure,
    pub(super) top: Option<Top>,
}

impl Reading<'_> {
    /// Customers by the month of their first or last row, where the question asks for that.
    pub(super) fn first_or_last_seen(&mut self) -> Option<Attained> {
        let edge = self.edge_of_time()?;
        let steps = self.steps_named()?;
        let grain = steps.first().map(|step| step.1)?;
        let others = [
            Shape::Average,
            Shape::Median,
            Shape::Gap,
            Shape::Share,
            Shape::InPercent,
            Shape::AsShareOf,
            Shape::Running,
            Shape::Grow,
            Shape::Shrink,
            Shape::Change,
        ];
        let measured = (0..self.len())
            .any(|i| self.metric(i).is_some() && self.entity(i).is_none() && !self.weak(i) || self.fact(i).is_some());
        if measured || others.into_iter().any(|shape| self.has(shape)) || self.grouped_elsewhere() {
            return None;
        }
        let (entity, named) = self.who_is_seen()?;
        let within = self.activity(&entity)?;
        let own = self.entity_table(&entity)?.name.clone();
        let time = self.table(&within)?.extension.default_time.clone()?;
        let mut filters = Vec::new();
        for choice in self.choices() {
            if choice.parts.iter().all(|part| part.table() != Some(own.as_str())) {
                filters.push(self.filter(&choice));
            }
        }
        let function = if edge.last { Aggregate::Max } else { Aggregate::Min };
        let value = Value::Field { field: time };
        let mut of = Measure::new(Quantity::Aggregate { function, value, within: Some(within.clone()) });
        of.filters.clone_from(&filters);
        let by = Grouping::Attained { entity: entity.clone(), of: Box::new(of), grain: Some(grain), width: None };
        let mut measure = Measure::new(Quantity::Entities { entity: entity.clone(), within: None });
        measure.filters.extend(self.seen_within(edge.last, Member { entity, within, filters, ..Member::default() }));
        let top = self.most_of_steps(&steps);
        self.take_all(&edge.items);
        self.take_all(&named);
        self.take_all(&steps.iter().map(|step| step.0).collect::<Vec<_>>());
        self.take_shapes(&[
            Shape::HowMany,
            Shape::Number,
            Shape::Each,
            Shape::By,
            Shape::Per,
            Shape::When,
            Shape::Which,
            Shape::FirstTime,
            Shape::LastTime,
            Shape::Distinct,
        ]);
        self.take_where(Self::happens);
        Some(Attained { dimension: Dimension::new(by), measure, top })
    }

    /// "first purchase", "for the last time", "first home delivery order", "tried first", "new online customers".
    fn edge_of_time(&self) -> Option<Edge> {
        let shaped: Vec<usize> = (0..self.len())
            .filter(|&i| !self.used[i] && self.is_any(i, &[Shape::FirstTime, Shape::LastTime]))
            .collect();
        if let Some(&first) = shaped.first() {
            let last = self.is(first, Shape::LastTime);
            let both = shaped.iter().any(|&i| self.is(i, Shape::LastTime) != last);
            let mut items = shaped;
            items.extend((0..self.len()).filter(|&i| self.said_new(i) || !last && self.text(i) == "first"));
            return (!both).then_some(Edge { items, last });
        }
        let word = (0..self.len()).find(|&i| {
            let edge = matches!(self.text(i), "first" | "last" | "final" | "latest" | "initial");
            let mut k = self.next(i);
            while let Some(value) = k.filter(|&k| self.is_value(k) && self.noun(k).is_none()) {
                k = self.next(value);
            }
            let event = k.is_some_and(|k| self.happens(k) && !matches!(self.items[k].kind, Kind::Grain(_)));
            let deed =
                [self.next(i), self.before(i)].into_iter().flatten().any(|k| self.is(k, Shape::Deed) || self.acts(k));
            edge && !self.used[i] && (event || deed) && !matches!(self.items[i].kind, Kind::Link(_) | Kind::Time(_))
        });
        if let Some(i) = word {
            return Some(Edge { items: vec![i], last: !matches!(self.text(i), "first" | "initial") });
        }
        let new = (0..self.len()).find(|&i| self.said_new(i))?;
        Some(Edge { items: vec![new], last: false })
    }

    /// "new online customers".
    fn said_new(&self, i: usize) -> bool {
        let mut k = self.next(i);
        while let Some(value) = k.filter(|&k| self.is_value(k)) {
            k = self.next(value);
        }
        let buyers = k.and_then(|k| self.entity(k)).and_then(|e| self.model.entity(&e));
        self.text(i) == "new" && buyers.is_some_and(|e| e.entity.verbs.iter().any(|verb| verb == "buy"))
    }

    /// A verb of those who buy.
    fn acts(&self, i: usize) -> bool {
        matches!(
            self.text(i),
            "buy"
                | "bought"
                | "buys"
                | "buying"
                | "shop"
                | "shopped"
                | "shopping"
                | "purchase"
                | "purchased"
                | "use"
                | "used"
                | "using"
                | "order"
                | "ordered"
                | "came"
                | "come"
                | "visit"
                | "visited"
                | "try"
                | "tried"
        )
    }

    /// Whether an item names what happens in the facts: an order, a purchase, a visit.
    fn happens(&self, i: usize) -> bool {
        let fact = self.main_fact().map(|fact| &fact.name);
        let own = self.entity(i).and_then(|e| self.entity_table(&e)).map(|t| &t.name);
        own.is_some() && own == fact
    }

    /// The steps of the calendar that the question names, all of one kind.
    fn steps_named(&self) -> Option<Vec<(usize, Grain)>> {
        let steps: Vec<(usize, Grain)> = (0..self.len())
            .filter(|&i| !self.used[i])
            .filter_map(|i| match self.items[i].kind {
                Kind::Grain(grain) => Some((i, grain)),
                _ => None,
            })
            .collect();
        let (_, grain) = *steps.first()?;
        (steps.iter().all(|step| step.1 == grain)).then_some(steps)
    }

    /// Whether rows are grouped by something besides.
    fn grouped_elsewhere(&self) -> bool {
        (0..self.len()).any(|i| {
            let before = self.before_but(i, &[Shape::Distinct]);
            let by = before.is_some_and(|k| self.is_any(k, &[Shape::By, Shape::Per, Shape::Each, Shape::And]));
            by && !self.is_value(i)
                && self.metric(i).is_none()
                && matches!(self.noun(i), Some(super::noun::Noun::Column(_)))
        })
    }

    /// Who is first or last seen: those named, else those who buy; and the items that name them.
    fn who_is_seen(&self) -> Option<(String, Vec<usize>)> {
        let acts = |i: usize| {
            self.entity(i).filter(|e| self.entity_field(e).is_none() && self.activity(e).is_some() && !self.happens(i))
        };
        let entity = (0..self.len()).find_map(acts).or_else(|| {
            let found = self.model.entities().find(|e| e.dimension.is_none() && !e.entity.verbs.is_empty())?;
            Some(found.entity.singular.clone())
        })?;
        let named = (0..self.len()).filter(|&i| acts(i).as_deref() == Some(entity.as_str())).collect();
        Some((entity, named))
    }

    /// The time in which they were seen so: the question's, else all up to today where something narrows it.
    fn seen_within(&mut self, last: bool, member: Member) -> Option<Filter> {
        let named = self.open_spans().into_iter().next();
        let fixed = matches!(self.model.extension.today, Some(crate::semantic::Today::Date(_)));
        let period = match named {
            Some((i, period)) => {
                self.take(i);
                plan_period(&period)
            }
            None if fixed && (last || !member.filters.is_empty()) => {
                let today = Some(self.calendar.today);
                plan_period(&crate::ask::time::Period { start: None, end: today, grain: None })
            }
            None if member.filters.is_empty() => return None,
            None => return Some(Filter::Member { member: Box::new(member) }),
        };
        let (first, last) = if last { (None, Some(period)) } else { (Some(period), None) };
        Some(Filter::Member { member: Box::new(Member { first, last, ..member }) })
    }

    /// "in which month did most customers …": the step with the most of them.
    fn most_of_steps(&mut self, steps: &[(usize, Grain)]) -> Option<Top> {
        let at = (0..self.len()).find(|&i| self.is_any(i, &[Shape::Most, Shape::Least]) && !self.used[i])?;
        let number = [self.next(at), self.before(at)]
            .into_iter()
            .flatten()
            .find(|&k| self.items[k].number().is_some_and(|n| !n.ordinal && !n.year && n.count().is_some()));
        let count = number.and_then(|k| self.items[k].number()).and_then(|n| n.count());
        let ascending = self.is(at, Shape::Least);
        self.take(at);
        self.take_all(&number.into_iter().collect::<Vec<_>>());
        let one = steps.iter().any(|step| !self.plural(step.0));
        count.or_else(|| one.then_some(1)).map(|n| Top { n, ascending, ..Top::default() })
    }
}
