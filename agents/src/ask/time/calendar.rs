//! Days, periods and grains: the arithmetic under the time grammar.

use jiff::Span;
use jiff::civil::{Date, date};

use crate::plan::Grain;

/// A period; both ends belong to it, an absent end is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) start: Option<Date>,
    pub(crate) end: Option<Date>,
    /// The grain it is one of (July 2017 is a month), if it is a whole one.
    pub(crate) grain: Option<Grain>,
}

/// A recurring part of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Days of the week, 1 = Monday.
    Weekdays(Vec<i8>),
    /// Saturday and Sunday, or the other days.
    Weekend(bool),
    /// Public holidays, or the other days.
    Holiday(bool),
    /// Months of the year, in a given period or in any.
    Months(Vec<i8>),
}

/// What relative dates count from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Calendar {
    /// Today, as the data sees it.
    pub(crate) today: Date,
    /// The month in which the fiscal year starts, 1 to 12.
    pub(crate) fiscal_start: i8,
    /// Whether today's data is complete: then "last 7 days" ends with it and has seven days, else it reaches one
    /// day further back.
    pub(crate) complete: bool,
}

/// A date, clamped into the calendar.
pub(crate) fn day(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok()
}

/// A date moved by so many days, months or years; unmoved at the end of the calendar.
pub(crate) fn moved(from: Date, by: Span) -> Date {
    from.checked_add(by).unwrap_or(from)
}

impl Period {
    pub(crate) fn new(start: Date, end: Date, grain: Option<Grain>) -> Self {
        Self { start: Some(start), end: Some(end), grain }
    }
}

impl Calendar {
    /// The whole period of a grain that holds a day.
    pub(crate) fn holding(self, day: Date, grain: Grain) -> Period {
        let start = self.start_of(day, grain);
        let next = self.shift(start, grain, 1);
        Period::new(start, moved(next, Span::new().days(-1)), Some(grain))
    }

    /// The first day of the period of a grain that holds a day.
    pub(crate) fn start_of(self, day: Date, grain: Grain) -> Date {
        let first = day.first_of_month();
        match grain {
            Grain::Day | Grain::Hour => day,
            Grain::Week => moved(day, Span::new().days(-i64::from(day.weekday().to_monday_zero_offset()))),
            Grain::Month | Grain::FiscalMonth => first,
            Grain::Quarter => moved(first, Span::new().months(-i64::from((day.month() - 1) % 3))),
            Grain::Year => date(day.year(), 1, 1),
            Grain::FiscalQuarter => {
                moved(first, Span::new().months(-i64::from((day.month() - self.fiscal_start).rem_euclid(3))))
            }
            Grain::FiscalYear => {
                moved(first, Span::new().months(-i64::from((day.month() - self.fiscal_start).rem_euclid(12))))
            }
        }
    }

    /// A day moved by `n` periods of a grain.
    #[expect(clippy::unused_self, reason = "a calendar's method, like its neighbours")]
    pub(crate) fn shift(self, day: Date, grain: Grain, n: i64) -> Date {
        let n = n.clamp(-100_000, 100_000);
        let by = match grain {
            Grain::Day | Grain::Hour => Span::new().try_days(n),
            Grain::Week => Span::new().try_weeks(n),
            Grain::Month | Grain::FiscalMonth => Span::new().try_months(n),
            Grain::Quarter | Grain::FiscalQuarter => Span::new().try_months(n * 3),
            Grain::Year | Grain::FiscalYear => Span::new().try_years(n.clamp(-5000, 5000)),
        };
        by.map_or(day, |span| moved(day, span))
    }

    /// The period `n` grains from the one that holds today: -1 is the last, 0 this, 1 the next.
    pub(crate) fn relative(self, grain: Grain, n: i64) -> Period {
        self.holding(self.shift(self.start_of(self.today, grain), grain, n), grain)
    }

    /// The last `n` grains up to today: "last 7 days", "past three months".
    pub(crate) fn rolling(self, grain: Grain, n: i64) -> Period {
        let back = self.shift(self.today, grain, -n);
        let whole_month = self.today == self.today.last_of_month() && !matches!(grain, Grain::Day | Grain::Week);
        let start = match (self.complete, whole_month) {
            (true, true) => moved(back.last_of_month(), Span::new().days(1)),
            (true, false) => moved(back, Span::new().days(1)),
            (false, _) => back,
        };
        Period::new(start, self.today, None)
    }

