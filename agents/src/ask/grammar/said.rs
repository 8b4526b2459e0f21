//! Clauses: what is said of a thing, condition after condition: "who bought beer in June but no wine", "with at least 50
//! baskets".

mod joints;

use super::filters::{Meaning, plan_period};
use super::members::opposite;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape};
use crate::ask::time::{Period, When};
use crate::plan::{Filter, Having, Measure, Member};

/// A thing that something is said of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Actor {
    /// The entity, or `table.field` for the values of a column.
    pub(super) entity: String,
    /// The facts in which it acts.
    pub(super) within: String,
    /// The table whose columns describe it.
    pub(super) own: String,
    /// Whether it is itself one event of the facts: a basket.
    pub(super) event: bool,
}

/// How values that stand together go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Joint {
    #[default]
    Any,
    /// Each of them.
    All,
    /// One of them, but not both.
    OneOnly,
}

/// Values of one column.
#[derive(Debug, Clone, Default)]
struct List {
    values: Vec<Meaning>,
    joint: Joint,
}

/// One condition.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of its own in the question")]
pub(super) struct Condition {
    lists: Vec<List>,
    others: Vec<Filter>,
    period: Option<Period>,
    first: bool,
    last: bool,
    having: Vec<Having>,
    negated: bool,
    only: bool,
    /// "no sales": nothing more is needed.
    bare: bool,
    /// Begun by a verb with no "and" before it: "customers who bought beer | bought wine".
    pub(super) anew: bool,
}

/// What was read of a clause.
#[derive(Debug, Clone, Default)]
pub(super) struct Clause {
    pub(super) conditions: Vec<Condition>,
    pub(super) taken: Vec<usize>,
    pub(super) end: usize,
}

impl Condition {
    /// That something with this value was bought.
    pub(super) fn of(value: Meaning) -> Self {
        Self { lists: vec![List { values: vec![value], joint: Joint::Any }], ..Self::default() }
    }

    /// That something was bought in a time.
    pub(super) fn during(period: Period) -> Self {
        Self { period: Some(period), ..Self::default() }
    }

    /// Whether nothing but a time is said.
    pub(super) fn dated(&self) -> bool {
        self.period.is_some() && self.lists.is_empty() && self.having.is_empty()
    }

    /// "did so again in Q4": the same in another time.
    pub(super) fn like(&mut self, other: &Self) {
        if self.dated() && self.others.is_empty() {
            self.lists.clone_from(&other.lists);
            self.others.clone_from(&other.others);
        }
    }

    /// Whether it must not hold.
    pub(super) fn denies(&self) -> bool {
        self.negated
    }

    fn complete(&self) -> bool {
        let timed = self.period.is_some() && (!self.first && !self.last || self.period.is_some());
        let edge = (self.first || self.last) && self.period.is_none();
        !edge && (!self.lists.is_empty() || !self.others.is_empty() || timed || !self.having.is_empty() || self.bare)
    }

    /// As filters of the rows that the thing is in.
    pub(super) fn filters(&self, reading: &Reading<'_>, actor: &Actor) -> Vec<Filter> {
        let own = |list: &List| list.values.iter().all(|value| reading.describes(actor, value));
        let (mine, rows): (Vec<&List>, Vec<&List>) = self.lists.iter().partition(|list| own(list));
        let mut out: Vec<Filter> = mine.into_iter().map(|list| any(reading, list, self.negated)).collect();
        let nothing =
            rows.is_empty() && self.others.is_empty() && self.having.is_empty() && self.period.is_none() && !self.bare;
        if nothing {
            return out;
        }
        let spread = rows.iter().position(|list| list.joint != Joint::Any && list.values.len() > 1);
        let spread = spread.filter(|_| !self.negated);
        let Some(at) = spread else {
            let filters: Vec<Filter> = rows.iter().map(|list| any(reading, list, false)).collect();
            out.extend(self.members(actor, filters));
            return out;
        };
        let shared: Vec<Filter> =
            rows.iter().enumerate().filter(|(k, _)| *k != at).map(|(_, list)| any(reading, list, false)).collect();
        let each: Vec<Vec<Filter>> = rows[at]
            .values
            .iter()
            .map(|value| {
                let mut filters = vec![reading.meaning_filter(value, false)];
                filters.extend(shared.clone());
                filters
            })
            .collect();
        if rows[at].joint == Joint::All {
            out.extend(each.into_iter().flat_map(|filters| self.members(actor, filters)));
            return out;
        }
        let alone = |chosen: usize| {
            let tests = each.iter().enumerate().map(|(k, filters)| {
                let member = self.member(actor, filters.clone());
                Filter::Member { member: Box::new(Member { negated: k != chosen, ..member }) }
            });
            Filter::All { of: tests.collect() }
        };
        out.push(Filter::Any { of: (0..each.len()).map(alone).collect() });
        out
    }

