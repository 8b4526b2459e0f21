//! Two things side by side, growth from one period to another, and changes from step to step.

use super::draft::{Measured, Sought};
use super::filters::{Choice, Meaning, plan_period};
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape};
use crate::ask::time::{Part, Period, When, label};
use crate::plan::{
    Basis, Bucket, Compare, CompareColumn, Dimension, Field, Filter, Grain, Grouping, Measure, Quantity, Side, TimePart,
};

/// Words for a change from one step to the next.
const STEPS: [Shape; 5] =
    [Shape::MonthOnMonth, Shape::QuarterOnQuarter, Shape::WeekOnWeek, Shape::DayOnDay, Shape::PreviousPeriod];

/// Values or times that are set against each other: the dimension that tells them apart, and the filter that keeps
/// only them.
#[derive(Debug, Clone)]
pub(super) struct Contrast {
    pub(super) dimension: Dimension,
    pub(super) filter: Option<Filter>,
    pub(super) sides: Vec<Side>,
    pub(super) at: usize,
}

impl Reading<'_> {
    /// Values that are set against each other, taken out of the choices.
    pub(super) fn contrast(&mut self, choices: &mut Vec<Choice>, counting: bool) -> Option<Contrast> {
        if let Some(rest) = self.against_rest(choices) {
            return Some(rest);
        }
        let versus = (0..self.len())
            .find(|&i| self.is_any(i, &[Shape::Versus, Shape::SideBySide, Shape::Difference]))
            .or_else(|| self.find(Shape::Than).filter(|_| self.comparative()));
        if let Some(at) = choices
            .iter()
            .position(|c| c.parts.len() > 1 && !c.negated && self.set_against(c, versus.is_some(), counting))
        {
            let choice = choices.remove(at);
            return Some(self.contrast_of(&choice));
        }
        if let Some((a, b)) =
            self.no_row_has_both(choices).filter(|&(a, b)| self.side_by_side(choices[a].last(), choices[b].first()))
        {
            // "sweet apples": two words of names that no name has both of are left over and named in the refusal.
            choices.remove(b);
            choices.remove(a);
            return None;
        }
        if let Some((a, b)) = self.no_row_has_both(choices).or_else(|| opposites(choices)) {
            let second = choices.remove(b);
            let mut first = choices.remove(a);
            first.items.extend(second.items);
            first.parts.extend(second.parts);
            return Some(self.contrast_of(&first));
        }
        let versus = versus?;
        for a in 0..choices.len() {
            for b in a + 1..choices.len() {
                let alike = choices[a].parts[0].alike(&choices[b].parts[0])
                    && choices[a].parts.len() == 1
                    && choices[b].parts.len() == 1;
                let apart = choices[a].last() < versus && versus < choices[b].first() || versus < choices[a].first();
                if alike && apart && !choices[a].negated && !choices[b].negated {
                    let second = choices.remove(b);
                    let mut first = choices.remove(a);
                    first.items.extend(second.items);
                    first.parts.extend(second.parts);
                    self.take(versus);
                    return Some(self.contrast_of(&first));
                }
            }
        }
        None
    }

    /// Whether two names stand next to each other, with nothing that joins them.
    pub(super) fn side_by_side(&self, a: usize, b: usize) -> bool {
        self.items[a].at + self.items[a].len == self.items[b].at
    }

    /// Values of one column, or days of the week, that are named apart: rows of their own, as no row has both.
    fn no_row_has_both(&self, choices: &[Choice]) -> Option<(usize, usize)> {
        let shares = [Shape::Share, Shape::AsShareOf, Shape::Ratio, Shape::InPercent, Shape::Versus];
        if shares.into_iter().any(|shape| self.has(shape)) {
            return None;
        }
        let single = |choice: &Choice| match choice.parts.as_slice() {
            [part @ (Meaning::Values { .. } | Meaning::Part(_))] if !choice.negated => Some(part.clone()),
            _ => None,
        };
        (0..choices.len()).flat_map(|a| (a + 1..choices.len()).map(move |b| (a, b))).find(|&(a, b)| {
            let pair = single(&choices[a]).zip(single(&choices[b]));
            pair.is_some_and(|(first, second)| match (&first, &second) {
                (Meaning::Values { values, .. }, Meaning::Values { values: others, .. }) => {
                    first.alike(&second) && values.iter().all(|value| !others.contains(value))
                }
                _ => first.alike(&second) && first != second,
            })
        })
    }

    /// Whether a list of values is meant one by one.
    fn set_against(&self, choice: &Choice, versus: bool, counting: bool) -> bool {
        let parts = choice.parts.iter().any(|p| matches!(p, Meaning::Part(Part::Weekend(_))))
            && choice.parts.len() == 2
            || matches!(choice.parts.first(), Some(Meaning::Named { .. }));
        if self.lists.summed {
            return false;
        }
        if versus || parts || self.lists.apart || self.has(Shape::Each) && !choice.either {
            return true;
        }
        let between = self.before(choice.first()).is_some_and(|k| self.is(k, Shape::Between));
        let most = self.has(Shape::Most) || self.has(Shape::MoreThan) || self.has(Shape::Least) || self.comparative();
        if choice.either {
            return most && !self.has(Shape::HowMany);
        }
        between
            || !counting
                && !self.has(Shape::Total)
                && !self.has(Shape::HowMany)
                && !self.has(Shape::Share)
                && !self.has(Shape::Most)
                && !self.has(Shape::Least)
    }

    fn contrast_of(&mut self, choice: &Choice) -> Contrast {
        let filter = self.filter(choice);
        for k in choice.first()..choice.last() {
            if self.is_any(k, &[Shape::And, Shape::Or, Shape::Versus, Shape::Of]) {
                self.take(k);
            }
        }
        self.take_shapes(&[Shape::Versus, Shape::SideBySide]);
        let sides: Vec<Side> = choice
            .items
            .iter()
            .zip(&choice.parts)
            .map(|(&item, part)| Side {
                label: title(self.text(item)),
                period: None,
                filters: vec![self.meaning_filter(part, false)],
            })
            .collect();
        let single = choice.parts.iter().all(|p| matches!(p, Meaning::Values { values, .. } if values.len() == 1));
        let dimension = match choice.parts.first() {
            Some(Meaning::Values { field, .. }) if single => Dimension::new(Grouping::Column { field: field.clone() }),
            Some(Meaning::Part(Part::Weekend(_))) => Noun::Part(TimePart::Weekend).dimension(),
            Some(Meaning::Named { table, name, .. }) => self
                .flag_column(table, name)
                .map_or_else(|| buckets(&sides), |field| Dimension::new(Grouping::Column { field })),
            Some(Meaning::Part(Part::Weekdays(_))) => Noun::Part(TimePart::Weekday).dimension(),
            Some(Meaning::Part(Part::Holiday(_))) => {
                match self.holiday_filter().and_then(|(table, name)| self.flag_column(&table, &name)) {
                    Some(field) => Dimension::new(Grouping::Column { field }),
                    None => buckets(&sides),
                }
            }
            _ => buckets(&sides),
        };
        let whole = matches!(
            choice.parts.first(),
            Some(Meaning::Part(Part::Weekend(_) | Part::Holiday(_)) | Meaning::Named { .. })
        ) && choice.parts.len() == 2;
        let bucketed = matches!(dimension.by, Grouping::Buckets { .. });
        Contrast { dimension, filter: (!whole && !bucketed).then_some(filter), sides, at: choice.first() }
    }

    /// The column that a named filter is, when it is one.
    fn flag_column(&self, table: &str, name: &str) -> Option<Field> {
        let found = self.table(table)?;
        let filter = found.filters.iter().find(|f| f.name == name)?;
        found.dimensions.iter().find(|d| d.expr.eq_ignore_ascii_case(&filter.expr)).map(|d| Field::new(table, &d.name))
    }

    /// Two periods with what is sought in both: "departments whose sales fell in Q4 versus Q3".
    ///
    /// # Errors
    /// Growth over time without saying from when to when.
    pub(super) fn times_set_against(
        &mut self,
        growing: bool,
        sought: &mut Option<Sought>,
        groups: &[super::draft::Group],
    ) -> Result<Option<(Period, Period, usize)>, crate::ask::refusal::Refusal> {
        let periods = self.two_periods(growing);
        if periods.is_some() && (growing || self.than_between()) && sought.is_none() && groups.is_empty() {
            *sought = self.bare_subject();
        }
        self.over_what_time(periods.is_some())?;
        Ok(periods)
    }

    /// Two periods that are set against each other or between which something grew, in time order.
    pub(super) fn two_periods(&mut self, growing: bool) -> Option<(Period, Period, usize)> {
        if let Some((i, a, b)) = self.sides_of_a_day() {
            self.take(i);
            self.take_versus();
            return Some((a, b, i));
        }
        let versus = (0..self.len()).any(|i| self.is_any(i, &[Shape::Versus, Shape::Difference, Shape::SideBySide]));
        let or = self.has(Shape::Or)
            && (self.has(Shape::MoreThan) || self.has(Shape::Most) || self.has(Shape::Which) || self.comparative());
        let against = (0..self.len()).any(|i| self.is_any(i, &STEPS) || self.is(i, Shape::YearOnYear));
        if !(versus || growing || or || against || self.than_between() || self.than_last().is_some()) {
            return None;
        }
        let periods: Vec<(usize, Period)> = (0..self.len())
            .filter(|&i| !self.used[i])
            .filter_map(|i| match self.items[i].kind {
                Kind::Time(When::Period(p)) => Some((i, p)),
                _ => None,
            })
            .collect();
        let spans: Vec<(usize, Period)> = self.open_spans();
        let pair = if spans.len() == 2 { spans } else { Self::within_whole(&periods) };
        if let [(i, a), (j, b)] = pair.as_slice() {
            let (i, a, j, b) = (*i, *a, *j, *b);
            let nested = super::filters::inside(&a, &b) || super::filters::inside(&b, &a);
            if !nested {
                self.take_all(&[i, j]);
                self.take_all(
                    &periods.iter().filter(|(_, p)| around_both(p, &a, &b)).map(|(k, _)| *k).collect::<Vec<_>>(),
                );
                for k in i..j {
                    if self.is_any(k, &[Shape::Versus, Shape::And, Shape::To, Shape::Or, Shape::From, Shape::Than]) {
                        self.take(k);
                    }
                }
                self.take_versus();
                return Some(if a.start <= b.start { (a, b, i) } else { (b, a, i) });
            }
        }
        let around = |a: &Period, b: &Period| {
            periods.iter().all(|(_, p)| super::filters::inside(a, p) && super::filters::inside(b, p))
        };
        let range = (0..self.len()).find_map(|i| match self.items[i].kind {
            Kind::Time(When::Range(a, b)) if !self.used[i] && (growing || versus) && around(&a, &b) => Some((i, a, b)),
            _ => None,
        });
        if let Some((i, a, b)) = range {
            self.take(i);
            self.take_all(&periods.iter().map(|(i, _)| *i).collect::<Vec<_>>());
            self.take_versus();
            return Some((a, b, i));
        }
        let [(i, only)] = periods.as_slice() else { return None };
        let (i, only) = (*i, *only);
        let yearly = self.find(Shape::YearOnYear);
        let stepwise = STEPS.into_iter().find_map(|s| self.find(s));
        let steps = (0..self.len()).any(|k| {
            matches!(self.items[k].kind, Kind::Grain(_))
                && (self.used[k]
                    || self.before(k).is_some_and(|b| self.is_any(b, &[Shape::By, Shape::Per, Shape::Each])))
        });
        let step = stepwise.and_then(|k| match self.shape(k)? {
            Shape::MonthOnMonth => Some(Grain::Month),
            Shape::QuarterOnQuarter => Some(Grain::Quarter),
            Shape::WeekOnWeek => Some(Grain::Week),
            Shape::DayOnDay => Some(Grain::Day),
            _ => only.grain,
        });
        if steps || step.is_some() && step != only.grain {
            return None;
        }
        if let Some((at, base, now)) = self.than_last().filter(|(at, ..)| *at == i) {
            self.take(at);
            self.take_versus();
            return Some((base, now, at));
        }
        let before = match (yearly, stepwise) {
            (Some(_), _) => self.calendar.year_before(&only)?,
            (None, Some(_)) => self.calendar.before(&only)?,
            (None, None) if growing => self.calendar.before(&only)?,
            _ => return None,
        };
        self.take(i);
        self.take_all(&yearly.into_iter().chain(stepwise).collect::<Vec<_>>());
        self.take_versus();
        Some((before, only, i))
    }

    /// "the 4 weeks before and after 15 June".
    fn sides_of_a_day(&self) -> Option<(usize, Period, Period)> {
        (0..self.len()).find_map(|i| match self.items[i].kind {
            Kind::Time(When::Sides(a, b)) if !self.used[i] => Some((i, a, b)),
            _ => None,
        })
    }

    /// Of several periods the two that lie in all others: "in 2017, Q3 against Q4".
    fn within_whole(periods: &[(usize, Period)]) -> Vec<(usize, Period)> {
        let whole = |p: &Period| periods.iter().filter(|(_, q)| q != p).all(|(_, q)| super::filters::inside(q, p));
        let inner: Vec<(usize, Period)> = periods.iter().filter(|(_, p)| !whole(p)).copied().collect();
        if inner.len() == 2 { inner } else { periods.to_vec() }
    }

    /// "compared to last quarter", "better than last week": the one named, and the one that today is in.
    fn than_last(&self) -> Option<(usize, Period, Period)> {
        (0..self.len()).find_map(|i| {
            let Kind::Time(When::Period(base)) = self.items[i].kind else { return None };
            let grain = base.grain.filter(|_| !self.used[i])?;
            let words = ["last", "previous", "prior", "preceding", "yesterday"];
            let last =
                self.text(i).split(' ').any(|word| words.contains(&word)) && base == self.calendar.relative(grain, -1);
            let against = self.before(i).is_some_and(|k| {
                // "amount to last month" compares nothing.
                self.is_any(k, &[Shape::Versus, Shape::Than])
                    || matches!(self.text(k), "on" | "over" | "from" | "to") && self.growing().is_some()
            });
            let others = (0..self.len()).any(|k| {
                k != i && matches!(self.items[k].kind, Kind::Time(When::Period(_) | When::Range(..) | When::Sides(..)))
            });
            (last && against && !others).then(|| (i, base, self.calendar.relative(grain, 0)))
        })
    }

    fn take_versus(&mut self) {
        self.take_shapes(&[Shape::Versus, Shape::SideBySide]);
    }

    /// Whether the question asks for growth or loss, and which way.
    pub(super) fn growing(&self) -> Option<(usize, bool)> {
        (0..self.len()).find_map(|i| match self.shape(i)? {
            Shape::Grow | Shape::Change => Some((i, false)),
            Shape::Shrink => Some((i, true)),
            Shape::InPercent => {
                let says = |words: &[&str]| words.iter().any(|word| self.text(i).contains(word));
                let down = says(&["decrease"]);
                (down || says(&["growth", "change", "increase"])).then_some((i, down))
            }
            _ => None,
        })
    }

    /// "customers spending more", "stores that sold less": growth, when two times are set against each other.
    pub(super) fn spending_more(&self) -> Option<(usize, bool)> {
        let verbs = [
            "spend", "spends", "spending", "spent", "buy", "buying", "bought", "sell", "selling", "sold", "shop",
            "shopping", "shopped", "order", "ordering", "ordered", "visit", "visiting", "visited",
        ];
        let at = (1..self.tokens.len()).find(|&k| {
            self.tokens[k].is(&["more", "less", "fewer"])
                && (self.tokens[k - 1].is(&verbs) || k > 1 && self.tokens[k - 2].is(&verbs))
                && !self.tokens.get(k + 1).is_some_and(|t| t.is(&["than"]))
        })?;
        let item = self.items.iter().position(|item| item.at <= at && at < item.at + item.len)?;
        let whose = self.has(Shape::HowMany) || self.has(Shape::Which) || self.has(Shape::Who) || self.has(Shape::List);
        let other = self.has(Shape::Or) || self.has(Shape::Than);
        let free = self.is_any(item, &[Shape::Filler]) && whose && !other && !self.than_between();
        free.then_some((item, self.tokens[at].is(&["less", "fewer"])))
    }

    /// "How many customers are spending more over time": from when to when has to be said.
    pub(super) fn over_what_time(&mut self, compared: bool) -> Result<(), crate::ask::refusal::Refusal> {
        if self.spending_more().is_none() || self.growing().is_some() {
            return Ok(());
        }
        let Some(at) = (0..self.len()).find(|&i| self.is(i, Shape::Trend)) else { return Ok(()) };
        if compared {
            self.take(at);
            return Ok(());
        }
        let words = vec![self.typed(at)];
        Err(crate::ask::refusal::Refusal::unclear("Say from which period to which", words))
    }

    /// "more in December than in November": a comparison between two times.
    pub(super) fn than_between(&self) -> bool {
        let time = |i: usize| matches!(self.items[i].kind, Kind::Time(When::Period(_)));
        self.comparative()
            && (0..self.len()).any(|i| {
                (self.is(i, Shape::Than) || self.is_any(i, &[Shape::MoreThan, Shape::LessThan]))
                    && (0..i).any(time)
                    && (i + 1..self.len()).any(time)
            })
    }

    /// Whether a word compares: "more", "higher", "better".
    pub(super) fn comparative(&self) -> bool {
        let words =
            ["more", "higher", "better", "bigger", "larger", "greater", "less", "fewer", "lower", "smaller", "worse"];
        self.tokens.iter().any(|t| t.is(&words))
    }

    /// Periods of one kind as rows of one dimension with a filter.
    pub(super) fn period_rows(a: &Period, b: &Period) -> Option<(Dimension, Filter)> {
        let grain = a.grain.filter(|g| b.grain == Some(*g) && *g != Grain::Week)?;
        let of = vec![Filter::during(plan_period(a)), Filter::during(plan_period(b))];
        Some((Dimension::time(grain), Filter::Any { of }))
    }

    /// The periods and ranges that nothing was made of yet.
    pub(super) fn open_spans(&self) -> Vec<(usize, Period)> {
        (0..self.len())
            .filter(|&i| !self.used[i])
            .filter_map(|i| match self.items[i].kind {
                Kind::Time(When::Period(p)) => Some((i, p)),
                Kind::Time(When::Range(a, b)) => Some((i, Period { start: a.start, end: b.end, grain: None })),
                _ => None,
            })
            .collect()
    }

    /// A comparison of two periods with the columns that the words ask for.
    pub(super) fn period_compare(a: &Period, b: &Period, show: Vec<CompareColumn>) -> Compare {
        let side = |p: &Period| Side { label: label(p), period: Some(plan_period(p)), filters: Vec::new() };
        Compare { base: side(a), other: side(b), show }
    }

    /// Growth from step to step: the measure, and its change next to it.
    pub(super) fn stepwise(
        &mut self,
        measures: &[Measured],
        sought: Option<&Sought>,
        grain: &mut Option<Grain>,
    ) -> Option<Vec<Measure>> {
        let kinds = [
            (Shape::MonthOnMonth, Grain::Month, Basis::Previous),
            (Shape::WeekOnWeek, Grain::Week, Basis::Previous),
            (Shape::DayOnDay, Grain::Day, Basis::Previous),
            (Shape::QuarterOnQuarter, Grain::Quarter, Basis::Previous),
            (Shape::YearOnYear, Grain::Year, Basis::YearBefore),
            (Shape::PreviousPeriod, Grain::Month, Basis::Previous),
        ];
        let said = kinds.iter().find_map(|(shape, step, basis)| self.find(*shape).map(|i| (i, *step, *basis)));
        let growing = self.growing().filter(|(i, _)| !self.used[*i]);
        let growth = growing.map(|(i, _)| i);
        let sought_step = sought.and_then(|s| match s.noun {
            Noun::Grain(grain) => Some(grain),
            _ => None,
        });
        let (step, basis) = match (said, grain.as_ref().or(sought_step.as_ref()), growth) {
            (Some((i, step, basis)), _, _) => {
                self.take(i);
                (step, basis)
            }
            (None, Some(step), Some(_)) => (*step, Basis::Previous),
            _ => return None,
        };
        if grain.is_none() && !sought.is_some_and(|s| matches!(s.noun, Noun::Grain(_))) {
            *grain = Some(step);
        }
        self.take_all(&growth.into_iter().collect::<Vec<_>>());
        let apart: Vec<usize> = (0..self.len()).filter(|&i| self.is(i, Shape::Difference)).collect();
        self.take_all(&apart);
        let ranked = self.superlative_said() && growth.is_some_and(|i| !self.text(i).starts_with("gr"));
        let percent = self.percent_wanted(basis == Basis::YearBefore || !(self.absolute_wanted() || ranked));
        let mut out = Vec::new();
        for measured in measures {
            out.push(measured.measure.clone());
            out.push(Measure::new(Quantity::Change {
                of: Box::new(measured.measure.clone()),
                basis,
                steps: 1,
                percent,
            }));
        }
        Some(out)
    }

    /// Whether a change is wanted in percent.
    pub(super) fn percent_wanted(&mut self, default: bool) -> bool {
        let at: Vec<usize> = (0..self.len()).filter(|&i| self.is(i, Shape::InPercent)).collect();
        self.take_all(&at);
        !at.is_empty() || default
    }

    /// Whether a change is wanted as an amount.
    pub(super) fn absolute_wanted(&self) -> bool {
        let words = ["dollars", "dollar", "absolute", "amount", "units", "money", "absolutely"];
        let said = (0..self.len()).any(|i| words.contains(&self.text(i)) || self.text(i).contains("dollar"));
        said || self.has(Shape::Difference)
    }
}

