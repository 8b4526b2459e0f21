//! Putting a plan together from what was found.

use super::compare::Contrast;
use super::draft::{Group, Measured, Sought};
use super::filters::{Choice, plan_period};
use super::measures::Around;
use super::noun::Noun;
use super::reading::Reading;
use super::share::choice_tables;
use super::target::Aim;
use crate::ask::link::{Kind, Shape};
use crate::ask::refusal::Refusal;
use crate::ask::time::When;
use crate::plan::{Dimension, Filter, Grain, Measure, Plan, Quantity};

impl Reading<'_> {
    /// The plan of the question.
    ///
    /// # Errors
    /// A refusal.
    pub(super) fn plan(&mut self) -> Result<Plan, Refusal> {
        self.refuse_early()?;
        let mut plan = self.whole()?;
        plan.filters.append(&mut self.said);
        self.steps_counted(&mut plan);
        self.bare_list(&mut plan);
        Self::date_tests(&mut plan);
        self.shown(&mut plan);
        self.holidays_only(&mut plan);
        if self.count_only {
            only_counted(&mut plan);
        }
        self.refuse_unplaced()?;
        if plan.measures.is_empty() && plan.dimensions.is_empty() {
            return Err(Refusal::new(
                "no_question",
                "I found nothing in it that could be answered from this data",
                Vec::new(),
            ));
        }
        Ok(plan)
    }

    pub(super) fn whole(&mut self) -> Result<Plan, Refusal> {
        let mut plan = Plan::default();
        if self.of_one_kind(&mut plan) {
            return self.rest(plan);
        }
        self.noun_first();
        let best = self.best_of();
        let every = self.in_every();
        let together = self.together();
        let told = if together.is_some() { None } else { self.told() };
        let mut groups = self.groups();
        self.own_steps(&mut groups, &mut plan);
        let counting_told = told.is_some();
        let sought = self.sought().filter(|_| !counting_told);
        let sought = sought.or_else(|| self.sought_beside());
        let mut sought = sought.filter(|s| !groups.iter().any(|g| g.noun == s.noun));
        let target = self.target();
        let thresholds = self.compared(every, &mut sought, &mut plan);
        let superlative = self.superlative(sought.as_ref());
        if sought.is_none() && superlative.is_some() {
            sought = self.sought().or_else(|| self.somebody()).or_else(|| self.one_of_all());
        }
        self.every_one(&groups)?;
        let mut choices = self.choices();
        let counting = self.has(Shape::HowMany);
        let growing = self.growing().or_else(|| self.spending_more());
        let mut contrast = if growing.is_some() { None } else { self.contrast(&mut choices, counting) };
        let periods = self.times_set_against(growing.is_some(), &mut sought, &groups)?;
        self.against = periods.is_some();
        let around = self.around(&choices, &groups, contrast.as_ref(), periods.is_some());
        let typical = self.typical(&mut groups);
        let mut measures = self.measures(sought.as_ref(), &mut groups, &around)?;

        let mut dimensions: Vec<Dimension> = Vec::new();
        let mut grain = groups.iter().find_map(|g| match g.noun {
            Noun::Grain(grain) => Some(grain),
            _ => None,
        });
        set_apart(target, together, &mut plan, &mut measures);
        self.split_shares(&mut contrast, &mut measures);
        let (mut measures, handled) =
            self.modify(measures, &mut groups, sought.as_ref(), &mut choices, &around, &mut grain);
        if let Some(told) = told {
            self.tell_plan(told, &mut plan, &mut measures, &mut groups);
        }
        if handled {
            by_step(grain, &mut groups, sought.as_ref());
        }
        let rankings = superlative.is_some() || !thresholds.is_empty() || growing.is_some() || self.against_average();
        if measures.is_empty() && plan.measures.is_empty() && !counting_told {
            measures.extend(self.implied(
                sought.as_ref(),
                &mut groups,
                rankings,
                contrast.is_some() || periods.is_some(),
            ));
        }
        self.per_typical(typical, &mut measures, &groups);
        self.apply_thresholds(thresholds, sought.as_ref(), &groups, &mut measures, &mut plan, &around)?;
        dimensions.extend(groups.iter().map(|g| g.noun.dimension()));
        let sought_at = sought.as_ref().map(|s| {
            dimensions.push(s.noun.dimension());
            dimensions.len() - 1
        });
        if let Some(contrast) = contrast {
            self.apply_contrast(contrast, &mut dimensions, &mut plan);
        }
        plan.dimensions.extend(dimensions);
        plan.measures.extend(measures.into_iter().map(|m| m.measure));
        if let Some((a, b, _)) = periods {
            self.apply_periods(a, b, growing.map(|(_, down)| down), &mut plan);
        }
        if let Some(superlative) = superlative {
            self.apply_top(&superlative, sought.as_ref(), sought_at, &groups, &mut plan)?;
        } else if let Some((i, _)) = growing.filter(|_| plan.compare.is_some()) {
            self.take(i);
        } else {
            self.only_steps_that_changed(&mut plan);
        }
        self.limit(sought.as_ref(), &mut plan)?;
        self.averages(&mut plan);
        for choice in choices {
            let filter = self.without(&choice, &mut plan).unwrap_or_else(|| self.filter(&choice));
            plan.filters.push(filter);
        }
        plan.having.append(&mut self.kept);
        self.known(&mut plan);
        self.ordered(&mut plan);
        if let Some(best) = best {
            best.list(&mut plan);
        }
        self.rest(plan)
    }

    /// Questions that are of one kind as a whole: about a first or last time, a thing's own date, gaps, few that make up
    /// much.
    fn of_one_kind(&mut self, plan: &mut Plan) -> bool {
        self.own_periods(plan);
        if let Some(found) = self.extent() {
            *plan = Plan { filters: std::mem::take(&mut plan.filters), ..found };
            return true;
        }
        if self.by_own_date(plan) {
            return true;
        }
        if let Some(mut found) = self.of_the_calendar() {
            found.filters.append(&mut plan.filters);
            *plan = found;
            return true;
        }
        if let Some(found) = self.first_or_last_seen() {
            plan.dimensions.push(found.dimension);
            plan.measures.push(found.measure);
            plan.top = found.top;
            self.known(plan);
            self.ordered(plan);
            return true;
        }
        let measure = self.gap().or_else(|| self.reach()).or_else(|| self.top_share());
        let found = measure.is_some();
        plan.measures.extend(measure);
        found
    }

    fn against_average(&self) -> bool {
        self.has(Shape::AboveAverage) || self.has(Shape::BelowAverage)
    }

    /// "three departments" that nothing chooses: some rows of a list, else a question back.
    pub(super) fn limit(&self, sought: Option<&Sought>, plan: &mut Plan) -> Result<(), Refusal> {
        if let Some(found) = sought.filter(|s| s.count.is_some() && plan.top.is_none()) {
            if !plan.measures.is_empty() {
                return Err(Refusal::unclear(
                    "It is not clear by what they are to be chosen",
                    vec![self.typed(found.at)],
                ));
            }
            plan.limit = found.count;
        }
        Ok(())
    }

    /// "who bought the most": those that do something in the facts.
    pub(super) fn somebody(&mut self) -> Option<Sought> {
        let at = (0..self.len()).find(|&i| self.is(i, Shape::Who))?;
        let found = self.model.entities().find(|e| e.dimension.is_none() && !e.entity.verbs.is_empty())?;
        Some(Sought { at, noun: Noun::Entity(found.entity.singular.clone()), plural: false, count: None })
    }

    /// "customers who shopped in every quarter" is no count by quarter, "bought from every department" none by department.
    pub(super) fn every_one(&self, groups: &[Group]) -> Result<(), Refusal> {
        let every = (0..self.len()).find(|&i| self.is(i, Shape::Each) && self.text(i).contains("every"));
        let counted = self.has(Shape::HowMany) && (0..self.len()).any(|i| self.is_any(i, &[Shape::Deed]));
        let Some(i) = every.filter(|&i| counted && !self.leads_question(i)) else { return Ok(()) };
        let from = self.text(i).starts_with("from");
        let said =
            |g: &Group| g.at > i && (matches!(g.noun, Noun::Grain(_)) || from && matches!(g.noun, Noun::Column(_)));
        if groups.iter().any(said) {
            return Err(Refusal::unclear(
                "Say \u{201c}in each\u{201d} for a number per step; in all of them I can't count yet",
                vec![self.typed(i)],
            ));
        }
        Ok(())
    }

    /// "for every month of 2017, how many …": the steps are named before what is counted in each of them.
    fn leads_question(&self, every: usize) -> bool {
        let counted = (0..self.len()).find(|&i| self.is(i, Shape::HowMany));
        counted.is_some_and(|count| every < count) || self.text(every).starts_with("for ")
    }

    /// "biggest department first" orders and seeks nothing.
    pub(super) fn noun_first(&mut self) {
        for i in 0..self.len() {
            let Some(k) =
                self.next(i).filter(|&k| self.is_any(i, &[Shape::Most, Shape::Least]) && self.noun(k).is_some())
            else {
                continue;
            };
            let Some(last) = self.next(k).filter(|&n| self.text(n) == "first") else { continue };
            let order = if self.is(i, Shape::Most) { Shape::Descending } else { Shape::Ascending };
            self.items[i].kind = Kind::Shape(order);
            self.items[last].kind = Kind::Shape(Shape::Filler);
            self.take(k);
        }
    }

    /// Periods, and what a plan without measures lists.
    pub(super) fn rest(&mut self, mut plan: Plan) -> Result<Plan, Refusal> {
        for choice in self.choices() {
            let filter = self.filter(&choice);
            plan.filters.push(filter);
        }
        if plan.compare.is_none() || plan.compare.as_ref().is_some_and(|c| c.base.period.is_none()) {
            self.listed_periods(&mut plan);
            let (period, filters) = self.periods()?;
            self.one_by_one(&filters, &mut plan);
            plan.filters.extend(filters);
            plan.period = period.map(|p| plan_period(&p)).or(plan.period);
        }
        self.up_to_today(&mut plan);
        self.fiscal_parts(&mut plan);
        self.only_filters();
        self.take_context_nouns(&plan);
        self.columns_given(&plan);
        Ok(plan)
    }

    /// "in Q1, Q2, Q3 and Q4": three and more periods of one kind are told one by one.
    fn one_by_one(&self, filters: &[Filter], plan: &mut Plan) {
        self.quarters_of_a_year(plan);
        let [Filter::Any { of }] = filters else { return };
        let summed = self.has(Shape::Total) || self.has(Shape::Together) || self.has(Shape::Average);
        let timed = plan.dimensions.iter().any(|d| matches!(d.by, crate::plan::Grouping::Time { .. }));
        let grain = (0..self.len()).find_map(|i| match &self.items[i].kind {
            Kind::Time(When::Period(period)) => period.grain,
            _ => None,
        });
        let same = (0..self.len()).all(|i| match &self.items[i].kind {
            Kind::Time(When::Period(period)) => period.grain == grain,
            _ => true,
        });
        if let Some(grain) = grain.filter(|_| of.len() >= 3 && same && !summed && !timed && !plan.measures.is_empty()) {
            plan.dimensions.push(Dimension::time(grain));
        }
    }

    /// "for Q1 to Q4 2017": a year in so many words, quarter by quarter.
    fn quarters_of_a_year(&self, plan: &mut Plan) {
        let whole = |i: usize| match self.items[i].kind {
            Kind::Time(When::Range(a, b)) if a.grain == Some(Grain::Quarter) && b.grain == a.grain => {
                let months = a.start.zip(b.start).map(|(a, b)| (a.year() == b.year(), a.month(), b.month()));
                months == Some((true, 1, 10))
            }
            _ => false,
        };
        let timed = plan
            .dimensions
            .iter()
            .any(|d| matches!(d.by, crate::plan::Grouping::Time { .. } | crate::plan::Grouping::Part { .. }));
        let summed = self.has(Shape::Total) || self.growing().is_some() || self.has_superlative();
        let told = plan.compare.is_some() || plan.top.is_some() || timed || summed || plan.measures.is_empty();
        if !told && (0..self.len()).any(whole) {
            plan.dimensions.push(Dimension::time(Grain::Quarter));
        }
    }

    /// Quarters and months of one fiscal year are shown by their numbers.
    fn fiscal_parts(&self, plan: &mut Plan) {
        use crate::plan::{Grain, Grouping, TimePart};
        let Some(period) = plan.period.as_ref().filter(|p| p.time.is_none()) else { return };
        let (Some(from), Some(until)) = (period.from, period.until) else { return };
        let last = crate::ask::time::moved(until, jiff::Span::new().days(-1));
        let year = |day| self.calendar.start_of(day, Grain::FiscalYear);
        if year(from) != year(last) || plan.measures.iter().any(|m| looks_back(&m.of)) {
            return;
        }
        for dimension in &mut plan.dimensions {
            let part = match &dimension.by {
                Grouping::Time { time: None, grain: Grain::FiscalQuarter } => TimePart::FiscalQuarter,
                Grouping::Time { time: None, grain: Grain::FiscalMonth } => TimePart::FiscalMonth,
                _ => continue,
            };
            dimension.by = Grouping::Part { time: None, part };
        }
    }

    /// Steps of the calendar end with the model's today, where it has a fixed one and the question names no time.
    fn up_to_today(&self, plan: &mut Plan) {
        let fixed = matches!(self.model.extension.today, Some(crate::semantic::Today::Date(_)));
        let timed = (0..self.len()).any(|i| matches!(self.items[i].kind, Kind::Time(_)));
        let steps = plan.dimensions.iter().any(|dimension| match &dimension.by {
            crate::plan::Grouping::Time { time: None, grain } => {
                !matches!(grain, crate::plan::Grain::Year | crate::plan::Grain::FiscalYear)
            }
            _ => false,
        });
        if fixed && steps && !timed && plan.period.is_none() && plan.compare.is_none() {
            let today = self.calendar.today;
            let period = crate::ask::time::Period { start: None, end: Some(today), grain: None };
            plan.period = Some(plan_period(&period));
        }
    }

    /// What is known before measures are read.
    pub(super) fn around(
        &mut self,
        choices: &[Choice],
        groups: &[Group],
        contrast: Option<&Contrast>,
        periods: bool,
    ) -> Around {
        let mut tables = choice_tables(choices);
        for group in groups {
            match &group.noun {
                Noun::Grain(_) | Noun::Part(_) => tables.push("\u{0}time".to_owned()),
                noun => tables.extend(self.noun_table(noun)),
            }
        }
        tables.extend(contrast.and_then(|c| super::share::grouping_table(&c.dimension.by)));
        let time = (0..self.len())
            .any(|i| !self.used[i] && matches!(self.items[i].kind, Kind::Time(When::Period(_) | When::Range(..))));
        let active = self.find(Shape::Active).is_some();
        let ever = (0..self.len()).any(|i| self.is(i, Shape::Ever))
            && (0..self.len()).any(|i| {
                self.is_any(i, &[Shape::Deed, Shape::Sell]) || self.is(i, Shape::Ever) && self.text(i).contains("least")
            });
        if let Some(at) = self.find(Shape::Active) {
            self.take(at);
        }
        Around { active: time || active || ever || periods, tables }
    }
}