    fn member(&self, actor: &Actor, mut filters: Vec<Filter>) -> Member {
        filters.extend(self.others.clone());
        let period = self.period.as_ref().map(plan_period);
        let (first, last, period) = match (self.first, self.last) {
            (true, _) => (period, None, None),
            (_, true) => (None, period, None),
            _ => (None, None, period),
        };
        Member {
            entity: actor.entity.clone(),
            within: actor.within.clone(),
            filters,
            period,
            first,
            last,
            having: self.having.clone(),
            negated: self.negated,
        }
    }

    fn members(&self, actor: &Actor, filters: Vec<Filter>) -> Vec<Filter> {
        let member = self.member(actor, filters);
        let mut out = Vec::new();
        if self.only && !member.filters.is_empty() {
            let others = match member.filters.as_slice() {
                [one] => vec![opposite(one)],
                several => vec![Filter::Not { filter: Box::new(Filter::All { of: several.to_vec() }) }],
            };
            let rest = Member { filters: others, negated: true, having: Vec::new(), ..member.clone() };
            out.push(Filter::Member { member: Box::new(rest) });
        }
        out.insert(0, Filter::Member { member: Box::new(member) });
        out
    }
}

fn any(reading: &Reading<'_>, list: &List, negated: bool) -> Filter {
    let mut items = Vec::new();
    for value in &list.values {
        let known = items.iter().position(|other: &Meaning| same_column(other, value));
        match (known.map(|k| &mut items[k]), value) {
            (Some(Meaning::Values { values, .. }), Meaning::Values { values: more, .. }) => {
                values.extend(more.iter().filter(|v| !values.contains(v)).cloned().collect::<Vec<_>>());
            }
            _ => items.push(value.clone()),
        }
    }
    let mut made: Vec<Filter> = items.iter().map(|value| reading.meaning_filter(value, negated)).collect();
    match (made.len(), negated) {
        (1, _) => made.remove(0),
        (_, true) => Filter::All { of: made },
        _ => Filter::Any { of: made },
    }
}

fn same_column(a: &Meaning, b: &Meaning) -> bool {
    matches!((a, b), (Meaning::Values { field, .. }, Meaning::Values { field: other, .. }) if field == other)
}

/// Reads one clause.
#[expect(clippy::struct_excessive_bools, reason = "each is a word of its own in the question")]
struct Reader<'r, 'a> {
    reading: &'r Reading<'a>,
    actor: &'r Actor,
    conditions: Vec<Condition>,
    open: Condition,
    /// Set for the next condition.
    negated: bool,
    only: bool,
    joint: Option<Joint>,
    /// Whether the next verb goes on with the list of conditions.
    joined: bool,
    /// Whether "it" or "them" stands for what was said before.
    same: bool,
    /// What was said of the thing before this clause.
    earlier: &'r [Condition],
    /// Whether a verb was read since the last condition was closed.
    verb: bool,
    measure: Option<Measure>,
    /// "stopped buying": the last time lies before what follows.
    stopped: bool,
    /// The number of the last "top 20".
    rank: Option<(f64, bool)>,
    taken: Vec<usize>,
    good: Clause,
}

