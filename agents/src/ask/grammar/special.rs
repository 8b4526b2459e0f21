//! Shapes of their own: gaps between visits, and numbers over the rows around a row: running totals, ranks, Pareto.

use super::draft::{Group, Measured, Sought};
use super::filters::{Choice, Meaning};
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape};
use crate::plan::{Aggregate, Comparison, Having, Measure, Quantity};

impl Reading<'_> {
    /// "how many days pass between two consecutive visits of a customer on average".
    pub(super) fn gap(&mut self) -> Option<Measure> {
        let at = self.find(Shape::Gap).or_else(|| self.one_to_the_next())?;
        // "on 5 days in a row" is a streak, which no gap tells.
        let several = [self.before(at), self.next(at)]
            .into_iter()
            .flatten()
            .any(|k| self.items[k].number().is_some_and(|n| !n.ordinal && !n.year && n.value > 2.0));
        let streak = matches!(self.text(at), "in a row" | "back to back" | "days running" | "successive") || several;
        if streak || self.has(Shape::FirstTime) || self.has(Shape::LastTime) {
            return None;
        }
        let days = (0..self.len()).any(|i| {
            self.text(i).contains("day")
                || self.text(i).contains("time")
                || self.text(i).contains("long")
                || self.text(i).contains("interval")
                || self.text(i).contains("often")
                || matches!(self.text(i), "gap" | "gaps" | "pause" | "pauses" | "break" | "breaks")
        });
        if !days {
            return None;
        }
        let entity = (0..self.len()).find_map(|i| {
            let entity = self.entity(i)?;
            let table = self.entity_table(&entity)?;
            (self.entity_field(&entity).is_none() && table.extension.role == crate::semantic::TableRole::Entity)
                .then_some(entity)
        });
        let entity = entity.or_else(|| {
            self.model
                .entities()
                .find(|e| !e.entity.verbs.is_empty() && e.dimension.is_none())
                .map(|e| e.entity.singular.clone())
        })?;
        let within = self.activity(&entity)?;
        let nth = self.which_gap().ok()?;
        self.take(at);
        let median = self.find(Shape::Median);
        for i in 0..self.len() {
            let grain = matches!(self.items[i].kind, Kind::Grain(_) | Kind::Number(_));
            let word = self.is_any(
                i,
                &[
                    Shape::Average,
                    Shape::Median,
                    Shape::HowMany,
                    Shape::Number,
                    Shape::Gap,
                    Shape::Between,
                    Shape::Each,
                    Shape::That,
                ],
            );
            let said = [
                "gap",
                "gaps",
                "next",
                "wait",
                "waits",
                "until",
                "till",
                "pause",
                "again",
                "break",
                "following",
                "after",
                "later",
                "usually",
                "mean",
                "first",
            ];
            let said = said.contains(&self.text(i)) && !matches!(self.items[i].kind, Kind::Link(_) | Kind::Time(_));
            if grain || word || said || self.entity(i).is_some() || self.metric(i).is_some() {
                self.take(i);
            }
        }
        let function = if median.is_some() { Aggregate::Median } else { Aggregate::Average };
        Some(Measure::new(Quantity::Gaps { entity, within, time: None, function, nth }))
    }

    /// "between the first and the second visit": that gap only; an error where the places named are no neighbours.
    fn which_gap(&mut self) -> Result<Option<u64>, ()> {
        let mut places: Vec<(usize, u64)> = (0..self.len())
            .filter_map(|i| match self.items[i].number().filter(|n| n.ordinal) {
                Some(number) => Some((i, number.count()?)),
                None if self.is(i, Shape::FirstTime) => Some((i, 1)),
                None => None,
            })
            .collect();
        places.dedup_by_key(|(_, place)| *place);
        match places.as_slice() {
            [] | [(_, 1)] => Ok(None),
            [(i, a), (k, b)] if *b == a + 1 => {
                let (i, k, nth) = (*i, *k, *a);
                self.take_all(&(i..=k).filter(|&n| self.is_any(n, &[Shape::And, Shape::To])).collect::<Vec<_>>());
                self.take_all(&[i, k]);
                Ok(Some(nth))
            }
            _ => Err(()),
        }
    }

    /// "from one shopping day to the next", "between a purchase and the following one", "until it shops again".
    fn one_to_the_next(&self) -> Option<usize> {
        let asks =
            ["how", "average", "avg", "mean", "typical", "usual", "gap", "time", "interval", "median", "days", "pause"];
        if !self.tokens.iter().any(|t| t.is(&asks)) || self.has(Shape::FirstTime) || self.has(Shape::LastTime) {
            return None;
        }
        let next = (0..self.len())
            .find(|&i| matches!(self.text(i), "next" | "following" | "again") || self.is(i, Shape::Again))?;
        let day = |i: usize| {
            matches!(self.items[i].kind, Kind::Grain(crate::plan::Grain::Day)) || self.text(i).contains("day")
        };
        let event = |i: usize| {
            day(i)
                || self.entity(i).is_some_and(|e| self.entity_field(&e).is_some())
                || self.is_any(i, &[Shape::Deed])
                || self.metric(i).is_some() && self.entity(i).is_some()
        };
        let one = (0..self.len()).any(|i| {
            matches!(self.text(i), "one" | "a" | "each" | "every" | "until" | "till" | "between" | "after" | "before")
        });
        let counted = (0..self.len()).any(|i| day(i) || matches!(self.text(i), "long" | "time" | "gap" | "interval"));
        let others = (0..self.len())
            .any(|i| self.metric(i).is_some() && self.entity(i).is_none() && !self.text(i).contains("day"));
        (one && counted && !others && (0..self.len()).any(event)).then_some(next)
    }

    /// "customer spend", "a customer's revenue": the thing in the singular that a measure is said to be of.
    pub(super) fn whose(&self, at: usize) -> Option<Noun> {
        let k = self.before(at).filter(|&k| self.entity(k).is_some() && !self.plural(k) && !self.used[k])?;
        self.noun(k)
    }

    /// Running totals, moving averages, ranks and cumulative shares of the first measure.
    pub(super) fn windows(
        &mut self,
        measures: &[Measured],
        groups: &mut Vec<Group>,
        sought: Option<&Sought>,
        choices: &mut Vec<Choice>,
    ) -> Option<Vec<Measure>> {
        let base = measures.first()?.measure.clone();
        if let Some(at) = self.find(Shape::Pareto) {
            self.take(at);
            self.take_where(|it, i| {
                it.is_any(i, &[Shape::Pareto, Shape::Share, Shape::Running, Shape::InPercent]) || it.text(i) == "reach"
            });
            if groups.is_empty()
                && sought.is_none()
                && let Some(k) =
                    (0..self.len()).find(|&k| !self.used[k] && self.metric(k).is_none() && self.noun(k).is_some())
                && let Some(noun) = self.noun(k)
            {
                self.take(k);
                groups.push(Group { at: k, noun, each: false });
            }
            let share = Measure::new(Quantity::CumulativeShare { of: Box::new(base.clone()) });
            return Some(vec![base, share]);
        }
        if let Some(at) = self.find(Shape::Running) {
            self.take(at);
            self.take_shapes(&[Shape::Running]);
            if groups.is_empty() && sought.is_none() {
                let grain = (0..self.len()).find(|&i| !self.used[i] && matches!(self.items[i].kind, Kind::Grain(_)));
                let noun = grain.and_then(|i| self.noun(i)).unwrap_or(Noun::Grain(crate::plan::Grain::Month));
                self.take_all(&grain.into_iter().collect::<Vec<_>>());
                groups.push(Group { at, noun, each: false });
            }
            let running = Measure::new(Quantity::Running { of: Box::new(base.clone()) });
            return Some(vec![base, running]);
        }
        if let Some(at) = self.find(Shape::Moving) {
            return self.moving(at, base, groups);
        }
        if let Some(at) = self.find(Shape::Rank) {
            self.take(at);
            if self.has_superlative() {
                return None;
            }
            self.member_ranked(groups, choices);
            if groups.is_empty()
                && sought.is_none()
                && let Some(k) =
                    (0..at).rev().find(|&k| !self.used[k] && self.noun(k).is_some() && self.metric(k).is_none())
                && let Some(noun) = self.noun(k)
            {
                self.take(k);
                groups.push(Group { at: k, noun, each: false });
            }
            let within = if sought.is_some() { (0..groups.len()).collect() } else { Vec::new() };
            let rank = Measure::new(Quantity::Rank { of: Box::new(base.clone()), ascending: false, within });
            return (!groups.is_empty() || sought.is_some()).then(|| vec![base, rank]);
        }
        None
    }

    /// "what rank does Texas have": the rank among all states, of which only that one is shown.
    fn member_ranked(&mut self, groups: &mut Vec<Group>, choices: &mut Vec<Choice>) {
        let Some(fact) = self.main_fact().map(|table| table.name.clone()) else { return };
        let of = |choice: &Choice| match choice.parts.as_slice() {
            [Meaning::Values { field, .. }] if !choice.negated => Some(field.clone()),
            _ => None,
        };
        let fits = |field: &crate::plan::Field| {
            groups.is_empty() || groups.iter().any(|g| matches!(&g.noun, Noun::Column(own) if own == field))
        };
        let Some(place) = choices.iter().position(|choice| of(choice).is_some_and(|field| fits(&field))) else {
            return;
        };
        let choice = choices.remove(place);
        let Some(field) = of(&choice) else { return };
        let noun = Noun::Column(field);
        self.take_where(|it, i| !it.used[i] && it.noun(i).as_ref() == Some(&noun) && it.plural(i));
        if groups.is_empty() {
            groups.push(Group { at: choice.first(), noun, each: false });
        }
        let filter = self.filter(&choice);
        self.kept.push(Having {
            left: Measure::new(Quantity::Rows { table: fact }).filtered(filter),
            is: Comparison::Greater,
            right: Measure::new(Quantity::Number { number: 0.0 }),
        });
    }

    /// "7-day moving average of daily revenue".
    fn moving(&mut self, at: usize, base: Measure, groups: &mut Vec<Group>) -> Option<Vec<Measure>> {
        let (rows, grain) = self.window?;
        self.take(at);
        self.take_where(|it, i| matches!(it.items[i].kind, Kind::Grain(_)) && !it.used[i]);
        if !groups.iter().any(|g| matches!(g.noun, Noun::Grain(_))) {
            groups.push(Group { at, noun: Noun::Grain(grain), each: false });
        }
        let moving = Measure::new(Quantity::Moving { of: Box::new(base.clone()), rows });
        Some(vec![base, moving])
    }
}
