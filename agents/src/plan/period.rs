//! Time: stretches of it, the steps it is cut into, and the parts that come again.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::Field;

/// A stretch of time in whole days, open on the sides that are not given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The time it is on. None: the default time of the measure's table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Field>,
    /// The first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub from: Option<Date>,
    /// The day after the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub until: Option<Date>,
    /// How a person says it: `Q3 2017`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

impl Period {
    /// From a day up to, not with, another, on the default time.
    #[must_use]
    pub fn new(from: Date, until: Date) -> Self {
        Self { time: None, from: Some(from), until: Some(until), label: None }
    }
}

/// A step of the calendar: each row of the answer is one such stretch, and shows its first day (years and fiscal years
/// their number).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// Hours.
    Hour,
    /// Days.
    Day,
    /// Weeks from Monday.
    Week,
    /// Months.
    Month,
    /// Quarters.
    Quarter,
    /// Years.
    Year,
    /// Months of the fiscal year; they begin with the calendar's.
    FiscalMonth,
    /// Quarters of the fiscal year.
    FiscalQuarter,
    /// Fiscal years.
    FiscalYear,
}

/// A part of the calendar that comes again, as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimePart {
    /// The year.
    Year,
    /// 1 to 4.
    Quarter,
    /// 1 to 12; the answer shows its name.
    Month,
    /// ISO week.
    Week,
    /// 1 to 31.
    DayOfMonth,
    /// 1 to 366.
    DayOfYear,
    /// 1 for Monday to 7 for Sunday; the answer shows its name.
    Weekday,
    /// 0 to 23.
    Hour,
    /// 1 for Saturdays and Sundays, else 0; the answer shows true or false.
    Weekend,
    /// The fiscal year.
    FiscalYear,
    /// 1 to 4.
    FiscalQuarter,
    /// 1 to 12.
    FiscalMonth,
    /// Blocks of seven days from the first day of the fiscal year.
    FiscalWeek,
}
