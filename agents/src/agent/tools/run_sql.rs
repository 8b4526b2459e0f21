//! Runs a reading statement under the policy for agents.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::{Failure, Tool, ToolSpec, Work};
use super::{count, text};
use crate::ask::rows_as_json;
use crate::warehouse::{Guard, Request, Sql, check, preview};

/// The tool.
pub(super) struct RunSql;

/// The most rows that are given.
const MOST: u64 = 1000;

impl Tool for RunSql {
    fn spec(&self) -> ToolSpec {
        ToolSpec {
            name: "run_sql",
            summary: "Runs one reading SQL statement over the tables of the connected database and gives at most a thousand rows.",
            arguments: json!({
                "type": "object",
                "properties": {
                    "sql": {"type": "string", "description": "One SELECT statement."},
                    "rows": {"type": "integer", "minimum": 1, "maximum": MOST, "description": "The most rows; 100 without it."},
                },
                "required": ["sql"],
                "additionalProperties": false,
            }),
            example: json!({"sql": "SELECT 42 AS answer"}),
        }
    }

    fn call(&self, arguments: &Value, work: &Work<'_>) -> Result<Value, Failure> {
        let warehouse = work.services.warehouse()?;
        let rows = count(arguments, "rows", 100, MOST)?;
        let catalog = warehouse.catalog().map_err(|error| Failure::of(&error))?;
        let guard = Guard::agent(warehouse.dialect(), &catalog);
        let checked = check(Sql::new(text(arguments, "sql")?), &guard).map_err(|error| Failure::of(&error))?;
        let request =
            Request { deadline: Some(Duration::from_mins(1)), cancel: work.cancel.clone(), ..Request::default() };
        let shown = preview(warehouse, &checked, &request, rows as usize).map_err(|error| Failure::of(&error))?;
        let (columns, values) = rows_as_json(&shown.batch).map_err(|error| Failure::of(&error))?;
        Ok(json!({"sql": checked.inner().text(), "columns": columns, "rows": values, "total": shown.total}))
    }
}