impl Reading<'_> {
    /// Reads what is said of a thing from an item on, as far as it goes.
    pub(super) fn clause(&self, actor: &Actor, from: usize, to: usize) -> Clause {
        self.clause_after(actor, &[], from, to)
    }

    /// The same where something was said of the thing before, which "it" may stand for.
    pub(super) fn clause_after(&self, actor: &Actor, earlier: &[Condition], from: usize, to: usize) -> Clause {
        let mut reader = Reader {
            reading: self,
            actor,
            conditions: Vec::new(),
            open: Condition::default(),
            negated: false,
            only: false,
            joint: None,
            joined: true,
            same: false,
            earlier,
            verb: false,
            measure: None,
            stopped: false,
            rank: None,
            taken: Vec::new(),
            good: Clause { end: from, ..Clause::default() },
        };
        let mut i = from;
        while i < to {
            let Some(next) = reader.step(i, to) else { break };
            i = next;
            if reader.open.complete() && reader.measure.is_none() {
                let mut conditions = reader.conditions.clone();
                conditions.push(reader.open.clone());
                reader.good = Clause { conditions, taken: reader.taken.clone(), end: i };
            }
        }
        reader.good
    }

    /// Whether a value describes the thing itself, not what it did.
    pub(super) fn describes(&self, actor: &Actor, value: &Meaning) -> bool {
        match value {
            Meaning::Part(_) => actor.event,
            Meaning::Named { table, .. } => *table == actor.own && !actor.event,
            _ if actor.event => value.table().is_some_and(|table| {
                let lines = table == actor.own;
                let bought = self.table(table).is_some_and(|t| {
                    t.facts.iter().any(|fact| fact.extension.format == crate::semantic::Format::Currency)
                });
                !lines && !bought
            }),
            _ => value.table() == Some(actor.own.as_str()),
        }
    }
}

impl Reader<'_, '_> {
    fn close(&mut self) {
        if self.open.complete() {
            self.conditions.push(std::mem::take(&mut self.open));
        } else {
            self.open = Condition::default();
        }
        self.verb = false;
        self.same = false;
        self.measure = None;
    }

    /// Begins a condition where none is open.
    fn begin(&mut self) {
        if !self.open.complete() {
            self.open.negated |= std::mem::take(&mut self.negated);
            self.open.only |= std::mem::take(&mut self.only);
        }
    }

    fn after(&self, i: usize) -> Option<usize> {
        let skip = [Shape::In, Shape::From, Shape::For, Shape::Of, Shape::Both, Shape::With];
        self.reading.next_but(i, &skip)
    }

    fn value_at(&self, i: usize) -> bool {
        self.reading.is_value(i) && self.reading.noun(i).is_none()
            || self.reading.meaning(i).is_some_and(|m| !matches!(m, Meaning::Part(_)))
                && self.reading.metric(i).is_none()
                && self.reading.entity(i).is_none()
    }

    fn period_at(&self, i: usize) -> Option<Period> {
        match self.reading.items.get(i)?.kind {
            Kind::Time(When::Period(period)) => Some(period),
            Kind::Time(When::Range(a, b)) => Some(Period { start: a.start, end: b.end, grain: None }),
            _ => None,
        }
    }

