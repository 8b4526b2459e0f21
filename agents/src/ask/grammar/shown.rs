//! Columns that are shown beside what is listed: "stores with their opening date", "the top 10 customers with city and age".

use super::reading::Reading;
use crate::ask::link::{Shape, Target};
use crate::plan::{Dimension, Field, Grouping, Order, OrderKey, Plan};

impl Reading<'_> {
    /// Columns of the things listed that nothing else was made of.
    pub(super) fn shown(&mut self, plan: &mut Plan) {
        let [dimension] = plan.dimensions.as_slice() else { return };
        let table = match &dimension.by {
            Grouping::Entity { entity, .. } => self.entity_table(entity).map(|t| t.name.clone()),
            Grouping::Column { field } if plan.measures.is_empty() => Some(field.table.clone()),
            _ => None,
        };
        let Some(table) = table else { return };
        let mut fields: Vec<(usize, Field, bool)> = Vec::new();
        for i in 0..self.len() {
            if self.used[i] || self.is_value(i) {
                continue;
            }
            let found = self.targets(i).iter().find_map(|t| match t {
                Target::Dimension(field) | Target::Fact(field) if field.table == table => Some((field.clone(), false)),
                Target::Time(field) if field.table == table => Some((field.clone(), true)),
                _ => None,
            });
            if let Some((field, time)) = found.filter(|_| self.shown_at(i)) {
                fields.push((i, field, time));
            }
        }
        if fields.is_empty() {
            return;
        }
        self.take_all(&fields.iter().map(|(i, ..)| *i).collect::<Vec<_>>());
        if plan.measures.is_empty() {
            for (_, field, time) in &fields {
                plan.dimensions.push(Dimension::new(Grouping::Column { field: field.clone() }));
                if *time {
                    self.by_age(plan);
                }
            }
            return;
        }
        let labels = match &plan.dimensions[0].by {
            Grouping::Entity { entity, .. } => self.model.entity(entity).map(|found| found.entity.labels.clone()),
            _ => None,
        };
        if let Some(mut names) = labels
            && let Grouping::Entity { show, .. } = &mut plan.dimensions[0].by
        {
            for (_, field, _) in fields {
                if !names.contains(&field.name) {
                    names.push(field.name);
                }
            }
            *show = Some(names);
        }
    }

    /// Whether a column stands where it is asked to be shown: after "with", "and", a comma.
    fn shown_at(&self, i: usize) -> bool {
        let Some(before) = self.before_but(i, &[Shape::That, Shape::Total]) else { return true };
        let comma = (before + 1..i).any(|k| self.text(k) == ",");
        comma
            || self.is_any(before, &[Shape::With, Shape::And, Shape::Also, Shape::List, Shape::Only, Shape::Which])
            || self.text(before) == "show"
    }

    /// "oldest first": by the date that is shown.
    fn by_age(&mut self, plan: &mut Plan) {
        let place = plan.dimensions.len() - 1;
        let Some(at) = (0..self.len()).find(|&i| {
            let word = ["old", "new", "earli", "late", "recent"].iter().any(|word| self.text(i).contains(word));
            word && self.is_any(i, &[Shape::Ascending, Shape::Descending])
        }) else {
            return;
        };
        self.take(at);
        let descending = self.is(at, Shape::Descending);
        plan.order = vec![Order { by: OrderKey::Dimension(place), descending }];
    }
}
