//! What was read of a question so far, and the plan that it makes.

use super::count::{Number, Rank, with_filters};
use super::cursor::{Cursor, Reads, Stuck};
use super::phrase::{Group, Np};
use super::schema::Kind;
use crate::ask::time::When;
use crate::plan::{Dimension, Field, Filter, Grouping, Measure, Order, OrderKey, Plan, Quantity};

/// By what rows are to be ordered.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum OrderBy {
    Number(Box<Number>),
    Column(Field),
}

/// An order that is asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sorting {
    pub(super) by: Option<OrderBy>,
    pub(super) descending: Option<bool>,
}

/// What was read of a question so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    /// Things and columns that are asked for.
    pub(super) outputs: Vec<Np>,
    /// Numbers that are asked for.
    pub(super) numbers: Vec<Number>,
    pub(super) groups: Vec<Group>,
    pub(super) filters: Vec<Filter>,
    /// Tables that conditions speak of.
    pub(super) scope: Vec<String>,
    /// Times that nothing was said of yet.
    pub(super) whens: Vec<When>,
    pub(super) rank: Option<Rank>,
    /// Further numbers to rank by.
    pub(super) also: Vec<Rank>,
    /// "top" was said: whether it is the lowest that are meant.
    pub(super) top: Option<bool>,
    pub(super) limit: Option<u64>,
    pub(super) sorting: Vec<Sorting>,
    pub(super) distinct: bool,
    /// The first or last row of each thing that is asked for.
    pub(super) firsts: Option<super::firsts::Firsts>,
}