    /// Reads one item; where to go on, or none when the clause ends before it.
    fn step(&mut self, i: usize, to: usize) -> Option<usize> {
        let reading = self.reading;
        let text = reading.text(i);
        if reading.used[i] {
            return Some(i + 1);
        }
        if text == "nothing" {
            self.close();
            self.negated = true;
            self.taken.push(i);
            return Some(i + 1);
        }
        if let Some((having, last)) = self.threshold(i) {
            if self.open.first || self.open.last {
                return None;
            }
            self.begin();
            self.measure = None;
            self.open.having.extend(having);
            self.taken.extend(i..=last);
            return Some(last + 1);
        }
        match reading.shape(i) {
            Some(Shape::Mark) => {
                let bracket = text == "(" && self.explains(i);
                if text == "," {
                    self.joined = true;
                }
                return if text == "," || bracket || text == ")" || text == "'" || text == "-" {
                    (text != "-" || !spaced_dash(reading, i)).then_some(i + 1)
                } else {
                    None
                };
            }
            Some(Shape::But) => return self.but(i),
            Some(Shape::And) => return self.and(i),
            Some(Shape::Or) => return self.or(i),
            Some(Shape::Not | Shape::Never | Shape::Except) => return self.not(i),
            Some(Shape::Only) => return self.only_at(i, to),
            Some(Shape::Both) => {
                self.joint = Some(Joint::All);
                self.taken.push(i);
                return Some(i + 1);
            }
            Some(Shape::Each) if self.every(i).is_some() => return self.in_every(i),
            Some(Shape::Each) => {
                let values = self.after(i).is_some_and(|k| self.value_at(k));
                self.joint = Some(Joint::All);
                self.taken.push(i);
                return (values && self.open.lists.is_empty()).then_some(i + 1);
            }
            Some(Shape::FirstTime | Shape::LastTime) => return self.edge(i),
            Some(Shape::AboveAverage | Shape::BelowAverage) => return self.average(i),
            Some(Shape::Deed | Shape::Sell | Shape::Contains | Shape::Active) => return self.verb_at(i),
            Some(Shape::Also) if self.adds_value(i) => return self.and(i),
            Some(Shape::Also | Shape::Again) => {
                self.taken.push(i);
                if self.open.complete() && reading.is(i, Shape::Also) && !self.joined {
                    let more = reading.next(i).is_some_and(|k| reading.is_any(k, &[Shape::Deed, Shape::Contains]));
                    if !more {
                        self.start_anew();
                    }
                }
                return Some(i + 1);
            }
            Some(
                Shape::Filler
                | Shape::In
                | Shape::From
                | Shape::For
                | Shape::Of
                | Shape::With
                | Shape::That
                | Shape::Who
                | Shape::Ever
                | Shape::To
                | Shape::Distinct,
            ) => {
                self.same |= self.verb && self.open.lists.is_empty() && matches!(text, "it" | "them");
                if matches!(text, "bought" | "buy" | "purchased" | "shopped" | "buys" | "sold" | "sell" | "contain") {
                    return self.verb_at(i);
                }
                return Some(i + 1);
            }
            Some(Shape::Most | Shape::Least) => return self.ranked(i),
            Some(Shape::By) if self.rank.is_some() && self.negated && !self.open.complete() => return self.ranked(i),
            Some(Shape::Together) if self.actor.event => {
                self.taken.push(i);
                return Some(i + 1);
            }
            Some(Shape::By) if self.verb && !self.open.complete() => {
                self.taken.push(i);
                return Some(i + 1);
            }
            Some(Shape::Which) => return (text == "which").then_some(i + 1),
            Some(_) => return None,
            None => {}
        }
        self.other(i)
    }

    /// Values, times, measures and nouns.
    fn other(&mut self, i: usize) -> Option<usize> {
        let reading = self.reading;
        if self.event_word(i) {
            if self.negated && !self.open.complete() && self.after(i).is_none_or(|k| !self.value_at(k)) {
                self.begin();
                self.open.bare = true;
                self.taken.push(i);
                return Some(i + 1);
            }
            let quiet = self.open.first || self.open.last || !self.open.lists.is_empty();
            self.taken.push(i);
            return quiet.then_some(i + 1);
        }
        if self.value_at(i) {
            return self.value(i);
        }
        if let Some(period) = self.period_at(i) {
            return self.period(i, period);
        }
        if let Kind::Time(When::Part(_)) = reading.items[i].kind {
            let meaning = reading.meaning(i)?;
            self.begin();
            self.open.others.push(reading.meaning_filter(&meaning, false));
            self.taken.push(i);
            return Some(i + 1);
        }
        if let Some(metric) = reading.metric(i) {
            let set = reading.next(i).is_some_and(|k| {
                let shapes = [
                    Shape::MoreThan,
                    Shape::AtLeast,
                    Shape::LessThan,
                    Shape::AtMost,
                    Shape::Exactly,
                    Shape::Between,
                    Shape::AboveAverage,
                    Shape::BelowAverage,
                ];
                reading.is_any(k, &shapes) || reading.items[k].number().is_some() && self.threshold(k).is_some()
            });
            self.measure = Some(Measure::metric(metric));
            self.taken.push(i);
            return set.then_some(i + 1);
        }
        let left = matches!(reading.text(i), "lapsed" | "churned" | "lost" | "defected" | "inactive");
        if left && reading.is(i + 1, Shape::Mark) && self.conditions.is_empty() && !self.open.complete() {
            self.taken.push(i);
            return Some(i + 2);
        }
        if self.type_noun(i) {
            self.taken.push(i);
            return Some(i + 1);
        }
        None
    }

