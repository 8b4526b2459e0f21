//! Putting a plan together from what was found.

use super::compare::Contrast;
use super::draft::{Group, Measured, Sought, Superlative, Threshold};
use super::filters::{Choice, plan_period};
use super::measures::Around;
use super::noun::Noun;
use super::reading::Reading;
use super::share::choice_tables;
use crate::ask::link::{Kind, Shape, Target};
use crate::ask::refusal::Refusal;
use crate::ask::time::When;
use crate::plan::{
    Aggregate, CompareColumn, Comparison, Dimension, Filter, Grain, GroupFunction, Grouping, Having, Literal, Measure,
    Order, OrderKey, Plan, Quantity, Top, Value,
};

impl Reading<'_> {
    /// The plan of the question.
    ///
    /// # Errors
    /// A refusal.
    pub(super) fn plan(&mut self) -> Result<Plan, Refusal> {
        self.refuse_early()?;
        let plan = self.whole()?;
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

    fn whole(&mut self) -> Result<Plan, Refusal> {
        let mut plan = Plan::default();
        if let Some(measure) = self.gap().or_else(|| self.reach()).or_else(|| self.top_fraction()) {
            plan.measures.push(measure);
            return self.rest(plan);
        }
        self.noun_first();
        let together = self.together();
        let first_by_step = self.first_by_step();
        let told = if together.is_some() || first_by_step.is_some() { None } else { self.told() };
        let mut groups = self.groups();
        let counting_told = told.is_some();
        let sought = if first_by_step.is_some() { None } else { self.sought().filter(|_| !counting_told) };
        let mut sought = sought.filter(|s| !groups.iter().any(|g| g.noun == s.noun));
        let target = self.target();
        let thresholds = self.thresholds();
        let superlative = self.superlative(sought.as_ref());
        if sought.is_none() && superlative.is_some() {
            sought = self.sought().or_else(|| self.somebody());
        }
        self.every_one(&groups)?;
        let mut choices = self.choices();
        let counting = self.has(Shape::HowMany);
        let growing = self.growing();
        let contrast = if growing.is_some() { None } else { self.contrast(&mut choices, counting) };
        let periods = self.two_periods(growing.is_some());
        let around = self.around(&choices, &groups, contrast.as_ref(), periods.is_some());
        let mut measures = self.measures(sought.as_ref(), &mut groups, &around)?;
        self.percentiles(&mut measures);

        let mut dimensions: Vec<Dimension> = Vec::new();
        let mut grain = groups.iter().find_map(|g| match g.noun {
            Noun::Grain(grain) => Some(grain),
            _ => None,
        });
        if let Some((attained, measure)) = first_by_step {
            dimensions.push(attained);
            plan.measures.push(measure);
            measures.clear();
            groups.retain(|g| !matches!(g.noun, Noun::Grain(_)));
        }
        if let Some((found, having)) = target {
            plan.measures.extend(found);
            plan.having.push(having);
            measures.clear();
        }
        if let Some((filters, entity)) = together {
            plan.filters.extend(filters);
            if measures.is_empty() {
                measures.push(Measured { at: 0, measure: Measure::new(Quantity::Entities { entity, within: None }) });
            }
        }
        let (mut measures, handled) =
            self.modify(measures, &mut groups, sought.as_ref(), &mut choices, &around, &mut grain);
        if let Some(told) = told {
            self.tell_plan(told, &mut plan, &mut measures, &mut groups);
        }
        if let Some(step) = grain
            && !groups.iter().any(|g| matches!(g.noun, Noun::Grain(_)))
            && sought.as_ref().is_none_or(|s| !matches!(s.noun, Noun::Grain(_)))
            && handled
        {
            groups.push(Group { at: 0, noun: Noun::Grain(step), each: false });
        }
        let rankings = superlative.is_some()
            || !thresholds.is_empty()
            || growing.is_some()
            || self.has(Shape::AboveAverage)
            || self.has(Shape::BelowAverage);
        if measures.is_empty() && plan.measures.is_empty() && !counting_told {
            measures.extend(self.implied(sought.as_ref(), &groups, rankings, contrast.is_some() || periods.is_some()));
        }
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
        } else if let Some((i, down)) = growing.filter(|_| plan.compare.is_some()) {
            self.take(i);
            let _ = down;
        }
        self.limit(sought.as_ref(), &mut plan)?;
        self.averages(&mut plan);
        for choice in choices {
            let filter = self.filter(&choice);
            plan.filters.push(filter);
        }
        self.known(&mut plan);
        self.ordered(&mut plan);
        self.rest(plan)
    }

    /// "three departments" that nothing chooses: some rows of a list, else a question back.
    fn limit(&self, sought: Option<&Sought>, plan: &mut Plan) -> Result<(), Refusal> {
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
    fn somebody(&mut self) -> Option<Sought> {
        let at = (0..self.len()).find(|&i| self.is(i, Shape::Who))?;
        let found = self.model.entities().find(|e| e.dimension.is_none() && !e.entity.verbs.is_empty())?;
        Some(Sought { at, noun: Noun::Entity(found.entity.singular.clone()), plural: false, count: None })
    }

    /// "customers who shopped in every quarter" is no count by quarter.
    fn every_one(&self, groups: &[Group]) -> Result<(), Refusal> {
        let every = (0..self.len()).find(|&i| self.is(i, Shape::Each) && self.text(i).contains("every"));
        let counted = self.has(Shape::HowMany) && (0..self.len()).any(|i| self.is_any(i, &[Shape::Deed]));
        match every {
            Some(i) if counted && groups.iter().any(|g| g.at > i && matches!(g.noun, Noun::Grain(_))) => {
                Err(Refusal::unclear(
                    "Say \u{201c}in each\u{201d} for a number per step; in all of them I can't count yet",
                    vec![self.typed(i)],
                ))
            }
            _ => Ok(()),
        }
    }

    /// "biggest department first" orders and seeks nothing.
    fn noun_first(&mut self) {
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
    fn rest(&mut self, mut plan: Plan) -> Result<Plan, Refusal> {
        for choice in self.choices() {
            let filter = self.filter(&choice);
            plan.filters.push(filter);
        }
        if plan.compare.is_none() || plan.compare.as_ref().is_some_and(|c| c.base.period.is_none()) {
            let (period, filters) = self.periods()?;
            plan.filters.extend(filters);
            plan.period = period.map(|p| plan_period(&p));
        }
        self.take_context_nouns(&plan);
        Ok(plan)
    }

    /// What is known before measures are read.
    fn around(&mut self, choices: &[Choice], groups: &[Group], contrast: Option<&Contrast>, periods: bool) -> Around {
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

    /// Shares, ratios, growth, windows: what is made of the measures named.
    fn modify(
        &mut self,
        mut measures: Vec<Measured>,
        groups: &mut Vec<Group>,
        sought: Option<&Sought>,
        choices: &mut Vec<Choice>,
        around: &Around,
        grain: &mut Option<Grain>,
    ) -> (Vec<Measured>, bool) {
        if let Some(ratio) = self.two_measure_ratio(&mut measures).or_else(|| self.part_measure(&mut measures)) {
            measures.insert(0, Measured { at: 0, measure: ratio });
            self.take_all(&(0..self.len()).filter(|&i| self.is(i, Shape::InPercent)).collect::<Vec<_>>());
            return (measures, false);
        }
        if (self.has(Shape::Share)
            || self.has(Shape::InPercent) && (!groups.is_empty() || sought.is_some()) && self.growing().is_none())
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
            if let Some(first) = measures.first().cloned()
                && let Some(share) = self.share(first.measure, first.at, groups, sought, choices, around)
            {
                measures[0] = Measured { at: first.at, measure: share };
                return (measures, false);
            }
        }
        if self.rate_already(&measures) {
            let words: Vec<usize> =
                (0..self.len()).filter(|&i| self.is_any(i, &[Shape::InPercent, Shape::Share])).collect();
            self.take_all(&words);
        }
        if let Some(changed) = self.windows(&measures, groups, sought) {
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
        if (dated || grain.is_some() && self.growing().is_some_and(|(i, _)| !self.used[i]))
            && let Some(changed) = self.stepwise(&measures, sought, grain)
        {
            return (changed.into_iter().map(|measure| Measured { at: 0, measure }).collect(), true);
        }
        (measures, false)
    }

    /// Whether the only measure is a percentage of its own.
    fn rate_already(&self, measures: &[Measured]) -> bool {
        matches!(measures, [Measured { measure: Measure { of: Quantity::Metric { metric }, .. }, .. }]
            if self.model.metric(metric).is_some_and(|(_, m)| m.extension.format == crate::semantic::Format::Percent))
    }

    /// "what percentage of customers …": the noun that is shared, counted.
    fn shared_noun(&mut self, around: &Around) -> Option<Measured> {
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
    fn implied(
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
            if let Some(measure) = self.adjective_measure(sought) {
                return Some(Measured { at: sought.at, measure });
            }
            let metric = weak.and_then(|i| self.metric(i)).or_else(|| self.ranking_metric(&sought.noun))?;
            return Some(Measured { at: sought.at, measure: Measure::metric(metric) });
        }
        let at = verb.or(spent).or(weak).or_else(|| (!groups.is_empty() || ranked || set_against).then_some(0))?;
        let metric = weak.and_then(|i| self.metric(i)).or_else(|| self.default_metric())?;
        self.take(at);
        Some(Measured { at, measure: Measure::metric(metric) })
    }

    fn superlative_said(&self) -> bool {
        self.has(Shape::Most) || self.has(Shape::Least)
    }

    /// "the highest mountains": the number that the adjective speaks of, where the things sought have one.
    fn adjective_measure(&self, sought: &Sought) -> Option<Measure> {
        let table = self.noun_table(&sought.noun)?;
        (0..self.len()).find_map(|i| {
            let (words, _) = super::adjective::measured(self.text(i))?;
            let field = words.iter().filter_map(|word| self.lexicon.number(word)).flatten().find_map(|t| match t {
                Target::Fact(field) if field.table == table => Some(field),
                _ => None,
            })?;
            Some(self.fact_measure(&field, None))
        })
    }

    fn apply_contrast(&mut self, contrast: Contrast, dimensions: &mut Vec<Dimension>, plan: &mut Plan) {
        let columns = self.has(Shape::SideBySide) || self.has(Shape::Difference);
        if columns && contrast.sides.len() == 2 {
            let mut sides = contrast.sides.into_iter();
            if let (Some(base), Some(other)) = (sides.next(), sides.next()) {
                let show = if self.has(Shape::Difference) {
                    vec![CompareColumn::Base, CompareColumn::Other, CompareColumn::Difference]
                } else {
                    vec![CompareColumn::Base, CompareColumn::Other]
                };
                plan.compare = Some(crate::plan::Compare { base, other, show });
                for i in 0..self.len() {
                    if self.is_any(i, &[Shape::Difference, Shape::SideBySide]) {
                        self.take(i);
                    }
                }
                return;
            }
        }
        for i in 0..self.len() {
            if self.is_any(i, &[Shape::Most, Shape::MoreThan, Shape::Least, Shape::LessThan, Shape::Than])
                && !self.used[i]
            {
                self.take(i);
            }
        }
        let _ = contrast.at;
        plan.filters.extend(contrast.filter);
        if !dimensions.iter().any(|d| d.by == contrast.dimension.by) {
            dimensions.push(contrast.dimension);
        }
    }

    fn apply_periods(
        &mut self,
        a: crate::ask::time::Period,
        b: crate::ask::time::Period,
        growing: Option<bool>,
        plan: &mut Plan,
    ) {
        let changed =
            growing.is_some() || self.has(Shape::Difference) || self.has(Shape::Change) || self.has(Shape::InPercent);
        if !changed
            && !self.has(Shape::SideBySide)
            && plan.dimensions.iter().all(|d| !matches!(d.by, Grouping::Time { .. }))
        {
            let (dimension, filter) = Reading::period_rows(&a, &b);
            plan.dimensions.push(dimension);
            plan.filters.extend(filter);
            return;
        }
        let share = (0..self.len()).find(|&i| !self.used[i] && self.is(i, Shape::Share));
        let percent = (0..self.len()).any(|i| self.is(i, Shape::InPercent));
        let grew = (0..self.len()).find(|&i| self.is_any(i, &[Shape::Grow, Shape::Shrink, Shape::Change]));
        let growth_word = grew.is_some_and(|i| self.text(i).starts_with("grow") || self.text(i).starts_with("grew"));
        let absolute = self.absolute_wanted();
        let column = if share.is_some() {
            CompareColumn::ShareChange
        } else if !changed {
            CompareColumn::Other
        } else if percent || (growth_word && !absolute) {
            CompareColumn::PercentChange
        } else if absolute || self.has_superlative() || plan.top.is_some() {
            CompareColumn::Difference
        } else {
            CompareColumn::PercentChange
        };
        for i in 0..self.len() {
            if self.is_any(
                i,
                &[Shape::Grow, Shape::Shrink, Shape::Change, Shape::InPercent, Shape::Difference, Shape::Share],
            ) {
                self.take(i);
            }
        }
        let show = match column {
            CompareColumn::Other => vec![CompareColumn::Base, CompareColumn::Other],
            CompareColumn::ShareChange => vec![CompareColumn::ShareChange],
            CompareColumn::Difference if self.superlative_said() => vec![CompareColumn::Difference],
            CompareColumn::PercentChange if self.superlative_said() => vec![CompareColumn::PercentChange],
            other => vec![CompareColumn::Base, CompareColumn::Other, other],
        };
        plan.compare = Some(Reading::period_compare(&a, &b, show));
        if plan.measures.is_empty()
            && let Some(metric) = self.default_metric()
        {
            plan.measures.push(Measure::metric(metric));
        }
    }

    fn apply_top(
        &mut self,
        superlative: &Superlative,
        sought: Option<&Sought>,
        sought_at: Option<usize>,
        groups: &[Group],
        plan: &mut Plan,
    ) -> Result<(), Refusal> {
        let (Some(sought), Some(at)) = (sought, sought_at) else {
            return self.extreme(superlative, groups, plan);
        };
        if plan.measures.is_empty()
            && let Some(metric) = self.ranking_metric(&sought.noun)
        {
            plan.measures.push(Measure::metric(metric));
        }
        let within: Vec<usize> = (0..plan.dimensions.len()).filter(|&k| k != at).collect();
        let loss = self.growing().is_some_and(|(i, down)| {
            self.take(i);
            down
        });
        let ascending = superlative.ascending != loss;
        let by = plan.compare.as_ref().map_or(0, |c| c.show.len().saturating_sub(1));
        let singular = !sought.plural
            || matches!(self.shape(superlative.at), Some(Shape::Most | Shape::Least)) && sought.count == Some(1);
        match superlative.count {
            Some(n) => plan.top = Some(Top { n, exactly: superlative.exactly, by, ascending, within }),
            None if singular => plan.top = Some(Top { n: 1, exactly: false, by, ascending, within }),
            None => {
                plan.order = vec![Order { by: OrderKey::Measure(by), descending: !ascending }];
                if matches!(sought.noun, Noun::Entity(_)) {
                    plan.top = Some(Top { n: 10, exactly: false, by, ascending, within });
                    self.notes.push("showing ten".to_owned());
                }
            }
        }
        Ok(())
    }

    /// "the biggest amount on any line", "highest daily revenue": an extreme without a thing sought.
    fn extreme(&mut self, superlative: &Superlative, groups: &[Group], plan: &mut Plan) -> Result<(), Refusal> {
        let function = if superlative.ascending { Aggregate::Min } else { Aggregate::Max };
        if let [group] = groups
            && superlative.count.is_none()
            && plan.measures.len() == 1
        {
            let _ = group;
            plan.top = Some(Top { n: 1, exactly: false, by: 0, ascending: superlative.ascending, within: Vec::new() });
            return Ok(());
        }
        for measure in &mut plan.measures {
            match &mut measure.of {
                Quantity::Aggregate { function: f, .. } => *f = function,
                Quantity::Metric { metric } => {
                    if let Some((of, noun)) = self.per_entity(metric) {
                        *measure =
                            super::measures::over_groups(of, vec![noun.dimension()], GroupFunction::Of(function));
                    } else {
                        return Err(Refusal::unclear(
                            "It is not clear among what the highest or lowest is to be found",
                            vec![self.text(superlative.at).to_owned()],
                        ));
                    }
                }
                Quantity::Groups { function: f, .. } => *f = GroupFunction::Of(function),
                _ => {}
            }
        }
        Ok(())
    }

    /// Thresholds become conditions on rows, on the answer, or on groups that are counted.
    fn apply_thresholds(
        &mut self,
        thresholds: Vec<Threshold>,
        sought: Option<&Sought>,
        groups: &[Group],
        measures: &mut Vec<Measured>,
        plan: &mut Plan,
        around: &Around,
    ) -> Result<(), Refusal> {
        for threshold in thresholds {
            let Some(mut left) = self.threshold_measure(&threshold, measures, sought, around) else {
                return Err(Refusal::unclear(
                    "It is not clear what the number is compared with",
                    vec![self.typed(threshold.at)],
                ));
            };
            if let Quantity::Aggregate { value, function, .. } = &left.of
                && !matches!(function, Aggregate::CountDistinct)
                && self.row_filter(value, sought, measures)
            {
                let value = value.clone();
                measures.retain(|m| m.measure != left && sought.is_none_or(|s| m.at != s.at));
                plan.filters.extend(row_conditions(&value, &threshold));
                continue;
            }
            if let Quantity::Entities { entity, .. } = &left.of
                && let Some(same) = measures.iter().find(|m| counts_entity(&m.measure, entity, self))
            {
                left = same.measure.clone();
            }
            let having = conditions(&left, &threshold);
            let counted =
                measures.iter().position(|m| self.is_any(m.at, &[Shape::HowMany, Shape::Number]) && m.measure != left);
            if let Some(at) = counted.filter(|_| sought.is_none())
                && let Some(noun) = counted_noun(&measures[at].measure)
            {
                measures.retain(|m| m.measure != left || m.at == 0);
                let at = at.min(measures.len().saturating_sub(1));
                measures[at].measure = Measure::new(Quantity::Groups {
                    per: vec![noun],
                    of: None,
                    having,
                    function: GroupFunction::Count,
                });
                continue;
            }
            if let Some(share) = sought.is_none().then(|| self.shared_entity(measures)).flatten()
                && let Some(measure) = self.share_reaching(&share, having.clone(), around)
            {
                *measures = vec![Measured { at: 0, measure }];
                continue;
            }
            if sought.is_none() && groups.is_empty() && plan.dimensions.is_empty() {
                return Err(Refusal::unclear(
                    "It is not clear whose number is compared",
                    vec![self.typed(threshold.at)],
                ));
            }
            if !measures.iter().any(|m| m.measure == left) {
                measures.retain(|m| sought.is_none_or(|s| m.at != s.at));
                measures.push(Measured { at: threshold.at, measure: left });
            }
            plan.having.extend(having);
        }
        Ok(())
    }

    fn shared_entity(&self, measures: &[Measured]) -> Option<Noun> {
        self.has(Shape::Share).then_some(())?;
        measures.iter().find_map(|m| match &m.measure.of {
            Quantity::Entities { entity, .. } => Some(Noun::Entity(entity.clone())),
            _ => None,
        })
    }

    /// The amount of money that the things sought have, when the question has no verb that says otherwise.
    fn money_of(&self, sought: Option<&Sought>) -> Option<crate::plan::Field> {
        let table = self.table(&self.noun_table(&sought?.noun)?)?;
        let verb = (0..self.len()).any(|i| {
            self.is_any(i, &[Shape::Sell, Shape::Deed, Shape::AccountFor, Shape::HowMuch])
                || matches!(self.text(i), "spend" | "spent" | "spending" | "spenders")
        });
        let fact = table.facts.iter().find(|f| f.extension.format == crate::semantic::Format::Currency)?;
        let entity = table.extension.role == crate::semantic::TableRole::Entity;
        (!verb && entity).then(|| crate::plan::Field::new(&table.name, &fact.name))
    }

    /// Whether a number of rows is compared row by row: the thing sought or counted has it.
    fn row_filter(&self, value: &Value, sought: Option<&Sought>, measures: &[Measured]) -> bool {
        let Value::Field { field } = value else { return false };
        let of_sought = sought.and_then(|s| self.noun_table(&s.noun)).is_some_and(|t| self.leads_to(&t, &field.table));
        let counted = measures.iter().any(|m| match &m.measure.of {
            Quantity::Entities { entity, .. } => self.entity_table(entity).is_some_and(|t| t.name == field.table),
            Quantity::Rows { table } => *table == field.table,
            _ => false,
        });
        of_sought || counted || measures.iter().any(|m| !matches!(m.measure.of, Quantity::Aggregate { .. }))
    }

    /// What a threshold's number counts.
    fn threshold_measure(
        &mut self,
        threshold: &Threshold,
        measures: &[Measured],
        sought: Option<&Sought>,
        around: &Around,
    ) -> Option<Measure> {
        let times =
            (threshold.last + 1..self.len()).next().filter(|&k| self.text(k) == "times" || self.text(k) == "time");
        if let Some(k) = times
            && let Some(event) = self
                .model
                .entities()
                .find(|e| e.dimension.is_some() && e.table.extension.role == crate::semantic::TableRole::Fact)
        {
            self.take(k);
            return Some(Measure::new(Quantity::Entities { entity: event.entity.singular.clone(), within: None }));
        }
        let after = self.next_but(threshold.last, &[Shape::Distinct, Shape::Of, Shape::Total]);
        if let Some(k) = after.filter(|&k| !self.used[k] || measures.iter().any(|m| m.at == k)) {
            let found = self
                .metric(k)
                .map(Measure::metric)
                .or_else(|| self.fact(k).map(|f| self.fact_measure(&f, None)))
                .or_else(|| {
                    let noun = self.noun(k).filter(|_| self.entity(k).is_some() && sought.is_none_or(|s| s.at != k))?;
                    Some(self.count_noun(&noun, &Around { active: true, tables: around.tables.clone() }))
                });
            if let Some(found) = found {
                self.take(k);
                for d in threshold.last..k {
                    if self.is(d, Shape::Distinct) {
                        self.take(d);
                    }
                }
                return Some(found);
            }
        }
        if threshold.money
            && let Some(fact) = self.money_of(sought)
        {
            return Some(self.fact_measure(&fact, None));
        }
        if let Some(found) =
            measures.iter().rev().find(|m| m.at < threshold.at && !self.is_any(m.at, &[Shape::HowMany]))
        {
            return Some(found.measure.clone());
        }
        if let Some(found) = measures.iter().find(|m| m.at > threshold.at) {
            return Some(found.measure.clone());
        }
        let verb = (0..self.len()).any(|i| {
            self.is_any(i, &[Shape::Sell, Shape::Deed, Shape::AccountFor, Shape::HowMuch])
                || matches!(self.text(i), "spend" | "spent")
        });
        if threshold.money || verb || sought.is_some_and(|s| matches!(s.noun, Noun::Grain(_))) {
            return self.default_metric().map(Measure::metric);
        }
        None
    }

    /// "above average": more than the average of all rows of the answer.
    fn averages(&mut self, plan: &mut Plan) {
        for (shape, is) in [(Shape::AboveAverage, Comparison::Greater), (Shape::BelowAverage, Comparison::Less)] {
            let Some(at) = self.find(shape) else { continue };
            let Some(left) = plan.measures.first().cloned() else { continue };
            if plan.dimensions.is_empty() {
                continue;
            }
            self.take(at);
            let right = Measure::new(Quantity::Overall {
                function: Aggregate::Average,
                of: Box::new(left.clone()),
                within: Vec::new(),
            });
            plan.having.push(Having { left, is, right });
        }
    }

    /// "among households whose age band we know": not the unknown values of the dimensions.
    fn known(&mut self, plan: &mut Plan) {
        let Some(at) = self.find(Shape::Known) else { return };
        let fields: Vec<crate::plan::Field> = plan
            .dimensions
            .iter()
            .filter_map(|d| match &d.by {
                Grouping::Column { field } => Some(field.clone()),
                _ => None,
            })
            .chain((0..self.len()).filter(|&i| !self.used[i]).filter_map(|i| self.dimension(i)))
            .collect();
        for field in fields {
            let unknown = self
                .table(&field.table)
                .and_then(|t| t.dimensions.iter().find(|d| d.name == field.name))
                .map(|d| d.extension.unknown_values.clone())
                .unwrap_or_default();
            if !unknown.is_empty() {
                self.take(at);
                plan.filters.push(Reading::one_of(&field, &unknown, true));
                for i in 0..self.len() {
                    if self.dimensions(i).contains(&field) {
                        self.take(i);
                    }
                }
                return;
            }
        }
    }

    /// The order of rows that is asked for.
    pub(super) fn ordered(&mut self, plan: &mut Plan) {
        let sorted = self.find(Shape::OrderBy);
        let ascending = self.find(Shape::Ascending);
        let descending = self.find(Shape::Descending);
        let calendar = self.find(Shape::Calendar);
        self.take_all(&[sorted, ascending, descending, calendar].into_iter().flatten().collect::<Vec<_>>());
        if calendar.is_some()
            && let Some(at) =
                plan.dimensions.iter().position(|d| matches!(d.by, Grouping::Time { .. } | Grouping::Part { .. }))
        {
            plan.order = vec![Order { by: OrderKey::Dimension(at), descending: false }];
            return;
        }
        if sorted.is_none() && ascending.is_none() && descending.is_none() {
            return;
        }
        let by_dimension = sorted
            .and_then(|i| self.next(i))
            .and_then(|k| self.noun(k).map(|n| (k, n.dimension())))
            .and_then(|(k, d)| plan.dimensions.iter().position(|known| known.by == d.by).map(|at| (k, at)));
        if let Some((k, at)) = by_dimension {
            self.take(k);
            plan.order = vec![Order { by: OrderKey::Dimension(at), descending: descending.is_some() }];
            return;
        }
        if let Some(k) = sorted.and_then(|i| self.next(i)) {
            let measured = self.metric(k).is_some()
                || self.fact(k).is_some()
                || self.is_any(k, &[Shape::Number, Shape::Total, Shape::Average]);
            if !measured
                && plan.measures.is_empty()
                && let Some(noun) = self.noun(k)
            {
                plan.dimensions.push(match noun {
                    Noun::Time(field) => Dimension::new(Grouping::Column { field }),
                    other => other.dimension(),
                });
                self.take(k);
                plan.order = vec![Order {
                    by: OrderKey::Dimension(plan.dimensions.len() - 1),
                    descending: descending.is_some(),
                }];
                return;
            }
            if measured {
                self.take(k);
            }
        }
        if !plan.measures.is_empty() {
            plan.order = vec![Order { by: OrderKey::Measure(0), descending: ascending.is_none() }];
        } else if !plan.dimensions.is_empty() {
            plan.order = vec![Order { by: OrderKey::Dimension(0), descending: descending.is_some() }];
        }
    }

    /// Nouns that only set the scene: "customers" in "how much did customers spend".
    fn take_context_nouns(&mut self, plan: &Plan) {
        for i in 0..self.len() {
            if self.used[i] || !matches!(self.items[i].kind, Kind::Link(_)) {
                continue;
            }
            let scene =
                self.entity(i).is_some() && !self.plural(i) && self.before(i).is_none_or(|k| self.fact(k).is_none())
                    || self.entity(i).is_some()
                        && self.metric(i).is_none_or(|m| {
                            !plan.measures.is_empty() && self.entity(i).is_some() && m.ends_with("count")
                        });
            let type_noun = self.dimension(i).is_some_and(|f| {
                plan.filters.iter().any(|filter| super::share::filter_tables(filter).contains(&f.table))
                    && self.value_beside(i, &f)
            });
            let counted = (0..i)
                .rev()
                .find(|&k| !self.is_any(k, &[Shape::Filler, Shape::Mark]))
                .is_some_and(|k| self.is_any(k, &[Shape::And, Shape::Not, Shape::MoreThan]));
            if (scene && !counted) || type_noun {
                self.take(i);
            }
        }
    }

    fn value_beside(&self, i: usize, field: &crate::plan::Field) -> bool {
        [self.before(i), self.next(i), self.before_but(i, &[Shape::Of, Shape::In])]
            .into_iter()
            .flatten()
            .any(|k| self.targets(k).iter().any(|t| matches!(t, Target::Values { field: other, .. } if other == field)))
    }

    /// "first purchase in each month": customers by the month of their first row.
    fn first_by_step(&mut self) -> Option<(Dimension, Measure)> {
        let first = self.find(Shape::FirstTime)?;
        let step = (0..self.len()).find_map(|i| match self.items[i].kind {
            Kind::Grain(grain) if !self.used[i] => Some((i, grain)),
            _ => None,
        })?;
        let entity_at = (0..self.len())
            .find(|&i| self.entity(i).is_some_and(|e| self.entity_field(&e).is_none() && self.activity(&e).is_some()));
        let entity = entity_at.and_then(|i| self.entity(i)).or_else(|| {
            self.model
                .entities()
                .find(|e| e.dimension.is_none() && !e.entity.verbs.is_empty())
                .map(|e| e.entity.singular.clone())
        })?;
        let within = self.activity(&entity)?;
        let time = self.table(&within)?.extension.default_time.clone()?;
        let of = Measure::new(Quantity::Aggregate {
            function: Aggregate::Min,
            value: Value::Field { field: time.clone() },
            within: Some(within.clone()),
        });
        let by = Grouping::Attained { entity: entity.clone(), of: Box::new(of), grain: Some(step.1), width: None };
        self.take_all(&[first, step.0]);
        self.take_all(&entity_at.into_iter().collect::<Vec<_>>());
        for i in 0..self.len() {
            if self.is_any(i, &[Shape::HowMany, Shape::Number, Shape::Each, Shape::By, Shape::Per, Shape::FirstTime]) {
                self.take(i);
            }
        }
        let mut measure = Measure::new(Quantity::Entities { entity: entity.clone(), within: None });
        let period = (0..self.len()).find_map(|i| match self.items[i].kind {
            Kind::Time(When::Period(p)) if !self.used[i] => Some((i, p)),
            _ => None,
        });
        if let Some((i, period)) = period {
            self.take(i);
            let member = crate::plan::Member {
                entity,
                within,
                first: Some(plan_period(&period)),
                ..crate::plan::Member::default()
            };
            measure.filters.push(Filter::Member { member: Box::new(member) });
        }
        Some((Dimension::new(by), measure))
    }

    /// The plan of set logic: a count, a share or a list of the entity.
    fn tell_plan(
        &mut self,
        told: super::members::Told,
        plan: &mut Plan,
        measures: &mut Vec<Measured>,
        groups: &mut Vec<Group>,
    ) {
        let noun = Noun::Entity(told.entity.clone());
        let noun = self.noun(told.at).unwrap_or(noun);
        let own = Measure::new(Quantity::Entities { entity: told.entity.clone(), within: None });
        measures.retain(|m| !matches!(&m.measure.of, Quantity::Entities { entity, .. } if *entity == told.entity));
        let share = (0..self.len()).find(|&i| self.is(i, Shape::Share) || self.is(i, Shape::InPercent));
        if let Some(share) = share {
            self.take(share);
            let mut left = own.clone();
            left.filters.extend(told.tests);
            plan.filters.extend(told.base);
            plan.measures.push(super::measures::divide(left, own, true));
            measures.clear();
            return;
        }
        plan.filters.extend(told.base);
        plan.filters.extend(told.tests);
        let counts = (0..self.len()).filter(|&i| self.is_any(i, &[Shape::HowMany, Shape::Number])).collect::<Vec<_>>();
        if counts.is_empty() && measures.is_empty() {
            plan.dimensions.push(noun.dimension());
            self.take_all(
                &(0..self.len())
                    .filter(|&i| self.is_any(i, &[Shape::Which, Shape::List, Shape::Who]))
                    .collect::<Vec<_>>(),
            );
            groups.retain(|g| g.noun != noun);
            return;
        }
        if measures.is_empty() || !counts.is_empty() {
            self.take_all(&counts);
            measures.clear();
            plan.measures.push(own);
        }
    }
}

/// Whether a measure counts an entity, itself or as a metric for it.
fn counts_entity(measure: &Measure, entity: &str, reading: &Reading<'_>) -> bool {
    match &measure.of {
        Quantity::Entities { entity: other, .. } => other == entity,
        Quantity::Metric { metric } => reading.model.metric(metric).is_some_and(|(_, m)| {
            m.expr.starts_with("COUNT(")
                && m.extension
                    .unit
                    .as_deref()
                    .is_some_and(|unit| reading.model.entity(entity).is_some_and(|e| e.entity.plural == unit))
        }),
        _ => false,
    }
}

fn counted_noun(measure: &Measure) -> Option<Dimension> {
    match &measure.of {
        Quantity::Entities { entity, .. } => Some(Dimension::entity(entity)),
        Quantity::Groups { per, of: None, .. } => per.first().cloned(),
        Quantity::Aggregate { function: Aggregate::CountDistinct, value: Value::Field { field }, .. } => {
            Some(Dimension::new(Grouping::Column { field: field.clone() }))
        }
        _ => None,
    }
}

fn conditions(left: &Measure, threshold: &Threshold) -> Vec<Having> {
    let number = |value: f64| Measure::new(Quantity::Number { number: value });
    let mut out = vec![Having { left: left.clone(), is: threshold.is, right: number(threshold.value) }];
    if let Some(upper) = threshold.upper {
        out.push(Having { left: left.clone(), is: Comparison::AtMost, right: number(upper) });
    }
    out
}

fn row_conditions(value: &Value, threshold: &Threshold) -> Vec<Filter> {
    match threshold.upper {
        Some(upper) => vec![Filter::Between {
            value: value.clone(),
            from: Literal::Number(threshold.value),
            to: Literal::Number(upper),
            negated: false,
        }],
        None => vec![Filter::Compare {
            left: value.clone(),
            is: threshold.is,
            right: Value::Literal { literal: Literal::Number(threshold.value) },
        }],
    }
}
