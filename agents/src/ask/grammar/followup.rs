//! Follow-ups: "and in Texas?", "only private brand", "by month" change the plan of the question before.

use super::draft::Measured;
use super::filters::plan_period;
use super::measures::Around;
use super::reading::Reading;
use super::share::filter_tables;
use crate::ask::link::{Kind, Shape};
use crate::ask::refusal::Refusal;
use crate::plan::{Dimension, Filter, Grouping, Measure, Order, OrderKey, Plan, Quantity, Top, Value};

/// Words at the start that lean on the question before.
const STRONG: &[&str] = &[
    "and",
    "but",
    "also",
    "only",
    "just",
    "now",
    "then",
    "same",
    "instead",
    "ok",
    "okay",
    "break",
    "split",
    "sort",
    "order",
    "exclude",
    "excluding",
    "drill",
    "zoom",
    "add",
    "include",
    "restrict",
    "limit",
    "filter",
    "narrow",
    "without",
    "except",
    "remove",
    "group",
    "as",
];

/// Phrases at the start that do.
const PHRASES: &[&str] = &[
    "what about",
    "how about",
    "of those",
    "of these",
    "of that",
    "show that",
    "show it",
    "show those",
    "make it",
    "make that",
    "do the",
    "the same",
    "can you",
    "could you",
    "what if we",
    "let us see that",
];

impl Reading<'_> {
    /// Whether the question leans on the one before: by its first words, or because it names nothing to measure.
    pub(super) fn leans(&self) -> bool {
        let words: Vec<&str> = self.tokens.iter().map(|t| t.norm.as_str()).collect();
        let first = words.first().copied().unwrap_or_default();
        let start = words.iter().take(3).copied().collect::<Vec<_>>().join(" ");
        let pronoun =
            words.iter().any(|w| matches!(*w, "that" | "those" | "it" | "them" | "these" | "this")) && !self.asks();
        STRONG.contains(&first)
            || matches!(first, "per" | "by") && words.len() <= 4
            || PHRASES.iter().any(|p| start.starts_with(p))
                && (!self.asks() || start.starts_with("what about") || start.starts_with("how about"))
            || pronoun
            || self.refers_back()
            || self.only_how_many()
            || !self.asks()
    }

    /// Whether it asks for something by itself.
    fn asks(&self) -> bool {
        (0..self.len()).any(|i| {
            self.metric(i).is_some() && !self.weak(i)
                || self.is_any(i, &[Shape::HowMany, Shape::HowMuch, Shape::Number, Shape::Who])
                || self.is_any(i, &[Shape::Which, Shape::List])
                    && self.next(i).is_some_and(|k| self.entity(k).is_some() || self.dimension(k).is_some())
        })
    }

    /// The plan before, changed by what the question says.
    ///
    /// # Errors
    /// A refusal for words that change nothing.
    pub(super) fn edit(&mut self, mut plan: Plan) -> Result<Plan, Refusal> {
        self.refuse_early()?;
        if self.overall(&mut plan) {
            return Ok(plan);
        }
        let dimensions_before = plan.dimensions.len();
        let adds =
            (0..self.len()).any(|i| self.is(i, Shape::Also) || matches!(self.text(i), "add" | "include" | "too"));
        let as_well = self.tokens.windows(2).any(|two| two[0].is(&["as"]) && two[1].is(&["well"]));
        let adds = adds || as_well || self.of_them(&plan);
        self.leaning_words(&mut plan);
        self.per_as_before(&plan);
        let adds_groups = adds || plan.dimensions.len() < dimensions_before;
        let how_many = self.only_how_many();
        self.only_beyond(&mut plan)?;
        self.other_time(&mut plan)?;
        let further =
            self.tokens.iter().any(|t| t.is(&["break", "split", "further", "drill", "additionally", "broken", "also"]));
        let mut groups = self.groups();
        self.other_groups(&mut plan);
        self.running_rows(&mut plan);
        let superlative = self.superlative(None);
        let mut choices = self.choices();
        self.compared_value(&mut choices, &mut plan);
        let growing = self.growing();
        let around = Around::default();
        let mut measures = if how_many { Vec::new() } else { self.measures(None, &mut groups, &around)? };
        let dropped: Vec<usize> =
            measures.iter().filter(|m| !self.counted_anew(m.at, &m.measure)).map(|m| m.at).collect();
        measures.retain(|m| !dropped.contains(&m.at));
        self.take_all(&dropped);
        let of_total = self
            .find(Shape::AsShareOf)
            .filter(|&i| self.next(i).is_none_or(|k| self.is_any(k, &[Shape::Total, Shape::Instead])));
        let share = self.find(Shape::Share).or_else(|| self.find(Shape::InPercent)).or(of_total);
        self.edit_measures(&mut plan, measures, adds);
        if !groups.is_empty() {
            let dimensions: Vec<Dimension> = groups.iter().map(|g| g.noun.dimension()).collect();
            self.widened(&mut plan, &dimensions);
            if !further && !adds_groups {
                plan.dimensions.clear();
                plan.top = None;
                plan.order.clear();
            }
            plan.dimensions.extend(dimensions.into_iter().filter(|d| !plan.dimensions.contains(d)).collect::<Vec<_>>());
        }
        for mut choice in choices {
            self.as_before(&mut choice, &plan.filters);
            let filter = self.filter(&choice);
            put(&mut plan.filters, filter, choice.negated);
        }
        let (period, filters) = self.periods()?;
        plan.filters.extend(filters);
        if let Some(period) = period {
            plan.period = Some(plan_period(&period));
        }
        if let Some(superlative) = superlative {
            let within = plan.top.as_ref().map(|t| t.within.clone()).unwrap_or_default();
            let by = plan.top.as_ref().map_or(0, |t| t.by);
            let n = superlative.count.or_else(|| plan.top.as_ref().map(|t| t.n)).unwrap_or(1);
            plan.order.clear();
            plan.top = Some(Top { n, exactly: superlative.exactly, by, ascending: superlative.ascending, within });
        }
        if let Some(at) = share {
            self.share_of_rows(at, &mut plan)?;
        }
        if let Some((at, _)) = growing.filter(|_| plan.compare.is_none()) {
            return Err(Refusal::unclear("Say from which period to which", vec![self.text(at).to_owned()]));
        }
        self.turned_round(&mut plan)?;
        self.ranked_rows(&mut plan);
        self.ordered(&mut plan);
        self.edit_order(&mut plan);
        if how_many {
            super::assemble::only_counted(&mut plan);
            self.take_shapes(&[Shape::HowMany, Shape::Number]);
        }
        self.nouns_of_values();
        self.take_where(|it, i| {
            it.is_any(
                i,
                &[Shape::Only, Shape::And, Shape::But, Shape::Also, Shape::For, Shape::Of, Shape::Or, Shape::Versus],
            ) || matches!(it.items[i].kind, Kind::Number(_)) && plan.top.is_some()
        });
        self.refuse_unplaced()?;
        Ok(plan)
    }

    /// A value of several columns means the one that the question before spoke of.
    fn as_before(&self, choice: &mut super::filters::Choice, filters: &[Filter]) {
        for (item, part) in choice.items.iter().zip(&mut choice.parts) {
            let spoken = self.targets(*item).iter().find_map(|target| match target {
                crate::ask::link::Target::Values { field, values }
                    if filters.iter().any(|f| field_of(f) == Some(format!("{}.{}", field.table, field.name))) =>
                {
                    Some(super::filters::Meaning::Values { field: field.clone(), values: values.clone() })
                }
                _ => None,
            });
            if let Some(spoken) = spoken {
                *part = spoken;
            }
        }
    }

    /// Other measures instead, or as well.
    fn edit_measures(&mut self, plan: &mut Plan, measures: Vec<Measured>, adds: bool) {
        if measures.is_empty() {
            return;
        }
        let sorts = self.find(Shape::OrderBy).is_some();
        let new: Vec<Measure> = measures.into_iter().map(|m| m.measure).collect();
        if sorts {
            return;
        }
        if adds {
            plan.measures.extend(new);
            return;
        }
        let mut replaced = false;
        if let [only] = new.as_slice() {
            for measure in &mut plan.measures {
                replaced |= replace_metric(measure, only);
            }
        }
        if !replaced {
            plan.measures = new;
        }
    }

    /// "now as a share": of the rows there are.
    fn share_of_rows(&mut self, at: usize, plan: &mut Plan) -> Result<(), Refusal> {
        self.take_shapes(&[Shape::Share, Shape::InPercent, Shape::AsShareOf]);
        if plan.dimensions.is_empty() {
            return Err(Refusal::unclear(
                "Say of what the share is to be taken, for example by region",
                vec![self.text(at).to_owned()],
            ));
        }
        let times: Vec<usize> = (0..plan.dimensions.len())
            .filter(|&k| matches!(plan.dimensions[k].by, Grouping::Time { .. } | Grouping::Part { .. }))
            .collect();
        let within = if times.len() < plan.dimensions.len() { times } else { Vec::new() };
        if let Some(first) = plan.measures.first_mut()
            && !matches!(first.of, Quantity::Share { .. })
        {
            *first = Measure::new(Quantity::Share { of: Box::new(first.clone()), within });
        }
        Ok(())
    }

    /// "sort by units": by a measure that the plan has.
    fn edit_order(&mut self, plan: &mut Plan) {
        let Some(at) = (0..self.len()).find(|&i| self.is(i, Shape::OrderBy)) else { return };
        let Some(metric) = self.next(at).and_then(|k| self.metric(k)) else { return };
        let known = plan.measures.iter().position(|m| m.of == Quantity::Metric { metric: metric.clone() });
        let index = known.unwrap_or_else(|| {
            plan.measures.push(Measure::metric(metric));
            plan.measures.len() - 1
        });
        let descending = plan.order.first().is_none_or(|o| o.descending);
        plan.order = vec![Order { by: OrderKey::Measure(index), descending }];
    }
}

