//! Lists in other words: what is said again before each member, "and so on", members that are summed or kept apart.

use super::draft::Group;
use super::filters::Meaning;
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape, Target};
use crate::ask::time::{Part, Period, When};
use crate::plan::{Dimension, Filter, Grain, Plan, TimePart};

/// How the members of lists are meant, as far as the words say so.
#[derive(Debug, Clone, Default)]
pub(super) struct Lists {
    /// One by one: "separately", "for each of the two".
    pub(super) apart: bool,
    /// All in one sum: "A plus B", "taken together".
    pub(super) summed: bool,
    /// Groups that lists and tables name without a preposition.
    pub(super) groups: Vec<Group>,
}

/// Words between members that say nothing of their own.
const LIGHT: [Shape; 14] = [
    Shape::And,
    Shape::Or,
    Shape::Of,
    Shape::In,
    Shape::For,
    Shape::From,
    Shape::With,
    Shape::Versus,
    Shape::Sell,
    Shape::Deed,
    Shape::Total,
    Shape::Apart,
    Shape::That,
    Shape::Which,
];

/// Prepositions before a member.
const PLACES: [Shape; 6] = [Shape::In, Shape::For, Shape::From, Shape::Of, Shape::With, Shape::That];

impl Reading<'_> {
    /// Puts lists into plain words before anything is read.
    pub(super) fn coordinate(&mut self) {
        self.doers();
        self.spoken_counts();
        self.elided();
        self.summed_lists();
        self.kept_apart();
        self.said_again();
        self.years_of_lists();
        self.and_so_on();
        self.crossed();
        self.fronted();
        self.parted();
        self.lists.apart |= self.has(Shape::Apart) || self.topic() || self.each_fronted();
    }

    /// "revenue made by Texas stores" names who did it and no groups.
    fn doers(&mut self) {
        let deeds = [
            "made",
            "generated",
            "earned",
            "spent",
            "bought",
            "in",
            "achieved",
            "contributed",
            "produced",
            "realized",
            "realised",
            "taken",
            "sold",
            "placed",
            "done",
            "paid",
            "out",
            "away",
        ];
        for i in 1..self.len() {
            let placed = self
                .next_but(i, &[Shape::Both, Shape::By, Shape::In])
                .is_some_and(|k| self.is_value(k) && self.noun(k).is_none());
            if self.is(i, Shape::OrderBy) && matches!(self.text(i), "ordered by" | "ordered") && placed {
                self.items[i].kind = Kind::Shape(Shape::Deed);
                continue;
            }
            let by = self.is(i, Shape::By) && matches!(self.text(i), "by" | "by the");
            let deed = self.items[i].at.checked_sub(1).is_some_and(|k| self.tokens[k].is(&deeds));
            let value = self.next(i).is_some_and(|k| self.is_value(k) && self.noun(k).is_none());
            let ordered = self.before(i).is_some_and(|k| {
                self.is_any(k, &[Shape::Deed, Shape::Both, Shape::And])
                    || matches!(self.text(k), "out" | "orders" | "order" | "ordered" | "baskets" | "purchases" | "went")
            });
            let spoken = self.text(i) == "by"
                && value
                && (ordered
                    || self.items[i].at.checked_sub(1).is_some_and(|k| {
                        self.tokens[k].is(&["ordered", "out", "shopped", "delivered", "served", "shop", "order", "buy"])
                    }));
            if spoken || by && deed && self.next_but(i, &[Shape::Total]).is_some_and(|k| self.is_value(k)) {
                self.items[i].kind = Kind::Shape(Shape::From);
            }
        }
    }

    /// "by how many children they have", "in each of the four regions", "how often, counted in baskets", "type of store
    /// format": numbers and words that only describe the noun beside them.
    fn spoken_counts(&mut self) {
        for i in 0..self.len() {
            let Some(k) = self.next(i) else { break };
            if self.is_any(i, &[Shape::By, Shape::Per]) && self.is_any(k, &[Shape::HowMany, Shape::Number]) {
                let column = self.next(k).is_some_and(|n| self.dimension(n).is_some() || self.fact(n).is_some());
                if column && self.is(k, Shape::HowMany) {
                    self.items[k].kind = Kind::Shape(Shape::Filler);
                }
            }
            let said = self.dimension(i).is_some_and(|field| field.name.ends_with(self.text(k)));
            if said && matches!(self.items[k].kind, Kind::Unknown) {
                self.items[k].kind = Kind::Shape(Shape::Filler);
            }
            let number = matches!(self.items[k].kind, Kind::Number(n) if !n.year && !n.ordinal);
            if self.is(i, Shape::Each)
                && number
                && self.next(k).is_some_and(|n| self.noun(n).is_some() && self.plural(n))
            {
                self.items[k].kind = Kind::Shape(Shape::Filler);
            }
            let restated = matches!(self.text(i), "counted in" | "measured in" | "counted as" | "in numbers of");
            if restated && (self.metric(k).is_some() || self.entity(k).is_some()) {
                for item in &mut self.items[..i] {
                    if item.text == "often" {
                        "frequently".clone_into(&mut item.text);
                        item.kind = Kind::Shape(Shape::Filler);
                    }
                }
            }
        }
    }

    /// "in the first quarter but not in the fourth": the step of the calendar is not said again.
    fn elided(&mut self) {
        for i in 1..self.len() {
            let placed = self.before(i).is_some_and(|k| {
                self.is_any(k, &[Shape::In, Shape::From, Shape::And, Shape::Versus, Shape::Not, Shape::For])
            });
            let number = self.items[i].number().filter(|n| n.ordinal).and_then(|n| n.count());
            let last = matches!(self.items[i].kind, Kind::Unknown) && matches!(self.text(i), "last" | "final");
            if !placed || number.is_none() && !last {
                continue;
            }
            let one = self.next(i).filter(|&k| self.text(k) == "one" && self.items[k].at == self.items[i].at + 1);
            let alone = one.is_some()
                || self.next(i).is_none_or(|k| {
                    self.is_any(k, &[Shape::And, Shape::But, Shape::Versus, Shape::Also, Shape::Again, Shape::Of])
                        || (i + 1..k).any(|m| self.text(m) == ",")
                });
            let Some(said) = (0..i).rev().find_map(|k| {
                let period = self.listed_period(k)?;
                ["quarter", "month"].iter().any(|word| self.text(k).contains(word)).then_some(period)
            }) else {
                continue;
            };
            let (Some(start), true) = (said.start, alone) else { continue };
            let which = |most: i8| if last { Some(most) } else { number.and_then(|n| i8::try_from(n).ok()) };
            let period = match said.grain {
                Some(Grain::Quarter) => which(4).and_then(|n| self.calendar.quarter(start.year(), n)),
                Some(Grain::Month) => which(12).and_then(|n| self.calendar.month(start.year(), n)),
                _ => None,
            };
            if let Some(period) = period {
                self.items[i].kind = Kind::Time(When::Period(period));
                if let Some(one) = one {
                    self.items[one].kind = Kind::Shape(Shape::Filler);
                }
            }
        }
    }

    /// "Texas plus Ohio", "Saturdays and Sundays together": one number for all members.
    fn summed_lists(&mut self) {
        for i in 0..self.len() {
            if self.text(i) == "plus" && self.is_any(i, &[Shape::And, Shape::OrMore]) {
                let sides = self.before_but(i, &PLACES).zip(self.next_but(i, &PLACES));
                if sides.is_some_and(|(a, b)| self.same_kind(a, b)) {
                    self.items[i].kind = Kind::Shape(Shape::And);
                    self.lists.summed = true;
                }
            }
            if self.is(i, Shape::Together) && self.text(i) == "together" {
                let deed = self.before(i).is_some_and(|k| self.is_any(k, &[Shape::Deed, Shape::Sell]));
                let with = self.next(i).is_some_and(|k| self.is_value(k) || self.is_any(k, &[Shape::With, Shape::In]));
                let listed = (0..i).filter(|&k| self.member(k)).count() > 1;
                if listed && !deed && !with {
                    self.items[i].kind = Kind::Shape(Shape::Total);
                }
            }
        }
    }

    /// "weekends apart from weekdays", "digital separate from in-store": two sides and nothing left out.
    fn kept_apart(&mut self) {
        for i in 0..self.len() {
            let apart = matches!(self.text(i), "apart from" | "separate from" | "separately from" | "separated from");
            let sides = self.before_but(i, &PLACES).zip(self.next_but(i, &PLACES));
            if apart && sides.is_some_and(|(a, b)| self.same_kind(a, b)) {
                self.items[i].kind = Kind::Shape(Shape::Versus);
                self.lists.apart = true;
            }
        }
    }

    /// "Texas and Ohio: revenue": members that the question is about one by one.
    fn topic(&self) -> bool {
        let Some(colon) = (0..self.len()).find(|&i| self.text(i) == ":") else { return false };
        let quiet = |k: usize| {
            self.member(k)
                || self.is_any(
                    k,
                    &[Shape::And, Shape::Or, Shape::Versus, Shape::In, Shape::For, Shape::Filler, Shape::Mark],
                )
                || self.entity(k).is_some() && self.before(k).is_some_and(|b| self.member(b))
        };
        let members: Vec<usize> = (0..colon).filter(|&k| self.member(k)).collect();
        (0..colon).all(quiet)
            && members.windows(2).all(|pair| self.same_kind(pair[0], pair[1]))
            && members.len() > 1
            && colon + 1 < self.len()
    }

    /// "For Texas, California and New York, name the city with the highest revenue": one for each of the list.
    fn fronted(&mut self) {
        let loud: Vec<usize> = (0..self.len()).filter(|&i| !self.is_any(i, &[Shape::Filler, Shape::Mark])).collect();
        let Some(&head) = loud.first() else { return };
        let ranked =
            self.has_superlative() || (0..self.len()).any(|i| self.items[i].number().is_some_and(|n| n.ordinal));
        if !self.is_any(head, &[Shape::For, Shape::In]) || !ranked || self.has(Shape::Total) {
            return;
        }
        let stretch: Vec<usize> =
            loud[1..].iter().copied().take_while(|&k| self.member(k) || self.is(k, Shape::And)).collect();
        let members: Vec<usize> = stretch.iter().copied().filter(|&k| !self.is(k, Shape::And)).collect();
        let (Some(&first), Some(&last)) = (members.first(), members.last()) else { return };
        let comma = (last + 1..self.len()).take(2).any(|k| matches!(self.text(k), "," | ":"));
        let values = matches!(self.meaning(first), Some(Meaning::Values { .. }));
        if members.len() > 1
            && comma
            && values
            && let Some(noun) = self.noun_of_member(first)
        {
            self.lists.groups.push(Group { at: first, noun, each: false });
        }
    }

    /// "split into physical and digital": by the column whose members are told.
    fn parted(&mut self) {
        for i in 0..self.len() {
            let into = self.is(i, Shape::By) && self.text(i).split(' ').any(|word| word == "into" || word == "split");
            let Some(first) = self.next(i).filter(|&k| into && self.meaning(k).is_some() && self.noun(k).is_none())
            else {
                continue;
            };
            let joint = self.next(first).filter(|&k| self.is_any(k, &[Shape::And, Shape::Versus]));
            let other = joint.and_then(|k| self.next(k)).is_some_and(|k| self.same_kind(first, k));
            if let Some(noun) = self.noun_of_member(first).filter(|_| other) {
                self.take(i);
                self.lists.groups.push(Group { at: first, noun, each: false });
            }
        }
    }

    /// "for married and for unmarried households, …": said before each of them, so that each has numbers of its own.
    fn each_fronted(&self) -> bool {
        let loud: Vec<usize> = (0..self.len()).filter(|&i| !self.is_any(i, &[Shape::Filler, Shape::Mark])).collect();
        let [head, first, and, again, second, ..] = loud.as_slice() else { return false };
        let places = [Shape::For, Shape::In, Shape::From, Shape::With];
        self.is_any(*head, &places)
            && self.shape(*head) == self.shape(*again)
            && self.is(*and, Shape::And)
            && self.member(*first)
            && self.same_kind(*first, *second)
    }

    /// Whether an item is a value or a time that a list can have.
    pub(super) fn member(&self, i: usize) -> bool {
        matches!(self.items[i].kind, Kind::Time(When::Period(_))) || self.meaning(i).is_some()
    }

    /// Whether two items are members of one list: values of one column, parts or periods of one kind.
    pub(super) fn same_kind(&self, a: usize, b: usize) -> bool {
        match (&self.items[a].kind, &self.items[b].kind) {
            (Kind::Time(When::Period(a)), Kind::Time(When::Period(b))) => a.grain.is_some() && a.grain == b.grain,
            _ => matches!((self.meaning(a), self.meaning(b)), (Some(a), Some(b)) if a.alike(&b)),
        }
    }

    /// "revenue of private brands, revenue of national brands" is a list with its head said twice.
    fn said_again(&mut self) {
        let members: Vec<usize> = (0..self.len()).filter(|&i| self.member(i)).collect();
        for b in members {
            let Some(a) = (0..b).rev().find(|&k| self.same_kind(k, b)) else { continue };
            let between: Vec<usize> = (a + 1..b).filter(|&k| !self.is_any(k, &[Shape::Filler, Shape::Mark])).collect();
            let heads: Vec<usize> = between.iter().copied().filter(|&k| self.repeats(k, a)).collect();
            let type_noun = |k: usize| self.beside_member(k, a) || self.beside_member(k, b);
            let light = |k: usize| heads.contains(&k) || self.is_any(k, &LIGHT) || type_noun(k);
            if heads.is_empty() || !between.iter().all(|&k| light(k)) {
                continue;
            }
            let joint = between.iter().any(|&k| self.is_any(k, &[Shape::And, Shape::Or]));
            for &k in &between {
                if !self.is_any(k, &[Shape::And, Shape::Or]) {
                    self.items[k].kind = Kind::Shape(Shape::Filler);
                }
            }
            if !joint {
                self.items[heads[0]].kind = Kind::Shape(Shape::And);
            }
            self.lists.apart = true;
        }
    }

    /// Whether an item says again what was said before another: the same measure, question word or number.
    fn repeats(&self, k: usize, before: usize) -> bool {
        let said = |j: usize| match (&self.items[j].kind, &self.items[k].kind) {
            (Kind::Shape(a), Kind::Shape(b)) => {
                a == b
                    && matches!(
                        a,
                        Shape::HowMuch | Shape::HowMany | Shape::Number | Shape::Average | Shape::Most | Shape::Least
                    )
            }
            (Kind::Number(a), Kind::Number(b)) => (a.value - b.value).abs() < f64::EPSILON && !a.year,
            (Kind::Link(a), Kind::Link(b)) => a.iter().any(|target| {
                matches!(target, Target::Metric(_) | Target::Fact(_)) && b.contains(target)
                    || matches!(target, Target::Entity(_)) && b.contains(target) && !self.is_value(k)
            }),
            _ => false,
        };
        (0..before).any(said)
            || self.is(k, Shape::That)
                && self.next(k).is_some_and(|n| self.is_any(n, &[Shape::Of, Shape::In, Shape::From, Shape::For]))
    }

    /// Whether an item is the noun of a member beside it: "private brand products", "the Texas stores".
    fn beside_member(&self, k: usize, member: usize) -> bool {
        let beside = self.before(k) == Some(member) || self.next(k) == Some(member);
        let field = self.meaning(member).as_ref().and_then(Meaning::field).cloned();
        beside
            && (self.entity(k).is_some() && self.plural(k)
                || field.is_some_and(|field| {
                    self.dimensions(k).contains(&field)
                        || self.dimension(k).is_some() && field.name.contains(self.text(k))
                }))
    }

    /// Months and quarters of a list are of the year that is said with one of them: "Q1 and Q2 2016".
    fn years_of_lists(&mut self) {
        let found: Vec<usize> =
            (0..self.len()).filter(|&i| matches!(self.listed_period(i), Some(p) if steps(p.grain))).collect();
        for pair in found.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let joined = (a + 1..b).all(|k| {
                self.is_any(k, &LIGHT) || self.is_any(k, &[Shape::Filler, Shape::Mark, Shape::To, Shape::Than])
            });
            let (Some(first), Some(second)) = (self.listed_period(a), self.listed_period(b)) else { continue };
            if !joined || first.grain != second.grain {
                continue;
            }
            match (self.said_with_year(a), self.said_with_year(b)) {
                (false, true) => {
                    let open: Vec<usize> =
                        found.iter().copied().filter(|&k| k <= a && !self.said_with_year(k)).collect();
                    for k in open {
                        self.move_year(k, &second, true);
                    }
                }
                (true, false) => self.move_year(b, &first, false),
                _ => {}
            }
        }
        let years: Vec<usize> = (0..self.len())
            .filter(|&i| matches!(self.listed_period(i), Some(p) if p.grain == Some(Grain::Year)))
            .collect();
        if let [year] = years.as_slice()
            && found.len() > 1
            && found.iter().all(|&k| !self.said_with_year(k))
            && let Some(said) = self.listed_period(*year)
        {
            for &k in &found {
                self.move_year(k, &said, false);
            }
            self.items[*year].kind = Kind::Shape(Shape::Filler);
        }
    }

    fn listed_period(&self, i: usize) -> Option<Period> {
        match self.items.get(i)?.kind {
            Kind::Time(When::Period(period)) => Some(period),
            _ => None,
        }
    }

    /// Whether a period was said with its year, or in relation to today.
    fn said_with_year(&self, i: usize) -> bool {
        let item = &self.items[i];
        self.tokens[item.at..item.at + item.len].iter().any(|token| {
            token.number.is_some_and(|number| number.year)
                || token.is(&["year", "last", "this", "previous", "past", "next", "current", "prior", "latest"])
                || token.norm.chars().filter(char::is_ascii_digit).count() > 1
        })
    }

    /// Moves a period into the year of another: before it where it leads up to it, else after.
    fn move_year(&mut self, i: usize, other: &Period, leads: bool) {
        let Some((period, start, known)) = self.listed_period(i).and_then(|p| Some((p, p.start?, other.start?))) else {
            return;
        };
        let Some(grain) = period.grain else { return };
        let years = i64::from(known.year()) - i64::from(start.year());
        let moved = self.calendar.shift(start, Grain::Year, years);
        // "December and January 2017" goes over the turn of the year, "December and November 2017" does not.
        let ahead = (i32::from(known.month()) - i32::from(moved.month())).rem_euclid(12);
        let turn = other.grain != Some(Grain::Year);
        let moved = match leads {
            true if turn && moved > known && ahead <= 3 => self.calendar.shift(moved, Grain::Year, -1),
            false if turn && moved < known && (12 - ahead) % 12 <= 3 => self.calendar.shift(moved, Grain::Year, 1),
            _ => moved,
        };
        self.items[i].kind = Kind::Time(When::Period(self.calendar.holding(moved, grain)));
    }

    /// "January, February and so on", "Express, Supermarket and the other formats": a group and no list.
    fn and_so_on(&mut self) {
        let Some(at) = self.find(Shape::SoOn) else { return };
        let Some(last) = (0..at).rev().find(|&k| self.member(k)) else { return };
        let run: Vec<usize> = (0..=last).filter(|&k| k == last || self.same_kind(k, last)).collect();
        let Some(noun) = self.noun_of_member(last) else { return };
        let first = run[0];
        for k in first..at {
            if run.contains(&k) || self.repeats(k, first) {
                self.take(k);
            }
        }
        self.take(at);
        let until = self.rest_of_so_on(at, &noun);
        if let (Noun::Grain(_), Some(from)) = (&noun, self.listed_period(first)) {
            self.span_of_steps(first, &from, until);
        }
        if let Noun::Grain(_) | Noun::Part(_) = noun {
            for &k in run.iter().skip(1) {
                self.items[k].kind = Kind::Shape(Shape::Filler);
            }
        }
        if !matches!(noun, Noun::Grain(_)) {
            for &k in &run {
                self.items[k].kind = Kind::Shape(Shape::Filler);
            }
        }
        self.lists.groups.push(Group { at: first, noun, each: false });
    }

    /// What the members of a list are: the column of values, the step or the part of the calendar.
    fn noun_of_member(&self, i: usize) -> Option<Noun> {
        if let Some(period) = self.listed_period(i) {
            return period.grain.map(Noun::Grain);
        }
        match self.meaning(i)? {
            Meaning::Values { field, .. } => Some(Noun::Column(field)),
            Meaning::Part(Part::Weekdays(_)) => Some(Noun::Part(TimePart::Weekday)),
            Meaning::Part(Part::Months(_)) => Some(Noun::Part(TimePart::Month)),
            _ => None,
        }
    }

    /// The words after "and so on" that say how far: "for all states", "through Sunday", "all twelve months".
    fn rest_of_so_on(&mut self, at: usize, noun: &Noun) -> Option<Period> {
        let mut until = None;
        for k in at + 1..self.len() {
            let same = match noun {
                Noun::Column(field) => self.dimensions(k).contains(field),
                Noun::Grain(grain) => {
                    self.items[k].kind == Kind::Grain(*grain) || self.items[k].kind == Kind::Grain(Grain::Year)
                }
                Noun::Part(_) => matches!(self.items[k].kind, Kind::Grain(Grain::Day) | Kind::TimePart(_)),
                _ => false,
            };
            let goes_on = self.is_any(k, &PLACES)
                || self.is_any(k, &[Shape::Filler, Shape::Mark, Shape::Each, Shape::To, Shape::Also, Shape::Both])
                || matches!(self.items[k].kind, Kind::Number(number) if !number.year);
            let ends =
                ["until", "till", "through", "up to", "to", "thru"].iter().any(|word| self.text(k).starts_with(word));
            match &self.items[k].kind {
                Kind::Time(When::Period(period)) if ends => until = Some(*period),
                Kind::Time(When::Part(Part::Weekdays(_))) if matches!(noun, Noun::Part(_)) => {}
                _ if same || goes_on => {}
                _ => break,
            }
            if !self.is_any(k, &[Shape::Filler, Shape::Mark]) {
                self.items[k].kind = Kind::Shape(Shape::Filler);
            }
        }
        until
    }

    /// The time that steps up to an end span; the year of the first where no end and no year is said.
    fn span_of_steps(&mut self, first: usize, from: &Period, until: Option<Period>) {
        let other = (0..self.len()).any(|k| k != first && !self.used[k] && self.listed_period(k).is_some());
        let whole = from.start.map(|start| self.calendar.holding(start, Grain::Year));
        let period = match (until.and_then(|u| u.end), whole) {
            (Some(end), _) => Some(Period { start: from.start, end: Some(end), grain: None }),
            (None, Some(year)) if !other => Some(year),
            _ => None,
        };
        match period {
            Some(period) => {
                self.items[first].kind = Kind::Time(When::Period(period));
                self.used[first] = false;
            }
            None => self.items[first].kind = Kind::Shape(Shape::Filler),
        }
    }

    /// Periods of one kind that are listed are rows of their own, unless one number is wanted for all.
    pub(super) fn listed_periods(&mut self, plan: &mut Plan) {
        let found: Vec<(usize, Period)> = (0..self.len())
            .filter(|&i| !self.used[i])
            .filter_map(|i| self.listed_period(i).map(|period| (i, period)))
            .collect();
        let [(first, known), .., (last, _)] = found.as_slice() else { return };
        let alike = found.iter().all(|(_, p)| p.grain == known.grain && known.grain.is_some());
        let joined = (*first..*last).all(|k| {
            found.iter().any(|(i, _)| *i == k)
                || self.is_any(k, &[Shape::And, Shape::Or, Shape::In, Shape::For, Shape::Filler, Shape::Mark])
        });
        let negated = self.before_but(*first, &PLACES).is_some_and(|k| self.is_any(k, &[Shape::Except, Shape::Not]));
        let one_number = self.lists.summed
            || plan.top.is_some()
            || plan.compare.is_some()
            || [Shape::Total, Shape::Share, Shape::Or].into_iter().any(|shape| self.has(shape));
        let counting = self.has(Shape::HowMany) || self.has(Shape::Number);
        let alone = plan.dimensions.is_empty() && !counting && plan.having.is_empty();
        let rows = self.lists.apart || self.has(Shape::Each) || found.len() > 2 || alone;
        let timed = plan
            .dimensions
            .iter()
            .any(|d| matches!(d.by, crate::plan::Grouping::Time { .. } | crate::plan::Grouping::Part { .. }));
        if !alike || !joined || negated || one_number && !self.lists.apart || !rows || timed || plan.measures.is_empty()
        {
            return;
        }
        let Some(grain) = known.grain else { return };
        for k in *first..=*last {
            self.take(k);
        }
        let of = found.iter().map(|(_, p)| Filter::during(super::filters::plan_period(p))).collect();
        plan.filters.push(Filter::Any { of });
        plan.dimensions.push(Dimension::time(grain));
    }
}

fn steps(grain: Option<Grain>) -> bool {
    matches!(grain, Some(Grain::Month | Grain::Quarter))
}
