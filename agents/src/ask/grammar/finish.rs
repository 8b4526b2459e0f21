//! What is left when the plan stands: averages, known values, the order, and what is told beside it.

use super::draft::{Group, Measured};
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape, Target};
use crate::plan::{
    Aggregate, Comparison, Dimension, Grouping, Having, Measure, Operator, Order, OrderKey, Plan, Quantity,
};

impl Reading<'_> {
    /// "above average": more than the average of all rows of the answer.
    pub(super) fn averages(&mut self, plan: &mut Plan) {
        for (shape, is) in [(Shape::AboveAverage, Comparison::Greater), (Shape::BelowAverage, Comparison::Less)] {
            let Some(at) = self.find(shape) else { continue };
            let Some(left) = plan.measures.first().cloned() else { continue };
            let own = |m: &Measure| self.counted_noun(m).is_some_and(|noun| plan.dimensions == [noun]);
            if plan.dimensions.is_empty() || plan.measures.iter().any(own) {
                self.count_above(at, is, plan);
                continue;
            }
            self.take(at);
            let peers = self.peers(at);
            let within = peers.map(|noun| {
                plan.dimensions.push(noun.dimension());
                plan.dimensions.len() - 1
            });
            let average = Measure::new(Quantity::Overall {
                function: Aggregate::Average,
                of: Box::new(left.clone()),
                within: within.into_iter().collect(),
            });
            let right = match self.factor(at, is) {
                Some(number) => Measure::new(Quantity::Arithmetic {
                    operator: Operator::Multiply,
                    left: Box::new(Measure::new(Quantity::Number { number })),
                    right: Box::new(average),
                    percent: false,
                }),
                None => average,
            };
            plan.having.push(Having { left, is, right });
        }
    }

    /// "more than 1.5 times the average", "at least 20 % above average": what the average is taken times.
    fn factor(&mut self, at: usize, is: Comparison) -> Option<f64> {
        let k = self.before_but(at, &[Shape::By, Shape::AtLeast, Shape::MoreThan]).filter(|&k| !self.used[k])?;
        let number = self.items[k].number().filter(|n| !n.ordinal && !n.year)?;
        let factor = match number.unit {
            crate::ask::words::Unit::Percent if matches!(is, Comparison::Less) => 1.0 - number.value / 100.0,
            crate::ask::words::Unit::Percent => 1.0 + number.value / 100.0,
            crate::ask::words::Unit::Plain => number.value,
            crate::ask::words::Unit::Money => return None,
        };
        for i in k..at {
            if self.is_any(i, &[Shape::By, Shape::AtLeast, Shape::MoreThan]) {
                self.take(i);
            }
        }
        self.take(k);
        Some(factor)
    }

    /// "above the average of their region": among which rows the average is taken.
    fn peers(&mut self, at: usize) -> Option<Noun> {
        let skip = [Shape::That];
        let k = (at + 1..self.len()).take(8).find(|&k| {
            let of = self.before_but(k, &skip).is_some_and(|b| self.is_any(b, &[Shape::Of, Shape::For, Shape::In]));
            let own =
                self.items[k].at.checked_sub(1).is_some_and(|t| self.tokens[t].is(&["their", "its", "own", "same"]));
            !self.used[k] && of && own && matches!(self.noun(k), Some(Noun::Column(_)))
        })?;
        self.take(k);
        self.noun(k)
    }

    /// "how many stores are above average": groups that are.
    fn count_above(&mut self, at: usize, is: Comparison, plan: &mut Plan) {
        let Some((counted, noun)) =
            plan.measures.iter().enumerate().find_map(|(k, m)| Some((k, self.counted_noun(m)?)))
        else {
            return;
        };
        let other = plan.measures.iter().enumerate().find(|(k, _)| *k != counted).map(|(_, m)| m.clone());
        let Some(left) = other.or_else(|| self.default_metric().map(Measure::metric)) else { return };
        let peers = self.peers(at).map(|noun| noun.dimension());
        let right = Measure::new(Quantity::Overall {
            function: Aggregate::Average,
            of: Box::new(left.clone()),
            within: if peers.is_some() { vec![1] } else { Vec::new() },
        });
        self.take(at);
        plan.dimensions.clear();
        plan.measures = vec![Measure::new(Quantity::Groups {
            per: std::iter::once(noun).chain(peers).collect(),
            of: None,
            having: vec![Having { left, is, right }],
            function: crate::plan::GroupFunction::Count,
        })];
    }

    /// "among households whose age band we know": not the unknown values of the dimensions.
    pub(super) fn known(&mut self, plan: &mut Plan) {
        let Some(at) = self.find(Shape::Known) else { return };
        let fields: Vec<crate::plan::Field> = plan
            .dimensions
            .iter()
            .filter_map(|d| match &d.by {
                Grouping::Column { field } => Some(field.clone()),
                _ => None,
            })
            .chain((0..self.len()).filter(|&i| !self.used[i]).filter_map(|i| self.dimension(i)))
            .collect();
        for field in fields {
            let unknown = self
                .table(&field.table)
                .and_then(|t| t.dimensions.iter().find(|d| d.name == field.name))
                .map(|d| d.extension.unknown_values.clone())
                .unwrap_or_default();
            if !unknown.is_empty() {
                self.take(at);
                plan.filters.push(Reading::one_of(&field, &unknown, true));
                self.take_where(|it, i| it.dimensions(i).contains(&field));
                return;
            }
        }
    }

    /// The order of rows that is asked for.
    pub(super) fn ordered(&mut self, plan: &mut Plan) {
        let sorted = self.find(Shape::OrderBy);
        let ascending = self.find(Shape::Ascending);
        let descending = self.find(Shape::Descending);
        let calendar = self.find(Shape::Calendar);
        self.take_all(&[sorted, ascending, descending, calendar].into_iter().flatten().collect::<Vec<_>>());
        let timely = |i: usize| {
            let words = ["newest", "latest", "recent", "oldest", "earliest"];
            words.iter().any(|word| self.text(i).contains(word))
        };
        if (calendar.is_some() || ascending.or(descending).is_some_and(timely))
            && let Some(at) =
                plan.dimensions.iter().position(|d| matches!(d.by, Grouping::Time { .. } | Grouping::Part { .. }))
        {
            plan.order = vec![Order { by: OrderKey::Dimension(at), descending: descending.is_some() }];
            return;
        }
        if self.by_name(plan, sorted) {
            return;
        }
        if sorted.is_none() && ascending.is_none() && descending.is_none() {
            return;
        }
        let by_dimension = sorted
            .and_then(|i| self.next(i))
            .filter(|&k| !self.ordered_by_measure(k))
            .and_then(|k| self.noun(k).map(|n| (k, n.dimension())))
            .and_then(|(k, d)| plan.dimensions.iter().position(|known| known.by == d.by).map(|at| (k, at)))
            .filter(|&(_, at)| {
                // "sort the departments by revenue" is not by their names.
                let bare = sorted.is_some_and(|i| matches!(self.text(i), "sort" | "order" | "sorted" | "ordered"));
                let timed = matches!(plan.dimensions[at].by, Grouping::Time { .. } | Grouping::Part { .. });
                !bare || timed || plan.measures.is_empty()
            });
        if let Some((k, at)) = by_dimension {
            self.take(k);
            plan.order = vec![Order { by: OrderKey::Dimension(at), descending: descending.is_some() }];
            return;
        }
        if let Some(k) = sorted.and_then(|i| self.next(i)) {
            let measured = self.metric(k).is_some()
                || self.fact(k).is_some()
                || self.is_any(k, &[Shape::Number, Shape::Total, Shape::Average]);
            if !measured
                && plan.measures.is_empty()
                && let Some(noun) = self.noun(k)
            {
                plan.dimensions.push(match noun {
                    Noun::Time(field) => Dimension::new(Grouping::Column { field }),
                    other => other.dimension(),
                });
                self.take(k);
                plan.order = vec![Order {
                    by: OrderKey::Dimension(plan.dimensions.len() - 1),
                    descending: descending.is_some(),
                }];
                return;
            }
            if measured {
                self.take(k);
            }
        }
        if !plan.measures.is_empty() {
            plan.order = vec![Order { by: OrderKey::Measure(0), descending: ascending.is_none() }];
        } else if !plan.dimensions.is_empty() {
            plan.order = vec![Order { by: OrderKey::Dimension(0), descending: descending.is_some() }];
        }
    }

    /// "sort the departments by revenue": what is behind the noun is what orders it.
    fn ordered_by_measure(&self, noun: usize) -> bool {
        let by = self.next(noun).filter(|&k| self.is_any(k, &[Shape::By, Shape::OrderBy]));
        by.and_then(|k| self.next(k)).is_some_and(|k| self.metric(k).is_some() || self.fact(k).is_some())
    }

    /// "alphabetically", "sorted by name": by the first column that is no time.
    fn by_name(&mut self, plan: &mut Plan, sorted: Option<usize>) -> bool {
        let named = sorted.and_then(|i| self.next(i)).filter(|&k| matches!(self.text(k), "name" | "names"));
        let at = plan
            .dimensions
            .iter()
            .position(|d| !matches!(d.by, Grouping::Time { .. } | Grouping::Part { .. } | Grouping::Buckets { .. }));
        let (Some(at), Some(k)) = (at, self.find(Shape::Alphabetical).or(named)) else { return false };
        self.take(k);
        let descending = self.text(k).contains("reverse") || self.find(Shape::Descending).is_some();
        plan.order = vec![Order { by: OrderKey::Dimension(at), descending }];
        true
    }

    /// Nouns that only set the scene: "customers" in "how much did customers spend".
    pub(super) fn take_context_nouns(&mut self, plan: &Plan) {
        for i in 0..self.len() {
            if self.is(i, Shape::Contains) && self.next(i).is_none() && !plan.measures.is_empty() {
                self.take(i);
            }
            if self.used[i] || !matches!(self.items[i].kind, Kind::Link(_)) {
                continue;
            }
            let scene = self.entity(i).is_some()
                && !self.plural(i)
                && self.before(i).is_none_or(|k| self.fact(k).is_none())
                || self.entity(i).is_some()
                    && self.metric(i).is_none_or(|m| {
                        let named = |known: &Measure| matches!(&known.of, Quantity::Metric { metric } if *metric == m);
                        !plan.measures.is_empty() && m.ends_with("count") || plan.measures.iter().any(named)
                    });
            let type_noun = self.dimension(i).is_some_and(|f| {
                plan.filters.iter().any(|filter| super::share::filter_tables(filter).contains(&f.table))
                    && self.value_beside(i, &f)
            });
            let counted = (0..i)
                .rev()
                .find(|&k| !self.is_any(k, &[Shape::Filler, Shape::Mark]))
                .is_some_and(|k| self.is_any(k, &[Shape::And, Shape::Not, Shape::MoreThan]));
            if (scene && !counted) || type_noun {
                self.take(i);
            }
        }
    }

    pub(super) fn value_beside(&self, i: usize, field: &crate::plan::Field) -> bool {
        [self.before(i), self.next(i), self.before_but(i, &[Shape::Of, Shape::In])]
            .into_iter()
            .flatten()
            .any(|k| self.targets(k).iter().any(|t| matches!(t, Target::Values { field: other, .. } if other == field)))
    }

    /// The plan of set logic: a count, a share or a list of the entity.
    pub(super) fn tell_plan(
        &mut self,
        told: super::members::Told,
        plan: &mut Plan,
        measures: &mut Vec<Measured>,
        groups: &mut Vec<Group>,
    ) {
        let noun = Noun::Entity(told.entity.clone());
        let noun = self.noun(told.at).unwrap_or(noun);
        let own = Measure::new(Quantity::Entities { entity: told.entity.clone(), within: None });
        measures.retain(|m| !matches!(&m.measure.of, Quantity::Entities { entity, .. } if *entity == told.entity));
        let share = (0..self.len()).find(|&i| self.is(i, Shape::Share) || self.is(i, Shape::InPercent));
        if let Some(share) = share {
            self.take(share);
            let mut left = own.clone();
            left.filters.extend(told.tests);
            plan.filters.extend(told.base);
            plan.measures.push(super::measures::divide(left, own, true));
            measures.clear();
            return;
        }
        plan.filters.extend(told.base);
        plan.filters.extend(told.tests);
        let counts = (0..self.len()).filter(|&i| self.is_any(i, &[Shape::HowMany, Shape::Number])).collect::<Vec<_>>();
        let totalled = self.before_but(told.at, &[Shape::Active]).is_some_and(|k| self.is(k, Shape::Total));
        if counts.is_empty() && measures.is_empty() && !totalled {
            plan.dimensions.push(noun.dimension());
            self.take_all(
                &(0..self.len())
                    .filter(|&i| self.is_any(i, &[Shape::Which, Shape::List, Shape::Who]))
                    .collect::<Vec<_>>(),
            );
            groups.retain(|g| g.noun != noun);
            return;
        }
        if measures.is_empty() || !counts.is_empty() {
            self.take_all(&counts);
            let from = counts.last().copied().unwrap_or(0);
            measures.retain(|m| m.at > from && (from..m.at).any(|k| self.is_any(k, &[Shape::And, Shape::Also])));
            plan.measures.push(own);
        }
    }
}
