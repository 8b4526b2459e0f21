//! Things that are only spoken of: what is asked for has rows there, has none, or shares one with another.

use super::condition::table_of;
use super::draft::{Condition, Draft};
use super::node::Kind;
use crate::ask::link::{ColumnKind, Shape};
use crate::ask::refusal::Refusal;
use crate::plan::{Filter, Member};

impl Draft<'_> {
    /// "authors of the same domain as Martin": those that share one with a thing of that name.
    ///
    /// # Errors
    /// Something that is the same as something else, where it is not clear what.
    pub(super) fn find_same(&mut self) -> Result<(), Refusal> {
        let same = |token: &crate::ask::words::Token| token.is(&["same"]);
        let Some(at) = (0..self.len()).find(|&k| self.tokens[self.nodes[k].at..].first().is_some_and(same)) else {
            return Ok(());
        };
        let shared = self.next(at).filter(|&k| self.thing(k).is_some());
        let named = shared.and_then(|shared| (shared..self.len()).find(|&k| matches!(self.kind(k), Kind::Values(_))));
        let (Some(shared), Some(named)) = (shared, named) else {
            if (at..self.len()).any(|k| self.text(k) == "as") {
                return Err(Refusal::unclear("It is not clear what is to be the same", vec![self.typed(at)]));
            }
            return Ok(());
        };
        let Some(root) = self.first_thing() else { return Ok(()) };
        let Some((filter, places)) = self.plain_condition(named, self.len())? else { return Ok(()) };
        let (Some(own), Some(thing)) = (self.thing_table(&root), self.thing(shared).map(str::to_owned)) else {
            return Ok(());
        };
        if table_of(&filter).as_deref() != Some(own.name.as_str()) {
            return Err(Refusal::unclear("It is not clear what is to be the same", vec![self.typed(at)]));
        }
        let Some(between) = self.thing_table(&thing).map(|table| table.name.clone()) else { return Ok(()) };
        let has = Member { entity: thing, within: own.name.clone(), filters: vec![filter], ..Member::default() };
        let member = Member {
            entity: root,
            within: between.clone(),
            filters: vec![Filter::Member { member: Box::new(has) }],
            ..Member::default()
        };
        self.take_all(places.into_iter().chain([at, shared]));
        let filter = Filter::Member { member: Box::new(member) };
        self.conditions.push(Condition { at, table: own.name.clone(), filter });
        Ok(())
    }

    /// The first thing that is spoken of.
    fn first_thing(&self) -> Option<String> {
        (0..self.len()).find_map(|k| self.thing(k).map(str::to_owned))
    }

    /// "extras that have never been booked": the verb of a thing, and none of it.
    fn find_never(&mut self, root: &str, own: &str) {
        for i in 0..self.len() {
            let verb = !self.used[i] && self.nodes[i].verbal && self.nodes[i].len == 1;
            let Some(negation) = self.absent(i).filter(|_| verb) else { continue };
            let stem = self.tokens[self.nodes[i].at].stem.clone();
            let mut done = self
                .model
                .entities()
                .filter(|found| found.table.name != own && crate::ask::words::stem(&found.entity.singular) == stem);
            if let (Some(found), None) = (done.next(), done.next()) {
                let within = found.table.name.clone();
                let member = Member { entity: root.to_owned(), within, negated: true, ..Member::default() };
                let filter = Filter::Member { member: Box::new(member) };
                self.take_all([i, negation]);
                self.conditions.push(Condition { at: i, table: own.to_owned(), filter });
            }
        }
    }

    /// Things that are only spoken of: what is asked for has, or has no, rows there.
    pub(super) fn find_partners(&mut self) {
        let Some(root) = self.root_thing(None) else { return };
        let Some(own) = self.thing_table(&root).map(|table| table.name.clone()) else { return };
        self.find_never(&root, &own);
        let mut conditions = std::mem::take(&mut self.conditions);
        for i in 0..self.len() {
            let named = self.thing(i).map(str::to_owned).or_else(|| self.thing_in(i));
            let Some(thing) = named.filter(|_| !self.used[i]) else { continue };
            let Some(table) = self.thing_table(&thing).map(|table| table.name.clone()) else { continue };
            let shown =
                self.wants.iter().chain(&self.groups).any(|it| self.want_table(&it.want).as_ref() == Some(&table))
                    || self.measures.iter().any(|measured| measured.table == table);
            let negation = self.absent(i);
            if shown && negation.is_none() {
                continue;
            }
            if table == own {
                self.take(i);
                continue;
            }
            self.take(i);
            self.take_all(negation);
            self.absorb(i, &table);
            let until = (i + 1..self.len())
                .find(|&k| {
                    matches!(self.kind(k), Kind::Stop)
                        || self.thing(k).is_some_and(|other| self.thing_table(other).is_some_and(|it| it.name != table))
                            && !self.used[k]
                })
                .unwrap_or(self.len());
            let mut inside: Vec<Condition> = Vec::new();
            conditions.retain(|condition| {
                let mine = condition.at > i && condition.at < until && condition.table != own
                    || condition.table == table && (condition.at < until);
                if mine {
                    inside.push(condition.clone());
                }
                !mine
            });
            let within = inside
                .iter()
                .map(|condition| condition.table.clone())
                .find(|other| !other.starts_with('\u{0}') && !self.leads_to(&table, other))
                .unwrap_or(table.clone());
            let member = Member {
                entity: root.clone(),
                within,
                filters: inside.into_iter().map(|condition| condition.filter).collect(),
                negated: negation.is_some(),
                ..Member::default()
            };
            let filter = Filter::Member { member: Box::new(member) };
            if self.belongs_to_last(&mut conditions, i, &table, &filter, negation.is_some()) {
                continue;
            }
            conditions.push(Condition { at: i, table: own.clone(), filter });
        }
        self.conditions = conditions;
    }

    /// "consignments for shippers in Germany": what the last thing leads to is said of that thing, not of what is asked
    /// for.
    fn belongs_to_last(
        &self,
        conditions: &mut [Condition],
        i: usize,
        table: &str,
        filter: &Filter,
        negated: bool,
    ) -> bool {
        let Filter::Member { member } = filter else { return false };
        let Some(last) = conditions.iter_mut().filter(|known| known.at < i).max_by_key(|known| known.at) else {
            return false;
        };
        let joined = (last.at..i).any(|k| {
            self.is(k, &[Shape::And, Shape::Or, Shape::But, Shape::That, Shape::Who])
                || matches!(self.kind(k), Kind::Stop)
        });
        let Filter::Member { member: outer } = &mut last.filter else { return false };
        let within = self.leads_to(&outer.within, table) && outer.within != table && member.within == table;
        if joined || negated || outer.negated || !within {
            return false;
        }
        outer.filters.extend(member.filters.iter().cloned());
        true
    }

    /// "outcome assessments": a time of a thing, said with the thing's own word.
    fn thing_in(&self, i: usize) -> Option<String> {
        let [(field, ColumnKind::Time)] = self.columns(i) else { return None };
        let thing = self.thing_of(&field.table)?;
        let first = thing.split(' ').next()?;
        (self.nodes[i].plural && self.text(i).starts_with(first) && self.text(i).contains(' ')).then_some(thing)
    }

    /// The word before a thing that says there is none of it.
    fn absent(&self, i: usize) -> Option<usize> {
        let skip =
            [Shape::Of, Shape::In, Shape::Ever, Shape::Deed, Shape::With, Shape::Distinct, Shape::That, Shape::Sell];
        let mut k = i;
        while let Some(before) = self.before_but(k, &skip) {
            if self.is(before, &[Shape::Not, Shape::Never, Shape::Except]) {
                return Some(before);
            }
            if !matches!(self.kind(before), Kind::Verb) {
                return None;
            }
            k = before;
        }
        None
    }

    /// A time of the same table right after a thing says the same again: "outcome assessments".
    fn absorb(&mut self, i: usize, table: &str) {
        if let Some(next) = self.next(i)
            && !self.used[next]
            && self.columns(next).iter().any(|(field, kind)| field.table == table && *kind == ColumnKind::Time)
        {
            self.take(next);
        }
    }
}
