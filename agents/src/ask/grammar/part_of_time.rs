//! Periods over periods: what share of the year came in December, November's takings as a percentage of October's; and
//! the steps of time in which something grew or fell.

use super::draft::{Group, Measured, Sought};
use super::filters::{Choice, inside, plan_period};
use super::measures::divide;
use super::reading::Reading;
use crate::ask::link::Shape;
use crate::ask::time::Period;
use crate::plan::{Basis, Comparison, GroupFunction, Grouping, Having, Measure, Plan, Quantity};

impl Reading<'_> {
    /// One measure in one period over the same in another, or over all time.
    pub(super) fn periods_ratio(
        &mut self,
        measures: &mut Vec<Measured>,
        groups: &[Group],
        sought: Option<&Sought>,
        choices: &[Choice],
    ) -> bool {
        let spans: Vec<(usize, Period)> = self.open_spans();
        let said = [Shape::AsShareOf, Shape::Ratio, Shape::Share].into_iter().find_map(|shape| self.find(shape));
        let Some(at) = said.filter(|_| measures.len() <= 1 && self.growing().is_none()) else { return false };
        let plain = groups.is_empty() && sought.is_none() && choices.is_empty();
        let share = self.is(at, Shape::Share);
        let (above, below) = match spans.as_slice() {
            [(_, a), (_, b)] if share && inside(a, b) != inside(b, a) => {
                if inside(a, b) {
                    (*a, Some(*b))
                } else {
                    (*b, Some(*a))
                }
            }
            [(_, a), (_, b)] if a != b && !share => (*a, Some(*b)),
            [(i, a)] if share && plain && *i > at && a.grain != Some(crate::plan::Grain::Year) => (*a, None),
            _ => return false,
        };
        let Some(base) = measures
            .first()
            .map(|m| m.measure.clone())
            .or_else(|| self.default_metric().map(Measure::metric))
            .filter(|m| m.period.is_none() && matches!(m.of, Quantity::Metric { .. } | Quantity::Entities { .. }))
        else {
            return false;
        };
        let whole = below.map_or_else(|| base.clone(), |period| base.clone().during(plan_period(&period)));
        let percent = !self.is(at, Shape::Ratio);
        let measure = divide(base.during(plan_period(&above)), whole, percent);
        self.take_all(&spans.iter().map(|(i, _)| *i).collect::<Vec<_>>());
        self.take(at);
        self.take_shapes(&[Shape::InPercent, Shape::AccountFor, Shape::Share, Shape::Total, Shape::Versus]);
        *measures = vec![Measured { at: 0, measure }];
        true
    }

    /// "in how many months did sales fall": the steps are counted.
    pub(super) fn steps_that_changed(&mut self, measures: &mut [Measured]) -> bool {
        let Some((at, down)) = self.growing().filter(|(i, _)| !self.used[*i]) else { return false };
        let counted = measures.iter().position(|m| match &m.measure.of {
            Quantity::Groups { per, of: None, having, function: GroupFunction::Count } => {
                having.is_empty() && matches!(per.first().map(|d| &d.by), Some(Grouping::Time { .. }))
            }
            _ => false,
        });
        let Some(place) = counted.filter(|_| !self.is(at, Shape::Change)) else { return false };
        let of = measures.iter().enumerate().find(|(k, _)| *k != place).map(|(_, m)| m.measure.clone());
        let Some(of) = of.or_else(|| self.default_metric().map(Measure::metric)) else { return false };
        self.take(at);
        let changed = changed_way(of, down);
        if let Quantity::Groups { having, .. } = &mut measures[place].measure.of {
            having.push(changed);
        }
        measures.swap(0, place);
        for k in 0..self.len() {
            let shapes = [Shape::MonthOnMonth, Shape::WeekOnWeek, Shape::DayOnDay, Shape::QuarterOnQuarter];
            if self.is_any(k, &shapes) {
                self.take(k);
            }
        }
        true
    }

    /// "in which months did revenue decline": only the steps in which it did.
    pub(super) fn only_steps_that_changed(&self, plan: &mut Plan) {
        let Some((at, down)) = self.growing() else { return };
        let asked = (0..self.len()).any(|i| self.is_any(i, &[Shape::Which, Shape::List]));
        let what = self.tokens.first().is_some_and(|t| t.is(&["what", "how", "show", "give"]));
        let ranked = self.superlative_said() || plan.top.is_some();
        let rows = matches!(plan.dimensions.last().map(|d| &d.by), Some(Grouping::Time { .. }));
        if plan.compare.is_some() || self.is(at, Shape::Change) || !asked || what || ranked || !rows {
            return;
        }
        let change = plan.measures.iter().find(|m| matches!(m.of, Quantity::Change { .. })).cloned();
        if let Some(left) = change {
            plan.having.push(beyond_zero(left, down));
        }
    }
}

fn changed_way(of: Measure, down: bool) -> Having {
    let change = Quantity::Change { of: Box::new(of), basis: Basis::Previous, steps: 1, percent: false };
    beyond_zero(Measure::new(change), down)
}

fn beyond_zero(left: Measure, down: bool) -> Having {
    let is = if down { Comparison::Less } else { Comparison::Greater };
    Having { left, is, right: Measure::new(Quantity::Number { number: 0.0 }) }
}