/// Puts a filter in the place of one on the same column, or next to the others.
fn put(filters: &mut Vec<Filter>, filter: Filter, negated: bool) {
    let key = field_of(&filter);
    if !negated
        && key.is_some()
        && let Some(old) = filters.iter_mut().find(|f| field_of(f) == key && filter_tables(f) == filter_tables(&filter))
    {
        *old = filter;
        return;
    }
    filters.push(filter);
}

fn field_of(filter: &Filter) -> Option<String> {
    match filter {
        Filter::Compare { left: Value::Field { field }, .. }
        | Filter::OneOf { value: Value::Field { field }, .. }
        | Filter::Text { value: Value::Field { field }, .. } => Some(format!("{}.{}", field.table, field.name)),
        Filter::Named { table, name, .. } => Some(format!("{table}.{name}")),
        Filter::Part { part, .. } => Some(format!("{part:?}")),
        _ => None,
    }
}

/// Puts another metric in the place of the one inside a measure.
fn replace_metric(measure: &mut Measure, with: &Measure) -> bool {
    match &mut measure.of {
        Quantity::Share { of, .. }
        | Quantity::Running { of }
        | Quantity::Moving { of, .. }
        | Quantity::CumulativeShare { of }
        | Quantity::Change { of, .. } => replace_metric(of, with),
        Quantity::Metric { .. } | Quantity::Entities { .. } | Quantity::Aggregate { .. } => {
            measure.of = with.of.clone();
            true
        }
        _ => false,
    }
}
