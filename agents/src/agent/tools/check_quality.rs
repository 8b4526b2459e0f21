//! Checks the quality of the connected database's data.

use serde_json::{Value, json};

use super::super::agents::etl::checked;
use super::super::{Failure, Tool, ToolSpec, Work};

/// The tool.
pub(super) struct CheckQuality;

impl Tool for CheckQuality {
    fn spec(&self) -> ToolSpec {
        ToolSpec {
            name: "check_quality",
            summary: "Checks the data of the connected database: nulls, uniqueness, ranges, references, volume, freshness.",
            arguments: json!({"type": "object", "properties": {}, "additionalProperties": false}),
            example: json!({}),
        }
    }

    fn call(&self, _arguments: &Value, work: &Work<'_>) -> Result<Value, Failure> {
        let report = checked(work)?;
        Ok(json!({"passed": report.passed(), "checks": report.checks}))
    }
}