    /// A noun that only says what kind of thing the values beside it are.
    fn type_noun(&self, i: usize) -> bool {
        let reading = self.reading;
        let near = [self.reading.before_but(i, &[Shape::Of, Shape::In, Shape::From]), self.after(i)];
        near.into_iter().flatten().any(|k| {
            let Some(meaning) = reading.meaning(k) else { return false };
            let column = meaning.field().is_some_and(|field| reading.dimensions(i).contains(field));
            let table = reading
                .entity(i)
                .and_then(|e| reading.entity_table(&e))
                .is_some_and(|t| meaning.table() == Some(t.name.as_str()) && t.name != self.actor.own);
            column || table
        })
    }

    /// Whether an item names what happens in the facts: an order, a purchase, sales.
    fn event_word(&self, i: usize) -> bool {
        let words = [
            "sale",
            "sales",
            "purchase",
            "purchases",
            "order",
            "orders",
            "basket",
            "baskets",
            "transaction",
            "transactions",
            "visit",
            "visits",
            "trip",
            "trips",
            "buy",
            "cart",
            "receipt",
            "buyer",
            "buyers",
        ];
        words.contains(&self.reading.text(i))
    }

    fn value(&mut self, i: usize) -> Option<usize> {
        let meaning = self.reading.meaning(i)?;
        self.begin();
        self.taken.push(i);
        let joint = self.joint.take();
        if let Some(list) = self.open.lists.last_mut()
            && list.values.iter().all(|known| known.alike(&meaning))
        {
            if let Some(joint) = joint {
                list.joint = joint;
            } else if !self.joined {
                return None;
            }
            list.values.push(meaning);
        } else {
            self.open.lists.push(List { values: vec![meaning], joint: joint.unwrap_or_default() });
        }
        self.joined = false;
        Some(i + 1)
    }

    fn period(&mut self, i: usize, period: Period) -> Option<usize> {
        if self.open.period.is_some() {
            return None;
        }
        let inherits = (!self.verb || self.same) && !self.open.complete() && self.open.lists.is_empty();
        self.begin();
        if inherits
            && !self.open.first
            && !self.open.last
            && let Some(before) = self
                .conditions
                .last()
                .or(self.earlier.last().filter(|_| self.same))
                .filter(|c| c.period.is_some() && !c.first && !c.last)
        {
            self.open.lists.clone_from(&before.lists);
            self.open.others.clone_from(&before.others);
        }
        let after = self.stopped && self.open.last && period.end.is_none() && self.reading.text(i).starts_with("after");
        let until = period.start.filter(|_| after).map(|day| crate::ask::time::moved(day, jiff::Span::new().days(-1)));
        self.open.period = Some(until.map_or(period, |end| Period { start: None, end: Some(end), grain: None }));
        self.taken.push(i);
        self.joined = false;
        Some(i + 1)
    }
}

fn spaced_dash(reading: &Reading<'_>, i: usize) -> bool {
    let Some(token) = reading.tokens.get(reading.items[i].at) else { return false };
    let before = reading.items[i].at.checked_sub(1).and_then(|k| reading.tokens.get(k));
    before.is_some_and(|t| t.end < token.start)
}

impl Reader<'_, '_> {
    /// A comparison with a number from an item on.
    fn threshold(&self, i: usize) -> Option<(Vec<Having>, usize)> {
        self.reading.limit_at(i, self.measure.as_ref())
    }
}
