//! The highest and the lowest, of all and of each group.

use super::draft::{Group, Sought, Superlative};
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape, Target};
use crate::ask::refusal::Refusal;
use crate::plan::{Aggregate, GroupFunction, Measure, Order, OrderKey, Plan, Quantity, Top, Value};

impl Reading<'_> {
    pub(super) fn superlative_said(&self) -> bool {
        self.has(Shape::Most) || self.has(Shape::Least)
    }

    /// "the highest mountains": the number that the adjective speaks of, where the things sought have one.
    pub(super) fn adjective_measure(&self, sought: &Sought) -> Option<Measure> {
        let table = self.noun_table(&sought.noun)?;
        (0..self.len()).find_map(|i| {
            let (words, _) = super::adjective::measured(self.text(i))?;
            let field = words.iter().filter_map(|word| self.lexicon.number(word)).flatten().find_map(|t| match t {
                Target::Fact(field) if field.table == table => Some(field),
                _ => None,
            })?;
            Some(self.fact_measure(&field, None))
        })
    }

    pub(super) fn apply_top(
        &mut self,
        superlative: &Superlative,
        sought: Option<&Sought>,
        sought_at: Option<usize>,
        groups: &[Group],
        plan: &mut Plan,
    ) -> Result<(), Refusal> {
        let (Some(sought), Some(at)) = (sought, sought_at) else {
            return self.extreme(superlative, groups, plan);
        };
        if plan.measures.is_empty()
            && let Some(metric) = self.ranking_metric(&sought.noun)
        {
            plan.measures.push(Measure::metric(metric));
        }
        if let Some(gap) = gap_of(plan) {
            plan.measures.push(gap);
        }
        let within: Vec<usize> = (0..plan.dimensions.len()).filter(|&k| k != at).collect();
        let changes = plan.compare.is_some() || plan.measures.iter().any(|m| matches!(m.of, Quantity::Change { .. }));
        if let Some((at, _)) = self.growing().filter(|_| !changes) {
            return Err(Refusal::unclear("Say from which period to which", vec![self.typed(at)]));
        }
        let loss = self.growing().is_some_and(|(i, down)| {
            self.take(i);
            down
        });
        let ascending = superlative.ascending != loss;
        let gap = gap_of(plan).is_some();
        let by = match &plan.compare {
            Some(compare) => compare.show.len().saturating_sub(1),
            None if gap => plan.measures.len() - 1,
            None => plan.measures.iter().position(|m| matches!(m.of, Quantity::Change { .. })).unwrap_or(0),
        };
        let one_of = (0..self.len()).any(|i| self.is(i, Shape::Which) && self.text(i).ends_with(" of"));
        let singular = !sought.plural
            || one_of
            || matches!(self.shape(superlative.at), Some(Shape::Most | Shape::Least)) && sought.count == Some(1);
        match superlative.count {
            Some(n) => plan.top = Some(Top { n, exactly: superlative.exactly, by, ascending, within }),
            None if singular => plan.top = Some(Top { n: 1, exactly: false, by, ascending, within }),
            None => {
                plan.order = vec![Order { by: OrderKey::Measure(by), descending: !ascending }];
                if matches!(sought.noun, Noun::Entity(_)) {
                    plan.top = Some(Top { n: 10, exactly: false, by, ascending, within });
                    self.notes.push("showing ten".to_owned());
                }
            }
        }
        Ok(())
    }

    /// "the biggest amount on any line", "highest daily revenue": an extreme without a thing sought.
    pub(super) fn extreme(
        &mut self,
        superlative: &Superlative,
        groups: &[Group],
        plan: &mut Plan,
    ) -> Result<(), Refusal> {
        let function = if superlative.ascending { Aggregate::Min } else { Aggregate::Max };
        if superlative.exactly {
            return Err(Refusal::unclear(
                "It is not clear among what that place is to be found",
                vec![self.typed(superlative.at)],
            ));
        }
        if self.of_a_line() {
            self.one_line(plan);
        }
        if let [group] = groups
            && superlative.count.is_none()
            && plan.measures.len() == 1
            && !(group.each && superlative.at < group.at)
            && !of_each_row(&plan.measures[0].of)
        {
            plan.top = Some(Top { n: 1, exactly: false, by: 0, ascending: superlative.ascending, within: Vec::new() });
            return Ok(());
        }
        for measure in &mut plan.measures {
            match &mut measure.of {
                Quantity::Aggregate { function: f, .. } => *f = function,
                Quantity::Metric { metric } => {
                    if let Some(field) = self.averaged_field(metric) {
                        measure.of = Quantity::Aggregate { function, value: Value::Field { field }, within: None };
                    } else if let Some((of, noun)) = self.per_entity(metric) {
                        *measure =
                            super::measures::over_groups(of, vec![noun.dimension()], GroupFunction::Of(function));
                    } else if let Some(field) = self.summed(metric).filter(|_| self.of_a_line()) {
                        let value = Value::Field { field };
                        *measure = Measure::new(Quantity::Aggregate { function, value, within: None });
                    } else if let Some(of_one) = self.of_one(metric, function) {
                        *measure = of_one;
                    } else {
                        return Err(Refusal::unclear(
                            "It is not clear among what the highest or lowest is to be found",
                            vec![self.text(superlative.at).to_owned()],
                        ));
                    }
                }
                Quantity::Groups { function: f, .. } => *f = GroupFunction::Of(function),
                _ => {}
            }
        }
        Ok(())
    }

    /// "the highest coupon discount on one line", "the biggest spend of a single customer": over all such things.
    fn of_one(&mut self, metric: &str, function: Aggregate) -> Option<Measure> {
        let at = (0..self.len()).find(|&k| {
            let skip = [Shape::Only, Shape::Distinct, Shape::That];
            let placed = self.before_but(k, &skip).is_some_and(|b| {
                let one = self.items[b].number().is_some_and(|n| n.count() == Some(1));
                one || self.is_any(b, &[Shape::In, Shape::Of, Shape::For, Shape::From, Shape::Ever])
            });
            let step = matches!(self.items[k].kind, Kind::Grain(_));
            placed && !self.used[k] && (self.entity(k).is_some() || step) && !self.plural(k)
        })?;
        let noun = self.noun(at)?;
        let one = self.before(at).filter(|&b| self.items[b].number().is_some_and(|n| n.count() == Some(1)));
        let table = self.noun_table(&noun);
        let own = self
            .summed(metric)
            .filter(|field| matches!(&noun, Noun::Entity(_)) && table.as_ref() == Some(&field.table));
        self.take(at);
        self.take_all(&one.into_iter().collect::<Vec<_>>());
        Some(match own {
            Some(field) => Measure::new(Quantity::Aggregate { function, value: Value::Field { field }, within: None }),
            None => super::measures::over_groups(
                Measure::metric(metric),
                vec![noun.dimension()],
                GroupFunction::Of(function),
            ),
        })
    }
}

/// How far one measure is beyond the other, where rows are kept by which of two is greater: actual and target.
fn gap_of(plan: &Plan) -> Option<Measure> {
    let [crate::plan::Having { left, is, right }] = plan.having.as_slice() else { return None };
    let both = plan.measures.contains(left) && plan.measures.contains(right);
    let less = matches!(is, crate::plan::Comparison::Less | crate::plan::Comparison::AtMost);
    let (more, fewer) = if less { (right, left) } else { (left, right) };
    both.then(|| {
        Measure::new(Quantity::Arithmetic {
            operator: crate::plan::Operator::Subtract,
            left: Box::new(more.clone()),
            right: Box::new(fewer.clone()),
            percent: false,
        })
    })
}

/// Whether a measure is a number that rows have and that can't be summed, such as a list price: the highest by department
/// is the highest in each.
fn of_each_row(of: &Quantity) -> bool {
    matches!(of, Quantity::Aggregate { function: Aggregate::Average, value: Value::Field { .. }, .. })
}
