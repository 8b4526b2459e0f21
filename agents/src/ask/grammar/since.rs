//! An entity's own date: the newest store, stores opened after 2010, how many opened in each year.

use super::draft::Group;
use super::filters::plan_period;
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape, Target};
use crate::ask::time::{Period, When};
use crate::plan::{Aggregate, Field, Filter, Measure, Plan, Quantity, Top, Value};
use crate::semantic::TableRole;

/// What the names of dates say with which a thing begins.
const BEGINNINGS: [&str; 16] = [
    "open",
    "creat",
    "join",
    "start",
    "hire",
    "hiring",
    "found",
    "regist",
    "releas",
    "publish",
    "establish",
    "sign",
    "launch",
    "built",
    "enrol",
    "admi",
];

impl Reading<'_> {
    /// "opened after 2010": a period of the thing's own date, as a filter.
    pub(super) fn own_periods(&mut self, plan: &mut Plan) {
        for i in 0..self.len() {
            let Some(field) = self.own_date(i).filter(|_| !self.used[i]) else { continue };
            let skip = [Shape::In, Shape::From, Shape::For, Shape::Of];
            let beside = [self.next_but(i, &skip), self.before_but(i, &skip)];
            let found = beside.into_iter().flatten().find_map(|k| match self.items[k].kind {
                Kind::Time(When::Period(period)) => Some((k, period)),
                Kind::Time(When::Range(a, b)) => Some((k, Period { start: a.start, end: b.end, grain: None })),
                _ => None,
            });
            let Some((k, period)) = found.filter(|(k, _)| !self.used[*k]) else { continue };
            let negated = self.before(i).filter(|&b| self.is(b, Shape::Not));
            self.take_all(&[i, k]);
            self.take_all(&negated.into_iter().collect::<Vec<_>>());
            let period = crate::plan::Period { time: Some(field), ..plan_period(&period) };
            plan.filters.push(Filter::During { period, negated: negated.is_some() });
        }
    }

    /// "newest store", "which store opened first", "when did it open": the whole question is about the date.
    pub(super) fn by_own_date(&mut self, plan: &mut Plan) -> bool {
        if (0..self.len()).any(|i| self.is_any(i, &[Shape::HowMany, Shape::Number, Shape::Share, Shape::Each])) {
            return false;
        }
        let dated = (0..self.len()).find_map(|i| self.own_date(i).filter(|_| !self.used[i]).map(|field| (i, field)));
        let adjective = (0..self.len()).find_map(|i| self.age_word(i, dated.is_some()).map(|old| (i, old)));
        let Some(entity_at) = (0..self.len()).find(|&k| {
            let table = self.entity(k).filter(|e| self.entity_field(e).is_none()).and_then(|e| self.entity_table(&e));
            table.is_some_and(|t| match &dated {
                Some((_, field)) => t.name == field.table,
                None => t.extension.role == TableRole::Entity && self.beginning(&t.name).is_some(),
            })
        }) else {
            return false;
        };
        let directly = adjective.is_some_and(|(i, _)| {
            self.next(i)
                .is_some_and(|k| k == entity_at || self.items[k].number().is_some() && self.next(k) == Some(entity_at))
        });
        let asked = dated.is_some() && (adjective.is_some() || self.has(Shape::When));
        let others = (0..self.len()).any(|i| self.metric(i).is_some() && self.entity(i).is_none() && !self.weak(i));
        if others || !(directly || asked) {
            return false;
        }
        let Some(noun) = self.noun(entity_at) else { return false };
        let Some(field) = dated.as_ref().map(|(_, f)| f.clone()).or_else(|| {
            let table = self.entity(entity_at).and_then(|e| self.entity_table(&e))?;
            self.beginning(&table.name)
        }) else {
            return false;
        };
        self.take(entity_at);
        self.take_all(&dated.into_iter().map(|(i, _)| i).collect::<Vec<_>>());
        plan.dimensions.push(noun.dimension());
        plan.measures.push(Measure::new(Quantity::Aggregate {
            function: Aggregate::Min,
            value: Value::Field { field },
            within: None,
        }));
        if let Some((at, ascending)) = adjective {
            let count = [self.before(at), self.next(at)].into_iter().flatten().find_map(|k| {
                let number = self.items[k].number().filter(|n| !n.ordinal && !n.year)?;
                Some((k, number.count()?))
            });
            self.take(at);
            self.take_all(&count.into_iter().map(|(k, _)| k).collect::<Vec<_>>());
            let n = count.map_or(1, |(_, n)| n);
            plan.top = Some(Top { n, exactly: false, by: 0, ascending, within: Vec::new() });
        }
        self.take_shapes(&[Shape::When, Shape::Which, Shape::List, Shape::Most, Shape::Least]);
        true
    }

    /// "how many stores opened in each year": steps of the thing's own date.
    pub(super) fn own_steps(&mut self, groups: &mut [Group], plan: &mut Plan) {
        for i in 0..self.len() {
            let Some(field) = self.own_date(i).filter(|_| !self.used[i]) else { continue };
            for group in &mut *groups {
                if let Noun::Grain(grain) = group.noun {
                    group.noun = Noun::Step(field.clone(), grain);
                    self.take(i);
                    self.begun(i, &field, plan);
                    self.dated(&field, plan);
                }
            }
        }
    }

    /// "stores opened per year": how many, where nothing is measured.
    fn begun(&mut self, i: usize, field: &Field, plan: &mut Plan) {
        let asked = [Shape::HowMany, Shape::Number, Shape::Share, Shape::Which];
        let measured = (0..self.len())
            .any(|k| self.is_any(k, &asked) || self.metric(k).is_some() && self.entity(k).is_none() && !self.weak(k));
        let thing = self.before_but(i, &[Shape::That]).filter(|&k| self.plural(k) && !self.used[k]);
        let Some((k, entity)) = thing.and_then(|k| Some((k, self.entity(k)?))) else { return };
        let own = self.entity_table(&entity).is_some_and(|table| table.name == field.table);
        if own && !measured && plan.measures.is_empty() {
            self.take(k);
            plan.measures.push(Measure::new(Quantity::Entities { entity, within: None }));
        }
    }

    /// "opened per year since 2010": the only time of the question is that of the thing's own date.
    fn dated(&mut self, field: &Field, plan: &mut Plan) {
        let times = self.open_spans();
        let acts = |metric: String| {
            self.model.metric(&metric).is_some_and(|(table, _)| table.is_none_or(|t| t.name != field.table))
        };
        let measured =
            (0..self.len()).any(|k| self.metric(k).is_some_and(acts) && self.entity(k).is_none() && !self.weak(k));
        let [(k, period)] = times.as_slice() else { return };
        if !measured {
            self.take(*k);
            let period = crate::plan::Period { time: Some(field.clone()), ..plan_period(period) };
            plan.filters.push(Filter::During { period, negated: false });
        }
    }

    /// The date of an entity that an item names.
    fn own_date(&self, i: usize) -> Option<Field> {
        let Some(Target::Time(field)) = self.targets(i).first() else { return None };
        let table = self.table(&field.table)?;
        let entity = table.extension.role == TableRole::Entity;
        (entity && table.extension.default_time.as_ref() != Some(field)).then(|| field.clone())
    }

    /// The date with which the rows of a table begin.
    fn beginning(&self, table: &str) -> Option<Field> {
        let table = self.table(table)?;
        let mut times = table.time_dimensions.iter().filter(|time| {
            let name = time.name.to_lowercase();
            BEGINNINGS.iter().any(|word| name.contains(word))
        });
        let first = times.next()?;
        times.next().is_none().then(|| Field::new(&table.name, &first.name))
    }

    /// Whether a word says new (false) or old (true).
    fn age_word(&self, i: usize, dated: bool) -> Option<bool> {
        if self.used[i] {
            return None;
        }
        match self.text(i) {
            "newest" | "latest" | "recent" | "recently" | "most recent" | "most recently" => Some(false),
            "oldest" | "earliest" => Some(true),
            "first" if dated => Some(true),
            "last" if dated => Some(false),
            _ => None,
        }
    }
}
