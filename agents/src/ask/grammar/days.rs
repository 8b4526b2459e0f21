//! Days of the calendar: how many there were of a kind, on which one a holiday falls, and on how many something was sold.

use super::filters::Meaning;
use super::noun::Noun;
use super::reading::Reading;
use crate::ask::link::{Kind, Shape, Target};
use crate::ask::time::{Part, Period, When};
use crate::plan::{
    Aggregate, Dimension, Field, Filter, Grain, GroupFunction, Grouping, Measure, Member, Plan, Quantity, TimePart,
};
use crate::semantic::{LogicalTable, TableRole};

impl Reading<'_> {
    /// A question about the calendar itself: nothing in it names a measure or anything that is bought or sold.
    pub(super) fn of_the_calendar(&mut self) -> Option<Plan> {
        let table = self.model.tables.iter().find(|t| t.extension.role == TableRole::Calendar)?;
        let time = table.extension.default_time.clone()?;
        if let Some(plan) = self.days_without(table, &time) {
            return Some(plan);
        }
        if !self.calendar_alone(table) {
            return None;
        }
        self.days_of_a_kind(table).or_else(|| self.day_of(&time)).or_else(|| self.holidays_listed(table, &time))
    }

    /// Whether all that is named is of the calendar.
    fn calendar_alone(&self, table: &LogicalTable) -> bool {
        let shapes = [
            Shape::Deed,
            Shape::Sell,
            Shape::HowMuch,
            Shape::Average,
            Shape::Share,
            Shape::Active,
            Shape::Never,
            Shape::Most,
            Shape::Least,
            Shape::Trend,
            Shape::Versus,
        ];
        let named = (0..self.len()).any(|i| match &self.items[i].kind {
            Kind::Time(_) | Kind::Grain(_) | Kind::TimePart(_) => true,
            Kind::Link(_) => self.of_calendar(i, table),
            _ => false,
        });
        named
            && (0..self.len()).all(|i| match &self.items[i].kind {
                Kind::Link(_) => self.of_calendar(i, table) || self.weak(i) || self.names_calendar(i),
                Kind::Shape(shape) => !shapes.contains(shape),
                _ => true,
            })
    }

    fn of_calendar(&self, i: usize, table: &LogicalTable) -> bool {
        self.targets(i).iter().any(|target| match target {
            Target::Dimension(field) | Target::Time(field) | Target::Values { field, .. } => field.table == table.name,
            Target::Named { table: other, .. } => *other == table.name,
            _ => false,
        })
    }

    /// "date table", "our calendar".
    fn names_calendar(&self, i: usize) -> bool {
        self.entity(i).and_then(|e| self.entity_table(&e)).is_some_and(|t| t.extension.role == TableRole::Calendar)
    }

    /// "how many Sundays were there in 2017", "number of weekend days in May", "how many days did Q1 have".
    fn days_of_a_kind(&mut self, table: &LogicalTable) -> Option<Plan> {
        let count = (0..self.len()).find(|&i| self.is_any(i, &[Shape::HowMany, Shape::Number]))?;
        let choices = self.choices();
        let kind = choices.iter().find(|choice| {
            choice.parts.iter().all(|part| match part {
                Meaning::Part(part) => !matches!(part, Part::Months(_)),
                Meaning::Named { table: other, .. } => *other == table.name,
                Meaning::Values { field, .. } => field.table == table.name,
                _ => false,
            })
        });
        let days = (0..self.len()).find(|&i| matches!(self.items[i].kind, Kind::Grain(Grain::Day)));
        let holidays = (0..self.len()).find(|&i| self.text(i).contains("holiday") && self.of_calendar(i, table));
        let other = (0..self.len()).any(|i| {
            matches!(&self.items[i].kind, Kind::Grain(grain) if *grain != Grain::Day)
                || self.grouped(i) && i != count && self.is(i, Shape::By)
        });
        let first = self.next_but(count, &[Shape::Of, Shape::Distinct, Shape::That])?;
        let parts = (0..self.len()).any(|i| {
            matches!(self.items[i].kind, Kind::TimePart(_)) || self.is_any(i, &[Shape::By, Shape::Per, Shape::Each])
        });
        let of_days = kind.is_some() || days == Some(first) || holidays.is_some();
        if other || parts || !of_days {
            return None;
        }
        let filters: Vec<Filter> = choices.iter().map(|choice| self.filter(choice)).collect();
        let mut measure = Measure::new(Quantity::Rows { table: table.name.clone() });
        measure.filters = filters;
        if measure.filters.is_empty()
            && holidays.is_some()
            && let Some((table, name)) = self.holiday_filter()
        {
            measure.filters.push(Filter::Named { table, name, negated: false });
        }
        self.take_calendar(table);
        self.take(count);
        Some(Plan { measures: vec![measure], ..Plan::default() })
    }

    /// "on which date is Thanksgiving in 2018", "what day of the week is Christmas Day".
    fn day_of(&mut self, time: &Field) -> Option<Plan> {
        let asks = (0..self.len()).any(|i| {
            self.is_any(i, &[Shape::When, Shape::Which]) || matches!(self.text(i), "date" | "dates" | "date of")
        });
        if !asks || (0..self.len()).any(|i| self.is_any(i, &[Shape::HowMany, Shape::Number])) {
            return None;
        }
        let spans: Vec<(usize, Period)> = (0..self.len())
            .filter_map(|i| match self.items[i].kind {
                Kind::Time(When::Period(period)) => Some((i, period)),
                _ => None,
            })
            .collect();
        let (at, day) = spans.iter().copied().find(|(_, p)| p.start.is_some() && p.start == p.end)?;
        let part = (0..self.len()).find_map(|i| match self.items[i].kind {
            Kind::TimePart(part) => Some(part),
            Kind::Grain(Grain::FiscalQuarter) => Some(TimePart::FiscalQuarter),
            Kind::Grain(Grain::FiscalYear) => Some(TimePart::FiscalYear),
            Kind::Grain(Grain::FiscalMonth) => Some(TimePart::FiscalMonth),
            Kind::Grain(Grain::Quarter) => Some(TimePart::Quarter),
            Kind::Grain(Grain::Month) => Some(TimePart::Month),
            Kind::Grain(Grain::Week) => Some(TimePart::Week),
            _ if matches!(self.text(i), "weekday" | "weekdays") => Some(TimePart::Weekday),
            _ => None,
        });
        if part.is_none() && !self.holiday_named(at) {
            return None;
        }
        let by = match part {
            Some(part) => Grouping::Part { time: Some(time.clone()), part },
            None => Grouping::Column { field: time.clone() },
        };
        self.take_where(|it, i| {
            it.is_any(i, &[Shape::When, Shape::Which, Shape::List, Shape::Shrink])
                || matches!(it.items[i].kind, Kind::Grain(_) | Kind::TimePart(_) | Kind::Link(_) | Kind::Time(_))
        });
        let other = spans.iter().find(|(i, p)| *i != at && p.grain == Some(Grain::Year)).and_then(|(_, p)| p.start);
        let day = match other.filter(|year| day.start.is_some_and(|day| day.year() != year.year())) {
            Some(year) => self.same_day(at, year.year())?,
            None => day,
        };
        let period = crate::plan::Period { time: Some(time.clone()), ..super::filters::plan_period(&day) };
        let filters = vec![Filter::During { period, negated: false }];
        Some(Plan { dimensions: vec![Dimension::new(by)], filters, ..Plan::default() })
    }

    /// The day that an item names, in another year.
    fn same_day(&self, at: usize, year: i16) -> Option<Period> {
        let item = &self.items[at];
        let mut tokens = self.tokens[item.at..item.at + item.len].to_vec();
        let end = tokens.last().map_or(0, |token| token.end);
        tokens.push(crate::ask::words::Token::said(&year.to_string(), end, end));
        match crate::ask::time::parse(&tokens, 0, self.calendar)? {
            (_, When::Period(period)) => Some(period),
            _ => None,
        }
    }

    /// Whether a day is named by more than its number.
    fn holiday_named(&self, at: usize) -> bool {
        let item = &self.items[at];
        self.tokens[item.at..item.at + item.len].iter().any(|token| {
            !token.norm.chars().any(|c| c.is_ascii_digit())
                && crate::ask::time::month(token).is_none()
                && !matches!(token.norm.as_str(), "of" | "in" | "the" | "on" | "," | "day")
        })
    }

    /// "which holidays fall in November", "list the holidays of 2017 with their dates".
    fn holidays_listed(&mut self, table: &LogicalTable, time: &Field) -> Option<Plan> {
        let known = self.lexicon.column("holiday").unwrap_or_default();
        let field = known.iter().find_map(|target| match target {
            Target::Dimension(field) if field.table == table.name => Some(field.clone()),
            _ => None,
        })?;
        let at = (0..self.len()).find(|&i| {
            let spoken = matches!(self.items[i].kind, Kind::Time(When::Part(Part::Holiday(true))));
            self.plural(i) && (spoken || self.dimension(i).as_ref() == Some(&field))
        })?;
        self.take(at);
        let dated = self.tokens.iter().any(|token| token.is(&["date", "dates", "when", "day", "days"]));
        let (of, name) = self.holiday_filter()?;
        if (0..self.len()).any(|i| self.is_any(i, &[Shape::By, Shape::Per, Shape::Each, Shape::HowMany, Shape::Number]))
        {
            return None;
        }
        self.take_calendar(table);
        self.take_shapes(&[Shape::When, Shape::Which, Shape::List, Shape::Shrink]);
        let mut dimensions = vec![Dimension::new(Grouping::Column { field })];
        if dated {
            dimensions.push(Dimension::new(Grouping::Column { field: time.clone() }));
        }
        let mut filters = vec![Filter::Named { table: of, name, negated: false }];
        if let Some((i, period)) = self.open_spans().into_iter().next() {
            self.take(i);
            let period = crate::plan::Period { time: Some(time.clone()), ..super::filters::plan_period(&period) };
            filters.push(Filter::During { period, negated: false });
        }
        Some(Plan { dimensions, filters, ..Plan::default() })
    }

    /// "on which days did we sell nothing", "how many days without sales were there in 2017".
    fn days_without(&mut self, table: &LogicalTable, time: &Field) -> Option<Plan> {
        let fact = self.main_fact()?;
        let step = (0..self.len()).find(|&i| matches!(self.items[i].kind, Kind::Grain(Grain::Day)))?;
        let none = (0..self.len()).find(|&i| {
            matches!(self.text(i), "nothing" | "without" | "no" | "without any" | "zero" | "none" | "not")
                || self.is(i, Shape::Never)
        })?;
        let sales = |i: usize| {
            self.is_any(i, &[Shape::Sell, Shape::Deed])
                || matches!(self.text(i), "sales" | "sale" | "sell" | "sold" | "anything")
        };
        let quiet = (0..self.len()).all(|i| match &self.items[i].kind {
            Kind::Link(_) => sales(i) || self.weak(i) || self.names_calendar(i),
            Kind::Grain(grain) => *grain == Grain::Day,
            Kind::Unknown => self.text(i) == "nothing" || self.text(i) == "zero",
            Kind::Number(_) => self.text(i) == "zero",
            Kind::Shape(shape) => {
                !matches!(shape, Shape::By | Shape::Per | Shape::Each | Shape::Average | Shape::Share)
            }
            Kind::Time(when) => matches!(when, When::Period(_) | When::Range(..)),
            _ => false,
        });
        if !quiet || !(0..self.len()).any(sales) {
            return None;
        }
        let (i, period) = self.open_spans().into_iter().next()?;
        let counted = (0..self.len()).find(|&i| self.is_any(i, &[Shape::HowMany, Shape::Number]));
        let acted: Vec<usize> = (0..self.len()).filter(|&i| sales(i) || i == step || i == none).collect();
        self.take_all(&acted);
        self.take_all(&counted.into_iter().collect::<Vec<_>>());
        self.take_where(|it, i| {
            it.is_any(i, &[Shape::When, Shape::Which, Shape::List, Shape::Never, Shape::Not]) || it.text(i) == "nothing"
        });
        let member = Member {
            entity: format!("{}.{}", table.name, time.name),
            within: fact.name.clone(),
            negated: true,
            ..Member::default()
        };
        let mut filters = vec![Filter::Member { member: Box::new(member) }];
        self.take(i);
        let period = crate::plan::Period { time: Some(time.clone()), ..super::filters::plan_period(&period) };
        filters.push(Filter::During { period, negated: false });
        let mut plan = Plan { filters, ..Plan::default() };
        if counted.is_some() {
            plan.measures.push(Measure::new(Quantity::Rows { table: table.name.clone() }));
        } else {
            plan.dimensions.push(Dimension::new(Grouping::Column { field: time.clone() }));
        }
        Some(plan)
    }

    fn take_calendar(&mut self, table: &LogicalTable) {
        self.take_where(|it, i| {
            it.of_calendar(i, table)
                || it.names_calendar(i)
                || matches!(it.items[i].kind, Kind::Grain(Grain::Day))
                || it.is_any(i, &[Shape::Distinct, Shape::Shrink])
        });
    }

    /// "on how many days did we sell fuel": the different days on which something is in the facts.
    pub(super) fn steps_counted(&self, plan: &mut Plan) {
        for measure in &mut plan.measures {
            self.step_counted(measure);
        }
        for having in &mut plan.having {
            self.step_counted(&mut having.left);
        }
    }

    fn step_counted(&self, measure: &mut Measure) {
        let replaced = match &mut measure.of {
            Quantity::Groups { per, of: None, having, function: GroupFunction::Count } if having.is_empty() => {
                match per.as_slice() {
                    [Dimension { by: Grouping::Time { time: None, grain }, .. }] => {
                        self.different(&Noun::Grain(*grain))
                    }
                    [Dimension { by: Grouping::Part { time: None, part }, .. }] => self.different(&Noun::Part(*part)),
                    _ => None,
                }
            }
            Quantity::Groups { of: Some(of), function: GroupFunction::Of(Aggregate::Average), .. } => {
                self.step_counted(of);
                None
            }
            Quantity::Arithmetic { left, right, .. } => {
                self.step_counted(left);
                self.step_counted(right);
                None
            }
            _ => None,
        };
        if let Some(found) = replaced {
            measure.of = found.of;
        }
    }
}