    /// The latest month, quarter and so on of that number which began on or before today.
    pub(crate) fn latest(self, build: &dyn Fn(i16) -> Option<Period>) -> Option<Period> {
        let year = self.today.year();
        [year, year - 1]
            .into_iter()
            .filter_map(build)
            .find(|p| p.start.is_some_and(|s| s <= self.today))
            .or_else(|| build(year))
    }

    pub(crate) fn month(self, year: i16, month: i8) -> Option<Period> {
        Some(self.holding(day(year, month, 1)?, Grain::Month))
    }

    pub(crate) fn quarter(self, year: i16, quarter: i8) -> Option<Period> {
        let month = (1..=4).contains(&quarter).then(|| quarter * 3 - 2)?;
        Some(self.holding(day(year, month, 1)?, Grain::Quarter))
    }

    pub(crate) fn half(year: i16, half: i8) -> Option<Period> {
        match half {
            1 => Some(Period::new(day(year, 1, 1)?, day(year, 6, 30)?, None)),
            2 => Some(Period::new(day(year, 7, 1)?, day(year, 12, 31)?, None)),
            _ => None,
        }
    }

    pub(crate) fn year(self, year: i16) -> Option<Period> {
        Some(self.holding(day(year, 1, 1)?, Grain::Year))
    }

    pub(crate) fn iso_week(self, year: i16, week: i8) -> Option<Period> {
        let first = jiff::civil::ISOWeekDate::new(year, week, jiff::civil::Weekday::Monday).ok()?.date();
        Some(self.holding(first, Grain::Week))
    }

    /// The fiscal year that is named after the calendar year in which it starts.
    pub(crate) fn fiscal_year(self, year: i16) -> Option<Period> {
        Some(self.holding(day(year, self.fiscal_start, 1)?, Grain::FiscalYear))
    }

    pub(crate) fn fiscal_quarter(self, year: i16, quarter: i8) -> Option<Period> {
        let start = (1..=4).contains(&quarter).then(|| day(year, self.fiscal_start, 1))??;
        Some(self.holding(self.shift(start, Grain::Quarter, i64::from(quarter) - 1), Grain::FiscalQuarter))
    }

    pub(crate) fn fiscal_month(self, year: i16, month: i8) -> Option<Period> {
        let start = (1..=12).contains(&month).then(|| day(year, self.fiscal_start, 1))??;
        Some(self.holding(self.shift(start, Grain::Month, i64::from(month) - 1), Grain::FiscalMonth))
    }

    /// Blocks of seven days from the first day of the fiscal year.
    pub(crate) fn fiscal_week(self, year: i16, week: i8) -> Option<Period> {
        let start = (1..=53).contains(&week).then(|| day(year, self.fiscal_start, 1))??;
        let first = self.shift(start, Grain::Week, i64::from(week) - 1);
        let end = self.fiscal_year(year)?.end?;
        Some(Period::new(first, moved(first, Span::new().days(6)).min(end), None))
    }

    /// The fiscal year that today is in.
    pub(crate) fn this_fiscal_year(self) -> i16 {
        self.start_of(self.today, Grain::FiscalYear).year()
    }

    /// The period before this one, of the same length: the month before July is June.
    pub(crate) fn before(self, period: &Period) -> Option<Period> {
        let (start, end) = (period.start?, period.end?);
        if let Some(grain) = period.grain {
            return Some(self.holding(self.shift(start, grain, -1), grain));
        }
        let days = i64::from(end.since(start).ok()?.get_days()) + 1;
        Some(Period::new(moved(start, Span::new().days(-days)), moved(start, Span::new().days(-1)), None))
    }

    /// The same period a year earlier.
    pub(crate) fn year_before(self, period: &Period) -> Option<Period> {
        let (start, end) = (period.start?, period.end?);
        let start_before = self.shift(start, Grain::Year, -1);
        let whole = period.grain.filter(|grain| !matches!(grain, Grain::Week | Grain::Day));
        Some(whole.map_or_else(
            || Period::new(start_before, self.shift(end, Grain::Year, -1), None),
            |grain| self.holding(start_before, grain),
        ))
    }
}
