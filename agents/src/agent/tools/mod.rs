//! The tools there are: a file and a line each.

mod ask_question;
mod check_quality;
mod describe_table;
mod list_tables;
mod run_sql;
mod search_text;

use serde_json::Value;

use super::{AgentError, Failure, Tool};

static TOOLS: &[&dyn Tool] = &[
    &ask_question::AskQuestion,
    &check_quality::CheckQuality,
    &describe_table::DescribeTable,
    &list_tables::ListTables,
    &run_sql::RunSql,
    &search_text::SearchText,
];

/// Every tool, by name.
#[must_use]
pub fn tools() -> &'static [&'static dyn Tool] {
    TOOLS
}

/// The tool of that name.
///
/// # Errors
/// [`AgentError::UnknownTool`] with the names there are.
pub fn find(name: &str) -> Result<&'static dyn Tool, AgentError> {
    TOOLS.iter().copied().find(|tool| tool.spec().name == name).ok_or_else(|| {
        let names: Vec<&str> = TOOLS.iter().map(|tool| tool.spec().name).collect();
        AgentError::UnknownTool { name: name.to_owned(), help: format!("There are {}.", names.join(", ")) }
    })
}

/// An argument that is a text.
fn text<'a>(arguments: &'a Value, name: &str) -> Result<&'a str, Failure> {
    let value = arguments.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    value.ok_or_else(|| bad(format!("The argument {name} is missing or no text")))
}

/// An argument that is a count, kept within `most`.
fn count(arguments: &Value, name: &str, default: u64, most: u64) -> Result<u64, Failure> {
    match arguments.get(name) {
        None | Some(Value::Null) => Ok(default),
        Some(value) => value
            .as_u64()
            .filter(|count| *count > 0)
            .map(|count| count.min(most))
            .ok_or_else(|| bad(format!("The argument {name} is no whole number above 0"))),
    }
}

fn bad(message: String) -> Failure {
    Failure::new("agents::tool_arguments", message, "The tool's schema says what it takes.")
}
