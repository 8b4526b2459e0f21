//! Counts: how many of a noun, over the things it is said of, how often.

use super::draft::{Group, Measured, Sought};
use super::measures::{Around, divide};
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape, Target};
use crate::ask::time::When;
use crate::plan::{Field, Measure, Quantity};

impl Reading<'_> {
    /// The number that a metric averages, where it does nothing else.
    pub(super) fn averaged_field(&self, metric: &str) -> Option<Field> {
        let (table, found) = self.model.metric(metric)?;
        let inner = found.expr.strip_prefix("AVG(").and_then(|rest| rest.strip_suffix(')'))?;
        let table = table?;
        table.facts.iter().find(|f| f.name == inner).map(|f| Field::new(&table.name, &f.name))
    }

    /// A name that several metrics have, such as a basket's size in money and in units: all of them are told.
    pub(super) fn other_readings(&self, i: usize) -> Vec<Measured> {
        let metrics = self.targets(i).iter().filter_map(|t| match t {
            Target::Metric(name) => Some(Measured { at: i, measure: Measure::metric(name) }),
            _ => None,
        });
        metrics.skip(1).collect()
    }

    /// Whether a measure is a number of days, which says nothing of a single one.
    pub(super) fn counts_days(&self, measure: &Measure) -> bool {
        let Quantity::Metric { metric } = &measure.of else { return false };
        self.model.metric(metric).is_some_and(|(_, m)| m.extension.unit.as_deref() == Some("days"))
    }

    /// "average customers per day": the average over the groups of how many there are.
    pub(super) fn average_count(
        &mut self,
        i: usize,
        sought: Option<&Sought>,
        groups: &mut Vec<Group>,
        around: &Around,
    ) -> Option<Measure> {
        let entity = self.entity(i).filter(|_| self.plural(i) && sought.is_none())?;
        let average = self.before(i).filter(|&k| !self.used[k] && self.is(k, Shape::Average))?;
        let noun = self.noun(i)?;
        let measure = self.count_of(&noun, self.activity(&entity));
        let per = self.per_group(i, groups)?;
        self.take_all(&[average, i]);
        Some(self.ratio(measure, &per, around))
    }

    /// The noun of a group that stands right behind with "per" or "each".
    pub(super) fn per_group(&mut self, i: usize, groups: &mut Vec<Group>) -> Option<Noun> {
        let skip = [Shape::Per, Shape::Each, Shape::Distinct, Shape::Deed, Shape::Sell, Shape::In];
        let at = groups.iter().position(|g| {
            let per = self.before_but(g.at, &[Shape::Each, Shape::Distinct]).is_some_and(|k| self.is(k, Shape::Per));
            (per || g.each) && !matches!(g.noun, Noun::Part(_)) && self.before_but(g.at, &skip) == Some(i)
        })?;
        Some(groups.remove(at).noun)
    }

    /// "how often does a customer shop": events per entity.
    pub(super) fn how_often(&mut self, i: usize) -> Option<Measure> {
        let actor = (0..self.len()).find(|&k| {
            self.entity(k).is_some_and(|e| self.entity_field(&e).is_none() && self.activity(&e).is_some())
        })?;
        let deed = (0..self.len()).any(|k| {
            self.is_any(k, &[Shape::Deed, Shape::Sell])
                || matches!(self.text(k), "shop" | "buy" | "purchase" | "order" | "come" | "visit")
        });
        let noun = self.noun(actor).filter(|_| deed)?;
        let event = self.event()?;
        self.take_all(&[i, actor]);
        self.take_all(&self.on_average().into_iter().collect::<Vec<_>>());
        let events = Measure::new(Quantity::Entities { entity: event, within: None });
        let Noun::Entity(entity) = &noun else { return None };
        Some(divide(events, self.count_of(&noun, self.activity(entity)), false))
    }

    /// "how many renters", "how many bananas did we sell": things that are named by a value alone.
    pub(super) fn counted_values(&mut self, i: usize, around: &Around) -> Option<Measure> {
        // Values that are set against each other are taken by then.
        let apart = self.lists.apart || self.has(Shape::Versus);
        let value = self.next(i).filter(|&k| self.is_value(k) && (apart || !self.used[k]))?;
        let field = self.targets(value).iter().find_map(|t| match t {
            Target::Values { field, .. } => Some(field.clone()),
            _ => None,
        })?;
        let entity = self.table(&field.table)?.extension.entity.as_ref()?;
        let sold = (0..self.len()).any(|k| {
            self.is_any(k, &[Shape::Sell, Shape::Deed]) || matches!(self.text(k), "sold" | "sell" | "bought" | "buy")
        });
        if !entity.verbs.is_empty() {
            self.take(i);
            return Some(self.count_noun(&Noun::Entity(entity.singular.clone()), around));
        }
        let units = self.lexicon.metric_named("number of unit").filter(|_| sold)?;
        self.take(i);
        Some(Measure::metric(units))
    }

    /// "how many fall into each": the noun was said before.
    pub(super) fn counted_before(&mut self, i: usize, around: &Around) -> Option<Measure> {
        let Some(k) = (0..i).rev().find(|&k| self.entity(k).is_some() && self.plural(k)) else {
            return self.those_with_values(i, around);
        };
        let noun = self.noun(k)?;
        self.take_all(&[i, k]);
        Some(self.count_noun(&noun, around))
    }

    /// "number of products sold per department": of the things that a metric counts, those in the facts.
    pub(super) fn counted_where_sold(&mut self, i: usize) -> Option<Measure> {
        let metric = self.metric(i)?;
        let (table, found) = self.model.metric(&metric)?;
        let table = table.filter(|t| t.extension.role == crate::semantic::TableRole::Entity)?;
        let entity = table.extension.entity.as_ref().filter(|_| found.expr == "COUNT(*)")?.singular.clone();
        let after = self.tokens.get(self.items[i].at + self.items[i].len)?;
        let sold = after.is(&["sold", "bought", "purchased", "ordered"]);
        let within = self.activity(&entity).filter(|_| sold)?;
        self.take(i);
        Some(Measure::new(Quantity::Entities { entity, within: Some(within) }))
    }

    /// "homeowners and renters: how many of them buy": things that were named by values before.
    fn those_with_values(&mut self, i: usize, around: &Around) -> Option<Measure> {
        let spoken = self.tokens[self.items[i].at..].iter().take(5).any(|t| t.is(&["them", "those", "these", "they"]));
        let field = (0..i).rev().filter(|_| spoken).find_map(|k| {
            self.targets(k).iter().find_map(|t| match t {
                Target::Values { field, .. } => Some(field.clone()),
                _ => None,
            })
        })?;
        let entity = self.table(&field.table)?.extension.entity.as_ref().filter(|e| !e.verbs.is_empty())?;
        let noun = Noun::Entity(entity.singular.clone());
        self.take(i);
        Some(self.count_noun(&noun, around))
    }

    /// "for how many products did we set a target": those that occur in the other facts.
    fn counted_elsewhere(&mut self, k: usize, noun: &Noun) -> Option<Measure> {
        let Noun::Entity(entity) = noun else { return None };
        let own = self.entity_table(entity)?.name.clone();
        let main = self.main_fact()?.name.clone();
        let has = ["set", "have", "has", "had", "with", "is", "are", "there", "got", "fixed", "defined"];
        let at = (k..self.len()).find(|&m| {
            let table = self.metric(m).and_then(|metric| self.model.metric(&metric)).and_then(|(table, _)| table);
            table.is_some_and(|t| t.name != main && self.leads_to(&t.name, &own)) && !self.used[m]
        })?;
        let plain = (0..self.len()).all(|i| {
            i == k
                || i == at
                || matches!(self.items[i].kind, Kind::Time(_) | Kind::Unknown)
                || self.shape(i).is_some_and(|shape| {
                    shape.soft() || matches!(shape, Shape::HowMany | Shape::Number | Shape::Ever | Shape::Distinct)
                })
        });
        let said = self.tokens.iter().any(|t| t.is(&has));
        let metric = self.metric(at)?;
        let table = self.model.metric(&metric).and_then(|(table, _)| table)?.name.clone();
        if !plain || !said {
            return None;
        }
        let set: Vec<usize> = (0..self.len()).filter(|&i| has.contains(&self.text(i))).collect();
        self.take_all(&set);
        self.take(at);
        Some(Measure::new(Quantity::Entities { entity: entity.clone(), within: Some(table) }))
    }

    /// "how many holidays": days of the calendar that a named filter holds for.
    pub(super) fn counted_days(&self, k: usize) -> Option<Measure> {
        self.targets(k).iter().find_map(|t| match t {
            Target::Named { table, name, negated }
                if self.table(table)?.extension.role == crate::semantic::TableRole::Calendar =>
            {
                let filter = crate::plan::Filter::Named { table: table.clone(), name: name.clone(), negated: *negated };
                Some(Measure::new(Quantity::Rows { table: table.clone() }).filtered(filter))
            }
            _ => None,
        })
    }

    /// "how many different products", "number of baskets": the count after it.
    pub(super) fn counted(&mut self, i: usize, sought: Option<&Sought>, around: &Around) -> Option<Measure> {
        let mut k = i;
        let mut seen = vec![i];
        let mut active = around.active;
        loop {
            let Some(next) = self.next_but(k, &[Shape::Of, Shape::Total, Shape::That, Shape::In]) else {
                return self.counted_values(i, around).or_else(|| self.counted_before(i, around));
            };
            if self.is_any(next, &[Shape::Each, Shape::By, Shape::Per, Shape::Not]) {
                return self.counted_before(i, around);
            }
            k = next;
            if self.is_any(k, &[Shape::Distinct, Shape::Active, Shape::Number]) {
                active |= self.is(k, Shape::Active);
                seen.push(k);
                continue;
            }
            if matches!(self.items[k].kind, Kind::Time(When::Period(_) | When::Range(..))) {
                continue;
            }
            let said = self.used[k] && (self.noun(k).is_none() || self.is_any(k, &[Shape::And, Shape::Or]));
            if said || self.is_value(k) && self.metric(k).is_none() && self.noun(k).is_none() {
                continue;
            }
            break;
        }
        if self.used[k] && sought.is_none_or(|s| s.at != k) {
            return None;
        }
        let sold = self.tokens.iter().any(|t| t.is(&["sold", "sell", "bought", "buy", "purchased", "ordered"]));
        if let Some(units) = self.items_sold(k, i).filter(|_| sold && self.is(i, Shape::HowMany)) {
            seen.push(k);
            self.take_all(&seen);
            return Some(units);
        }
        if let Some(metric) = self.metric(k) {
            seen.push(k);
            self.take_all(&seen);
            return Some(Measure::metric(metric));
        }
        if let Some(fact) = self.fact(k) {
            seen.push(k);
            self.take_all(&seen);
            return Some(self.fact_measure(&fact, None));
        }
        if let Some(measure) = self.counted_days(k) {
            seen.push(k);
            self.take_all(&seen);
            return Some(measure);
        }
        let Some(noun) = self.noun(k) else {
            return self.counted_values(i, around).or_else(|| self.those_with_values(i, around));
        };
        seen.push(k);
        self.take_all(&seen);
        if let Some(measure) = self.counted_elsewhere(k, &noun) {
            return Some(measure);
        }
        Some(self.count_noun(&noun, &Around { active, tables: around.tables.clone() }))
    }

    /// A count over the things it is said of: "how many products are in a basket on average".
    pub(super) fn per_thing(
        &mut self,
        i: usize,
        measure: Measure,
        groups: &mut Vec<Group>,
        around: &Around,
    ) -> Measured {
        let before =
            self.before_but(i, &[Shape::Of, Shape::Total]).filter(|&k| self.is(k, Shape::Average) && !self.used[k]);
        let Some(average) = before.or_else(|| self.on_average()) else { return Measured { at: i, measure } };
        let last = (i..self.len())
            .take_while(|&k| self.used[k] || self.is_any(k, &[Shape::Filler, Shape::Of]))
            .last()
            .unwrap_or(i);
        let Some(noun) = self.ratio_noun(last, groups, true) else {
            // "how many units per basket on average": the measure is one already.
            if matches!(&measure.of, Quantity::Metric { metric } if !self.additive(metric)) {
                self.take(average);
            }
            return Measured { at: i, measure };
        };
        self.take(average);
        for k in i..self.len() {
            let article = self.items[k].number().is_some_and(|n| n.count() == Some(1))
                && self.next(k).is_some_and(|n| self.noun(n).as_ref() == Some(&noun));
            if article {
                self.take(k);
            }
        }
        let measure = match measure.of {
            Quantity::Entities { entity, within: None } => {
                Measure::new(Quantity::Entities { within: self.activity(&entity), entity })
            }
            _ => measure,
        };
        Measured { at: i, measure: self.ratio(measure, &noun, around) }
    }

    /// An entity that stands alone as the measure: "stores by region", "revenue and customers per month".
    pub(super) fn bare_count(&self, i: usize, _entity: &str, sought: Option<&Sought>, groups: &[Group]) -> bool {
        if sought.is_some_and(|s| s.at == i) || groups.iter().any(|g| g.at == i) {
            return false;
        }
        let before = self.before_but(i, &[Shape::Total]);
        let superlative = before.is_some_and(|k| self.is_any(k, &[Shape::Most, Shape::Least]));
        let most_of =
            self.before_but(i, &[Shape::Of]).is_some_and(|k| self.is(k, Shape::Most) && self.text(k) == "most");
        if (superlative || most_of && sought.is_some()) && self.plural(i) {
            return true;
        }
        if !self.plural(i) {
            return false;
        }
        let joined = before.is_some_and(|k| self.is(k, Shape::And))
            && before.and_then(|k| self.before(k)).is_some_and(|k| {
                self.metric(k).is_some() || self.entity(k).is_some() && !groups.iter().any(|g| g.at == k)
            });
        let clause = (0..i)
            .rev()
            .take_while(|&k| self.is_any(k, &[Shape::Filler, Shape::Mark]))
            .any(|k| matches!(self.text(k), "," | ":"));
        let start = clause
            || self.leads_measures(i, groups)
            || before.is_none_or(|k| self.is_any(k, &[Shape::List, Shape::Which, Shape::Total]) || self.is_value(k));
        let then_by = groups.iter().any(|g| g.at > i);
        let alone = !(0..i).any(|k| {
            k != i
                && (self.metric(k).is_some() && !self.weak(k)
                    || self.is_any(k, &[Shape::HowMuch, Shape::HowMany, Shape::Number, Shape::Sell, Shape::Share]))
        });
        let totalled = self.before(i).is_some_and(|k| self.is(k, Shape::Total)) && alone;
        let followed = self.next(i).is_none_or(|k| {
            self.is_any(
                k,
                &[Shape::By, Shape::Per, Shape::Each, Shape::Trend, Shape::In, Shape::From, Shape::For, Shape::With],
            ) || self.is_value(k)
                || self.leads_measures(i, groups)
                || matches!(self.items[k].kind, Kind::Time(_))
        });
        joined || totalled || (start && then_by || self.leads_measures(i, groups)) && alone && followed
    }

    /// "customers and baskets per region", "shoppers as well as revenue by format": the first of several measures.
    fn leads_measures(&self, i: usize, groups: &[Group]) -> bool {
        let Some(joint) = self.next(i) else { return false };
        let comma = (i + 1..joint).any(|k| self.text(k) == ",");
        let and = self.is_any(joint, &[Shape::And, Shape::Also]);
        let other = if and { self.next_but(joint, &[Shape::Total, Shape::Average]) } else { Some(joint) };
        let measured = other.is_some_and(|k| {
            let named = self.metric(k).is_some() && (self.entity(k).is_none() || self.plural(k))
                || self.entity(k).is_some() && self.plural(k);
            named && !groups.iter().any(|g| g.at == k)
        });
        let front = self.before(i).is_none_or(|k| {
            self.is_any(k, &[Shape::List, Shape::Total, Shape::Each, Shape::By]) || self.is_value(k) || self.used[k]
        });
        let grouped = groups.iter().any(|g| g.at != i) || self.lists.apart || self.has(Shape::Apart);
        (and || comma) && measured && front && grouped
    }
}
