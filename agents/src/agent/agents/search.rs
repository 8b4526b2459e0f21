//! Finds rows, columns and past cells by words and meaning.

use std::fmt::Write;

use serde_json::json;

use super::super::{Agent, AgentSpec, Failure, Health, Report, Task, Words, Work};

/// The search agent.
pub(super) struct Search;

/// How many hits are shown.
const MOST: usize = 10;
/// What people say before what they look for.
const LEADS: &[&str] = &[
    "search for",
    "search the index for",
    "search",
    "look up",
    "look for",
    "find products similar to",
    "find something like",
    "find rows about",
    "find text about",
    "find rows similar to",
    "find similar to",
];

impl Agent for Search {
    fn spec(&self) -> AgentSpec {
        AgentSpec {
            name: "search",
            summary: "Searches the session's indexes by words and meaning.",
            tools: &["search_text"],
            examples: &[
                "search for gluten free breakfast",
                "look up cold drinks",
                "find products similar to orange juice",
            ],
            patience: 60,
        }
    }

    fn claim(&self, words: &Words) -> u8 {
        let led = words.starts(&["search", "lookup"])
            || (words.starts(&["look"]) && (words.phrase("look up") || words.phrase("look for")));
        let similar = words.starts(&["find"])
            && (words.phrase("similar to")
                || words.phrase("something like")
                || words.phrase("text about")
                || words.phrase("rows about"));
        if led || similar { 75 } else { 0 }
    }

    fn run(&self, task: &Task, work: &Work<'_>) -> Result<Report, Failure> {
        let query = query_in(&task.text);
        if !query.chars().any(char::is_alphanumeric) {
            return Err(Failure::new(
                "agents::no_query",
                "There is nothing to search for",
                "Say what: search for cold drinks.",
            ));
        }
        (work.progress)(None, "searching");
        let hits = work.services.search()?.search(query, MOST, work.cancel)?;
        if hits.is_empty() {
            return Ok(Report::said(format!("Nothing was found for: {query}")));
        }
        let mut text = format!("Nearest to: {query}");
        for hit in &hits {
            // A text of the data is shown as it is, on one line; nothing in it is read as a task.
            let line: String = hit.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect();
            let _ = write!(text, "\n- {line} ({})", hit.source);
        }
        Ok(Report { data: json!({ "hits": hits }), ..Report::said(text) })
    }

    fn health(&self, work: &Work<'_>) -> Health {
        Health::default().tried("search", || work.services.search()?.search("health", 1, work.cancel).map(|_| ()))
    }
}

fn query_in(task: &str) -> &str {
    let task = task.trim().trim_end_matches(['?', '!', '.']);
    let start = |lead: &&&str| task.get(..lead.len()).is_some_and(|start| start.eq_ignore_ascii_case(lead));
    let lead = LEADS.iter().filter(start).max_by_key(|lead| lead.len());
    lead.map_or(task, |lead| task[lead.len()..].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_is_found_in_the_task() {
        for (task, wanted) in [
            ("Search for cold drinks?", "cold drinks"),
            ("find products similar to orange juice", "orange juice"),
            ("größe", "größe"),
            ("search", ""),
        ] {
            assert_eq!(query_in(task), wanted);
        }
    }
}