/// Targets that were met or missed, and what is in one basket with something else.
fn set_apart(
    target: Option<Aim>,
    together: Option<(Vec<Filter>, String)>,
    plan: &mut Plan,
    measures: &mut Vec<Measured>,
) {
    if let Some(aim) = target {
        plan.measures.extend(aim.measures);
        plan.having.extend(aim.having);
        measures.clear();
    }
    if let Some((filters, entity)) = together {
        plan.filters.extend(filters);
        if measures.is_empty() {
            measures.push(Measured { at: 0, measure: Measure::new(Quantity::Entities { entity, within: None }) });
        }
    }
}

/// Whether a measure needs the steps in order.
fn looks_back(of: &Quantity) -> bool {
    matches!(of, Quantity::Change { .. } | Quantity::Before { .. } | Quantity::Running { .. } | Quantity::Moving { .. })
}

/// The number of the rows that a plan lists.
pub(super) fn only_counted(plan: &mut Plan) {
    let [dimension] = plan.dimensions.as_slice() else { return };
    if plan.top.is_some() || plan.compare.is_some() {
        return;
    }
    let of = match &dimension.by {
        crate::plan::Grouping::Entity { entity, .. } if plan.having.is_empty() && plan.measures.is_empty() => {
            Quantity::Entities { entity: entity.clone(), within: None }
        }
        _ => Quantity::Groups {
            per: plan.dimensions.clone(),
            of: None,
            having: std::mem::take(&mut plan.having),
            function: crate::plan::GroupFunction::Count,
        },
    };
    plan.measures = vec![Measure::new(of)];
    plan.dimensions.clear();
    plan.order.clear();
}

/// Groups by a step of the calendar that nothing is grouped by yet.
fn by_step(grain: Option<Grain>, groups: &mut Vec<Group>, sought: Option<&Sought>) {
    let step = |noun: &Noun| matches!(noun, Noun::Grain(_));
    if let Some(grain) = grain.filter(|_| !groups.iter().any(|g| step(&g.noun)))
        && sought.is_none_or(|s| !step(&s.noun))
    {
        groups.push(Group { at: 0, noun: Noun::Grain(grain), each: false });
    }
}
