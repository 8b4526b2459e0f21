//! Answers a question in words.

use serde_json::{Value, json};

use super::super::{Failure, Tool, ToolSpec, Work};
use super::{bad, text};
use crate::ask::Question;

/// The tool.
pub(super) struct AskQuestion;

impl Tool for AskQuestion {
    fn spec(&self) -> ToolSpec {
        ToolSpec {
            name: "ask_question",
            summary: "Answers a question about the connected database in words, with the SQL and the rows, or refuses it with a reason.",
            arguments: json!({
                "type": "object",
                "properties": {
                    "question": {"type": "string", "description": "The question, in English."},
                    "context": {
                        "type": "array",
                        "items": {"type": "string"},
                        "description": "The questions asked before, the oldest first, when this one builds on them.",
                    },
                },
                "required": ["question"],
                "additionalProperties": false,
            }),
            example: json!({"question": "What were total sales by region last quarter?"}),
        }
    }

    fn call(&self, arguments: &Value, work: &Work<'_>) -> Result<Value, Failure> {
        let context = match arguments.get("context") {
            None | Some(Value::Null) => Vec::new(),
            Some(value) => serde_json::from_value::<Vec<String>>(value.clone())
                .map_err(|_| bad("The argument context is no list of texts".to_owned()))?,
        };
        let question = Question::new(text(arguments, "question")?).after(&context).stopped_by(work.cancel);
        let outcome = work.services.engine()?.ask(&question).map_err(|error| Failure::of(&error))?;
        Ok(serde_json::to_value(&outcome).unwrap_or_default())
    }
}
