//! Filters: values and named filters with their negations and lists, and periods.

use super::reading::Reading;
use crate::ask::link::{Kind, Shape, Target};
use crate::ask::refusal::Refusal;
use crate::ask::time::{Part, Period, When};
use crate::ask::words::Unit;
use crate::plan::{Field, Filter, Literal, TextMatch, TimePart, Value};

/// Values of one column that stand together: "Texas or Ohio", "not beer".
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Choice {
    /// The items, in order.
    pub(super) items: Vec<usize>,
    /// What each item means.
    pub(super) parts: Vec<Meaning>,
    pub(super) negated: bool,
    /// Joined by "or" rather than "and".
    pub(super) either: bool,
    /// The item before them that negates them.
    pub(super) negation: Option<usize>,
}

/// What one value word means.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    Values {
        field: Field,
        values: Vec<String>,
    },
    Named {
        table: String,
        name: String,
        negated: bool,
    },
    Text {
        field: Field,
        text: String,
    },
    /// "store 31".
    Number {
        field: Field,
        number: u64,
    },
    Part(Part),
}

impl Meaning {
    pub(super) fn field(&self) -> Option<&Field> {
        match self {
            Self::Values { field, .. } | Self::Text { field, .. } | Self::Number { field, .. } => Some(field),
            _ => None,
        }
    }

    /// Whether two meanings speak of the same column or the same kind of time.
    pub(super) fn alike(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Named { table, name, .. }, Self::Named { table: t, name: n, .. }) => table == t && name == n,
            (Self::Part(a), Self::Part(b)) => std::mem::discriminant(a) == std::mem::discriminant(b),
            _ => self.field().is_some() && self.field() == other.field(),
        }
    }

    /// The table whose rows it chooses.
    pub(super) fn table(&self) -> Option<&str> {
        match self {
            Self::Values { field, .. } | Self::Text { field, .. } | Self::Number { field, .. } => Some(&field.table),
            Self::Named { table, .. } => Some(table),
            Self::Part(_) => None,
        }
    }
}

impl Choice {
    pub(super) fn first(&self) -> usize {
        self.negation.unwrap_or(self.items.first().copied().unwrap_or(0))
    }

    pub(super) fn last(&self) -> usize {
        self.items.last().copied().unwrap_or(0)
    }
}

