//! Whom clauses are said of: the things that are counted, listed or shared, and those that a measure is taken of.

use super::members::Told;
use super::noun::Noun;
use super::reading::Reading;
use super::said::{Actor, Clause, Condition};
use crate::ask::link::Shape;
use crate::plan::{Filter, Measure, Plan, Quantity};
use crate::semantic::TableRole;

/// Words that ask for a number or a list of what follows them.
const ASKS: [Shape; 6] = [Shape::HowMany, Shape::Number, Shape::Which, Shape::List, Shape::Who, Shape::Share];

impl Reading<'_> {
    /// The thing that an item names, when something can be said of it: an entity that acts, or the values of a column.
    fn actor(&self, i: usize) -> Option<Actor> {
        let main = self.main_fact()?;
        match self.noun(i)? {
            Noun::Entity(_) | Noun::Column(_) if self.entity(i).is_some() => {
                let entity = self.entity(i)?;
                let table = self.entity_table(&entity)?;
                let field = self.entity_field(&entity);
                let event = field.is_some() && table.extension.role == TableRole::Fact;
                let within = if event { table.name.clone() } else { self.activity(&entity)? };
                let lines = table.extension.role == TableRole::Fact && field.is_none();
                (!lines).then(|| Actor { entity, within, own: table.name.clone(), event })
            }
            Noun::Column(field) => {
                let table = self.table(&field.table)?;
                let thing = table.extension.role == TableRole::Entity && self.leads_to(&main.name, &table.name);
                thing.then(|| Actor {
                    entity: format!("{}.{}", field.table, field.name),
                    within: main.name.clone(),
                    own: field.table.clone(),
                    event: false,
                })
            }
            _ => None,
        }
    }

    /// Reads the clauses of the first thing that has any; what is left of the question is read as ever. With `eager` only
    /// those that no other rule reads right. False when there is none.
    pub(super) fn clauses(&mut self, eager: bool) -> bool {
        for at in 0..self.len() {
            if self.used[at] || self.is_value(at) && self.entity(at).is_none() {
                continue;
            }
            let Some(actor) = self.actor(at) else { continue };
            if self.said_of(at, &actor, eager) {
                return true;
            }
        }
        false
    }

    fn said_of(&mut self, at: usize, actor: &Actor, eager: bool) -> bool {
        let mut clause = self.clause(actor, at + 1, self.len());
        let denied = clause.conditions.first().is_some_and(Condition::denies);
        if let Some((k, condition)) = self.bought_by(at, actor).filter(|(_, c)| !c.dated() || denied) {
            clause.end = clause.end.max(at + 1);
            clause.taken.push(k);
            clause.conditions.iter_mut().take(1).for_each(|first| first.anew = true);
            clause.conditions.insert(0, condition);
        }
        let asked = self.asked_after(clause.end);
        let subject = asked.is_some() || self.is_asked(at);
        let Some(first) = self.members_of(&clause.conditions, actor) else { return false };
        let measured = actor.event && self.metric(at).is_some() && !self.has(Shape::List) && !self.has(Shape::Which);
        if measured && self.is_asked(at) && first.iter().all(of_rows) && !self.has(Shape::Share) {
            return false;
        }
        let told_apart = first.len() > 1 || clause.conditions.iter().any(|c| self.needs_a_test(c, actor, &clause));
        if subject {
            let also = (clause.end..self.len()).any(|k| self.is_any(k, &[Shape::HowMany, Shape::Number]));
            if asked.is_none() && also {
                return false;
            }
            if eager && !told_apart && asked.is_none() {
                return false;
            }
            return self.told_of(at, actor, &clause, asked);
        }
        let acts = actor.event
            || self.model.entity(&actor.entity).is_some_and(|e| e.entity.verbs.iter().any(|verb| verb == "buy"));
        let shared = self.has(Shape::Share) || self.has(Shape::AsShareOf);
        let lead = self.before_but(at, &[Shape::That, Shape::Each]).is_none_or(|k| {
            self.is_any(k, &[Shape::Of, Shape::From, Shape::For, Shape::In, Shape::By, Shape::To, Shape::HowMuch])
                || self.metric(k).is_some()
        });
        // "households with kids who shop in the South": where it was, which the rows of the measure say themselves.
        let mut done = first.iter().filter(|filter| tests(filter));
        let placed = done.next().is_some_and(only_placed) && done.next().is_none();
        if placed && clause.conditions.len() == 1 && !self.bought(&clause.conditions, actor) {
            return false;
        }
        if !acts || !lead || !self.plural(at) || shared || !told_apart && !self.bought(&clause.conditions, actor) {
            return false;
        }
        self.take_all(&clause.taken);
        self.take(at);
        self.averaged_over(at);
        self.said.extend(self.filters_of(&clause.conditions, actor));
        true
    }

    /// The clauses of what is counted, listed or shared; after "how many of them" come the tests.
    fn told_of(&mut self, at: usize, actor: &Actor, clause: &Clause, asked: Option<usize>) -> bool {
        let shared = self.has(Shape::Share);
        let mut taken = clause.taken.clone();
        let (base, tests) = if let Some(asked) = asked {
            let again = self
                .next_but(asked, &[Shape::Of, Shape::That])
                .filter(|&k| self.entity(k).as_deref() == Some(actor.entity.as_str()));
            let mut rest = self.clause_after(actor, &clause.conditions, again.unwrap_or(asked) + 1, self.len());
            let so =
                self.tokens.windows(2).any(|w| w[0].is(&["did", "do", "done"]) && w[1].is(&["so", "this", "that"]));
            if let Some(first) = clause.conditions.first().filter(|_| so) {
                rest.conditions.iter_mut().for_each(|condition| condition.like(first));
            }
            if shared && rest.conditions.is_empty() {
                return false;
            }
            taken.extend(again);
            taken.extend(rest.taken);
            (self.filters_of(&clause.conditions, actor), self.filters_of(&rest.conditions, actor))
        } else {
            let split = clause.conditions.iter().position(|c| c.anew).filter(|_| shared).unwrap_or(0);
            (self.filters_of(&clause.conditions[..split], actor), self.filters_of(&clause.conditions[split..], actor))
        };
        taken.push(at);
        self.take_all(&taken);
        self.told = Some(Told { entity: actor.entity.clone(), at, base, tests });
        true
    }

    /// "wine buyers", "diaper households": what stands before those who bought it.
    fn bought_by(&self, at: usize, actor: &Actor) -> Option<(usize, Condition)> {
        let k = self.before(at).filter(|&k| !self.used[k] && self.noun(k).is_none())?;
        if let crate::ask::link::Kind::Time(crate::ask::time::When::Period(period)) = self.items[k].kind {
            return Some((k, Condition::during(period)));
        }
        if !self.is_value(k) {
            return None;
        }
        let value = self.meaning(k).filter(|value| !self.describes(actor, value) && !actor.event)?;
        let condition = Condition::of(value);
        (self.entity_field(&actor.entity).is_none() && self.bought(std::slice::from_ref(&condition), actor))
            .then_some((k, condition))
    }

    fn filters_of(&self, conditions: &[Condition], actor: &Actor) -> Vec<Filter> {
        conditions.iter().flat_map(|condition| condition.filters(self, actor)).collect()
    }

    /// The filters of conditions when one of them at least is a test of what was done.
    fn members_of(&self, conditions: &[Condition], actor: &Actor) -> Option<Vec<Filter>> {
        let filters = self.filters_of(conditions, actor);
        filters.iter().any(tests).then_some(filters)
    }

    /// Whether a condition would not hold as a filter of rows.
    fn needs_a_test(&self, condition: &Condition, actor: &Actor, clause: &Clause) -> bool {
        let filters = condition.filters(self, actor);
        let negated = filters.iter().any(|f| match f {
            Filter::Member { member } => member.negated || member.first.is_some() || member.last.is_some(),
            other => tests(other),
        });
        let counted = filters.iter().any(|f| matches!(f, Filter::Member { member } if !member.having.is_empty()));
        negated || filters.len() > 1 || counted && clause.conditions.len() > 1
    }

    /// Whether a condition speaks of products, or of what stood on a line.
    fn bought(&self, conditions: &[Condition], actor: &Actor) -> bool {
        let main = self.main_fact().map(|fact| fact.name.clone()).unwrap_or_default();
        let of_line = |filter: &Filter| {
            super::share::filter_tables(filter).iter().any(|table| {
                *table == main
                    || self.table(table).is_some_and(|t| {
                        t.facts.iter().any(|f| f.extension.format == crate::semantic::Format::Currency)
                    })
            })
        };
        self.filters_of(conditions, actor).iter().any(|filter| match filter {
            Filter::Member { member } => !member.having.is_empty() || member.filters.iter().any(of_line),
            _ => false,
        })
    }

    /// Whether the things at an item are counted, listed, shared, or stand at the start.
    fn is_asked(&self, at: usize) -> bool {
        let skip = [Shape::Of, Shape::Distinct, Shape::Total, Shape::That, Shape::Active, Shape::Only];
        let mut k = at;
        while let Some(before) = self.before_but(k, &skip) {
            if self.is_any(before, &ASKS) {
                return true;
            }
            if !self.is_value(before) && self.items[before].number().is_none() {
                return false;
            }
            k = before;
        }
        true
    }

    /// "of the customers who …, how many …": where the number or the share is asked for after the clause.
    fn asked_after(&self, end: usize) -> Option<usize> {
        let next = self.next(end.checked_sub(1)?)?;
        let k = if self.is(next, Shape::Which) { self.next(next)? } else { next };
        let lead = self.tokens.first().is_some_and(|t| t.is(&["of", "out", "among", "amongst", "from"]));
        let mark = lead || (end.saturating_sub(1)..k).any(|j| self.is(j, Shape::Mark));
        (mark && self.is_any(k, &[Shape::HowMany, Shape::Share, Shape::Number])).then_some(k)
    }

    /// "average spend of customers who …": spend per customer.
    pub(super) fn averaged_over(&mut self, at: usize) {
        let Some(measure) = self.before_but(at, &[Shape::Of, Shape::For, Shape::From, Shape::By, Shape::In]) else {
            return;
        };
        let average = self.before_but(measure, &[Shape::Of, Shape::Number, Shape::Total]);
        if self.metric(measure).is_none() || !average.is_some_and(|k| self.is(k, Shape::Average)) {
            return;
        }
        let last = self.items[at].at + self.items[at].len - 1;
        if let Some(token) = self.tokens.get_mut(last) {
            token.norm.clone_from(&token.lemma);
        }
        self.used[at] = false;
    }

    /// Things that stand alone with what is said of them: a list, or their number.
    pub(super) fn bare_list(&mut self, plan: &mut Plan) {
        if !plan.measures.is_empty() || !plan.dimensions.is_empty() || plan.filters.is_empty() {
            return;
        }
        let verbs =
            ["do", "does", "did", "make", "makes", "made", "spend", "spent", "buy", "sell", "earn", "pay", "paid"];
        if self.tokens.iter().any(|t| t.is(&verbs) || t.is(&["much", "bring", "brought", "worth"])) && !self.count_only
        {
            return;
        }
        let at = (0..self.len()).find(|&i| {
            self.plural(i)
                && matches!(self.noun(i), Some(Noun::Entity(_) | Noun::Column(_)))
                && !self.is_value(i)
                && self.before(i).is_none_or(|k| self.is_value(k) || self.is_any(k, &ASKS) || self.is(k, Shape::Total))
        });
        let Some((at, noun)) = at.and_then(|at| Some((at, self.noun(at)?))) else { return self.named_by_values(plan) };
        self.take(at);
        if self.count_only {
            let entity = self.entity(at).filter(|_| matches!(noun, Noun::Entity(_)));
            let of = match entity {
                Some(entity) => Quantity::Entities { entity, within: None },
                None => return,
            };
            plan.measures.push(Measure::new(of));
        } else {
            plan.dimensions.push(noun.dimension());
        }
    }
}

