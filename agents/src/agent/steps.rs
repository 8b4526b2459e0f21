//! From a task in words to steps, each for one agent.

use serde::{Deserialize, Serialize};

use super::{Words, agents};

/// A step of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The agent's name.
    pub agent: String,
    /// What it is to do.
    pub task: String,
    /// The step, from 0, whose table it works on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<usize>,
}

/// Words at which a task falls into two, when what follows is something else to do.
const JOINTS: &[&str] =
    &["; ", ". ", "? ", "! ", "\n", ", and then ", " and then ", ", then ", " then ", ", and ", " and "];
/// Verbs with which something else to do begins.
const VERBS: &[&str] = &[
    "audit",
    "chart",
    "check",
    "draw",
    "fabricate",
    "generate",
    "graph",
    "plot",
    "search",
    "simulate",
    "synthesise",
    "synthesize",
    "validate",
    "verify",
    "visualise",
    "visualize",
];
/// Words for what the step before made.
const PRONOUNS: &[&str] = &["it", "that", "this", "them", "these", "those", "result", "results", "answer", "table"];

/// Plans the steps of a task. `frames` are the names of the session's tables.
///
/// ```
/// use synthbook_agents::agent::plan;
/// let steps = plan("What were sales by month? Then plot it as a line", &[]);
/// assert_eq!(steps.iter().map(|step| step.agent.as_str()).collect::<Vec<_>>(), ["data", "visualization"]);
/// assert_eq!(steps[1].input, Some(0));
/// ```
#[must_use]
pub fn plan(task: &str, frames: &[String]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for part in parts(task) {
        let words = Words::of(&part);
        let agent = agents::surest(&words);
        let name = agent.spec().name;
        let on_result = words.any(PRONOUNS) || agents::visualization::subject(&part).is_none();
        let mut step = Step { agent: name.to_owned(), task: part.clone(), input: None };
        if matches!(name, "visualization" | "synthesis") && named(&words, frames).is_none() {
            if on_result && !steps.is_empty() {
                step.input = Some(steps.len() - 1);
            } else if name == "visualization"
                && let Some(question) = agents::visualization::subject(&part)
            {
                steps.push(Step { agent: "data".to_owned(), task: question, input: None });
                step.input = Some(steps.len() - 1);
            }
        }
        steps.push(step);
    }
    steps
}

/// The frame that a task names.
pub(super) fn named<'a>(words: &Words, frames: &'a [String]) -> Option<&'a String> {
    frames.iter().find(|frame| words.any(&[frame.to_lowercase().as_str()]))
}

/// Cuts a task where something else to do begins. "Sales in Texas and Ohio" stays whole.
fn parts(task: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut rest = task.trim();
    'text: while !rest.is_empty() {
        for joint in JOINTS {
            let Some(after) = strip(rest, joint) else {
                continue;
            };
            let hard = matches!(*joint, "; " | "\n");
            let before = parts.last().is_some_and(|part| !part.trim().is_empty());
            if before && !after.trim().is_empty() && (hard || begins(after)) {
                // A question mark belongs to the question.
                let sign = joint.chars().next().filter(|sign| *sign == '?');
                if let (Some(sign), Some(part)) = (sign, parts.last_mut()) {
                    part.push(sign);
                }
                parts.push(String::new());
                rest = after;
                continue 'text;
            }
        }
        let mut letters = rest.chars();
        if let (Some(letter), Some(part)) = (letters.next(), parts.last_mut()) {
            part.push(letter);
        }
        rest = letters.as_str();
    }
    let trimmed = parts.iter().map(|part| part.trim().to_owned());
    trimmed.filter(|part| !part.is_empty()).collect()
}

/// Whether something else to do begins here.
fn begins(text: &str) -> bool {
    let words = Words::of(text);
    words.starts(VERBS) || words.phrase("data quality")
}

fn strip<'a>(text: &'a str, joint: &str) -> Option<&'a str> {
    let start = text.get(..joint.len())?;
    start.eq_ignore_ascii_case(joint).then(|| &text[joint.len()..])
}
