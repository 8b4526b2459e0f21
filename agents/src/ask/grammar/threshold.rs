//! Numbers that rows or results are compared with.

use super::draft::{Group, Measured, Sought, Tally, Threshold};
use super::measures::{Around, divide};
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::Shape;
use crate::ask::refusal::Refusal;
use crate::plan::{
    Aggregate, Comparison, Dimension, Filter, Grain, GroupFunction, Grouping, Having, Literal, Measure, Plan, Quantity,
    TimePart, Value,
};

impl Reading<'_> {
    /// Thresholds become conditions on rows, on the answer, or on groups that are counted.
    pub(super) fn apply_thresholds(
        &mut self,
        thresholds: Vec<Threshold>,
        sought: Option<&Sought>,
        groups: &[Group],
        measures: &mut Vec<Measured>,
        plan: &mut Plan,
        around: &Around,
    ) -> Result<(), Refusal> {
        for threshold in thresholds {
            let Some(mut left) = self.threshold_measure(&threshold, measures, sought, around) else {
                return Err(Refusal::unclear(
                    "It is not clear what the number is compared with",
                    vec![self.typed(threshold.at)],
                ));
            };
            if let Quantity::Aggregate { value, function, .. } = &left.of
                && !matches!(function, Aggregate::CountDistinct)
                && self.row_filter(value, sought, measures)
            {
                let value = value.clone();
                measures.retain(|m| m.measure != left && sought.is_none_or(|s| m.at != s.at));
                plan.filters.extend(row_conditions(&value, &threshold));
                continue;
            }
            if let Quantity::Entities { entity, .. } = &left.of
                && let Some(same) = measures.iter().find(|m| counts_entity(&m.measure, entity, self))
            {
                left = same.measure.clone();
            }
            if self.in_percent(&threshold) && !self.is_percent(&left) && !self.speaks_of_parts() {
                let whole = measures.iter().position(|m| m.at > threshold.last && m.measure != left);
                let Some(whole) = whole else {
                    return Err(Refusal::unclear("Say of what the percentage is", vec![self.typed(threshold.at)]));
                };
                left = divide(left, measures[whole].measure.clone(), true);
            }
            let having = conditions(&left, &threshold);
            let counted = measures.iter().position(|m| {
                let number = self.is_any(m.at, &[Shape::HowMany, Shape::Number]);
                (number || self.text(m.at).starts_with("number of ")) && m.measure != left
            });
            if let Some(at) = counted.filter(|_| sought.is_none())
                && let Some(noun) = self.counted_noun(&measures[at].measure)
            {
                let mut having = having;
                if let Quantity::Groups { having: earlier, function: GroupFunction::Count, .. } =
                    &measures[at].measure.of
                {
                    having = earlier.iter().cloned().chain(having).collect();
                }
                measures.retain(|m| m.measure != left || m.at == 0);
                let at = at.min(measures.len().saturating_sub(1));
                measures[at].measure = Measure::new(Quantity::Groups {
                    per: vec![noun],
                    of: None,
                    having,
                    function: GroupFunction::Count,
                });
                continue;
            }
            if let Some(share) = sought.is_none().then(|| self.shared_entity(measures)).flatten()
                && let Some(measure) = self.share_reaching(&share, having.clone(), around)
            {
                *measures = vec![Measured { at: 0, measure }];
                continue;
            }
            if sought.is_none() && groups.is_empty() && plan.dimensions.is_empty() {
                return Err(Refusal::unclear(
                    "It is not clear whose number is compared",
                    vec![self.typed(threshold.at)],
                ));
            }
            if !measures.iter().any(|m| m.measure == left) {
                measures.retain(|m| sought.is_none_or(|s| m.at != s.at));
                measures.push(Measured { at: threshold.at, measure: left });
            }
            plan.having.extend(having);
        }
        Ok(())
    }

    pub(super) fn shared_entity(&self, measures: &[Measured]) -> Option<Noun> {
        let share = (0..self.len()).find(|&i| self.is(i, Shape::Share))?;
        let counted = measures.iter().find_map(|m| match &m.measure.of {
            Quantity::Entities { entity, .. } => Some(Noun::Entity(entity.clone())),
            _ => None,
        });
        counted.or_else(|| {
            let k = self.next_but(share, &[Shape::Of]).filter(|&k| self.entity(k).is_some() && self.plural(k))?;
            self.noun(k)
        })
    }

    /// The amount of money that the things sought have, when the question has no verb that says otherwise.
    pub(super) fn money_of(&self, sought: Option<&Sought>) -> Option<crate::plan::Field> {
        let table = self.table(&self.noun_table(&sought?.noun)?)?;
        let verb = (0..self.len()).any(|i| {
            self.is_any(i, &[Shape::Sell, Shape::Deed, Shape::AccountFor, Shape::HowMuch])
                || matches!(self.text(i), "spend" | "spent" | "spending" | "spenders")
        });
        let fact = table.facts.iter().find(|f| f.extension.format == crate::semantic::Format::Currency)?;
        let entity = table.extension.role == crate::semantic::TableRole::Entity;
        (!verb && entity).then(|| crate::plan::Field::new(&table.name, &fact.name))
    }

    /// Whether a number of rows is compared row by row: the thing sought or counted has it.
    pub(super) fn row_filter(&self, value: &Value, sought: Option<&Sought>, measures: &[Measured]) -> bool {
        let Value::Field { field } = value else { return false };
        let of_sought = sought.and_then(|s| self.noun_table(&s.noun)).is_some_and(|t| self.leads_to(&t, &field.table));
        let counted = measures.iter().any(|m| match &m.measure.of {
            Quantity::Entities { entity, .. } => self.entity_table(entity).is_some_and(|t| t.name == field.table),
            Quantity::Rows { table } => *table == field.table,
            _ => false,
        });
        let role = self.table(&field.table).map(|t| t.extension.role);
        let bought = role == Some(crate::semantic::TableRole::Entity)
            && sought.and_then(|s| self.noun_table(&s.noun)).is_some_and(|t| t != field.table)
            && self.main_fact().is_some_and(|fact| self.leads_to(&fact.name, &field.table))
            && (0..self.len()).any(|i| self.is_any(i, &[Shape::Deed, Shape::Sell]));
        of_sought || bought || counted || measures.iter().any(|m| !matches!(m.measure.of, Quantity::Aggregate { .. }))
    }

    /// "departments with over 1000 products": what is counted belongs to what is compared, whether it was sold or not.
    fn of_their_own(&self, noun: &Noun, sought: Option<&Sought>, measures: &[Measured]) -> bool {
        let counted = measures.first().and_then(|m| self.counted_noun(&m.measure)).and_then(|d| match d.by {
            Grouping::Column { field } => Some(field.table),
            Grouping::Entity { entity, .. } => self.entity_table(&entity).map(|t| t.name.clone()),
            _ => None,
        });
        let theirs = sought.and_then(|s| self.noun_table(&s.noun)).or(counted);
        let did = (0..self.len()).any(|i| self.is_any(i, &[Shape::Deed, Shape::Sell]))
            || self.tokens.iter().any(|t| t.is(&["sold", "bought", "sell", "buy", "purchased"]));
        theirs.is_some() && theirs == self.noun_table(noun) && !did
    }

    /// What a threshold's number counts.
    pub(super) fn threshold_measure(
        &mut self,
        threshold: &Threshold,
        measures: &[Measured],
        sought: Option<&Sought>,
        around: &Around,
    ) -> Option<Measure> {
        match &threshold.of {
            Some(Tally::Times) => {
                if let Some(event) = self.event() {
                    return Some(Measure::new(Quantity::Entities { entity: event, within: None }));
                }
            }
            Some(Tally::Parts(noun)) => return self.different(noun),
            None => {}
        }
        let after = self.next_but(threshold.last, &[Shape::Distinct, Shape::Of, Shape::Total, Shape::In, Shape::With]);
        let different =
            |k: usize| measures.iter().find(|m| m.at > threshold.last && m.at < k && self.is(m.at, Shape::Distinct));
        if let Some(found) = after.filter(|&k| self.used[k]).and_then(different) {
            return Some(found.measure.clone());
        }
        let distinct = after.is_some_and(|k| (threshold.last..k).any(|d| self.is(d, Shape::Distinct)));
        let of_each = after.filter(|_| distinct).and_then(|k| match self.noun(k)? {
            Noun::Column(field) if self.column_entity(&field).is_none() => Some(Noun::Column(field)),
            noun @ Noun::Entity(_) if self.used[k] && sought.is_none_or(|s| s.at != k) => Some(noun),
            _ => None,
        });
        if let Some(noun) = of_each {
            self.take_all(&(threshold.last..=after?).collect::<Vec<_>>());
            return match &noun {
                Noun::Column(_) => self.different(&noun),
                _ => Some(self.count_noun(&noun, &Around { active: true, tables: around.tables.clone() })),
            };
        }
        if let Some(k) = after.filter(|&k| !self.used[k] || measures.iter().any(|m| m.at == k)) {
            let found = self
                .items_sold(k, threshold.last)
                .or_else(|| self.metric(k).map(Measure::metric))
                .or_else(|| self.noun(k).filter(|noun| matches!(noun, Noun::Grain(_))).and_then(|n| self.different(&n)))
                .or_else(|| self.fact(k).map(|f| self.fact_measure(&f, None)))
                .or_else(|| {
                    let noun = self.noun(k).filter(|_| self.entity(k).is_some() && sought.is_none_or(|s| s.at != k))?;
                    let active = around.active || !self.of_their_own(&noun, sought, measures);
                    Some(self.count_noun(&noun, &Around { active, tables: around.tables.clone() }))
                });
            if let Some(found) = found {
                self.take(k);
                for d in threshold.last..k {
                    if self.is(d, Shape::Distinct) {
                        self.take(d);
                    }
                }
                return Some(found);
            }
        }
        let beside = self.before_but(threshold.at, &[Shape::Of, Shape::In, Shape::With]);
        let worth = |m: &&Measured| !threshold.money || self.is_money(&m.measure);
        if let Some(found) = measures.iter().filter(worth).find(|m| Some(m.at) == beside && self.metric(m.at).is_some())
        {
            return Some(found.measure.clone());
        }
        let amount = measures.iter().any(|m| m.at < threshold.at && self.is_money(&m.measure));
        if threshold.money
            && !amount
            && let Some(fact) = self.money_of(sought)
        {
            return Some(self.fact_measure(&fact, None));
        }
        let fits = |m: &Measured| !threshold.money || self.is_money(&m.measure);
        if let Some(found) =
            measures.iter().rev().find(|m| m.at < threshold.at && !self.is_any(m.at, &[Shape::HowMany]) && fits(m))
        {
            return Some(found.measure.clone());
        }
        if let Some(found) = measures.iter().find(|m| m.at > threshold.at) {
            return Some(found.measure.clone());
        }
        let verb = (0..self.len()).any(|i| {
            self.is_any(i, &[Shape::Sell, Shape::Deed, Shape::AccountFor, Shape::HowMuch])
                || matches!(self.text(i), "spend" | "spent")
        });
        if threshold.money || verb || sought.is_some_and(|s| matches!(s.noun, Noun::Grain(_))) {
            return self.default_metric().map(Measure::metric);
        }
        None
    }
}

