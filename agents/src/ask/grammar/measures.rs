//! Measures: metrics, counts, averages per entity, aggregates of numbers.

use super::draft::{Group, Measured, Sought};
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape};
use crate::ask::refusal::Refusal;
use crate::plan::{Aggregate, Dimension, Field, Grain, GroupFunction, Measure, Operator, Quantity, Value};
use crate::semantic::Additivity;

/// What is known about the question when measures are read.
#[derive(Debug, Clone, Default)]
pub(super) struct Around {
    /// Something says that only those that occur in the facts count.
    pub(super) active: bool,
    /// Tables that filters and groups are in.
    pub(super) tables: Vec<String>,
}

impl Reading<'_> {
    /// All measures that the question names, in order.
    ///
    /// # Errors
    /// An average that could be of several things.
    pub(super) fn measures(
        &mut self,
        sought: Option<&Sought>,
        groups: &mut Vec<Group>,
        around: &Around,
    ) -> Result<Vec<Measured>, Refusal> {
        let mut out: Vec<Measured> = Vec::new();
        let mut i = 0;
        while i < self.len() {
            if !out.is_empty() && self.scene(i) {
                i += 1;
                continue;
            }
            if !self.used[i]
                && let Some(found) = self.measure_at(i, sought, groups, around)?
                && !out
                    .iter()
                    .any(|known| known.measure.of == found.measure.of && known.measure.filters == found.measure.filters)
            {
                let plain = matches!(&found.measure.of, Quantity::Metric { .. }) && found.at == i;
                out.push(found);
                if plain {
                    out.extend(self.other_readings(i));
                }
            }
            i += 1;
        }
        if !self.several.is_empty() {
            self.described(&mut out, groups)?;
        }
        let by_day = sought.is_some_and(|s| s.noun == Noun::Grain(Grain::Day))
            || groups.iter().any(|g| g.noun == Noun::Grain(Grain::Day));
        if by_day {
            out.retain(|m| !self.counts_days(&m.measure));
        }
        let strong = out.iter().any(|m| !self.weak(m.at));
        if strong {
            out.retain(|m| {
                !self.weak(m.at)
                    || self.is(m.at, Shape::Distinct)
                    || self.before(m.at).is_some_and(|k| self.is_any(k, &[Shape::Total, Shape::Average]))
            });
        }
        Ok(out)
    }

    /// Whether a noun that could be counted only says where another measure is taken: "revenue from delivery orders".
    fn scene(&self, i: usize) -> bool {
        self.entity(i).is_some()
            && self.metric(i).is_some()
            && self.before(i).is_some_and(|k| {
                self.is_value(k)
                    || self.is_any(k, &[Shape::From, Shape::Of, Shape::For, Shape::In, Shape::With, Shape::Each])
            })
    }

    fn measure_at(
        &mut self,
        i: usize,
        sought: Option<&Sought>,
        groups: &mut Vec<Group>,
        around: &Around,
    ) -> Result<Option<Measured>, Refusal> {
        if self.is_any(i, &[Shape::HowMany, Shape::Number]) {
            return Ok(self.counted(i, sought, around).map(|measure| self.per_thing(i, measure, groups, around)));
        }
        if self.is(i, Shape::HowMuch) {
            return Ok(self.how_much(i).map(|found| self.per_thing(i, found.measure, groups, around)));
        }
        if self.is(i, Shape::Distinct) {
            let Some(k) = self.next(i) else { return Ok(None) };
            if self.entity(k).is_some() || self.dimension(k).is_some() {
                return Ok(self.counted(i, sought, around).map(|measure| self.per_thing(i, measure, groups, around)));
            }
            return Ok(None);
        }
        if let Kind::Grain(_) = self.items[i].kind {
            return Ok(self.per_step(i));
        }
        if let Some(measure) = self.counted_where_sold(i) {
            return Ok(Some(Measured { at: i, measure }));
        }
        if let Some(metric) =
            self.metric(i).filter(|_| sought.is_none_or(|s| s.at != i) && (self.entity(i).is_none() || self.plural(i)))
        {
            return self.metric_at(i, &metric, groups, around).map(Some);
        }
        if let Some(fact) = self.fact(i) {
            if let Some(measure) = self.fact_per_event(i, &fact, groups, around) {
                return Ok(Some(Measured { at: i, measure }));
            }
            return Ok(Some(self.fact_at(i, &fact)));
        }
        if self.text(i) == "often" && self.text(i.saturating_sub(1)) == "how" {
            return Ok(self.how_often(i).map(|measure| Measured { at: i, measure }));
        }
        if let Some(measure) = self.average_count(i, sought, groups, around) {
            return Ok(Some(Measured { at: i, measure }));
        }
        if let Some(entity) = self.entity(i)
            && self.bare_count(i, &entity, sought, groups)
        {
            self.take(i);
            let noun = self.noun(i).unwrap_or(Noun::Entity(entity));
            let measure = self.count_noun(&noun, around);
            return Ok(Some(Measured { at: i, measure }));
        }
        Ok(None)
    }

    /// "how much did they spend": the default metric, unless a metric is named in the same breath.
    fn how_much(&mut self, i: usize) -> Option<Measured> {
        let breath: Vec<usize> = (i + 1..self.len())
            .take_while(|&k| !self.is_any(k, &[Shape::And, Shape::But]) && self.text(k) != ",")
            .collect();
        let again = (0..i).any(|k| self.is(k, Shape::HowMuch) && self.used[k]);
        let measured = |k: usize| (self.metric(k).is_some() || self.fact(k).is_some()) && !self.weak(k);
        let behind = self.next(i).is_none() && (0..i).any(measured);
        if again || behind {
            self.take(i);
            return None;
        }
        let named = breath.iter().any(|&k| (self.metric(k).is_some() || self.fact(k).is_some()) && !self.weak(k));
        if named
            || self.growing().is_some()
                && breath.iter().any(|&k| self.is_any(k, &[Shape::Grow, Shape::Shrink, Shape::Change]))
                && (0..self.len()).any(|k| self.metric(k).is_some() && !self.weak(k))
        {
            return None;
        }
        let metric = self.given_away(i).or_else(|| self.default_metric())?;
        self.take(i);
        for k in breath {
            if self.weak(k) && self.metric(k).is_some() {
                self.take(k);
            }
        }
        Some(Measured { at: i, measure: Measure::metric(metric) })
    }

    /// "how much did we give away": discounts, where the model has such a measure.
    fn given_away(&self, i: usize) -> Option<String> {
        let verbs = ["give", "gave", "given", "giving", "grant", "granted", "waive", "waived"];
        let said = self.tokens[self.items[i].at..].iter().take(6).any(|t| t.is(&verbs));
        self.lexicon.metric_named("discount").filter(|_| said)
    }

    /// The count of a noun: of its own rows, or of those that occur in the facts when the question says so.
    pub(super) fn count_noun(&self, noun: &Noun, around: &Around) -> Measure {
        let table = self.noun_table(noun);
        let within = match (noun, table) {
            (Noun::Entity(entity), Some(own)) => {
                let beyond = around.tables.iter().any(|t| !self.leads_to(&own, t));
                if around.active || beyond { self.activity(entity) } else { None }
            }
            (Noun::Column(_), Some(own)) => {
                let beyond = around.tables.iter().any(|t| !self.leads_to(&own, t));
                let sold = (0..self.len()).any(|i| self.is_any(i, &[Shape::Sell, Shape::Active]));
                let within = self.main_fact().filter(|fact| self.leads_to(&fact.name, &own) && fact.name != own);
                within.filter(|_| around.active || beyond || sold).map(|fact| fact.name.clone())
            }
            _ => None,
        };
        self.count_of(noun, within)
    }

    /// "average daily revenue", "monthly average sales", "highest weekly revenue": over steps of the calendar.
    fn per_step(&mut self, i: usize) -> Option<Measured> {
        let Some(Noun::Grain(grain)) = self.noun(i) else { return None };
        let before = self.before_but(i, &[Shape::Of, Shape::For]);
        let after = self.next_but(i, &[Shape::Number, Shape::Of, Shape::Total, Shape::Distinct])?;
        let (head, metric_at) = match before.and_then(|k| self.function(k)) {
            Some(function) => (function, after),
            None => match (self.function(after), self.next_but(after, &[Shape::Of, Shape::Number])) {
                (Some(function), Some(k)) => (function, k),
                _ => return None,
            },
        };
        let measure = self.plain_measure(metric_at)?;
        let function_at = if before.is_some_and(|k| self.function(k).is_some()) { before } else { Some(after) };
        let words = (i.min(metric_at)..metric_at)
            .filter(|&k| self.is_any(k, &[Shape::Number, Shape::Of, Shape::Total, Shape::Distinct]));
        let words: Vec<usize> = words.collect();
        self.take_all(&words);
        self.take_all(&function_at.into_iter().chain([i, metric_at]).collect::<Vec<_>>());
        Some(Measured { at: i, measure: over_steps(measure, grain, head) })
    }

    /// A measure at an item without its aggregate.
    pub(super) fn plain_measure(&self, k: usize) -> Option<Measure> {
        if let Some(metric) = self.metric(k) {
            return Some(Measure::metric(metric));
        }
        if let Some(fact) = self.fact(k) {
            return Some(self.fact_measure(&fact, None));
        }
        let entity = self.entity(k)?;
        Some(self.count_of(&Noun::Entity(entity.clone()), self.activity(&entity)))
    }

    /// The aggregate that a word names.
    fn function(&self, k: usize) -> Option<Aggregate> {
        match self.shape(k)? {
            Shape::Average => Some(Aggregate::Average),
            Shape::Median => Some(Aggregate::Median),
            Shape::Most => Some(Aggregate::Max),
            Shape::Least => Some(Aggregate::Min),
            Shape::Deviation => Some(Aggregate::Deviation),
            _ => None,
        }
    }

    /// A metric, with the average, the median or the "per" that stands by.
    fn metric_at(
        &mut self,
        i: usize,
        metric: &str,
        groups: &mut Vec<Group>,
        around: &Around,
    ) -> Result<Measured, Refusal> {
        let mut base = Measure::metric(metric);
        let before = self.before_but(i, &[Shape::Of, Shape::Number, Shape::Total, Shape::Distinct]);
        let average = before.filter(|&k| self.is(k, Shape::Average) && !self.used[k]).or_else(|| self.on_average());
        // "the median customer spend"
        let owner = before.filter(|&k| self.entity(k).is_some() && !self.plural(k)).and_then(|k| self.before(k));
        let median = before.into_iter().chain(owner).find(|&k| self.is_any(k, &[Shape::Median, Shape::Deviation]));
        self.take(i);
        if let Some(inner) = self.averaged(i)
            && let Some(noun) = self.ratio_noun(i, groups, true)
        {
            let measure = self.ratio(Measure::metric(inner), &noun, around);
            return Ok(Measured { at: i, measure });
        }
        if let Some(inner) = self.averaged(i).filter(|_| self.step_taken(i, groups)) {
            return Ok(Measured { at: i, measure: Measure::metric(inner) });
        }
        let own = self.per_entity(metric);
        if let Some(k) = median {
            self.take(k);
            let function = self.function(k).unwrap_or(Aggregate::Median);
            let per = own
                .clone()
                .or_else(|| self.per_noun(i, groups).or_else(|| self.whose(i)).map(|noun| (base.clone(), noun)));
            let Some((of, noun)) = per else {
                return Err(self.which_average(i, "median"));
            };
            return Ok(Measured {
                at: i,
                measure: over_groups(of, vec![noun.dimension()], GroupFunction::Of(function)),
            });
        }
        // "on average, how much revenue per day in each quarter": the average is in the measure.
        let rate = !self.additive(metric) && average.is_some_and(|k| Some(k) != before);
        if let Some(noun) = self.ratio_noun(i, groups, average.is_some() && !rate) {
            self.take_all(&average.into_iter().collect::<Vec<_>>());
            base = self.ratio(base, &noun, around);
            return Ok(Measured { at: i, measure: base });
        }
        if let Some(k) = average {
            self.take(k);
            if !self.additive(metric) {
                self.take_all(&self.on_average().into_iter().collect::<Vec<_>>());
            }
            if self.additive(metric) {
                let steps = (0..self.len()).find(|&g| !self.used[g] && matches!(self.items[g].kind, Kind::Grain(_)));
                if let Some(noun) = self.per_group(i, groups) {
                    return Ok(Measured {
                        at: i,
                        measure: over_groups(base, vec![noun.dimension()], GroupFunction::Of(Aggregate::Average)),
                    });
                }
                if steps.is_none()
                    && let Some(fact) = self.summed(metric)
                    && groups.is_empty()
                    && self.lexicon_line(i)
                {
                    base = Measure::new(Quantity::Aggregate {
                        function: Aggregate::Average,
                        value: Value::Field { field: fact },
                        within: None,
                    });
                } else {
                    return Err(self.which_average(i, "average"));
                }
            }
        }
        Ok(Measured { at: i, measure: base })
    }

    /// The metric inside "average sales" where a "per" follows.
    fn averaged(&self, i: usize) -> Option<String> {
        let next = self.next(i).filter(|&k| self.is_any(k, &[Shape::Per]) || self.used[k] && self.text(k) == "per");
        next?;
        let item = &self.items[i];
        let rest = self.tokens[item.at..item.at + item.len]
            .iter()
            .skip(1)
            .map(|t| t.lemma.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        let average = self.tokens[item.at].is(&["average", "avg", "mean"]);
        average.then(|| self.lexicon.metric_named(&rest)).flatten().filter(|inner| self.additive(inner))
    }

    /// Whether the "per day" behind was taken already, for what is usual in a day.
    fn step_taken(&self, i: usize, groups: &[Group]) -> bool {
        self.next(i).and_then(|per| self.next(per)).is_some_and(|k| match self.items[k].kind {
            Kind::Grain(grain) => self.used[k] && !groups.iter().any(|g| g.noun == Noun::Grain(grain)),
            _ => false,
        })
    }

    /// Whether the words say "amount" or "line": the average is then over rows.
    fn lexicon_line(&self, i: usize) -> bool {
        let text = self.text(i);
        text.contains("amount") || text.contains("line") || text.contains("value")
    }

    pub(super) fn which_average(&self, i: usize, what: &str) -> Refusal {
        let word = self.text(i).to_owned();
        let nouns: Vec<String> =
            self.model.entities().take(4).map(|e| format!("{what} {word} per {}", e.entity.singular)).collect();
        Refusal::unclear(&format!("It is not clear over what the {what} is to be taken"), vec![word]).suggest(nouns)
    }

    /// An "on average" that belongs to the whole question.
    pub(super) fn on_average(&self) -> Option<usize> {
        (0..self.len()).find(|&k| {
            !self.used[k]
                && self.is(k, Shape::Average)
                && matches!(self.text(k), "on average" | "typically" | "averaged" | "in the mean")
        })
    }

    pub(super) fn entity_like(&self, field: &Field) -> bool {
        self.table(&field.table).is_some_and(|t| t.extension.role == crate::semantic::TableRole::Fact)
    }

    /// Whether a measure is of another fact table than the one in which things act.
    pub(super) fn beyond_facts(&self, base: &Measure, entity: &str) -> bool {
        let Quantity::Metric { metric } = &base.of else { return false };
        let own = self.model.metric(metric).and_then(|(table, _)| table);
        own.is_some_and(|table| {
            table.extension.role == crate::semantic::TableRole::Fact
                && self.activity(entity).is_some_and(|acts| acts != table.name)
                && self.entity_table(entity).is_some_and(|t| self.leads_to(&table.name, &t.name))
        })
    }

    fn per_noun(&mut self, _i: usize, groups: &mut Vec<Group>) -> Option<Noun> {
        let at = groups.iter().position(|g| {
            matches!(g.noun, Noun::Entity(_) | Noun::Grain(_))
                || matches!(&g.noun, Noun::Column(f) if self.entity_like(f))
        })?;
        Some(groups.remove(at).noun)
    }

    /// Whether a metric is a plain sum or count that an average would need a "per" for.
    pub(super) fn additive(&self, metric: &str) -> bool {
        self.model.metric(metric).is_some_and(|(_, m)| {
            m.extension.additivity == Additivity::Additive || m.expr.to_uppercase().starts_with("COUNT")
        })
    }

    /// The number that a metric sums, where it does nothing else.
    pub(super) fn summed(&self, metric: &str) -> Option<Field> {
        let (table, found) = self.model.metric(metric)?;
        let table = table?;
        let inner = found.expr.strip_prefix("SUM(").and_then(|rest| rest.strip_suffix(')'))?;
        table.facts.iter().find(|f| f.name == inner).map(|f| Field::new(&table.name, &f.name))
    }

    /// For a metric that is a ratio to a count: the measure above and the noun below.
    pub(super) fn per_entity(&self, metric: &str) -> Option<(Measure, Noun)> {
        let (_, found) = self.model.metric(metric)?;
        let (above, below) = found.expr.split_once(" / ")?;
        let above = above.trim_start_matches("1.0 * ").trim();
        let below = below.trim_start_matches("NULLIF(").split([',', ')']).next()?.trim();
        let (_, above_metric) = self.model.metric(above)?;
        let (table, below_metric) = self.model.metric(below)?;
        let counted = below_metric.expr.strip_prefix("COUNT(DISTINCT ").and_then(|rest| rest.strip_suffix(')'))?;
        let noun = self
            .noun_of_key(table.map(|t| t.name.as_str()), counted)
            .or_else(|| (below_metric.extension.unit.as_deref() == Some("days")).then_some(Noun::Grain(Grain::Day)))?;
        Some((Measure::metric(above_metric.name.clone()), noun))
    }

    pub(super) fn noun_of_key(&self, table: Option<&str>, key: &str) -> Option<Noun> {
        let (table, key) = key.split_once('.').map_or((table, key), |(t, k)| (Some(t), k));
        self.model.entities().find_map(|e| match e.dimension {
            Some(dimension) if dimension.name == key => Some(Noun::Column(Field::new(&e.table.name, &dimension.name))),
            None if e.entity.key.as_deref() == Some(key) && table.is_none_or(|t| t == e.table.name) => {
                Some(Noun::Entity(e.entity.singular.clone()))
            }
            _ => None,
        })
    }

    /// "average amount per trip": what the lines of an event come to, and no mean of single lines.
    fn fact_per_event(&mut self, i: usize, fact: &Field, groups: &mut Vec<Group>, around: &Around) -> Option<Measure> {
        let average = self.before_but(i, &[Shape::Of, Shape::Total]).filter(|&k| self.is(k, Shape::Average));
        let average = average.or_else(|| self.on_average())?;
        let table = self.table(&fact.table)?;
        let metric = table.metrics.iter().find(|m| self.summed(&m.name).as_ref() == Some(fact))?.name.clone();
        let event = |g: &Group| matches!(&g.noun, Noun::Column(field) if self.entity_like(field));
        if !groups.iter().any(event) {
            return None;
        }
        let noun = self.ratio_noun(i, groups, true)?;
        self.take_all(&[i, average]);
        Some(self.ratio(Measure::metric(metric), &noun, around))
    }

    /// A number of rows with the aggregate that stands by; else its sum or, where it can't be summed, its average.
    fn fact_at(&mut self, i: usize, fact: &Field) -> Measured {
        let before = self.before_but(i, &[Shape::Of, Shape::Distinct, Shape::Number]);
        let function = before.filter(|&k| !self.used[k]).and_then(|k| self.function(k).map(|f| (k, f)));
        let total = before.is_some_and(|k| self.is(k, Shape::Total));
        self.take(i);
        let averaged = self.on_average();
        let function = match (function, averaged) {
            (Some((k, f)), _) => {
                self.take(k);
                Some(f)
            }
            (None, Some(k)) => {
                self.take(k);
                Some(Aggregate::Average)
            }
            _ => total.then_some(Aggregate::Sum),
        };
        Measured { at: i, measure: self.fact_measure(fact, function) }
    }

    /// A number of rows under an aggregate.
    pub(super) fn fact_measure(&self, fact: &Field, function: Option<Aggregate>) -> Measure {
        let additivity = self
            .table(&fact.table)
            .and_then(|t| t.facts.iter().find(|f| f.name == fact.name))
            .map_or(Additivity::Additive, |f| f.extension.additivity);
        let function =
            function.unwrap_or(if additivity == Additivity::None { Aggregate::Average } else { Aggregate::Sum });
        Measure::new(Quantity::Aggregate { function, value: Value::Field { field: fact.clone() }, within: None })
    }
}

/// One measure over another.
pub(super) fn divide(left: Measure, right: Measure, percent: bool) -> Measure {
    Measure::new(Quantity::Arithmetic {
        operator: Operator::Divide,
        left: Box::new(left),
        right: Box::new(right),
        percent,
    })
}

/// An aggregate over groups.
pub(super) fn over_groups(of: Measure, per: Vec<Dimension>, function: GroupFunction) -> Measure {
    Measure::new(Quantity::Groups { per, of: Some(Box::new(of)), having: Vec::new(), function })
}

fn over_steps(of: Measure, grain: Grain, function: Aggregate) -> Measure {
    over_groups(of, vec![Dimension::time(grain)], GroupFunction::Of(function))
}