impl Reading<'_> {
    /// Finds all values and recurring parts, joined to lists.
    pub(super) fn choices(&mut self) -> Vec<Choice> {
        let mut out: Vec<Choice> = Vec::new();
        for i in 0..self.len() {
            if self.used[i] {
                continue;
            }
            let Some(meaning) = self.meaning(i) else { continue };
            let meaning = out.last_mut().and_then(|last| self.of_one_column(last, i, &meaning)).unwrap_or(meaning);
            let joined =
                out.last().is_some_and(|last| self.continues(last, i, &meaning) && !self.side_by_side(last.last(), i));
            if joined && let Some(last) = out.last_mut() {
                last.either |= (last.last() + 1..i).any(|k| self.items[k].shape() == Some(Shape::Or));
                last.items.push(i);
                last.parts.push(meaning);
                continue;
            }
            let negation = self.negation(i);
            out.push(Choice {
                items: vec![i],
                parts: vec![meaning],
                negated: negation.is_some(),
                either: false,
                negation,
            });
        }
        out
    }

    /// "Texas, California and New York", "New York and Texas": a value of several columns is of the one that those beside
    /// it are of.
    fn of_one_column(&self, last: &mut Choice, i: usize, meaning: &Meaning) -> Option<Meaning> {
        let field = last.parts.first()?.field()?.clone();
        let as_field = |item: usize, wanted: &Field| {
            self.targets(item).iter().find_map(|target| match target {
                Target::Values { field, values } if field == wanted => {
                    Some(Meaning::Values { field: field.clone(), values: values.clone() })
                }
                _ => None,
            })
        };
        if meaning.field() == Some(&field) {
            return None;
        }
        if let Some(same) = as_field(i, &field).filter(|same| self.continues(last, i, same)) {
            return Some(same);
        }
        let other = meaning.field()?;
        if let [item] = last.items.as_slice()
            && let Some(before) = as_field(*item, other)
        {
            let changed = Choice { parts: vec![before], ..last.clone() };
            if self.continues(&changed, i, meaning) {
                *last = changed;
            }
        }
        None
    }

    /// What a value item means where it stands.
    pub(super) fn meaning(&self, i: usize) -> Option<Meaning> {
        match &self.items.get(i)?.kind {
            Kind::Time(When::Part(Part::Holiday(holiday))) => Some(match self.holiday_filter() {
                Some((table, name)) => Meaning::Named { table, name, negated: !holiday },
                None => Meaning::Part(Part::Holiday(*holiday)),
            }),
            Kind::Time(When::Part(part)) => Some(Meaning::Part(part.clone())),
            Kind::Link(_) if self.is_value(i) => self.value_meaning(i).map(|meaning| self.weekend_or_not(meaning)),
            Kind::Quoted(text) => self.quoted(i, text),
            Kind::Number(_) => self.numbered(i),
            _ => None,
        }
    }

    /// The model's word for a weekend means the same as the calendar's.
    fn weekend_or_not(&self, meaning: Meaning) -> Meaning {
        match &meaning {
            Meaning::Named { table, name, negated }
                if self.lexicon.named_filter("weekend").is_some_and(|(t, n)| t == *table && n == *name) =>
            {
                Meaning::Part(Part::Weekend(!negated))
            }
            _ => meaning,
        }
    }

    /// "store 31", "customer number 7": the thing with that number.
    fn numbered(&self, i: usize) -> Option<Meaning> {
        let said = self.items[i].number().filter(|n| !n.ordinal && n.unit == Unit::Plain)?;
        let number = said.count()?;
        let digits = self.text(i).chars().all(|c| c.is_ascii_digit());
        let k = self.before_but(i, &[Shape::Number])?;
        let verb = |n: usize| self.text(n) == "shop";
        let alone = self.next(i).is_none_or(|n| self.entity(n).is_none() || self.metric(n).is_some() || verb(n));
        if !digits || !alone || self.plural(k) {
            return None;
        }
        let field = self.dimension(k).or_else(|| {
            let found = self.model.entity(&self.entity(k)?)?;
            let label = found.entity.labels.iter().find(|label| label.ends_with("id"))?;
            Some(Field::new(&found.table.name, label))
        })?;
        let named = field.name.ends_with("id") || field.name.ends_with("number") || field.name.ends_with("no");
        named.then_some(Meaning::Number { field, number })
    }

    /// The column meant where several have the value: the one whose noun stands by, else the first.
    fn value_meaning(&self, i: usize) -> Option<Meaning> {
        let targets = self.targets(i);
        let fits = |target: &&Target| match target {
            Target::Values { field, .. } => self.named_beside(i, field),
            _ => false,
        };
        let owner = self.owner(i);
        let of_owner = |target: &&Target| match target {
            Target::Values { field, .. } => owner.as_deref() == Some(field.table.as_str()),
            Target::Named { table, .. } => owner.as_deref() == Some(table.as_str()),
            _ => false,
        };
        let named_anywhere = |target: &&Target| match target {
            Target::Values { field, .. } => (0..self.len()).any(|k| self.dimensions(k).contains(field)),
            _ => false,
        };
        let value = |target: &&Target| matches!(target, Target::Values { .. } | Target::Named { .. });
        let named_owner = |target: &&Target| {
            of_owner(target)
                && match target {
                    Target::Values { field, .. } => self.type_noun_in(i, &field.name),
                    _ => false,
                }
        };
        let chosen = targets
            .iter()
            .find(named_owner)
            .or_else(|| targets.iter().find(fits))
            .or_else(|| targets.iter().find(named_anywhere).filter(|_| targets.len() > 2))
            .or_else(|| targets.iter().find(of_owner))
            .or_else(|| targets.iter().find(value))?;
        Some(match chosen {
            Target::Values { field, values } => Meaning::Values { field: field.clone(), values: values.clone() },
            Target::Named { table, name, negated } => {
                Meaning::Named { table: table.clone(), name: name.clone(), negated: *negated }
            }
            _ => return None,
        })
    }

    /// Whether the noun beside a value is part of a column's name: "state" of "customer state".
    fn type_noun_in(&self, i: usize, column: &str) -> bool {
        let beside = [self.before_but(i, &[Shape::Of, Shape::In]), self.next(i)];
        beside.into_iter().flatten().any(|k| self.dimension(k).is_some() && column.contains(self.text(k)))
    }

    /// Whether the noun of a column stands right before or after a value.
    fn named_beside(&self, i: usize, field: &Field) -> bool {
        let beside = [self.before_but(i, &[Shape::Of, Shape::In]), self.next(i)];
        beside.into_iter().flatten().any(|k| self.dimensions(k).contains(field))
    }

    /// The table of the entity that a value describes: "Texas customers", "customers in Texas"; not over a verb.
    fn owner(&self, i: usize) -> Option<String> {
        let table = |k: usize| self.entity(k).and_then(|e| self.entity_table(&e)).map(|t| t.name.clone());
        let has = |name: &String| {
            self.targets(i).iter().any(|t| match t {
                Target::Values { field, .. } => field.table == *name,
                Target::Named { table, .. } => table == name,
                _ => false,
            })
        };
        if let Some(after) = self.next(i).and_then(table).filter(has) {
            return Some(after);
        }
        let mut k = i;
        while let Some(before) = self.before_but(
            k,
            &[
                Shape::In,
                Shape::From,
                Shape::Of,
                Shape::With,
                Shape::That,
                Shape::Or,
                Shape::And,
                Shape::Not,
                Shape::Except,
            ],
        ) {
            if let Some(found) = table(before) {
                return Some(found).filter(has);
            }
            if !self.is_value(before) && self.dimension(before).is_none() {
                return None;
            }
            k = before;
        }
        None
    }

    /// Text in quotation marks: a part of the name of the thing beside it.
    fn quoted(&self, i: usize, text: &str) -> Option<Meaning> {
        let near = self.before_but(
            i,
            &[Shape::Of, Shape::In, Shape::With, Shape::Contains, Shape::StartsWith, Shape::EndsWith, Shape::For],
        );
        let after = self.next(i);
        let field = [near, after].into_iter().flatten().find_map(|k| {
            self.dimension(k).or_else(|| {
                let entity = self.entity(k)?;
                let found = self.model.entity(&entity)?;
                let label = found.entity.labels.iter().rev().find(|l| !l.ends_with("id"))?;
                Some(Field::new(&found.table.name, label))
            })
        })?;
        Some(Meaning::Text { field, text: text.to_owned() })
    }

    /// Whether a value goes on with the list before it.
    pub(super) fn continues(&self, last: &Choice, i: usize, meaning: &Meaning) -> bool {
        let between = last.last() + 1..i;
        let field = last.parts.first().and_then(Meaning::field).cloned();
        let joined = between.clone().all(|k| {
            let type_noun = field.as_ref().is_some_and(|f| self.dimensions(k).contains(f));
            self.silent_or(k, &[Shape::And, Shape::Or, Shape::Of, Shape::In, Shape::For, Shape::From])
                || self.lists.apart && self.is(k, Shape::With)
                || type_noun
        });
        let linked = between.clone().any(|k| self.is_any(k, &[Shape::And, Shape::Or]) || self.text(k) == ",");
        joined && linked && last.parts.iter().all(|part| part.alike(meaning))
    }

    fn silent_or(&self, i: usize, shapes: &[Shape]) -> bool {
        self.is_any(i, &[Shape::Filler, Shape::Mark]) || self.is_any(i, shapes)
    }

    /// The item that negates a value: "not", "except", "other than".
    fn negation(&self, i: usize) -> Option<usize> {
        let mut k = i;
        while let Some(before) =
            self.before_but(k, &[Shape::In, Shape::From, Shape::Of, Shape::For, Shape::With, Shape::Sell])
        {
            if self.is_any(before, &[Shape::Except, Shape::Not]) {
                return Some(before);
            }
            let type_noun = self.dimension(before).is_some()
                && self
                    .targets(i)
                    .iter()
                    .any(|t| matches!(t, Target::Values { field, .. } if self.dimensions(before).contains(field)));
            let both = self.is(before, Shape::Both);
            if !type_noun && !both {
                return None;
            }
            k = before;
        }
        None
    }

    /// A choice as a filter; its items are understood then.
    pub(super) fn filter(&mut self, choice: &Choice) -> Filter {
        self.take_all(&choice.items);
        if let Some(negation) = choice.negation {
            self.take(negation);
        }
        for k in choice.first()..=choice.last() {
            if self.is_any(k, &[Shape::Or, Shape::And]) {
                self.take(k);
            }
        }
        self.take_type_nouns(choice);
        self.choice_filter(choice)
    }

    /// The same without marking anything.
    pub(super) fn choice_filter(&self, choice: &Choice) -> Filter {
        let mut fields: Vec<(Field, Vec<String>)> = Vec::new();
        let mut others: Vec<Filter> = Vec::new();
        for part in &choice.parts {
            match part {
                Meaning::Values { field, values } => match fields.iter_mut().find(|(known, _)| known == field) {
                    Some((_, known)) => {
                        known.extend(values.iter().filter(|v| !known.contains(v)).cloned().collect::<Vec<_>>());
                    }
                    None => fields.push((field.clone(), values.clone())),
                },
                other => others.push(self.meaning_filter(other, choice.negated)),
            }
        }
        let mut all: Vec<Filter> =
            fields.iter().map(|(field, values)| values_filter(field, values, choice.negated)).collect();
        all.extend(others);
        match (all.len(), choice.negated) {
            (1, _) => all.remove(0),
            (_, true) => Filter::All { of: all },
            _ => Filter::Any { of: all },
        }
    }

    /// One meaning as a filter.
    pub(super) fn meaning_filter(&self, meaning: &Meaning, negated: bool) -> Filter {
        match meaning {
            Meaning::Values { field, values } => values_filter(field, values, negated),
            Meaning::Named { table, name, negated: opposite } => {
                Filter::Named { table: table.clone(), name: name.clone(), negated: *opposite != negated }
            }
            Meaning::Text { field, text } => Filter::Text {
                value: Value::Field { field: field.clone() },
                matches: TextMatch::Contains,
                text: text.clone(),
                negated,
            },
            Meaning::Part(part) => self.part_filter(part, negated),
            Meaning::Number { field, number } => self.number_filter(field, *number, negated),
        }
    }

    /// A column that is a number, or a text of digits.
    #[expect(clippy::cast_precision_loss, reason = "the number of a thing has few digits")]
    fn number_filter(&self, field: &Field, number: u64, negated: bool) -> Filter {
        let kind = self.table(&field.table).and_then(|t| {
            let found = t.dimensions.iter().find(|d| d.name == field.name)?;
            found.data_type.as_deref().map(str::to_uppercase)
        });
        let text = kind.is_some_and(|kind| ["CHAR", "TEXT", "STRING"].iter().any(|word| kind.contains(word)));
        let literal = if text { Literal::Text(number.to_string()) } else { Literal::Number(number as f64) };
        Filter::OneOf { value: Value::Field { field: field.clone() }, values: vec![literal], negated }
    }

    /// A recurring part of time as a filter.
    pub(super) fn part_filter(&self, part: &Part, negated: bool) -> Filter {
        let made = |part: TimePart, values: Vec<i64>, negated: bool| Filter::Part { time: None, part, values, negated };
        match part {
            Part::Weekdays(days) => made(TimePart::Weekday, days.iter().map(|d| i64::from(*d)).collect(), negated),
            Part::Weekend(weekend) => made(TimePart::Weekend, vec![i64::from(*weekend)], negated),
            Part::Months(months) => made(TimePart::Month, months.iter().map(|m| i64::from(*m)).collect(), negated),
            Part::Holiday(holiday) => match self.holiday_filter() {
                Some((table, name)) => Filter::Named { table, name, negated: *holiday == negated },
                None => made(TimePart::Weekend, vec![2], false),
            },
        }
    }

    /// The model's named filter for public holidays.
    pub(super) fn holiday_filter(&self) -> Option<(String, String)> {
        self.lexicon.named_filter("holiday")
    }

    /// Nouns that only say what kind of thing a value is: "the pastry department", "Texas stores".
    fn take_type_nouns(&mut self, choice: &Choice) {
        let Some(field) = choice.parts.first().and_then(Meaning::field).cloned() else { return };
        let beside = [self.before_but(choice.items[0], &[Shape::Of]), self.next(choice.last())];
        for k in beside.into_iter().flatten() {
            let part = self.dimension(k).is_some() && field.name.contains(self.text(k));
            if !self.used[k] && (self.dimensions(k).contains(&field) || part) && !self.grouped(k) {
                self.take(k);
            }
        }
    }

    /// Whether a noun is grouped by, or asked for: "by region", "each region", "which region".
    pub(super) fn grouped(&self, i: usize) -> bool {
        let Some(before) = self.before_but(i, &[Shape::Distinct, Shape::Total]) else { return false };
        self.is_any(
            before,
            &[Shape::By, Shape::Per, Shape::Each, Shape::Which, Shape::Who, Shape::HowMany, Shape::Number],
        ) || self.items[before].number().is_some()
            || self.is_any(before, &[Shape::Most, Shape::Least]) && self.plural(i)
    }

    /// The filters for periods that nothing else used, and the plan's period.
    ///
    /// # Errors
    /// Two periods that don't go together.
    pub(super) fn periods(&mut self) -> Result<(Option<Period>, Vec<Filter>), Refusal> {
        let found: Vec<(usize, Period)> = (0..self.len())
            .filter(|&i| !self.used[i])
            .filter_map(|i| match self.items[i].kind {
                Kind::Time(When::Period(period)) => Some((i, period)),
                Kind::Time(When::Range(a, b)) => Some((i, Period { start: a.start, end: b.end, grain: None })),
                _ => None,
            })
            .collect();
        self.take_where(|it, i| matches!(it.items[i].kind, Kind::Time(When::Always)));
        let Some(((first, period), rest)) = found.split_first() else { return Ok((None, Vec::new())) };
        let negated = self
            .before_but(*first, &[Shape::In, Shape::For, Shape::From])
            .filter(|&k| self.is_any(k, &[Shape::Except, Shape::Not]));
        self.take_all(&found.iter().map(|f| f.0).collect::<Vec<_>>());
        if rest.is_empty() {
            if let Some(k) = negated {
                self.take(k);
                return Ok((None, vec![Filter::During { period: plan_period(period), negated: true }]));
            }
            return Ok((Some(*period), Vec::new()));
        }
        if rest.iter().all(|(_, other)| inside(other, period)) && rest.len() == 1 {
            return Ok((Some(rest[0].1), Vec::new()));
        }
        if rest.iter().all(|(_, other)| inside(period, other)) {
            return Ok((Some(*period), Vec::new()));
        }
        let listed = found.windows(2).all(|pair| {
            (pair[0].0 + 1..pair[1].0).all(|k| self.silent_or(k, &[Shape::And, Shape::Or, Shape::In, Shape::For]))
        });
        if listed {
            for pair in found.windows(2) {
                for k in pair[0].0 + 1..pair[1].0 {
                    self.take(k);
                }
            }
            let of = found.iter().map(|(_, p)| Filter::during(plan_period(p))).collect();
            return Ok((None, vec![Filter::Any { of }]));
        }
        let words = found.iter().map(|(i, _)| self.text(*i).to_owned()).collect::<Vec<_>>();
        Err(Refusal::unclear("Two periods are named and it is not clear how they go together", words))
    }
}

/// Whether one period lies in another.
pub(super) fn inside(inner: &Period, outer: &Period) -> bool {
    let starts = match (inner.start, outer.start) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(a), Some(b)) => a >= b,
    };
    let ends = match (inner.end, outer.end) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(a), Some(b)) => a <= b,
    };
    starts && ends
}

/// A period as the plan says it: up to, not with, the day after the last.
pub(crate) fn plan_period(period: &Period) -> crate::plan::Period {
    crate::plan::Period {
        time: None,
        from: period.start,
        until: period.end.map(|end| crate::ask::time::moved(end, jiff::Span::new().days(1))),
        label: Some(crate::ask::time::label(period)),
    }
}

/// Values of a column as a filter.
fn values_filter(field: &Field, values: &[String], negated: bool) -> Filter {
    if let [value] = values
        && !negated
    {
        return Filter::equal(&field.table, &field.name, value.as_str());
    }
    Reading::one_of(field, values, negated)
}
