//! Values and periods side by side.

use super::compare::Contrast;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape};
use crate::ask::time::When;
use crate::plan::{CompareColumn, Comparison, Dimension, GroupFunction, Grouping, Having, Measure, Plan, Quantity};

impl Reading<'_> {
    pub(super) fn apply_contrast(&mut self, contrast: Contrast, dimensions: &mut Vec<Dimension>, plan: &mut Plan) {
        let columns = self.has(Shape::SideBySide) || self.has(Shape::Difference);
        if columns && contrast.sides.len() == 2 {
            let mut sides = contrast.sides.into_iter();
            if let (Some(base), Some(other)) = (sides.next(), sides.next()) {
                let show = if self.has(Shape::Difference) {
                    vec![CompareColumn::Base, CompareColumn::Other, CompareColumn::Difference]
                } else {
                    vec![CompareColumn::Base, CompareColumn::Other]
                };
                plan.compare = Some(crate::plan::Compare { base, other, show });
                self.take_shapes(&[Shape::Difference, Shape::SideBySide, Shape::Between]);
                return;
            }
        }
        self.take_where(|it, i| {
            it.is_any(i, &[Shape::Most, Shape::MoreThan, Shape::Least, Shape::LessThan, Shape::Than, Shape::Between])
                && !it.used[i]
        });
        let _ = contrast.at;
        plan.filters.extend(contrast.filter);
        if !dimensions.iter().any(|d| d.by == contrast.dimension.by) {
            dimensions.push(contrast.dimension);
        }
    }

    pub(super) fn apply_periods(
        &mut self,
        a: crate::ask::time::Period,
        b: crate::ask::time::Period,
        growing: Option<bool>,
        plan: &mut Plan,
    ) {
        let changed = self.than_between()
            || growing.is_some()
            || self.has(Shape::Difference)
            || self.has(Shape::Change)
            || self.has(Shape::InPercent);
        let ranked = self.ranked_then_compared();
        if !changed
            && ranked.is_none()
            && !self.has(Shape::SideBySide)
            && plan.dimensions.iter().all(|d| !matches!(d.by, Grouping::Time { .. }))
            && let Some((dimension, filter)) = Reading::period_rows(&a, &b)
        {
            plan.dimensions.push(dimension);
            plan.filters.push(filter);
            return;
        }
        let more = self.than_between().then(|| self.fewer());
        if let Some(measure) = growing.or(more).and_then(|down| self.those_that_grew(plan, (&a, &b), down)) {
            plan.measures = vec![measure];
            return;
        }
        let share = (0..self.len()).find(|&i| !self.used[i] && self.is(i, Shape::Share));
        let percent = (0..self.len()).any(|i| self.is(i, Shape::InPercent));
        let grew = (0..self.len()).find(|&i| self.is_any(i, &[Shape::Grow, Shape::Shrink, Shape::Change]));
        let growth_word = grew.is_some_and(|i| self.text(i).starts_with("grow") || self.text(i).starts_with("grew"));
        let absolute = self.absolute_wanted() || self.than_between();
        let column = if share.is_some() {
            CompareColumn::ShareChange
        } else if !changed {
            CompareColumn::Other
        } else if !plan.measures.is_empty() && plan.measures.iter().all(|m| matches!(m.of, Quantity::Share { .. })) {
            // A share changes by percentage points.
            CompareColumn::Difference
        } else if percent || (growth_word && !absolute) {
            CompareColumn::PercentChange
        } else if absolute || self.has_superlative() || plan.top.is_some() {
            CompareColumn::Difference
        } else {
            CompareColumn::PercentChange
        };
        self.take_where(|it, i| {
            it.is_any(
                i,
                &[
                    Shape::Grow,
                    Shape::Shrink,
                    Shape::Change,
                    Shape::InPercent,
                    Shape::Difference,
                    Shape::Share,
                    Shape::Than,
                ],
            ) || it.than_between()
                && (matches!(it.text(i), "more" | "less" | "fewer" | "higher" | "lower" | "better" | "worse")
                    || it.is_any(i, &[Shape::MoreThan, Shape::LessThan])
                        && it.next(i).is_some_and(|k| matches!(it.items[k].kind, Kind::Time(_))))
        });
        let show = match column {
            // The last of the shown is what the top is taken of.
            CompareColumn::Other if ranked.is_some_and(|first| first == a) => {
                vec![CompareColumn::Other, CompareColumn::Base]
            }
            CompareColumn::Other => vec![CompareColumn::Base, CompareColumn::Other],
            CompareColumn::ShareChange => vec![CompareColumn::ShareChange],
            CompareColumn::Difference if self.superlative_said() => vec![CompareColumn::Difference],
            CompareColumn::PercentChange if self.superlative_said() => vec![CompareColumn::PercentChange],
            other => vec![CompareColumn::Base, CompareColumn::Other, other],
        };
        plan.compare = Some(Reading::period_compare(&a, &b, show));
        if plan.measures.is_empty()
            && let Some(metric) = self.default_metric()
        {
            plan.measures.push(Measure::metric(metric));
        }
        if let Some(down) = growing.or(more).filter(|_| self.only_those_that_changed(plan))
            && let Some(first) = plan.measures.first().cloned()
        {
            let side = |period: &crate::ask::time::Period| first.clone().during(super::filters::plan_period(period));
            let is = if down { Comparison::Less } else { Comparison::Greater };
            plan.having.push(Having { left: side(&b), is, right: side(&a) });
            self.but_still(plan, (&a, &b));
        }
    }

    /// "the five best stores in July, compared with June": the period by which they are ranked; they are the same in the
    /// other one.
    fn ranked_then_compared(&self) -> Option<crate::ask::time::Period> {
        let compared = ["compar", "against", "in comparison", "relative to"];
        let stepwise = [Shape::YearOnYear, Shape::QuarterOnQuarter, Shape::MonthOnMonth, Shape::WeekOnWeek];
        let versus = (0..self.len()).find(|&i| {
            self.is_any(i, &stepwise)
                || self.is(i, Shape::Versus) && compared.iter().any(|word| self.text(i).starts_with(word))
        })?;
        let ranked = (0..versus).any(|i| self.is_any(i, &[Shape::Most, Shape::Least]));
        let several =
            (0..versus).any(|i| self.items[i].number().is_some_and(|n| !n.ordinal && !n.year && n.value > 1.0));
        let first = (0..versus).find_map(|i| match self.items[i].kind {
            Kind::Time(When::Period(period)) => Some(period),
            _ => None,
        })?;
        let other =
            (versus..self.len()).any(|i| matches!(self.items[i].kind, Kind::Time(_)) || self.is_any(i, &stepwise));
        (ranked && several && other).then_some(first)
    }

    /// "but still had more baskets": a second measure that changed its own way.
    fn but_still(&mut self, plan: &mut Plan, (a, b): (&crate::ask::time::Period, &crate::ask::time::Period)) {
        let Some(but) = (0..self.len()).find(|&i| self.is(i, Shape::But)) else { return };
        let Some(k) = (but + 1..self.len()).find(|&k| self.metric(k).is_some()) else { return };
        let from = self.items[but].at;
        let words = &self.tokens[from..self.items[k].at];
        let less = words.iter().any(|t| t.is(&["less", "fewer", "lower"]));
        let more = words.iter().any(|t| t.is(&["more", "higher", "greater"]));
        let Some(metric) = self.metric(k).filter(|_| less != more) else { return };
        let side = |period: &crate::ask::time::Period| {
            Measure::metric(metric.clone()).during(super::filters::plan_period(period))
        };
        let is = if less { Comparison::Less } else { Comparison::Greater };
        plan.having.push(Having { left: side(b), is, right: side(a) });
        self.take_all(&[but, k]);
    }

    /// "how many stores grew from Q1 to Q2": the things counted whose number did.
    fn those_that_grew(
        &mut self,
        plan: &Plan,
        (a, b): (&crate::ask::time::Period, &crate::ask::time::Period),
        down: bool,
    ) -> Option<Measure> {
        let verbs = [Shape::Grow, Shape::Shrink, Shape::Deed, Shape::Sell];
        let at = (0..self.len()).find(|&i| {
            self.is_any(i, &verbs)
                || matches!(
                    self.text(i),
                    "bought" | "spent" | "shopped" | "sold" | "made" | "spend" | "spending" | "buying" | "shopping"
                )
        })?;
        let subject = self.before(at).filter(|&k| self.noun(k).is_some() && self.plural(k))?;
        let count = self.has(Shape::HowMany) || self.has(Shape::Number);
        let noun = plan.measures.iter().find_map(|m| self.counted_noun(m)).filter(|_| count && subject < at)?;
        let other = plan.measures.iter().find(|m| self.counted_noun(m).is_none()).cloned();
        let of = other.or_else(|| self.default_metric().map(Measure::metric))?;
        let side = |period: &crate::ask::time::Period| of.clone().during(super::filters::plan_period(period));
        let is = if down { Comparison::Less } else { Comparison::Greater };
        self.take(at);
        Some(Measure::new(Quantity::Groups {
            per: vec![noun],
            of: None,
            having: vec![Having { left: side(b), is, right: side(a) }],
            function: GroupFunction::Count,
        }))
    }

    /// Whether less is meant by the comparison, or more in the earlier of the two times.
    fn fewer(&self) -> bool {
        let less = self.tokens.iter().any(|t| t.is(&["less", "fewer", "lower", "worse", "smaller"]));
        let starts: Vec<_> = (0..self.len())
            .filter_map(|i| match self.items[i].kind {
                Kind::Time(When::Period(period)) => period.start,
                _ => None,
            })
            .collect();
        let earlier_first = starts.windows(2).all(|pair| pair[0] <= pair[1]);
        less != earlier_first
    }

    /// "which regions grew": only those that did, unless the most or all are asked for.
    fn only_those_that_changed(&self, plan: &Plan) -> bool {
        let asked = (0..self.len()).any(|i| self.is_any(i, &[Shape::Which, Shape::List, Shape::Who]));
        let changed = (0..self.len()).any(|i| self.is(i, Shape::Change));
        let amount = (0..self.len()).any(|i| self.is_any(i, &[Shape::HowMuch, Shape::Share, Shape::InPercent]));
        let what = self.tokens.first().is_some_and(|t| t.is(&["what", "how", "show", "give"]));
        let ranked = self.has_superlative() || self.has(Shape::Rank) || plan.top.is_some();
        let subject = (0..self.len()).find(|&i| !self.is_any(i, &[Shape::Filler, Shape::Mark]));
        let asked =
            asked || subject.is_some_and(|i| self.noun(i).is_some() && self.plural(i) && self.metric(i).is_none());
        asked && !changed && !amount && !what && !ranked && !plan.dimensions.is_empty()
    }
}
