//! What is made of the measures named: shares, ratios, growth, windows, and the measure that a question implies.

use super::draft::{Group, Measured, Sought};
use super::filters::Choice;
use super::measures::Around;
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::Shape;
use crate::plan::{Grain, Measure, Quantity};

impl Reading<'_> {
    /// Shares, ratios, growth, windows: what is made of the measures named.
    pub(super) fn modify(
        &mut self,
        mut measures: Vec<Measured>,
        groups: &mut Vec<Group>,
        sought: Option<&Sought>,
        choices: &mut Vec<Choice>,
        around: &Around,
        grain: &mut Option<Grain>,
    ) -> (Vec<Measured>, bool) {
        self.added_up(&mut measures);
        if self.two_measures_apart(&mut measures) || self.periods_ratio(&mut measures, groups, sought, choices) {
            return (measures, false);
        }
        if let Some(ratio) = self.two_measure_ratio(&mut measures).or_else(|| self.part_measure(&mut measures)) {
            measures.insert(0, Measured { at: 0, measure: ratio });
            self.take_all(&(0..self.len()).filter(|&i| self.is(i, Shape::InPercent)).collect::<Vec<_>>());
            return (measures, false);
        }
        if (self.find(Shape::Share).is_some()
            || self.find(Shape::InPercent).is_some()
                && (!groups.is_empty() || sought.is_some() || !choices.is_empty())
                && !self.against
                && self.growing().is_none())
            && !self.has(Shape::Pareto)
            && !self.rate_already(&measures)
        {
            if measures.is_empty() {
                measures.extend(self.shared_noun(around));
            }
            if measures.is_empty()
                && let Some(metric) = self.default_metric()
            {
                measures.push(Measured { at: self.find(Shape::Share).unwrap_or(0), measure: Measure::metric(metric) });
            }
            let whose = self.shared_beside(&measures);
            if let Some(first) = measures.get(whose.unwrap_or(0)).cloned()
                && let Some(share) = self.share(first.measure, first.at, groups, sought, choices, around)
            {
                if let Some(whose) = whose {
                    let share = Measured { at: first.at, measure: share };
                    if whose > 0 {
                        measures[whose] = share;
                    } else {
                        measures.insert(1, share);
                    }
                    return (measures, false);
                }
                measures[0] = Measured { at: first.at, measure: share };
                self.other_shares(&mut measures);
                return (measures, false);
            }
        }
        if self.rate_already(&measures) {
            let words: Vec<usize> =
                (0..self.len()).filter(|&i| self.is_any(i, &[Shape::InPercent, Shape::Share])).collect();
            self.take_all(&words);
        }
        if let Some(changed) = self.windows(&measures, groups, sought, choices) {
            return (changed.into_iter().map(|measure| Measured { at: 0, measure }).collect(), false);
        }
        if measures.is_empty()
            && (self.growing().is_some() || self.has(Shape::MonthOnMonth) || self.has(Shape::YearOnYear))
            && let Some(metric) = self.default_metric()
        {
            measures.push(Measured { at: 0, measure: Measure::metric(metric) });
        }
        let dated = (0..self.len()).any(|i| {
            self.is_any(
                i,
                &[
                    Shape::MonthOnMonth,
                    Shape::WeekOnWeek,
                    Shape::DayOnDay,
                    Shape::QuarterOnQuarter,
                    Shape::YearOnYear,
                    Shape::PreviousPeriod,
                ],
            ) && !self.used[i]
        });
        let stepped = grain.is_some() || sought.is_some_and(|s| matches!(s.noun, Noun::Grain(_)));
        if self.steps_that_changed(&mut measures) {
            return (measures, false);
        }
        if (dated || stepped && self.growing().is_some_and(|(i, _)| !self.used[i]))
            && let Some(changed) = self.stepwise(&measures, sought, grain)
        {
            return (changed.into_iter().map(|measure| Measured { at: 0, measure }).collect(), true);
        }
        (measures, false)
    }

    /// "revenue and its share of the total", "units and the share of revenue": the measure that is shared, where one is
    /// told beside the share.
    fn shared_beside(&self, measures: &[Measured]) -> Option<usize> {
        let at = self.find(Shape::Share)?;
        let first = measures.first().filter(|first| first.at < at)?;
        let between = first.at + 1..at;
        let and = between
            .clone()
            .any(|i| self.is_any(i, &[Shape::And, Shape::Also, Shape::With]) || matches!(self.text(i), "," | "plus"));
        let quiet = between.clone().all(|i| {
            self.used[i]
                || self.is_any(i, &[Shape::And, Shape::Also, Shape::With, Shape::Filler, Shape::Mark, Shape::That])
                || self.is_any(i, &[Shape::By, Shape::Each, Shape::Per, Shape::List, Shape::Total])
        });
        let of = self.next_but(at, &[Shape::Of, Shape::Total, Shape::That]);
        let named = of.and_then(|k| measures.iter().position(|m| m.at == k));
        (and && quiet).then_some(named.unwrap_or(0))
    }

    /// Whether the only measure is a percentage of its own.
    pub(super) fn rate_already(&self, measures: &[Measured]) -> bool {
        matches!(measures, [Measured { measure: Measure { of: Quantity::Metric { metric }, .. }, .. }]
            if self.model.metric(metric).is_some_and(|(_, m)| m.extension.format == crate::semantic::Format::Percent))
    }

    /// "what percentage of customers …": the noun that is shared, counted.
    pub(super) fn shared_noun(&mut self, around: &Around) -> Option<Measured> {
        let at = self.find(Shape::Share)?;
        let k = (at + 1..self.len())
            .find(|&k| !self.used[k] && self.entity(k).is_some() && self.plural(k))
            .or_else(|| (0..at).rev().find(|&k| !self.used[k] && self.entity(k).is_some()))?;
        let noun = self.noun(k)?;
        self.take(k);
        let quiet = Around { active: around.active, tables: Vec::new() };
        Some(Measured { at: k, measure: self.count_noun(&noun, &quiet) })
    }

    /// The measure that goes without saying.
    pub(super) fn implied(
        &mut self,
        sought: Option<&Sought>,
        groups: &mut Vec<Group>,
        ranked: bool,
        set_against: bool,
    ) -> Option<Measured> {
        let found = self.goes_without_saying(sought, groups, ranked, set_against)?;
        let rate = groups.iter().position(|group| self.is_rate(group));
        let Some(rate) = rate.filter(|_| sought.is_some()) else { return Some(found) };
        let noun = groups.remove(rate).noun;
        Some(Measured { at: found.at, measure: self.ratio(found.measure, &noun, &Around::default()) })
    }

    fn goes_without_saying(
        &mut self,
        sought: Option<&Sought>,
        groups: &[Group],
        ranked: bool,
        set_against: bool,
    ) -> Option<Measured> {
        let verb = (0..self.len()).find(|&i| self.is_any(i, &[Shape::HowMuch, Shape::Sell, Shape::AccountFor]));
        let weak = (0..self.len()).find(|&i| self.weak(i) && self.metric(i).is_some());
        let spent = (0..self.len()).find(|&i| matches!(self.text(i), "spend" | "spent" | "spending" | "pay" | "paid"));
        if let Some(sought) = sought {
            if !ranked && verb.is_none() && groups.is_empty() && !set_against {
                return None;
            }
            if verb.is_none() && !ranked && !set_against {
                return None;
            }
            if let Some(measure) = self.comes_most_often(sought) {
                return Some(Measured { at: sought.at, measure });
            }
            if let Some(measure) = self.commonest(sought) {
                return Some(Measured { at: sought.at, measure });
            }
            if let Some(measure) = self.adjective_measure(sought) {
                return Some(Measured { at: sought.at, measure });
            }
            let metric = weak.and_then(|i| self.metric(i)).or_else(|| self.ranking_metric(&sought.noun))?;
            return Some(Measured { at: sought.at, measure: Measure::metric(metric) });
        }
        if set_against
            && verb.is_none()
            && spent.is_none()
            && weak.is_none()
            && let Some(found) = self.more_of_whom()
        {
            return Some(found);
        }
        let fares = (0..self.len()).find(|&i| self.is_value(i)).filter(|_| self.fares());
        let said = verb.or(fares).or(spent).or(weak);
        let at = said.or_else(|| (!groups.is_empty() || ranked || set_against).then_some(0))?;
        let metric = weak.and_then(|i| self.metric(i)).or_else(|| self.default_metric())?;
        if said.is_some() && !self.is_value(at) {
            self.take(at);
        }
        Some(Measured { at, measure: Measure::metric(metric) })
    }

    /// "do we have more homeowners or renters": how many of them there are.
    fn more_of_whom(&self) -> Option<Measured> {
        let there = self.tokens.iter().any(|t| t.is(&["have", "there", "has", "got"]));
        let bought = (0..self.len()).any(|i| self.is_any(i, &[Shape::Deed, Shape::Sell]));
        let (at, entity) = (0..self.len()).find_map(|i| {
            let field = self.targets(i).iter().find_map(|t| match t {
                crate::ask::link::Target::Values { field, .. } => Some(field.clone()),
                _ => None,
            })?;
            let table = self.table(&field.table)?;
            table.extension.current.as_ref()?;
            Some((i, table.extension.entity.as_ref()?.singular.clone()))
        })?;
        let measure = Measure::new(Quantity::Entities { entity, within: None });
        (there && !bought).then_some(Measured { at, measure })
    }

    /// "the customers who came most often": by how often they did.
    fn comes_most_often(&self, sought: &Sought) -> Option<Measure> {
        let Noun::Entity(entity) = &sought.noun else { return None };
        let buys = self.model.entity(entity)?.entity.verbs.iter().any(|verb| verb == "buy");
        let often = self.tokens.iter().any(|t| t.is(&["often", "frequently", "frequent", "rarely", "seldom"]));
        let event = self.event().filter(|_| buys && often)?;
        Some(Measure::new(Quantity::Entities { entity: event, within: None }))
    }

    /// "the most common age group": the one that most of the things it describes have.
    fn commonest(&self, sought: &Sought) -> Option<Measure> {
        let common = (0..self.len()).any(|i| {
            self.is_any(i, &[Shape::Most, Shape::Least])
                && (self.text(i).contains("common") || self.text(i).contains("frequent"))
        });
        let Noun::Column(field) = &sought.noun else { return None };
        let entity = self.table(&field.table)?.extension.entity.as_ref().filter(|_| common)?;
        Some(self.count_of(&Noun::Entity(entity.singular.clone()), None))
    }

    /// "how did the West do in Q3", "how is produce performing": how much of what matters most.
    fn fares(&self) -> bool {
        let verbs =
            ["do", "does", "did", "doing", "done", "perform", "performs", "performed", "performing", "fare", "fared"];
        let how = self.tokens.iter().position(|t| t.is(&["how"]));
        how.is_some_and(|at| {
            let mut rest = self.tokens[at + 1..].iter().skip(1);
            self.tokens
                .get(at + 1)
                .is_some_and(|t| t.is(&["do", "does", "did", "is", "are", "was", "were", "has", "have"]))
                && rest.any(|t| t.is(&verbs))
        })
    }
}
