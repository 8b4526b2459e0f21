//! Brings a table up to what a query says, in one transaction, and counts what changed. Portable SQL.

use std::fmt::Write;

/// Where the rows that are new or changed wait.
pub(crate) const DELTA: &str = "ETL_DELTA";

/// Rows of a query that become rows of a table: those whose key is not there are inserted, those that differ updated.
/// Rows of the table that the query does not give stay.
pub(crate) struct Merge<'a> {
    pub(crate) table: &'a str,
    /// The column that tells rows apart; in both the query and the table.
    pub(crate) key: &'a [&'a str],
    /// All other columns that are compared and set.
    pub(crate) columns: &'a [&'a str],
    /// The query; it names its columns as the table does.
    pub(crate) query: &'a str,
    /// A whole-numbered column that new rows get in order of their key, from 1 on; a row whose key is -1 gets -1.
    pub(crate) surrogate: Option<&'a str>,
    /// Whether the table has the columns that say when and by whom a row was made and changed.
    pub(crate) audit: Option<Audit<'a>>,
}

/// When and by whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Audit<'a> {
    /// A literal of a timestamp.
    pub(crate) at: &'a str,
    /// A literal of a text.
    pub(crate) by: &'a str,
}

impl Merge<'_> {
    /// The query for the rows that are new or changed, as a temporary table.
    pub(crate) fn delta(&self) -> String {
        let on: Vec<String> = self.key.iter().map(|key| format!("T.{key} = S.{key}")).collect();
        let differs: Vec<String> =
            self.columns.iter().map(|column| format!("T.{column} IS DISTINCT FROM S.{column}")).collect();
        let absent = format!("T.{} IS NULL", self.key[0]);
        let differs = if differs.is_empty() { String::new() } else { format!(" OR {}", differs.join(" OR ")) };
        format!(
            "CREATE OR REPLACE TEMPORARY TABLE {DELTA} AS
             SELECT S.*, CASE WHEN {absent} THEN 1 ELSE 0 END AS IS_NEW
             FROM ({}) S LEFT JOIN {} T ON {} WHERE {absent}{differs}",
            self.query,
            self.table,
            on.join(" AND ")
        )
    }

    /// The statements that write them.
    pub(crate) fn apply(&self) -> Vec<String> {
        let mut statements = Vec::new();
        if !self.columns.is_empty() {
            statements.push(self.update());
        }
        statements.push(self.insert());
        statements
    }

    fn update(&self) -> String {
        let mut sets: Vec<String> = self.columns.iter().map(|column| format!("{column} = D.{column}")).collect();
        if let Some(Audit { at, by }) = self.audit {
            sets.push(format!("MODIFIED_AT = {at}"));
            sets.push(format!("MODIFIED_BY = {by}"));
        }
        let on: Vec<String> = self.key.iter().map(|key| format!("{}.{key} = D.{key}", self.table)).collect();
        format!(
            "UPDATE {} SET {} FROM {DELTA} D WHERE {} AND D.IS_NEW = 0",
            self.table,
            sets.join(", "),
            on.join(" AND ")
        )
    }

    fn insert(&self) -> String {
        let plain: Vec<&str> = self.key.iter().chain(self.columns).copied().collect();
        let (mut names, mut values) = (plain.join(", "), plain.join(", "));
        let order = self.key.join(", ");
        if let Some(surrogate) = self.surrogate {
            let key = self.key[0];
            names = format!("{surrogate}, {names}");
            values = format!(
                "CASE WHEN {key} = -1 THEN -1 ELSE (SELECT GREATEST(COALESCE(MAX({surrogate}), 0), 0) FROM {})
                 + ROW_NUMBER() OVER (PARTITION BY CASE WHEN {key} = -1 THEN 1 ELSE 0 END ORDER BY {key}) END, {values}",
                self.table
            );
        }
        if let Some(Audit { at, by }) = self.audit {
            names.push_str(", CREATED_AT, CREATED_BY, MODIFIED_AT, MODIFIED_BY");
            let _ = write!(values, ", {at}, {by}, {at}, {by}");
        }
        format!("INSERT INTO {} ({names}) SELECT {values} FROM {DELTA} WHERE IS_NEW = 1 ORDER BY {order}", self.table)
    }
}