impl Reading<'_> {
    /// "Express shops: how many": things that are named by their values alone.
    fn named_by_values(&self, plan: &mut Plan) {
        let tables: Vec<String> = plan.filters.iter().flat_map(super::share::filter_tables).collect();
        let [table, rest @ ..] = tables.as_slice() else { return };
        let entity = self.table(table).and_then(|t| t.extension.entity.as_ref());
        let Some(entity) = entity.filter(|_| self.count_only && rest.iter().all(|other| other == table)) else {
            return;
        };
        plan.measures.push(Measure::new(Quantity::Entities { entity: entity.singular.clone(), within: None }));
    }

    /// The period of the question is that of what is tested, where the tests have none and nothing else is measured.
    pub(super) fn date_tests(plan: &mut Plan) {
        let counted = plan.measures.iter().all(|m| matches!(m.of, Quantity::Entities { within: None, .. }));
        let undated = |filter: &Filter| match filter {
            Filter::Member { member } => member.period.is_none() && member.first.is_none() && member.last.is_none(),
            _ => true,
        };
        let tested = plan.filters.iter().any(tests) && plan.filters.iter().all(undated);
        if !counted || !tested || plan.compare.is_some() {
            return;
        }
        let Some(period) = plan.period.take() else { return };
        for filter in &mut plan.filters {
            if let Filter::Member { member } = filter {
                member.period = Some(period.clone());
            }
        }
    }
}

/// Whether a test of single events says no more than a filter of their rows would.
fn of_rows(filter: &Filter) -> bool {
    match filter {
        Filter::Member { member } => !member.negated && member.having.is_empty() && member.filters.is_empty(),
        _ => true,
    }
}

/// Whether a test only says where or when something was done.
fn only_placed(filter: &Filter) -> bool {
    matches!(filter, Filter::Member { member }
        if !member.negated && member.having.is_empty() && member.first.is_none() && member.last.is_none())
}

/// Whether a filter is a test of what a thing did.
fn tests(filter: &Filter) -> bool {
    match filter {
        Filter::Member { .. } => true,
        Filter::All { of } | Filter::Any { of } => of.iter().any(tests),
        Filter::Not { filter } => tests(filter),
        _ => false,
    }
}