impl Reading<'_> {
    /// The thing that each event is: a basket, an order.
    pub(super) fn event(&self) -> Option<String> {
        let found = self
            .model
            .entities()
            .find(|e| e.dimension.is_some() && e.table.extension.role == crate::semantic::TableRole::Fact)?;
        Some(found.entity.singular.clone())
    }

    /// How many different steps of the calendar or values of a column there are in the facts.
    pub(super) fn different(&self, noun: &Noun) -> Option<Measure> {
        let fact = self.main_fact()?;
        let time = || fact.extension.default_time.clone();
        let part = |part: TimePart| Some(Value::Part { of: Box::new(Value::Field { field: time()? }), part });
        let value = match noun {
            Noun::Grain(Grain::Month) => part(TimePart::Month)?,
            Noun::Grain(Grain::Quarter) => part(TimePart::Quarter)?,
            Noun::Grain(Grain::Day) => Value::Field { field: time()? },
            Noun::Part(known) => part(*known)?,
            Noun::Column(field) => Value::Field { field: field.clone() },
            _ => return None,
        };
        let function = Aggregate::CountDistinct;
        Some(Measure::new(Quantity::Aggregate { function, value, within: Some(fact.name.clone()) }))
    }

    /// "more than 20 items" in one basket: the metric of the facts that is called "number of items", when it is no count.
    pub(super) fn items_sold(&self, k: usize, from: usize) -> Option<Measure> {
        let distinct = (from..k).any(|d| self.is(d, Shape::Distinct));
        let metric = self.lexicon.metric_named(&format!("number of {}", self.tokens.get(self.items[k].at)?.lemma))?;
        let (table, found) = self.model.metric(&metric)?;
        let own = table.zip(self.main_fact()).is_some_and(|(a, b)| a.name == b.name);
        (own && !distinct && found.expr.starts_with("SUM(") && self.metric(k).is_none())
            .then(|| Measure::metric(metric))
    }

    /// The things that a measure counts.
    pub(super) fn counted_noun(&self, measure: &Measure) -> Option<Dimension> {
        match &measure.of {
            Quantity::Entities { entity, .. } => Some(Dimension::entity(entity)),
            Quantity::Groups { per, of: None, .. } => per.first().cloned(),
            Quantity::Aggregate { function: Aggregate::CountDistinct, value: Value::Field { field }, .. } => {
                Some(Dimension::new(Grouping::Column { field: field.clone() }))
            }
            Quantity::Metric { metric } => {
                let (table, found) = self.model.metric(metric)?;
                let table = table?;
                if let Some(key) = found.expr.strip_prefix("COUNT(DISTINCT ").and_then(|rest| rest.strip_suffix(')')) {
                    return self.noun_of_key(Some(&table.name), key).map(|noun| noun.dimension());
                }
                let entity = table.extension.entity.as_ref()?;
                (found.expr == "COUNT(*)" && table.extension.role == crate::semantic::TableRole::Entity)
                    .then(|| Dimension::entity(&entity.singular))
            }
            _ => None,
        }
    }
}

