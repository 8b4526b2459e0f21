//! Putting a plan together from what was found.

use super::condition::table_of;
use super::draft::{Draft, Want};
use super::node::Kind;
use super::order::Sorting;
use crate::ask::link::{ColumnKind, Shape};
use crate::ask::refusal::Refusal;
use crate::plan::{Aggregate, Dimension, Field, Filter, Grouping, Measure, Order, OrderKey, Plan, Quantity, Value};

impl Draft<'_> {
    /// The plan of the question.
    ///
    /// # Errors
    /// A refusal.
    pub(super) fn read(&mut self) -> Result<Plan, Refusal> {
        self.refuse_early()?;
        let sorting = self.find_sorting();
        self.find_groups()?;
        let changes = self.has(&[Shape::Ratio]) && !self.groups.is_empty();
        self.take_all((0..self.len()).filter(|&i| changes && self.is(i, &[Shape::Change])).collect::<Vec<_>>());
        let ratio = self.find_ratio()?;
        self.find_percentage()?;
        self.find_ranking()?;
        self.find_measures()?;
        self.find_periods()?;
        self.find_same()?;
        self.find_conditions()?;
        self.find_outputs()?;
        self.find_partners();
        self.forgive_repeats();
        self.refuse_unplaced()?;
        let plan = self.assemble(sorting, ratio)?;
        if plan.measures.is_empty() && plan.dimensions.is_empty() {
            let message = "I found nothing in it that could be answered from this data";
            return Err(Refusal::new("no_question", message, Vec::new()));
        }
        Ok(plan)
    }

    fn refuse_early(&self) -> Result<(), Refusal> {
        if self.nodes.iter().all(|node| node.silent() || matches!(node.kind, Kind::Stop)) {
            return Err(Refusal::new("empty", "There is no question", Vec::new()));
        }
        let first = (0..self.len()).find(|&i| !self.nodes[i].silent());
        if let Some(i) = first.filter(|&i| self.is(i, &[Shape::Order])) {
            let message = "I only answer questions; I change nothing in the data";
            return Err(Refusal::new("order", message, vec![self.typed(i)]));
        }
        if let Some(i) = (0..self.len()).find(|&i| self.is(i, &[Shape::Why])) {
            return Err(Refusal::new("why", "I can say what happened, not why", vec![self.typed(i)]));
        }
        if let Some(i) = (0..self.len()).find(|&i| self.is(i, &[Shape::Forecast])) {
            let message = "I answer from the data there is and forecast nothing";
            return Err(Refusal::new("forecast", message, vec![self.typed(i)]));
        }
        Ok(())
    }

    fn assemble(&mut self, sorting: Option<Sorting>, ratio: Option<Dimension>) -> Result<Plan, Refusal> {
        let mut plan = Plan::default();
        self.number_rows();
        let shown: Vec<Want> = self.groups.iter().chain(&self.wants).map(|wanted| wanted.want.clone()).collect();
        let things: Vec<String> = shown
            .iter()
            .filter_map(|want| match want {
                Want::Thing(thing) => Some(thing.clone()),
                _ => None,
            })
            .collect();
        for want in &shown {
            let dimension = match want {
                Want::Thing(thing) => self.thing_shown(thing, &shown),
                Want::Column(field) => {
                    let labelled = things.iter().any(|thing| {
                        self.shows(thing, field)
                            && self.model.entity(thing).is_some_and(|found| found.table.name == field.table)
                    });
                    if labelled {
                        continue;
                    }
                    Dimension::new(Grouping::Column { field: field.clone() })
                }
                Want::Step(grain) => Dimension::new(Grouping::Time { time: self.step_time(), grain: *grain }),
                Want::Part(part) => Dimension::new(Grouping::Part { time: self.step_time(), part: *part }),
            };
            if !plan.dimensions.iter().any(|known| known.by == dimension.by) {
                plan.dimensions.push(dimension);
            }
        }
        plan.dimensions.extend(ratio);
        plan.measures = self.measures.iter().map(|measured| measured.measure.clone()).collect();
        plan.filters = self.conditions.iter().map(|condition| condition.filter.clone()).collect();
        for filter in &plan.filters {
            if table_of(filter).is_none() {
                return Err(Refusal::unclear("A condition is on nothing that could be found", Vec::new()));
            }
        }
        self.rank(&mut plan)?;
        if let Some(sorting) = sorting {
            self.sort(&sorting, &mut plan);
        }
        Ok(plan)
    }

    /// Sums of a thing's own numbers are the numbers themselves.
    fn number_rows(&mut self) {
        let own: Vec<usize> = (0..self.measures.len())
            .filter(|&k| {
                let measured = &self.measures[k];
                let plain = matches!(
                    &measured.measure.of,
                    Quantity::Aggregate {
                        function: Aggregate::Sum | Aggregate::Average,
                        value: Value::Field { .. },
                        ..
                    }
                ) && measured.measure.filters.is_empty();
                let rows = self.groups.is_empty()
                    && self.wants.iter().any(|wanted| match &wanted.want {
                        Want::Thing(thing) => self.thing_table(thing).is_some_and(|table| table.name == measured.table),
                        _ => false,
                    });
                plain && (rows || self.row_by_row(&measured.table))
            })
            .collect();
        for k in own.into_iter().rev() {
            let measured = self.measures.remove(k);
            if let Quantity::Aggregate { value: Value::Field { field }, .. } = measured.measure.of {
                self.wants.push(super::draft::Wanted { at: measured.at, want: Want::Column(field) });
            }
        }
    }

    /// A thing with its labels, or with the columns that are asked for instead.
    fn thing_shown(&self, thing: &str, shown: &[Want]) -> Dimension {
        let asked: Vec<String> = shown
            .iter()
            .filter_map(|want| match want {
                Want::Column(field) if self.shows(thing, field) => Some(field.name.clone()),
                _ => None,
            })
            .collect();
        if asked.is_empty() {
            return Dimension::entity(thing);
        }
        let labels = self.model.entity(thing).map(|found| found.entity.labels.clone()).unwrap_or_default();
        let all: Vec<String> = if asked.iter().any(|name| labels.contains(name)) {
            asked
        } else {
            labels.into_iter().chain(asked).collect()
        };
        Dimension::new(Grouping::Entity { entity: thing.to_owned(), show: Some(all), via: Vec::new() })
    }

    /// Whether a column is one of a thing's own.
    fn shows(&self, thing: &str, field: &Field) -> bool {
        self.thing_table(thing).is_some_and(|table| table.name == field.table)
    }

    /// The time that a step is of: that of a condition, else that of the measure.
    fn step_time(&self) -> Option<Field> {
        let spoken = (0..self.len()).find_map(|k| {
            let verbal = self.nodes[k].verbal && self.column_is(k, &[ColumnKind::Time]);
            verbal.then(|| self.pick(k, &[ColumnKind::Time]).ok().flatten().map(|(field, _)| field))?
        });
        if spoken.is_some() {
            return spoken;
        }
        let said = self.conditions.iter().find_map(|condition| match &condition.filter {
            Filter::During { period, .. } => period.time.clone(),
            _ => None,
        });
        said.or_else(|| {
            let table = &self.measures.first()?.table;
            let times = self.lexicon.nouns().times(table);
            match times.as_slice() {
                [only] => Some(only.clone()),
                _ => self.model.table(table).and_then(|table| table.extension.default_time.clone()),
            }
        })
    }

    /// The order and the number of rows that a word of rank asks for.
    fn rank(&mut self, plan: &mut Plan) -> Result<(), Refusal> {
        let Some(ranking) = self.ranking.clone() else { return Ok(()) };
        let descending = !ranking.ascending;
        if let Some(field) = &ranking.column {
            let at = Self::place(plan, field);
            plan.order.push(Order { by: at, descending });
        } else if plan.measures.is_empty() {
            let words = vec![self.typed(ranking.at)];
            return Err(Refusal::unclear("It is not clear by what the first ones are to be chosen", words));
        } else {
            let by = self.ranked_measures(ranking.at);
            plan.order.extend(by.into_iter().map(|k| Order { by: OrderKey::Measure(k), descending }));
        }
        let singular = self.wants.iter().any(|wanted| !self.nodes[wanted.at].plural) || self.wants.is_empty();
        plan.limit = ranking.count.or(singular.then_some(1));
        Ok(())
    }

    /// The measures by which rows are ranked: those after "by" joined by "and", else the first.
    fn ranked_measures(&self, at: usize) -> Vec<usize> {
        let end = (at..self.len()).find(|&k| matches!(self.kind(k), Kind::Stop)).unwrap_or(self.len());
        let found: Vec<usize> =
            (0..self.measures.len()).filter(|&k| self.measures[k].at >= at && self.measures[k].at < end).collect();
        if found.is_empty() { vec![0] } else { found }
    }

    /// The place of a column among what is shown; it is added when it is not there.
    fn place(plan: &mut Plan, field: &Field) -> OrderKey {
        let shown = plan.dimensions.iter().position(|dimension| match &dimension.by {
            Grouping::Column { field: known } => known == field,
            _ => false,
        });
        if let Some(at) = shown {
            return OrderKey::Dimension(at);
        }
        if !plan.measures.is_empty() {
            let value = Value::Field { field: field.clone() };
            let of = Quantity::Aggregate { function: Aggregate::Max, value, within: None };
            plan.measures.push(Measure { hidden: true, ..Measure::new(of) });
            return OrderKey::Measure(plan.measures.len() - 1);
        }
        plan.dimensions.push(Dimension::new(Grouping::Column { field: field.clone() }));
        OrderKey::Dimension(plan.dimensions.len() - 1)
    }

    /// The order that is asked for at the end.
    fn sort(&self, sorting: &Sorting, plan: &mut Plan) {
        if !plan.order.is_empty() {
            if let (Some(descending), [only]) = (sorting.descending, plan.order.as_mut_slice()) {
                // The order of the chosen rows, and with it which they are.
                let own = self.ranking.as_ref().is_some_and(|ranking| ranking.column.is_none()) && sorting.by.is_some();
                only.descending = !own && only.descending && plan.limit.is_some() || descending;
            }
            return;
        }
        let ascending = sorting.alphabetical || sorting.descending == Some(false);
        let named = sorting.by.and_then(|k| {
            self.columns(k).iter().find_map(|(field, _)| {
                let at = plan.dimensions.iter().position(|dimension| match &dimension.by {
                    Grouping::Column { field: known } => known == field,
                    Grouping::Entity { show: Some(show), entity, .. } => {
                        self.shows(entity, field) && show.contains(&field.name)
                    }
                    _ => false,
                })?;
                Some((field.clone(), at))
            })
        });
        // Rows of a thing are ordered by the first column that is shown of it; by another one only beside it.
        let named = named.map(|(field, at)| match &plan.dimensions[at].by {
            Grouping::Entity { show: Some(show), .. } if show.first() != Some(&field.name) => {
                let beside = Dimension::new(Grouping::Column { field });
                plan.dimensions.push(Dimension { hidden: true, ..beside });
                plan.dimensions.len() - 1
            }
            _ => at,
        });
        let number = plan.dimensions.iter().position(|dimension| match &dimension.by {
            Grouping::Column { field } => self.lexicon.nouns().kind(field) == Some(ColumnKind::Number),
            Grouping::Value { .. } => true,
            _ => false,
        });
        let thing = sorting.by.and_then(|k| self.thing(k)).map(str::to_owned);
        let by_thing = thing.and_then(|thing| {
            plan.dimensions
                .iter()
                .position(|dimension| matches!(&dimension.by, Grouping::Entity { entity, .. } if *entity == thing))
        });
        let by = if sorting.alphabetical {
            OrderKey::Dimension(0)
        } else if let Some(at) = named {
            OrderKey::Dimension(at)
        } else if let Some(at) = by_thing.filter(|_| plan.measures.is_empty()) {
            OrderKey::Dimension(at)
        } else if !plan.measures.is_empty() {
            OrderKey::Measure(0)
        } else if let Some(at) = number {
            OrderKey::Dimension(at)
        } else {
            OrderKey::Dimension(0)
        };
        let default = named.is_some() || matches!(by, OrderKey::Dimension(_)) && sorting.descending.is_none();
        let descending = sorting.descending.unwrap_or(!ascending && !default);
        plan.order = vec![Order { by, descending }];
    }
}
