//! Searches the session's indexes.

use serde_json::{Value, json};

use super::super::{Failure, Tool, ToolSpec, Work};
use super::{count, text};

/// The tool.
pub(super) struct SearchText;

impl Tool for SearchText {
    fn spec(&self) -> ToolSpec {
        ToolSpec {
            name: "search_text",
            summary: "Finds the texts of the session's indexes that are nearest to a query, by words and meaning.",
            arguments: json!({
                "type": "object",
                "properties": {
                    "query": {"type": "string", "description": "What to look for."},
                    "most": {"type": "integer", "minimum": 1, "maximum": 100, "description": "The most hits; 10 without it."},
                },
                "required": ["query"],
                "additionalProperties": false,
            }),
            example: json!({"query": "cold drinks"}),
        }
    }

    fn call(&self, arguments: &Value, work: &Work<'_>) -> Result<Value, Failure> {
        let most = count(arguments, "most", 10, 100)?;
        let hits = work.services.search()?.search(text(arguments, "query")?, most as usize, work.cancel)?;
        Ok(json!({ "hits": hits }))
    }
}