impl Draft {
    /// The tables that were spoken of.
    pub(super) fn tables(&self, cursor: &Cursor<'_>) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        let groups = self.groups.iter().filter_map(|group| match group {
            Group::Noun(np) => cursor.table_of(np),
            Group::Step(_) | Group::Moment(..) => None,
        });
        let all = self
            .outputs
            .iter()
            .filter_map(|np| cursor.table_of(np))
            .chain(self.numbers.iter().map(|number| number.table.clone()))
            .chain(self.rank.iter().map(|rank| rank.by.table.clone()))
            .chain(groups)
            .chain(self.scope.iter().cloned());
        for table in all {
            if !out.contains(&table) {
                out.push(table);
            }
        }
        out
    }

    pub(super) fn put_rank(&mut self, mut number: Number, ascending: bool) {
        self.filters.append(&mut number.filters);
        let rank = Rank { ascending, count: self.limit, by: number };
        if self.rank.is_none() {
            self.rank = Some(rank);
        } else {
            self.also.push(rank);
        }
    }

    /// The plan.
    pub(super) fn plan(mut self, cursor: &Cursor<'_>) -> Reads<Plan> {
        self.settle(cursor);
        let mut plan = Plan::default();
        let one = self.numbers.len() <= 1;
        for np in &mut self.outputs {
            plan.filters.append(&mut np.filters);
            plan.filters.append(&mut np.both);
        }
        for group in &mut self.groups {
            if let Group::Noun(np) = group {
                plan.filters.append(&mut np.filters);
            }
        }
        if one {
            for number in &mut self.numbers {
                plan.filters.append(&mut number.filters);
            }
        }
        plan.filters.append(&mut self.filters);
        plan.filters.retain(|filter| *filter != Filter::All { of: Vec::new() });
        self.times(cursor, &mut plan)?;
        let by_rows = self.rank.as_ref().is_none_or(|rank| rank.by.field.is_some())
            && self.also.iter().all(|rank| rank.by.field.is_some());
        let counts = self.numbers.iter().any(|number| number.field.is_none());
        if let Some(firsts) = &self.firsts {
            self.first_rows(cursor, &mut plan, firsts)?;
        } else if by_rows && !counts && self.groups.is_empty() && !self.outputs.is_empty() {
            self.rows(cursor, &mut plan)?;
        } else {
            self.cells(cursor, &mut plan)?;
        }
        if plan.dimensions.is_empty() && plan.measures.is_empty() {
            return Err(Stuck { at: 0 });
        }
        Ok(plan)
    }

    /// Columns and tables that could be several, now that all is known.
    fn settle(&mut self, cursor: &Cursor<'_>) {
        let near = self.tables(cursor);
        for np in &mut self.outputs {
            cursor.settle(np, &near);
        }
        for group in &mut self.groups {
            if let Group::Noun(np) = group {
                cursor.settle(np, &near);
            }
        }
    }

    /// Times that stand alone are of the first number, else of the first thing.
    fn times(&mut self, cursor: &Cursor<'_>, plan: &mut Plan) -> Reads<()> {
        for when in std::mem::take(&mut self.whens) {
            let tables =
                self.numbers.iter().map(|n| n.table.clone()).chain(self.rank.iter().map(|r| r.by.table.clone()));
            let tables: Vec<String> = tables.chain(self.tables(cursor)).collect();
            // A table with several dates, none of which is its own, does not leave the time to another table.
            let made = tables
                .iter()
                .map(|table| (table, cursor.timed(table, &when, None).ok()))
                .find(|(table, made)| made.is_some() || cursor.dates_of(table))
                .and_then(|(_, made)| made);
            plan.filters.push(made.ok_or(Stuck { at: 0 })?);
        }
        Ok(())
    }

    /// A list of rows.
    fn rows(&self, cursor: &Cursor<'_>, plan: &mut Plan) -> Reads<()> {
        let near = self.tables(cursor);
        for np in &self.outputs {
            match cursor.schema.entity(np.tables.first().map_or("", String::as_str)) {
                Some(entity) => {
                    push(plan, Dimension::entity(entity));
                }
                None => {
                    for field in shown(cursor, np, &near)? {
                        push(plan, Dimension::new(Grouping::Column { field }));
                    }
                }
            }
        }
        for number in &self.numbers {
            if let Some(row) = number.row() {
                push(plan, Dimension::new(row));
            }
        }
        for rank in self.rank.iter().chain(&self.also) {
            let Some(row) = rank.by.row() else { continue };
            let place = push(plan, Dimension::new(row));
            plan.order.push(Order { by: OrderKey::Dimension(place), descending: !rank.ascending });
        }
        plan.limit = self.limit;
        for sorting in &self.sorting {
            let place = match &sorting.by {
                Some(OrderBy::Column(field)) => push(plan, Dimension::new(Grouping::Column { field: field.clone() })),
                Some(OrderBy::Number(number)) => match number.row() {
                    Some(row) => push(plan, Dimension::new(row)),
                    None => return Err(Stuck { at: number.at }),
                },
                None => continue_place(plan, cursor),
            };
            let by = OrderKey::Dimension(place);
            if !plan.order.iter().any(|order| order.by == by) {
                plan.order.push(Order { by, descending: sorting.descending.unwrap_or(false) });
            } else if let (Some(descending), Some(order)) =
                (sorting.descending, plan.order.iter_mut().find(|o| o.by == by))
            {
                order.descending = descending;
            }
        }
        Ok(())
    }

    /// Numbers, of all or of groups.
    fn cells(self, cursor: &Cursor<'_>, plan: &mut Plan) -> Reads<()> {
        let measured: Vec<String> = self
            .rank
            .iter()
            .map(|rank| rank.by.table.clone())
            .chain(self.numbers.iter().map(|number| number.table.clone()))
            .collect();
        self.dimensions(cursor, plan, &measured)?;
        for group in &self.groups {
            let dimension = cursor.dimension(group, &measured)?;
            push(plan, dimension);
        }
        for rank in self.rank.iter().chain(&self.also) {
            let place = measure(plan, with_filters(self.together(&rank.by, cursor)));
            plan.order.push(Order { by: OrderKey::Measure(place), descending: !rank.ascending });
        }
        for number in &self.numbers {
            measure(plan, with_filters(self.together(number, cursor)));
        }
        for sorting in &self.sorting {
            let descending = sorting.descending;
            let by = match &sorting.by {
                Some(OrderBy::Number(number)) => OrderKey::Measure(measure(plan, with_filters(*number.clone()))),
                Some(OrderBy::Column(field)) => {
                    let by = Grouping::Column { field: field.clone() };
                    match plan.dimensions.iter().position(|known| shows(known, field) || known.by == by) {
                        Some(place) => OrderKey::Dimension(place),
                        None => return Err(Stuck { at: 0 }),
                    }
                }
                None if plan.measures.is_empty() => OrderKey::Dimension(0),
                None => OrderKey::Measure(0),
            };
            let numeric = matches!(by, OrderKey::Measure(_));
            if let Some(known) = plan.order.iter_mut().find(|order| order.by == by) {
                known.descending = descending.unwrap_or(known.descending);
            } else {
                plan.order.push(Order { by, descending: descending.unwrap_or(numeric && sorting.by.is_none()) });
            }
        }
        if self.limit.is_some() && plan.order.is_empty() {
            return Err(Stuck { at: 0 });
        }
        plan.limit = self.limit.filter(|_| !plan.dimensions.is_empty());
        Ok(())
    }

    /// Whether a column is asked for as a number already.
    fn measured(&self, field: &Field) -> bool {
        let of = super::filter::of(field);
        self.rank
            .iter()
            .map(|rank| &rank.by)
            .chain(&self.numbers)
            .any(|number| matches!(&number.measure.of, Quantity::Aggregate { value, .. } if *value == of))
    }

    /// "the average score and the number of distinct patients": those patients that have scores.
    fn together(&self, number: &Number, cursor: &Cursor<'_>) -> Number {
        let mut number = number.clone();
        let Quantity::Entities { within: within @ None, .. } = &mut number.measure.of else { return number };
        let others = self.rank.iter().map(|rank| &rank.by).chain(&self.numbers);
        let other = others
            .filter(|other| matches!(other.measure.of, Quantity::Aggregate { .. }))
            .find(|other| other.table != number.table && cursor.schema.to_one(&other.table, &number.table));
        *within = other.map(|other| other.table.clone());
        number
    }

    /// The things and columns that are asked for, as what rows are grouped by; columns of one thing stand together.
    fn dimensions(&self, cursor: &Cursor<'_>, plan: &mut Plan, measured: &[String]) -> Reads<()> {
        let near = self.tables(cursor);
        for np in &self.outputs {
            if np.is_thing() {
                let dimension = cursor.dimension_of(np, measured)?;
                push(plan, dimension);
                continue;
            }
            let field = cursor.field(&np.fields, &near).ok_or(Stuck { at: np.at })?;
            if self.measured(&field) {
                continue;
            }
            let known = plan.dimensions.iter_mut().find(|known| {
                matches!(&known.by, Grouping::Entity { entity, .. } if cursor.schema.entity(&field.table) == Some(entity))
            });
            if let Some(Dimension { by: Grouping::Entity { show, .. }, .. }) = known {
                let shown = show.get_or_insert_with(|| {
                    cursor.schema.labels(&field.table).into_iter().map(|label| label.name).collect()
                });
                if !shown.contains(&field.name) {
                    shown.push(field.name.clone());
                }
                continue;
            }
            let by = match cursor.schema.entity(&field.table) {
                Some(entity) if cursor.schema.kind(&field) == Kind::Key => Grouping::Entity {
                    entity: entity.to_owned(),
                    show: Some(vec![field.name.clone()]),
                    via: Vec::new(),
                },
                _ => Grouping::Column { field },
            };
            push(plan, Dimension::new(by));
        }
        Ok(())
    }
}

