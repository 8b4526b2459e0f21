//! Holds the data to expectations: one query over each table, and one for each set of unique columns and each reference.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use synthbook_synth::Progress;
use toml::Value;

use super::expectations::{ColumnExpectation, Expectations, Freshness, Reference, TableExpectation};
use super::report::{Check, CheckKind};
use crate::AgentsError;
use crate::etl::EtlError;
use crate::etl::rows::{Desk, text_literal};
use crate::warehouse::{Catalog, CatalogColumn, CatalogTable, Dialect, Warehouse};

/// Checks everything that is expected.
pub(super) fn all(
    warehouse: &dyn Warehouse,
    expected: &Expectations,
    progress: &Progress,
) -> Result<Vec<Check>, EtlError> {
    let desk = Desk::reading(warehouse, progress);
    let catalog = warehouse.catalog()?;
    let mut checks = Vec::new();
    for (at, table) in expected.tables.iter().enumerate() {
        progress.report(Some(at as f64 / expected.tables.len() as f64), &table.name);
        match catalog.table(&table.name) {
            Some(known) => Checker { desk, catalog: &catalog, known, expected: table }.table(&mut checks)?,
            None => checks.push(absent(&table.name, "a table")),
        }
    }
    progress.report(Some(1.0), "Checked");
    if checks.is_empty() { Err(EtlError::NothingToCheck) } else { Ok(checks) }
}

fn absent(subject: &str, what: &str) -> Check {
    Check {
        kind: CheckKind::Presence,
        subject: subject.to_owned(),
        expected: what.to_owned(),
        found: "nothing of this name".to_owned(),
        rows: None,
        passed: false,
    }
}

/// One table's checks.
struct Checker<'a> {
    desk: Desk<'a>,
    catalog: &'a Catalog,
    known: &'a CatalogTable,
    expected: &'a TableExpectation,
}

/// What one number of the table's query is for.
struct Asked {
    sql: String,
    kind: CheckKind,
    subject: String,
    expected: String,
    /// The largest share of rows that may break it.
    tolerated: f64,
}