/// Weekends and weekdays, holidays and other days: two choices that no row could meet together.
fn opposites(choices: &[Choice]) -> Option<(usize, usize)> {
    let part = |choice: &Choice| match choice.parts.as_slice() {
        [Meaning::Part(part)] if !choice.negated => Some(part.clone()),
        _ => None,
    };
    let named = |choice: &Choice| match choice.parts.as_slice() {
        [Meaning::Named { table, name, negated }] => Some((table.clone(), name.clone(), *negated != choice.negated)),
        _ => None,
    };
    (0..choices.len()).flat_map(|a| (a + 1..choices.len()).map(move |b| (a, b))).find(|&(a, b)| {
        let sides = named(&choices[a]).zip(named(&choices[b]));
        sides.is_some_and(|(a, b)| (&a.0, &a.1) == (&b.0, &b.1) && a.2 != b.2)
            || matches!(
            (part(&choices[a]), part(&choices[b])),
            (Some(Part::Weekend(x)), Some(Part::Weekend(y))) | (Some(Part::Holiday(x)), Some(Part::Holiday(y))) if x != y
        ) || matches!(
            (part(&choices[a]), part(&choices[b])),
            (Some(Part::Months(x)), Some(Part::Months(y))) if x.iter().all(|month| !y.contains(month))
        )
    })
}

/// Whether a period holds two others.
fn around_both(outer: &Period, a: &Period, b: &Period) -> bool {
    outer != a && outer != b && super::filters::inside(a, outer) && super::filters::inside(b, outer)
}

fn buckets(sides: &[Side]) -> Dimension {
    let buckets =
        sides.iter().map(|side| Bucket { label: side.label.clone(), filters: side.filters.clone() }).collect();
    Dimension::new(Grouping::Buckets { buckets, otherwise: None })
}

/// The words with a capital.
pub(super) fn title(text: &str) -> String {
    let mut chars = text.trim().chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