/// The columns that an output shows.
fn shown(cursor: &Cursor<'_>, np: &Np, near: &[String]) -> Reads<Vec<Field>> {
    if let [table, ..] = np.tables.as_slice() {
        let labels = cursor.schema.labels(table);
        return if labels.is_empty() { Err(Stuck { at: np.at }) } else { Ok(labels) };
    }
    cursor.field(&np.fields, near).map(|field| vec![field]).ok_or(Stuck { at: np.at })
}

/// Where an order without a column applies: the order there is, else the last number, else the first column that names.
fn continue_place(plan: &Plan, cursor: &Cursor<'_>) -> usize {
    if let Some(Order { by: OrderKey::Dimension(place), .. }) = plan.order.first() {
        return *place;
    }
    let kind = |dimension: &Dimension| match &dimension.by {
        Grouping::Column { field } => Some((cursor.schema.kind(field), cursor.schema.is_label(field))),
        _ => None,
    };
    let number = plan.dimensions.iter().rposition(|d| kind(d).is_some_and(|(kind, _)| kind == Kind::Number));
    let name = plan.dimensions.iter().position(|d| kind(d).is_some_and(|(kind, _)| kind == Kind::Text));
    number.or(name).unwrap_or(0)
}

fn shows(dimension: &Dimension, field: &Field) -> bool {
    matches!(&dimension.by, Grouping::Entity { show: Some(shown), .. } if shown.contains(&field.name))
}

/// Adds a dimension unless it is there; its place.
fn push(plan: &mut Plan, dimension: Dimension) -> usize {
    if let Some(place) = plan.dimensions.iter().position(|known| known.by == dimension.by) {
        return place;
    }
    plan.dimensions.push(dimension);
    plan.dimensions.len() - 1
}

/// Adds a measure unless it is there; its place.
fn measure(plan: &mut Plan, measure: Measure) -> usize {
    let same =
        |known: &Measure| known.of == measure.of && (measure.filters.is_empty() || known.filters == measure.filters);
    if let Some(place) = plan.measures.iter().position(same) {
        return place;
    }
    plan.measures.push(measure);
    plan.measures.len() - 1
}