impl Checker<'_> {
    fn table(&self, checks: &mut Vec<Check>) -> Result<(), EtlError> {
        let mut asked = Vec::new();
        for column in &self.expected.columns {
            match self.known.column(&column.name) {
                Some(known) => self.column(column, known, &mut asked, checks),
                None => checks.push(absent(&self.subject(&column.name), "a column")),
            }
        }
        let numbers: Vec<&str> =
            std::iter::once("COUNT(*)").chain(asked.iter().map(|asked| asked.sql.as_str())).collect();
        let found = self.desk.run(&format!("SELECT {} FROM {}", numbers.join(", "), self.known.sql))?;
        let rows = found.count(0, 0);
        self.volume(rows, checks);
        for (at, asked) in asked.into_iter().enumerate() {
            let broken = found.count(0, at + 1);
            let share = if rows == 0 { 0.0 } else { broken as f64 / rows as f64 };
            checks.push(Check {
                kind: asked.kind,
                subject: asked.subject,
                expected: asked.expected,
                found: format!("{broken} of {rows} rows"),
                rows: Some(broken),
                passed: broken == 0 || share <= asked.tolerated,
            });
        }
        for columns in &self.expected.unique {
            checks.push(self.unique(columns)?);
        }
        for reference in &self.expected.references {
            checks.push(self.reference(reference)?);
        }
        if let Some(freshness) = &self.expected.freshness {
            checks.push(self.freshness(freshness)?);
        }
        Ok(())
    }

    fn subject(&self, columns: &str) -> String {
        format!("{}.{columns}", self.known.name)
    }

    fn column(
        &self,
        expected: &ColumnExpectation,
        known: &CatalogColumn,
        asked: &mut Vec<Asked>,
        checks: &mut Vec<Check>,
    ) {
        let name = &known.sql;
        let mut ask = |kind, condition: String, said: String, tolerated| {
            let sql = format!("SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)");
            asked.push(Asked { sql, kind, subject: self.subject(&known.name), expected: said, tolerated });
        };
        if let Some(share) = expected.nulls_at_most {
            let said = if share == 0.0 {
                "a value in every row".to_owned()
            } else {
                format!("at most {:.1} % without a value", share * 100.0)
            };
            ask(CheckKind::Nulls, format!("{name} IS NULL"), said, share);
        }
        for (bound, sign, said) in [(&expected.min, "<", "at least"), (&expected.max, ">", "at most")] {
            let Some(bound) = bound else { continue };
            match bound_sql(bound, known, self.desk.warehouse.dialect()) {
                Some(sql) => {
                    ask(CheckKind::Range, format!("{name} {sign} {sql}"), format!("{said} {}", shown(bound)), 0.0);
                }
                None => checks.push(Check {
                    kind: CheckKind::Range,
                    subject: self.subject(&known.name),
                    expected: format!("{said} {}", shown(bound)),
                    found: format!("a column of type {}, which can't be compared with it", known.data_type),
                    rows: None,
                    passed: false,
                }),
            }
        }
        if !expected.accepted.is_empty() {
            let dialect = self.desk.warehouse.dialect();
            let values: Vec<String> = expected.accepted.iter().map(|value| text_literal(dialect, value)).collect();
            let condition = format!("CAST({name} AS VARCHAR) NOT IN ({})", values.join(", "));
            ask(CheckKind::AcceptedValues, condition, format!("one of {}", expected.accepted.join(", ")), 0.0);
        }
    }

    fn volume(&self, rows: u64, checks: &mut Vec<Check>) {
        let Some(volume) = self.expected.rows else { return };
        let (least, most) = (volume.at_least.unwrap_or(0), volume.at_most.unwrap_or(u64::MAX));
        let expected = match (volume.at_least, volume.at_most) {
            (_, None) => format!("at least {least} rows"),
            (None, Some(_)) => format!("at most {most} rows"),
            (Some(_), Some(_)) => format!("{least} to {most} rows"),
        };
        checks.push(Check {
            kind: CheckKind::Volume,
            subject: self.known.name.clone(),
            expected,
            found: format!("{rows} rows"),
            rows: None,
            passed: (least..=most).contains(&rows),
        });
    }

    fn unique(&self, columns: &[String]) -> Result<Check, AgentsError> {
        let subject = self.subject(&columns.join(" + "));
        let Some(names) = typed(self.known, columns) else { return Ok(absent(&subject, "these columns")) };
        let present: Vec<String> = names.iter().map(|name| format!("{name} IS NOT NULL")).collect();
        let query = format!(
            "SELECT COALESCE(SUM(N - 1), 0) FROM (SELECT COUNT(*) AS N FROM {} WHERE {} GROUP BY {} HAVING COUNT(*) > 1) T",
            self.known.sql,
            present.join(" AND "),
            names.join(", ")
        );
        let repeated = self.desk.run(&query)?.count(0, 0);
        Ok(Check {
            kind: CheckKind::Uniqueness,
            subject,
            expected: "no value twice".to_owned(),
            found: format!("{repeated} repeated rows"),
            rows: Some(repeated),
            passed: repeated == 0,
        })
    }

    fn reference(&self, reference: &Reference) -> Result<Check, AgentsError> {
        let subject = self.subject(&reference.columns.join(" + "));
        let expected = format!("a row of {}", reference.table);
        let Some(other) = self.catalog.table(&reference.table) else { return Ok(absent(&subject, &expected)) };
        let (Some(from), Some(to)) = (typed(self.known, &reference.columns), typed(other, &reference.referenced))
        else {
            return Ok(absent(&subject, &expected));
        };
        let present: Vec<String> = from.iter().map(|name| format!("A.{name} IS NOT NULL")).collect();
        let same: Vec<String> = from.iter().zip(&to).map(|(from, to)| format!("B.{to} = A.{from}")).collect();
        let query = format!(
            "SELECT COUNT(*) FROM {} A WHERE {} AND NOT EXISTS (SELECT 1 FROM {} B WHERE {})",
            self.known.sql,
            present.join(" AND "),
            other.sql,
            same.join(" AND ")
        );
        let orphans = self.desk.run(&query)?.count(0, 0);
        Ok(Check {
            kind: CheckKind::ReferentialIntegrity,
            subject,
            expected,
            found: format!("{orphans} rows without one"),
            rows: Some(orphans),
            passed: orphans == 0,
        })
    }

    fn freshness(&self, freshness: &Freshness) -> Result<Check, AgentsError> {
        let subject = self.subject(&freshness.column);
        let Some(names) = typed(self.known, std::slice::from_ref(&freshness.column)) else {
            return Ok(absent(&subject, "a column of time"));
        };
        let latest = self.desk.run(&format!("SELECT CAST(MAX({}) AS VARCHAR) FROM {}", names[0], self.known.sql))?;
        let latest = latest.text(0, 0).and_then(|text| day(&text));
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
        let not_before = freshness.not_before.as_deref().and_then(|day| day.parse::<Date>().ok());
        let oldest = freshness
            .within_days
            .map(|days| today.saturating_sub(jiff::Span::new().days(i64::from(days).min(3_000_000))));
        let least = not_before.max(oldest);
        Ok(Check {
            kind: CheckKind::Freshness,
            subject,
            expected: least.map_or_else(|| "a day".to_owned(), |least| format!("a row of {least} or later")),
            found: latest.map_or_else(|| "no day".to_owned(), |latest| format!("the latest is of {latest}")),
            rows: None,
            passed: latest.is_some_and(|latest| least.is_none_or(|least| latest >= least)),
        })
    }
}

/// The columns as they are typed in SQL; none when one is missing.
fn typed(table: &CatalogTable, columns: &[String]) -> Option<Vec<String>> {
    columns.iter().map(|name| table.column(name).map(|column| column.sql.clone())).collect()
}

/// The day of a text such as 2024-01-31 12:00:00 or 20240131.
fn day(text: &str) -> Option<Date> {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]).parse().ok();
    }
    text.get(..10)?.parse().ok()
}

/// A bound as SQL that a column can be compared with.
fn bound_sql(bound: &Value, column: &CatalogColumn, dialect: Dialect) -> Option<String> {
    let kind = column.data_type.to_uppercase();
    let timed = kind.starts_with("TIMESTAMP") || kind == "DATE" || kind == "DATETIME";
    let text = ["VARCHAR", "TEXT", "STRING", "CHAR"].iter().any(|name| kind.starts_with(name));
    match bound {
        Value::Integer(number) if !timed && !text => Some(number.to_string()),
        // Not a decimal, which a large whole number could not be compared with.
        Value::Float(number) if !timed && !text && number.is_finite() => Some(format!("CAST({number:?} AS DOUBLE)")),
        Value::String(_) | Value::Datetime(_) if timed => {
            let moment = shown(bound).replace('T', " ");
            let moment = moment.strip_suffix('Z').unwrap_or(&moment);
            moment.parse::<Date>().is_ok().then_some(()).or_else(|| moment.parse::<DateTime>().ok().map(drop))?;
            let kind = if kind == "DATE" && moment.len() == 10 { "DATE" } else { "TIMESTAMP" };
            Some(format!("CAST('{moment}' AS {kind})"))
        }
        Value::String(bound) if text => Some(text_literal(dialect, bound)),
        _ => None,
    }
}

fn shown(bound: &Value) -> String {
    match bound {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
