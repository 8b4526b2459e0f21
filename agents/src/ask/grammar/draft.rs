//! What is gathered from a question before it is a plan.

use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape};
use crate::plan::{Comparison, Measure};

/// A noun that rows are grouped by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group {
    pub(super) at: usize,
    pub(super) noun: Noun,
    /// Said with "each" or "every".
    pub(super) each: bool,
}

/// The noun that is asked for: "which states", "top 10 products".
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sought {
    pub(super) at: usize,
    pub(super) noun: Noun,
    pub(super) plural: bool,
    pub(super) count: Option<u64>,
}

/// "the most", "the two lowest".
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Superlative {
    pub(super) at: usize,
    pub(super) ascending: bool,
    pub(super) count: Option<u64>,
    /// "second best": that place only.
    pub(super) exactly: bool,
}

/// "more than 200 trips".
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Threshold {
    pub(super) at: usize,
    pub(super) is: Comparison,
    pub(super) value: f64,
    pub(super) upper: Option<f64>,
    pub(super) money: bool,
    pub(super) last: usize,
    /// What is counted, when the words say so themselves: "twice", "in every month".
    pub(super) of: Option<Tally>,
}

/// What a threshold's number counts, where it is no noun of the question.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tally {
    /// Events: "twice", "5 times", "repeat customers".
    Times,
    /// Different steps of the calendar or values of a column.
    Parts(Noun),
}

