//! What things did: bought both, one but not the other, never, again, for the first time, in the same basket.

use super::filters::{Choice, Meaning, plan_period};
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape};
use crate::ask::time::{Period, When};
use crate::plan::{Filter, Measure, Member, Plan};

/// One thing that is said of an entity.
#[derive(Debug, Clone, Default)]
struct Leg {
    filters: Vec<Filter>,
    period: Option<Period>,
    negated: bool,
    at: usize,
    items: Vec<usize>,
}

/// An entity and what is said of it.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) entity: String,
    pub(super) at: usize,
    /// Tests before a "what percentage" and those after it.
    pub(super) base: Vec<Filter>,
    pub(super) tests: Vec<Filter>,
}

/// Verbs and words that set a test of an entity apart from a filter.
const DEEDS: [Shape; 6] = [Shape::Deed, Shape::Sell, Shape::Contains, Shape::Ever, Shape::With, Shape::That];

impl Reading<'_> {
    /// Set logic over an entity, when the question has some.
    pub(super) fn told(&mut self) -> Option<Told> {
        if let Some(told) = self.told.take() {
            return Some(told);
        }
        let (at, entity) = self.subject().or_else(|| self.newcomers()).or_else(|| self.whoever())?;
        let within = self.activity(&entity).or_else(|| self.entity_field(&entity).map(|f| f.table))?;
        let first_time = self.first_time(&entity, &within);
        let legs = self.legs(at, &entity);
        let never =
            (0..self.len()).find(|&i| self.is(i, Shape::Never) || self.is(i, Shape::Not) && self.before_deed(i));
        let both_times =
            (0..self.len()).any(|i| matches!(self.items[i].kind, Kind::Time(_)) && self.text(i).contains("both"));
        let both = (self.find(Shape::Both).is_some() || both_times) && legs.len() > 1;
        let both = both || self.each_of().is_some_and(|each| each > at) && legs.len() > 1;
        let turned = (0..self.len()).any(|i| {
            self.is_any(i, &[Shape::But, Shape::And])
                && self.next(i).is_some_and(|k| self.is_any(k, &[Shape::Not, Shape::Never]))
        });
        let also = (self.find(Shape::Also).is_some() || self.find(Shape::Again).is_some()) && legs.len() > 1;
        let only = self.only(&legs);
        if first_time.is_none() && never.is_none() && !both && !turned && !also && only.is_none() {
            return None;
        }
        if legs.is_empty() && first_time.is_none() && never.is_none() {
            return None;
        }
        Some(self.tell(at, entity, &within, legs, first_time, never, only))
    }

    #[expect(clippy::too_many_arguments, reason = "the findings of one place, used up in another")]
    fn tell(
        &mut self,
        at: usize,
        entity: String,
        within: &str,
        mut legs: Vec<Leg>,
        first_time: Option<Filter>,
        never: Option<usize>,
        only: Option<usize>,
    ) -> Told {
        let alone = Leg { negated: true, at: never.unwrap_or(at), ..Leg::default() };
        if legs.is_empty() && never.is_some() {
            legs.push(alone);
        }
        // "in 2017, how many items had no sale": the time of what did not happen.
        if let ([leg], Some(never)) = (legs.as_mut_slice(), never)
            && leg.filters.is_empty()
            && leg.period.is_some()
            && leg.at < at
            && never > at
        {
            leg.negated = true;
        }
        let shared = shared_period(&legs);
        let split = self.find(Shape::Share).map_or(0, |share| self.whole_ends(share, &legs));
        let (mut base, mut tests) = (Vec::new(), Vec::new());
        if let Some(filter) = first_time {
            let place = (0..self.len()).find(|&i| self.is_any(i, &[Shape::FirstTime, Shape::LastTime])).unwrap_or(0);
            if place < split { base.push(filter) } else { tests.push(filter) }
        }
        for leg in legs {
            self.take_all(&leg.items);
            let member = Member {
                entity: entity.clone(),
                within: within.to_owned(),
                filters: leg.filters.clone(),
                period: leg.period.or(shared).map(|p| plan_period(&p)),
                negated: leg.negated,
                ..Member::default()
            };
            let filter = Filter::Member { member: Box::new(member.clone()) };
            let place = leg.items.first().copied().unwrap_or(leg.at);
            let list = if place < split { &mut base } else { &mut tests };
            list.push(filter);
            if only.is_some() && !leg.filters.is_empty() {
                let others = leg.filters.iter().map(opposite).collect();
                list.push(Filter::Member { member: Box::new(Member { filters: others, negated: true, ..member }) });
            }
        }
        for i in 0..self.len() {
            if self.is_any(
                i,
                &[
                    Shape::Never,
                    Shape::Both,
                    Shape::But,
                    Shape::Also,
                    Shape::Again,
                    Shape::FirstTime,
                    Shape::LastTime,
                    Shape::Contains,
                ],
            ) || Some(i) == only
            {
                self.take(i);
            }
            if self.is(i, Shape::Not)
                && (self.before_deed(i) || self.before(i).is_some_and(|k| self.is_any(k, &[Shape::But, Shape::And])))
            {
                self.take(i);
            }
        }
        self.take(at);
        Told { entity, at, base, tests }
    }

    /// Where what is shared ends and its part begins: at "what percentage", or at "also" where something is said of the
    /// whole after it.
    fn whole_ends(&self, share: usize, legs: &[Leg]) -> usize {
        let also = (share..self.len()).find(|&i| self.is_any(i, &[Shape::Also, Shape::Again]));
        also.filter(|&also| legs.iter().any(|leg| leg.at > share && leg.at < also)).unwrap_or(share)
    }

    /// The entity that the question is about: the first noun for a thing that does something.
    fn subject(&self) -> Option<(usize, String)> {
        (0..self.len()).find_map(|i| {
            let entity = self.entity(i)?;
            let noun = self.noun(i)?;
            let thing = matches!(noun, Noun::Entity(_)) || self.entity_field(&entity).is_some();
            let grouped = self
                .before(i)
                .is_some_and(|k| self.is_any(k, &[Shape::By, Shape::Per, Shape::Each, Shape::Most, Shape::Least]));
            (thing && !self.used[i] && !grouped && self.activity(&entity).is_some()).then_some((i, entity))
        })
    }

    /// "who has not bought since September": those who buy.
    fn whoever(&self) -> Option<(usize, String)> {
        let at = (0..self.len()).find(|&i| self.is(i, Shape::Who) && self.before(i).is_none())?;
        let found = self.model.entities().find(|e| {
            e.dimension.is_none()
                && e.entity.verbs.iter().any(|verb| verb == "buy")
                && self.activity(&e.entity.singular).is_some()
        })?;
        Some((at, found.entity.singular.clone()))
    }

    /// "new customers": the words for the first time that name those who buy.
    fn newcomers(&self) -> Option<(usize, String)> {
        (0..self.len()).find_map(|i| {
            let last = self.tokens.get(self.items[i].at + self.items[i].len - 1)?;
            let named = self.model.entities().find(|e| {
                e.dimension.is_none()
                    && e.entity.verbs.iter().any(|verb| verb == "buy")
                    && (last.lemma == e.entity.singular || e.entity.nouns.contains(&last.norm))
            })?;
            (self.is(i, Shape::FirstTime) && !self.used[i]).then(|| (i, named.entity.singular.clone()))
        })
    }

    fn before_deed(&self, i: usize) -> bool {
        self.next_but(i, &[Shape::Ever, Shape::Also])
            .is_some_and(|k| self.is_any(k, &[Shape::Deed, Shape::Sell, Shape::Active, Shape::Contains]))
    }

    /// What is said of the entity: values and periods that follow verbs, each "and", "but" or "or" its own.
    fn legs(&mut self, subject: usize, entity: &str) -> Vec<Leg> {
        let own = self.entity_table(entity).map(|t| t.name.clone());
        let is_basket = self.entity_field(entity).is_some();
        let choices = self.choices();
        let mut legs: Vec<Leg> = Vec::new();
        for choice in &choices {
            let about = choice.parts.first().and_then(Meaning::table).map(str::to_owned);
            if !is_basket && about == own {
                continue;
            }
            let verb = choice.first() > subject
                && (subject..choice.first()).any(|k| self.is_any(k, &DEEDS) || self.is(k, Shape::Never))
                || choice.first() < subject;
            if !verb {
                continue;
            }
            self.leg_of(choice, &mut legs);
        }
        let denied = (0..self.len()).any(|i| self.is(i, Shape::Never) || self.is(i, Shape::Not) && self.before_deed(i));
        let mut front: Vec<(usize, Period)> = Vec::new();
        for i in 0..self.len() {
            let Kind::Time(when) = &self.items[i].kind else { continue };
            let period = match when {
                When::Period(period) => *period,
                When::Range(a, b) => Period { start: a.start, end: b.end, grain: None },
                _ => continue,
            };
            if self.first_time_period(i) {
                continue;
            }
            if denied && i < subject {
                front.push((i, period));
            } else {
                self.put_period(i, period, &mut legs);
            }
        }
        self.put_front(&front, &mut legs);
        legs.sort_by_key(|leg| leg.at);
        legs
    }

    fn leg_of(&self, choice: &Choice, legs: &mut Vec<Leg>) {
        let both = self.has(Shape::Both)
            || self.each_of().is_some_and(|at| choice.first() > at)
            || (self.has(Shape::Also) && choice.items.len() > 1);
        let parts = choice.items.iter().zip(&choice.parts);
        if both && choice.items.len() > 1 && !choice.either {
            for (&item, part) in parts {
                legs.push(Leg {
                    filters: vec![self.meaning_filter(part, false)],
                    period: None,
                    negated: self.turned(item),
                    at: item,
                    items: vec![item],
                });
            }
            return;
        }
        let plain = Choice { negated: false, ..choice.clone() };
        let mut items = choice.items.clone();
        items.extend(choice.negation);
        let negated = choice.negation.is_some() || self.turned(choice.items[0]);
        legs.push(Leg { filters: vec![self.choice_filter(&plain)], period: None, negated, at: choice.items[0], items });
    }

    /// "baskets without wine": the thing has no such row at all; a filter of rows would only leave those out.
    pub(super) fn without(&mut self, choice: &Choice, plan: &mut Plan) -> Option<Filter> {
        let of_rows = self.main_fact().is_some_and(|fact| match choice.parts.as_slice() {
            [Meaning::Named { table, negated, .. }] => *negated && *table == fact.name,
            _ => false,
        });
        let negation = match choice.negation {
            Some(k) if matches!(self.text(k), "without" | "no" | "not containing") => k,
            None if of_rows => choice.first(),
            _ => return None,
        };
        let before = self.before_but(negation, &[Shape::With, Shape::That])?;
        if let Some(filter) = self.places_without(before, choice, plan) {
            return Some(filter);
        }
        let entity = self.entity(before)?;
        let within = self.activity(&entity).or_else(|| self.entity_field(&entity).map(|f| f.table))?;
        let own = self.entity_table(&entity).filter(|_| self.entity_field(&entity).is_none()).map(|t| t.name.clone());
        if choice.parts.first().and_then(Meaning::table).map(str::to_owned) == own {
            return None;
        }
        let _ = self.filter(choice);
        let positive = Choice { negated: of_rows, ..choice.clone() };
        let filters = vec![self.choice_filter(&positive)];
        let sales = self.next(choice.last()).and_then(|k| self.metric(k).map(|metric| (k, metric)));
        if let Some((k, metric)) = sales.filter(|(_, metric)| plan.measures == [Measure::metric(metric)]) {
            self.take(k);
            plan.measures.retain(|m| *m != Measure::metric(&metric));
            if let Some(noun) = self.noun(before).filter(|_| plan.dimensions.is_empty()) {
                self.take(before);
                plan.dimensions.push(noun.dimension());
            }
        }
        let listed = plan.measures.iter().all(|m| self.counted_noun(m).is_some());
        let dated = (0..self.len()).find_map(|i| match self.items[i].kind {
            Kind::Time(When::Period(found)) if !self.used[i] && listed => Some((i, found)),
            _ => None,
        });
        self.take_all(&dated.iter().map(|(i, _)| *i).collect::<Vec<_>>());
        let period = dated.map(|(_, found)| plan_period(&found));
        let member = Member { entity, within, filters, period, negated: true, ..Member::default() };
        Some(Filter::Member { member: Box::new(member) })
    }

    /// "states without a superstore": those in which there is no such thing.
    fn places_without(&mut self, before: usize, choice: &Choice, plan: &Plan) -> Option<Filter> {
        let Some(Noun::Column(field)) = self.noun(before).filter(|_| self.plural(before)) else { return None };
        let [Meaning::Values { field: other, .. }] = choice.parts.as_slice() else { return None };
        let listed = plan.measures.is_empty() || plan.measures.iter().all(|m| self.counted_noun(m).is_some());
        if field.table != other.table || field == *other || !listed {
            return None;
        }
        let _ = self.filter(choice);
        let filters = vec![self.choice_filter(&Choice { negated: false, ..choice.clone() })];
        let (entity, within) = (format!("{}.{}", field.table, field.name), field.table);
        let member = Member { entity, within, filters, negated: true, ..Member::default() };
        Some(Filter::Member { member: Box::new(member) })
    }

    /// "from each of PRODUCE, MEAT and DELI": a list of values, each of which must be.
    fn each_of(&self) -> Option<usize> {
        (0..self.len()).find(|&i| {
            let list = self.is(i, Shape::Each) || self.text(i) == "all";
            let values = self.next_but(i, &[Shape::Of]).is_some_and(|k| self.is_value(k) && self.noun(k).is_none());
            list && values && (i..self.len()).filter(|&k| self.is_value(k)).count() > 1
        })
    }

    /// Whether a negation stands before, in the same clause.
    fn turned(&self, i: usize) -> bool {
        let clause = (0..i)
            .rev()
            .find(|&k| {
                self.is_any(k, &[Shape::But, Shape::And])
                    || self.is_value(k)
                    || matches!(self.items[k].kind, Kind::Time(_))
            })
            .unwrap_or(0);
        (clause..i).any(|k| self.is_any(k, &[Shape::Never, Shape::Not]))
    }

    /// "In 2017, how many products were not sold?": a period said first is that of all that is denied, where no other is
    /// named.
    fn put_front(&self, front: &[(usize, Period)], legs: &mut Vec<Leg>) {
        let timed = legs.iter().any(|leg| leg.period.is_some());
        match front {
            [(i, period)] if legs.is_empty() => {
                legs.push(Leg { filters: Vec::new(), period: Some(*period), negated: true, at: *i, items: vec![*i] });
            }
            [(i, period)] if !timed => {
                for leg in legs.iter_mut() {
                    leg.period = Some(*period);
                }
                legs[0].items.push(*i);
            }
            _ => {
                for (i, period) in front {
                    self.put_period(*i, *period, legs);
                }
            }
        }
    }

    /// A period belongs to the leg of its clause, else it is a leg of its own.
    fn put_period(&self, i: usize, period: Period, legs: &mut Vec<Leg>) {
        let clause = |k: usize| {
            (0..k)
                .filter(|&j| {
                    self.is_any(j, &[Shape::But])
                        || self.is(j, Shape::And)
                            && self.next(j).is_some_and(|n| {
                                self.is_any(n, &[Shape::Not, Shape::Never, Shape::Also, Shape::Again, Shape::Deed])
                            })
                        || self.is_any(j, &[Shape::Again, Shape::Share])
                        || self.text(j) == ","
                })
                .count()
        };
        let mine = clause(i);
        if let Some(leg) = legs.iter_mut().find(|leg| leg.period.is_none() && clause(leg.at) == mine) {
            leg.period = Some(period);
            leg.items.push(i);
            return;
        }
        legs.push(Leg { filters: Vec::new(), period: Some(period), negated: self.turned(i), at: i, items: vec![i] });
    }

    /// "first purchase in January": a test of the first row.
    fn first_time(&mut self, entity: &str, within: &str) -> Option<Filter> {
        let at = (0..self.len()).find(|&i| self.is_any(i, &[Shape::FirstTime, Shape::LastTime]))?;
        let period_at = (0..self.len()).find(|&i| self.first_time_period(i))?;
        let period = match &self.items[period_at].kind {
            Kind::Time(When::Period(period)) => *period,
            Kind::Time(When::Range(a, b)) => Period { start: a.start, end: b.end, grain: None },
            _ => return None,
        };
        let last = self.is(at, Shape::LastTime);
        self.take_all(&[at, period_at]);
        let period = Some(plan_period(&period));
        let (first, last) = if last { (None, period) } else { (period, None) };
        Some(Filter::Member {
            member: Box::new(Member {
                entity: entity.to_owned(),
                within: within.to_owned(),
                first,
                last,
                ..Member::default()
            }),
        })
    }

    /// Whether a period is that of a first or last purchase: the next one after the words.
    fn first_time_period(&self, i: usize) -> bool {
        if !matches!(self.items[i].kind, Kind::Time(When::Period(_) | When::Range(..))) {
            return false;
        }
        let Some(at) = (0..self.len()).find(|&k| self.is_any(k, &[Shape::FirstTime, Shape::LastTime])) else {
            return false;
        };
        let after =
            (at..self.len()).find(|&k| matches!(self.items[k].kind, Kind::Time(When::Period(_) | When::Range(..))));
        match after {
            Some(k) => k == i,
            None => {
                (0..self.len()).find(|&k| matches!(self.items[k].kind, Kind::Time(When::Period(_) | When::Range(..))))
                    == Some(i)
            }
        }
    }

    /// "only bought wine": nothing but the values after it.
    fn only(&self, legs: &[Leg]) -> Option<usize> {
        let at = self.find(Shape::Only)?;
        let deed =
            self.before(at).is_some_and(|k| self.is_any(k, &[Shape::Deed, Shape::Sell, Shape::That, Shape::With]))
                || self.next(at).is_some_and(|k| self.is_any(k, &[Shape::Deed, Shape::Sell]))
                || self.text(at + 1) == "shop"
                || self.text(at + 1) == "buy";
        (deed && legs.iter().any(|leg| !leg.filters.is_empty() && leg.at > at)).then_some(at)
    }

    /// "which five subcategories most often share a basket with hot dogs": the basket's test and the excluded values.
    pub(super) fn together(&mut self) -> Option<(Vec<Filter>, String)> {
        let summed = |at: usize| {
            let word = self.items[at].at.checked_sub(1).and_then(|k| self.tokens.get(k));
            self.text(at) == "together" && word.is_some_and(|t| t.is(&["taken", "added", "put", "all"]))
        };
        let Some(at) = self.find(Shape::Together).filter(|&at| !summed(at)) else { return self.in_the_basket() };
        let basket = self
            .model
            .entities()
            .find(|e| e.dimension.is_some() && e.table.extension.role == crate::semantic::TableRole::Fact)?;
        let (entity, within) = (basket.entity.singular.clone(), basket.table.name.clone());
        let choices = self.choices();
        let with = choices.iter().find(|c| c.first() > at).or_else(|| choices.last()).cloned()?;
        if with.items.len() > 1 && with.first() < at {
            return None;
        }
        self.take(at);
        self.beside = with.parts.first().and_then(Meaning::field).cloned();
        let filter = self.filter(&with);
        let not = opposite(&filter);
        let member = Member { entity: entity.clone(), within, filters: vec![filter], ..Member::default() };
        for i in 0..self.len() {
            if self.entity(i).as_deref() == Some(entity.as_str())
                || self.text(i) == "often"
                || self.text(i) == "frequently"
            {
                if let Some(one) =
                    self.before(i).filter(|&k| self.items[k].number().is_some_and(|n| n.count() == Some(1)))
                {
                    self.take(one);
                }
                self.take(i);
            }
        }
        Some((vec![not, Filter::Member { member: Box::new(member) }], entity))
    }
}

/// The period that holds for all legs: the only one, in the last or the first of them.
fn shared_period(legs: &[Leg]) -> Option<Period> {
    let mut dated = legs.iter().filter_map(|leg| leg.period);
    let one = dated.next()?;
    (dated.next().is_none() && legs.len() > 1 && legs.iter().all(|leg| !leg.filters.is_empty())).then_some(one)
}

/// The opposite of a filter.
pub(super) fn opposite(filter: &Filter) -> Filter {
    match filter {
        Filter::Compare {
            left,
            is: crate::plan::Comparison::Equal,
            right: crate::plan::Value::Literal { literal },
        } => Filter::OneOf { value: left.clone(), values: vec![literal.clone()], negated: true },
        Filter::OneOf { value, values, negated } => {
            Filter::OneOf { value: value.clone(), values: values.clone(), negated: !negated }
        }
        Filter::Named { table, name, negated } => {
            Filter::Named { table: table.clone(), name: name.clone(), negated: !negated }
        }
        other => Filter::Not { filter: Box::new(other.clone()) },
    }
}
