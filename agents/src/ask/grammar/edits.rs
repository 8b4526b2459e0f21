//! Changes of the question before that are more than other words in it: compared with, counted, turned round, limited.

use super::filters::{Choice, Meaning, plan_period};
use super::reading::Reading;
use crate::ask::link::{Item, Kind, Shape, Target};
use crate::ask::refusal::Refusal;
use crate::ask::time::{Period, When};
use crate::ask::words::lemmas;
use crate::plan::{
    Compare, CompareColumn, Dimension, Filter, Grain, Grouping, Literal, Measure, Order, OrderKey, Plan, Quantity,
    Value,
};
use jiff::Span;

impl Reading<'_> {
    /// Words of a follow-up that only lean on the question before, and what is named to be given up for something else.
    pub(super) fn leaning_words(&mut self, plan: &mut Plan) {
        let quiet =
            ["thing", "things", "further", "series", "turn", "convert", "express", "add", "split", "focus", "view"];
        for i in 0..self.len() {
            let unknown = matches!(self.items[i].kind, Kind::Unknown) && quiet.contains(&self.text(i));
            if unknown || self.is(i, Shape::Same) {
                self.items[i].kind = Kind::Shape(Shape::Filler);
            }
            if !self.is(i, Shape::Instead) {
                continue;
            }
            self.take(i);
            let given_up = matches!(self.text(i), "instead of" | "in place of" | "not");
            if let Some(k) = self.next(i).filter(|_| given_up) {
                if let Some(dimension) = self.noun(k).map(|noun| noun.dimension()) {
                    plan.dimensions.retain(|d| d.by != dimension.by);
                }
                self.items[k].kind = Kind::Shape(Shape::Filler);
            }
        }
    }

    /// Whether a question speaks of what came before: "how many baskets was that", "what was their total".
    pub(super) fn refers_back(&self) -> bool {
        let words: Vec<&str> = self.tokens.iter().filter(|t| !t.mark).map(|t| t.norm.as_str()).collect();
        let asked = matches!(words.first(), Some(&("how" | "what" | "and" | "so")));
        let last = matches!(words.last(), Some(&("that" | "those" | "it" | "then" | "they" | "them")));
        let of = words.windows(2).any(|two| matches!(two, ["of", "them" | "those" | "these"]));
        let ends = matches!(words.last(), Some(&"too")) || words.ends_with(&["as", "well"]);
        let also = ends && words.len() > 2 || words.iter().take(4).any(|word| *word == "also");
        let they = words.iter().any(|word| matches!(*word, "they" | "their" | "them" | "each"));
        words.len() <= 9 && (asked && (last || they) || of || also)
            || (0..self.len()).any(|i| self.is_any(i, &[Shape::Same, Shape::Instead, Shape::Turned]))
    }

    /// "now show that per basket": the measure before is said again in front of it, and is one of its own where it has a
    /// name.
    pub(super) fn per_as_before(&mut self, plan: &Plan) {
        let [Measure { of: Quantity::Metric { metric }, filters, .. }] = plan.measures.as_slice() else { return };
        let inner = self.per_entity(metric).map(|(of, _)| of.of);
        let Quantity::Metric { metric } = inner.unwrap_or(Quantity::Metric { metric: metric.clone() }) else { return };
        let Some((_, known)) = self.model.metric(&metric).filter(|_| filters.is_empty()) else { return };
        let Some((i, k)) = (0..self.len()).find_map(|i| {
            let k = self.next(i).filter(|&k| self.is(i, Shape::Per) && self.entity(k).is_some())?;
            Some((i, k))
        }) else {
            return;
        };
        let other = |m: usize| m != k && self.metric(m).is_some() && !self.weak(m);
        if (0..self.len()).any(|m| other(m) || self.is_any(m, &[Shape::HowMany, Shape::HowMuch, Shape::Number])) {
            return;
        }
        let token = &self.tokens[self.items[k].at + self.items[k].len - 1];
        let things = [token.lemma.clone(), self.entity(k).unwrap_or_default()];
        let names: Vec<String> =
            std::iter::once(&known.name).chain(&known.synonyms).map(|name| lemmas(name).join(" ")).collect();
        let mut phrases = things.iter().flat_map(|thing| names.iter().map(move |name| format!("{name} per {thing}")));
        if let Some(whole) = phrases.find_map(|phrase| self.lexicon.metric_named(&phrase)) {
            self.items[i].kind = Kind::Shape(Shape::Filler);
            self.items[k].kind = Kind::Link(vec![Target::Metric(whole)]);
        } else {
            let kind = Kind::Link(vec![Target::Metric(metric.clone())]);
            let said = Item { kind, text: metric.clone(), ..self.items[i].clone() };
            self.items.insert(i, said);
            self.used.insert(i, false);
        }
    }

    /// "what about cities?": in the place of the only groups there are, where nothing else is named.
    pub(super) fn other_groups(&mut self, plan: &mut Plan) {
        let [dimension] = plan.dimensions.as_mut_slice() else { return };
        let named: Vec<usize> = (0..self.len())
            .filter(|&i| {
                !self.used[i] && !self.is_any(i, &[Shape::Filler, Shape::Mark, Shape::And, Shape::For, Shape::Which])
            })
            .collect();
        let about = self.tokens.iter().any(|t| t.is(&["about", "for", "and", "now", "same"]));
        let [at] = named.as_slice() else { return };
        let timed = matches!(dimension.by, Grouping::Time { .. } | Grouping::Part { .. });
        if let Some(noun) = self.noun(*at).filter(|_| about && !timed && self.plural(*at) && !self.is_value(*at)) {
            dimension.by = noun.dimension().by;
            self.take(*at);
        }
    }

    /// "now as a running total": of the steps there are.
    pub(super) fn running_rows(&mut self, plan: &mut Plan) {
        let Some(at) = self.find(Shape::Running) else { return };
        let timed = plan.dimensions.iter().any(|d| matches!(d.by, Grouping::Time { .. }));
        let [measure] = plan.measures.as_slice() else { return };
        if timed && matches!(measure.of, Quantity::Metric { .. }) {
            self.take(at);
            let of = Box::new(measure.clone());
            plan.measures.push(Measure::new(Quantity::Running { of }));
        }
    }

    /// Whether a question can only be meant as a change of the one before: "now …", "… instead", "what about …".
    pub(super) fn only_edits(&self) -> bool {
        let words: Vec<&str> = self.tokens.iter().filter(|t| !t.mark).map(|t| t.norm.as_str()).collect();
        let start = |phrase: &[&str]| words.starts_with(phrase);
        let first =
            matches!(words.first(), Some(&("now" | "only" | "instead" | "same" | "but" | "without" | "except")));
        let whole = words.iter().any(|word| matches!(*word, "which" | "who" | "many" | "much")) && !first;
        let points = words.iter().any(|word| matches!(*word, "instead" | "those" | "them" | "these"));
        first
            || points && !whole
            || start(&["what", "about"])
            || start(&["how", "about"])
            || start(&["and", "for"])
            || start(&["the", "same"])
            || start(&["show", "that"])
            || start(&["and", "only"])
            || self.has(Shape::Same)
            || self.has(Shape::Instead)
    }

    /// "how many orders did they place?": another number of the rows before.
    pub(super) fn of_them(&self, plan: &Plan) -> bool {
        plan.top.is_some() && self.tokens.iter().any(|t| t.is(&["they", "their", "them", "each"]))
    }

    /// "how many are there?": only the number of the rows before.
    pub(super) fn only_how_many(&self) -> bool {
        let mut asked = false;
        (0..self.len()).all(|i| {
            let counts = self.is_any(i, &[Shape::HowMany, Shape::Number]);
            asked |= counts;
            counts
                || self.is_value(i) && self.noun(i).is_none()
                || self.is_any(
                    i,
                    &[Shape::Filler, Shape::Mark, Shape::That, Shape::Of, Shape::And, Shape::List, Shape::In],
                )
                || matches!(self.items[i].kind, Kind::Time(_))
        }) && asked
    }

    /// "the other way round": the other end, or the other order.
    pub(super) fn turned_round(&mut self, plan: &mut Plan) -> Result<(), Refusal> {
        let Some(at) = self.find(Shape::Turned) else { return Ok(()) };
        self.take(at);
        if let Some(top) = &mut plan.top {
            top.ascending = !top.ascending;
        } else if let Some(order) = plan.order.first_mut() {
            order.descending = !order.descending;
        } else if plan.dimensions.len() == 2 {
            plan.dimensions.swap(0, 1);
        } else {
            return Err(Refusal::unclear("Nothing of the question before has an order", vec![self.typed(at)]));
        }
        Ok(())
    }

    /// "rank them": the greatest first.
    pub(super) fn ranked_rows(&mut self, plan: &mut Plan) {
        if let Some(at) = self.find(Shape::Rank)
            && !plan.dimensions.is_empty()
            && !plan.measures.is_empty()
        {
            self.take(at);
            plan.order = vec![Order { by: OrderKey::Measure(0), descending: true }];
        }
    }

    /// "only those above 100,000": a condition on what is measured.
    pub(super) fn only_beyond(&mut self, plan: &mut Plan) -> Result<(), Refusal> {
        for threshold in self.thresholds() {
            let left = plan.measures.iter().find(|m| !m.hidden).cloned();
            let Some(left) = left.filter(|_| !plan.dimensions.is_empty()) else {
                return Err(Refusal::unclear(
                    "It is not clear what the number is compared with",
                    vec![self.typed(threshold.at)],
                ));
            };
            plan.having.extend(super::threshold::conditions(&left, &threshold));
        }
        Ok(())
    }

    /// "and overall?": without the groups, or without the one condition.
    pub(super) fn overall(&self, plan: &mut Plan) -> bool {
        let quiet = (0..self.len()).all(|i| {
            self.is_any(i, &[Shape::Filler, Shape::Mark, Shape::And, Shape::Total, Shape::For, Shape::In, Shape::But])
        });
        if !quiet || !self.has(Shape::Total) {
            return false;
        }
        if !plan.dimensions.is_empty() {
            plan.dimensions.clear();
            plan.order.clear();
            plan.top = None;
            plan.having.clear();
        } else if plan.filters.len() == 1 {
            plan.filters.clear();
        } else {
            return false;
        }
        true
    }

    /// "now for all states": no longer the one state that the question before was about.
    pub(super) fn widened(&self, plan: &mut Plan, new: &[Dimension]) {
        if !self.has(Shape::Each) {
            return;
        }
        plan.filters.retain(|filter| {
            !new.iter().any(|d| match (&d.by, filter) {
                (
                    Grouping::Column { field },
                    Filter::Compare { left: Value::Field { field: known }, .. }
                    | Filter::OneOf { value: Value::Field { field: known }, negated: false, .. },
                ) => field == known,
                _ => false,
            })
        });
    }

    /// "compare that with Ohio": the value of the question before and the new one, in two rows.
    pub(super) fn compared_value(&mut self, choices: &mut Vec<Choice>, plan: &mut Plan) {
        let Some(versus) = self.find(Shape::Versus) else { return };
        for at in 0..choices.len() {
            let [Meaning::Values { field, values }] = choices[at].parts.as_slice() else { continue };
            let (field, values) = (field.clone(), values.clone());
            let known = plan.filters.iter_mut().find_map(|filter| match filter {
                Filter::Compare {
                    left: Value::Field { field: of },
                    is: crate::plan::Comparison::Equal,
                    right: Value::Literal { literal },
                } if *of == field => Some((literal.clone(), filter)),
                _ => None,
            });
            let Some((literal, filter)) = known else { continue };
            let mut all = vec![literal];
            all.extend(values.into_iter().map(Literal::Text));
            *filter = Filter::OneOf { value: Value::Field { field: field.clone() }, values: all, negated: false };
            plan.dimensions.push(Dimension::new(Grouping::Column { field }));
            let choice = choices.remove(at);
            self.filter(&choice);
            self.take(versus);
            return;
        }
    }

    /// "compare that with Q3", "and the quarter before?": another time next to that of the question before, or in its place.
    pub(super) fn other_time(&mut self, plan: &mut Plan) -> Result<(), Refusal> {
        let Some(now) = plan.period.as_ref().and_then(|p| self.as_said(p)) else { return Ok(()) };
        let versus = self.find(Shape::Versus);
        let yearly = self.find(Shape::YearOnYear);
        let stepwise = [Shape::MonthOnMonth, Shape::QuarterOnQuarter, Shape::WeekOnWeek, Shape::PreviousPeriod]
            .into_iter()
            .find_map(|shape| self.find(shape));
        let step = self.step_before(&now);
        let named: Vec<(usize, Period)> = (0..self.len())
            .filter_map(|i| match self.items[i].kind {
                Kind::Time(When::Period(period)) if !self.used[i] => Some((i, period)),
                _ => None,
            })
            .collect();
        let whole_year = |p: &Period| p.grain == Some(Grain::Year) && now.grain != Some(Grain::Year);
        let (other, used) = match (versus, yearly, stepwise, &step, named.as_slice()) {
            (_, Some(at), ..) => (self.calendar.year_before(&now), vec![at]),
            (_, _, Some(at), ..) => (self.calendar.before(&now), vec![at]),
            (Some(_), _, _, Some(items), _) => (self.calendar.before(&now), items.clone()),
            (Some(_), _, _, None, [(at, p)]) if whole_year(p) => (self.calendar.year_before(&now), vec![*at]),
            (Some(_), _, _, None, [(at, p)]) => (Some(*p), vec![*at]),
            (None, _, _, Some(items), _) => {
                self.take_all(items);
                plan.period = self.calendar.before(&now).map(|p| plan_period(&p));
                return Ok(());
            }
            _ => return Ok(()),
        };
        let Some(other) = other else { return Ok(()) };
        let timed = plan.dimensions.iter().any(|d| matches!(d.by, Grouping::Time { .. } | Grouping::Part { .. }));
        if timed || plan.compare.is_some() {
            return Err(Refusal::unclear("Say which two times are to be compared", vec![self.typed(used[0])]));
        }
        self.take_all(&used);
        self.take_all(&versus.into_iter().collect::<Vec<_>>());
        let (base, later) = if other.start <= now.start { (other, now) } else { (now, other) };
        plan.period = None;
        let rows = Reading::period_rows(&base, &later).filter(|_| plan.dimensions.is_empty());
        if let Some((dimension, filter)) = rows {
            plan.dimensions.push(dimension);
            plan.filters.push(filter);
        } else {
            let show = vec![CompareColumn::Base, CompareColumn::Other];
            plan.compare = Some(Compare { ..Reading::period_compare(&base, &later, show) });
        }
        Ok(())
    }

    /// "the quarter before": a step like that of the question before.
    fn step_before(&self, now: &Period) -> Option<Vec<usize>> {
        (0..self.len()).find_map(|i| {
            let same = matches!(self.items[i].kind, Kind::Grain(grain) if Some(grain) == now.grain);
            let before = self.next(i).filter(|&k| same && matches!(self.text(k), "before" | "earlier"));
            before.map(|k| vec![i, k])
        })
    }

    /// A period of a plan as the words of time say it: with its last day and its step of the calendar.
    fn as_said(&self, period: &crate::plan::Period) -> Option<Period> {
        let (start, end) = (period.from?, crate::ask::time::moved(period.until?, Span::new().days(-1)));
        let steps = [Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::Year];
        let grain = steps.into_iter().find(|&grain| {
            let held = self.calendar.holding(start, grain);
            held.start == Some(start) && held.end == Some(end)
        });
        Some(Period { start: Some(start), end: Some(end), grain })
    }

    /// "only Texas stores": there the stores say nothing more.
    pub(super) fn nouns_of_values(&mut self) {
        let counting = (0..self.len()).any(|i| self.is_any(i, &[Shape::HowMany, Shape::Number]));
        for i in 1..self.len() {
            let beside = self.before(i).is_some_and(|k| self.is_value(k) && self.used[k]);
            if !counting && beside && self.entity(i).is_some() && self.plural(i) {
                self.take(i);
            }
        }
    }

    /// A noun after a value only says what the value is of, where nothing is counted: "only Texas stores".
    pub(super) fn counted_anew(&self, at: usize, measure: &Measure) -> bool {
        let count = matches!(measure.of, Quantity::Entities { .. });
        let counting = (0..self.len()).any(|i| self.is_any(i, &[Shape::HowMany, Shape::Number]));
        !count || counting || !self.before(at).is_some_and(|k| self.is_value(k))
    }
}
