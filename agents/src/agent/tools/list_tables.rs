//! Lists the tables of the connected database.

use serde_json::{Value, json};

use super::super::{Failure, Tool, ToolSpec, Work};

/// The tool.
pub(super) struct ListTables;

impl Tool for ListTables {
    fn spec(&self) -> ToolSpec {
        ToolSpec {
            name: "list_tables",
            summary: "Lists the tables of the connected database with their sizes, where known, and comments.",
            arguments: json!({"type": "object", "properties": {}, "additionalProperties": false}),
            example: json!({}),
        }
    }

    fn call(&self, _arguments: &Value, work: &Work<'_>) -> Result<Value, Failure> {
        let catalog = work.services.warehouse()?.catalog().map_err(|error| Failure::of(&error))?;
        let tables = catalog
            .tables
            .iter()
            .map(|table| json!({"name": table.name, "sql": table.sql, "rows": table.rows, "comment": table.comment}));
        Ok(json!({ "tables": tables.collect::<Vec<_>>() }))
    }
}
