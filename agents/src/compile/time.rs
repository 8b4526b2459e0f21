//! Time in SQL: periods, steps of the calendar and its parts, on dates, moments and numbers of years.

use sqlparser::ast::Expr;

use crate::compile::scope::Scope;
use crate::compile::{CompileError, sql};
use crate::plan::{Field, Grain, Period, TimePart, Unit};
use crate::semantic::{FieldRef, TimeExtension, TimeKind};
use crate::warehouse::Dialect;

/// A time, reached.
#[derive(Debug, Clone)]
pub(super) struct Time<'a> {
    pub(super) sql: String,
    kind: TimeKind,
    extension: Option<&'a TimeExtension>,
    alias: String,
    /// Whether it is a column of the table that it was reached in, and not made of others.
    is_column: bool,
    table: String,
    fiscal_start: i64,
    dialect: Dialect,
}

/// Reaches a time; none for the default of the base.
pub(super) fn reach<'a>(scope: &mut Scope<'a>, time: Option<&Field>) -> Result<Time<'a>, CompileError> {
    let field = time.map_or_else(|| scope.default_time(), |field| Ok(field.clone()))?;
    let (table, found) = scope.context.field(&field)?;
    let alias = scope.reach(&table.name, &field.via)?;
    let made = scope.field_at(&alias, table, found)?;
    let is_column =
        matches!(&made, Expr::CompoundIdentifier(parts) if parts.first().is_some_and(|it| it.value == alias));
    let sql = sql::group(&made.to_string());
    let extension = match found {
        FieldRef::Time(time) => Some(&time.extension),
        _ => None,
    };
    Ok(Time {
        sql,
        kind: Scope::time_kind(found),
        extension,
        alias,
        is_column,
        table: table.name.clone(),
        fiscal_start: i64::from(scope.context.model.extension.fiscal_year_start_month.unwrap_or(1)).clamp(1, 12),
        dialect: scope.context.dialect,
    })
}

/// How fine a step is; smaller is finer.
fn fineness(grain: Grain) -> u8 {
    match grain {
        Grain::Hour => 0,
        Grain::Day => 1,
        Grain::Week => 2,
        Grain::Month | Grain::FiscalMonth => 3,
        Grain::Quarter | Grain::FiscalQuarter => 4,
        Grain::Year | Grain::FiscalYear => 5,
    }
}

fn grain_word(grain: Grain) -> &'static str {
    match grain {
        Grain::Hour => "hour",
        Grain::Day => "day",
        Grain::Week => "week",
        Grain::Month | Grain::FiscalMonth => "month",
        Grain::Quarter | Grain::FiscalQuarter => "quarter",
        Grain::Year | Grain::FiscalYear => "year",
    }
}

/// The SQL of so many steps, to be added to a time.
pub(super) fn interval(grain: Grain, steps: i64) -> String {
    match grain {
        Grain::Quarter | Grain::FiscalQuarter => format!("INTERVAL '{} month'", steps * 3),
        Grain::Week => format!("INTERVAL '{} day'", steps * 7),
        other => format!("INTERVAL '{steps} {}'", grain_word(other)),
    }
}