impl Reading<'_> {
    /// "by region and month", "in each state", "per quarter", "monthly", "over time".
    pub(super) fn groups(&mut self) -> Vec<Group> {
        let mut out: Vec<Group> = std::mem::take(&mut self.lists.groups);
        for i in 0..self.len() {
            if self.used[i] {
                continue;
            }
            match &self.items[i].kind {
                Kind::Shape(Shape::By | Shape::Per | Shape::Each) => self.group_list(i, &mut out),
                Kind::Shape(Shape::Trend) if self.spending_more().is_none() => self.trend(i, &mut out),
                Kind::Shape(Shape::Calendar)
                    if self.text(i) == "by date" && self.before(i).is_some_and(|k| !self.is(k, Shape::OrderBy)) =>
                {
                    self.take(i);
                    out.push(Group { at: i, noun: Noun::Grain(crate::plan::Grain::Day), each: false });
                }
                Kind::Grain(_) if self.adverb(i) => self.adverb_group(i, &mut out),
                Kind::Link(_) if self.both_sides(i) || self.mixed(i) => {
                    if let Some(noun) = self.noun(i) {
                        self.take(i);
                        out.push(Group { at: i, noun, each: false });
                    }
                }
                _ => {}
            }
        }
        for group in &mut out {
            self.own_column(group);
            group.noun = self.home(group.at, group.noun.clone());
        }
        out.sort_by_key(|group| group.at);
        let mut seen: Vec<Noun> = Vec::new();
        out.retain(|group| {
            let new = !seen.contains(&group.noun);
            seen.push(group.noun.clone());
            new
        });
        out
    }

    /// "in which states do our customers live": a column of theirs, where they have one of that name.
    fn home(&self, at: usize, noun: Noun) -> Noun {
        let lives = ["live", "lives", "living", "lived", "reside", "resides", "residing"];
        if !self.tokens.iter().any(|t| t.is(&lives)) || !matches!(noun, Noun::Column(_)) {
            return noun;
        }
        let lemma = &self.tokens[self.items[at].at].lemma;
        let own = (0..self.len()).filter_map(|i| self.entity(i)).find_map(|entity| {
            let table = &self.entity_table(&entity)?.name;
            self.lexicon.column(&format!("{entity} {lemma}"))?.into_iter().find_map(|target| match target {
                crate::ask::link::Target::Dimension(field) if field.table == *table => Some(field),
                _ => None,
            })
        });
        own.map_or(noun, Noun::Column)
    }

    /// "customers in each city" live there: where the things themselves have such a column, and nothing is said to happen.
    fn own_column(&self, group: &mut Group) {
        let skip = [
            Shape::By,
            Shape::Per,
            Shape::Each,
            Shape::In,
            Shape::For,
            Shape::Of,
            Shape::From,
            Shape::Apart,
            Shape::Distinct,
        ];
        let beside = self.before_but(group.at, &skip).filter(|&k| self.plural(k));
        let Some((entity, Noun::Column(field))) = beside.and_then(|k| self.entity(k)).zip(Some(&group.noun)) else {
            return;
        };
        let happens = (0..self.len()).any(|i| {
            matches!(self.items[i].kind, Kind::Time(_) | Kind::Grain(_))
                || self.is_any(i, &[Shape::Deed, Shape::Active, Shape::Sell])
        });
        let own = self.entity_table(&entity).filter(|t| t.name != field.table && !happens);
        let column = self.lexicon.column(&format!("{entity} {}", self.tokens[self.items[group.at].at].lemma));
        let found = column.into_iter().flatten().find_map(|target| match target {
            crate::ask::link::Target::Dimension(found) if own.is_some_and(|t| t.name == found.table) => Some(found),
            _ => None,
        });
        if let Some(found) = found {
            group.noun = Noun::Column(found);
        }
    }

    fn group_list(&mut self, i: usize, out: &mut Vec<Group>) {
        let each = self.is(i, Shape::Each) || self.next(i).is_some_and(|k| self.is(k, Shape::Each));
        let skip = [Shape::Each, Shape::Distinct, Shape::Total, Shape::By, Shape::Of, Shape::That];
        let mut from = i;
        while let Some(k) = self.group_noun(from, &skip) {
            let Some(noun) = self.noun(k) else { break };
            let ranks = from == i && self.is(i, Shape::By) && self.metric(k).is_some();
            if self.used[k] || ranks && (self.has_superlative() || self.has(Shape::Rank) || self.entity(k).is_none()) {
                break;
            }
            if from == i {
                self.repeated(i, &noun);
            }
            (i..k).filter(|&j| self.is_any(j, &skip)).collect::<Vec<_>>().into_iter().for_each(|j| self.take(j));
            self.take_all(&[i, k]);
            let own = if from == i { each } else { (from..k).any(|j| self.is(j, Shape::Each)) };
            out.push(Group { at: k, noun, each: own });
            let Some(next) = self.list_goes_on(k, &skip) else { break };
            from = next;
        }
        if !self.used[i] && self.is(i, Shape::By) {
            let ranked = self
                .next_but(i, &skip)
                .map(|k| if matches!(self.items[k].kind, Kind::Time(_)) { self.next(k).unwrap_or(k) } else { k })
                .is_some_and(|k| {
                    self.metric(k).is_some()
                        || self.fact(k).is_some()
                        || self.is_any(k, &[Shape::Number, Shape::Average, Shape::Total, Shape::Most, Shape::Least])
                        || self.is_any(k, &[Shape::MoreThan, Shape::LessThan, Shape::AtLeast, Shape::AtMost])
                });
            // "the distribution of baskets by number of lines" needs steps.
            let spread = self.tokens.iter().any(|t| t.is(&["distribution", "histogram"]));
            if ranked && !spread {
                self.take(i);
            }
        }
    }

    /// The next noun to group by; values before it describe it.
    fn group_noun(&self, from: usize, skip: &[Shape]) -> Option<usize> {
        let mut k = self.next_but(from, skip)?;
        while self.is_value(k) && self.noun(k).is_none() {
            k = self.next(k)?;
        }
        self.noun(k).map(|_| k)
    }

    /// Where a list of nouns goes on after one: at its "and" or comma.
    fn list_goes_on(&mut self, k: usize, skip: &[Shape]) -> Option<usize> {
        let joint = self.next(k)?;
        let word = self.is_any(joint, &[Shape::And, Shape::By, Shape::Per, Shape::Each]);
        let comma = (k + 1..joint).any(|j| self.text(j) == ",");
        if !word && !comma {
            return None;
        }
        let from = if word { joint } else { k };
        let after = self.next_but(from, skip)?;
        // "for each region, the city with the most"
        let article = self.items[after].at.checked_sub(1).is_some_and(|t| self.tokens[t].is(&["the", "its", "their"]));
        if !word && article {
            return None;
        }
        let also_measure = self.metric(after).is_some() || self.entity(after).is_some() && self.plural(after);
        if self.used[after]
            || self.noun(after).is_none()
            || also_measure
            || self.is_value(after) && self.dimension(after).is_none()
        {
            return None;
        }
        if word {
            self.take(joint);
        }
        Some(from)
    }

    /// "region by region": the noun before is the same.
    fn repeated(&mut self, by: usize, noun: &Noun) {
        if let Some(before) = self.before(by)
            && self.noun(before).as_ref() == Some(noun)
        {
            self.take(before);
        }
    }

    fn trend(&mut self, i: usize, out: &mut Vec<Group>) {
        use crate::plan::Grain;
        self.take(i);
        let words = self.text(i).to_owned();
        let said = |word: &str| words.contains(word);
        let grain = if said("the year") {
            Grain::Month
        } else if said("week") {
            Grain::Week
        } else if said("day") {
            Grain::Day
        } else if said("quarter") {
            Grain::Quarter
        } else if said("year") {
            Grain::Year
        } else {
            Grain::Month
        };
        let other = (0..self.len()).any(|k| matches!(self.items[k].kind, Kind::Grain(_) | Kind::TimePart(_)));
        if !other && !out.iter().any(|g| matches!(g.noun, Noun::Grain(_))) {
            out.push(Group { at: i, noun: Noun::Grain(grain), each: false });
        }
    }

    /// "weekends vs weekdays": a flag that is named by both of its sides.
    fn both_sides(&self, i: usize) -> bool {
        let joint = [" vs ", " versus ", " or ", " and "].iter().any(|word| self.text(i).contains(word));
        let flag = self.dimension(i).and_then(|field| {
            let found = self.table(&field.table)?.dimensions.iter().find(|d| d.name == field.name)?;
            found.data_type.as_deref().map(|kind| kind.eq_ignore_ascii_case("boolean"))
        });
        joint && flag == Some(true)
    }

    /// "channel mix", "brand split": the noun that a whole is parted by.
    fn mixed(&self, i: usize) -> bool {
        let part = self.next(i).is_some_and(|k| k == i + 1 && matches!(self.text(k), "mix" | "split" | "composition"));
        part && self.dimension(i).is_some() && !self.plural(i)
    }

    fn adverb(&self, i: usize) -> bool {
        self.tokens.get(self.items[i].at).is_some_and(crate::ask::time::grain_adverb)
    }

    /// "monthly revenue" groups by month; "average monthly revenue" does not.
    fn adverb_group(&mut self, i: usize, out: &mut Vec<Group>) {
        let average = self.before_but(i, &[Shape::Of]).is_some_and(|k| {
            self.is_any(k, &[Shape::Average, Shape::Median, Shape::Most, Shape::Least, Shape::Deviation])
        }) || self.next(i).is_some_and(|k| self.is_any(k, &[Shape::Average, Shape::Median]));
        if average {
            return;
        }
        if let Some(noun) = self.noun(i) {
            self.take(i);
            out.push(Group { at: i, noun, each: false });
        }
    }

    pub(super) fn has_superlative(&self) -> bool {
        (0..self.len()).any(|i| self.is_any(i, &[Shape::Most, Shape::Least, Shape::Popular, Shape::Unpopular]))
    }

    /// The noun asked for by "which", "list", "who" or a superlative.
    pub(super) fn sought(&mut self) -> Option<Sought> {
        for i in 0..self.len() {
            let clause = self.is(i, Shape::When)
                && (i..self.len()).any(|k| self.is_any(k, &[Shape::HowMany, Shape::HowMuch, Shape::Which]));
            if self.is_any(i, &[Shape::Which, Shape::List, Shape::Who, Shape::When])
                && !clause
                && let Some(found) = self.sought_after(i)
            {
                return Some(found);
            }
        }
        for i in 0..self.len() {
            if !self.used[i]
                && (self.is_any(i, &[Shape::Most, Shape::Least, Shape::Popular, Shape::Unpopular, Shape::Rank])
                    || self.fact(i).is_some() && super::adjective::superlative(self.text(i)))
                && let Some(found) = self.sought_after(i)
            {
                return Some(found);
            }
        }
        self.noun_with_most()
    }

    /// "store with the most baskets", "week with the highest sales": the noun that a superlative describes.
    fn noun_with_most(&mut self) -> Option<Sought> {
        let (at, with) = (0..self.len()).find_map(|i| {
            let with = self.next(i).filter(|&k| self.is(k, Shape::With) || self.text(k) == "with the")?;
            let most = self.next_but(with, &[Shape::Of]).is_some_and(|k| {
                let ordinal = self.items[k].number().is_some_and(|n| n.ordinal);
                let behind = self.next(k).is_some_and(|n| self.is_any(n, &[Shape::Most, Shape::Least]));
                self.is_any(k, &[Shape::Most, Shape::Least]) || ordinal && behind
            });
            (most && !self.used[i] && self.noun(i).is_some()).then_some((i, with))
        })?;
        let noun = self.noun(at)?;
        let number = self.before(at).filter(|&k| self.items[k].number().is_some_and(|n| !n.ordinal && !n.year));
        let count = number.and_then(|k| self.items[k].number()).and_then(|n| n.count());
        self.take_all(&[at, with]);
        self.take_all(&number.filter(|_| count.is_some()).into_iter().collect::<Vec<_>>());
        Some(Sought { at, noun, plural: self.plural(at), count })
    }

    /// "customers with more than 100 baskets": the things at the start, where a number is said of them.
    pub(super) fn bare_subject(&mut self) -> Option<Sought> {
        let words = [Shape::HowMany, Shape::HowMuch, Shape::Number, Shape::Share, Shape::Average, Shape::InPercent];
        if (0..self.len()).any(|i| self.is_any(i, &words)) {
            return None;
        }
        let at = (0..self.len()).find(|&i| {
            let step = matches!(self.items[i].kind, Kind::Grain(_)) && !self.adverb(i);
            (self.entity(i).is_some() || step || self.dimension(i).is_some() && self.metric(i).is_none())
                && self.before(i).is_none_or(|k| {
                    self.is_value(k)
                        || matches!(self.items[k].kind, Kind::Time(_))
                        || self.is_any(k, &[Shape::List, Shape::Total])
                })
        })?;
        if self.next(at).is_some_and(|k| self.is_any(k, &[Shape::By, Shape::Per, Shape::Each])) {
            return None;
        }
        let said = self.next(at).is_some_and(|k| {
            self.used[k]
                || self.is_any(k, &[Shape::With, Shape::That, Shape::Who, Shape::Which, Shape::Deed, Shape::Sell])
                || self.fact(k).is_some()
        });
        let later = self.next(at).is_some_and(|k| {
            self.is_any(k, &[Shape::In, Shape::From, Shape::Of])
                || self.is_value(k)
                || matches!(self.items[k].kind, Kind::Time(_))
        }) && (at..self.len()).any(|k| self.is_any(k, &[Shape::With, Shape::That, Shape::Who]));
        let said = said || later;
        let noun = self.noun(at).filter(|_| said && self.plural(at) && !self.used[at])?;
        self.take(at);
        Some(Sought { at, noun, plural: true, count: None })
    }

    fn sought_after(&mut self, head: usize) -> Option<Sought> {
        if self.text(head).starts_with("what") && self.asks_for_amount(head) {
            return None;
        }
        let mut count = None;
        let mut seen = Vec::new();
        let mut k = head;
        loop {
            k = self.next_but(k, &[Shape::Of, Shape::That])?;
            if let Some(number) = self.items[k].number() {
                // "the top 5 %" is no number of things.
                if number.unit == crate::ask::words::Unit::Percent {
                    return None;
                }
                if !number.ordinal {
                    count = number.count();
                }
                // What is no count, as the 0 of "top 0", is left over and named in the refusal.
                // The superlative takes the place that is said.
                if number.ordinal && !self.has_superlative() || !number.ordinal && count.is_some() {
                    seen.push(k);
                }
                continue;
            }
            if self.is_any(
                k,
                &[
                    Shape::Most,
                    Shape::Least,
                    Shape::Popular,
                    Shape::Unpopular,
                    Shape::Distinct,
                    Shape::List,
                    Shape::Which,
                    Shape::Known,
                    Shape::Total,
                ],
            ) {
                if self.is(k, Shape::Distinct) || self.is(k, Shape::List) {
                    seen.push(k);
                }
                continue;
            }
            if super::adjective::measured(self.text(k)).is_some() && self.fact(k).is_some() {
                continue;
            }
            if (self.is_value(k) || matches!(self.items[k].kind, Kind::Time(_) | Kind::Quoted(_)))
                && self.noun(k).is_none()
            {
                continue;
            }
            break;
        }
        if self.used[k] {
            return None;
        }
        let noun = self.noun(k)?;
        let timed = matches!(noun, Noun::Grain(_) | Noun::Part(_) | Noun::Time(_) | Noun::Step(..) | Noun::Seasons);
        if self.is(head, Shape::When) && !timed {
            return None;
        }
        let counted_step = self.is(head, Shape::List) && count.is_some();
        let adverb = matches!(self.items[k].kind, Kind::Grain(_)) && (self.adverb(k) || counted_step);
        let measured = self.metric(k).is_some() && self.entity(k).is_none();
        if adverb || measured {
            return None;
        }
        let one = self.entity(k).is_some() && !self.plural(k);
        if self.is_any(head, &[Shape::Most, Shape::Least]) && self.metric(k).is_some() && !one {
            return None;
        }
        let both = self.metric(k).is_some() && self.entity(k).is_some();
        if both && (self.is(head, Shape::List) || self.text(head).starts_with("what ")) {
            return None;
        }
        if self.text(head).starts_with("breakdown") && self.entity(k).is_some() && self.plural(k) {
            return None;
        }
        let noun = self.home(k, noun);
        seen.push(k);
        self.take_all(&seen);
        if self.is_any(head, &[Shape::Which, Shape::List, Shape::Who, Shape::When]) {
            self.take(head);
        }
        Some(Sought { at: k, noun, plural: self.plural(k), count })
    }

    /// "what did customers …", "what have our customers spent", "what the married customers have paid": no kind of thing is
    /// asked for but how much they did.
    fn asks_for_amount(&self, head: usize) -> bool {
        let after = self.items[head].at + self.items[head].len;
        if self.tokens.get(after).is_some_and(|t| t.is(&["do", "does", "did"])) {
            return true;
        }
        let pays = ["spent", "spend", "spends", "paid", "pay", "pays", "spending"];
        let clause = self.tokens[after.min(self.tokens.len())..]
            .iter()
            .take_while(|t| !t.is(&["that", "who", "which", ",", ":"]));
        let mut entity = false;
        for (k, token) in clause.enumerate() {
            entity |=
                (0..self.len()).any(|i| self.items[i].at == after + k && self.entity(i).is_some() && self.plural(i));
            if token.is(&pays) {
                return entity || self.tokens.get(after).is_some_and(|t| t.is(&["have", "has", "had"]));
            }
        }
        false
    }

    /// "the most", "top 10", "second best", "comes third".
    pub(super) fn superlative(&mut self, sought: Option<&Sought>) -> Option<Superlative> {
        let at = (0..self.len())
            .find(|&i| !self.used[i] && self.is_any(i, &[Shape::Most, Shape::Least, Shape::Popular, Shape::Unpopular]));
        let ordinal = (0..self.len()).find(|&i| {
            !self.used[i]
                && self.items[i].number().is_some_and(|n| n.ordinal)
                && !self.next(i).is_some_and(|k| self.is(k, Shape::Percentile))
                && !self.before(i).is_some_and(|k| self.is(k, Shape::In))
        });
        let at = at.or_else(|| {
            (0..self.len()).find(|&i| self.fact(i).is_some() && super::adjective::superlative(self.text(i)))
        });
        let (at, ascending) = match (at, ordinal) {
            (Some(at), _) => {
                (at, self.is_any(at, &[Shape::Least, Shape::Unpopular]) || super::adjective::low(self.text(at)))
            }
            (None, Some(at)) => (at, false),
            (None, None) => return None,
        };
        let mut count = sought.and_then(|s| s.count);
        if matches!(
            self.text(at),
            "number one" | "no. 1" | "# 1" | "no 1" | "ranked first" | "in first place" | "winning"
        ) {
            count = count.or(Some(1));
        }
        let second = ["runner", "number two", "no. 2", "second place"].iter().any(|w| self.text(at).starts_with(w));
        let mut exactly = second;
        if second {
            count = Some(2);
        }
        let near = [self.before_but(at, &[Shape::That, Shape::With]), self.next(at), Some(at)];
        for k in near.into_iter().flatten() {
            let counts = |number: &crate::ask::words::Number| {
                !self.used[k] && number.count().is_some() && number.unit != crate::ask::words::Unit::Percent
            };
            if let Some(number) = self.items[k].number().filter(counts) {
                exactly |= number.ordinal;
                count = number.count().or(count);
                self.take(k);
            }
        }
        if let Some(k) = ordinal.filter(|&k| !self.used[k] && sought.is_some()) {
            count = self.items[k].number().and_then(|n| n.count());
            exactly = true;
            self.take(k);
        }
        self.take(at);
        for i in 0..self.len() {
            let same = if ascending {
                self.is_any(i, &[Shape::Least, Shape::Unpopular])
            } else {
                self.is_any(i, &[Shape::Most, Shape::Popular])
            };
            if same {
                self.take(i);
            }
        }
        Some(Superlative { at, ascending, count, exactly: exactly && count != Some(1) })
    }
}

/// A measure and where the question names it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measured {
    pub(super) at: usize,
    pub(super) measure: Measure,
}