/// Whether a measure counts an entity, itself or as a metric for it.
fn counts_entity(measure: &Measure, entity: &str, reading: &Reading<'_>) -> bool {
    match &measure.of {
        Quantity::Entities { entity: other, .. } => other == entity,
        Quantity::Metric { metric } => reading.model.metric(metric).is_some_and(|(_, m)| {
            m.expr.starts_with("COUNT(")
                && m.extension
                    .unit
                    .as_deref()
                    .is_some_and(|unit| reading.model.entity(entity).is_some_and(|e| e.entity.plural == unit))
        }),
        _ => false,
    }
}

impl Reading<'_> {
    /// Whether the number of a threshold was said in percent.
    fn in_percent(&self, threshold: &Threshold) -> bool {
        (threshold.at..=threshold.last)
            .filter_map(|i| self.items.get(i)?.number())
            .any(|number| number.unit == crate::ask::words::Unit::Percent)
    }

    /// Whether the question asks for shares, which are in percent when all is put together.
    fn speaks_of_parts(&self) -> bool {
        let parts = [Shape::Share, Shape::InPercent, Shape::AsShareOf];
        (0..self.len()).any(|i| parts.iter().any(|&shape| self.is(i, shape)))
    }

    /// Whether a measure may be an amount of money.
    fn is_money(&self, measure: &Measure) -> bool {
        match &measure.of {
            Quantity::Entities { .. } | Quantity::Rows { .. } => false,
            Quantity::Metric { metric } => self
                .model
                .metric(metric)
                .is_none_or(|(_, found)| found.extension.format == crate::semantic::Format::Currency),
            _ => !self.is_percent(measure),
        }
    }

    /// Whether a measure is a number of percent itself.
    fn is_percent(&self, measure: &Measure) -> bool {
        match &measure.of {
            Quantity::Share { .. } | Quantity::CumulativeShare { .. } => true,
            Quantity::Arithmetic { percent, .. } | Quantity::Change { percent, .. } => *percent,
            Quantity::Metric { metric } => self
                .model
                .metric(metric)
                .is_some_and(|(_, found)| found.extension.format == crate::semantic::Format::Percent),
            _ => false,
        }
    }
}

pub(super) fn conditions(left: &Measure, threshold: &Threshold) -> Vec<Having> {
    let number = |value: f64| Measure::new(Quantity::Number { number: value });
    let mut out = vec![Having { left: left.clone(), is: threshold.is, right: number(threshold.value) }];
    if let Some(upper) = threshold.upper {
        out.push(Having { left: left.clone(), is: Comparison::AtMost, right: number(upper) });
    }
    out
}

fn row_conditions(value: &Value, threshold: &Threshold) -> Vec<Filter> {
    match threshold.upper {
        Some(upper) => vec![Filter::Between {
            value: value.clone(),
            from: Literal::Number(threshold.value),
            to: Literal::Number(upper),
            negated: false,
        }],
        None => vec![Filter::Compare {
            left: value.clone(),
            is: threshold.is,
            right: Value::Literal { literal: Literal::Number(threshold.value) },
        }],
    }
}