impl Time<'_> {
    fn finest(&self) -> Grain {
        self.extension.and_then(|extension| extension.finest).unwrap_or(match self.kind {
            TimeKind::Date => Grain::Day,
            TimeKind::Timestamp => Grain::Hour,
            TimeKind::Year => Grain::Year,
        })
    }

    fn too_fine(&self) -> CompileError {
        CompileError::TooFine { table: self.table.clone(), finest: grain_word(self.finest()) }
    }

    fn trunc(&self, unit: &str) -> String {
        // Moments stay moments in DATE_TRUNC, and a step is a day.
        let truncated = format!("DATE_TRUNC('{unit}', {})", self.sql);
        if unit == "hour" { truncated } else { format!("CAST({truncated} AS DATE)") }
    }

    /// Its step of the calendar.
    pub(super) fn grain(&self, grain: Grain) -> Result<String, CompileError> {
        if fineness(grain) < fineness(self.finest()) {
            return Err(self.too_fine());
        }
        match grain {
            Grain::Year => self.part(TimePart::Year),
            Grain::FiscalYear => self.part(TimePart::FiscalYear),
            _ if self.kind == TimeKind::Year => Err(self.too_fine()),
            Grain::Day if self.kind == TimeKind::Date => Ok(self.sql.clone()),
            Grain::Day => Ok(format!("CAST({} AS DATE)", self.sql)),
            Grain::FiscalQuarter if (self.fiscal_start - 1) % 3 != 0 => {
                let shift = (self.fiscal_start - 1) % 3;
                let back = format!("{} - INTERVAL '{shift} month'", self.sql);
                Ok(format!("CAST(DATE_TRUNC('quarter', {back}) + INTERVAL '{shift} month' AS DATE)"))
            }
            other => Ok(self.trunc(grain_word(other))),
        }
    }

    /// An expression over it that rows are grouped by, reckoned before the join where it can be.
    pub(super) fn grouped(&self, scope: &mut Scope<'_>, name: &str, sql: String) -> String {
        if self.is_column { scope.reckoned(&self.alias, name, sql) } else { sql }
    }

    /// A part of it, as a number; the weekend as true or false.
    pub(super) fn part(&self, part: TimePart) -> Result<String, CompileError> {
        if let Some(column) = self.extension.and_then(|extension| extension.parts.get(&part)) {
            return Ok(format!("{}.{}", self.alias, sql::identifier(column)));
        }
        if self.kind == TimeKind::Year {
            return match part {
                TimePart::Year => Ok(self.sql.clone()),
                TimePart::FiscalYear if self.fiscal_start == 1 => Ok(self.sql.clone()),
                _ => Err(self.too_fine()),
            };
        }
        if part == TimePart::Hour && self.kind == TimeKind::Date {
            return Err(self.too_fine());
        }
        Ok(self.reckoned(part))
    }

    fn reckoned(&self, part: TimePart) -> String {
        let snowflake = self.dialect == Dialect::Snowflake;
        let of = |what: &str, sql: &str| format!("EXTRACT({what} FROM {sql})");
        let weekday = of(if snowflake { "dayofweekiso" } else { "isodow" }, &self.sql);
        let back = self.fiscal_start - 1;
        let shifted = || match back {
            0 => self.sql.clone(),
            _ => format!("({} - INTERVAL '{back} month')", self.sql),
        };
        match part {
            TimePart::Year => of("year", &self.sql),
            TimePart::Quarter => of("quarter", &self.sql),
            TimePart::Month => of("month", &self.sql),
            TimePart::Week => of(if snowflake { "weekiso" } else { "week" }, &self.sql),
            TimePart::DayOfMonth => of("day", &self.sql),
            TimePart::DayOfYear => of(if snowflake { "dayofyear" } else { "doy" }, &self.sql),
            TimePart::Weekday => weekday,
            TimePart::Hour => of("hour", &self.sql),
            TimePart::Weekend => format!("({weekday} IN (6, 7))"),
            TimePart::FiscalYear => of("year", &shifted()),
            TimePart::FiscalQuarter => of("quarter", &shifted()),
            TimePart::FiscalMonth => of("month", &shifted()),
            TimePart::FiscalWeek => {
                let start = format!("CAST(DATE_TRUNC('year', {}) + INTERVAL '{back} month' AS DATE)", shifted());
                format!("(CAST(FLOOR(DATEDIFF('day', {start}, {}) / 7) AS INTEGER) + 1)", self.sql)
            }
        }
    }

    /// Whether it lies in a period; none when the period is open on both sides.
    pub(super) fn during(&self, period: &Period) -> Result<Option<String>, CompileError> {
        if let (Some(from), Some(until)) = (period.from, period.until)
            && until <= from
        {
            return Err(CompileError::Unsupported {
                what: format!("a period that ends before it begins: {from} to {until}"),
            });
        }
        if self.kind == TimeKind::Year {
            return self.during_years(period);
        }
        if let (Some(from), Some(until), TimeKind::Date) = (period.from, period.until, self.kind)
            && from.tomorrow().is_ok_and(|next| next == until)
        {
            return Ok(Some(format!("{} = {}", self.sql, sql::date(from))));
        }
        let from = period.from.map(|day| format!("{} >= {}", self.sql, sql::date(day)));
        let until = period.until.map(|day| format!("{} < {}", self.sql, sql::date(day)));
        Ok(joined(from, until))
    }

    fn during_years(&self, period: &Period) -> Result<Option<String>, CompileError> {
        let year = |day: jiff::civil::Date| {
            if (day.month(), day.day()) == (1, 1) { Ok(i64::from(day.year())) } else { Err(self.too_fine()) }
        };
        let from = period.from.map(year).transpose()?;
        let until = period.until.map(year).transpose()?;
        if let (Some(from), Some(until)) = (from, until)
            && until == from + 1
        {
            return Ok(Some(format!("{} = {from}", self.sql)));
        }
        let from = from.map(|year| format!("{} >= {year}", self.sql));
        let until = until.map(|year| format!("{} < {year}", self.sql));
        Ok(joined(from, until))
    }
}

fn joined(from: Option<String>, until: Option<String>) -> Option<String> {
    match (from, until) {
        (Some(from), Some(until)) => Some(format!("{from} AND {until}")),
        (one, other) => one.or(other),
    }
}

/// How much time lies between two values.
pub(super) fn elapsed(dialect: Dialect, unit: Unit, from: &str, to: &str) -> String {
    let snowflake = dialect == Dialect::Snowflake;
    match unit {
        Unit::Day => format!("DATEDIFF('day', CAST({from} AS DATE), CAST({to} AS DATE))"),
        Unit::Minute => format!("DATEDIFF('second', CAST({from} AS TIMESTAMP), CAST({to} AS TIMESTAMP)) / 60.0"),
        Unit::Hour => format!("DATEDIFF('second', CAST({from} AS TIMESTAMP), CAST({to} AS TIMESTAMP)) / 3600.0"),
        Unit::Month if snowflake => format!("FLOOR(MONTHS_BETWEEN({to}, {from}))"),
        Unit::Year if snowflake => format!("FLOOR(MONTHS_BETWEEN({to}, {from}) / 12)"),
        Unit::Month => format!("DATESUB('month', CAST({from} AS DATE), CAST({to} AS DATE))"),
        Unit::Year => format!("DATESUB('year', CAST({from} AS DATE), CAST({to} AS DATE))"),
    }
}
