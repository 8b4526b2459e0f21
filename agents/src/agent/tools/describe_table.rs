//! Describes a table of the connected database.

use serde_json::{Value, json};

use super::super::{Failure, Tool, ToolSpec, Work};
use super::text;

/// The tool.
pub(super) struct DescribeTable;

impl Tool for DescribeTable {
    fn spec(&self) -> ToolSpec {
        ToolSpec {
            name: "describe_table",
            summary: "Describes a table of the connected database: its columns, types, comments and keys.",
            arguments: json!({
                "type": "object",
                "properties": {"table": {"type": "string", "description": "The table's name."}},
                "required": ["table"],
                "additionalProperties": false,
            }),
            example: json!({"table": "DIM_STORE"}),
        }
    }

    fn call(&self, arguments: &Value, work: &Work<'_>) -> Result<Value, Failure> {
        let name = text(arguments, "table")?;
        let catalog = work.services.warehouse()?.catalog().map_err(|error| Failure::of(&error))?;
        let table = catalog.table(name).ok_or_else(|| {
            let names: Vec<&str> = catalog.tables.iter().map(|table| table.name.as_str()).take(50).collect();
            Failure::new(
                "agents::unknown_table",
                format!("There is no table named {name}"),
                format!("There are {}.", names.join(", ")),
            )
        })?;
        let columns = table.columns.iter().map(|column| {
            json!({"name": column.name, "type": column.data_type, "nullable": column.nullable, "comment": column.comment})
        });
        let keys = table
            .foreign_keys
            .iter()
            .map(|key| json!({"columns": key.columns, "table": key.table, "referenced": key.referenced}));
        Ok(json!({
            "name": table.name,
            "sql": table.sql,
            "rows": table.rows,
            "comment": table.comment,
            "columns": columns.collect::<Vec<_>>(),
            "primary_key": table.primary_key,
            "foreign_keys": keys.collect::<Vec<_>>(),
        }))
    }
}
